"""Judges one row: runs its spec, and turns what happened into a finding.

What is raised becomes an outcome: theirs by its own word, everything else as ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from autograder.assignment import credit
from autograder.assignment.link import Check, LinkedRow
from autograder.assignment.load import Deferred
from autograder.core.errors import AutograderError
from autograder.core.outcome import Outcome
from autograder.core.text import clean
from autograder.grading import coerce
from autograder.grading.award import Award
from autograder.grading.faults import Fault
from autograder.grading.finding import JUDGED, OUR_FAULT, Finding, Words
from autograder.grading.student import Student
from autograder.sandbox.protocol import WorkerFault

# What Python raises in a check that does arithmetic with a value of the wrong kind.
OVER_A_VALUE = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError)


class NeedsPerson(AutograderError):
    """The answer was read, but no machine can judge it: a person does. The message is the student's."""


class Judged(msgspec.Struct):
    """A finding in the making."""

    award: Award
    outcome: str = JUDGED
    found: dict[str, Any] = {}
    failed: bool = False
    feedback: str = ""
    brief: str = ""
    staff: str = ""
    board: list[tuple[str, float | str, str]] = []
    fills_column: bool = False

    def becomes(self, outcome: Outcome, feedback: str = "", staff: str = "", brief: str = "") -> None:
        """Sets the outcome of a row that was not judged by its award."""
        self.outcome, self.feedback, self.staff, self.brief = outcome.value, feedback, staff, brief

    def is_judged(self, found: dict[str, Any], feedback: str = "", failed: bool = False) -> None:
        """Sets what a row was found to be; `failed` keeps a check that failed from being called passed."""
        self.found, self.feedback, self.failed = found, feedback, failed

    def finding(self, parameters: dict[str, Any], printed: str, remarks: str = "") -> Finding:
        """The finding.

        parameters: those that the spec read. printed: what the student's code printed meanwhile. remarks: on the file.
        """
        staff = "\n".join(part for part in (*self.award.staff, self.staff) if part)
        words = Words(self.feedback, self.brief, staff, printed, self.award.read_as, remarks=clean(remarks))
        return Finding(self.outcome, self.found, self.failed, parameters, tuple(self.board), self.fills_column, words)


@contextmanager
def explained(award: Award) -> Iterator[Judged]:
    """Turns what is raised while a row is judged into its outcome: theirs by name, everything else as ours."""
    judged = Judged(award)
    try:
        yield judged
    except Fault as fault:
        _blame(judged, fault)
    except coerce.Unreadable as problem:
        judged.award.unreadable(clean(str(problem)))
        judged.is_judged(judged.award.findings, judged.award.feedback)
    except Deferred:
        read = "\n".join([*award.problems, "The rest was read"] if award.problems else ["Read and understood"])
        judged.becomes(Outcome.DEFERRED, clean(f"{read}; it is graded on Gradescope."))
        judged.found = award.read_in_part()
    except NeedsPerson as why:
        judged.becomes(Outcome.WRITTEN, clean(str(why)), "FOR A PERSON: this row could not be judged by machine.")
    except AssertionError as failure:
        judged.is_judged({"fraction": "0"}, clean(str(failure) or "The check failed."), failed=True)
    except WorkerFault as fault:
        judged.becomes(Outcome.INTERNAL, OUR_FAULT, str(fault))
    except Exception:
        import traceback

        judged.becomes(Outcome.INTERNAL, OUR_FAULT, clean(traceback.format_exc(), 8_000))


def _blame(judged: Judged, fault: Fault) -> None:
    """A fault for the student and for the staff. Where the row is not visible, what the code said is for the staff."""
    brief = clean(fault.brief) if fault.brief != fault.feedback else ""
    judged.becomes(fault.outcome, clean(fault.feedback), fault.staff, brief)
    judged.found = {"named": [fault.named]} if fault.named else {}


def read_written(linked: LinkedRow, student: Student, judged: Judged) -> None:
    """A written answer: its text goes to the staff, and back to the student as proof that it arrived."""
    answer = student.text(linked.row.answer)
    judged.becomes(Outcome.WRITTEN, f"{ARRIVED}{clean(answer, LONGEST_ANSWER)}")


ARRIVED = "Your answer arrived; a person reads it.\n\n"
LONGEST_ANSWER = 100_000  # characters of a written answer that people read


def run_function(check: Check, fixtures: dict[str, Any], judged: Judged) -> None:
    """A spec that is a function: ours with an award, or one in plain gradescope-utils style."""
    forget_scores(check.function)
    try:
        check.function(**{name: fixtures[name] for name in check.fixtures})
    except AssertionError as failure:
        judge_plain(check.function, judged, failure)
    except BaseException as error:
        if type(error).__name__ not in ("SkipTest", "Skipped"):
            raise
        judged.becomes(Outcome.DEFERRED, skipped(error))
    else:
        if judged.award.fraction is not None:
            judged.is_judged(judged.award.findings, judged.award.feedback)
        elif check.rule is not None:
            raise RuntimeError(f"{check.name} ended without award.found(...)")
        else:
            judge_plain(check.function, judged, None)


def skipped(reason: object) -> str:
    """What the student reads where an instructor's check was skipped."""
    return clean(f"The staff left this check out: {reason}")


def forget_scores(function: Any) -> None:
    """Removes what gradescope-utils' decorators kept from the last submission: they store scores on the function."""
    for name in ("__score__", "__leaderboard_value__"):
        function.__dict__.pop(name, None)


def judge_plain(function: Any, judged: Judged, failure: AssertionError | None) -> None:
    """A check in plain gradescope-utils style: its partial credit and leaderboard value, or whether it failed."""
    column = getattr(function, "__leaderboard_column__", None)
    if column is not None:
        value: Any = getattr(function, "__leaderboard_value__", None)
        value = value.item() if getattr(value, "shape", None) == () else value  # one of numpy's
        if isinstance(value, (int, float, str)):
            judged.board.append((str(column), value, function.__leaderboard_sort_order__))
        judged.fills_column = True
    found = {"fraction": "0" if failure else "1"}
    score = getattr(function, "__score__", None)
    if score is not None:
        found["score"] = str(credit.exactly(score))
    hidden = getattr(function, "__hide_errors__", None)
    said = "" if failure is None else clean(hidden or str(failure) or "The check failed.")
    judged.is_judged(found, said, failed=failure is not None)
