// diff_page.js: what must hold of the page of a comparison in a browser. SPDX-License-Identifier: Apache-2.0
// usage: node diff_page.js CHROMIUM FOLDER PICTURES; few.html and many.html of trees.bash are in FOLDER.
'use strict';
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { Browser } = require('./chromium.js');

const LIMIT = 2000; // ms to open 10,000 objects, and to search them: printed, and judged with IFX_TIMES=1 on a quiet machine
const STRICT = process.env.IFX_TIMES === '1';
const [program, folder, pictures] = process.argv.slice(2);
const browser = new Browser(program, join(folder, 'profile'));
const ask = (expression) => browser.evaluate(expression);
const STATUS = `document.getElementById('status').textContent`;
const ROWS = `document.querySelectorAll('.row').length`;
const FOCUSED = `document.activeElement.querySelector('.name')?.textContent ?? (document.activeElement.id || document.activeElement.tagName)`;
let passed = 0;
let failed = 0;

function equal(what, wanted, got) {
  const [a, b] = [wanted, got].map((value) => JSON.stringify(value));
  if (a === b) passed++;
  else {
    failed++;
    console.log(`FAILED: ${what}: ${b}, not ${a}`);
  }
}

const picture = (name) => browser.screenshot(join(pictures, `${name}.png`));
const requests = () => browser.events.filter((event) => event.method === 'Network.requestWillBeSent')
  .map((event) => event.params.request.url);

// ms until the first rows are there to be read and searched.
async function open(name) {
  const began = performance.now();
  await browser.send('Page.navigate', { url: `file://${join(folder, name)}` });
  return browser.until(`document.readyState === 'complete' && document.getElementById('status')?.textContent`, began);
}

async function type(text) {
  await browser.press('/');
  await browser.send('Input.insertText', { text });
}

async function forget() { // the first empties the search, the second leaves it
  await browser.press('Escape');
  await browser.press('Escape');
}

async function walk(keys) {
  const out = [];
  for (const key of keys) {
    await browser.press(key);
    out.push(await ask(FOCUSED));
  }
  return out;
}

// ---- what a person reads ----

async function reads() {
  await open('few.html');
  equal('the verdict comes first', '8 objects differ: 1 removed, 1 added, 3 changed, 1 with another owner, 2 of which it is not '
    + 'known; 7 are the same; what 1 entry point applies is not known on one side; what 1 entry point applies is not known on '
    + 'either side, for the same reason.', await ask(`document.querySelector('main').innerText.split('\\n')[0]`));
  equal('by cluster and owner', ['cluster in-cluster', 'Kustomization flux-system/databases', 'Kustomization flux-system/ingress',
    'Kustomization flux-system/podinfo'], await ask(`[...document.querySelectorAll('#objects h2, #objects h3')].map((e) => e.innerText)`));
  equal('a name with markup is text', [0, 'ingress/</script><img src=x onerror=document.title=1>'],
    await ask(`[document.images.length, document.querySelectorAll('.name')[1].textContent]`));
  equal('hazards, and the objects that they threaten', [['flux.prune-moved', 'flux.fails', 'flux.prune-removed'], ['monitoring/prometheus',
    'podinfo/canary']], await ask(`[[...document.querySelectorAll('#hazards li > code')].map((e) => e.textContent),
    [...document.querySelectorAll('.badge')].map((e) => e.parentElement.querySelector('.name').textContent)]`));
  equal('what is not known, and why', [
    'Kustomization flux-system/billing (in-cluster)\nbefore and after\n\'nowhere\' doesn\'t exist',
    'Kustomization flux-system/ingress (in-cluster)\nafter\n\'gone.yaml\' doesn\'t exist',
  ], await ask(`[...document.querySelectorAll('#unknown li')].map((e) => e.innerText)`));
  await ask(`document.querySelectorAll('.row > button').forEach((button) => button.click())`);
  const details = await ask(`Object.fromEntries([...document.querySelectorAll('.row')].map((row) =>
    [row.querySelector('.kind').textContent, row.querySelector('.detail').innerText]))`);
  equal('fields before and after', true, /spec\.replicas\s+2\s+→\s+3/.test(details.Deployment));
  equal('lines of a text', true, /−\s+listen 8080;\s+\+\s+listen 8443;/.test(details.ConfigMap));
  equal('file and line before and after', true,
    /apps\/monitoring\/claim.yaml:1\s+after\s+apps\/databases\/claim.yaml:1/.test(details.PersistentVolumeClaim));
  equal('no secret', [true, false], [/stringData\.token\s+differs; what it holds is secret/.test(details.Secret),
    readFileSync(join(folder, 'few.html'), 'utf8').includes('hunter2')]);
}

