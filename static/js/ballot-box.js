/* Which ballots this browser keeps, and receipts of those that were cast. A ballot that comes by the
   code on a print stands behind the # of the address, which no server is told; it is put away and
   taken out of the address. */
const WRITTEN = /^#[A-Za-z0-9_-]{1,30}\.[0-9]{1,9}\.[A-Za-z0-9_-]{43}\.[0-9a-f]{64}$/;
const list = document.querySelector("[data-ballots]");

function takeFromAddress() {
  if (!WRITTEN.test(location.hash)) return;
  const credential = location.hash.slice(1);
  const place = `ballot:${credential.split(".").pop()}`;
  const known = kept.read(place);
  const ballot = known ?? { credential, poll: credential.split(".")[0], language: "" };
  history.replaceState(null, "", location.pathname);
  // A browser that keeps nothing shows it all the same, for as long as this page is open.
  if (!known && !kept.write(place, ballot)) show(place, ballot);
}

function show(place, ballot) {
  const cast = Boolean(ballot.receipt);
  const card = document.getElementById(cast ? "kept-receipt" : "kept-ballot").content.cloneNode(true);
  card.querySelector("[data-poll]").textContent = ballot.poll;
  for (const field of card.querySelectorAll("input")) field.value = ballot[field.name] ?? "";
  if (cast) {
    card.querySelector("[data-receipt]").textContent = ballot.receipt;
    const own = card.querySelector("section");
    card.querySelector("[data-forget]").addEventListener("click", () => {
      kept.remove(place);
      own.remove();
    });
  }
  list.append(card);
  document.querySelector("[data-none]").hidden = true;
}

function showAll() {
  list.replaceChildren();
  document.querySelector("[data-none]").hidden = false;
  takeFromAddress();
  let names = [];
  try { names = Object.keys(localStorage); } catch { /* it keeps nothing, so there is nothing */ }
  for (const name of names.filter((each) => each.startsWith("ballot:")).sort()) {
    const ballot = kept.read(name);
    if (ballot) show(name, ballot);
  }
}

if (list) {
  showAll();
  addEventListener("hashchange", showAll);
  // Back from a ballot that was cast in the meantime.
  addEventListener("pageshow", (event) => event.persisted && showAll());
}
