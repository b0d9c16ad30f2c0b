// SPDX-License-Identifier: MIT
// The WebSocket that Node (undici), Deno and Bun have built in.
const { follow, url, origin } = require("./scenario.js");

follow(origin ? new WebSocket(url, { headers: { Origin: origin } }) : new WebSocket(url));
