"use strict";
// Keeps the shell and the last loop, so that a screen starts without network. It looks after
// /screen/ only, and passes by whatever is not the screen's own.

const SHELL = "screen-shell";
const LOOPS = "screen-loops";
const PAGE = "/screen/";
const PATIENCE = 5000;
const PART = /(?:href|src)="([^"]+)" integrity="([^"]+)"/g;

/** The newest page with all its parts, each held against its digest; else an error, and what was
 * kept before stays: a half-loaded build is never shown. */
async function fetched() {
  const signal = AbortSignal.timeout(PATIENCE);
  const page = await fetch(PAGE, { signal, cache: "no-store", redirect: "error" });
  if (!page.ok) throw new Error(`shell: ${page.status}`);
  const parts = [...(await page.clone().text()).matchAll(PART)];
  if (!parts.length) throw new Error("shell: a page of somebody else");
  const cache = await caches.open(SHELL);
  const answers = await Promise.all(parts.map(async ([, address, integrity]) => {
    const kept = await cache.match(address);
    return kept ?? fetch(address, { integrity, signal });
  }));
  for (const answer of answers) if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
  await Promise.all(parts.map(([, address], index) => cache.put(address, answers[index].clone())));
  await cache.put(PAGE, page.clone());
  const wanted = new Set([PAGE, ...parts.map(([, address]) => address)]);
  for (const request of await cache.keys()) {
    const { pathname, search } = new URL(request.url);
    if (!wanted.has(pathname + search)) await cache.delete(request);
  }
  return page;
}

async function page() {
  try {
    return await fetched();
  } catch (fault) {
    const kept = await (await caches.open(SHELL)).match(PAGE);
    if (kept) return kept;
    throw fault;
  }
}

async function keptOr(request, name) {
  const kept = await (await caches.open(name)).match(request);
  return kept ?? fetch(request);
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(fetched().catch(() => undefined));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (address.pathname === PAGE) event.respondWith(page());
  } else if (address.pathname.startsWith("/screen/snapshot/")) {
    event.respondWith(keptOr(request, LOOPS));
  } else if (address.searchParams.has("build")) {
    event.respondWith(keptOr(request, SHELL));
  }
});
