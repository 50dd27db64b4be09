"""No text, file name or module of this homework stands in the engine: another homework would be called by its name."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import __main__ as cli
from tests.homework.planted import FILES, ROOT, RUBRIC
from tests.specs.test_autoregressive import ASKED

ENGINE = ROOT / "autograder"
TEXTS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in ENGINE.rglob("*")
    if path.suffix in (".py", ".html", ".css", ".js", ".yaml", ".txt", ".md")
}


def told() -> set[str]:
    """What the homework calls itself, its files, its questions, its rows and what it asks for."""
    named = {part.strip() for part in RUBRIC.assignment.split(",")} | {RUBRIC.assignment}
    course = re.findall(r"[A-Z]{3} ?\d{3}", RUBRIC.assignment)
    titles = {re.sub(r"^\d+ ", "", question.title) for question in RUBRIC.questions}
    rows = {row.title for _, row in RUBRIC.rows()}
    stems = {file.removesuffix(".py") for file in FILES}
    asked = {
        name
        for file in FILES
        for name in re.findall(
            r"^(?:def )?(\w+)(?:\(| = )", (ROOT / "student_template" / file).read_text(), re.MULTILINE
        )
        if "_" in name
    }
    return {word for word in {*named, *course, *titles, *rows, *stems, *asked} if len(word) > 3 and word != "LSTM"}


def test_nothing_of_the_homework_stands_in_the_engine() -> None:
    words = told()
    assert {"Homework 3", "binary_addition", "Binary addition", "rnn_weights"} <= words
    found = {
        (name, word)
        for name, text in TEXTS.items()
        for word in words
        if not name.startswith("autograder/maths/")
        and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
    }
    assert found == set()


def test_no_module_of_its_reference_is_named() -> None:
    named = {
        (name, module)
        for name, text in TEXTS.items()
        for module in re.findall(r"\breference[./](\w+)", text)
        if list((ROOT / "reference").glob(f"**/{module}.py"))
    }
    assert {module for _, module in named} <= {"catalogue", "answers"}  # which every homework has


def test_maths_names_nothing_that_is_asked() -> None:
    """What the homework calls itself, the names that it asks for, and what these are about: PixelCNN, resnet."""
    words = {RUBRIC.assignment.rpartition(", ")[2], *ASKED.subjects, "resnet"}
    words |= {word for word in told() if "_" in word}
    found = {
        (name, word) for name, text in TEXTS.items() for word in words if re.search(rf"(?i)(?<!\w){word}(?!\w)", text)
    }
    assert {"PixelCNN", "PIXELCNN_CONNECTIONS"} <= words
    assert found - {(name, word) for name, word in found if name.startswith("autograder/maths/lstm/")} == set()


def test_help_of_every_command_says_nothing_of_the_homework() -> None:
    for command in cli.COMMANDS:
        shown = io.StringIO()
        with pytest.raises(SystemExit), contextlib.redirect_stdout(shown):
            cli.main([command, "--help"])
        assert "usage:" in shown.getvalue()
        assert [word for word in told() if re.search(rf"(?i)\b{re.escape(word)}\b", shown.getvalue())] == []


def test_maths_names_no_file_of_the_homework() -> None:
    assert [(name, file) for name, text in TEXTS.items() for file in FILES if file in text] == []


def test_help_is_about_the_homework_of_the_rubric(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for root, name in ((ROOT, RUBRIC.assignment), (ROOT / "tests" / "fixtures" / "assignment", "Practice")):
        monkeypatch.setattr(cli, "ROOT", root)
        with pytest.raises(SystemExit):
            cli.main(["--help"])
        assert f"Grades {name}" in re.sub(r"\s+", " ", capsys.readouterr().out)


def test_the_page_is_called_by_the_name_of_the_homework(tmp_path: Path) -> None:
    pytest.importorskip("jinja2")
    for root, name in ((ROOT, RUBRIC.assignment), (ROOT / "tests" / "fixtures" / "assignment", "Practice")):
        page = tmp_path / "page.html"
        options = ["--assignment", str(root), str(root / "student_template"), "--html", str(page)]
        command = [sys.executable, "-m", "autograder", "check", *options]
        subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=60)
        assert f"<title>{name}" in page.read_text(encoding="utf-8")
