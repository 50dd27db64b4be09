"""What people decided in a folder of grades: points of written answers, the filled-in list, overrides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.core.files import write_whole
from autograder.intake.identity import Directory, Entry
from autograder.regrade.gradebook import Column, Decision
from autograder.regrade.late import FILE as LATE
from autograder.regrade.needs import NEEDS
from autograder.regrade.output_dir import WRITTEN
from autograder.regrade.overrides import read_decisions

OVERRIDES = "overrides.csv"  # it stays in the folder, and is applied every time


def bring(earlier: Path, folder: Path) -> Iterator[str]:
    """Copies what people wrote in an earlier folder of grades into another one; says what came, and what stays.

    A file that is there already stays, since somebody may have gone on in it. Raises OSError.
    """
    came = []
    for name in (WRITTEN, NEEDS, OVERRIDES, LATE):
        if not (earlier / name).is_file():
            continue
        data = (earlier / name).read_bytes()
        if not (folder / name).exists():
            write_whole(folder / name, data, 0o600)
            came.append(name)
        elif name != NEEDS and (folder / name).read_bytes() != data:
            yield f"{folder / name} counts as it is; the one in {earlier} is another"
    if came:
        yield f"what people wrote comes along from {earlier}: {', '.join(came)}"


def decided_in(
    folder: Path,
    columns: Sequence[Column],
    entries: Sequence[Entry],
    overrides: Path | None = None,
    anonymous: bool = False,
) -> tuple[list[Decision], list[str]]:
    """All decisions, in the order in which they are applied, and sentences on what cannot be used.

    entries: the submissions, which a line names by id, e-mail, sid or name. overrides: in place of the folder's own.
    """
    decisions: list[Decision] = []
    oddities: list[str] = []
    for path in (folder / WRITTEN, folder / NEEDS, overrides or folder / OVERRIDES):
        if path.is_file():
            directory = Directory(entries) if path.name != WRITTEN else None  # which looks at the class when asked
            found, sentences = read_decisions(path, columns, directory, anonymous)
            decisions += found
            oddities += sentences
    return decisions, oddities
