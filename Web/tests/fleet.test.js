// SPDX-License-Identifier: MIT
//
// The gateway's page: its window of the list, and its commands, in virtual time.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { deadline, reduce } from '../connection.js';
import {
  countOutcomes, initialFleet, placeText, summaryText,
} from '../fleet/fleet.js';

const START = 1_700_000_000_000;
const broker = { connected: true };
const all = { q: '', group: '', absent_only: false };

class Page {
  constructor(wanted = { ...all, from: 0 }) {
    this.now = START;
    this.effects = [];
    this.state = initialFleet({ now: START, name: 'Fleet', visible: true, online: true, wanted });
  }

  send(type, details = {}) {
    const [state, effects] = reduce(this.state, { ...details, type, now: this.now, random: 0.5 });
    this.state = state;
    this.effects.push(...effects);
    return this;
  }

  pass(milliseconds) {
    const end = this.now + milliseconds;
    while (deadline(this.state) <= end) {
      this.now = Math.max(this.now, deadline(this.state));
      this.send('tick');
    }
    this.now = end;
    return this;
  }

  receive(message, rows) {
    const text = JSON.stringify(message) + (rows === undefined ? '' : `\n${rows}`);
    return this.send('message', { socket: this.state.socket, text });
  }

  take(type) {
    const taken = this.effects.filter((effect) => effect.type === type);
    this.effects = [];
    return taken;
  }

  watches() { return this.take('send').map(({ message }) => message).filter(({ type }) => type === 'watch'); }
}

const hello = {
  type: 'hello', proto: 1, boot: 'x', rev: 1, name: 'Fleet', clients: 1, total: 3, absent: 0, broker, groups: [],
  commandable: ['led'],
};
const list = { type: 'list', ...all, from: 0, count: 50, matches: 3, total: 3, absent: 0, broker, groups: [], commandable: ['led'] };
const live = (wanted) => new Page(wanted).send('load').receive(hello);
const order = (page, more) => page.send('order', {
  part: 'led', payload: 'ON', devices: ['a', 'b'], label: 'led ON', ...more,
});

test('a page that is greeted says what it shows, after each connect', () => {
  const page = live({ ...all, q: 'lamp', from: 50 });
  assert.deepEqual(page.watches(), [{ type: 'watch', q: 'lamp', group: '', absent_only: false, from: 50 }]);
  page.send('closed', { socket: page.state.socket, code: 1006 }).pass(3000).send('answer', { status: 200, body: hello });
  page.receive(hello);
  assert.equal(page.state.phase, 'live');
  assert.equal(page.watches().length, 1);
});

test('a search is sent at once, from the first row, and only its own list is shown', () => {
  const page = live({ ...all, from: 50 });
  page.take('send');
  page.send('wish', { wanted: { ...all, q: 'k' } });
  assert.deepEqual(page.watches(), [{ type: 'watch', q: 'k', group: '', absent_only: false, from: 0 }]);
  page.receive(list, '<li>old</li>');
  assert.deepEqual(page.take('rows'), [], 'a list that was on its way');
  page.receive({ ...list, q: 'k' }, '<li>new</li>');
  assert.deepEqual(page.take('rows'), [{ type: 'rows', html: '<li>new</li>', whole: true }]);
});

test('of a long search as much is asked for as the gateway takes, in whole characters', () => {
  const answered = (q, taken) => {
    const page = live();
    page.take('send');
    page.send('wish', { wanted: { ...all, q } });
    assert.equal(page.watches()[0].q, taken);
    page.receive({ ...list, q: taken }, '<li>found</li>');
    assert.equal(page.take('rows').length, 1, 'its answer is known');
  };
  // FleetPageTests.aLongSearchIsCutAsThePageCutsIt has the same.
  answered('a'.repeat(200), 'a'.repeat(128));
  answered(`${'a'.repeat(127)}é`, 'a'.repeat(127));
  answered(`${'a'.repeat(126)}é!`, `${'a'.repeat(126)}é`);
  answered('\u{1F4A1}'.repeat(40), '\u{1F4A1}'.repeat(32));
  answered('\uFEFFlamp', '\uFEFFlamp');
  answered('lamp \uD83D', 'lamp \uFFFD');
  assert.equal(live({ ...all, q: 'a'.repeat(200), from: 0 }).watches()[0].q.length, 128, 'at the start, too');
});

