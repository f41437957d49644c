// What can be done to a card, or to several at once: each deed knows its call,
// its call for many, and what is said when it is done.
import { call, done } from "./api.js";
import { open } from "./forms.js";
import { refresh } from "./live.js";
import { selected, unselect } from "./select.js";
import { say } from "./toast.js";

const path = (key, verb) => `/v1/cards/${encodeURIComponent(key)}/${verb}`;
const edit = (field, said) => ({
  one: (key, v) => [`PATCH /v1/cards/${encodeURIComponent(key)}`, { [field]: v[field] }],
  many: (v) => ({ edit: { [field]: v[field] } }), said,
});
const labelling = (v) => ({ [v.how === "remove" ? "remove_labels" : "add_labels"]: [v.label] });

// onward is where a pull takes a card that has begun: one station on. A card
// of the queue goes where the line begins, which the server knows.
function onward(key) {
  const field = document.querySelector("[data-card-page] [name=to]");
  const line = [...(field?.options || document.querySelectorAll("#station-menu [data-to]"))].map((s) => s.dataset.to || s.value);
  const here = field ? [...field.options].find((o) => o.defaultSelected)?.value : document.getElementById(`card-${key}`)?.closest(".lane")?.dataset.station;
  const next = line[line.indexOf(here) + 1];
  return line.indexOf(here) > 0 && next ? { to: next } : {};
}

const deeds = {
  move: {
    one: (key, v) => [`POST ${path(key, "move")}`, { to: v.to, ...(v.before ? { before: v.before } : {}), ...(v.rev ? { rev: v.rev } : {}) }],
    many: (v) => ({ move: v.to }), said: (v) => `moved to ${v.to}`,
  },
  pull: { fits: (c) => !("done" in c), one: (key) => ["POST /v1/pull", { card: key, ...onward(key) }], said: (_, card) => `pulled into ${card.station}` },
  finish: { fits: (c) => !("finished" in c) && !("done" in c), one: (key) => [`POST ${path(key, "finish")}`], many: () => ({ finish: true }), said: () => "finished" },
  resume: { fits: (c) => "finished" in c, one: (key) => [`DELETE ${path(key, "finish")}`], said: () => "taken up again" },
  block: { fits: (c) => !("blocked" in c) && !("done" in c), one: (key, v) => [`POST ${path(key, "block")}`, v], many: (v) => ({ block: v.reason }), said: () => "blocked" },
  unblock: { fits: (c) => "blocked" in c, one: (key) => [`POST ${path(key, "unblock")}`], many: () => ({ unblock: true }), said: () => "no longer blocked" },
  help: { one: (key, v) => [`POST ${path(key, "help")}`, v.person ? v : {}], said: (v) => `helped by ${v.person || "you"}` },
  accept: { fits: (c) => "lit" in c, one: (key, v) => [`POST ${path(key, "accept")}`, v], said: () => "accepted as it is" },
  analyse: { one: (key, v) => [`POST ${path(key, "analyse")}`, v], said: () => "analysed" },
  schedule: { one: (key, v) => [`POST ${path(key, "schedule")}`, v], many: (v) => ({ schedule: v.day }), said: (v) => v.day ? `scheduled for ${v.day}` : "no longer scheduled" },
  estimate: edit("estimate", (v) => v.estimate === 1 ? "estimated at 1 day" : `estimated at ${v.estimate} days`),
  owner: edit("owner", (v) => v.owner ? `assigned to ${v.owner}` : "assigned to nobody"),
  epic: edit("epic", (v) => v.epic ? `now part of ${v.epic}` : "now part of no epic"),
  kind: edit("kind", (v) => `now ${v.kind} work`),
  class: edit("class", (v) => `now ${v.class}`),
  label: {
    one: (key, v) => [`PATCH /v1/cards/${encodeURIComponent(key)}`, labelling(v)], many: (v) => ({ edit: labelling(v) }),
    said: (v) => v.how === "remove" ? `no longer labelled ${v.label}` : `labelled ${v.label}`,
  },
  discard: { fits: (c) => !("done" in c), one: (key, v) => [`POST ${path(key, "discard")}`, v], many: (v) => ({ discard: v.reason }), said: () => "discarded" },
};

// fits says whether a deed makes sense for a card by what the page knows of it.
export const fits = (name, state) => !deeds[name]?.fits || deeds[name].fits(state);

// perform does a deed to cards and says what came of it; all of them follow or
// none. The answer tells whether it was done.
export async function perform(name, keys, values = {}) {
  const deed = deeds[name];
  let answer;
  if (keys.length === 1) answer = await call(...deed.one(keys[0], values));
  else answer = await call("POST /v1/bulk", { cards: keys, ...deed.many(values) });
  if (answer) {
    done(`${keys.length === 1 ? keys[0] : `${keys.length} cards`} ${deed.said(values, answer)}.`);
    if (keys.length > 1) unselect(keys);
  }
  await refresh();
  return answer !== null;
}

// start asks for what a deed needs to know, or does it at once.
export function start(name, keys) {
  if (keys.length === 0) return;
  if (keys.length > 1 && !deeds[name].many) { say("That is done to one card at a time.", "warn"); return; }
  const dialog = document.getElementById(name);
  if (!dialog?.querySelector("form[data-deed]")) return perform(name, keys);
  dialog.querySelector("form").reset();
  dialog.keys = keys;
  const state = keys.length === 1 ? stateOf(keys[0]) : {};
  open(name, { ...state, key: keys.length === 1 ? keys[0] : `${keys.length} cards` });
}

// stateOf is what the page knows of a card.
export const stateOf = (key) => ({ ...document.querySelector(`[data-card-page][data-key="${CSS.escape(key)}"], #card-${CSS.escape(key)}`)?.dataset });

// subject are the cards that a deed is for: all selected, else the one with
// the focus, else the page's own.
export function subject() {
  const many = selected();
  if (many.length > 0) return many;
  const card = document.activeElement?.closest?.(".card, .talk") || document.querySelector("[data-card-page]");
  return card?.dataset.key ? [card.dataset.key] : [];
}

function values(form) {
  const v = Object.fromEntries(new FormData(form));
  for (const f of form.elements) if (f.type === "number") v[f.name] = Number(f.value);
  return v;
}

export function deedForms() {
  document.addEventListener("submit", async (e) => {
    const form = e.target.closest("form[data-deed]");
    if (!form) return;
    e.preventDefault();
    const dialog = form.closest("dialog"), keys = dialog ? dialog.keys : subject();
    const given = values(form);
    dialog?.close();
    if (!(await perform(form.dataset.deed, keys, given)) && dialog) again(dialog, given);
  });
  document.addEventListener("click", (e) => {
    const button = e.target.closest?.("[data-do]");
    if (button) start(button.dataset.do, [button.dataset.key || subject()[0]]);
  });
}

// again shows a refused dialog once more with what was written in it.
function again(dialog, given) {
  const word = dialog.querySelector("[data-word=key]")?.textContent;
  open(dialog.id, { ...given, key: word });
}
