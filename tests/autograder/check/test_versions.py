"""Python and numpy at home and on Gradescope: what differs is said, and what would not run there is not passed here."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.assignment import versions as here
from autograder.assignment.rubric import Gradescope
from autograder.check import versions
from autograder.core.submission import Submission
from autograder.sandbox.portable_worker import Worker as PortableWorker
from autograder.sandbox.protocol import Program, Start, Worker
from tests.autograder import planted

OLD = Gradescope(python="3.9", numpy="2.2")
vermin = pytest.mark.skipif(importlib.util.find_spec("vermin") is None, reason="vermin is not installed")


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
def test_a_file_that_needs_a_newer_python_is_not_run(text: str, what: str, start: Start, tmp_path: Path) -> None:
    submission = Submission({"new.py": text, "old.py": "import random\n" + "# long\n" * 20_000, "no.py": "def f(:"})
    as_there, note = versions.as_there(submission, OLD, start, tmp_path)
    assert note == ""
    assert set(as_there.texts) == {"old.py", "no.py"}
    assert what in as_there.faults["new.py"]
    assert as_there.faults["new.py"].endswith("Gradescope has Python 3.9. Write it without.")


FALLBACKS = {
    "tried": "try:\n    import tomllib\nexcept ImportError:\n    tomllib = None\n",
    "tried with others": "try:\n    from typing import Self\nexcept (KeyError, ModuleNotFoundError):\n    Self = 0\n",
    "tried, all caught": "try:\n    from itertools import batched\nexcept:\n    batched = None\n",
    "tried, and used below": (
        "import itertools\ntry:\n    pair = itertools.batched\nexcept AttributeError:\n    itertools.batched = None\n\n"
        "def f(x):\n    return itertools.batched(x, 2)\n"
    ),
    "by version": "import sys\nif sys.version_info >= (3, 11):\n    import tomllib\nelse:\n    tomllib = None\n",
    "by version, in one line": "import math, sys\ns = math.sumprod if sys.version_info > (3, 12) else None\n",
    "asked for": "import math\nif hasattr(math, 'cbrt'):\n    root = math.cbrt\n",
    "for a checker of types": ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from typing import Self\n"),
    "suppressed": "from contextlib import suppress\nwith suppress(ImportError):\n    import tomllib\n",
    "an own module of that name": "import compression\nimport tomllib\n",
}
NEEDED = {
    "no fallback": "import tomllib\n",
    "another exception": "try:\n    import tomllib\nexcept ValueError:\n    pass\n",
    "the fallback itself": "try:\n    import toml\nexcept ImportError:\n    import tomllib\n",
    "something else is tried": "try:\n    import tomllib\nexcept ImportError:\n    pass\nfrom typing import Self\n",
    "by another test": "import math\nx = 1\nif x:\n    y = math.cbrt(8)\n",
}


@vermin
@pytest.mark.parametrize("text", FALLBACKS.values(), ids=FALLBACKS)
def test_what_a_file_does_without_is_no_need(text: str, tmp_path: Path) -> None:
    texts = {"new.py": text, **({"compression.py": "", "tomllib.py": ""} if "import compression" in text else {})}
    submission = Submission(texts, place="this folder")
    assert versions.as_there(submission, OLD, PortableWorker, tmp_path) == (submission, "")


@vermin
@pytest.mark.parametrize("text", NEEDED.values(), ids=NEEDED)
def test_what_a_file_cannot_do_without_is_a_need(text: str, tmp_path: Path) -> None:
    as_there, _ = versions.as_there(Submission({"new.py": text}, place="this folder"), OLD, PortableWorker, tmp_path)
    assert set(as_there.faults) == {"new.py"}
    assert as_there.place == "this folder"


@vermin
def test_a_file_is_looked_at_again_only_where_something_changed(tmp_path: Path) -> None:
    asked: list[int] = []

    def start(program: Program) -> Worker:
        asked.append(1)
        return PortableWorker(program)

    def needy(**texts: str) -> set[str]:
        files = {f"{name}.py": text for name, text in texts.items()}
        return set(versions.as_there(Submission(files), OLD, start, tmp_path)[0].faults)

    fine, new = "x = 1\n", "match x:\n  case 1: pass\n"
    assert (needy(a=fine, b=fine), len(asked)) == (set(), 1)
    assert (needy(a=fine, b=fine), len(asked)) == (set(), 1)
    assert (needy(a=fine, b=new), len(asked)) == ({"b.py"}, 2)
    assert (needy(a=fine, b=new), len(asked)) == ({"b.py"}, 3)  # what is needed is found anew, never remembered
    assert (needy(a=fine, b=fine), len(asked)) == (set(), 3)
    assert (needy(a=fine), len(asked)) == (set(), 4)  # a file fewer may be a fallback fewer
    for broken in (b"", b"[1]", b'{"a": 1}', b"\xff"):
        (tmp_path / ".autograder" / "plain.json").write_bytes(broken)
        assert needy(a=fine) == set()
    assert len(asked) == 8


def test_where_it_cannot_be_found_out_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    submission, note = versions.as_there(Submission({"a.py": ""}), OLD, PortableWorker, Path())
    assert set(submission.texts) == {"a.py"}
    assert "Not checked" in note
    assert "-m pip install vermin" in note


def test_nothing_is_asked_where_python_is_the_same() -> None:
    submission = Submission({"a.py": "match x:\n  case 1: pass\n"})
    assert versions.as_there(submission, Gradescope(python=here.PYTHON), PortableWorker, Path()) == (submission, "")


# ------------------------------------------------------------------------------------------------ no traceback of ours

NAMES = (
    "random json re typing enum string math copy time abc ast dataclasses decimal fractions hashlib inspect io"
    " itertools logging pathlib socket statistics subprocess threading tokenize traceback queue select signal struct"
    " calendar code numbers numpy yaml msgspec"
)


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
    for name in NAMES.split():
        (folder / f"{name}.py").write_text("raise SystemExit('SHADOWED')\n")
    done = check(folder, "-m", "autograder", "check")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", [("autograder", "check"), ("-m", "autograder.check")], ids=" ".join)
def test_other_ways_to_call_it_work(command: tuple[str, ...], folder: Path) -> None:
    done = check(folder, *command)
    assert (done.returncode, done.stderr) == (0, "")
