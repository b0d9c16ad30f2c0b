// Keeps the rows that the server has made up to date, and says in words how the plants have it.
const source = new EventSource("api/events");
source.onmessage = (event) => {
  const message = JSON.parse(event.data);
  for (const [name, part] of Object.entries(message.parts ?? {})) {
    const row = document.querySelector(`[data-part="${name}"]`);
    if (!row) continue;
    row.classList.toggle("on", part.on === true || part.pressed === true);
    row.querySelector("button")?.setAttribute("aria-checked", String(part.wanted ?? part.on));
    row.querySelector("i").textContent = part.fault ?? words(part);
    if (name === "air") document.querySelector("#air").textContent = mood(part.value);
  }
};
source.onerror = () => { document.querySelector("#air").textContent = "The device does not answer."; };

function words(part) {
  if (part.on !== undefined) return part.on ? "on" : "off";
  if (part.pressed !== undefined) return part.pressed ? "pressed" : "released";
  return part.value === null || part.value === undefined ? "unknown" : `${part.value} °C`;
}

function mood(value) {
  if (typeof value !== "number") return "";
  return value > 28 ? "It is hot: the fan runs." : value < 5 ? "It is cold." : "The plants are fine.";
}
