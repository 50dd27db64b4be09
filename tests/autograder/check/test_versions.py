"""Python and numpy at home and on Gradescope: what differs is said, and what would not run there is not passed here."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.assignment import versions as here
from autograder.assignment.rubric import Gradescope
from autograder.check import versions
from autograder.core.submission import Submission
from autograder.sandbox.jail import Jail
from autograder.sandbox.portable_worker import Worker as PortableWorker
from autograder.sandbox.protocol import Start
from tests.autograder import planted

OLD = Gradescope(python="3.9", numpy="2.2")
vermin = pytest.mark.skipif(importlib.util.find_spec("vermin") is None, reason="vermin is not installed")


@pytest.fixture(scope="module", params=["jail", "portable"])
def start(request: pytest.FixtureRequest) -> Iterator[Start]:
    if request.param == "portable":
        yield PortableWorker
        return
    with Jail() as jail:
        yield jail.start


def test_nothing_is_said_where_nothing_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here, "PYTHON", "3.10")
    monkeypatch.setattr(here, "numpy_here", lambda: "2.2.6")
    assert versions.line(Gradescope()) == here.warning(Gradescope()) == ""
    assert "2.2" in versions.line(Gradescope(python="3.10", numpy="2.1"))


def test_the_installed_numpy_is_read_from_its_own_file() -> None:
    import numpy

    assert here.numpy_here() == numpy.__version__


@pytest.mark.parametrize(("found", "fine"), [("1.26.4", False), ("2.1.3", False), ("2.2.0", True), ("2.10.1", True)])
def test_a_numpy_that_is_too_old_is_refused(found: str, fine: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "numpy_here", lambda: found)
    said = versions.too_old(Gradescope())
    assert said == "" if fine else ('-m pip install "numpy>=2.2"' in said and found in said)


@vermin
@pytest.mark.parametrize(
    ("text", "what"),
    {
        "match x:\n  case 1: pass\n": "line 1 needs Python 3.10 (pattern matching)",
        "import math\n\ny = zip([1], [2], strict=True)\n": "line 3 needs Python 3.10",
    }.items(),
)
def test_a_file_that_needs_a_newer_python_is_not_run(text: str, what: str, start: Start) -> None:
    submission = Submission({"new.py": text, "old.py": "import random\n" + "# long\n" * 20_000, "no.py": "def f(:"})
    as_there, note = versions.as_there(submission, OLD, start)
    assert note == ""
    assert set(as_there.texts) == {"old.py", "no.py"}
    assert what in as_there.faults["new.py"]
    assert as_there.faults["new.py"].endswith("Gradescope has Python 3.9. Write it without.")


def test_where_it_cannot_be_found_out_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    submission, note = versions.as_there(Submission({"a.py": ""}), OLD, PortableWorker)
    assert set(submission.texts) == {"a.py"}
    assert "Not checked" in note
    assert "-m pip install vermin" in note


def test_nothing_is_asked_where_python_is_the_same() -> None:
    submission = Submission({"a.py": "match x:\n  case 1: pass\n"})
    assert versions.as_there(submission, Gradescope(python=here.PYTHON), PortableWorker) == (submission, "")


# ------------------------------------------------------------------------------------------------ no traceback of ours

NAMES = [
    "random",
    "json",
    "re",
    "typing",
    "enum",
    "string",
    "math",
    "copy",
    "time",
    "abc",
    "ast",
    "dataclasses",
    "decimal",
    "fractions",
    "hashlib",
    "inspect",
    "io",
]
NAMES += [
    "itertools",
    "logging",
    "pathlib",
    "socket",
    "statistics",
    "subprocess",
    "threading",
    "tokenize",
    "traceback",
    "queue",
    "select",
    "signal",
]
NAMES += ["struct", "calendar", "code", "numbers", "numpy", "yaml", "msgspec"]


def check(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1"}
    command = (sys.executable, *command, "--assignment", str(planted.ROOT), str(planted.ROOT / "reference"))
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=env, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the engine in it, as a student's zip has."""
    (tmp_path / "autograder").symlink_to(planted.PROJECT / "autograder")
    return tmp_path


def test_files_of_the_current_folder_are_not_taken_for_pythons_own(folder: Path) -> None:
    for name in NAMES:
        (folder / f"{name}.py").write_text("raise SystemExit('SHADOWED')\n")
    done = check(folder, "-m", "autograder", "check")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", [("autograder", "check"), ("-m", "autograder.check")], ids=" ".join)
def test_other_ways_to_call_it_work(command: tuple[str, ...], folder: Path) -> None:
    done = check(folder, *command)
    assert (done.returncode, done.stderr) == (0, "")
