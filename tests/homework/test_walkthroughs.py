"""docs/instructors.md, tried for real: its walk-throughs, from the page's own text, each in a copy of this project.

What an edit can reach is run there: grading, the tests of this homework, `validate`, both zips. The tests of the engine
are not: they open no file that an instructor edits, and fail if they do. `make walkthroughs`, and so `.ci/run`.
"""

from __future__ import annotations

import ast
import json
import os
import re
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from autograder.assignment.frozen import read_rubric
from autograder.assignment.rubric import Row, Rubric
from autograder.core.points import decimal_text
from tests.homework import planted
from tests.packaging.project_copy import ROOT, Project, copied

DOCS = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
RUBRIC = "tests/rubric.yaml"
# What reads the rubric, the reference's constants, the pages or the questions that there are. The tests of the
# equations, of bounds, of forged values and of broken machines read none of what the page edits.
REACHED = """answers_as_students_write_them engine_knows_no_homework grade_imports key misconceptions planted readme
    rubric same_verdict schema student_bundle two_callers two_kinds wording""".split()  # noqa: SIM905
TESTS = (*(f"tests/homework/test_{name}.py" for name in REACHED), "tests/specs")
walkthrough = pytest.mark.walkthrough


# ------------------------------------------------------------------------------------------------- from the page's text


def block(start: str) -> str:
    """An indented block of docs/instructors.md, from the line that begins so: what is tried is what stands there."""
    found = re.search(rf"^( +){re.escape(start)}", DOCS, re.MULTILINE)
    assert found, f"no block of the page begins with {start!r}"
    taken = []
    for line in DOCS[found.start() :].split("\n"):
        if line and not line.startswith(found[1]):
            break
        taken.append(line.removeprefix(found[1]))
    return "\n".join(taken).strip("\n") + "\n"


def change_rubric(project: Project, changes: str) -> None:
    """Sets what a block of the page sets: its items name a question or a row, and below each what it becomes."""
    path = project.root / RUBRIC
    text = path.read_text(encoding="utf-8")
    for item in re.split(r"^- ", changes, flags=re.MULTILINE)[1:]:
        name, *settings = item.strip().split("\n")
        found = re.search(rf"^( *)- {re.escape(name)}\n(?:\1 +[^- ].*\n)+", text, re.MULTILINE)
        assert found, f"the rubric has no {name}"
        whole = found[0]
        for setting in settings:
            key, _, value = setting.strip().partition(": ")
            whole, count = re.subn(rf"^( +){key}: [^ \n]+", rf"\g<1>{key}: {value}", whole, flags=re.MULTILINE)
            assert count == 1, f"{name} has {key} {count} times"
        text = text.replace(found[0], whole)
    path.write_text(text, encoding="utf-8")


def change_constants(project: Project, name: str, changes: str) -> None:
    """Gives the constants of a module the values that a block of the page gives them."""
    path = project.root / name
    lines = path.read_text(encoding="utf-8").split("\n")
    for wanted in ast.parse(changes).body:
        assert isinstance(wanted, ast.Assign)
        target = ast.unparse(wanted.targets[0])
        (old,) = (
            node
            for node in ast.parse("\n".join(lines)).body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == target
        )
        lines[old.lineno - 1 : old.end_lineno] = [ast.unparse(wanted)]
    path.write_text("\n".join(lines), encoding="utf-8")


PAGES = {"README.md", "student_template/README.md"}


def pages(project: Project) -> set[str]:
    """What `make pages` writes."""
    said = project.run("-m", "autograder", "pages")
    project.run("-m", "autograder", "pages", "--check")
    return set(re.findall(r"^written: (.*)$", said, re.MULTILINE))


# ------------------------------------------------------------------------------------------------------- what is tried


@pytest.fixture
def project(tmp_path: Path) -> Project:
    # Tests in the copy become another user, who must pass through what pytest makes for its own alone.
    for folder in (tmp_path, *tmp_path.parents[:2]):
        os.chmod(folder, folder.stat().st_mode | 0o001)
    return copied(tmp_path / "project")


def rubric(project: Project) -> Rubric:
    return read_rubric(project.root / RUBRIC).rubric


def row(project: Project, number: str) -> Row:
    (found,) = (row for _, row in rubric(project).rows() if row.number == number)
    return found


def graded(project: Project, folder: str) -> dict[str, Any]:
    """results.json of a folder, graded by the command."""
    project.run("-m", "autograder", "grade", folder, "-o", "results.json")
    results = json.loads((project.root / "results.json").read_text(encoding="utf-8"))
    (project.root / "results.json").unlink()
    assert isinstance(results, dict)
    return results


