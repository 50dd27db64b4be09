"""What if the rubric were another one: who would change, without running anything again where nothing need be run."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

from autograder.core.receipt import Receipt
from autograder.gradescope.results import RECEIPT, check_results
from tests.autograder.calls import Capsys, run, table
from tests.autograder.regrade import graded_class
from tests.autograder.regrade.conftest import Class
from tests.autograder.regrade.graded_class import CLASS, points, rubric

POINTS = (("points: 0.5", "points: 0.75"), ("points: 1.25", "points: 1.0"))
CREDIT = (("{loose_credit: 0.5}", "{loose_credit: 0.25}"),)


def test_a_class_is_graded_as_each_submission_alone(graded: Class, tmp_path: Path, capsys: Capsys) -> None:
    found = table(graded.out / "grades.csv")
    assert list(found) == [one.number for one in CLASS]
    for name in found:
        metadata, alone = tmp_path / "m.json", tmp_path / f"{name}.json"
        metadata.write_text(json.dumps({"id": int(name)}))
        folder = graded.export / f"submission_{name}"
        assert run(capsys, "grade", folder, "-o", alone, "--metadata", metadata).code == 0
        ours = json.loads((graded.out / "results" / f"{name}.json").read_text())
        theirs = json.loads(alone.read_text())
        check_results(ours)
        for body in (ours, theirs):
            body.pop("execution_time")
        receipt = "".join(f"  {line}\n" for line in Receipt(**theirs["extra_data"]["receipt"]).lines())
        assert f"\n{RECEIPT}\n{receipt}\n" in theirs["output"]
        assert ours == theirs
        assert ours["score"] == float(found[name]["total"])


def test_grades_say_who_and_what(graded: Class) -> None:
    found = table(graded.out / "grades.csv")
    assert found["101"]["name"] == "Ada Lovelace"
    assert found["102"]["name"] == "Blaise Pascal; =cmd()"
    assert found["102"]["email"] == "blaise@example.edu; carl@example.edu"
    assert found["105"]["name"] == ""
    assert found["101"]["total"] == "5"
    assert found["104"]["total"] == found["104"]["1.1"] == "0"
    assert found["101"]["2.3"] == ""  # nobody read it yet
    assert all(abs(points(row) - Fraction(row["total"])) < Fraction(1, 1000) for row in found.values())


def test_other_points_and_credit_grade_nothing_again(graded: Class, tmp_path: Path, capsys: Capsys) -> None:
    before = (graded.out / "grades.csv").read_bytes()
    ran = run(capsys, "regrade", graded.out, "--rubric", rubric(tmp_path / "new.yaml", *POINTS, *CREDIT))
    assert ran.code == 0
    assert "5 submissions: 0 graded, 5 unchanged" in ran.out
    assert "against the earlier grades: " in ran.out
    assert (graded.out / "grades.csv").read_bytes() == before
    found, old = table(graded.out / "what-if" / "grades.csv"), table(graded.out / "grades.csv")
    assert found["101"]["1.1"] == "0.75"
    assert found["102"]["2.1"] == "0.25"
    assert old["102"]["2.1"] == "0.5"
    assert found["102"]["old total"] == old["102"]["total"]
    changes = (graded.out / "what-if" / "changes.csv").read_text()
    assert "2.1: 0.5 -> 0.25" in changes


def test_a_what_if_gives_what_grading_under_that_rubric_gives(graded: Class, tmp_path: Path, capsys: Capsys) -> None:
    other = rubric(tmp_path / "new.yaml", *POINTS, *CREDIT, ("calls: 5", "calls: 4"))
    assert run(capsys, "regrade", graded.out, "--rubric", other, "--jobs", 1).code == 0
    fresh = tmp_path / "fresh"
    assert run(capsys, "regrade", graded.export, "-o", fresh, "--rubric", other, "--jobs", 1).code == 0

    def told(path: Path) -> dict[str, dict[str, str]]:
        return {name: {**row, "old total": ""} for name, row in table(path).items()}

    assert told(graded.out / "what-if" / "grades.csv") == told(fresh / "grades.csv")


def test_only_rows_whose_parameters_changed_are_graded_again(graded: Class, tmp_path: Path, capsys: Capsys) -> None:
    other = rubric(tmp_path / "new.yaml", ("calls: 5", "calls: 4"))
    ran = run(capsys, "regrade", graded.out, "--rubric", other, "--jobs", 1)
    assert "submissions to grade for this, in some rows; the rest is unchanged" in ran.err
    store = graded_class.kept_rows(graded.out, "what-if")
    assert set().union(*store.values()) == {"1.2"}
    again = run(capsys, "regrade", graded.out, "--rubric", other, "--jobs", 1)
    assert "0 graded, 5 unchanged" in again.out
    kept = run(capsys, "regrade", graded.out, "-o", graded.out, "--rubric", other, "--jobs", 1)
    assert "0 graded, 5 unchanged" in kept.out  # the what-if's findings are taken over
    assert run(capsys, "regrade", graded.out, "--rubric", other).out.count("nothing changes") == 1


def test_another_visibility_changes_what_is_shown_not_what_is_earned(
    graded: Class, tmp_path: Path, capsys: Capsys
) -> None:
    other = rubric(tmp_path / "new.yaml", ("title: Mean", "title: Mean\n        visibility: hidden"))
    ran = run(capsys, "regrade", graded.out, "-o", tmp_path / "new", "--rubric", other)
    assert "0 graded, 5 unchanged" in ran.out
    assert "nothing changes in 5 submissions" in ran.out
    rows = json.loads((tmp_path / "new" / "results" / "103.json").read_text())["tests"]
    row = next(row for row in rows if row["number"] == "1.2")
    assert row["visibility"] == "hidden"
    assert "mean(...) raised IndexError" not in row["output"]
    old = json.loads((graded.out / "results" / "103.json").read_text())["tests"]
    assert "mean(...) raised IndexError" in next(row for row in old if row["number"] == "1.2")["output"]


def test_old_and_new_are_compared_with_whatever_is_given(graded: Class, tmp_path: Path, capsys: Capsys) -> None:
    other = rubric(tmp_path / "new.yaml", *POINTS)
    assert run(capsys, "regrade", graded.out, "-o", tmp_path / "new", "--rubric", other).code == 0
    for old in (tmp_path / "new", tmp_path / "new" / "grades.csv"):
        ran = run(capsys, "regrade", graded.out, "--against", old)
        assert ran.code == 0
        assert f"against {old}: " in ran.out
        assert "1.1: 0.75 -> 0.5" in (graded.out / "what-if" / "changes.csv").read_text()
    own = run(capsys, "regrade", graded.export, "-o", tmp_path / "third", "--jobs", 1)
    assert "against the export's own scores: " in own.out
    assert table(tmp_path / "third" / "grades.csv")["101"]["old total"] == "7"


def test_a_source_that_is_not_there(graded: Class, capsys: Capsys) -> None:
    ran = run(capsys, "regrade", graded.out.with_name("nowhere"))
    assert ran.code == 2
    assert "nowhere: there is no such file or folder." in ran.err, "-o would not help"


def test_an_answer_that_was_adopted_is_gone_and_a_stale_one_is_said(
    graded: Class, tmp_path: Path, capsys: Capsys
) -> None:
    other, answer = rubric(tmp_path / "new.yaml", *POINTS), graded.out / "what-if"
    stale = "warning: what-if/ was asked of earlier grades, and says nothing of these: ask again, or remove it"
    assert run(capsys, "regrade", graded.out, "--rubric", other).code == 0
    assert stale not in run(capsys, "regrade", graded.out, "-o", graded.out, "--kept-rubric").out  # nothing changed
    (graded.out / "overrides.csv").write_text("submission,row,points\n102,2.1,0.75\n")
    for _ in range(2):
        assert stale in run(capsys, "regrade", graded.out, "-o", graded.out, "--kept-rubric").out
    assert "what-if/ was asked of earlier grades" in (graded.out / "report.html").read_text()
    assert run(capsys, "regrade", graded.out, "--rubric", other).code == 0
    (answer / "mine.txt").touch()
    adopted = run(capsys, "regrade", graded.out, "-o", graded.out, "--rubric", other)
    assert "what-if/ is taken away: these grades are what it said" in adopted.out
    assert stale not in adopted.out
    assert [path.name for path in answer.iterdir()] == ["mine.txt"]


def test_an_answer_that_somebody_wrote_in_stays(graded: Class, tmp_path: Path, capsys: Capsys) -> None:
    other, answer = rubric(tmp_path / "new.yaml", *POINTS), graded.out / "what-if" / "grades.csv"
    assert run(capsys, "regrade", graded.out, "--rubric", other).code == 0
    text = answer.read_text() + "a note\n"
    answer.write_text(text)
    assert run(capsys, "regrade", graded.out, "-o", graded.out, "--rubric", other).code == 0
    assert answer.read_text() == text
