// SPDX-License-Identifier: MIT
//
// The rows of the parts. The server makes them, so that they are there without JavaScript; here they get the controls
// that need it, and follow the state. When the device comes back with other parts, it is asked for their rows.

import { byId, mark, put } from './browser.js';
import { kindOf } from './kinds.js';

let described; // what the rows were made for

export function drawRows(parts, redraw) {
  const root = byId('parts');
  const rowOf = ({ name, kind }) => root.querySelector(`[data-part=${name}][data-kind=${kind}]`);
  const wanted = parts.map(({ name, kind, group, remote, channels }) => [name, kind, group, remote, channels]).join();
  const fits = described ? described === wanted
    : root.querySelectorAll('li').length === parts.length && parts.every(rowOf);
  described = wanted;
  if (!fits) renew(root, redraw);
  for (const part of parts) {
    const row = rowOf(part);
    if (row) drawRow(part, row);
  }
}

async function renew(root, redraw) {
  try {
    const answer = await fetch('', { cache: 'no-store' });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    root.innerHTML = page.getElementById('parts').innerHTML;
    redraw();
  } catch {
    described = ''; // asked again when the page is next drawn
  }
}

// Controls that have a title say by it what they are.
function drawRow(part, node) {
  const { name, label, word, fault, on, checked, pressed, ring, usable } = part;
  const { isLamp, complete, draw } = kindOf(part);
  if (!node.drawn) {
    node.querySelector('b').id = `${name}-label`;
    node.querySelector('i').id = `${name}-word`;
    complete?.(node, part);
  }
  node.drawn = part; // for the events of the row
  for (const [mood, is] of Object.entries({ on, pressed, ring, gone: fault })) node.classList.toggle(mood, !!is);
  put(node.querySelector('b'), 'textContent', label);
  put(node.querySelector('i'), 'textContent', word);
  for (const control of node.querySelectorAll('button, input')) {
    mark(control, 'aria-disabled', !usable);
    if (control.title) mark(control, 'aria-label', `${label} ${control.title}`);
    else {
      mark(control, 'aria-labelledby', `${name}-label`);
      mark(control, 'aria-describedby', fault ? `${name}-word` : usable ? undefined : 'connection');
      if (isLamp) mark(control, 'aria-checked', checked);
    }
  }
  draw?.(node, part);
}
