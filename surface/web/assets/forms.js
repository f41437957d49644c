// Forms speak to the API. A form names its method and path in data-api; fields
// become one JSON object.
import { call, done } from "./api.js";
import { refresh } from "./live.js";
import { say } from "./toast.js";

function fields(form) {
  const body = {};
  for (const f of form.elements) {
    if (!f.name || f.disabled) continue;
    if ("true" in f.dataset) { body[f.name] = true; continue; }
    if (f.type === "checkbox") { if (f.checked) body[f.name] = true; continue; }
    if (f.value === "" && !("keepEmpty" in f.dataset)) continue;
    if ("many" in f.dataset) { body[f.name] = f.value.split(",").map((one) => one.trim()).filter(Boolean); continue; }
    if ("only" in f.dataset) { body[f.name] = [f.value]; continue; }
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
  if (answer) finish(form, answer);
  buttons.forEach((b) => b.dispatchEvent(new CustomEvent("andon:ready")));
}

function finish(form, answer) {
  delete form.dataset.dirty;
  form.closest("dialog")?.close();
  if (form.dataset.reset !== undefined) form.reset();
  if (form.dataset.done) {
    const text = form.dataset.done.replace(/\{(\w+)\}/g, (_, name) => answer[name] ?? "");
    if ("undo" in form.dataset) done(text); else say(text, "ok");
  }
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
  dialog.dispatchEvent(new CustomEvent("andon:opened", { bubbles: true }));
}
