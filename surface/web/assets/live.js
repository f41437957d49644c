// Keeps the page true: the server tells the journal's newest position, and the
// page is fetched again and morphed into place. Nothing is swapped while a
// card is in the hand, a dialog is open or a text is being edited. A floor is
// not fetched whole: only its changes are.
import { patch } from "./board.js";
import { say } from "./toast.js";

const holds = new Set();
let head = 0, missed = "", wanted = false, busy = false, source = null, again = null, lost = false;

// hold keeps the page as it is until the returned function is called.
export function hold() {
  const token = {};
  holds.add(token);
  return () => { holds.delete(token); if (wanted) refresh(); };
}

const page = () => document.getElementById("page");

const occupied = () => holds.size > 0 || document.querySelector("dialog[open], form[data-dirty]") !== null;

// refresh shows what is true now. "cards" draws every card of a floor again,
// as after another filter was chosen; "page" the whole page.
export async function refresh(scope = "changes") {
  wanted = true;
  if (busy || occupied()) { if (scope !== "changes") missed = scope; return; }
  busy = true;
  wanted = false;
  scope = missed || scope;
  missed = "";
  try {
    if (scope === "page" || !(await patch(scope === "cards"))) await morph();
    head = Math.max(head, Number(document.getElementById("board")?.dataset.at || page()?.dataset.head || 0));
    document.dispatchEvent(new CustomEvent("andon:refreshed"));
  } finally {
    busy = false;
    plan();
    if (wanted) refresh();
  }
}

async function morph() {
  const focus = document.activeElement?.closest("[id]")?.id;
  const open = [...document.querySelectorAll("details[open][id]")].map((d) => d.id);
  await htmx.ajax("GET", location.pathname + location.search, { target: "#page", select: "#page", swap: "outerMorph" });
  open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  if (focus && document.activeElement === document.body) document.getElementById(focus)?.focus({ preventScroll: true });
}

// plan fetches pages again that change without facts, such as a live canary.
function plan() {
  clearTimeout(again);
  const every = Number(page()?.dataset.every || 0);
  if (every > 0 && !document.hidden) again = setTimeout(() => refresh("cards"), every);
}

function connect() {
  if (source || document.hidden) return;
  source = new EventSource(`/live?after=${head}`);
  source.onmessage = (e) => {
    if (lost) { lost = false; say("Connected again.", "ok"); }
    const seq = Number(e.data);
    if (seq !== head) { head = seq; refresh(); }
  };
  source.onerror = () => {
    if (!lost) { lost = true; say("Andon does not answer; this page shows what was last known. Trying again.", "warn"); }
    if (source.readyState === EventSource.CLOSED) {
      source = null;
      setTimeout(connect, 2000);
    }
  };
}

export function live() {
  head = Number(page()?.dataset.head || 0);
  connect();
  plan();
  document.addEventListener("close", () => { if (wanted) refresh(); }, true);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { source?.close(); source = null; clearTimeout(again); return; }
    connect();
    plan();
  });
}
