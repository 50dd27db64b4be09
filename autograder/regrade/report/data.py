"""What the page's script shows of each submission, as JSON that stands in the page.

Every text is cleaned here, and stored once however many submissions share it: thousands read the same feedback. The
browser sets it as text, never as HTML.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from autograder.core.points import decimal_text
from autograder.core.text import clean, one_line
from autograder.gradescope.lateness import read_time
from autograder.intake.entry import Person
from autograder.regrade.diff import Change, Changes
from autograder.regrade.gradebook import Cell, Gradebook, Standing
from autograder.regrade.worth import worth

_UNRESERVED = "!*'()~"  # beside what `quote` never changes
LONGEST = 6_000  # characters of one feedback
# JSON in a script element: what could end the element, begin a comment, or be a line end in old scripts
ESCAPED = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


class Pool:
    """Values that are stored once and named by their place."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._places: dict[str, int] = {}

    def place(self, value: Any) -> int:
        """Where an equal value is; it is added if there is none."""
        key = json.dumps(value)
        if key not in self._places:
            self._places[key] = len(self.values)
            self.values.append(value)
        return self._places[key]


def embedded(value: Any) -> str:
    """JSON for <script type="application/json">: no <, > and & in it, so nothing in it is markup."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(ESCAPED)


def page_data(
    book: Gradebook,
    changed: Changes,
    feedback: Callable[[str], Sequence[str]],
    results: Callable[[str], str] | None,
    code: Callable[[str], str] | None = None,
) -> dict[str, Any]:
    """Everything that page.js reads; its head says what is what."""
    cells, texts = Pool(), Pool()
    places = {standing.submission: place for place, standing in enumerate(book.standings)}
    rows = [_row(standing, feedback(standing.submission), (results, code), cells, texts) for standing in book.standings]
    return {
        "columns": [[one_line(c.number), one_line(c.title), decimal_text(c.max_points)] for c in book.columns],
        "worth": worth(book),
        "named": not anonymous(book),
        "cells": cells.values,
        "texts": texts.values,
        "rows": rows,
        "changes": [_change(change, places) for change in changed.changed],
        "decided": _decided(book),
    }


def anonymous(book: Gradebook) -> bool:
    """Whether no submission says whose it is."""
    return not any(person != Person() for standing in book.standings for person in standing.people)


def _row(
    standing: Standing,
    said: Sequence[str],
    links: Sequence[Callable[[str], str] | None],
    cells: Pool,
    texts: Pool,
) -> list[Any]:
    """One submission: its own texts, then the places of its cells and of what the student read of each."""
    people = [[one_line(p.name), one_line(p.email), one_line(p.sid)] for p in standing.people if p != Person()]
    notes = [one_line(note, 500) for note in standing.notes]
    return [
        one_line(standing.submission),
        people,
        _moment(standing.submitted),
        None if standing.total is None else decimal_text(standing.total),
        None if standing.old_total is None else decimal_text(standing.old_total),
        notes,
        int(standing.rerun),
        ["" if of is None else link(of(standing.submission)) for of in links],
        [cells.place(_cell(cell)) for cell in standing.cells],
        [texts.place(clean(text, LONGEST)) for text in said],
    ]


def _moment(submitted: str) -> str:
    """When it was submitted, to the minute, with its zone where that is known; as it stands where it is no time."""
    when = read_time(submitted)
    return f"{when:%Y-%m-%d %H:%M %Z}".rstrip() if when is not None else one_line(submitted)


def linked_from(submission: str) -> str:
    """The end of the report's address that opens a submission there; encodeURIComponent makes the same of an id."""
    return f"#submission-{quote(submission, safe=_UNRESERVED)}"


def link(path: str) -> str:
    """A path below the page as a link: whatever it holds, it leads to a file and starts nothing."""
    return "./" + quote(path.lstrip("/"), safe="/") if path else ""


def _cell(cell: Cell) -> list[Any]:
    points = None if cell.points is None else decimal_text(cell.points)
    decided = cell.decided and [
        decimal_text(cell.decided.points),
        one_line(cell.decided.reason, 500),
        one_line(cell.decided.who),
    ]
    return [cell.outcome, points, [one_line(name) for name in cell.named], *([decided] if decided else [])]


def _points(points: Fraction | None) -> str:
    return "-" if points is None else decimal_text(points)


def _change(change: Change, places: dict[str, int]) -> list[Any]:
    """[place of the submission, by how much, "2.1a: 0.5 -> 0, ..."]."""
    rows = [f"{row.row}: {_points(row.old)} \u2192 {_points(row.new)}" for row in change.rows]
    by = None if change.by is None else decimal_text(change.by)
    return [places[change.standing.submission], by, ", ".join(rows)]


def _decided(book: Gradebook) -> list[list[int]]:
    """[place of the submission, column] of every row that a person overruled; points for reading are no such thing."""
    return [
        [row, at]
        for row, standing in enumerate(book.standings)
        for at, (column, cell) in enumerate(zip(book.columns, standing.cells, strict=True))
        if cell.decided and column.graded != "written"
    ]
