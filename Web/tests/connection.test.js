// SPDX-License-Identifier: MIT
//
// The connection: each phase, how it is reached and left, and when. The figures are those of timeouts.js,
// written out here again so that a changed figure is seen.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deadline } from '../connection.js';
import { Page, hello, led, pages, state, stateOf } from './page.js';

const kinds = (effects) => effects.filter(({ type }) => type !== 'say')
  .map((effect) => (effect.type === 'send' ? effect.message.type : effect.type));

test('each phase is reached by its own path', async (t) => {
  for (const phase of Object.keys(pages)) {
    await t.test(phase, () => assert.equal(pages[phase]().phase, phase));
  }
});

// from, what happens, the phase after, the effects in order
const transitions = [
  ['connecting', (p) => p.hello(), 'live', ['ping']],
  ['connecting', (p) => p.closed(1006), 'waiting', ['ask']],
  ['connecting', (p) => p.closed(4013), 'refused', ['ask']],
  ['connecting', (p) => p.closed(1013), 'refused', ['ask']],
  ['connecting', (p) => p.pass(5000), 'waiting', ['close', 'ask']],
  ['connecting', (p) => p.send('offline'), 'offline', ['close']],
  ['connecting', (p) => p.send('leave'), 'asleep', ['close']],
  ['connecting', (p) => p.send('retry'), 'connecting', []],
  ['live', (p) => p.closed(1001), 'waiting', []],
  ['live', (p) => p.closed(4013), 'refused', ['ask']],
  ['live', (p) => p.send('offline'), 'offline', ['close']],
  ['live', (p) => p.send('online'), 'checking', ['ping']],
  ['live', (p) => p.send('leave'), 'asleep', ['close']],
  ['live', (p) => p.send('retry'), 'live', []],
  ['live', (p) => p.jump(21_000).send('tick'), 'checking', ['ping']],
  ['checking', (p) => p.pong(), 'live', []],
  ['checking', (p) => p.hello(), 'checking', []],
  ['checking', (p) => p.pass(1500), 'connecting', ['close', 'ask']],
  ['checking', (p) => p.send('online'), 'checking', []],
  ['checking', (p) => p.closed(), 'waiting', []],
  ['stale', (p) => p.hello(), 'live', ['ping']],
  ['stale', (p) => p.receive('not JSON'), 'live', ['ping']],
  ['stale', (p) => p.pass(2000), 'waiting', ['close']],
  ['stale', (p) => p.send('online'), 'connecting', ['close', 'ask']],
  ['waiting', (p) => p.pass(325), 'connecting', ['ask']],
  ['waiting', (p) => p.pass(325).answer(), 'connecting', ['ask', 'open']],
  ['waiting', (p) => p.pass(325).answer(401), 'connecting', ['ask', 'reload', 'open']],
  ['waiting', (p) => p.pass(325).send('answer'), 'waiting', ['ask']],
  ['waiting', (p) => p.pass(325).answer(502), 'waiting', ['ask']],
  ['waiting', (p) => p.pass(325).answer(403), 'refused', ['ask']],
  ['waiting', (p) => p.pass(325).answer(503), 'refused', ['ask']],
  ['waiting', (p) => p.pass(325).answer().hello(), 'live', ['ask', 'open', 'ping']],
  ['waiting', (p) => p.pass(325).answer().closed(), 'waiting', ['ask', 'open', 'ask']],
  ['waiting', (p) => p.pass(325 + 2500), 'waiting', ['ask']],
  ['waiting', (p) => p.pass(325 + 2500 + 150), 'connecting', ['ask', 'ask']],
  ['waiting', (p) => p.pass(325).send('offline').send('online'), 'connecting', ['ask', 'ask']],
  ['waiting', (p) => p.send('retry'), 'connecting', ['ask']],
  ['waiting', (p) => p.send('show'), 'connecting', ['ask']],
  ['waiting', (p) => p.send('online'), 'connecting', ['ask']],
  ['waiting', (p) => p.send('offline'), 'offline', []],
  ['waiting', (p) => p.send('hide').pass(100).send('leave'), 'asleep', []],
  ['offline', (p) => p.send('online'), 'connecting', ['ask']],
  ['offline', (p) => p.send('retry'), 'offline', ['ask']],
  ['offline', (p) => p.pass(10_000), 'offline', ['ask']],
  ['offline', (p) => p.pass(10_000 + 2500), 'offline', ['ask']],
  ['offline', (p) => p.pass(10_000).answer().hello(), 'live', ['ask', 'open', 'ping']],
  ['offline', (p) => p.pass(10_000).answer().closed(), 'offline', ['ask', 'open']],
  ['refused', (p) => p.pass(325), 'connecting', ['ask']],
  ['refused', (p) => p.send('retry'), 'connecting', ['ask']],
  ['refused', (p) => p.send('online'), 'connecting', ['ask']],
  ['asleep', (p) => p.send('show'), 'connecting', ['ask']],
  ['asleep', (p) => p.send('show').answer(), 'connecting', ['ask', 'open']],
  ['asleep', (p) => p.send('online'), 'asleep', []],
  ['asleep', (p) => p.pass(86_400_000), 'asleep', []],
];

