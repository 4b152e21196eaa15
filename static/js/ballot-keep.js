/* The page that hands out a ballot (data-keep) puts it away in this browser at once, so that a closed
   tab does not lose it. Where a browser refuses, the page says so, and its form still leads on. Kept
   by kept.js under the last part of the credential; what else is kept with it: ballot.js. */
const form = document.querySelector("form[data-keep]");

if (form) {
  const credential = form.elements.credential.value;
  const place = `ballot:${credential.split(".").pop()}`;
  const isKept = kept.write(place, {
    credential, poll: form.dataset.keep, language: form.elements.language.value,
  });
  document.querySelector(isKept ? "[data-is-kept]" : "[data-not-kept]").hidden = false;
}
