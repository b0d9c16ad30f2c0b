// SPDX-License-Identifier: MIT
//
// What the page asks of the browser: elements, which are changed only where they differ, and answers over HTTP.

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

// Without an answer there is no status, without JSON no body.
export async function get(address, signal) {
  let status;
  try {
    const answer = await fetch(address, { cache: 'no-store', signal });
    ({ status } = answer);
    return { status, body: await answer.json() };
  } catch {
    return { status };
  }
}
