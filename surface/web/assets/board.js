// Follows the floor card by card. The server sends the board with every card
// that did not change only named, in long lists as runs of them; this puts the
// named ones where they belong and takes over the others, so that thousands of
// cards cost what one does.

async function ask(query) {
  const answer = await fetch(`/floor/changes?${query}`);
  if (!answer.ok) return null;
  const sheet = document.createElement("template");
  sheet.innerHTML = await answer.text();
  return sheet.content;
}

const lacking = (news) => [...news.querySelectorAll("[data-same]")].map((e) => e.dataset.same).filter((key) => !document.getElementById(`card-${key}`));

// fetchNews asks for what is new since the board was drawn, or for all cards,
// and once more for those that came into sight and are not known here.
async function fetchNews(board, all) {
  const query = new URLSearchParams(location.search);
  query.set("after", all ? "0" : board.dataset.at);
  const news = await ask(query);
  if (!news) return null;
  const keys = lacking(news);
  if (keys.length === 0) return news;
  if (keys.length > 100) query.set("after", "0"); else query.set("need", keys.join(","));
  const more = await ask(query);
  return more && lacking(more).length === 0 ? more : null;
}

// patch brings the board up to date; false says that the page has to be
// fetched whole, as when rows came or went.
export async function patch(all = false) {
  const board = document.getElementById("board");
  if (!board) return false;
  const news = await fetchNews(board, all).catch(() => null);
  const fresh = news?.querySelector("#board");
  if (!fresh || fresh.dataset.shape !== board.dataset.shape) return false;
  const touched = new Set(fresh.dataset.touched.split(" "));
  const runs = new Map();
  for (const run of fresh.querySelectorAll("[data-run]")) {
    const cards = stretch(run, touched);
    if (!cards) return false;
    runs.set(run, cards);
  }
  const focusBack = rememberFocus();
  for (const part of news.querySelectorAll("[data-part]")) take(part);
  for (const place of fresh.querySelectorAll(".lane, .swim")) {
    const here = document.getElementById(place.id);
    if (here.className !== place.className) here.className = place.className;
  }
  const kept = new Set();
  for (const list of fresh.querySelectorAll("ul.cards")) lay(document.getElementById(list.id), list, kept, runs, touched);
  for (const card of board.querySelectorAll(".card")) if (!kept.has(card)) card.remove();
  board.dataset.at = fresh.dataset.at;
  focusBack();
  return true;
}

// take replaces a part of the page if it changed, and keeps the focus in it.
function take(part) {
  const here = document.getElementById(part.id);
  if (!here || here.isEqualNode(part)) return;
  const reach = (e) => [...e.querySelectorAll("a, button, input, select")];
  const row = reach(here).indexOf(document.activeElement);
  here.replaceWith(part);
  if (row >= 0) reach(part)[row]?.focus({ preventScroll: true });
}

// stretch are the cards that a run names by its first and last: those that
// nothing happened to, in the order in which they are here. It is null when
// what is here is something else.
function stretch(run, touched) {
  const cards = [], most = Number(run.dataset.run);
  for (let card = document.getElementById(`card-${run.dataset.first}`); card && cards.length < most; card = card.nextElementSibling) {
    if (!touched.has(card.dataset.key)) cards.push(card);
  }
  return cards.length === most && cards.at(-1).dataset.key === run.dataset.last ? cards : null;
}

// lay puts the cards of a list in their order. What is not wanted here, or
// changed and is wanted elsewhere in the list, is passed over, so that all
// others stay where they are.
function lay(list, wanted, kept, runs, touched) {
  list.dataset.next = wanted.dataset.next || "";
  if (list.className !== wanted.className) list.className = wanted.className;
  const cards = [...wanted.children].flatMap((item) => runs.get(item) || [known(item)]);
  const here = new Set(cards);
  let at = list.firstElementChild;
  for (const card of cards) {
    kept.add(card);
    while (at && at !== card && (!here.has(at) || touched.has(at.dataset.key))) at = at.nextElementSibling;
    if (card === at) at = at.nextElementSibling;
    else if (card.isConnected && list.moveBefore) list.moveBefore(card, at);
    else list.insertBefore(card, at);
  }
}

// known is the card that is here already where it is like the one that came.
function known(item) {
  const card = document.getElementById(`card-${item.dataset.same || item.dataset.key}`);
  if (item.dataset.same || (card && alike(card, item))) return card;
  card?.remove();
  return item;
}

// alike compares without what only this browser knows of a card.
function alike(card, item) {
  const bare = card.cloneNode(true);
  delete bare.dataset.selected;
  return bare.isEqualNode(item);
}

// rememberFocus gives a function that puts the focus back: on the same card,
// or, when it left the floor, on the one that took its place.
function rememberFocus() {
  const active = document.activeElement, card = active?.closest?.(".card");
  if (!card) return () => {};
  const inside = active === card ? "" : active.className, list = card.parentElement.id;
  const row = [...card.parentElement.children].indexOf(card), { id } = card;
  return () => {
    if (document.activeElement !== document.body && document.activeElement?.isConnected) return;
    const same = document.getElementById(id);
    if (same) return ((inside && same.getElementsByClassName(inside)[0]) || same).focus({ preventScroll: true });
    const left = document.getElementById(list)?.querySelectorAll(".card") || [];
    const next = left[Math.min(row, left.length - 1)] || document.querySelector("#board .card") || document.getElementById("main");
    next.focus({ preventScroll: true });
  };
}
