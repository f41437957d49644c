// The stand-up is walked with j and k; pages that have a text of themselves
// can be copied.
import { say } from "./toast.js";

async function copy(from) {
  try {
    const answer = await fetch(from);
    if (!answer.ok) throw new Error(`the answer was ${answer.status}`);
    await put(await answer.text());
    say("Copied as Markdown.", "ok");
  } catch (e) {
    say(`It could not be copied: ${e.message}. The text is at ${from}.`, "bad", [{ href: from, text: "Open the text" }]);
  }
}

// put copies by the clipboard, or by a selection where the page came over
// plain HTTP from another host and has no clipboard.
async function put(text) {
  if (navigator.clipboard) {
    try { return await navigator.clipboard.writeText(text); } catch { /* not permitted: by selection */ }
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "sr";
  document.body.append(area);
  area.select();
  const ok = document.execCommand("copy");
  area.remove();
  if (!ok) throw new Error("the browser does not allow it");
}

export function walk() {
  document.addEventListener("click", (e) => {
    const button = e.target.closest?.("[data-copy]");
    if (button) copy(button.dataset.copy);
  });
  document.addEventListener("keydown", (e) => {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, textarea, select, dialog")) return;
    const talks = [...document.querySelectorAll("[data-walk] .talk")];
    if (talks.length === 0 || !["j", "k", "Enter"].includes(e.key)) return;
    const here = talks.indexOf(e.target.closest(".talk"));
    if (e.key === "Enter") { if (e.target === talks[here]) talks[here].querySelector("a").click(); return; }
    const next = talks[Math.max(0, Math.min(talks.length - 1, e.key === "j" ? here + 1 : here - 1))];
    e.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "center" });
  });
}
