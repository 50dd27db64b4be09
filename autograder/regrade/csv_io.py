"""CSV files that people open, fill in and save with whatever they have: read leniently, written one way.

Written: UTF-8, LF, commas, mode 0600, in place in one step. A cell that a spreadsheet would run as a formula gets an
apostrophe in front (OWASP, "CSV Injection"), which reading takes away again: what was written comes back as it was.
Read: any of UTF-8 (with or without a byte order mark), UTF-16 and Windows' own letters; commas, semicolons or tabs; any
line end. What cannot be used is named with file and line, never dropped in silence.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from autograder.core.files import write_whole
from autograder.core.text import clean, one_line

MAX_BYTES = 64 << 20
SHORT = 8  # characters
CELL_LENGTH = 100_000  # characters; Python's csv refuses to read a cell of 131,072
SEPARATORS = (",", ";", "\t")
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")  # the last four: their full-width forms
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
_END = "the end"  # no NUL or the like: the csv module of Python 3.10 refuses it


class Record(msgspec.Struct, frozen=True):
    """One record of a table: the line on which it begins (from 1), and its cells by the name of their column."""

    line: int
    cells: dict[str, str]

    def get(self, column: str) -> str:
        """The cell without space around it, "" where there is none."""
        return self.cells.get(column, "").strip()


class Table(msgspec.Struct, frozen=True):
    """What a CSV file holds.

    name: the file's name, for messages. header: the columns' names, as `records` uses them. separator: between cells.
    sentences: warnings, each with file and line. whole: everything in the file is in `header` and `records`.
    lost: how many records are not among them, as far as they could be told apart.
    """

    name: str
    header: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()
    separator: str = ","
    sentences: tuple[str, ...] = ()
    whole: bool = True
    lost: int = 0


def neutral(text: str) -> str:
    """The text as a cell that no spreadsheet runs: plain numbers as they are, formulas behind an apostrophe.

    >>> neutral("=1+1"), neutral("-0.5"), neutral("'=x"), neutral("fine")
    ("'=1+1", '-0.5', "''=x", 'fine')
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def natural(cell: str) -> str:
    """What `neutral` was given: for every text, natural(neutral(text)) == text."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def write_table(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], separator: str = ",", bom: bool = False
) -> None:
    """Writes a CSV file in one step; control characters are left out of its cells. Raises OSError.

    bom: a byte order mark in front, by which Excel knows that it is UTF-8.
    """
    text = io.StringIO()
    text.write("\ufeff" if bom else "")
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    for row in (header, *rows):
        writer.writerow([_short(cell) if len(cell) <= SHORT else _written(cell) for cell in row])
    write_private(path, text.getvalue())


def _written(cell: str) -> str:
    return neutral(clean(cell, CELL_LENGTH))


_short = lru_cache(maxsize=1 << 12)(_written)  # a class has the same few points in most of its cells


def write_private(path: Path, text: str, durable: bool = True) -> None:
    """Writes a file that only its owner may read, in one step: whole or not at all. Raises OSError."""
    write_whole(path, text.encode("utf-8", "replace"), 0o600, durable)


def read_table(path: Path, wanted: Sequence[str], optional: Sequence[str] = ()) -> Table:
    """The records of a CSV file; without any, and with a sentence, if it has no column of a wanted name.

    wanted, optional: names of columns, in lower case. A header may say more behind the name, in parentheses.
    """
    try:
        with open(path, "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return Table(path.name, sentences=(f"{path.name} cannot be read: {error.strerror or error}",), whole=False)
    if len(data) > MAX_BYTES:
        return Table(path.name, sentences=(f"{path.name} is larger than {MAX_BYTES >> 20} MB: not read",), whole=False)
    return parse_table(path.name, data, wanted, optional)


def parse_table(name: str, data: bytes, wanted: Sequence[str], optional: Sequence[str] = ()) -> Table:
    """What `read_table` answers, for a file's bytes."""
    text, warning = _decoded(data)
    sentences = [f"{name}: {warning}"] if warning else []
    text, skipped = _without_hint(text)
    named = (*wanted, *optional)
    separator = max(SEPARATORS, key=lambda one: len(set(named) & set(_header(_first(text, one), named))))
    lines, trouble = _records(text, separator, skipped)
    sentences += [f"{name}, {said}" for said in trouble]
    header = _header(lines[0][1], named) if lines else []
    absent = [column for column in wanted if column not in header]
    if absent:
        found = f"its first line is {one_line(separator.join(lines[0][1]), 80)!r}" if lines else "it is empty"
        sentences.append(
            f"{name}: a header with the columns {', '.join(wanted)} was expected, without {', '.join(absent)} nothing"
            f" in it can be used; {found}"
        )
        return Table(name, separator=separator, sentences=tuple(sentences), whole=False)
    records, left = _used(name, lines[1:], header)
    whole = not trouble and not left
    lost = len(lines) - 1 - len(records)
    return Table(name, tuple(h for h in header if h), records, separator, (*sentences, *left), whole, lost)


