// SPDX-License-Identifier: MIT
//
// Commands: a tap shows at once, one command a part is unanswered at a time, and nothing is sent but while live.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { led, pages, state, stateOf } from './page.js';

const live = (parts) => {
  const page = pages.connecting().hello({ parts }).pong();
  page.take();
  return page;
};
const tapped = (parts = { led: led(false) }) => live(parts).send('tap', { part: 'led' });
const desk = (more) => ({ kind: 'light', label: 'Desk', on: false, brightness: 200, ...more });
const target = { kind: 'number', label: 'Target', unit: '°C', min: 5, max: 30, step: 0.5, value: 21.5 };
const wall = { kind: 'button', label: 'Wall', remote: true, pressed: false, presses: 0 };
const ack = (id, rev, error) => ({ type: 'ack', id, rev, error });

// A page's commands since the last look, without their type.
const sets = (page) => page.sent('set').map(({ type, id, part, ...values }) => values);
const slide = (page, brightness) => page.send('set', { part: 'desk', values: { on: true, brightness } });

// Taps ------------------------------------------------------------------------------------------------------

test('a tap sends a set with an id and moves the knob at once; the lamp waits for the device', () => {
  const page = tapped();
  assert.deepEqual(page.sent('set'), [{ type: 'set', id: 1, part: 'led', on: true }]);
  assert.deepEqual([page.led.checked, page.led.word, page.led.on, page.led.ring], [true, 'on', false, false]);
  page.receive(ack(1, 42));
  assert.deepEqual([page.led.checked, page.led.on], [true, false]);
  page.receive(stateOf(42, true, { by: '#7' }));
  assert.deepEqual([page.led.checked, page.led.on, page.led.ring], [true, true, false]);
  assert.deepEqual(page.state.pending, {});
});

test('the pending ring shows after 150 ms and goes with the answer', () => {
  const page = tapped();
  assert.equal(page.pass(149).led.ring, false);
  assert.equal(page.pass(1).led.ring, true);
  assert.equal(page.receive(ack(1, 42)).led.ring, false);
});

test('without an answer for 2 s the switch goes back, with words', () => {
  const page = tapped().pass(1999);
  assert.equal(page.led.checked, true);
  page.pass(1);
  assert.equal(page.led.checked, false);
  assert.equal(page.view.notice, 'LED did not answer - still off');
  assert.equal(page.pass(6000).view.notice, '');
});

test('an ack with an error takes the tap back, with words', () => {
  const page = tapped().receive(ack(1, 41, 'unknown part'));
  assert.equal(page.led.checked, false);
  assert.equal(page.view.notice, 'LED refused: unknown part - still off');
});

test('an ack that nobody waits for changes nothing', () => {
  const page = tapped().pass(2000).receive(ack(1, 42));
  assert.deepEqual([page.led.checked, page.state.rev], [false, 41]);
});

test('a command that changed nothing is settled by its ack alone', () => {
  const page = tapped().receive(ack(1, 41));
  assert.deepEqual([page.led.checked, page.view.notice, page.state.pending], [false, '', {}]);
});

test('an ack whose state never comes is forgotten without words', () => {
  const page = tapped().receive(ack(1, 42)).pass(2000);
  assert.deepEqual([page.led.checked, page.view.notice, page.state.pending], [false, '', {}]);
});

test('taps while one is unanswered collapse: only the last desired value follows', async (t) => {
  for (const [taps, follows] of [[1, []], [2, [{ on: false }]], [3, []], [4, [{ on: false }]], [7, []]]) {
    await t.test(`${taps} taps`, () => {
      const page = tapped();
      for (let n = 1; n < taps; n += 1) page.send('tap', { part: 'led' });
      assert.equal(page.led.checked, taps % 2 === 1);
      assert.equal(page.sent('set').length, 1);
      page.receive(ack(1, 42));
      assert.deepEqual(sets(page), follows);
      assert.equal(page.led.checked, taps % 2 === 1);
    });
  }
});

test('a tap between the ack and its state is sent at once', () => {
  const page = tapped().receive(ack(1, 42)).send('tap', { part: 'led' });
  assert.deepEqual(sets(page), [{ on: true }, { on: false }]);
  page.receive(stateOf(42, true, { by: '#7' }));
  assert.deepEqual([page.led.checked, page.led.on], [false, true]);
  page.receive(ack(2, 43)).receive(stateOf(43, false, { by: '#7' }));
  assert.deepEqual([page.led.checked, page.led.on, page.state.pending], [false, false, {}]);
});

