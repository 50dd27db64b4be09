"""Collects the answers to written questions for blind grading: a page and a CSV a question, and the codes.

A folder of responses holds, for each written row, `2.3.html` to grade in and `2.3.csv` to fill in, both by code, and
`codes.csv`, the only file that names submissions. Collecting again into the same folder keeps every code, and every
cell that somebody filled in; it adds what is new, and says which graded answers have changed since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec

from autograder.blind.codes import (
    CODES,
    LISTED,
    Coded,
    decided_now,
    fingerprint,
    graded_files,
    new_code,
    place_of,
    read_codes,
    write_codes,
)
from autograder.blind.guide import Guide
from autograder.blind.order import Alike, arranged
from autograder.blind.page import ResponsesPage, ShownAnswer, responses_page
from autograder.blind.similarity import compared
from autograder.core.errors import AssignmentError
from autograder.core.points import decimal_text
from autograder.core.text import clean, number_of
from autograder.grading.row import LONGEST_ANSWER
from autograder.intake.source import some
from autograder.regrade.csv_io import Record, Table, read_table, write_private, write_table
from autograder.regrade.gradebook import Column

FILLED = ("points", "comment", "who")  # what graders fill in


class ResponsesError(AssignmentError):
    """Nothing was written; the message says why and what to do."""


class WrittenAnswer(msgspec.Struct, frozen=True):
    """What one submission holds for one written row; "" for nothing. unread: nobody knows, since its file failed."""

    submission: str
    row: str
    text: str
    unread: bool = False


class Sheet(msgspec.Struct, frozen=True):
    """One row being collected: what is there already, and what came.

    texts: the answers by submission, cleaned; "" for none. coded: the row's codes by submission. filled: the CSV.
    lines: its records by code; of several of one code, the first with points. elsewhere: those of the folder's other
    CSVs, which graders saved from the page or filled in as copies.
    """

    column: Column
    texts: dict[str, str]
    coded: dict[str, Coded]
    filled: Table
    lines: dict[str, Record]
    elsewhere: dict[str, Record]

    def cells(self, code: str) -> tuple[str, ...]:
        """What a grader filled in for a code: points, comment, who."""
        own, other = self.lines.get(code), self.elsewhere.get(code.lower())
        record = other if other is not None and (own is None or not own.get("points")) else own
        return tuple(record.get(name) if record is not None else "" for name in FILLED)


def as_shown(text: str) -> str:
    """An answer as the page shows it."""
    return clean(text, LONGEST_ANSWER).strip()


def same_class(answers: Iterable[WrittenAnswer], out: Path) -> None:
    """Raises ResponsesError where none of the submissions that a folder has codes for is among these; CodesUnusable."""
    known = {one.submission for one in read_codes(out)}
    if known and known.isdisjoint(one.submission for one in answers):
        raise ResponsesError(
            f"{out} holds the answers of other submissions: none of its {len(known):,} is among these. Give another"
            " folder to -o."
        )


def collect(
    answers: Iterable[WrittenAnswer],
    columns: Sequence[Column],
    out: Path,
    seed: str,
    assignment: str = "",
    guides: Mapping[str, Guide] = MappingProxyType({}),
) -> tuple[str, ...]:
    """Writes the folder, and returns sentences on what is in it, what is new and what changed.

    columns: the rubric's rows, of which the written ones are collected. out: a folder, made if need be, with mode 0700.
    seed: decides the order; it belongs to the codes, since whoever knows it can guess codes. Same input, same bytes.
    guides: criteria and model answer of each row, by its number.
    Raises ResponsesError or CodesUnusable if what is in the folder cannot be kept, and OSError.
    """
    written = [column for column in columns if column.graded == "written"]
    texts: dict[str, dict[str, str]] = {column.number: {} for column in written}
    for answer in answers:
        texts[answer.row][answer.submission] = as_shown(answer.text)
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = read_codes(out)
    elsewhere = _elsewhere(out, {f"{column.number}.csv" for column in written})
    sheets = [_sheet(column, texts, known, elsewhere, out) for column in written]
    ordered = [arranged(sheet.texts, sheet.coded, sheet.column.number, seed) for sheet in sheets]
    coded = [_coded(sheet, alike) for sheet, alike in zip(sheets, ordered, strict=True)]
    rows = {sheet.column.number for sheet in sheets}
    write_codes(
        out, [*(entry for entry in known if entry.row not in rows), *(entry for row in coded for entry in row.values())]
    )
    return tuple(
        _write_row(sheet, alike, codes, out, assignment, guides.get(sheet.column.number, Guide()))
        for sheet, alike, codes in zip(sheets, ordered, coded, strict=True)
    )


def _elsewhere(out: Path, own: Collection[str]) -> dict[str, Record]:
    """What the folder's other CSVs decide, by code in lower case; what is wrong in them is for `merge` to say."""
    tables = [read_table(path, ("code", "points"), ("comment", "who")) for path in graded_files(out, own)]
    records = [record for table in tables for record in table.records if record.get("points")]
    return {record.get("code").lower(): record for record in reversed(records)}


def _sheet(
    column: Column, texts: dict[str, dict[str, str]], known: Sequence[Coded], elsewhere: dict[str, Record], out: Path
) -> Sheet:
    """What there is of a row; ResponsesError where something in it would be lost or mixed up."""
    row, path = column.number, out / f"{column.number}.csv"
    filled = Table(path.name)
    if path.exists():
        if not (out / CODES).exists():
            raise ResponsesError(
                f"{out}: {path.name} is there, but {CODES} is not: nobody knows whose codes these are. Restore {CODES},"
                " or collect the answers into a new folder."
            )
        filled = read_table(path, ("code", "points"), ("comment", "who"))
        if not filled.whole:
            raise ResponsesError(f"{out}: {'; '.join(filled.sentences)}. Nothing was written; mend the file first.")
    coded = {entry.submission: entry for entry in known if entry.row == row}
    return Sheet(column, texts[row], coded, filled, _by_code(filled.records), elsewhere)


