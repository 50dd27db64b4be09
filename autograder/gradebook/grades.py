"""The grades of a folder, as its grades.csv says them, and which of a student's submissions counts."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

import msgspec

from autograder.core.errors import AssignmentError
from autograder.core.text import one_line
from autograder.gradescope.lateness import read_time
from autograder.intake.entry import Person
from autograder.intake.identity import normal_id
from autograder.intake.source import in_order, some
from autograder.regrade.csv_io import Record, read_table
from autograder.regrade.output_dir import GRADES
from autograder.regrade.overrides import points_in

LAST, BEST, ACTIVE = "last", "best", "active"
RULES = {
    ACTIVE: "the one that is active on Gradescope",
    LAST: "the last one that was handed in",
    BEST: "the one with the most points",
}
AFTER_LATE = "after_late"


class NoGrades(AssignmentError):
    """There are no grades, or nobody can be told from them; the message says what to do."""


class Graded(msgspec.Struct, frozen=True):
    """One line of grades.csv.

    points: what counts; None for not graded, or where `after_late` counts and how late it came is not known. submitted,
    late: as they stand there. total: before the rule for late work, None for not graded.
    """

    submission: str
    people: tuple[Person, ...]
    points: Fraction | None
    submitted: str = ""
    late: str = ""
    total: Fraction | None = None


def read_grades(place: Path) -> tuple[tuple[Graded, ...], str]:
    """The lines of a grades.csv, and the name of the column that counts. place: it, or its folder. Raises NoGrades."""
    path = place / GRADES if place.is_dir() else place
    if not path.is_file():
        raise NoGrades(f"{place}: there is no {GRADES} in it. Give a folder that `regrade -o` wrote, or its {GRADES}.")
    table = read_table(path, ("submission", "total"), ("name", "email", "sid", "submitted", "late", AFTER_LATE))
    if not table.whole:
        raise NoGrades("; ".join(table.sentences))
    if not {"email", "sid"} & set(table.header):
        raise NoGrades(f"{path} is anonymous: run `regrade EXPORT -o FOLDER` without --anonymous first.")
    column = AFTER_LATE if AFTER_LATE in table.header else "total"
    return tuple(_graded(record, column) for record in table.records), column


def _graded(record: Record, column: str) -> Graded:
    fields = [record.cells.get(name, "").split("; ") for name in ("name", "email", "sid")]
    people = (Person(*(part.strip().rstrip(";") for part in parts)) for parts in zip_longest(*fields, fillvalue=""))
    known = tuple(person for person in people if person != Person())
    return Graded(
        submission=record.get("submission"),
        people=known,
        points=points_in(record.get(column)),
        submitted=record.get("submitted"),
        late=record.get("late"),
        total=points_in(record.get("total")),
    )


def chosen(mine: Sequence[Graded], rule: str, active: str = "") -> Graded | str:
    """The submission of a student that counts, or why none can be chosen.

    active: its id, as the roster names it, "" where it does not.
    """
    if rule == ACTIVE and active:
        found = [graded for graded in mine if normal_id(graded.submission) == normal_id(active)]
        return found[0] if found else f"the active submission, {active}, is not among the grades"
    if len(mine) == 1:
        return mine[0]
    listed = some(in_order(graded.submission for graded in mine))
    if rule == ACTIVE:
        return f"which of {listed} is active is not known: choose with --choose last or best"
    if rule == BEST:
        if any(graded.points is None for graded in mine):
            return f"one of {listed} is not graded, so the best is not known"
        return max(mine, key=lambda graded: graded.points or Fraction(0))
    times = [(when, graded) for graded in mine if (when := read_time(graded.submitted)) is not None]
    if len(times) < len(mine) or len({when.tzinfo is None for when, _ in times}) > 1:
        return f"when {listed} were handed in is not known: choose with --choose best"
    last = max(when for when, _ in times)
    found = [graded for when, graded in times if when == last]
    return found[0] if len(found) == 1 else f"{listed} were handed in at the same second"


def shown(graded: Graded) -> str:
    """Whose it is, for a list."""
    people = [person.name or person.email or person.sid for person in graded.people]
    return one_line(f"{graded.submission} ({', '.join(people) or 'nobody is named'})", 300)
