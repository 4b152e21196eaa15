"use strict";
// Tiles by the page: as large as they can be without costing a page more, never below 2.6vh.

const SCALES = [2.6, 2.2, 1.9, 1.6, 1.4, 1.2, 1.1, 1];
const TILE_EMS = 16; // a tile narrower than this breaks its lines

/** Rows by the page: each page filled from the top until its room or its most rows are used up. */
function pack(heights, room, gap, most = Infinity) {
  const counts = [];
  let left = -1;
  for (const height of heights) {
    if (left < height || counts.at(-1) >= most) {
      counts.push(0);
      left = room;
    }
    counts[counts.length - 1] += 1;
    left -= height + gap;
  }
  return counts;
}

/** Rows by the page when texts are this much larger than the least legible size. */
function fit(board, scale) {
  board.style.setProperty("--scale", scale);
  const { fontSize, rowGap } = getComputedStyle(board);
  const tiles = [...board.children];
  const widest = Math.floor(board.clientWidth / (TILE_EMS * parseFloat(fontSize)));
  const columns = Math.max(1, Math.min(tiles.length, widest));
  board.style.setProperty("--columns", columns);
  const heights = tiles.filter((_, index) => index % columns === 0)
    .map((each) => each.getBoundingClientRect().height);
  const gap = parseFloat(rowGap) || 0;
  const counts = pack(heights, board.clientHeight, gap);
  // The same number of pages, but no nearly empty last one, where that can be had.
  const even = pack(heights, board.clientHeight, gap, Math.ceil(heights.length / counts.length));
  const cut = (each) => each.scrollHeight > 1.2 * each.clientHeight;
  const spills = Math.max(...heights) > board.clientHeight
    || tiles.some((each) => each.scrollWidth > each.clientWidth)
    || [...board.querySelectorAll("h3, .metric, .excuse, .clamped")].some(cut);
  return { columns, spills, rows: even.length === counts.length ? even : counts };
}

/** How the tiles of a board stand: columns, and rows by the page. */
function layOut(board) {
  for (const each of board.children) each.hidden = false;
  board.classList.add("measuring");
  const fewest = fit(board, 1).rows.length;
  let layout;
  for (const scale of SCALES) {
    layout = fit(board, scale);
    if (layout.rows.length === fewest && !layout.spills) break;
  }
  board.classList.remove("measuring");
  return layout;
}

function showPage(slide, board, { columns, rows }, page, number) {
  const first = columns * rows.slice(0, page).reduce((sum, each) => sum + each, 0);
  const end = first + columns * rows[page];
  [...board.children].forEach((each, index) => {
    each.hidden = index < first || index >= end;
  });
  const last = page + 1 === rows.length; // a short last page keeps tiles of the usual height
  board.style.setProperty("--rows", last ? Math.max(...rows) : rows[page]);
  const turn = slide.querySelector("[data-turn]");
  if (!turn) return;
  turn.textContent = `${number(page + 1)} / ${number(rows.length)}`;
  turn.hidden = rows.length === 1;
}
