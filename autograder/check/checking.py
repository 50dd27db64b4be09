"""One check of a folder: which rows, what is found, and what is said of it.

Packages are imported where they are used: whether they are there at all is looked at first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from autograder.check.interrupt import heard
from autograder.check.preflight import CannotCheck, calling, default_folder

if TYPE_CHECKING:
    from autograder.assignment.link import LinkedRow
    from autograder.assignment.load import Assignment
    from autograder.core.outcome import Mark, Report
    from autograder.core.submission import Submission
    from autograder.report.terminal import Line

FULL, NOT_FULL, OUR_FAULT, STOPPED = 0, 1, 2, 130
SeenRow = Callable[["LinkedRow", "Mark | None"], None]


class Home(NamedTuple):
    """The assignment as it is at a student's home: no reference, every row visible.

    waiting: the numbers of the rows that students see later on Gradescope. asked: whether some rows were asked for.
    """

    assignment: Assignment
    waiting: frozenset[str]
    asked: bool = False

    def knows(self, question: str) -> bool:
        """Whether "2", "Q2", "2.1A" or "1,2.1a" names rows of this assignment, each part of it."""
        return all(self._rows(part) for part in question.split(","))

    def only(self, questions: Iterable[str]) -> Home:
        """The rows that are named, in homework order. Raises CannotCheck for a name that is none."""
        from msgspec.structs import replace as changed

        chosen: list[str] = []
        for part in (part for question in questions for part in question.split(",")):
            if not (named := self._rows(part)):
                numbers = ", ".join(dict.fromkeys(row.row.number.split(".")[0] for row in self.assignment.rows))
                example = next((row.row.number for row in self.assignment.rows if "." in row.row.number), numbers)
                raise CannotCheck(
                    f"there is no question {part}. Questions: {numbers}; a row such as {example} works too."
                )
            chosen += named
        rows = tuple(linked for linked in self.assignment.rows if linked.row.number in chosen)
        return self._replace(assignment=changed(self.assignment, rows=rows), asked=True)

    def _rows(self, question: str) -> list[str]:
        """The rows that a name means: of 2 and 2.1 all that begin so."""
        name = question.strip().lower().removeprefix("question").removeprefix("row").removeprefix("q").strip()
        stem = name if "." in name else f"{name}."
        numbers = [linked.row.number for linked in self.assignment.rows]
        return [one for one in numbers if name and (one.lower() == name or one.lower().startswith(stem))]


def home(root: Path) -> Home:
    """The assignment in `root`, at home. Raises CannotCheck if its rubric or a spec is broken."""
    from autograder.assignment.load import OWN_ROOT, load_assignment
    from autograder.check.manifest import unpack_again
    from autograder.core.errors import AssignmentError

    try:
        whole = load_assignment(root)
    except AssignmentError as error:
        if changed := unpack_again(OWN_ROOT):
            raise CannotCheck(changed) from error
        raise CannotCheck(f"this is our fault, not yours; please tell the staff: {error}") from error
    waiting = frozenset(linked.row.number for linked in whole.rows if linked.row.visibility != "visible")
    return Home(whole.at_home(), waiting)


def home_assignment(root: Path, question: str | None = None) -> Assignment:
    """The assignment at home, whole or the rows that are named. Raises CannotCheck."""
    whole = home(root)
    return whole.assignment if question is None else whole.only([question]).assignment


# ----------------------------------------------------------------------------------------------------------- one check


class Checked(NamedTuple):
    """A report on what lies in a folder, and sentences about this run.

    versions: of Python and numpy, where they are not those on Gradescope. points: in words.
    asked: whether some rows were asked for. stopped: Ctrl-C came before all rows were judged. call: makes the call of a
    command for this folder from its words.
    """

    folder: Path
    report: Report
    isolation: str
    notes: tuple[str, ...]
    isolated: str = ""
    versions: str = ""
    points: str = ""
    asked: bool = False
    stopped: bool = False
    call: Callable[..., str] = calling

    @property
    def code(self) -> int:
        """0 if every row that a spec judges is full, as far as it can be judged here, and no other one crashed."""
        if self.stopped:
            return STOPPED
        if self.report.rerun:
            return OUR_FAULT
        return NOT_FULL if any(self._lost(mark) for mark in self.report.marks) else FULL

    def _lost(self, mark: Mark) -> bool:
        """Whether a row is not as it should be. One without a score is none of a full run, unless it broke."""
        from autograder.core.outcome import Outcome

        if mark.outcome in (Outcome.PASSED, Outcome.DEFERRED):
            return mark.weighted and bool(mark.in_part)
        if mark.outcome is Outcome.WRITTEN:
            return mark.weighted  # a machine was to judge it, and could not
        broke = mark.outcome in (Outcome.CRASHED, Outcome.TIMED_OUT, Outcome.KILLED)
        return mark.weighted or self.asked or broke

    def page(self, news: str = "", verbose: bool = False, echo: bool = True) -> Iterator[Line]:
        """The lines to print. news: what changed since the last check. echo: written answers are shown in full."""
        from autograder.core.text import one_line
        from autograder.report.terminal import page

        footer = [self.isolation if verbose else self.isolated]
        if not self.stopped:
            footer.append(
                f"Checked the files in {one_line(str(self.folder.resolve()))} in {self.report.seconds:.2f} s."
            )
            footer.append(self.versions)
        if not (self.stopped or self.asked):
            footer.append(self._next())
        return page(self.report, self.notes, [line for line in footer if line], self.points, news, echo)

    def _next(self) -> str:
        from autograder.core.outcome import Outcome
        from autograder.report.terminal import with_call

        if self.report.rerun:
            return "Next: tell the staff; this is our fault."
        lost = [mark for mark in self.report.marks if self._lost(mark)]
        wrong = next((mark for mark in lost if mark.outcome is not Outcome.UNANSWERED), None)
        if wrong is not None:
            return with_call(f"Next: {wrong.number}. To check it alone:", self.call("check", wrong.number))
        if lost:
            return with_call(f"Next: answer {lost[0].number}. To check it alone:", self.call("check", lost[0].number))
        return with_call("Next: check again, and write the zip to upload to Gradescope:", self.call("pack"))

    def as_json(self) -> dict[str, Any]:
        from autograder.core.outcome import SCHEMA_VERSION

        return {
            "schema_version": SCHEMA_VERSION,
            "version": self.report.version,
            "rubric": self.report.rubric_hash,
            "exit_code": self.code,
            "isolation": self.isolation,
            "versions": self.versions,
            "notes": list(self.notes),
            "receipt": self.report.receipt.record() if self.report.receipt is not None else None,
            "rows": [_json_row(mark) for mark in self.report.marks],
        }


def _json_row(mark: Mark) -> dict[str, Any]:
    from autograder.core.points import decimal_text

    points, most = (float(decimal_text(p)) if mark.scored else None for p in (mark.points, mark.max_points))
    row = {"number": mark.number, "title": mark.title, "outcome": str(mark.outcome), "points": points}
    return {**row, "max_points": most, "read_as": mark.read_as, "feedback": mark.told}


def check(asked: Home, folder: Path, on_row: SeenRow = lambda linked, mark: None) -> Checked:
    """Checks a folder. After Ctrl-C it holds the rows that were judged by then. on_row: see `Grading`."""
    from msgspec.structs import replace as changed

    from autograder.assignment.load import OWN_ROOT
    from autograder.check import versions
    from autograder.check.manifest import ENGINE, unpack_again
    from autograder.check.tally import points_line
    from autograder.core.outcome import Outcome
    from autograder.core.receipt import receipt_of
    from autograder.grading.grader import Grading
    from autograder.sandbox.jail import Jail
    from autograder.sandbox.protocol import WorkerFault

    assignment, there = asked.assignment, asked.assignment.rubric.gradescope
    submission = read_here(folder, assignment)
    receipt = receipt_of(submission, assignment.rubric.files())
    altered = unpack_again(OWN_ROOT)
    notes = [f"Not the self-check that you downloaded: {altered}"] if altered else []
    isolation = isolated = stopped = ""
    judged: list[Mark] = []

    def seen(linked: LinkedRow, mark: Mark | None) -> None:
        judged.extend([mark] if mark is not None else [])
        on_row(linked, mark)

    with heard(), Jail(results={assignment.root, OWN_ROOT}) as jail:
        try:
            isolation, isolated = jail.isolation.line(), jail.isolation.in_short()
            submission, unchecked = versions.as_there(submission, there, jail.start, folder)
            notes += [unchecked] if unchecked else []
        except WorkerFault as fault:  # every row says so, too
            if engine := unpack_again(OWN_ROOT, (ENGINE,)):
                raise CannotCheck(engine) from fault
            notes = [f"Nothing could be run on this machine, and that is no fault of yours: {fault}", *notes]
        seed = assignment.seed()
        grading = Grading(assignment, submission, seed=seed, start=jail.start, on_row=seen, warns_of_time=True)
        try:
            report = grading.run()
        except KeyboardInterrupt:
            report = changed(grading.report(), marks=tuple(judged))
            stopped = _stopped(assignment, judged)
    if altered and isolation and any(mark.outcome is Outcome.INTERNAL for mark in judged):
        raise CannotCheck(altered)  # a row went wrong by that, and not by a fault of ours
    report = changed(report, receipt=receipt)  # of what was read, though Gradescope's Python may not run it
    said = (*([stopped] if stopped else []), *report.notes, *notes)
    points = points_line(report.marks, assignment.rows, asked.waiting)
    there_and_here, call = versions.line(there), calls(assignment, folder)
    return Checked(folder, report, isolation, said, isolated, there_and_here, points, asked.asked, bool(stopped), call)


def calls(assignment: Assignment, folder: Path) -> Callable[..., str]:
    """What makes the call of a command for a folder, which is named unless it is the one that is meant anyhow."""
    meant = default_folder(assignment.rubric.files(), assignment.root)
    return lambda *words: calling(*words, *([] if folder == meant else [folder]), root=assignment.root)


def read_here(folder: Path, assignment: Assignment) -> Submission:
    """What lies in a student's folder. Raises CannotCheck where this machine's numpy is too old to judge it."""
    from msgspec.structs import replace as changed

    from autograder.check import versions
    from autograder.core.submission import read_submission

    if problem := versions.too_old(assignment.rubric.gradescope):
        raise CannotCheck(problem)
    return changed(read_submission(folder, assignment.rubric.files()), place="this folder")


def _stopped(assignment: Assignment, judged: list[Mark]) -> str:
    """Which rows Ctrl-C kept from being judged, in a sentence."""
    done = {mark.number for mark in judged}
    left = [linked.row.number for linked in assignment.rows if linked.row.number not in done]
    if not left:
        return "Stopped when every row was judged."
    return f"Stopped: {f'{left[0]} to {left[-1]} were' if left[1:] else f'{left[0]} was'} not judged."
