// SPDX-License-Identifier: MIT
//
// The built page, whole and without each kind of part: its script runs, greets the device, and takes parts of every
// kind, in a browser of which only what it calls is there. Conformance/browsers tries it in a real one.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';

const program = fileURLToPath(new URL('../../scripts/build-page', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'page-'));
after(() => rmSync(folder, { recursive: true }));

function build(...options) {
  const built = mkdtempSync(join(folder, 'built-'));
  const { status, stderr } = spawnSync('python3', [program, '--dir', built, ...options], { encoding: 'utf8' });
  return { status, stderr, file: (name) => readFileSync(join(built, name), 'utf8') };
}

const kinds = {
  switch: { on: true }, light: { on: true, brightness: 9, channels: 4, color: [1, 2, 3, 4] },
  button: { pressed: true, presses: 1, remote: true }, contact: { on: true, device_class: 'door' },
  sensor: { value: 21.5, unit: '°C' }, number: { value: 5, min: 0, max: 9, step: 1 },
};
const parts = Object.fromEntries(Object.entries(kinds).map(([kind, part]) => [`a_${kind}`, { kind, ...part }]));

// An element that has every property: another such, a function that returns another such.
function element() {
  const known = { textContent: '', length: 0 };
  return new Proxy(() => {}, {
    get(_, name) {
      if (name === Symbol.iterator) return [][Symbol.iterator].bind([]);
      known[name] ??= element();
      return known[name];
    },
    set: (_, name, value) => {
      known[name] = value;
      return true;
    },
    apply: () => element(),
  });
}

// Runs a script, and sends the device's greeting and one state. Returns what the page sent, what its title is, its
// language, what it fetched, and what it says of the connection. `answer` is the answer to what it fetches.
async function run(script, { languages = ['en-US'], answer = () => Promise.reject(new Error('there is none')) } = {}) {
  const sockets = [];
  class WebSocket {
    static OPEN = 1;
    readyState = 1;
    sent = [];
    constructor() { sockets.push(this); }
    send(text) { this.sent.push(JSON.parse(text)); }
  }
  const document = element();
  document.hidden = false;
  const browser = {
    WebSocket, document, URL, location: new URL('http://device.example/'), navigator: { onLine: true, languages },
    addEventListener() {}, setTimeout: () => 0, clearTimeout() {},
    AbortController, AbortSignal,
    MutationObserver: class { observe() {} },
    fetch(address) {
      if (address) fetched.push(address); // not the rows
      return answer(address);
    },
  };
  const fetched = [];
  const named = {};
  document.getElementById = (id) => named[id] ??= element();
  document.documentElement = { lang: 'en' };
  browser.window = browser;
  await runInContext(`(async () => { ${script} })()`, createContext(browser)); // it is a module
  const [socket] = sockets;
  const receive = (message) => socket.onmessage({ data: JSON.stringify({ boot: '1', parts, ...message }) });
  receive({ type: 'hello', rev: 1, name: 'Kitchen' });
  receive({ type: 'state', rev: 2, parts: { a_switch: { on: false } } });
  return {
    sent: socket.sent.map(({ type }) => type), title: document.title, lang: document.documentElement.lang, fetched,
    connection: named.connection.textContent,
  };
}

test('the built script does what the modules do, whole and without each kind', async (t) => {
  for (const kind of ['', ...Object.keys(kinds), 'remote-button', 'home-screen', 'proxies', 'translations',
    'light,contact,sensor,number']) {
    await t.test(kind ? `without ${kind}` : 'whole', async () => {
      const page = build('--without', kind);
      assert.equal(page.status, 0, page.stderr);
      const { sent, title } = await run(page.file('index.js'));
      assert.deepEqual(sent, ['ping']);
      // The title follows the first switch or light: it is off, the other on.
      assert.equal(title, kind.startsWith('switch') ? '● Kitchen' : '○ Kitchen');
    });
  }
});

// The answers that the page may get to what it fetches.
const words = (page) => (address) => Promise.resolve(new Response(page.file(address)));
const missing = () => Promise.resolve(new Response('{"error":"there is no such file"}', { status: 404 }));
const broken = () => Promise.resolve(new Response('{"Connected":'));
const empty = () => Promise.resolve(new Response('null'));

test('the built page speaks the first language of the browser that it knows, and fetches that alone', async (t) => {
  const page = build();
  for (const [languages, lang, connected] of [
    [['de-AT', 'en'], 'de-AT', 'Verbunden'], [['nl', 'ja'], 'ja', '接続済み'], [['en-GB', 'de'], 'en', 'Connected'],
    [['nl', 'pt-BR'], 'en', 'Connected'], [['desolate'], 'en', 'Connected'], [['es-419'], 'es-419', 'Conectado'],
    [['fr@posix'], 'en', 'Connected'],
  ]) {
    await t.test(languages.join(), async () => {
      const shown = await run(page.file('index.js'), { languages, answer: words(page) });
      assert.equal(shown.lang, lang);
      assert.equal(shown.connection, connected);
      assert.deepEqual(shown.fetched, lang === 'en' ? [] : [`words/${lang.slice(0, 2)}.json`]);
    });
  }
});

test('a language that cannot be fetched leaves the page English, and it works', async (t) => {
  const page = build();
  for (const [name, answer] of Object.entries({ missing, broken, empty, unreachable: undefined })) {
    await t.test(name, async () => {
      const shown = await run(page.file('index.js'), { languages: ['de'], answer });
      assert.deepEqual([shown.lang, shown.connection, shown.sent], ['en', 'Connected', ['ping']]);
    });
  }
});

test('a page without translations asks for none', async () => {
  const page = build('--without', 'translations');
  assert.throws(() => page.file('words/de.json'), { code: 'ENOENT' });
  const shown = await run(page.file('index.js'), { languages: ['de'], answer: missing });
  assert.deepEqual([shown.lang, shown.connection, shown.fetched], ['en', 'Connected', []]);
});

test('what is left out is in no file of the page', () => {
  const words = {
    light: ['brightness', '.controls'], contact: ['unlocked'], sensor: ['history', 'vector-effect'],
    number: ['stepDown', '.stepper'],
    'remote-button': ['pointerdown', 'form .key'], 'home-screen': ['apple-touch-icon', 'manifest'], proxies: ['POST'],
    translations: ['Intl', 'words/', '[data-remembered]'],
  };
  const text = (page) => ['index.html', 'index.css', 'index.js'].map(page.file).join('')
    .replace(/data:image\/svg.*<\/svg>/, '');
  const whole = text(build());
  const small = text(build('--without', Object.keys(words).join()));
  for (const word of Object.values(words).flat()) {
    assert.ok(whole.includes(word), `the whole page has ${word}`);
    assert.ok(!small.includes(word), `${word} is left out`);
  }
});

test('a toolset of a board leaves out the kinds that its flags name', () => {
  const toolset = join(folder, 'toolset.json');
  const flags = ['-DWITHOUT_LIGHTS', '-DWITHOUT_REMOTE_BUTTONS', '-DWITHOUT_INTERLOCKS'];
  writeFileSync(toolset, JSON.stringify({ swiftCompiler: { extraCLIOptions: flags } }));
  const byFlags = build('--toolset', toolset).file('index.js');
  assert.equal(byFlags, build('--without', 'light,remote-button,translations').file('index.js'));
});

test('what cannot be left out is one clear error', () => {
  const { status, stderr } = build('--without', 'lights');
  assert.equal(status, 1);
  assert.match(stderr, /^build-page: there is no lights to leave out, but button, .*\n$/);
});
