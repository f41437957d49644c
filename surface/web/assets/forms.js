// Forms speak to the same API as every other program. A form names its method
// and path in data-api; fields become one JSON object. Each submission has its
// own Idempotency-Key, so a retry does nothing twice.
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

function fields(form) {
  const body = {};
  for (const f of form.elements) {
    if (!f.name || f.disabled) continue;
    if ("true" in f.dataset) { body[f.name] = true; continue; }
    if (f.type === "checkbox") { if (f.checked) body[f.name] = true; continue; }
    if (f.value === "" && !("keepEmpty" in f.dataset)) continue;
    body[f.name] = "number" in f.dataset || f.type === "number" ? Number(f.value) : f.value;
  }
  return body;
}

async function submit(form) {
  const buttons = form.querySelectorAll("button");
  buttons.forEach((b) => { b.disabled = true; });
  const path = form.dataset.api.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(form.elements[name].value));
  const body = fields(form);
  for (const name of (form.dataset.api.match(/\{(\w+)\}/g) || [])) delete body[name.slice(1, -1)];
  const answer = await call(path, form.dataset.body === "none" ? undefined : body);
  buttons.forEach((b) => { b.disabled = false; });
  if (!answer) return;
  delete form.dataset.dirty;
  form.closest("dialog")?.close();
  if (form.dataset.reset !== undefined) form.reset();
  if (form.dataset.done) say(form.dataset.done.replace(/\{(\w+)\}/g, (_, name) => answer[name] ?? ""), "ok");
  if (form.dataset.goto) location.assign(form.dataset.goto);
  else refresh();
}

export function forms() {
  document.addEventListener("submit", (e) => {
    const form = e.target.closest("form[data-api]");
    if (!form) return;
    e.preventDefault();
    if (!form.dataset.confirm || confirm(form.dataset.confirm)) submit(form);
  });
  document.addEventListener("input", (e) => {
    const form = e.target.closest("form[data-keep]");
    if (form) form.dataset.dirty = "";
  });
  document.addEventListener("reset", (e) => { delete e.target.dataset.dirty; });
  document.addEventListener("click", (e) => {
    const opener = e.target.closest("[data-open]");
    if (opener) return open(opener.dataset.open, opener.dataset);
    if (e.target.closest("[data-close]")) e.target.closest("dialog")?.close();
    else if (e.target.matches("dialog")) e.target.close(); // the backdrop
  });
  addEventListener("beforeunload", (e) => { if (document.querySelector("form[data-dirty]")) e.preventDefault(); });
}

// open shows a dialog, with fields and words filled in from the opener.
export function open(id, values = {}) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  for (const [name, value] of Object.entries(values)) {
    dialog.querySelectorAll(`[name="${name}"]`).forEach((f) => { f.value = value; });
    dialog.querySelectorAll(`[data-word="${name}"]`).forEach((w) => { w.textContent = value; });
  }
  dialog.showModal();
}
