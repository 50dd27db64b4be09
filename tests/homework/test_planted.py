"""Every planted submission earns its expected marks, through real worker processes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.assignment.load import Assignment
from autograder.gradescope.results import check_results, results
from tests.homework import planted

ROOT = planted.ROOT


@pytest.mark.parametrize("name", planted.names())
def test_planted_submission(name: str, assignment: Assignment, tmp_path: Path) -> None:
    wanted = planted.expected(name)
    words = planted.words(assignment, wanted.marks, wanted.every)
    report = planted.grade(planted.with_limits(assignment, wanted.limits), planted.build(name, tmp_path / name))
    assert planted.outcomes(report) == words, report
    feedback = {mark.number: mark.told for mark in report.marks}
    for number, text in wanted.says.items():
        assert text in feedback[number], feedback[number]
    if (points := planted.points(words)) is not None:
        assert report.points == points
    body = results(report)
    check_results(body)
    assert [row["number"] for row in body["tests"]] == [linked.row.number for linked in assignment.rows]
    assert "Traceback" not in json.dumps(body)
    assert str(ROOT) not in json.dumps(body)


def test_the_reference_earns_everything(assignment: Assignment) -> None:
    report = planted.grade(assignment, ROOT / "reference")
    assert planted.outcomes(report) == planted.words(assignment, {})
    assert (report.points, report.max_points) == (planted.FULL, planted.FULL)
    assert not report.rerun


def test_the_template_earns_nothing_and_every_row_is_unanswered(assignment: Assignment) -> None:
    report = planted.grade(assignment, ROOT / "student_template")
    assert set(planted.outcomes(report).values()) == {"unanswered"}
    assert (report.points, report.max_points) == (0, planted.FULL)


def test_a_written_row_never_carries_a_score(assignment: Assignment) -> None:
    for folder in ("reference", "student_template"):
        body = results(planted.grade(assignment, ROOT / folder))
        scored = {row["number"] for row in body["tests"] if "score" in row or "max_score" in row}
        assert scored == {linked.row.number for linked in assignment.rows} - set(planted.WRITTEN)
