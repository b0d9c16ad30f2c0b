// SPDX-License-Identifier: MIT
//
// What the page knows and does, as one pure function: reduce(state, event) -> [state, effects]. It touches
// no DOM, timer, clock or random source. Every event brings `now` (wall clock, milliseconds) and `random` (0
// to 1); effects are plain objects that the shell, index.js, carries out. All times wait in `timers`, by
// name: the shell sleeps until deadline(state) and then sends a `tick`.
//
// Phases: connecting, live, checking, stale, waiting, offline, refused, asleep (hidden, slot given back).

import {
  apply, command, fail, forget, forgetCommand, giveUp, say, settle,
} from './commands.js';
import { limits } from './limits.js';
import { label, screens } from './words.js';

const ofTheSocket = ['open', 'ping', 'pong', 'silence', 'give', 'steady', 'retry', 'second'];

export function initial({ now, name = '', pins = {}, visible = true, online = true }) {
  return {
    phase: 'asleep', visible, online, now, timers: {},
    socket: 0, held: false, failures: 0, pings: 0, delay: undefined, clients: undefined, refusal: '',
    name, pins, boot: undefined, rev: 0, change: undefined, fault: '',
    pending: {}, ids: 0, notice: '', topic: 'Connected', said: '', unsaid: '',
  };
}

export function reduce(state, event) {
  const s = { ...state, timers: { ...state.timers }, pending: { ...state.pending } };
  Object.assign(s, { now: event.now, random: event.random, effects: [] });
  const passed = s.now - state.now;
  // A clock that was set back takes the timers along, or they would fire late by as much.
  if (passed < 0) for (const name in s.timers) s.timers[name] += passed;
  if (passed < -limits.jump || s.now - deadline(s) > limits.jump) wake(s, true);
  handlers[event.type](s, event);
  speakOfConnection(s);
  const { effects, random, ...next } = s;
  return [next, effects];
}

// When the next `tick` is due; Infinity if nothing waits.
export function deadline(state) {
  return Math.min(...Object.values(state.timers));
}

// Events ----------------------------------------------------------------------------------------------------

const handlers = {
  load(s) {
    open(s);
    if (!s.visible) s.timers.sleep = s.now + limits.hidden;
  },

  tick(s) {
    const byTime = Object.keys(s.timers).sort((a, b) => s.timers[a] - s.timers[b]);
    for (const name of byTime) {
      if (!(s.timers[name] <= s.now)) continue; // not due, or removed by one that was
      delete s.timers[name];
      const [kind] = name.split(' ');
      expired[kind](s, name.slice(kind.length + 1));
    }
  },

  hide(s) {
    if (!s.visible) return;
    s.visible = false;
    s.timers.sleep = s.now + limits.hidden;
    forget(s, 'ping', 'silence', s.phase === 'checking' ? '' : 'pong');
  },

  show(s) {
    const away = limits.hidden - (s.timers.sleep - s.now);
    s.visible = true;
    forget(s, 'sleep');
    wake(s, away > limits.away);
  },

  leave(s) {
    s.visible = false;
    sleep(s);
  },

  online(s) {
    s.online = true;
    if (s.phase === 'offline') s.phase = s.held ? 'connecting' : 'waiting';
    wake(s, true);
  },

  offline(s) {
    s.online = false;
    if (s.phase !== 'asleep') wait(s);
  },

  retry(s) {
    if (['waiting', 'refused', 'offline'].includes(s.phase)) reopen(s);
  },

  closed(s, { socket, code }) {
    if (!s.held || socket !== s.socket) return;
    s.held = false;
    const failedToOpen = 'open' in s.timers;
    wait(s);
    if (!s.online) return;
    if (code === 1013) refuse(s, 'All places are taken; trying again');
    if (code === 1013 || failedToOpen) ask(s);
  },

  // A page cannot see why a socket was refused: /api/state tells.
  answer(s, { status, body }) {
    if (!['waiting', 'refused'].includes(s.phase)) return;
    const error = typeof body?.error === 'string' && body.error[0]?.toUpperCase() + body.error.slice(1);
    if (status === 403) refuse(s, error || 'Opened from another site');
    if (status === 503) refuse(s, `${error || 'All places are taken'}; trying again`);
    if (status !== 200) return;
    apply(s, body ?? {});
    if (s.phase === 'refused' && s.clients) refuse(s, `${screens(s.clients)} already open; trying again`);
  },

  message(s, { socket, text }) {
    if (!s.held || socket !== s.socket) return;
    if (s.phase === 'stale') listen(s);
    if ('silence' in s.timers) s.timers.silence = s.now + limits.silence;
    const message = parsed(text);
    messages[message?.type]?.(s, message);
  },

  tap(s, { pin }) {
    const pending = s.pending[pin];
    if (s.phase !== 'live') {
      fail(s, `Not sent - ${s.phase === 'connecting' ? 'still connecting' : 'not connected'}`);
    } else if (s.fault) {
      fail(s, 'Not sent - the board does not answer');
    } else if (pending) {
      s.pending[pin] = { ...pending, desired: !pending.desired };
    } else if (s.pins[pin]) {
      s.notice = '';
      command(s, pin, !s.pins[pin].on);
    }
  },
};