test('a tap is refused with words in every phase but live, and is not sent later', async (t) => {
  for (const phase of ['connecting', 'checking', 'stale', 'waiting', 'offline', 'refused']) {
    await t.test(phase, () => {
      const page = pages[phase]();
      page.take();
      page.send('tap', { part: 'led' });
      const reason = phase === 'connecting' ? 'still connecting' : 'not connected';
      assert.equal(page.view.notice, `Not sent - ${reason}`);
      assert.equal(page.led?.checked ?? false, false);
      page.send('retry').send('online').answer().hello({ boot: 'new' }).pong().passAnswered(30_000);
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
      const page = tapped().send('tap', { part: 'led' });
      page.take();
      lose(page);
      assert.equal(page.led.checked, false);
      assert.equal(page.view.notice, 'Connection lost before LED answered');
      page.send('online').send('show').answer().hello().passAnswered(30_000);
      assert.equal(page.phase, 'live');
      assert.deepEqual(page.sent('set'), []);
    });
  }
});

test('what was tapped while the connection came into doubt is not sent', () => {
  const page = tapped().send('tap', { part: 'led' }).send('online');
  assert.equal(page.phase, 'checking');
  page.receive(ack(1, 42)).receive(stateOf(42, true, { by: '#7' })).pong();
  assert.deepEqual(sets(page), [{ on: true }]);
  assert.equal(page.led.checked, true);
  assert.equal(page.view.notice, 'Not sent - not connected');
});

test('a tap on a part that the device does not have, or that has no two sides, is nothing', () => {
  const page = live({ target, wall });
  for (const part of ['pump', 'target', 'wall']) page.send('tap', { part });
  assert.deepEqual(page.take(), []);
});

test('parts are tapped apart from each other', () => {
  const page = live({ led: led(false), fan: { ...led(true), label: 'Fan' } });
  page.send('tap', { part: 'led' }).send('tap', { part: 'fan' });
  assert.deepEqual(page.sent('set'), [
    { type: 'set', id: 1, part: 'led', on: true }, { type: 'set', id: 2, part: 'fan', on: false },
  ]);
  page.receive(ack(2, 42)).receive(state(42, { fan: { on: false, by: '#7' } })).pass(2000);
  assert.deepEqual(page.view.parts.map(({ label, checked }) => [label, checked]), [['LED', false], ['Fan', false]]);
  assert.equal(page.view.notice, 'LED did not answer - still off');
});

test('a relay that rests shows where it is going, and a tap turns it round', () => {
  const page = tapped().receive(ack(1, 42)).receive(state(42, { led: { on: false, wanted: true, by: '#7' } }));
  assert.deepEqual([page.led.word, page.led.checked, page.led.on], ['turning on…', true, false]);
  page.take();
  page.send('tap', { part: 'led' });
  assert.deepEqual(sets(page), [{ on: false }]);
  assert.deepEqual([page.led.word, page.led.checked], ['off', false]);
});

test('a part that is gone is not told anything, and the page says so', () => {
  const page = tapped({ led: { ...led(true), fault: 'gpiochip0 was removed' } });
  assert.deepEqual(page.sent('set'), []);
  assert.equal(page.view.notice, 'Not sent - LED is gone');
  assert.deepEqual([page.led.word, page.led.usable], ['gone - gpiochip0 was removed', false]);
  page.receive(stateOf(42, false));
  assert.deepEqual([page.led.word, page.led.usable], ['off', true]);
});

// Sliders, colors, numbers ----------------------------------------------------------------------------------

test('a slider sends while it is dragged, one command unanswered at a time, and the last value wins', () => {
  const page = live({ desk: desk() });
  for (const brightness of [10, 20, 30, 40]) slide(page, brightness);
  assert.deepEqual(sets(page), [{ on: true, brightness: 10 }]);
  assert.deepEqual([page.part('desk').brightness, page.part('desk').word], [40, 'on · 16 %']);
  page.receive(ack(1, 42));
  assert.deepEqual(sets(page), [{ brightness: 40 }]);
  page.receive(state(42, { desk: { on: true, brightness: 10, by: '#7' } }));
  assert.equal(page.part('desk').brightness, 40);
  slide(page, 50);
  page.receive(ack(2, 43));
  assert.deepEqual(sets(page), [{ brightness: 50 }]);
  page.receive(ack(3, 44)).receive(state(44, { desk: { on: true, brightness: 50, by: '#7' } }));
  assert.deepEqual([page.state.pending, sets(page)], [{}, []]);
});

