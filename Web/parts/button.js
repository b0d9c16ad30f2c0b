// SPDX-License-Identifier: MIT
//
// A button: what it was last told. That of a button which may be pressed from the page is in remote-button.js.

import { kinds } from '../kinds.js';

kinds.button = {
  isQuiet: true,
  values: ['pressed', 'presses', 'gesture'],

  word: ({ pressed, gesture }) => (pressed ? 'pressed' : gesture ?? 'released'),

  difference: (was, { presses, gesture }) => (was.presses !== presses ? 'pressed' : was.gesture !== gesture && gesture),
};
