"""The grades of a whole class as plain values: what `grades.csv` and the report are written from.

Built by `totals` from findings, the rubric, and what people decided; knows no file and no process.
"""

from __future__ import annotations

from fractions import Fraction

import msgspec

from autograder.intake.entry import Person


class Decision(msgspec.Struct, frozen=True):
    """What a person decided of one row of one submission: an override, or the points of a written answer.

    submission, row: whose, such as "123", "2.1a". points: what the row earns, in points. reason: why. who: by whom.
    """

    submission: str
    row: str
    points: Fraction
    reason: str = ""
    who: str = ""


class Column(msgspec.Struct, frozen=True):
    """One row of the rubric.

    max_points: what it is worth. graded: "spec", or "written" by a person: then a cell has points only once somebody
    gave some. extra_credit: whether the points stand outside the question's own. step: what a person's points must be a
    multiple of, None for any.
    """

    number: str
    title: str
    max_points: Fraction
    graded: str = "spec"
    extra_credit: bool = False
    step: Fraction | None = None


class Cell(msgspec.Struct, frozen=True):
    """What one submission earned in one row.

    outcome: one of the outcome words. points: None for a row without a score (nobody read it yet, it is deferred, or it
    is not graded, by an internal error or since the files could not be read).
    named: the mistakes that were recognised in it, in words for the instructor ("the forget path is missing").
    decided: what a person decided, if that is where the points come from.
    """

    outcome: str
    points: Fraction | None
    named: tuple[str, ...] = ()
    decided: Decision | None = None


class Standing(msgspec.Struct, frozen=True):
    """One submission: one cell a column, in the order of the gradebook's columns.

    total: all points, None for a submission that is not graded, or not completely. old: the points of each row in the
    grading that this one is compared with, None where it is not known, and () where nothing of that submission is.
    old_total: None for unknown. submitted: when, as it was said (ISO 8601), with the lateness where it is known. notes:
    warnings, for the staff. rerun: it is not graded, or not completely (something of ours failed, or its
    files could not be read). found_nothing: nothing that the assignment asks for was in it; notes say what was.
    adjusted: what people added to the total or took from it, which it holds. old_adjustment: what they had, None for
    not known. late: how late, "26:05:00", "" for unknown or no rule. after_late, old_after_late: the total after the
    rule for late work, None for unknown or no rule.
    """

    submission: str
    people: tuple[Person, ...]
    cells: tuple[Cell, ...]
    total: Fraction | None
    old: tuple[Fraction | None, ...] = ()
    old_total: Fraction | None = None
    submitted: str = ""
    notes: tuple[str, ...] = ()
    rerun: bool = False
    found_nothing: bool = False
    adjusted: tuple[Decision, ...] = ()
    old_adjustment: Fraction | None = None
    late: str = ""
    after_late: Fraction | None = None
    old_after_late: Fraction | None = None

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What people decided of it."""
        return (*(cell.decided for cell in self.cells if cell.decided is not None), *self.adjusted)

    @property
    def adjustment(self) -> Fraction:
        """The points that were added or, below 0, taken away."""
        return sum((one.points for one in self.adjusted), Fraction(0))


class Gradebook(msgspec.Struct, frozen=True):
    """A graded class.

    against: what the old points are ("the export's own scores", a folder), "" for nothing to compare with.
    warnings: sentences about the whole batch, for the staff (a submission that could not be read, two submissions of
    one student, overrides that fit nothing). version, rubric, seed: what it was graded with. rubric_since: since when
    the folder's grades are under that rubric. late: the rubric has a rule for late work.
    """

    assignment: str
    columns: tuple[Column, ...]
    standings: tuple[Standing, ...]
    against: str = ""
    warnings: tuple[str, ...] = ()
    version: str = ""
    rubric: str = ""
    rubric_since: str = ""
    seed: str = ""
    late: bool = False
