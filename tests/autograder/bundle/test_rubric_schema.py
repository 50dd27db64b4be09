"""The rubric's schema is current, names every key, and refuses what editors should mark, as the loader does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from autograder.assignment.frozen import parse_rubric
from autograder.assignment.load import Assignment
from autograder.assignment.rubric import LimitsOf, Question, Row, Rubric, RubricError
from autograder.bundle.rubric_schema import SCHEMA, explained, main, schema

TEXT = (SCHEMA.parent / "rubric.yaml").read_text(encoding="utf-8")
KNOWN = {"$ref", "$defs", "$schema", "title", "description", "default", "type", "properties", "required", "items"}
KNOWN |= {
    "additionalProperties",
    "enum",
    "const",
    "pattern",
    "maxLength",
    "maxProperties",
    "allOf",
    "if",
    "then",
    "else",
}
KNOWN |= {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
KINDS: dict[str, Any] = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


@pytest.fixture(scope="module")
def made(assignment: Assignment) -> dict[str, Any]:
    return schema(linked.check for linked in assignment.rows if linked.check is not None)


def test_the_file_is_current_and_the_rubric_names_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, "run `make schema`"
    assert TEXT.splitlines()[0] == f"# yaml-language-server: $schema={SCHEMA.name}"
    assert main(["--check"], tmp_path / "other.json") == 1
    assert not (tmp_path / "other.json").exists(), "--check must write nothing"
    assert "run `make schema`" in capsys.readouterr().err
    assert main([], tmp_path / "other.json") == main(["--check"], tmp_path / "other.json") == 0
    assert main(["--chekc"]) == 2


def test_every_key_is_named_with_a_description_and_no_other_is_allowed(made: dict[str, Any]) -> None:
    for kind in (Rubric, LimitsOf, Question, Row):
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


# ---- what an editor makes of it: the few words of JSON schema that are used, read by the letter ----


def wrong(value: Any, rule: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Whether a schema refuses a value."""
    assert set(rule) <= KNOWN, set(rule) - KNOWN
    if "$ref" in rule and wrong(value, whole["$defs"][rule["$ref"].removeprefix("#/$defs/")], whole):
        return True
    kinds = rule.get("type", [])
    if kinds and not any(is_a(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        return True
    if ("enum" in rule and value not in rule["enum"]) or ("const" in rule and value != rule["const"]):
        return True
    if isinstance(value, dict) and wrong_object(value, rule, whole):
        return True
    if isinstance(value, list) and any(wrong(item, rule.get("items", {}), whole) for item in value):
        return True
    if isinstance(value, str) and not (
        re.search(rule.get("pattern", ""), value) and len(value) <= rule.get("maxLength", len(value))
    ):
        return True
    if isinstance(value, (int, float)) and not isinstance(value, bool) and wrong_number(value, rule):
        return True
    if "if" in rule and wrong(value, rule["else" if wrong(value, rule["if"], whole) else "then"], whole):
        return True
    return any(wrong(value, {"else": {}, **one}, whole) for one in rule.get("allOf", []))


def is_a(value: Any, kind: str) -> bool:
    if kind in ("number", "integer"):
        return isinstance(value, (int, float) if kind == "number" else int) and not isinstance(value, bool)
    return isinstance(value, KINDS[kind])


def wrong_object(value: dict[str, Any], rule: dict[str, Any], whole: dict[str, Any]) -> bool:
    known = rule.get("properties", {})
    return (
        not set(rule.get("required", [])) <= set(value)
        or (rule.get("additionalProperties") is False and not set(value) <= set(known))
        or len(value) > rule.get("maxProperties", len(value))
        or any(wrong(value[key], known[key], whole) for key in value if key in known)
    )


def wrong_number(value: float, rule: dict[str, Any]) -> bool:
    return not (
        rule.get("minimum", value) <= value <= rule.get("maximum", value)
        and ("exclusiveMinimum" not in rule or value > rule["exclusiveMinimum"])
        and ("exclusiveMaximum" not in rule or value < rule["exclusiveMaximum"])
    )


def test_the_rubric_is_as_the_schema_wants_it(made: dict[str, Any]) -> None:
    assert not wrong(yaml.safe_load(TEXT), made, made)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("points: 1.25", "pionts: 1.25"),
        ("points: 1.25", "points: plenty"),
        ("points: 1.25", "points: -1.25"),
        ('number: "1.2"', "number: 1.2"),
        ('number: "1.2"', 'number: "1.2.3"'),
        ("visibility: after_due_date", "visibility: later"),
        ("graded: written", "graded: by hand"),
        ("answer: RESNET_JUSTIFICATION", "tags: [why]"),
        ("answer: RESNET_JUSTIFICATION", "answer: RESNET JUSTIFICATION"),
        ("file: autoregressive.py", "file: autoregressive"),
        ("seed: 891", "seed: many"),
        ("memory_mb: 256", "memory_mb: 0"),
        ("memory_mb: 256", "memory_gb: 1"),
        ("extra_credit: true", "extra_credit: often"),
        ("assignment: CSE", "assigment: CSE"),
        ("seconds_in_all: 300", "seconds_in_all: 1000000"),
    ],
)
def test_what_the_loader_refuses_is_marked_in_the_editor(made: dict[str, Any], old: str, new: str) -> None:
    changed = TEXT.replace(old, new, 1)
    assert changed != TEXT
    with pytest.raises(RubricError):
        parse_rubric(changed)
    assert wrong(yaml.safe_load(changed), made, made)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("additions: 200", "aditions: 200"),
        ("additions: 200", "additions: 0"),
        ("step_at_zero: either", "step_at_zero: sometimes"),
        ("hints: true", "hints: 3"),
        ("params: {loose_credit: 0.5}", "params: {loose_credit: 1.5}"),
        ("params: {loose_credit: 0.5}", "params: {}"),
        ("        params: {loose_credit: 0.5}\n", ""),
    ],
)
def test_a_wrong_parameter_is_marked_in_the_editor(made: dict[str, Any], old: str, new: str) -> None:
    changed = TEXT.replace(old, new, 1)
    assert changed != TEXT
    assert wrong(yaml.safe_load(changed), made, made)
