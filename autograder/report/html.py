"""A report as one page: what the terminal says, with figures. It stands alone: no script, no network, no other file.

jinja2 escapes whatever stands in it, so that a student's text stays text; the figures are made by `svg`, which escapes
too. Every figure has a title and a description, and a table with the same facts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from autograder.core.figure import Addition, Values
from autograder.core.outcome import Mark, Outcome, Report
from autograder.core.points import decimal_text
from autograder.core.template import template
from autograder.report import residuals, snippet, state_diagram
from autograder.report.digits import told_apart
from autograder.report.terminal import SAME, points_of
from autograder.report.timeline import NAMES

TEMPLATE = Path(__file__).with_name("page.html")
SETTLED = (Outcome.PASSED, Outcome.WRITTEN, Outcome.DEFERRED)


def page(report: Report, footer: Sequence[str] = (), total: str = "") -> str:
    """The whole page. footer: sentences about this run. total: the points in words, for its heading."""
    sections = [_section(mark) for mark in report.marks]
    total = total or f"{points_of(report)} points"
    same = f"autograder {report.version}, rubric {report.rubric_hash}. {SAME}"
    facts = {"assignment": report.assignment, "total": total, "footer": [same, *footer]}
    return template(TEMPLATE).render(sections=sections, names=NAMES, **facts)


def _section(mark: Mark) -> dict[str, Any]:
    """What the template shows of one row: points "0.25 of 0.5", "" where it carries none, and what else it says.

    stub: it is as the template left it, which one line says. open: unfolded at first. steps, residuals: of its figure.
    """
    return {
        "mark": mark,
        "word": str(mark.outcome).replace("_", " "),
        "points": f"{decimal_text(mark.points)} of {decimal_text(mark.max_points)}" if mark.scored else "",
        "told": _told(mark),
        "stub": mark.outcome is Outcome.UNANSWERED and "\n" not in mark.told,
        "open": mark.outcome not in SETTLED or bool(mark.in_part),
        "terms": _terms(mark),
        "steps": (),
        "residuals": "",
        **_figures(mark),
    }


def _told(mark: Mark) -> str:
    """What the row says, with the numbers of its worst call in as many digits as the page has: the program has all."""
    figure, said = mark.figure, mark.told
    if isinstance(figure, Values) and figure.worst is not None:
        pair = figure.worst.want, figure.worst.got
        for value, written in zip(pair, told_apart(*pair), strict=True):
            if len(repr(value)) > len(written):
                said = re.sub(rf"(?<![\w.]){re.escape(repr(value))}(?![\w]|\.\d)", written, said)
    return said


def _figures(mark: Mark) -> dict[str, Any]:
    """The figures of a row, and the same as words and tables.

    unlabelled: arrows without a label. values: each call as it is written, (at, true, yours, right).
    """
    figure, name = mark.figure, f"row-{mark.number.replace('.', '-')}"
    if isinstance(figure, Addition):
        return {
            "diagram": Markup(state_diagram.as_svg(f"{name}-states", figure)),
            "unlabelled": state_diagram.unlabelled(figure),
            "steps": state_diagram.table(figure),
        }
    if isinstance(figure, Values):
        return {
            "residuals": Markup(residuals.as_svg(f"{name}-residuals", figure)),
            "values": [(asked.at, *residuals.written(asked), asked.right) for asked in figure.calls],
            "worst": residuals.worst_sentence(figure),
            "program": snippet.as_python(figure),
        }
    return {}


def _terms(mark: Mark) -> list[tuple[str, Any]]:
    """The terms of a wrong equation, where the reference was there to tell them."""
    named = {"true_terms": "terms of the true equation", "given_terms": "terms of yours", "right_terms": "right terms"}
    found = [(said, mark.findings[key]) for key, said in named.items() if key in mark.findings]
    return [*found, *(("mistake", one) for one in mark.findings.get("named", ()) if found)]
