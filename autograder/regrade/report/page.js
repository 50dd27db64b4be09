// The tables that sort and search, and the details of one submission. What it reads is made by data.py:
//   columns: [number, title, points]
//   cells:   [outcome, points or null, [named mistakes], decision?], decision: [points, reason, who]
//   rows:    [submission, [[name, email, sid]], submitted, total or null, old total or null, [notes], rerun, [link to the results, to the code],
//             [place of each cell], [place of each text]]
//   changes: [place of the row, by, because], decided: [place of the row, place of the column] of what was overruled
// Points are decimal text. All text is untrusted: it is escaped for DataTables, or set as textContent.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const { columns, cells, texts, rows } = data;
const text = DataTable.render.text();
const NONE = "-";
const PLACE = 10, NOT_GRADED = 6, LINKS = 7; // where each row says which it is, added here
rows.forEach((row, place) => { row[PLACE] = place; });

// DataTables puts what is displayed or searched through innerHTML, so both are escaped; sorting sees the value itself.
const shown = (value, kind) => (kind === "display" ? text.display(value) : kind === "filter" ? text.filter(value) : value);
const natural = (value) => value.replace(/\d+/g, (digits) => digits.padStart(20, "0"));
const words = (title, get, options = {}) => ({
  title, data: null, type: "string", ...options,
  render: (_, kind, row) => (kind === "sort" ? natural(get(row)) : shown(get(row), kind)),
});
const points = (title, get, options = {}) => ({
  title, data: null, type: "num", className: "points", ...options,
  render: (_, kind, row) => {
    const value = get(row);
    if (kind === "sort" || kind === "type") return value === null ? -Infinity : Number(value);
    return shown(value === null ? NONE : value, kind);
  },
});
const people = (part) => (row) => row[1].map((person) => person[part]).filter(Boolean).join("; ");
const named = (row) => people(0)(row) || people(1)(row) || people(2)(row);

