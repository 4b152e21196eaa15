"use strict";
// The shell of an office screen: asks for the newest board, paints it, and says so when it is old.
// No word of any language stands here: they come from the page's <template id="words">.
// A service worker (offline cold start) will be registered in start(); until then the last good
// board is kept in localStorage, which outlives a reload as long as the page itself can be had.

const KEPT = "ninetyfive.screen";
const RELOADED = "ninetyfive.screen.reloaded";
const ORDER = ["missed", "awaited", "excused", "met"];
const MARKS = {
  met: "✓", missed: "✗", awaited: "…", excused: "–", hit: "✓", not_hit: "✗", no_verdict: "–",
};
const SIGNS = { at_least: "≥", at_most: "≤" };
const UNITS = { percent: "percent", minutes: "minute", hours: "hour" };
const SCALES = [2.6, 2.2, 1.9, 1.6, 1.4, 1.2, 1.1, 1];
const TILE_EMS = 16; // a tile narrower than this breaks its lines
const MINUTE = 60000;

const stage = document.getElementById("stage");
const banner = document.getElementById("banner");
const words = Object.fromEntries(
  [...document.getElementById("words").content.querySelectorAll("[data-word]")].map(
    (each) => [each.dataset.word, each.textContent.trim()],
  ),
);

// What was last shown: {etag, manifest, board: {sha, posted_at, snapshot}}.
let kept = {};
let failures = 1; // nothing confirmed yet: the first failed poll of a fresh page raises the banner
let running = null; // build and language of this page, as the first answer named them
let clockError = 0; // server's clock minus ours: a screen's own clock may be wrong
let page = 0;
let layout = { columns: 1, rows: [1] }; // rows: how many stand on each page
let turning = null;

// --- Memory: a browser that refuses to store still shows the board.

function remember(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch { /* full or forbidden */ }
}

function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function forget() {
  kept = {};
  try {
    localStorage.removeItem(KEPT);
    localStorage.removeItem(RELOADED);
  } catch { /* forbidden */ }
}

// --- Words, days and numbers in the screen's language.

const language = document.documentElement.lang || "en";
// The product writes "Fri 20 Nov, 08:01", which Intl calls en-GB.
const dayLanguage = language === "en" ? "en-GB" : language;

const say = (word, values = {}) =>
  words[word].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

const number = (value, options = {}) =>
  new Intl.NumberFormat(language, { maximumFractionDigits: 6, ...options }).format(value);

const share = (text, digits = 1) =>
  number(text, { style: "unit", unit: "percent", minimumFractionDigits: digits });

function day(date, options) {
  // A business day has no zone: noon UTC, written in UTC, is that day everywhere.
  const noon = new Date(`${date}T12:00:00Z`);
  return new Intl.DateTimeFormat(dayLanguage, { timeZone: "UTC", ...options }).format(noon);
}

const LONG = { weekday: "long", day: "numeric", month: "long" };
const SHORT = { weekday: "short", day: "numeric", month: "short", year: "numeric" };

function moment(iso) {
  const options = {
    weekday: "short", day: "numeric", month: "short",
    hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  };
  return new Intl.DateTimeFormat(dayLanguage, options).format(new Date(iso));
}

function money(minor, currency) {
  const format = new Intl.NumberFormat(language, { style: "currency", currency });
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}

function measured(value, unit) {
  return number(value, UNITS[unit] ? { style: "unit", unit: UNITS[unit] } : {});
}

// --- Building: templates cloned, texts set, nothing ever parsed as HTML.

function clone(id, texts = {}) {
  const copy = document.getElementById(id).content.cloneNode(true);
  for (const place of copy.querySelectorAll("[data-fill]")) {
    place.textContent = texts[place.dataset.fill] ?? "";
    place.hidden = !place.textContent;
  }
  return copy;
}

const part = (root, name) => root.querySelector(`[data-part="${name}"]`);
const filled = (root, name) => root.querySelector(`[data-fill="${name}"]`);
const marked = (state) => `${MARKS[state]} ${say(state)}`;

function verdictOf(company) {
  if (company.hit === null) return "no_verdict";
  return company.hit ? "hit" : "not_hit";
}

function verdictWords(company) {
  const word = marked(verdictOf(company));
  return company.share ? `${word} · ${share(company.share)}` : word;
}

function sentence(company) {
  if (!company.counted) return say("sentence_none");
  const weighted = company.mode === "weighted";
  return say(weighted ? "sentence_weighted" : "sentence", {
    met: number(weighted ? company.met_weight : company.met),
    counted: number(weighted ? company.counted_weight : company.counted),
    needed: number(company.needed),
  });
}

const statusOf = (snapshot) =>
  snapshot.status === "final" && snapshot.version > 1 ? "corrected" : snapshot.status;

