// SPDX-License-Identifier: MIT
//
// Why no socket opens although the device answers: a proxy in between that changes the address, so that the device
// takes the page for another site's, or that passes no WebSocket on. A page cannot read the answer to a socket, and a
// GET has no Origin, so it asks by a POST to the socket's path, which the device judges as it judges the socket. This
// builds on connection.js and index.js, which are the same without it.

import { events, expired, perform } from './kinds.js';
import { t } from './language.js';

const patience = 3; // sockets that failed in a row, until a proxy is suspected
const { answer, closed } = events;
const { steady } = expired;

Object.assign(events, {
  closed(s, event) {
    if (s.held && event.socket === s.socket && 'open' in s.timers) s.barred = (s.barred ?? 0) + 1;
    closed(s, event);
  },

  // api/state answers, and sockets fail: the device is asked why.
  answer(s, event) {
    const { status, judged } = event;
    if (s.barred && status === 200 && !judged) {
      s.effects.push({ type: 'judge', status, body: event.body });
    } else if (judged && status === 200 && s.barred >= patience && !s.asking) {
      answer(s, { status: 403, body: { error: t`Does a proxy block the WebSocket? Trying again` } });
    } else {
      answer(s, event);
    }
  },
});

expired.steady = (s) => {
  s.barred = 0;
  steady(s);
};

perform.judge = async ({ type, ...known }, send) => {
  try {
    const judgement = await fetch('ws', { method: 'POST' });
    const { status } = judgement;
    if (status === 403) Object.assign(known, { status, body: await judgement.json() });
  } catch {
    // Whatever it was, it is no judgement.
  }
  send('answer', { ...known, judged: true });
};
