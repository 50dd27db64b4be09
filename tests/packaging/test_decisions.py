"""What people decided goes into the zip and back to the student, on the practice homework."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder import __main__ as cli
from autograder.__main__ import main
from autograder.bundle import command
from autograder.bundle.inspection import faults
from autograder.bundle.validate import Validation
from autograder.gradescope.decisions import MAX_BYTES
from tests.packaging.project_copy import Project, practice

PEOPLE = {
    "101": [("Ada Lovelace", "ada@example.edu", "100017")],
    "102": [("Blaise Pascal", "blaise@example.edu", "200023"), ("Carl Gauss", "Carl@Example.edu", "300031")],
    "103": [("Emmy Noether", "emmy@example.edu", "400041")],
}
COMMENT = "Good, but say why the other half may be left.\nSee page 3."
OVERRIDES = f"""submission,row,points,reason,who
102,1.3,0.5,"the median of an even list is right, see the lecture",Dr Knuth
101,2.3,0.25,"{COMMENT}",Dr Knuth
"""


@dataclass(frozen=True)
class Class:
    """A project with the practice homework, and a folder of grades in which people decided something."""

    root: Path
    export: Path
    out: Path


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """The class, graded."""
    folder = tmp_path_factory.mktemp("decided")
    project = practice(folder / "project")
    export = folder / "export"
    for number in PEOPLE:
        handed(project.root, export / f"submission_{number}", "the same" if number != "103" else "another")
    (export / "submission_metadata.yml").write_text("".join(map(entry, PEOPLE)), encoding="utf-8")
    project.run("-m", "autograder", "regrade", str(export), "-o", str(folder / "out"), "--jobs", "1")
    return Class(project.root, export, folder / "out")


@pytest.fixture
def decided(graded_once: Class, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Class:
    """A copy with overrides; `validate` is tested elsewhere."""
    shutil.copytree(graded_once.out, tmp_path / "out")
    (tmp_path / "out" / "overrides.csv").write_text(OVERRIDES, encoding="utf-8")
    monkeypatch.setattr(cli, "ROOT", graded_once.root)
    monkeypatch.setattr(command, "validate", lambda root, assignment, start: Validation((), ()))
    return Class(graded_once.root, graded_once.export, tmp_path / "out")


def handed(root: Path, folder: Path, why: str) -> Path:
    """A submission: the reference with an answer of one's own."""
    folder.mkdir(parents=True)
    for path in (root / "student_template").glob("*.py"):
        shutil.copy(root / "reference" / path.name, folder)
    with open(folder / "searching.py", "a", encoding="utf-8") as file:
        file.write(f'WHY_SORTED = "One comparison must tell which half to leave: {why}."\n')
    return folder


def entry(number: str) -> str:
    people = "".join(f"  - :name: {n}\n    :email: {e}\n    :sid: '{s}'\n" for n, e, s in PEOPLE[number])
    return f"submission_{number}:\n  :submitters:\n{people}  :created_at: 2025-03-01 12:00:00 -0500\n"


def bundled(decided: Class, tmp_path: Path, code: int = 0) -> Path:
    zipped = tmp_path / "out.zip"
    assert main(["bundle", "gradescope", "-o", str(zipped), "--decisions", str(decided.out)]) == code
    return zipped


