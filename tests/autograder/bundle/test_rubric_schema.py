"""The rubric's schema is current, names every key, and refuses what editors should mark, as the loader does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import fastjsonschema
import msgspec
import pytest
import yaml

from autograder.assignment.frozen import parse_rubric
from autograder.assignment.load import Assignment
from autograder.assignment.rubric import Gradescope, Late, LimitsOf, Question, Row, Rubric, RubricError
from autograder.bundle.rubric_schema import explained, schema
from tests.autograder.planted import ROOT

TEXT = (ROOT / "tests" / "rubric.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def made(assignment: Assignment) -> dict[str, Any]:
    return schema(linked.check for linked in assignment.rows if linked.check is not None)


@pytest.fixture(scope="module")
def editor(made: dict[str, Any]) -> Callable[[str], object]:
    """Reads a rubric as an editor with the schema does; ValueError for what it would mark."""
    judge = fastjsonschema.compile(made)
    return lambda text: judge(yaml.safe_load(text))


def test_every_key_is_named_with_a_description_and_no_other_is_allowed(made: dict[str, Any]) -> None:
    for kind in (Rubric, Gradescope, Late, LimitsOf, Question, Row):
        described = made["$defs"][kind.__name__]
        assert set(described["properties"]) == set(kind.__struct_fields__)
        assert described["additionalProperties"] is False
        wanted = {field.name for field in msgspec.structs.fields(kind) if field.required}
        assert set(described["required"]) == wanted
        assert all(field["description"] for field in described["properties"].values())


def test_the_parameters_of_every_spec_are_named(made: dict[str, Any], assignment: Assignment) -> None:
    by_number = {
        one["if"]["properties"]["number"]["const"]: one["then"]["properties"]["params"]
        for one in made["$defs"]["Row"]["allOf"][1:]
    }
    assert set(by_number) == {linked.row.number for linked in assignment.rows if linked.row.params}
    for linked in assignment.rows:
        if linked.row.params:
            params = by_number[linked.row.number]
            assert set(params["properties"]) == set(params["required"]) == set(linked.row.params)
            assert params["additionalProperties"] is False


def test_a_docstring_is_taken_apart() -> None:
    doc = 'One thing.\n\n    name:  what it is: "a".\n    other: another.\n\n    Nothing else.\n    '
    assert explained(doc) == ("One thing.", {"name": 'what it is: "a".', "other": "another."})


def test_the_rubric_is_as_the_schema_wants_it(editor: Callable[[str], object]) -> None:
    editor(TEXT)


BY_THE_LOADER = [
    ("points: 1.25", "pionts: 1.25"),
    ("points: 1.25", "points: plenty"),
    ("points: 1.25", "points: -1.25"),
    ('number: "1.2"', "number: 1.2"),
    ('number: "1.2"', 'number: "1.2.3"'),
    ("visibility: after_due_date", "visibility: later"),
    ("graded: written", "graded: by hand"),
    ("answer: WHY_SORTED", "tags: [why]"),
    ("answer: WHY_SORTED", "answer: WHY SORTED"),
    ("file: searching.py", "file: searching"),
    ("seed: 17", "seed: many"),
    ("memory_mb: 256", "memory_mb: 0"),
    ("memory_mb: 256", "memory_gb: 1"),
    ("extra_credit: true", "extra_credit: often"),
    ("assignment: Practice", "assigment: Practice"),
    ("seconds_in_all: 300", "seconds_in_all: 1000000"),
]
BY_THE_SPEC = [
    ("calls: 5", "cals: 5"),
    ("calls: 5", "calls: 0"),
    ("hints: true", "hints: 3"),
    ("params: {loose_credit: 0.5}", "params: {loose_credit: 1.5}"),
    ("params: {loose_credit: 0.5}", "params: {}"),
    ("        params: {loose_credit: 0.5}\n", ""),
]


@pytest.mark.parametrize(("old", "new"), [*BY_THE_LOADER, *BY_THE_SPEC])
def test_what_is_refused_is_marked_in_the_editor(editor: Callable[[str], object], old: str, new: str) -> None:
    changed = TEXT.replace(old, new, 1)
    assert changed != TEXT
    if (old, new) in BY_THE_LOADER:
        with pytest.raises(RubricError):
            parse_rubric(changed)
    with pytest.raises(fastjsonschema.JsonSchemaValueException):
        editor(changed)
