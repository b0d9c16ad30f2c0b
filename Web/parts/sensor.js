// SPDX-License-Identifier: MIT
//
// A sensor: a value, and a chart of its history, which its row opens to. `s.memory` has the history while it is open.

import { get, mark, put } from '../browser.js';
import { forget } from '../commands.js';
import { events, expired, kinds, perform } from '../kinds.js';
import { t } from '../language.js';
import { quantity } from '../quantity.js';
import { duration } from '../words.js';

const LEAST_PAUSE = 5000; // milliseconds between two requests for the history of an open chart

const chart = '<svg viewBox="0 0 100 30" preserveAspectRatio=none aria-hidden=true><path /></svg><p></p>';

// A chart of 100 by 30: a path that breaks where the value was unknown, and what it spans.
function chartView({ missing, values }, unit) {
  const known = (values ?? []).filter(([, value]) => value != null);
  if (!known.length) return { path: '', words: missing || values ? t`No history` : t`Loading…` };
  const span = Math.max(...values.map(([age]) => age)) || 1;
  const low = Math.min(...known.map(([, value]) => value));
  const high = Math.max(...known.map(([, value]) => value));
  let pen = 'M';
  const path = values.map(([age, value]) => {
    const from = pen;
    pen = value == null ? 'M' : 'L';
    if (value == null) return '';
    const x = 100 - (100 * age) / span;
    const y = high > low ? 28 - (26 * (value - low)) / (high - low) : 15;
    return `${from}${x.toFixed(1)} ${y.toFixed(1)}${from === 'M' ? 'h0' : ''}`;
  });
  const most = quantity({ value: high, unit });
  const words = high > low ? t`${low} to ${most} in ${duration(span)}` : t`${most} for ${duration(span)}`;
  return { path: path.join(''), words };
}

// The chart is opened or closed.
events.chart = (s, { part, open }) => {
  delete s.memory[part];
  forget(s, `chart ${part}`);
  if (!open) return;
  s.memory[part] = {};
  expired.chart(s, part);
};

events.history = (s, { part, status, body }) => {
  if (!s.memory[part]) return;
  const { every, values } = body ?? {};
  if (status === 404) s.memory[part] = { missing: true };
  else if (Array.isArray(values)) s.memory[part] = { values };
  if (status !== 404) s.timers[`chart ${part}`] = s.now + Math.max(every || 0, LEAST_PAUSE);
};

expired.chart = (s, part) => s.effects.push({ type: 'history', part });

perform.history = async ({ part }, send) => send('history', { part, ...await get(`api/parts/${part}/history`) });

kinds.sensor = {
  values: ['value'],

  word: quantity,

  difference() {}, // it would fill the list

  view: (s, name, { unit }) => ({ chart: s.memory[name] && chartView(s.memory[name], unit) }),

  complete(row) {
    const title = t`history`;
    row.innerHTML = `<details><summary title="${title}">${row.innerHTML}</summary>${chart}</details>`;
  },

  draw(row, part) {
    if (!part.chart) return;
    mark(row.querySelector('path'), 'd', part.chart.path);
    put(row.querySelector('p'), 'textContent', part.chart.words);
  },

  on: {
    toggle: ({ target }, row, send) => send('chart', { part: row.dataset.part, open: target.open }),
  },
};
