// SPDX-License-Identifier: MIT
// ws, by its interface of events.
const WebSocket = require("ws");
const scenario = require("./scenario.js");

const socket = new WebSocket(scenario.url, { origin: scenario.origin, headers: scenario.login });
let isOpen = false;

function act(answer) {
  if (answer === scenario.CLOSE) socket.close();
  else if (answer !== undefined) socket.send(answer);
}

socket.on("open", () => {
  isOpen = true;
  act(scenario.opened());
});
socket.on("message", (data, isBinary) => act(scenario.received(isBinary ? data : data.toString())));
socket.on("error", (error) => isOpen || scenario.refused(error.message));
socket.on("close", (code, reason) => isOpen && scenario.closed(code, reason));
