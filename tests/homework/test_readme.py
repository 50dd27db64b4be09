"""README and rubric name every question, and every command that the README shows exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.__main__ import COMMANDS
from autograder.assignment.frozen import read_rubric
from autograder.bundle.pages import stale
from autograder.core.outcome import Outcome
from autograder.core.points import decimal_text

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
PAGES = [README, (ROOT / "student_template" / "README.md").read_text()]


def test_the_readme_names_every_row_where_it_is_graded() -> None:
    spec_cells, person_cells = set(), set()
    for row in re.findall(r"^\| \d .*\|$", README, re.MULTILINE):
        _, specs, people = row.strip("|").split("|")
        spec_cells |= set(specs.split())
        person_cells |= set(people.split())
    rows = [row for _, row in read_rubric(ROOT / "tests" / "rubric.yaml").rubric.rows()]
    assert spec_cells == {row.number for row in rows if row.graded == "spec"}
    assert person_cells == {row.number for row in rows if row.graded == "written"}


def test_every_question_of_the_rubric_is_a_line_of_the_readme() -> None:
    for question in read_rubric(ROOT / "tests" / "rubric.yaml").rubric.questions:
        assert f"| {question.title} (" in README


def test_the_readme_adds_up_as_the_rubric_does() -> None:
    totals = read_rubric(ROOT / "tests" / "rubric.yaml").rubric.totals()
    by_spec, written, extra = (decimal_text(points) for points in totals.values())
    assert f"{by_spec} points by spec, {written} by a person, extra credit {extra}." in README


def test_every_file_to_hand_in_is_a_line_of_the_students_page() -> None:
    for file in read_rubric(ROOT / "tests" / "rubric.yaml").rubric.files():
        assert f"| `{file}` |" in PAGES[1]


@pytest.mark.parametrize("page", PAGES, ids=["README", "students"])
def test_every_outcome_word_is_explained(page: str) -> None:
    for outcome in Outcome:
        assert f"`{outcome}`" in page


def test_every_make_target_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"(?:`|^    |; )make ([a-z]+)", README, re.MULTILINE))
    assert {"grade", "test"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_command_exists() -> None:
    commands = set(re.findall(r"python -m autograder (\w+)", "".join(PAGES)))
    assert {"grade", "check", "bundle"} <= commands
    assert commands <= {*COMMANDS}


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_table_of_the_readme_is_what_a_student_sees(tmp_path: Path) -> None:
    from tests.homework import planted

    folder = planted.build("wrong_answers", tmp_path)  # of which `make pages` shows question 1
    command = [sys.executable, "-m", "autograder", "check", str(folder), "--question", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    shown = README.split("```")[1].strip().splitlines()
    assert len(shown) > 10
    for line in shown:
        assert line in done.stdout.splitlines(), line


def test_no_page_is_stale() -> None:
    assert stale(ROOT) == []
