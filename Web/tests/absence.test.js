// SPDX-License-Identifier: MIT
//
// A device that is away, and back: how the page asks for it, and how soon it is live.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deadline } from '../connection.js';
import { Page, pages } from './page.js';

const kinds = (page) => page.take().filter(({ type }) => ['open', 'ask'].includes(type)).map(({ type }) => type);

test('no WebSocket is opened while the device is away, however long', () => {
  const page = pages.waiting();
  page.take();
  for (let n = 0; n < 1000; n += 1) page.send('retry').send('answer');
  assert.deepEqual(new Set(kinds(page)), new Set(['ask']));
  assert.deepEqual(kinds(page.send('retry').answer()), ['ask', 'open']);
});

test('all sockets but the first of a page are opened only when the device has answered', async (t) => {
  const ways = {
    'while offline': (page) => page.send('offline').pass(10_000),
    online: (page) => page.send('offline').send('online'),
    'a probe that fails': (page) => page.send('online').pass(1500),
    'from stale': (page) => page.pass(9000).send('online'),
    'shown again': (page) => page.send('hide').pass(30_000).send('show'),
    'back from the cache': (page) => page.send('leave').jump(600_000).send('show'),
    'a clock that jumps': (page) => page.closed().jump(60_000).send('tick'),
  };
  for (const [name, way] of Object.entries(ways)) {
    await t.test(name, () => {
      const page = pages.live();
      page.take();
      assert.deepEqual(kinds(way(page)), ['ask']);
      assert.deepEqual(kinds(page.answer()), ['open']);
    });
  }
  assert.deepEqual(kinds(new Page().send('load')), ['open']);
});

test('the 5 s for opening count from when the device is known to be there', () => {
  const page = pages.waiting().send('retry').pass(2499).answer();
  assert.equal(page.pass(4999).phase, 'connecting');
  assert.equal(page.pass(1).phase, 'waiting');
});

test('what is shown of a device that does not answer is old, before the first hello, too', () => {
  const page = pages.connecting();
  assert.equal(page.view.fresh, true);
  page.closed().send('retry');
  assert.equal(page.phase, 'connecting');
  assert.equal(page.view.fresh, false);
});

// Milliseconds from the return of the device until the page is live. While it is away nothing answers, and what was
// sent meanwhile is lost; with `isRefusing` the address refuses instead. Otherwise it answers at once.
function lateness({ random, start, absence, isRefusing = false }) {
  const page = pages.connecting({ random });
  const [gone, back] = [page.now + start, page.now + start + absence];
  const isAway = () => page.now >= gone && page.now < back;
  const answerAll = () => {
    for (let effects = page.take(); effects.length; effects = page.take()) {
      for (const { type } of effects) {
        if (!isAway()) {
          if (type === 'ask') page.answer();
          if (type === 'open') page.hello();
          if (type === 'send' && 'pong' in page.state.timers) page.pong();
        } else if (isRefusing) {
          if (type === 'ask') page.send('answer');
          if (type === 'open') page.closed();
        }
      }
    }
  };
  answerAll();
  while (page.now < back || page.phase !== 'live') {
    const [next] = [deadline(page.state), gone, back].filter((at) => at > page.now).sort((a, b) => a - b);
    page.pass(next - page.now);
    if (isRefusing && page.now === gone) page.closed();
    answerAll();
    assert.ok(page.now < back + 60_000, 'it comes back');
  }
  return page.now - back;
}

test('a page is live at most 3 s after a device that was away, whatever it did when the device went and came', () => {
  let worst = 0;
  for (const [absence, step] of [[10_000, 50], [65_000, 200], [300_000, 2000]]) {
    for (const isRefusing of [false, true]) {
      for (const random of [0, 0.5, 1]) {
        for (let start = 10_000; start < 16_000; start += step) {
          worst = Math.max(worst, lateness({ random, start, absence, isRefusing }));
        }
      }
    }
  }
  assert.ok(worst <= 3000, `${worst} ms`);
  assert.ok(worst >= 2500, `${worst} ms: the worst moments are among them`);
});

test('a page whose device goes while its socket opens is live at most 3 s after it is back, too', () => {
  for (let absence = 10_000; absence < 20_000; absence += 50) {
    for (const random of [0, 0.5, 1]) {
      const late = lateness({ random, start: 0, absence });
      assert.ok(late <= 3000, `${absence} ms away, ${late} ms late`);
    }
  }
});
