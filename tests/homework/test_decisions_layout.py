"""What people decided, from the blind sheets into the zip and back to the student, in Gradescope's own layout."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder import bundle
from autograder.__main__ import main
from autograder.bundle.decided import collected
from tests.homework import planted
from tests.homework.test_gradescope_layout import ROOT, SCENARIOS, Image, build, give_up, total
from tests.packaging import throwaway_system

pytestmark = pytest.mark.systems
WRITTEN = sorted(planted.WRITTEN)
PEOPLE = {"101": ("ada@example.edu",), "102": ("blaise@example.edu", "carl@example.edu")}


THEFT = """
try:
    print(open("/autograder/source/decisions.json").read())
except OSError as error:
    print("no", error)
"""


def a_class(folder: Path) -> Path:
    """An export of two submissions, the second of a group, each with answers of its own."""
    entries = []
    for number, emails in PEOPLE.items():
        answered(folder / f"submission_{number}", number)
        people = "".join(f"  - :name: Somebody {e[0]}\n    :email: {e}\n    :sid: ''\n" for e in emails)
        entries.append(f"submission_{number}:\n  :submitters:\n{people}  :created_at: 2025-03-01 12:00:00 -0500\n")
    (folder / "submission_metadata.yml").write_text("".join(entries), encoding="utf-8")
    return folder


def answered(folder: Path, words: str) -> Path:
    """The reference with written answers of these words."""
    folder.mkdir(parents=True)
    for file in planted.FILES:
        shutil.copy(ROOT / "reference" / file, folder)
    for question, row in planted.RUBRIC.rows():
        if row.graded == "written":
            with open(folder / question.file, "a", encoding="utf-8") as text:
                text.write(f"{row.answer} = {'since ' + words!r}\n")
    return folder


@dataclass(frozen=True)
class Decided:
    """An image of a zip with decisions, the export that they were made on, and the spec row that was overruled."""

    image: Image
    export: Path
    overruled: str


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Decided]:
    """Graded, answers collected, filled in and merged, one row overruled, and all of it in the zip."""
    if reason := throwaway_system.why_not():
        give_up(reason)
    folder = tmp_path_factory.mktemp("decided")
    export, out, responses = a_class(folder / "export"), folder / "out", folder / "responses"
    assert main(["regrade", str(export), "-o", str(out), "--jobs", "1"]) == 0
    assert main(["responses", str(out), "-o", str(responses)]) == 0
    for number in WRITTEN:
        header, *lines = (responses / f"{number}.csv").read_text(encoding="utf-8-sig").splitlines()
        filled = [f"{line.split(',')[0]},0.25,a comment on {number},me" for line in lines]
        (responses / f"{number}.csv").write_text("\n".join([header, *filled]), encoding="utf-8")
    overruled = next(row.number for _, row in planted.RUBRIC.rows() if row.graded == "spec")
    (out / "overrides.csv").write_text(f"submission,row,points,reason\n102,{overruled},0,copied\n", encoding="utf-8")
    assert main(["merge", str(responses), str(out)]) == 0
    data, _ = collected(out, ROOT)
    archive = bundle.gradescope(ROOT, folder / "decided.zip", True, decisions=data)
    with tempfile.TemporaryDirectory(dir=throwaway_system.CACHE.parent, prefix="gradescope-") as place:
        try:
            system = throwaway_system.unpack(SCENARIOS[0].suite, Path(place, "system"))
        except RuntimeError as error:
            give_up(str(error))
        yield Decided(build(SCENARIOS[0], system, archive), export, overruled)


def rows_of(results: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {test["number"]: test for test in results["tests"]}


def test_decisions_come_back_in_their_rows(decided: Decided) -> None:
    results, log = decided.image.grade(decided.export / "submission_101", emails=["Ada@Example.edu"])
    rows = rows_of(results)
    for number in WRITTEN:
        assert (rows[number]["score"], rows[number]["visibility"]) == (0.25, "after_published"), log
        assert f"a comment on {number}" in rows[number]["output"]
    assert total(results) == planted.FULL + 0.25 * len(WRITTEN)
    group, _ = decided.image.grade(decided.export / "submission_102", emails=["nobody@else.edu", "carl@example.edu"])
    assert rows_of(group)[decided.overruled]["score"] == 0
    assert "copied" in rows_of(group)[decided.overruled]["output"]


def test_a_resubmission_and_a_stranger_get_no_decision(decided: Decided, tmp_path: Path) -> None:
    again, log = decided.image.grade(answered(tmp_path / "again", "another"), emails=["ada@example.edu"])
    assert not any("score" in rows_of(again)[number] for number in WRITTEN)
    assert all(f"\n  {number:<6}what was decided was for another answer" in log for number in WRITTEN)
    stranger, log = decided.image.grade(decided.export / "submission_101", emails=["zoe@example.edu"])
    assert not any("score" in rows_of(stranger)[number] for number in WRITTEN)
    assert "NEEDS A PERSON" not in log
    assert total(again) == total(stranger) == planted.FULL


def test_only_root_reads_the_decisions(decided: Decided) -> None:
    path = decided.image.system.autograder / "source/decisions.json"
    assert path.stat().st_mode & 0o077 == 0
    user = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"]
    done = decided.image.system.run(*user, "/bin/cat", "/autograder/source/decisions.json")
    assert "Permission denied" in done.stdout
    assert "salt" not in done.stdout


def test_no_student_code_reads_the_decisions_even_if_their_mode_was_changed(decided: Decided, tmp_path: Path) -> None:
    """The run closes the file again; what a student's process reads of it would stand in the log as printed."""
    source = decided.image.system.autograder / "source"
    (source / "decisions.json").chmod(0o644)
    thief = answered(tmp_path / "thief", "101")
    for file in planted.FILES:
        with open(thief / file, "a", encoding="utf-8") as text:
            text.write(THEFT)
    _, log = decided.image.grade(thief, emails=["ada@example.edu"])
    assert "no [Errno" in log
    assert "salt" not in log
    assert (source / "decisions.json").stat().st_mode & 0o077 == 0
