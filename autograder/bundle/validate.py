"""Proves an assignment: the reference earns everything, the template nothing, and every planted mistake is caught.

A planted case is the reference's submission with a piece of text appended to one file. It must be judged as the case
says in the row that the case names, and every other row of the question must stay full: a mistake that another row
catches, or that none does, is a hole.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from autograder.assignment.link import load_module
from autograder.assignment.load import Assignment
from autograder.core.outcome import Mark, Outcome
from autograder.core.points import decimal_text
from autograder.core.submission import Submission, read_submission
from autograder.grading.grader import Grading
from autograder.sandbox.protocol import Start


class Planted(Protocol):
    """What `validate` reads of a case; the catalogue documents each field."""

    row: str
    name: str
    source: str
    outcome: str
    credit: str | None
    says: str
    also: dict[str, str]


@dataclass(frozen=True)
class Tally:
    """One row of the matrix: how many mistakes and right forms were planted for it, and how many were judged so."""

    row: str
    mistakes: int = 0
    caught: int = 0
    forms: int = 0
    full: int = 0


@dataclass(frozen=True)
class Validation:
    """The matrix, and a sentence for every hole, in homework order."""

    tallies: tuple[Tally, ...]
    holes: tuple[str, ...]

    def text(self) -> str:
        """The matrix as a table, then the holes."""
        lines = [f"{'row':<7}{'mistakes':>9}{'caught':>8}{'right forms':>13}{'full':>6}"]
        lines += [f"{t.row:<7}{t.mistakes:>9}{t.caught:>8}{t.forms:>13}{t.full:>6}" for t in self.tallies]
        total = [sum(getattr(t, name) for t in self.tallies) for name in ("mistakes", "caught", "forms", "full")]
        lines.append(f"{'all':<7}{total[0]:>9}{total[1]:>8}{total[2]:>13}{total[3]:>6}")
        return "\n".join([*lines, *(f"HOLE {hole}" for hole in self.holes)])


def validate(root: Path, assignment: Assignment, start: Start) -> Validation:
    """Grades the reference, the template and every case, on all cores, in workers that `start` makes.

    Raises what `load_assignment` raises, and ModuleNotFoundError if the catalogue is not there.
    """
    answers = load_module(root / "tests" / "specs" / "answers.py", "specs.answers")
    files = assignment.rubric.files()
    cases: Sequence[tuple[str, Planted]] = answers.cases(files)
    reference = read_submission(root / "reference", files)
    holes = [*_reference_holes(assignment, reference, start), *_template_holes(root, assignment, start)]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        marks = list(threads.map(lambda case: _grade_case(assignment, reference, start, *case), cases))
    judged = [(case, case_holes(case, found)) for (_, case), found in zip(cases, marks, strict=True)]
    rows = [linked.row.number for linked in assignment.rows if linked.check is not None]
    holes += [f"{row}: no case is planted for it" for row in rows if not any(case.row == row for case, _ in judged)]
    return Validation(
        tuple(_tally(row, judged) for row in rows), (*holes, *(hole for _, found in judged for hole in found))
    )


def _grade_case(
    assignment: Assignment, reference: Submission, start: Start, file: str, case: Planted
) -> tuple[Mark, ...]:
    """The marks of the case's question; the others are the reference's own."""
    texts = {**reference.texts, file: f"{reference.texts[file]}\n\n{case.source}"}
    rows = tuple(linked for linked in assignment.rows if linked.question.file == file)
    question = Assignment(assignment.rubric_file, rows, assignment.reference)
    return Grading(question, Submission(texts), seed=str(assignment.rubric.seed), start=start).run().marks


def case_holes(case: Planted, marks: Iterable[Mark]) -> list[str]:
    """What is wrong with how a case was judged: nothing, if the row meant to judge it judged it as it says."""
    found = {mark.number: mark for mark in marks}
    if case.row not in found:
        return [f'{case.row} "{case.name}": there is no such row in its question']
    holes = []
    for number, mark in found.items():
        usual = "written" if mark.outcome is Outcome.WRITTEN else "passed"
        wanted = case.outcome if number == case.row else case.also.get(number, usual)
        if str(mark.outcome) != wanted:
            holes.append(f'{case.row} "{case.name}": row {number} is {mark.outcome}, expected {wanted}')
    mark = found[case.row]
    if case.credit is not None and mark.fraction != Fraction(case.credit):
        holes.append(f'{case.row} "{case.name}": earned {mark.fraction} of the row, expected {case.credit}')
    if case.says not in mark.feedback:
        holes.append(f'{case.row} "{case.name}": the student is not told "{case.says}", but: {mark.feedback}')
    return holes


def _tally(row: str, judged: Sequence[tuple[Planted, list[str]]]) -> Tally:
    here = [(case.outcome == "passed", not holes) for case, holes in judged if case.row == row]
    return Tally(
        row,
        mistakes=sum(not right for right, _ in here),
        caught=sum(held for right, held in here if not right),
        forms=sum(right for right, _ in here),
        full=sum(held for right, held in here if right),
    )


def _grade_all(assignment: Assignment, submission: Submission, start: Start) -> Any:
    return Grading(assignment, submission, seed=str(assignment.rubric.seed), start=start).run()


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