test('every transition leads where the table says, with its effects', async (t) => {
  for (const [from, act, to, effects] of transitions) {
    const name = `${from}: ${act.toString().replace('(p) => p.', '')} gives ${to}`;
    await t.test(name, () => {
      const page = pages[from]();
      page.take();
      act(page);
      assert.equal(page.phase, to);
      assert.deepEqual(kinds(page.take()), effects);
    });
  }
});

const shown = [
  ['connecting', 'Connecting…', false],
  ['checking', 'Checking the connection…', false],
  ['stale', 'Not answering…', false],
  ['waiting', 'Reconnecting in 1 s', true],
  ['offline', 'This device is offline', true],
  ['refused', 'All places are taken; trying again', true],
];

test('each phase but live shows its words, a disabled control and remembered pins', async (t) => {
  for (const [phase, words, canRetry] of shown) {
    await t.test(phase, () => {
      const { view } = pages[phase]();
      assert.equal(view.connection, words);
      assert.equal(view.canRetry, canRetry);
      assert.equal(view.live, false);
      assert.equal(view.fresh, phase === 'connecting'); // at load the server itself has just written the page
    });
  }
});

test('live shows the delay of the last ping and how many screens there are', () => {
  const page = pages.connecting().receive(hello({ clients: 3 }));
  assert.equal(page.view.connection, 'Connected · 3 screens');
  page.pass(18).pong();
  assert.equal(page.view.connection, 'Connected · 18 ms · 3 screens');
  page.passAnswered(5000).hello({ clients: 1 });
  assert.equal(page.view.connection, 'Connected · < 1 ms · 1 screen');
});

test('the waiting text counts the seconds down', () => {
  const page = pages.waiting({ random: 1 });
  for (let n = 0; n < 4; n += 1) page.send('retry').send('answer');
  assert.equal(page.view.connection, 'Reconnecting in 3 s');
  const texts = [];
  for (let n = 0; n < 3; n += 1) texts.push(page.pass(1000).view.connection);
  assert.deepEqual(texts, [2, 1].map((n) => `Reconnecting in ${n} s`).concat('Connecting…'));
});

// Pings -----------------------------------------------------------------------------------------------------

test('it pings at once when live and then every 5 s', () => {
  const page = pages.connecting().hello();
  assert.equal(page.sent('ping').length, 1);
  page.pong().passAnswered(4999);
  assert.equal(page.sent('ping').length, 0);
  page.passAnswered(1);
  assert.equal(page.sent('ping').length, 1);
  page.passAnswered(50_000);
  assert.equal(page.sent('ping').length, 10);
});

test('a ping without an answer for 4 s makes the page stale, and 2 s later it gives the socket up', () => {
  const page = pages.connecting().hello();
  assert.equal(page.pass(3999).phase, 'live');
  assert.equal(page.pass(1).phase, 'stale');
  assert.equal(page.pass(1999).phase, 'stale');
  assert.equal(page.pass(1).phase, 'waiting');
});

test('an answer to an older ping is none', () => {
  const page = pages.live().pass(5000);
  page.receive({ type: 'pong', n: page.state.pings - 1 });
  assert.equal(page.pass(4000).phase, 'stale');
});

test('12 s without any message make the page stale', () => {
  const page = pages.live();
  assert.equal(page.state.timers.silence - page.now, 12_000);
  page.pass(3000).receive({ type: 'unknown' });
  assert.equal(page.state.timers.silence - page.now, 12_000);
  // Were the pings lost on the way out, silence alone would be noticed.
  const { ping, pong, ...timers } = page.state.timers;
  page.state = { ...page.state, timers };
  assert.equal(page.pass(11_999).phase, 'live');
  assert.equal(page.pass(1).phase, 'stale');
});

