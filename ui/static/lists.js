// The lists. Where the page is one column, a new one would come below what can be seen: the window goes to
// it, with the end of the reply above it, until the visitor moves it; the focus stays where it is. And the
// buttons of cards tell which of them are pressed, for which Gradio has no property.
() => {
  let acted = false, known = "", until = 0, timer = 0;
  const titles = () => [...document.querySelectorAll("#lists .tm-card h3")].map((title) => title.textContent).join("\n");
  const bring = () => {
    const [talk, lists] = ["talk", "lists"].map((id) => document.getElementById(id).getBoundingClientRect());
    const most = (window.visualViewport?.height ?? innerHeight) * 0.4;
    const besideEachOther = lists.top < talk.bottom;
    if (besideEachOther || (lists.top >= 0 && lists.top <= most)) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    scrollTo({ top: scrollY + lists.top - most, behavior: still ? "instant" : "smooth" });
  };
  const press = () => {
    for (const slot of document.querySelectorAll("#lists .tm-slot")) {
      const said = slot.querySelector(".tm-card")?.dataset.said.split(" ") ?? [];
      for (const name of ["like", "dislike", "seen"]) {
        slot.querySelector(`.tm-${name}`)?.setAttribute("aria-pressed", String(said.includes(name)));
      }
    }
  };
  for (const name of ["keydown", "pointerdown", "wheel", "touchmove"]) {
    document.addEventListener(name, () => { until = 0; }, { capture: true, passive: true });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.closest?.("#message")) acted = true;
  }, true);
  document.addEventListener("click", (event) => {
    // Who edits the profile by key goes on there.
    const byKey = event.detail === 0 && event.target.closest?.("#profile");
    acted = !byKey;
  }, true);
  new MutationObserver(() => {
    press();
    const now = titles();
    if (now !== known && now && acted) {
      until = Date.now() + 5000;
      acted = false;
    }
    known = now;
    if (Date.now() > until) return;
    clearTimeout(timer);
    timer = setTimeout(bring, 100);
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}
