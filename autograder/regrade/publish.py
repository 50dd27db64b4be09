"""Writes what a regrading leaves in its folder: a results file per submission, the grades, and what changed.

All of it follows from the store, so it can be written again at any time; a results file is written only if what it is
made from is not what it was. Every file is its owner's alone, and waits until all are put in place (`staging`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from sys import intern
from urllib.parse import quote

import msgspec

from autograder import __version__
from autograder.core.digest import digest
from autograder.core.outcome import BONUS, PENALTY, Adjustment, Report
from autograder.core.points import decimal_text
from autograder.core.receipt import receipt_of
from autograder.core.submission import Submission
from autograder.gradescope.decisions import decided_mark
from autograder.gradescope.results import results, write_results
from autograder.grading.finding import NOT_GRADED, Finding, mark_of
from autograder.grading.grader import notes_on_files
from autograder.regrade.csv_io import write_private, write_table
from autograder.regrade.diff import Change, Changes
from autograder.regrade.gradebook import Column, Decision, Gradebook, Standing
from autograder.regrade.regrader import Regrading
from autograder.regrade.store import NOW, WHAT_IF
from autograder.regrade.totals import appraising
from autograder.regrade.worth import worth

RESULTS, CODE = "results", "code"
LONGEST_NAME = 200  # bytes of a file's name, of 255: a letter may take twelve
LAYOUT = "3"  # of the results files: another one has them written again


def results_name(submission: str) -> str:
    """The name of a submission's results file; a hostile id cannot lead out of the folder."""
    name = quote(submission, safe=" ()+,;=@[]{}~")
    if len(name) > LONGEST_NAME:
        name = f"{re.sub('%.?$', '', name[: LONGEST_NAME - 17])}~{digest([submission])}"
    return f"{name if name.strip('.') else name.replace('.', '%2E')}.json"


def code_name(submission: str) -> str:
    """The name of the page that shows a submission's code beside its marks."""
    return f"{results_name(submission).removesuffix('.json')}.html"


# -------------------------------------------------------------------------------------------------------- results files


class Said(msgspec.Struct, frozen=True):
    """What is said of a submission in each row: to the student, and to the staff why a person must look at it.

    unread: why some of its files were not read, "" for all were.
    """

    told: tuple[str, ...]
    needs_person: tuple[str, ...]
    unread: str


Writer = Callable[[Standing, Submission | None, Report], None]


def publish(regrading: Regrading, waiting: Path, folder: Path, book: Gradebook, code: bool) -> dict[str, Said]:
    """Writes results files and, for `code`, pages that are missing in `folder` or not current, to wait.

    Each submission is read and reported once. Returns what is said of each; equal texts are kept once. Raises OSError,
    and for `code` ModuleNotFoundError without jinja2.
    """
    writers = [_results_writer(regrading, waiting / RESULTS, folder / RESULTS)]
    writers += [_code_writer(regrading, waiting / CODE, folder / CODE, book)] if code else []
    said = {}
    for standing in book.standings:
        name = standing.submission
        submission = regrading.store.submission(name)
        report = report_of(regrading, name, submission)
        for write in writers:
            write(standing, submission, report)
        told = tuple(intern(mark.told) for mark in report.marks)
        unread = " ".join(submission.faults.values()) if submission is not None else ""
        said[name] = Said(told, tuple(mark.needs_person for mark in report.marks), unread)
    return said


def _results_writer(regrading: Regrading, waiting: Path, folder: Path) -> Writer:
    waiting.mkdir(mode=0o700, exist_ok=True)
    there = os.scandir(folder) if folder.is_dir() else ()
    sizes = {entry.name: entry.stat(follow_symlinks=False).st_size for entry in there}
    store, files = regrading.store, regrading.setting.assignment.rubric.files()
    same = [regrading.setting.assignment.rubric_file.hash, regrading.setting.fingerprint.whole, __version__, LAYOUT]
    shown, contents, found = store.shown(NOW), store.contents(), store.row_texts(NOW)

    def write(standing: Standing, submission: Submission | None, report: Report) -> None:
        name, file = standing.submission, results_name(standing.submission)
        decided = {one.row: one for one in standing.decisions}
        now = digest([*same, contents[name], found.get(name, ""), repr(decided)])
        if name not in shown or shown[name] == f"{now} {sizes.get(file)}":
            return
        receipt = receipt_of(submission, files) if submission is not None else None
        report = msgspec.structs.replace(_with_decided(report, decided, regrading.appraiser.columns), receipt=receipt)
        write_results(waiting / file, results(report, store.run(name, NOW).isolation), last=False)  # synced with all
        store.set_shown(name, NOW, f"{now} {(waiting / file).stat().st_size}")

    return write


def _with_decided(report: Report, decided: Mapping[str, Decision], columns: Sequence[Column]) -> Report:
    """The report with what people decided: who did is for the staff alone."""
    pairs = [(decided.get(column.number), mark) for column, mark in zip(columns, report.marks, strict=True)]
    marks = tuple(decided_mark(mark, one.points, one.reason) if one else mark for one, mark in pairs)
    changed = (decided[kind] for kind in (BONUS, PENALTY) if kind in decided)
    adjusted = tuple(Adjustment(one.points, one.reason) for one in changed)
    return msgspec.structs.replace(report, marks=marks, adjustments=adjusted)


