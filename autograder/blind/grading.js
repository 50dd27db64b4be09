// The page to grade in: one current answer, one panel for its points and comment, and keys for all of it. Every text of
// an answer is in the page already, as text; this script adds to the page only by textContent.

const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const marks = new Marks(data);
const articles = [...document.querySelectorAll("main article")];
const codesOf = (article) => data.answers[articles.indexOf(article)];
const placeOf = new Map(data.answers.flatMap((codes, at) => codes.map((code) => [code, at])));
const LONG = 4000; // characters shown of an answer until it is opened
const SNIPPETS = 30; // to choose from
const SAID = 12; // sentences at once
let current = 0;

function make(tag, text = "", properties = {}) {
  const element = Object.assign(document.createElement(tag), properties);
  element.textContent = text;
  return element;
}

const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

function say(...sentences) {
  const said = sentences.filter(Boolean), more = said.length - SAID;
  const shown = more > 0 ? [...said.slice(0, SAID), `... and ${more} more.`] : said;
  $("said").replaceChildren(...shown.map((text) => make("p", text)));
}

// ------------------------------------------------------------------------------------------------------- what is shown

function badge(at) {
  const article = articles[at], codes = data.answers[at], cell = marks.of(codes);
  const cells = codes.map((code) => marks.cells.get(code));
  const touched = cells.some((one) => one.points || one.comment);
  article.querySelector(".given")?.remove();
  article.dataset.graded = codes.every((code) => marks.isGraded(code)) ? (cell ? "yes" : "differs") : "";
  if (!touched) return;
  const said = cell ? described(cell) : codes.map((code, i) => `${code}: ${described(cells[i])}`).join("; ");
  const given = make("p", "", { className: "given" });
  given.append(make("bdi", cell ? said : `Identical answers, different marks. ${said}`));
  article.querySelector("h2").after(given);
}

function described({ points, comment }) {
  const said = !points ? "no points yet" : "points" in marks.usable(points) ? `${points} of ${data.most}` : `“${shown(points)}”, not usable`;
  return comment ? `${said}: ${comment}` : said;
}

function fillPanel() {
  const codes = data.answers[current], cell = marks.of(codes) ?? EMPTY;
  $("which").textContent = `${codes[0]}${codes.length > 1 ? ` and ${codes.length - 1} identical` : ""}`;
  $("points").value = cell.points;
  $("comment").value = cell.comment;
  refused("");
  for (const button of $("quick").children) button.setAttribute("aria-pressed", String(button.value === marks.value(cell.points)));
}

function refused(said) {
  $("refused").textContent = said;
  $("points").setAttribute("aria-invalid", String(Boolean(said)));
}

function totals() {
  const graded = marks.graded(), all = marks.cells.size, unsaved = marks.unsaved();
  $("progress").textContent = `${graded} of ${all} graded`;
  $("bar").max = all, $("bar").value = graded;
  $("unsaved").textContent = unsaved ? `${plural(unsaved, "change")} not saved` : graded ? "all saved" : "";
  $("undo").disabled = !marks.past.length, $("redo").disabled = !marks.future.length;
  const lines = marks.snippets().slice(0, SNIPPETS);
  $("snippets").replaceChildren(
    ...lines.map((line, at) => {
      const item = make("button", "", { type: "button", value: line, tabIndex: at ? -1 : 0 });
      item.append(...(at < 9 ? [make("kbd", String(at + 1)), " "] : []), make("bdi", line));
      return item;
    }),
  );
  $("no-snippets").hidden = lines.length > 0;
}

// After a change to these codes: what it shows, and what the browser remembers.
function changed(codes) {
  for (const at of new Set(codes.map((code) => placeOf.get(code)))) badge(at);
  fillPanel();
  totals();
  remember();
}

// -------------------------------------------------------------------------------------------------------------- moving

function select(at, { focus = true } = {}) {
  articles[current].classList.remove("current");
  articles[current].removeAttribute("aria-current");
  articles[current].tabIndex = -1;
  current = at;
  const article = articles[current];
  article.classList.add("current");
  article.setAttribute("aria-current", "true");
  article.tabIndex = 0;
  fillPanel();
  say(); // what was said of another answer takes room on a phone
  if (!focus) return;
  article.focus({ preventScroll: true });
  const room = article.offsetHeight < innerHeight / 2 ? "nearest" : "start";
  article.scrollIntoView({ block: room });
}

// Leaves the current answer, with what was typed taken over; false where it is refused, then nothing moves.
function go(at) {
  if (at < 0 || at >= articles.length) return commit() && select(current);
  return commit() && select(at);
}

function next() {
  if (!commit()) return;
  const waiting = (at) => !data.answers[at].every((code) => marks.isGraded(code));
  const order = [...articles.keys()];
  const found = [...order.slice(current + 1), ...order.slice(0, current + 1)].find(waiting);
  select(found ?? current);
  if (found === undefined) say(`All ${marks.cells.size} are graded.${marks.unsaved() ? " Save the CSV." : ""}`);
}

