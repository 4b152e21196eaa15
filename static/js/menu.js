/* Menus close when another opens, on Escape and on a click elsewhere. Without this file they
   still open and close by their summaries. */
const menus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("details.menu[open]")) return;
  for (const menu of menus()) if (menu !== event.target) menu.open = false;
}, true);

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector("summary").focus();
  }
});
