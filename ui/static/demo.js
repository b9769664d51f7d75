// The shop's own script: what a site does with the widget's JavaScript side.
const tastemaker = (...call) =>
  window.Tastemaker ? window.Tastemaker(...call) : ((window.Tastemaker = (...later) => window.Tastemaker.q.push(later)).q = [call]);

const basket = new Set(JSON.parse(sessionStorage.getItem("basket") || "[]"));
const script = document.querySelector("script[data-site]");

function told() {
  document.getElementById("count").textContent = basket.size;
  const { item, category } = script.dataset;
  tastemaker("setContext", { item, category, cart: [...basket] });
}

for (const button of document.querySelectorAll("[data-basket]")) {
  button.addEventListener("click", () => {
    basket.add(button.dataset.basket);
    sessionStorage.setItem("basket", JSON.stringify([...basket]));
    button.textContent = "In the basket";
    told();
  });
}
for (const button of document.querySelectorAll("[data-like]")) {
  button.addEventListener("click", () => tastemaker("send", `something like “${button.dataset.like}”`));
}
for (const button of document.querySelectorAll("[data-open]")) {
  button.addEventListener("click", () => tastemaker("open"));
}
told();
