"""The one list of what needs a person, as a CSV that can be filled in: its lines with points count as overrides.

What somebody filled in stays, whatever becomes of the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from autograder.core.text import number_of, one_line
from autograder.regrade.csv_io import read_table, write_table
from autograder.regrade.gradebook import Column, Gradebook, Standing
from autograder.regrade.publish import Said, people_of

FILLED = ("points", "reason", "who")


class Need(msgspec.Struct, frozen=True):
    """One decision that no machine can take. row: "" for the whole submission. why: in words for the staff."""

    submission: str
    row: str
    why: str


def needs(book: Gradebook, said: Mapping[str, Said], void: Iterable[Need] = ()) -> list[Need]:
    """What is not graded, could not be read or was flagged, where nothing was found, and what was decided in vain.

    void: the decisions that do not count; one line a row.
    """
    why_void: dict[str, dict[str, list[str]]] = {}
    for one in void:
        why_void.setdefault(one.submission, {}).setdefault(one.row, []).append(one.why)
    found = []
    for standing in book.standings:
        rows = {row: list(dict.fromkeys(whys)) for row, whys in why_void.get(standing.submission, {}).items()}
        for need in _of(standing, book.columns, said[standing.submission]):
            whys = [*rows.pop(need.row, ()), need.why]
            found.append(Need(need.submission, need.row, one_line("; ".join(whys), 500)))
        found += [Need(standing.submission, row, one_line("; ".join(whys), 500)) for row, whys in rows.items()]
    return found


def _of(standing: Standing, columns: Sequence[Column], said: Said) -> Iterator[Need]:
    name = standing.submission
    if standing.rerun and all(cell.outcome == "internal" for cell in standing.cells):
        yield Need(name, "", one_line("; ".join(["not graded", *standing.notes]), 500))
        return
    if standing.found_nothing:
        yield Need(name, "", one_line("; ".join(standing.notes), 500))
        return
    if said.unread:
        yield Need(name, "", one_line(f"not read: {said.unread}", 500))
    pairs = zip(said.needs_person, columns, strict=True)
    yield from (Need(name, column.number, one_line(why, 500)) for why, column in pairs if why)


def write_needs(path: Path, before: Path, book: Gradebook, found: Sequence[Need], anonymous: bool) -> None:
    """Writes the list; what is filled in in the file that lies at `before` is kept. Raises OSError.

    What was decided elsewhere (in overrides.csv, say) waits for nobody, and is left out.
    """
    filled = {}
    if before.is_file():
        table = read_table(before, ("submission", "row", "points"), ("reason", "who"))
        records = [record for record in table.records if any(record.get(name) for name in FILLED)]
        filled = {(record.get("submission"), record.get("row")): record for record in records}
    people = {} if anonymous else {standing.submission: people_of(standing) for standing in book.standings}
    lines = []
    listed = {(need.submission, need.row) for need in found}
    waiting = set(undecided(found, book))
    found = [need for need in found if need in waiting or (need.submission, need.row) in filled]
    for need in [*found, *(Need(*key, "") for key in filled if key not in listed)]:
        record = filled.get((need.submission, need.row))
        told = [record.get(name) if record else "" for name in FILLED]
        lines.append([need.submission, need.row, *told, need.why, *people.get(need.submission, ())])
    names = () if anonymous else ("name", "email", "sid")
    write_table(path, ("submission", "row", *FILLED, "why", *names), lines, bom=True)


def undecided(found: Sequence[Need], book: Gradebook) -> list[Need]:
    """What nobody has decided yet; of a whole submission, any decision on it will do."""
    rows = {(standing.submission, one.row) for standing in book.standings for one in standing.decisions}
    whole = {submission for submission, _ in rows}
    return [
        need for need in found if not ((need.submission, need.row) in rows if need.row else need.submission in whole)
    ]


def waiting(found: Sequence[Need], book: Gradebook) -> str:
    """How much of it nobody has decided yet, in words; "" for nothing."""
    left = undecided(found, book)
    on = number_of(len({need.submission for need in left}), "submission")
    return f"{number_of(len(left), 'line')} on {on}" if left else ""


def told(found: Sequence[Need], book: Gradebook, path: Path) -> str:
    """How much of it waits, and how much is decided, in words; "" for nothing."""
    decided = len(found) - len(undecided(found, book))
    more = f" ({decided:,} more decided)" if decided else ""
    return f"needs a person: {waiting(found, book) or '0 lines'}{more}, in {path}" if found else ""
