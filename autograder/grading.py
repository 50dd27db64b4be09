"""Grades one submission: calls each row's spec with its fixtures, keeps the deadline, turns what happened into marks.

`grade` and pytest call the same specs with the same fixtures; this is the loop that needs no pytest.
"""

from __future__ import annotations

import random
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder import __version__, credit, reading
from autograder.award import Award
from autograder.outcome import LeaderboardEntry, Mark, Outcome, Report, of_fraction
from autograder.plain_text import clean
from autograder.rubric import Question, RubricFile, read_rubric
from autograder.sandbox.contract import Start, WorkerFault
from autograder.specs import LinkedRow, link, load_module
from autograder.student import Fault, Limits, Student
from autograder.submission import Submission

Seen = Callable[[Report], None]


class Deferred(Exception):
    """The row needs the answer key, which is not here: it is graded on Gradescope only."""


class NeedsPerson(Exception):
    """The answer was read, but no machine can judge it: a person does. The message is the student's."""


class AbsentReference:
    """What specs get in place of the reference where it is absent: using it defers the row."""

    present = False

    def __getattr__(self, name: str) -> Any:
        raise Deferred(name)


@dataclass(frozen=True)
class Assignment:
    """A rubric, the specs linked to it, and the reference (or what stands for it where it is absent)."""

    read: RubricFile
    rows: tuple[LinkedRow, ...]
    reference: Any

    def questions(self) -> Iterator[tuple[Question, list[LinkedRow]]]:
        """Each question with its rows, in homework order."""
        for question in self.read.rubric.questions:
            yield question, [linked for linked in self.rows if linked.question is question]


def load_assignment(root: Path, rubric: Path | None = None) -> Assignment:
    """Reads the assignment that lies in `root`: its rubric, its specs, and its reference if it is there."""
    rubric = rubric or root / "tests" / "rubric.yaml"
    read = read_rubric(rubric, _shown(rubric, root))
    if str(root) not in sys.path:
        sys.path.append(str(root))  # for `import reference` in a spec; the submission's folder is never on the path
    folder = root / "tests" / "specs"
    rows = link(read, folder)
    return Assignment(read, rows, _reference(folder))


def _shown(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def _reference(folder: Path) -> Any:
    """What the assignment's own `answers.py` loads: the engine does not know where answers are kept."""
    path = folder / "answers.py"
    answers: ModuleType | None = load_module(path, "specs.answers") if path.exists() else None
    found = answers.load() if answers is not None else None
    return AbsentReference() if found is None else found


@dataclass
class Grading:
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
    leaderboard: list[LeaderboardEntry] = field(default_factory=list)
    marks: dict[int, Mark] = field(default_factory=dict)

    def __post_init__(self) -> None:
        limits = self.assignment.read.rubric.limits
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
            marks=tuple(self.marks.get(i, not_graded(linked)) for i, linked in enumerate(rows)),
            seed=self.seed,
            rubric_hash=self.assignment.read.hash,
            version=__version__,
            seconds=self.clock() - self.began,
            leaderboard=tuple(self.leaderboard),
            staff_notes=self.staff_notes,
            fault=fault,
        )

    def _grade_question(self, rows: list[LinkedRow]) -> None:
        """The rows of one question, in a process per visibility; every process is gone afterwards."""
        students: dict[str, Student] = {}
        places = {id(linked): i for i, linked in enumerate(self.assignment.rows)}
        try:
            for linked in rows:
                visibility = linked.row.visibility
                if visibility not in students:
                    students[visibility] = self.student(linked)
                self.marks[places[id(linked)]] = self.grade_row(linked, students[visibility])
        finally:
            for student in students.values():
                student.close()

    def student(self, linked: LinkedRow) -> Student:
        """The seam to the submission's answers to the row's question."""
        limits = self.assignment.read.rubric.limits
        row_seconds = linked.row.seconds or limits.seconds_per_row
        clocked = Limits(limits.seconds_per_call, row_seconds, self.deadline, self.clock)
        return Student(self.submission, linked.question.file, clocked, self.start, limits.memory_mb << 20)

    def fixtures(self, linked: LinkedRow, student: Student) -> dict[str, Any]:
        """The five fixtures of a row's spec."""
        rule = linked.check.rule if linked.check else None
        return {
            "student": student,
            "award": Award(rule, linked.params, linked.row.worth),
            "draw": random.Random(f"{self.seed}:{linked.row.number}"),
            "params": linked.params,
            "reference": self.assignment.reference,
        }

    def grade_row(self, linked: LinkedRow, student: Student) -> Mark:
        """The mark of one row, whatever happens in it."""
        student.begin_row(linked.row.seconds or self.assignment.read.rubric.limits.seconds_per_row)
        fixtures = self.fixtures(linked, student)
        award: Award = fixtures["award"]
        mark = Mark(
            number=linked.row.number,
            title=linked.row.title,
            outcome=Outcome.INTERNAL,
            max_points=linked.row.worth,
            visibility=linked.row.visibility,
            tags=linked.row.tags,
            weighted=linked.weighted,
        )
        with _explained(mark, award) as judged:
            if linked.row.graded == "written":
                _read_written(linked, student, judged)
            elif linked.check is not None and linked.check.owner is not None:
                from autograder.unittest_specs import run_method  # imports unittest, which no spec of ours needs

                run_method(linked.check, student, judged, self.leaderboard)
            else:
                _run_function(linked, fixtures, judged, self.leaderboard)
        return _with_printed(judged.mark, student.printed())


