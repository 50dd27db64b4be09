"""The terminal's table: a line per row, what to do below it, and how this grading compares with Gradescope's.

A report becomes lines of spans. `plain` prints them as they are, `colour` with a style for each span; the words are the
same, so nothing is lost in a pipe, on paper or to a reader who sees no colour. At most 80 columns.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from autograder.core.figure import Addition
from autograder.core.outcome import Mark, Outcome, Report
from autograder.core.points import decimal_text
from autograder.core.text import runs
from autograder.report.timeline import block

WIDTH = 80
SAME = "Gradescope prints the same version and rubric; if not, download the self-check again."


class Span(NamedTuple):
    """A piece of a line. style: an outcome word, "title", "quiet", "mark", or "" for ordinary text."""

    text: str
    style: str = ""


Line = tuple[Span, ...]


def plain(lines: Iterable[Line]) -> str:
    """Lines without any style."""
    return "\n".join("".join(span.text for span in line).rstrip() for line in lines)


def page(
    report: Report,
    notes: Sequence[str] = (),
    footer: Sequence[str] = (),
    total: str = "",
    news: str = "",
    echo: bool = True,
) -> Iterator[Line]:
    """What changed, notes, the table, the sum, a block per row that is not full, and the footer.

    notes: what to see first, a sentence each. footer: small print about this run, a line each; what
    stands behind a line end in one is not wrapped. total: the points in words; the sum if none are given. news: what
    changed since the last run. echo: written answers are shown in full.
    """
    if news:
        yield from _paragraph(news, "title", hanging="  ")
        yield ()
    remarks = dict.fromkeys(line for mark in report.marks for line in mark.remarks.splitlines())
    for note in (*notes, *remarks):
        yield from _paragraph(note, "mark", hanging="  ")
    if notes or remarks:
        yield ()
    yield heading()
    for mark in report.marks:
        yield row_line(mark)
    yield from _paragraph(total or points_of(report), "title", indent="" if len(total) > WIDTH - 18 else " " * 18)
    yield from _blocks(report.marks, echo)
    yield ()
    for line in (f"autograder {report.version}, rubric {report.rubric_hash}. {SAME}", *footer):
        said, *calls = line.split("\n")
        yield from _paragraph(said, "quiet")
        yield from ((Span(call, "quiet"),) for call in calls)


def with_call(said: str, call: str) -> str:
    """A sentence and the call that it names: on one line if that fits, else the call on its own, which nothing breaks.

    A call that is wrapped cannot be pasted.
    """
    return f"{said} {call}" if len(said) + 1 + len(call) <= WIDTH else f"{said}\n{call}"


def heading() -> Line:
    """The table's first line."""
    return (Span(f"{'row':<6}{'outcome':<12}{'points':<16}question", "title"),)


def row_line(mark: Mark) -> Line:
    """A row of the table."""
    points = f"{decimal_text(mark.points)} of {decimal_text(mark.max_points)}" if mark.scored else "-"
    word = str(mark.outcome)
    start = f"{mark.number:<6}"
    rest = f"{points:<16}{mark.title}"[: WIDTH - 18]
    return Span(start), Span(f"{word:<12}", word), Span(rest, "quiet" if points == "-" else "")


def shortened(line: Line, width: int) -> Line:
    """A line of at most so many columns."""
    spans = []
    for span in line:
        spans.append(Span(span.text[: max(width, 0)], span.style))
        width -= len(span.text)
    return tuple(spans)


def points_of(report: Report) -> str:
    """The points of all rows that carry some."""
    return f"{decimal_text(report.points)} of {decimal_text(report.max_points)}"


# ------------------------------------------------------------------------------------------------------------- blocks


def _blocks(marks: Sequence[Mark], echo: bool) -> Iterator[Line]:
    """What lost points first, in full; then what is not answered, what only arrived, and the written answers."""
    told = [mark for mark in marks if mark.feedback and not _in_short(mark)]
    lost = [mark for mark in told if mark.outcome is not Outcome.WRITTEN]
    for (outcome, feedback), same in groupby(lost, key=lambda mark: (mark.outcome, mark.feedback)):
        yield from _block(list(same), outcome, feedback)
    yield from _list("Not answered yet:", marks, lambda mark: mark.outcome is Outcome.UNANSWERED and _in_short(mark))
    yield from _arrived(marks)
    if not echo:
        yield from _list("Written answers that arrived:", marks, lambda mark: mark.outcome is Outcome.WRITTEN)
    for mark in told:
        if echo and mark.outcome is Outcome.WRITTEN:  # as Gradescope shows it
            yield from _block([mark], mark.outcome, "\n".join(_reflowed(mark.feedback.splitlines())))


def _reflowed(lines: Iterable[str]) -> list[str]:
    """Lines that were broken at about as many columns as there are, or more, joined: else each leaves a stump."""
    joined: list[str] = []
    broken = False
    for line in lines:
        if broken and line[:1].isalnum() and not re.match(r"\d+[.)]", line):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
        broken = len(line) > WIDTH - 10
    return joined


def _in_short(mark: Mark) -> bool:
    """Whether a row needs no block of its own: it is full, it only arrived, or its stub is as it was."""
    if mark.outcome is Outcome.UNANSWERED:
        return "\n" not in mark.feedback
    if mark.outcome is Outcome.DEFERRED:
        return bool(mark.read_as) and not mark.in_part
    return mark.outcome is Outcome.PASSED


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
    if said := runs((mark.number, belongs(mark)) for mark in marks):
        yield ()
        yield from _paragraph(f"{heading} {said}", hanging="  ")


def _arrived(marks: Sequence[Mark]) -> Iterator[Line]:
    deferred = [mark for mark in marks if mark.outcome is Outcome.DEFERRED and mark.read_as and not mark.in_part]
    if deferred:
        yield ()
        yield (Span("Read, and graded on Gradescope only. This is how your answers were understood:"),)
        for mark in deferred:
            yield from _paragraph(f"{mark.number:<6}{mark.read_as}", indent="  ", hanging=" " * 8)


def wrapped(line: str) -> list[str]:
    """A line at most 80 columns wide where no word is longer; what follows its first is indented by two more.

    One that is not wider keeps its columns, and so does what stands behind a line end in it.
    """
    said, *calls = line.split("\n")
    if len(said) <= WIDTH:
        return [said.rstrip(), *calls]
    body = said.lstrip()
    first = said[: len(said) - len(body)]
    further = f"{first}  "
    lines = textwrap.wrap(
        body, WIDTH, initial_indent=first, subsequent_indent=further, break_long_words=False, break_on_hyphens=False
    )
    return [*lines, *calls]


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
