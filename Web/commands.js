// SPDX-License-Identifier: MIT
//
// The device's parts as the page knows them, and what is asked of them. Each value has three forms: confirmed
// (in `parts`, from the device), desired and sent (in `pending`). `s` is the reducer's draft.

import { barred, greeted, heard, kindOf } from './kinds.js';
import { t } from './language.js';
import { timeouts } from './timeouts.js';
import { author, partWord } from './words.js';

// Takes a message over: a hello replaces everything, a state the values of the parts that it holds. An older
// revision of the same boot is ignored, and so is a state of another boot.
export function apply(s, message) {
  const { type, boot, rev, parts, clients, name, mqtt } = message;
  if (clients) s.clients = clients;
  if (name) s.name = name;
  const seen = type === 'state';
  const reborn = boot !== s.boot;
  if (!parts || (reborn ? seen : !(rev >= s.rev))) return;
  const before = s.parts;
  const first = s.boot === undefined;
  Object.assign(s, { boot, rev, mqtt, parts: seen ? { ...before } : {} });
  if (!seen) {
    describe(s, message);
    for (const hear of greeted) hear(s, message);
  }
  for (const part in parts) {
    if (seen && !before[part]) continue; // it has no description
    s.parts[part] = seen ? { ...description(before[part]), ...parts[part] } : parts[part];
    for (const hear of heard) hear(s, part, parts[part]);
    if (before[part] && !first) note(s, part, before[part], seen);
  }
  for (const part in before) if (!s.parts[part]) forget(s, ...Object.keys(s.timers).filter(isOf(part)));
  for (const part in s.pending) {
    if (reborn || !s.parts[part] || s.pending[part].acked <= rev) forgetCommand(s, part);
  }
}

function describe(s, { version, board, uptime }) {
  s.about = { Version: version, Board: board };
  s.since = uptime === undefined ? undefined : s.now - uptime;
}

const isOf = (part) => (timer) => timer.endsWith(` ${part}`);

// A state brings a part's values whole; all else is its description, which only a hello brings.
function description(part) {
  const kept = { ...part };
  for (const value of [...kindOf(part).values ?? [], 'left', 'by', 'fault']) delete kept[value];
  return kept;
}

// Lists a change, and announces one that was made elsewhere. `seen`: it came with a state; what a hello
// brings changed while the page was away.
function note(s, name, was, seen) {
  const part = s.parts[name];
  const what = difference(was, part);
  if (!what) return;
  const ours = name in s.pending && (part.by?.[0] === '#' || (part.by && part.by === s.user));
  const by = !seen ? t`while not connected` : ours ? t`by this screen` : part.by && t`by ${author(part.by)}`;
  const label = part.label ?? name;
  const [last, ...older] = s.changes;
  const dragged = kindOf(part).isDragged && last?.name === name && last.by === by
    && s.now - last.at < timeouts.drag;
  const change = { at: s.now, name, label, what, by };
  s.changes = [change, ...(dragged ? older : s.changes)].slice(0, timeouts.changes);
  if (!ours && !kindOf(part).isQuiet) say(s, [`${label} ${what}`, seen && by].filter(Boolean).join(', '));
}

// What changed of a part, in words; nothing if it is nothing to speak of.
function difference(was, is) {
  if (was.fault !== is.fault) return is.fault ? partWord(is) : t`works again`;
  const { difference: ofKind, values = [] } = kindOf(is);
  if (ofKind) return ofKind(was, is);
  return values.some((value) => !same(was[value], is[value])) && partWord(is);
}

const same = (a, b) => `${a}` === `${b}`; // a color is an array

// Commands --------------------------------------------------------------------------------------------------

const label = (s, name) => s.parts[name].label ?? name;

// Whether a part can be told anything now; if not, the page says why.
export function reachable(s, name) {
  const reason = s.phase === 'connecting' ? t`still connecting`
    : s.phase !== 'live' ? t`not connected`
      : s.parts[name] && (s.parts[name].fault ? t`${label(s, name)} is gone`
        : barred.some((is) => is(s, s.parts[name])) && t`you may not use it`);
  if (reason) fail(s, t`Not sent - ${reason}`);
  return !reason && name in s.parts;
}

// Asks for values. While a command is unanswered they wait, and only the last of them follow.
export function want(s, name, wanted) {
  if (!reachable(s, name)) return;
  const refusal = kindOf(s.parts[name]).refusal?.(s.parts[name], wanted);
  if (refusal) return fail(s, `${label(s, name)} ${refusal}`);
  s.notice = '';
  const pending = s.pending[name];
  if (pending && pending.acked === undefined) {
    s.pending[name] = { ...pending, desired: { ...pending.desired, ...wanted } };
  } else {
    command(s, name, wanted, pending);
  }
}

export function toggle(s, name) {
  const part = s.parts[name];
  if (part && !kindOf(part).isLamp) return;
  want(s, name, { on: !(s.pending[name]?.desired.on ?? part?.wanted ?? part?.on) });
}

function command(s, name, told, before) {
  const sent = { ...before?.sent, ...told };
  tell(s, name, { type: 'set', ...told }, { sent, desired: { ...before?.desired, ...told } });
}

// Sends a command; `pending`: what it asks for.
export function tell(s, name, { type, ...told }, pending) {
  s.ids += 1;
  s.pending[name] = { ...pending, id: s.ids, ring: false };
  s.timers[`ring ${name}`] = s.now + timeouts.ring;
  s.timers[`revert ${name}`] = s.now + timeouts.revert;
  s.effects.push({ type: 'send', message: { type, id: s.ids, part: name, ...told } });
}

// The device has done what was sent; what was asked for meanwhile follows as one command. Until the state
// of that revision is here, what was asked for goes on showing.
export function settle(s, name, rev) {
  const pending = s.pending[name];
  const { sent, desired } = pending;
  const follows = Object.entries(desired).filter(([value, wanted]) => !same(wanted, sent[value]));
  if (follows.length && s.phase === 'live') return command(s, name, Object.fromEntries(follows), pending);
  forget(s, `ring ${name}`);
  if (follows.length || !(rev > s.rev)) forgetCommand(s, name);
  else s.pending[name] = { ...pending, acked: rev, ring: false };
  if (follows.length) fail(s, t`Not sent - not connected`);
}

// Takes a command back: what is confirmed shows again.
export function giveUp(s, name, why) {
  const { acked } = s.pending[name];
  forgetCommand(s, name);
  if (acked === undefined) fail(s, t`${label(s, name)} ${why} - still ${partWord(s.parts[name])}`);
}

export function forgetCommand(s, name) {
  delete s.pending[name];
  forget(s, `ring ${name}`, `revert ${name}`);
}

// Nothing waits across a disconnect: a relay must not click when the phone finds its network again.
export function forgetCommands(s) {
  for (const name in s.pending) {
    if (s.pending[name].acked === undefined) fail(s, t`Connection lost before ${label(s, name)} answered`);
    forgetCommand(s, name);
  }
}

// Announcements ---------------------------------------------------------------------------------------------

export function fail(s, text) {
  s.notice = text;
  s.timers.notice = s.now + timeouts.notice;
  say(s, text);
}

// Announces, at most once in 5 s; of those that come sooner the latest is kept.
export function say(s, text) {
  if ('quiet' in s.timers) {
    s.unsaid = text === s.said ? '' : text;
    return;
  }
  s.said = text;
  s.timers.quiet = s.now + timeouts.quiet;
  s.effects.push({ type: 'say', text });
}

export function forget(s, ...names) {
  for (const name of names) delete s.timers[name];
}
