"""Criteria, step and model answer come from the reference, as far as it has any."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.assignment.load import AbsentReference
from autograder.blind.guide import Guide, GuideError, guides

WRITTEN = SimpleNamespace(graded="written", answer="WHY", points=Decimal("0.5"), worth=Fraction(1, 2))
ROWS = (
    SimpleNamespace(name="1.1", question=SimpleNamespace(file="lstm.py"), row=SimpleNamespace(graded="spec")),
    SimpleNamespace(name="1.2", question=SimpleNamespace(file="lstm.py"), row=WRITTEN),
)


def guided(reference: object) -> Any:
    return guides(SimpleNamespace(reference=reference, rows=ROWS))  # type: ignore[arg-type]


class Solution:
    """A reference that has solutions, and nothing for people."""

    def solution(self, question: str) -> Any:
        assert question == "lstm"
        return SimpleNamespace(WHY="\nSince it is passed on.\x1b\n")


class Guided(Solution):
    """A reference that has both."""

    step: Fraction | None = Fraction(1, 4)

    def guidance(self, row: str) -> Any:
        assert row == "1.2"
        return SimpleNamespace(criteria=("names f", "names \u202ec"), step=self.step)


class Unreadable(Solution):
    def guidance(self, row: str) -> Any:
        raise ValueError("written.yaml is not what its first lines describe")


def test_what_a_reference_has() -> None:
    assert guided(AbsentReference()) == {}
    assert guided(SimpleNamespace()) == {"1.2": Guide()}
    assert guided(Solution()) == {"1.2": Guide(model="Since it is passed on.")}
    assert guided(Guided()) == {"1.2": Guide(("names f", "names c"), "Since it is passed on.", Fraction(1, 4))}


@pytest.mark.parametrize("step", [Fraction(1, 3), Fraction(0), Fraction(-1, 4), Fraction(1)])
def test_a_step_that_does_not_lead_to_full_points(step: Fraction) -> None:
    reference = Guided()
    reference.step = step
    with pytest.raises(GuideError, match=r"row 1\.2 is worth 0\.5, which is no multiple of its step"):
        guided(reference)


def test_a_guidance_that_cannot_be_read() -> None:
    with pytest.raises(GuideError, match=r"the guidance of row 1\.2 cannot be read: written\.yaml is not"):
        guided(Unreadable())
