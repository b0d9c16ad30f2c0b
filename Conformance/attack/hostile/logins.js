// SPDX-License-Identifier: MIT
// What a page could do with a login: log its visitor in as somebody else, or out, or use the session that there is.

// The attacker has an account, which he would like his victims to use (login CSRF).
const MINE = { name: "dora", password: "dora likes maps" };
const OWNER = { link: "A".repeat(22), name: "dora2", password: "dora likes maps", again: "dora likes maps" };
const fields = (values) => new URLSearchParams(values);

for (const [path, values] of Object.entries({ "/login": MINE, "/logout": { on: "" }, "/owner": OWNER })) {
  for (const type of ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]) {
    attempt(`form to ${path}, ${type}`, async () => submit({ path, type, fields: values }));
  }
  attempt(`form to ${path} in this window`, () => submitHere({ path, fields: values }));
  attempt(`form to ${path} in a frame`, async () => {
    document.body.append(Object.assign(document.createElement("iframe"), { name: "hole" }));
    return submit({ path, fields: values, target: "hole" });
  });
  attempt(`form to ${path} of a sandboxed frame (Origin: null)`,
    () => elsewhere("sandbox", `async () => submitHere(${JSON.stringify({ path, fields: values })})`));
  attempt(`form to ${path} redirected with 307`, async () =>
    submit({ action: redirected(307, device(path)), fields: values }));
  attempt(`form to ${path} redirected twice (Origin: null)`, async () =>
    submit({ action: redirectedTwice(device(path)), fields: values }));
  for (const mode of ["cors", "no-cors"]) {
    attempt(`fetch of ${path}, ${mode}`, () =>
      ask(path, { method: "POST", mode, body: fields(values), credentials: "include" }));
  }
  attempt(`fetch of ${path}, no-referrer`, () => ask(path, {
    method: "POST", mode: "no-cors", body: fields(values), credentials: "include", referrerPolicy: "no-referrer" }));
  attempt(`beacon to ${path}`, async () => `queued ${navigator.sendBeacon(device(path), fields(values))}`);
  attempt(`img of ${path}`, () => element("img", { src: device(`${path}?${fields(values)}`) }));
  attempt(`iframe of ${path}`, () => element("iframe", { src: device(path) }, document.body, "a load event"));
  attempt(`window at ${path}`, async () => {
    const view = open(device(`${path}?${fields(values)}`), "_blank");
    await moment(400);
    try { return `READ ${view.document.title}`; } catch (error) { return error.name; }
  });
}
for (const path of ["/api/state", "/metrics", "/login", "/"]) {
  attempt(`fetch of ${path} with the session`, () => ask(path, { credentials: "include" }));
  attempt(`script of ${path} with the session`, () => element("script", { src: device(path) }));
}
attempt("fetch with a token of a guess", () => ask("/api/state", { headers: { Authorization: "Bearer hg_x" } }));
attempt("the cookie of the device", async () =>
  document.cookie.includes("heliograph") ? `READ ${document.cookie}` : "not seen", { stopped: "no script sees it" });
attempt("the cookie of the device in a frame without an address", async () => {
  const frame = document.body.appendChild(document.createElement("iframe"));
  return frame.contentDocument.cookie.includes("heliograph") ? "READ it" : "not seen";
}, { stopped: "no script sees it" });
