"""Counts what one `grade` does: modules imported, processes made, system calls. Counts are stable where times are not.

    .venv/bin/python -m benchmarks.grade_counts             the counts
    .venv/bin/python -m benchmarks.grade_counts --runs 10   how stable they are
    make baseline                                           writes them to tests/performance/grade_counts.json

What is counted is the real command in a process of its own, with warm byte code, the same environment everywhere and an
empty output folder. The modules of the grader are those of `sys.modules` when it ends, without those of a bare
interpreter. The rest is read from strace: one file for each process.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from autograder.assignment.frozen import freeze
from benchmarks.growth import BASELINE, totals, write

ROOT = Path(__file__).resolve().parent.parent
RIGHT = "reference"
OURS = ("autograder", "reference", "specs")  # the tops of our own modules' names
KINDS = ("grader", "zygote", "workers")
SECONDS = 300

# How often these are called depends on who is faster, not on what is done. A call that found nothing there (EAGAIN) is
# left out as well.
TIMING = {
    **dict.fromkeys(("poll", "ppoll", "select", "pselect6", "epoll_wait", "restart_syscall"), "waits for a worker"),
    **dict.fromkeys(("recvfrom", "recvmsg", "sendto", "sendmsg"), "a message may come or go in pieces"),
    **dict.fromkeys(("wait4", "waitid"), "asked again until the process has ended"),
    **dict.fromkeys(("nanosleep", "clock_nanosleep"), "between two such questions"),
    **dict.fromkeys(("futex", "sched_yield"), "waits for a lock only if somebody holds it"),
}

# Runs the command line as `python -m autograder` does, and writes down what was imported when it ends.
_LISTING = """
import os, runpy, sys
before = set(sys.modules)
def listed():
    with open({target!r}, "w") as file:
        file.write("\\n".join(sorted(set(sys.modules) - before - {{"__main__"}})))
end = os._exit
def ended(status):  # a grading ends by this, without what an interpreter does at its end
    listed()
    end(status)
os._exit = ended
sys.argv[0] = "autograder"
runpy.run_module("autograder", run_name="__main__", alter_sys=True)
"""
_CALL = re.compile(r"^([a-z]\w*)\(", re.MULTILINE)
_MADE = re.compile(r"^(?:clone|clone3|fork|vfork)\(.*\) += (\d+)$", re.MULTILINE)
_NOTHING_THERE = re.compile(r"^.* = -1 EAGAIN .*\n", re.MULTILINE)
# Byte code, source and extension modules, but no other libraries. What is frozen into the interpreter is in no file.
_IMPORTED = re.compile(r'^openat\(.*"([^"]+?)(?:\.cpython-[^"/]+|\.abi3\.so|\.py)", .*\) += \d+$', re.MULTILINE)
_UNREADABLE = re.compile(r"^openat\(\w+, 0x", re.MULTILINE)
_SEARCHED = re.compile(r".*/(?:site-packages|dist-packages|lib-dynload|python3\.\d+)/")


class CannotCount(Exception):
    """Nothing can be counted on this machine, in a sentence."""


class CountingFailed(Exception):
    """The command that is counted failed, in a sentence."""


@dataclass(frozen=True)
class Counts:
    """What one `grade` did.

    modules: by process kind (grader, zygote). processes: how many of each kind were made, the grader not among them.
    system_calls: by process kind, by name, without those of TIMING. layers: what held the workers.
    """

    modules: Mapping[str, tuple[str, ...]]
    processes: Mapping[str, int]
    system_calls: Mapping[str, Mapping[str, int]]
    layers: tuple[str, ...]

    def table(self) -> dict[str, Any]:
        """As it stands in the baseline."""
        return {"modules": self.modules, "processes": self.processes, "system_calls": self.system_calls}

    def ours(self) -> tuple[str, ...]:
        """The grader's modules that are part of this project."""
        return ours(self.modules["grader"])


def environment(home: Path) -> dict[str, str]:
    """The same on every machine; `home` is empty, so that nothing of a user's is imported."""
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "HOME": str(home)}


def warm() -> None:
    """Makes the byte code of whatever a `grade` imports and the frozen rubric, as setup.sh does."""
    for folder in ("autograder", "reference", "tests/specs"):
        compileall.compile_dir(ROOT / folder, quiet=1)
    freeze(ROOT / "tests" / "rubric.yaml")
    with tempfile.TemporaryDirectory() as home:
        _run([sys.executable, "-c", "import numpy; numpy.linalg.solve(numpy.eye(2), numpy.ones(2))"], Path(home))


def imported(submission: str, *options: str) -> tuple[str, ...]:
    """The modules in the grader when a `grade` ends, without those of a bare interpreter; needs no strace."""
    with tempfile.TemporaryDirectory() as name:
        target = Path(name, "modules")
        text = _LISTING.format(target=str(target))
        _run([sys.executable, "-c", text, "grade", submission, "-o", f"{name}/results.json", *options], Path(name))
        return tuple(target.read_text().split())


def ours(modules: Iterable[str]) -> tuple[str, ...]:
    """Those that are part of this project."""
    return tuple(name for name in modules if name.split(".")[0] in OURS)


