/* A form with data-sends goes by fetch: without a network its page, and all that was typed, stays
   where it is, unless another script takes what is "unsent". The form's key makes sending it again
   one and the same. */
const form = document.querySelector("form[data-sends]");
let sending = false;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (sending) return;
  busy(true);
  tell("");
  busy(await send(new FormData(form, event.submitter))); // until the next page is there
});

function busy(now) {
  sending = now;
  for (const each of [form, ...form.querySelectorAll("button")]) {
    each.setAttribute(each === form ? "aria-busy" : "aria-disabled", String(now));
  }
}

async function send(written) {
  let answer, body;
  try {
    const headers = { Accept: "application/json" };
    answer = await fetch(location.href, { method: "POST", body: written, headers });
    body = await answer.text();
  } catch {
    const unsent = new CustomEvent("unsent", { cancelable: true, detail: written });
    return form.dispatchEvent(unsent) ? tell(form.dataset.offline) : false;
  }
  if (answer.redirected) return go(answer.url); // to sign in, and back here
  if (!answer.ok) return tell(form.dataset.failed);
  if (answer.headers.get("Content-Type").startsWith("application/json")) {
    form.dispatchEvent(new Event("sent"));
    return go(JSON.parse(body).next);
  }
  const page = new DOMParser().parseFromString(body, "text/html");
  const answered = page.querySelector("form[data-sends]");
  if (!answered) return go(location.href); // there is no such form any more: the page says why
  renew(answered);
  return false;
}

function go(address) {
  location.assign(address);
  return true;
}

function renew(answered) {
  const unfolded = form.querySelector("details")?.open;
  for (const chosen of form.querySelectorAll("input[type=file]")) {
    answered.querySelector(`[name=${chosen.name}]`).files = chosen.files;
  }
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
