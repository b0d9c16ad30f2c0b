// SPDX-License-Identifier: MIT

// The echo on `ws`, with Node's own HTTP server; to all as its documentation shows it.

'use strict';

const http = require('http');
const { WebSocketServer } = require('ws');
const version = require('ws/package.json').version;

const BASE = 'http://localhost';

const server = http.createServer((request, response) => {
  const pathname = URL.canParse(request.url, BASE) ? new URL(request.url, BASE).pathname : null;
  if (request.method === 'POST' && pathname === '/echo') {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      response.setHeader('Content-Type', 'application/octet-stream');
      response.end(Buffer.concat(parts));
    });
  } else if ((request.method === 'GET' || request.method === 'HEAD') && pathname === '/') {
    response.setHeader('Content-Type', 'text/plain');
    response.end('An echo\n');
  } else {
    response.statusCode = pathname === '/' || pathname === '/echo' ? 405 : 404;
    response.end();
  }
});

const sockets = new WebSocketServer({ server, path: '/ws', maxPayload: 32 << 20 });
sockets.on('connection', (client) => {
  client.on('error', () => {});
  client.on('message', (message, binary) => {
    const recipients = message[0] === 'B'.charCodeAt(0) ? sockets.clients : [client];
    for (const recipient of recipients) recipient.send(message, { binary });
  });
});

server.listen(0, '127.0.0.1', () => {
  console.log(`ws ${version}, Node ${process.versions.node}`);
  console.log(`ws://127.0.0.1:${server.address().port}/ws`);
});