function statusWords(snapshot) {
  const was = snapshot.was?.share;
  if (statusOf(snapshot) !== "corrected") return say(snapshot.status);
  return was ? say("corrected_was", { share: share(was) }) : say("corrected");
}

function rule(snapshot) {
  const { unreported, threshold_bp: threshold } = snapshot.company;
  const text = say(`rule_${unreported}`, { threshold: share(threshold / 100, 0) });
  return [snapshot.reason, text].filter(Boolean).join(" · ");
}

function poolTexts(pool) {
  if (!pool) return {};
  const provisional = pool.status === "provisional";
  const amount = provisional ? pool.expected_minor : pool.contribution_minor;
  return {
    pool: say("pool", { year: pool.year }),
    balance: money(pool.balance_minor, pool.currency),
    paid: say(provisional ? "expected" : "paid", { money: money(amount, pool.currency) }),
  };
}

function goalNode(goal) {
  const absent = say(goal.state === "missed" ? "not_reported" : "no_figure");
  const node = clone("goal", {
    metric: goal.metric.name,
    value: goal.value === null ? absent : measured(goal.value, goal.metric.unit),
    target: `${SIGNS[goal.metric.direction]} ${measured(goal.target, goal.metric.unit)}`,
    state: marked(goal.state),
    excuse: goal.state === "excused" ? goal.excuse : "",
  });
  filled(node, "state").dataset.state = goal.state;
  return node;
}

/** One entry a department: its goals and the worst of their states, worst departments first. */
function departments(goals) {
  const byCode = new Map();
  for (const goal of goals.filter((each) => ORDER.includes(each.state))) {
    const { code, name } = goal.department;
    if (!byCode.has(code)) byCode.set(code, { name, goals: [] });
    byCode.get(code).goals.push(goal);
  }
  const rank = (entry) => Math.min(...entry.goals.map((goal) => ORDER.indexOf(goal.state)));
  return [...byCode.values()].sort((one, other) => rank(one) - rank(other))
    .map((entry) => ({ ...entry, state: ORDER[rank(entry)] }));
}

function tile(department) {
  const node = clone("tile", { department: department.name });
  node.firstElementChild.dataset.state = department.state;
  part(node, "goals").append(...department.goals.map(goalNode));
  return node;
}

const tally = (company) =>
  ORDER.filter((state) => company[state])
    .map((state) => `${marked(state)} ${number(company[state])}`).join(" · ");

function sheet(snapshot) {
  const pool = snapshot.pools.find((each) => each.headline);
  const node = clone("sheet", {
    day: day(snapshot.date, LONG),
    sentence: sentence(snapshot.company),
    verdict: verdictWords(snapshot.company),
    status: statusWords(snapshot),
    rule: rule(snapshot),
    label: say("label", { day: day(snapshot.date, SHORT) }),
    tally: tally(snapshot.company) || say("no_goals"),
    ...poolTexts(pool),
  });
  filled(node, "verdict").dataset.verdict = verdictOf(snapshot.company);
  filled(node, "status").dataset.status = statusOf(snapshot);
  part(node, "board").append(...departments(snapshot.goals).map(tile));
  return node;
}

// --- Painting and paging.

const watcher = new ResizeObserver(layOut); // a banner or another resolution changes the room

function paint(board) {
  const node = sheet(board.snapshot); // throws before anything on the screen has changed
  show(node);
  watcher.observe(part(stage, "board")); // which lays it out before the next frame
  requestAnimationFrame(() => setTimeout(() => {
    document.documentElement.dataset.painted = board.sha;
  }));
}

function show(node) {
  watcher.disconnect();
  layout = { columns: 1, rows: [1] };
  page = 0;
  delete document.documentElement.dataset.painted;
  stage.replaceChildren(node);
}

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
  const gap = parseFloat(rowGap);
  const counts = pack(heights, board.clientHeight, gap);
  // The same number of pages, but no nearly empty last one, where that can be had.
  const even = pack(heights, board.clientHeight, gap, Math.ceil(heights.length / counts.length));
  const cut = (each) => each.scrollHeight > 1.2 * each.clientHeight;
  const spills = Math.max(...heights) > board.clientHeight
    || tiles.some((each) => each.scrollWidth > each.clientWidth)
    || [...board.querySelectorAll("h3, .metric, .excuse:not([hidden])")].some(cut);
  return { columns, spills, rows: even.length === counts.length ? even : counts };
}

/** The largest text that costs no page more than the smallest does. */
function layOut() {
  const board = part(stage, "board");
  if (!board?.children.length) return;
  for (const each of board.children) each.hidden = false;
  board.classList.add("measuring");
  const fewest = fit(board, 1).rows.length;
  for (const scale of SCALES) {
    layout = fit(board, scale);
    if (layout.rows.length === fewest && !layout.spills) break;
  }
  board.classList.remove("measuring");
  page = Math.min(page, layout.rows.length - 1);
  showPage(board);
}

