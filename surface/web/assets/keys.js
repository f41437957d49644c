// Keys that work on every page: "g" and a letter goes somewhere, "/" finds,
// "u" takes back, "?" lists all.
import { undo } from "./api.js";
import { open } from "./forms.js";

let going = 0;

const place = (key) => document.querySelector(`.side [data-go="${CSS.escape(key)}"]`);

function press(e) {
  if (going && e.timeStamp - going < 1500 && place(e.key)) { location.assign(place(e.key).href); return true; }
  going = e.key === "g" ? e.timeStamp : 0;
  if (e.key === "?") { open("shortcuts"); return true; }
  if (e.key === "/") { open("palette"); return true; }
  if (e.key === "u") { undo(); return true; }
  const field = document.querySelector(`[data-key-focus="${CSS.escape(e.key)}"]`);
  if (field) { field.focus(); return true; }
  if (e.key === "p" && e.target.closest(".card")) return false; // that card, not the next
  const button = document.querySelector(`[data-key-press="${CSS.escape(e.key)}"]`);
  if (button) {
    // A key that comes while its last press is on the way counts after it.
    if (button.disabled) button.addEventListener("andon:ready", () => button.click(), { once: true });
    else button.click();
    return true;
  }
  if (e.key.startsWith("Arrow") && (!document.activeElement || document.activeElement === document.body)) {
    const card = document.querySelector(".card");
    card?.focus();
    return Boolean(card);
  }
  return false;
}

export function keys() {
  document.addEventListener("keydown", (e) => {
    const typing = e.target.closest("input:not(.pick), textarea, select");
    if (e.target.closest("dialog[open]")) return;
    const mod = e.ctrlKey || e.metaKey;
    if (mod && e.key === "k") { e.preventDefault(); open("palette"); return; }
    if (mod && e.key === "z" && !typing && !e.shiftKey) { e.preventDefault(); undo(); return; }
    if (mod || e.altKey || typing) return;
    if (press(e)) e.preventDefault();
  });
}
