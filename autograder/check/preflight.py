"""First contact: what may be wrong before anything can be checked, and one sentence for each that says what to do.

It imports nothing but the standard library, since a missing package is one of these things.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from autograder.core.environment import ROOT, TEMPLATE, from_here, install, quoted
from autograder.core.errors import AutograderError

# What is imported, and what it is called where it is installed from.
NEEDED = {"numpy": "numpy", "msgspec": "msgspec", "yaml": "pyyaml", "gradescope_utils": "gradescope-utils"}
START = "check.py"  # in the root of the zip: the one file to start


class CannotCheck(AutograderError):
    """Nothing can be checked; the message is one sentence that says what to do."""


def calling(*words: str | Path, root: Path = ROOT) -> str:
    """A call that works from the current folder: where there is a `check.py`, "python3 check.py 1.2" for `check 1.2`.

    root: the folder of its assignment.
    """
    begins = "python -m autograder"
    if (start := ROOT / START).is_file():
        begins = f"{'py' if sys.platform == 'win32' else 'python3'} {quoted(from_here(start))}"
        words = words[words[:1] == ("check",) :]
    named = words if root == ROOT else (*words, "--assignment", root)
    said = (quoted(from_here(word)) if isinstance(word, Path) else word for word in named)
    return " ".join([begins, *said])


def missing_packages(find: Callable[[str], object | None] = importlib.util.find_spec) -> str:
    """A sentence with the commands that install what is missing; "" if nothing is."""
    names = [package for module, package in NEEDED.items() if find(module) is None]
    if not names:
        return ""
    verb, them = ("are", "them") if len(names) > 1 else ("is", "it")
    return f"{_listed(names)} {verb} not installed for this Python. Install {them} with: {install()}"


def default_folder(files: Sequence[str], root: Path, here: Path = Path(".")) -> Path:
    """The folder to check if none is named: this one, the template below it, or that of the project in `root`.

    The first one with any of the files.
    """
    return next((path for path in (here, here / TEMPLATE, root / TEMPLATE) if _present(path, files)), here)


def folder_problem(path: Path, files: Sequence[str], root: Path = ROOT) -> str:
    """Why nothing can be checked in `path`, and what to do; "" if at least one of the files is there.

    root: the folder of the assignment.
    """
    if not os.path.exists(path):
        return f"{path}: there is no such folder. Give the folder that holds your files."
    if not path.is_dir():
        return _file_problem(path, root)
    if not os.access(path, os.R_OK | os.X_OK):
        return f"{path}: you may not read this folder. Copy your files into a folder of your own, and give that one."
    if _present(path, files):
        return ""
    from autograder.core.submission import place_in  # needs packages, which are there by now

    if place_in(path, files):
        return ""
    names = _names(path)
    inside = next((n for n in names if _present(path / n, files)), None)
    if inside is not None:
        return f"Your files are one folder further in: {calling('check', path / inside, root=root)}"
    advice = file_notes(path, files)
    if len(advice) > 1:
        return " ".join(advice)
    packed = next((n for n in names if n.lower().endswith(".zip")), None)
    if packed is not None:
        return f"{path} holds {packed}, but nothing unpacked: unpack it, and give the folder that comes out."
    if advice:
        return advice[0]
    if not names:
        return f"{path} is empty: give the folder that holds your files ({_listed(files)})."
    return f"{path} is another folder: none of {_listed(files)} is in it. Give the folder that holds them."


def file_notes(path: Path, files: Sequence[str]) -> list[str]:
    """A sentence for each file that looks like one of `files` under another name, and so is not read."""
    from autograder.core.submission import read_submission
    from autograder.grading.near_names import file_notes as notes  # needs packages, which are there by now

    found = read_submission(path, files)
    return notes((*found.texts, *found.others), files)


def _file_problem(path: Path, root: Path) -> str:
    """A file where a folder belongs."""
    import zipfile  # not needed in the usual case

    if path.suffix.lower() == ".zip" or zipfile.is_zipfile(path):
        return f"{path} is a zip: unpack it, and give the folder that comes out."
    if path.suffix.lower() == ".ipynb":
        return f"{path} is a notebook: put your answers into the .py files of the template, and give their folder."
    return f"{path} is a file. Give its folder: {calling('check', path.parent, root=root)}"


def _present(folder: Path, files: Iterable[str]) -> bool:
    return any(os.path.isfile(folder / file) for file in files)  # Path's own raises where the folder may not be entered


def _names(folder: Path) -> list[str]:
    """What lies in a folder, without hidden things."""
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith((".", "__")))
    except OSError:
        return []


def _listed(names: Sequence[str]) -> str:
    """ "a, b and c" """
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
