// SPDX-License-Identifier: MIT
//
// The rows of the parts: the server's own, completed with what needs JavaScript, and those of parts that the
// page did not come with, in the same shape. Only what differs is written.

import { isLamp, percent } from './words.js';

export const byId = (id) => document.getElementById(id);

export function put(node, property, value) {
  if (node[property] !== value) node[property] = value;
}

export function mark(node, attribute, value) {
  if (value === undefined) node.removeAttribute(attribute);
  else if (node.getAttribute(attribute) !== `${value}`) node.setAttribute(attribute, value);
}

export function make(tag, ...children) {
  const node = document.createElement(tag);
  node.append(...children);
  return node;
}

// Sections and rows in the device's order; what is in place stays there, so that it keeps the focus.
export function arrange(groups) {
  const root = byId('parts');
  groups.forEach(({ group, parts }, n) => {
    const section = root.children[n] ?? root.appendChild(make('section', make('ul')));
    if (group && section.children.length < 2) section.prepend(make('h2'));
    if (!group && section.children.length > 1) section.firstChild.remove();
    if (group) put(section.firstChild, 'textContent', group);
    const list = section.lastChild;
    parts.forEach((part, i) => {
      const node = row(part);
      if (list.children[i] !== node) list.insertBefore(node, list.children[i] ?? null);
      drawRow(part, node);
    });
    while (list.children.length > parts.length) list.lastChild.remove();
  });
  while (root.children.length > groups.length) root.lastChild.remove();
}

const rows = new Map();

// The row of a part: as it was, the server's, or a new one.
function row(part) {
  const { name, kind, remote, channels } = part;
  const shape = [kind, remote, channels].join();
  let node = rows.get(name) ?? document.querySelector(`[data-part=${name}]`);
  if (node?.shape === shape) return node;
  if (node?.shape || node?.dataset.kind !== kind || !node.querySelector('button') === !!remote) {
    node?.remove();
    node = make('li');
    Object.assign(node.dataset, { part: name, kind });
    const inner = `<b></b><i></i>${kind === 'button' ? '<span class=key></span>' : ''}`;
    const role = isLamp(part) ? 'role=switch' : '';
    node.innerHTML = role || remote ? `<form><button ${role}>${inner}</button></form>` : inner;
  }
  complete(node, part);
  node.shape = shape;
  rows.set(name, node);
  return node;
}

const range = (title, min) => `<input type=range title=${title} min=${min} max=255>`;
const stepper = '<span class=stepper><button type=button title=less>−</button><input type=number title=value>'
  + '<button type=button title=more>+</button></span>';
const chart = '<svg viewBox="0 0 100 30" preserveAspectRatio=none aria-hidden=true><path /></svg><p></p>';

// Adds the controls that need JavaScript. Their titles say what they are, to everyone and to `wanted`.
function complete(node, { name, kind, channels, min, max, step }) {
  node.querySelector('b').id = `${name}-label`;
  node.querySelector('i').id = `${name}-word`;
  if (kind === 'light') {
    node.insertAdjacentHTML('beforeend', `<div class=controls>${range('brightness', 1)}`
      + `${channels > 2 ? '<input type=color title=color>' : ''}${channels > 3 ? range('white', 0) : ''}</div>`);
  } else if (kind === 'number') {
    node.querySelector('i').insertAdjacentHTML('beforebegin', stepper);
    Object.assign(node.querySelector('input'), { min, max, step });
  } else if (kind === 'sensor') {
    node.innerHTML = `<details><summary>${node.innerHTML}</summary>${chart}</details>`;
  }
}

function drawRow(part, node) {
  const { name, kind, label, word, fault, unit = '', on, checked, pressed, ring, usable } = part;
  put(node, 'className', Object.entries({ on, pressed, ring, gone: fault }).filter(([, is]) => is)
    .map(([key]) => key).join(' '));
  put(node.querySelector('b'), 'textContent', label);
  put(node.querySelector('i'), 'textContent', kind === 'number' && !fault ? unit : word);
  for (const control of node.querySelectorAll('button, input')) {
    mark(control, 'aria-disabled', !usable);
    if (control.title) mark(control, 'aria-label', `${label} ${control.title}`);
    else {
      mark(control, 'aria-labelledby', `${name}-label`);
      mark(control, 'aria-describedby', fault ? `${name}-word` : usable ? undefined : 'connection');
      if (isLamp(part)) mark(control, 'aria-checked', checked);
    }
    if (control.matches('input')) drawInput(control, part);
  }
  if (!part.chart) return;
  mark(node.querySelector('path'), 'd', part.chart.path);
  put(node.querySelector('p'), 'textContent', part.chart.words);
}

const hex = ([r, g, b]) => `#${[r, g, b].map((n) => n.toString(16).padStart(2, '0')).join('')}`;

function drawInput(input, { brightness = 255, color = [255, 255, 255, 0], value }) {
  if (input.editing) return; // somebody types a number
  const shown = { brightness, color: hex(color), white: color[3] ?? 0, value: value ?? '' }[input.title];
  put(input, 'value', `${shown}`);
  if (input.title === 'brightness') mark(input, 'aria-valuetext', percent(brightness));
}

// What an input asks for.
export function wanted({ title, value }, { color = [] }) {
  const number = Number(value);
  switch (title) {
    case 'brightness': return { on: true, brightness: number };
    case 'white': return { on: true, color: [...color.slice(0, 3), number] };
    case 'color': {
      const rgb = [1, 3, 5].map((n) => parseInt(value.slice(n, n + 2), 16));
      return { on: true, color: [...rgb, ...color.slice(3)] };
    }
    default: return { value: value === '' ? NaN : number };
  }
}
