// SPDX-License-Identifier: MIT
//
// A light: on or off, with a slider for its brightness, and with three or four channels a color and a white.

import { mark, put } from '../browser.js';
import { kinds } from '../kinds.js';
import { t } from '../language.js';
import { onOff } from '../words.js';

const percent = (brightness) => t`${Math.max(1, Math.round(brightness / 2.55))} %`;
const field = (name, title, rest) => `<input name=${name} title="${title}" type=${rest}>`;
const hex = (color) => `#${color.slice(0, 3).map((n) => n.toString(16).padStart(2, '0')).join('')}`;

kinds.light = {
  isLamp: true,
  isDragged: true,
  values: ['on', 'brightness', 'color'],

  word: ({ on, brightness }) => (on && brightness ? t`on · ${percent(brightness)}` : onOff(on)),

  complete(row, { channels }) {
    row.insertAdjacentHTML('beforeend', '<div class=controls>'
      + field('brightness', t`brightness`, 'range min=1 max=255')
      + (channels > 2 ? field('color', t`color`, 'color') : '')
      + (channels > 3 ? field('white', t`white`, 'range min=0 max=255') : '') + '</div>');
  },

  draw(row, { brightness = 255, color = [255, 255, 255] }) {
    const shown = { brightness, color: hex(color), white: color[3] ?? 0 };
    for (const input of row.querySelectorAll('input')) {
      put(input, 'value', `${shown[input.name]}`);
      if (input.name === 'brightness') mark(input, 'aria-valuetext', percent(brightness));
    }
  },

  on: {
    input({ target, target: { value } }, { drawn: { name, color = [] } }, send) {
      const asked = {
        brightness: () => ({ brightness: +value }),
        color: () => ({ color: [...[1, 3, 5].map((n) => parseInt(value.slice(n, n + 2), 16)), ...color.slice(3)] }),
        white: () => ({ color: [...color.slice(0, 3), +value] }),
      }[target.name]();
      send('set', { part: name, values: { on: true, ...asked } });
    },
  },
};
