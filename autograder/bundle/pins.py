"""The lock file of the grading image: which package, in which version, for which Python, with which hashes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from autograder.bundle.archive import BundleError

LOCK = "requirements.lock"
PYTHON_MINORS = (10, 11, 12, 13)  # what a bundle serves: CPython 3.x
PYTHONS = f"3.{PYTHON_MINORS[0]} to 3.{PYTHON_MINORS[-1]}"


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
