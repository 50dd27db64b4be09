"""What the staff read about due dates: every shape of it as a table, and nothing in the metadata can raise."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.assignment.rubric import Late
from autograder.gradescope.lateness import lateness, read_time, rule_said
from autograder.gradescope.metadata import Due, Metadata, read_metadata
from tests.autograder.gradescope.test_metadata import REAL, json_values

DUE = "2025-03-01T23:59:00.000000-05:00"
LATER = "2025-03-03T23:59:00-05:00"
LAST = "2025-03-05T23:59:00-05:00"


@pytest.mark.parametrize(
    ("created", "said"),
    [
        ("2025-03-01T23:12:00-05:00", "47 min early"),
        ("2025-03-02T02:04:00-05:00", "2 h 5 min late; no late due date is known"),
        ("2025-03-01T23:59:00-05:00", "on the second"),
        ("2025-03-01T23:59:00.999999-05:00", "on the second"),
        ("2025-03-01T23:59:01-05:00", "1 s late; no late due date is known"),
        ("2025-03-02T04:58:30Z", "30 s early"),
        ("2025-02-26T21:58:00-05:00", "3 d 2 h 1 min early"),
    ],
)
def test_how_late(created: str, said: str) -> None:
    found = lateness(Metadata(created_at=created, due=Due(DUE)))
    assert found.endswith(f": {said}")
    assert "due 2025-03-01 23:59" in found


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        pytest.param(
            Metadata(created_at="2025-03-01T23:10:00.123456-05:00", due=Due(DUE), each_due=(Due(LATER), Due(DUE))),
            "submitted 2025-03-01 23:10 -0500, due 2025-03-01 23:59 (extended to 2025-03-03 23:59 for 1 of 2"
            " submitters): 2 d 49 min early",
            id="one of a group has an extension: the latest counts",
        ),
        pytest.param(
            Metadata(created_at="2025-03-02T01:00:00-05:00", due=Due(DUE), each_due=(Due(LATER), Due(LAST))),
            "submitted 2025-03-02 01:00 -0500, due 2025-03-01 23:59 (extended to 2025-03-05 23:59 for 2 of 2"
            " submitters): 3 d 22 h 59 min early",
            id="two different extensions",
        ),
        pytest.param(
            Metadata(
                created_at="2025-03-02T00:00:00-05:00", due=Due(DUE), each_due=(Due("2025-03-01T12:00:00-05:00"),)
            ),
            "submitted 2025-03-02 00:00 -0500, due 2025-03-01 23:59 (moved to 2025-03-01 12:00 for 1 of 1 submitter):"
            " 12 h late; no late due date is known",
            id="due earlier than the others",
        ),
        pytest.param(
            Metadata(created_at="2025-03-02T02:04:00-05:00", due=Due(DUE, LATER)),
            "submitted 2025-03-02 02:04 -0500, due 2025-03-01 23:59: 2 h 5 min late; the late due date is"
            " 2025-03-03 23:59: within it",
            id="late",
        ),
        pytest.param(
            Metadata(created_at="2025-03-04T00:01:00-05:00", due=Due(DUE, LATER)),
            "submitted 2025-03-04 00:01 -0500, due 2025-03-01 23:59: 2 d 2 min late; the late due date is"
            " 2025-03-03 23:59: 2 min past it",
            id="too late",
        ),
        pytest.param(
            Metadata(created_at="2025-03-02T04:10:00Z", due=Due(DUE)),
            "submitted 2025-03-02 04:10 +0000, due 2025-03-01 23:59 -0500: 49 min early",
            id="two time zones",
        ),
        pytest.param(
            Metadata(created_at="2025-03-01T23:10:00", due=Due(DUE)),
            "submitted 2025-03-01 23:10, due 2025-03-01 23:59 -0500: how late that is cannot be told, one of the two"
            " names no time zone",
            id="no time zone",
        ),
        pytest.param(
            Metadata(created_at="2025-03-01T23:10:00-05:00"),
            "submitted 2025-03-01 23:10 -0500: how late that is cannot be told",
            id="no due date",
        ),
        pytest.param(
            Metadata(due=Due(DUE)), "due 2025-03-01 23:59: how late that is cannot be told", id="no time of submission"
        ),
        pytest.param(
            Metadata(created_at="2025-03-01T23:10:00-05:00", each_due=(Due(LATER),)),
            "submitted 2025-03-01 23:10 -0500, due 2025-03-03 23:59: 2 d 49 min early",
            id="only their own due date",
        ),
        pytest.param(Metadata(created_at="soon", due=Due("later")), "", id="no dates"),
        pytest.param(Metadata(), "", id="nothing"),
    ],
)
def test_the_sentence(metadata: Metadata, said: str) -> None:
    assert lateness(metadata) == said


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-01T23:10:05Z",
        "2025-03-01t23:10:05.1z",
        "2025-03-01T23:10:05.123456789+00:00",
        "2025-03-01 23:10:05.398000000 Z",
        "2025-03-01 23:10:05 UTC",
        "2025-03-01T18:10:05-0500",
        " 2025-03-02T04:55:05+05:45 ",
    ],
)
def test_ways_to_write_a_moment(text: str) -> None:
    assert read_time(text) == datetime(2025, 3, 1, 23, 10, 5, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "text",
    ["", "2025-03-01", "2025-13-01T00:00Z", "2025-03-01T24:00Z", "2025-03-01T00:00+99:00", "٢٠٢٥-03-01T00:00Z", "0"],
)
def test_what_names_no_moment(text: str) -> None:
    assert read_time(text) is None


zones = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(moment=st.datetimes(timezones=zones))
def test_reads_what_python_writes(moment: datetime) -> None:
    assert read_time(moment.isoformat()) == moment.replace(microsecond=0)


moments = st.datetimes(timezones=zones | st.none()).map(lambda moment: moment.isoformat()) | st.text(max_size=9)
dues = st.builds(Due, moments, moments)


@given(metadata=st.builds(Metadata, created_at=moments, due=dues, each_due=st.lists(dues, max_size=3).map(tuple)))
def test_no_dates_raise(metadata: Metadata) -> None:
    assert "\n" not in lateness(metadata)


@given(data=json_values, created=moments)
def test_nothing_in_the_metadata_raises(tmp_path_factory: pytest.TempPathFactory, data: object, created: str) -> None:
    path = tmp_path_factory.mktemp("m") / "submission_metadata.json"
    path.write_text(json.dumps({**REAL, "created_at": created, "users": data, "assignment": data}))
    assert isinstance(lateness(read_metadata(path)), str)


def test_the_whole_way_from_the_file(tmp_path: Path) -> None:
    users = [{"assignment": {"due_date": DUE, "late_due_date": None}}, {"assignment": {"due_date": LATER}}]
    path = tmp_path / "submission_metadata.json"
    path.write_text(
        json.dumps({"created_at": "2025-03-04T00:00:00-05:00", "users": users, "assignment": {"due_date": DUE}})
    )
    assert lateness(read_metadata(path)).endswith("for 1 of 2 submitters): 1 min late; no late due date is known")


@pytest.mark.parametrize(
    ("created", "each", "said"),
    [
        ("2025-03-02T00:10:00-05:00", (), ""),
        (
            "2025-03-02T02:04:00-05:00",
            (),
            "by the rubric's rule 1 day late: 10 % of the points; nothing is taken away here",
        ),
        ("2025-03-04T00:10:00-05:00", (), "3 days late: 30 % of the points"),
        ("2025-03-04T02:10:00-05:00", (Due(DUE), Due(LATER)), "1 day late: 10 % of the points"),
        ("2025-03-04T02:10:00", (), ""),
        ("", (), ""),
    ],
)
def test_what_the_rule_costs_is_told_and_nothing_is_taken_away(created: str, each: tuple[Due, ...], said: str) -> None:
    rule = Late(penalty_per_day=Decimal("0.1"), grace_minutes=15)
    found = rule_said(Metadata(created_at=created, due=Due(DUE), each_due=each), rule)
    assert said in found
    assert bool(said) is bool(found)
