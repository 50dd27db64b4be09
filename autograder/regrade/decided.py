"""What people decided in a folder of grades: points of written answers, the filled-in list, overrides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.core.files import write_whole
from autograder.intake.identity import Directory, Entry
from autograder.regrade.csv_io import read_table
from autograder.regrade.gradebook import Column, Decision
from autograder.regrade.late import FILE as LATE
from autograder.regrade.output_dir import NEEDS, WRITTEN
from autograder.regrade.overrides import read_decisions

OVERRIDES = "overrides.csv"  # it stays in the folder, and is applied every time


def bring(earlier: Path, folder: Path, unnamed: bool) -> Iterator[str]:
    """Copies what people wrote in an earlier folder of grades into another one; says what came, and what stays.

    A file that is there already stays, since somebody may have gone on in it. unnamed: nobody may be named in the new
    folder, so nothing is copied. Raises OSError.
    """
    there = [name for name in (WRITTEN, OVERRIDES, LATE) if (earlier / name).is_file()]
    there += [NEEDS] if _filled(earlier / NEEDS) else []
    came = [] if unnamed else [name for name in there if not (folder / name).exists()]
    for name in came:
        write_whole(folder / name, (earlier / name).read_bytes(), 0o600)
    if unnamed and there:
        yield f"what people wrote may name students, so it does not count here: {', '.join(there)} of {earlier}"
    if came:
        yield f"what people wrote comes along from {earlier}: {', '.join(came)}"
    for name in () if unnamed else there:
        if name != NEEDS and name not in came and (folder / name).read_bytes() != (earlier / name).read_bytes():
            yield f"{folder / name} counts as it is; the one in {earlier} is another"


def _filled(needs: Path) -> bool:
    """Whether somebody wrote points into the list."""
    return needs.is_file() and any(
        record.get("points") for record in read_table(needs, ("submission", "row", "points")).records
    )


def decided_in(
    folder: Path,
    columns: Sequence[Column],
    entries: Sequence[Entry],
    anonymous: bool = False,
) -> tuple[list[Decision], list[str]]:
    """All decisions, in the order in which they are applied, and sentences on what cannot be used.

    entries: the submissions, which a line names by id, e-mail, sid or name.
    """
    decisions: list[Decision] = []
    warnings: list[str] = []
    for path in (folder / WRITTEN, folder / NEEDS, folder / OVERRIDES):
        if path.is_file():
            directory = Directory(entries) if path.name != WRITTEN else None  # which looks at the class when asked
            found, sentences = read_decisions(path, columns, directory, anonymous)
            decisions += found
            warnings += sentences
    return decisions, warnings
