"use strict";
// The shell of an office screen: asks what to show, shows one slide after the other, and says so
// when it is old. Slides come as HTML of our own server's templates; this page's policy lets no
// script in them run. keep.js remembers, paging.js lays out boards, pairing.js shows a code.

const MINUTE = 60000;
const HOUR = 60 * MINUTE;
const BUILD = document.documentElement.dataset.build;
const stage = document.getElementById("stage");
const banner = document.getElementById("banner");

// What was last told: {etag, manifest, asked_at (when the server last answered), clock_error}.
let kept = {};
let loop = []; // the slides of kept.manifest.snapshot
let loopSha = null;
let failures = 1; // nothing confirmed yet: the first failed poll of a fresh page raises the banner
let pairing = false;
let place = 0; // which slide of the loop
let page = 0; // of a slide that needs several
let layout = null;
let turning = null;
let turnedAt = performance.now();
let polledAt = performance.now();
let fault = ""; // the last thing that went wrong, for whoever keeps the screens
let item = "";
let glass = null; // the slide that stands there
let showing = false; // another is being made ready
const startedAt = performance.now();

const seconds = (value, otherwise) => 1000 * (value > 0 ? value : otherwise);
// The server's clock: a screen's own may be wrong by a day.
const now = () => Date.now() + (kept.clock_error ?? 0);
const word = (name) => kept.manifest?.words?.[name] ?? "";

// --- Which slides may be shown now.

/** Names stay only as long as somebody could be asked whether they still may. */
function namesAreOld() {
  const hours = kept.manifest?.names_hours ?? 12;
  const age = now() - (kept.asked_at ?? 0);
  // A clock that was set back, as after a start without network, can't say how old they are.
  return age > hours * HOUR || age < -HOUR;
}

/** An emergency ends at its time where the server can't say so, too; one that was asked since then
 * said itself what is to stand here. */
function emergencyIsOver() {
  const end = Date.parse(kept.manifest?.urgent_until ?? "");
  return kept.asked_at < end && end + MINUTE < now();
}

function showable() {
  if (emergencyIsOver()) return [];
  return loop.filter((slide) => !(slide.personal && namesAreOld()));
}

// --- Showing one slide at a time, the next one laid out before the one before goes.

function number(value) {
  return new Intl.NumberFormat(kept.manifest?.language ?? "en").format(value);
}

function built(slide) {
  const holder = document.createElement("template");
  holder.innerHTML = slide.html;
  return holder.content;
}

async function decoded(node) {
  const pictures = [...node.querySelectorAll("img")];
  // A picture that can't be read leaves its slide without it, not the screen without the slide.
  await Promise.all(pictures.map((each) => each.decode().catch(() => each.remove())));
}

/** Puts a slide on the glass. While its pictures are read, the one before stays. */
async function show(slide, fromPage = 0) {
  const sha = loopSha;
  const node = built(slide);
  showing = true;
  await decoded(node);
  if (sha !== loopSha || pairing) return; // something newer came meanwhile
  showing = false;
  stage.replaceChildren(node);
  glass = slide;
  layOutBoard(fromPage);
  item = slide.id;
  turnedAt = performance.now();
  turnLater(slide);
  requestAnimationFrame(() => setTimeout(() => {
    if (sha === loopSha) document.documentElement.dataset.painted = sha;
    document.documentElement.dataset.item = slide.id;
  }));
}

function layOutBoard(fromPage) {
  watcher.disconnect();
  const board = stage.querySelector("[data-pages]");
  layout = board?.children.length ? layOut(board) : null;
  page = layout ? Math.min(fromPage, layout.rows.length - 1) : 0;
  if (!layout) return;
  showPage(stage, board, layout, page, number);
  room = `${board.clientWidth}x${board.clientHeight}`;
  watcher.observe(board);
}

// A banner or another resolution changes the room.
let room = "";
const watcher = new ResizeObserver(([entry]) => {
  const { clientWidth, clientHeight } = entry.target;
  if (room !== `${clientWidth}x${clientHeight}`) layOutBoard(page);
});

function turnLater(slide) {
  clearTimeout(turning);
  turning = setTimeout(turn, seconds(slide.seconds, 15));
}

function turn() {
  if (layout && page + 1 < layout.rows.length) {
    page += 1;
    turnedAt = performance.now();
    const board = stage.querySelector("[data-pages]");
    showPage(stage, board, layout, page, number);
    board.classList.remove("turned");
    requestAnimationFrame(() => board.classList.add("turned"));
    return turnLater(showable()[place] ?? {});
  }
  place += 1;
  if (place >= showable().length) {
    place = 0;
    reloadIfNew();
  }
  return showPlace();
}

