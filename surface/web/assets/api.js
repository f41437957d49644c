// Speaks to the same API as every other program. Each call has its own
// Idempotency-Key, so a retry does nothing twice.
import { refresh } from "./live.js";
import { say } from "./toast.js";

// call sends one request and gives its answer; a refusal is said and is null.
export async function call(api, body) {
  const [method, path] = api.split(" ");
  const headers = { "Idempotency-Key": crypto.randomUUID() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    say("Andon does not answer. Nothing was changed, as far as this page knows.", "bad");
    return null;
  }
  const text = await answer.text();
  const doc = text ? JSON.parse(text) : {};
  if (answer.ok) return doc;
  const needs = (doc.refusal?.swarm || []).map((n) => ({ href: `/cards/${encodeURIComponent(n.card)}`, text: `${n.card} ${n.title}: ${n.why}` }));
  say(doc.refusal?.text || doc.detail || doc.title || `The answer was ${answer.status}.`, "bad", needs);
  return null;
}

// done says what was done, and offers to take it back.
export const done = (text) => say(text, "ok", [], { word: "Undo", run: undo });

// undo takes back the last thing that the viewer did to cards.
export async function undo() {
  const undone = await call("POST /v1/undo");
  if (!undone) return;
  say(`Taken back: ${undone.text}.`, "ok");
  await refresh();
}
