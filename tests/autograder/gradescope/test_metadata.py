"""Real submission_metadata.json files hold more and odder things than their documentation: none may stop a grading."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.gradescope.metadata import Due, Metadata, read_metadata

REAL = {
    "id": 123456,
    "created_at": "2026-11-24T12:00:00.123456-05:00",
    "assignment_id": None,
    "submission_method": "upload",
    "users": [
        {"id": 1, "email": "a@b", "name": "A", "sid": "", "assignment": {"due_date": "x", "late_due_date": None}}
    ],
    "assignment": {
        "id": 9,
        "due_date": "2026-11-25T00:00:00-05:00",
        "total_points": "20.0",
        "outline": [{"weight": "9.5"}],
    },
    "previous_submissions": [
        {"id": 1, "score": "20.0", "autograder_error": True, "results": {"tests": [{"score": None}]}}
    ],
}


def written(tmp_path: Path, data: Any) -> Path:
    path = tmp_path / "submission_metadata.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


def test_what_is_used(tmp_path: Path) -> None:
    found = read_metadata(written(tmp_path, REAL))
    assert found == Metadata("123456", REAL["created_at"], Due("2026-11-25T00:00:00-05:00"), (Due("x"),), ("a@b",))


@pytest.mark.parametrize(
    ("users", "each"),
    [
        pytest.param([{"assignment": {"due_date": "b", "late_due_date": "c"}}], [Due("b", "c")], id="extension"),
        pytest.param([{"assignment": {"due_date": "b"}}], [Due("b")], id="an extension without late work"),
        pytest.param([{"assignment": {"due_date": None}}, {}], [Due("a", "z")] * 2, id="nothing of their own"),
        pytest.param([{"assignment": {"late_due_date": "c"}}], [Due("a", "c")], id="only later late work"),
        pytest.param([5, None, {"assignment": []}], [Due("a", "z")] * 3, id="no objects"),
        pytest.param({"0": {"assignment": {"due_date": "b"}}, "1": {}}, [Due("b"), Due("a", "z")], id="an object"),
        pytest.param({"name": "A", "assignment": {"due_date": "b"}}, [Due("b")], id="one user in place of a list"),
        pytest.param({}, [], id="nobody"),
        pytest.param("A", [], id="a text"),
    ],
)
def test_whose_due_date(tmp_path: Path, users: Any, each: list[Due]) -> None:
    data = {**REAL, "users": users, "assignment": {"due_date": "a", "late_due_date": "z"}}
    assert list(read_metadata(written(tmp_path, data)).each_due) == each


@pytest.mark.parametrize(
    "change",
    [
        {"users": {"a": 1}},
        {"users": None},
        {"assignment": None},
        {"assignment": []},
        {"id": "abc\n\x1b"},
        {"id": None},
        {"id": 1.5},
    ],
    ids=str,
)
def test_odd_fields_do_not_matter(tmp_path: Path, change: dict[str, Any]) -> None:
    found = read_metadata(written(tmp_path, {**REAL, **change}))
    assert not found.note
    assert found.submission_id in ("123456", "abc", "")


@pytest.mark.parametrize("text", ["", "{", "[]", "5", "[" * 100_000, '{"id": NaN}', "\ufeff{}"], ids=lambda t: t[:10])
def test_a_file_that_is_no_object(tmp_path: Path, text: str) -> None:
    assert read_metadata(written(tmp_path, text)).submission_id == ""


def test_no_file(tmp_path: Path) -> None:
    assert "is not there" in read_metadata(tmp_path / "submission_metadata.json").note
    assert read_metadata(None) == Metadata()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*REAL, "due_date", "x"]), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(data=json_values)
def test_no_object_raises(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    assert isinstance(read_metadata(written(tmp_path_factory.mktemp("m"), data)), Metadata)
