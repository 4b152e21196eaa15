/* At a kiosk nothing outlives the person who stands there: after a while without a touch the screen
   is cleared, and so it is when somebody comes back to a page by the Back button. The slip's code
   stands behind the # of the address, which no server is told. */
const IDLE_MS = 120_000, WARNED_MS = 30_000;
const START = "/kiosk/";
const dialog = document.querySelector("[data-still-there]");
const slip = document.querySelector("form[data-slip]");
let timer;

const clear = () => location.replace(START);

function warn() {
  if (!dialog) return clear();
  dialog.showModal();
  timer = setTimeout(clear, WARNED_MS);
}

function touched() {
  clearTimeout(timer);
  if (dialog?.open) dialog.close();
  timer = setTimeout(warn, IDLE_MS);
}

function fill() {
  const said = new URLSearchParams(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  for (const name of ["number", "code"]) {
    if (said.has(name)) slip.elements[name].value = said.get(name);
  }
}

if (slip && location.hash) fill();
if (slip) addEventListener("hashchange", fill);
for (const happening of ["pointerdown", "keydown", "input"]) addEventListener(happening, touched);
if (dialog) touched();
addEventListener("pageshow", (event) => { if (event.persisted) clear(); });
addEventListener("pagehide", () => { for (const form of document.forms) form.reset(); });
