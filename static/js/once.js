/* A form that changes something is sent once, however often its button is pressed. */
const AGAIN_MS = 5000; // an answer that is a file leaves the page, and its form, where it is
const sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("method")?.toLowerCase() !== "post") return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  setTimeout(() => sent.delete(form), AGAIN_MS);
});
