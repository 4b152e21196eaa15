/* Once a customer is named, the page says what may be spent on this one. */
const form = document.querySelector("form[data-allowance]");
let newest = 0;

async function look() {
  const number = ++newest;
  const customer = form.elements.reference.value.trim();
  const answer = await fetch(`${form.dataset.allowance}?customer=${encodeURIComponent(customer)}`);
  const { said } = await answer.json();
  const line = document.getElementById("allowance");
  if (said && number === newest) line.textContent = said;
}

// Without an answer the general allowance stands; what is sent is checked anyway.
const ask = () => look().catch(() => {});

form.addEventListener("change", (event) => {
  if (event.target.name === "reference") ask();
});
form.addEventListener("restored", ask);
