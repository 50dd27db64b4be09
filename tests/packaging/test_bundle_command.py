"""The command `bundle`: it refuses an assignment with a hole, and says what to set on Gradescope."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from autograder import __main__ as cli
from autograder import bundle
from autograder.__main__ import main
from autograder.assignment.load import Assignment, load_assignment
from autograder.bundle import command
from autograder.bundle.settings import settings
from autograder.bundle.validate import Validation
from tests.packaging.project_copy import practice


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has the practice homework as its own."""
    return practice(tmp_path_factory.mktemp("practice") / "project").root


@pytest.fixture(autouse=True)
def _of_the_project(monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    monkeypatch.setattr(cli, "ROOT", project)


@pytest.fixture(scope="module")
def assignment(project: Path) -> Assignment:
    """Its assignment."""
    return load_assignment(project)


@pytest.fixture
def proved(monkeypatch: pytest.MonkeyPatch) -> None:
    """`validate` is tested elsewhere, and takes its time."""
    monkeypatch.setattr(command, "validate", lambda root, assignment, start: Validation((), ()))


@pytest.mark.usefixtures("proved")
def test_a_zip_is_built_and_what_to_set_is_said(
    project: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    output = tmp_path / "new folder" / "out.zip"
    assert main(["bundle", "gradescope", "-o", str(output)]) == 0
    said = capsys.readouterr().out
    assert hashlib.sha256(output.read_bytes()).hexdigest()[:12] in said
    assert "5 by spec, 0.5 written, 1 extra credit" in said
    assert output.read_bytes() == bundle.gradescope(project, tmp_path / "again.zip").read_bytes()
    assert max(map(len, said.replace(str(tmp_path), "").splitlines())) <= 120


def test_a_hole_is_printed_and_an_earlier_zip_stays(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    holes = ('2.1b "no forget path": row 2.1b is passed, expected partial', "3.1: no case is planted for it")
    monkeypatch.setattr(command, "validate", lambda root, assignment, start: Validation((), holes))
    (tmp_path / "out.zip").write_bytes(b"an earlier zip")
    assert main(["bundle", "gradescope", "-o", str(tmp_path / "out.zip")]) == 2
    said = capsys.readouterr().err
    assert "the assignment has 2 hole(s), so no zip was built:\n" in said
    assert all(f"HOLE {hole}\n" in said for hole in holes)
    assert (tmp_path / "out.zip").read_bytes() == b"an earlier zip"
    assert [path.name for path in tmp_path.iterdir()] == ["out.zip"]


def test_without_the_catalogue_nothing_is_built(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(*_: Any) -> Validation:
        raise ModuleNotFoundError("No module named 'reference.catalogue'", name="reference.catalogue")

    monkeypatch.setattr(command, "validate", absent)
    assert main(["bundle", "gradescope", "-o", str(tmp_path / "out.zip")]) == 2
    assert "It needs the whole project: reference/ with its catalogue." in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("proved")
def test_an_output_that_cannot_be_written_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    assert main(["bundle", "gradescope", "-o", str(tmp_path / "taken" / "out.zip")]) == 2
    assert "autograder bundle: cannot write" in capsys.readouterr().err


def test_the_settings_follow_the_rubric(assignment: Assignment) -> None:
    said = settings(assignment.rows, assignment.rubric.limits)
    for line in (
        "  Autograder points 5 (what the specs award, without extra credit)",
        "2.3     0.5  Why it needs sorted input\n",
        "2.4       1  Binary search of a linked list  extra credit",
        "  Container size    0.5 CPU, 0.75 GB RAM or more",
        "2 x 256 MB (limits.memory_mb) of a student's processes and 200 MB of ours, at once",
        "  Time-out          10 minutes: a grading ends by itself after 300 s (limits.seconds_in_all)",
        "after_due_date: 1.3, 2.1, 2.2",
        "Gradescope shows students no total at all",
    ):
        assert line in said, said


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"memory_mb": 1024}, "2 CPU, 3 GB RAM"),
        ({"memory_mb": 4096}, "that is more than the largest container holds: lower limits.memory_mb"),
        ({"seconds_in_all": 900}, "16 minutes: a grading ends by itself after 900 s"),
        ({"seconds_in_all": 3000}, "Gradescope allows 40 minutes at most, so a grading ends after 2370 s"),
    ],
    ids=str,
)
def test_the_settings_follow_the_limits(assignment: Assignment, limits: dict[str, float], says: str) -> None:
    said = settings(assignment.rows, msgspec.structs.replace(assignment.rubric.limits, **limits))
    assert says in said, said


def test_extra_credit_by_spec_and_no_row_for_people(assignment: Assignment) -> None:
    by_spec = [linked for linked in assignment.rows if linked.check is not None]
    visible = [replace(one, row=msgspec.structs.replace(one.row, visibility="visible")) for one in by_spec]
    extra = replace(visible[0], row=msgspec.structs.replace(visible[0].row, extra_credit=True))
    said = settings([extra, *visible[1:]], assignment.rubric.limits)
    assert "4.5 (what the specs award, without extra credit)" in said
    assert "a score may exceed that by 0.5" in said
    assert "none: no row is graded by a person" in said
    assert "students see their total at once: every row is visible" in said
