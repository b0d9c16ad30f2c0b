// SPDX-License-Identifier: MIT
//
// What the page does to the browser: sockets that cannot be made, and questions of which several wait for an answer.
// The browser here has only what those need.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { setImmediate as otherTasks, setTimeout as pause } from 'node:timers/promises';
import { deadline } from '../connection.js';
import { perform } from '../kinds.js';
import { Page, hello } from './page.js';

globalThis.location = 'http://device.example/';
globalThis.document = { getElementById: () => ({ textContent: '' }) };
await import('../effects.js');

const json = (body, status = 200) => new Response(JSON.stringify(body), { status });

// Sockets that open, and those that a policy forbids, as browsers have it.
class OpenSocket {
  static OPEN = 1;
  readyState = OpenSocket.OPEN;
  constructor() { setTimeout(() => this.onmessage?.({ data: JSON.stringify(hello()) })); }
  send() {}
  close() {}
}
const forbidden = {
  'throws, as in Firefox and Safari': class { constructor() { throw new Error('SecurityError'); } },
  'fires an error and no close, as in Chromium': class {
    constructor() { setTimeout(() => this.onerror?.({ type: 'error' })); }
    close() {}
  },
};

for (const [name, ForbiddenSocket] of Object.entries(forbidden)) {
  test(`a WebSocket that ${name}, ends in a reason, and is tried again`, async () => {
    globalThis.WebSocket = ForbiddenSocket;
    globalThis.fetch = async () => json(hello());
    const page = new Page();
    const send = (type, details) => {
      page.send(type, details);
      for (const effect of page.take()) perform[effect.type](effect, send);
    };
    // As long as anything but the clock can change the page; then it is the clock's turn.
    const turn = async () => {
      for (let phase; phase !== page.phase; await pause(5)) ({ phase } = page);
      page.now = Math.max(page.now, deadline(page.state));
      send('tick');
      await pause(5);
    };
    send('load');
    const begun = page.now;
    for (let n = 0; n < 20 && page.phase !== 'refused'; n += 1) await turn();
    assert.equal(page.view.connection, 'The browser, a policy or a proxy blocks the WebSocket; trying again');
    assert.ok(page.now - begun < 4000, `after ${page.now - begun} ms`);
    globalThis.WebSocket = OpenSocket;
    for (let n = 0; n < 20 && page.phase !== 'live'; n += 1) await turn();
    assert.equal(page.phase, 'live');
  });
}

// Questions ---------------------------------------------------------------------------------------------------------

let asked; // each question: how it is answered, how it fails, and whether it has been given up
let answers; // that the page heard, by what they say

const ask = () => void perform.ask({}, (type, { status, body }) => answers.push([type, status, body]));

beforeEach(() => {
  asked = [];
  answers = [];
  globalThis.fetch = (address, { signal }) => new Promise((answer, fail) => {
    signal.addEventListener('abort', () => fail(signal.reason));
    asked.push({ address, answer, fail, signal });
  });
});

test('a question that is answered late is answered, though it has been asked again', async () => {
  ask();
  ask();
  asked[0].answer(json('late'));
  await otherTasks();
  await otherTasks();
  assert.deepEqual(answers, [['answer', 200, 'late']]);
  assert.equal(asked[1].signal.aborted, true, 'the other is given up');
});

test('of two questions only the failure of the last is heard', async () => {
  ask();
  ask();
  asked[0].fail(new Error('no route'));
  await otherTasks();
  assert.deepEqual(answers, []);
  asked[1].fail(new Error('no route'));
  await otherTasks();
  assert.deepEqual(answers, [['answer', undefined, undefined]]);
});

test('two questions at most wait for an answer, and each leads to one event at most', async () => {
  for (let n = 0; n < 5; n += 1) ask();
  assert.deepEqual(asked.map(({ signal }) => signal.aborted), [true, true, true, false, false]);
  asked[4].answer(json('now'));
  await otherTasks();
  await otherTasks();
  assert.deepEqual(answers, [['answer', 200, 'now']]);
  assert.deepEqual(new Set(asked.map(({ address }) => address)), new Set(['api/state']));
});
