// Short messages; the region is announced to screen readers.

// say shows a text, with links of "more" below it, and a button where there
// is something to press: {word, run}. Only the newest message keeps a button,
// for an older one would no longer do what it says.
export function say(text, kind = "info", more = [], press = null) {
  const region = document.getElementById("toasts");
  const toast = document.createElement("div");
  toast.className = `toast is-${kind}`;
  const p = document.createElement("p");
  p.textContent = text;
  toast.append(p);
  if (press) {
    region.querySelectorAll(".press").forEach((b) => b.remove());
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn small press";
    button.textContent = press.word;
    button.addEventListener("click", () => { toast.remove(); press.run(); });
    p.append(" ", button);
  }
  if (more.length > 0) {
    const list = document.createElement("ul");
    for (const { href, text } of more) {
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = href;
      link.textContent = text;
      item.append(link);
      list.append(item);
    }
    toast.append(list);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "close";
  close.setAttribute("aria-label", "Dismiss");
  close.textContent = "×";
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
  region.append(toast);
  while (region.children.length > 4) region.firstChild.remove();
  if (kind === "ok" || kind === "info") fade(toast, press ? 10000 : 5000);
}

// fade takes a message away after a while in which nobody points at it or has
// the focus on it.
function fade(toast, after) {
  setTimeout(() => {
    if (toast.matches(":hover, :focus-within")) fade(toast, 2000);
    else toast.remove();
  }, after);
}
