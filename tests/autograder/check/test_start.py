"""check.py, the one file to start: what it says where it cannot, and that it passes everything on where it can."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tests.autograder import planted
from tests.packaging import interpreters

START = planted.PROJECT / "autograder" / "check" / "start" / "check.py"
CLEAN = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "FORCE_COLOR")}
REQUIREMENTS = "numpy>=2.2\n"
Said = Callable[[], str]


@pytest.fixture
def start(tmp_path: Path) -> ModuleType:
    """check.py in a folder of its own, imported from there."""
    (tmp_path / "check.py").write_bytes(START.read_bytes())
    (tmp_path / "requirements.txt").write_text(REQUIREMENTS)
    (tmp_path / "autograder").mkdir()
    spec = importlib.util.spec_from_file_location("start_check", tmp_path / "check.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def said(start: ModuleType, capsys: pytest.CaptureFixture[str]) -> Said:
    """Starts it; the one sentence with which it ends."""

    def starts() -> str:
        assert start.main() == 2
        sentence = capsys.readouterr().err.splitlines()[-1]
        assert sentence.startswith("check.py: ")
        return sentence

    return starts


# ------------------------------------------------------------------------------------------------ where it cannot start


@pytest.mark.parametrize("minor", [6, 7, 8, 9])
def test_an_old_python_reads_it_and_says_which_one_is_needed(minor: int, tmp_path: Path) -> None:
    python = interpreters.any_python(minor)
    if python is None:
        pytest.skip(f"no Python 3.{minor} on this machine")
    done = subprocess.run([python, START, "2.1a"], cwd=tmp_path, capture_output=True, text=True, env=CLEAN)
    assert done.returncode == 2
    assert f"this is Python 3.{minor}, and Python 3.10 to 3.13 is needed" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("version", [(3, 9), (3, 14), (4, 0)])
def test_the_version_is_looked_at_first(
    version: tuple[int, int], start: ModuleType, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "sys", SimpleNamespace(version_info=(*version, 0), stderr=sys.stderr, argv=["check.py"]))
    assert f"this is Python {version[0]}.{version[1]}, and" in said()


def test_a_32_bit_python_says_so(start: ModuleType, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "struct", SimpleNamespace(calcsize=lambda _: 4))
    assert "Install a 64-bit Python 3.12" in said()


def test_a_file_that_lies_alone_says_so(said: Said, tmp_path: Path) -> None:
    (tmp_path / "autograder").rmdir()
    assert "unpack the whole zip" in said()


def test_a_folder_that_cannot_be_written_to_says_so(said: Said, tmp_path: Path) -> None:
    (tmp_path / ".autograder").write_text("in the way")
    assert "unpack the zip into a folder of your own" in said()


ENSUREPIP = "Error: The virtual environment was not created successfully because ensurepip is not available"
NETWORK = "WARNING: Retrying ... NewConnectionError('Failed to establish a new connection')\nERROR: No matching"


@pytest.mark.parametrize(
    ("step", "output", "says"),
    [
        ("venv", "/usr/bin/python3: No module named venv", "lacks its module venv. On Debian and Ubuntu: sudo apt"),
        ("venv", ENSUREPIP, f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"),
        ("venv", "Error: No space left on device\n", "could not be made: Error: No space left on device"),
        ("install", NETWORK, "there is no network"),
        ("install", "ERROR: No version satisfies numpy (from versions: none)", "there is no network"),
        ("install", "SSLError(CERTIFICATE_VERIFY_FAILED)", "could not verify the server's certificate"),
        ("install", "ERROR: disk quota exceeded\n[notice] a new pip\n", "could not be installed: ERROR: disk quota"),
    ],
)
def test_a_step_that_fails_says_what_to_do(
    step: str, output: str, says: str, start: ModuleType, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "quietly", lambda command: (int(step in command), output))
    assert says in said()
    assert not start.is_ready()


def test_ctrl_c_while_it_installs_is_no_traceback(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(command: list[str]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(start, "quietly", interrupted)
    assert start.main() == 130
    assert "stopped" in capsys.readouterr().err
    assert not start.is_ready()


# --------------------------------------------------------------------------------------------------- where it can start


def installed(start: ModuleType) -> None:
    """An environment as if it had been made, whose interpreter tells how it was called."""
    python = Path(start.PYTHON)
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nshift 3\necho "$PWD: $*"\nexit 7\n')
    python.chmod(0o755)
    Path(start.STAMP).write_text(REQUIREMENTS)


@pytest.mark.skipif(os.name != "posix", reason="the interpreter is a shell script")
@pytest.mark.parametrize(
    ("arguments", "passed_on"),
    [
        ([], "check"),
        (["2.1a", "--html", "my page.html"], "check 2.1a --html my page.html"),
        (["check", "2.1a"], "check 2.1a"),
        (["pack", "-o", "x.zip"], "pack -o x.zip"),
        (["--help"], "check --help"),
    ],
)
def test_arguments_folder_and_exit_code_are_passed_on(
    arguments: list[str], passed_on: str, start: ModuleType, tmp_path: Path
) -> None:
    installed(start)
    elsewhere = tmp_path / "some where"
    elsewhere.mkdir()
    command = [sys.executable, str(tmp_path / "check.py"), *arguments]
    done = subprocess.run(command, cwd=elsewhere, capture_output=True, text=True, env=CLEAN)
    assert (done.returncode, done.stdout) == (7, f"{elsewhere}: {passed_on}\n")


def test_other_requirements_are_installed_anew(start: ModuleType, tmp_path: Path) -> None:
    installed(start)
    assert start.is_ready()
    (tmp_path / "requirements.txt").write_text("numpy>=3\n")
    assert not start.is_ready()


def test_an_environment_of_a_python_that_is_gone_is_made_anew(start: ModuleType) -> None:
    installed(start)
    Path(start.PYTHON).unlink()
    assert not start.is_ready()


@pytest.mark.skipif(os.name != "posix", reason="the interpreter is a shell script")
def test_modules_beside_it_do_not_stand_for_pythons_own(start: ModuleType, tmp_path: Path) -> None:
    installed(start)
    for name in ("os", "struct", "subprocess", "random", "json", "types"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(f'{__name__} was imported')\n")
    done = subprocess.run([sys.executable, "check.py"], cwd=tmp_path, capture_output=True, text=True, env=CLEAN)
    assert (done.returncode, done.stderr) == (7, "")
