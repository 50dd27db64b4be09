"""`new`: the homework that it writes works at once, and passes the linters of this project.

Graded, checked, validated and bundled it is with one question more: test_new_homework_page.py.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.assignment.load import load_assignment
from autograder.new.command import HOMEWORK, write
from tests.autograder import planted
from tests.packaging.test_two_roots import class_of, run


@pytest.fixture(scope="module")
def homework(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command writes."""
    folder = tmp_path_factory.mktemp("new") / "deeper" / "homework"
    assert f"--assignment {folder}" in run("new", folder)
    return folder


def test_a_readme_of_six_lines_and_one_question(homework: Path) -> None:
    assert len((homework / "README.md").read_text().splitlines()) == 6
    assert len(load_assignment(homework).rubric.questions) == 1
    assert {path.suffix for path in HOMEWORK.rglob("*") if path.is_file()} == {".txt"}


def test_a_class_is_regraded_and_its_written_answers_are_collected(homework: Path, tmp_path: Path) -> None:
    handed = class_of(tmp_path / "class", homework)
    total = float(load_assignment(homework).rubric.totals()["by spec"])
    said = run("regrade", handed, "-o", tmp_path / "grades", "--assignment", homework, "--jobs", 1)
    assert f"mean {total:g}" in said
    run("responses", handed, "-o", tmp_path / "read", "--assignment", homework)
    assert (tmp_path / "read" / "1.2.csv").exists()
    run("merge", tmp_path / "read", tmp_path / "grades", "--assignment", homework)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert "not an empty folder" in run("new", tmp_path, code=2)
    assert "not an empty folder" in run("new", tmp_path / "notes.txt", code=2)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_ruff_finds_nothing_in_it(tmp_path: Path) -> None:
    pytest.importorskip("ruff", reason="ruff is not installed")
    write(tmp_path / "homework")
    config = planted.PROJECT / "pyproject.toml"
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--config", str(config), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_a_question_of_texts_needs_no_spec_and_its_template_may_say_none(tmp_path: Path) -> None:
    folder = tmp_path / "homework"
    write(folder)
    (folder / "student_template" / "why.py").write_text('"""Question 2: why (1 point)."""\n\nWHY = None\n')
    (folder / "reference" / "why.py").write_text('WHY = "It is linear."\n')
    row = '{number: "2.1", title: Why, points: 1, graded: written, answer: WHY}'
    with (folder / "tests" / "rubric.yaml").open("a") as rubric:
        rubric.write(f"\n  - title: 2 Why\n    file: why.py\n    points: 1\n    rows:\n      - {row}\n")
    run("pages", "--assignment", folder)
    run("grade", folder / "student_template", "--assignment", folder, "-o", tmp_path / "r.json")
    graded = json.loads((tmp_path / "r.json").read_text())
    assert [test["extra_data"]["outcome"] for test in graded["tests"]] == ["unanswered"] * 3
    run("bundle", "gradescope", "--assignment", folder, "-o", tmp_path / "g.zip")
    run("regrade", class_of(tmp_path / "class", folder), "-o", tmp_path / "grades", "--assignment", folder, "--jobs", 1)


def test_no_zip_for_students_is_built_of_what_cannot_be_loaded(tmp_path: Path) -> None:
    write(tmp_path / "homework")
    (tmp_path / "homework" / "tests" / "specs" / "test_temperature.py").unlink()
    said = run("bundle", "student", "--assignment", tmp_path / "homework", "-o", tmp_path / "s.zip", code=2)
    assert "test_temperature.py is not in specs/" in said
    assert not (tmp_path / "s.zip").exists()
