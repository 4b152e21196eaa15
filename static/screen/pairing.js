"use strict";
// A browser that is no screen yet, or none any more: shows a code until somebody approves it.

const RETRY = 15000;
let waiting = 0; // which attempt is the current one: an older one ends itself

/** Shows codes until one is approved, then calls `done`. */
async function pair(stage, done) {
  const own = ++waiting;
  for (;;) {
    const asked = await askForCode();
    if (own !== waiting) return;
    if (asked) {
      showCode(stage, asked);
      if (await approved(asked, own)) return void done();
    } else {
      showUnreachable(stage);
      await pause(RETRY);
    }
    if (own !== waiting) return;
  }
}

const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

async function askForCode() {
  try {
    const answer = await fetch("/screen/code/", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        width: Math.round(innerWidth * devicePixelRatio),
        height: Math.round(innerHeight * devicePixelRatio),
      }),
      signal: AbortSignal.timeout(10000),
    });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** True when somebody has approved; false when the code is over. */
async function approved(asked, own) {
  const started = performance.now();
  // By our own clock's pace, not by its time: that may be wrong.
  while (own === waiting && performance.now() - started < 11 * 60000) {
    await pause(1000 * asked.ask_every);
    try {
      const answer = await fetch("/screen/secret/", { signal: AbortSignal.timeout(10000) });
      if (answer.status === 200) return true;
      if (answer.status === 410) return false;
    } catch { /* no network for a moment: the code stays good */ }
  }
  return false;
}

function showCode(stage, asked) {
  const node = document.getElementById("code").content.cloneNode(true);
  node.querySelector("[data-fill=code]").textContent = asked.code;
  node.querySelector("[data-fill=where]").textContent = asked.where;
  node.querySelector("img").src = asked.qr;
  stage.replaceChildren(node);
  document.documentElement.dataset.code = asked.code;
}

function showUnreachable(stage) {
  delete document.documentElement.dataset.code;
  stage.replaceChildren(document.getElementById("unreachable").content.cloneNode(true));
}
