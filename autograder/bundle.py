"""The zips this project hands out, each from an allow-list and byte for byte the same from any checkout.

A zip holds the files that its recipe names and nothing else: what is not listed (planted submissions, the engine's
tests, caches, a stray notes file) cannot get out. The same content gives the same bytes on every machine: names are
sorted, every file is dated 1980-01-01, modes come from the recipe, line ends are LF, and nothing is compressed, since
compressors differ. `MANIFEST.json` at the root gives the version and the SHA-256 of every other file.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder import __version__
from autograder.manifest import MANIFEST

LOCK = "requirements.lock"

# What a bundle with wheels serves: CPython 3.x on Linux, x86_64, glibc 2.28 or later (Gradescope's images since 2022).
PYTHON_MINORS = (10, 11, 12, 13)
PLATFORMS = ("manylinux2014_x86_64", *(f"manylinux_2_{glibc}_x86_64" for glibc in range(17, 29)))


class BundleError(Exception):
    """No zip was written; the message says why and what to do."""


@dataclass(frozen=True)
class Recipe:
    """What goes into one zip.

    name:       who it is for; stands in the manifest.
    include:    glob patterns below the project's root, each of which must match at least one file.
    exclude:    glob patterns of folders whose files stay out although `include` matches them.
    executable: files that get mode 0755; all others get 0644.
    renamed:    files that lie elsewhere in the zip.
    """

    name: str
    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    executable: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)


# Gradescope finds the two scripts only at the root of the zip. Grading does not need the catalogue of known mistakes.
GRADESCOPE = Recipe(
    name="gradescope",
    include=(
        "setup.sh",
        "run_autograder",
        "scripts/venv.sh",
        LOCK,
        "autograder/**/*.py",
        "reference/**/*.py",
        "reference/**/*.json",
        "reference/**/*.yaml",
        "student_template/*.py",
        "tests/rubric.yaml",
        "tests/specs/*.py",
    ),
    exclude=("reference/catalogue",),
    executable=frozenset({"setup.sh", "run_autograder"}),
)


# What a student needs to check at home, named one by one: a new module of the instructors' does not slip in. Nothing
# here knows an answer; a test searches the zip for every one of them.
STUDENT = Recipe(
    name="student",
    include=(
        *(f"autograder/{name}.py" for name in ("__init__", "__main__", "check", "first_contact", "manifest")),
        *(f"autograder/{name}.py" for name in ("award", "credit", "finding", "grading", "judging", "outcome")),
        *(f"autograder/{name}.py" for name in ("picture", "plain", "plain_text", "reading", "rubric", "specs")),
        *(f"autograder/{name}.py" for name in ("student", "submission", "unittest_specs")),
        *(f"autograder/maths/{name}.py" for name in ("__init__", "bound*", "closeness", "lstm*", "threshold*")),
        "autograder/sandbox/*.py",
        *(f"autograder/report/{name}.py" for name in ("__init__", "colour", "html", "problem", "scatter")),
        *(f"autograder/report/{name}.py" for name in ("state_diagram", "svg", "terminal", "timeline")),
        "autograder/report/timeline_drawing.py",
        "autograder/report/page.html",
        "student_template/*.py",
        "student_template/README.md",
        "student_template/requirements.txt",
        "tests/rubric.yaml",
        "tests/specs/test_*.py",
        "tests/specs/answers.py",
    ),
    renamed={"student_template/README.md": "README.md", "student_template/requirements.txt": "requirements.txt"},
)


def student(root: Path, output: Path) -> Path:
    """Write the zip that students get, and return its path: template, self-check, and one page that explains both.

    root: the checkout. Raises BundleError if a file is missing or is a link.
    """
    files = {STUDENT.renamed.get(name, name): content for name, content in _allowed(root, STUDENT)}
    return _write(files, STUDENT, output)


def gradescope(root: Path, output: Path, wheels: bool = False) -> Path:
    """Write the zip that an instructor uploads to Gradescope, and return its path.

    root:   the checkout.
    wheels: carry every package of the lock file as well (about 70 MB), so that setup.sh needs no network.
    Raises BundleError if a file is missing or is a link, or if the wheels cannot be fetched.
    """
    files = dict(_allowed(root, GRADESCOPE))
    if wheels:
        files.update(_wheels(root / LOCK))
    return _write(files, GRADESCOPE, output)


def _allowed(root: Path, recipe: Recipe) -> Iterator[tuple[str, bytes]]:
    for pattern in recipe.include:
        names = sorted(name for name in _matches(root, pattern) if not _excluded(name, recipe))
        if not names:
            raise BundleError(
                f"{root / pattern}: no such file, and the {recipe.name} bundle needs it. Is this the project's root?"
            )
        for name in names:
            yield name, _content(root, name)


def _matches(root: Path, pattern: str) -> Iterator[str]:
    """Hidden files (editors and macOS leave some) match no pattern."""
    for path in root.glob(pattern):
        parts = path.relative_to(root).parts
        if not any(part.startswith(".") or part == "__pycache__" for part in parts) and not path.is_dir():
            yield "/".join(parts)


def _excluded(name: str, recipe: Recipe) -> bool:
    return any(name.startswith(folder + "/") for folder in recipe.exclude)


def _content(root: Path, name: str) -> bytes:
    """The file's bytes with LF line ends: Gradescope cannot start a script with CRLF. Everything allowed is text."""
    steps = [root.joinpath(*name.split("/")[: depth + 1]) for depth in range(name.count("/") + 1)]
    if any(step.is_symlink() for step in steps):
        raise BundleError(f"{steps[-1]}: a symbolic link does not go into a bundle; put the file itself there")
    return steps[-1].read_bytes().replace(b"\r\n", b"\n")