@dataclass
class Judged:
    """A mark in the making."""

    mark: Mark
    award: Award

    def becomes(self, outcome: Outcome, feedback: str = "", staff: str = "") -> None:
        """Sets the outcome of a row that was not judged by its award."""
        self.mark = replace(self.mark, outcome=outcome, feedback=feedback, staff=staff)

    def earns(self, fraction: Fraction, feedback: str = "", failed: bool = False) -> None:
        """Sets the share of a row that was judged; `failed` keeps a check that failed from being called passed."""
        outcome = of_fraction(fraction)
        outcome = Outcome.PARTIAL if failed and outcome is Outcome.PASSED else outcome
        findings = self.award.findings or {"fraction": str(fraction)}
        self.mark = replace(self.mark, outcome=outcome, fraction=fraction, feedback=feedback, findings=findings)


@contextmanager
def _explained(mark: Mark, award: Award) -> Iterator[Judged]:
    """Turns what is raised while a row is judged into its outcome: theirs by name, everything else as ours."""
    judged = Judged(mark, award)
    try:
        yield judged
    except Fault as fault:
        judged.becomes(fault.outcome, *_told(fault, mark.visible))
    except reading.Unreadable as problem:
        judged.award.unreadable(clean(str(problem)))
        judged.earns(Fraction(0), judged.award.feedback)
    except Deferred:
        judged.becomes(Outcome.DEFERRED, "Read and understood; it is graded on Gradescope.")
    except NeedsPerson as why:
        judged.becomes(Outcome.WRITTEN, clean(str(why)), "FOR A PERSON: this row could not be judged by machine.")
    except AssertionError as failure:
        judged.earns(Fraction(0), clean(str(failure) or "The check failed."), failed=True)
    except WorkerFault as fault:
        judged.becomes(Outcome.INTERNAL, OUR_FAULT, str(fault))
    except Exception:
        judged.becomes(Outcome.INTERNAL, OUR_FAULT, clean(traceback.format_exc(), 8_000))
    lines = [judged.mark.feedback]
    if award.read_as and judged.mark.outcome is not Outcome.INTERNAL:
        lines.insert(0, f"Read as: {award.read_as}")
    staff = "\n".join(part for part in (*award.staff, judged.mark.staff) if part)
    judged.mark = replace(
        judged.mark,
        feedback="\n".join(line for line in lines if line),
        staff=staff,
        read_as=award.read_as,
        picture=award.picture,
    )


