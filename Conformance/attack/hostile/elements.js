// SPDX-License-Identifier: MIT
// Elements that load something of another site, and frames around the device's page.

const svg = (inner) => {
  document.body.insertAdjacentHTML("beforeend", `<svg width=50 height=50>${inner}</svg>`);
  return within(Promise.race([
    event(document.querySelector("svg").firstChild, "load", "READ it loads"),
    event(document.querySelector("svg").firstChild, "error", "an error event")]));
};
const css = (text) => {
  document.head.append(Object.assign(document.createElement("style"), { textContent: text }));
  document.body.append("text");
  return moment(300).then(() => "asked");
};

for (const path of ["/favicon.svg", "/apple-touch-icon.png", "/api/state", TOGGLE]) {
  attempt(`img of ${path}`, () => element("img", { src: device(path) }));
}
attempt("img with crossorigin", () =>
  element("img", { src: device("/favicon.svg"), crossorigin: "use-credentials" }));
attempt("image of svg", () => svg(`<image href="${device("/favicon.svg")}" width=50 height=50 />`));
attempt("input of type image", () => element("input", { type: "image", src: device("/favicon.svg") }));
attempt("script of the state", () => element("script", { src: device("/api/state") }));
attempt("script of the page's script", () => element("script", { src: device("/index.js") }));
attempt("script of the API's description", () => element("script", { src: device("/api/openapi.json") }));
attempt("script of the page", () => element("script", { src: device("/") }));
attempt("module of the page's script", () => element("script", { src: device("/index.js"), type: "module" }));
attempt("import() of the state as JSON", () =>
  import(device("/api/state"), { with: { type: "json" } }).then(() => "READ it", (error) => error.name));
attempt("stylesheet of the page", () => element("link", { rel: "stylesheet", href: device("/index.css") }));
attempt("stylesheet of the state", () => element("link", { rel: "stylesheet", href: device("/api/state") }));
attempt("stylesheet of the document", () => element("link", { rel: "stylesheet", href: device("/") }));
for (const [rel, more] of Object.entries({
  prefetch: {}, preload: { as: "image" }, modulepreload: {}, manifest: {}, icon: {},
})) {
  // Whether one of these loads is not always told; that it asked is seen on the wire.
  attempt(`link rel=${rel}`, () => element(
    "link", { rel, href: device(rel === "manifest" ? "/manifest.webmanifest" : "/favicon.svg"), ...more },
    document.head, "loaded unseen", 400), rel === "manifest" ? { stopped: "asked for at an installation" } : {});
}
attempt("link rel=preload with credentials", () => element(
  "link", { rel: "preload", as: "fetch", href: device("/api/state"), crossorigin: "use-credentials" }, document.head));
for (const tag of ["video", "audio"]) {
  attempt(tag, () => element(tag, { src: device("/api/state"), preload: "auto" }));
}
attempt("@import", () => css(`@import "${device("/index.css")}";`));
attempt("background", () => css(`body { background: url("${device(TOGGLE)}") }`));
attempt("font", () => css(`@font-face { font-family: x; src: url("${device("/api/state")}") } body { font: 9px x }`));

// Frames: what the page in one shows is looked at from outside.
for (const path of ["/", "/index.html", "/api/state", "/favicon.svg", "/index.js", "/nowhere", "/ws"]) {
  attempt(`iframe of ${path}`, () => element("iframe", { src: device(path) }, document.body, "a load event"));
}
attempt("iframe in a sandbox", () => element(
  "iframe", { src: device("/"), sandbox: "allow-scripts allow-forms" }, document.body, "a load event"));
attempt("iframe in an iframe", () => element(
  "iframe", { srcdoc: `<iframe src="${device("/")}"></iframe>` }, document.body, "a load event"));
attempt("object", () => element("object", { data: device("/"), type: "text/html" }, document.body, "a load event"));
attempt("object of an image", () => element("object", { data: device("/favicon.svg") }, document.body, "a load event"));
attempt("embed", () => element("embed", { src: device("/"), type: "text/html" }, document.body, "a load event"));
attempt("frame of a frameset", async () => {
  document.body.remove();
  document.documentElement.append(Object.assign(document.createElement("frameset"), { cols: "*" }));
  return element("frame", { src: device("/") }, document.querySelector("frameset"), "a load event");
});
attempt("click-jacking: an invisible frame under the pointer", async () => {
  const said = await element("iframe", {
    src: device("/"), style: "position:fixed;inset:0;width:100%;height:100%;opacity:0.001;border:0",
  }, document.body, "a load event");
  return said;
}, { clicks: true });
