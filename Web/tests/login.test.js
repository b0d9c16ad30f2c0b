// SPDX-License-Identifier: MIT
//
// A page where people log in: who they are, what they may use, and the end of their session.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { led, pages, stateOf } from './page.js';

const parts = { led: led(false), door: { ...led(false), label: 'Door', access: 'admin' } };
const live = (details) => {
  const page = pages.connecting().hello({ parts, ...details }).pong();
  page.take();
  return page;
};
const usable = (page) => page.view.parts.filter((part) => part.usable).map(({ name }) => name);

test('each role has its parts', () => {
  assert.deepEqual(usable(live()), ['led', 'door']);
  assert.deepEqual(usable(live({ user: 'anna', role: 'admin' })), ['led', 'door']);
  assert.deepEqual(usable(live({ user: 'ben', role: 'control' })), ['led']);
  assert.deepEqual(usable(live({ user: 'cid', role: 'view' })), []);
});

test('what is not theirs to use is not asked for, and the page says why', () => {
  const page = live({ role: 'view' }).send('tap', { part: 'led' });
  assert.deepEqual(page.sent('set'), []);
  assert.equal(page.view.notice, 'Not sent - you may not use it');
});

test('the details say who is logged in', () => {
  assert.equal(live({ user: 'anna', role: 'admin' }).view.about.User, 'anna (admin)');
  assert.equal(live({ role: 'view' }).view.about.User, 'guest');
  assert.equal(live().view.about.User, undefined);
});

test('a change says whose it is, and a change of our own that it is ours', () => {
  const page = live({ user: 'anna', role: 'admin' }).receive(stateOf(42, true, { by: 'ben' }));
  assert.equal(page.view.changes[0].by, 'by ben');
  page.send('tap', { part: 'led' }).receive(stateOf(43, false, { by: 'anna' }));
  assert.equal(page.view.changes[0].by, 'by this screen');
});

test('when the session has ended the page is loaded anew', () => {
  const reloads = (page) => page.take().filter(({ type }) => type === 'reload').length;
  assert.equal(reloads(live({ role: 'view' }).closed(1008)), 1);
  assert.equal(reloads(pages.waiting().send('retry').answer(401)), 1);
  assert.equal(reloads(live().closed(1001)), 0);
});
