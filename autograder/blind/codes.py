"""The codes that stand for submissions in blind grading, and what is remembered with each, in `codes.csv`.

A code stays with its submission for ever: a second run adds codes and changes none, so that points which somebody
filled in cannot move to another answer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import msgspec

from autograder.core.errors import AssignmentError
from autograder.regrade.csv_io import read_table, write_table
from autograder.regrade.output_dir import WRITTEN

CODES = "codes.csv"
LISTED = 10  # codes in a sentence
HEADER = ("code", "submission", "row", "text", "stale")
_CODE = re.compile(r"(.+)-([0-9]{3,9})", re.DOTALL)


class Coded(msgspec.Struct, frozen=True):
    """One line of codes.csv.

    text: a hash of the answer that the page last showed under the code. stale: "" or, where the answer has changed
    since it was graded, a hash of the points and comment that it had then: they are out of date until they change.
    """

    code: str
    submission: str
    row: str
    text: str
    stale: str = ""

    @property
    def place(self) -> int:
        return place_of(self.code, self.row)


class CodesUnusable(AssignmentError):
    """The codes cannot be trusted; the message says where, and what to do."""


def fingerprint(*texts: str) -> str:
    """A short hash, to see whether something changed; no spreadsheet takes it for a number."""
    return "x" + hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:16]


def decided_now(points: str, comment: str) -> str:
    """A fingerprint of what a grader wrote, "" where there are no points yet."""
    return fingerprint(points, comment) if points else ""


def shuffled(submissions: Iterable[str], row: str, seed: str) -> list[str]:
    """An order that only the seed decides: neither the order of the input nor who else handed in."""
    return sorted(
        set(submissions), key=lambda submission: hashlib.sha256(f"{seed}\0{row}\0{submission}".encode()).digest()
    )


def new_code(row: str, number: int) -> str:
    """ "2.3-017"."""
    return f"{row}-{number:03d}"


def place_of(code: str, row: str) -> int:
    """The number of a code within its row; 0 for what is no code of that row."""
    match = _CODE.fullmatch(code)
    return int(match[2]) if match and match[1] == row else 0


def graded_files(folder: Path, besides: Collection[str] = ()) -> list[Path]:
    """The CSVs of a folder of responses that people fill in: all but codes.csv, a written.csv and `besides`."""
    found = sorted(folder.glob("*.[cC][sS][vV]"))
    return [path for path in found if path.name not in (CODES, WRITTEN, *besides) and not path.name.startswith(".")]


def read_codes(folder: Path) -> tuple[Coded, ...]:
    """The folder's codes, empty if it has none; CodesUnusable if a line of it cannot be read or two contradict."""
    if not (folder / CODES).exists():
        return ()
    table = read_table(folder / CODES, HEADER[:3], HEADER[3:])
    if table.sentences:
        said = "; ".join(table.sentences)
        raise CodesUnusable(f"{folder}: {said}. Restore {CODES}, or collect the answers into a new folder.")
    found: dict[str, Coded] = {}
    owners: set[tuple[str, str]] = set()
    for record in table.records:
        entry, where = Coded(*(record.get(column) for column in HEADER)), f"{folder}: {CODES}, line {record.line}"
        if not entry.place or not entry.submission:
            raise CodesUnusable(f"{where}: a code such as {new_code('2.3', 17)} was expected, with its row")
        if entry.code in found or (entry.submission, entry.row) in owners:
            raise CodesUnusable(f"{where}: duplicate line for {entry.code} or its submission; restore {CODES}")
        found[entry.code] = entry
        owners.add((entry.submission, entry.row))
    return tuple(found.values())


def write_codes(folder: Path, codes: Sequence[Coded]) -> None:
    """Writes codes.csv, by row and number. Raises OSError."""
    ordered = sorted(codes, key=lambda entry: (entry.row, entry.place))
    write_table(folder / CODES, HEADER, [msgspec.structs.astuple(entry) for entry in ordered])
