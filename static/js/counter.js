/* How long a text is, below its field, as the rule counts: characters and not code units. */
const counted = () => document.querySelectorAll("[data-counts]");

function count(line) {
  const length = [...document.getElementById(line.dataset.counts).value].length;
  line.textContent = line.dataset.text.replace("%s", length);
  line.classList.toggle("too-much", length > Number(line.dataset.most));
}

const countAll = () => counted().forEach(count);
for (const happening of ["input", "restored", "renewed"]) {
  document.addEventListener(happening, countAll, true);
}
countAll();
