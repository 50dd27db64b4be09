"""Looks at a finished zip for Gradescope, and says what is wrong with it: what people often get wrong, in sentences.

It shares nothing with what builds the zip: it reads the zip as Gradescope's image build would, so that a fault of the
recipe, of a file or of the zip itself is found before anybody uploads it.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath

from autograder.assignment.frozen import parse_rubric
from autograder.assignment.rubric import RubricError
from autograder.check.manifest import MANIFEST
from autograder.gradescope.decisions import FILE as DECISIONS
from autograder.gradescope.decisions import MAX_BYTES, DecisionsUnreadable, decisions_in

SCRIPTS = ("setup.sh", "run_autograder")
RUBRIC = "tests/rubric.yaml"
WHEELS = "wheels/"  # packages: zips themselves, not text

# All that a zip for Gradescope may hold. Caches, keys, notes and students' data are nothing of this.
BELONGS = re.compile(
    r"(autograder|reference|student_template|tests/specs)/(\w[^/]*/)*\w[^/]*\.py|reference/(\w[^/]*/)*\w[^/]*\.(json|yaml)"
    rf"|wheels/[^/]+\.whl|autograder/py\.typed|scripts/venv\.sh|requirements\.lock|{'|'.join(map(re.escape, SCRIPTS))}"
    rf"|{'|'.join(map(re.escape, (RUBRIC, MANIFEST, DECISIONS)))}"
)


@dataclass(frozen=True)
class Archive:
    """A zip that was read: its entries, and the content of each file by name."""

    entries: tuple[zipfile.ZipInfo, ...]
    files: Mapping[str, bytes]


def faults(archive: Path | bytes) -> list[str]:
    """What is wrong with a zip for Gradescope, a sentence each; none if it can be uploaded.

    archive: the zip's path, or its bytes.
    """
    try:
        with zipfile.ZipFile(BytesIO(archive) if isinstance(archive, bytes) else archive) as zipped:
            entries = tuple(zipped.infolist())
            read = Archive(entries, {entry.filename: zipped.read(entry) for entry in entries if not entry.is_dir()})
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:  # damaged, or with a password
        return [f"this zip cannot be read: {error}"]
    checks = (_names, _scripts, _line_ends, _strangers, _decisions, _questions, _manifest)
    return [sentence for check in checks for sentence in check(read)]


def _names(archive: Archive) -> Iterator[str]:
    """Names that unpack elsewhere, over one another, or otherwise on another system."""
    seen: set[str] = set()
    for entry in archive.entries:
        name = entry.orig_filename
        parts = PurePosixPath(name).parts
        if name.startswith("/") or ".." in parts or "\\" in name or re.match(r"[A-Za-z]:", name):
            yield f"{name!r}: every name must lie below the zip's root, with / between folders"
        if not name.isascii() and not entry.flag_bits & 0x800:
            yield f"{name!r}: this name is not stored as UTF-8"
        if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG) and not entry.is_dir():
            yield f"{name}: a link or device does not go into a bundle; put the file itself there"
        if name.casefold() in seen:
            yield f"{name}: this is a duplicate name (on some systems upper and lower case are the same)"
        seen.add(name.casefold())


def _scripts(archive: Archive) -> Iterator[str]:
    """What Gradescope starts: at the root, runnable, and with a first line that a Linux kernel understands."""
    modes = {entry.filename: entry for entry in archive.entries}
    for name in SCRIPTS:
        if name not in archive.files:
            deeper = [other for other in archive.files if other.endswith(f"/{name}")]
            where = f"; it is in {deeper[0]}: zip what is in the folder, not the folder" if deeper else ""
            yield f"{name} is not at the root of the zip, where Gradescope looks for it{where}"
        elif modes[name].create_system != 3 or modes[name].external_attr >> 16 & 0o555 != 0o555:
            yield f"{name} may not be run: it needs mode 0755"
    for name, content in archive.files.items():
        if (name in SCRIPTS or name.endswith(".sh")) and not re.match(rb"#!/\S+( \S+)?\n", content):
            first = content.split(b"\n")[0][:40]
            yield f"{name} must begin with a line such as #!/usr/bin/env bash, not with {first!r}"


def _line_ends(archive: Archive) -> Iterator[str]:
    for name, content in archive.files.items():
        if b"\r" in content and not name.startswith(WHEELS):
            yield f"{name} has CR in its line ends: Linux wants LF alone"


def _strangers(archive: Archive) -> Iterator[str]:
    """Every submission's container holds the zip, and student code runs beside it."""
    for entry in archive.entries:
        if not entry.is_dir() and not BELONGS.fullmatch(entry.filename):
            yield f"{entry.filename} does not belong into a zip for Gradescope"


def _decisions(archive: Archive) -> Iterator[str]:
    """What people decided, if it is there, can be read on Gradescope, by root alone."""
    if DECISIONS not in archive.files:
        return
    if any(entry.external_attr >> 16 & 0o077 for entry in archive.entries if entry.filename == DECISIONS):
        yield f"{DECISIONS} may be read by others than its owner: it needs mode 0600"
    if len(archive.files[DECISIONS]) > MAX_BYTES:
        yield f"{DECISIONS} has more than {MAX_BYTES >> 20} MB"
    try:
        decisions_in(archive.files[DECISIONS])
    except DecisionsUnreadable as problem:
        yield str(problem)


def _questions(archive: Archive) -> Iterator[str]:
    """The rubric can be read from the zip, and each of its questions has its three files; one of texts has no spec."""
    try:
        rubric = parse_rubric(archive.files[RUBRIC].decode(), RUBRIC).rubric
    except KeyError:
        yield f"{RUBRIC} is missing"
        return
    except (RubricError, UnicodeDecodeError) as error:
        yield f"{error}" if isinstance(error, RubricError) else f"{RUBRIC} is not UTF-8"
        return
    judged = {question.file for question, row in rubric.rows() if row.graded == "spec"}
    for file in rubric.files():
        spec = (f"tests/specs/test_{file}",) if file in judged else ()
        for name in (*spec, f"student_template/{file}", f"reference/{file}"):
            if name not in archive.files:
                yield f"{name} is missing, and the rubric names a question with the file {file}"


def _manifest(archive: Archive) -> Iterator[str]:
    """The manifest names every other file, with its hash."""
    try:
        known = json.loads(archive.files[MANIFEST])["sha256"]
        wrong = {name for name in archive.files if name != MANIFEST} ^ set(known)
    except (KeyError, ValueError, TypeError):
        yield f"{MANIFEST} is missing or does not say what is in the zip"
        return
    wrong |= {
        name for name, digest in known.items() if hashlib.sha256(archive.files.get(name, b"")).hexdigest() != digest
    }
    if wrong:
        yield f"{MANIFEST} does not fit {', '.join(sorted(wrong)[:3])}"