test('while a slider waits, what others change of the light shows when the device has answered', () => {
  const page = slide(live({ desk: desk() }), 10);
  page.receive(state(42, { desk: { on: true, brightness: 99, by: 'button' } }));
  assert.deepEqual([page.part('desk').brightness, page.part('desk').on], [10, true]);
  page.receive(ack(1, 43)).receive(state(44, { desk: { on: true, brightness: 77, by: 'button' } }));
  assert.equal(page.part('desk').brightness, 77);
});

test('a light is toggled and dimmed in one command if both come while it waits', () => {
  const page = live({ desk: desk() }).send('tap', { part: 'desk' });
  slide(page, 10).send('tap', { part: 'desk' }).receive(ack(1, 42));
  assert.deepEqual(sets(page), [{ on: true }, { on: false, brightness: 10 }]);
});

test('a color is one value', () => {
  const strip = desk({ channels: 3, color: [1, 2, 3] });
  const page = live({ strip });
  const paint = (color) => page.send('set', { part: 'strip', values: { on: true, color } });
  paint([9, 9, 9]);
  paint([4, 5, 6]);
  paint([9, 9, 9]);
  page.receive(ack(1, 42));
  assert.deepEqual(sets(page), [{ on: true, color: [9, 9, 9] }]);
});

test('a number outside its range is refused here, one inside is sent', async (t) => {
  for (const [value, sent] of [[4.5, false], [5, true], [30, true], [30.5, false], [NaN, false]]) {
    await t.test(`${value}`, () => {
      const page = live({ target }).send('set', { part: 'target', values: { value } });
      assert.deepEqual(sets(page), sent ? [{ value }] : []);
      assert.equal(page.view.notice, sent ? '' : 'Target goes from 5 to 30 °C');
      assert.equal(page.part('target').value, sent ? value : 21.5);
    });
  }
});

// Buttons ---------------------------------------------------------------------------------------------------

test('each press and release of a button is sent, in order, without waiting', () => {
  const page = live({ wall });
  for (let n = 0; n < 3; n += 1) page.send('press', { part: 'wall' }).send('release', { part: 'wall' });
  assert.deepEqual(page.take().map(({ message }) => [message.type, message.id]), [
    ['press', 1], ['release', 2], ['press', 3], ['release', 4], ['press', 5], ['release', 6],
  ]);
  assert.equal(page.part('wall').pressed, false);
});

test('a button shows at once that it is pressed, for as long as it is held', () => {
  const page = live({ wall }).send('press', { part: 'wall' });
  assert.equal(page.part('wall').word, 'pressed');
  page.receive(ack(1, 42)).receive(state(42, { wall: { pressed: true, presses: 1, by: '#7' } })).passAnswered(3000);
  assert.equal(page.part('wall').word, 'pressed');
  page.send('release', { part: 'wall' }).receive(ack(2, 43));
  page.receive(state(43, { wall: { pressed: false, presses: 1, gesture: 'long', by: '#7' } }));
  assert.equal(page.part('wall').word, 'long');
});

test('a press that was not sent has no release, and one is not pressed twice', () => {
  const page = pages.waiting().send('press', { part: 'button' }).answer();
  page.take();
  page.send('release', { part: 'button' });
  assert.deepEqual(page.take(), []);
  const twice = live({ wall }).send('press', { part: 'wall' }).send('press', { part: 'wall' });
  assert.equal(twice.take().length, 1);
});

test('a release is sent even while the connection is in doubt; after a disconnect it is not', () => {
  const doubtful = live({ wall }).send('press', { part: 'wall' }).send('online').send('release', { part: 'wall' });
  assert.equal(doubtful.phase, 'checking');
  assert.equal(doubtful.sent('release').length, 1);
  const lost = live({ wall }).send('press', { part: 'wall' }).closed().send('retry').answer().hello();
  assert.equal(lost.send('release', { part: 'wall' }).sent('release').length, 0);
});

test('a click is one message', () => {
  const page = live({ wall }).send('click', { part: 'wall' });
  assert.deepEqual(page.take(), [{ type: 'send', message: { type: 'click', id: 1, part: 'wall' } }]);
  page.pass(2000);
  assert.equal(page.view.notice, 'Wall did not answer - still released');
});
