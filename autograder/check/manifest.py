"""The manifest of a zip that was handed out: is what lies here still what was in it?"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

MANIFEST = "MANIFEST.json"
ANSWERS = "student_template/"  # the student's to change


def altered(root: Path) -> list[str]:
    """The files of the zip below `root` that are not as they were handed out; empty where there is no manifest."""
    try:
        known: dict[str, str] = json.loads((root / MANIFEST).read_text(encoding="utf-8"))["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [name for name, known_digest in known.items() if _differs(root / name, known_digest, name)]


def _differs(path: Path, known: str, name: str) -> bool:
    if name.startswith(ANSWERS):
        return False
    try:
        content = path.read_bytes().replace(b"\r\n", b"\n")  # as an unpacking tool may have changed it
        return hashlib.sha256(content).hexdigest() != known
    except OSError:
        return True