def assert_everything_holds(project: Project) -> None:
    """All that an edit of this homework can reach: its tests, `validate`, both zips, and the points in them."""
    full = rubric(project).totals()["by spec"]
    assert graded(project, "reference")["score"] == float(full)
    template = graded(project, "student_template")
    assert template["score"] == 0
    assert {test["extra_data"]["outcome"] for test in template["tests"]} == {"unanswered"}
    assert "HOLE" not in project.run("-m", "autograder", "validate")
    said = project.run("-m", "autograder", "bundle", "gradescope", "-o", "dist/g.zip")
    assert f"Autograder points {decimal_text(full)} " in said
    project.run("-m", "autograder", "bundle", "student", "-o", "dist/s.zip")
    project.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS, seconds=1800)


def test_the_copy_is_this_project(project: Project) -> None:
    assert project.changed() == set()
    project.put("new.py", "x = 1\n")
    project.edit("README.md", "# An autograder", "# The autograder")
    (project.root / "LICENSE").unlink()
    (project.root / "autograder" / "__pycache__").mkdir()
    (project.root / "autograder" / "__pycache__" / "x.pyc").touch()
    assert project.changed() == {"new.py", "README.md", "LICENSE"}


# -------------------------------------------------------------------------------------- other points and visibility

OTHER_POINTS = "- title: 1 Binary addition"


@walkthrough
def test_other_points_and_visibility(project: Project) -> None:
    before = graded(project, "reference")
    change_rubric(project, block(OTHER_POINTS))
    after = graded(project, "reference")
    assert project.changed() == {RUBRIC}
    assert "README.md" in project.run("-m", "autograder", "bundle", "student", "-o", "s.zip", code=2)
    by_command = {"README.md", "student_template/binary_addition.py"}
    assert pages(project) == by_command
    assert project.changed() == {RUBRIC, *by_command}
    rows = {test["number"]: test for test in after["tests"]}
    more = Fraction(0)
    for _, old in planted.RUBRIC.rows():
        new = row(project, old.number)
        more += new.worth - old.worth
        assert rows[old.number].get("max_score", 0) == (float(new.worth) if new.graded == "spec" else 0)
        assert rows[old.number]["visibility"] == new.visibility
    assert more > 0
    assert after["score"] == before["score"] + float(more)
    assert_everything_holds(project)


def test_points_that_do_not_add_up_are_refused_with_line_and_key(project: Project) -> None:
    question = planted.RUBRIC.questions[0]
    first = question.rows[0].points
    change_rubric(project, f'- number: "{question.rows[0].number}"\n  points: {first + 1}\n')
    said = project.run("-m", "autograder", "grade", "reference", code=2)
    says = f'"{question.title}" says {decimal_text(Fraction(question.points))}, but its rows sum to '
    assert re.search(rf"rubric\.yaml, line \d+: questions\[0\]\.points: {re.escape(says)}", said)
    assert f"sum to {decimal_text(Fraction(question.points + 1))}: change points or the points of a row" in said


# ------------------------------------------------------------------------------------ another constant in a question

CONSTANTS = "reference/convolutional.py"
BY_MAKE_KEY = {"reference/key.json", "student_template/convolutional.py"}


def another_network(project: Project, padding: str = "") -> None:
    change_constants(project, CONSTANTS, block("KERNEL = ") + padding)
    said = project.run("-m", "reference.derivation.key")
    assert said == "written: reference/key.json\nwritten: student_template/convolutional.py\n"
    assert project.changed() == {CONSTANTS, *BY_MAKE_KEY}


@walkthrough
def test_another_constant(project: Project) -> None:
    another_network(project)
    template = (project.root / "student_template" / "convolutional.py").read_text(encoding="utf-8")
    assert "Conv5-64, pool, Conv5-128, pool, Conv5-256, Conv5-256, pool, FC-512, FC-1000, softmax" in template
    assert "5 x 5 kernels, padding 2 and" in template
    assert "FC-1024" not in template
    counts = json.loads((project.root / "reference" / "key.json").read_text(encoding="utf-8"))["parameter_counts"]
    assert (counts["conv1"], counts["fc1"]) == (5 * 5 * 3 * 64 + 64, 28 * 28 * 256 * 512 + 512)
    assert_everything_holds(project)


@walkthrough
def test_another_number_of_layers(project: Project) -> None:
    change_constants(project, CONSTANTS, block("STRIDE = "))
    said = project.run("-m", "reference.derivation.key")
    assert said == "".join(f"written: {name}\n" for name in (*sorted(BY_MAKE_KEY), RUBRIC))
    assert project.changed() == {CONSTANTS, *BY_MAKE_KEY, RUBRIC}
    assert project.run("-m", "autograder", "pages") == "written: README.md\n"  # it names the rubric
    assert row(project, "3.1").params["layers"] == ["stem", "body", "tail", "out"]
    template = (project.root / "student_template" / "convolutional.py").read_text(encoding="utf-8")
    assert "Conv3-32, pool, Conv3-64, Conv3-64, pool, FC-10, softmax" in template
    counts = json.loads((project.root / "reference" / "key.json").read_text(encoding="utf-8"))["parameter_counts"]
    assert (counts["stem"], counts["out"]) == (3 * 3 * 3 * 32, 6 * 6 * 64 * 10 + 10)
    assert_everything_holds(project)


