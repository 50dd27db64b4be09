"""A homework in a folder of its own, by the engine of this checkout: every command takes that key and no other."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest

from autograder import bundle
from autograder.assignment.load import OWN_ROOT
from autograder.bundle.maths_rooms import imported, only_imported
from tests.autograder import planted
from tests.autograder.regrade.cluster import Cluster
from tests.packaging.project_copy import CLEAN, Project

CHANGED = planted.RUBRIC.questions[0].rows[0]  # 1.1, the row that the changed key judges
LEFT = float(planted.FULL - CHANGED.worth)


def run(*arguments: object, code: int = 0) -> str:
    """A command of this checkout, called in this checkout, whose own homework must never be taken."""
    return Project(planted.PROJECT).run("-m", "autograder", *map(str, arguments), code=code)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the practice homework whose key differs by one."""
    folder = tmp_path_factory.mktemp("other") / "homework"
    shutil.copytree(planted.ROOT, folder, ignore=shutil.ignore_patterns("__pycache__"))
    key = json.loads((folder / "reference" / "key.json").read_text())
    key["line"]["slope"] = str(Fraction(key["line"]["slope"]) + 1)
    (folder / "reference" / "key.json").write_text(json.dumps(key))
    return folder


def class_of(folder: Path, root: Path) -> Path:
    """A class of one, who hands in the reference."""
    shutil.copytree(root / "reference", folder / "submission_1", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_grade_takes_the_key_of_the_folder(other: Path, tmp_path: Path) -> None:
    for root, score in ((planted.ROOT, float(planted.FULL)), (other, LEFT)):
        run("grade", "--assignment", root, root / "reference", "-o", tmp_path / "r.json")
        assert json.loads((tmp_path / "r.json").read_text())["score"] == score


def test_validate_and_bundle_take_the_key_of_the_folder(other: Path, tmp_path: Path) -> None:
    hole = f"HOLE reference: row {CHANGED.number} is failed"
    assert hole in run("validate", "--assignment", other, code=1)
    assert hole in run("bundle", "gradescope", "--assignment", other, "-o", tmp_path / "g.zip", code=2)
    assert not (tmp_path / "g.zip").exists()


def test_regrade_hands_the_folder_to_its_processes(other: Path, tmp_path: Path) -> None:
    said = run("regrade", "--assignment", other, class_of(tmp_path / "c", other), "-o", tmp_path / "o", "--jobs", 1)
    assert f"mean {LEFT:g}" in said


def test_regrade_hands_the_folder_to_a_cluster(other: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="dask.distributed is not installed (the extra `cluster`)")
    (tmp_path / "cluster").mkdir()
    handed = class_of(tmp_path / "c", other)
    with Cluster(tmp_path / "cluster") as cluster:
        cluster.worker("w", planted.PROJECT)
        said = run("regrade", "--assignment", other, handed, "-o", tmp_path / "o", "--scheduler", cluster.address)
    assert f"mean {LEFT:g}" in said


def names(archive: Path) -> set[str]:
    with zipfile.ZipFile(archive) as zipped:
        return set(zipped.namelist())


def test_both_zips_hold_this_engine_and_that_homework(tmp_path: Path) -> None:
    run("bundle", "gradescope", "--assignment", planted.ROOT, "-o", tmp_path / "g.zip")
    run("bundle", "student", "--assignment", planted.ROOT, "-o", tmp_path / "s.zip")
    for archive in (tmp_path / "g.zip", tmp_path / "s.zip"):
        held = names(archive)
        assert {f"tests/specs/test_{file}" for file in planted.FILES} <= held
        assert {name.split("/")[1] for name in held if name.startswith("tests/specs/test_")} == {"specs"}
        assert len([name for name in held if name.startswith("tests/specs/test_")]) == len(planted.FILES)
        rooms = {name.split("/")[2] for name in held if name.startswith("autograder/maths/")}
        assert rooms == {"__init__.py", "bounds", "closeness.py"}  # what the practice homework's specs import
    with zipfile.ZipFile(tmp_path / "s.zip") as zipped:
        assert zipped.read("README.md") == (planted.ROOT / "student_template" / "README.md").read_bytes()
        zipped.extractall(tmp_path / "home")
    command = [sys.executable, "-B", "-m", "autograder", "check", "--json"]
    done = subprocess.run(command, cwd=tmp_path / "home", env=CLEAN, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert {row["outcome"] for row in json.loads(done.stdout)["rows"]} == {"unanswered"}


def test_the_engine_comes_from_its_own_folder(tmp_path: Path) -> None:
    with pytest.raises(bundle.BundleError, match=r"run_autograder|setup\.sh"):
        bundle.gradescope(planted.ROOT, tmp_path / "g.zip")
    assert bundle.gradescope(planted.ROOT, tmp_path / "g.zip", engine=OWN_ROOT).exists()


@pytest.mark.parametrize(
    ("source", "rooms"),
    [
        ("from autograder.maths.bounds import compare", {"bounds"}),
        ("import autograder.maths.lstm.network as n", {"lstm"}),
        ("from autograder.maths import (\n    bounds,\n    closeness as c,\n)", {"bounds", "closeness"}),
        ("def f():\n    from autograder.maths import lstm  # late", {"lstm"}),
        ("from autograder.maths import *", {"bounds", "lstm", "closeness"}),
        ("import autograder.maths\n", {"bounds", "lstm", "closeness"}),
        ("from autograder.api import real", set()),
    ],
)
def test_imports_of_every_form_are_followed(source: str, rooms: set[str]) -> None:
    assert imported(source, ("bounds", "lstm", "closeness")) == rooms


def test_imports_are_followed_through_rooms() -> None:
    files = {
        "tests/specs/test_x.py": b"from autograder.maths import a",
        "autograder/maths/__init__.py": b"",
        "autograder/maths/a/__init__.py": b"from autograder.maths.b import y",
        "autograder/maths/b.py": b"y = 1",
        "autograder/maths/c.py": b"from autograder.maths.a import z",
    }
    assert {*files} - {*only_imported(files)} == {"autograder/maths/c.py"}
