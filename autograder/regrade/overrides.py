"""What people decided, read from a CSV: an override, or the points of a written answer; checked cell by cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

from autograder.core.errors import AssignmentError
from autograder.core.outcome import BONUS, PENALTY
from autograder.core.points import decimal_text, points_text
from autograder.core.text import clean, nearest, one_line
from autograder.intake.identity import Directory
from autograder.regrade.csv_io import Record, Table, read_table, write_table
from autograder.regrade.gradebook import Column, Decision

HEADER = ("submission", "row", "points", "reason", "who")
REASON_LENGTH = 10_000  # characters
TOTAL = "total"  # in place of a row: points with a sign
MOST_ADJUSTED = 1_000  # points


# What a spreadsheet makes of 1/2 or 1.5: 2-Jan, 01. Feb, 2026-01-02, 1/2/2026, with a time or without.
_MONTH = r"[^\W\d_]{3,12}\.?"
_DATE = re.compile(
    r"(\d{1,4}\s?[-./]\s?\d{1,2}\s?[-./]\s?\d{1,4}"
    rf"|\d{{1,4}}[-. ]{{1,2}}{_MONTH}([-. ]{{1,2}}\d{{1,4}})?|{_MONTH}[-. ]{{1,2}}\d{{1,4}})([ T].*)?"
)
_DECIMAL = re.compile(r"-?([0-9]{1,9}([.,][0-9]{0,9})?|[.,][0-9]{1,9})")
_RATIO = re.compile(r"(-?[0-9]{1,6})\s*/\s*0*([1-9][0-9]{0,5})")


class Unusable(AssignmentError):
    """A record that cannot be used; the message says what was expected and what came."""


def points_in(text: str) -> Fraction | None:
    """The number that a person wrote, exactly: "0.5", "0,5", ".5", "1/2", "\u00bd", "1 1/2", with space around it.

    None for no number.

    >>> points_in(" 0,5 "), points_in("1/3"), points_in("1\u00bd"), points_in("1e3"), points_in("2. Jan")
    (Fraction(1, 2), Fraction(1, 3), Fraction(3, 2), None, None)
    """
    text = _plain(text)
    whole, space, part = text.partition(" ")
    if space and whole.isascii() and whole.isdecimal() and len(whole) < 7 and _RATIO.fullmatch(part.strip()):
        rest = points_in(part)
        return None if rest is None or not 0 <= rest < 1 else int(whole) + rest
    if _DECIMAL.fullmatch(text):
        return Fraction(text.replace(",", ".").rstrip("."))
    ratio = _RATIO.fullmatch(text)
    return Fraction(int(ratio[1]), int(ratio[2])) if ratio else None


def _plain(text: str) -> str:
    """The text in ASCII where it can be: a fraction of one character as "1/2", a minus sign as "-"."""
    if text.isascii():
        return text.strip()
    apart = "".join(f" {c}" if unicodedata.decomposition(c).startswith("<fraction>") else c for c in text)
    return unicodedata.normalize("NFKC", apart).replace("\u2044", "/").replace("\u2212", "-").strip()


def usable_points(text: str, column: Column) -> Fraction:
    """The points of a cell, also as a share of them ("50 %"); Unusable if not from 0 to what the row is worth."""
    percent = text.rstrip().endswith(("%", "\uff05"))
    points = points_in(text.rstrip()[:-1] if percent else text)
    if points is not None and percent:
        points = points / 100 * column.max_points
    most = decimal_text(column.max_points)
    if points is None and _DATE.fullmatch(text.strip()):
        raise Unusable(
            f"{one_line(text, 40)!r} is a date, which a spreadsheet makes of 1/2 or 1.5: format the column as text, and"
            " write the points again, such as 0.5"
        )
    if points is None:
        raise Unusable(f"points must be a number from 0 to {most}, such as 0.5, not {one_line(text, 40)!r}")
    if not 0 <= points <= column.max_points:
        raise Unusable(f"row {column.number} is worth 0 to {most} points, not {one_line(text, 40)}")
    if column.step and (points / column.step).denominator != 1:
        raise Unusable(
            f"points of row {column.number} go in steps of {points_text(column.step)}, not {one_line(text, 40)}"
        )
    return points


def known_column(row: str, columns: Sequence[Column]) -> Column:
    """The column of a row's number in any case; raises Unusable if there is none."""
    if not row:
        raise Unusable(
            f"it names no row: write the number of one, or {BONUS} or {PENALTY} for points on the whole homework"
        )
    by_number = {column.number.lower(): column for column in columns}
    found = by_number.get(row.lower())
    if found is None:
        shown = one_line(row, 40)
        raise Unusable(f"the rubric has no row {shown!r}{nearest(shown, [c.number for c in columns])}")
    return found


def read_decisions(
    path: Path, columns: Sequence[Column], directory: Directory | None = None, anonymous: bool = False
) -> tuple[tuple[Decision, ...], tuple[str, ...]]:
    """The decisions of a CSV file with the columns submission, row, points, and reason and who if it likes.

    directory: who may be meant, by whatever names them; None for ids that are taken as they stand. anonymous: no
    sentence repeats what may be a name. Of two records that decide the same row of the same submission, the later
    counts. Also returns a sentence, with file and line, for whatever cannot be used.
    """
    return decisions_in(read_table(path, HEADER[:3], HEADER[3:]), columns, directory, anonymous)


def decisions_in(
    table: Table, columns: Sequence[Column], directory: Directory | None = None, anonymous: bool = False
) -> tuple[tuple[Decision, ...], tuple[str, ...]]:
    """What `read_decisions` returns, for a table that was read."""
    found: dict[tuple[str, str], tuple[Decision, int]] = {}
    sentences = list(table.sentences)
    for record in table.records:
        try:
            if directory is not None and not record.get("points"):
                continue  # a line of the list of those who need a person, to be filled in
            decision = _decision(record, columns, directory, anonymous)
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


def _decision(record: Record, columns: Sequence[Column], directory: Directory | None, anonymous: bool) -> Decision:
    submission = one_line(record.get("submission"), 200)
    if not submission:
        raise Unusable("it names no submission")
    if directory is not None:
        match = directory.find(record.get("submission"))
        if not match.unique:
            raise Unusable(match.said(anonymous))
        submission = match.submissions[0]
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
        raise Unusable(f"a total is adjusted, not set: write {BONUS} or {PENALTY} for the row, and by how many points")
    points = -points if kind == PENALTY else points
    return (BONUS if points > 0 else PENALTY), points


def write_decisions(path: Path, decisions: Iterable[Decision]) -> None:
    """Writes decisions as `read_decisions` reads them. Raises OSError."""
    rows = [(d.submission, d.row, points_text(d.points), d.reason, d.who) for d in decisions]
    write_table(path, HEADER, rows)
