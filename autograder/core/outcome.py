"""The words: what can become of a row (`Outcome`), what a row earned (`Mark`), what a submission earned (`Report`).

The words are the same in the code, in results.json, on the command line and in the README. Points are exact decimal
fractions until the moment they are written.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from typing import Any

import msgspec

from autograder.core.figure import Figure
from autograder.core.receipt import Receipt

# Of `extra_data` and `check --json` (docs/results-format.md): one more where a key goes or changes its meaning.
SCHEMA_VERSION = 1


class Outcome(str, Enum):
    """What became of one row."""

    PASSED = "passed"  # full credit
    PARTIAL = "partial"  # some credit
    FAILED = "failed"  # no credit
    UNANSWERED = "unanswered"  # the stub was left as it was
    MISSING = "missing"  # the file or the name is not there
    CRASHED = "crashed"  # their code raised an exception
    TIMED_OUT = "timed_out"
    KILLED = "killed"  # memory, a signal, an exit
    WRITTEN = "written"  # for a person to read
    DEFERRED = "deferred"  # read and understood; graded elsewhere
    INTERNAL = "internal"  # our fault, never theirs

    def __str__(self) -> str:
        return self.value

    @property
    def receipt(self) -> str:
        """What may be said of a row that is not visible: whether the answer arrived, never whether it is right.

        >>> Outcome.FAILED.receipt, Outcome.TIMED_OUT.receipt
        ('read', 'timed_out')
        """
        if self in _ARRIVED:
            return "read"
        return "not graded (our fault)" if self is Outcome.INTERNAL else self.value

    @property
    def scored(self) -> bool:
        """Whether the row carries a score: a written or deferred row does not."""
        return self not in (Outcome.WRITTEN, Outcome.DEFERRED)


FOR_A_PERSON = "FOR A PERSON: "  # how a flag begins among what only the staff are told
_ARRIVED = (Outcome.PASSED, Outcome.PARTIAL, Outcome.FAILED, Outcome.WRITTEN, Outcome.DEFERRED)


def of_fraction(fraction: Fraction) -> Outcome:
    """The outcome of a row that was judged: full, some or no credit."""
    if fraction >= 1:
        return Outcome.PASSED
    return Outcome.PARTIAL if fraction > 0 else Outcome.FAILED


class Mark(msgspec.Struct, frozen=True):
    """What one row earned, and the words for each reader.

    fraction: the share of the row's points, 0 to 1. `findings` is what it follows from: plain JSON data, free of
    points, so that another rubric can be applied to it without running anything again.
    feedback: for the student. staff: for the staff only (what was printed or raised, flags). read_as: how an answer was
    understood, which the feedback says too. figure: what can be shown of it; it is not stored. figure_text: the same as
    plain text, where it comes from a store. remarks: on the file and the text, whatever came of the row. decided: the
    fraction is a person's, whatever the outcome is, and the row carries a score.
    """

    number: str
    title: str
    outcome: Outcome
    max_points: Fraction
    fraction: Fraction = Fraction(0)
    feedback: str = ""
    staff: str = ""
    findings: Mapping[str, Any] = {}
    visibility: str = "visible"
    tags: tuple[str, ...] = ()
    listed: bool = True  # False for a check that only fills a leaderboard column
    weighted: bool = True  # False for a row without a score: written, or without points
    read_as: str = ""
    figure: Figure | None = None
    figure_text: str = ""
    remarks: str = ""
    decided: bool = False

    @property
    def points(self) -> Fraction:
        """Points earned, 0 to `max_points`."""
        return self.fraction * self.max_points

    @property
    def scored(self) -> bool:
        """Whether the row carries a score."""
        return self.decided or (self.weighted and self.outcome.scored)

    @property
    def receipt(self) -> str:
        """What may be said of the row before it is visible: whether the answer arrived, and could be read at all."""
        if self.findings.get("unreadable"):
            return "received, but could not be read"
        if not (in_part := self.in_part):
            return self.outcome.receipt
        more = f" and {len(in_part) - 3} more" if len(in_part) > 3 else ""
        return f"read in part: {', '.join(in_part[:3])}{more}"

    @property
    def told(self) -> str:
        """The feedback and the remarks, for a reader who sees one row at a time."""
        return "\n".join(part for part in (self.feedback, self.remarks) if part)

    @property
    def in_part(self) -> tuple[str, ...]:
        """What of the answer could not be read, in a few words of ours each."""
        said = self.findings.get("in_part", ())
        return tuple(str(one) for one in said) if isinstance(said, (list, tuple)) else ()

    @property
    def needs_person(self) -> str:
        """Why a person must look at the row, in words for the staff; "" if nobody need, or somebody has."""
        if self.decided:
            return ""
        if self.outcome is Outcome.INTERNAL:
            return "not graded: internal error"
        ours = "" if self.staff.startswith("printed:\n") else self.staff.partition("\nprinted:\n")[0]
        flags = [line[len(FOR_A_PERSON) :] for line in ours.splitlines() if line.startswith(FOR_A_PERSON)]
        if flags:
            return "; ".join(flags)
        if self.findings.get("unreadable"):
            return "the answer could not be read"
        return f"read in part: {', '.join(self.in_part)}" if self.in_part else ""

    @property
    def visible(self) -> bool:
        """Whether the student sees this row at once."""
        return self.visibility == "visible"


class LeaderboardEntry(msgspec.Struct, frozen=True):
    """One value of a leaderboard column; `order` is "asc" or "desc"."""

    name: str
    value: float | str
    order: str = "desc"


BONUS, PENALTY = "bonus", "penalty"  # where a row's number may stand, for what concerns the total


class Adjustment(msgspec.Struct, frozen=True):
    """What a person adds to a total, or with negative points takes from it, and why."""

    points: Fraction
    reason: str = ""
    visibility: str = "visible"

    @property
    def title(self) -> str:
        """ "Bonus" or "Penalty"."""
        return "Penalty" if self.points < 0 else "Bonus"


class Report(msgspec.Struct, frozen=True):
    """What one submission earned: one mark per rubric row, always all of them, in homework order."""

    marks: tuple[Mark, ...]
    seed: str
    rubric_hash: str
    version: str
    seconds: float = 0.0
    leaderboard: tuple[LeaderboardEntry, ...] = ()
    staff_notes: tuple[str, ...] = ()
    fault: str = ""  # a sentence on a fault of ours that concerns the whole submission
    notes: tuple[str, ...] = ()  # sentences on files that were not read, for the student
    assignment: str = ""  # what the rubric calls it
    adjustments: tuple[Adjustment, ...] = ()
    receipt: Receipt | None = None  # hashes of what was graded; None where it comes from a store

    @property
    def points(self) -> Fraction:
        """Points earned by all scored rows, adjusted; a penalty takes no more than there is."""
        earned = sum((m.points for m in self.marks if m.scored), Fraction(0))
        return max(earned + sum((one.points for one in self.adjustments), Fraction(0)), Fraction(0))

    @property
    def max_points(self) -> Fraction:
        """Points that the scored rows are worth."""
        return sum((m.max_points for m in self.marks if m.scored), Fraction(0))

    @property
    def rerun(self) -> bool:
        """Whether staff must grade this submission again, because something of ours failed."""
        return bool(self.fault) or any(m.outcome is Outcome.INTERNAL and not m.decided for m in self.marks)

    @property
    def found_nothing(self) -> bool:
        """Whether nothing that the assignment asks for was in the submission."""
        return bool(self.marks) and all(m.outcome is Outcome.MISSING for m in self.marks)

    @property
    def hides_rows(self) -> bool:
        """Whether some row is not visible to the student yet."""
        return self.visibilities != {"visible"}

    @property
    def visibilities(self) -> set[str]:
        """Gradescope's words for when the student sees its rows; never empty."""
        return {"visible", *(m.visibility for m in self.marks), *(one.visibility for one in self.adjustments)}
