// SPDX-License-Identifier: MIT
// websocket (theturtle32's), by its own interface.
const { client: Client } = require("websocket");
const scenario = require("./scenario.js");

const client = new Client();
client.on("connectFailed", (error) => scenario.refused(error));
client.on("connect", (connection) => {
  const act = (answer) => {
    if (answer === scenario.CLOSE) connection.close();
    else if (typeof answer === "string") connection.sendUTF(answer);
    else if (answer !== undefined) connection.sendBytes(answer);
  };
  connection.on("message", ({ type, utf8Data, binaryData }) =>
    act(scenario.received(type === "utf8" ? utf8Data : binaryData)));
  connection.on("close", (code, description) => scenario.closed(code, description));
  act(scenario.opened());
});
client.connect(scenario.url, undefined, scenario.origin, scenario.login);