def _used(
    name: str, lines: Sequence[tuple[int, list[str]]], header: Sequence[str]
) -> tuple[tuple[Record, ...], list[str]]:
    """The records, and a sentence for each one or each cell that is left out."""
    records: list[Record] = []
    left: list[str] = []
    for line, cells in lines:
        surplus = [cell for cell in cells[len(header) :] if cell.strip()]
        if surplus:
            left.append(
                f"{name}, line {line}: not used, it has more cells than the header ({one_line(surplus[0], 60)!r} is"
                " left over); put quotation marks around a text with separators in it"
            )
            continue
        nameless = [cell for column, cell in zip(header, cells, strict=False) if not column and cell.strip()]
        if nameless:
            left.append(
                f"{name}, line {line}: {one_line(nameless[0], 60)!r} is left out: its column has no name, or that of"
                " another"
            )
        records.append(Record(line, {c: natural(cell) for c, cell in zip(header, cells, strict=False) if c}))
    return tuple(records), left


def _decoded(data: bytes) -> tuple[str, str]:
    """The text, and a warning of its encoding. Only a file that is not UTF-8 can be in another encoding."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:2]:
        encoding = "utf-16" if data[:1] in (b"\xff", b"\xfe") else "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
        return data.decode(encoding, "replace").replace("\0", "�"), ""
    try:
        return data.decode("utf-8-sig").replace("\0", "�"), ""
    except UnicodeDecodeError:
        warning = "this is not UTF-8; read as Windows-1252, so look at letters with accents"
        return data.decode("cp1252", "replace").replace("\0", "�"), warning


def _without_hint(text: str) -> tuple[str, int]:
    """Without Excel's own first line `sep=;`, and how many lines that were."""
    hint = re.match(r'"?sep=.?"?\s*?(\r\n|\r|\n)', text)
    return (text[hint.end() :], 1) if hint else (text, 0)


def _first(text: str, separator: str) -> list[str]:
    """The cells of the first line."""
    line = text.lstrip("\r\n")[:10_000].splitlines()[:1]
    try:
        return next(csv.reader(line, delimiter=separator), [])
    except csv.Error:
        return []


def _header(cells: Sequence[str], named: Sequence[str]) -> list[str]:
    """The columns' names: the known one for "Points (at most 0.5)", else what stands there; "" for a repeated one."""
    names = [natural(cell).strip() for cell in cells]
    known = [re.sub(r"\s*\(.*", "", name, flags=re.DOTALL).lower() for name in names]
    told = [low if low in named else name for name, low in zip(names, known, strict=True)]
    return [name if name not in told[:i] else "" for i, name in enumerate(told)]


def _records(text: str, separator: str, skipped: int) -> tuple[list[tuple[int, list[str]]], list[str]]:
    """Each record that is not empty with the line it begins on, and what could not be read, as "line 7: ...".

    A quotation mark that never closes swallows the rest of the file, so a last record is added: it must come out last.
    """
    reader = csv.reader(io.StringIO(f"{text}\n{_END}\n", newline=""), delimiter=separator)
    found: list[tuple[int, list[str]]] = []
    begins = skipped + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((begins, cells))
            begins = reader.line_num + skipped + 1
    except csv.Error as error:
        return found, [f"line {begins}: this and everything after it was not read ({error})"]
    if found[-1][1] != [_END]:
        line = found.pop()[0]
        return found, [
            f"line {line}: a quotation mark opens here and never closes; this and everything after it was not read"
        ]
    return found[:-1], []
