// SPDX-License-Identifier: MIT
// faye-websocket.
const { Client } = require("faye-websocket");
const { follow, url, origin } = require("./scenario.js");

follow(new Client(url, [], { headers: origin ? { Origin: origin } : {} }));
