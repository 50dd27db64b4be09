"""From what was found to who stands where: the cells of a gradebook, its totals, and what people decided.

Pure: kept findings in, a `Gradebook` out. A class of thousands has few different findings per row, so each is looked at
once: what a cell costs is a look into a dictionary.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import lru_cache

import msgspec

from autograder.assignment.link import LinkedRow
from autograder.core.errors import EnvironmentFault
from autograder.core.outcome import BONUS, PENALTY, Outcome
from autograder.core.points import decimal_text
from autograder.core.text import one_line
from autograder.grading.finding import Finding, named_in, outcome_of, share_of
from autograder.intake.entry import About
from autograder.regrade.gradebook import Cell, Column, Decision, Standing


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row as it is kept: its cache key, and what was found, without its words."""

    cache_key: str = msgspec.field(name="key")
    finding: Finding


class Appraised(msgspec.Struct, frozen=True):
    """What was found in a submission, in points: one cell a row, their sum, and whether nothing was in it."""

    cells: tuple[Cell, ...]
    total: Fraction
    found_nothing: bool


class Old(msgspec.Struct, frozen=True):
    """An earlier grading of one submission: its total, also after lateness, and its points by row, where known."""

    total: Fraction | None = None
    points: Mapping[str, Fraction] = {}
    after_late: Fraction | None = None
    adjustment: Fraction | None = None


_kept = msgspec.json.Decoder(Kept)
RawRows = dict[str, msgspec.Raw]
raw_rows = msgspec.json.Decoder(RawRows).decode
_INTERNAL, _MISSING = Outcome.INTERNAL.value, Outcome.MISSING.value


class CannotAppraise(EnvironmentFault):
    """What is kept of a row is nothing that its credit rule can read; the message says what to do."""


@contextmanager
def appraising(rows: str) -> Iterator[None]:
    """What goes wrong inside, with what was kept, as CannotAppraise."""
    try:
        yield
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise CannotAppraise(
            f"what is stored for {rows} cannot be turned into points ({type(error).__name__}: {str(error)[:100]}): the"
            " store was changed, or this is a bug. Grade the export into a new folder; report it if that fails too."
        ) from error


class Appraiser:
    """Kept rows under one rubric. keys: the key that each row's findings must have to stand."""

    def __init__(self, rows: Sequence[LinkedRow], keys: Mapping[str, str]) -> None:
        self.rows = tuple(rows)
        self.columns = tuple(_column(linked) for linked in self.rows)
        self._keys = keys
        self._known: tuple[dict[bytes, Cell | None], ...] = tuple({} for _ in self.rows)
        self._ungraded = (Cell(_INTERNAL, None),) * len(self.rows)
        self.cells_in = lru_cache(maxsize=1 << 12)(self._cells_in)

    def cell(self, place: int, kept: msgspec.Raw | None) -> Cell | None:
        """The cell that a kept row makes; None if it must be graded, or graded again."""
        if kept is None:
            return None
        known, data = self._known[place], bytes(kept)
        if data not in known:
            known[data] = self._appraise(place, kept)
        return known[data]

    def cells(self, *slots: Mapping[str, msgspec.Raw]) -> tuple[Cell | None, ...]:
        """One cell a row, from the first slot whose finding stands."""
        found: list[Cell | None] = []
        for place, linked in enumerate(self.rows):
            cell = None
            for rows in slots:
                cell = self.cell(place, rows.get(linked.name))
                if cell is not None:
                    break
            found.append(cell)
        return tuple(found)

    def _cells_in(self, *texts: str) -> tuple[Cell | None, ...]:
        """The same from rows that are not decoded ("" for none): equal texts have one and the same tuple."""
        return self.cells(*(raw_rows(text) for text in texts if text))

    def appraised(self, cells: Sequence[Cell | None]) -> Appraised:
        """What they come to, with `internal` for a row that is not graded."""
        graded = tuple(cell or nothing for cell, nothing in zip(cells, self._ungraded, strict=True))
        return Appraised(graded, total(graded), bool(graded) and all(cell.outcome == _MISSING for cell in graded))

    def stands(self, place: int, kept: msgspec.Raw) -> Kept | None:
        """The kept row, if what was found still stands under this rubric."""
        linked, found = self.rows[place], _kept.decode(kept)
        stale = found.cache_key != self._keys[linked.name] or found.finding.internal
        return None if stale or not found.finding.holds_under(linked.params) else found

    def _appraise(self, place: int, data: msgspec.Raw) -> Cell | None:
        linked, kept = self.rows[place], self.stands(place, data)
        if kept is None:
            return None
        finding = kept.finding
        with appraising(f"row {linked.name}"):
            share = share_of(finding, linked)
            outcome = outcome_of(finding, share)
            scored = linked.weighted and outcome.scored and outcome is not Outcome.INTERNAL
            points = share * linked.row.worth if scored else None
            return Cell(outcome.value, points, named_in(finding.found) if share < 1 else ())


