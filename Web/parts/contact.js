// SPDX-License-Identifier: MIT
//
// A contact: one of two sides, called by what it watches. The server has the same words.

import { kinds } from '../kinds.js';
import { t } from '../language.js';

const opening = ['open', 'closed'];
const detection = ['detected', 'clear'];

// What the two sides are called, by the device class.
export const sides = {
  door: opening, garage_door: opening, window: opening, opening,
  motion: detection, occupancy: detection, presence: detection, smoke: detection, gas: detection,
  carbon_monoxide: detection, sound: detection, vibration: detection, tamper: detection,
  moisture: ['wet', 'dry'], lock: ['unlocked', 'locked'], battery: ['low', 'normal'],
  connectivity: ['connected', 'disconnected'], plug: ['plugged in', 'unplugged'],
  problem: ['problem', 'OK'], safety: ['unsafe', 'safe'],
};

kinds.contact = {
  values: ['on'],

  word({ on, device_class }) {
    const [yes, no] = sides[device_class] ?? ['on', 'off'];
    return t([on ? yes : no]);
  },
};
