// SPDX-License-Identifier: MIT
//
// A page in virtual time, for the tests: it sends events to the reducer, runs its timers, keeps its effects.
// Every state is frozen, so a reducer that changed its input would fail.

import { deadline, initial, reduce } from '../connection.js';
import { view } from '../words.js';

export const START = 1_700_000_000_000;

function frozen(value) {
  if (value && typeof value === 'object') Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

export class Page {
  constructor({ random = 0.5, ...known } = {}) {
    this.now = START;
    this.random = random;
    this.effects = [];
    this.state = frozen(initial({
      now: START, name: 'Kitchen', ...known,
    }));
  }

  send(type, details = {}) {
    const event = frozen({ ...details, type, now: this.now, random: this.random });
    const [state, effects] = reduce(this.state, event);
    this.state = frozen(state);
    this.effects.push(...effects);
    return this;
  }

  // Lets time pass, with a tick at each deadline, as the shell does.
  pass(milliseconds) {
    const end = this.now + milliseconds;
    while (deadline(this.state) <= end) {
      this.now = Math.max(this.now, deadline(this.state));
      this.send('tick');
    }
    this.now = end;
    return this;
  }

  // Time passes unseen: the machine sleeps, or its clock is set.
  jump(milliseconds) {
    this.now += milliseconds;
    return this;
  }

  receive(message, socket = this.state.socket) {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    return this.send('message', { socket, text });
  }

  hello(details = {}) {
    return this.receive(hello(details));
  }

  closed(code = 1006, socket = this.state.socket) {
    return this.send('closed', { socket, code });
  }

  // The device answers over HTTP.
  answer(status = 200, body = undefined) {
    return this.send('answer', { status, body });
  }

  pong() {
    return this.receive({ type: 'pong', n: this.state.pings });
  }

  // Passes time with a device that answers pings at once.
  passAnswered(milliseconds) {
    const end = this.now + milliseconds;
    for (;;) {
      if ('pong' in this.state.timers) this.pong();
      if (this.now === end) return this;
      this.pass(Math.min(end, deadline(this.state)) - this.now);
    }
  }

  // The effects since the last look.
  take() {
    const taken = this.effects;
    this.effects = [];
    return taken;
  }

  sent(type) {
    return this.take().filter((effect) => effect.type === 'send' && effect.message.type === type)
      .map((effect) => effect.message);
  }

  get phase() { return this.state.phase; }
  get view() { return view(this.state); }
  // What a part's row shows.
  part(name) { return this.view.parts.find((part) => part.name === name); }
  get led() { return this.part('led'); }
}

export const led = (on) => ({ kind: 'switch', label: 'LED', on });
export const button = (more) => ({ kind: 'button', label: 'Button', pressed: false, presses: 0, ...more });

export function hello({ on = false, parts = { led: led(on), button: button() }, ...rest } = {}) {
  return {
    type: 'hello', proto: 2, boot: '9f3a', rev: 41, status: on ? 'on' : 'off', parts, clients: 1,
    name: 'Kitchen', ...rest,
  };
}

export function state(rev, parts, more) {
  return { type: 'state', boot: '9f3a', rev, parts, ...more };
}

export function stateOf(rev, on, { by = 'button', ...more } = {}) {
  return state(rev, { led: { on, by } }, more);
}

// Pages in each phase, each reached as a browser reaches it.
export const pages = {
  connecting: (options) => new Page(options).send('load'),
  live: (options) => pages.connecting(options).hello().pong(),
  checking: (options) => pages.live(options).send('hide').jump(12_000).send('show'),
  stale: (options) => pages.live(options).pass(9000),
  waiting: (options) => pages.live(options).closed(),
  offline: (options) => pages.live(options).send('offline'),
  refused: (options) => pages.connecting(options).closed(4013),
  asleep: (options) => pages.live(options).send('hide').pass(30_000),
};
