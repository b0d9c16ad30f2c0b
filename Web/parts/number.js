// SPDX-License-Identifier: MIT
//
// A number: a field between two steps. Its value stands in the field, so that behind it there is only the unit.

import { put } from '../browser.js';
import { kinds } from '../kinds.js';
import { t } from '../language.js';
import { quantity } from '../quantity.js';

const stepButton = (name, title, sign) => `<button type=button name=${name} title="${title}">${sign}</button>`;
const valueField = (title) => `<input type=number title="${title}">`;
const stepper = () => '<span class=stepper>' + stepButton('stepDown', t`less`, '−') + valueField(t`value`)
  + stepButton('stepUp', t`more`, '+') + '</span>';

const fieldOf = (row) => row.querySelector('input');

function ask(row, send) {
  const field = fieldOf(row);
  field.isEdited = false;
  send('set', { part: row.drawn.name, values: { value: field.value === '' ? NaN : +field.value } });
}

function drawField(row, { value }) {
  const field = fieldOf(row);
  if (!field.isEdited) put(field, 'value', `${value ?? ''}`); // otherwise somebody types
}

kinds.number = {
  isDragged: true,
  values: ['value'],

  word: quantity,

  refusal: ({ min, max, unit = '' }, { value }) => (
    !(value >= min && value <= max) && t`goes from ${min} to ${max} ${unit}`.trim()),

  view: (s, name, { unit = '', fault }) => (fault ? {} : { word: unit }),

  complete(row, { min, max, step }) {
    row.querySelector('i').insertAdjacentHTML('beforebegin', stepper());
    Object.assign(fieldOf(row), { min, max, step });
  },

  draw: drawField,

  on: {
    click({ target }, row, send) {
      if (!target.name) return;
      fieldOf(row)[target.name]();
      ask(row, send);
    },
    input({ target }) {
      target.isEdited = true;
    },
    change: (event, row, send) => ask(row, send),
    focusout(event, row) {
      fieldOf(row).isEdited = false;
      drawField(row, row.drawn);
    },
  },
};