// ---- by keyboard ----

async function walks() {
  await open('few.html');
  equal('keys lead from object to object', ['monitoring/prometheus', 'ingress/</script><img src=x onerror=document.title=1>',
    'monitoring/prometheus', 'ingress/</script><img src=x onerror=document.title=1>', 'podinfo/canary', 'monitoring/prometheus',
    'query', 'monitoring/prometheus'], await walk(['j', 'ArrowDown', 'k', 'j', 'End', 'Home', 'ArrowUp', 'ArrowDown']));
  equal('and from owner to owner', ['ingress/</script><img src=x onerror=document.title=1>', 'podinfo/nginx', 'podinfo/nginx',
    'ingress/</script><img src=x onerror=document.title=1>'], await walk(['n', 'n', 'n', 'p']));
  equal('focus is seen', ['solid', true], await ask(`(() => { const style = getComputedStyle(document.activeElement);
    return [style.outlineStyle, parseFloat(style.outlineWidth) >= 2]; })()`));
  const expanded = () => ask(`document.activeElement.getAttribute('aria-expanded')`);
  await browser.press('Enter');
  const opened = await expanded();
  await browser.press('Enter');
  equal('Enter unfolds and folds', ['true', 'false'], [opened, await expanded()]);
  await browser.press('?');
  const shown = await ask(`document.getElementById('help').open`);
  await picture('keys');
  await browser.press('Escape');
  equal('? shows the keys, Esc hides them', [true, false], [shown, await ask(`document.getElementById('help').open`)]);
  for (const [key, n] of [['1', 1], ['2', 1], ['3', 3], ['4', 1], ['5', 2]]) {
    await browser.press(key);
    equal(`${key} filters`, [`${n} of 8 objects`, n], [await ask(STATUS), await ask(ROWS)]);
    await browser.press('Escape');
  }
  equal('Esc shows all again', '8 objects', await ask(STATUS));
  const found = {};
  for (const text of ['deployment', 'PODINFO nginx', 'monitoring', 'spec.replicas', 'canary service', 'nothing of the kind']) {
    await type(text);
    found[text] = parseInt(await ask(STATUS), 10);
    await forget();
  }
  equal('search knows kind, name, owner and field', { deployment: 1, 'PODINFO nginx': 1, monitoring: 1, 'spec.replicas': 1,
    'canary service': 1, 'nothing of the kind': 0 }, found);
  await open('few.html');
  const order = [];
  for (let i = 0; i < 13; i++) order.push(...await walk(['Tab']));
  equal('Tab leads through all controls to the objects', ['A', 'theme', 'keys', 'query', 'BUTTON', 'BUTTON', 'BUTTON',
    'BUTTON', 'BUTTON', 'all', 'SUMMARY', 'SUMMARY', 'monitoring/prometheus'], order);
}

async function speaks() {
  const { nodes } = await browser.send('Accessibility.getFullAXTree');
  const seen = nodes.filter((node) => !node.ignored);
  const nameless = seen.filter((node) => ['button', 'searchbox', 'dialog', 'heading', 'link'].includes(node.role.value)
    && !node.name.value);
  equal('all controls and headings have names', [], nameless.map((node) => node.role.value));
  const has = (role) => seen.some((node) => node.role.value === role);
  equal('roles', [], ['banner', 'main', 'search', 'contentinfo', 'status', 'searchbox', 'list', 'listitem', 'button', 'group']
    .filter((role) => !has(role)));
}

// ---- as it looks ----

// The least contrast of text with what is behind it, and where it is.
const CONTRAST = `(() => {
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const ground = (e) => { const c = numbers(getComputedStyle(e).backgroundColor); return c.length < 4 || c[3] > 0 ? c : ground(e.parentElement); };
  let least = [Infinity, ''];
  for (const e of document.querySelectorAll('main *, .top *, footer')) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !e.checkVisibility() || e.disabled || e.closest('button:disabled, .sr')) continue;
    const [a, b] = [light(numbers(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < least[0]) least = [contrast, e.outerHTML.slice(0, 100)];
  }
  return least;
})()`;

const isDark = () => ask(`parseInt(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0], 10) < 128`);

