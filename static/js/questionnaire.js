/* Questions that hang on another answer come and go with it, and an answer can be taken back.
   Without this file every question is there and says when it is asked; what was not asked is left
   out when a ballot is counted. */
const form = document.querySelector(".questionnaire")?.closest("form");

function answersTo(name) {
  const radios = form.querySelectorAll(`input[name="${name}"]:checked`);
  return [...radios].map((input) => input.value);
}

function follow() {
  for (const question of form.querySelectorAll("[data-only-after]")) {
    const above = form.querySelector(`#${question.dataset.onlyAfter}`);
    const wanted = JSON.parse(question.dataset.afterAnswers);
    const isAsked = !above?.hidden && answersTo(question.dataset.onlyAfter).some((each) => wanted.includes(each));
    question.hidden = !isAsked;
  }
  for (const button of form.querySelectorAll(".take-back")) {
    button.hidden = !button.closest("fieldset").querySelector(":checked");
  }
}

function takeBack(event) {
  const button = event.target.closest(".take-back");
  if (!button) return;
  const inputs = [...button.closest("fieldset").querySelectorAll("input")];
  for (const input of inputs) input.checked = false;
  inputs[0].focus();
  inputs[0].dispatchEvent(new Event("change", { bubbles: true }));
}

if (form) {
  form.addEventListener("change", follow);
  form.addEventListener("click", takeBack);
  form.addEventListener("reset", () => setTimeout(follow));
  addEventListener("pageshow", follow);
  form.classList.add("follows");
  follow();
}
