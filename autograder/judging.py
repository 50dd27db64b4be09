"""Judges one row: runs its spec, and turns what happened into a mark.

What is raised becomes an outcome: theirs by its own word, everything else as ours.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from autograder import credit, reading
from autograder.award import Award
from autograder.outcome import LeaderboardEntry, Mark, Outcome, of_fraction
from autograder.plain_text import clean
from autograder.sandbox.contract import WorkerFault
from autograder.specs import LinkedRow
from autograder.student import Fault, Student


class Deferred(Exception):
    """The row needs the answer key, which is not here: it is graded on Gradescope only."""


class NeedsPerson(Exception):
    """The answer was read, but no machine can judge it: a person does. The message is the student's."""


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
def explained(mark: Mark, award: Award) -> Iterator[Judged]:
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


def read_written(linked: LinkedRow, student: Student, judged: Judged) -> None:
    """A written answer: its text goes to the staff, and back to the student as proof that it arrived."""
    answer = student.text(linked.row.answer)
    judged.becomes(Outcome.WRITTEN, f"Your answer arrived; a person reads it.\n\n{clean(answer, 20_000)}")


def run_function(linked: LinkedRow, fixtures: dict[str, Any], judged: Judged, board: list[LeaderboardEntry]) -> None:
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


def with_printed(mark: Mark, printed: str) -> Mark:
    """Adds what the code printed: for the staff always, for the student where the row is visible and not full."""
    if not printed.strip():
        return mark
    staff = f"{mark.staff}\nprinted:\n{printed}".strip()
    if mark.visible and mark.outcome not in (Outcome.PASSED, Outcome.WRITTEN):
        shown = f"{mark.feedback}\n\nYour code printed:\n{clean(printed, 1_000)}".strip()
        return replace(mark, staff=staff, feedback=shown)
    return replace(mark, staff=staff)