test('changed rows are handed on as they are', () => {
  const page = live();
  page.receive({ type: 'rows' }, '<li data-id=\'a\'></li>');
  assert.deepEqual(page.take('rows'), [{ type: 'rows', html: "<li data-id='a'></li>", whole: false }]);
  page.receive({ type: 'rows', total: 4, absent: 1, broker, groups: [], commandable: [] }, '');
  assert.deepEqual(page.take('rows'), []);
  assert.equal(summaryText(page.state), '4 devices, 1 not there');
});

test('a command to many is over when each has answered', () => {
  const page = order(live());
  const [{ message }] = page.take('send').slice(-1);
  assert.deepEqual(message, { type: 'command', id: 1, part: 'led', payload: 'ON', devices: ['a', 'b'] });
  page.receive({ type: 'results', id: 1, open: 1, results: [['b', 'done']] });
  assert.equal(page.state.notice, '');
  page.receive({ type: 'results', id: 1, open: 0, results: [['a', 'no answer']] });
  assert.equal(page.state.notice, 'led ON: 1 done, 1 no answer');
  assert.equal(countOutcomes(page.state.orders[1]), '1 done, 1 no answer');
});

test('a command to all that match names the query', () => {
  const page = order(live({ ...all, q: 'lamp', from: 0 }), { devices: undefined });
  const [{ message }] = page.take('send').slice(-1);
  assert.deepEqual(message.all, { q: 'lamp', group: '', absent_only: false });
});

test('nothing is sent that could come too late, and the page says why', () => {
  const page = new Page().send('load');
  assert.equal(order(page).state.notice, 'Not sent - still connecting');
  const other = live().receive({ type: 'rows', total: 3, absent: 0, broker: { connected: false }, groups: [], commandable: [] }, '');
  assert.equal(order(other).state.notice, 'Not sent - the broker is not connected');
  assert.equal(order(live(), { devices: [] }).state.notice, 'Not sent - no device is ticked');
  assert.equal(order(live(), { part: '' }).state.notice, 'Not sent - no part is chosen');
});

test('what was sent before a loss is not known, and not sent again', () => {
  const page = order(live());
  page.take('send');
  page.send('closed', { socket: page.state.socket, code: 1006 });
  assert.equal(page.state.notice, 'Connection lost before led ON was answered');
  page.pass(3000).send('answer', { status: 200, body: hello }).receive(hello);
  assert.ok(page.take('send').every(({ message }) => message.type !== 'command'));
});

test('a refusal is shown in the words of the gateway', () => {
  const page = order(live()).receive({ type: 'error', id: 1, error: 'you may not do that' });
  assert.equal(page.state.notice, 'You may not do that');
});

test('its words are those of the first paint', () => {
  assert.equal(summaryText({ total: 1, absent: 0, broker }), '1 device');
  assert.equal(summaryText({ total: 2, absent: 2, broker: { connected: false } }), '2 devices, 2 not there · connecting to the broker');
  assert.equal(
    summaryText({ total: 0, absent: 0, broker: { connected: true, error: 'it refuses' } }),
    '0 devices · the broker is connected, but it refuses',
  );
  assert.equal(summaryText({
    total: 3, absent: 1, refused: 70, broker,
  }), '3 devices, 1 not there · no room for others: 70 messages refused');
  assert.equal(placeText({ from: 50, count: 50, matches: 51 }), '51 to 51 of 51');
  assert.equal(placeText({ from: 0, count: 50, matches: 0 }), 'No device');
});

test('nonsense does no harm', () => {
  const page = live();
  for (const text of ['', '{', '[]', '"x"', 'null', '{"type":"toString"}', '{"type":"results","id":9,"results":[]}', '\n\n']) {
    page.send('message', { socket: page.state.socket, text });
  }
  assert.equal(page.state.phase, 'live');
});

test('the built page is what its sources give', () => {
  const program = fileURLToPath(new URL('../../scripts/build-page', import.meta.url));
  const { status, stderr } = spawnSync('python3', [program, '--check'], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
});
