"""Whether all that a folder shows is as it would be written now: then nothing need be written.

What the published files follow from is told by a digest, and the files by another one; both are kept with what was
published. So a run that finds nothing to do costs a look at each, and leaves what changed last as it was told.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from autograder import __version__
from autograder.core.digest import digest
from autograder.regrade.gradebook import Gradebook
from autograder.regrade.needs import Need
from autograder.regrade.output_dir import CHANGES, GRADES, NEEDS, REPORT
from autograder.regrade.publish import LAYOUT, RESULTS
from autograder.regrade.regrader import Regrading
from autograder.regrade.store import NOW, WHAT_IF

FACT = "files"  # of the store: what they were made of, and how they were left


class Left(msgspec.Struct, frozen=True):
    """What was published. made_of, files: digests. needs: what needs a person, as (submission, row, why)."""

    made_of: str
    files: str
    needs: tuple[Need, ...]


_left = msgspec.json.Decoder(Left)


def made_of(regrading: Regrading, book: Gradebook, more: str) -> str:
    """The digest of all that the files follow from, but for the grades that they are compared with."""
    store, setting = regrading.store, regrading.setting
    rows, shown = [store.row_texts(slot) for slot in (NOW, WHAT_IF)], store.shown(NOW)
    late = (f"{one.late} {one.after_late}" for one in book.standings if book.late)
    decided = (repr(one.decisions) for one in book.standings if one.decisions)
    same = (setting.assignment.rubric_file.hash, setting.fingerprint.whole, __version__, LAYOUT, more)
    names = (f"{name} {said}" for name, said in sorted(store.told_texts().items()))
    found = (text for name in sorted(shown) for text in (name, shown[name], *(one.get(name, "") for one in rows)))
    return digest([*same, *book.warnings, *decided, *late, *names, *found])


def as_left(regrading: Regrading, folder: Path, now: str) -> Left | None:
    """What was published, if it was made of the same, and lies in the folder as it was left; else None."""
    told = regrading.store.fact(FACT)
    if not told or regrading.tally.graded or regrading.tally.failed:
        return None
    try:
        left = _left.decode(told)
    except msgspec.DecodeError:
        return None
    return left if left.made_of == now and left.files == _files(folder) else None


def keep(regrading: Regrading, folder: Path, now: str, needs: tuple[Need, ...]) -> None:
    """Keeps how the files were left, once they lie in their places."""
    whole = (folder / REPORT).is_file()  # else what it needs may be installed by the next run
    text = msgspec.json.encode(Left(now, _files(folder), needs)).decode() if whole else ""
    regrading.store.set_fact(FACT, text)


def _files(folder: Path) -> str:
    tables = (folder / name for name in (GRADES, CHANGES, REPORT, NEEDS))
    texts = (path.read_bytes().decode("latin-1") if path.is_file() else "absent" for path in tables)
    results = os.scandir(folder / RESULTS) if (folder / RESULTS).is_dir() else ()
    return digest([*texts, *sorted(f"{entry.name} {entry.stat(follow_symlinks=False).st_size}" for entry in results)])
