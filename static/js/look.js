"use strict";
// Slides of a screen in frames: of the device's own shape, and tiles by the page as there.

const number = (value) => new Intl.NumberFormat(document.documentElement.lang).format(value);
const button = document.querySelector("[data-page]");
const first = document.querySelector(".glass");
if (first) document.body.style.setProperty("--ratio", first.dataset.width / first.dataset.height);

function follow(glass) {
  const board = glass.querySelector("[data-pages]");
  if (!board?.children.length) return;
  let page = 0;
  const show = () => {
    if (!board.clientHeight) return; // a preview is loaded before it is seen
    const layout = layOut(board);
    page %= layout.rows.length;
    showPage(glass, board, layout, page, number);
    if (button) button.hidden = layout.rows.length === 1;
  };
  addEventListener("load", show);
  new ResizeObserver(show).observe(glass);
  button?.addEventListener("click", () => {
    page += 1;
    show();
  });
}

for (const glass of document.querySelectorAll(".glass")) follow(glass);
