"""`check --hint 2.1e`: one level more on one row, without a key: what its spec can tell, and a failing call that runs.

The program that makes the failing call lies in `.autograder/` of the student's folder, which no reader lists.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment.link import LinkedRow
from autograder.assignment.load import OWN_ROOT, Assignment, Deferred
from autograder.check import versions
from autograder.check.checking import calls, read_here
from autograder.check.history import PLACE, keep
from autograder.core.environment import from_here, quoted
from autograder.core.errors import AutograderError
from autograder.core.figure import Addition, Figure, Hint
from autograder.core.outcome import Mark, Outcome
from autograder.core.text import clean
from autograder.grading.coerce import Unreadable
from autograder.grading.faults import Fault
from autograder.grading.finding import mark_of
from autograder.grading.grader import Grading
from autograder.grading.row import NeedsPerson
from autograder.report.snippet import as_program
from autograder.report.terminal import wrapped
from autograder.report.timeline import block
from autograder.sandbox.jail import Jail
from autograder.sandbox.protocol import WorkerFault

NONE = {
    Outcome.PASSED: "it has full points: there is nothing to hint at.",
    Outcome.WRITTEN: "a person reads this answer: there is no hint.",
    Outcome.DEFERRED: "it is judged on Gradescope only, and the answer is not here: there is no hint. {feedback}",
    Outcome.UNANSWERED: "not answered yet: there is nothing to compare. The stub says what is asked for.",
    Outcome.MISSING: "there is nothing to compare yet. {feedback}",
    Outcome.INTERNAL: "{feedback}",
}


class CannotHint(AutograderError):
    """No hint can be given; the message is one sentence that says why and what to do."""


@dataclass(frozen=True)
class Hinted:
    """What is told of a row. program: a failing call that runs, where there is one."""

    mark: Mark
    lines: tuple[str, ...]
    program: Path | None = None

    @property
    def code(self) -> int:
        """0 if the row is full, as far as it can be judged here; 1 if not; 2 for a fault of ours."""
        if self.mark.outcome is Outcome.INTERNAL:
            return 2
        fine = (Outcome.PASSED, Outcome.DEFERRED, Outcome.WRITTEN)
        return 0 if self.mark.outcome in fine and not self.mark.in_part else 1


def hinted(assignment: Assignment, folder: Path, number: str, root: Path) -> Hinted:
    """Judges one row, and what can be told of it beyond that. Raises CannotHint."""
    linked = _row(assignment, number)
    if not linked.row.hint:
        call = calls(assignment, folder)("check", linked.row.number)
        raise CannotHint(f"the staff give no hint on {linked.row.number}. To judge it: {call}")
    submission = read_here(folder, assignment)
    with Jail(results={root, OWN_ROOT}) as jail:
        submission, _ = versions.as_there(submission, assignment.rubric.gradescope, jail.start, folder)
        grading = Grading(assignment, submission, seed=assignment.seed(), start=jail.start)
        student = grading.student(linked)
        try:
            finding, figure = grading.grade_row(linked, student)
            mark = mark_of(finding, linked, figure)
            said = NONE.get(mark.outcome)
            if said is not None and not mark.in_part:
                return Hinted(mark, (said.format(feedback=mark.told).strip(),))
            hint = _ask(grading, linked)
        finally:
            student.close()
    return _with_program(mark, hint, hint.figure or figure, linked, folder)


def _row(assignment: Assignment, number: str) -> LinkedRow:
    wanted = number.strip().lower()
    for linked in assignment.rows:
        if linked.row.number and linked.row.number.lower() == wanted:
            return linked
    numbers = [linked.row.number for linked in assignment.rows if linked.row.number]
    near = [one for one in numbers if one.lower().startswith(wanted)] or numbers
    raise CannotHint(f"there is no row {clean(number, 40)}. A hint is on one row: {', '.join(near)}.")


def _ask(grading: Grading, linked: LinkedRow) -> Hint:
    """What the row's spec tells; nothing where it cannot."""
    make = linked.check.hint if linked.check is not None else None
    if make is None:
        return Hint()
    student = grading.student(linked)
    student.begin_row(linked.row.seconds or grading.assignment.rubric.limits.seconds_per_row)
    fixtures = grading.fixtures(linked, student)
    try:
        found = make(fixtures["student"], fixtures["draw"], fixtures["params"])
    except (Fault, Unreadable, NeedsPerson, Deferred, WorkerFault):  # what the check says already
        return Hint()
    except Exception as error:
        return Hint((f"hint: it could not be made, and that is our fault, not yours ({type(error).__name__}).",))
    finally:
        student.close()
    return found if isinstance(found, Hint) else Hint()


def _with_program(mark: Mark, hint: Hint, figure: Figure | None, linked: LinkedRow, folder: Path) -> Hinted:
    """The hint, with the failing call as a program where there is one."""
    lines = [*mark.told.splitlines(), *(["", *map(clean, hint.lines)] if hint.lines else [])]
    if isinstance(figure, Addition) and figure.rows:
        lines += ["", *block(figure)]
    name = f"failing_{''.join(c if c.isalnum() else '_' for c in mark.number)}.py"
    title = f"A call of row {mark.number} that fails. `check --hint {mark.number}` writes this file anew."
    text = as_program(figure, linked.question.file, title)
    if not text:
        nothing = [] if hint.lines else ["There is no more to say of this row than this."]
        return Hinted(mark, (*lines, *nothing))
    try:
        program = keep(folder, name, text.encode())
    except OSError as error:
        there = folder / PLACE / name
        return Hinted(mark, (*lines, f"The failing call could not be written to {there}: {error.strerror}."))
    return Hinted(mark, tuple(lines), program)


def told(hinted: Hinted) -> Iterator[str]:
    """What is printed, at most 80 columns wide where no word is longer."""
    mark = hinted.mark
    yield f"{mark.number} {mark.title}: {str(mark.outcome).replace('_', ' ')}"
    for line in hinted.lines:
        yield from wrapped(f"  {line}")
    if hinted.program is not None:
        yield ""
        yield "The failing call, as a program that prints both values:"
        yield f"  {quoted(from_here(Path(sys.executable)))} {quoted(hinted.program)}"  # the Python that has numpy
