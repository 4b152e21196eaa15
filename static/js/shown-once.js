/* A page that is shown once: brought back by the Back button, it gives way to another address. */
const shown = document.querySelector("[data-shown-once]");
addEventListener("pageshow", (event) => {
  if (event.persisted) location.replace(shown.dataset.shownOnce);
});