/** The slide whose turn it is; said plainly where none may be shown. */
function showPlace(fromPage = 0) {
  if (pairing) return;
  showBanner();
  const slides = showable();
  place = Math.min(place, Math.max(slides.length - 1, 0));
  if (slides.length) {
    show(slides[place], fromPage).catch(note);
  } else if (loop.length) {
    const why = emergencyIsOver() ? "unreachable" : "nameless";
    stage.replaceChildren(document.getElementById(why).content.cloneNode(true));
    turnLater({ seconds: 30 });
  }
}

/** The slides of a snapshot; throws where it is none, before anything on the screen has changed. */
function slidesIn(text) {
  const { slides } = JSON.parse(text);
  const good = (each) => typeof each.html === "string" && typeof each.id === "string";
  if (!Array.isArray(slides) || !slides.length || !slides.every(good)) throw new Error("no slides");
  return slides;
}

/** New slides take the place of the old at once; the one on the glass goes on when it is the same,
 * as a consent that was withdrawn must not wait for the end of the loop. */
function take(sha, slides) {
  const standing = glass; // not loop[place]: its turn may have come while its pictures are read
  loop = slides;
  loopSha = sha;
  if (kept.manifest?.urgent) place = 0;
  const same = showable().findIndex((slide) => slide.id === standing?.id);
  if (same >= 0 && !kept.manifest?.urgent) place = same;
  const unchanged = same >= 0 && showable()[same].html === standing.html;
  if (unchanged && !showing && stage.querySelector(".slide")) {
    document.documentElement.dataset.painted = sha;
  } else {
    showPlace(same >= 0 ? page : 0);
  }
}

// --- Asking the server.

function ask(address, headers = {}) {
  const signal = AbortSignal.timeout(10000); // a hanging server is a failed poll
  return fetch(address, { headers, signal, cache: "no-store", redirect: "error" });
}

function report() {
  const size = `${Math.round(innerWidth * devicePixelRatio)}x${Math.round(innerHeight * devicePixelRatio)}`;
  const painted = document.documentElement.dataset.painted ?? "";
  const said = { build: BUILD, snapshot: painted || loopSha || "", item, size };
  if (painted) said.painted = "1";
  if (fault) said.error = fault.slice(0, 300);
  return new URLSearchParams(said).toString();
}

async function update() {
  const told = fault; // what goes wrong while the server answers is told with the next poll
  const headers = { "Screen-Report": report() };
  if (kept.etag && loopSha) headers["If-None-Match"] = kept.etag;
  const answer = await ask("/screen/manifest.json", headers);
  if (answer.status === 410 || answer.status === 401) return leave();
  if (answer.status !== 304 && !answer.ok) throw new Error(`manifest: ${answer.status}`);
  noteClock(answer);
  if (answer.status === 304) kept.asked_at = now();
  else await follow(await answer.json(), answer.headers.get("ETag"));
  if (fault === told) fault = "";
  remember(KEPT, kept);
  // What could not be shown while nobody could be asked.
  if (showable().length && !showing && !stage.querySelector(".slide")) showPlace();
  return undefined;
}

async function follow(manifest, etag) {
  const sha = manifest.snapshot;
  const text = sha === loopSha ? null : await loopText(sha);
  const slides = text === null ? null : slidesIn(text);
  // Only now: had anything failed before, the next poll must ask for all of it again, and names
  // that may have been taken back must go when their slides can't be had anew.
  kept = { ...kept, manifest, etag, asked_at: now() };
  document.documentElement.lang = manifest.language;
  if (slides) {
    take(sha, slides);
    await keepLoop(sha, text);
  }
  dimOrLight();
}

async function loopText(sha) {
  const kept = await keptLoop(sha);
  if (kept !== null) return kept;
  const answer = await ask(loopAddress(sha));
  if (!answer.ok) throw new Error(`snapshot: ${answer.status}`);
  return answer.text();
}

/** Revoked or unknown: nothing of it stays, and a code is shown. */
async function leave() {
  pairing = true;
  clearTimeout(turning);
  watcher.disconnect();
  kept = {};
  loop = [];
  loopSha = null;
  layout = null;
  document.body.classList.remove("asleep");
  delete document.documentElement.dataset.painted;
  delete document.documentElement.dataset.item;
  item = "";
  stage.replaceChildren();
  showBanner();
  await wipe();
  pair(stage, () => {
    delete document.documentElement.dataset.code;
    pairing = false;
    poll();
  });
}

