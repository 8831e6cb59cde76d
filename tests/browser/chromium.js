// chromium.js: a headless Chromium, driven through its pipe of DevTools. SPDX-License-Identifier: Apache-2.0
'use strict';
const { spawn } = require('node:child_process');
const { writeFileSync } = require('node:fs');

const PATIENCE = 60_000; // ms that an answer may take

// Resolves no name, so that a request that gets through anything else ends here.
const FLAGS = ['--headless', '--remote-debugging-pipe', '--no-first-run', '--disable-gpu', '--disable-dev-shm-usage', '--mute-audio',
  '--disable-background-networking', '--disable-component-update', '--disable-extensions', '--hide-scrollbars',
  '--force-device-scale-factor=1', '--host-resolver-rules=MAP * ~NOTFOUND'];

class Browser {
  constructor(program, profile) {
    const root = process.getuid() === 0 ? ['--no-sandbox'] : [];
    this.process = spawn(program, [...FLAGS, ...root, `--user-data-dir=${profile}`, 'about:blank'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.next = 1;
    this.waiting = new Map();
    this.events = [];
    this.rest = Buffer.alloc(0);
    this.process.stdio[4].on('data', (bytes) => this.read(bytes));
    this.process.on('exit', () => this.waiting.forEach(({ reject }) => reject(new Error('the browser has ended'))));
  }

  read(bytes) {
    this.rest = Buffer.concat([this.rest, bytes]);
    for (let end = this.rest.indexOf(0); end >= 0; end = this.rest.indexOf(0)) {
      this.take(JSON.parse(this.rest.subarray(0, end).toString()));
      this.rest = this.rest.subarray(end + 1);
    }
  }

  take(message) {
    const waiting = this.waiting.get(message.id);
    if (!waiting) return void this.events.push(message);
    this.waiting.delete(message.id);
    if (message.error) waiting.reject(new Error(`${waiting.method}: ${message.error.message}`));
    else waiting.resolve(message.result);
  }

  send(method, params = {}) {
    const id = this.next++;
    this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId: this.session })}\0`);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${method}: no answer`)), PATIENCE);
      const done = (f) => (value) => { clearTimeout(timer); f(value); };
      this.waiting.set(id, { method, resolve: done(resolve), reject: done(reject) });
    });
  }

  async start() {
    const { targetInfos } = await this.send('Target.getTargets');
    const { targetId } = targetInfos.find((target) => target.type === 'page');
    this.session = (await this.send('Target.attachToTarget', { targetId, flatten: true })).sessionId;
    for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await this.send(`${domain}.enable`);
  }

  async evaluate(expression) {
    const done = await this.send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
    if (done.exceptionDetails) throw new Error(`${expression}: ${done.exceptionDetails.exception?.description}`);
    return done.result.value;
  }

  // Until the expression is true and two frames have been drawn; ms since `began`.
  async until(expression, began) {
    for (;;) {
      const is = await this.evaluate(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
        done(Boolean(${expression})))))`);
      if (is) return performance.now() - began;
      if (performance.now() - began > PATIENCE) throw new Error(`never: ${expression}`);
    }
  }

  async press(key, modifiers = 0) {
    const text = key.length === 1 ? key : key === 'Enter' ? '\r' : undefined;
    const codes = { Enter: 13, Escape: 27, Tab: 9, End: 35, Home: 36, ArrowUp: 38, ArrowDown: 40 };
    const event = { key, text, modifiers, windowsVirtualKeyCode: codes[key] ?? key.toUpperCase().charCodeAt(0) };
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event, text: undefined });
  }

  resize(width, height) {
    return this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  }

  prefer(scheme) {
    return this.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  }

  async screenshot(file) {
    const { data } = await this.send('Page.captureScreenshot', { format: 'png' });
    writeFileSync(file, Buffer.from(data, 'base64'));
  }

  async pdf(file) {
    const { data } = await this.send('Page.printToPDF', { printBackground: true });
    writeFileSync(file, Buffer.from(data, 'base64'));
  }

  async stop() {
    const gone = new Promise((resolve) => this.process.on('exit', resolve));
    this.session = undefined;
    this.send('Browser.close').catch(() => {});
    await gone;
  }
}

module.exports = { Browser };
