"""What changed since the last check: said first, and never in the way of a check."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from autograder.check.history import PLACE, remember
from autograder.core.outcome import Mark, Outcome, Report
from autograder.core.submission import read_submission

NOW = 1_800_000_000.0


def judged(rubric: str = "abc", **rows: str | tuple[str, int]) -> Report:
    """A report of rows such as r1="failed", or r1=("partial", 2) with 2 of 4 points."""
    marks = []
    for name, row in rows.items():
        outcome, points = row if isinstance(row, tuple) else (row, 4 if row == "passed" else 0)
        marks.append(Mark(name, name, Outcome(outcome), Fraction(4), Fraction(points, 4)))
    return Report(tuple(marks), "1", rubric, "0")


def test_the_first_check_has_no_news_and_the_next_one_says_what_changed(tmp_path: Path) -> None:
    assert remember(tmp_path, judged(a="failed", b="passed", c=("partial", 1)), NOW) == ""
    said = remember(tmp_path, judged(a="passed", b="passed", c=("partial", 3)), NOW + 60)
    assert said.startswith("a failed -> passed; c 1 -> 3; 5 -> 11 since ")
    assert remember(tmp_path, judged(a="passed", b="passed", c=("partial", 3)), NOW + 120) == ""


ROWS = [f"r{n}" for n in range(20)]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param({"a": "unanswered"}, {"a": "crashed"}, "a unanswered -> crashed; since ", id="the same points"),
        pytest.param(
            dict.fromkeys(ROWS, "failed"),
            dict.fromkeys(ROWS, "passed"),
            "r0, r1, r2, r3, r4, r5 and 14 more failed -> passed; 0 -> 80 since ",
            id="many changes stay a sentence",
        ),
        pytest.param({"a": "failed"}, {"rubric": "def", "a": "passed"}, "", id="another rubric starts anew"),
    ],
)
def test_what_is_said(before: dict[str, str], after: dict[str, str], said: str, tmp_path: Path) -> None:
    remember(tmp_path, judged(**before), NOW)
    found = remember(tmp_path, judged(**after), NOW)
    assert found.startswith(said)
    assert bool(found) == bool(said)


def test_rows_that_were_not_asked_for_are_kept(tmp_path: Path) -> None:
    remember(tmp_path, judged(a="failed", b="failed"), NOW)
    assert remember(tmp_path, judged(a="passed"), NOW).startswith("a failed -> passed; 0 -> 4 since")
    assert remember(tmp_path, judged(a="passed", b="passed"), NOW).startswith("b failed -> passed; 4 -> 8 since")


def test_another_day_is_named(tmp_path: Path) -> None:
    remember(tmp_path, judged(a="failed"), NOW)
    assert ":" in (same := remember(tmp_path, judged(a="passed"), NOW).rpartition(" since ")[2])
    later = remember(tmp_path, judged(a="failed"), NOW + 3 * 86_400).rpartition(" since ")[2]
    assert len(same) == 5
    assert later.startswith("2027-01-")


ROW = {"outcome": "failed", "points": "0", "at": NOW}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"[" * 100_000,
        b"0" * (2 << 20),
        json.dumps({"rubric": "abc"}).encode(),
        *(
            json.dumps({"rubric": "abc", "rows": {"a": {**ROW, **wrong}}}).encode()
            for wrong in (
                {"outcome": "\x1b[2J"},
                {"points": "1e999999999"},
                {"points": "1/0"},
                {"points": 3},
                {"at": 1e300},
                {"at": "now"},
                {"at": None},
            )
        ),
    ],
)
def test_a_broken_history_is_none_and_is_mended(content: bytes, tmp_path: Path) -> None:
    (tmp_path / PLACE).mkdir()
    (tmp_path / PLACE / "history.json").write_bytes(content)
    assert remember(tmp_path, judged(a="failed"), NOW) == ""
    assert remember(tmp_path, judged(a="passed"), NOW).startswith("a failed -> passed")


HINDERS: dict[str, Callable[[Path], object]] = {
    "a file": lambda place: place.write_text("x"),
    "a folder in place of the file": lambda place: (place / "history.json").mkdir(parents=True),
    "a pipe": lambda place: (place.mkdir(), os.mkfifo(place / "history.json")),
    "a link elsewhere": lambda place: place.symlink_to("../elsewhere"),
}


@pytest.mark.skipif(os.name != "posix", reason="needs pipes and links")
@pytest.mark.parametrize("hinder", HINDERS.values(), ids=HINDERS)
def test_whatever_is_in_its_place_stops_no_check(hinder: Callable[[Path], object], tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "s", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    hinder(folder / PLACE)
    remember(folder, judged(a="failed"), NOW)
    remember(folder, judged(a="passed"), NOW)
    assert list(elsewhere.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_stops_no_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert remember(tmp_path, judged(a="failed"), NOW) == ""
    assert list(tmp_path.iterdir()) == []


def test_no_reader_of_submissions_sees_it(tmp_path: Path) -> None:
    (tmp_path / "words.py").write_text("x = 1\n")
    remember(tmp_path, judged(a="failed"), NOW)
    (tmp_path / PLACE / "more.py").write_text("x = 1\n")
    found = read_submission(tmp_path, ["words.py"])
    assert (set(found.texts), found.faults, found.others) == ({"words.py"}, {}, ())
    assert (tmp_path / PLACE / ".gitignore").read_text() == "*\n"
