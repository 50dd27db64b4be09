"""The terminal's table: a line per row, what to do below it, and how this grading compares with Gradescope's.

A report becomes lines of spans. `plain` prints them as they are, `colour` with a style for each span; the words are the
same, so nothing is lost in a pipe, on paper or to a reader who sees no colour. At most 80 columns.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from autograder.core.figure import Addition
from autograder.core.outcome import Mark, Outcome, Report
from autograder.core.points import decimal_text
from autograder.report.timeline import block

WIDTH = 80
SAME = "Gradescope prints the same version and rubric; if not, download the self-check again."


@dataclass(frozen=True)
class Span:
    """A piece of a line. style: an outcome word, "title", "quiet", "mark", or "" for ordinary text."""

    text: str
    style: str = ""


Line = tuple[Span, ...]


def table(report: Report) -> str:
    """The whole page as plain text."""
    return plain(page(report))


def plain(lines: Iterable[Line]) -> str:
    """Lines without any style."""
    return "\n".join("".join(span.text for span in line).rstrip() for line in lines)


def page(report: Report, notes: Sequence[str] = (), footer: Sequence[str] = ()) -> Iterator[Line]:
    """Notes, the table, the sums, a block per row that is not full, and the footer.

    notes: what to see first, a sentence each. footer: small print about this run, a line each.
    """
    remarks = dict.fromkeys(line for mark in report.marks for line in mark.remarks.splitlines())
    for note in (*notes, *remarks):
        yield from _paragraph(note, "mark", hanging="  ")
    if notes or remarks:
        yield ()
    yield (Span(f"{'row':<6}{'outcome':<12}{'points':<16}question", "title"),)
    for mark in report.marks:
        yield _row(mark)
    yield from _sums(report)
    yield from _blocks(report.marks)
    yield ()
    for line in (f"autograder {report.version}, rubric {report.rubric_hash}. {SAME}", *footer):
        yield from _paragraph(line, "quiet")


def _row(mark: Mark) -> Line:
    points = f"{decimal_text(mark.points)} of {decimal_text(mark.max_points)}" if mark.scored else "-"
    word = str(mark.outcome)
    start = f"{mark.number:<6}"
    rest = f"{points:<16}{mark.title}"[: WIDTH - 18]
    return Span(start), Span(f"{word:<12}", word), Span(rest, "quiet" if points == "-" else "")


def _sums(report: Report) -> Iterator[Line]:
    """The points, and how many more are to be had elsewhere."""
    yield (Span(f"{'':<18}{decimal_text(report.points)} of {decimal_text(report.max_points)}", "title"),)
    later = sum((m.max_points for m in report.marks if m.outcome is Outcome.DEFERRED), Fraction(0))
    if later:
        yield (Span(f"{'':<18}{decimal_text(later)} more are graded on Gradescope", "quiet"),)


# ------------------------------------------------------------------------------------------------------------- blocks


def _blocks(marks: Sequence[Mark]) -> Iterator[Line]:
    """What lost points first, in full; then what is not answered, and what only arrived, a line each."""
    told = [mark for mark in marks if mark.feedback and not _in_short(mark)]
    for (outcome, feedback), same in groupby(told, key=lambda mark: (mark.outcome, mark.feedback)):
        yield from _block(list(same), outcome, feedback)
    yield from _list("Not answered yet:", marks, lambda mark: mark.outcome is Outcome.UNANSWERED and _in_short(mark))
    yield from _arrived(marks)


def _in_short(mark: Mark) -> bool:
    """Whether a row needs no block of its own: it is full, it only arrived, or its stub is as it was."""
    if mark.outcome is Outcome.UNANSWERED:
        return "\n" not in mark.feedback
    if mark.outcome is Outcome.DEFERRED:
        return bool(mark.read_as) and not mark.in_part
    return mark.outcome in (Outcome.PASSED, Outcome.WRITTEN)


def _block(marks: Sequence[Mark], outcome: Outcome, feedback: str) -> Iterator[Line]:
    """One row, or a run of rows with one cause."""
    title = marks[0].title[: WIDTH - 22] if len(marks) == 1 else f"to {marks[-1].number}"
    yield ()
    yield Span(f"{marks[0].number} {title}: ", "title"), Span(str(outcome), str(outcome))
    for line in feedback.splitlines():
        yield from _paragraph(line, indent="  ")
    figure = marks[-1].figure
    if isinstance(figure, Addition):
        for line in block(figure):
            yield (Span(f"  {line}", "mark" if line.endswith("^ wrong") else ""),)


def _list(heading: str, marks: Sequence[Mark], belongs: Callable[[Mark], bool]) -> Iterator[Line]:
    """The numbers of the rows that belong, below a heading."""
    if said := runs(marks, belongs):
        yield ()
        yield from _paragraph(f"{heading} {said}", hanging="  ")


def runs(marks: Sequence[Mark], belongs: Callable[[Mark], bool]) -> str:
    """The numbers of the rows that belong, a run of three and more as "2.1a to 2.2"; "" if none does."""
    found = [[mark.number for mark in run] for belong, run in groupby(marks, belongs) if belong]
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(run) for run in found)


def _arrived(marks: Sequence[Mark]) -> Iterator[Line]:
    deferred = [mark for mark in marks if mark.outcome is Outcome.DEFERRED and mark.read_as and not mark.in_part]
    if deferred:
        yield ()
        yield (Span("Read, and graded on Gradescope only. This is how your answers were understood:"),)
        for mark in deferred:
            yield from _paragraph(f"{mark.number:<6}{mark.read_as}", indent="  ", hanging=" " * 8)
    yield from _list("Written answers that arrived:", marks, lambda mark: mark.outcome is Outcome.WRITTEN)


def _paragraph(line: str, style: str = "", indent: str = "", hanging: str | None = None) -> Iterator[Line]:
    """A line wrapped at 80 columns; what was indented stays so, and no word is cut unless it is too long."""
    body = line.lstrip()
    if not body:
        yield ()
        return
    first = indent + line[: len(line) - len(body)]
    lines = textwrap.wrap(body, WIDTH, initial_indent=first, subsequent_indent=first if hanging is None else hanging)
    for text in lines:
        yield (Span(text, style),)