function showPage(board) {
  const { columns, rows } = layout;
  const first = columns * rows.slice(0, page).reduce((sum, each) => sum + each, 0);
  const end = first + columns * rows[page];
  [...board.children].forEach((each, index) => {
    each.hidden = index < first || index >= end;
  });
  const last = page + 1 === rows.length; // a short last page keeps tiles of the usual height
  board.style.setProperty("--rows", last ? Math.max(...rows) : rows[page]);
  const turn = filled(stage, "turn");
  turn.textContent = `${number(page + 1)} / ${number(rows.length)}`;
  turn.hidden = rows.length === 1;
}

function turnPage() {
  const board = part(stage, "board");
  const atEnd = page + 1 >= layout.rows.length;
  if (atEnd) reloadIfNew();
  if (board && layout.rows.length > 1) {
    page = atEnd ? 0 : page + 1;
    showPage(board);
    board.classList.remove("turned");
    requestAnimationFrame(() => board.classList.add("turned"));
  }
  turnLater();
}

function turnLater() {
  clearTimeout(turning);
  turning = setTimeout(turnPage, seconds(kept.manifest?.page_seconds, 12));
}

// --- Asking the server.

const seconds = (value, otherwise) => 1000 * (value > 0 ? value : otherwise);

function ask(address, headers = {}) {
  const signal = AbortSignal.timeout(10000); // a hanging server is a failed poll
  return fetch(address, { headers, signal, cache: "no-store", redirect: "error" });
}

async function json(answer) {
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
  return answer.json();
}

async function boardOf(manifest) {
  if (!manifest.snapshot) return kept.board; // nothing posted: what is shown stays, with a banner
  if (manifest.snapshot === kept.board?.sha) return { ...kept.board, posted_at: manifest.posted_at };
  const snapshot = await json(await ask(`/screen/snapshot/${manifest.snapshot}.json`));
  return { sha: manifest.snapshot, posted_at: manifest.posted_at, snapshot };
}

async function update() {
  const headers = kept.etag ? { "If-None-Match": kept.etag } : {};
  const answer = await ask("/screen/manifest.json", headers);
  if (answer.status === 410) return revoked();
  noteClock(answer);
  const manifest = answer.status === 304 ? kept.manifest : await json(answer);
  running ??= { build: manifest.build, language: manifest.language };
  if (answer.status === 304) return undefined;
  const board = await boardOf(manifest);
  if (!board) show(clone("none"));
  else if (board.sha !== kept.board?.sha) paint(board);
  // Only now: had anything failed before, the next poll must ask for all of it again.
  kept = { etag: answer.headers.get("ETag"), manifest, board };
  remember(KEPT, kept);
  turnLater();
  return undefined;
}

function revoked() {
  forget();
  show(clone("unknown"));
}

function noteClock(answer) {
  const theirs = Date.parse(answer.headers.get("Date"));
  if (theirs) clockError = theirs - Date.now();
}

async function poll() {
  try {
    await update();
    failures = 0;
  } catch {
    failures += 1; // the screen keeps what it shows
  }
  showBanner();
  const jitter = 0.8 + 0.4 * Math.random(); // screens started together shall not ask together
  setTimeout(poll, jitter * seconds(kept.manifest?.pace_seconds, 30));
}

// --- Honesty: is what stands here what should stand here?

function overdue() {
  const now = Date.now() + clockError;
  const due = (kept.manifest.expects ?? []).filter((each) => Date.parse(each.from) <= now);
  return due.some((each) => each.date > kept.board.snapshot.date);
}

function complaint() {
  const silent = failures >= 2;
  if (!kept.board) return silent ? say("no_contact") : "";
  if (!silent && kept.manifest.snapshot && !overdue()) return "";
  const { posted_at: posted, snapshot } = kept.board;
  return say("stale", { time: posted ? moment(posted) : day(snapshot.date, SHORT) });
}

function showBanner() {
  const text = complaint();
  banner.hidden = !text;
  if (text && banner.textContent !== `⚠ ${text}`) banner.textContent = `⚠ ${text}`;
}

// --- A new build: swapped at the end of a loop, only from a server that answers.

async function reloadIfNew() {
  const now = kept.manifest;
  const same = now?.build === running?.build && now?.language === running?.language;
  if (!now || !running || same || failures) return;
  if (Date.now() - (recall(RELOADED) ?? 0) < 5 * MINUTE) return;
  const answer = await ask(location.href).catch(() => null); // a dead server would leave us blank
  if (!answer?.ok) return;
  remember(RELOADED, Date.now());
  location.reload();
}

function start() {
  kept = recall(KEPT) ?? {};
  try {
    if (kept.board) paint(kept.board);
    showBanner();
  } catch {
    forget(); // stored by another build
  }
  poll();
  turnLater();
}

start();