def _column(linked: LinkedRow) -> Column:
    row = linked.row
    return Column(linked.name, row.title, row.worth, row.graded, row.extra_credit)


def standing(
    about: About,
    columns: Sequence[Column],
    found: Appraised,
    decided: Mapping[str, Decision],
    old: Old | None,
    old_points: tuple[Fraction | None, ...],
) -> Standing:
    """One submission. decided: what people decided of it, by row, which counts in place of what was found."""
    if decided:
        pairs = zip(found.cells, columns, strict=True)
        cells = tuple(_decided(cell, decided.get(column.number)) for cell, column in pairs)
        found = Appraised(cells, total(cells), found.found_nothing)
    adjusted = tuple(decided[kind] for kind in (BONUS, PENALTY) if kind in decided)
    notes = (*about.notes, *((about.unreadable,) if about.unreadable else ()), *map(_said, adjusted))
    rerun = any(cell.outcome == _INTERNAL for cell in found.cells)
    return Standing(
        about.submission,
        about.people,
        found.cells,
        None if rerun else adjusted_by(found.total, adjusted),
        old_points,
        old.total if old is not None else None,
        about.submitted,
        notes,
        rerun,
        found.found_nothing,
        adjusted,
        old.adjustment if old is not None else None,
    )


def adjusted_by(points: Fraction, adjusted: Sequence[Decision]) -> Fraction:
    """The points with a bonus or less a penalty, which takes no more than there is."""
    return max(points + sum((one.points for one in adjusted), Fraction(0)), Fraction(0)) if adjusted else points


def _said(decision: Decision) -> str:
    why = f" ({one_line(decision.reason, 500)})" if decision.reason else ""
    return f"{decision.row} {decimal_text(abs(decision.points))}{why}"


def _decided(cell: Cell, decision: Decision | None) -> Cell:
    """The cell with a person's points: a row of ours that failed is settled by them too."""
    if decision is None:
        return cell
    outcome = Outcome.WRITTEN.value if cell.outcome == _INTERNAL else cell.outcome
    return Cell(outcome, decision.points, cell.named, decision)


def total(cells: Iterable[Cell]) -> Fraction:
    """The sum of the points. By denominator, since few are different and adding fractions is slow."""
    sums: dict[int, int] = {}
    for cell in cells:
        if cell.points is not None:
            sums[cell.points.denominator] = sums.get(cell.points.denominator, 0) + cell.points.numerator
    return sum((Fraction(above, below) for below, above in sums.items()), Fraction(0))


def by_submission(decisions: Iterable[Decision]) -> dict[str, dict[str, Decision]]:
    """Submission -> row -> what counts: of two decisions on one row, the later."""
    found: dict[str, dict[str, Decision]] = {}
    for decision in decisions:
        found.setdefault(decision.submission, {})[decision.row] = decision
    return found
