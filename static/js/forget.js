/* Who signs out leaves nothing behind in this browser but ballots (ballot.js), which belong to nobody
   known and which nobody could hand out again. At shared devices the server has all of it cleared. */
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-forgets]")) return;
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith("ballot:")) localStorage.removeItem(name);
  }
});
