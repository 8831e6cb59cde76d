// page.js: shows, searches and unfolds the objects of a comparison. SPDX-License-Identifier: Apache-2.0
'use strict';
(() => {
  const BLOCK = 100; // rows that the browser lays out together
  const SLICE = 30; // ms for which rows are made at a time
  const CONTEXT = 3; // equal lines shown around those that differ
  const SHORT = 60; // characters of values that stand side by side
  const SORTS = [
    { sort: 'removed', glyph: '−', word: 'removed', has: (change) => change.sort === 'removed' },
    { sort: 'added', glyph: '+', word: 'added', has: (change) => change.sort === 'added' },
    { sort: 'changed', glyph: '~', word: 'changed', has: (change) => change.sort === 'changed' },
    { sort: 'reowned', glyph: '>', word: 'other owner', has: (change) => change.reowned },
    { sort: 'uncertain', glyph: '?', word: 'not known', has: (change) => change.sort === 'uncertain' },
  ];
  const OF_SORT = Object.fromEntries(SORTS.map((sort) => [sort.sort, sort]));

  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId('data').textContent);
  const [list, bar, query, status, all, help, theme] = ['objects', 'bar', 'query', 'status', 'all', 'help', 'theme'].map(byId);
  const items = [];
  const wanted = new Set(); // sorts of which alone objects are shown; none: all
  let words = []; // of the search
  let visible = [];
  let filled = 0; // how many of them have a row
  let current = -1; // the one that Tab leads to
  let place = null; // where the next row goes
  let turn = 0; // of showing: what an older one has still to do is left undone

  function el(tag, name, ...children) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  const count = (n, one) => `${n} ${one}${n === 1 ? '' : 's'}`;
  const nameOf = (change) => (change.namespace ? `${change.namespace}/${change.name}` : change.name);
  const hazardsOf = (change) => (change.hazards ?? []).map((number) => data.hazards[number]);
  const namesOf = (owners) => (owners.length ? owners.join(' and ') : 'nobody');
  const holds = (text) => words.every((word) => text.includes(word));

  // The text with what was searched for marked in it.
  function marked(text) {
    const out = document.createDocumentFragment();
    const low = text.toLowerCase();
    if (low.length !== text.length) return document.createTextNode(text);
    let at = 0;
    while (at < text.length) {
      let start = -1;
      let length = 0;
      for (const word of words) {
        const found = low.indexOf(word, at);
        if (found >= 0 && (start < 0 || found < start || (found === start && word.length > length))) {
          start = found;
          length = word.length;
        }
      }
      if (start < 0) break;
      out.append(text.slice(at, start), el('mark', '', text.slice(start, start + length)));
      at = start + length;
    }
    out.append(text.slice(at));
    return out;
  }

  // ---- one object, unfolded ----

  // Lines of a text; the last one says when no line end follows, where the other text has one.
  function linesOf(text, other) {
    const out = text.split('\n');
    if (out[out.length - 1] === '' && out.length > 1) out.pop();
    else if (other.endsWith('\n')) out[out.length - 1] += ' (no line end)';
    return out;
  }

  // Equal lines at the start and at the end, what differs between them.
  function difference(before, after) {
    const [a, b] = [linesOf(before, after), linesOf(after, before)];
    let head = 0;
    while (head < a.length && head < b.length && a[head] === b[head]) head++;
    let tail = 0;
    while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
    const out = el('pre', 'lines');
    const line = (name, glyph, text) => out.append(el('span', name, `${glyph} ${text}\n`));
    const cut = (n) => n > 0 && line('cut', '…', `${count(n, 'equal line')}`);
    cut(head - CONTEXT);
    a.slice(Math.max(0, head - CONTEXT), head).forEach((text) => line('same', ' ', text));
    a.slice(head, a.length - tail).forEach((text) => line('minus', '−', text));
    b.slice(head, b.length - tail).forEach((text) => line('plus', '+', text));
    a.slice(a.length - tail, a.length - tail + CONTEXT).forEach((text) => line('same', ' ', text));
    cut(tail - CONTEXT);
    return out;
  }

  // Of a field that only one side has.
  function linesOfOne(text, name, glyph) {
    return el('pre', 'lines', ...linesOf(text, '').map((line) => el('span', name, `${glyph} ${line}\n`)));
  }

  function valuesOf({ before, after, masked }) {
    if (masked) return el('p', 'values', el('em', '', 'differs; what it holds is secret and not told here'));
    if ([before, after].some((text) => text !== undefined && (text.includes('\n') || text.length > SHORT))) {
      if (before === undefined) return linesOfOne(after, 'plus', '+');
      return after === undefined ? linesOfOne(before, 'minus', '−') : difference(before, after);
    }
    const value = (tag, text) => (text === undefined ? el('em', '', 'not there') : el(tag, '', el('code', '', text)));
    return el('p', 'values', value('del', before), el('span', '', '→'), value('ins', after));
  }

  function fieldOf(field) {
    const order = field.order ? el('em', '', ' in another order') : null;
    return el('li', '', el('code', 'path', marked(field.path)), order, valuesOf(field));
  }

  function factsOf(pairs) {
    const out = el('dl', 'facts');
    for (const [term, said] of pairs) {
      if (said) out.append(el('dt', '', term), el('dd', '', said));
    }
    return out;
  }

  function detailOf(change) {
    const { before, after } = change;
    const code = (text) => (text ? el('code', '', text) : null);
    const same = before && after && before.place === after.place;
    const owned = namesOf((after ?? before).owners);
    const out = el('div', 'detail', factsOf([
      ['not known', change.uncertain && `what ${change.uncertain} applies is not known ${before ? 'after' : 'before'}`],
      ...hazardsOf(change).map((hazard) => [`${hazard.severity} hazard`, `${hazard.reason} → ${hazard.remedy}`]),
      ['before and after', same ? code(before.place) : null],
      ['before', before && !same ? code(before.place) : null],
      ['after', after && !same ? code(after.place) : null],
      ['API group', change.group],
      ['owners', !change.reowned && (after ?? before).owners.length > 1 ? owned : null],
      ['owner before', change.reowned ? namesOf(before.owners) : null],
      ['owner after', change.reowned ? owned : null],
      ['content before', before && before.opaque ? `not known: ${before.opaque}` : null],
      ['content after', after && after.opaque ? `not known: ${after.opaque}` : null],
    ]));
    if (change.fields.length) out.append(el('ul', 'fields', ...change.fields.map(fieldOf)));
    return out;
  }

  // ---- rows ----

  function noteOf(change) {
    const parts = [];
    if (change.uncertain) parts.push(`not known ${change.before ? 'after' : 'before'}`);
    if (change.reowned) parts.push(`from ${namesOf(change.before.owners)}`);
    if (change.fields.length) parts.push(count(change.fields.length, 'field'));
    if (!parts.length) parts.push((change.after ?? change.before).place);
    return parts.join(', ');
  }

  function setOpen(item, open) {
    item.open = open;
    item.button.setAttribute('aria-expanded', open);
    if (item.detail) item.detail.remove();
    item.detail = open ? detailOf(item.change) : null;
    if (open) item.row.append(item.detail);
  }

  function makeRow(item, at) {
    const { change } = item;
    const sort = OF_SORT[change.sort];
    const glyph = el('span', `glyph ${sort.sort}`, sort.glyph);
    glyph.setAttribute('aria-hidden', 'true');
    const title = el('span', '', el('span', 'sr', `${sort.word}: `), el('span', 'kind', marked(change.kind)), ' ',
      el('span', 'name', marked(nameOf(change))));
    const [hazard] = hazardsOf(change);
    if (hazard) title.append(el('span', `badge ${hazard.severity}`, `${hazard.severity} hazard`));
    item.button = el('button', '', glyph, title, el('span', 'note', marked(noteOf(change))));
    item.button.type = 'button';
    item.button.tabIndex = at === Math.max(current, 0) ? 0 : -1;
    item.row = el('div', 'row', item.button);
    item.row.setAttribute('role', 'listitem');
    item.row.setAttribute('aria-setsize', visible.length);
    item.row.setAttribute('aria-posinset', at + 1);
    item.at = at;
    item.button.item = item;
    item.detail = null;
    setOpen(item, item.open);
    return item.row;
  }

  function tallyOf(shown) {
    const out = el('p', 'tally');
    for (const sort of SORTS) {
      const n = shown.filter((item) => item.change.sort === sort.sort).length;
      if (!n) continue;
      const one = el('span', sort.sort, `${sort.glyph}${n}`, el('span', 'sr', ` ${sort.word}`));
      one.title = `${n} ${sort.word}`;
      out.append(one);
    }
    return out;
  }

  // A place for the rows of the group in which the object stands.
  function open(item) {
    const { group } = item;
    if (!place || place.cluster !== group.cluster) {
      list.append(el('h2', 'cluster', el('small', '', 'cluster '), group.cluster));
    }
    const title = el('h3', '', marked(group.owner));
    title.id = `owner-${group.number}`;
    const rows = el('div', 'rows');
    rows.setAttribute('role', 'list');
    rows.setAttribute('aria-labelledby', title.id);
    list.append(el('section', 'owner', el('header', '', title, tallyOf(group.shown)), rows));
    place = { group, cluster: group.cluster, rows, block: null };
  }

  // Rows up to this one.
  function fill(upto) {
    for (; filled < Math.min(upto, visible.length); filled++) {
      const item = visible[filled];
      if (!place || place.group !== item.group) open(item);
      if (!place.block || place.block.childElementCount >= BLOCK) {
        place.block = el('div', 'block');
        place.block.setAttribute('role', 'presentation');
        place.rows.append(place.block);
      }
      place.block.append(makeRow(item, filled));
    }
  }

  // The other rows, while nobody waits for the page.
  function fillLater(own) {
    if (own !== turn || filled >= visible.length) return;
    const end = performance.now() + SLICE;
    while (filled < visible.length && performance.now() < end) fill(filled + BLOCK);
    setTimeout(() => fillLater(own));
  }

  function show() {
    turn++;
    words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const group of data.groups) group.shown = [];
    visible = items.filter((item) => {
      const is = !wanted.size || SORTS.some((sort) => wanted.has(sort.sort) && sort.has(item.change));
      return is && holds(item.text);
    });
    for (const item of visible) item.group.shown.push(item);
    [filled, current, place] = [0, -1, null];
    list.replaceChildren();
    if (!visible.length && items.length) list.append(el('p', 'nothing', 'No object is like this. Esc shows all again.'));
    fill(BLOCK);
    showHazards();
    showUnknown();
    const limited = visible.length !== items.length;
    status.textContent = `${limited ? `${visible.length} of ` : ''}${count(items.length, 'object')}`;
    all.hidden = !visible.length;
    sayAll();
    const own = turn;
    requestAnimationFrame(() => setTimeout(() => fillLater(own))); // what is seen is drawn first
  }

  function sayAll() {
    all.textContent = visible.some((item) => item.open) ? 'Fold all' : 'Unfold all';
  }

  // ---- hazards ----

  function hazardOf(hazard) {
    const severity = el('span', `severity ${hazard.severity}`, `${hazard.severity} `);
    const out = el('li', '', severity, el('code', '', marked(hazard.id)), ' ', marked(hazard.reason),
      el('p', 'remedy', '→ ', marked(hazard.remedy)));
    if (!hazard.objects.length) return out;
    const objects = el('details', '', el('summary', '', count(hazard.objects.length, 'object')));
    objects.unfold = () => {
      if (objects.childElementCount > 1) return;
      objects.append(el('ul', '', ...hazard.objects.map((name) => el('li', '', marked(name)))));
    };
    objects.addEventListener('toggle', objects.unfold);
    out.append(objects);
    return out;
  }

  function showHazards() {
    const shown = data.hazards.filter((hazard) => holds(hazard.text));
    byId('hazards').replaceChildren();
    if (!shown.length) return;
    byId('hazards').append(el('h2', '', 'Hazards ', el('small', '', 'what controllers would do on the way')),
      el('ul', '', ...shown.map(hazardOf)));
  }

  // ---- what is not known ----

  function unknownOf(unknown) {
    const reasons = unknown.same ? [['before and after', unknown.after]]
      : [['before', unknown.before], ['after', unknown.after]];
    return el('li', '', el('b', '', marked(unknown.entry)), ` (${unknown.cluster})`, factsOf(reasons));
  }

  function showUnknown() {
    const section = byId('unknown');
    const shown = data.unknown.filter((one) => holds(one.text) && (!wanted.size || wanted.has('uncertain')));
    section.replaceChildren();
    if (!shown.length) return;
    section.append(el('h2', '', 'Not known ', el('small', '', `what ${count(shown.length, 'entry point')} would apply`)),
      el('ul', '', ...shown.map(unknownOf)));
  }

  // ---- what a person does ----

  function select(at) {
    if (current >= 0 && current < filled) visible[current].button.tabIndex = -1;
    else if (filled) visible[0].button.tabIndex = -1;
    current = at;
    visible[at].button.tabIndex = 0;
  }

  function go(to) {
    if (!visible.length) return;
    const at = Math.max(0, Math.min(to, visible.length - 1));
    fill(at + 1);
    select(at);
    visible[at].button.focus();
  }

  function goOwner(step) {
    if (current < 0) return go(0);
    let at = current + step;
    const inside = (i) => visible[i] && visible[i].group === visible[current].group;
    while (inside(at)) at += step;
    if (step < 0) { // to the first of the owner before
      if (!visible[at]) return go(0);
      while (at > 0 && visible[at - 1].group === visible[at].group) at--;
    }
    if (visible[at]) go(at);
  }

  function toggle(sort, button) {
    if (button.disabled) return;
    if (!wanted.delete(sort)) wanted.add(sort);
    button.setAttribute('aria-pressed', wanted.has(sort));
    show();
  }

  function forget() {
    query.value = '';
    wanted.clear();
    for (const button of byId('filters').children) button.setAttribute('aria-pressed', 'false');
    show();
  }

  function unfoldAll() {
    const open = !visible.some((item) => item.open);
    for (const item of visible) item.open = open;
    const at = current;
    show();
    if (at >= 0) go(at);
  }

  const isDark = () => (document.documentElement.style.colorScheme || (matchMedia('(prefers-color-scheme: dark)').matches
    ? 'dark' : 'light')) === 'dark';

  const sayTheme = () => { theme.textContent = isDark() ? 'Light' : 'Dark'; };

  function switchTheme() {
    document.documentElement.style.colorScheme = isDark() ? 'light' : 'dark';
    sayTheme();
  }

  const KEYS = {
    '/': () => { query.focus(); query.select(); },
    '?': () => help.showModal(),
    j: () => go(current + 1),
    k: () => go(current - 1),
    n: () => goOwner(1),
    p: () => goOwner(-1),
    e: unfoldAll,
    t: switchTheme,
    Home: () => go(0),
    End: () => go(visible.length - 1),
    Escape: () => (query.value || wanted.size) && forget(),
  };
  KEYS.ArrowDown = KEYS.j;
  KEYS.ArrowUp = () => (current > 0 ? go(current - 1) : query.focus());

  function inQuery(event) {
    if (event.key === 'Escape') return query.value ? forget : () => query.blur();
    return event.key === 'Enter' || event.key === 'ArrowDown' ? () => go(0) : null;
  }

  function actionOf(event) {
    if (event.target === query) return inQuery(event);
    const number = /^[1-5]$/.test(event.key) && byId('filters').children[event.key - 1];
    return number ? () => number.click() : KEYS[event.key];
  }

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open) return;
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    action();
  }

  function addFilters() {
    SORTS.forEach((sort, i) => {
      const n = data.counts[sort.sort];
      const button = el('button', sort.sort, el('span', 'glyph', sort.glyph), el('b', '', String(n)), sort.word);
      button.firstChild.setAttribute('aria-hidden', 'true');
      button.type = 'button';
      button.disabled = !n;
      button.setAttribute('aria-pressed', 'false');
      button.setAttribute('aria-keyshortcuts', i + 1);
      button.addEventListener('click', () => toggle(sort.sort, button));
      byId('filters').append(button);
    });
  }

  // What is searched in: all that tells objects apart, owners on both sides, fields and files.
  function textOf(group, change) {
    const sides = [change.before, change.after].filter(Boolean);
    return [OF_SORT[change.sort].word, change.kind, change.group, nameOf(change), group.cluster, group.owner,
      change.uncertain ?? '', ...hazardsOf(change).map((hazard) => hazard.id),
      ...sides.flatMap((side) => [...side.owners, side.place]),
      ...change.fields.map((field) => field.path)].join(' ').toLowerCase();
  }

  function begin() {
    data.groups.forEach((group, number) => {
      group.number = number;
      for (const change of group.changes) items.push({ group, change, text: textOf(group, change), open: false });
    });
    for (const one of data.hazards) {
      one.text = [one.severity, one.id, one.reason, one.remedy, ...one.objects].join(' ').toLowerCase();
    }
    for (const one of data.unknown) {
      one.text = [one.entry, one.cluster, one.before, one.after].join(' ').toLowerCase();
    }
    for (const hidden of [bar, document.querySelector('.tools')]) hidden.hidden = false;
    addFilters();
    sayTheme();
    show();
    query.addEventListener('input', show);
    all.addEventListener('click', unfoldAll);
    theme.addEventListener('click', switchTheme);
    byId('keys').addEventListener('click', () => help.showModal());
    list.addEventListener('click', (event) => {
      const button = event.target.closest('.row > button');
      if (!button) return;
      select(button.item.at);
      setOpen(button.item, !button.item.open);
      sayAll();
    });
    document.addEventListener('keydown', press);
    new ResizeObserver(() => document.documentElement.style.setProperty('--bar', `${bar.offsetHeight}px`)).observe(bar);
    window.addEventListener('beforeprint', () => {
      fill(visible.length);
      for (const objects of document.querySelectorAll('#hazards details')) {
        objects.unfold();
        objects.open = true;
      }
    });
  }

  begin();
})();