function noteClock(answer) {
  const theirs = Date.parse(answer.headers.get("Date"));
  if (theirs) kept.clock_error = theirs - Date.now();
}

let polling = null;

async function poll() {
  clearTimeout(polling);
  polledAt = performance.now();
  try {
    await update();
    failures = 0;
  } catch (error) {
    failures += 1; // the screen keeps what it shows
    note(error);
  }
  if (pairing) return;
  showBanner();
  dimOrLight();
  const jitter = 0.8 + 0.4 * Math.random(); // screens started together shall not ask together
  const pace = seconds(kept.manifest?.pace_seconds, 30);
  // What it was told may have been replaced before it could fetch it: asked again soon, then ever
  // later.
  polling = setTimeout(poll, jitter * (failures ? Math.min(pace, 3000 * failures) : pace));
}

function note(error) {
  fault = String(error?.message ?? error).replace(/[^\x20-\x7e]/g, "?");
}

// --- Honesty: is what stands here what should stand here?

function overdue() {
  const { date, expects = [] } = kept.manifest;
  if (!date) return false; // no day is shown: nothing can be old
  return expects.some((each) => Date.parse(each.from) <= now() && each.date > date);
}

function moment(iso) {
  const { language, zone } = kept.manifest;
  const options = {
    weekday: "short", day: "numeric", month: "short", timeZone: zone,
    hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  };
  // The product writes "Fri 20 Nov, 08:01", which Intl calls en-GB.
  const format = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, options);
  return format.format(new Date(iso));
}

function complaint() {
  if (pairing) return "";
  const silent = failures >= 2;
  if (!kept.manifest) return silent ? banner.dataset.silent : "";
  if (!silent && !overdue()) return "";
  const posted = kept.manifest.posted_at;
  return posted ? word("stale").replace("{time}", moment(posted)) : word("no_contact");
}

function showBanner() {
  const text = complaint();
  banner.hidden = !text;
  if (text && banner.textContent !== `⚠ ${text}`) banner.textContent = `⚠ ${text}`;
}

// --- Black outside hours.

function isLit() {
  const { lit = [], lit_known_until: end = lit.at(-1)?.[1], urgent } = kept.manifest ?? {};
  const at = now();
  // Beyond what it was told it stays lit: better an old figure with its banner than a dead screen.
  if ((urgent && !emergencyIsOver()) || pairing || !end || at > Date.parse(end)) return true;
  return lit.some(([from, until]) => Date.parse(from) <= at && at < Date.parse(until));
}

function dimOrLight() {
  document.body.classList.toggle("asleep", !isLit());
}

// --- A new build, a nightly reload, and a shell that stands still.

async function reload() {
  const last = recall(RELOADED) ?? 0;
  if (failures || Date.now() - last < 5 * MINUTE) return;
  const answer = await ask(location.href).catch(() => null); // a dead server would leave us blank
  if (!answer?.ok || !(await answer.text()).includes("data-build=")) return;
  remember(RELOADED, Date.now());
  location.reload();
}

function reloadIfNew() {
  const build = kept.manifest?.build;
  if (build && build !== BUILD) reload();
}

function isQuietHour() {
  const options = { hour: "numeric", hourCycle: "h23", timeZone: kept.manifest?.zone };
  const hour = Number(new Intl.DateTimeFormat("en", options).format(now()));
  return !isLit() || hour === 3;
}

function watch() {
  const clock = performance.now();
  dimOrLight();
  showBanner();
  if (pairing) return;
  const pace = seconds(kept.manifest?.pace_seconds, 30);
  if (clock - polledAt > 3 * pace + MINUTE) poll();
  const longest = Math.max(15, ...loop.map((slide) => slide.seconds));
  if (loop.length && clock - turnedAt > 3 * seconds(longest, 15) + MINUTE) {
    turnedAt = clock;
    note("stood still");
    showPlace();
  }
  if (clock - startedAt > 20 * HOUR && kept.manifest && isQuietHour()) reload();
}

async function start() {
  addEventListener("error", (event) => note(event.message));
  addEventListener("unhandledrejection", (event) => note(event.reason));
  navigator.serviceWorker?.register("/screen/worker.js").catch(note);
  kept = recall(KEPT) ?? {};
  try {
    const text = kept.manifest ? await keptLoop(kept.manifest.snapshot) : null;
    if (text) take(kept.manifest.snapshot, slidesIn(text));
    showBanner();
    dimOrLight();
  } catch {
    kept = {}; // stored by another build
    await wipe();
  }
  setInterval(watch, 5000);
  poll();
}

start();
