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
