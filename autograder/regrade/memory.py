"""What a folder of grades remembers of itself: its rubric, whose class it holds, and what it was graded with.

All of it are facts of the store. A command that is told no rubric takes the folder's; where that is another one than
the project's, nobody knows which is meant, and the command says both calls and does nothing.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from autograder import __version__
from autograder.assignment.frozen import parse_rubric
from autograder.assignment.load import rubric_in
from autograder.assignment.rubric import RubricFile
from autograder.core.command import WrongCall
from autograder.core.digest import digest
from autograder.core.errors import AssignmentError
from autograder.intake.identity import student_of
from autograder.intake.source import Source
from autograder.regrade.fingerprint import Fingerprint
from autograder.regrade.store import Store
from autograder.regrade.store_file import EmptyStore, StoreError, is_store

RUBRIC, HASH, SINCE = "rubric", "rubric hash", "rubric since"
ENGINE = "engine"
CLASS = "export"  # Gradescope's number of the assignment, as the export's folder names it
PLACE = "export lies"


class AnotherClass(AssignmentError):
    """The export is another class's; the message says how one sees it, and what to do."""


class KeptRubric(msgspec.Struct, frozen=True):
    """The rubric that a folder keeps: its text, its hash, and since when (ISO 8601)."""

    text: str
    hash: str
    since: str


# -------------------------------------------------------------------------------------------------------------- rubric


def kept_rubric(folder: Path) -> KeptRubric | None:
    """The rubric that the grades of a folder were last published under, None for none. Raises StoreError."""
    text, known, since = _facts_in(folder, RUBRIC, HASH, SINCE)
    return KeptRubric(text, known or parse_rubric(text).hash, since) if text else None


def _facts_in(folder: Path, *names: str) -> tuple[str, ...]:
    """Facts of a folder's store; "" for one that is not known, or where nothing was graded yet. Raises StoreError."""
    if is_store(folder):
        with suppress(EmptyStore), Store(folder, write=False, all_of_it=False) as store:
            return tuple(store.fact(name) for name in names)
    return ("",) * len(names)


def chosen(kept: KeptRubric | None, folder: Path, root: Path, calls: Sequence[str], other: Path | None) -> RubricFile:
    """The rubric of a call that names none (`other`), or names one: the project's where it is the folder's too.

    calls: the same call with the kept rubric and with the project's. Raises WrongCall, RubricError.
    """
    if other is not None or kept is None:
        return rubric_in(root, other)
    own = rubric_in(root)
    if own.hash != kept.hash:
        since = f" (kept since {kept.since})" if kept.since else ""
        raise WrongCall(
            f"{folder} was graded under the rubric {kept.hash}{since}, and {own.name} is {own.hash} now. Say which:\n"
            f"  {calls[0]}\n  {calls[1]}"
        )
    return own


def in_folder(kept: KeptRubric | None, folder: Path) -> RubricFile:
    """The kept rubric, read. Raises WrongCall where there is none, and RubricError."""
    if kept is None:
        raise WrongCall(f"{folder} keeps no rubric: nothing was graded into it yet. Name one with --rubric.")
    return parse_rubric(kept.text, f"the rubric of {folder}")


def kept_since(store: Store, rubric: RubricFile) -> str:
    """Since when the folder's grades are under this rubric (ISO 8601); "" for not until now."""
    return store.fact(SINCE) if store.fact(HASH) == rubric.hash else ""


# -------------------------------------------------------------------------------------------------------------- engine


class _Graded(msgspec.Struct, frozen=True):
    """What grades were made with: the version, and digests of its parts."""

    version: str
    engine: str
    answers: str
    specs: str


def _graded_with(found: Fingerprint) -> _Graded:
    return _Graded(__version__, found.engine, found.answers, digest(f"{k}={v}" for k, v in sorted(found.specs.items())))


def updated(store: Store, now: Fingerprint) -> str:
    """What of the project is another one than when the grades were published, in words; "" for nothing."""
    try:
        before = msgspec.json.decode(store.fact(ENGINE), type=_Graded)
    except msgspec.DecodeError:
        return ""
    after = _graded_with(now)
    parts = {"the engine": "engine", "the answers": "answers", "the specs": "specs"}
    changed = [name for name, field in parts.items() if getattr(before, field) != getattr(after, field)]
    if not changed:
        return ""
    versions = f" (version {before.version}, now {after.version})" if before.version != after.version else ""
    return f"{' and '.join(changed)} changed since these grades were made{versions}"


def facts(rubric: RubricFile, since: str, graded_with: Fingerprint) -> dict[str, str]:
    """What to keep of the rubric and of the project that graded. since: when the first grades under it were made."""
    engine = msgspec.json.encode(_graded_with(graded_with)).decode()
    return {RUBRIC: rubric.text, HASH: rubric.hash, SINCE: since, ENGINE: engine}


# --------------------------------------------------------------------------------------------------------------- class


def place_of(export: Path) -> str:
    """What to keep of where an export lies, by which that place is known again: no path, which may name somebody."""
    return digest([os.path.realpath(export)])


def exported_from(folder: Path) -> str:
    """Where the export lay that was last graded into a folder, as `place_of` tells it; "" for not known."""
    with suppress(StoreError):  # whoever needs more of the store is told
        return _facts_in(folder, PLACE)[0]
    return ""


def same_class(store: Store, source: Source, folder: Path) -> None:
    """Raises AnotherClass where an export is not the one that was graded into the folder before.

    Its number decides, where both are known; else whether any submission or any student is in both.
    """
    before, now = store.fact(CLASS), source.assignment
    if before and now:
        if before != now:
            raise AnotherClass(
                f"{folder} holds the grades of Gradescope's assignment {before}, and this export is of assignment"
                f" {now}: {_INSTEAD}"
            )
        return
    known, names = store.abouts(), source.names()
    if not known or not known.keys().isdisjoint(names):
        return
    students = {student_of(person) for about in known.values() for person in about.people} - {""}
    if not any(student_of(person) in students for name in names for person in source.about(name).people):
        raise AnotherClass(
            f"{folder} holds the grades of other submissions: none of its {len(known):,} and none of its students is"
            f" in this export. {_INSTEAD[0].upper()}{_INSTEAD[1:]}"
        )


_INSTEAD = "give another folder to -o (--against compares with the grades of this one)."
