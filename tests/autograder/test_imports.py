"""Imports point inward: each room may import those below it, no file or room is in a circle, and no answer is known."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Set
from functools import cache
from pathlib import Path

import pytest

ENGINE = Path(__file__).resolve().parents[2] / "autograder"
# These are imported by a student's process, and by nothing else.
RUNS_STUDENT_CODE = {
    "autograder.check.needs",  # the text of a program for the worker
    "autograder.sandbox.literals",
    "autograder.sandbox.loading",
    "autograder.sandbox.places",
    "autograder.sandbox.remedies",
}
MODULES = sorted(ENGINE.rglob("*.py"))

# Each room, from the ground up, with the rooms that it may import. `api` and `__main__` are files at the top.
ROOMS: dict[str, set[str]] = {
    "core": set(),
    "maths": set(),
    "assignment": {"core"},
    "new": {"core"},
    "sandbox": {"core"},
    "intake": {"core"},
    "grading": {"core", "assignment", "sandbox"},
    "report": {"core"},
    "gradescope": {"core", "assignment", "sandbox", "grading", "report"},
    "check": {"core", "assignment", "sandbox", "grading", "report"},
    "regrade": {"core", "assignment", "sandbox", "grading", "gradescope", "intake"},
    "blind": {"core", "assignment", "grading", "intake", "regrade"},
    "gradebook": {"core", "gradescope", "intake", "regrade"},
    # it carries what people decided in a folder of grades
    "bundle": {"core", "assignment", "sandbox", "grading", "gradescope", "check", "intake", "regrade"},
    "api": {"core", "assignment", "sandbox", "grading"},
    # the zygote, on the first line; the rooms of commands are imported by name
    "__main__": {"core", "sandbox", "assignment"},
}
# These touch no file, process, clock or environment.
PURE = ("maths", "regrade/gradebook.py", "regrade/totals.py", "regrade/diff.py", "regrade/statistics.py")
WORLD = {"os", "sys", "time", "pathlib", "subprocess", "threading", "socket", "io", "tempfile", "datetime", "sqlite3"}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ENGINE.parent).with_suffix("").parts).removesuffix(".__init__")


def room_of(module: str) -> str:
    """The room of a module: the folder below autograder/, or the file at its top; "" for the package itself."""
    return module.split(".")[1] if "." in module else ""


@cache
def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} uses a relative import"
            module = node.module or ""
            inner = {f"{module}.{alias.name}" for alias in node.names}
            files = {n for n in inner if is_ours(n)}
            found |= files or {module}
    return found


def is_ours(module: str) -> bool:
    path = ENGINE.parent / module.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


@cache
def ours(path: Path) -> set[str]:
    return {n for n in imports_of(path) if n.split(".")[0] in ("autograder", "reference", "tests", "student_template")}


def circle(arrows: Mapping[str, Set[str]]) -> list[str]:
    """Names that lead back to themselves, in order; [] if there are none."""
    done: set[str] = set()

    def walk(name: str, way: tuple[str, ...]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for other in sorted(arrows.get(name, ())):
            if found := walk(other, (*way, name)):
                return found
        done.add(name)
        return []

    return next((found for name in sorted(arrows) if (found := walk(name, ()))), [])


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_file_imports_its_own_room_and_those_below_it(path: Path) -> None:
    room = room_of(name_of(path))
    assert not {n for n in ours(path) if not n.startswith("autograder")}, "the engine knows no answer"
    rooms = {room_of(n) for n in ours(path)} - {"", room}
    assert not room or rooms <= ROOMS[room]


def test_every_room_stands_in_the_table_above_those_it_imports() -> None:
    assert {room_of(name_of(path)) for path in MODULES} - {""} == set(ROOMS)
    floors = list(ROOMS)
    assert all(floors.index(below) < floors.index(room) for room, inner in ROOMS.items() for below in inner)


def test_no_two_files_import_each_other_on_any_way() -> None:
    files = {name_of(path): ours(path) for path in MODULES}
    assert circle(files) == []


def test_a_circle_would_be_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def pure() -> Iterator[Path]:
    for name in PURE:
        path = ENGINE / name
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


@pytest.mark.parametrize("path", list(pure()), ids=name_of)
def test_what_is_pure_touches_no_world(path: Path) -> None:
    tree = ast.parse(path.read_text())
    calls = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert not {n.split(".")[0] for n in imports_of(path)} & WORLD
    assert not calls & {"print", "open", "input", "eval", "exec", "compile", "__import__"}


def test_what_a_submission_contains_is_run_in_the_worker_only() -> None:
    for path in MODULES:
        tree = ast.parse(path.read_text())
        names = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
        assert not names & {"eval", "exec", "compile"} or name_of(path) in RUNS_STUDENT_CODE
        assert not {n.split(".")[0] for n in imports_of(path)} & {"ast", "_ast", "tokenize"} or (
            name_of(path) in RUNS_STUDENT_CODE
        )
        assert not {n.split(".")[0] for n in imports_of(path)} & {"pickle", "marshal", "shelve", "dill"}


def test_what_runs_student_code_is_imported_by_the_worker_only() -> None:
    importers = {name_of(path) for path in MODULES if ours(path) & RUNS_STUDENT_CODE}
    others = RUNS_STUDENT_CODE - {"autograder.sandbox.literals", "autograder.check.needs"}
    assert importers == {"autograder.sandbox.worker"} | others


def test_processes_that_unpickle_are_started_by_the_executors_alone() -> None:
    # A pool's processes unpickle what they are handed. Here both ends are graders of ours and hand over bytes of our
    # own encoding; a process that runs student code is never one of them.
    starters = {name_of(p) for p in MODULES if "multiprocessing" in {n.split(".")[0] for n in imports_of(p)}}
    assert starters == {"autograder.regrade.executors"}
