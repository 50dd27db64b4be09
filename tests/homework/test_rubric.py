"""This homework's rubric: its rows keep their numbers from term to term, and its parameters have types."""

from __future__ import annotations

import re

import pytest

from autograder.assignment.frozen import parse_rubric
from autograder.assignment.link import link
from autograder.assignment.rubric import RubricError
from tests.homework.planted import ROOT, RUBRIC

TEXT = (ROOT / "tests" / "rubric.yaml").read_text(encoding="utf-8")


def test_the_rows_of_the_homework_are_there_in_its_order() -> None:
    numbers = [row.number for _, row in RUBRIC.rows()]
    wanted = "1.1 1.2 1.3 2.1a 2.1b 2.1c 2.1d 2.1e 2.1f 2.2 2.3 3.1 3.2a 3.2b 4.1a 4.1b 4.2a 4.2b 4.3"
    assert " ".join(numbers[: len(wanted.split())]) == wanted  # a term may add questions of its own


@pytest.mark.parametrize("key", sorted({key for _, row in RUBRIC.rows() for key in row.params}))
def test_a_parameter_of_another_type_is_refused(key: str) -> None:
    changed = re.sub(rf"\b{key}: (\[[^]]*\]|[^,}} \n]+)", f"{key}: {{nothing: 1}}", TEXT)
    assert changed != TEXT
    with pytest.raises(RubricError, match=rf"params\.{key}"):
        link(parse_rubric(changed, "tests/rubric.yaml"), ROOT / "tests" / "specs")
