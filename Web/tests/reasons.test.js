// SPDX-License-Identifier: MIT
//
// Why no socket opens: what api/state says of it, and what the page says when that is nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hello, pages } from './page.js';

const blocked = 'The browser, a policy or a proxy blocks the WebSocket; trying again';
const eight = '8 screens already open; trying again';

const answers = [
  ['connecting', 403, { error: 'unknown host' }, 'refused', 'Unknown host'],
  ['connecting', 403, null, 'refused', 'Opened from another site'],
  ['connecting', 503, { error: 'busy' }, 'refused', 'Busy; trying again'],
  ['connecting', 503, {}, 'refused', 'All places are taken; trying again'],
  ['connecting', 500, {}, 'waiting', 'Reconnecting in 1 s'],
  ['connecting', 200, hello({ on: true, clients: 7 }), 'waiting', 'Reconnecting in 1 s'],
  ['connecting', 200, hello({ clients: 8, full: true }), 'refused', eight],
  ['connecting', 200, null, 'waiting', 'Reconnecting in 1 s'],
  ['refused', 200, hello({ clients: 7 }), 'refused', 'All places are taken; trying again'],
  ['refused', 200, hello({ clients: 8, full: true }), 'refused', eight],
];

test('after a failed open the page shows what api/state says', async (t) => {
  for (const [from, status, body, phase, words] of answers) {
    await t.test(`${from}, ${status} ${JSON.stringify(body?.error ?? body?.full ?? null)}`, () => {
      const page = from === 'refused' ? pages.refused() : pages.connecting().closed();
      page.answer(status, body);
      assert.equal(page.phase, phase);
      assert.equal(page.view.connection, words);
      assert.ok(page.state.timers.retry > page.now, 'and tries again');
      assert.equal(page.led?.on, body?.parts?.led.on);
    });
  }
});

test('an answer that comes after the socket is open is not heard', () => {
  const page = pages.connecting().closed().send('retry').answer().answer(403, null);
  assert.equal(page.phase, 'connecting');
  assert.equal(page.hello().answer(403, null).phase, 'live');
});

// The ways in which a socket does not open, of which the page knows no more.
const failures = {
  'ends at once': (page) => page.closed(),
  'says nothing': (page) => page.pass(5000),
};

for (const [name, fail] of Object.entries(failures)) {
  test(`a third socket that ${name} while the device answers is blocked, and the page says so and goes on`, () => {
    const page = fail(pages.connecting());
    for (let failed = 1; failed < 6; failed += 1) {
      page.answer();
      assert.equal(page.view.connection, failed < 3 ? 'Reconnecting in 1 s' : blocked, `${failed} failed`);
      assert.equal(page.view.canRetry, true);
      assert.equal(page.pass(2500).phase, 'connecting', 'it tries again by itself');
      fail(page.answer());
      assert.equal(page.phase, failed < 3 ? 'waiting' : 'refused', 'the reason stands while the next socket fails');
    }
    assert.equal(page.send('retry').answer().hello().phase, 'live');
  });
}

test('a page that is blocked says so once to a screen reader', () => {
  const page = pages.connecting().closed();
  for (let n = 0; n < 20; n += 1) page.answer().pass(2500).answer().closed();
  const said = page.take().filter(({ type }) => type === 'say').map(({ text }) => text);
  assert.deepEqual(said, ['Not connected, reconnecting', blocked]);
});

test('a full device behind a proxy that changes how its sockets end is full, and not blocked', () => {
  const page = pages.connecting().closed(1006);
  for (let n = 0; n < 5; n += 1) {
    page.answer(200, hello({ clients: 8, full: true }));
    assert.equal(page.view.connection, eight);
    page.send('retry').answer(200, hello({ clients: 8, full: true })).closed(1006);
    assert.equal(page.view.connection, eight, 'it stands until the device answers');
  }
  assert.equal(page.send('retry').answer(200, hello({ clients: 7 })).hello().phase, 'live');
});

test('a reason does not outlive the device, whether nothing answers or nobody', async (t) => {
  for (const [name, act] of [
    ['no answer', (page) => page.send('answer')], ['a proxy alone', (page) => page.answer(502)],
    ['silence', (page) => page.pass(2500)],
  ]) {
    await t.test(name, () => {
      const page = pages.refused().send('retry');
      act(page);
      assert.equal(page.phase, 'waiting');
      assert.equal(page.send('retry').answer().closed().phase, 'waiting');
    });
  }
});

test('a reason that the device no longer gives is not repeated', () => {
  const page = pages.connecting().closed().answer(403, { error: 'unknown host' }).send('retry').answer().closed();
  assert.equal(page.phase, 'waiting');
  assert.equal(page.answer().phase, 'waiting');
});

test('a hello ends a reason, and three more sockets must fail until another is given', () => {
  const page = pages.connecting().closed();
  for (let n = 0; n < 3; n += 1) page.answer().send('retry').answer().closed();
  assert.equal(page.answer().phase, 'refused');
  page.send('retry').answer().hello().closed();
  assert.equal(page.phase, 'waiting');
  page.send('retry').answer().closed().answer();
  assert.equal(page.phase, 'waiting');
});
