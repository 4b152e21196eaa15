/* A case that could not be sent waits in this browser with its key. It is sent when the connection
   is back or whoever wrote it opens the page again; the key makes it count once, whatever answers
   were lost. No page at a shared device loads this file, and forget.js empties it on signing out. */
const form = document.querySelector("form[data-sends]");
const section = document.getElementById("waiting");
const place = `draft:${section.dataset.waiting}:waiting-cases`;
const blank = form.innerHTML;
let sending = false;

const waiting = () => kept.read(place) ?? [];
const said = (item, name) => item.fields.find((field) => field[0] === name)?.[1] ?? "";
const others = (item) => waiting().filter((each) => said(each, "key") !== said(item, "key"));

function store(items) {
  const stored = items.length ? kept.write(place, items) : (kept.remove(place), true);
  show();
  return stored;
}

form.addEventListener("unsent", (event) => {
  const fields = [...event.detail].filter(([name, value]) =>
    name !== "csrfmiddlewaretoken" && typeof value === "string");
  const item = { fields };
  if (!store([...others(item), item])) return;
  event.preventDefault();
  form.dispatchEvent(new Event("sent")); // it is no draft any more
  form.innerHTML = blank;
  form.elements.reference.value = "";
  form.elements.key.value = newKey();
  section.scrollIntoView({ block: "center" });
});

function newKey() {
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function sendAll() {
  if (sending) return;
  sending = true;
  for (const item of waiting()) {
    if (!item.refused && !(await send(item))) break;
  }
  sending = false;
}

async function send(item) {
  const body = new URLSearchParams(item.fields);
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.set("waited", "");
  let answer, text;
  try {
    const headers = { Accept: "application/json" };
    answer = await fetch(location.pathname, { method: "POST", body, headers });
    text = await answer.text();
  } catch {
    return false;
  }
  if (answer.redirected || !answer.ok) return false;
  if (answer.headers.get("Content-Type").startsWith("application/json")) {
    store(others(item));
    tell(JSON.parse(text));
  } else {
    refused(item);
  }
  return true;
}

/* Back into the form, unless somebody is writing in it: then it waits to be looked at. */
function refused(item) {
  const untouched = !form.elements.reference.value && !form.elements.amount.value;
  if (untouched) open({ ...item, refused: true });
  else store([...others(item), { ...item, refused: true }]);
}

/* What was refused is sent as a form: the answer is a page that says why. */
function open(item) {
  form.dispatchEvent(new CustomEvent("restore", { detail: item }));
  store(others(item));
  if (item.refused) form.requestSubmit();
}

function tell({ said: words, next }) {
  const line = document.getElementById("was-sent").content.cloneNode(true);
  line.querySelector("span").textContent = words;
  line.querySelector("a").href = next;
  document.getElementById("sent").append(line);
}

function show() {
  const items = waiting();
  section.hidden = !items.length;
  section.querySelector("ul").replaceChildren(...items.map(line));
}

function line(item) {
  const element = document.getElementById("waits").content.cloneNode(true).firstElementChild;
  const amount = `${said(item, "currency")} ${said(item, "amount")}`;
  element.querySelector("strong").textContent = `${said(item, "reference")}: ${amount}`;
  element.querySelector(".help").hidden = !item.refused;
  element.querySelector("button").addEventListener("click", () => open(item));
  return element;
}

section.querySelector("[data-again]").addEventListener("click", sendAll);
addEventListener("online", sendAll);
show();
sendAll();
