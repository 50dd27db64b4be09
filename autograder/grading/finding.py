"""What was found in one row of one submission, and the mark that it makes under a rubric.

A finding knows no points, no visibility and no credit rule: `mark_of` is a pure function of a finding and a linked
rubric row. So findings are stored, and another rubric needs no rerun, but for a row whose spec read a parameter that
has changed since.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import msgspec
from msgspec.structs import replace

from autograder.assignment import credit
from autograder.assignment.link import LinkedRow
from autograder.core.figure import Figure
from autograder.core.outcome import LeaderboardEntry, Mark, Outcome, of_fraction
from autograder.core.text import head_and_tail

OUR_FAULT = "This row could not be graded, and that is our fault, not yours. The staff will grade it again."
JUDGED = ""  # the outcome of a finding whose credit decides between passed, partial and failed


class Words(msgspec.Struct, frozen=True, omit_defaults=True):
    """What each reader is told of a finding, cleaned.

    feedback: for the student. brief: in its place where the row is not visible yet; "" for the same. staff: for the
    staff only. printed: what the student's code printed. read_as: how the answer was understood. figure_text: its
    figure as plain text, where it was made before it was stored. remarks: on the file and the text, whatever came of
    the row.
    """

    feedback: str = ""
    brief: str = ""
    staff: str = ""
    printed: str = ""
    read_as: str = ""
    figure_text: str = msgspec.field(default="", name="drawn")  # as older stores call it
    remarks: str = ""


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row of one submission, apart from the rubric.

    outcome: an outcome word, or JUDGED. found: what the credit rule reads, plain JSON data. failed: a check that failed
    is never called passed, whatever its credit. parameters: those that the spec read, with their values: the finding
    stands as long as they do. board: values of leaderboard columns (name, value, order). fills_column: the check is
    there for such a column. words: what is said of it.
    """

    outcome: str = JUDGED
    found: dict[str, Any] = {}
    failed: bool = False
    parameters: dict[str, Any] = {}
    board: tuple[tuple[str, float | str, str], ...] = ()
    fills_column: bool = False
    words: Words = Words()

    @property
    def internal(self) -> bool:
        """Whether something of ours failed, so that the row must be graded again."""
        return self.outcome == Outcome.INTERNAL.value

    def holds_under(self, params: Any) -> bool:
        """Whether the row's parameters are still what the spec read."""
        missing = object()
        return all(getattr(params, name, missing) == value for name, value in self.parameters.items())

    def leaderboard(self) -> list[LeaderboardEntry]:
        """Its values of leaderboard columns."""
        return [LeaderboardEntry(*entry) for entry in self.board]


NOT_GRADED = Finding(outcome=Outcome.INTERNAL.value, words=Words(feedback=OUR_FAULT))


class Watched:
    """The parameters of a row, as a spec sees them; `read` holds those that it looked at."""

    def __init__(self, params: Any) -> None:
        self._params = params
        self.read: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        params = self.__dict__["_params"]
        if name not in getattr(params, "__struct_fields__", ()):  # it looks at them as a whole
            self.read.update({one: getattr(params, one) for one in getattr(params, "__struct_fields__", ())})
            return getattr(params, name)
        self.read[name] = getattr(params, name)
        return self.read[name]


def mark_of(finding: Finding, linked: LinkedRow, figure: Figure | None = None) -> Mark:
    """The mark that a finding makes under a rubric row."""
    fraction = share_of(finding, linked)
    outcome = outcome_of(finding, fraction)
    words, visible = finding.words, linked.row.visibility == "visible"
    hidden_words = bool(words.brief) and not visible
    read_as = f"Read as: {words.read_as}" if words.read_as and outcome is not Outcome.INTERNAL else ""
    mark = Mark(
        number=linked.row.number,
        title=linked.row.title,
        outcome=outcome,
        max_points=linked.row.worth,
        fraction=fraction,
        feedback=_lines(read_as, words.brief if hidden_words else words.feedback),
        staff=_lines(words.staff, words.feedback if hidden_words else ""),
        findings=finding.found,
        visibility=linked.row.visibility,
        tags=linked.row.tags,
        listed=linked.weighted or not finding.fills_column,
        weighted=linked.weighted,
        read_as=words.read_as,
        figure=figure,
        figure_text=words.figure_text,
        remarks=words.remarks,
    )
    return _with_printed(mark, words.printed)


def share_of(finding: Finding, linked: LinkedRow) -> Fraction:
    """The share of the row's points that a finding earns, 0 to 1; 0 for one that was not judged."""
    if finding.outcome != JUDGED:
        return Fraction(0)
    return credit.earned(linked.check.rule if linked.check else None, finding.found, linked.params, linked.row.worth)


def outcome_of(finding: Finding, fraction: Fraction) -> Outcome:
    """The outcome word of a finding that earns `fraction`."""
    if finding.outcome != JUDGED:
        return Outcome(finding.outcome)
    outcome = of_fraction(fraction)
    return Outcome.PARTIAL if finding.failed and outcome is Outcome.PASSED else outcome


def named_in(found: Mapping[str, Any]) -> tuple[str, ...]:
    """The mistakes that were recognised, in words for statistics; () if none was."""
    named = found.get("named", ())
    return tuple(str(one) for one in named) if isinstance(named, (list, tuple)) else ()


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _with_printed(mark: Mark, printed: str) -> Mark:
    """Adds what the code printed: for the staff always, for the student where the row is visible and not full."""
    if not printed.strip():
        return mark
    staff = f"{mark.staff}\nprinted:\n{printed}".strip()
    if mark.visible and mark.outcome not in (Outcome.PASSED, Outcome.WRITTEN):
        shown = f"{mark.feedback}\n\nYour code printed:\n{head_and_tail(printed)}".strip()
        return replace(mark, staff=staff, feedback=shown)
    return replace(mark, staff=staff)
