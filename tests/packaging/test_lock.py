"""The two lock files: pinned, with hashes, from no named index, and installable on every Python from 3.10 to 3.13."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from autograder.bundle import PYTHON_MINORS, read_pins
from tests.packaging import interpreters

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
GRADING = {"gradescope-utils", "msgspec", "numpy", "pyseccomp", "pyyaml"}
MODULES = {
    "requirements.lock": "gradescope_utils, msgspec, numpy, yaml",
    "requirements-dev.lock": "gradescope_utils, msgspec, numpy, yaml, hypothesis, mypy, pytest",
}


def text_of(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", LOCKS)
def test_names_no_index(lock: str) -> None:
    assert not re.search(r"://|^\s*-", text_of(lock).replace("    --hash=", "hash="), re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_leaves_torch_out(lock: str) -> None:
    assert "torch" not in text_of(lock)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_hash_is_a_sha256(lock: str) -> None:
    pins = read_pins(text_of(lock))
    assert {pin.requirement.split("==")[0] for pin in pins} >= GRADING
    for pin in pins:
        assert pin.hashes, pin.requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", value) for value in pin.hashes), pin.requirement


@pytest.mark.parametrize("minor", PYTHON_MINORS)
def test_grading_needs_five_packages_once_each(minor: int) -> None:
    names = [pin.requirement.split("==")[0] for pin in read_pins(text_of("requirements.lock")) if pin.applies_to(minor)]
    assert sorted(names) == sorted(GRADING)


def test_numpy_for_python_3_10_stops_at_2_2() -> None:
    (numpy,) = [
        pin
        for pin in read_pins(text_of("requirements.lock"))
        if pin.applies_to(10) and pin.requirement.startswith("numpy==")
    ]
    assert numpy.requirement.startswith("numpy==2.2.")


def test_development_holds_what_grading_holds() -> None:
    """Else the tests would run with other versions than the marks."""
    grading, development = ({(pin.requirement, pin.marker) for pin in read_pins(text_of(lock))} for lock in LOCKS)
    assert grading < development


@pytest.mark.certify
@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("minor", PYTHON_MINORS)
def test_installs_into_a_new_environment(minor: int, lock: str, tmp_path: Path) -> None:
    python = interpreters.find(minor)
    if python is None:
        pytest.skip(f"no Python 3.{minor} on this machine")
    command = ["bash", "scripts/venv.sh", str(tmp_path / "venv"), lock]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHON": str(python)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    subprocess.run([tmp_path / "venv/bin/python", "-I", "-W", "error", "-c", f"import {MODULES[lock]}"], check=True)
