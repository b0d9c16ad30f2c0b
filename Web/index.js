// SPDX-License-Identifier: MIT
//
// The shell around connection.js: it turns what the browser reports into events, carries out the effects,
// draws the view and keeps one timer. Every decision is the reducer's.

import { deadline, initial, reduce } from './connection.js';
import { view } from './words.js';

const gateway = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`;
const byId = (id) => document.getElementById(id);

let websocket;
let question;
let timer;
let state = initial({
  now: Date.now(),
  name: byId('name').textContent,
  visible: !document.hidden,
  online: navigator.onLine,
  pins: {
    led: { on: byId('led').className === 'on' },
    button: { pressed: byId('button').classList.contains('pressed') },
  },
});

function send(type, details) {
  const [next, effects] = reduce(state, { ...details, type, now: Date.now(), random: Math.random() });
  state = next;
  for (const effect of effects) perform[effect.type](effect);
  draw(view(state));
  clearTimeout(timer);
  const due = deadline(state);
  if (due < Infinity) timer = setTimeout(send, due - Date.now(), 'tick');
}

// Effects ---------------------------------------------------------------------------------------------------

const perform = {
  open({ socket }) {
    console.log('Trying to open a WebSocket connection...');
    websocket = new WebSocket(gateway);
    websocket.onopen = () => console.log('Connection opened');
    websocket.onmessage = ({ data }) => send('message', { socket, text: data });
    websocket.onclose = ({ code }) => {
      console.log('Connection closed');
      send('closed', { socket, code });
    };
  },

  // A dead socket takes long to close: it is not waited for, nor listened to again.
  close({ code }) {
    websocket.onopen = websocket.onmessage = websocket.onclose = null;
    websocket.close(code);
    console.log('Connection closed');
  },

  send({ message }) {
    if (websocket.readyState === WebSocket.OPEN) websocket.send(JSON.stringify(message));
  },

  async ask() {
    question?.abort();
    question = new AbortController();
    try {
      const answer = await fetch('/api/state', { cache: 'no-store', signal: question.signal });
      const body = await answer.json();
      send('answer', { status: answer.status, body });
    } catch {
      // No answer, or none that can be read: the next attempt will tell.
    }
  },

  say({ text }) {
    const line = byId('status');
    // The same words again are announced only if the text differs.
    line.textContent = line.textContent === text ? `${text}\u00a0` : text;
  },
};

// Drawing: only what differs is written ---------------------------------------------------------------------

function put(node, property, value) {
  if (node[property] !== value) node[property] = value;
}

function mark(node, attribute, value) {
  if (node.getAttribute(attribute) !== value) node.setAttribute(attribute, value);
}

function draw({ phase, usable, fresh, name, connection, canRetry, notice, change, pins }) {
  mark(document.body, 'data-phase', phase);
  document.body.classList.toggle('remembered', !fresh);
  put(byId('name'), 'textContent', name);
  put(byId('connection'), 'textContent', connection);
  put(byId('retry'), 'hidden', !canRetry);
  put(byId('notice'), 'textContent', notice);
  put(byId('change'), 'textContent', change ? `Last change: ${time(change.at)}, by ${change.by}` : '');
  for (const node of byId('pins').children) {
    put(node, 'hidden', !pins.some(({ pin }) => pin === node.dataset.pin));
  }
  for (const pin of pins) drawPin(pin, row(pin), usable, fresh);
  const led = pins.find(({ pin }) => pin === 'led');
  if (led) drawLed(led.confirmed, fresh, name);
}

function drawPin({ label, on, pressed, ring }, node, usable, fresh) {
  put(node.querySelector('.label'), 'textContent', label);
  const text = on === undefined ? (pressed ? 'pressed' : 'released') : on ? 'On' : 'Off';
  put(node.querySelector('.word'), 'textContent', fresh ? text : `Last known: ${text}`);
  const key = node.querySelector('.key');
  if (key) put(key, 'className', `key ${text}`);
  const control = node.querySelector('[role=switch]');
  if (!control) return;
  mark(control, 'aria-checked', `${on}`);
  mark(control, 'aria-disabled', `${!usable}`);
  control.classList.toggle('ring', ring);
}

function drawLed(on, fresh, name) {
  put(byId('led'), 'className', on ? 'on' : 'off');
  put(document, 'title', fresh ? `${on ? '●' : '○'} ${name}` : name);
  const fill = !fresh ? '%23999' : on ? '%23ffb81c' : '%23555';
  mark(byId('icon'), 'href', `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>`
    + `<circle cx='8' cy='8' r='6.5' fill='${fill}' stroke='%23888'/></svg>`);
}

const time = (at) => new Date(at).toLocaleTimeString();

// The row of a pin; for one that the page does not come with, a copy of the row of its kind.
function row({ pin, on }) {
  const list = byId('pins');
  const found = [...list.children].find((node) => node.dataset.pin === pin);
  if (found) return found;
  const copy = list.querySelector(`[data-pin=${on === undefined ? 'button' : 'led'}]`).cloneNode(true);
  copy.dataset.pin = pin;
  for (const node of copy.querySelectorAll('[id]')) node.removeAttribute('id');
  copy.querySelector('.label').id = `${pin}-label`;
  copy.querySelector('[role=switch]')?.setAttribute('aria-labelledby', `${pin}-label`);
  list.append(copy);
  return copy;
}

// Events ----------------------------------------------------------------------------------------------------

byId('pins').addEventListener('submit', (event) => {
  event.preventDefault();
  send('tap', { pin: event.target.closest('[data-pin]').dataset.pin });
});
byId('retry').addEventListener('click', () => send('retry'));
document.addEventListener('visibilitychange', () => send(document.hidden ? 'hide' : 'show'));
addEventListener('pagehide', () => send('leave'));
addEventListener('pageshow', ({ persisted }) => persisted && send('show'));
addEventListener('online', () => send('online'));
addEventListener('offline', () => send('offline'));
send('load');
