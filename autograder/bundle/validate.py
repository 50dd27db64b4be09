"""Proves an assignment: the reference earns everything, the template nothing, and every planted mistake is caught.

A planted case is the reference's submission with a piece of text appended to one file. What the case says must be found
in the row that the case names, and every other row of the question must stay full: a mistake that another row catches,
or that none does, is a hole. Each case is graded where it holds, on Gradescope and at home.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from autograder.assignment.decorators import Count
from autograder.assignment.link import LinkedRow, load_module
from autograder.assignment.load import Assignment
from autograder.bundle.planted import GRADESCOPE, HOME, Case, Graded, case_holes, is_right, is_too_good
from autograder.core.outcome import Outcome
from autograder.core.points import decimal_text
from autograder.core.submission import Submission, read_submission
from autograder.grading.grader import Grading
from autograder.sandbox.protocol import Start

More = Callable[[LinkedRow], LinkedRow]  # a row as it is, or with more draws


class Tally(NamedTuple):
    """One row of the matrix: how many mistakes and right forms were planted for it, and how many were judged so."""

    row: str
    mistakes: int
    caught: int
    forms: int
    full: int


@dataclass(frozen=True)
class Validation:
    """The matrix, and a sentence for every hole, in homework order.

    unproven: those of the holes that say no more than that no case is planted for a row.
    """

    tallies: tuple[Tally, ...]
    holes: tuple[str, ...]
    unproven: tuple[str, ...] = ()

    def text(self) -> str:
        """The matrix as a table, then the holes."""
        lines = [f"{'row':<7}{'mistakes':>9}{'caught':>8}{'right forms':>13}{'full':>6}"]
        total = Tally("all", *(sum(getattr(t, name) for t in self.tallies) for name in Tally._fields[1:]))
        lines += [f"{t.row:<7}{t.mistakes:>9}{t.caught:>8}{t.forms:>13}{t.full:>6}" for t in (*self.tallies, total)]
        return "\n".join([*lines, *(f"HOLE {hole}" for hole in self.holes)])


def validate(root: Path, assignment: Assignment, start: Start) -> Validation:
    """Grades the reference, the template and every case, on all cores, in workers that `start` makes.

    Raises what `load_assignment` raises, and ModuleNotFoundError if the catalogue is not there.
    """
    answers = load_module(root / "tests" / "specs" / "answers.py", "specs.answers")
    files = assignment.rubric.files()
    cases: Sequence[tuple[str, Case]] = answers.cases(files)
    reference = read_submission(root / "reference", files)
    holes = [*_reference_holes(assignment, reference, start), *_template_holes(root, assignment, start)]
    grader = CaseGrader(assignment, assignment.at_home(), reference, start)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        judged = list(threads.map(lambda planted: grader.judge(*planted), cases))
    rows = [linked.row.number for linked in assignment.rows if linked.check is not None]
    unproven = tuple(f"{row}: no case is planted for it" for row in rows if not any(one.row == row for one in judged))
    found = (hole for one in judged for hole in one.holes)
    return Validation(tuple(_tally(row, judged) for row in rows), (*holes, *unproven, *found), unproven)


@dataclass(frozen=True)
class Judged:
    """A case that was graded: the row that had to judge it, whether it must be full, and what is wrong with it."""

    row: str
    right: bool
    holes: tuple[str, ...]


@dataclass(frozen=True)
class CaseGrader:
    """Grades cases in both places, each in the place where it holds."""

    there: Assignment
    home: Assignment
    reference: Submission
    start: Start

    def judge(self, file: str, case: Case) -> Judged:
        """Grades one case; a hole that a weaker parameter leaves names the parameter."""
        there, home = self._graded(file, case)
        holes = case_holes(case, there, home)
        weak = {linked.row.number for linked, mark in (*there, *home) if is_too_good(case, linked, mark)}
        if holes and weak:
            holes = self._weak_parameter(file, case, weak) or holes
        return Judged(case.row, is_right(case, there or home), tuple(holes))

    def _graded(self, file: str, case: Case, more: More = lambda linked: linked) -> tuple[Graded, Graded]:
        there = self._marks(self.there, file, case, more) if case.where != HOME else ()
        home = self._marks(self.home, file, case, more) if case.where != GRADESCOPE else ()
        return there, home

    def _marks(self, assignment: Assignment, file: str, case: Case, more: More) -> Graded:
        """The rows of the case's question with their marks; the other questions are the reference's own."""
        texts = {**self.reference.texts, file: f"{self.reference.texts[file]}\n\n{case.source}"}
        rows = tuple(more(linked) for linked in assignment.rows if linked.question.file == file)
        question = replace(assignment, rows=rows)
        return tuple(zip(rows, _grade_all(question, Submission(texts), self.start).marks, strict=True))

    def _weak_parameter(self, file: str, case: Case, rows: Collection[str]) -> list[str]:
        """The hole of a case that is judged as it says once these rows draw more; none if that does not help."""
        names = dict.fromkeys(n for linked in self.there.rows if linked.row.number in rows for n in _counts(linked))
        for name, times in itertools.product(names, (2, 4, 8, 16, 32)):
            more = partial(_with_more, rows=rows, name=name, times=times)
            if not case_holes(case, *self._graded(file, case, more)):
                return [
                    _advice(case, linked, more(linked), name) for linked in self.there.rows if more(linked) != linked
                ]
        return []


def _advice(case: Case, linked: LinkedRow, more: LinkedRow, name: str) -> str:
    row, enough = linked.row.number, getattr(more.params, name)
    return (
        f'{case.row} "{case.name}": row {row} does not catch it with {name}: {getattr(linked.params, name)}, but does '
        f"with {name}: {enough}; raise {name} of row {row} in the rubric"
    )


def _with_more(linked: LinkedRow, rows: Collection[str], name: str, times: int) -> LinkedRow:
    """One of these rows with so many times the draws."""
    counts = _counts(linked)
    if linked.row.number not in rows or name not in counts:
        return linked
    return replace(linked, params=replace(linked.params, **{name: min(times * counts[name], 100_000)}))


def _counts(linked: LinkedRow) -> dict[str, int]:
    """The row's parameters that say how much is drawn: the more, the more is caught."""
    kinds = linked.check.parameters if linked.check else {}
    return {name: getattr(linked.params, name) for name, kind in kinds.items() if kind == Count}


