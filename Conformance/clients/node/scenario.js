// SPDX-License-Identifier: MIT
// What every client program does, in JavaScript: see python/scenario.py. For Node, Deno and Bun.
"use strict";

const argv = globalThis.Deno ? Deno.args : process.argv.slice(2);
const [kind, url, origin, authorization] = argv.map((word) => word || undefined);
const login = authorization ? { Authorization: authorization } : {};
const fields = origin ? { ...login, Origin: origin } : login; // for a library that has no option for Origin
const CLOSE = Symbol("close");
const ALPHABET = "abcdefghijklmnopqrstuvwxyz";

const say = (...words) => console.log(words.map((word) => String(word).trim().replace(/\s+/g, " ")).join(" "));

let steps;

function* toggle(first) {
  say("text", first);
  say("text", yield "toggle");
}

function* echoes() {
  for (const size of kind.split("=")[1].split(",").map(Number)) {
    const text = ALPHABET.repeat(size / 26 + 1).slice(0, size);
    let received = yield text;
    say(received === text ? "echoed" : "garbled", "text", size);
    const bytes = Buffer.from(text);
    received = yield bytes;
    const isSame = typeof received !== "string" && bytes.equals(Buffer.from(received));
    say(isSame ? "echoed" : "garbled", "binary", size);
  }
}

function next(data) {
  const { done, value } = steps.next(data);
  return done ? CLOSE : value;
}

/** Each answers with what to send, `CLOSE`, or undefined: read on. Bytes are received as a Buffer or an ArrayBuffer. */
function opened() {
  say("open");
  if (!kind.startsWith("echo")) return undefined;
  steps = echoes();
  return next();
}

function received(data) {
  if (steps) return next(data);
  if (kind === "toggle") {
    steps = toggle(data);
    return next();
  }
  say(typeof data === "string" ? "text" : "binary", data);
  return undefined;
}

/** Ends the program, too: a library may keep the connection of a refusal for as long as the server does. */
function refused(words) {
  say("refused", words);
  globalThis.Deno ? Deno.exit() : process.exit();
}

const closed = (code, words = "") => say("closed", code ?? "-", words);

/** A socket with the interface that browsers have (WHATWG), in whichever library. */
function follow(socket) {
  let isOpen = false;
  const act = (answer) => {
    if (answer === CLOSE) socket.close();
    else if (answer !== undefined) socket.send(answer);
  };
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    isOpen = true;
    act(opened());
  };
  socket.onmessage = (event) => act(received(event.data));
  socket.onerror = (event) => isOpen || refused(`${event.type}: ${event.message || event.error?.message || ""}`);
  socket.onclose = (event) => isOpen && closed(event.code, event.reason);
}

module.exports = { CLOSE, kind, url, origin, login, fields, opened, received, refused, closed, follow };
