"""People overrule rows and grade written answers; what they decide is applied last and survives every regrading."""

from __future__ import annotations

import json
from pathlib import Path

from autograder.gradescope.results import check_results
from tests.autograder.calls import Capsys, run, table
from tests.autograder.regrade.conftest import Class
from tests.autograder.regrade.graded_class import rubric

OVERRIDES = """submission,row,points,reason,who
102,2.1,0.75,the base is on page 2,Dr Knuth
104,3.1,"0,25",handed in on paper,Dr Knuth
999,1.1,0.25,nobody,Dr Knuth
102,1.1,7,too much,Dr Knuth
102,9.9,1,no such row,Dr Knuth
"""


def test_overrides_count_survive_and_are_shown(graded: Class, tmp_path: Path, capsys: Capsys) -> None:
    before = table(graded.out / "grades.csv")
    (graded.out / "overrides.csv").write_text(OVERRIDES)
    first = run(capsys, "regrade", graded.out, "-o", graded.out)
    assert first.code == 0
    assert "0 graded, 5 unchanged" in first.out
    assert "overrides.csv, line 4: not used, '999' is no submission's id, and nobody's e-mail, sid or name" in first.out
    assert "overrides.csv, line 5: not used, row 1.1 is worth 0 to 0.5 points, not 7" in first.out
    assert "the rubric has no row '9.9'" in first.out
    other = rubric(tmp_path / "new.yaml", ("calls: 5", "calls: 4"))
    assert run(capsys, "regrade", graded.export, "-o", graded.out, "--rubric", other, "--jobs", 1).code == 0
    after = table(graded.out / "grades.csv")
    assert (before["102"]["2.1"], after["102"]["2.1"]) == ("0.5", "0.75")
    assert (before["104"]["3.1"], after["104"]["3.1"]) == ("0", "0.25")
    body = json.loads((graded.out / "results" / "102.json").read_text())
    check_results(body)
    row = next(test for test in body["tests"] if test["number"] == "2.1")
    assert row["output"].startswith("0.75 points, decided by a person\nthe base is on page 2\n")
    assert "Knuth" not in json.dumps(body)
    assert row["score"] == 0.75
    assert body["score"] == float(after["102"]["total"])
    page = (graded.out / "report.html").read_text()
    assert "the base is on page 2" in page
    assert "Dr Knuth" in page


def test_a_decision_that_is_taken_back_is_gone(graded: Class, capsys: Capsys) -> None:
    before = table(graded.out / "grades.csv")["102"]["2.1"]
    (graded.out / "overrides.csv").write_text(OVERRIDES)
    run(capsys, "regrade", graded.out, "-o", graded.out)
    (graded.out / "overrides.csv").unlink()
    run(capsys, "regrade", graded.out, "-o", graded.out)
    assert table(graded.out / "grades.csv")["102"]["2.1"] == before
    rows = json.loads((graded.out / "results" / "102.json").read_text())["tests"]
    assert not any("decided by a person" in row["output"] for row in rows)


def test_one_student_again_with_everything(graded: Class, capsys: Capsys) -> None:
    before = {path: path.read_bytes() for path in graded.out.rglob("*.csv")}
    ran = run(capsys, "regrade", graded.out, "--only", "blaise pascal")
    assert ran.code == 0
    assert "seed 17-102" in ran.out
    assert "isolation: " in ran.out
    assert "Right for 3 of 5 lists" in ran.out
    assert "kept before: the same points in every row" in ran.out
    assert {path: path.read_bytes() for path in graded.out.rglob("*.csv")} == before


def test_one_student_of_an_export_and_one_that_is_not_there(graded: Class, tmp_path: Path, capsys: Capsys) -> None:
    ran = run(capsys, "regrade", graded.export, "-o", tmp_path / "o", "--only", "101")
    assert ran.code == 0
    assert "total 5 of 5 by spec" in ran.out
    nobody = run(capsys, "regrade", graded.out, "--only", "Nobody")
    assert nobody.code == 2
    assert "'Nobody' is no submission's id" in nobody.out + nobody.err


def test_written_answers_go_out_blind_and_their_points_come_back(graded: Class, tmp_path: Path, capsys: Capsys) -> None:
    folder = tmp_path / "responses"
    collected = run(capsys, "responses", graded.out, "-o", folder, "--seed", "s")
    assert collected.code == 0
    page, sheet = (folder / "2.3.html").read_text(), (folder / "2.3.csv").read_text()
    assert "One comparison" in page
    assert not any(word in page + sheet for word in ("Ada", "Blaise", "101", "102", "example.edu"))
    lines = sheet.splitlines()
    (folder / "2.3.csv").write_text("\n".join([lines[0], *(f"{line.split(',')[0]},0.25,fine," for line in lines[1:])]))
    merged = run(capsys, "merge", folder, graded.out)
    assert merged.code == 0
    found = table(graded.out / "grades.csv")
    assert found["101"]["2.3"] == "0.25"
    assert found["101"]["total"] == "5.25"
    assert found["104"]["2.3"] == ""
    again = run(capsys, "regrade", graded.export, "-o", graded.out, "--jobs", 1)
    assert again.code == 0
    assert table(graded.out / "grades.csv")["101"]["total"] == "5.25"


def test_written_answers_of_an_export_are_read_in_the_jail(graded: Class, tmp_path: Path, capsys: Capsys) -> None:
    from_out, from_export = tmp_path / "a", tmp_path / "b"
    assert run(capsys, "responses", graded.out, "-o", from_out, "--seed", "s").code == 0
    assert run(capsys, "responses", graded.export, "-o", from_export, "--seed", "s", "--jobs", 1).code == 0
    for name in ("2.3.html", "2.4.html", "codes.csv"):
        assert (from_out / name).read_bytes() == (from_export / name).read_bytes(), name
