"""The program in a process of its own, as people call it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.autograder.planted import PROJECT, ROOT

ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
ENVIRONMENT["PYTHONPATH"] = str(PROJECT)


def line(command: str, *arguments: object, root: Path = ROOT) -> list[str]:
    """The words that call a command on an assignment, on the practice homework if no other one is named."""
    return [sys.executable, "-m", "autograder", command, "--assignment", str(root), *map(str, arguments)]


def run(
    command: str, *arguments: object, root: Path = ROOT, env: dict[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """How such a call ended, in the assignment's folder."""
    options = {"cwd": ROOT, "env": {**ENVIRONMENT, **(env or {})}, "timeout": 120, **options}
    return subprocess.run(line(command, *arguments, root=root), capture_output=True, text=True, **options)


def python(program: str, *arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """How a program of Python's ended, from which the engine can be imported."""
    options = {"cwd": ROOT, "env": ENVIRONMENT, "timeout": 120, **options}
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], capture_output=True, text=True, **options
    )