def _tally(row: str, judged: Sequence[Judged]) -> Tally:
    mistakes, forms = (
        [not one.holes for one in judged if one.row == row and one.right is right] for right in (False, True)
    )
    return Tally(row, len(mistakes), sum(mistakes), len(forms), sum(forms))


def _grade_all(assignment: Assignment, submission: Submission, start: Start) -> Any:
    return Grading(assignment, submission, seed=assignment.seed(), start=start).run()


def _reference_holes(assignment: Assignment, reference: Submission, start: Start) -> list[str]:
    """Every row of the reference that is not full."""
    wanted = (Outcome.PASSED, Outcome.WRITTEN)
    marks = _grade_all(assignment, reference, start).marks
    return [f"reference: row {m.number} is {m.outcome}: {m.feedback}" for m in marks if m.outcome not in wanted]


def _template_holes(root: Path, assignment: Assignment, start: Start) -> list[str]:
    """Every row of the untouched template that is not unanswered, and any point that it earns."""
    report = _grade_all(assignment, read_submission(root / "student_template", assignment.rubric.files()), start)
    holes = [
        f"template: row {m.number} is {m.outcome}, expected unanswered"
        for m in report.marks
        if m.outcome is not Outcome.UNANSWERED
    ]
    return holes + ([f"template: earns {decimal_text(report.points)} points"] if report.points else [])
