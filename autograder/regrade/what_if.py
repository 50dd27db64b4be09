"""The answer to a what-if, which stays in the folder of grades: is it about the grades that lie there?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from autograder.core.digest import digest
from autograder.regrade.gradebook import Gradebook
from autograder.regrade.output_dir import CHANGES, GRADES
from autograder.regrade.store import Store

FOLDER = "what-if"
GRADED, ASKED = "grades", "what-if"  # facts of the store: a digest of the grades, and that with one of the answer


def facts(store: Store, book: Gradebook, answer: bool) -> dict[str, str]:
    """What to keep of grades that are published, or of an answer."""
    return {ASKED: f"{store.fact(GRADED)} {_of(book)}"} if answer else {GRADED: _of(book)}


def stale(folder: Path, store: Store, book: Gradebook) -> Iterator[str]:
    """A warning where the answer that lies in a folder is about other grades than these, which will lie there."""
    known = store.fact(ASKED).split()
    if len(known) == 2 and (folder / FOLDER / GRADES).is_file() and _of(book) not in known:
        yield f"{FOLDER}/ was asked of earlier grades, and says nothing of these: ask again, or remove it"


def take_away(folder: Path) -> str:
    """Removes an answer that the grades in a folder are by now, byte for byte; a sentence on that. Raises OSError."""
    pairs = [(folder / FOLDER / name, folder / name) for name in (CHANGES, GRADES)]
    if not all(old.is_file() and old.read_bytes() == new.read_bytes() for old, new in pairs):
        return ""
    for old, _ in pairs:
        old.unlink()
    with suppress(OSError):  # somebody keeps something in it
        (folder / FOLDER).rmdir()
    return f"{FOLDER}/ is taken away: these grades are what it said"


def _of(book: Gradebook) -> str:
    points: dict[int, str] = {}  # by which tuple of cells it is: few are different
    for one in book.standings:
        if id(one.cells) not in points:
            points[id(one.cells)] = " ".join(str(cell.points) for cell in one.cells)
    return digest(f"{one.submission} {one.total} {one.after_late} {points[id(one.cells)]}" for one in book.standings)
