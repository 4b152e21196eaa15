/* Who signs out leaves no drafts behind in this browser (draft.js). The server asks for the same by
   a header, which browsers obey over HTTPS only. */
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-forgets]")) return;
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith("draft:")) localStorage.removeItem(name);
  }
});