function element(tag, content, attributes = {}) {
  const made = document.createElement(tag);
  if (typeof content === "string") made.textContent = content;
  else made.append(...(content || []));
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// A real button in each row, for the keyboard; a click anywhere in the row does the same.
const opener = (place) => (cell) => {
  const button = element("button", cell.textContent, { type: "button", class: "open" });
  button.title = "Show the details of this submission";
  button.addEventListener("click", (event) => { event.stopPropagation(); details(place(cell)); });
  cell.replaceChildren(button);
};

function table(id, rowsOf, described, options) {
  const made = new DataTable(`#${id}`, {
    data: rowsOf, columns: described, deferRender: true, autoWidth: false, pageLength: 25,
    lengthMenu: [10, 25, 100, { label: "all", value: -1 }],
    language: { search: "Search:", emptyTable: "nothing", zeroRecords: "nothing found" }, ...options,
  });
  made.table().container().querySelector(".dt-layout-table").tabIndex = 0; // scrolls by key
  // Print everything, then go back to the page that was shown
  let before = null;
  addEventListener("beforeprint", () => { before ??= [made.page.len(), made.page()]; made.page.len(-1).draw(); });
  addEventListener("afterprint", () => {
    if (before) { made.page.len(before[0]); made.page(before[1]).draw("page"); }
    before = null;
  });
  return made;
}

const opening = (of) => ({ createdCell: (cell, _, row) => opener(() => of(row))(cell) });

// ------------------------------------------------------------------------------------------------------- the students

const cellOf = (row, at) => cells[row[8][at]];
const cellColumn = ([number, title, most], at) => ({
  title: number, data: null, type: "num", className: "points cell",
  render: (_, kind, row) => {
    const [outcome, value] = cellOf(row, at);
    if (kind === "sort" || kind === "type") return value === null ? -1e9 : Number(value);
    return shown(kind === "filter" ? `${value ?? NONE} ${outcome}` : value ?? NONE, kind);
  },
  createdCell: (cell, _, row) => {
    const [outcome, value, mistakes, decision] = cellOf(row, at);
    cell.dataset.outcome = outcome;
    if (decision) cell.dataset.decided = "";
    cell.title = [`${number} ${title}: ${outcome}, ${value ?? NONE} of ${most}`, ...mistakes].join("\n");
  },
});

// A click on it leads there, and opens no details
const linkTo = (cell, href) => {
  if (!href) return;
  const made = element("a", cell.textContent, { href });
  made.addEventListener("click", (event) => event.stopPropagation());
  cell.replaceChildren(made);
};
const noted = (row) => [...(row[6] ? ["not graded, or not completely"] : []), ...row[5]].join("; ");
const some = (get) => rows.some((row) => get(row) !== "" && get(row) !== null);
const changedOf = new Map(data.changes.map(([place, , because]) => [place, because]));
// Points first: whose they are is in the first column, which stays in sight
const studentColumns = [
  ...(data.named ? [words("name", (row) => named(row) || row[0], opening((row) => row[PLACE]))] : []),
  words("submission", (row) => row[0], data.named ? {} : opening((row) => row[PLACE])),
  points("total", (row) => row[3]),
  ...(some((row) => row[LINKS][1]) ? [words("code", (row) => (row[LINKS][1] ? "code" : ""), { orderable: false, searchable: false, className: "screen", createdCell: (cell, _, row) => linkTo(cell, row[LINKS][1]) })] : []),
  ...(some((row) => row[4]) ? [points("old total", (row) => row[4])] : []),
  ...columns.map(cellColumn),
  ...(some(noted) ? [words("notes", noted, { className: "notes" })] : []),
  ...(data.named ? [words("e-mail", people(1), { className: "screen" }), words("sid", people(2))] : []),
  ...(some((row) => row[2]) ? [words("submitted", (row) => row[2], { className: "screen" })] : []),
  { data: null, visible: false, searchable: false, type: "num", render: (_, __, row) => row[NOT_GRADED] },
];
const students = table("students", rows, studentColumns, {
  order: [[studentColumns.length - 1, "desc"], [0, "asc"]],
  createdRow: (made, row) => made.classList.toggle("rerun", Boolean(row[6])),
});
document.querySelector("#students tbody").addEventListener("click", (event) => {
  if (String(getSelection())) return; // selecting a name to copy it
  const row = students.row(event.target.closest("tr")).data();
  if (row) details(row[PLACE]);
});

// --------------------------------------------------------------------------------------------- changes and decisions

const who = (row) => (data.named ? named(row) || row[0] : row[0]);
const ofWhom = (place) => [
  words(data.named ? "name" : "submission", (one) => who(rows[one[0]]), opening(place)),
  ...(data.named ? [words("submission", (one) => rows[one[0]][0])] : []),
];
if (document.getElementById("changes-table")) {
  table("changes-table", data.changes, [
    ...ofWhom((one) => one[0]),
    points("old", (one) => rows[one[0]][4]),
    points("new", (one) => rows[one[0]][3]),
    points("by", (one) => one[1] === null || one[1].startsWith("-") ? one[1] : `+${one[1]}`),
    words("because of", (one) => one[2] || "the old points of the rows are not known"),
  ], { order: [] });
}
if (document.getElementById("decided-table")) {
  const cell = ([row, at]) => cellOf(rows[row], at);
  table("decided-table", data.decided, [
    ...ofWhom((one) => one[0]),
    words("row", (one) => columns[one[1]][0]),
    points("points", (one) => cell(one)[3][0]),
    points("of", (one) => columns[one[1]][2]),
    words("outcome", (one) => cell(one)[0]),
    words("who", (one) => cell(one)[3][2]),
    words("reason", (one) => cell(one)[3][1]),
  ], { order: [] });
}

// --------------------------------------------------------------------------------------------- one submission's details

const dialog = document.getElementById("details");
const PREFIX = "#submission-"; // a link to one submission: by id, never by name

function details(place) {
  const row = rows[place];
  const facts = [
    ["submission", row[0]], ["e-mail", people(1)(row)], ["sid", people(2)(row)], ["submitted", row[2]],
    ["total", row[3] === null ? "not graded" : `${row[3]} of ${data.worth}`], ["old total", row[4] ?? ""],
    ["changed", changedOf.get(place) || ""], ["notes", noted(row)],
  ].filter(([, value]) => value);
  const list = element("dl", facts.flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
  const parts = [list, ...columns.map((column, at) => section(column, cellOf(row, at), texts[row[9][at]] ?? ""))];
  const links = ["results file", "code beside the marks"].map((name, at) => [name, row[LINKS][at]]).filter(([, href]) => href);
  parts.splice(1, 0, element("p", links.flatMap(([name, href], at) => [...(at ? [" \u00b7 "] : []), element("a", name, { href })])));
  document.getElementById("details-title").textContent = who(row);
  document.getElementById("details-body").replaceChildren(...parts);
  document.getElementById("details-body").scrollTop = 0;
  if (!dialog.open) dialog.showModal();
  history.replaceState(null, "", PREFIX + encodeURIComponent(row[0]));
}

function section([number, title, most], [outcome, value, mistakes, decision], said) {
  const word = element("span", outcome.replaceAll("_", " "), { class: "word" });
  word.dataset.outcome = outcome;
  const earned = value === null ? "no points yet" : `${value} of ${most}`;
  const parts = [element("h3", [`${number} ${title}: `, word, ` (${earned})`])];
  if (decision) {
    const [given, reason, by] = decision;
    parts.push(element("p", `Decided${by && ` by ${by}`}: ${given} points${reason && `, because: ${reason}`}`, { class: "decision" }));
  }
  if (mistakes.length) parts.push(element("ul", mistakes.map((name) => element("li", name))));
  if (said) parts.push(element("pre", said));
  return element("section", parts);
}

// A link that was kept opens its submission; what it says is only ever compared with the ids
function linked() {
  const place = rows.findIndex((row) => PREFIX + encodeURIComponent(row[0]) === location.hash);
  if (place >= 0) details(place);
}
addEventListener("hashchange", linked);
dialog.addEventListener("close", () => history.replaceState(null, "", location.pathname + location.search));
document.getElementById("details-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
addEventListener("beforeprint", () => dialog.open && dialog.close());

// DataTables' own dark colours go by a class
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark", dark.matches);
dark.addEventListener("change", follow);
addEventListener("beforeprint", () => document.documentElement.classList.remove("dark"));
addEventListener("afterprint", follow);
follow();
document.getElementById("no-table").remove();
linked();
document.documentElement.classList.add("ready");
