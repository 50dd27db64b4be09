// What graders decided, cell by cell as in the CSV, with undo. A cell that cannot be used stays as it is until it changes.

const EMPTY = { points: "", comment: "", who: "", mine: false };
const UNDONE_AT_MOST = 1000;

class Marks {
  // answers: the codes of each answer on the page. most, step: the row's points as text.
  constructor({ row, answers, most, step }) {
    Object.assign(this, { row, answers, most, step, who: "" });
    this.cells = new Map(answers.flat().map((code) => [code, EMPTY]));
    this.byLowerCase = new Map([...this.cells.keys()].map((code) => [code.toLowerCase(), code]));
    this.extra = { header: [], cells: new Map(), foreign: [] }; // columns and lines of the grader's own, kept
    this.lines = []; // of comments, in the order of their first use
    this.past = [];
    this.future = [];
    this.known = new Map();
    this.markSaved();
  }

  usable(text) {
    if (!this.known.has(text)) this.known.set(text, usable(text, this.most, this.step));
    return this.known.get(text);
  }

  // Points as one text, however they are written: "1/2" and "0,5" are "0.5". What is not usable is itself.
  value(text) {
    return this.usable(text).points ?? text;
  }

  same(one, other) {
    return this.value(one.points) === this.value(other.points) && one.comment === other.comment;
  }

  // Whether the cell has points that count.
  isGraded(code) {
    return "points" in this.usable(this.cells.get(code).points);
  }

  graded() {
    return [...this.cells.keys()].filter((code) => this.isGraded(code)).length;
  }

  // What identical answers have in common: a cell, or null where their points or comments differ.
  of(codes) {
    const [first, ...others] = codes.map((code) => this.cells.get(code));
    return others.every((one) => this.same(one, first)) ? first : null;
  }

  // Writes points or comment of one answer, all who wrote it; false if that is what they have.
  set(codes, change) {
    const changed = codes.map((code) => [code, { ...this.cells.get(code), ...change, who: "", mine: true }]);
    if (changed.every(([code, cell]) => this.same(cell, this.cells.get(code)))) return false;
    this.apply(changed);
    return true;
  }

  apply(changed, extra = this.extra) {
    this.past.push({ cells: this.replace(changed), extra: this.extra });
    if (this.past.length > UNDONE_AT_MOST) this.past.shift();
    this.future = [];
    this.extra = extra;
  }

  replace(changed) {
    const before = changed.map(([code]) => [code, this.cells.get(code)]);
    for (const [code, cell] of changed) this.cells.set(code, cell);
    return before;
  }

  // Takes the last change back; answers the codes that it changed, [] if there is none.
  undo() {
    return this.travel(this.past, this.future);
  }

  redo() {
    return this.travel(this.future, this.past);
  }

  travel(from, to) {
    const step = from.pop();
    if (!step) return [];
    to.push({ cells: this.replace(step.cells), extra: this.extra });
    this.extra = step.extra;
    return step.cells.map(([code]) => code);
  }

  // ------------------------------------------------------------------------------------------------------------ files

  whoOf(cell) {
    return cell.mine ? (cell.points || cell.comment ? this.who : "") : cell.who;
  }

  lineOf(code, cell = this.cells.get(code)) {
    return [code, cell.points, cell.comment, this.whoOf(cell), ...(this.extra.cells.get(code) ?? this.extra.header.map(() => ""))];
  }

  csv() {
    const header = ["code", `points (at most ${this.most})`, "comment", "who", ...this.extra.header];
    return written([header, ...[...this.cells.keys()].map((code) => this.lineOf(code)), ...this.extra.foreign]);
  }

  markSaved() {
    this.saved = new Map([...this.cells.keys()].map((code) => [code, JSON.stringify(this.lineOf(code))]));
  }

  unsaved() {
    return [...this.saved].filter(([code, line]) => JSON.stringify(this.lineOf(code)) !== line).length;
  }