def _by_code(records: Sequence[Record]) -> dict[str, Record]:
    with_points_first = sorted(records, key=lambda record: not record.get("points"))
    return {record.get("code"): record for record in reversed(with_points_first)}


def _coded(sheet: Sheet, order: Sequence[Alike]) -> dict[str, Coded]:
    """The row's codes by submission: those there are, brought up to date, and new ones in the order of the page."""
    known = {entry.submission: _up_to_date(entry, sheet) for entry in sheet.coded.values()}
    row = sheet.column.number
    # A code that stands in the CSV alone (its line of codes.csv is lost) is not given to anybody else.
    used = [record.get("code") for record in sheet.filled.records] + [entry.code for entry in known.values()]
    last = max((place_of(code, row) for code in used), default=0)
    for alike in order:
        for submission in alike.holders:
            if submission not in known:
                last += 1
                known[submission] = Coded(new_code(row, last), submission, row, fingerprint(alike.text))
    return known


def _up_to_date(entry: Coded, sheet: Sheet) -> Coded:
    """The line of codes.csv, with the text that the page will show now, and whether its points are for an older one."""
    text = sheet.texts.get(entry.submission, "")
    decided = decided_now(*sheet.cells(entry.code)[:2])
    if text and fingerprint(text) != entry.text:
        return msgspec.structs.replace(entry, text=fingerprint(text), stale=decided)
    return entry if entry.stale == decided else msgspec.structs.replace(entry, stale="")


# ------------------------------------------------------------------------------------------------------------ writing


def _write_row(
    sheet: Sheet, order: Sequence[Alike], coded: dict[str, Coded], out: Path, assignment: str, guide: Guide
) -> str:
    """Writes the CSV, if it lacks a code, and the page; says what is new and what changed."""
    here = {submission for alike in order for submission in alike.holders}
    gone = sorted((entry for entry in coded.values() if entry.submission not in here), key=lambda entry: entry.place)
    in_order = [coded[submission] for alike in order for submission in alike.holders]
    _fill(sheet, [*in_order, *gone], out / f"{sheet.column.number}.csv")
    fresh = {entry.code for entry in in_order if entry.submission not in sheet.coded} if sheet.coded else set()
    changed = [entry.code for entry in in_order if entry.stale]
    content = ResponsesPage(
        row=sheet.column,
        bunches=_bunches(order, coded, fresh),
        guide=guide,
        blank=sum(not text for text in sheet.texts.values()),
        gone=tuple(entry.code for entry in gone),
        assignment=assignment,
    )
    write_private(out / f"{sheet.column.number}.html", responses_page(content))
    graded = sum(1 for entry in in_order if sheet.cells(entry.code)[0])
    answers = number_of(content.answers, "answer")
    said = f"{sheet.column.number}: {answers}, {graded} graded, {content.blank} without an answer"
    said += f"; new: {some(sorted(fresh), LISTED)}" if fresh else ""
    said += f"; no longer among the submissions: {some(content.gone, LISTED)}" if gone else ""
    said += f"; changed since they were graded, look again: {some(changed, LISTED)}" if changed else ""
    return said


def _fill(sheet: Sheet, order: Sequence[Coded], path: Path) -> None:
    """Writes the CSV with a line for every code, and all that was in it; leaves it alone if it has them all."""
    records = sheet.lines
    if path.exists() and all(entry.code in records for entry in order):
        return
    most = decimal_text(sheet.column.max_points)
    more = [name for name in sheet.filled.header if name not in ("code", *FILLED)]
    names = ["code", *FILLED, *more]
    lines = [records[entry.code].cells if entry.code in records else {"code": entry.code} for entry in order]
    codes = {entry.code for entry in order}
    used = {id(records[code]) for code in codes if code in records}
    lines += [record.cells for record in sheet.filled.records if id(record) not in used]  # kept; merging names them
    header = [f"points (at most {most})" if name == "points" else name for name in names]
    write_table(path, header, [[line.get(name, "") for name in names] for line in lines], sheet.filled.separator)


def _bunches(order: Sequence[Alike], coded: dict[str, Coded], fresh: set[str]) -> tuple[tuple[ShownAnswer, ...], ...]:
    first_code = {alike.text: coded[alike.holders[0]].code for alike in order}
    bunches: list[list[ShownAnswer]] = []
    for alike in order:
        codes = tuple(coded[submission].code for submission in alike.holders)
        new = [code for code in codes if code in fresh]
        changed = [coded[holder].code for holder in alike.holders if coded[holder].stale]
        remarks = [f"{len(codes)} identical"] if len(codes) > 1 else []
        if alike.like:
            text, much = alike.like
            remarks.append(f"much like {first_code[text]} ({int(100 * much)} %)")
        remarks += [f"new: {', '.join(new)}"] if new else []
        remarks += [f"changed since it was graded: {', '.join(changed)}"] if changed else []
        parts = ((alike.text, False),) if alike.first or not alike.like else compared(alike.text, alike.like[0])
        shown = ShownAnswer(codes, parts, tuple(remarks), bool(new or changed))
        bunches += [[shown]] if alike.first else []
        if not alike.first:
            bunches[-1].append(shown)
    return tuple(tuple(bunch) for bunch in bunches)
