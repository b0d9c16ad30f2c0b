// SPDX-License-Identifier: MIT
// faye-websocket.
const { Client } = require("faye-websocket");
const { follow, url, fields } = require("./scenario.js");

follow(new Client(url, [], { headers: fields }));
