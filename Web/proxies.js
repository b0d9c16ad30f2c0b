// SPDX-License-Identifier: MIT
//
// Why no socket opens although the device answers, where the device knows: a proxy in between changes the address, so
// that the device takes the page for another site's. A page cannot read the answer to a socket, and a GET has no
// Origin, so it asks by a POST to the socket's path, which the device judges as it judges the socket. This builds on
// connection.js and index.js, which are the same without it.

import { events, perform } from './kinds.js';

const { answer } = events;

// api/state answers, and sockets fail: the device is asked why.
events.answer = (s, event) => {
  const { status, body, judged } = event;
  if (s.barred && status === 200 && !judged) s.effects.push({ type: 'judge', status, body });
  else answer(s, event);
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
