// SPDX-License-Identifier: MIT
//
// State and commands: what the device says wins, a tap shows at once, and nothing is sent but while live.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Page, hello, pages, stateOf } from './page.js';

const tapped = (options) => {
  const page = pages.live(options);
  page.take();
  return page.send('tap', { pin: 'led' });
};

const said = (page) => page.take().filter(({ type }) => type === 'say').map(({ text }) => text);

// Taps ------------------------------------------------------------------------------------------------------

test('a tap sends a set with an id and moves the knob at once; the LED waits for the device', () => {
  const page = tapped();
  assert.deepEqual(page.sent('set'), [{ type: 'set', id: 1, pin: 'led', on: true }]);
  assert.deepEqual([page.led.on, page.led.confirmed, page.led.ring], [true, false, false]);
  page.receive({ type: 'ack', id: 1, rev: 42 });
  assert.deepEqual([page.led.on, page.led.confirmed, page.led.ring], [true, true, false]);
  assert.equal(page.state.change.by, 'this screen');
});

test('the pending ring shows after 150 ms and goes with the answer', () => {
  const page = tapped();
  assert.equal(page.pass(149).led.ring, false);
  assert.equal(page.pass(1).led.ring, true);
  assert.equal(page.receive({ type: 'ack', id: 1, rev: 42 }).led.ring, false);
});

test('without an answer for 2 s the switch goes back, with words', () => {
  const page = tapped().pass(1999);
  assert.equal(page.led.on, true);
  page.pass(1);
  assert.equal(page.led.on, false);
  assert.equal(page.view.notice, 'LED did not answer - still off');
  assert.equal(page.pass(6000).view.notice, '');
});

test('an ack with an error takes the tap back, with words', () => {
  const page = tapped().receive({ type: 'ack', id: 1, rev: 41, error: 'unknown pin' });
  assert.equal(page.led.on, false);
  assert.equal(page.view.notice, 'LED refused: unknown pin - still off');
});

test('an ack that nobody waits for changes nothing', () => {
  const page = tapped().pass(2000).receive({ type: 'ack', id: 1, rev: 42 });
  assert.equal(page.led.on, false);
  assert.equal(page.state.rev, 41);
});

test('taps while one is pending collapse: only the last desired value follows', async (t) => {
  for (const [taps, follows] of [[1, []], [2, [false]], [3, []], [4, [false]], [7, []]]) {
    await t.test(`${taps} taps`, () => {
      const page = tapped();
      for (let n = 1; n < taps; n += 1) page.send('tap', { pin: 'led' });
      assert.equal(page.led.on, taps % 2 === 1);
      assert.equal(page.sent('set').length, 1);
      page.receive({ type: 'ack', id: 1, rev: 42 });
      assert.deepEqual(page.sent('set').map(({ on }) => on), follows);
      assert.equal(page.led.on, taps % 2 === 1);
    });
  }
});

test('a tap is refused with words in every phase but live, and is not sent later', async (t) => {
  for (const phase of ['connecting', 'checking', 'stale', 'waiting', 'offline', 'refused']) {
    await t.test(phase, () => {
      const page = pages[phase]();
      page.take();
      page.send('tap', { pin: 'led' });
      const reason = phase === 'connecting' ? 'still connecting' : 'not connected';
      assert.equal(page.view.notice, `Not sent - ${reason}`);
      assert.equal(page.led.on, false);
      page.send('retry').send('online').hello({ boot: 'new' }).pong().passAnswered(30_000);
      assert.equal(page.phase, 'live');
      assert.deepEqual(page.sent('set'), []);
    });
  }
});

test('nothing waits across a disconnect', async (t) => {
  const losses = {
    closed: (p) => p.closed(), offline: (p) => p.send('offline'), leave: (p) => p.send('leave'),
  };
  for (const [name, lose] of Object.entries(losses)) {
    await t.test(name, () => {
      const page = tapped().send('tap', { pin: 'led' });
      page.take();
      lose(page);
      assert.equal(page.led.on, false);
      assert.equal(page.view.notice, 'Connection lost before LED answered');
      page.send('online').send('show').hello().passAnswered(30_000);
      assert.equal(page.phase, 'live');
      assert.deepEqual(page.sent('set'), []);
    });
  }
});

test('what was tapped while the connection came into doubt is not sent', () => {
  const page = tapped().send('tap', { pin: 'led' }).send('online');
  assert.equal(page.phase, 'checking');
  page.receive({ type: 'ack', id: 1, rev: 42 }).pong();
  assert.deepEqual(page.sent('set').map(({ on }) => on), [true]);
  assert.equal(page.led.on, true);
  assert.equal(page.view.notice, 'Not sent - not connected');
});

test('a tap on a pin that the device does not have is nothing', () => {
  const page = pages.live();
  page.take();
  page.send('tap', { pin: 'pump' });
  assert.deepEqual(page.take(), []);
});

