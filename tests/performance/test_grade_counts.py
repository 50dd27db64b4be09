"""The guard: one `grade` imports, starts and asks of the system no more than a tenth above what is written down here.

`make baseline` writes it anew. Times vary from run to run; these counts do not, also on a busy machine.
"""

from __future__ import annotations

import copy
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import grade_counts, growth
from benchmarks.grade_counts import CannotCount, Counts

linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no zygote")
# What other commands use, and what a grading of a right submission can do without.
NEVER = {"click", "distributed", "jinja2", "matplotlib", "multiprocessing", "numpy", "pytest", "rich"}
NEVER |= {"subprocess", "torch", "typer", "unittest", "asyncio", "concurrent", "logging", "tempfile", "zipfile"}
NEVER |= {"ctypes", "pickle", "importlib.metadata", "autograder.report.html", "autograder.report.terminal"}
if sys.version_info < (3, 11):
    NEVER -= {"subprocess"}  # there the standard library's platform, which msgspec imports by uuid, imports it at once


# ------------------------------------------------------------------------------------------------------- what is held


@pytest.fixture(scope="module")
def compiled() -> None:
    """Byte code as an image has it."""
    grade_counts.warm()


@pytest.fixture(scope="module")
def modules(compiled: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """What the grading of a right submission imports in the grader."""
    return grade_counts.imported(*grade_counts.practice(tmp_path_factory.mktemp("rubric")))


@pytest.fixture(scope="module")
def counts(compiled: None) -> Counts:
    """What one grading does."""
    try:
        return grade_counts.count()
    except CannotCount as problem:
        pytest.skip(str(problem))


@pytest.fixture(scope="module")
def before() -> dict[str, Any]:
    """The table of this minor version of Python."""
    found = growth.read()["by_python"].get(growth.PYTHON)
    if found is None:
        pytest.skip(f"nothing is written down for Python {growth.PYTHON}: `make baseline` with it does so")
    return dict(found)


def kinds_of_layers(said: str) -> set[str]:
    """The layers without their numbers, which are the kernel's."""
    return set(re.sub(r" \d+", "", said).split(", "))


@linux
def test_our_own_modules_are_those_written_down(modules: tuple[str, ...]) -> None:
    now, listed = set(grade_counts.ours(modules)), set(growth.read()["ours"])
    assert now == listed, f"new: {sorted(now - listed)}; no longer: {sorted(listed - now)}; {growth.AGAIN}"


@linux
def test_a_right_submission_needs_nothing_heavy(modules: tuple[str, ...]) -> None:
    assert not {m for m in modules if m in NEVER or m.split(".")[0] in NEVER}


@linux
def test_what_belongs_to_an_assignment_is_not_counted(modules: tuple[str, ...]) -> None:
    tables = growth.read()
    written_down = {name for table in tables["by_python"].values() for name in table["modules"]["grader"]}
    assert not {m for m in {*modules, *tables["ours"], *written_down} if m.split(".")[0] in ("reference", "specs")}


@linux
def test_no_more_modules_are_imported_by_the_grader(modules: tuple[str, ...], before: dict[str, Any]) -> None:
    now = {**before, "modules": {**before["modules"], "grader": modules}}
    found = growth.grown(now, before)
    assert not found, "\n".join([*found, growth.AGAIN])


@linux
def test_nothing_grew_by_more_than_a_tenth(counts: Counts, before: dict[str, Any]) -> None:
    here, there = grade_counts.conditions(counts.layers), before["made_with"]
    if here["machine"] != there["machine"]:
        pytest.skip(f"the counts were made on {there['machine']}: other system calls than on {here['machine']}")
    if kinds_of_layers(here["layers"]) != kinds_of_layers(there["layers"]):
        pytest.skip(f"the counts were made under other layers of the jail ({there['layers']}) than {here['layers']}")
    found = growth.grown(counts.table(), before)
    assert not found, "\n".join([*found, f"before: {there}", f"now: {here}", growth.AGAIN])


@linux
def test_the_zygote_imports_numpy_and_no_answer(counts: Counts) -> None:
    zygote = counts.modules["zygote"]
    assert {"numpy.linalg", "autograder.sandbox.zygote"} <= set(zygote)
    assert {".".join(m.split(".")[:2]) for m in grade_counts.ours(zygote)} == {
        "autograder",
        "autograder.core",
        "autograder.sandbox",
    }


# ---------------------------------------------------------------------------------- the guard itself, on planted counts

BEFORE: dict[str, Any] = {
    "modules": {"grader": [f"old{n}" for n in range(20)], "zygote": ["numpy"] * 10},
    "processes": {"zygote": 1, "workers": 5},
    "system_calls": {"grader": {"openat": 60, "read": 40}, "zygote": {"read": 1000}, "workers": {"read": 10}},
}


def planted(*path: str, value: Any) -> list[str]:
    """What is said when one number, or one list of names, is another."""
    now = copy.deepcopy(BEFORE)
    at = now
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return growth.grown(now, BEFORE)


def test_a_tenth_is_allowed_and_no_more() -> None:
    assert growth.grown(BEFORE, BEFORE) == []
    assert planted("system_calls", "grader", "read", value=50) == []
    assert planted("system_calls", "grader", "read", value=51) == [
        "system calls of the grader: 100 before, 111 now. More: grader read 40 -> 51"
    ]
    assert planted("system_calls", "grader", "read", value=0) == []


def test_new_modules_are_named() -> None:
    names = [*BEFORE["modules"]["grader"], "rich", "click", "rich.console"]
    assert planted("modules", "grader", value=names) == [
        "modules imported in the grader: 20 before, 23 now. New: click, rich, rich.console"
    ]
    assert planted("modules", "grader", value=names[:22]) == []


def test_one_more_process_is_too_many() -> None:
    assert planted("processes", "workers", value=6) == ["processes made: 6 before, 7 now. More: workers 5 -> 6"]


def test_a_system_call_that_was_never_made_is_named() -> None:
    said = planted("system_calls", "zygote", "fsync", value=150)
    assert said[0] == "system calls of the zygote: 1000 before, 1150 now. More: zygote fsync 0 -> 150"
    assert said[1].startswith("system calls in all: 1110 before, 1260 now.")


def test_the_baseline_of_another_python_stays(tmp_path: Path) -> None:
    path = tmp_path / "counts.json"
    assert growth.read(path)["by_python"] == {}
    path.write_text(json.dumps({"ours": ["autograder"], "by_python": {"3.0": {"kept": 1}}}))
    growth.write(path, BEFORE, ["autograder", "specs"], {"python": "3.x"})
    found = growth.read(path)
    assert found["by_python"]["3.0"] == {"kept": 1}
    assert found["by_python"][growth.PYTHON] == {"made_with": {"python": "3.x"}, **BEFORE}
    assert found["ours"] == ["autograder", "specs"]


# What strace writes, by process; timing is in it: waits, a read that found nothing, a call that was killed.
TRACES = {
    10: """execve("/usr/bin/python3", ["python3"], 0x7ffe /* 4 vars */) = 0
openat(AT_FDCWD, "/p/autograder/__pycache__/grade.cpython-311.pyc", O_RDONLY|O_CLOEXEC) = 3
clone3({flags=CLONE_VM|CLONE_VFORK, exit_signal=SIGCHLD, stack=0x7f, stack_size=0x9000}, 88) = 20
poll([{fd=3, events=POLLIN}], 1, 1000) = 1 ([{fd=3, revents=POLLIN}])
read(3, "read(0)", 99) = 7
read(3, 0x7f, 99) = -1 EAGAIN (Resource temporarily unavailable)
--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=20, si_uid=0, si_status=0, si_utime=0, si_stime=0} ---
wait4(20, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], WNOHANG, NULL) = 20
+++ exited with 0 +++
""",
    20: """openat(AT_FDCWD, "/usr/lib/python3.11/__pycache__/json.cpython-311.pyc", O_RDONLY|O_CLOEXEC) = 3
openat(AT_FDCWD, "/v/lib/python3.11/site-packages/numpy/__pycache__/__init__.cpython-311.pyc", O_RDONLY) = 3
openat(AT_FDCWD, "/v/lib/python3.11/site-packages/numpy/_core/_m.cpython-311-x86_64-linux-gnu.so", O_RDONLY) = 3
openat(AT_FDCWD, "/v/lib/python3.11/site-packages/numpy.libs/libopenblas64.so", O_RDONLY) = 3
openat(AT_FDCWD, "/usr/lib/python3.11/__pycache__/absent.cpython-311.pyc", O_RDONLY) = -1 ENOENT (No such file)
clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD, child_tidptr=0x7f) = 30
""",
    30: """prctl(PR_SET_DUMPABLE, 0) = 0
clone(child_stack=NULL, flags=SIGCHLD, child_tidptr=0x7f) = -1 EPERM (Operation not permitted)
fork() = 40
read(3,  <unfinished ...>) = ?
+++ killed by SIGKILL +++
""",
    40: "getpid() = 40\n",
}


def test_traces_are_read_by_process() -> None:
    found = grade_counts.of_traces(["autograder"], TRACES, ["seccomp"])
    assert found.processes == {"zygote": 1, "workers": 2}
    assert found.modules == {"grader": ("autograder",), "zygote": ("json", "numpy", "numpy._core._m")}
    assert found.system_calls == {
        "grader": {"clone3": 1, "execve": 1, "openat": 1, "read": 1},
        "zygote": {"clone": 1, "openat": 5},
        "workers": {"clone": 1, "fork": 1, "getpid": 1, "prctl": 1, "read": 1},
    }


def test_a_zygote_that_cannot_be_read_is_not_counted_as_one_that_imports_nothing() -> None:
    hidden = "openat(AT_FDCWD, 0x7fd0, O_RDONLY|O_CLOEXEC) = 3\n"
    with pytest.raises(CannotCount, match="only root"):
        grade_counts.of_traces([], {**TRACES, 20: TRACES[20] + hidden}, [])


def test_where_there_is_no_strace_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotCount, match="apt-get install strace"):
        grade_counts.strace()
    refused = tmp_path / "strace"
    refused.write_text("#!/bin/sh\necho 'strace: ptrace(PTRACE_TRACEME): Operation not permitted' >&2\nexit 1\n")
    refused.chmod(0o755)
    with pytest.raises(CannotCount, match=r"may not trace here: .*Operation not permitted"):
        grade_counts.strace()
