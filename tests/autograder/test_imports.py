"""The three rings: imports point inward, and the engine never imports what knows an answer."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ENGINE = Path(__file__).resolve().parents[2] / "autograder"
# Each module may import those of its own ring and of the rings inside it.
WORDS = {
    "autograder",
    "autograder.core.outcome",
    "autograder.core.figure",
    "autograder.core.text",
    "autograder.sandbox.values",
}
WORDS |= {"autograder.regrade", "autograder.regrade.gradebook", "autograder.blind.similarity"}
DECISIONS = {
    "autograder.assignment.credit",
    "autograder.assignment.rng",
    "autograder.grading.finding",
    "autograder.grading.award",
    "autograder.grading.coerce",
    "autograder.assignment.rubric",
    "autograder.assignment.rubric_yaml",
    "autograder.assignment.link",
    "autograder.grading.student",
    "autograder.core.submission",
    "autograder.gradescope.metadata",
    "autograder.grading.grader",
    "autograder.grading.row",
    "autograder.grading.unittest_adapter",
    "autograder.gradescope.lateness",
}
# Packages that are all maths, or all of the world.
OUTSIDE = tuple(f"autograder.{name}" for name in ("maths", "sandbox", "report", "bundle", "regrade"))
# These hold the worker, by its narrow interface.
SEAM = ("autograder.grading.student", "autograder.grading.row", "autograder.grading.grader")
# What of a batch is decided from plain values: no file, no process, no clock.
PLAIN_OF_A_BATCH = {f"autograder.regrade.{name}" for name in ("gradebook", "standings", "changes", "statistics")} | {
    "autograder.regrade"
}
MODULES = sorted(ENGINE.rglob("*.py"))


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ENGINE.parent).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} uses a relative import"
            module = node.module or ""
            inner = {f"{module}.{alias.name}" for alias in node.names}
            found |= {n for n in inner if (ENGINE.parent / n.replace(".", "/")).with_suffix(".py").exists()} or {module}
    return found


def ours(path: Path) -> set[str]:
    return {n for n in imports_of(path) if n.split(".")[0] in ("autograder", "reference", "tests", "student_template")}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_engine_imports_no_answer(path: Path) -> None:
    assert not {n for n in ours(path) if not n.startswith("autograder")}


@pytest.mark.parametrize("path", sorted((ENGINE / "maths").glob("*.py")), ids=name_of)
def test_maths_is_pure(path: Path) -> None:
    assert not {n for n in ours(path) if not n.startswith("autograder.maths")}
    outside = {"os", "sys", "time", "pathlib", "subprocess", "threading", "socket", "io", "tempfile", "datetime"}
    assert not imports_of(path) & outside
    calls = {
        n.func.id
        for n in ast.walk(ast.parse(path.read_text()))
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }
    assert not calls & {"print", "open", "input", "eval", "exec", "compile", "__import__"}


@pytest.mark.parametrize("path", [p for p in MODULES if name_of(p) in WORDS], ids=name_of)
def test_the_words_import_only_words(path: Path) -> None:
    assert ours(path) <= WORDS


@pytest.mark.parametrize("path", [p for p in MODULES if name_of(p) in DECISIONS], ids=name_of)
def test_decisions_do_not_import_the_world(path: Path) -> None:
    # The seam to student code is the one place where a decision holds a piece of the world, by its narrow interface.
    seam = {"autograder.sandbox.wire", "autograder.sandbox.protocol"}
    allowed = seam if name_of(path) in SEAM else set()
    assert {n for n in ours(path) if not n.startswith("autograder.maths")} <= WORDS | DECISIONS | allowed


@pytest.mark.parametrize("path", [p for p in MODULES if name_of(p) in PLAIN_OF_A_BATCH], ids=name_of)
def test_what_a_batch_decides_knows_no_world(path: Path) -> None:
    assert ours(path) <= WORDS | DECISIONS | PLAIN_OF_A_BATCH
    assert not imports_of(path) & {"os", "sys", "time", "subprocess", "threading", "socket", "sqlite3", "tempfile"}


def test_every_module_of_the_engine_is_in_a_ring() -> None:
    outside = {n for p in MODULES if not (n := name_of(p)).startswith(OUTSIDE)}
    assert outside - WORDS - DECISIONS == {
        "autograder.__main__",
        "autograder.check.command",
        "autograder.gradescope.timeout",
        "autograder.check.preflight",
        "autograder.gradescope.command",
        "autograder.check.manifest",
        "autograder.bundle.rubric_schema",
        "autograder.bundle.validate",
    }


def test_what_a_submission_contains_is_run_in_the_worker_only() -> None:
    for path in MODULES:
        tree = ast.parse(path.read_text())
        names = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
        assert not names & {"eval", "exec", "compile"} or name_of(path) == "autograder.sandbox.worker"
        assert not {n.split(".")[0] for n in imports_of(path)} & {"pickle", "marshal", "shelve", "dill"}


def test_processes_that_unpickle_are_started_by_the_crew_alone() -> None:
    # A pool's processes unpickle what they are handed. In the crew both ends are graders of ours and hand over bytes of
    # our own encoding; a process that runs student code is never one of them.
    starters = {name_of(p) for p in MODULES if "multiprocessing" in {n.split(".")[0] for n in imports_of(p)}}
    assert starters == {"autograder.regrade.executors"}
