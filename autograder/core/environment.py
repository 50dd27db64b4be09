"""Commands in sentences, so that they can be pasted; what installs what is missing. Only the standard library."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = "requirements.txt"
TEMPLATE = "student_template"


def install(root: Path = ROOT) -> str:
    """What installs the self-check's packages: into this virtual environment, or into a new one below `root`.

    Many systems refuse to install anything into their own Python, so that is never what it says.
    """
    beside = (root / REQUIREMENTS, root / TEMPLATE / REQUIREMENTS)  # as it is unpacked, as it lies in the project
    needs = f"-m pip install -r {quoted(next(filter(Path.is_file, beside), beside[0]))}"
    if sys.prefix != sys.base_prefix:
        return f"{quoted(Path(sys.executable))} {needs}"
    folder = root / "venv"
    python = quoted(folder / ("Scripts" if os.name == "nt" else "bin") / "python")
    made = "" if folder.is_dir() else f"{quoted(Path(sys.executable))} -m venv {quoted(folder)}, then "
    return f"{made}{python} {needs}, and check with {python} -m autograder check"


def quoted(path: Path) -> str:
    """A path as it can be pasted into a command.

    >>> quoted(Path("hw3")), quoted(Path("hw3(1)"))
    ('hw3', '"hw3(1)"')
    """
    return str(path) if set(" '()[]&;|<>*?#").isdisjoint(str(path)) else f'"{path}"'


def from_here(path: Path) -> Path:
    """The shorter of a path's two names, the one from the current folder and the whole."""
    try:
        return min(Path(os.path.relpath(path)), path, key=lambda name: len(str(name)))
    except ValueError:  # on another drive of Windows
        return path
