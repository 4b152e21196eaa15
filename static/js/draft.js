/* What is typed into a form with data-draft (whose it is) is kept in this browser until it has been
   sent, thrown away, or its writer signs out (forget.js); never at a shared device, whose forms
   have no data-draft. Kept by kept.js. */
const form = document.querySelector("form[data-draft]");
const KEPT_MS = 14 * 24 * 3600 * 1000;

function typed() {
  return [...form.elements].filter((field) =>
    field.name && field.name !== "csrfmiddlewaretoken" && field.name !== "nominees"
    && field.tagName !== "BUTTON" && field.type !== "file" && (field.type !== "radio" || field.checked));
}

function keep(place) {
  const people = [...form.querySelectorAll(".chips li")].map((chip) => ({
    number: chip.querySelector("input").value,
    name: chip.querySelector("bdi").textContent,
    department: chip.querySelector(".help").textContent,
  }));
  const fields = typed().map((field) => [field.name, field.value]);
  kept.write(place, { at: Date.now(), fields, people });
}

function restore(draft) {
  for (const [name, value] of draft.fields) {
    for (const field of document.getElementsByName(name)) {
      if (field.form !== form) continue;
      if (field.type === "radio") field.checked = field.value === value;
      else field.value = value;
    }
  }
  form.dispatchEvent(new CustomEvent("restored", { detail: draft }));
}

function offerANewOne(place) {
  const notice = document.getElementById("draft-restored").content.cloneNode(true);
  notice.querySelector("button").addEventListener("click", () => {
    kept.remove(place);
    location.assign(location.href);
  });
  form.before(notice);
}

function begin() {
  // A link to praise one colleague is another form than the one without.
  const place = `draft:${form.dataset.draft}:${location.pathname}${location.search}`;
  const draft = kept.read(place);
  if (draft && Date.now() - draft.at < KEPT_MS) {
    restore(draft);
    offerANewOne(place);
  }
  for (const happening of ["input", "change"]) form.addEventListener(happening, () => keep(place));
  form.addEventListener("sent", () => kept.remove(place));
  form.addEventListener("restore", (event) => {
    restore(event.detail);
    keep(place);
  });
}

if (form) begin();