def _told(fault: Fault, visible: bool) -> tuple[str, str]:
    """A fault for the student and for the staff. Where the row is not visible, what the code said is for the staff."""
    if visible or fault.brief == fault.feedback:
        return clean(fault.feedback), fault.staff
    return clean(fault.brief), "\n".join(part for part in (fault.staff, clean(fault.feedback)) if part)


OUR_FAULT = "This row could not be graded, and that is our fault, not yours. The staff will grade it again."


def not_graded(linked: LinkedRow) -> Mark:
    """The mark of a row that grading did not get to."""
    row = linked.row
    return Mark(
        number=row.number,
        title=row.title,
        outcome=Outcome.INTERNAL,
        max_points=row.worth,
        feedback=OUR_FAULT,
        visibility=row.visibility,
        tags=row.tags,
        weighted=linked.weighted,
    )


def _read_written(linked: LinkedRow, student: Student, judged: Judged) -> None:
    """A written answer: its text goes to the staff, and back to the student as proof that it arrived."""
    answer = student.text(linked.row.answer)
    judged.becomes(Outcome.WRITTEN, f"Your answer arrived; a person reads it.\n\n{clean(answer, 20_000)}")


def _run_function(linked: LinkedRow, fixtures: dict[str, Any], judged: Judged, board: list[LeaderboardEntry]) -> None:
    """A spec that is a function: ours with an award, or one in plain gradescope-utils style."""
    check = linked.check
    assert check is not None
    forget_scores(check.function)
    try:
        check.function(**{name: fixtures[name] for name in check.fixtures})
    except AssertionError as failure:
        judge_plain(check.function, judged, board, failure)
    except BaseException as error:
        if type(error).__name__ not in ("SkipTest", "Skipped"):
            raise
        judged.becomes(Outcome.DEFERRED, skipped(error))
    else:
        if judged.award.fraction is not None:
            judged.earns(judged.award.fraction, judged.award.feedback)
        elif check.rule is not None:
            raise RuntimeError(f"{check.name} ended without award.found(...)")
        else:
            judge_plain(check.function, judged, board, None)


def skipped(reason: object) -> str:
    """What the student reads where an instructor's check was skipped."""
    return clean(f"The staff left this check out: {reason}")


def forget_scores(function: Any) -> None:
    """Removes what gradescope-utils' decorators kept from the last submission: they store scores on the function."""
    for name in ("__score__", "__leaderboard_value__"):
        function.__dict__.pop(name, None)


def judge_plain(function: Any, judged: Judged, board: list[LeaderboardEntry], failure: AssertionError | None) -> None:
    """A check in plain gradescope-utils style: its partial credit and leaderboard value, or whether it failed."""
    column = getattr(function, "__leaderboard_column__", None)
    if column is not None:
        value = getattr(function, "__leaderboard_value__", None)
        if isinstance(value, (int, float, str)):
            board.append(LeaderboardEntry(str(column), value, function.__leaderboard_sort_order__))
        judged.mark = replace(judged.mark, listed=judged.mark.weighted)
    score, weight = getattr(function, "__score__", None), judged.mark.max_points
    fraction = Fraction(0 if failure else 1)
    if score is not None and weight:
        fraction = credit.clamped(credit.exactly(score) / weight)
    hidden = getattr(function, "__hide_errors__", None)
    said = "" if failure is None else clean(hidden or str(failure) or "The check failed.")
    judged.earns(fraction, said, failed=failure is not None)


def _with_printed(mark: Mark, printed: str) -> Mark:
    """Adds what the code printed: for the staff always, for the student where the row is visible and not full."""
    if not printed.strip():
        return mark
    staff = f"{mark.staff}\nprinted:\n{printed}".strip()
    if mark.visible and mark.outcome not in (Outcome.PASSED, Outcome.WRITTEN):
        shown = f"{mark.feedback}\n\nYour code printed:\n{clean(printed, 1_000)}".strip()
        return replace(mark, staff=staff, feedback=shown)
    return replace(mark, staff=staff)
