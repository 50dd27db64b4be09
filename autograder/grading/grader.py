"""Grades one submission: calls each row's spec with its fixtures, keeps the deadline, turns what happened into marks.

`grade` and pytest call the same specs with the same fixtures; this is the loop that needs no pytest.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec

from autograder import __version__
from autograder.assignment.link import LinkedRow
from autograder.assignment.load import Assignment
from autograder.assignment.rng import Draw
from autograder.core.figure import Figure
from autograder.core.outcome import Mark, Report
from autograder.core.submission import Submission
from autograder.grading.award import Award
from autograder.grading.finding import NOT_GRADED, Finding, Watched, mark_of
from autograder.grading.row import explained, read_written, run_function
from autograder.grading.student import Limits, Student
from autograder.sandbox.protocol import Start

Seen = Callable[[Report], None]


class Grading(msgspec.Struct, dict=True):
    """One submission being graded: what all its rows share.

    seed: text that, with a row's number, decides every random draw. start: makes a worker process. clock: monotonic
    seconds. seconds_in_all: the deadline, counted from the start.
    """

    assignment: Assignment
    submission: Submission
    seed: str
    start: Start
    clock: Callable[[], float] = time.monotonic
    seconds_in_all: float | None = None
    staff_notes: tuple[str, ...] = ()
    findings: dict[int, Finding] = {}  # place of the row -> what was found
    figures: dict[int, Figure] = {}
    drawn: dict[int, tuple[Draw, Watched]] = {}  # id of the row -> drawn ahead

    def __post_init__(self) -> None:
        limits = self.assignment.rubric.limits
        self.began = self.clock()
        in_all = min(self.seconds_in_all or limits.seconds_in_all, limits.seconds_in_all)
        self.deadline = self.began + in_all

    def run(self, on_question: Seen = lambda report: None) -> Report:
        """Grades every row; `on_question` sees the report after each question, when no student process is alive."""
        for _question, rows in self.assignment.questions():
            self._grade_question(rows)
            on_question(self.report())
        return self.report()

    def report(self, fault: str = "") -> Report:
        """The report so far; a row that has not been graded is `internal`, which is what it is if we stop here."""
        rows = self.assignment.rows
        return Report(
            marks=tuple(self._mark(place, linked) for place, linked in enumerate(rows)),
            seed=self.seed,
            rubric_hash=self.assignment.rubric_file.hash,
            version=__version__,
            seconds=self.clock() - self.began,
            leaderboard=tuple(entry for _, found in sorted(self.findings.items()) for entry in found.leaderboard()),
            staff_notes=self.staff_notes,
            fault=fault,
        )

    def _mark(self, place: int, linked: LinkedRow) -> Mark:
        return mark_of(self.findings.get(place, NOT_GRADED), linked, self.figures.get(place))

    def _grade_question(self, rows: list[LinkedRow]) -> None:
        """The rows of one question; every process is gone afterwards.

        A process that was given inputs in a row of one visibility serves no row of another one: it could carry the
        inputs over into what a student sees. One that was given none holds nothing to carry.
        """
        students: list[Student] = []
        places = {id(linked): i for i, linked in enumerate(self.assignment.rows)}
        try:
            for linked in rows:
                student = next((s for s in students if s.may_serve(linked.row.visibility)), None)
                if student is None:
                    student = self.student(linked)
                    students.append(student)
                place = places[id(linked)]
                self.findings[place], figure = self.grade_row(linked, student)
                if figure is not None:
                    self.figures[place] = figure
        finally:
            for student in students:
                student.close()

    def draw_ahead(self) -> None:
        """Draws what specs draw before they ask the student: for a moment in which there is nothing else to do."""
        for linked in self.assignment.rows:
            if linked.check is not None and linked.check.ahead is not None:
                draw, params = self._draw(linked)
                with suppress(Exception):  # it happens again, and is told, when the row is graded
                    draw.ahead()
                    self.drawn[id(linked)] = draw, params

    def _draw(self, linked: LinkedRow) -> tuple[Draw, Watched]:
        params = Watched(linked.params)
        ahead = linked.check.ahead if linked.check else None
        return Draw(f"{self.seed}:{linked.row.number}", ahead, params), params

    def student(self, linked: LinkedRow) -> Student:
        """The seam to the submission's answers to the row's question."""
        limits = self.assignment.rubric.limits
        row_seconds = linked.row.seconds or limits.seconds_per_row
        clocked = Limits(limits.seconds_per_call, row_seconds, self.deadline, self.clock)
        return Student(self.submission, linked.question.file, clocked, self.start, limits.memory_mb << 20)

    def fixtures(self, linked: LinkedRow, student: Student) -> dict[str, Any]:
        """The five fixtures of a row's spec."""
        rule = linked.check.rule if linked.check else None
        draw, params = self.drawn.pop(id(linked)) if id(linked) in self.drawn else self._draw(linked)
        return {
            "student": student,
            "award": Award(rule, linked.params, linked.row.worth),
            "draw": draw,
            "params": params,
            "reference": self.assignment.reference,
        }

    def grade_row(self, linked: LinkedRow, student: Student) -> tuple[Finding, Figure | None]:
        """What is found in one row, whatever happens in it, and what can be drawn of it."""
        seconds = linked.row.seconds or self.assignment.rubric.limits.seconds_per_row
        student.begin_row(seconds, linked.row.visibility)
        fixtures = self.fixtures(linked, student)
        award: Award = fixtures["award"]
        with explained(award) as judged:
            if linked.row.graded == "written":
                read_written(linked, student, judged)
            elif linked.check is not None and linked.check.owner is not None:
                from autograder.grading.unittest_adapter import (
                    run_method,  # imports unittest, which no spec of ours needs
                )

                run_method(linked.check, student, judged)
            else:
                run_function(linked, fixtures, judged)
        return judged.finding(fixtures["params"].read, student.printed()), award.figure
