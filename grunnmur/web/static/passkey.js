// Passkeys: the browser makes one or uses one, and its answer goes with the form. Where the browser cannot, or there is
// no script, the form stays hidden, and one uses a code.
"use strict";

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const read = form.hasAttribute("data-make") ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
  if (!window.PublicKeyCredential?.[read]) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    const { answer } = form.elements;
    if (answer.value) return;
    event.preventDefault();
    const fault = form.querySelector("[role=alert]");
    fault.hidden = true;
    try {
      const publicKey = PublicKeyCredential[read](JSON.parse(form.dataset.passkey));
      const made = form.hasAttribute("data-make")
        ? await navigator.credentials.create({ publicKey })
        : await navigator.credentials.get({ publicKey });
      answer.value = JSON.stringify(made.toJSON());
      form.requestSubmit();
    } catch {
      fault.hidden = false;
    }
  });
}
