// SPDX-License-Identifier: MIT
// Sockets, streams of events, and windows.

for (const [name, protocols] of Object.entries({ none: [], one: ["heliograph.v2"], "that of Arduino": ["arduino"] })) {
  attempt(`WebSocket, sub-protocol: ${name}`, () => socket(device("/ws"), ...(protocols.length ? [protocols] : [])));
}
attempt("WebSocket by the device's other name", () =>
  socket(device("/ws", DEVICE.replace("127.0.0.1", "localhost"))));
attempt("WebSocket to a path that has none", () => socket(device("/api/events")));
for (const kind of ["sandbox", "data", "blob", "worker", "data worker", "shared worker"]) {
  attempt(`WebSocket of a ${kind}`, () => elsewhere(kind, async () => socket(device("/ws"))));
}
attempt("WebSocket of a service worker", () => byServiceWorker(async () => socket(device("/ws"))));
attempt("WebSocketStream", async () => {
  if (!("WebSocketStream" in self)) return "not in this browser";
  return new WebSocketStream(device("/ws").replace("http", "ws")).opened.then(() => "READ", (error) => error.name);
});

attempt("EventSource", () => events({}));
attempt("EventSource with credentials", () => events({ withCredentials: true }));
for (const kind of ["sandbox", "data", "worker"]) {
  attempt(`EventSource of a ${kind}`, () => elsewhere(kind, async () => events({ withCredentials: true })));
}

/** Opens the device's page in a window, and works on that. */
async function opened(path, work, features = "") {
  const view = open(device(path), "_blank", features);
  await moment(400);
  let seen = "no handle";
  try { seen = view ? `READ ${view.document.title}` : seen; } catch (error) { seen = error.name; }
  if (view) await work(view);
  return seen;
}
const COMMANDS = ["toggle", { action: "toggle" }, { type: "toggle", part: "led", id: 1 },
  '{"type":"toggle","part":"led","id":1}', { type: "click", part: "button" }];
const MARKUP = "<img src=x onerror=\"fetch('/api/led/toggle',{method:'POST'})\">" +
  "<script>fetch('/api/led/toggle',{method:'POST'})</script>";
attempt("window and postMessage", () => opened("/", async (view) => {
  for (const command of COMMANDS) view.postMessage(command, "*");
}));
attempt("window with markup in its query", () => opened(`/?name=${encodeURIComponent(MARKUP)}`, async () => {}));
attempt("window with markup in its fragment", () =>
  opened(`/?`, async (view) => { view.location = `${DEVICE}/#${MARKUP}`; }));
attempt("window with markup in its name", async () => {
  open(device("/"), MARKUP.replaceAll(/[^a-z]/g, "_"));
  return "opened";
});
attempt("window to which a script is written", () => opened("/", async (view) => {
  for (const url of ["javascript:fetch('/api/led/toggle',{method:'POST'})", `data:text/html,${MARKUP}`]) {
    try { view.location = url; } catch { /* refused */ }
  }
}));
attempt("window with a path that is markup", () => opened(`/${encodeURIComponent(MARKUP)}`, async () => {}));
attempt("window at a path that toggles", () => opened(TOGGLE, async () => {}));
