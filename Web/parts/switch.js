// SPDX-License-Identifier: MIT
//
// A switch: on or off. While it rests after a change, it says where it is going.

import { kinds } from '../kinds.js';
import { t } from '../language.js';
import { onOff } from '../words.js';

kinds.switch = {
  isLamp: true,
  values: ['on', 'wanted'],

  word: ({ on, wanted }) => ((wanted ?? on) === on ? onOff(on) : t`turning ${onOff(wanted)}…`),

  difference: (was, { on }) => was.on !== on && onOff(on),
};
