// SPDX-License-Identifier: MIT
//
// A button with a key to press from the page, where the description allows that (`remote`). It is pressed while a
// pointer or a key of the keyboard is down.

import './button.js';
import { reachable, tell } from '../commands.js';
import { events, kinds } from '../kinds.js';

// Each press and release is sent, in order: none may be lost. `s.memory` has the socket that a press went to.
function work(s, name, gesture) {
  const isHeld = s.held && s.memory[name] === s.socket;
  if (gesture === 'release' ? !isHeld : isHeld || !reachable(s, name)) return;
  s.memory[name] = gesture === 'press' && s.socket;
  const desired = gesture === 'click' ? {} : { pressed: gesture === 'press' };
  s.notice = '';
  tell(s, name, { type: gesture }, { sent: desired, desired });
}

for (const gesture of ['press', 'release', 'click']) events[gesture] = (s, { part }) => work(s, part, gesture);

let held; // the part that a pointer or a key holds down
let pointed; // the pointer that is down has pressed and released: no click of its own

// The button in an event that can be worked from the page.
const keyOf = ({ target }) => target.closest('form button');

function hold(row, send) {
  held = row.dataset.part;
  send('press', { part: held });
}

function release(send) {
  if (held) send('release', { part: held });
  held = undefined;
}

Object.assign(kinds.button, {
  on: {
    pointerdown(event, row, send) {
      // A finger on the row may want to scroll, so that it presses on the key only; elsewhere it clicks.
      pointed = keyOf(event) && !event.button && (event.pointerType === 'mouse' || event.target.closest('.key'));
      if (pointed) hold(row, send);
    },
    keydown(event, row, send) {
      if (!keyOf(event) || ![' ', 'Enter'].includes(event.key)) return;
      if (!event.repeat) hold(row, send);
      event.preventDefault();
    },
    keyup(event, row, send) {
      if (!keyOf(event)) return;
      if (event.key !== 'Tab') event.preventDefault();
      release(send);
    },
    click(event, row, send) {
      if (!keyOf(event)) return;
      event.preventDefault();
      if (!event.detail || !pointed) send('click', { part: row.dataset.part });
    },
    contextmenu: (event) => keyOf(event) && event.preventDefault(),
    focusout: (event, row, send) => held === row.dataset.part && release(send),
  },

  listen(send) {
    for (const type of ['pointerup', 'pointercancel', 'blur']) addEventListener(type, () => release(send));
  },
});