// ------------------------------------------------------------------------------------------------------------- marking

// Whether points or comment in the panel differ from the marks.
function pending() {
  const cell = marks.of(data.answers[current]) ?? EMPTY;
  return $("points").value.trim() !== cell.points || printable($("comment").value).trim() !== cell.comment;
}

// Takes over what stands in the panel; false, with the reason said, if the points are refused.
function commit({ focus = true } = {}) {
  if (!pending()) return true;
  const typed = $("points").value.trim(), codes = data.answers[current];
  const { said, points } = typed ? marks.usable(typed) : { points: "" };
  const cell = marks.of(codes) ?? EMPTY;
  if (said && typed !== cell.points) {
    refused(`Not taken: ${said}.`);
    if (focus) $("points").focus();
    return false;
  }
  const change = {};
  if (typed !== cell.points) change.points = points;
  const comment = printable($("comment").value).trim();
  if (comment !== cell.comment) change.comment = comment;
  if (marks.set(codes, change)) changed(codes);
  else fillPanel();
  return true;
}

function give(points) {
  $("points").value = points;
  if (!commit()) return;
  // Identical answers that had different marks are empty in the panel: the same points for all, or none, must be set too.
  if (!points && marks.set(data.answers[current], { points: "" })) changed(data.answers[current]);
}

function step(by) {
  const quick = data.quick, typed = marks.usable($("points").value);
  const here = quick.indexOf(typed.points ?? "");
  $("points").value = here < 0 ? quick[by > 0 ? 0 : quick.length - 1] : quick[Math.min(Math.max(here + by, 0), quick.length - 1)];
  commit();
}

function use(snippet) {
  const box = $("comment"), lines = box.value.split("\n").map((line) => line.trim());
  if (!lines.includes(snippet)) box.value = [...lines.filter(Boolean), snippet].join("\n");
  if (commit()) articles[current].focus({ preventScroll: true });
}

function travel(codes, word) {
  if (!codes.length) return say(`There is nothing to ${word}.`);
  changed(codes);
  select(placeOf.get(codes[0]));
  say(`${word === "undo" ? "Undone" : "Done again"}: ${listed(codes)}.`);
}

function undo() {
  if (pending()) return fillPanel(), say("What was typed is gone; the marks are as they were.");
  travel(marks.undo(), "undo");
}

const redo = () => travel(marks.redo(), "redo");

// --------------------------------------------------------------------------------------------------------------- files

function save() {
  const taken = commit();
  const who = marks.who.normalize("NFKD").replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "");
  const name = `${data.row}-graded${who && `-${who}`}.csv`;
  const address = URL.createObjectURL(new Blob(["\ufeff", marks.csv()], { type: "text/csv;charset=utf-8" }));
  const link = make("a", "", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
  marks.markSaved();
  totals();
  remember();
  say(`Saved as ${name}, where the browser keeps downloads; put it into the folder beside codes.csv for merge.`, taken ? "" : "The points that were refused are not in it.", marks.who ? "" : "Nobody stands under Who grades, so another grader's file has the same name.");
}

async function open(file) {
  if (!file || !commit()) return;
  try {
    const sentences = marks.open(file.name, readTable(file.name, new Uint8Array(await file.arrayBuffer())));
    showAll();
    say(...sentences);
  } catch (error) {
    say(`${file.name} cannot be read: ${error.message}`);
  }
}

function showAll() {
  $("who").value = marks.who;
  for (const at of articles.keys()) badge(at);
  fillPanel();
  totals();
  remember();
}

// The browser's storage: a convenience, for a page that was closed by accident. It may be off, or full.
const KEY = `grading:${data.page}`;

function stored(action) {
  try {
    return action(window.localStorage);
  } catch {
    $("unstored").hidden = false;
    return null;
  }
}

function remember() {
  if (!$("remembered").hidden) return; // what it remembers is not overwritten until somebody decided about it
  const csv = marks.csv();
  stored((storage) => storage.setItem(KEY, JSON.stringify({ csv, who: marks.who, when: new Date().toISOString() })));
}

function offerRemembered() {
  const text = stored((storage) => storage.getItem(KEY));
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    return;
  }
  if (typeof found?.csv !== "string") return;
  const table = readTable("the browser's copy", new TextEncoder().encode(found.csv));
  const count = table.records.filter((record) => record.cells[1] || record.cells[2]).length;
  if (!count) return;
  $("remembered-what").textContent = `This browser remembers marks or comments of ${plural(count, "answer")}, of ${new Date(found.when).toLocaleString()}. Until you choose, it remembers nothing else.`;
  $("remembered").hidden = false;
  $("bring-back").onclick = () => {
    if (!commit()) return;
    if (!marks.who && typeof found.who === "string") marks.who = found.who;
    const sentences = marks.open("the browser's copy", table, false);
    $("remembered").hidden = true;
    showAll();
    select(current);
    say(...sentences);
  };
  $("forget").onclick = () => {
    $("remembered").hidden = true;
    remember();
    select(current);
  };
}

