// Tables and points as `merge` reads them (regrade/csv_io.py, regrade/overrides.py); tests compare these with those.

const NAMED = ["code", "points", "comment", "who"];
const LONGEST_FILE = 64 << 20; // bytes
const FORMULA = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/; // what a spreadsheet would run
const NUMBER = /^[+-]?[0-9]+([.,][0-9]+)?$/;
const REMOVED = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
const REPLACED = /[\ud800-\udfff\ufffe\uffff\u{e0000}-\u{e007f}]/gu; // lone surrogates, noncharacters, invisible tags

const printable = (text) => text.replace(/\r\n?/g, "\n").replace(REMOVED, "").replace(REPLACED, "\ufffd");
const neutral = (text) => (FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text);
const natural = (cell) => (cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell);

function written(rows) {
  const cell = (text) => {
    const safe = neutral(printable(text));
    return /[",;\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => `${row.map(cell).join(",")}\n`).join("");
}

function decoded(bytes) {
  const label = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "";
  if (label) return new TextDecoder(label).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

// The records of a text: [{line, cells}], and whether a quotation mark never closes. A quote counts at a cell's start only.
// line: the number of the first one.
function records(text, separator, line = 1) {
  const found = [];
  let cells = [], cell = "", quoted = false, fresh = true, begins = line;
  const endOfRecord = () => {
    cells.push(cell);
    if (cells.some((one) => one.trim())) found.push({ line: begins, cells });
    cells = [], cell = "", fresh = true;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    const ends = character === "\n" || character === "\r";
    const pair = character === "\r" && text[at + 1] === "\n";
    if (ends && !pair) line++;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') cell += text[++at];
      else quoted = false;
    } else if (character === '"' && fresh) quoted = true, fresh = false;
    else if (character === separator) cells.push(cell), cell = "", fresh = true;
    else if (pair) continue;
    else if (ends) endOfRecord(), begins = line;
    else cell += character, fresh = false;
  }
  if (!quoted) endOfRecord();
  return { found, open: quoted ? begins : 0 };
}

function headerOf(cells) {
  const told = cells.map((cell) => {
    const name = natural(cell).trim();
    const known = name.replace(/\s*\([^]*/, "").toLowerCase();
    return NAMED.includes(known) ? known : name;
  });
  return told.map((name, at) => (told.indexOf(name) < at ? "" : name));
}

// {header, records: [{line, cells}], sentences}: cells stand as in the header, whose repeated names are "".
function readTable(name, bytes) {
  if (bytes.length > LONGEST_FILE) return { header: [], records: [], sentences: [`${name} is larger than 64 MB: not read`] };
  const whole = decoded(bytes).replace(/^\ufeff/, "").replaceAll("\0", "\ufffd");
  const text = whole.replace(/^"?sep=.?"?\s*?(\r\n|\r|\n)/, ""); // Excel's own first line
  const first = text.replace(/^[\r\n]+/, "").split(/[\r\n]/, 1)[0].slice(0, 10000);
  const fit = (separator) => new Set(headerOf(records(first, separator).found[0]?.cells ?? []).filter((one) => NAMED.includes(one))).size;
  const separator = [",", ";", "\t"].reduce((best, one) => (fit(one) > fit(best) ? one : best));
  const { found, open } = records(text, separator, text === whole ? 1 : 2);
  const sentences = open ? [`${name}, line ${open}: a quotation mark opens here and never closes; the rest was not read`] : [];
  const header = headerOf(found.shift()?.cells ?? []);
  if (!header.includes("code") || !header.includes("points")) {
    return { header: [], records: [], sentences: [...sentences, `${name} has no columns code and points, so nothing in it was used`] };
  }
  const used = found.filter(({ line, cells }) => {
    const fits = cells.slice(header.length).every((cell) => !cell.trim());
    if (!fits) sentences.push(`${name}, line ${line}: not used, it has more cells than the header`);
    return fits;
  });
  return { header, records: used.map(({ line, cells }) => ({ line, cells: header.map((_, at) => natural(cells[at] ?? "").trim()) })), sentences };
}

// ---------------------------------------------------------------------------------------------------- points, exactly

// A number as a fraction [n, d] of BigInt, null for none: "0.5", "0,5", ".5", "1/2", "½", "1 1/2".
function pointsIn(text) {
  const apart = [...text].map((c) => (c !== "\u2044" && c.normalize("NFKC").includes("\u2044") ? ` ${c}` : c)).join("");
  const plain = apart.normalize("NFKC").replaceAll("\u2044", "/").replaceAll("\u2212", "-").trim();
  const mixed = /^([0-9]{1,6}) \s*([0-9]{1,6}\s*\/\s*[0-9]+)$/.exec(plain);
  if (mixed) {
    const part = pointsIn(mixed[2]);
    return part && part[0] < part[1] ? [BigInt(mixed[1]) * part[1] + part[0], part[1]] : null;
  }
  const decimal = /^(-?)([0-9]{0,9})(?:[.,]([0-9]{0,9}))?$/.exec(plain);
  if (decimal && (decimal[2] || decimal[3])) {
    const places = decimal[3] ?? "";
    return [BigInt(`${decimal[2]}${places}`) * (decimal[1] ? -1n : 1n), 10n ** BigInt(places.length)];
  }
  const ratio = /^(-?[0-9]{1,6})\s*\/\s*0*([1-9][0-9]{0,5})$/.exec(plain);
  return ratio && [BigInt(ratio[1]), BigInt(ratio[2])];
}

// What a cell is worth: {points} as people write it, or {said}, why it is refused. most, step: as text, step "" for none.
function usable(text, most, step) {
  const percent = /[%\uff05]\s*$/.test(text);
  const found = pointsIn(percent ? text.trimEnd().slice(0, -1) : text);
  const [top, under] = pointsIn(most);
  if (!found) return { said: `points are a number from 0 to ${most}, such as ${most}, not “${shown(text)}”` };
  const [n, d] = percent ? [found[0] * top, found[1] * under * 100n] : found;
  if (n < 0n || n * under > top * d) return { said: `points go from 0 to ${most}, not ${shown(text)}` };
  const [up, down] = step ? pointsIn(step) : [0n, 1n];
  if (up && (n * down) % (d * up)) return { said: `points go in steps of ${step}, not ${shown(text)}` };
  const points = pointsText(n, d);
  return pointsIn(points) ? { points } : { said: `points need no such precision as ${shown(text)}` };
}

// Exact: a decimal of at most nine places, or else a fraction.
function pointsText(n, d) {
  if ((n * 10n ** 9n) % d) {
    let [a, b] = [n, d];
    while (b) [a, b] = [b, a % b];
    return `${n / a}/${d / a}`;
  }
  const scaled = String((n * 10n ** 9n) / d).padStart(10, "0");
  return `${scaled.slice(0, -9)}.${scaled.slice(-9)}`.replace(/\.?0+$/, "");
}

const shown = (text) => (text.length > 40 ? `${text.slice(0, 40)}...` : text);
