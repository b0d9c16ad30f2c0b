// SPDX-License-Identifier: MIT
//
// The page's words: what a state of connection.js looks like, as plain values for the shell to draw.
// The server writes the same words into the rows that the page comes with. Those of one kind of part are in parts/.

import { added, barred, kindOf } from './kinds.js';
import { t } from './language.js';

// Those who change the device and are not a page; a page is '#' and its number.
const authors = { http: 'HTTP', mqtt: 'MQTT' };

export const author = (by) => (by?.[0] === '#' ? t`another screen` : t([authors[by] ?? by]));
export const onOff = (on) => (on ? t`on` : t`off`);
export const screens = (count) => (count === 1 ? t`1 screen` : t`${count} screens`);

// What a part's row says of it.
export function partWord(part) {
  return part.fault ? t`gone - ${part.fault}` : kindOf(part).word?.(part) ?? t`unknown`;
}

// 3 d 4 h, 4 h 5 min, 5 min or 6 s.
export function duration(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  const [minutes, hours, days] = [60, 3600, 86400].map((unit) => Math.floor(seconds / unit));
  if (days) return t`${days} d ${hours % 24} h`;
  if (hours) return t`${hours} h ${minutes % 60} min`;
  return minutes ? t`${minutes} min` : t`${seconds} s`;
}

function brokerWord({ connected, error }) {
  return [connected ? t`connected` : !error && t`connecting`, error].filter(Boolean).join(t`, but `);
}

function connectionText(s) {
  switch (s.phase) {
    case 'live': {
      const delay = s.delay !== undefined && (s.delay < 1 ? t`< 1 ms` : t`${Math.round(s.delay)} ms`);
      return [t`Connected`, delay, s.clients && screens(s.clients)].filter(Boolean).join(' · ');
    }
    case 'connecting': return t`Connecting…`;
    case 'checking': return t`Checking the connection…`;
    case 'stale': return t`Not answering…`;
    case 'waiting': return t`Reconnecting in ${Math.max(1, Math.ceil((s.timers.retry - s.now) / 1000))} s`;
    case 'offline': return t`This device is offline`;
    case 'refused': return s.refusal;
    default: return t`Paused`;
  }
}

function partView(s, name, part) {
  const { desired, ring = false } = s.pending[name] ?? {};
  const shown = { ...part, ...desired };
  if (desired && 'on' in desired) shown.wanted = desired.on;
  return {
    ...shown, name, ring, label: part.label ?? name,
    on: !!part.on, // confirmed: it alone lights the lamp
    checked: shown.wanted ?? !!part.on,
    word: partWord(shown) + added.map((words) => words(s, name, part)).join(''),
    usable: s.phase === 'live' && !part.fault && !barred.some((is) => is(s, part)),
    ...kindOf(part).view?.(s, name, part),
  };
}

// What the page shows. `fresh`: what the parts say is known, not remembered.
export function view(s) {
  const live = s.phase === 'live';
  const fresh = live || (s.phase === 'connecting' && s.held && s.socket === 1); // the page has just come
  const parts = Object.entries(s.parts).map(([name, part]) => partView(s, name, part));
  const lamps = parts.filter((part) => kindOf(part).isLamp);
  return {
    phase: s.phase, live, fresh,
    known: s.boot !== undefined, // there is something to draw; before that the server's own rows stand
    loud: !fresh && s.phase !== 'checking',
    connection: connectionText(s),
    canRetry: ['waiting', 'refused', 'offline'].includes(s.phase),
    name: s.name, notice: s.notice, changes: s.changes,
    parts, lamp: lamps[0], hero: lamps.length === 1,
    about: {
      ...s.about, MQTT: s.mqtt && brokerWord(s.mqtt), Watching: s.clients && screens(s.clients), Boot: s.boot,
      Uptime: s.since === undefined ? undefined : duration(s.now - s.since),
    },
  };
}
