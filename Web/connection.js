// SPDX-License-Identifier: MIT
//
// What the page knows and does, as one pure function: reduce(state, event) -> [state, effects]. It touches
// no DOM, timer, clock or random source. Every event brings `now` (wall clock, milliseconds) and `random` (0
// to 1); effects are plain objects that the shell, index.js, carries out. All times wait in `timers`, by
// name: the shell sleeps until deadline(state) and then sends a `tick`.
//
// Phases: connecting, live, checking, stale, waiting, offline, refused, asleep (hidden, slot given back).

import {
  apply, forget, forgetCommands, giveUp, say, settle, toggle, want,
} from './commands.js';
import { ended, events, expired } from './kinds.js';
import { t } from './language.js';
import { timeouts } from './timeouts.js';
import './parts.js';
import { screens } from './words.js';

const ofTheSocket = ['open', 'ping', 'pong', 'silence', 'give', 'steady', 'retry'];
const full = [4013, 1013]; // close codes of a device whose places are all taken; 1013 is that of older ones
const patience = 3; // sockets in a row that did not open, until the page says that something blocks them

// What is not here is unknown, or false: boot, clients, mqtt, about, since, delay, held, asking, said, unsaid, and
// refusal, the reason why no socket opens: it stands until one does, or an answer gives another or none.
export function initial({ now, name = '', visible = true, online = true }) {
  return {
    phase: 'asleep', visible, online, now, timers: {}, socket: 0, failures: 0, barred: 0, pings: 0,
    name, parts: {}, rev: 0, changes: [], memory: {}, pending: {}, ids: 0, notice: '', topic: t`Connected`,
  };
}

export function reduce(state, event) {
  const s = {
    ...state, timers: { ...state.timers }, pending: { ...state.pending }, memory: { ...state.memory },
  };
  Object.assign(s, { now: event.now, random: event.random, effects: [] });
  const passed = s.now - state.now;
  // A clock that was set back takes the timers along, or they would fire late by as much.
  if (passed < 0) {
    for (const name in s.timers) s.timers[name] += passed;
    if (s.since !== undefined) s.since += passed;
  }
  if (passed < -timeouts.jump || s.now - deadline(s) > timeouts.jump) wake(s, true);
  events[event.type](s, event);
  countDown(s);
  speakOfConnection(s);
  const { effects, random, ...next } = s;
  return [next, effects];
}

// When the next `tick` is due; Infinity if nothing waits.
export function deadline(state) {
  return Math.min(...Object.values(state.timers));
}

// Events ----------------------------------------------------------------------------------------------------

Object.assign(events, {
  load(s) {
    open(s);
    if (!s.visible) s.timers.sleep = s.now + timeouts.hidden;
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
    s.timers.sleep = s.now + timeouts.hidden;
    forget(s, 'ping', 'silence', s.phase === 'checking' ? '' : 'pong');
  },

  show(s) {
    const away = timeouts.hidden - (s.timers.sleep - s.now);
    s.visible = true;
    forget(s, 'sleep');
    wake(s, away > timeouts.away);
  },

  leave(s) {
    s.visible = false;
    sleep(s);
  },

  online(s) {
    s.online = true;
    if (s.phase === 'offline') s.phase = s.held || s.asking ? 'connecting' : 'waiting';
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
    for (const act of ended) act(s, code);
    const failedToOpen = 'open' in s.timers;
    wait(s);
    if (!s.online) return;
    if (full.includes(code)) {
      refuse(s, s.refusal || t`All places are taken; trying again`);
      s.effects.push({ type: 'ask' });
    } else if (failedToOpen) {
      notOpened(s);
    }
  },

  // A page cannot see why a socket was refused: api/state tells. No status: there was no answer.
  answer(s, { status, body }) {
    const { asking } = s;
    if (!asking && !['waiting', 'refused'].includes(s.phase)) return;
    for (const act of ended) act(s, status);
    if (status === 200) apply(s, body ?? {});
    const words = reason(s, status, body);
    if (asking) {
      s.refusal = words;
      if (status < 500 && status !== 403) connect(s);
      else wait(s);
    } else if (words) {
      refuse(s, words);
    }
  },

  message(s, { socket, text }) {
    if (!s.held || socket !== s.socket) return;
    if (s.phase === 'stale') listen(s);
    if ('silence' in s.timers) s.timers.silence = s.now + timeouts.silence;
    const message = parsed(text);
    messages[message?.type]?.(s, message);
  },

  tap(s, { part }) { toggle(s, part); },
  set(s, { part, values }) { want(s, part, values); },
});

