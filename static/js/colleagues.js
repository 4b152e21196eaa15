/* Colleagues are found while one types and become chips; without this file the button Find looks
   them up. A combobox as ARIA's authoring practices describe it: the focus stays in the field. */
const form = document.querySelector("form[data-colleagues]");
const text = form.dataset;
const WAIT_MS = 150;
let box, list, people, active, newest = 0, timer;

function prepare() {
  box = form.querySelector("#id_nominees");
  box.removeAttribute("name"); // what was chosen is sent, not what was typed to find it
  form.querySelector("[name=find]")?.remove();
  list = document.createElement("ul");
  list.id = "colleagues-found";
  list.className = "options";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", text.options);
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", pickClicked);
  box.parentElement.append(list);
  const described = { role: "combobox", "aria-controls": list.id, "aria-autocomplete": "list" };
  for (const [name, value] of Object.entries(described)) box.setAttribute(name, value);
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT_MS);
  });
  box.addEventListener("keydown", key);
  box.addEventListener("blur", close);
  // Enter in another field would press the first button that sends: never one that removes.
  for (const button of form.querySelectorAll("[name=remove]")) button.type = "button";
  close();
}

async function look() {
  const number = ++newest;
  const said = box.value.trim();
  if (!said) return close();
  let answer;
  try {
    answer = await fetch(`${text.colleagues}?q=${encodeURIComponent(said)}`);
    // Signed out meanwhile: the way back in leads here again, and the draft is kept.
    if (answer.redirected) return location.reload();
    if (!answer.ok) throw new Error(answer.statusText);
    answer = await answer.json();
  } catch {
    return say(text.unreachable);
  }
  if (number === newest) show(answer.people);
}

function show(found) {
  people = found;
  active = -1;
  list.replaceChildren(...found.map(option));
  list.hidden = !found.length;
  box.setAttribute("aria-expanded", String(Boolean(found.length)));
  box.removeAttribute("aria-activedescendant");
  say(found.length ? text.found.replace("%s", found.length) : text.none);
}

function option(person, place) {
  const item = document.createElement("li");
  item.id = `colleague-${place}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.append(bidi(person.name), detail(person));
  return item;
}

function bidi(name) {
  const element = document.createElement("bdi");
  element.textContent = name;
  return element;
}

function detail(person) {
  const element = document.createElement("span");
  element.className = "help";
  element.textContent = [person.known_as, person.department].filter(Boolean).join(" · ");
  return element;
}

function close() {
  newest += 1;
  clearTimeout(timer);
  people = [];
  active = -1;
  list.replaceChildren();
  list.hidden = true;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function key(event) {
  if (event.isComposing) return; // Enter ends a word of an input method
  if (event.key === "Enter") {
    event.preventDefault();
    if (people.length) choose(people[Math.max(active, 0)]);
  } else if (event.key === "Escape") {
    close();
  } else if (people.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  }
}

function move(step) {
  list.children[active]?.setAttribute("aria-selected", "false");
  active = active < 0 && step < 0 ? people.length - 1 : (active + step + people.length) % people.length;
  const item = list.children[active];
  item.setAttribute("aria-selected", "true");
  item.scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", item.id);
}

function pickClicked(event) {
  const place = [...list.children].indexOf(event.target.closest("li"));
  if (place >= 0) choose(people[place]);
}

function choose(person) {
  box.value = "";
  close();
  if (add(person)) say(text.added.replace("%s", person.name));
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

function add(person) {
  const chips = form.querySelector(".chips");
  if ([...chips.querySelectorAll("input")].some((each) => each.value === person.number)) return false;
  const chip = document.getElementById("chip").content.cloneNode(true).firstElementChild;
  chip.querySelector("input").value = person.number;
  chip.querySelector("bdi").textContent = person.name;
  chip.querySelector(".help").textContent = person.department;
  const button = chip.querySelector("button");
  button.type = "button";
  button.setAttribute("aria-label", text.remove.replace("%s", person.name));
  chips.append(chip);
  if (chips.children.length === 1) mend();
  return true;
}

/* What was wrong, that nobody was chosen, is so no more. */
function mend() {
  form.querySelector("#id_nominees_error")?.remove();
  box.removeAttribute("aria-invalid");
  box.setAttribute("aria-describedby", "id_nominees_helptext");
  box.closest(".field").classList.remove("wrong");
}

function remove(chip) {
  const name = chip.querySelector("bdi").textContent;
  chip.remove();
  say(text.removed.replace("%s", name));
  form.dispatchEvent(new Event("change", { bubbles: true }));
  box.focus();
}

function say(words) {
  form.querySelector("[data-said]").textContent = words;
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("[name=remove]");
  if (button) remove(button.closest("li"));
});
form.addEventListener("restored", (event) => event.detail.people.forEach(add));
form.addEventListener("renewed", prepare);
prepare();
