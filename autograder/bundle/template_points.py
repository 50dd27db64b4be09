"""The points that a template names, as the rubric has them."""

from __future__ import annotations

import re
from fractions import Fraction

from autograder.assignment.rubric import Question, Row, Rubric
from autograder.core.points import counted, decimal_text


def pointed(template: str, rubric: Rubric) -> str:
    """A file of the template in which the points of questions and rows are the rubric's, wherever it names them.

    It may name them as "Question 1: ... (2.5 points)." in its first line, "2.3 (extra credit, 0.5 points" and
    "(2.1a, 0.5 points)".
    """
    for question in rubric.questions:
        template = _heading(question, template)
        for row in question.rows:
            template = _row(row, template)
    return template


def _heading(question: Question, template: str) -> str:
    extra = f", extra credit {decimal_text(Fraction(question.extra_points))}" if question.extra_points else ""
    form = rf'\A("""Question {question.title.split()[0]}: .*) \([\d.]+ points?(, extra credit [\d.]+)?\)\.'
    return re.sub(form, rf"\1 ({counted(Fraction(question.points))}{extra}).", template)


def _row(row: Row, template: str) -> str:
    number, extra = re.escape(row.number), "extra credit, " if row.extra_credit else ""
    said = f"{extra}{counted(row.worth)}"
    opened = re.sub(rf"(?<![\w.]){number} \((extra credit, )?[\d.]+ points?\b", f"{row.number} ({said}", template)
    return re.sub(rf"\({number}, (extra credit, )?[\d.]+ points?\)", f"({row.number}, {said})", opened)