async function looks() {
  for (const scheme of ['light', 'dark']) {
    await browser.prefer(scheme);
    for (const [name, width, height] of [['wide', 1280, 900], ['narrow', 360, 780]]) {
      await browser.resize(width, height);
      await open('few.html');
      await picture(`${scheme}-${name}`);
      await browser.press('e');
      await picture(`${scheme}-${name}-unfolded`);
      equal(`${scheme}, ${name}: no wider than the window`, true, await ask(`document.documentElement.scrollWidth <= ${width}`));
      const [contrast, where] = await ask(CONTRAST);
      equal(`${scheme}, ${name}: text stands out (${contrast.toFixed(2)} of ${where})`, true, contrast >= 4.5);
    }
    const before = await isDark();
    await browser.press('t');
    equal(`${scheme}: as the system prefers, and the other by a key`, [scheme === 'dark', scheme !== 'dark'],
      [before, await isDark()]);
  }
  await browser.resize(1280, 900);
  await browser.prefer('light');
  await open('few.html');
  await browser.press('e');
  await browser.pdf(join(pictures, 'printed.pdf'));
}

async function readsWithoutScript() {
  await browser.send('Emulation.setScriptExecutionDisabled', { value: true });
  await browser.send('Page.navigate', { url: `file://${join(folder, 'few.html')}` });
  await new Promise((resolve) => setTimeout(resolve, 500));
  await picture('without-script');
  const { nodes } = await browser.send('Accessibility.getFullAXTree');
  const said = nodes.filter((node) => !node.ignored && node.role.value === 'StaticText').map((node) => node.name.value).join('\n');
  equal('without a script: all of it', [], ['8 objects differ', 'podinfo/podinfo', 'spec.replicas', 'ghcr.io/stefanprodan/podinfo:6.7.1',
    'before apps/monitoring/claim.yaml:1', "'gone.yaml' doesn't exist"].filter((text) => !said.includes(text)));
  await browser.send('Emulation.setScriptExecutionDisabled', { value: false });
}

// ---- 10,000 objects ----

function within(what, ms) {
  console.log(`${what}: ${Math.round(ms)} ms`);
  if (STRICT) equal(`${what} takes less than ${LIMIT} ms (${Math.round(ms)})`, true, ms < LIMIT);
}

async function bears() {
  const began = performance.now();
  within('10,000 objects: open', await open('many.html'));
  console.log(`10,000 objects: a row for each: ${Math.round(await browser.until(`${ROWS} === 10000`, began))} ms`);
  await picture('many');
  for (const [text, n] of [['s', 10000], ['app-07 00430', 2], ['data.level', 4000], ['settings-00001', 20], ['no such', 0]]) {
    const typed = performance.now();
    await type(text);
    const status = n === 10000 ? '10000 objects' : `${n} of 10000 objects`;
    within(`10,000 objects: search "${text}"`, await browser.until(`${STATUS} === '${status}'`, typed));
    await forget();
  }
  let pressed = performance.now();
  await browser.press('End');
  within('10,000 objects: to the last', await browser.until(`${FOCUSED} === 'app-20/settings-00500'`, pressed));
  pressed = performance.now();
  await browser.press('4');
  within('10,000 objects: filter', await browser.until(`${STATUS} === '1000 of 10000 objects'`, pressed));
}

// ---- alone ----

async function asksNobody() {
  const wanted = ['few.html', 'many.html'].map((name) => `file://${join(folder, name)}`);
  equal('no request but for the page itself', [], requests().filter((url) => !wanted.includes(url)));
  equal('nothing to complain of', [], browser.events.filter((event) => ['Log.entryAdded', 'Runtime.exceptionThrown',
    'Runtime.consoleAPICalled'].includes(event.method)).map((event) => JSON.stringify(event.params)));
  await open('few.html');
  const refused = (act) => ask(`new Promise((done) => {
    addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective), { once: true });
    setTimeout(() => done('allowed'), 3000);
    ${act};
  })`);
  equal('its policy refuses the rest', ['connect-src', 'img-src', 'script-src-elem', 'style-src-attr'], [
    await refused(`fetch('http://127.0.0.1:9/').catch(() => {})`),
    await refused(`new Image().src = 'http://127.0.0.1:9/x.png'`),
    await refused(`document.head.append(Object.assign(document.createElement('script'), { textContent: 'document.title = 1' }))`),
    await refused(`document.body.setAttribute('style', 'color: red')`),
  ]);
  const free = readFileSync(join(folder, 'few.html'), 'utf8').replace(/<meta http-equiv[^>]*>/, '')
    .replace('<footer>', '<img src="http://nowhere.invalid/x.png"><footer>');
  writeFileSync(join(folder, 'free.html'), free);
  await open('free.html');
  equal('a request would have been seen', true, requests().includes('http://nowhere.invalid/x.png'));
}

async function main() {
  await browser.start();
  await browser.resize(1280, 900);
  for (const part of [reads, walks, speaks, looks, readsWithoutScript, bears, asksNobody]) await part();
  await browser.stop();
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}

main().catch((error) => {
  console.error(error);
  browser.process.kill();
  process.exit(1);
});
