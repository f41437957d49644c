// The floor by pointer, touch and keyboard. All ways end in one move.
import { call, open } from "./forms.js";
import { hold, refresh } from "./live.js";

const cards = (lane) => [...lane.querySelectorAll(".card")];
const lanes = () => [...document.querySelectorAll(".lane")];
const tell = (text) => { document.getElementById("spoken").textContent = text; };

// move asks the server and says what came of it; the page follows the answer.
export async function move(card, to, before = "") {
  const { key, rev } = card.dataset;
  const body = { to, rev: Number(rev) };
  if (before) body.before = before;
  const moved = await call(`POST /v1/cards/${encodeURIComponent(key)}/move`, body);
  tell(moved ? `${key} is in ${moved.station} now.` : `${key} stayed where it was.`);
  await refresh();
}

function drag() {
  for (const list of document.querySelectorAll(".cards")) {
    if (list.sortable) continue;
    let release;
    list.sortable = Sortable.create(list, {
      group: "floor", draggable: ".card", animation: 120, forceFallback: true, fallbackTolerance: 4, delay: 150, delayOnTouchOnly: true, filter: "button, a", preventOnFilter: false,
      onStart: (e) => { release = hold(); e.item.dataset.lifted = ""; },
      onEnd: async (e) => {
        delete e.item.dataset.lifted;
        const to = e.to.closest(".lane").dataset.station;
        const before = e.item.nextElementSibling?.dataset.key || "";
        const stayed = e.from === e.to && e.oldDraggableIndex === e.newDraggableIndex;
        // The card goes back to where the server knows it until it agrees.
        e.from.insertBefore(e.item, cards(e.from)[e.oldDraggableIndex + (e.from === e.to && e.newDraggableIndex < e.oldDraggableIndex ? 1 : 0)] || null);
        release();
        if (!stayed) await move(e.item, to, before);
      },
    });
  }
}

function step(card, key) {
  const all = lanes(), lane = card.closest(".lane"), row = cards(lane).indexOf(card);
  if (key === "ArrowUp" || key === "ArrowDown") return cards(lane)[row + (key === "ArrowUp" ? -1 : 1)];
  const way = key === "ArrowLeft" ? -1 : 1;
  for (let i = all.indexOf(lane) + way; all[i]; i += way) {
    const there = cards(all[i]);
    if (there.length > 0) return there[Math.min(row, there.length - 1)];
  }
}

function shift(card, key) {
  const all = lanes(), lane = card.closest(".lane"), list = cards(lane), row = list.indexOf(card);
  if (key === "ArrowUp") return row > 0 && move(card, lane.dataset.station, list[row - 1].dataset.key);
  if (key === "ArrowDown") return row < list.length - 1 && move(card, lane.dataset.station, list[row + 2]?.dataset.key);
  const next = all[all.indexOf(lane) + (key === "ArrowLeft" ? -1 : 1)];
  return next && move(card, next.dataset.station);
}

function menu(card) {
  const { key, blocked, title } = card.dataset, here = card.closest(".lane").dataset.station;
  const dialog = document.getElementById("card-menu");
  dialog.dataset.card = key;
  for (const b of dialog.querySelectorAll("[data-to]")) b.disabled = b.dataset.to === here;
  dialog.querySelector("[data-do=block]").hidden = blocked !== undefined;
  dialog.querySelector("[data-do=unblock]").hidden = blocked === undefined;
  dialog.querySelector("[data-do=open]").href = `/cards/${encodeURIComponent(key)}`;
  open("card-menu", { key, title });
  dialog.querySelector("[data-to]:not(:disabled)")?.focus();
}

async function choose(dialog, choice) {
  const card = document.getElementById(`card-${dialog.dataset.card}`);
  dialog.close();
  if (!card) return;
  card.focus();
  const api = (verb) => `POST /v1/cards/${encodeURIComponent(card.dataset.key)}/${verb}`;
  if (choice.dataset.to) return move(card, choice.dataset.to);
  if (choice.dataset.do === "block") return open("block", { key: card.dataset.key });
  if (choice.dataset.do === "help") return open("help", { key: card.dataset.key });
  if (choice.dataset.do === "unblock" && await call(api("unblock"))) refresh();
}

export function floor() {
  drag();
  document.addEventListener("andon:refreshed", drag);
  document.addEventListener("click", (e) => {
    const more = e.target.closest(".card .more");
    if (more) return menu(more.closest(".card"));
    const choice = e.target.closest("#card-menu [data-to], #card-menu button[data-do]");
    if (choice) choose(choice.closest("dialog"), choice);
  });
  document.addEventListener("keydown", (e) => {
    const card = e.target.closest?.(".card");
    if (!card || e.target !== card || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key.startsWith("Arrow")) {
      e.preventDefault();
      if (e.shiftKey) shift(card, e.key); else step(card, e.key)?.focus();
    } else if (e.key === "Enter") card.querySelector("a")?.click();
    else if (e.key === "m") { e.preventDefault(); menu(card); }
  });
}
