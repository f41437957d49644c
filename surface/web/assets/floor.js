// The floor by pointer, touch and keyboard. All ways end in one deed.
import { deedForms, fits, perform, start, stateOf, subject } from "./deeds.js";
import { open } from "./forms.js";
import { hold } from "./live.js";
import { clear, selected, toggle } from "./select.js";

const cards = (place) => [...place.querySelectorAll(".card")];
const lanes = (card) => [...(card.closest(".cells") || document).querySelectorAll(".lane")];

const move = (card, to, before = "") => perform("move", [card.dataset.key], { to, before, rev: Number(card.dataset.rev) });

function drag() {
  for (const list of document.querySelectorAll("#board .cards")) {
    if (list.sortable) continue;
    let release;
    list.sortable = Sortable.create(list, {
      group: "floor", draggable: ".card", animation: 120, forceFallback: true, fallbackTolerance: 4, delay: 150, delayOnTouchOnly: true, filter: "button, a, input", preventOnFilter: false,
      onStart: (e) => { release = hold(); e.item.dataset.lifted = ""; },
      onEnd: async (e) => {
        delete e.item.dataset.lifted;
        const before = e.item.nextElementSibling?.dataset.key || e.to.dataset.next || "";
        const stayed = e.from === e.to && e.oldDraggableIndex === e.newDraggableIndex;
        // The card goes back to where the server knows it until it agrees.
        e.from.insertBefore(e.item, cards(e.from)[e.oldDraggableIndex + (e.from === e.to && e.newDraggableIndex < e.oldDraggableIndex ? 1 : 0)] || null);
        release();
        if (!stayed) await drop(e.item, e.from, e.to, before);
      },
    });
  }
}

// drop moves a card to a list: to another station, to another half of its own,
// or within the list.
async function drop(card, from, to, before) {
  const station = to.closest(".lane").dataset.station, { key } = card.dataset;
  const finished = "finished" in to.dataset;
  if (from.closest(".lane") !== to.closest(".lane") || from === to) {
    if (!(await move(card, station, before))) return;
    if (finished && from !== to) await perform("finish", [key]);
    return;
  }
  await perform(finished ? "finish" : "resume", [key]);
}

function step(card, key) {
  const all = lanes(card), lane = card.closest(".lane"), here = cards(lane), row = here.indexOf(card);
  if (key === "ArrowUp" || key === "ArrowDown") {
    const next = here[row + (key === "ArrowUp" ? -1 : 1)];
    return next || beyond(card, lane, key === "ArrowUp" ? -1 : 1);
  }
  const way = key === "ArrowLeft" ? -1 : 1;
  for (let i = all.indexOf(lane) + way; all[i]; i += way) {
    const there = cards(all[i]);
    if (there.length > 0) return there[Math.min(row, there.length - 1)];
  }
}

// beyond is the nearest card of the same station in the swimlane above or below.
function beyond(card, lane, way) {
  const rows = [...document.querySelectorAll("#board .swim")];
  for (let i = rows.indexOf(card.closest(".swim")) + way; rows[i]; i += way) {
    const there = [...rows[i].querySelectorAll(".lane")].find((l) => l.dataset.station === lane.dataset.station);
    const found = there ? cards(there) : [];
    if (found.length > 0) return way < 0 ? found.at(-1) : found[0];
  }
}

function shift(card, key) {
  const all = lanes(card), lane = card.closest(".lane"), list = cards(card.parentElement), row = list.indexOf(card);
  if (key === "ArrowUp") return row > 0 && move(card, lane.dataset.station, list[row - 1].dataset.key);
  if (key === "ArrowDown") return row < list.length - 1 && move(card, lane.dataset.station, list[row + 2]?.dataset.key || card.parentElement.dataset.next);
  const next = all[all.indexOf(lane) + (key === "ArrowLeft" ? -1 : 1)];
  return next && move(card, next.dataset.station);
}

// menu offers what can be done with a card, or with all that are selected.
function menu(keys) {
  const dialog = document.getElementById("card-menu"), one = keys.length === 1;
  const state = one ? stateOf(keys[0]) : {};
  const here = one ? document.getElementById(`card-${keys[0]}`)?.closest(".lane")?.dataset.station : "";
  dialog.keys = keys;
  for (const b of dialog.querySelectorAll("[data-to]")) b.disabled = b.dataset.to === here;
  for (const b of dialog.querySelectorAll("button[data-act]")) b.hidden = one ? !fits(b.dataset.act, state) : !document.querySelector(`#selection [data-act="${b.dataset.act}"]`);
  const link = dialog.querySelector("[data-act=open]");
  link.hidden = !one;
  if (one) link.href = `/cards/${encodeURIComponent(keys[0])}`;
  open("card-menu", { key: one ? keys[0] : `${keys.length} cards`, title: state.title || "" });
  dialog.querySelector("[data-to]:not(:disabled)")?.focus();
}

function choose(dialog, choice) {
  const { keys } = dialog;
  dialog.close();
  document.getElementById(`card-${keys[0]}`)?.focus();
  if (!choice.dataset.to) return start(choice.dataset.act, keys);
  const card = document.getElementById(`card-${keys[0]}`);
  if (keys.length === 1 && card) return move(card, choice.dataset.to);
  return perform("move", keys, { to: choice.dataset.to });
}

const onCard = {
  m: () => menu(subject()),
  x: (card) => toggle(card),
  b: (card) => start("blocked" in card.dataset ? "unblock" : "block", subject()),
  d: (card) => start("finished" in card.dataset ? "resume" : "finish", subject()),
  a: () => start("owner", subject()),
  l: () => start("label", subject()),
  p: (card) => start("pull", [card.dataset.key]),
  Enter: (card) => card.querySelector("a")?.click(),
};

export function floor() {
  deedForms();
  drag();
  document.addEventListener("andon:refreshed", drag);
  document.addEventListener("click", (e) => {
    const more = e.target.closest(".card .more");
    if (more) return menu([more.closest(".card").dataset.key]);
    const choice = e.target.closest("#card-menu [data-to], #card-menu button[data-act]");
    if (choice) return choose(choice.closest("dialog"), choice);
    const bar = e.target.closest("#selection [data-act]")?.dataset.act;
    if (bar === "clear") clear();
    else if (bar === "menu") menu(selected());
    else if (bar) start(bar, selected());
  });
  document.addEventListener("keydown", (e) => {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || e.target.closest?.("dialog, input:not(.pick), textarea, select")) return;
    if (e.key === "Escape") return clear();
    const card = e.target.closest?.(".card");
    if (!card || e.target !== card) return;
    if (e.key.startsWith("Arrow")) {
      e.preventDefault();
      if (e.shiftKey) shift(card, e.key); else step(card, e.key)?.focus();
    } else if (onCard[e.key]) { e.preventDefault(); onCard[e.key](card); }
  });
}
