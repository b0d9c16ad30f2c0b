// SPDX-License-Identifier: MIT
// Scripts' requests.

const SAME_ORIGIN = "same-origin mode asks no other site";
const BODIES = {
  "no body": () => undefined,
  "text/plain": () => '{"on":true}',
  "application/x-www-form-urlencoded": () => new URLSearchParams({ on: "true" }),
  "multipart/form-data": () => { const form = new FormData(); form.set("on", "true"); return form; },
  "no type": () => new Blob(['{"on":true}']),
};
const post = (body, more = {}) => ({ method: "POST", body, credentials: "include", ...more });

for (const mode of ["cors", "no-cors"]) {
  for (const [name, body] of Object.entries(BODIES)) {
    attempt(`fetch, ${mode}, POST, ${name}`, () => ask(TOGGLE, post(body(), { mode })));
  }
  attempt(`fetch, ${mode}, GET of the state`, () => ask("/api/state", { mode, credentials: "include" }));
  attempt(`fetch, ${mode}, HEAD of the state`, () => ask("/api/state", { mode, method: "HEAD" }));
  attempt(`fetch, ${mode}, GET of the page`, () => ask("/", { mode, credentials: "include" }));
  attempt(`fetch, ${mode}, keepalive`, () => ask(TOGGLE, post("x", { mode, keepalive: true })));
  attempt(`fetch, ${mode}, no-referrer`, () => ask(TOGGLE, post("x", { mode, referrerPolicy: "no-referrer" })));
}
attempt("fetch, same-origin, POST", () => ask(TOGGLE, post("x", { mode: "same-origin" })), { stopped: SAME_ORIGIN });

const json = { "Content-Type": "application/json" };
attempt("fetch with a preflight: JSON", () => ask(TOGGLE, post("{}", { headers: json })));
attempt("fetch with a preflight: PUT", () => ask("/api/led", post('{"on":true}', { method: "PUT", headers: json })));
attempt("fetch with a preflight: DELETE", () => ask("/api/led", { method: "DELETE" }));
attempt("fetch with a preflight: method override", () =>
  ask("/api/led", post("{}", { headers: { "X-HTTP-Method-Override": "PUT" } })));
attempt("fetch with a preflight: Authorization", () => ask("/api/state", { headers: { Authorization: "Bearer x" } }));

for (const status of [302, 303, 307, 308]) {
  attempt(`fetch redirected with ${status}`, () => ask("", post("x"), redirected(status, device(TOGGLE))));
}
for (const mode of ["cors", "no-cors"]) {
  attempt(`fetch, ${mode}, redirected twice (Origin: null)`, () =>
    ask("", post("x", { mode }), redirectedTwice(device(TOGGLE))));
}
attempt("fetch to the device's other name", () =>
  ask("", post("x", { mode: "no-cors" }), device(TOGGLE, DEVICE.replace("127.0.0.1", "localhost"))));

function request(method, path, withCredentials) {
  const request = new XMLHttpRequest();
  request.open(method, device(path));
  request.withCredentials = withCredentials;
  const outcome = Promise.race([event(request, "load", "READ an answer"), event(request, "error", "an error event")]);
  request.send(method === "POST" ? "on=true" : null);
  return within(outcome);
}
attempt("XMLHttpRequest, POST", () => request("POST", TOGGLE, false));
attempt("XMLHttpRequest, POST with credentials", () => request("POST", TOGGLE, true));
attempt("XMLHttpRequest, GET of the state", () => request("GET", "/api/state", true));

for (const [name, body] of Object.entries(BODIES)) {
  attempt(`beacon, ${name}`, async () => `queued ${navigator.sendBeacon(device(TOGGLE), body())}`);
}
attempt("beacon, JSON", async () =>
  `queued ${navigator.sendBeacon(device(TOGGLE), new Blob(["{}"], { type: "application/json" }))}`);
attempt("ping of a link", async () => {
  const link = Object.assign(document.createElement("a"), { href: HERE, ping: device(TOGGLE), target: "_blank" });
  document.body.append(link);
  link.click();
  return "sent";
});
attempt("report of a broken policy", async () => {
  const policy = encodeURIComponent(`img-src 'none'; report-uri ${device(TOGGLE)}`);
  return element("iframe", { src: `${HERE}/?policy=${policy}&body=<img src=x>` }, document.body, "sent");
});

for (const kind of ["sandbox", "data", "blob", "worker", "blob worker", "data worker", "shared worker"]) {
  attempt(`fetch of a ${kind}: POST`, () =>
    elsewhere(kind, async () => ask(TOGGLE, { method: "POST", mode: "no-cors", body: "x", credentials: "include" })));
  attempt(`fetch of a ${kind}: the state`, () => elsewhere(kind, async () => ask("/api/state")));
}
attempt("fetch of a service worker: POST", () =>
  byServiceWorker(async () => ask(TOGGLE, { method: "POST", mode: "no-cors", body: "x", credentials: "include" })));
attempt("fetch of a service worker: the state", () => byServiceWorker(async () => ask("/api/state")));
attempt("importScripts of the state", () =>
  elsewhere("worker", async () => { importScripts(device("/api/state")); return "READ it runs"; }));
attempt("importScripts of the page's script", () =>
  elsewhere("worker", async () => { importScripts(device("/index.js")); return "READ it runs"; }));
attempt("worker of the device's script", () => new Promise((done) => {
  try { new Worker(device("/index.js")).onerror = () => done("an error event"); } catch (error) { done(error.name); }
}), { stopped: "a worker's script is of its own site" });
attempt("service worker of the device's script", () =>
  navigator.serviceWorker.register(device("/index.js")).then(() => "READ", (error) => error.name),
{ stopped: "a service worker's script is of its own site" });
