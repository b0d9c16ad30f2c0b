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

const DESCRIPTION = {
  led: { kind: 'switch', label: 'LED' },
  desk: { kind: 'light', label: 'Desk', channels: 1 },
  target: { kind: 'number', label: 'Target', min: 0, max: 9, step: 1 },
  wall: { kind: 'button', label: 'Wall', remote: true },
};

const atStart = () => ({
  led: { on: false }, desk: { on: false, brightness: 255 }, target: { value: 5 },
  wall: { pressed: false, presses: 0 },
});

// A device with a part of each kind that can be commanded, and the sockets that the page has opened to it. It is
// slow and simple: each part has the revision of its last change, and a state holds those past the cursor.
class World {
  constructor(random) {
    this.random = random;
    this.device = { boot: 1, rev: 1, values: atStart(), changed: {} };
    this.page = new Page();
    this.socket = undefined; // the one that the page holds
    this.greeted = false;
    this.cursor = 0; // what this page was sent up to
    this.inFlight = []; // messages on their way to the page, in order
    this.outbound = []; // and to the device
    this.unanswered = {}; // part -> the set that the page waits for, and since when
    this.losses = 0.2; // of the sets
    this.asked = false; // over HTTP
    this.dead = false; // the link is dead and does not tell; what it holds may come through later
    this.step('load');
  }

  parts(since) {
    const { values, changed } = this.device;
    return Object.fromEntries(Object.keys(values).filter((part) => (changed[part] ?? 0) > since).map((part) => (
      [part, since < 0 ? { ...DESCRIPTION[part], ...values[part] } : { ...values[part] }])));
  }

  snapshot(type, since, extra) {
    const { boot, rev } = this.device;
    return { type, boot: `${boot}`, rev, clients: 1, ...extra, parts: this.parts(since) };
  }

  change(part, values, by) {
    delete this.device.values[part].wanted; // it is there only while it differs
    Object.assign(this.device.values[part], values, { by });
    this.device.rev += 1;
    this.device.changed[part] = this.device.rev;
  }

  // What the kernel has room for: several changes become one message.
  publish() {
    if (this.greeted && this.device.rev > this.cursor) this.post(this.snapshot('state', this.cursor));
    this.cursor = this.device.rev;
  }

  post(message) {
    if (this.greeted) this.inFlight.push(message);
  }

  restart() {
    this.device = { boot: this.device.boot + 1, rev: 1, values: atStart(), changed: {} };
    this.lose();
  }

  lose() {
    const { socket } = this;
    if (socket === undefined) return;
    this.forget();
    this.step('closed', { socket, code: this.random() < 0.1 ? 4013 : 1006 });
    if (this.socket === socket) this.socket = undefined;
  }

  // What goes with a connection; the device releases what this page held down.
  forget() {
    Object.assign(this, { greeted: false, inFlight: [], outbound: [], unanswered: {} });
    if (this.device.values.wall.pressed) this.change('wall', { pressed: false }, '#1');
  }

  greet() {
    if (this.asked && !this.dead) {
      this.asked = false;
      this.step('answer', { status: 200, body: this.snapshot('hello', -1) });
    }
    if (this.socket === undefined || this.greeted || this.dead) return;
    this.greeted = true;
    this.post(this.snapshot('hello', -1));
    this.cursor = this.device.rev;
  }

  deliver() {
    if (this.dead) return;
    if (this.outbound.length) this.execute(this.outbound.shift());
    if (this.random() < 0.5) this.publish();
    const message = this.inFlight.shift();
    if (message?.type === 'ack') {
      for (const part in this.unanswered) if (this.unanswered[part].id === message.id) delete this.unanswered[part];
    }
    if (message) this.step('message', { socket: this.socket, text: JSON.stringify(message) });
  }

  step(type, details) {
    this.page.random = this.random();
    this.page.send(type, details);
    for (const effect of this.page.take()) this.perform(effect, type);
    this.check();
  }

  perform(effect, event) {
    if (effect.type === 'open') {
      assert.equal(this.socket, undefined, 'never two sockets at once');
      assert.ok(effect.socket === 1 || event === 'answer', 'a socket is opened when the device has answered');
      this.forget();
      this.socket = effect.socket;
    } else if (effect.type === 'close') {
      assert.equal(effect.socket, this.socket, 'only its own socket is closed');
      this.forget();
      this.socket = undefined;
    } else if (effect.type === 'ask') {
      this.asked = true;
    } else if (effect.type === 'send') {
      assert.notEqual(this.socket, undefined, 'nothing is sent without a socket');
      if (effect.message.type === 'set') this.checkCommand(effect.message);
      if (this.greeted) this.outbound.push(effect.message);
    }
  }

