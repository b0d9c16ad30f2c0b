// SPDX-License-Identifier: MIT
//
// What the reducer wants of the browser: the socket, a question over HTTP, and words for a screen reader. The shells of
// the device's page and of the gateway's share it.

import { byId, get } from './browser.js';
import { perform } from './kinds.js';

const gateway = new URL('ws', location);
gateway.protocol = gateway.protocol.replace('http', 'ws');

let websocket;
let question;
let earlier; // the question before, which may still be answered where the line is slow

Object.assign(perform, {
  open({ socket }, send) {
    const closed = ({ code = 1006 }) => send('closed', { socket, code });
    try {
      websocket = new WebSocket(gateway);
    } catch (error) { // a policy forbids it: Firefox and Safari throw
      setTimeout(closed, 0, error);
      return;
    }
    websocket.onmessage = ({ data }) => send('message', { socket, text: data });
    websocket.onclose = websocket.onerror = closed; // not every error is followed by a close
  },

  // A dead socket takes long to close: it is not waited for, nor listened to again.
  close({ code }) {
    websocket.onmessage = websocket.onclose = websocket.onerror = null;
    websocket.close(code);
  },

  send({ message }) {
    if (websocket.readyState === WebSocket.OPEN) websocket.send(JSON.stringify(message));
  },

  async ask(effect, send) {
    earlier?.abort();
    earlier = question;
    const asked = question = new AbortController();
    const answer = await get('api/state', asked.signal);
    if (asked.signal.aborted || (!answer.status && asked === earlier)) return;
    earlier?.abort();
    question.abort();
    send('answer', answer);
  },

  say({ text }) {
    const line = byId('status');
    // The same words again are announced only if the text differs.
    line.textContent = line.textContent === text ? `${text}\u00a0` : text;
  },
});