@pytest.fixture
def on_gradescope(decided: Class, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Grades a submission of these e-mails with the zip unpacked; returns results.json, the log as "log"."""
    source = tmp_path / "source"
    with zipfile.ZipFile(bundled(decided, tmp_path)) as packed:
        packed.extractall(source)
    source.chmod(0o700)

    def grade(submission: Path, *emails: str) -> dict[str, Any]:
        users = [{"name": "x", "email": email, "sid": ""} for email in emails]
        (tmp_path / "metadata.json").write_text(json.dumps({"id": 5, "users": users}), encoding="utf-8")
        words = ["grade", str(submission), "-o", str(tmp_path / "results.json")]
        log = Project(source).run("-m", "autograder", *words, "--metadata", str(tmp_path / "metadata.json"))
        return {**json.loads((tmp_path / "results.json").read_text()), "log": log}

    return grade


def row(results: Mapping[str, Any], number: str) -> dict[str, Any]:
    found: dict[str, Any] = next(test for test in results["tests"] if test.get("number") == number)
    return found


def test_a_decision_comes_back_in_its_row(decided: Class, on_gradescope: Callable[..., dict[str, Any]]) -> None:
    results = on_gradescope(decided.export / "submission_101", "ADA@example.edu")
    written = row(results, "2.3")
    assert (written["score"], written["max_score"], written["status"]) == (0.25, 0.5, "failed")
    assert written["visibility"] == "after_published"
    assert written["output"].startswith(
        f"0.25 points, decided by a person\n{COMMENT}\n\nYour answer:\n\nOne comparison"
    )
    assert results["score"] == 5.25
    undecided = row(results, "2.4")
    assert "score" not in undecided
    assert undecided["visibility"] == "visible"
    assert "stay hidden until after the due date or until grades are published; until then" in results["output"]
    assert "0.25" not in results["output"]


@pytest.mark.parametrize(
    "emails", [("carl@example.edu",), ("blaise@example.edu", "carl@example.edu"), ("x", "CARL@EXAMPLE.EDU ")]
)
def test_any_member_of_a_group_finds_it(
    emails: tuple[str, ...], decided: Class, on_gradescope: Callable[..., dict[str, Any]]
) -> None:
    results = on_gradescope(decided.export / "submission_102", *emails)
    median = row(results, "1.3")
    assert (median["score"], median["max_score"], median["visibility"]) == (0.5, 0.75, "after_published")
    assert "the median of an even list is right, see the lecture" in median["output"]
    assert "Knuth" not in json.dumps(results)
    assert results["score"] == 4.75


def test_another_answer_makes_it_void_and_the_staff_are_told(
    decided: Class, on_gradescope: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    again = handed(decided.root, tmp_path / "again", "another word")
    results = on_gradescope(again, "ada@example.edu")
    assert "score" not in row(results, "2.3")
    assert "\n  2.3   what was decided was for another answer, so it is void" in results["log"]
    assert "void" not in json.dumps(results["tests"])


@pytest.mark.parametrize(
    ("file", "head", "ends", "tail", "who", "number", "score"),
    [
        pytest.param("searching.py", b"", b"\n", b"# a line more\n", "ada", "2.3", 0.25, id="text, in another file"),
        pytest.param("averages.py", b"\xef\xbb\xbf", b"\r\n", b"", "blaise", "1.3", 0.5, id="code, by another editor"),
        pytest.param("averages.py", b"", b"\n", b"# a line more\n", "blaise", "1.3", 0.75, id="code, in another file"),
    ],
)
def test_a_written_answer_is_its_text_and_code_its_file(
    file: str,
    head: bytes,
    ends: bytes,
    tail: bytes,
    who: str,
    number: str,
    score: float,
    decided: Class,
    on_gradescope: Callable[..., dict[str, Any]],
    tmp_path: Path,
) -> None:
    """A decision on what it is not is void: the score is the spec's."""
    again = handed(decided.root, tmp_path / "again", "the same")
    (again / file).write_bytes(head + (again / file).read_bytes().replace(b"\n", ends) + tail)
    results = on_gradescope(again, f"{who}@example.edu")
    assert row(results, number)["score"] == score
    void = f"\n  {number}   what was decided was for another answer"
    assert (void in results["log"]) is (score == 0.75)


def test_a_stranger_with_the_same_answer_gets_nothing(
    decided: Class, on_gradescope: Callable[..., dict[str, Any]]
) -> None:
    results = on_gradescope(decided.export / "submission_101", "zoe@example.edu")
    assert "score" not in row(results, "2.3")
    assert "NEEDS A PERSON" not in results["log"]
    nobody = on_gradescope(decided.export / "submission_101")
    assert "score" not in row(nobody, "2.3")
    assert "the metadata names no e-mail" in nobody["log"]


def test_two_that_disagree_are_told_and_neither_is_used(
    decided: Class, tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    """Ada and Blaise handed in the same answer, each for themselves; now they are a group."""
    with open(decided.out / "overrides.csv", "a", encoding="utf-8") as file:
        file.write("102,2.3,0.5,fine,Dr Knuth\n")
    grade = request.getfixturevalue("on_gradescope")
    both = grade(decided.export / "submission_101", "ada@example.edu", "blaise@example.edu")
    assert "score" not in row(both, "2.3")
    assert "\n  2.3   two decisions disagree (0.25 and 0.5 points), so neither is used" in both["log"]
    assert row(grade(decided.export / "submission_101", "blaise@example.edu"), "2.3")["score"] == 0.5


def test_a_bonus_and_a_penalty_come_back_and_the_gradebook_says_the_same_total(
    decided: Class, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with open(decided.out / "overrides.csv", "a", encoding="utf-8") as file:
        file.write("102,penalty,0.5,handed in twice,me\n101,bonus,0.25,for a mistake on page 2,me\n")
    assert main(["regrade", str(decided.out), "-o", str(decided.out)]) == 0
    grade = request.getfixturevalue("on_gradescope")
    ada = grade(decided.export / "submission_101", "ada@example.edu")
    group = grade(decided.export / "submission_102", "carl@example.edu")
    last = group["tests"][-1]
    assert (last["name"], last["score"], last["max_score"], last["visibility"]) == (
        "Penalty",
        -0.5,
        0,
        "after_published",
    )
    assert "handed in twice" in last["output"]
    roster = tmp_path / "roster.csv"
    roster.write_text("Email,HW\nada@example.edu,\ncarl@example.edu,\nblaise@example.edu,\n")
    assert main(["gradebook", str(decided.out), str(roster), "--column", "HW", "-o", str(tmp_path / "filled.csv")]) == 0
    cells = dict(line.split(",") for line in (tmp_path / "filled.csv").read_text().splitlines()[1:])
    assert {who: float(cell) for who, cell in cells.items()} == {
        "ada@example.edu": ada["score"],
        "carl@example.edu": group["score"],
        "blaise@example.edu": group["score"],
    }
    assert (ada["score"], group["score"]) == (5.5, 4.25)


def test_what_to_set_is_the_outline_with_the_written_points(
    decided: Class, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundled(decided, tmp_path)
    said = capsys.readouterr().out
    assert "Decisions of people: 2, on 2 submissions." in said
    assert "5.5 (what the specs award, 5, and the written rows, 0.5, without extra credit)" in said
    assert "with extra credit a score may exceed that by 1" in said
    assert "none: the zip holds the points of 2.3, 2.4; take such questions out of the outline" in said
    assert max(map(len, said.splitlines())) <= 140


def test_the_zip_names_nobody_and_is_the_same_again(decided: Class, tmp_path: Path) -> None:
    zipped = bundled(decided, tmp_path)
    first = zipped.read_bytes()
    with zipfile.ZipFile(zipped) as packed:
        text, info = packed.read("decisions.json").decode(), packed.getinfo("decisions.json")
    words = {word for people in PEOPLE.values() for person in people for word in (*person, *person[0].split())}
    assert not [word for word in words | {"Knuth", "example.edu"} if word.lower() in text.lower()]
    assert info.external_attr >> 16 == 0o100600
    assert bundled(decided, tmp_path).read_bytes() == first
    assert faults(zipped) == []


@pytest.mark.parametrize(
    "comment", ["Ada  LOVELACE copied", "as in <blaise@example.edu>", "see 300031", "like lovelace, ada"]
)
def test_a_comment_that_names_a_student_is_refused(
    comment: str, decided: Class, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (decided.out / "overrides.csv").write_text(f'submission,row,points,reason\n102,2.3,0.5,"{comment}"\n')
    zipped = bundled(decided, tmp_path, code=2)
    assert not zipped.exists()
    said = capsys.readouterr().err
    assert "the comments of these decisions do: row 2.3 of submission 102" in said


def test_an_anonymous_folder_is_refused(decided: Class, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["regrade", str(decided.out), "-o", str(decided.out), "--anonymous"]) == 0
    bundled(decided, tmp_path, code=2)
    assert "was graded with --anonymous" in capsys.readouterr().err


def test_a_folder_of_another_rubric_is_refused(
    decided: Class, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text((decided.root / "tests/rubric.yaml").read_text() + "# another\n")
    assert main(["regrade", str(decided.out), "-o", str(decided.out), "--rubric", str(other)]) == 0
    bundled(decided, tmp_path, code=2)
    assert "was graded under another rubric than tests/rubric.yaml" in capsys.readouterr().err


def test_what_is_no_folder_of_grades_is_refused(
    decided: Class, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundled(Class(decided.root, decided.export, tmp_path), tmp_path, code=2)
    assert "is no folder that `regrade -o` wrote" in capsys.readouterr().err


def test_more_than_the_zip_carries_is_refused(
    decided: Class, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.bundle.decided.MAX_BYTES", 200)
    assert MAX_BYTES == 5 << 20
    bundled(decided, tmp_path, code=2)
    assert "shorten the longest comments" in capsys.readouterr().err


def test_a_damaged_file_is_our_fault_and_nobody_is_graded_without_it(decided: Class, tmp_path: Path) -> None:
    zipped = bundled(decided, tmp_path)
    with zipfile.ZipFile(zipped) as packed:
        files = {info: packed.read(info) for info in packed.infolist()}
    with zipfile.ZipFile(zipped, "w") as packed:
        for info, data in files.items():
            packed.writestr(info, data.replace(b'"salt"', b'"pepper"') if info.filename == "decisions.json" else data)
    assert any("decisions.json is not as" in fault for fault in faults(zipped))
