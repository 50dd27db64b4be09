"""The grading that this one is compared with: another folder's, a grades.csv, or the export's own scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import msgspec

from autograder.core.errors import AssignmentError
from autograder.core.points import points_text
from autograder.intake.entry import About
from autograder.regrade.csv_io import read_table
from autograder.regrade.gradebook import Gradebook
from autograder.regrade.overrides import points_in
from autograder.regrade.store import Store
from autograder.regrade.store_file import is_store
from autograder.regrade.totals import Old

FACT = "standings"  # of the store: the grades as they were last published
EXPORTS_OWN, EARLIER = "the export's own scores", "the earlier grades"
_NOT_ROWS = (
    *("submission", "name", "email", "sid", "adjustment", "total", "old total", "late", "after_late"),
    *("submitted", "notes"),
)


class CannotCompare(AssignmentError):
    """What was given holds no earlier grades; the message says what was expected."""


class _Points(msgspec.Struct, frozen=True):
    """One submission's published points, as text."""

    total: str
    rows: dict[str, str]
    after_late: str = ""
    adjustment: str = ""


_points = msgspec.json.Decoder(_Points)


def facts(book: Gradebook) -> dict[str, str]:
    """What to keep of grades that are published, for the next comparison."""
    numbers = [column.number for column in book.columns]
    told = {
        standing.submission: _Points(
            _text(standing.total),
            {
                number: points_text(cell.points)
                for number, cell in zip(numbers, standing.cells, strict=True)
                if cell.points is not None
            },
            _text(standing.after_late),
            points_text(standing.adjustment),
        )
        for standing in book.standings
    }
    return {FACT: msgspec.json.encode(told).decode()}


def _text(total: Fraction | None) -> str:
    return "" if total is None else points_text(total)


def before(against: Path | None, earlier: Path | None) -> tuple[str, Mapping[str, Old]] | None:
    """What the old points are, in words, and the old points by submission; None if nothing says so yet.

    against: what `--against` names. earlier: the folder that the submissions come from, if it is a regrading's.
    Raises CannotCompare, StoreError.
    """
    if against is not None:
        return str(against), _given(against)
    if earlier is None:
        return None
    found = published(earlier, all_of_it=False)  # it is opened again, as a whole
    return (EARLIER, found) if found else ("", {})


def own(store: Store) -> tuple[str, Mapping[str, Old]]:
    """The same of an export: its own stored scores, else the grades that were published in its folder before."""
    scores = {about.submission: _own(about) for about in _scored(list(store.abouts().values()))}
    if scores:
        return EXPORTS_OWN, scores
    found = _published(store)
    return (EARLIER, found) if found else ("", {})


def _scored(abouts: Sequence[About]) -> Sequence[About]:
    """The submissions whose score the export knows: one that no autograder graded has a 0, which says nothing."""
    by_row = any(about.scores for about in abouts)
    known = [about for about in abouts if about.scores or _fraction(about.score or "0")]
    return [about for about in abouts if about.scores or about.score] if known and not by_row else known


def published(folder: Path, all_of_it: bool = True) -> Mapping[str, Old]:
    """The grades that a regrading last published in a folder; {} if it has not yet. Raises StoreError.

    all_of_it: looks whether the whole store is as it was.
    """
    with Store(folder, write=False, all_of_it=all_of_it) as other:
        return _published(other)


def _given(path: Path) -> Mapping[str, Old]:
    if path.is_dir() and is_store(path):
        found = dict(published(path))
    elif path.is_file():
        found = _from_table(path)
    else:
        raise CannotCompare(f"{path}: give a folder that `regrade -o` wrote, or its grades.csv, to compare with.")
    if not found:
        raise CannotCompare(f"{path} holds no grades yet: there is nothing to compare with.")
    return found


def _published(store: Store) -> dict[str, Old]:
    told = store.fact(FACT)
    if not told:
        return {}
    try:
        raw, known = msgspec.json.decode(told, type=dict[str, msgspec.Raw]), dict[bytes, Old]()
        found = {}
        for name, one in raw.items():
            data = bytes(one)
            if data not in known:
                known[data] = _old(_points.decode(data))
            found[name] = known[data]  # equal points are one and the same object
        return found
    except (msgspec.DecodeError, ValueError, ArithmeticError) as error:
        raise CannotCompare(
            f"the grades that {store.path} keeps cannot be read ({error}): grade the export into a new folder."
        ) from None


def _old(points: _Points) -> Old:
    return Old(
        _fraction(points.total) if points.total else None,
        {row: _fraction(text) for row, text in points.rows.items()},
        _fraction(points.after_late) if points.after_late else None,
        _fraction(points.adjustment) if points.adjustment else None,
    )


@lru_cache(maxsize=1 << 14)  # few different ones, and reading a fraction is slow
def _fraction(text: str) -> Fraction:
    return Fraction(text)


def _own(about: About) -> Old:
    total = _fraction(about.score) if about.score else None
    return Old(total, {row: _fraction(text) for row, text in about.scores.items()})


def _from_table(path: Path) -> dict[str, Old]:
    table = read_table(path, ("submission", "total"), ("old total",))
    if not table.whole:
        raise CannotCompare("; ".join(table.sentences))
    rows = [column for column in table.header if column not in _NOT_ROWS]
    found = {}
    for record in table.records:
        points = {row: number for row in rows if (number := points_in(record.get(row))) is not None}
        total, late = (points_in(record.get(name)) for name in ("total", "after_late"))
        adjustment = points_in(record.get("adjustment")) or Fraction(0)
        found[record.get("submission")] = Old(total, points, late, adjustment)
    return found
