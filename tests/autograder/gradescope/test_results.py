"""results.json: always complete, always valid, and never says right or wrong where it must not."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from autograder.core.outcome import LeaderboardEntry, Mark, Outcome, Report
from autograder.gradescope.results import ResultsError, check_results, results, staff_text, write_results

LATE = "after_due_date"


def mark(
    number: str = "1.1", outcome: Outcome = Outcome.PASSED, share: Any = 1, points: Any = "0.5", **more: Any
) -> Mark:
    return Mark(number, f"Row {number}", outcome, Fraction(points), Fraction(share), **more)


def report(*marks: Mark, **more: Any) -> Report:
    return Report(marks, seed="891-7", rubric_hash="abc", version="1.2.3", **more)


def test_a_whole_report() -> None:
    body = results(
        report(
            mark(findings={"right": True}),
            mark("1.2", Outcome.PARTIAL, Fraction(3, 5), tags=("a",)),
            mark("2.1", Outcome.WRITTEN, 0),
            mark("3.1", Outcome.FAILED, 0, visibility=LATE),
            leaderboard=(LeaderboardEntry("speed", 3.5, "asc"),),
        )
    )
    check_results(body)
    assert body["score"] == 0.8
    first, second, written, late = body["tests"]
    assert (first["score"], first["max_score"], first["status"]) == (0.5, 0.5, "passed")
    assert (second["score"], second["status"], second["tags"]) == (0.3, "failed", ["a"])
    assert not {"score", "max_score", "status"} & set(written)
    assert late["visibility"] == LATE
    assert body["leaderboard"] == [{"name": "speed", "value": 3.5, "order": "asc"}]
    assert body["extra_data"]["rows"]["1.1"] == {"outcome": "passed", "fraction": "1", "findings": {"right": True}}
    assert body["extra_data"]["seed"] == "891-7"
    assert all(row["output_format"] == row["name_format"] == "text" for row in body["tests"])
    assert body["output_format"] == "text"


def test_points_never_look_like_floating_point() -> None:
    body = results(
        report(*(mark(str(i), Outcome.PARTIAL, Fraction(1, 10), 1) for i in range(3)), mark("9", share=1, points="0.2"))
    )
    assert json.dumps(body["score"]) == "0.5"
    assert '"score": 0.1,' in json.dumps(body)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_the_status_of_every_outcome(outcome: Outcome) -> None:
    (row,) = results(report(mark(outcome=outcome, share=1 if outcome is Outcome.PASSED else 0)))["tests"]
    wanted = {Outcome.PASSED: "passed", Outcome.WRITTEN: None, Outcome.DEFERRED: None}.get(outcome, "failed")
    assert row.get("status") == wanted
    assert ("score" in row) == (wanted is not None)
    assert row["output"].startswith(str(outcome))


def test_the_receipt_does_not_tell_right_from_wrong() -> None:
    outputs = {
        results(report(mark(outcome=outcome, share=share, visibility=LATE)))["output"]
        for outcome, share in ((Outcome.PASSED, 1), (Outcome.PARTIAL, Fraction(1, 2)), (Outcome.FAILED, 0))
    }
    assert len(outputs) == 1
    assert "Received (this list does not say what is correct):\n  1.1  read" in outputs.pop()


ABSENT = (Outcome.MISSING, Outcome.CRASHED, Outcome.UNANSWERED, Outcome.TIMED_OUT, Outcome.KILLED)
READ = (Outcome.PASSED, Outcome.PARTIAL, Outcome.FAILED, Outcome.DEFERRED)
IN_PART = {"in_part": ["no total", "no fc1"]}


@pytest.mark.parametrize(
    ("outcome", "findings", "said"),
    [
        (Outcome.FAILED, {"unreadable": True}, "1.1  received, but could not be read"),
        *((outcome, IN_PART, "1.1  read in part: no total, no fc1  Row 1.1") for outcome in READ),
        *((outcome, {}, f"1.1  {outcome}") for outcome in ABSENT),
    ],
)
def test_the_receipt_says_what_arrived(outcome: Outcome, findings: dict[str, Any], said: str) -> None:
    output = results(report(mark(outcome=outcome, share=0, visibility=LATE, findings=findings)))["output"]
    assert said in output
    assert ("`check` says what is wrong with it" in output) == bool(findings)


def test_a_receipt_stays_short() -> None:
    said = mark(findings={"in_part": [f"no conv{n}" for n in range(6)]}).receipt
    assert said == "read in part: no conv0, no conv1, no conv2 and 3 more"


def test_remarks_on_the_file_stand_in_every_row_and_files_that_were_not_read_at_the_top() -> None:
    marks = [
        mark(str(n), outcome, 0, feedback="said", remarks="line 3 was skipped") for n, outcome in enumerate(Outcome)
    ]
    body = results(report(*marks, notes=('"q1.py" is not read',)))
    assert all(row["output"].endswith("said\nline 3 was skipped") for row in body["tests"])
    assert 'Files: "q1.py" is not read' in body["output"]


def test_no_total_is_promised_while_a_row_is_hidden() -> None:
    assert "no total" in results(report(mark(visibility=LATE)))["output"]
    hidden = "Some results stay hidden until after the due date; until then there is no total score."
    assert hidden in results(report(mark(visibility=LATE)))["output"]
    assert "no total" not in results(report(mark()))["output"]


def test_our_fault_is_said_first_and_asks_for_a_rerun() -> None:
    body = results(report(mark(), mark("1.2", Outcome.INTERNAL, 0)))
    assert body["output"].startswith("Not graded: this is our fault, not yours. The staff must rerun this submission.")
    assert body["extra_data"]["rerun"] is True
    assert body["score"] == 0.5  # what was graded keeps its points


def test_a_fault_of_the_whole_grading_gives_no_points() -> None:
    body = results(report(mark(), fault="Hidden files could be read."))
    assert body["score"] == 0
    assert body["tests"][0]["score"] == 0
    assert body["tests"][0]["status"] == "failed"
    assert "Hidden files could be read." in body["output"]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\x1b[31m\x00\u202eabc", "x" * 300_000, "y\n" * 200_000])
def test_student_text_is_text_and_bounded(text: str) -> None:
    body = results(report(mark(outcome=Outcome.FAILED, share=0, feedback=text)))
    check_results(body)
    output = body["tests"][0]["output"]
    assert len(output) <= 90_000
    assert not set(output) & {"\x1b", "\x00", "\u202e"}
    if len(text) > 90_000:
        assert output.endswith("more characters are not shown]")


WRONG = [
    ("score", float("nan")),
    ("score", "9.5"),
    ("score", True),
    ("tests", None),
    ("output", 5),
    ("output", "x" * 100_001),
]


@pytest.mark.parametrize(("key", "value"), WRONG, ids=lambda v: str(v)[:20])
def test_what_gradescope_would_refuse_is_not_written(tmp_path: Path, key: str, value: Any) -> None:
    path = tmp_path / "results.json"
    write_results(path, results(report(mark())))
    before = path.read_bytes()
    with pytest.raises(ResultsError):
        write_results(path, {**results(report(mark())), key: value})
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("score", float("inf")),
        ("name", 5),
        ("output", None),
        ("visibility", "later"),
        ("status", "ok"),
        ("max_score", "1"),
    ],
)
def test_a_row_that_gradescope_would_refuse(key: str, value: Any) -> None:
    body = results(report(mark()))
    body["tests"][0][key] = value
    with pytest.raises(ResultsError):
        check_results(body)


def test_staff_see_everything_and_how_to_repeat_it() -> None:
    text = staff_text(
        report(mark("1.2", Outcome.FAILED, 0, staff="printed:\nabc"), staff_notes=("also in the submission: x",)),
        "python -m autograder grade X --seed 891-7",
    )
    for part in (
        "seed 891-7",
        "again: python -m autograder grade X --seed 891-7",
        "staff: abc",
        "also in the submission",
        "total 0 of 0.5",
    ):
        assert part in text


def test_a_leaderboard_value_must_be_finite() -> None:
    body = results(replace(report(mark()), leaderboard=(LeaderboardEntry("x", float("nan")),)))
    with pytest.raises(ResultsError):
        check_results(body)