  // Takes a table in: what is filled in there replaces what is here, what is empty there leaves it. Answers sentences.
  // isFile: whether what it holds is safe, so that only what differs from it is unsaved.
  open(name, table, isFile = true) {
    if (!table.header.length) return table.sentences;
    const place = (column) => table.header.indexOf(column);
    const others = table.header.map((column, at) => [column, at]).filter(([column]) => column && !NAMED.includes(column));
    const of = (record, column) => (place(column) < 0 ? "" : record.cells[place(column)]);
    const extra = { header: others.map(([column]) => column), cells: new Map(), foreign: [] };
    const read = new Map(), sentences = [...table.sentences];
    for (const record of table.records) {
      const line = `${name}, line ${record.line}`;
      const code = this.byLowerCase.get(of(record, "code").toLowerCase());
      const own = others.map(([, at]) => record.cells[at]);
      const points = of(record, "points"), said = points && this.usable(points).said;
      const cell = { points, comment: of(record, "comment"), who: of(record, "who"), mine: false };
      if (!code) {
        extra.foreign.push([...NAMED.map((column) => of(record, column)), ...own]);
        continue;
      }
      if (read.get(code)?.points && cell.points && this.value(cell.points) !== this.value(read.get(code).points)) {
        sentences.push(`${line}: ${code} is on several lines with different points; the first line was used`);
      }
      if (read.get(code)?.points) continue;
      if (said) sentences.push(`${line}: ${code} is not graded, ${said}`);
      read.set(code, cell), extra.cells.set(code, own);
    }
    if (extra.foreign.length && !read.size) return [`${name} has no line of an answer here, so nothing in it was used: is it of another row?`];
    if (extra.foreign.length) sentences.push(`${name}: lines of no answer here: ${extra.foreign.length}; they are kept`);
    const names = new Set([...read.values()].map((cell) => cell.who).filter(Boolean));
    const untouched = ![...this.cells.values()].some((cell) => cell.mine);
    sentences.unshift(...this.take(name, read, extra));
    if (!this.who && untouched && names.size === 1) {
      [this.who] = names;
      sentences.push(`Who grades is ${this.who}, as in the file: change that if it is not you.`);
    }
    if (isFile) this.saved = new Map([...this.cells.keys()].map((code) => [code, JSON.stringify(this.lineOf(code, read.get(code) ?? EMPTY))]));
    return sentences;
  }

  take(name, read, extra) {
    const changed = [], replaced = [];
    for (const [code, there] of read) {
      const here = this.cells.get(code);
      if (this.same(there, EMPTY)) continue;
      const cell = { ...there, points: there.points || here.points, comment: there.comment || here.comment, who: there.who || this.whoOf(here) };
      if ((here.points && this.value(cell.points) !== this.value(here.points)) || (here.comment && cell.comment !== here.comment)) replaced.push(code);
      changed.push([code, cell]);
    }
    if (changed.length) this.apply(changed, extra);
    else this.extra = extra;
    const points = [...read.values()].filter((cell) => cell.points).length;
    const said = [`${name}: ${points} ${points === 1 ? "mark" : "marks"} read.`];
    if (replaced.length) said.push(`Replaced what was here: ${listed(replaced)}; undo brings it back.`);
    return said;
  }

  // The lines of all comments, as texts to use again. Each keeps its place, new ones come behind, the most used one first.
  snippets() {
    const counts = new Map();
    for (const codes of this.answers) {
      const comments = new Set(codes.flatMap((code) => this.cells.get(code).comment.split("\n").map((line) => line.trim())));
      for (const line of comments) if (line) counts.set(line, (counts.get(line) ?? 0) + 1);
    }
    const fresh = [...counts.keys()].filter((line) => !this.lines.includes(line));
    fresh.sort((one, other) => counts.get(other) - counts.get(one));
    this.lines.push(...fresh);
    return this.lines.filter((line) => counts.has(line));
  }
}

const listed = (codes) => codes.slice(0, 10).join(", ") + (codes.length > 10 ? ` and ${codes.length - 10} more` : "");
