"""The terminal's page: 80 columns, the same words with and without colour, and what loses points comes first."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.assignment.load import Assignment
from autograder.core.outcome import Outcome, Report
from autograder.report import colour
from autograder.report.terminal import WIDTH, page, plain, row_line, shortened
from tests.autograder import planted
from tests.autograder.report.figures import addition, mark, report

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def table(made: Report) -> str:
    """The whole page as plain text."""
    return plain(page(made))


@given(st.sampled_from(list(Outcome)), st.text(max_size=300), st.text(max_size=120))
def test_no_line_is_longer_than_80_columns(outcome: Outcome, feedback: str, read_as: str) -> None:
    text = table(report(mark(outcome=outcome, feedback=feedback, title="a title " * 20, read_as=read_as)))
    assert max(map(len, text.split("\n"))) <= WIDTH


def test_nothing_of_a_long_feedback_is_lost() -> None:
    feedback = "\n".join(f"{'  ' * (n % 3)}line{n} {'word ' * n}" for n in range(40))
    assert feedback.split() == [w for w in table(report(mark(feedback=feedback))).split() if w in feedback.split()]


def test_every_row_is_a_line_with_its_outcome_and_points() -> None:
    marks = [mark(f"{n}.1", outcome) for n, outcome in enumerate(Outcome)]
    lines = table(report(*marks)).splitlines()
    for n, outcome in enumerate(Outcome):
        (line,) = [line for line in lines if line.startswith(f"{n}.1 ") and "Row" in line and ":" not in line]
        assert line.split()[1] == str(outcome)
        assert ("of 1" in line) == (outcome not in (Outcome.WRITTEN, Outcome.DEFERRED))


def test_rows_with_one_cause_share_a_block() -> None:
    marks = [mark(f"1.{n}", Outcome.MISSING, feedback="the file is not there") for n in (1, 2, 3)]
    text = table(report(*marks))
    assert text.count("the file is not there") == 1
    assert "1.1 to 1.3: missing" in text


def test_untouched_stubs_take_one_line() -> None:
    rows = [("1.1", Outcome.UNANSWERED), ("1.2", Outcome.UNANSWERED), ("1.3", Outcome.UNANSWERED)]
    rows += [("2.1", Outcome.PASSED), ("2.2", Outcome.UNANSWERED), ("2.3", Outcome.WRITTEN)]
    text = table(report(*(mark(number, outcome, feedback="said") for number, outcome in rows)))
    assert "Not answered yet: 1.1 to 1.3, 2.2\n" in text
    assert text.count("said") == 1


def test_a_written_answer_is_echoed_behind_everything_else() -> None:
    rows = [mark("1.1", Outcome.WRITTEN, feedback="It arrived.\n\nmy words"), mark("2.1", feedback="wrong")]
    text = table(report(*rows))
    assert "1.1 Row 1.1: written\n  It arrived.\n\n  my words\n" in text
    assert text.index("wrong") < text.index("my words")
    short = plain(page(report(*rows), echo=False))
    assert "Written answers that arrived: 1.1\n" in short
    assert "my words" not in short


def test_a_written_answer_with_long_lines_leaves_no_stumps() -> None:
    long = "a word " * 15
    listed = "- one\n- two\n  three\n\n1. four"
    text = table(report(mark("2.3", Outcome.WRITTEN, feedback=f"{long}\n{long}\nend.\n{listed}")))
    assert " end.\n  - one\n  - two\n    three\n\n  1. four\n" in text
    assert all(len(line) > 70 for line in text.splitlines() if line.startswith("  a word") and "end" not in line)


def test_an_unanswered_row_that_printed_something_keeps_its_block() -> None:
    text = table(report(mark(outcome=Outcome.UNANSWERED, feedback="not answered yet.\n\nYour code printed:\nhello")))
    assert "hello" in text


def test_a_deferred_row_says_how_it_was_read() -> None:
    text = table(report(mark("4.1a", Outcome.DEFERRED, read_as="O(n·log(n))", feedback="Read as: O(n·log(n))")))
    assert "  4.1a  O(n·log(n))" in text


def test_a_deferred_row_that_was_read_in_part_says_what_is_wrong() -> None:
    told = {
        "read_as": "conv1 5",
        "feedback": "Read as: conv1 5\nNot there: total.",
        "findings": {"in_part": ["no total"]},
    }
    text = table(report(mark("3.1", Outcome.DEFERRED, **told)))
    assert "3.1 Row 3.1: deferred" in text
    assert "Not there: total." in text
    assert text.count("conv1 5") == 1


def test_remarks_on_a_file_are_said_once_and_first() -> None:
    rows = [mark(f"2.{n}", Outcome.PASSED, remarks="line 3 was skipped") for n in (1, 2, 3)]
    text = table(report(*rows))
    assert text.startswith("line 3 was skipped\n\nrow ")
    assert text.count("was skipped") == 1


def test_the_timeline_stands_below_the_row_that_it_explains() -> None:
    text = table(report(mark(figure=addition(1)[0], feedback="why"), mark("2.1", feedback="other")))
    assert text.index("why") < text.index("^ wrong") < text.index("2.1 Row 2.1: failed")


def test_notes_come_first_and_the_version_last() -> None:
    text = plain(page(report(mark()), notes=["rename it"], footer=["isolation: none"]))
    assert text.startswith("rename it\n\nrow ")
    assert "autograder 1.2.3, rubric abc123. Gradescope prints the same version" in text.replace("\n", " ")
    assert text.endswith("isolation: none")


@pytest.mark.parametrize("name", ["wrong_answers", "exception", "empty", "stub_left_alone"])
def test_colour_changes_no_word(name: str, assignment: Assignment, tmp_path: Path) -> None:
    found = planted.grade(assignment, planted.build(name, tmp_path / name))
    coloured = colour.coloured(page(found))
    assert ANSI.search(coloured)
    assert ANSI.sub("", coloured) == plain(page(found))


def test_every_outcome_has_a_style() -> None:
    assert {str(outcome) for outcome in Outcome} <= set(colour.STYLES)


@pytest.mark.parametrize(
    ("terminal", "environment", "coloured"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"TERM": "dumb"}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),  # https://no-color.org: an empty one says nothing
        (False, {"FORCE_COLOR": "1"}, True),
        (False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_who_sees_colours(terminal: bool, environment: dict[str, str], coloured: bool) -> None:
    class Stream(io.StringIO):
        def isatty(self) -> bool:
            return terminal

    assert colour.in_colour(Stream(), environment) is coloured
    assert colour.is_screen(Stream(), environment) is (terminal and environment.get("TERM") != "dumb")


def test_what_changed_comes_first_and_the_points_stand_in_words() -> None:
    lines = plain(page(report(mark()), notes=["rename it"], news="1.1 failed -> passed", total="1 of 1 here")).split(
        "\n"
    )
    assert lines[:3] == ["1.1 failed -> passed", "", "rename it"]
    assert f"{'':<18}1 of 1 here" in lines


def test_a_line_is_shortened_without_losing_its_styles() -> None:
    line = shortened(row_line(mark("2.1a", Outcome.PASSED)), 10)
    assert plain([line]) == "2.1a  pass"
    assert line[1].style == "passed"