def count(submission: str = RIGHT) -> Counts:
    """Counts one `grade`, after `warm`. Raises CannotCount where there is no strace or it may not trace."""
    modules = imported(submission)
    with tempfile.TemporaryDirectory() as name:
        traces, output = Path(name, "traces"), Path(name, "output")
        traces.mkdir()
        output.mkdir()
        traced = [strace(), "-f", "-ff", "-qq", "-o", str(traces / "of")]
        results = output / "results.json"
        _run([*traced, sys.executable, "-m", "autograder", "grade", submission, "-o", str(results)], output)
        layers = json.loads(results.read_text())["extra_data"]["isolation"]["layers"]
        return of_traces(modules, {int(p.suffix[1:]): p.read_text(errors="replace") for p in traces.iterdir()}, layers)


def of_traces(modules: Sequence[str], traces: Mapping[int, str], layers: Sequence[str]) -> Counts:
    """The counts from what strace wrote, by process: a child of the grader is a zygote, what is below that a worker.

    Raises CannotCount if strace could not read what the zygote opens, as it cannot for who is not root.
    """
    made = {process: [int(child) for child in _MADE.findall(text)] for process, text in traces.items()}
    (grader,) = set(traces) - {child for children in made.values() for child in children}
    members = {"grader": [grader], "zygote": made[grader], "workers": []}
    generation = members["zygote"]
    while generation := [child for process in generation for child in made.get(process, [])]:
        members["workers"] += generation
    if any(_UNREADABLE.search(traces[process]) for process in members["zygote"]):
        raise CannotCount("only root, with the right to trace, sees what the zygote imports")
    calls = {kind: Counter(name for p in members[kind] for name in _calls(traces[p])) for kind in KINDS}
    zygote = {_module(path) for process in members["zygote"] for path in _IMPORTED.findall(traces[process])}
    return Counts(
        {"grader": tuple(modules), "zygote": tuple(sorted(zygote))},
        {kind: len(members[kind]) for kind in KINDS if kind != "grader"},
        {kind: dict(sorted(found.items())) for kind, found in calls.items()},
        tuple(layers),
    )


def _calls(text: str) -> list[str]:
    """The names of the system calls of one process, in order, without those that depend on timing."""
    return [name for name in _CALL.findall(_NOTHING_THERE.sub("", text)) if name not in TIMING]


def _module(path: str) -> str:
    """The name of the module that is read from a path without its endings."""
    below = _SEARCHED.sub("", path.removeprefix(f"{ROOT}/")).replace("__pycache__/", "")
    return below.replace("/", ".").removesuffix(".__init__")


def strace() -> str:
    """Where strace is, if it may trace at all. Raises CannotCount."""
    found = shutil.which("strace")
    if found is None:
        raise CannotCount("strace is not installed (on Debian: apt-get install strace)")
    tried = subprocess.run([found, "-f", "-qq", "-o", os.devnull, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        raise CannotCount(f"strace may not trace here: {tried.stderr.strip()[-200:]}")
    return found


def _run(command: Sequence[str], home: Path) -> None:
    """One command at the project's root. Raises CountingFailed with what it said if it fails."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    if done.returncode:
        raise CountingFailed(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")


def conditions(layers: Sequence[str]) -> dict[str, str]:
    """What the counts depend on beside our own code."""
    return {
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "machine": platform.machine(),
        "layers": ", ".join(layers),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Counts, and prints or writes; 0, or 2 where nothing can be counted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grade_counts", description=__doc__)
    parser.add_argument("--runs", type=int, default=1, help="count so often, and print the smallest and the largest")
    parser.add_argument("--write", action="store_true", help=f"write {BASELINE.relative_to(ROOT)}")
    options = parser.parse_args(argv)
    try:
        warm()
        found = [count() for _ in range(max(options.runs, 1))]
    except (CannotCount, CountingFailed) as problem:
        print(f"grade_counts: {problem}", file=sys.stderr)
        return 2
    for name, total in totals(found[-1].table()).items():
        print(f"{name}: {total}")
    if len(found) > 1:
        spread(found)
    if options.write:
        write(BASELINE, found[-1].table(), found[-1].ours(), conditions(found[-1].layers))
        print(f"written: {BASELINE.relative_to(ROOT)}")
    return 0


def spread(found: Sequence[Counts]) -> None:
    """Prints what was not the same in all runs."""
    print(f"not the same in {len(found)} runs:")
    for kind in KINDS:
        calls = [counts.system_calls[kind] for counts in found]
        for name in sorted(set().union(*calls)):
            seen = [by_name.get(name, 0) for by_name in calls]
            if min(seen) != max(seen):
                print(f"  {kind} {name}: {min(seen)} to {max(seen)}")
    every = [totals(counts.table()) for counts in found]
    for name in every[0]:
        seen = [one[name] for one in every]
        if min(seen) != max(seen):
            print(f"  {name}: {min(seen)} to {max(seen)} ({max(seen) / min(seen) - 1:.1%})")


if __name__ == "__main__":
    sys.exit(main())
