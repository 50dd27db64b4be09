"""The Python interpreters of this machine, by minor version: what must run on each is tried on all that are found."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path


def _candidates(minor: int) -> Iterator[str]:
    yield f"/usr/bin/python3.{minor}"
    if pyenv := shutil.which("pyenv"):
        root = subprocess.run([pyenv, "root"], capture_output=True, text=True, check=False).stdout.strip()
        yield from map(str, sorted(Path(root).glob(f"versions/3.{minor}.*/bin/python3.{minor}")))
    if found := shutil.which(f"python3.{minor}"):
        yield found


@functools.cache
def any_python(minor: int, needs: str = "sys") -> Path | None:
    """CPython 3.`minor` that can import what it needs, or None."""
    question = f"import sys, {needs}; sys.exit(sys.version_info[:2] != (3, {minor}))"
    for candidate in filter(os.path.exists, _candidates(minor)):
        if not subprocess.run([candidate, "-I", "-c", question], capture_output=True).returncode:
            return Path(candidate)
    return None


def find(minor: int) -> Path | None:
    """CPython 3.`minor` that can make a virtual environment, or None."""
    return any_python(minor, "ensurepip; ensurepip.version()")
