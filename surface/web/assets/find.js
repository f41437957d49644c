// The command palette: pages, things to do, and cards, in one list that is
// chosen from with the arrow keys.
import { undo } from "./api.js";
import { fits, perform, start, stateOf, subject } from "./deeds.js";
import { savedViews } from "./filter.js";

let keys = [], shown = [], at = 0, asked = 0, cards = [];

const dialog = () => document.getElementById("palette");
const list = () => document.getElementById("palette-list");
const field = () => document.getElementById("palette-text");

function option(text, hint, run) {
  const li = document.createElement("li"), what = document.createElement("span"), side = document.createElement("span");
  li.setAttribute("role", "option");
  what.className = "what";
  what.textContent = text;
  side.className = "dim";
  side.textContent = hint;
  li.append(what, side);
  return { li, text: `${text} ${hint}`.toLowerCase(), run };
}

// commands are what can be chosen besides cards, at this moment on this page.
function commands() {
  const all = [];
  if (keys.length > 0) {
    const who = keys.length === 1 ? keys[0] : `${keys.length} cards`, state = keys.length === 1 ? stateOf(keys[0]) : {};
    for (const d of dialog().querySelectorAll("[data-deed-word]")) {
      const name = d.dataset.deedWord;
      const ok = keys.length === 1 ? fits(name, state) : "many" in d.dataset;
      if (ok) all.push(option(d.textContent, who, () => start(name, keys)));
    }
    for (const b of document.querySelectorAll("#station-menu [data-to], [data-card-page] [name=to] option")) {
      const to = b.dataset.to || b.value;
      all.push(option(`Move to ${to}`, who, () => perform("move", keys, { to })));
    }
  }
  for (const b of document.querySelectorAll(".top [data-key-press], .top [data-open], .top [data-copy], #filter [data-open]")) all.push(option(b.textContent.trim(), b.dataset.keyPress || "", () => b.click()));
  all.push(option("Undo the last change", "u", undo));
  for (const a of document.querySelectorAll(".side [data-go]")) all.push(option(a.firstChild.textContent.trim(), `g ${a.dataset.go}`, () => location.assign(a.href)));
  for (const v of savedViews()) all.push(option(v.name, "view", () => location.assign(v.href)));
  const rows = document.querySelector("#filter [name=lanes]");
  for (const o of rows?.options || []) {
    all.push(option(o.value ? `Rows by ${o.value}` : "No rows", "floor", () => { rows.value = o.value; rows.dispatchEvent(new Event("change", { bubbles: true })); }));
  }
  for (const b of document.querySelectorAll(".foot [data-theme-toggle], .foot [data-open=shortcuts]")) all.push(option(b.firstChild.textContent.trim(), "", () => b.click()));
  return all;
}

function draw() {
  const words = field().value.toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = commands().filter((c) => words.every((w) => c.text.includes(w)));
  // Cards found for an earlier text stay only while they fit this one.
  shown = [...cards.filter((c) => words.every((w) => c.text.includes(w))), ...fitting];
  shown.forEach((o, i) => { if (!o.li.id) o.li.id = `palette-${i}`; });
  list().replaceChildren(...shown.map((o) => o.li));
  document.getElementById("palette-none").hidden = shown.length > 0;
  go(0);
}

function go(to) {
  at = Math.max(0, Math.min(to, shown.length - 1));
  shown.forEach((o, i) => o.li.setAttribute("aria-selected", String(i === at)));
  const now = shown[at]?.li;
  now?.scrollIntoView({ block: "nearest" });
  if (now) field().setAttribute("aria-activedescendant", now.id); else field().removeAttribute("aria-activedescendant");
}

async function search() {
  const text = field().value.trim(), turn = ++asked;
  if (text === "") { cards = []; draw(); return; }
  draw();
  const answer = await fetch(`/palette?${new URLSearchParams({ q: text })}`).catch(() => null);
  if (!answer?.ok || turn !== asked) return;
  const sheet = document.createElement("template");
  sheet.innerHTML = await answer.text();
  cards = [...sheet.content.children].map((li) => ({ li, text: li.dataset.text, run: () => location.assign(li.dataset.href) }));
  draw();
}

function choose() {
  const o = shown[at];
  if (!o) return;
  dialog().close();
  o.run();
}

export function palette() {
  let before = [];
  document.addEventListener("focusin", (e) => { if (!e.target.closest("dialog")) before = subject(); });
  document.addEventListener("andon:opened", (e) => {
    if (e.target.id !== "palette") return;
    keys = subject().length > 0 ? subject() : before.filter((key) => document.getElementById(`card-${key}`));
    cards = [];
    field().value = "";
    draw();
  });
  document.addEventListener("input", (e) => { if (e.target === field()) search(); });
  document.addEventListener("keydown", (e) => {
    if (e.target !== field()) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8 }[e.key];
    if (to !== undefined) { e.preventDefault(); go(to); }
    if (e.key === "Enter") { e.preventDefault(); choose(); }
  });
  document.addEventListener("click", (e) => {
    const li = e.target.closest?.("#palette-list li");
    if (!li) return;
    at = shown.findIndex((o) => o.li === li);
    choose();
  });
}
