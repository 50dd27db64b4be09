"""The manifest of the students' zip: is what lies here still what was in it?"""

from __future__ import annotations

import json
from pathlib import Path

from autograder.core.digest import of_bytes

MANIFEST = "MANIFEST.json"
ENGINE = "autograder/"
JUDGES = (ENGINE, "tests/")  # all else is the student's to change: answers, notes in the README


def unpack_again(root: Path, below: tuple[str, ...] = JUDGES) -> str:
    """What of the zip judges and is not as it was, and what to do, in a sentence.

    "tests/rubric.yaml was changed, autograder/api.py is missing: unpack ..."; "" for nothing, and without a manifest.
    """
    try:
        known: dict[str, str] = json.loads((root / MANIFEST).read_text(encoding="utf-8"))["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    judges = (name for name in known if name.startswith(below) and "__pycache__" not in name)
    states = ((name, _state(root / name, known[name])) for name in judges)
    changes = [f"{name} {state}" for name, state in states if state]
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
