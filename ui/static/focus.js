// Gradio draws the profile anew after every edit, and a key that was pressed there would find
// another button under it. For a few seconds the focus stays with the button of the same name;
// where that is gone, it goes to "Undo".
() => {
  let pressed = "", until = 0;
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#profile button");
    const byKey = button && event.detail === 0;
    pressed = byKey ? button.innerText : "";
    until = byKey ? Date.now() + 5000 : 0;
  }, true);
  document.addEventListener("keydown", (event) => { if (event.key === "Tab") until = 0; }, true);
  new MutationObserver(() => {
    if (Date.now() > until) return;
    const buttons = [...document.querySelectorAll("#profile button")];
    const same = buttons.find((b) => b.innerText === pressed) || document.querySelector("#undo button, .tm-undo-row button");
    if (same && document.activeElement !== same) same.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
}
