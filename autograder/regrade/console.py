"""What a regrading says on the terminal, and the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import lcm
from pathlib import Path
from statistics import median_high, median_low

from autograder.core.points import decimal_text
from autograder.core.text import number_of, one_line
from autograder.regrade.csv_io import write_private
from autograder.regrade.diff import Change, Changes
from autograder.regrade.gradebook import Gradebook
from autograder.regrade.progress import duration
from autograder.regrade.publish import CODE, RESULTS, Said, code_name, results_name, rows_text
from autograder.regrade.regrader import Tally
from autograder.regrade.report.page import CannotReport, page
from autograder.regrade.worth import unread, worth

SHOWN = 15  # changes on the terminal; all are in changes.csv


def lines(book: Gradebook, changed: Changes, tally: Tally, seconds: float) -> Iterator[str]:
    """What happened, how the class stands, and who changes."""
    yield _done(book, tally, seconds)
    if tally.isolation:
        yield tally.isolation
    yield from (f"warning: {sentence}" for sentence in book.warnings)
    totals = [standing.total for standing in book.standings if standing.total is not None]
    if totals:
        whole = lcm(*{total.denominator for total in totals})  # whole numbers: adding and sorting fractions is slow
        parts = [total.numerator * (whole // total.denominator) for total in totals]
        mean = Fraction(sum(parts), whole * len(parts))
        middle = Fraction(median_low(parts) + median_high(parts), 2 * whole)
        yield f"totals: mean {decimal_text(mean)}, median {decimal_text(middle)}, of {worth(book)}"
    if waiting := ", ".join(f"{number} ({count:,})" for number, count in unread(book)):
        yield f"written answers without points so far, which totals leave out: {waiting}"
    if book.against:
        yield from _changed(book, changed)


def _done(book: Gradebook, tally: Tally, seconds: float) -> str:
    said = [f"{number_of(len(book.standings), 'submission')}: {tally.graded:,} graded"]
    if tally.kept:
        said.append(f"{tally.kept:,} unchanged")
    again = sum(standing.rerun and standing.submission not in tally.failed for standing in book.standings)
    if again:
        said.append(f"{again:,} NOT GRADED or not completely: internal error; run the command again")
    if tally.failed:
        said.append(f"{len(tally.failed):,} NOT GRADED (why: in the notes of grades.csv)")
    nothing = sum(standing.found_nothing for standing in book.standings)
    if nothing:
        said.append(f"{nothing:,} with NOTHING OF THE ASSIGNMENT in it")
    rate = f", {tally.graded / seconds:.1f} a second" if tally.graded and seconds > 0 else ""
    return f"{', '.join(said)}; {duration(seconds) if seconds >= 10 else f'{seconds:.2f} s'}{rate}"


def _changed(book: Gradebook, changed: Changes) -> Iterator[str]:
    if not changed.changed:
        yield f"against {book.against}: nothing changes in {number_of(changed.compared, 'submission')}"
        return
    yield (
        f"against {book.against}: {len(changed.changed):,} of {number_of(changed.compared, 'submission')} change "
        f"(total up for {len(changed.up):,}, down for {len(changed.down):,})"
    )
    yield from (_change_line(change) for change in changed.changed[:SHOWN])
    if len(changed.changed) > SHOWN:
        yield f"  ... and {len(changed.changed) - SHOWN:,} more: changes.csv has all of them"


def _change_line(change: Change) -> str:
    standing = change.standing
    who = one_line(", ".join(person.name or person.email for person in standing.people), 40)
    before, now = ("?" if t is None else decimal_text(t) for t in (standing.old_total, standing.total))
    by = f"{'+' if change.by > 0 else ''}{decimal_text(change.by)}" if change.by is not None else ""
    rows = one_line(rows_text(change), 100)
    return f"  {before:>6} -> {now:<6} {by:>6}  {standing.submission:<10} {who}  {rows}".rstrip()


def write_report(path: Path, shown: Path, book: Gradebook, said: Mapping[str, Said], code: bool, waiting: str) -> str:
    """Writes the report, and returns a line that names it as `shown`, or says why not. Raises OSError.

    code: it links each submission's code. waiting: how much needs a person, in words.
    """
    try:
        made = page(
            book,
            lambda name: said[name].told,
            lambda name: f"{RESULTS}/{results_name(name)}",
            (lambda name: f"{CODE}/{code_name(name)}") if code else None,
            waiting,
        )
    except CannotReport as problem:
        return f"no report: {problem}{f' ({shown} is of an earlier run)' if shown.is_file() else ''}"
    write_private(path, made)
    return f"report: {shown}"
