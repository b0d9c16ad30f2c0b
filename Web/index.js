// SPDX-License-Identifier: MIT
//
// The shell around connection.js: it turns what the browser reports into events, carries out the effects,
// draws the view and keeps one timer. Every decision is the reducer's.

import { deadline, initial, reduce } from './connection.js';
import { byId, make, mark, put } from './browser.js';
import { kinds, perform } from './kinds.js';
import './effects.js';
import { t } from './language.js';
import { drawRows } from './rows.js';
import './translations.js';
import { view } from './words.js';
import './proxies.js';

let timer;
let shown;
let state = initial({
  now: Date.now(), name: byId('name').textContent, visible: !document.hidden, online: navigator.onLine,
});

function send(type, details) {
  const [next, effects] = reduce(state, { ...details, type, now: Date.now(), random: Math.random() });
  state = next;
  for (const effect of effects) perform[effect.type](effect, send);
  draw(view(state));
  clearTimeout(timer);
  const due = deadline(state);
  if (due < Infinity) timer = setTimeout(send, due - Date.now(), 'tick');
}

// Drawing ---------------------------------------------------------------------------------------------------

function draw(next) {
  shown = next;
  const { phase, live, fresh, loud, known, name, connection, canRetry, notice, parts } = next;
  mark(document.body, 'data-phase', phase);
  document.body.classList.toggle('remembered', !fresh);
  document.body.classList.toggle('loud', loud);
  put(byId('name'), 'textContent', name);
  put(byId('connection'), 'textContent', connection);
  put(byId('retry'), 'hidden', !canRetry);
  put(byId('notice'), 'textContent', notice);
  if (known) {
    drawRows(parts, () => draw(shown));
    drawLamp(next);
    drawDetails(next);
  } else {
    for (const node of document.querySelectorAll('li button')) mark(node, 'aria-disabled', !live);
  }
}

// The lamp, the title and the icon follow the first switch or light.
function drawLamp({ lamp, hero, fresh, name }) {
  put(byId('hero'), 'hidden', !hero);
  if (!lamp) return put(document, 'title', name);
  put(byId('hero'), 'className', lamp.on ? 'on' : 'off');
  put(document, 'title', fresh ? `${lamp.on ? '●' : '○'} ${name}` : name);
  const fill = !fresh ? '%23999' : lamp.on ? '%23ffb81c' : '%23555';
  mark(byId('icon'), 'href', `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>`
    + `<circle cx='8' cy='8' r='6.5' fill='${fill}' stroke='%23888'/></svg>`);
}

const time = (at) => new Date(at).toLocaleTimeString();
const sentence = ({ label, what, by = '' }) => `${label} ${what} ${by}`;
const terms = {};
let listed;

function drawDetails({ changes, about }) {
  const [last] = changes;
  if (last) put(byId('last'), 'textContent', t`Last change: ${time(last.at)}, ${sentence(last)}`);
  if (listed !== changes) {
    byId('changes').replaceChildren(...changes.map((change) => make('li', time(change.at), ' ', sentence(change))));
  }
  listed = changes;
  const list = byId('about');
  for (const [term, text] of Object.entries({ Address: location.host, ...about })) {
    terms[term] ??= list.appendChild(make('dt', t([term]))) && list.appendChild(make('dd'));
    put(terms[term], 'textContent', text ?? t`unknown`);
  }
}

// Events ----------------------------------------------------------------------------------------------------

const on = (type, act) => byId('parts').addEventListener(type, act, true);

on('submit', (event) => {
  event.preventDefault();
  send('tap', { part: event.target.closest('li').dataset.part });
});
// Held down, Enter clicks at each repetition: a relay would rattle.
on('keydown', (event) => {
  if (event.repeat && [' ', 'Enter'].includes(event.key) && event.target.closest('form')) event.preventDefault();
});

for (const kind in kinds) {
  for (const type in kinds[kind].on) {
    on(type, (event) => {
      const row = event.target.closest(`[data-kind=${kind}]`);
      if (row) kinds[kind].on[type](event, row, send);
    });
  }
  kinds[kind].listen?.(send);
}

byId('hero').addEventListener('click', () => shown.lamp && send('tap', { part: shown.lamp.name }));
byId('retry').addEventListener('click', () => send('retry'));
document.addEventListener('visibilitychange', () => send(document.hidden ? 'hide' : 'show'));
addEventListener('pagehide', () => send('leave'));
addEventListener('pageshow', ({ persisted }) => persisted && send('show'));
addEventListener('online', () => send('online'));
addEventListener('offline', () => send('offline'));
send('load');
