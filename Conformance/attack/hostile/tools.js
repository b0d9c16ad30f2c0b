// SPDX-License-Identifier: MIT
// What the attacker's pages work with. An attempt returns what its page saw, which begins with READ if the page got
// anything of the device. DEVICE and HERE, the origins of the device and of this page, are written before this file.

const ATTEMPTS = [];
/** Adds an attempt. `stopped` says why the browser itself sends nothing. */
const attempt = (name, run, options = {}) => ATTEMPTS.push({ name, run, stopped: "", ...options });

const TOGGLE = "/api/led/toggle";
/** An address of the device that no cache knows. */
const device = (path, origin = DEVICE) =>
  `${origin}${path}${path.includes("?") ? "&" : "?"}${Math.random().toString(36).slice(2, 8)}`;
/** The same by way of the attacker's server. */
const redirected = (status, url, from = HERE) => `${from}/redirect?status=${status}&to=${encodeURIComponent(url)}`;

/** Redirected by two servers, each of another site than the next: then `Origin` is null (Fetch, section 4.4). */
const redirectedTwice = (url) => redirected(307, redirected(307, url, OTHER), HERE);
const OTHER = `http://other.example:${HERE.split(":")[2]}`;

const within = (promise, milliseconds = 2000) => Promise.race([
  promise, new Promise((done) => setTimeout(() => done("nothing"), milliseconds))]);
/** Whether the page is as it was, so that it may make the next attempt, too. */
function cleaned() {
  if (!document.head || !document.body || document.querySelector("meta, style, frameset")) return false;
  document.body.replaceChildren();
  for (const link of document.head.querySelectorAll("link")) link.remove();
  return true;
}
const moment = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const event = (target, name, word = name) =>
  new Promise((done) => target.addEventListener(name, () => done(word), { once: true }));

/** Sends a form in place of its own document, a moment after that has said so. */
async function submitHere(options) {
  setTimeout(() => submit({ target: "_self", ...options }), 20);
  return "sent";
}

/** Sends a form, into a new window by default. */
function submit({ path = TOGGLE, type = "application/x-www-form-urlencoded", fields = { on: "true" }, ...rest } = {}) {
  const form = document.createElement("form");
  Object.assign(form, { action: device(path), method: "post", target: "_blank", enctype: type }, rest);
  for (const [name, value] of Object.entries(fields)) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
  return "sent";
}

/** Asks by fetch, and says what the script may read. */
async function ask(path, options = {}, url = device(path)) {
  try {
    const answer = await fetch(url, options);
    const text = await answer.text();
    if (answer.type !== "opaque" && answer.ok) return `READ ${answer.status} ${text.slice(0, 3000)}`;
    return answer.type === "opaque" ? "an opaque answer" : `${answer.status} ${text.slice(0, 3000)}`;
  } catch (error) {
    return error.name;
  }
}

/** Adds an element, and says whether it loaded. */
function element(tag, attributes, parent = document.body, says = "READ it loads", patience = 2000) {
  const node = document.createElement(tag);
  const outcome = Promise.race([
    event(node, "load", says), event(node, "loadeddata", says), event(node, "error", "an error event")]);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  parent.append(node);
  return within(outcome, patience);
}

/** Opens a socket, and says whether it was let in. */
function socket(url, ...protocols) {
  try {
    const opened = new WebSocket(url.replace(/^http/, "ws"), ...protocols);
    return within(Promise.race([
      event(opened, "open", "READ the socket is open"), event(opened, "message", "READ a message"),
      event(opened, "error", "an error event")]));
  } catch (error) {
    return error.name;
  }
}

/** Listens to the device's events. */
function events(options) {
  const source = new EventSource(device("/api/events"), options);
  return within(Promise.race([
    event(source, "open", "READ the stream is open"), event(source, "message", "READ a message"),
    event(source, "error", "an error event")])).finally(() => source.close());
}

/** A document or worker with this source in it, in which `work` is done; says what it says. */
function elsewhere(kind, work) {
  const script = `(${work})().then((said) => REPLY(said), (error) => REPLY(error.name))`;
  const answer = (target) => within(new Promise((done) => target.addEventListener(
    "message", (message) => typeof message.data === "string" && done(message.data))), 4000);
  const source = `${HERE}/tools.js?more=${encodeURIComponent(script.replaceAll("REPLY", "postMessage"))}`;
  if (kind === "worker") return answer(new Worker(source));
  if (kind === "shared worker") {
    const connected = `onconnect = ({ ports: [port] }) => { ${script.replaceAll("REPLY", "port.postMessage")} }`;
    const worker = new SharedWorker(`${HERE}/tools.js?more=${encodeURIComponent(connected)}`);
    worker.port.start();
    return answer(worker.port);
  }
  if (kind === "blob worker" || kind === "data worker") {
    const text = `importScripts(${JSON.stringify(source)})`;
    return answer(new Worker(kind === "blob worker"
      ? URL.createObjectURL(new Blob([text], { type: "text/javascript" }))
      : `data:text/javascript,${encodeURIComponent(text)}`));
  }
  const reply = "const reply = (said) => parent.postMessage(said, '*');";
  const body = (reply + script.replaceAll("REPLY", "reply")).replaceAll("</", "<\\/");
  const text = `<!doctype html><body><script src="${HERE}/tools.js"></script><script>${body}</script>`;
  const frame = document.createElement("iframe");
  if (kind === "sandbox") Object.assign(frame, { srcdoc: text }).setAttribute("sandbox", "allow-scripts allow-forms");
  if (kind === "data") frame.src = `data:text/html,${encodeURIComponent(text)}`;
  if (kind === "blob") frame.src = URL.createObjectURL(new Blob([text], { type: "text/html" }));
  document.body.append(frame);
  return answer(window);
}

/** The attacker's service worker does it. */
async function byServiceWorker(work) {
  const script = `self.onmessage = (message) => (${work})().then(
    (said) => message.source.postMessage(said), (error) => message.source.postMessage(error.name));`;
  try {
    const address = `${HERE}/tools.js?more=${encodeURIComponent(script)}`;
    const { installing } = await navigator.serviceWorker.register(address, { scope: `/${Math.random()}/` });
    navigator.serviceWorker.startMessages();
    while (installing.state !== "activated") await within(event(installing, "statechange"));
    const said = within(new Promise((done) => {
      navigator.serviceWorker.onmessage = (message) => done(message.data);
    }), 4000);
    installing.postMessage("go");
    return await said;
  } catch (error) {
    return error.name;
  }
}
