"use strict";
// A screen's slide in a frame: of the device's own shape, and its tiles by the page as there.

const glass = document.querySelector(".glass");
const { width, height } = glass.dataset;
document.body.style.setProperty("--ratio", width / height);

const board = glass.querySelector("[data-pages]");
const button = document.querySelector("[data-page]");
const number = (value) => new Intl.NumberFormat(document.documentElement.lang).format(value);
let page = 0;

function show() {
  const layout = layOut(board);
  page %= layout.rows.length;
  showPage(glass, board, layout, page, number);
  button.hidden = layout.rows.length === 1;
}

if (board?.children.length) {
  addEventListener("load", show);
  addEventListener("resize", show);
  button.addEventListener("click", () => {
    page += 1;
    show();
  });
}
