"""docs/new-homework.md, tried for real: the homework of `new` with the second question of the page's own text."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

from autograder import api
from autograder.assignment.link import FIXTURES
from autograder.assignment.load import load_assignment
from tests.autograder.planted import PROJECT
from tests.packaging.test_two_roots import run

PAGE = (PROJECT / "docs" / "new-homework.md").read_text(encoding="utf-8")
FILES = {
    "student_template/gru.py": '"""Question 2: the gated recurrent unit (1',
    "reference/gru.py": '"""Question 2, the gated recurrent unit: the solution',
    "tests/specs/test_gru.py": '"""Question 2: an equation of',
    "reference/catalogue/gru.py": '"""Question 2: what is often forgotten',
}


def block(start: str) -> str:
    """An indented block of the page, from the line that begins so."""
    assert PAGE.count(f"\n    {start}") == 1
    text = PAGE[PAGE.index(f"\n    {start}") + 1 :]
    taken = re.match(r"(?:    .*\n|\n)+", text)
    assert taken
    return "".join(line.removeprefix("    ") for line in taken[0].splitlines(keepends=True)).strip("\n") + "\n"


@pytest.fixture(scope="module")
def homework(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A homework of two questions: that of `new`, and the page's. Four files and a block of the rubric are by hand."""
    folder = tmp_path_factory.mktemp("page") / "homework"
    run("new", folder)
    for name, start in FILES.items():
        (folder / name).write_text(block(start))
    rubric = folder / "tests" / "rubric.yaml"
    more = "".join(f"  {line}\n" for line in block("- title: 2 Gated").splitlines())
    rubric.write_text(f"{rubric.read_text().rstrip()}\n\n{more}")
    assert run("pages", "--assignment", folder) == "written: student_template/README.md\n"
    return folder


def test_everything_is_full_and_there_is_no_hole(homework: Path, tmp_path: Path) -> None:
    run("grade", homework / "reference", "--assignment", homework, "-o", tmp_path / "r.json")
    totals = load_assignment(homework).rubric.totals()
    assert json.loads((tmp_path / "r.json").read_text())["score"] == float(totals["by spec"])
    said = run("validate", "--assignment", homework)
    assert re.search(r"^2\.1 +5 +5 +2 +2$", said, re.MULTILINE)
    assert "HOLE" not in said


def test_a_student_learns_at_home_whether_the_equation_is_right(homework: Path, tmp_path: Path) -> None:
    shown = run("check", homework / "reference", "--assignment", homework)
    assert re.search(r"^2\.1 +passed", shown, re.MULTILINE)
    (tmp_path / "gru.py").write_text("def a_bar(h_bar, a, n, h_prev): return h_bar * (h_prev - n)\n")
    shown = run("check", tmp_path, "--assignment", homework, "--question", "2", code=1)
    assert re.search(r"^2\.1 +failed", shown, re.MULTILINE)
    assert "expected" in shown


def test_both_zips_hold_the_question(homework: Path, tmp_path: Path) -> None:
    run("bundle", "gradescope", "--assignment", homework, "-o", tmp_path / "g.zip")
    run("bundle", "student", "--assignment", homework, "-o", tmp_path / "s.zip")
    with zipfile.ZipFile(tmp_path / "g.zip") as zipped:
        assert {"reference/gru.py", "tests/specs/test_gru.py"} <= set(zipped.namelist())
    with zipfile.ZipFile(tmp_path / "s.zip") as zipped:
        assert "| `gru.py` | 2 | Error signal of the update gate |" in zipped.read("README.md").decode()
        assert "reference/gru.py" not in zipped.namelist()


def test_the_page_names_what_there_is() -> None:
    assert re.findall(r"^\| `(\w+)` \| ", PAGE, re.MULTILINE) == list(FIXTURES)
    readers = PAGE[PAGE.index("**Reading values.**") : PAGE.index("**Random draws.**")]
    assert {"real", "integer", "exact", "matrices", "keyed", "text", "choice"} <= set(re.findall(r"`(\w+)`", readers))
    for name in re.findall(r"`(\w+)`", readers):
        assert hasattr(api, name), name
