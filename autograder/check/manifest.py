"""The manifest of the students' zip: is what lies here still what was in it?"""

from __future__ import annotations

import json
from pathlib import Path

from autograder.core.digest import of_bytes

MANIFEST = "MANIFEST.json"
ENGINE = "autograder/"
JUDGES = (ENGINE, "tests/")  # all else is the student's to change: answers, notes in the README


def altered(root: Path, below: tuple[str, ...] = JUDGES) -> list[str]:
    """A clause for each file of the zip that judges and is not as it was; empty where there is no manifest.

    "tests/rubric.yaml was changed", "autograder/api.py is missing".
    """
    try:
        known: dict[str, str] = json.loads((root / MANIFEST).read_text(encoding="utf-8"))["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    judges = (name for name in known if name.startswith(below) and "__pycache__" not in name)
    states = ((name, _state(root / name, known[name])) for name in judges)
    return [f"{name} {state}" for name, state in states if state]


def unpack_again(root: Path, below: tuple[str, ...] = JUDGES) -> str:
    """The same as one sentence with what to do; "" where nothing was altered."""
    changes = altered(root, below)
    more = [f"and {len(changes) - 3} more"] if len(changes) > 3 else []
    return (
        f"{', '.join([*changes[:3], *more])}: unpack the zip again, into a new folder, and copy your files there."
        if changes
        else ""
    )


def _state(path: Path, known: str) -> str:
    try:
        content = path.read_bytes().replace(b"\r\n", b"\n")  # as an unpacking tool may have changed it
    except FileNotFoundError:
        return "is missing"
    except OSError:
        return "cannot be read"
    return "" if of_bytes(content) == known else "was changed"
