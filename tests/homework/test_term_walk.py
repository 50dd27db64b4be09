"""A term in order: graded, a rubric kept, people decide, back through Gradescope's zip, gradebook out."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from autograder.__main__ import main
from tests.homework import planted
from tests.homework.test_gradescope_layout import ROOT, SCENARIOS, Image, build, give_up
from tests.packaging import throwaway_system

Capsys = pytest.CaptureFixture[str]
Grade = Callable[[Path, list[str]], dict[str, Any]]
PEOPLE = {
    "101": ("ada@example.edu",),
    "102": ("blaise@example.edu", "carl@example.edu"),
    "103": ("dora@example.edu",),
    "104": ("emmy@example.edu",),
}
WRITTEN = sorted(planted.WRITTEN)
SPEC_ROW = next(row for _, row in planted.RUBRIC.rows() if row.graded == "spec")
UNREAD = planted.FILES[0]  # of submission 103
UNREAD_ROW = next(r for q, r in planted.RUBRIC.rows() if q.file == UNREAD and r.graded == "spec")
RUBRIC = ROOT / "tests" / "rubric.yaml"
CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Homework 3 (12345)
    Points Possible,,,,,9.50
"Lovelace, Ada",1,,ada@example.edu,Sec 1,
"Pascal, Blaise",2,,blaise@example.edu,Sec 1,
"Gauss, Carl",3,,carl@example.edu,Sec 1,
"Maar, Dora",4,,dora@example.edu,Sec 1,
"Noether, Emmy",5,,emmy@example.edu,Sec 1,
"Germain, Sophie",6,,sophie@example.edu,Sec 1,
"""


THEFT = """
try:
    print(open("/autograder/source/decisions.json").read())
except OSError as error:
    print("no", error)
"""


def answered(folder: Path, words: str, more: str = "") -> Path:
    """The reference with written answers of these words, and more at the end of each file."""
    folder.mkdir(parents=True)
    for question in planted.RUBRIC.questions:
        rows = (row for row in question.rows if row.graded == "written")
        written = "".join(f"{row.answer} = {'since ' + words!r}\n" for row in rows)
        text = (ROOT / "reference" / question.file).read_text(encoding="utf-8")
        (folder / question.file).write_text(f"{text}{written}{more}", encoding="utf-8")
    return folder


def a_class(folder: Path) -> Path:
    """One with everything, a group, one whose file is in Latin-1, and one that handed in a notebook alone."""
    for number in ("101", "102", "103"):
        answered(folder / f"submission_{number}", number)
    (folder / "submission_103" / UNREAD).write_bytes("# é\n".encode("latin-1"))
    (folder / "submission_104").mkdir()
    (folder / "submission_104" / "hw3.ipynb").write_text("{}")
    entries = []
    for number, emails in PEOPLE.items():
        people = "".join(f"  - :name: {e.partition('@')[0]}\n    :email: {e}\n    :sid: ''\n" for e in emails)
        entries.append(f"submission_{number}:\n  :submitters:\n{people}  :created_at: 2025-03-01 12:00:00 -0500\n")
    (folder / "submission_metadata.yml").write_text("".join(entries), encoding="utf-8")
    return folder


def zipped(folder: Path) -> Path:
    path = folder.with_name("assignment_7_export.zip")
    with zipfile.ZipFile(path, "w") as packed:
        for file in sorted(folder.rglob("*.*")):
            if file.is_file():
                packed.write(file, f"assignment_7_export/{file.relative_to(folder)}")
    return path


