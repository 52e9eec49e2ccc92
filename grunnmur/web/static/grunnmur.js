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

// Counts down the minutes until the session ends. Two before the end a dialog says so, and lets one go on: any request
// prolongs the session, but never past `lasts`.
for (const clock of document.querySelectorAll("[data-idle]")) {
  const warning = document.getElementById("ending");
  const last = Date.now() + Number(clock.dataset.lasts) * 1_000;
  const later = () => Math.min(Date.now() + Number(clock.dataset.idle) * 1_000, last);
  let end = later();
  let warned = false;
  const tell = () => {
    const minutes = Math.ceil((end - Date.now()) / 60_000);
    clock.textContent = minutes > 0 ? clock.dataset.text.replace("%d", minutes) : clock.dataset.ended;
    if (minutes > 2) return clock.removeAttribute("role");
    clock.setAttribute("role", "status");
    if (minutes <= 0) {
      warning.close();
      clearInterval(timer);
      document.dispatchEvent(new Event("ended"));
    } else if (!warned) {
      warned = true;
      warning.querySelector("[data-idle-text]").hidden = end === last;
      warning.querySelector("[data-lasts-text]").hidden = end !== last;
      warning.showModal();
    }
  };
  const timer = setInterval(tell, 5_000);
  // What is kept while one types is a request too.
  document.addEventListener("kept", () => {
    const before = end;
    end = later();
    if (end > before) {
      warned = false;
      warning.close();
    }
    tell();
  });
  warning.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    warning.close();
    if (end === last) return;
    const answer = await fetch(event.target.action, { method: "POST", body: new FormData(event.target) });
    end = answer.ok ? later() : Date.now();
    warned = false;
    tell();
  });
}

// What one writes is kept on the server five seconds after the last key, for its writer alone. The button beside the form
// does the same without a script.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const said = form.querySelector("[data-draft-said]");
  let timer;
  const keep = async () => {
    if (form.dataset.sent) return;
    const draft = new FormData(form);
    draft.set("_quiet", "1");
    const answer = await fetch(form.dataset.draft, { method: "POST", body: draft }).catch(() => null);
    const isKept = answer?.status === 204;
    said.textContent = isKept ? said.dataset.draftSaid : "";
    if (isKept) document.dispatchEvent(new Event("kept"));
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 5_000);
  });
}