def _code_writer(regrading: Regrading, waiting: Path, folder: Path, book: Gradebook) -> Writer:
    from autograder.regrade.report.code import Coded, Part, code_page, made_from

    waiting.mkdir(mode=0o700, exist_ok=True)
    questions = regrading.setting.assignment.rubric.questions
    parts = tuple(Part(one.title, one.file, tuple(row.number for row in one.rows)) for one in questions)
    most = worth(book)

    def write(standing: Standing, submission: Submission | None, report: Report) -> None:
        if submission is None:
            return
        name, told = code_name(standing.submission), tuple(mark.told for mark in report.marks)
        coded = Coded(book.columns, most, standing, submission, parts, told)
        now = coded.digest
        if made_from(folder / name) != now:
            write_private(waiting / name, code_page(coded, now), durable=False)

    return write


def report_of(regrading: Regrading, name: str, submission: Submission | None) -> Report:
    """What one submission earned, with its words, as `grade` would report it. submission: its files, if there are."""
    found = findings(regrading, name)
    run = regrading.store.run(name, NOW)
    rows = regrading.appraiser.rows
    with appraising(f"submission {name}"):
        marks = tuple(mark_of(found.get(linked.name, NOT_GRADED), linked) for linked in rows)
    return Report(
        marks=marks,
        seed=run.seed or regrading.seed(name),
        rubric_hash=regrading.setting.assignment.rubric_file.hash,
        version=__version__,
        seconds=run.seconds,
        leaderboard=tuple(entry for linked in rows for entry in found.get(linked.name, NOT_GRADED).leaderboard()),
        notes=notes_on_files(submission or Submission(), regrading.setting.assignment.rubric.files()),
        assignment=regrading.setting.assignment.rubric.assignment,
    )


def findings(regrading: Regrading, name: str) -> dict[str, Finding]:
    """What stands of a submission, with its words, by row."""
    found: dict[str, Finding] = {}
    for slot in (WHAT_IF, NOW):
        rows = regrading.store.raw_rows_of(name, slot)
        words = regrading.store.words(name, slot) if rows else {}
        for place, linked in enumerate(regrading.appraiser.rows):
            raw = rows.get(linked.name)
            kept = regrading.appraiser.stands(place, raw) if raw is not None else None
            if kept is not None:
                found[linked.name] = msgspec.structs.replace(kept.finding, words=words[linked.name])
    return found


def unpublish_code(folder: Path, kept: Collection[str]) -> None:
    """Removes the pages of code of all submissions but these: of what is handed in no more. Raises OSError."""
    names = {code_name(submission) for submission in kept}
    for path in (folder / CODE).glob("*.html"):
        if path.name not in names:
            path.unlink()


# --------------------------------------------------------------------------------------------------------------- tables


def write_grades(path: Path, book: Gradebook, anonymous: bool = False) -> None:
    """grades.csv: one line a submission, in the order of the ids. Raises OSError."""
    people = () if anonymous else ("name", "email", "sid")
    rows = [column.number for column in book.columns]
    adjusted = ("adjustment",) if any(standing.adjusted for standing in book.standings) else ()
    late = ("late", "after_late") if book.late else ()
    header = ("submission", *people, *rows, *adjusted, "total", "old total", *late, "submitted", "notes")
    shown = bool(people), bool(adjusted), bool(late)
    points: dict[int, list[str]] = {}  # by which tuple of cells it is: few are different
    for standing in book.standings:
        if id(standing.cells) not in points:
            points[id(standing.cells)] = [_points(cell.points) for cell in standing.cells]
    lines = (_line(standing, points[id(standing.cells)], *shown) for standing in book.standings)
    write_table(path, header, lines, bom=True)


def _line(standing: Standing, points: Sequence[str], people: bool, adjusted: bool, late: bool) -> list[str]:
    return [
        standing.submission,
        *(people_of(standing) if people else ()),
        *points,
        *([_points(standing.adjustment) if standing.adjusted else ""] if adjusted else ()),
        _points(standing.total),
        _points(standing.old_total),
        *((standing.late, _points(standing.after_late)) if late else ()),
        standing.submitted,
        "; ".join([*(["not graded completely: grade it again"] if standing.rerun else []), *standing.notes]),
    ]


def people_of(standing: Standing) -> list[str]:
    """The names, e-mails and sids of those who handed it in, as three cells."""
    fields = ([getattr(person, field) for person in standing.people] for field in ("name", "email", "sid"))
    return ["; ".join(field) for field in fields]


def _points(points: Fraction | None) -> str:
    return "" if points is None else decimal_text(points)


def write_changes(path: Path, changed: Changes, anonymous: bool = False) -> None:
    """changes.csv: one line for each submission that changed, the largest change first. Raises OSError."""
    people = () if anonymous else ("name", "email", "sid")
    header = ("submission", *people, "old total", "total", "change", "rows")
    write_table(path, header, (_change_line(change, bool(people)) for change in changed.changed), bom=True)


def _change_line(change: Change, people: bool) -> list[str]:
    standing = change.standing
    return [
        standing.submission,
        *(people_of(standing) if people else ()),
        _points(standing.old_total),
        _points(standing.total),
        _points(change.by),
        rows_text(change),
    ]


def rows_text(change: Change) -> str:
    """Which rows changed: "1.2: 1.25 -> 0.5; 2.1a: 0 -> 0.5"."""
    return "; ".join(f"{row.row}: {_points(row.old) or 'none'} -> {_points(row.new) or 'none'}" for row in change.rows)
