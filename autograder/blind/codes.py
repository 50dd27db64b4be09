"""The codes that stand for submissions in blind grading, and what is remembered with each, in `key.csv`.

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

KEY = "key.csv"
HEADER = ("code", "submission", "row", "text", "stale")
_CODE = re.compile(r"(.+)-([0-9]{3,9})", re.DOTALL)


class Coded(msgspec.Struct, frozen=True):
    """One line of the key.

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
        """Its number within the row."""
        return place_of(self.code, self.row)


class KeyUnusable(AssignmentError):
    """The key cannot be trusted; the message says where, and what to do."""


def fingerprint(*texts: str) -> str:
    """A short hash, to see whether something changed; no spreadsheet takes it for a number."""
    return "x" + hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:16]


def decided_now(points: str, comment: str) -> str:
    """A fingerprint of what a grader wrote, "" where there are no points yet."""
    return fingerprint(points, comment) if points else ""


def shuffled(submissions: Iterable[str], row: str, seed: str) -> list[str]:
    """An order that only the seed decides: neither the order of the input nor who else handed in."""
    return sorted(set(submissions), key=lambda one: hashlib.sha256(f"{seed}\0{row}\0{one}".encode()).digest())


def new_code(row: str, number: int) -> str:
    """ "2.3-017"."""
    return f"{row}-{number:03d}"


def place_of(code: str, row: str) -> int:
    """The number of a code within its row; 0 for what is no code of that row."""
    match = _CODE.fullmatch(code)
    return int(match[2]) if match and match[1] == row else 0


def graded_files(folder: Path, besides: Collection[str] = ()) -> list[Path]:
    """The CSVs of a folder of responses that people fill in, by name: all but the key, a written.csv and `besides`."""
    found = sorted(folder.glob("*.[cC][sS][vV]"))
    return [path for path in found if path.name not in (KEY, WRITTEN, *besides) and not path.name.startswith(".")]


def read_key(folder: Path) -> tuple[Coded, ...]:
    """The folder's key, empty if it has none; KeyUnusable if a line of it cannot be read or two contradict."""
    if not (folder / KEY).exists():
        return ()
    table = read_table(folder / KEY, HEADER[:3], HEADER[3:])
    if table.sentences:
        raise KeyUnusable(f"{'; '.join(table.sentences)}. Restore {KEY}, or collect the answers into a new folder.")
    found: dict[str, Coded] = {}
    owners: set[tuple[str, str]] = set()
    for record in table.records:
        one = Coded(*(record.get(column) for column in HEADER))
        if not one.place or not one.submission:
            raise KeyUnusable(
                f"{KEY}, line {record.line}: a code such as {new_code('2.3', 17)} was expected, with its row"
            )
        if one.code in found or (one.submission, one.row) in owners:
            raise KeyUnusable(
                f"{KEY}, line {record.line}: duplicate line for {one.code} or its submission; restore {KEY}"
            )
        found[one.code] = one
        owners.add((one.submission, one.row))
    return tuple(found.values())


def write_key(folder: Path, key: Sequence[Coded]) -> None:
    """Writes the key, by row and number. Raises OSError."""
    ordered = sorted(key, key=lambda one: (one.row, one.place))
    write_table(folder / KEY, HEADER, [msgspec.structs.astuple(one) for one in ordered])
