"""A virtual environment for each peer below `.bench/`, from a file of pinned versions."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.peers.case import Missing

ROOT = Path(__file__).resolve().parent.parent.parent
BENCH = ROOT / ".bench"
REQUIREMENTS = Path(__file__).resolve().parent
OURS = "ours"
# In every environment, and needed by no peer to grade.
NOT_COUNTED = ("pip", "setuptools", "pkg_resources", "_distutils_hack", "pip-", "setuptools-")


def python(name: str) -> Path:
    """The interpreter of an environment."""
    return BENCH / name / "bin" / "python"


def base_interpreter() -> str:
    """The interpreter that the harness's own environment was made with: every peer gets the same."""
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


def install(name: str) -> None:
    """Makes one environment, unless it is there, from the same file. Raises Missing with pip's own last words."""
    wanted = requirements(name)
    stamp = BENCH / name / ".installed"
    key = hashlib.sha256(wanted.read_bytes() + base_interpreter().encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == key:
        return
    BENCH.mkdir(exist_ok=True)
    if name == OURS:
        _tell(["bash", "scripts/venv.sh", str(BENCH / name), str(wanted)], {"PYTHON": base_interpreter()})
        _tell([str(python(name)), "-m", "autograder.sandbox.system_calls"], {}, may_fail=True)
    else:
        _tell([base_interpreter(), "-I", "-m", "venv", "--clear", str(BENCH / name)], {})
        _tell([str(python(name)), "-m", "pip", "install", "--quiet", "--no-input", "-r", str(wanted)], {})
    stamp.write_text(key)


def requirements(name: str) -> Path:
    """The file of pinned versions: for this project its own lock file."""
    return ROOT / "requirements.lock" if name == OURS else REQUIREMENTS / f"{name}.txt"


def _tell(command: list[str], variables: dict[str, str], may_fail: bool = False) -> None:
    """Runs a command of the installation; raises Missing with the last line that says what went wrong."""
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True)
    if done.returncode and not may_fail:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        said = [line for line in lines if "ERROR" in line or "error" in line] or lines or ["no reason given"]
        raise Missing(f"could not be installed: {said[-1].strip()[:200]}")


def version(name: str, package: str) -> str:
    """The pinned version of a package in a peer's file."""
    for line in requirements(name).read_text().splitlines():
        found, _, pinned = line.split()[0].partition("==") if line.strip() else ("", "", "")
        if found.lower() == package:
            return pinned
    return "?"


def installed_megabytes(name: str) -> float:
    """The size of what was installed: every file of the environment, without the installer itself."""
    total = 0
    for path in (BENCH / name).rglob("*"):
        if (
            path.is_file()
            and not path.is_symlink()
            and not any(part.startswith(NOT_COUNTED) for part in _installed(path))
        ):
            total += path.stat().st_size
    return total / 1e6


def _installed(path: Path) -> tuple[str, ...]:
    """The first folder below site-packages, as a tuple of at most one name."""
    parts = path.parts
    return parts[parts.index("site-packages") + 1 :][:1] if "site-packages" in parts else ()
