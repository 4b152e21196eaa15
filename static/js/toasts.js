/* Messages leave the page's top for the corner, where they are announced and can be put away.
   Good news goes by itself, unless somebody is reading it; the rest stays. */
const SHOWN_MS = 12000;
const region = document.getElementById("toasts");

function withButton(message) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "×";
  button.setAttribute("aria-label", region.dataset.close);
  button.addEventListener("click", () => message.remove());
  message.append(button);
}

function goesByItself(message) {
  const ask = () => {
    if (message.matches(":hover, :focus-within")) setTimeout(ask, 2000);
    else message.remove();
  };
  setTimeout(ask, SHOWN_MS);
}

if (region.children.length) {
  const messages = [...region.children];
  region.replaceChildren();
  region.classList.add("floating");
  // Announced only when they arrive in a region that was there before.
  requestAnimationFrame(() => {
    for (const message of messages) {
      withButton(message);
      region.append(message);
      if (message.classList.contains("success")) goesByItself(message);
    }
  });
}
