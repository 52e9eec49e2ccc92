// «Lukk siden fort»: without a trace in the history. The link works by itself too. Two presses of Escape do the same.
"use strict";
const leave = document.querySelector("[data-leave]");
if (leave) {
  const go = () => {
    document.body.hidden = true;
    location.replace(leave.href);
  };
  leave.addEventListener("click", (event) => {
    event.preventDefault();
    go();
  });
  let pressed = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (event.timeStamp - pressed < 1_000) go();
    pressed = event.timeStamp;
  });
}

// When the session ends, the page is left by itself. What was typed goes along, for its writer to get back; marked so that
// nothing is done with it, also when somebody is still inside by another window.
document.addEventListener("ended", () => {
  const form = document.querySelector("main form");
  if (!form) return location.replace(document.querySelector(".g-brand").href);
  const mark = Object.assign(document.createElement("input"), { type: "hidden", name: "_restored", value: "1" });
  form.append(mark);
  form.submit();
});
