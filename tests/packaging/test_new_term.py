"""docs/instructors.md, tried for real: the three usual changes at the start of a term, in a copy of this project."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.autograder import planted
from tests.packaging.project_copy import ROOT, Project, copied

DOCS = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
RUBRIC = "tests/rubric.yaml"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return copied(tmp_path / "project")


def graded(project: Project, folder: str) -> dict[str, Any]:
    """results.json of a folder, graded by the command."""
    project.run("-m", "autograder", "grade", folder, "-o", "results.json")
    results = json.loads((project.root / "results.json").read_text(encoding="utf-8"))
    (project.root / "results.json").unlink()
    assert isinstance(results, dict)
    return results


def block(start: str) -> str:
    """An indented block of docs/instructors.md, from the line that begins so: what is tried is what stands there."""
    lines = DOCS[DOCS.index(f"\n    {start}") + 1 :].split("\n")
    taken = []
    for line in lines:
        if line and not line.startswith("    "):
            break
        taken.append(line[4:])
    return "\n".join(taken).strip("\n") + "\n"


def test_the_copy_is_this_project(project: Project) -> None:
    assert project.changed() == set()
    project.put("new.py", "x = 1\n")
    project.edit("README.md", "# An autograder", "# The autograder")
    (project.root / "LICENSE").unlink()
    (project.root / "autograder" / "__pycache__").mkdir()
    (project.root / "autograder" / "__pycache__" / "x.pyc").touch()
    assert project.changed() == {"new.py", "README.md", "LICENSE"}


# -------------------------------------------------------------------------------------- other points and visibility


def test_other_points_and_visibility_are_a_change_of_the_rubric_which_the_template_follows(project: Project) -> None:
    before = graded(project, "reference")
    project.edit(RUBRIC, "points: 2.5\n", "points: 3\n")
    project.edit(RUBRIC, "points: 1.25\n", "points: 1.75\n")
    project.edit(RUBRIC, "title: Parameter counts\n        points: 1.0\n        visibility: after_due_date\n",
                 "title: Parameter counts\n        points: 1.0\n        visibility: hidden\n")  # fmt: skip
    after = graded(project, "reference")
    assert project.changed() == {RUBRIC}
    assert project.run("-m", "reference.derivation.key") == "written: student_template/binary_addition.py\n"
    assert project.changed() == {RUBRIC, "student_template/binary_addition.py"}
    assert "adds two binary numbers (3 points)." in (project.root / "student_template/binary_addition.py").read_text()
    assert after["score"] == before["score"] + 0.5
    rows = {row["number"]: row for row in after["tests"]}
    assert (rows["1.2"]["score"], rows["1.2"]["max_score"]) == (1.75, 1.75)
    assert rows["3.1"]["visibility"] == "hidden"
    assert graded(project, "student_template")["score"] == 0
    assert "Random additions" in project.run("-m", "autograder", "check", "reference", code=0)


def test_points_that_do_not_add_up_are_refused_with_line_and_key(project: Project) -> None:
    project.edit(RUBRIC, "points: 1.25\n", "points: 1.75\n")
    said = project.run("-m", "autograder", "grade", "reference", code=2)
    assert re.search(
        r'rubric\.yaml, line \d+: questions\[0\]\.points: "1 Binary addition" says 2\.5, but its rows', said
    )
    assert "sum to 3: change points or the points of a row" in said


# ------------------------------------------------------------------------------------ another constant in a question

CONSTANTS = "reference/convolutional.py"
BY_MAKE_KEY = {"reference/key.json", "student_template/convolutional.py"}


def another_network(project: Project, padding: int) -> None:
    """5 x 5 kernels and FC-512."""
    project.edit(CONSTANTS, "KERNEL = 3 ", "KERNEL = 5 ")
    project.edit(CONSTANTS, "PADDING = 1\n", f"PADDING = {padding}\n")
    project.edit(CONSTANTS, '("fc1", 1024)', '("fc1", 512)')
    said = project.run("-m", "reference.derivation.key")
    assert said == "written: reference/key.json\nwritten: student_template/convolutional.py\n"
    assert project.changed() == {CONSTANTS, *BY_MAKE_KEY}


def test_another_constant_is_a_change_of_the_reference_and_make_key(project: Project) -> None:
    another_network(project, padding=2)
    template = (project.root / "student_template" / "convolutional.py").read_text(encoding="utf-8")
    assert "Conv5-64, pool, Conv5-128, pool, Conv5-256, Conv5-256, pool, FC-512, FC-1000, softmax" in template
    assert "5 x 5 kernels, padding 2 and" in template
    assert "FC-1024" not in template
    counts = json.loads((project.root / "reference" / "key.json").read_text(encoding="utf-8"))["parameter_counts"]
    assert (counts["conv1"], counts["fc1"]) == (5 * 5 * 3 * 64 + 64, 28 * 28 * 256 * 512 + 512)
    assert graded(project, "reference")["score"] == planted.FULL
    assert graded(project, "student_template")["score"] == 0


@pytest.mark.certify
@pytest.mark.parametrize("padding", [0, 2])
def test_another_constant_leaves_every_proof_and_test_as_it_was(project: Project, padding: int) -> None:
    another_network(project, padding)
    assert "HOLE" not in project.run("-m", "autograder", "validate")
    tests = ("validate", "planted", "specs", "grading", "main", "check", "same_verdict")
    folders = ("tests/reference", "tests/specs", "tests/test_readme.py", "tests/packaging/test_student_bundle.py")
    project.run("-m", "pytest", "-q", *folders, *(f"tests/autograder/test_{name}.py" for name in tests))
    assert project.changed() == {CONSTANTS, *BY_MAKE_KEY}


# ------------------------------------------------------------------------------------------------- a new question

QUESTION = {
    "student_template/normalisation.py": '"""Question 5',
    "reference/normalisation.py": '"""Question 5, normalisation: the solution',
    "tests/specs/test_normalisation.py": '"""Question 5: what batch',
    "reference/catalogue/normalisation.py": '"""Question 5: the other',
}
NAMED = {RUBRIC, "README.md", "student_template/README.md"}