Object.assign(expired, {
  open(s) {
    if (s.asking) {
      s.refusal = '';
      wait(s);
      if (s.online) s.timers.retry = s.now + timeouts.reconnectLeast; // it has waited for the answer
    } else {
      wait(s);
      if (s.online) notOpened(s);
    }
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
  second() {}, // to draw what counts down
  sleep,
  ring(s, part) { s.pending[part] = { ...s.pending[part], ring: true }; },
  revert(s, part) { giveUp(s, part, t`did not answer`); },
  notice(s) { s.notice = ''; },
  quiet(s) {
    const text = s.unsaid;
    s.said = s.unsaid = '';
    if (text) say(s, text);
  },
});

const messages = {
  hello(s, message) {
    if (s.phase !== 'live' && s.phase !== 'checking') {
      forget(s, 'open');
      s.barred = 0;
      s.refusal = '';
      s.timers.steady = s.now + timeouts.steady;
      listen(s);
    }
    apply(s, message);
  },

  state: apply,

  pong(s, { n, clients }) {
    if (clients) s.clients = clients;
    if (n !== s.pings || !('pong' in s.timers)) return;
    const allowed = s.phase === 'checking' ? timeouts.probe : timeouts.pong;
    s.delay = allowed - (s.timers.pong - s.now);
    forget(s, 'pong');
    if (s.phase !== 'checking') return;
    s.phase = 'live';
    if (s.visible) s.timers.silence = s.now + timeouts.silence;
  },

  ack(s, { id, rev, error }) {
    const part = Object.keys(s.pending).find((name) => s.pending[name].id === id);
    if (!part || s.pending[part].acked !== undefined) return;
    if (error) giveUp(s, part, t`refused: ${t([error])}`);
    else settle(s, part, rev);
  },
};

// The connection --------------------------------------------------------------------------------------------

// The device is asked over HTTP first, but for the first socket, for then the page has just come from it: Firefox holds
// a WebSocket back the longer the more have failed, and a request never.
function open(s) {
  s.phase = s.online ? 'connecting' : 'offline';
  if (!s.socket) return connect(s);
  s.asking = true;
  s.timers.open = s.now + timeouts.ask;
  s.effects.push({ type: 'ask' });
}

function connect(s) {
  s.asking = false;
  s.held = true;
  s.socket += 1;
  s.timers.open = s.now + timeouts.open;
  s.effects.push({ type: 'open', socket: s.socket });
}

function drop(s) {
  if (s.held) s.effects.push({ type: 'close', code: 1000, socket: s.socket });
  s.held = s.asking = false;
  s.delay = undefined;
  forget(s, ...ofTheSocket);
  forgetCommands(s);
}

function reopen(s) {
  drop(s);
  open(s);
}

// Waits for the next attempt: full jitter, doubling, capped, forever.
function wait(s) {
  drop(s);
  s.phase = !s.online ? 'offline' : s.refusal ? 'refused' : 'waiting';
  // "Offline" is only the browser's opinion, so that too is tried now and then.
  const ceiling = Math.min(timeouts.reconnectCap, timeouts.reconnectBase * 2 ** s.failures);
  const jittered = timeouts.reconnectLeast + s.random * (ceiling - timeouts.reconnectLeast);
  s.timers.retry = s.now + (s.online ? jittered : timeouts.offline);
  if (s.online) s.failures += 1;
}

// The next moment at which a time that counts down on the page shows another second.
function countDown(s) {
  forget(s, 'second');
  if (!s.visible) return;
  const steps = Object.keys(s.timers).filter((name) => name === 'retry' || name.startsWith('left '))
    .map((name) => s.timers[name] - s.now).filter((left) => left > 1000).map((left) => left % 1000 || 1000);
  if (steps.length) s.timers.second = s.now + Math.min(...steps);
}

function refuse(s, words) {
  s.phase = 'refused';
  s.refusal = words;
}

// Why no socket opens, by an answer over HTTP; nothing if that does not tell.
function reason(s, status, body) {
  const error = typeof body?.error === 'string' && body.error[0]?.toUpperCase() + body.error.slice(1);
  if (status === 403) return t([error]) || t`Opened from another site`;
  if (status === 503) return t`${t([error || 'All places are taken'])}; trying again`;
  if (status !== 200) return '';
  if (body?.full) return t`${screens(s.clients)} already open; trying again`;
  return s.barred < patience ? '' : t`The browser, a policy or a proxy blocks the WebSocket; trying again`;
}

// The device is there if it answers, and then something in between is to blame.
function notOpened(s) {
  s.barred += 1;
  s.effects.push({ type: 'ask' });
}

function sleep(s) {
  drop(s);
  forget(s, 'sleep');
  s.phase = 'asleep';
}

function wake(s, suspicious) {
  if (!s.visible || s.phase === 'checking') return;
  // An attempt just begun is left to finish: several of these events come together.
  const attemptIsYoung = s.timers.open - s.now > (s.asking ? timeouts.ask : timeouts.open) - timeouts.probe;
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
  s.timers.silence = s.now + timeouts.silence;
  ping(s);
}

function ping(s) {
  s.pings += 1;
  s.timers.pong = s.now + (s.phase === 'checking' ? timeouts.probe : timeouts.pong);
  s.timers.ping = s.now + timeouts.ping;
  s.effects.push({ type: 'send', message: { type: 'ping', n: s.pings } });
}

function notAnswering(s) {
  s.phase = 'stale';
  forget(s, 'ping', 'pong', 'silence');
  s.timers.give = s.now + timeouts.grace;
}

export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function speakOfConnection(s) {
  const topic = {
    live: t`Connected`, stale: t`Not answering`, waiting: t`Not connected, reconnecting`,
    offline: t`This device is offline`, refused: s.refusal,
  }[s.phase];
  if (!topic || topic === s.topic) return;
  s.topic = topic;
  say(s, topic);
}