@walkthrough
def test_constants_that_make_no_network_are_refused_as_the_page_says(project: Project) -> None:
    edits = {"IMAGE = (3, 224, 224)": "IMAGE = (3, 4, 4)", '("conv3", 256, False)': '("conv3", "256", False)'}
    shown = block("reference/convolutional.py, line").strip().split("\n")
    for (old, new), line in zip(edits.items(), shown, strict=True):
        project.edit(CONSTANTS, old, new)
        assert project.run("-m", "reference.derivation.key", code=2).startswith(line.removesuffix("..."))
        assert project.changed() == {CONSTANTS}
        project.edit(CONSTANTS, new, old)


@pytest.mark.certify
def test_a_constant_that_changes_the_size_of_every_map(project: Project) -> None:
    another_network(project, "PADDING = 0\n")
    assert_everything_holds(project)


# ---------------------------------------------------------------------------------------- one more accepted bound


@walkthrough
@pytest.mark.parametrize("credit", ["1", "0.25"])
def test_accepting_a_bound_that_the_catalogue_calls_wrong_leaves_no_hole(project: Project, credit: str) -> None:
    entry = f"- row: 4.2b\n  answer: d sqrt(H W)\n  credit: {credit}\n  reason: square images were meant\n"
    (project.root / "reference" / "also_accept.yaml").write_text(entry, encoding="utf-8")
    assert "HOLE" not in project.run("-m", "autograder", "validate")


# ------------------------------------------------------------------------------------------------- a new question

QUESTION = {
    "student_template/normalisation.py": '"""Question 5',
    "reference/normalisation.py": '"""Question 5, normalisation: the solution',
    "tests/specs/test_normalisation.py": '"""Question 5: what batch',
    "reference/catalogue/normalisation.py": '"""Question 5: the other',
}


@pytest.fixture
def with_a_fifth(project: Project) -> Project:
    """The project with the question that docs/instructors.md adds."""
    for name, start in QUESTION.items():
        project.put(name, block(start))
    path = project.root / RUBRIC
    more = "".join(f"  {line}\n" if line else "\n" for line in block("- title: 5").splitlines())
    path.write_text(f"{path.read_text(encoding='utf-8').rstrip()}\n\n{more}", encoding="utf-8")
    assert project.changed() == {*QUESTION, RUBRIC}, "four files and a block of the rubric are written by hand"
    assert pages(project) == PAGES
    return project


@walkthrough
def test_a_new_question_is_four_files_and_a_block_of_the_rubric(with_a_fifth: Project) -> None:
    project = with_a_fifth
    assert project.changed() == {*QUESTION, RUBRIC, *PAGES}
    assert len(QUESTION) == 4
    assert rubric(project).totals()["by spec"] == planted.FULL + 1
    shown = project.run("-m", "autograder", "check", "reference")
    assert re.search(r"^5\.1 +deferred .*What batch normalisation divides by$", shown, re.MULTILINE)
    project.run("-m", "autograder.bundle.rubric_schema")
    assert project.changed() == {*QUESTION, RUBRIC, *PAGES}, "the schema is as it was"
    assert_everything_holds(project)
    student = {"student_template/normalisation.py", "tests/specs/test_normalisation.py"}
    with zipfile.ZipFile(project.root / "dist" / "g.zip") as archive:
        assert {*student, "reference/normalisation.py"} <= set(archive.namelist())
        points = json.loads(archive.read("MANIFEST.json"))["rubric"]["points"]["by spec"]
        assert points == decimal_text(planted.FULL + 1)
    with zipfile.ZipFile(project.root / "dist" / "s.zip") as archive:
        assert student <= set(archive.namelist())
        assert "reference/normalisation.py" not in archive.namelist()


@walkthrough
def test_a_new_question_without_a_planted_case_is_a_hole(with_a_fifth: Project) -> None:
    assert re.search(r"^5\.1 +2 +2 +2 +2$", with_a_fifth.run("-m", "autograder", "validate"), re.MULTILINE)
    (with_a_fifth.root / "reference" / "catalogue" / "normalisation.py").unlink()
    said = with_a_fifth.run("-m", "autograder", "validate", code=1)
    assert "HOLE 5.1: no case is planted for it" in said
