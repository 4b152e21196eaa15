/* While a lead writes factors, the server says what the others would carry; nothing is saved. */
const form = document.querySelector("form[data-live]");
const id = form.dataset.live;
let newest = 0;

async function look() {
  const number = ++newest;
  const written = new FormData(form);
  written.append("look", "");
  const answer = await fetch(form.action, { method: "POST", body: written });
  if (!answer.ok || number !== newest) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById(id);
  if (found && number === newest) document.getElementById(id).replaceChildren(...found.childNodes);
}

form.addEventListener("change", () => look().catch(() => {}));
