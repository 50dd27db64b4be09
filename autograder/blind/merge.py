"""Takes the points of written answers from a folder of responses into a regrading's `written.csv`.

Every CSV of the folder is read, whatever its name, since a code says which row it is for: graders may split the work by
copies. What cannot be used is named with file and line; nothing is used on a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec

from autograder.blind.codes import CODES, LISTED, Coded, decided_now, graded_files, read_codes
from autograder.core.errors import AssignmentError
from autograder.core.points import decimal_text
from autograder.core.text import clean, one_line
from autograder.intake.source import some
from autograder.regrade.csv_io import Record, read_table
from autograder.regrade.gradebook import Column, Decision
from autograder.regrade.output_dir import WRITTEN
from autograder.regrade.overrides import (
    HEADER,
    REASON_LENGTH,
    Unusable,
    decisions_in,
    known_column,
    usable_points,
    write_decisions,
)

Texts = Mapping[tuple[str, str], str]  # (submission, row) -> the fingerprint of its answer


class MergeError(AssignmentError):
    """Nothing was written; the message says why and what to do."""


class Merged(msgspec.Struct, frozen=True):
    """What a folder of responses decides.

    decisions: by row and code. waiting: the codes without points. sentences: warnings, and what is missing.
    counted: what became of the cells for points in all files, in words.
    """

    decisions: tuple[Decision, ...]
    waiting: tuple[str, ...]
    sentences: tuple[str, ...]
    counted: str


def merge(responses: Path, out: Path, columns: Sequence[Column], now: Texts = MappingProxyType({})) -> Merged:
    """Reads a folder of responses and writes `written.csv` in the folder of a regrading.

    Rows that it holds already are brought up to date, all others stay. now: the answers that the regrading holds;
    points for another one are refused. Raises MergeError or CodesUnusable if the written.csv that is there, or
    codes.csv, cannot be read as a whole, and OSError.
    """
    found = read_responses(responses, columns, now)
    path = out / WRITTEN
    before: tuple[Decision, ...] = ()
    if path.exists():
        table = read_table(path, HEADER[:3], HEADER[3:])
        before, trouble = decisions_in(table, columns)
        if not table.whole or len(before) != len(table.records):
            raise MergeError(f"{path}: {'; '.join(trouble)}. Nothing was written; mend the file, or remove it, first.")
    kept = {(one.submission, one.row): one for one in before}
    sentences = [*found.sentences, *_withdrawn(responses, kept, found, now)]
    kept.update({(one.submission, one.row): one for one in found.decisions})
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_decisions(path, [kept[key] for key in sorted(kept, key=lambda one: (one[1], one[0]))])
    return msgspec.structs.replace(found, sentences=tuple(sentences))


def _withdrawn(responses: Path, kept: Mapping[tuple[str, str], Decision], found: Merged, now: Texts) -> Iterator[str]:
    """What was merged before and has no points now, or refused ones: kept, since nobody has taken it back."""
    decided = {(decision.submission, decision.row) for decision in found.decisions}
    for entry in read_codes(responses):
        before = kept.get((entry.submission, entry.row))
        if before is None or (entry.submission, entry.row) in decided or not _here(entry, now):
            continue
        why = "has no points now" if entry.code in found.waiting else "is not used now"
        points = decimal_text(before.points)
        yield f"{entry.code} {why}; {WRITTEN} keeps the {points} it had: take its line out if that is wrong"


class _Line(msgspec.Struct, frozen=True):
    """One line that a grader filled in."""

    where: str
    record: Record

    @property
    def filled(self) -> bool:
        return bool(self.record.get("points"))

    @property
    def decided(self) -> str:
        """As codes.csv remembers it of an answer that changed."""
        return decided_now(self.record.get("points"), self.record.get("comment"))


def read_responses(folder: Path, columns: Sequence[Column], now: Texts = MappingProxyType({})) -> Merged:
    """What the filled-in CSVs of a folder of responses decide; writes nothing. Raises MergeError without codes.csv.

    now: as `merge` has it; codes of submissions that it does not know wait for nobody.
    """
    coded = {entry.code.lower(): entry for entry in read_codes(folder)}
    if not coded:
        raise MergeError(
            f"{folder}: there is no {CODES}, so nobody knows whose codes these are; `responses` writes one."
        )
    sentences: list[str] = []
    lines, cells, empty = _lines(folder, coded, sentences)
    decisions: list[Decision] = []
    waiting: list[str] = []
    points_of: dict[str, Decision] = {}
    used = 0
    for code in sorted(lines, key=lambda entry: (coded[entry].row, coded[entry].place)):
        entry = coded[code]
        try:
            decision = _decided(entry, lines[code], columns, now, sentences)
        except Unusable as trouble:
            sentences.append(str(trouble))
            continue
        if decision is None:
            waiting += [entry.code] if _here(entry, now) else []
        else:
            decisions.append(decision)
            points_of[entry.code] = decision
            used += sum(line.filled for line in lines[code])
    sentences += _unlike(coded.values(), points_of)
    absent = [entry.code for code, entry in coded.items() if code not in lines and _here(entry, now)]
    if absent:
        sentences.append(f"in no CSV of {folder.name}: {some(absent, LISTED)}")
    if waiting:
        sentences.append(f"not graded yet: {some(waiting, LISTED)}")
    counted = f"{cells:,} cells: {used:,} used, {empty:,} empty, {cells - used - empty:,} refused"
    return Merged(tuple(decisions), (*waiting, *absent), tuple(sentences), counted)


def _here(entry: Coded, now: Texts) -> bool:
    """Whether the submission of a code is handed in still, as far as is known."""
    return not now or (entry.submission, entry.row) in now


def _unlike(coded: Iterable[Coded], decided: Mapping[str, Decision]) -> Iterator[str]:
    """Identical answers to one question that earn different points: each code's are used, but somebody should look."""
    holders: dict[tuple[str, str], list[str]] = {}
    for entry in coded:
        if entry.code in decided:
            holders.setdefault((entry.row, entry.text), []).append(entry.code)
    for codes in holders.values():
        if len({decided[code].points for code in codes}) > 1:
            each = [f"{code} {decimal_text(decided[code].points)}" for code in codes]
            yield f"identical answers with different points, used as they are: {some(each, LISTED)}"


