/* What is answered is kept in this browser beside its ballot until that is cast, and never at a kiosk
   (data-ballot is empty there). Casting goes by fetch: without a network the page and all answers
   stay. The same ballot sent twice counts once, so sending again is always right. */
const form = document.querySelector("form[data-ballot]");
const OURS = ["credential", "language", "kiosk"];
let place, sending = false;

const answered = () => [...new FormData(form)].filter(([name]) => !OURS.includes(name));

function keep() {
  const known = kept.read(place) ?? {};
  const isKept = kept.write(place, {
    credential: form.elements.credential.value, poll: form.dataset.poll,
    language: form.querySelector("input[name=language]").value,
    ...(known.receipt ? { receipt: known.receipt } : {}), answers: answered(),
  });
  form.querySelector("[data-says-kept]").hidden = !isKept;
}

function restore(answers) {
  for (const field of form.elements) {
    const said = answers.filter(([name]) => name === field.name).map(([, value]) => value);
    if (!field.name || OURS.includes(field.name)) continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = said.includes(field.value);
    else if (said.length) field.value = said[0];
  }
  form.dispatchEvent(new Event("change"));
}

function begin() {
  form.addEventListener("submit", submit);
  if (!form.dataset.ballot) return;
  place = `ballot:${form.elements.credential.value.split(".").pop()}`;
  // What the server sent back, after another language was chosen, is newer than what is kept.
  const known = kept.read(place);
  if (known?.answers && answered().every(([, value]) => value === "")) restore(known.answers);
  keep();
  for (const happening of ["input", "change"]) form.addEventListener(happening, keep);
}

async function submit(event) {
  if (event.submitter?.hasAttribute("formaction")) return; // another language
  event.preventDefault();
  if (sending) return;
  busy(true);
  tell("");
  await send();
  busy(false);
}

function busy(now) {
  sending = now;
  form.setAttribute("aria-busy", String(now));
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", String(now));
}

async function send() {
  let answer, body;
  try {
    answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    body = await answer.text();
  } catch {
    return tell(form.dataset.offline);
  }
  if (!answer.ok && answer.status !== 409) return tell(form.dataset.failed);
  const page = new DOMParser().parseFromString(body, "text/html");
  const cast = page.querySelector("[data-cast]");
  if (cast && place) kept.write(place, { poll: form.dataset.poll, receipt: cast.dataset.cast });
  return show(page);
}

function show(page) {
  // Questions with a mistake in them come back as such a form: its words are taken over, and the
  // answers stay as they stand here.
  const again = page.querySelector("form[data-ballot]");
  if (again) {
    const wrong = again.querySelector("[role=alert]");
    const own = form.querySelector("[data-notice]");
    own.replaceChildren(document.adoptNode(wrong));
    wrong.querySelector("a")?.focus();
    return;
  }
  document.title = page.title;
  document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
  scrollTo(0, 0);
  document.querySelector("h1").focus();
  // At a kiosk the page that says "cast" clears itself; taken over from a fetch it is told to.
  const clears = page.querySelector("meta[http-equiv=refresh]")?.content.match(/^(\d+); url=(.+)$/);
  if (clears) setTimeout(() => location.replace(clears[2]), Number(clears[1]) * 1000);
}

function tell(words) {
  const message = document.createElement("p");
  message.className = "message warning";
  message.textContent = words;
  form.querySelector("[data-notice]").replaceChildren(...(words ? [message] : []));
  if (words) form.querySelector("button:not(.first, .quiet)").textContent = form.dataset.again;
}

addEventListener("online", () => {
  if (form?.querySelector("[data-notice] .warning")) tell(form.dataset.online);
});

if (form) begin();
