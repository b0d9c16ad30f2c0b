// SPDX-License-Identifier: MIT
//
// The page's words: what a state of connection.js looks like, as plain values for the shell to draw.

// Those who change the device and are not a page.
export const authors = { button: 'button', http: 'HTTP', mqtt: 'MQTT' };

export const label = (pin) => (pin === 'led' ? 'LED' : pin[0].toUpperCase() + pin.slice(1));
export const word = (on) => (on ? 'on' : 'off');
export const broken = (fault) => `The board does not answer: ${fault}`;
export const screens = (count) => (count === 1 ? '1 screen' : `${count} screens`);

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

// What the page shows. `fresh`: what the pins say is known, not remembered.
export function view(s) {
  const live = s.phase === 'live';
  const fresh = live || (s.phase === 'connecting' && s.boot === undefined && s.socket === 1);
  return {
    phase: s.phase, live, fresh,
    connection: connectionText(s),
    canRetry: ['waiting', 'refused', 'offline'].includes(s.phase),
    usable: live && !s.fault,
    name: s.name, notice: s.notice || (s.fault && broken(s.fault)), change: s.change,
    pins: Object.entries(s.pins).map(([pin, { on, pressed }]) => ({
      pin, label: label(pin), pressed,
      confirmed: on,
      on: s.pending[pin]?.desired ?? on,
      ring: s.pending[pin]?.ring ?? false,
    })),
  };
}
