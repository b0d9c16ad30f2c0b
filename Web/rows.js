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

export function make(tag, attributes = {}, ...children) {
  const node = document.createElementNS(
    `http://www.w3.org/${['svg', 'path'].includes(tag) ? '2000/svg' : '1999/xhtml'}`, tag);
  for (const [attribute, value] of Object.entries(attributes)) mark(node, attribute, value);
  node.append(...children);
  return node;
}

// Sections and rows in the device's order; what is in place stays there, so that it keeps the focus.
export function arrange(groups) {
  const root = byId('parts');
  groups.forEach(({ group, parts }, n) => {
    const section = root.children[n] ?? root.appendChild(make('section', {}, make('ul')));
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
    node = make('li', { 'data-part': name, 'data-kind': kind });
    const inner = [make('b', { id: `${name}-label` }), make('i')];
    if (kind === 'button') inner.push(make('span', { class: 'key' }));
    if (isLamp(part) || remote) {
      const button = make('button', { 'aria-labelledby': `${name}-label` }, ...inner);
      if (isLamp(part)) mark(button, 'role', 'switch');
      inner.splice(0, 3, make('form', {}, button));
    }
    node.append(...inner);
  }
  complete(node, part);
  node.shape = shape;
  rows.set(name, node);
  return node;
}

// Adds the controls that need JavaScript.
function complete(node, { name, kind, label, channels, min, max, step }) {
  const word = node.querySelector('i');
  mark(word, 'id', `${name}-word`);
  const input = (type, value, more) => make('input', {
    type, 'data-value': value, title: value, 'aria-label': `${label} ${value}`, ...more,
  });
  const stepper = (by, sign, what) => make('button', {
    type: 'button', 'data-step': by, 'aria-label': `${label} ${what}`,
  }, sign);
  if (kind === 'light') {
    const controls = make('div', { class: 'controls' }, input('range', 'brightness', { min: 1, max: 255 }));
    if (channels >= 3) controls.append(input('color', 'color'));
    if (channels >= 4) controls.append(input('range', 'white', { min: 0, max: 255 }));
    node.append(controls);
  } else if (kind === 'number') {
    const field = input('number', 'value', { min, max, step, 'aria-label': undefined, 'aria-labelledby': `${name}-label` });
    word.before(make('span', { class: 'stepper' }, stepper(-1, '−', 'less'), field, stepper(1, '+', 'more')));
  } else if (kind === 'sensor') {
    const summary = make('summary', {}, ...node.childNodes);
    const chart = make('svg', { viewBox: '0 0 100 30', preserveAspectRatio: 'none', 'aria-hidden': true }, make('path'));
    node.append(make('details', {}, summary, chart, make('p')));
  }
}

function drawRow(part, node) {
  const { name, kind, label, word, fault, unit, on, checked, pressed, ring, usable, chart } = part;
  put(node, 'className', Object.entries({ on, pressed, ring, gone: fault }).filter(([, is]) => is)
    .map(([key]) => key).join(' '));
  put(node.querySelector('b'), 'textContent', label);
  put(node.querySelector('i'), 'textContent', kind === 'number' && !fault ? unit ?? '' : word);
  for (const control of node.querySelectorAll('button, input')) mark(control, 'aria-disabled', !usable);
  const button = node.querySelector('form button');
  if (button) mark(button, 'aria-describedby', !fault && usable ? undefined : fault ? `${name}-word` : 'connection');
  if (isLamp(part)) mark(button, 'aria-checked', checked);
  for (const input of node.querySelectorAll('input')) drawInput(input, part);
  if (chart) {
    mark(node.querySelector('path'), 'd', chart.path);
    put(node.querySelector('p'), 'textContent', chart.words);
  }
}

const hex = ([r, g, b]) => `#${[r, g, b].map((n) => n.toString(16).padStart(2, '0')).join('')}`;

function drawInput(input, { brightness = 255, color = [255, 255, 255, 0], value }) {
  if (input.editing) return; // somebody types a number
  const shown = { brightness, color: hex(color), white: color[3] ?? 0, value: value ?? '' }[input.dataset.value];
  put(input, 'value', `${shown}`);
  if (input.dataset.value === 'brightness') mark(input, 'aria-valuetext', percent(brightness));
}

// What an input asks for.
export function wanted({ dataset, value }, { color = [] }) {
  const number = Number(value);
  switch (dataset.value) {
    case 'brightness': return { on: true, brightness: number };
    case 'white': return { on: true, color: [...color.slice(0, 3), number] };
    case 'color': {
      const rgb = [1, 3, 5].map((n) => parseInt(value.slice(n, n + 2), 16));
      return { on: true, color: [...rgb, ...color.slice(3)] };
    }
    default: return { value: value === '' ? NaN : number };
  }
}
