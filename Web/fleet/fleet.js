// SPDX-License-Identifier: MIT
//
// What the gateway's page knows beyond its connection: which window of the list it shows, and what became of the
// commands that it gave. It builds on connection.js, whose reducer it gives further events and messages. A message is a
// line of JSON and, behind it, rows as the server makes them; the shell puts them into the page as they are.
//
// A window is { q, group, absent_only, from }, in the server's own words.

import { fail, say } from '../commands.js';
import { initial, parsed } from '../connection.js';
import { ended, events } from '../kinds.js';

const { message } = events;

const [encoder, decoder] = [new TextEncoder(), new TextDecoder('utf-8', { ignoreBOM: true })];
const longest = new Uint8Array(128);

// As much of a search as the server takes: 128 bytes, in whole characters.
const cut = (q) => decoder.decode(longest.subarray(0, encoder.encodeInto(q, longest).written));

// What is not here is unknown: total, absent, broker, groups, commandable, place.
export function initialFleet(details) {
  const wanted = { ...details.wanted, q: cut(details.wanted.q) };
  return {
    ...initial(details), wanted, orders: {}, latest: 0,
  };
}

export const isSameWindow = (a, b) => a.q === b.q && a.group === b.group && a.absent_only === b.absent_only;

const watch = (s) => s.effects.push({ type: 'send', message: { type: 'watch', ...s.wanted } });

Object.assign(events, {
  message(s, event) {
    const end = event.text.indexOf('\n');
    const text = end < 0 ? event.text : event.text.slice(0, end);
    message(s, { ...event, text });
    if (!s.held || event.socket !== s.socket) return;
    const told = parsed(text);
    if (Object.hasOwn(heardOf, told?.type)) heardOf[told.type](s, told, end < 0 ? '' : event.text.slice(end + 1));
  },

  // Somebody searches, or turns a page: from the first row, unless it says otherwise.
  wish(s, { wanted }) {
    s.wanted = { ...s.wanted, from: 0, ...wanted };
    s.wanted.q = cut(s.wanted.q);
    s.effects.push({ type: 'address', wanted: s.wanted });
    if (s.phase === 'live' || s.phase === 'checking') watch(s);
  },

  // `devices`: their identifiers; none: all that match.
  order(s, { part, payload, devices, label }) {
    const reason = s.phase === 'connecting' ? 'still connecting' : s.phase !== 'live' ? 'not connected'
      : s.broker?.connected === false ? 'the broker is not connected'
        : devices && !devices.length ? 'no device is ticked' : part ? '' : 'no part is chosen';
    if (reason) return fail(s, `Not sent - ${reason}`);
    s.notice = '';
    s.ids += 1;
    s.latest = s.ids;
    s.orders = { [s.ids]: { label, open: 1, outcomes: [] } };
    const all = { q: s.wanted.q, group: s.wanted.group, absent_only: s.wanted.absent_only };
    const target = devices ? { devices } : { all };
    s.effects.push({ type: 'send', message: { type: 'command', id: s.ids, part, payload, ...target } });
  },
});

const heardOf = {
  hello(s, told) {
    summarize(s, told);
    watch(s);
  },

  list(s, told, html) {
    summarize(s, told);
    if (!isSameWindow(told, s.wanted)) return; // another one has been asked for since
    s.place = { from: told.from, count: told.count, matches: told.matches };
    s.effects.push({ type: 'rows', html, whole: true });
  },

  rows(s, told, html) {
    summarize(s, told);
    if (html) s.effects.push({ type: 'rows', html, whole: false });
  },

  results(s, { id, open, results }) {
    const order = s.orders[id];
    if (!order) return;
    s.orders = { [id]: { ...order, open, outcomes: [...order.outcomes, ...results] } };
    s.effects.push({ type: 'settle', devices: results.map(([device]) => device) });
    if (!open) conclude(s, s.orders[id]);
  },

  error(s, { id, error }) {
    if (!s.orders[id]) return;
    s.orders = {};
    s.effects.push({ type: 'settle' });
    fail(s, error[0].toUpperCase() + error.slice(1));
  },
};

// Nobody knows what became of what was sent: it is not sent again.
ended.push((s) => {
  const open = Object.values(s.orders).find((order) => order.open);
  if (!open) return;
  s.orders = {};
  s.effects.push({ type: 'settle' });
  fail(s, `Connection lost before ${open.label} was answered`);
});

function summarize(s, {
  total, absent, refused = 0, broker, groups, commandable,
}) {
  if (total === undefined) return;
  if (absent > s.absent) say(s, `${absent} not there`);
  if (broker.connected === false && s.broker?.connected) say(s, 'The broker is not connected');
  Object.assign(s, {
    total, absent, refused, broker, groups, commandable,
  });
}

function conclude(s, order) {
  const words = countOutcomes(order);
  if (order.outcomes.every(([, outcome]) => outcome === 'done')) say(s, `${order.label}: ${words}`);
  else if (order.outcomes.length === 1) fail(s, `${order.label}: ${order.outcomes[0][1]}`);
  else fail(s, `${order.label}: ${words}`);
}

// `12 done, 1 no answer`.
export function countOutcomes({ outcomes }) {
  const counts = {};
  for (const [, outcome] of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return Object.entries(counts).map(([outcome, count]) => `${count} ${outcome}`).join(', ');
}

// The words above the list, the same as the server's.
export function summaryText({
  total, absent, refused, broker,
}) {
  const devices = total === 1 ? '1 device' : `${total} devices`;
  const room = refused ? ` · no room for others: ${refused} messages refused` : '';
  const there = (absent ? `${devices}, ${absent} not there` : devices) + room;
  if (broker.connected) return broker.error ? `${there} · the broker is connected, but ${broker.error}` : there;
  const why = broker.error ? `the broker is not connected: ${broker.error}` : 'connecting to the broker';
  return `${there} · ${why}`;
}

// Below the list: which rows these are.
export function placeText({ from, count, matches }) {
  if (!matches) return 'No device';
  return `${from + 1} to ${Math.min(from + count, matches)} of ${matches}`;
}
