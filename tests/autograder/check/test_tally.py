"""Points as they are: here, on Gradescope, by a person, extra."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.check.tally import points_line
from autograder.core.outcome import Mark, Outcome
from tests.autograder import planted

ROWS = {row.number: row for _, row in planted.RUBRIC.rows()}


def line(waiting: str = "", **outcomes: str) -> str:
    """The line of rows such as r1_1="passed" of the practice homework."""
    marks = []
    for name, word in outcomes.items():
        row = ROWS[name[1:].replace("_", ".")]
        outcome, written = Outcome(word), row.graded == "written"
        marks.append(
            Mark(row.number, "", outcome, row.worth, Fraction(outcome is Outcome.PASSED), weighted=not written)
        )
    rows: Any = [SimpleNamespace(row=ROWS[mark.number]) for mark in marks]
    return points_line(marks, rows, frozenset(waiting.split()))


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ({"r1_1": "passed"}, "{1.1} of {1.1}"),
        ({"r1_1": "passed", "r2_1": "deferred"}, "{1.1} of {1.1} here; {2.1} more {points} on Gradescope"),
        ({"r1_1": "failed", "r2_3": "written"}, "0 of {1.1} here; {2.3} by a person"),
        ({"r1_1": "failed", "r2_3": "unanswered"}, "0 of {1.1} here; {2.3} by a person"),
        ({"r2_3": "written", "r2_4": "written"}, "0 of 0; {2.3} and {2.4} extra by a person"),
        ({"r2_1": "deferred"}, "{2.1} more {points} on Gradescope"),
    ],
    ids=str,
)
def test_each_kind_of_points_is_told_apart(outcomes: dict[str, str], said: str) -> None:
    for number, row in ROWS.items():
        said = said.replace(f"{{{number}}}", f"{float(row.points):g}")
    assert line(**outcomes) == said.replace("{points}", "point" if ROWS["2.1"].points == 1 else "points")


def test_what_gradescope_judges_alone_is_its_own_before_it_is_answered() -> None:
    assert line("2.1", r1_1="passed", r2_1="unanswered") == line("", r1_1="passed", r2_1="deferred")
    assert line("1.1", r1_1="passed") == line("", r1_1="passed")
