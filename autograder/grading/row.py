"""Judges one row: runs its spec, and turns what happened into a finding.

What is raised becomes an outcome: theirs by its own word, everything else as ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from autograder.assignment import credit
from autograder.assignment.link import Check, LinkedRow
from autograder.assignment.load import Deferred
from autograder.core.errors import AutograderError
from autograder.core.outcome import Outcome
from autograder.core.text import clean
from autograder.grading import coerce
from autograder.grading.award import Award
from autograder.grading.faults import Fault
from autograder.grading.finding import OUR_FAULT
from autograder.grading.student import Student
from autograder.sandbox.protocol import WorkerFault

# What Python raises in a check that does arithmetic with a value of the wrong kind.
OVER_A_VALUE = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError)


class NeedsPerson(AutograderError):
    """The answer was read, but no machine can judge it: a person does. The message is the student's."""


@contextmanager
def explained(award: Award) -> Iterator[None]:
    """Turns what is raised while a row is judged into its outcome: theirs by name, everything else as ours."""
    try:
        yield
    except Fault as fault:  # where the row is not visible, what the code said is for the staff
        brief = clean(fault.brief) if fault.brief != fault.feedback else ""
        award.becomes(fault.outcome, clean(fault.feedback), fault.staff, brief)
        award.findings = {"named": [fault.named]} if fault.named else {}
    except coerce.Unreadable as problem:
        award.unreadable(clean(str(problem)))
    except Deferred:
        read = "\n".join([*award.problems, "The rest was read"] if award.problems else ["Read and understood"])
        award.becomes(Outcome.DEFERRED, clean(f"{read}; it is graded on Gradescope."))
        award.findings = award.read_in_part()
    except NeedsPerson as why:
        award.becomes(Outcome.WRITTEN, clean(str(why)), "FOR A PERSON: this row could not be judged by machine.")
    except WorkerFault as fault:
        award.becomes(Outcome.INTERNAL, OUR_FAULT, str(fault))
    except Exception:
        import traceback

        award.becomes(Outcome.INTERNAL, OUR_FAULT, clean(traceback.format_exc(), 8_000))


def read_written(linked: LinkedRow, student: Student, award: Award) -> None:
    """A written answer: its text goes to the staff, and back to the student as proof that it arrived."""
    answer = student.text(linked.row.answer)
    award.becomes(Outcome.WRITTEN, f"{ARRIVED}{clean(answer, LONGEST_ANSWER)}")


ARRIVED = "Your answer arrived; a person reads it.\n\n"
LONGEST_ANSWER = 100_000  # characters of a written answer that people read


def run_function(check: Check, fixtures: dict[str, Any]) -> None:
    """A spec that is a function: ours with an award, or one in plain gradescope-utils style."""
    award: Award = fixtures["award"]
    forget_scores(check.function)
    try:
        check.function(**{name: fixtures[name] for name in check.fixtures})
    except AssertionError as failure:
        judge_plain(check.function, award, failure)
    except BaseException as error:
        if type(error).__name__ not in ("SkipTest", "Skipped"):
            raise
        award.becomes(Outcome.DEFERRED, skipped(error))
    else:
        if award.fraction is None and check.rule is not None:
            raise RuntimeError(f"{check.name} ended without award.found(...)")
        if award.fraction is None:
            judge_plain(check.function, award, None)


def skipped(reason: object) -> str:
    """What the student reads where an instructor's check was skipped."""
    return clean(f"The staff left this check out: {reason}")


def forget_scores(function: Any) -> None:
    """Removes what gradescope-utils' decorators kept from the last submission: they store scores on the function."""
    for name in ("__score__", "__leaderboard_value__"):
        function.__dict__.pop(name, None)


def judge_plain(function: Any, award: Award, failure: AssertionError | None) -> None:
    """A check in plain gradescope-utils style: its partial credit and leaderboard value, or whether it failed."""
    column = getattr(function, "__leaderboard_column__", None)
    if column is not None:
        value: Any = getattr(function, "__leaderboard_value__", None)
        value = value.item() if getattr(value, "shape", None) == () else value  # one of numpy's
        if isinstance(value, (int, float, str)):
            award.board.append((str(column), value, function.__leaderboard_sort_order__))
        award.fills_column = True
    award.findings, award.failed = {"fraction": "0" if failure else "1"}, failure is not None
    score = getattr(function, "__score__", None)
    if score is not None:
        award.findings["score"] = str(credit.exactly(score))
    hidden = getattr(function, "__hide_errors__", None)
    award.feedback = "" if failure is None else clean(hidden or str(failure) or "The check failed.")
