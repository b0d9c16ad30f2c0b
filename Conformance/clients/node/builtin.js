// SPDX-License-Identifier: MIT
// The WebSocket that Node (undici), Deno and Bun have built in.
const { follow, url, fields } = require("./scenario.js");

follow(new WebSocket(url, { headers: fields }));
