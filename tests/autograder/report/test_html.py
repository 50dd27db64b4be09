"""The page: it stands alone, a student's text stays text, and what the terminal says is on it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.assignment.load import Assignment
from autograder.core.figure import Asked, Values
from autograder.core.outcome import Outcome
from autograder.report.html import page
from autograder.report.timeline import NAMES
from tests.autograder import planted
from tests.autograder.html_page import HtmlPage
from tests.autograder.report.figures import VALUES, addition, mark, report

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">&amp;{{ 7 * 7 }}'


def test_a_students_text_stays_text() -> None:
    row = mark(feedback=HOSTILE, title=HOSTILE, findings={"right_terms": 1, "named": [HOSTILE]})
    read = HtmlPage(page(report(row), footer=[HOSTILE]))
    assert not [tag for tag, _ in read.tags if tag in ("script", "img")]
    assert read.text.count(HOSTILE) == 4


def test_it_stands_alone() -> None:
    read = HtmlPage(page(report(mark(figure=addition(1)[0]), mark("2.1a", figure=VALUES))))
    attributes = [(name, value) for _, found in read.tags for name, value in found.items()]
    assert not [name for name, _ in attributes if name in ("src", "href") or name.startswith("on")]
    assert not [value for _, value in attributes if value and re.search(r"//|@import|url\((?!#)", value)]
    assert {tag for tag, _ in read.tags} & {"svg", "table", "title", "desc"}
    assert not {tag for tag, _ in read.tags} & {"script", "link", "iframe", "object", "base"}


@pytest.mark.parametrize("seed", range(9))
def test_the_timeline_holds_every_bit_and_its_cause(seed: int) -> None:
    figure, _ = addition(seed)
    text = page(report(mark(figure=figure)))
    table = text[text.index('<table class="timeline"') :].partition("</table>")[0]
    rows = [re.findall(r"<t[hd][^>]*>([^<]*)<", row) for row in table.split("<tr")[1:]]
    assert rows == [[NAMES[name], *map(str, bits)] for name, bits in figure.rows]
    assert f"In the framed column: {figure.cause}." in HtmlPage(text).text


def test_ids_are_unique() -> None:
    marks = [mark("1.2", figure=addition(1)[0]), mark("1.3", figure=addition(2)[0]), mark("2.1a", figure=VALUES)]
    ids = [a["id"] for _, a in HtmlPage(page(report(*marks))).tags if "id" in a]
    assert len(ids) == len(set(ids)) > 6


def test_an_untouched_stub_is_one_line() -> None:
    rows = [mark(f"1.{n}", Outcome.UNANSWERED, feedback="f(...): not answered yet.") for n in range(19)]
    read = HtmlPage(page(report(*rows)))
    assert not [tag for tag, _ in read.tags if tag in ("details", "pre")]
    assert [a["id"] for _, a in read.tags if a.get("class") == "stub"] == [f"row-1.{n}" for n in range(19)]
    assert read.text.count(": unanswered") == 19
    worked_on = mark(outcome=Outcome.UNANSWERED, feedback="f(...): not answered yet.\nLine 9 still says `raise`.")
    assert "Line 9 still says" in HtmlPage(page(report(worked_on))).text


def test_numbers_have_six_digits_and_all_of_them_in_the_program() -> None:
    call = Asked("t = 2, T = 3", -0.007742801177591198, 0.0077428011775912, False, 2)
    near = Asked("t = 1, T = 3", 1.00000000123, 1.0000000052, False, 1)
    right = Asked("t = 3, T = 3", 1.2345678901234, 1.2345678901235, True, 3)
    figure = Values("f_bar", (call, near, right), call, (("s.c", (0.1234567890123456,)),), "f_bar(2, s, bar, w)", "t")
    said = f"f_bar at t = 2, T = 3: expected {call.want!r}, got {call.got!r}."
    text = page(report(mark(figure=figure, feedback=said)))
    program = text[text.index('<pre class="program">') :]
    assert "0.1234567890123456" in program
    assert f"# expected {call.want!r}" in program
    rest = text.replace(program[: program.index("</pre>")], "")
    assert "expected -0.0077428, got 0.0077428." in rest
    assert '<td class="number">1</td><td class="number">1.00000001</td>' in rest
    assert '<td class="number">1.23457</td><td class="number">1.23457</td>' in rest
    assert not re.search(r"\d\.\d{12}", rest)


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.UNANSWERED])
def test_what_is_settled_is_folded(outcome: Outcome) -> None:
    (details,) = [a for tag, a in HtmlPage(page(report(mark(outcome=outcome)))).tags if tag == "details"]
    assert ("open" in details) == (outcome not in (Outcome.PASSED, Outcome.WRITTEN, Outcome.DEFERRED))


def test_terms_are_told_only_where_the_reference_told_them() -> None:
    assert "terms of the true equation" not in page(report(mark(findings={"right": False})))
    told = {"right": False, "right_terms": 3, "true_terms": 5, "given_terms": 4, "named": ["a path is missing"]}
    text = HtmlPage(page(report(mark(findings=told)))).text
    assert re.search(r"terms of the true equation\s*5\s*terms of yours\s*4\s*right terms\s*3\s*mistake\s*a path", text)


def test_everything_that_the_terminal_says_of_a_row_is_on_the_page(assignment: Assignment, tmp_path: Path) -> None:
    found = planted.grade(assignment, planted.build("wrong_answers", tmp_path / "s"))
    text = HtmlPage(page(found)).text
    for row in found.marks:
        assert f"{row.number} {row.title}" in text
        if row.outcome is not Outcome.UNANSWERED:
            assert in_six_digits(row.feedback) in in_six_digits(text)


def in_six_digits(text: str) -> str:
    return re.sub(r"-?\d+\.\d+(e-?\d+)?", lambda found: f"{float(found[0]):.6g}", text)
