// SPDX-License-Identifier: MIT
//
// Any order of events: a device, a network and a user that do what they like, for thousands of steps. The
// rules that must never be broken are checked at each; in the end the network heals and the page must find
// its way home. SEED=n node --test repeats one run.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deadline } from '../connection.js';
import { Page } from './page.js';

// Marsaglia's xorshift32.
function generator(seed) {
  let x = seed || 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

// A device with one LED, and the sockets that the page has opened to it.
class World {
  constructor(random) {
    this.random = random;
    this.device = { boot: 1, rev: 1, on: false, clients: 1 };
    this.page = new Page();
    this.socket = undefined; // the one that the page holds
    this.greeted = false;
    this.inFlight = []; // messages on their way to the page, in order
    this.outbound = []; // and to the device
    this.dead = false; // the link is dead and does not tell; what it holds may come through later
    this.step('load');
  }

  snapshot(type, extra) {
    const { boot, rev, on, clients } = this.device;
    return {
      type, boot: `${boot}`, rev, clients, ...extra,
      pins: { led: { on }, button: { pressed: false } },
    };
  }

  change(on, by) {
    this.device.on = on;
    this.device.rev += 1;
    this.post(this.snapshot('state', { by }));
  }

  post(message) {
    if (this.greeted) this.inFlight.push(message);
  }

  restart() {
    this.device = { ...this.device, boot: this.device.boot + 1, rev: 1, on: false };
    this.lose();
  }

  lose() {
    const { socket } = this;
    if (socket === undefined) return;
    Object.assign(this, { greeted: false, inFlight: [], outbound: [] });
    this.step('closed', { socket, code: this.random() < 0.1 ? 1013 : 1006 });
    if (this.socket === socket) this.socket = undefined;
  }

  greet() {
    if (this.socket === undefined || this.greeted || this.dead) return;
    this.greeted = true;
    this.post(this.snapshot('hello'));
  }

  deliver() {
    if (this.dead) return;
    if (this.outbound.length) this.execute(this.outbound.shift());
    const message = this.inFlight.shift();
    if (message) this.step('message', { socket: this.socket, text: JSON.stringify(message) });
  }

  step(type, details) {
    this.page.random = this.random();
    this.page.send(type, details);
    for (const effect of this.page.take()) this.perform(effect);
    this.check();
  }

  perform(effect) {
    if (effect.type === 'open') {
      assert.equal(this.socket, undefined, 'never two sockets at once');
      Object.assign(this, { socket: effect.socket, greeted: false, inFlight: [], outbound: [] });
    } else if (effect.type === 'close') {
      assert.equal(effect.socket, this.socket, 'only its own socket is closed');
      Object.assign(this, { socket: undefined, greeted: false, inFlight: [], outbound: [] });
    } else if (effect.type === 'send') {
      assert.notEqual(this.socket, undefined, 'nothing is sent without a socket');
      if (effect.message.type === 'set') assert.equal(this.page.phase, 'live', 'commands only while live');
      if (this.greeted) this.outbound.push(effect.message);
    }
  }

  execute({ type, n, id, on }) {
    if (type === 'ping') this.post({ type: 'pong', n });
    if (type !== 'set' || this.random() < 0.2) return; // one command in five is lost
    if (on !== this.device.on) this.change(on, '#1');
    this.post({ type: 'ack', id, rev: this.device.rev });
  }

  check() {
    const { state, view } = this.page;
    if (state.visible) assert.ok(deadline(state) < Infinity, 'a visible page always waits for something');
    assert.ok(Object.keys(state.timers).length <= 12, 'timers do not pile up');
    assert.equal(view.live, state.phase === 'live');
    if (!state.held) assert.deepEqual(state.pending, {}, 'nothing waits without a socket');
    if (state.held) assert.equal(this.socket, state.socket);
    if ('retry' in state.timers && state.timers.retry > state.now) {
      assert.ok(state.timers.retry - state.now <= 10_000, 'the back-off is capped');
    }
  }

  pass(milliseconds) {
    const end = this.page.now + milliseconds;
    for (;;) {
      const due = deadline(this.page.state);
      if (!(due <= end)) break;
      this.page.now = Math.max(this.page.now, due);
      this.step('tick');
      if (this.random() < 0.7) this.deliver();
    }
    this.page.now = end;
  }

  disturb() {
    const { random, page } = this;
    const choices = [
      [30, () => this.pass(random() * 400)],
      [10, () => this.pass(random() * 6000)],
      [30, () => this.deliver()],
      [15, () => this.greet()],
      [12, () => this.step('tap', { pin: 'led' })],
      [8, () => this.change(random() < 0.5, 'button')],
      [4, () => this.lose()],
      [2, () => this.restart()],
      [3, () => { this.dead = !this.dead; }],
      [3, () => this.step('hide')],
      [4, () => this.step('show')],
      [1, () => this.step('leave')],
      [2, () => this.step('offline')],
      [3, () => this.step('online')],
      [3, () => this.step('retry')],
      [2, () => page.jump(random() * 120_000)],
      [1, () => page.jump(random() * -120_000)],
      [2, () => this.step('answer', { status: 403, body: null })],
    ];
    let pick = random() * choices.reduce((sum, [weight]) => sum + weight, 0);
    choices.find(([weight]) => (pick -= weight) < 0)[1]();
  }

  // The network is whole again and somebody looks at the page.
  heal() {
    this.dead = false;
    this.step('online');
    this.step('show');
    for (let n = 0; n < 2000; n += 1) {
      this.pass(10);
      this.greet();
      while (this.inFlight.length + this.outbound.length) this.deliver();
    }
  }
}

test('no order of events breaks a rule, and a healed network brings the true state back', (t) => {
  const first = Number(process.env.SEED) || Math.floor(Math.random() * 2 ** 31);
  t.diagnostic(`SEED=${first}`);
  for (let run = 0; run < (process.env.SEED ? 1 : 60); run += 1) {
    const seed = first + run;
    try {
      const world = new World(generator(seed));
      for (let n = 0; n < 400; n += 1) world.disturb();
      world.heal();
      assert.equal(world.page.phase, 'live');
      assert.equal(world.page.led.on, world.device.on);
      assert.equal(world.page.led.confirmed, world.device.on);
      assert.equal(world.page.state.rev, world.device.rev);
      assert.deepEqual(world.page.state.pending, {});
    } catch (error) {
      error.message = `SEED=${seed}: ${error.message}`;
      throw error;
    }
  }
});
