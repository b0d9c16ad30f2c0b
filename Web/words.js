// SPDX-License-Identifier: MIT
//
// The page's words: what a state of connection.js looks like, as plain values for the shell to draw.
// The server writes the same words into the rows that the page comes with.

const opening = ['open', 'closed'];
const detection = ['detected', 'clear'];

// What the two sides of a contact are called, by its device class.
const sides = {
  door: opening, garage_door: opening, window: opening, opening,
  motion: detection, occupancy: detection, presence: detection, smoke: detection, gas: detection,
  carbon_monoxide: detection, sound: detection, vibration: detection, tamper: detection,
  moisture: ['wet', 'dry'], lock: ['unlocked', 'locked'], battery: ['low', 'normal'],
  connectivity: ['connected', 'disconnected'], plug: ['plugged in', 'unplugged'],
  problem: ['problem', 'OK'], safety: ['unsafe', 'safe'],
};

// Those who change the device and are not a page; a page is '#' and its number.
const authors = { http: 'HTTP', mqtt: 'MQTT' };

export const author = (by) => (by?.[0] === '#' ? 'another screen' : authors[by] ?? by);
export const word = (on) => (on ? 'on' : 'off');
export const screens = (count) => (count === 1 ? '1 screen' : `${count} screens`);
export const isLamp = ({ kind }) => kind === 'switch' || kind === 'light';
export const percent = (brightness) => `${Math.max(1, Math.round(brightness / 2.55))} %`;

const withUnit = (value, unit) => (unit ? `${value}\u00a0${unit}` : `${value}`);

// What a part's row says of it.
export function partWord({ kind, on, wanted, brightness, pressed, gesture, value, unit, device_class, fault }) {
  if (fault) return `gone - ${fault}`;
  switch (kind) {
    case 'button': return pressed ? 'pressed' : gesture ?? 'released';
    case 'contact': return (sides[device_class] ?? ['on', 'off'])[on ? 0 : 1];
    case 'light': return on && brightness ? `on · ${percent(brightness)}` : word(on);
    case 'switch': return (wanted ?? on) === on ? word(on) : `turning ${word(wanted)}…`;
    default: return value == null ? 'unknown' : withUnit(value, unit);
  }
}

// 1:02:03 or 2:03.
function clock(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const digits = (n) => `${n % 60}`.padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return [...(hours ? [hours, digits(minutes)] : [minutes]), digits(seconds)].join(':');
}

// 3 d 4 h, 4 h 5 min, 5 min or 6 s.
export function duration(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  const [minutes, hours, days] = [60, 3600, 86400].map((unit) => Math.floor(seconds / unit));
  if (days) return `${days} d ${hours % 24} h`;
  if (hours) return `${hours} h ${minutes % 60} min`;
  return minutes ? `${minutes} min` : `${seconds} s`;
}

function connectionText(s) {
  switch (s.phase) {
    case 'live': {
      const delay = s.delay !== undefined && (s.delay < 1 ? '< 1 ms' : `${Math.round(s.delay)} ms`);
      return ['Connected', delay, s.clients && screens(s.clients)].filter(Boolean).join(' · ');
    }
    case 'connecting': return 'Connecting…';
    case 'checking': return 'Checking the connection…';
    case 'stale': return 'Not answering…';
    case 'waiting': return `Reconnecting in ${Math.max(1, Math.ceil((s.timers.retry - s.now) / 1000))} s`;
    case 'offline': return 'This device is offline';
    case 'refused': return s.refusal;
    default: return 'Paused';
  }
}

// A chart of 100 by 30: a path that breaks where the value was unknown, and what it spans.
function chartView({ missing, values }, unit) {
  const known = (values ?? []).filter(([, value]) => value != null);
  if (!known.length) return { path: '', words: missing || values ? 'No history' : 'Loading…' };
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
  return { path: path.join(''), words: `${low} to ${withUnit(high, unit)} in ${duration(span)}` };
}

function partView(s, name, part) {
  const { desired, ring = false } = s.pending[name] ?? {};
  const shown = { ...part, ...desired };
  if (desired && 'on' in desired) shown.wanted = desired.on;
  const left = s.timers[`left ${name}`];
  const chart = s.charts[name];
  const text = partWord(shown);
  return {
    ...shown, name, ring, label: part.label ?? name,
    on: !!part.on, // confirmed: it alone lights the lamp
    checked: shown.wanted ?? !!part.on,
    word: left && part.on && !part.fault ? `${text} · off in ${clock(left - s.now)}` : text,
    usable: s.phase === 'live' && !part.fault,
    chart: chart && chartView(chart, part.unit),
  };
}

// Parts by group: a group stands where its first part does.
function grouped(parts) {
  const groups = new Map();
  for (const part of parts) {
    const { group = '' } = part;
    if (!groups.has(group)) groups.set(group, { group, parts: [] });
    groups.get(group).parts.push(part);
  }
  return [...groups.values()];
}

// What the page shows. `fresh`: what the parts say is known, not remembered.
export function view(s) {
  const live = s.phase === 'live';
  const fresh = live || (s.phase === 'connecting' && s.boot === undefined && s.socket === 1);
  const parts = Object.entries(s.parts).map(([name, part]) => partView(s, name, part));
  const lamps = parts.filter(isLamp);
  return {
    phase: s.phase, live, fresh,
    known: s.boot !== undefined, // there is something to draw; before that the server's own rows stand
    loud: !fresh && s.phase !== 'checking',
    connection: connectionText(s),
    canRetry: ['waiting', 'refused', 'offline'].includes(s.phase),
    name: s.name, notice: s.notice, changes: s.changes,
    parts, groups: grouped(parts), lamp: lamps[0], hero: lamps.length === 1,
    about: {
      ...s.about, Watching: s.clients && screens(s.clients), Boot: s.boot,
      Uptime: s.since === undefined ? undefined : duration(s.now - s.since),
    },
  };
}