def _lines(folder: Path, coded: dict[str, Coded], sentences: list[str]) -> tuple[dict[str, list[_Line]], int, int]:
    """The lines of all CSVs by code, in lower case, how many there are, and how many of them have no points.

    Adds a sentence for each that belongs to no code.
    """
    cells = empty = 0
    found: dict[str, list[_Line]] = {}
    for path in graded_files(folder):
        table = read_table(path, ("code", "points"), ("comment", "who"))
        sentences += table.sentences
        cells += len(table.records) + table.lost
        empty += sum(not record.get("points") for record in table.records)
        for record in table.records:
            code, where = record.get("code").lower(), f"{table.name}, line {record.line}"
            if code in coded:
                found.setdefault(code, []).append(_Line(where, record))
            else:
                shown = one_line(record.get("code"), 40)
                sentences.append(f"{where}: not used, {shown!r} is no code of {CODES}")
    return found, cells, empty


def _decided(
    entry: Coded, lines: Sequence[_Line], columns: Sequence[Column], now: Texts, sentences: list[str]
) -> Decision | None:
    """What the lines of one code decide; None where none has points.

    Raises Unusable if they contradict, are wrong, or are for another answer.
    """
    filled = [line for line in lines if line.filled]
    for line in lines:
        if not line.filled and line.record.get("comment"):
            sentences.append(f"{line.where}: {entry.code} has a comment but no points, so it is not graded yet")
    if not filled:
        return None
    where, record = filled[0].where, filled[0].record
    try:
        column = known_column(entry.row, columns)
        if column.graded != "written":
            raise Unusable(f"row {entry.row} is no written one in this rubric")
        points = {usable_points(line.record.get("points"), column) for line in filled}
    except Unusable as trouble:
        raise Unusable(f"{', and '.join(line.where for line in filled)}: {entry.code} is not used, {trouble}") from None
    if len(points) > 1:
        places = ", and ".join(f"{line.record.get('points')} in {line.where}" for line in filled)
        raise Unusable(f"{entry.code} is not used: it is on several lines with different points: {places}")
    if len(filled) > 1:
        sentences.append(f"{entry.code} is in {', and '.join(line.where for line in filled)}, with the same points")
    if old := [line.where for line in filled if line.decided == entry.stale]:
        raise Unusable(
            f"{', and '.join(old)}: {entry.code} is not used, the answer has changed since it was graded: read it"
            " again, and change the points or the comment"
        )
    if now.get((entry.submission, entry.row), entry.text) != entry.text:
        raise Unusable(
            f"{', and '.join(line.where for line in filled)}: {entry.code} is not used, the answer that was graded is"
            " not the one that OUT holds: run `responses` again, from OUT or the newest export, and read it there"
        )
    if record.get("points").isdecimal() and record.get("comment").isdecimal():
        sentences.append(
            f"{where}: {entry.code} has {record.get('points')} points and the comment {record.get('comment')}; was"
            f' "{record.get("points")},{record.get("comment")}" meant? Its points are used as they are'
        )
    comment = clean("\n".join(_distinct(filled, "comment")), REASON_LENGTH)
    who = one_line(", ".join(_distinct(filled, "who")), 100)
    return Decision(entry.submission, column.number, points.pop(), comment, who)


def _distinct(lines: Sequence[_Line], column: str) -> Iterable[str]:
    """What the lines hold in a column, each once: of several graders who agree on the points, everybody's comment."""
    return dict.fromkeys(line.record.get(column) for line in lines if line.record.get(column))
