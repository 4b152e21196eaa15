/* A form with data-sends goes by fetch: without a network its page, and all that was typed, stays
   where it is. The form's key makes sending it again one and the same. */
const form = document.querySelector("form[data-sends]");
let sending = false;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (sending) return;
  sending = true;
  form.setAttribute("aria-busy", "true");
  tell("");
  sending = await send(); // until the next page is there
  if (!sending) form.removeAttribute("aria-busy");
});

async function send() {
  let answer, body;
  try {
    const headers = { Accept: "application/json" };
    answer = await fetch(location.href, { method: "POST", body: new FormData(form), headers });
    body = await answer.text();
  } catch {
    return tell(form.dataset.offline);
  }
  if (answer.redirected) return go(answer.url); // to sign in, and back here
  if (!answer.ok) return tell(form.dataset.failed);
  if (answer.headers.get("Content-Type").startsWith("application/json")) {
    form.dispatchEvent(new Event("sent"));
    return go(JSON.parse(body).next);
  }
  renew(new DOMParser().parseFromString(body, "text/html").querySelector("form[data-sends]"));
  return false;
}

function go(address) {
  location.assign(address);
  return true;
}

function renew(answered) {
  const unfolded = form.querySelector("details")?.open;
  form.replaceChildren(...answered.childNodes);
  if (unfolded) form.querySelector("details").open = true;
  form.dispatchEvent(new Event("renewed"));
  const first = form.querySelector("[role=alert], .wrong");
  first?.scrollIntoView({ block: "center" });
  form.querySelector(".wrong :is(input, textarea):not([type=hidden])")?.focus({ preventScroll: true });
}

function tell(words) {
  const message = document.createElement("p");
  message.className = "message warning";
  message.textContent = words;
  form.querySelector("[data-notice]").replaceChildren(...(words ? [message] : []));
  return false;
}

addEventListener("online", () => {
  if (form.querySelector("[data-notice] p")) tell(form.dataset.online);
});
