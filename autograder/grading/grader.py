"""Grades one submission: calls each row's spec with its fixtures, keeps the deadline, turns what happened into marks.

`grade` and pytest call the same specs with the same fixtures; this is the loop that needs no pytest.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import Any

import msgspec

from autograder import __version__
from autograder.assignment.link import Check, LinkedRow
from autograder.assignment.load import Assignment
from autograder.assignment.rng import Rng
from autograder.assignment.rubric import SHOWN, Question
from autograder.core.figure import Figure
from autograder.core.outcome import Mark, Report
from autograder.core.receipt import receipt_of
from autograder.core.submission import Submission
from autograder.core.text import clean
from autograder.grading.award import Award
from autograder.grading.finding import NOT_GRADED, Finding, Watched, mark_of
from autograder.grading.limits import Limits
from autograder.grading.row import OVER_A_VALUE, explained, read_written, run_function
from autograder.grading.student import Student
from autograder.sandbox.protocol import Start

Seen = Callable[[Report], None]
SeenRow = Callable[[LinkedRow, Mark | None], None]
# A check in plain gradescope-utils style keeps a submission's score on its function, and its student on its class: of
# several submissions that are graded in threads, as `validate` does, one at a time is in such a check.
_ONE_PLAIN_CHECK = threading.Lock()


def notes_on_files(submission: Submission, files: tuple[str, ...]) -> tuple[str, ...]:
    """Where the files were read, if not at the top; and a sentence for each that is not read and looks as if meant."""
    where = (f"The files were read from the folder {submission.within}.",) if submission.within else ()
    names = [name for name in (*submission.texts, *submission.others) if name not in files]
    like = any(_says(file, name) for file in files for name in names)
    if not like and all(file in submission.texts for file in files):
        return where
    from autograder.grading.near_names import file_notes  # needed only where something lies there that is nearly right

    return (*where, *file_notes((*submission.texts, *submission.others), files))


def _says(file: str, name: str) -> bool:
    """Whether a name at the top says all the words of a file's."""
    return "/" not in name and all(word in name.lower() for word in file.removesuffix(".py").split("_"))


