// Keys that work on every page: "g" and a letter goes somewhere, "?" lists all.
import { open } from "./forms.js";

const places = { f: "/floor", d: "/deliveries", h: "/health", i: "/incidents", p: "/postmortems", j: "/journal" };
let going = 0;

export function keys() {
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, textarea, select, dialog[open]")) return;
    if (going && e.timeStamp - going < 1500 && places[e.key]) { location.assign(places[e.key]); return; }
    going = e.key === "g" ? e.timeStamp : 0;
    if (e.key === "?") open("shortcuts");
    const button = document.querySelector(`[data-key-press="${CSS.escape(e.key)}"]`);
    if (button && !e.target.closest(".card")) { e.preventDefault(); button.click(); }
    if (!document.activeElement || document.activeElement === document.body) {
      if (e.key.startsWith("Arrow")) document.querySelector(".card")?.focus();
    }
  });
}
