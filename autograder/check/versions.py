"""Python and numpy here and on Gradescope: what differs, and what of a submission would not run there."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from autograder.assignment.rubric import Gradescope
from autograder.assignment.versions import PYTHON, differs, here, numbers, numpy_here
from autograder.check.history import keep, kept
from autograder.core.digest import sha256
from autograder.core.submission import Submission
from autograder.core.text import one_line
from autograder.sandbox import wire
from autograder.sandbox.decoding import Room, decode
from autograder.sandbox.protocol import Ended, OutOfTime, Program, Start, WorkerFault

NEEDS = Path(__file__).with_name("needs.py")
PROGRAM = "what-it-needs.py"  # no module of a student's has such a name
MEMORY, SECONDS = 256 << 20, 20.0
NEWEST = (3, 13)
_PLAIN = "plain.json"  # digests of files that need no newer Python


def too_old(there: Gradescope) -> str:
    """Why the numpy that is installed will not do, with the command that mends it; "" if it will."""
    found = numpy_here()
    if not found or numbers(found) >= numbers(there.numpy):
        return ""
    install = f'"{sys.executable}" -m pip install "numpy>={there.numpy}"'
    return f"numpy {found} is installed here, and Gradescope has {there.numpy}. Install with: {install}"


def line(there: Gradescope) -> str:
    """The last line where a version differs: "Here: Python 3.12, numpy 2.3.1. On Gradescope: ..."; else ""."""
    if not differs(there):
        return ""
    new = f" This self-check was not tried with Python {PYTHON}." if numbers(PYTHON) > NEWEST else ""
    return f"Here: {here()}. On Gradescope: Python {there.python}, numpy {there.numpy}.{new}"


def as_there(submission: Submission, there: Gradescope, start: Start, folder: Path) -> tuple[Submission, str]:
    """The submission without the files that would not run on Gradescope's Python, each with why; and a note.

    folder: the student's, where it is kept which files need nothing: to look again takes a fifth of a check.
    """
    minor = numbers(there.python)[1]
    if (3, minor) >= numbers(PYTHON) or not submission.texts:
        return submission, ""
    if (vermin := importlib.util.find_spec("vermin")) is None:
        install = f'"{sys.executable}" -m pip install vermin'
        return submission, (
            f"Not checked: whether your files run on Gradescope's Python {there.python}, which is older than yours."
            f" For that: {install}"
        )
    digests = _digests(submission.texts, minor, str(vermin.origin))
    plain = kept(folder, _PLAIN, frozenset[str]) or ()  # whoever forges them deceives himself
    new = [file for file, digest in digests.items() if digest not in plain]
    if not new:
        return submission, ""
    try:
        found = _asked(new, submission.texts, minor, start)
    except (Ended, OutOfTime, WorkerFault, wire.BadFrame):
        return submission, f"Not checked: whether your files run on Gradescope's Python {there.python}."
    faults = {file: _told(file, needed, there.python) for file, needed in found.items() if needed}
    with suppress(OSError):
        keep(folder, _PLAIN, msgspec.json.encode([digest for file, digest in digests.items() if file not in faults]))
    texts = {file: text for file, text in submission.texts.items() if file not in faults}
    return replace(submission, texts=texts, faults={**submission.faults, **faults}), ""


def _digests(texts: Mapping[str, str], minor: int, vermin: str) -> dict[str, str]:
    """File -> digest of all that its needs hang on: its text, the names of the others, both Pythons, who looks."""
    with suppress(OSError):
        vermin += str(os.stat(vermin).st_mtime_ns)
    shared = (sys.version, str(minor), vermin, NEEDS.read_text(encoding="utf-8"), *sorted(texts))
    return {file: sha256((text, *shared)) for file, text in texts.items()}


def _asked(files: list[str], texts: Mapping[str, str], minor: int, start: Start) -> dict[str, Any]:
    """File -> what it needs, from a worker."""
    ours = {PROGRAM: NEEDS.read_text(encoding="utf-8")}
    program = Program(PROGRAM, {**texts, **ours}, MEMORY, packages=("vermin",))
    worker = start(program)
    found = {}
    try:
        worker.receive(SECONDS)
        for number, file in enumerate(files, 1):
            blobs = bytearray()
            sets = [[wire.encode(file, blobs), wire.encode(minor, blobs)]]
            worker.request({"id": number, "name": "needs", "read": False, "argument_sets": sets}, blobs)
            reply, data = worker.receive(SECONDS)
            # a file that cannot be parsed: it is told so when it is loaded
            found[file] = [] if "fault" in reply else decode(reply.get("value"), data, Room())
    finally:
        worker.close()
    return found


def _told(file: str, needed: Any, python: str) -> str:
    lines = [f"line {at} needs Python 3.{minor} ({one_line(str(what), 60)})" for at, minor, what in needed]
    return f"{file}, {', '.join(lines)}: Gradescope has Python {python}. Write it without."
