"""What a spec says of an answer: its findings, the feedback for the student, a note for the staff."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from autograder.assignment import credit
from autograder.core.figure import Figure


class Award:
    """The `award` fixture of one row. A spec calls it once with a share, or `found` once with findings.

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
        self.figure: Figure | None = None
        self.staff: list[str] = []

    def __call__(self, fraction: Any, feedback: str = "") -> None:
        """Awards a share of the row's points, 0 to 1."""
        self.findings = {"fraction": str(credit.clamped(fraction))}
        self.fraction = credit.clamped(fraction)
        self.feedback = feedback

    def found(self, findings: Mapping[str, Any], feedback: str = "", figure: Figure | None = None) -> None:
        """Says what was found; the row's credit rule turns it into a share. A figure shows it to whoever can draw."""
        if self._rule is None:
            raise TypeError("award.found needs a credit rule: add @credited_by(...) to the spec")
        self.findings = dict(findings)
        self.fraction = credit.earned(self._rule, self.findings, self._params, self._points)
        self.feedback = feedback
        self.figure = figure

    def unreadable(self, feedback: str) -> None:
        """Says that an answer came but is not what the question asks for."""
        self.findings, self.fraction, self.feedback = {"unreadable": True}, Fraction(0), feedback

    def understood(self, text: str) -> None:
        """Says how the answer was read, before it is judged."""
        self.read_as = text

    def tell_staff(self, text: str) -> None:
        """A flag or a detail for the staff only."""
        if text:
            self.staff.append(text)
