"""A CSV file of somebody else's, in which cells are replaced and every other byte stays as it is.

Python's csv module reads cells and forgets how they were written. So the file is cut here into its cells by RFC 4180,
with the place of each; a changed file is the old text with these places replaced, in the old encoding.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from autograder.core.errors import AssignmentError

SEPARATORS = (",", ";", "\t")
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_HINT = re.compile(r'"?sep=(.)"?(\r\n|\r|\n)')  # Excel's own first line
_NEWLINE = re.compile(r"\r\n|\r|\n")


class SheetError(AssignmentError):
    """The file cannot be used; the message says what was expected and what to do."""


class Cell(msgspec.Struct, frozen=True):
    """A cell: what it says, and where it stands in the text, quotation marks and all."""

    text: str
    begin: int
    end: int
    quoted: bool = False


class Line(msgspec.Struct, frozen=True):
    """A record: the line of the file on which it begins (from 1), and its cells."""

    number: int
    cells: tuple[Cell, ...]

    def get(self, at: int) -> str:
        """What a cell says, without space around it; "" where there is none."""
        return self.cells[at].text.strip() if 0 <= at < len(self.cells) else ""


class Sheet(msgspec.Struct, frozen=True):
    """A file that was read. mark, encoding: how its text was written. lines: the records that are not empty."""

    text: str
    mark: bytes
    encoding: str
    separator: str
    lines: tuple[Line, ...]

    def filled(self, column: int, cells: Mapping[int, str]) -> bytes:
        """The file's bytes with these texts in a column; cells: by the number of their line."""
        pieces, last = [], 0
        for line in self.lines:
            if line.number not in cells:
                continue
            begin, end, written = self._place(line, column, cells[line.number])
            pieces += [self.text[last:begin], written]
            last = end
        return self.mark + "".join([*pieces, self.text[last:]]).encode(self.encoding, "surrogatepass")

    def _place(self, line: Line, column: int, said: str) -> tuple[int, int, str]:
        """Where a cell stands, and how the new one is written; a line that is too short is made longer."""
        if column < len(line.cells):
            cell = line.cells[column]
            return cell.begin, cell.end, _written(said, cell.quoted, self.separator)
        end = line.cells[-1].end
        more = self.separator * (column - len(line.cells) + 1)
        return end, end, more + _written(said, False, self.separator) if said else ""


def _written(said: str, quoted: bool, separator: str) -> str:
    if quoted or separator in said or '"' in said or "\n" in said or "\r" in said:
        return '"' + said.replace('"', '""') + '"'
    return said


def read_sheet(name: str, data: bytes, known: Sequence[str]) -> Sheet:
    """A file's bytes as a sheet. known: names of columns in lower case, by which the separator is found.

    Raises SheetError if a quotation mark never closes, or if there is nothing in it.
    """
    text, mark, encoding = _decoded(name, data)
    hint = _HINT.match(text)
    first = hint.end() if hint else 0
    head = _NEWLINE.split(text[first:].lstrip("\r\n"), maxsplit=1)[0]
    separator = max(SEPARATORS, key=lambda one: _columns_known(head, one, known))
    lines = tuple(line for line in _records(name, text, first, separator) if any(c.text.strip() for c in line.cells))
    if not lines:
        raise SheetError(f"{name} is empty: give the file that Canvas or Gradescope exported.")
    return Sheet(text, mark, encoding, separator, lines)


def _columns_known(head: str, separator: str, known: Sequence[str]) -> int:
    return sum(cell.strip(' "').lower() in known for cell in head.split(separator))


def _decoded(name: str, data: bytes) -> tuple[str, bytes, str]:
    """The text, the mark in front of it, and its encoding: one that gives the same bytes back."""
    mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    body = data[len(mark) :]
    for encoding in (_MARKS[mark],) if mark else ("utf-8", "latin-1"):  # every byte is a letter of Latin-1
        try:
            text = body.decode(encoding, "surrogatepass" if encoding.startswith("utf-16") else "strict")
        except UnicodeDecodeError:
            continue
        if text.encode(encoding, "surrogatepass") == body:
            return text, mark, encoding
    raise SheetError(f"{name} is in no encoding that it says: save it as CSV UTF-8, or export it again.")


def _records(name: str, text: str, first: int, separator: str) -> Iterator[Line]:
    """The records from a place in the text on."""
    at, number = first, 1 + len(_NEWLINE.findall(text[:first]))
    while at < len(text):
        cells: list[Cell] = []
        begins = number
        while True:
            cell = _cell(name, text, at, separator, number)
            cells.append(cell)
            number += len(_NEWLINE.findall(text[cell.begin : cell.end])) if cell.quoted else 0
            at = cell.end
            if not text.startswith(separator, at):
                break
            at += 1
        end = _NEWLINE.match(text, at)
        at, number = (end.end() if end else len(text)), number + 1
        yield Line(begins, tuple(cells))


def _cell(name: str, text: str, begin: int, separator: str, number: int) -> Cell:
    """The cell that begins here: up to the next separator or line end that stands outside of quotation marks."""
    plain = re.compile(rf"[^{separator}\r\n]*")
    if text[begin : begin + 1] != '"':
        end = plain.match(text, begin).end()  # type: ignore[union-attr]
        return Cell(text[begin:end], begin, end)
    at = begin + 1
    while True:
        at = text.find('"', at)
        if at < 0:
            raise SheetError(
                f"{name}, line {number}: a quotation mark opens here and never closes; export the file again."
            )
        if text[at + 1 : at + 2] != '"':
            break
        at += 2
    end = plain.match(text, at + 1).end()  # type: ignore[union-attr]
    return Cell(text[begin + 1 : at].replace('""', '"') + text[at + 1 : end], begin, end, quoted=True)