def _write(files: dict[str, bytes], recipe: Recipe, output: Path) -> Path:
    """Sorted, dated and moded the same everywhere; the zip appears under its name only when it is whole."""
    files = {**files, MANIFEST: _manifest(files, recipe)}
    part = output.with_name(output.name + ".part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            for name in sorted(files):
                archive.writestr(_entry(name, 0o755 if name in recipe.executable else 0o644), files[name])
        os.replace(part, output)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BundleError(f"cannot write {output}: {error.strerror or error}") from error
    return output


def _entry(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.create_system = 3  # Unix, on every system: only then is the mode read
    entry.external_attr = (0o100000 | mode) << 16
    return entry


def _manifest(files: dict[str, bytes], recipe: Recipe) -> bytes:
    content = {
        "bundle": recipe.name,
        "version": __version__,
        "sha256": {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)},
    }
    return (json.dumps(content, indent=2) + "\n").encode()


@dataclass(frozen=True)
class Pin:
    """One entry of a lock file.

    requirement: "numpy==2.2.6".
    marker:      when it applies, "python_full_version < '3.11'", or "" for always.
    hashes:      "sha256:..." of each of its files, for every platform.
    """

    requirement: str
    marker: str
    hashes: tuple[str, ...]

    def applies_to(self, minor: int) -> bool:
        """Whether CPython 3.`minor` installs it. Raises BundleError for a marker that asks about anything else."""
        return all(_clause_holds(clause, minor) for clause in self.marker.split(" and ") if clause)


def _clause_holds(clause: str, minor: int) -> bool:
    """pip reads markers for the Python it runs on, even when told to fetch for another one, so they are read here."""
    if clause.strip() == "sys_platform == 'linux'":  # what the bundle is for
        return True
    match = re.fullmatch(r"python_(?:full_)?version (<|>=|==) '3\.(\d+)(?:\.\*)?'", clause.strip())
    if match is None:
        raise BundleError(
            f"{LOCK}: cannot read the marker {clause!r}; "
            "a bundle with wheels knows python_full_version, and sys_platform == 'linux'"
        )
    operator, bound = match[1], int(match[2])
    return {"<": minor < bound, ">=": minor >= bound, "==": minor == bound}[operator]


def read_pins(lock: str) -> list[Pin]:
    """The entries of a lock file with hashes, in order. Raises BundleError if an entry has no pin or no hash."""
    lines = (line for line in lock.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return [_read_pin(entry) for entry in "\n".join(lines).replace("\\\n", " ").splitlines()]


def _read_pin(entry: str) -> Pin:
    head, *hashes = (part.strip() for part in entry.split("--hash="))
    requirement, _, marker = (part.strip() for part in head.partition(";"))
    if re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!_-]+", requirement) is None or not hashes:
        raise BundleError(f"{LOCK}: every entry must be a pinned package with hashes, not {head!r}")
    return Pin(requirement, marker, tuple(hashes))


def _wheels(lock: Path) -> Iterator[tuple[str, bytes]]:
    pins = read_pins(lock.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        for minor in PYTHON_MINORS:
            _download([pin for pin in pins if pin.applies_to(minor)], minor, Path(folder, "wheels"))
        for path in sorted(Path(folder, "wheels").iterdir()):
            yield f"wheels/{path.name}", path.read_bytes()


def _download(pins: Iterable[Pin], minor: int, folder: Path) -> None:
    """Every package's wheel for CPython 3.`minor`, checked against the lock's hashes, into `folder`."""
    folder.mkdir(exist_ok=True)
    wanted = folder.with_name("wanted.txt")
    wanted.write_text(
        "".join(f"{pin.requirement} --hash={' --hash='.join(pin.hashes)}\n" for pin in pins), encoding="utf-8"
    )
    options = ["--quiet", "--no-input", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    options += ["--only-binary", ":all:", "--implementation", "cp", "--python-version", f"3.{minor}"]
    options += [part for platform in PLATFORMS for part in ("--platform", platform)]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), "-r", str(wanted)]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        tail = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise BundleError(f"pip could not fetch the wheels for Python 3.{minor}. Is there a network? pip says:\n{tail}")