class Grading(msgspec.Struct, dict=True):
    """One submission being graded: what all its rows share.

    seed: text that, with a row's number, decides every random draw. start: makes a worker process. clock: monotonic
    seconds. seconds_in_all: the deadline, counted from the start. on_row: sees each row twice, as it begins (without a
    mark) and once it is judged.
    """

    assignment: Assignment
    submission: Submission
    seed: str
    start: Start
    clock: Callable[[], float] = time.monotonic
    seconds_in_all: float | None = None
    staff_notes: tuple[str, ...] = ()
    on_row: SeenRow | None = None
    warns_of_time: bool = False  # of what may take too long on a slower machine than this
    findings: dict[int, Finding] = {}  # place of the row -> what was found
    figures: dict[int, Figure] = {}
    presampled: dict[int, tuple[Rng, Watched]] = {}  # id of the row -> sampled before it is asked

    def __post_init__(self) -> None:
        limits = self.assignment.rubric.limits
        self.began = self.clock()
        in_all = min(self.seconds_in_all or limits.seconds_in_all, limits.seconds_in_all)
        self.deadline = self.began + in_all
        self._marks: dict[int, tuple[Finding, Mark]] = {}
        self._students: dict[int, Student] = {}  # id of the question -> its process, while a turn may come
        asking = (one for rows in self._turns() for one in rows if one.check is not None and one.check.presample)
        self._to_presample = deque(asking)
        self.receipt = receipt_of(self.submission, self.assignment.rubric.files())
        self.notes = notes_on_files(self.submission, self.assignment.rubric.files())

    def run(self, on_question: Seen | None = None) -> Report:
        """Grades every row; `on_question` sees the report after each question, when nothing of the student's runs."""
        self.find(on_question)
        return self.report()

    def find(self, on_question: Seen | None = None) -> None:
        """Makes the finding of every row; for `on_question` see `run`.

        What students see first is graded first, of all questions: nothing that a row hands to their code can come back
        in a row that is shown before it. So a question may have several turns. Its process serves them all, in this
        order and never the reverse, and is stopped while it waits for the next one.
        """
        turns = self._turns()
        try:
            for place, rows in enumerate(turns):
                self._grade_question(rows)
                self._put_away(rows[0].question, [later[0].question for later in turns[place + 1 :]])
                if on_question is not None:
                    on_question(self.report())
        finally:
            for student in self._students.values():
                student.close()

    def _turns(self) -> list[list[LinkedRow]]:
        """The rows of each question that students see at the same time; what they see first comes first."""
        by_question = [rows for _, rows in self.assignment.questions()]
        shown = sorted({linked.row.visibility for linked in self.assignment.rows}, key=SHOWN.index)
        turns = ([r for r in rows if r.row.visibility == visibility] for visibility in shown for rows in by_question)
        return [rows for rows in turns if rows]

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
            notes=self.notes,
            fault=fault,
            assignment=self.assignment.rubric.assignment,
            receipt=self.receipt,
        )

    def _mark(self, place: int, linked: LinkedRow) -> Mark:
        """The row's mark, made once of each finding: a report is asked for after each question."""
        finding = self.findings.get(place, NOT_GRADED)
        if self._marks.get(place, (None,))[0] is not finding:
            self._marks[place] = finding, mark_of(finding, linked, self.figures.get(place))
        return self._marks[place][1]

    def _grade_question(self, rows: list[LinkedRow]) -> None:
        """The rows of one turn."""
        places = {id(linked): i for i, linked in enumerate(self.assignment.rows)}
        question = id(rows[0].question)
        if question not in self._students:
            self._students[question] = self.student(rows[0])
        student = self._students[question]
        for linked in rows:
            place = places[id(linked)]
            if self.on_row is not None:
                self.on_row(linked, None)
            self.findings[place], figure = self.grade_row(linked, student)
            if figure is not None:
                self.figures[place] = figure
            if self.on_row is not None:
                self.on_row(linked, self._mark(place, linked))

    def _put_away(self, question: Question, later: list[Question]) -> None:
        """Ends the question's process, or stops it if it has another turn."""
        if any(other is question for other in later):
            self._students[id(question)].rest()
        else:
            self._students.pop(id(question)).close()

    def presample(self) -> None:
        """Samples what specs ask with before they ask the student: for a moment with nothing else to do."""
        while self._to_presample:
            self._presample_next()

    def _presample_next(self) -> None:
        """The same for the next row alone: while the student's process computes an answer."""
        if self._to_presample:
            linked = self._to_presample.popleft()
            rng, params = self._rng_of(linked)
            with suppress(Exception):  # it happens again, and is told, when the row is graded
                rng.presampled()
                self.presampled[id(linked)] = rng, params

    def _rng_of(self, linked: LinkedRow) -> tuple[Rng, Watched]:
        params = Watched(linked.params)
        make = linked.check.presample if linked.check else None
        return Rng(f"{self.seed}:{linked.row.number}", make, params), params

    def student(self, linked: LinkedRow) -> Student:
        """The seam to the submission's answers to the row's question."""
        limits = self.assignment.rubric.limits
        row_seconds = linked.row.seconds or limits.seconds_per_row
        clocked = Limits(limits.seconds_per_call, row_seconds, self.deadline, self.clock)
        file = linked.question.file
        asked_for = (name for row in self.assignment.rows if row.question is linked.question for name in row.asks_for)
        return Student(
            self.submission,
            file,
            clocked,
            self.start,
            limits.memory_mb << 20,
            asked_for,
            self.warns_of_time,
            self._presample_next,
        )

    def worker_limits(self) -> tuple[int, int]:
        """Bytes and CPU seconds of each worker."""
        limits = self.assignment.rubric.limits
        return limits.memory_mb << 20, math.ceil(limits.seconds_in_all) + 1

    def fixtures(self, linked: LinkedRow, student: Student) -> dict[str, Any]:
        """The five fixtures of a row's spec."""
        rule = linked.check.rule if linked.check else None
        rng, params = self.presampled.pop(id(linked)) if id(linked) in self.presampled else self._rng_of(linked)
        if self._to_presample and self._to_presample[0] is linked:  # they stand in the order in which they are graded
            self._to_presample.popleft()
        return {
            "student": student,
            "award": Award(rule, linked.params, linked.row.worth),
            "draw": rng,
            "params": params,
            "reference": self.assignment.reference,
        }

    def grade_row(self, linked: LinkedRow, student: Student) -> tuple[Finding, Figure | None]:
        """What is found in one row, whatever happens in it, and what can be shown of it."""
        seconds = linked.row.seconds or self.assignment.rubric.limits.seconds_per_row
        plain = linked.check is not None and linked.check.rule is None
        student.begin_row(seconds, linked.row.visibility, imported=plain)
        fixtures = self.fixtures(linked, student)
        award: Award = fixtures["award"]
        with explained(award):
            if linked.check is None:
                read_written(linked, student, award)
            else:
                self._run(linked, linked.check, fixtures)
        return award.finding(fixtures["params"].read, student.printed(), student.remarks()), award.figure

    def _run(self, linked: LinkedRow, check: Check, fixtures: dict[str, Any]) -> None:
        """Runs a row's spec. What it raises over a value of the student's is theirs, and not the check's mistake."""
        with _ONE_PLAIN_CHECK if check.rule is None else nullcontext():
            try:
                run_check(check, fixtures)
            except OVER_A_VALUE as error:
                from autograder.grading import blame  # most checks raise nothing

                def again(other: Any) -> None:
                    run_check(check, self.fixtures(linked, other))

                returned = fixtures["student"].returned
                sentence = clean(blame.blamed(error, linked, returned, again, self.assignment.root))
                if not sentence:
                    raise
                blame.judge_over_a_value(check, fixtures["award"], sentence, error)


def run_check(check: Check, fixtures: dict[str, Any]) -> None:
    """Runs a spec of either kind; raises what is neither a failed assertion nor a skip."""
    if check.owner is not None:
        from autograder.grading.unittest_adapter import run_method  # imports unittest, which no spec of ours needs

        run_method(check, fixtures["student"], fixtures["award"])
    else:
        run_function(check, fixtures)
