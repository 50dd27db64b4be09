"""The tests of the engine know nothing of this homework: not its answers, its specs, its rubric, nor its pages.

Held for every file by folder, from its text; and while they run, by the hook in tests/conftest.py, which fails a test
of the engine that opens such a file.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

from tests.homework.planted import FILES, ROOT, RUBRIC

TESTS = ROOT / "tests"
OF_THE_HOMEWORK = ("homework", "specs", "submissions", "fixtures")
ENGINE_TESTS = sorted(path for path in TESTS.rglob("*.py") if path.relative_to(TESTS).parts[0] not in OF_THE_HOMEWORK)
MAY_NAME = {TESTS / "conftest.py", TESTS / "submission_option.py"}  # these hold the rule; give specs their submission


def imports_of(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def read_below_the_project(tree: ast.AST) -> set[str]:
    """Paths such as `ROOT / "reference" / name`, as they are written, for a ROOT that is this project's."""
    projects = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and re.search(r"__file__|PROJECT", ast.unparse(node.value))
        for target in node.targets
        if isinstance(target, ast.Name)
    } | {"PROJECT", "planted.PROJECT"}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            text = ast.unparse(node)
            start, _, rest = text.partition(" / ")
            if start in projects and "fixtures" not in rest:
                found.add(rest.replace("' / '", "/").strip("'"))
    return found


LIVE = re.compile(r"(reference|student_template|tests/(specs|submissions|rubric\.yaml)|README\.md)\b")


def test_no_test_of_the_engine_knows_anything_of_this_homework() -> None:
    tops = ("reference.", "student_template.", "tests.specs", "tests.homework", "specs.")
    for path in ENGINE_TESTS:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        asked = {name for name in imports_of(tree) if name.startswith(tops)}
        assert asked <= {"reference.catalogue.Case"}, path  # inside a test: of the assignment that is loaded
        if path not in MAY_NAME:
            assert not {name for name in read_below_the_project(tree) if LIVE.match(name)}, path


def test_the_rule_finds_what_it_forbids() -> None:
    source = (
        'ROOT = Path(__file__).parents[2]\nx = (ROOT / "tests" / "rubric.yaml").read_text()\nimport reference.key\n'
    )
    tree = ast.parse(source)
    assert {name for name in read_below_the_project(tree) if LIVE.match(name)} == {"tests/rubric.yaml"}
    assert imports_of(tree) == {"reference.key"}


def test_a_test_of_the_engine_that_opens_a_file_of_this_homework_fails(tmp_path: Path) -> None:
    """In a folder of the engine's tests, and by the hook: whatever way the path was made."""
    planted = TESTS / "autograder" / f"test_planted_{tmp_path.name}.py"
    planted.write_text(
        "import os\n\ndef test_reads():\n    open(os.sep.join(['tests', 'rubric.yaml'])).close()\n"
        "\n\ndef test_does_not(): ...\n"
    )
    try:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(planted)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    finally:
        planted.unlink()
    assert "a test of the engine opens files of this homework: " in done.stdout
    assert "1 failed, 1 passed" in done.stdout


def test_the_practice_homework_asks_nothing_that_this_one_asks() -> None:
    from tests.autograder import planted as practice

    assert not {*FILES} & {*practice.FILES}
    assert not {q.title for q in RUBRIC.questions} & {q.title for q in practice.RUBRIC.questions}
