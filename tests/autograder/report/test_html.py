"""The page: it stands alone, a student's text stays text, and what the terminal says is on it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.assignment.load import Assignment
from autograder.core.outcome import Outcome
from autograder.report.html import page
from tests.autograder import planted
from tests.autograder.report.figures import VALUES, addition, mark, report

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">&amp;{{ 7 * 7 }}'


class Reader(HTMLParser):
    """What a browser would make of it: tags, attributes, text."""

    VOID = ("meta", "br", "img", "link", "input")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_students_text_stays_text(assignment: Assignment) -> None:
    row = mark(feedback=HOSTILE, title=HOSTILE, findings={"right_terms": 1, "named": [HOSTILE]})
    read = Reader(page(report(row), footer=[HOSTILE]))
    assert not [tag for tag, _ in read.tags if tag in ("script", "img")]
    assert read.text.count(HOSTILE) == 4
    assert read.open == []


def test_it_stands_alone(assignment: Assignment) -> None:
    read = Reader(page(report(mark(figure=addition(1)[0]), mark("2.1a", figure=VALUES))))
    attributes = [(name, value) for _, found in read.tags for name, value in found.items()]
    assert not [name for name, _ in attributes if name in ("src", "href", "xlink:href") or name.startswith("on")]
    assert not [value for _, value in attributes if value and re.search(r"//|@import|url\((?!#)", value)]
    assert {tag for tag, _ in read.tags} & {"svg", "table", "title", "desc"}
    assert not {tag for tag, _ in read.tags} & {"script", "link", "iframe", "object", "base"}


def test_ids_are_unique(assignment: Assignment) -> None:
    marks = [mark("1.2", figure=addition(1)[0]), mark("1.3", figure=addition(2)[0]), mark("2.1a", figure=VALUES)]
    ids = [a["id"] for _, a in Reader(page(report(*marks))).tags if "id" in a]
    assert len(ids) == len(set(ids)) > 6


@pytest.mark.parametrize("outcome", list(Outcome))
def test_what_is_settled_is_folded(outcome: Outcome) -> None:
    (details,) = [a for tag, a in Reader(page(report(mark(outcome=outcome)))).tags if tag == "details"]
    assert ("open" in details) == (outcome not in (Outcome.PASSED, Outcome.WRITTEN, Outcome.DEFERRED))


def test_terms_are_told_only_where_the_reference_told_them() -> None:
    assert "terms of the true equation" not in page(report(mark(findings={"right": False})))
    told = {"right": False, "right_terms": 3, "true_terms": 5, "given_terms": 4, "named": ["a path is missing"]}
    text = Reader(page(report(mark(findings=told)))).text
    assert re.search(r"terms of the true equation\s*5\s*terms of yours\s*4\s*right terms\s*3\s*mistake\s*a path", text)


def test_everything_that_the_terminal_says_of_a_row_is_on_the_page(assignment: Assignment, tmp_path: Path) -> None:
    found = planted.grade(assignment, planted.build("wrong_answers", tmp_path / "s"))
    text = Reader(page(found)).text
    for row in found.marks:
        assert f"{row.number} {row.title}" in text
        assert row.feedback in text
