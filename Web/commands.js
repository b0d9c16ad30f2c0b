// SPDX-License-Identifier: MIT
//
// The device's state as the page knows it, and what is asked of it. A pin has three values: confirmed (in
// `pins`, from the device), desired (a tap) and, in `timers`, how long it may wait. `s` is the
// reducer's draft.

import { limits } from './limits.js';
import { authors, broken, label, word } from './words.js';

// Takes a whole state over: an older revision of the same boot is ignored, another boot replaces everything.
export function apply(s, { type, boot, rev, pins, by, clients, name, fault = '' }) {
  if (clients) s.clients = clients;
  if (name) s.name = name;
  const reborn = boot !== s.boot;
  if (!pins || !(reborn || rev >= s.rev)) return;
  if (fault !== s.fault) say(s, fault ? broken(fault) : 'The board answers again');
  s.fault = fault;
  const before = s.pins;
  const first = s.boot === undefined;
  Object.assign(s, { boot, rev, pins });
  for (const pin in s.pending) if (reborn || !pins[pin]) forgetCommand(s, pin);
  for (const pin in pins) {
    const { on } = pins[pin];
    if (!before[pin] || on === before[pin].on) continue; // no change: what is desired stands
    const pending = s.pending[pin];
    const ours = pending && !authors[by];
    const who = ours ? 'this screen' : authors[by] ?? 'another screen';
    const seen = type === 'state'; // what a hello brings changed while we were away: nobody knows when
    s.change = seen ? { at: s.now, by: who } : undefined;
    if (!ours && !first) say(s, `${label(pin)} ${word(on)}${seen ? `, by ${who}` : ''}`);
    // A switch has two sides: a state that moved it moved it to what was sent.
    if (pending) settle(s, pin);
  }
}

export function command(s, pin, on) {
  s.ids += 1;
  s.pending[pin] = { id: s.ids, sent: on, desired: on, ring: false };
  s.timers[`ring ${pin}`] = s.now + limits.ring;
  s.timers[`revert ${pin}`] = s.now + limits.revert;
  s.effects.push({ type: 'send', message: { type: 'set', id: s.ids, pin, on } });
}

// The device has done what was sent; what was tapped meanwhile follows as one command.
export function settle(s, pin) {
  const { sent, desired } = s.pending[pin];
  forgetCommand(s, pin);
  if (desired === sent) return;
  if (s.phase === 'live') command(s, pin, desired);
  else fail(s, 'Not sent - not connected');
}

// Takes a command back: what is confirmed shows again.
export function giveUp(s, pin, why) {
  forgetCommand(s, pin);
  fail(s, `${why} - still ${word(s.pins[pin].on)}`);
}

export function forgetCommand(s, pin) {
  delete s.pending[pin];
  forget(s, `ring ${pin}`, `revert ${pin}`);
}

// Announcements ---------------------------------------------------------------------------------------------

export function fail(s, text) {
  s.notice = text;
  s.timers.notice = s.now + limits.notice;
  say(s, text);
}

// Announces, at most once in 5 s; of those that come sooner the latest is kept.
export function say(s, text) {
  if ('quiet' in s.timers) {
    s.unsaid = text === s.said ? '' : text;
    return;
  }
  s.said = text;
  s.timers.quiet = s.now + limits.quiet;
  s.effects.push({ type: 'say', text });
}

export function forget(s, ...names) {
  for (const name of names) delete s.timers[name];
}