test('a hidden page does not ping, nor does it call the device silent', () => {
  const page = pages.live().send('hide');
  page.take();
  page.pass(29_999);
  assert.equal(page.phase, 'live');
  assert.deepEqual(page.take(), []);
});

// Back-off --------------------------------------------------------------------------------------------------

test('the back-off is random(150 ms, min(2.5 s, 0.5 s * 2^n))', async (t) => {
  const ceilings = [500, 1000, 2000, 2500, 2500, 2500];
  for (const random of [0, 0.25, 0.5, 1]) {
    await t.test(`at random ${random}`, () => {
      const page = pages.live({ random });
      for (const ceiling of ceilings) {
        if (page.phase === 'live') page.closed();
        else page.send('answer');
        const pause = page.state.timers.retry - page.now;
        assert.equal(pause, 150 + random * (ceiling - 150));
        assert.ok(ceiling > 500 || pause <= 2000, 'the first retry comes within 2 s');
        page.pass(pause);
        assert.equal(page.phase, 'connecting');
      }
    });
  }
});

test('it never gives up: after 10,000 failures it still tries every 2.5 s', () => {
  const page = pages.waiting({ random: 1 });
  for (let n = 0; n < 10_000; n += 1) page.send('retry').send('answer');
  assert.equal(deadline(page.state) > page.now, true);
  assert.equal(page.state.timers.retry - page.now, 2500);
  assert.equal(page.pass(2500).phase, 'connecting');
});

test('the back-off starts afresh after 10 s live, not sooner', async (t) => {
  for (const [live, pause] of [[9999, 2500], [10_000, 500]]) {
    await t.test(`${live} ms`, () => {
      const page = pages.waiting({ random: 1 });
      for (let n = 0; n < 3; n += 1) page.send('retry').answer().closed();
      page.send('retry').answer().hello().pong().passAnswered(live).closed();
      assert.equal(page.state.timers.retry - page.now, pause);
    });
  }
});

test('being offline does not lengthen the back-off', () => {
  const page = pages.offline({ random: 1 });
  for (let n = 0; n < 10; n += 1) page.send('retry').send('answer');
  assert.equal(page.state.timers.retry - page.now, 10_000);
  page.send('online').send('answer');
  assert.equal(page.state.timers.retry - page.now, 500);
});

test('what an abandoned socket still says is not heard', () => {
  const page = pages.connecting();
  const old = page.state.socket;
  page.pass(5000).send('retry').answer().hello({ on: false });
  page.receive(hello({ on: true, rev: 99 }), old).closed(1006, old);
  assert.equal(page.phase, 'live');
  assert.equal(page.led.on, false);
});

// Waking ----------------------------------------------------------------------------------------------------

test('a page hidden for 30 s closes with 1000 and stays closed while it is hidden', () => {
  const page = pages.live().send('hide');
  page.take();
  assert.equal(page.pass(29_999).phase, 'live');
  page.pass(1);
  assert.deepEqual(page.take(), [{ type: 'close', code: 1000, socket: 1 }]);
  assert.equal(page.phase, 'asleep');
  assert.equal(deadline(page.state), Infinity);
});

test('on its return a page shows what it knew as remembered until the hello', () => {
  const page = pages.connecting().hello({ on: true }).send('hide').pass(30_000).send('show');
  assert.equal(page.phase, 'connecting');
  assert.equal(page.view.fresh, false);
  assert.equal(page.led.on, true);
  page.answer().hello({ on: false, rev: 50 });
  assert.equal(page.view.fresh, true);
  assert.equal(page.led.on, false);
});

test('a page loaded in the background gives its slot back too', () => {
  const page = new Page({ visible: false }).send('load').hello().pass(30_000);
  assert.equal(page.phase, 'asleep');
});

test('visible again after 10 s or less is trusted; after more the socket is probed with 1.5 s', () => {
  assert.equal(pages.live().send('hide').jump(10_000).send('show').phase, 'live');
  const page = pages.live().send('hide').jump(10_001).send('show');
  assert.equal(page.phase, 'checking');
  assert.equal(page.state.timers.pong - page.now, 1500);
  assert.equal(page.pass(1499).phase, 'checking');
  assert.equal(page.pass(1).phase, 'connecting');
});

test('a state that was on its way before the freeze is taken over, but is no proof of life', () => {
  const page = pages.checking().receive(stateOf(42, true));
  assert.equal(page.led.on, true);
  assert.equal(page.phase, 'checking');
});

