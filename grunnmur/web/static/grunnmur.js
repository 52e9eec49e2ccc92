// Small comforts. Every page works without this file; nothing here decides anything.
"use strict";

// Eight digits in a date field get their dots: 26112026 becomes 26.11.2026.
document.addEventListener("change", ({ target }) => {
  if (!target.matches("input[data-date]")) return;
  target.value = target.value.trim().replace(/^(\d\d)(\d\d)(\d{4})$/, "$1.$2.$3");
});

// A second press while a form is on its way does nothing; the server holds the same promise by its own means
// (once_token). After five seconds, or on coming back with the Back button, the form may be sent again.
const reopen = (form) => {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
};
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(reopen, 5_000, form);
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(reopen));

// Counts down the minutes until the session ends, and says it aloud when two are left.
for (const clock of document.querySelectorAll("[data-minutes-left]")) {
  const end = Date.now() + Number(clock.dataset.minutesLeft) * 60_000;
  const timer = setInterval(() => {
    const minutes = Math.ceil((end - Date.now()) / 60_000);
    if (minutes <= 2) clock.setAttribute("role", "status");
    clock.textContent = minutes > 0 ? clock.dataset.text.replace("%d", minutes) : clock.dataset.ended;
    if (minutes <= 0) clearInterval(timer);
  }, 30_000);
}
