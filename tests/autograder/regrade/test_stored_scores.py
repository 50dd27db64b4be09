"""The export's own stored scores as the old grading: whose total, by how much, and because of which row."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from autograder.intake.source import Source
from autograder.regrade.diff import SMALLEST, changes
from autograder.regrade.gradebook import Cell, Column, Gradebook, Standing
from tests.autograder import planted
from tests.autograder.calls import Caller, table
from tests.autograder.regrade.exported_class import Handed, as_zip, members_of, planted_files

FULL = {row.number: float(row.worth) for _, row in planted.RUBRIC.rows() if row.graded == "spec"}
TOTAL = float(planted.FULL)
REFERENCE = planted_files("reference")


def a_class(**other: float) -> list[Handed]:
    """Three that earn everything; the export stored other points for rows of number 8."""
    rows = {**FULL, **{row.removeprefix("row_").replace("_", "."): points for row, points in other.items()}}
    total = round(sum(rows.values()), 2)
    return [
        Handed("7", REFERENCE, (("Ada", "ada@x.edu", "1"),), TOTAL, FULL),
        Handed("8", REFERENCE, (("Bob", "bob@x.edu", "2"),), total, rows),
        Handed("9", REFERENCE, (("Cy", "cy@x.edu", "3"),), TOTAL),
    ]


def test_the_row_is_named(tmp_path: Path, regrade: Caller) -> None:
    out = tmp_path / "out"
    called = regrade(as_zip(tmp_path / "hw3.zip", members_of(a_class(row_1_2=0.5))), "-o", out)
    assert "against the export's own scores: 1 of 3 submissions change (total up for 1, down for 0)" in called.out
    assert "+0.75  8          Bob  1.2: 0.5 -> 1.25" in called.out
    assert table(out / "changes.csv") == {
        "8": {
            "submission": "8", "name": "Bob", "email": "bob@x.edu", "sid": "2",
            "old total": f"{TOTAL - 0.75:g}", "total": f"{TOTAL:g}", "change": "0.75", "rows": "1.2: 0.5 -> 1.25",
        }
    }  # fmt: skip
    assert table(out / "grades.csv")["8"]["old total"] == f"{TOTAL - 0.75:g}"


def test_they_are_read_once_and_again_when_the_entry_changes(
    tmp_path: Path, regrade: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    scores = Source.scores

    def counted(source: Source, name: str) -> dict[str, str]:
        read.append(name)
        return scores(source, name)

    monkeypatch.setattr(Source, "scores", counted)
    export, out = tmp_path / "hw3.zip", tmp_path / "out"
    assert regrade(as_zip(export, members_of(a_class())), "-o", out).code == 0
    assert read == ["7", "8", "9"]
    assert regrade(export, "-o", out).code == 0
    assert read == ["7", "8", "9"]
    # The same files, and another score stored for a row, with the same total: nothing is graded, and it is compared.
    called = regrade(as_zip(export, members_of(a_class(row_1_2=0.75, row_1_3=1.25))), "-o", out)
    assert read == ["7", "8", "9", "8"]
    assert "0 graded, 3 unchanged" in called.out
    assert table(out / "changes.csv")["8"]["rows"] == "1.2: 0.75 -> 1.25; 1.3: 1.25 -> 0.75"


def test_who_handed_in_is_brought_up_to_date(tmp_path: Path, regrade: Caller) -> None:
    export, out = tmp_path / "hw3.zip", tmp_path / "out"
    assert regrade(as_zip(export, {"7/a.txt": "", "8/a.txt": ""}), "-o", out).code == 0
    assert table(out / "grades.csv")["7"]["name"] == ""
    handed = [Handed(number, {"a.txt": ""}, (("Ada", "ada@x.edu", "1"),)) for number in ("7", "8")]
    assert "0 graded" in regrade(as_zip(export, members_of(handed)), "-o", out).out
    assert table(out / "grades.csv")["7"]["name"] == "Ada"


# ------------------------------------------------------------------------------------------------ what is no change


def book(old: Fraction, new: Fraction | None, old_total: Fraction | None, total: Fraction) -> Gradebook:
    standing = Standing("1", (), (Cell("partial", new),), total, (old,), old_total)
    return Gradebook("hw", (Column("1.1", "one", Fraction(1)),), (standing,))


THIRD = Fraction(1, 3)


@pytest.mark.parametrize("stored", ["0.3333", "0.33333", "0.3334", "0.3333333333333333"])
def test_what_was_rounded_is_no_change(stored: str) -> None:
    assert changes(book(Fraction(stored), THIRD, Fraction(stored), THIRD)).changed == ()


@pytest.mark.parametrize("by", [SMALLEST, -SMALLEST, Fraction(1, 100), Fraction(-1, 3)])
def test_what_is_more_is_a_change(by: Fraction) -> None:
    (row,) = changes(book(THIRD, THIRD + by, THIRD, THIRD)).changed
    assert row.rows[0].new == THIRD + by
    assert row.by == 0
    (total,) = changes(book(THIRD, THIRD, THIRD, THIRD + by)).changed
    assert total.by == by
    assert total.rows == ()


def test_a_rounded_total_beside_a_changed_row_is_no_change_of_the_total() -> None:
    (found,) = changes(book(Fraction(0), THIRD, Fraction("0.3333"), THIRD)).changed
    assert found.by == 0
    assert changes(book(Fraction(0), THIRD, Fraction("0.3333"), THIRD)).up == []