def lines(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write_lines(path: Path, records: list[dict[str, str]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(records[0]))
        writer.writeheader()
        writer.writerows(records)


def totals(out: Path) -> dict[str, str]:
    return {line["submission"]: line["total"] for line in lines(out / "grades.csv")}


def ran(capsys: Capsys, *words: object, code: int = 0) -> str:
    capsys.readouterr()
    assert main([str(word) for word in words]) == code, capsys.readouterr()
    said = capsys.readouterr()
    return said.out + said.err


@pytest.fixture(
    params=[
        pytest.param("unpacked", marks=pytest.mark.walkthrough),
        pytest.param("image", marks=pytest.mark.systems),
    ]
)
def layout(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[Path], Grade]]:
    """Grades with a zip: where it was unpacked, or in a whole throw-away image of Gradescope's."""
    if request.param == "unpacked":
        yield lambda archive: unpacked(archive, tmp_path)
        return
    if reason := throwaway_system.why_not():
        give_up(reason)
    with tempfile.TemporaryDirectory(dir=throwaway_system.CACHE.parent, prefix="gradescope-") as place:

        def in_image(archive: Path) -> Grade:
            try:
                system = throwaway_system.unpack(SCENARIOS[0].suite, Path(place, "system"))
            except RuntimeError as error:
                give_up(str(error))
            image: Image = build(SCENARIOS[0], system, archive)
            no_student_code_reads_the_decisions(image, answered(tmp_path / "thief", "101", THEFT))
            return lambda folder, emails: image.grade(folder, emails=emails)[0]

        yield in_image


def no_student_code_reads_the_decisions(image: Image, thief: Path) -> None:
    """Not even if their mode was changed: the run closes them again; what is read would stand in the log as printed."""
    decisions = image.system.autograder / "source/decisions.json"
    assert decisions.stat().st_mode & 0o077 == 0
    decisions.chmod(0o644)
    _, log = image.grade(thief, emails=["ada@example.edu"])
    assert "no [Errno" in log
    assert "salt" not in log
    assert decisions.stat().st_mode & 0o077 == 0


def unpacked(archive: Path, place: Path) -> Grade:
    source = place / "source"
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(source)
    source.chmod(0o700)

    def grade(folder: Path, emails: list[str]) -> dict[str, Any]:
        metadata, results = place / "metadata.json", place / "results" / "results.json"
        results.parent.mkdir(exist_ok=True)
        metadata.write_text(json.dumps({"id": 7, "users": [{"email": email} for email in emails]}))
        call = ["grade", str(folder), "--assignment", str(source), "--metadata", str(metadata), "-o", str(results)]
        assert main(call) == 0
        return dict(json.loads(results.read_text()))

    return grade


def gradescopes(results: dict[str, Any]) -> Fraction:
    """The total as Gradescope counts it: the sum of the rows."""
    return sum((Fraction(str(test["score"])) for test in results["tests"] if "score" in test), Fraction(0))


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_a_term(
    kind: str, layout: Callable[[Path], Grade], tmp_path: Path, capsys: Capsys, request: pytest.FixtureRequest
) -> None:
    folder, out, responses = a_class(tmp_path / "export"), tmp_path / "grades", tmp_path / "responses"
    export = folder if kind == "folder" else zipped(folder)

    said = ran(capsys, "regrade", export, "-o", out, "--jobs", 1)
    assert "1 with NOTHING OF THE ASSIGNMENT in it" in said
    assert "needs a person: " in said
    first = totals(out)
    assert Fraction(first["101"]) == Fraction(first["102"]) == planted.FULL

    # another rubric is kept, and neither forgotten nor taken back by the next command
    other = tmp_path / "other.yaml"
    text = RUBRIC.read_text(encoding="utf-8")
    other.write_text(text.replace(f"seed: {planted.RUBRIC.seed}", "seed: 99", 1), encoding="utf-8")
    assert other.read_text(encoding="utf-8") != text
    ran(capsys, "regrade", out, "-o", out, "--rubric", other, "--jobs", 1)
    asked = ran(capsys, "regrade", out, "-o", out, code=2)
    assert "--kept-rubric" in asked
    assert "--rubric" in asked
    ran(capsys, "regrade", out, "-o", out, "--kept-rubric", "--jobs", 1)
    ran(capsys, "regrade", out, "-o", out, "--rubric", RUBRIC, "--jobs", 1)
    assert totals(out) == first

    # people decide: one row is overruled, the list of what needs a person is filled in, written answers are read
    (out / "overrides.csv").write_text(
        f"submission,row,points,reason\nBLAISE@example.edu,{SPEC_ROW.number},0,copied\n", encoding="utf-8"
    )
    needs = lines(out / "needs-a-person.csv")
    assert {need["submission"] for need in needs} == {"103", "104"}
    assert "hw3.ipynb" in next(need["why"] for need in needs if need["submission"] == "104")
    assert UNREAD in next(need["why"] for need in needs if need["submission"] == "103")
    blank = dict.fromkeys(needs[0], "") | {"submission": "103"}
    decided = {**blank, "row": UNREAD_ROW.number, "points": "0.25", "reason": "read by hand", "who": "me"}
    write_lines(out / "needs-a-person.csv", [*needs, decided])
    ran(capsys, "responses", out, "-o", responses)
    for number in WRITTEN:
        sheet = lines(responses / f"{number}.csv")
        for line in sheet:
            line[next(name for name in line if name.startswith("points"))], line["comment"] = (
                "0.25",
                f"a comment on {number}",
            )
        write_lines(responses / f"{number}.csv", sheet)
    merged = ran(capsys, "merge", responses, out)
    assert f"{3 * len(WRITTEN)} used" in merged
    ran(capsys, "regrade", out, "-o", out)
    after = {name: Fraction(total) for name, total in totals(out).items()}
    written = Fraction(1, 4) * len(WRITTEN)
    overruled = Fraction(str(SPEC_ROW.points))
    assert after["101"] == planted.FULL + written
    assert after["102"] == planted.FULL + written - overruled
    assert after["103"] > Fraction(first["103"]) + Fraction(1, 4)

    # and back: each finds its decisions in its own rows, and Gradescope's total is that of the folder
    archive = tmp_path / "decided.zip"
    wheels = ["--wheels"] if request.node.callspec.params["layout"] == "image" else []  # no network is there
    ran(capsys, "bundle", "gradescope", *wheels, "--decisions", out, "-o", archive)
    grade = layout(archive)
    for name, emails in PEOPLE.items():
        results = grade(folder / f"submission_{name}", [emails[-1].upper()])
        assert gradescopes(results) == after[name], name
    again = grade(answered(tmp_path / "again", "another"), ["ada@example.edu"])
    assert gradescopes(again) == planted.FULL, "a decision on another answer is void"
    stranger = grade(folder / "submission_101", ["zoe@example.edu"])
    assert gradescopes(stranger) == planted.FULL

    # the gradebook: one line a student, the group split, who handed in nothing left empty
    roster, filled = tmp_path / "roster.csv", tmp_path / "filled.csv"
    roster.write_text(CANVAS, encoding="utf-8")
    ran(capsys, "gradebook", out, roster, "--column", "Homework 3 (12345)", "-o", filled)
    column = {line["SIS Login ID"]: line["Homework 3 (12345)"] for line in lines(filled)[1:]}
    for name, emails in PEOPLE.items():
        assert {Fraction(column[email]) for email in emails} == {after[name]}
    assert column["sophie@example.edu"] == ""
    shutil.rmtree(out)
