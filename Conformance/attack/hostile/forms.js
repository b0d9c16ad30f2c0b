// SPDX-License-Identifier: MIT
// Forms: what a page of 1995 can do.

const TYPES = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
for (const type of TYPES) {
  attempt(`form, ${type}`, async () => submit({ type }));
  attempt(`form to the part's own path, ${type}`, async () => submit({ type, path: "/api/parts/led/toggle" }));
}
attempt("form into a frame", async () => {
  document.body.append(Object.assign(document.createElement("iframe"), { name: "hole" }));
  return submit({ target: "hole" });
});
for (const type of TYPES) {
  attempt(`form of a sandboxed frame (Origin: null), ${type}`,
    () => elsewhere("sandbox", `async () => submitHere({ type: "${type}" })`));
}
attempt("form of a data: frame (Origin: null)",
  () => elsewhere("data", async () => submitHere()));
attempt("form of a blob: frame", () => elsewhere("blob", async () => submitHere()));
attempt("form of a page with no-referrer (Origin: null)", async () => {
  document.head.append(Object.assign(document.createElement("meta"), { name: "referrer", content: "no-referrer" }));
  return submit();
});
attempt("form with rel=noreferrer", async () => submit({ rel: "noreferrer" }));
attempt("form with a method override in its body", async () =>
  submit({ path: "/api/led", fields: { _method: "PUT" } }));
attempt("form with a method override in its target", async () => submit({ path: `${TOGGLE}?_method=PUT` }));
attempt("form by GET", async () => submit({ method: "get" }));
attempt("form that spells JSON in text/plain", async () =>
  submit({ type: "text/plain", fields: { '{"on":true,"x":"': '"}' } }));
attempt("form of a button with formaction", async () => {
  const form = document.createElement("form");
  form.innerHTML = `<button formaction="${device(TOGGLE)}" formmethod=post formtarget=_blank name=on value=true>`;
  document.body.append(form);
  form.querySelector("button").click();
  return "sent";
});
for (const status of [307, 308]) {
  attempt(`form redirected with ${status}`, async () => submit({ action: redirected(status, device(TOGGLE)) }));
}
attempt("form redirected twice (Origin: null)", async () => submit({ action: redirectedTwice(device(TOGGLE)) }));
attempt("form in this window", () => submitHere());
