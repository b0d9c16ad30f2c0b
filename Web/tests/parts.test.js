// SPDX-License-Identifier: MIT
//
// Parts: what the device says of them wins, and what the page says of them in words.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration, partWord } from '../words.js';
import { button, hello, led, pages, state, stateOf } from './page.js';

const said = (page) => page.take().filter(({ type }) => type === 'say').map(({ text }) => text);
const live = (parts) => {
  const page = pages.connecting().hello({ parts }).pong();
  page.take();
  return page;
};

// Messages --------------------------------------------------------------------------------------------------

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

test('revisions count on past 32 bits, to 53', async (t) => {
  for (const rev of [2 ** 31, 2 ** 32, 2 ** 53 - 1]) {
    await t.test(`${rev}`, () => {
      const page = pages.connecting().hello({ rev: rev - 1 });
      assert.equal(page.receive(stateOf(rev, true)).led.on, true);
      assert.equal(page.receive(stateOf(rev - 1, false)).led.on, true);
    });
  }
});

test('a state replaces the values of the parts that it holds, and keeps their description and the others', () => {
  const lamp = { kind: 'switch', label: 'Lamp', group: 'Hall', off_after: 5000, on: true, left: 4000, by: 'http' };
  const page = live({ lamp, led: led(true) }).receive(state(42, { lamp: { on: false } }));
  assert.deepEqual(page.state.parts, {
    lamp: { kind: 'switch', label: 'Lamp', group: 'Hall', off_after: 5000, on: false }, led: led(true),
  });
  assert.equal(page.part('lamp').word, 'off');
});

test('a hello replaces everything, in its own order', () => {
  const page = live({ lamp: led(true), led: led(true) });
  page.hello({ rev: 50, parts: { led: led(false), fan: led(true) } });
  assert.deepEqual(Object.keys(page.state.parts), ['led', 'fan']);
});

test('another boot replaces everything, whatever its revision, and what waited is dropped', () => {
  const page = pages.live().send('tap', { part: 'led' }).hello({ boot: 'beef', rev: 1 });
  assert.equal(page.state.rev, 1);
  assert.equal(page.led.checked, false);
  assert.equal(page.receive({ type: 'ack', id: 1, rev: 2 }).pass(2500).led.checked, false);
});

test('a state of another boot, or of a part without a description, is ignored', () => {
  const page = pages.live();
  assert.equal(page.receive(stateOf(50, true, { boot: 'beef' })).led.on, false);
  page.receive(state(42, { fan: { on: true }, led: { on: true } }));
  assert.deepEqual(page.view.parts.map(({ name, on }) => [name, on]), [['led', true], ['button', false]]);
});

