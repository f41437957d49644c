// Which cards are selected. The server does not know, so the marks are put
// back after every refresh.
const chosen = new Set();
let last = null; // where a range begins

export const selected = () => [...chosen];

export function clear() {
  chosen.clear();
  paint();
}

// unselect lets go of some cards; others, selected meanwhile, stay so.
export function unselect(keys) {
  keys.forEach((key) => chosen.delete(key));
  paint();
}

export function toggle(card, range = false) {
  const all = [...document.querySelectorAll("#board .card")];
  const from = range && last ? all.findIndex((c) => c.dataset.key === last) : -1, to = all.indexOf(card);
  if (from >= 0) for (const c of all.slice(Math.min(from, to), Math.max(from, to) + 1)) chosen.add(c.dataset.key);
  else if (!chosen.delete(card.dataset.key)) chosen.add(card.dataset.key);
  last = card.dataset.key;
  paint();
}

function paint() {
  const bar = document.getElementById("selection");
  if (!bar || (chosen.size === 0 && bar.hidden)) return; // nothing was marked, nothing is to be
  const here = new Set();
  for (const card of document.querySelectorAll("#board .card")) {
    const on = chosen.has(card.dataset.key);
    if (on) here.add(card.dataset.key);
    if (on !== ("selected" in card.dataset)) { if (on) card.dataset.selected = ""; else delete card.dataset.selected; }
    card.querySelector(".pick").checked = on;
  }
  for (const key of chosen) if (!here.has(key)) chosen.delete(key);
  bar.hidden = chosen.size === 0;
  document.getElementById("board").classList.toggle("selecting", chosen.size > 0);
  document.body.toggleAttribute("data-selecting", chosen.size > 0);
  bar.querySelector("[data-word=count]").textContent = chosen.size === 1 ? "1 card selected" : `${chosen.size} cards selected`;
}

export function select() {
  document.addEventListener("andon:refreshed", paint);
  document.addEventListener("click", (e) => {
    const card = e.target.closest?.("#board .card");
    if (!card) return;
    if (e.target.matches(".pick")) toggle(card, e.shiftKey);
    else if (e.shiftKey && !e.target.closest("a, button")) { getSelection()?.removeAllRanges(); toggle(card, true); }
  });
}