test('pins are tapped apart from each other', () => {
  const pins = { led: { on: false }, fan: { on: true } };
  const page = pages.connecting().receive({ ...hello(), pins });
  page.take();
  page.send('tap', { pin: 'led' }).send('tap', { pin: 'fan' });
  assert.deepEqual(page.sent('set'), [
    { type: 'set', id: 1, pin: 'led', on: true }, { type: 'set', id: 2, pin: 'fan', on: false },
  ]);
  page.receive({ type: 'ack', id: 2, rev: 42 }).pass(2000);
  assert.deepEqual(page.view.pins.map(({ label, on }) => [label, on]), [['LED', false], ['Fan', false]]);
  assert.equal(page.view.notice, 'LED did not answer - still off');
});

// What the device says --------------------------------------------------------------------------------------

test('of the same boot an older revision is ignored, an equal or newer one taken', async (t) => {
  for (const [rev, taken] of [[0, false], [40, false], [41, true], [42, true]]) {
    for (const make of [stateOf, (r, on) => hello({ rev: r, on })]) {
      await t.test(`${make(rev, true).type} ${rev} after 41`, () => {
        const page = pages.live().receive(make(rev, true));
        assert.equal(page.led.on, taken);
        assert.equal(page.state.rev, taken ? rev : 41);
      });
    }
  }
});

test('another boot replaces everything, whatever its revision, and what waited is dropped', () => {
  const page = tapped().receive(stateOf(1, false, { boot: 'beef', pressed: true }));
  assert.equal(page.state.rev, 1);
  assert.equal(page.led.on, false);
  assert.equal(page.view.pins[1].pressed, true);
  page.receive({ type: 'ack', id: 1, rev: 2 }).pass(2500);
  assert.equal(page.led.on, false);
});

test('a state older than our ack does not win over it', () => {
  const page = tapped().receive({ type: 'ack', id: 1, rev: 44 }).receive(stateOf(43, false));
  assert.equal(page.led.on, true);
  assert.equal(page.receive(stateOf(45, false)).led.on, false);
});

test('the state of our own command may come before its ack, or after it', async (t) => {
  const ack = { type: 'ack', id: 1, rev: 42 };
  const state = stateOf(42, true, { by: '#7' });
  for (const [name, first, second] of [['state first', state, ack], ['ack first', ack, state]]) {
    await t.test(name, () => {
      const page = tapped().receive(first).receive(second);
      assert.deepEqual([page.led.on, page.led.confirmed], [true, true]);
      assert.equal(page.state.change.by, 'this screen');
      assert.equal(page.pass(2500).view.notice, '');
    });
  }
});

test('the state alone is an answer: no ring, no failure, and it is not announced', () => {
  const page = tapped().receive(stateOf(42, true, { by: '#7' })).pass(2500);
  assert.deepEqual([page.led.on, page.led.ring, page.view.notice], [true, false, '']);
  assert.deepEqual(said(page), []);
});

test('a change elsewhere while ours waits wins, whichever message comes first', () => {
  // Ours was revision 42, the button made 43 of it; the two states came as one.
  const stateFirst = tapped().receive(stateOf(43, false)).receive({ type: 'ack', id: 1, rev: 42 });
  assert.equal(stateFirst.led.on, false);
  const ackFirst = tapped().receive({ type: 'ack', id: 1, rev: 42 }).receive(stateOf(43, false));
  assert.equal(ackFirst.led.on, false);
});

test('a state that brings no news of the LED leaves a tap alone', () => {
  const page = tapped().receive(stateOf(42, false, { pressed: true }));
  assert.equal(page.led.on, true);
  assert.equal(page.led.confirmed, false);
  assert.equal(page.view.pins[1].pressed, true);
});

test('the line of the last change names the time and who', async (t) => {
  const authors = { button: 'button', http: 'HTTP', mqtt: 'MQTT', '#7': 'another screen' };
  for (const [by, who] of Object.entries(authors)) {
    await t.test(by, () => {
      const page = pages.live().pass(1234).receive(stateOf(42, true, { by }));
      assert.deepEqual(page.state.change, { at: page.now, by: who });
    });
  }
});

test('of a change that happened while away nobody knows the time', () => {
  const page = pages.live().receive(stateOf(42, true)).passAnswered(6000).closed().send('retry');
  page.hello({ rev: 50, on: false, by: 'button' }).passAnswered(6000);
  assert.equal(page.state.change, undefined);
  assert.equal(page.view.change, undefined);
});

test('messages that are not understood change nothing', async (t) => {
  const strange = ['', 'null', '42', '[]', '{', '"hello"', '{"type":"constructor"}', '{"type":"state"}', 'on',
    '{"type":"state","boot":"9f3a","pins":{"led":{"on":true}}}', '{"type":"ack"}', '{"type":"pong"}'];
  for (const text of strange) {
    await t.test(JSON.stringify(text), () => {
      const page = pages.live();
      const before = { ...page.state, timers: 0 };
      assert.deepEqual({ ...page.receive(text).state, timers: 0 }, before);
    });
  }
});

test('the name follows the device', () => {
  assert.equal(pages.live().hello({ name: 'Hall' }).view.name, 'Hall');
});

