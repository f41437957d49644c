// Short messages; the region is announced to screen readers.
export function say(text, kind = "info", more = []) {
  const region = document.getElementById("toasts");
  const toast = document.createElement("div");
  toast.className = `toast is-${kind}`;
  const p = document.createElement("p");
  p.textContent = text;
  toast.append(p);
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
  if (kind === "ok" || kind === "info") setTimeout(() => toast.remove(), 5000);
}
