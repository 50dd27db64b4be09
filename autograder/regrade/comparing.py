"""The grading that this one is compared with: another folder's, a grades.csv, or the export's own scores."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import msgspec

from autograder.regrade.decisions import points_in, points_text
from autograder.regrade.gradebook import About, Gradebook
from autograder.regrade.standings import Old
from autograder.regrade.store import Store, is_store
from autograder.regrade.tables import read_table

FACT = "standings"  # of the store: the grades as they were last published
EXPORTS_OWN = "the export's own scores"
_NOT_ROWS = ("submission", "name", "email", "sid", "total", "old total", "submitted", "notes")


class CannotCompare(Exception):
    """What was given holds no earlier grades; the message says what was expected."""


class _Points(msgspec.Struct, frozen=True):
    """One submission's published points, as text."""

    total: str
    rows: dict[str, str]


def remember(store: Store, book: Gradebook) -> None:
    """Keeps the grades that are published, for the next comparison."""
    numbers = [column.number for column in book.columns]
    told = {
        standing.submission: _Points(
            points_text(standing.total),
            {
                number: points_text(cell.points)
                for number, cell in zip(numbers, standing.cells, strict=True)
                if cell.points is not None
            },
        )
        for standing in book.standings
    }
    store.set_fact(FACT, msgspec.json.encode(told).decode())


def old(given: Path | None, store: Store, of_store: bool) -> tuple[str, Mapping[str, Old]]:
    """What the old points are, in words, and the old points by submission. Raises CannotCompare, StoreError.

    given: what `--against` names. of_store: the submissions come from a store, whose published grades are the old ones.
    """
    if given is not None:
        return str(given), _given(given)
    published = _published(store)
    if of_store and published:
        return "the grades as they were", published
    own = {about.submission: _own(about) for about in store.abouts().values() if about.score or about.scores}
    if own:
        return EXPORTS_OWN, own
    return ("the grades as they were", published) if published else ("", {})


def _given(path: Path) -> Mapping[str, Old]:
    if path.is_dir() and is_store(path):
        with Store(path, write=False) as other:
            found = _published(other)
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
    found = msgspec.json.decode(told, type=dict[str, _Points])
    known: dict[str, Fraction] = {}  # few different ones, and reading a fraction is slow

    def read(text: str) -> Fraction:
        if text not in known:
            known[text] = Fraction(text)
        return known[text]

    return {
        name: Old(read(one.total), {row: read(text) for row, text in one.rows.items()}) for name, one in found.items()
    }


def _own(about: About) -> Old:
    total = Fraction(about.score) if about.score else None
    return Old(total, {row: Fraction(text) for row, text in about.scores.items()})


def _from_table(path: Path) -> dict[str, Old]:
    table = read_table(path, ("submission", "total"), ("old total",))
    if not table.whole:
        raise CannotCompare("; ".join(table.sentences))
    rows = [column for column in table.header if column not in _NOT_ROWS]
    found = {}
    for record in table.records:
        points = {row: number for row in rows if (number := points_in(record.get(row))) is not None}
        found[record.get("submission")] = Old(points_in(record.get("total")), points)
    return found
