"""The pages say what the rubric says, and every command that the README shows exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.__main__ import COMMANDS
from autograder.bundle.pages import stale
from autograder.core.outcome import Outcome

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
PAGES = [README, (ROOT / "student_template" / "README.md").read_text()]


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


def test_no_page_is_stale_and_none_lacks_what_the_rubric_says() -> None:
    assert stale(ROOT) == []
    passages = [set(re.findall(r"<!-- pages: ([\w-]+)", page)) for page in PAGES]
    assert passages[0] >= {"questions", "totals", "sample"}
    assert "files" in passages[1]
