"""tests/rubric.yaml as typed values, or an error with the line, the key and what is allowed there.

The rubric says what each row is worth, who sees it, and with which parameters and limits it is graded. It holds no
answer. Points are exact: 0.1 in the file is one tenth.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import msgspec

from autograder.core.errors import AssignmentError

Graded = Literal["spec", "written"]
Visibility = Literal["visible", "hidden", "after_due_date", "after_published"]
SHOWN = ("visible", "after_due_date", "after_published", "hidden")  # Gradescope's words, in the order in time


class RubricError(AssignmentError):
    """The rubric is wrong; the message names file, line and key, and says what is allowed."""


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One row: what it is worth, who sees it, and how it is graded.

    number:       "2.1a"; Gradescope sorts by it, and the spec that grades it names it.
    title:        the line that the student reads.
    points:       what the row is worth.
    graded:       "spec" by the spec of that number, "written" by a person.
    extra_credit: whether the points stand outside the question's own.
    visibility:   when the student sees the row: Gradescope's words.
    answer:       for a written row, the name of the text in the student's file.
    tags:         Gradescope's tags.
    seconds:      a limit of its own in place of limits.seconds_per_row.
    hint:         whether `check --hint` may say more about the row.
    params:       parameters of the row's spec.
    """

    number: str
    title: str
    points: Decimal
    graded: Graded = "spec"
    extra_credit: bool = False
    visibility: Visibility = "visible"
    answer: str = ""
    tags: tuple[str, ...] = ()
    seconds: float | None = None
    hint: bool = True
    params: dict[str, Any] = {}

    @property
    def worth(self) -> Fraction:
        """Points, exactly."""
        return Fraction(self.points)


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One question: its file, its rows, and the sums that they must have.

    title:        the heading over its rows, which begins with its number: "1 Averages".
    file:         the file that students hand in, of the same name in reference/ and student_template/.
    points:       what its rows without extra credit sum to.
    extra_points: what its extra-credit rows sum to.
    rows:         its rows, in homework order.
    """

    title: str
    file: str
    points: Decimal
    extra_points: Decimal = Decimal(0)
    rows: tuple[Row, ...]


class LimitsOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Limits on student code: seconds on the grader's clock, megabytes beyond a bare interpreter.

    seconds_per_call: one call of a student's function, or loading a file.
    seconds_per_row:  all calls of a row.
    seconds_in_all:   the whole grading.
    memory_mb:        of each process, beyond what a bare interpreter takes.
    """

    seconds_per_call: float
    seconds_per_row: float
    seconds_in_all: float
    memory_mb: int


class Late(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The rule for late work. When what was due is never said here, since students get the rubric.

    penalty_per_day: the share of the points that each day begun costs: 0.1 is a tenth.
    grace_minutes:   how late still counts as on time.
    late_days:       days that cost a student nothing.
    """

    penalty_per_day: Decimal
    grace_minutes: int = 0
    late_days: int = 0


class Gradescope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a submission is graded with on Gradescope: the self-check tells students where theirs is another.

    python: the minor version that the base image has, "3.10".
    numpy:  the minor version that the lock has for it, "2.2".
    """

    python: str = "3.10"
    numpy: str = "2.2"


class Rubric(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole rubric.

    assignment: the homework's name.
    seed:       decides every random draw, together with the submission's id.
    limits:     limits on student code.
    gradescope: the versions of Python and numpy there.
    questions:  the questions, in homework order.
    late:       the rule for late work; nothing is deducted without one, and never on Gradescope.
    """

    assignment: str
    seed: int
    limits: LimitsOf
    gradescope: Gradescope = Gradescope()
    questions: tuple[Question, ...]
    late: Late | None = None

    def rows(self) -> Iterator[tuple[Question, Row]]:
        """Every row with its question, in homework order."""
        for question in self.questions:
            for row in question.rows:
                yield question, row

    def totals(self) -> dict[str, Fraction]:
        """The points "by spec" and "written" without extra credit, and those of "extra credit"."""
        sums = {"by spec": Fraction(0), "written": Fraction(0), "extra credit": Fraction(0)}
        for _, row in self.rows():
            sums["extra credit" if row.extra_credit else "written" if row.graded == "written" else "by spec"] += (
                row.worth
            )
        return sums

    def files(self) -> tuple[str, ...]:
        """The files that a submission consists of, in homework order."""
        return tuple(dict.fromkeys(q.file for q in self.questions))


class RubricFile(msgspec.Struct, frozen=True, kw_only=True):
    """A rubric that was read, with what its messages and its results need.

    text: what it was read from. name: what messages call it. hash: of the text. lines: of each key, by its path.
    """

    rubric: Rubric
    text: str
    name: str
    hash: str
    lines: dict[str, int]

    def error(self, path: str, message: str) -> RubricError:
        """The error that points at `path`, such as "questions[0].rows[1].params"."""
        return error_at(self.name, self.lines, path, message)


def error_at(name: str, lines: dict[str, int], path: str, message: str) -> RubricError:
    """The error at a path, with the line of the nearest key that stands in the file."""
    line, known = None, path
    while line is None and known:
        line, known = lines.get(known), known.rpartition("." if known.rpartition(".")[0] else "[")[0]
    line = line or lines.get("")
    where = f", line {line}" if line else ""
    return RubricError(f"{name}{where}: {path + ': ' if path else ''}{message}")
