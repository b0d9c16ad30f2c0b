// SPDX-License-Identifier: MIT
// websocket (theturtle32's), by its interface of browsers.
const { w3cwebsocket: WebSocket } = require("websocket");
const { follow, url, origin, login } = require("./scenario.js");

follow(new WebSocket(url, undefined, origin, login));