test('a clock that jumps 15 s is late; one that jumps further has slept', () => {
  assert.equal(pages.live().pass(4000).jump(16_000).send('tick').phase, 'stale');
  assert.equal(pages.live().pass(4000).jump(16_002).send('tick').phase, 'checking');
});

test('a message that comes first after a sleep counts as waking, too', () => {
  assert.equal(pages.live().jump(60_000).receive({ type: 'unknown' }).phase, 'checking');
});

test('a clock set back wakes the page and its timers go along', () => {
  const page = pages.live().jump(-3_600_000).send('tick');
  assert.equal(page.phase, 'checking');
  assert.equal(page.pong().phase, 'live');
  assert.equal(page.passAnswered(60_000).phase, 'live');
  const waiting = pages.waiting().jump(-2000).send('tick');
  assert.equal(waiting.state.timers.retry - waiting.now, 325);
});

test('an attempt just begun is left to finish when several wake events come together', () => {
  const page = pages.asleep();
  page.take();
  page.send('show').send('show').send('online');
  assert.deepEqual(kinds(page.take()), ['ask']);
  page.pass(1499).send('online');
  assert.deepEqual(kinds(page.take()), []);
  page.pass(1).send('online');
  assert.deepEqual(kinds(page.take()), ['ask']);
  page.answer().pass(1499).send('online');
  assert.deepEqual(kinds(page.take()), ['open']);
  page.pass(1).send('online');
  assert.deepEqual(kinds(page.take()), ['close', 'ask']);
});

test('a page restored from the back-forward cache asks at once', () => {
  const page = pages.live().send('leave').jump(600_000);
  page.take();
  page.send('show');
  assert.deepEqual(kinds(page.take()), ['ask']);
});

test('a page hidden while it checks does not hang', () => {
  const page = pages.checking().send('hide').jump(2000).send('tick').send('show');
  assert.equal(page.answer().hello().phase, 'live');
});

// What is shown of it ---------------------------------------------------------------------------------------

test('the page is loud when what it shows may be old, and says so in no other phase', () => {
  const loud = Object.keys(pages).filter((phase) => pages[phase]().view.loud);
  assert.deepEqual(loud, ['stale', 'waiting', 'offline', 'refused', 'asleep']);
});

test('until the first hello the rows are those of the server', () => {
  const page = pages.connecting();
  assert.deepEqual([page.view.known, page.view.fresh, page.view.parts], [false, true, []]);
  assert.equal(page.hello().view.known, true);
});

test('a countdown ticks once a second while it is seen, and its end is not an event', () => {
  const page = pages.connecting().hello({ parts: { led: { ...led(true), left: 4500 } } }).pong();
  const words = [page.led.word];
  for (let n = 0; n < 5; n += 1) words.push(page.pass(1000).led.word);
  assert.deepEqual(words, ['0:05', '0:04', '0:03', '0:02', '0:01'].map((left) => `on · off in ${left}`).concat('on'));
  page.receive(state(42, { led: { on: true, left: 3000 } })).send('hide');
  assert.equal('second' in page.state.timers, false);
});

test('the details tell whether the broker is there, and why not', () => {
  const page = pages.connecting().hello({ mqtt: { connected: false } });
  assert.equal(page.view.about.MQTT, 'connecting');
  page.receive({ ...state(42, {}), mqtt: { connected: false, error: 'Connection refused' } });
  assert.equal(page.view.about.MQTT, 'Connection refused');
  page.receive({ ...state(43, {}), mqtt: { connected: true } });
  assert.equal(page.view.about.MQTT, 'connected');
  page.receive({ ...state(44, {}), mqtt: { connected: true, error: 'it refuses' } });
  assert.equal(page.view.about.MQTT, 'connected, but it refuses');
  assert.equal(pages.connecting().hello().view.about.MQTT, undefined);
});

test('the details tell address aside what the hello told, and the uptime grows', () => {
  const page = pages.connecting().hello({
    uptime: 3_600_000, version: '1.2', board: 'simulated', clients: 3, mqtt: { connected: true },
  });
  assert.deepEqual(page.view.about, {
    Version: '1.2', Board: 'simulated', MQTT: 'connected', Watching: '3 screens', Boot: '9f3a', Uptime: '1 h 0 min',
  });
  assert.equal(page.passAnswered(120_000).view.about.Uptime, '1 h 2 min');
  page.jump(-3_600_000).send('tick');
  assert.equal(page.view.about.Uptime, '1 h 2 min');
});