// Announcements ---------------------------------------------------------------------------------------------

test('a change made elsewhere is announced, one made here is not', () => {
  const page = pages.live();
  page.take();
  assert.deepEqual(said(page.receive(stateOf(42, true))), ['LED on, by button']);
  page.pass(3000).pong().pass(3000);
  assert.deepEqual(said(page.send('tap', { pin: 'led' }).receive({ type: 'ack', id: 1, rev: 43 })), []);
});

test('there is at most one announcement in 5 s, and the last word is said', () => {
  const page = pages.live();
  page.take();
  const heard = [];
  for (let n = 0; n < 100; n += 1) {
    const by = ['button', 'http', '#7'][n % 3];
    page.receive(stateOf(42 + n, n % 2 === 0, { by })).passAnswered(100);
    for (const text of said(page)) heard.push([page.now, text]);
  }
  page.passAnswered(5000);
  for (const text of said(page)) heard.push([page.now, text]);
  assert.equal(heard.length, 3);
  for (let n = 1; n < heard.length; n += 1) assert.ok(heard[n][0] - heard[n - 1][0] >= 4900);
  assert.equal(heard.at(-1)[1], 'LED off, by button');
});

test('the 5 s between announcements are 5 s', () => {
  const page = pages.live().receive(stateOf(42, true)).receive(stateOf(43, false));
  page.take();
  assert.deepEqual(said(page.passAnswered(4999)), []);
  assert.deepEqual(said(page.passAnswered(1)), ['LED off, by button']);
});

test('what is as it was last said to be is not said again', () => {
  const page = pages.live().receive(stateOf(42, true)).receive(stateOf(43, false)).receive(stateOf(44, true));
  page.take();
  assert.deepEqual(said(page.passAnswered(10_000)), []);
});

test('a pin that the device has only now is not announced as a change', () => {
  const page = pages.live();
  page.take();
  page.receive({ ...stateOf(42, false), pins: { led: { on: false }, fan: { on: true } } });
  assert.deepEqual(said(page), []);
  assert.equal(page.state.change, undefined);
});

test('connecting at load is not announced; a lost connection is, once and not at each try', () => {
  const page = pages.live();
  assert.deepEqual(said(page), []);
  page.closed();
  for (let n = 0; n < 20; n += 1) page.send('retry').closed().pass(1);
  assert.deepEqual(said(page), ['Not connected, reconnecting']);
  page.send('retry').hello().passAnswered(6000);
  assert.deepEqual(said(page), ['Connected']);
});

test('a page that went to sleep and came back says nothing of it', () => {
  const page = pages.asleep();
  page.take();
  assert.deepEqual(said(page.send('show').hello().passAnswered(6000)), []);
});

test('a failure is shown at once, even if its announcement must wait', () => {
  const page = tapped().receive(stateOf(42, true)).pass(100).send('tap', { pin: 'led' });
  page.take();
  page.pass(2000);
  assert.equal(page.view.notice, 'LED did not answer - still on');
  assert.deepEqual(said(page), []);
  assert.deepEqual(said(page.pass(3000)), ['LED did not answer - still on']);
});

test('what the page was served with is known at load', () => {
  const page = new Page({ pins: { led: { on: true } } }).send('load');
  assert.deepEqual([page.view.fresh, page.led.confirmed, page.view.live], [true, true, false]);
});

// A board that cannot be used -------------------------------------------------------------------------------

const broken = { ...stateOf(42, false), fault: 'gpiochip0 is gone' };

test('a fault of the board is shown for as long as it lasts, and announced', () => {
  const page = pages.live().pass(5000).pong(); // what was said last is over
  page.take();
  page.receive(broken);
  assert.equal(page.view.notice, 'The board does not answer: gpiochip0 is gone');
  assert.equal(page.view.usable, false);
  assert.deepEqual(said(page), ['The board does not answer: gpiochip0 is gone']);
  page.pass(5000).pong().take();
  assert.equal(page.view.notice, 'The board does not answer: gpiochip0 is gone');
  page.receive(stateOf(43, false));
  assert.deepEqual([page.view.notice, page.view.usable], ['', true]);
  assert.deepEqual(said(page), ['The board answers again']);
});

test('a tap is not sent while the board has a fault, and says so', () => {
  const page = pages.live().receive(broken).send('tap', { pin: 'led' });
  assert.deepEqual(page.sent('set'), []);
  assert.equal(page.view.notice, 'Not sent - the board does not answer');
  assert.equal(page.led.on, false);
});

test('a page that comes while the board has a fault knows it from the greeting', () => {
  const page = pages.live();
  page.closed().pass(20_000);
  page.hello({ rev: 50, fault: 'gpiochip0 is gone' });
  assert.equal(page.view.usable, false);
  page.hello({ rev: 51 });
  assert.equal(page.view.usable, true);
});

test('an old state does not bring a fault back', () => {
  const page = pages.live().receive(broken).receive(stateOf(43, false)).receive(broken);
  assert.equal(page.view.usable, true);
});
