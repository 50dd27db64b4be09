"""What types cannot say of a rubric: numbers that are unique, sums that hold, limits that agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from keyword import iskeyword

from autograder.assignment.rubric import Gradescope, LimitsOf, Question, Row, RubricError, RubricFile
from autograder.core.points import decimal_text

NUMBER = r"\d+(\.\d+[a-z]?)?"  # of a row
VERSION = r"\d{1,3}\.\d{1,3}"  # of Python and numpy
FILE = r"[A-Za-z_]\w*\.py"  # of a question
MOST_POINTS, MOST = 1000, 1e6  # of a row; of a limit
LEAST_SECONDS, LEAST_MEMORY = 5, 16  # of a whole grading; megabytes


def mistakes_in(read: RubricFile) -> Iterator[RubricError]:
    """Every mistake of a rubric that was read, with its line."""
    yield from _check_limits(read)
    yield from _check_late(read)
    for key in Gradescope.__struct_fields__:
        if not re.fullmatch(VERSION, said := getattr(read.rubric.gradescope, key)):
            yield read.error(f"gradescope.{key}", f'expected a minor version such as "3.10", got "{said}"')
    if not read.rubric.questions:
        yield read.error("questions", "expected at least one question, got none")
    yield from _check_files(read)
    seen: dict[str, str] = {}
    for q, question in enumerate(read.rubric.questions):
        for r, row in enumerate(question.rows):
            path = f"questions[{q}].rows[{r}]"
            yield from _check_row(read, row, path)
            if row.number in seen:
                first = f"line {read.lines.get(seen[row.number] + '.number')}"
                yield read.error(f"{path}.number", f'duplicate row "{row.number}"; the first is in {first}')
            seen.setdefault(row.number, path)
        yield from _check_question(read, question, f"questions[{q}]")


def _check_files(read: RubricFile) -> Iterator[RubricError]:
    """Two files whose names differ by case only are one on macOS and Windows."""
    known: dict[str, str] = {}
    for at, question in enumerate(read.rubric.questions):
        first = known.setdefault(question.file.casefold(), question.file)
        if first != question.file:
            said = f"{question.file} and {first} are one file on macOS and Windows: write one name"
            yield read.error(f"questions[{at}].file", said)


def _check_limits(read: RubricFile) -> Iterator[RubricError]:
    limits = read.rubric.limits
    amiss = [name for name in LimitsOf.__struct_fields__ if not 0 < getattr(limits, name) < MOST]
    for name in amiss:
        yield read.error(f"limits.{name}", f"expected a positive number, got {getattr(limits, name)}")
    if amiss:
        return
    for shorter, longer in (("seconds_per_call", "seconds_per_row"), ("seconds_per_row", "seconds_in_all")):
        less, more = getattr(limits, shorter), getattr(limits, longer)
        if less > more:
            yield read.error(
                f"limits.{shorter}", f"{less:g} s is more than {longer}, {more:g} s: raise that, or lower this"
            )
    if limits.seconds_in_all < LEAST_SECONDS:
        yield read.error(
            "limits.seconds_in_all",
            f"expected at least {LEAST_SECONDS} s for a whole grading, got {limits.seconds_in_all:g}",
        )
    if limits.memory_mb < LEAST_MEMORY:
        yield read.error(
            "limits.memory_mb", f"expected at least {LEAST_MEMORY}, which numpy needs, got {limits.memory_mb}"
        )


def _check_late(read: RubricFile) -> Iterator[RubricError]:
    late = read.rubric.late
    if late is None:
        return
    if not late.penalty_per_day.is_finite() or not 0 <= late.penalty_per_day <= 1:
        yield read.error("late.penalty_per_day", f"expected a share from 0 to 1, got {late.penalty_per_day}")
    for key in ("grace_minutes", "late_days"):
        if not 0 <= getattr(late, key) < MOST:
            yield read.error(f"late.{key}", f"expected a number from 0 up, got {getattr(late, key)}")


def _check_row(read: RubricFile, row: Row, path: str) -> Iterator[RubricError]:
    if not row.points.is_finite() or not 0 <= row.points <= MOST_POINTS:
        yield read.error(f"{path}.points", f"expected points from 0 to {MOST_POINTS}, got {row.points}")
    if not re.fullmatch(NUMBER, row.number):
        yield read.error(f"{path}.number", f'expected a number such as "2" or "2.1a", got "{row.number}"')
    if row.graded == "written" and (not row.answer.isidentifier() or iskeyword(row.answer)):
        got = f', such as WHY, got "{row.answer}"' if row.answer else ""
        needs = f'a written row needs "answer": the name of the text in the student\'s file{got}'
        yield read.error(f"{path}.answer" if row.answer else path, needs)
    if row.graded == "spec" and row.answer:
        yield read.error(f"{path}.answer", 'only a written row has "answer"')
    if row.seconds is not None and not 0 < row.seconds < MOST:
        yield read.error(f"{path}.seconds", f"expected a positive number of seconds, got {row.seconds}")
    elif row.seconds is not None and row.seconds > read.rubric.limits.seconds_in_all:
        in_all = read.rubric.limits.seconds_in_all
        yield read.error(f"{path}.seconds", f"{row.seconds:g} s is more than limits.seconds_in_all, {in_all:g} s")


def _check_question(read: RubricFile, question: Question, path: str) -> Iterator[RubricError]:
    if not re.fullmatch(FILE, question.file):
        yield read.error(
            f"{path}.file", f'expected the name of a Python file such as "words.py", got "{question.file}"'
        )
    for key, extra in (("points", False), ("extra_points", True)):
        points = getattr(question, key)
        if not points.is_finite() or points < 0:
            yield read.error(f"{path}.{key}", f"expected points, 0 or more, got {points}")
        elif all(row.points.is_finite() for row in question.rows):
            yield from _check_sum(read, question, f"{path}.{key}", Fraction(points), extra)


def _check_sum(read: RubricFile, question: Question, path: str, said: Fraction, extra: bool) -> Iterator[RubricError]:
    found = sum((row.worth for row in question.rows if row.extra_credit is extra), Fraction(0))
    if said != found:
        kind = "extra-credit rows" if extra else "rows"
        yield read.error(
            path,
            f'"{question.title}" says {decimal_text(said)}, but its {kind} sum to {decimal_text(found)}: '
            f"change {path.rpartition('.')[2]} or the points of a row",
        )
