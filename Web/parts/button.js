// SPDX-License-Identifier: MIT
//
// A button: what it was last told. That of a button which may be pressed from the page is in remote-button.js.

import { kinds } from '../kinds.js';
import { t } from '../language.js';

kinds.button = {
  isQuiet: true,
  values: ['pressed', 'presses', 'gesture'],

  word: ({ pressed, gesture }) => (pressed ? t`pressed` : t([gesture]) ?? t`released`),

  difference: (was, { presses, gesture }) => (
    was.presses !== presses ? t`pressed` : was.gesture !== gesture && t([gesture])),
};
