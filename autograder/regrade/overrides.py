"""What people decided, read from a CSV: an override, or the points of a written answer; checked cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

from autograder.core.errors import AssignmentError
from autograder.core.outcome import BONUS, PENALTY
from autograder.core.points import decimal_text, points_text
from autograder.core.text import clean, nearest, one_line
from autograder.regrade.csv_io import Record, Table, read_table, write_table
from autograder.regrade.gradebook import Column, Decision

HEADER = ("submission", "row", "points", "reason", "who")
REASON_LENGTH = 10_000  # characters
TOTAL = "total"  # in place of a row: points with a sign
MOST_ADJUSTED = 1_000  # points
_DECIMAL = re.compile(r"-?([0-9]{1,9}([.,][0-9]{0,9})?|[.,][0-9]{1,9})")
_RATIO = re.compile(r"(-?[0-9]{1,6})\s*/\s*0*([1-9][0-9]{0,5})")


class Unusable(AssignmentError):
    """A record that cannot be used; the message says what was expected and what came."""


def points_in(text: str) -> Fraction | None:
    """The number that a person wrote, exactly: "0.5", "0,5", ".5", "1/2", with space around it; None for no number.

    >>> points_in(" 0,5 "), points_in("1/3"), points_in("1e3"), points_in("2. Jan")
    (Fraction(1, 2), Fraction(1, 3), None, None)
    """
    text = text.strip()
    if _DECIMAL.fullmatch(text):
        return Fraction(text.replace(",", ".").rstrip("."))
    ratio = _RATIO.fullmatch(text)
    return Fraction(int(ratio[1]), int(ratio[2])) if ratio else None


def usable_points(text: str, column: Column) -> Fraction:
    """The points of a cell; raises Unusable unless they are from 0 to what the row is worth."""
    points = points_in(text)
    most = decimal_text(column.max_points)
    if points is None:
        raise Unusable(f"points must be a number from 0 to {most}, such as 0.5, not {one_line(text, 40)!r}")
    if not 0 <= points <= column.max_points:
        raise Unusable(f"row {column.number} is worth 0 to {most} points, not {one_line(text, 40)}")
    return points


def known_column(row: str, columns: Sequence[Column]) -> Column:
    """The column of a row's number in any case; raises Unusable if there is none."""
    by_number = {column.number.lower(): column for column in columns}
    found = by_number.get(row.lower())
    if found is None:
        shown = one_line(row, 40)
        raise Unusable(f"the rubric has no row {shown!r}{nearest(shown, [c.number for c in columns])}")
    return found


def read_decisions(path: Path, columns: Sequence[Column]) -> tuple[tuple[Decision, ...], tuple[str, ...]]:
    """The decisions of a CSV file with the columns submission, row, points, and reason and who if it likes.

    Of two records that decide the same row of the same submission, the later counts.
    Also answers a sentence, with file and line, for whatever cannot be used.
    """
    return decisions_in(read_table(path, HEADER[:3], HEADER[3:]), columns)


def decisions_in(table: Table, columns: Sequence[Column]) -> tuple[tuple[Decision, ...], tuple[str, ...]]:
    """What `read_decisions` answers, for a table that was read."""
    found: dict[tuple[str, str], tuple[Decision, int]] = {}
    sentences = list(table.sentences)
    for record in table.records:
        try:
            decision = _decision(record, columns)
        except Unusable as trouble:
            sentences.append(f"{table.name}, line {record.line}: not used, {trouble}")
            continue
        key = decision.submission, decision.row
        if key in found:
            sentences.append(
                f"{table.name}, line {record.line}: row {key[1]} of submission {key[0]} stands in line {found[key][1]}"
                " already; this later line counts"
            )
        found[key] = decision, record.line
    return tuple(decision for decision, _ in found.values()), tuple(sentences)


def _decision(record: Record, columns: Sequence[Column]) -> Decision:
    submission = one_line(record.get("submission"), 100)
    if not submission:
        raise Unusable("it names no submission")
    if (kind := record.get("row").lower()) in (BONUS, PENALTY, TOTAL):
        row, points = _adjustment(kind, record.get("points"))
    else:
        column = known_column(record.get("row"), columns)
        row, points = column.number, usable_points(record.get("points"), column)
    reason, who = clean(record.get("reason"), REASON_LENGTH), one_line(record.get("who"), 100)
    return Decision(submission, row, points, reason, who)


def _adjustment(kind: str, text: str) -> tuple[str, Fraction]:
    """Bonus or penalty, and its points with their sign; `total` takes a sign in place of the word."""
    points = points_in(text.removeprefix("+"))
    if points is None or not 0 < abs(points) <= MOST_ADJUSTED or (kind != TOTAL and points < 0):
        raise Unusable(f"the points of a {kind} must be a number above 0, such as 0.5, not {one_line(text, 40)!r}")
    if kind == TOTAL and not text.startswith(("+", "-")):
        raise Unusable(f"a total is adjusted: write {BONUS} or {PENALTY} for the row, and by how many points")
    points = -points if kind == PENALTY else points
    return (BONUS if points > 0 else PENALTY), points


def write_decisions(path: Path, decisions: Iterable[Decision]) -> None:
    """Writes decisions as `read_decisions` reads them. Raises OSError."""
    rows = [(d.submission, d.row, points_text(d.points), d.reason, d.who) for d in decisions]
    write_table(path, HEADER, rows)
