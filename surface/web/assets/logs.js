// Streams a log into its pane and stays at the end unless the reader scrolls up.
const most = 20000; // lines kept in the page; the whole log is a link away

async function follow(pane) {
  const stop = new AbortController();
  pane.stop = () => stop.abort();
  pane.textContent = "";
  let rest = "", lines = 0;
  try {
    const answer = await fetch(pane.dataset.log, { signal: stop.signal });
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const text = rest + value, cut = text.lastIndexOf("\n") + 1;
      rest = text.slice(cut);
      if (cut === 0) continue;
      const stuck = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 40;
      for (const line of text.slice(0, cut - 1).split("\n")) {
        const row = document.createElement("span");
        row.textContent = line + "\n";
        if (line.startsWith("── ")) row.className = "head";
        else if (/\berror\b|\bFAIL\b|\bpanic:/i.test(line)) row.className = "wrong";
        pane.append(row);
        lines++;
      }
      while (lines > most) { pane.firstChild.remove(); lines--; }
      if (stuck) pane.scrollTop = pane.scrollHeight;
    }
  } catch (e) {
    if (e.name !== "AbortError") pane.append(`\nThe log could not be read on: ${e.message}. Reload the page.\n`);
  }
}

function look() {
  for (const pane of document.querySelectorAll("[data-log]")) {
    if (pane.followed === pane.dataset.log) continue;
    pane.stop?.();
    pane.followed = pane.dataset.log;
    follow(pane);
  }
}

export function logs() {
  look();
  document.addEventListener("andon:refreshed", look);
}
