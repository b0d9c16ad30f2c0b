// SPDX-License-Identifier: MIT
//
// The shell around the gateway's reducer (fleet.js): it turns what the browser reports into events, carries out the
// effects, and draws. Every decision is the reducer's.

import { byId, make, mark, put } from '../browser.js';
import { deadline, reduce } from '../connection.js';
import { perform } from '../kinds.js';
import { duration, view } from '../words.js';
import '../effects.js';
import '../proxies.js';
import {
  countOutcomes, initialFleet, placeText, summaryText,
} from './fleet.js';
import { takeRows } from './rows.js';

const fleet = byId('fleet');
const search = byId('search');
const ticked = new Set(); // identifiers, over all pages of the list
const ringDelay = 150;
let timer;

const wish = () => ({ q: search.q.value, group: search.group.value, absent_only: search.show.checked });

let state = initialFleet({
  now: Date.now(), name: byId('name').textContent, visible: !document.hidden, online: navigator.onLine,
  wanted: { ...wish(), from: Number(byId('rows').dataset.from) },
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

// Effects ---------------------------------------------------------------------------------------------------

Object.assign(perform, {
  rows({ html, whole }) {
    takeRows(byId('rows'), html, whole, drawRow);
  },

  // What was asked of these devices is answered; none named: of all.
  settle({ devices }) {
    for (const row of byId('rows').children) {
      if (devices && !devices.includes(row.dataset.id)) continue;
      for (const button of row.querySelectorAll('.ring')) button.classList.remove('ring');
    }
  },

  // So that a reload, and whoever gets the address, sees the same.
  address({ wanted }) {
    const text = query(wanted);
    history.replaceState(null, '', text ? `?${text}` : './');
  },
});

// Drawing ---------------------------------------------------------------------------------------------------

function drawRow(row) {
  const age = row.querySelector('em');
  if (age.dataset.age !== undefined) row.from = Date.now() - age.dataset.age * 1000;
  else delete row.from;
  row.querySelector('input').checked = ticked.has(row.dataset.id);
}

// How long a device has been silent grows while nothing comes.
function drawAges() {
  for (const row of byId('rows').children) {
    if (row.from === undefined) continue;
    const [what] = row.querySelector('em').textContent.split(' ');
    put(row.querySelector('em'), 'textContent', `${what} for ${duration(Date.now() - row.from)}`);
  }
}

function draw({ phase, live, fresh, loud, name, connection, canRetry, notice }) {
  mark(document.body, 'data-phase', phase);
  document.body.classList.toggle('remembered', !fresh);
  document.body.classList.toggle('loud', loud);
  put(byId('name'), 'textContent', name);
  put(document, 'title', name);
  put(byId('connection'), 'textContent', connection);
  put(byId('retry'), 'hidden', !canRetry);
  put(byId('notice'), 'textContent', notice);
  for (const button of fleet.querySelectorAll('fieldset button')) mark(button, 'aria-disabled', live ? undefined : true);
  if (state.total !== undefined) {
    put(byId('summary'), 'textContent', summaryText(state));
    drawChoice(search.group, state.groups);
    drawChoice(fleet.part, state.commandable);
  }
  if (state.place) drawPlace(state.place);
  drawChosen();
  drawResults();
}

// The first entry of the groups, which has no name, stands for all.
function drawChoice(choice, names) {
  const first = [...choice.options].filter((option) => !option.value);
  const had = [...choice.options].slice(first.length).map((option) => option.value);
  if (`${had}` === `${names}`) return;
  const { value } = choice;
  choice.replaceChildren(...first, ...names.map((name) => make('option', name)));
  if (names.includes(value)) put(choice, 'value', value);
}

function drawPlace(place) {
  const { from, count, matches } = place;
  put(byId('place'), 'textContent', placeText(place));
  drawLink(byId('previous'), from > 0, from - count);
  drawLink(byId('next'), from + count < matches, from + count);
}

function drawLink(link, isThere, from) {
  const place = query({ ...state.wanted, from: Math.max(from, 0) });
  mark(link, 'href', isThere ? `?${place}` : undefined);
}

// What an address says of a search, as the server reads it.
function query({ q, group, absent_only: isAbsentOnly, from }) {
  const fields = new URLSearchParams();
  if (q) fields.set('q', q);
  if (group) fields.set('group', group);
  if (isAbsentOnly) fields.set('show', 'absent');
  if (from) fields.set('from', from);
  return `${fields}`;
}

function drawChosen() {
  const count = ticked.size;
  const all = fleet.all.checked;
  const matches = state.place?.matches ?? byId('rows').dataset.matches;
  put(byId('chosen'), 'textContent', all ? `To all ${matches} devices that match`
    : count === 1 ? 'To the device that is ticked' : count ? `To the ${count} devices that are ticked`
      : 'Tick devices to tell many at once');
  byId('many').classList.toggle('idle', !all && !count);
}

let shown;

function drawResults() {
  const order = state.orders[state.latest];
  if (order === shown) return;
  shown = order;
  if (!order) return byId('results').replaceChildren();
  const open = order.open ? ' …' : '';
  const title = make('h2', `${order.label}: ${countOutcomes(order)}${open}`);
  const others = order.outcomes.filter(([, outcome]) => outcome !== 'done').slice(0, 100);
  byId('results').replaceChildren(
    title, ...others.map(([device, outcome]) => make('p', make('b', device), ` ${outcome}`)),
  );
}

// Events ----------------------------------------------------------------------------------------------------

search.addEventListener('input', () => send('wish', { wanted: wish() }));
search.addEventListener('submit', (event) => {
  event.preventDefault();
  send('wish', { wanted: wish() });
});

byId('list').addEventListener('click', (event) => {
  const link = event.target.closest('nav a');
  if (!link?.hasAttribute('href')) return;
  event.preventDefault();
  send('wish', { wanted: { from: Number(new URL(link.href).searchParams.get('from')) } });
  scrollTo(0, 0);
});

fleet.addEventListener('change', ({ target }) => {
  if (target.name === 'd') {
    if (target.checked) ticked.add(target.value);
    else ticked.delete(target.value);
  }
  drawChosen();
});

fleet.addEventListener('submit', (event) => {
  event.preventDefault();
  const { submitter } = event;
  if (!submitter || submitter.getAttribute('aria-disabled') === 'true') return;
  if (submitter.name === 'do') {
    const [device, part, payload] = submitter.value.split('/');
    const row = submitter.closest('[data-id]');
    const label = `${row.querySelector('span').textContent}, ${submitter.querySelector('b').textContent}`;
    send('order', { part, payload, devices: [device], label });
    setTimeout(() => submitter.classList.toggle('ring', !!state.orders[state.latest]?.open), ringDelay);
    return;
  }
  const payload = submitter.value === 'value' ? fleet.value.value : submitter.value;
  const part = fleet.part.value;
  const devices = fleet.all.checked ? undefined : [...ticked];
  send('order', { part, payload, devices, label: `${part} ${payload}` });
});

// Held down, Enter clicks at each repetition: a relay would rattle.
fleet.addEventListener('keydown', (event) => {
  if (event.repeat && [' ', 'Enter'].includes(event.key) && event.target.closest('button')) event.preventDefault();
});

byId('retry').addEventListener('click', () => send('retry'));
document.addEventListener('visibilitychange', () => send(document.hidden ? 'hide' : 'show'));
addEventListener('pagehide', () => send('leave'));
addEventListener('pageshow', ({ persisted }) => persisted && send('show'));
addEventListener('online', () => send('online'));
addEventListener('offline', () => send('offline'));
setInterval(drawAges, 1000);
for (const row of byId('rows').children) drawRow(row);
send('load');
