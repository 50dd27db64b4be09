"""run_autograder, setup.sh and the environment maker, without a throw-away system: what can be tried in a folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder.core.outcome import SCHEMA_VERSION
from tests.packaging import interpreters

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ("setup.sh", "run_autograder", "scripts/venv.sh", ".ci/run")

# Stands in for the engine: writes down what it was started with.
ENGINE = """
import json, os, sys
with open("LAYOUT/seen.json", "w") as file:
    json.dump({"argv": sys.argv[1:], "path": sys.path, "environment": dict(os.environ), "cwd": os.getcwd()}, file)
"""


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_is_as_a_unix_system_wants_it(name: str) -> None:
    data = (ROOT / name).read_bytes()
    assert data.startswith(b"#!/usr/bin/env bash\n")
    assert b"\r" not in data
    assert os.access(ROOT / name, os.X_OK)
    subprocess.run(["bash", "-n", ROOT / name], check=True)


@pytest.mark.parametrize("name", SCRIPTS)
def test_shellcheck_finds_nothing(name: str) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed")
    done = subprocess.run(["shellcheck", ROOT / name], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_run_autograder_ends_in_exec() -> None:
    """bash reads a script as it goes: text appended to it while it runs must never be reached."""
    last = (ROOT / "run_autograder").read_text(encoding="utf-8").rstrip("\n").splitlines()[-1]
    assert last.startswith("exec env -i ")


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    """/autograder in a folder: run_autograder with every path moved there, no environment yet."""
    script = (ROOT / "run_autograder").read_text(encoding="utf-8").replace("/autograder/", f"{tmp_path}/")
    (tmp_path / "run_autograder").write_text(script, encoding="utf-8")
    engine = tmp_path / "source/autograder/__main__.py"
    engine.parent.mkdir(parents=True)
    engine.write_text(ENGINE.replace("LAYOUT", str(tmp_path)), encoding="utf-8")
    for name in ("submission", "results", "venv/bin"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "submission_metadata.json").write_text("{}", encoding="utf-8")
    return tmp_path


def run(layout: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", layout / "run_autograder"],
        cwd=layout,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def put_python(layout: Path, minor: int) -> None:
    python = interpreters.find(minor)
    if python is None:
        pytest.skip(f"no Python 3.{minor} on this machine")
    (layout / "venv/bin/python").symlink_to(python)


def seen(layout: Path) -> dict[str, Any]:
    value = json.loads((layout / "seen.json").read_text(encoding="utf-8"))
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize("minor", [10, 11, 12, 13])
def test_run_autograder_starts_the_engine_and_imports_from_nowhere_else(layout: Path, minor: int) -> None:
    put_python(layout, minor)
    (layout / "submission/json.py").write_text("raise SystemExit('imported from the submission')", encoding="utf-8")
    (layout / "json.py").write_text("raise SystemExit('imported from the current folder')", encoding="utf-8")
    done = run(layout)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    outside = [path for path in seen(layout)["path"] if path.startswith(str(layout))]
    assert {Path(path) for path in outside} <= {layout / "source"}
    expected = ["grade", "submission", "-o", "results/results.json", "--metadata", "submission_metadata.json"]
    assert seen(layout)["argv"] == [
        part if part in ("grade", "-o", "--metadata") else str(layout / part) for part in expected
    ] + ["--gradescope"]


def test_run_autograder_hands_on_the_time_limit_and_no_secret(layout: Path) -> None:
    put_python(layout, sys.version_info[1])
    run(layout, TIMEOUT_SECONDS="1200", SUBMISSION_URL="secret", PYTHONSTARTUP="x", LD_PRELOAD="")
    environment = seen(layout)["environment"]
    assert environment["TIMEOUT_SECONDS"] == "1200"
    assert environment["PYTHONHASHSEED"] == "0"
    assert not environment.keys() & {"SUBMISSION_URL", "PYTHONSTARTUP", "LD_PRELOAD", "HOME"}


def test_run_autograder_without_a_time_limit_takes_the_platforms_default(layout: Path) -> None:
    put_python(layout, sys.version_info[1])
    run(layout)
    assert seen(layout)["environment"]["TIMEOUT_SECONDS"] == "600"


def test_run_autograder_closes_what_students_must_not_read(layout: Path) -> None:
    run(layout)
    for name in ("source", "submission", "results", "results/results.json", "submission_metadata.json"):
        assert (layout / name).stat().st_mode & 0o077 == 0, name


@pytest.mark.parametrize("damage", ["no environment", "no source", "no results folder", "engine fails"])
def test_run_autograder_always_leaves_results(layout: Path, damage: str) -> None:
    if damage == "engine fails":
        put_python(layout, sys.version_info[1])
        (layout / "source/autograder/__main__.py").write_text("raise SystemExit(3)", encoding="utf-8")
    elif damage == "no source":
        shutil.rmtree(layout / "source")
    elif damage == "no results folder":
        (layout / "results").rmdir()
    done = run(layout)
    results = json.loads((layout / "results/results.json").read_text(encoding="utf-8"))
    assert done.returncode != 0
    assert results["score"] == 0
    assert results["extra_data"] == {"schema_version": SCHEMA_VERSION, "rerun": True}
    assert "our fault" in results["output"]
    assert results["output_format"] == "text"
    if damage == "no environment":
        assert "setup.sh did not finish" in done.stderr


def make_environment(folder: Path, lock: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """scripts/venv.sh with a lock file of this text, without a network."""
    (folder / "some.lock").write_text(lock, encoding="utf-8")
    return subprocess.run(
        ["bash", ROOT / "scripts/venv.sh", folder / "venv", folder / "some.lock"],
        cwd=folder,
        env={**os.environ, "PIP_NO_INDEX": "1", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_environment_is_made_once_and_again_when_its_interpreter_is_gone(tmp_path: Path) -> None:
    (tmp_path / "venv/bin").mkdir(parents=True)
    (tmp_path / "venv/bin/python").symlink_to("/nowhere/python3")
    first, second = (make_environment(tmp_path, "# nothing\n") for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert first.stdout.startswith("making ")
    assert second.stdout == ""


def test_environment_from_a_python_out_of_range_is_refused(tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    old.chmod(0o755)
    done = make_environment(tmp_path, "# nothing\n", PYTHON=str(old))
    assert done.returncode == 1
    assert f"{old} will not do: a Python from 3.10 to 3.13 is needed" in done.stderr
    assert not (tmp_path / "venv").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start student code under another user id")
def test_environment_from_a_python_that_others_cannot_read_warns(tmp_path: Path) -> None:
    private = tmp_path / "private/bin/python3"
    private.parent.mkdir(parents=True, mode=0o700)
    shutil.copy(Path(sys.executable).resolve(), private)
    private.parent.chmod(0o700)
    (tmp_path / "venv").touch()  # so that none is made, which takes its time
    done = make_environment(tmp_path, "# nothing\n", PYTHON=str(private))
    assert f"warning: other users cannot read {private}" in done.stderr


def test_environment_that_cannot_be_filled_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "venv").symlink_to(Path(sys.prefix))
    done = make_environment(tmp_path, f"no-such-package==1.0 --hash=sha256:{'0' * 64}")
    assert done.returncode == 1
    assert "Could not install" in done.stderr
    assert "bundle gradescope --wheels" in done.stderr
