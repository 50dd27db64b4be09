"""What is said of an answer, by its spec and by what it raised, until it is a finding."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from autograder.assignment import credit
from autograder.core.figure import Figure
from autograder.core.outcome import Outcome
from autograder.core.text import clean
from autograder.grading.finding import JUDGED, Finding, Words


class Award:
    """The `award` fixture of one row. A spec calls it once with a share, or `found` once with findings.

    What becomes of a row whose spec says neither, or raises, is set by `row`: outcome, failed, brief, board and
    fills_column, as a `Finding` has them.

    >>> award = Award(credit.all_or_nothing, None, Fraction(1, 2))
    >>> award.found({"right": True})
    >>> award.fraction
    Fraction(1, 1)
    """

    def __init__(self, rule: credit.Rule | None, params: Any, points: Fraction) -> None:
        self._rule = rule
        self._params = params
        self._points = points
        self.findings: dict[str, Any] = {}
        self.fraction: Fraction | None = None
        self.feedback = ""
        self.read_as = ""
        self.problems: list[str] = []
        self.in_part: list[str] = []
        self.figure: Figure | None = None
        self.staff: list[str] = []
        self.outcome = JUDGED
        self.failed = False
        self.brief = ""
        self.board: list[tuple[str, float | str, str]] = []
        self.fills_column = False

    def __call__(self, fraction: Any, feedback: str = "") -> None:
        """Awards a share of the row's points, 0 to 1."""
        self.findings = {"fraction": str(credit.clamped(fraction))}
        self.fraction = credit.clamped(fraction)
        self.feedback = feedback

    def found(self, findings: Mapping[str, Any], feedback: str = "", figure: Figure | None = None) -> None:
        """Says what was found; the row's credit rule turns it into a share. A figure shows it to whoever can draw."""
        if self._rule is None:
            raise TypeError("award.found needs a credit rule: add @credited_by(...) to the spec")
        plain = {name: one.item() if getattr(one, "shape", None) == () else one for name, one in findings.items()}
        self.findings = {**plain, **self.read_in_part()}  # numpy's numbers and truth values cannot be stored
        self.fraction = credit.earned(self._rule, self.findings, self._params, self._points)
        self.feedback = feedback
        self.figure = figure

    def unreadable(self, feedback: str) -> None:
        """Says that an answer came but is not what the question asks for."""
        self.findings, self.fraction, self.feedback = {"unreadable": True}, Fraction(0), feedback

    def problem(self, in_short: str, sentence: str) -> None:
        """Says that a part of the answer cannot be read, or is not there, before the answer is judged.

        in_short: for the receipt, in words of ours that say neither right nor wrong ("no total").
        """
        self.in_part.append(in_short)
        self.problems.append(sentence)

    def read_in_part(self) -> dict[str, Any]:
        """The finding that the answer could be read in part only; {} if it was read whole."""
        return {"in_part": list(self.in_part)} if self.in_part else {}

    def understood(self, text: str) -> None:
        """Says how the answer was read, before it is judged."""
        self.read_as = text

    def tell_staff(self, text: str) -> None:
        """A flag or a detail for the staff only."""
        if text:
            self.staff.append(text)

    def becomes(self, outcome: Outcome, feedback: str, staff: str = "", brief: str = "") -> None:
        """Sets the outcome of a row that is not judged by what its spec found."""
        self.outcome, self.findings, self.feedback, self.brief = outcome.value, {}, feedback, brief
        self.tell_staff(staff)

    def finding(self, parameters: dict[str, Any], printed: str, remarks: str = "") -> Finding:
        """The finding.

        parameters: those that the spec read. printed: what the student's code printed meanwhile. remarks: on the file.
        """
        words = Words(self.feedback, self.brief, "\n".join(self.staff), printed, self.read_as, remarks=clean(remarks))
        board = tuple(self.board)
        return Finding(self.outcome, self.findings, self.failed, parameters, board, self.fills_column, words)