const expired = {
  open(s) {
    wait(s);
    if (s.online) ask(s);
  },
  ping,
  pong(s) {
    if (s.phase === 'checking') reopen(s);
    else notAnswering(s);
  },
  silence: notAnswering,
  give: wait,
  steady(s) { s.failures = 0; },
  retry: open,
  second: countDown,
  sleep,
  ring(s, pin) { s.pending[pin] = { ...s.pending[pin], ring: true }; },
  revert(s, pin) { giveUp(s, pin, `${label(pin)} did not answer`); },
  notice(s) { s.notice = ''; },
  quiet(s) {
    const text = s.unsaid;
    s.said = s.unsaid = '';
    if (text) say(s, text);
  },
};

const messages = {
  hello(s, message) {
    if (s.phase !== 'live' && s.phase !== 'checking') {
      forget(s, 'open');
      s.timers.steady = s.now + limits.steady;
      listen(s);
    }
    apply(s, message);
  },

  state: apply,

  pong(s, { n, clients }) {
    if (clients) s.clients = clients;
    if (n !== s.pings || !('pong' in s.timers)) return;
    const allowed = s.phase === 'checking' ? limits.probe : limits.pong;
    s.delay = allowed - (s.timers.pong - s.now);
    forget(s, 'pong');
    if (s.phase !== 'checking') return;
    s.phase = 'live';
    if (s.visible) s.timers.silence = s.now + limits.silence;
  },

  ack(s, { id, rev, error }) {
    const pin = Object.keys(s.pending).find((name) => s.pending[name].id === id);
    if (!pin) return;
    if (error) return giveUp(s, pin, `${label(pin)} refused: ${error}`);
    if (rev >= s.rev) {
      s.change = { at: s.now, by: 'this screen' };
      s.rev = rev;
      s.pins = { ...s.pins, [pin]: { ...s.pins[pin], on: s.pending[pin].sent } };
    }
    settle(s, pin);
  },
};

// The connection --------------------------------------------------------------------------------------------

function open(s) {
  s.phase = s.online ? 'connecting' : 'offline';
  s.held = true;
  s.socket += 1;
  s.timers.open = s.now + limits.open;
  s.effects.push({ type: 'open', socket: s.socket });
}

function drop(s) {
  if (s.held) s.effects.push({ type: 'close', code: 1000, socket: s.socket });
  s.held = false;
  s.delay = undefined;
  forget(s, ...ofTheSocket);
  // Nothing waits across a disconnect: a relay must not click when the phone finds its network again.
  for (const pin in s.pending) {
    forgetCommand(s, pin);
    fail(s, `Connection lost before ${label(pin)} answered`);
  }
}

function reopen(s) {
  drop(s);
  open(s);
}

// Waits for the next attempt: full jitter, doubling, capped, for ever.
function wait(s) {
  drop(s);
  s.phase = s.online ? 'waiting' : 'offline';
  // "Offline" is only the browser's opinion, so that too is tried now and then.
  const ceiling = Math.min(limits.cap, limits.base * 2 ** s.failures);
  const pause = s.online ? limits.least + s.random * (ceiling - limits.least) : limits.cap;
  s.timers.retry = s.now + pause;
  if (s.online) s.failures += 1;
  countDown(s);
}

function countDown(s) {
  const left = s.timers.retry - s.now;
  if (left > 1000) s.timers.second = s.now + (left % 1000 || 1000);
}

function refuse(s, words) {
  s.phase = 'refused';
  s.refusal = words;
}

function sleep(s) {
  drop(s);
  forget(s, 'sleep');
  s.phase = 'asleep';
}

function wake(s, suspicious) {
  if (!s.visible || s.phase === 'checking') return;
  // An attempt just begun is left to finish: several of these events come together.
  const attemptIsYoung = s.timers.open - s.now > limits.open - limits.probe;
  if (s.phase !== 'live') {
    if (!attemptIsYoung) reopen(s);
  } else if (suspicious) {
    s.phase = 'checking';
    forget(s, 'silence');
    ping(s);
  } else {
    listen(s);
  }
}

function listen(s) {
  s.phase = 'live';
  forget(s, 'give');
  if (!s.visible) return;
  s.timers.silence = s.now + limits.silence;
  ping(s);
}

function ping(s) {
  s.pings += 1;
  s.timers.pong = s.now + (s.phase === 'checking' ? limits.probe : limits.pong);
  s.timers.ping = s.now + limits.ping;
  s.effects.push({ type: 'send', message: { type: 'ping', n: s.pings } });
}

function notAnswering(s) {
  s.phase = 'stale';
  forget(s, 'ping', 'pong', 'silence');
  s.timers.give = s.now + limits.grace;
}

function ask(s) {
  s.effects.push({ type: 'ask' });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function speakOfConnection(s) {
  const topic = {
    live: 'Connected', stale: 'Not answering', waiting: 'Not connected, reconnecting',
    offline: 'This device is offline', refused: s.refusal,
  }[s.phase];
  if (!topic || topic === s.topic) return;
  s.topic = topic;
  say(s, topic);
}