test('messages that are not understood change nothing', async (t) => {
  const strange = ['', 'null', '42', '[]', '{', '"hello"', '{"type":"constructor"}', '{"type":"state"}', 'on',
    '{"type":"state","boot":"9f3a","parts":{"led":{"on":true}}}', '{"type":"ack"}', '{"type":"pong"}',
    '{"type":"error","error":"malformed JSON","status":"on"}'];
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

// Words -----------------------------------------------------------------------------------------------------

const words = [
  [{ kind: 'switch', on: true }, 'on'],
  [{ kind: 'switch', on: true, wanted: true }, 'on'],
  [{ kind: 'switch', on: true, wanted: false }, 'turning off…'],
  [{ kind: 'light', on: true, brightness: 255 }, 'on · 100 %'],
  [{ kind: 'light', on: true, brightness: 1 }, 'on · 1 %'],
  [{ kind: 'light', on: false, brightness: 255 }, 'off'],
  [{ kind: 'button', pressed: false }, 'released'],
  [{ kind: 'button', pressed: true, gesture: 'click' }, 'pressed'],
  [{ kind: 'button', pressed: false, gesture: 'double' }, 'double'],
  [{ kind: 'contact', on: true }, 'on'],
  [{ kind: 'contact', on: true, device_class: 'door' }, 'open'],
  [{ kind: 'contact', on: false, device_class: 'window' }, 'closed'],
  [{ kind: 'contact', on: false, device_class: 'motion' }, 'clear'],
  [{ kind: 'contact', on: true, device_class: 'moisture' }, 'wet'],
  [{ kind: 'sensor', value: 21.4, unit: '°C' }, '21.4\u00a0°C'],
  [{ kind: 'sensor', value: 0, unit: '%' }, '0\u00a0%'],
  [{ kind: 'sensor', value: null, unit: '°C' }, 'unknown'],
  [{ kind: 'number', value: -3 }, '-3'],
  [{ kind: 'switch', on: true, fault: 'gpiochip1 was removed' }, 'gone - gpiochip1 was removed'],
];

test('each kind has its words', async (t) => {
  for (const [part, word] of words) await t.test(word, () => assert.equal(partWord(part), word));
});

test('durations are told in their two largest units', () => {
  const minute = 60_000;
  assert.deepEqual([999, 59_000, minute, 61 * minute, 25 * 60 * minute].map(duration),
    ['0 s', '59 s', '1 min', '1 h 1 min', '1 d 1 h']);
});

test('the title follows the first switch or light; its lamp is the hero while there is no other', () => {
  const { lamp, hero } = live({ button: button(), desk: { kind: 'light', on: true, brightness: 9 } }).view;
  assert.deepEqual([lamp.name, hero], ['desk', true]);
  assert.equal(live({ a: led(true), b: led(false) }).view.hero, false);
  assert.equal(live({ button: button() }).view.lamp, undefined);
});

// Charts ----------------------------------------------------------------------------------------------------

const celsius = { kind: 'sensor', label: 'Celsius', unit: '°C', value: 21 };
const history = (values) => ({ part: 'celsius', status: 200, body: { part: 'celsius', every: 60_000, values } });

test('an open chart asks for its history once a minute, a closed one never', () => {
  const page = live({ celsius }).send('chart', { part: 'celsius', open: true });
  const asks = () => page.take().filter(({ type }) => type === 'history').length;
  assert.deepEqual([page.part('celsius').chart.words, asks()], ['Loading…', 1]);
  page.send('history', history([[60_000, 20], [0, 22]])).passAnswered(60_000);
  assert.equal(asks(), 1);
  page.send('history', history([[0, 22]])).send('chart', { part: 'celsius', open: false }).passAnswered(120_000);
  assert.deepEqual([page.part('celsius').chart, asks()], [undefined, 0]);
});

test('a chart breaks where the value was unknown, and tells its limits', () => {
  const page = live({ celsius }).send('chart', { part: 'celsius', open: true });
  page.send('history', history([[3_600_000, 20], [1_800_000, null], [900_000, 21], [0, 22]]));
  assert.deepEqual(page.part('celsius').chart, {
    path: 'M0.0 28.0h0M75.0 15.0h0L100.0 2.0', words: '20 to 22\u00a0°C in 1 h 0 min',
  });
});

test('a chart of a value that did not change says for how long', () => {
  const page = live({ celsius }).send('chart', { part: 'celsius', open: true });
  page.send('history', history([[3_600_000, 20], [0, 20]]));
  assert.equal(page.part('celsius').chart.words, '20\u00a0°C for 1 h 0 min');
});

test('where no history is kept the page says so and does not ask again', () => {
  const page = live({ celsius }).send('chart', { part: 'celsius', open: true });
  page.send('history', { part: 'celsius', status: 404, body: {} }).take();
  assert.equal(page.part('celsius').chart.words, 'No history');
  assert.deepEqual(page.passAnswered(60_000).take().filter(({ type }) => type === 'history'), []);
});

// Changes ---------------------------------------------------------------------------------------------------

test('the list of changes tells what, when and by whom', async (t) => {
  const authors = {
    button: 'by button', http: 'by HTTP', mqtt: 'by MQTT', timer: 'by timer', '#7': 'by another screen',
  };
  for (const [by, who] of Object.entries(authors)) {
    await t.test(by, () => {
      const page = pages.live().pass(1234).receive(stateOf(42, true, { by }));
      assert.deepEqual(page.view.changes, [{ at: page.now, name: 'led', label: 'LED', what: 'on', by: who }]);
    });
  }
});

test('our own command is listed as ours, whether its state comes before its ack or after', async (t) => {
  const messages = [stateOf(42, true, { by: '#7' }), { type: 'ack', id: 1, rev: 42 }];
  for (const order of [messages, messages.toReversed()]) {
    await t.test(order[0].type, () => {
      const page = pages.live().send('tap', { part: 'led' });
      page.take();
      for (const message of order) page.receive(message);
      assert.equal(page.view.changes[0].by, 'by this screen');
      assert.deepEqual([page.led.on, page.state.pending, said(page)], [true, {}, []]);
    });
  }
});

test('the last 20 changes are kept, the newest first; a sensor makes none', () => {
  const page = live({ led: led(false), celsius });
  for (let n = 0; n < 30; n += 1) {
    page.receive(state(42 + n, { led: { on: n % 2 === 0 }, celsius: { value: n } }));
  }
  assert.equal(page.view.changes.length, 20);
  assert.equal(page.view.changes[0].what, 'off');
});

test('a dragged slider is one change', () => {
  const page = live({ desk: { kind: 'light', label: 'Desk', on: true, brightness: 1 } });
  for (let n = 2; n < 200; n += 1) {
    page.receive(state(40 + n, { desk: { on: true, brightness: n, by: '#7' } })).pass(20);
  }
  assert.deepEqual(page.view.changes.map(({ what }) => what), ['on · 78 %']);
});

test('a button lists its presses and its gestures', () => {
  const page = live({ wall: button() });
  page.receive(state(42, { wall: { pressed: true, presses: 1 } }));
  page.receive(state(43, { wall: { pressed: false, presses: 1, gesture: 'click' } }));
  assert.deepEqual(page.view.changes.map(({ what }) => what), ['click', 'pressed']);
  assert.deepEqual(said(page), []);
});

test('of a change that happened while away the page does not claim to know by whom', () => {
  const page = pages.live().closed().send('retry').answer().hello({ rev: 50, on: true });
  assert.equal(page.view.changes[0].by, 'while not connected');
});

// Announcements ---------------------------------------------------------------------------------------------

test('a change made elsewhere is announced, with its author', () => {
  const page = pages.live();
  page.take();
  assert.deepEqual(said(page.receive(stateOf(42, true))), ['LED on, by button']);
});

test('a part that goes and comes back is announced and listed', () => {
  const page = pages.live().receive(state(42, { led: { on: false, fault: 'no such chip' } })).passAnswered(6000);
  page.receive(state(43, { led: { on: false } })).passAnswered(6000);
  assert.deepEqual(said(page), ['LED gone - no such chip', 'LED works again']);
  assert.equal(page.view.changes.length, 2);
});

test('there is at most one announcement in 5 s, and the last word is said', () => {
  const page = pages.live();
  page.take();
  const heard = [];
  const listen = () => {
    for (const text of said(page)) heard.push([page.now, text]);
  };
  for (let n = 0; n < 100; n += 1) {
    page.receive(stateOf(42 + n, n % 2 === 0, { by: ['button', 'http', '#7'][n % 3] })).passAnswered(100);
    listen();
  }
  page.passAnswered(5000);
  listen();
  assert.equal(heard.length, 3);
  for (let n = 1; n < heard.length; n += 1) assert.ok(heard[n][0] - heard[n - 1][0] >= 4900);
  assert.equal(heard.at(-1)[1], 'LED off, by button');
});

test('what is as it was last said to be is not said again', () => {
  const page = pages.live().receive(stateOf(42, true)).receive(stateOf(43, false)).receive(stateOf(44, true));
  page.take();
  assert.deepEqual(said(page.passAnswered(10_000)), []);
});

test('a part that the device has only now is not announced as a change', () => {
  const page = pages.live();
  page.take();
  page.hello({ rev: 42, parts: { led: led(false), fan: led(true) } });
  assert.deepEqual([said(page), page.view.changes], [[], []]);
});

test('connecting at load is not announced; a lost connection is, once and not at each try', () => {
  const page = pages.live();
  assert.deepEqual(said(page), []);
  page.closed();
  for (let n = 0; n < 20; n += 1) page.send('retry').answer().closed().pass(1);
  assert.deepEqual(said(page), ['Not connected, reconnecting']);
  page.send('retry').answer().hello().passAnswered(6000);
  assert.deepEqual(said(page), ['Connected']);
});

test('a page that went to sleep and came back says nothing of it', () => {
  const page = pages.asleep();
  page.take();
  assert.deepEqual(said(page.send('show').answer().hello().passAnswered(6000)), []);
});

test('a failure is shown at once, even if its announcement must wait', () => {
  const page = pages.live().receive(stateOf(42, true)).pass(100).send('tap', { part: 'led' });
  page.take();
  page.pass(2000);
  assert.equal(page.view.notice, 'LED did not answer - still on');
  assert.deepEqual(said(page), []);
  assert.deepEqual(said(page.pass(3000)), ['LED did not answer - still on']);
});
