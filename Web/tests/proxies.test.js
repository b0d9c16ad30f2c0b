// SPDX-License-Identifier: MIT
//
// A proxy in between: the page says why no socket opens, and goes on trying.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pages } from './page.js';
import '../proxies.js';
import { perform } from '../kinds.js';

const refusal = { error: 'the proxy changes the address: start the device with --origin https://lamp.example' };
const hello = { type: 'hello', rev: 1, parts: {} };
const kinds = (page) => page.take().map(({ type }) => type);
const judged = (page, status, body) => page.send('answer', { status, body, judged: true });

test('when requests are answered and a socket fails, the device is asked why', () => {
  const page = pages.connecting().closed();
  page.take();
  page.answer(200, hello);
  assert.deepEqual(page.take(), [{ type: 'judge', status: 200, body: hello }]);
  judged(page, 403, refusal);
  assert.equal(page.phase, 'refused');
  assert.equal(page.view.connection,
    'The proxy changes the address: start the device with --origin https://lamp.example');
});

test('as long as the device refuses its origin, no further socket is tried', () => {
  const page = judged(pages.connecting().closed().answer(200, hello), 403, refusal);
  page.take();
  for (let turn = 0; turn < 5; turn += 1) {
    page.send('retry').answer(200, hello);
    assert.deepEqual(kinds(page), ['ask', 'judge']);
    judged(page, 403, refusal);
    assert.equal(page.phase, 'refused');
    assert.deepEqual(page.take().filter(({ type }) => type === 'open'), []);
  }
  judged(page.send('retry').answer(200, hello), 200, hello);
  assert.deepEqual(kinds(page), ['ask', 'judge', 'open']);
  assert.equal(page.hello().phase, 'live');
});

test('sockets that fail without a word against them are blamed on a proxy, and tried again', () => {
  const page = pages.connecting().closed();
  for (let failed = 1; failed < 6; failed += 1) {
    judged(page.answer(200, hello), 200, hello);
    assert.equal(page.phase, failed < 3 ? 'waiting' : 'refused', `${failed} failed`);
    if (page.phase === 'refused') assert.match(page.view.connection, /a proxy blocks the WebSocket; trying again$/);
    page.take();
    judged(page.send('retry').answer(200, hello), 200, hello);
    assert.deepEqual(kinds(page), ['ask', 'judge', 'open']);
    page.closed();
  }
});

test('a page that was live for long does not suspect a proxy', () => {
  const page = pages.connecting().closed();
  judged(page.send('retry').answer(), 200).hello().passAnswered(11_000);
  page.closed();
  page.take();
  page.send('retry').answer();
  assert.deepEqual(kinds(page), ['ask', 'open']);
});

test('a socket that failed while the device did not answer either is no sign of a proxy', () => {
  const page = pages.connecting().closed().answer(undefined);
  assert.equal(page.phase, 'waiting');
  page.send('retry').answer(502);
  assert.equal(page.phase, 'waiting');
});

test('the device judges a POST to the path of the socket', async (t) => {
  const asked = [];
  t.after(() => delete globalThis.fetch);
  const sent = async (reply) => {
    globalThis.fetch = async (...words) => {
      asked.push(words);
      return reply();
    };
    let answer;
    await perform.judge({ type: 'judge', status: 200, body: hello }, (type, details) => { answer = { type, ...details }; });
    return answer;
  };
  const known = { type: 'answer', status: 200, body: hello, judged: true };
  assert.deepEqual(await sent(() => ({ status: 403, json: async () => refusal })), { ...known, status: 403, body: refusal });
  assert.deepEqual(await sent(() => ({ status: 405 })), known);
  assert.deepEqual(await sent(() => { throw new Error('no answer'); }), known);
  assert.deepEqual(asked, Array(3).fill(['ws', { method: 'POST' }]));
});
