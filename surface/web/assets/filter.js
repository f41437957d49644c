// The floor's filter. What is chosen becomes the page's address, and the
// server draws the cards that pass. Named views are kept in this browser.
import { refresh } from "./live.js";
import { say } from "./toast.js";

const form = () => document.getElementById("filter");
let typed = null, timer = 0;

function query() {
  const q = new URLSearchParams();
  for (const [name, value] of new FormData(form())) if (value !== "" && name !== "all") q.append(name, value);
  for (const station of new URLSearchParams(location.search).getAll("all")) q.append("all", station);
  return q;
}

function apply() {
  clearTimeout(timer);
  timer = 0;
  typed = form().elements.q.value;
  const text = query().toString();
  history.replaceState(null, "", text ? `${location.pathname}?${text}` : location.pathname);
  for (const s of form().querySelectorAll("select[aria-label]")) s.classList.toggle("chosen", s.value !== "");
  refresh("cards");
}

// views are the named views: name → the address after "?".
function views() {
  try { return JSON.parse(localStorage.getItem("andon-views")) || {}; } catch { return {}; }
}

export const savedViews = () => Object.entries(views()).map(([name, q]) => ({ name, href: `/floor?${q}` }));

function show() {
  const place = document.getElementById("views");
  if (!place) return;
  const here = new URLSearchParams(location.search).toString();
  place.replaceChildren(...Object.entries(views()).map(([name, q]) => {
    const view = document.createElement("span"), link = document.createElement("a"), drop = document.createElement("button");
    view.className = "view";
    link.href = `/floor?${q}`;
    link.textContent = name;
    if (q === here) link.setAttribute("aria-current", "true");
    drop.type = "button";
    drop.dataset.dropView = name;
    drop.textContent = "×";
    drop.setAttribute("aria-label", `Forget the view ${name}`);
    view.append(link, drop);
    return view;
  }));
}

function keep(change) {
  const all = views();
  change(all);
  localStorage.setItem("andon-views", JSON.stringify(all));
  show();
}

export function filter() {
  show();
  document.addEventListener("andon:refreshed", () => {
    const field = form()?.elements.q;
    if (field && field === document.activeElement && typed !== null && field.value !== typed && timer === 0) field.value = typed;
    show();
  });
  document.addEventListener("input", (e) => {
    if (!e.target.closest("#filter") || e.target.name !== "q") return;
    typed = e.target.value;
    clearTimeout(timer);
    timer = setTimeout(apply, 150);
  });
  document.addEventListener("change", (e) => { if (e.target.closest("#filter") && e.target.name !== "q") apply(); });
  document.addEventListener("submit", (e) => {
    if (e.target.matches("#filter")) { e.preventDefault(); apply(); }
    if (!e.target.matches("form[data-save-view]")) return;
    e.preventDefault();
    const name = e.target.elements.name.value.trim();
    keep((all) => { all[name] = new URLSearchParams(location.search).toString(); });
    e.target.closest("dialog").close();
    e.target.reset();
    say(`The view "${name}" is saved in this browser.`, "ok");
  });
  document.addEventListener("click", (e) => {
    const drop = e.target.closest?.("[data-drop-view]");
    if (drop) return keep((all) => { delete all[drop.dataset.dropView]; });
    const link = e.target.closest?.(".more-cards a, #clear-filter, #views a");
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.button !== 0) return;
    e.preventDefault();
    history.pushState(null, "", link.href);
    refresh(link.closest(".more-cards") ? "cards" : "page");
  });
  addEventListener("popstate", () => refresh("page"));
}