// ---------------------------------------------------------------------------------------------------------------- keys

const toggle = (id) => $(id) && ($(id).open = !$(id).open, $(id).scrollIntoView({ block: "nearest" }));
const KEYS = {
  j: () => go(current + 1), k: () => go(current - 1), n: next, Enter: next,
  f: () => give(data.most), z: () => give("0"), x: () => give(""), "+": () => step(1), "-": () => step(-1),
  c: () => $("comment").focus(), s: () => ($("snippets").firstChild ?? $("comment")).focus(),
  u: undo, r: redo, w: save, o: () => $("file").click(),
  g: () => toggle("criteria"), m: () => toggle("model"), e: () => articles[current].querySelector(".more")?.click(),
  "?": () => $("help").showModal(),
};

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("input, textarea");
  if ($("help").open || event.altKey || event.isComposing) return;
  if (event.ctrlKey || event.metaKey) {
    const held = { s: save, z: event.shiftKey ? redo : undo, y: redo, Enter: next }[event.key.length > 1 ? event.key : event.key.toLowerCase()];
    if (!held || (field && ["z", "y"].includes(event.key.toLowerCase()))) return;
    event.preventDefault();
    return held();
  }
  if (event.key === "Escape" || field) return inField(event, field);
  if (event.target.closest("#snippets") && inSnippets(event)) return;
  if (event.target.closest("button, summary") && ["Enter", " "].includes(event.key)) return;
  if (/^[0-9.,]$/.test(event.key)) {
    event.preventDefault();
    $("points").value = event.key;
    return $("points").focus();
  }
  const action = Object.hasOwn(KEYS, event.key) && KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

function inField(event, field) {
  if (event.key === "Escape") {
    if (field?.id === "points" && $("refused").textContent) fillPanel();
    if (commit()) select(current);
    return;
  }
  if (field.id === "points" && event.key === "Enter") event.preventDefault(), next();
  if (field.id === "points" && ["c", "s"].includes(event.key)) event.preventDefault(), commit() && KEYS[event.key](); // points have no letters
  if (field.id === "points" && ["ArrowUp", "ArrowDown"].includes(event.key)) event.preventDefault(), step(event.key === "ArrowUp" ? 1 : -1);
  if (field.id === "who" && event.key === "Enter") select(current);
}

function inSnippets(event) {
  const items = [...$("snippets").children], at = items.indexOf(event.target.closest("button"));
  const by = { ArrowDown: 1, ArrowRight: 1, j: 1, ArrowUp: -1, ArrowLeft: -1, k: -1 }[event.key] ?? 0;
  const chosen = /^[1-9]$/.test(event.key) ? items[event.key - 1] : null;
  if (!by && !chosen) return false;
  event.preventDefault();
  if (chosen) use(chosen.value);
  else items[(at + by + items.length) % items.length].focus();
  return true;
}

// --------------------------------------------------------------------------------------------------------------- start

function clamp(article) {
  const text = article.querySelector(".text"), length = text.textContent.length;
  if (length <= LONG) return;
  const more = make("button", `Show all ${length.toLocaleString("en")} characters`, { type: "button", className: "more" });
  text.classList.add("clamped");
  more.onclick = () => {
    const whole = !text.classList.toggle("clamped");
    more.textContent = whole ? "Show less" : `Show all ${length.toLocaleString("en")} characters`;
    article.scrollIntoView({ block: "start" });
  };
  text.after(more);
}

function start() {
  document.documentElement.classList.add("grading");
  for (const article of articles) article.tabIndex = -1, clamp(article);
  $("quick").replaceChildren(...data.quick.map((points) => make("button", points, { type: "button", value: points, onclick: () => give(points) })));
  if ($("guide")) $("panel").append($("guide"));
  $("close").onclick = () => $("help").close();
  if ($("criteria")) $("criteria").open = matchMedia("(min-width: 62rem)").matches;
  const buttons = { save, undo, redo, next, previous: () => go(current - 1), open: () => $("file").click(), keys: () => $("help").showModal() };
  for (const [id, action] of Object.entries(buttons)) $(id).onclick = action;
  $("snippets").onclick = (event) => event.target.closest("button") && use(event.target.closest("button").value);
  $("file").onchange = async (event) => (await open(event.target.files[0]), (event.target.value = ""));
  $("who").oninput = () => (marks.who = printable($("who").value).trim().slice(0, 100), totals(), remember());
  $("points").onchange = $("comment").onchange = () => commit({ focus: false });
  document.querySelector("main").addEventListener("focusin", visit);
  window.addEventListener("beforeunload", (event) => {
    if (marks.unsaved() || pending()) event.preventDefault(), (event.returnValue = "unsaved");
  });
  select(0, { focus: false });
  totals();
  offerRemembered();
}

// The focus on another answer, by a click too, makes it the current one.
function visit(event) {
  const at = articles.indexOf(event.target.closest("article"));
  if (at >= 0 && at !== current && commit()) select(at, { focus: false });
}

if (articles.length) start();
