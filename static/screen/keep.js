"use strict";
// What a screen keeps over a reload and a cold start without network: the manifest in localStorage,
// the loop of slides beside the worker's cache. A browser that keeps nothing still shows.

const KEPT = "ninetyfive.screen";
const RELOADED = "ninetyfive.screen.reloaded";
const LOOPS = "screen-loops";

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

const loopAddress = (sha) => `/screen/snapshot/${sha}.json`;
// Without TLS a browser has no caches: then the loop is kept beside the manifest.
const hasCaches = () => typeof caches !== "undefined";

async function keepLoop(sha, text) {
  try {
    if (!hasCaches()) return remember(LOOPS, { sha, text });
    const cache = await caches.open(LOOPS);
    const headers = { "Content-Type": "application/json" };
    await cache.put(loopAddress(sha), new Response(text, { headers }));
    for (const request of await cache.keys()) {
      // Names may be in the one before: it is kept no longer than it is shown.
      if (new URL(request.url).pathname !== loopAddress(sha)) await cache.delete(request);
    }
  } catch { /* full or forbidden */ }
  return undefined;
}

async function keptLoop(sha) {
  try {
    if (!hasCaches()) {
      const kept = recall(LOOPS);
      return kept?.sha === sha ? kept.text : null;
    }
    const found = await (await caches.open(LOOPS)).match(loopAddress(sha));
    return found ? await found.text() : null;
  } catch {
    return null;
  }
}

async function wipe() {
  try {
    for (const key of [KEPT, RELOADED, LOOPS]) localStorage.removeItem(key);
    if (hasCaches()) await caches.delete(LOOPS);
  } catch { /* forbidden: then nothing was kept */ }
}
