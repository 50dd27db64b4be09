"""docs/results-format.md: the tables name the keys that are written, each with its type, and no others."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import NoneType
from typing import Any

import pytest

from autograder.core.outcome import SCHEMA_VERSION
from tests.autograder import planted
from tests.autograder.assignment.test_credit import RULES
from tests.autograder.program import run

PAGE = (planted.PROJECT / "docs" / "results-format.md").read_text(encoding="utf-8")
TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "boolean": (bool,),
    "text": (str,),
    "object": (dict,),
    "object or null": (dict, NoneType),
    "number or null": (float, NoneType),
    "list of texts": (list,),
    "list of objects": (list,),
}


def table(heading: str) -> dict[str, str]:
    """First column -> second column of the table below a heading; the first without backquotes."""
    (_, below) = PAGE.split(f"# {heading}\n", 1)
    rows = re.findall(r"^\| `(\w+)`.*? \| (.*?) \|", re.split(r"^#", below, flags=re.MULTILINE)[0], re.MULTILINE)
    return dict(rows)


@pytest.fixture(scope="module")
def extra(wrong: Path) -> dict[str, Any]:
    """`extra_data` of a grading by the command."""
    return dict(json.loads(run("grade", wrong).stdout)["extra_data"])


@pytest.fixture(scope="module")
def checked(wrong: Path) -> dict[str, Any]:
    return dict(json.loads(run("check", wrong, "--json").stdout))


def assert_documented(heading: str, value: dict[str, Any]) -> None:
    documented = table(heading)
    assert [*documented] == [*value]
    for key, kind in documented.items():
        assert type(value[key]) in TYPES[kind], key


def test_extra_data(extra: dict[str, Any]) -> None:
    assert_documented("results.json: `extra_data`", extra)
    assert_documented("`extra_data.isolation`", extra["isolation"])
    assert_documented("`extra_data.receipt`", extra["receipt"])


def test_each_row_of_extra_data(extra: dict[str, Any]) -> None:
    assert extra["rows"]
    for row in extra["rows"].values():
        assert_documented("A row: in `extra_data.rows`, and as the `extra_data` of each test", row)


def test_check_as_json(checked: dict[str, Any]) -> None:
    assert_documented("`check --json`", checked)
    assert checked["rows"]
    for row in checked["rows"]:
        assert_documented("A row of `check --json`", row)


def test_both_say_the_version_that_the_page_says(extra: dict[str, Any], checked: dict[str, Any]) -> None:
    assert extra["schema_version"] == checked["schema_version"] == SCHEMA_VERSION
    assert f"`schema_version`, now {SCHEMA_VERSION}." in PAGE


def test_the_rules_are_all_documented() -> None:
    assert {*table("Findings, by rule of credit")} == {*RULES}