  checkCommand({ id, part }) {
    const { phase, now } = this.page;
    assert.equal(phase, 'live', 'commands only while live');
    const before = this.unanswered[part];
    assert.ok(!before || now - before.at >= 2000, 'one command a part is unanswered at a time');
    this.unanswered[part] = { id, at: now };
  }

  execute({ type, n, id, part, ...values }) {
    if (type === 'ping') return this.post({ type: 'pong', n });
    if (type === 'set' && this.random() < this.losses) return;
    if (type === 'set') {
      const known = this.device.values[part];
      if (Object.keys(values).some((key) => values[key] !== known[key])) this.change(part, values, '#1');
    } else {
      const pressed = type === 'press';
      assert.notEqual(pressed, this.device.values.wall.pressed, 'presses and releases take turns');
      this.change(part, { pressed, presses: this.device.values.wall.presses + pressed }, '#1');
    }
    if (this.random() < 0.5) this.publish();
    this.post({ type: 'ack', id, rev: this.device.rev });
  }

  check() {
    const { state, view } = this.page;
    if (state.visible) assert.ok(deadline(state) < Infinity, 'a visible page always waits for something');
    assert.ok(Object.keys(state.timers).length <= 24, 'timers do not pile up');
    assert.equal(view.live, state.phase === 'live');
    if (!state.held) assert.deepEqual(state.pending, {}, 'nothing waits without a socket');
    if (state.held) assert.equal(this.socket, state.socket);
    if ('retry' in state.timers && state.timers.retry > state.now) {
      assert.ok(state.timers.retry - state.now <= 10_000, 'the back-off is capped');
    }
  }

  // Page and device agree, and nothing waits.
  checkHome() {
    const { page, device } = this;
    assert.equal(page.phase, 'live');
    for (const [part, values] of Object.entries(device.values)) {
      assert.deepEqual(page.state.parts[part], { ...DESCRIPTION[part], ...values });
      const { checked, brightness, value, pressed } = page.part(part);
      assert.deepEqual([brightness, value, pressed], [values.brightness, values.value, values.pressed]);
      assert.equal(checked, values.wanted ?? values.on ?? false);
    }
    assert.equal(page.state.rev, device.rev);
    assert.deepEqual(page.state.pending, {});
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
      [9, () => this.step('tap', { part: random() < 0.7 ? 'led' : 'desk' })],
      [9, () => this.slide()],
      [4, () => this.step('set', { part: 'target', values: { value: Math.floor(random() * 12) } })],
      [4, () => this.step('press', { part: 'wall' })],
      [4, () => this.step('release', { part: 'wall' })],
      [8, () => this.change('led', { on: random() < 0.5 }, 'button')],
      [2, () => this.change('led', { on: false, wanted: true }, 'interlock')],
      [4, () => this.change('desk', { on: true, brightness: 1 + Math.floor(random() * 255) }, '#2')],
      [6, () => this.publish()],
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
      [1, () => this.setBack(random() * 120_000)],
      [2, () => this.step('answer', { status: 403, body: null })],
    ];
    let pick = random() * choices.reduce((sum, [weight]) => sum + weight, 0);
    choices.find(([weight]) => (pick -= weight) < 0)[1]();
  }

  setBack(milliseconds) {
    this.page.jump(-milliseconds);
    for (const part in this.unanswered) this.unanswered[part].at -= milliseconds;
  }

  slide() {
    const brightness = 1 + Math.floor(this.random() * 255);
    this.step('set', { part: 'desk', values: { on: true, brightness } });
    return brightness;
  }

  // The network is whole again and somebody looks at the page.
  heal() {
    Object.assign(this, { dead: false, losses: 0 });
    this.step('online');
    this.step('show');
    this.settle();
  }

  settle() {
    for (let n = 0; n < 2000; n += 1) {
      this.pass(10);
      this.greet();
      this.publish();
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
      world.checkHome();
      for (const values of [{ on: false, wanted: true }, { on: true }]) {
        world.change('led', values, 'interlock');
        world.settle();
        world.checkHome();
      }
      for (let n = 0; n < 9; n += 1) world.slide();
      const last = world.slide();
      world.settle();
      world.checkHome();
      assert.equal(world.device.values.desk.brightness, last, 'the last value wins');
    } catch (error) {
      error.message = `SEED=${seed}: ${error.message}`;
      throw error;
    }
  }
});
