// SPDX-License-Identifier: MIT
//
// The server's rows in the place of the old ones. What is the same stays: the element that has the focus, what a person
// has ticked, and where a screen reader is.

import { put } from '../browser.js';

// Makes `node` what `next` is.
export function become(node, next) {
  if (node.nodeName !== next.nodeName) return node.replaceWith(next);
  if (!next.attributes) return put(node, 'data', next.data); // a text
  for (const { name } of [...node.attributes]) if (!next.hasAttribute(name)) node.removeAttribute(name);
  for (const { name, value } of next.attributes) {
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }
  const children = [...next.childNodes];
  while (node.childNodes.length > children.length) node.lastChild.remove();
  children.forEach((child, place) => {
    const old = node.childNodes[place];
    if (old) become(old, child);
    else node.append(child);
  });
}

// Takes rows over; `whole`: they are all that the list has, in this order. Calls `drawn` with each.
export function takeRows(list, html, whole, drawn) {
  const template = document.createElement('template');
  template.innerHTML = html;
  const old = new Map([...list.children].map((row) => [row.dataset.id, row]));
  const rows = [...template.content.children].map((row) => {
    const known = old.get(row.dataset.id);
    if (!known) return row;
    become(known, row);
    return known;
  });
  rows.forEach(drawn);
  if (!whole) return;
  const isMoved = rows.length !== list.children.length || rows.some((row, place) => row !== list.children[place]);
  if (isMoved) list.replaceChildren(...rows);
}
