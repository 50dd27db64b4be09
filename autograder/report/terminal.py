"""The table of rows for a terminal: what each row became, its points, and below it what to do."""

from __future__ import annotations

import textwrap
from itertools import groupby

from autograder.outcome import Outcome, Report, decimal_text

WIDTH = 80


def table(report: Report) -> str:
    """A plain table of at most 80 columns, then one block per row (or run of rows with one cause) that is not full.

    It reads the same in a terminal, in a pipe and in a file.
    """
    lines = [f"{'row':<6}{'outcome':<12}{'points':<16}question"]
    for mark in report.marks:
        points = f"{decimal_text(mark.points)} of {decimal_text(mark.max_points)}" if mark.scored else "-"
        lines.append(f"{mark.number:<6}{mark.outcome!s:<12}{points:<16}{mark.title}"[:WIDTH])
    lines.append(f"{'':<18}{decimal_text(report.points)} of {decimal_text(report.max_points)}")
    told = [mark for mark in report.marks if mark.feedback and mark.outcome not in (Outcome.PASSED, Outcome.WRITTEN)]
    for (outcome, feedback), same in groupby(told, key=lambda mark: (mark.outcome, mark.feedback)):
        marks = list(same)
        title = marks[0].title if len(marks) == 1 else f"to {marks[-1].number}"
        lines += ["", f"{marks[0].number} {title}: {outcome}", *(_wrapped(line) for line in feedback.splitlines())]
    return "\n".join(lines)


def _wrapped(line: str) -> str:
    indent = " " * (2 + len(line) - len(line.lstrip()))
    return textwrap.fill(line.strip(), WIDTH, initial_indent=indent, subsequent_indent=indent) if line.strip() else ""
