// SPDX-License-Identifier: MIT
//
// The page without a browser: the reducer and the words of Web/, with a shell that has sockets, timers and `fetch`, but
// draws each view as a line of JSON. Node's own WebSocket is not in every version, so there is a small one here.
//
//   node reducer.mjs PORT        a visible page of the device at 127.0.0.1:PORT, until it is killed

import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

import { deadline, initial, reduce } from '../../Web/connection.js';
import { view } from '../../Web/words.js';

const port = Number(process.argv[2]);
let socket;
let timer;
let shown;
let state = initial({ now: Date.now() });

function send(type, details) {
  const [next, effects] = reduce(state, { ...details, type, now: Date.now(), random: Math.random() });
  state = next;
  for (const effect of effects) perform[effect.type]?.(effect);
  const line = JSON.stringify(view(state));
  if (line !== shown) console.log(line);
  shown = line;
  clearTimeout(timer);
  if (deadline(state) < Infinity) timer = setTimeout(send, deadline(state) - Date.now(), 'tick');
}

const perform = {
  open({ socket: number }) {
    socket = new Socket({
      message: (text) => send('message', { socket: number, text }),
      close: (code) => send('closed', { socket: number, code }),
    });
  },
  close() { socket.end(); },
  send({ message }) { socket.send(1, Buffer.from(JSON.stringify(message))); },
  async ask() {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/api/state`);
      send('answer', { status: answer.status, body: await answer.json() });
    } catch { /* the next attempt will tell */ }
  },
};

// RFC 6455 as a client, as much as a device's short messages need: no fragments, no 64-bit lengths.
class Socket {
  constructor(handlers) {
    this.handlers = handlers;
    this.code = 1006;
    this.received = Buffer.alloc(0);
    this.tcp = connect({ port, host: '127.0.0.1', noDelay: true });
    this.tcp.write(`GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: http://127.0.0.1:${port}\r\n`
      + 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
      + `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`);
    this.tcp.on('data', (bytes) => this.receive(bytes));
    this.tcp.on('error', () => {});
    this.tcp.on('close', () => this.handlers?.close(this.code));
  }

  receive(bytes) {
    this.received = Buffer.concat([this.received, bytes]);
    if (!this.isOpen) {
      const end = this.received.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.isOpen = this.received.subarray(0, end).includes('HTTP/1.1 101 ');
      if (!this.isOpen) return this.tcp.destroy();
      this.received = this.received.subarray(end + 4);
    }
    for (;;) {
      const { received } = this;
      const isLong = received[1] === 126;
      const begin = isLong ? 4 : 2;
      if (received.length < begin) return;
      const end = begin + (isLong ? received.readUInt16BE(2) : received[1]);
      if (received.length < end) return;
      this.received = received.subarray(end);
      this.act(received[0] & 0x0F, received.subarray(begin, end));
    }
  }

  act(opcode, payload) {
    if (opcode === 1) this.handlers?.message(payload.toString());
    if (opcode === 9) this.send(10, payload);
    if (opcode !== 8) return;
    this.code = payload.length ? payload.readUInt16BE(0) : 1005;
    this.send(8, payload);
    this.tcp.end();
  }

  send(opcode, payload) {
    const mask = randomBytes(4);
    const length = payload.length < 126 ? [0x80 | payload.length] : [0xFE, payload.length >> 8, payload.length & 0xFF];
    const masked = payload.map((byte, index) => byte ^ mask[index % 4]);
    this.tcp.write(Buffer.from([0x80 | opcode, ...length, ...mask, ...masked]));
  }

  end() {
    this.handlers = undefined;
    this.tcp.destroy();
  }
}

send('load');