@pytest.fixture
def with_a_fifth(project: Project) -> Project:
    """The project with the question that docs/instructors.md adds."""
    for name, start in QUESTION.items():
        project.put(name, block(start))
    rubric = project.root / RUBRIC
    rubric.write_text(
        f"{rubric.read_text(encoding='utf-8').rstrip()}\n\n{indented(block('- title: 5'))}", encoding="utf-8"
    )
    last = "| 4 Autoregressive models (2, extra 1) | 4.1a 4.1b 4.2a 4.2b | 4.3 |\n"
    project.edit("README.md", last, last + block("| 5 Normalisation"))
    project.edit("README.md", "9.5 points by spec,", "10.5 points by spec,")
    last = '| `autoregressive.py` | 4 | four bounds such as `"O(n log n)"`, and a written answer |\n'
    project.edit("student_template/README.md", last, last + block("| `normalisation.py`"))
    return project


def indented(text: str) -> str:
    return "".join(f"  {line}\n" if line else "\n" for line in text.splitlines())


def test_a_new_question_is_four_files_a_block_and_a_line_of_each_page(with_a_fifth: Project) -> None:
    project = with_a_fifth
    assert project.changed() == {*QUESTION, *NAMED}
    assert graded(project, "reference")["score"] == float(planted.FULL) + 1
    template = graded(project, "student_template")
    assert (template["score"], template["tests"][-1]["extra_data"]["outcome"]) == (0, "unanswered")
    shown = project.run("-m", "autograder", "check", "reference")
    assert re.search(r"^5\.1 +deferred .*What batch normalisation divides by$", shown, re.MULTILINE)
    project.run("-m", "autograder.bundle.rubric_schema", "--check")


def test_a_new_question_is_in_both_zips(with_a_fifth: Project) -> None:
    program = "from pathlib import Path; from autograder import bundle; root = Path.cwd(); "
    with_a_fifth.run("-c", program + "bundle.gradescope(root, root / 'g.zip'); bundle.student(root, root / 's.zip')")
    student = {"student_template/normalisation.py", "tests/specs/test_normalisation.py"}
    with zipfile.ZipFile(with_a_fifth.root / "g.zip") as archive:
        assert {*student, "reference/normalisation.py"} <= set(archive.namelist())
        assert json.loads(archive.read("MANIFEST.json"))["rubric"]["points"]["by spec"] == "10.5"
    with zipfile.ZipFile(with_a_fifth.root / "s.zip") as archive:
        assert student <= set(archive.namelist())
        assert "reference/normalisation.py" not in archive.namelist()


def test_a_new_question_without_a_planted_case_is_a_hole(with_a_fifth: Project) -> None:
    """Of this one question alone, so that not every case is graded: what `validate` asks is asked of the row."""
    program = (
        "from pathlib import Path; from autograder.assignment.load import Assignment, load_assignment\n"
        "from autograder.bundle.validate import *; from autograder.sandbox.jail import Jail; import msgspec\n"
        "whole = load_assignment(Path.cwd()); question = whole.rubric.questions[-1]\n"
        "rubric = msgspec.structs.replace(whole.rubric, questions=(question,))\n"
        "rows = tuple(linked for linked in whole.rows if linked.question is question)\n"
        "own = Assignment(msgspec.structs.replace(whole.rubric_file, rubric=rubric), rows, whole.reference)\n"
        "with Jail() as jail: print(validate(Path.cwd(), own, jail.start).text())"
    )
    said = with_a_fifth.run("-c", program)
    assert "HOLE" not in said
    assert re.search(r"^5\.1 +1 +1 +2 +2$", said, re.MULTILINE)
    (with_a_fifth.root / "reference" / "catalogue" / "normalisation.py").unlink()
    assert "HOLE 5.1: no case is planted for it" in with_a_fifth.run("-c", program)


@pytest.mark.certify
def test_a_new_question_passes_every_proof_and_test(with_a_fifth: Project) -> None:
    assert "HOLE" not in with_a_fifth.run("-m", "autograder", "validate")
    said = with_a_fifth.run("-m", "autograder", "bundle", "gradescope", "-o", "dist/gradescope.zip")
    assert "Autograder points 10.5" in said
    tests = (
        "validate",
        "planted",
        "specs",
        "grading",
        "main",
        "check",
        "rubric",
        "schema",
        "two_callers",
        "same_verdict",
    )
    folders = ("tests/reference", "tests/specs", "tests/test_readme.py", "tests/packaging/test_student_bundle.py")
    with_a_fifth.run("-m", "pytest", "-q", *folders, *(f"tests/autograder/test_{name}.py" for name in tests))
