"""An instructor's suite in plain gradescope-utils style works but for one line: it asks `student` for a function.

The same suite is run by gradescope-utils' own runner on an import of the same code, and by `grade` through a worker;
the rows must be the same, except where that runner loses rows (skipped tests, sub-tests, an error in setUpClass).
"""

from __future__ import annotations

import io
import json
import runpy
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner
from msgspec.structs import replace

from autograder.assignment.frozen import parse_rubric
from autograder.assignment.link import link
from autograder.assignment.load import AbsentReference, Assignment
from autograder.core.outcome import Outcome, Report
from autograder.core.submission import Submission, read_submission
from autograder.gradescope.results import check_results, results
from autograder.grading.grader import Grading
from tests.autograder import planted

CALCULATOR = """
def add(a, b):
    return a + b

def subtract(a, b):
    return b - a

def boom():
    raise KeyError("no")
"""
SUITE = '''
import unittest
from gradescope_utils.autograder_utils.decorators import (
    hide_errors, leaderboard, number, partial_credit, tags, visibility, weight)
{import_line}

class TestCalculator(unittest.TestCase):
    def setUp(self):
        {setup_line}

    @number("1.1")
    @weight(2)
    def test_adds(self):
        """Adds two numbers"""
        self.assertEqual(self.add(1, 2), 3)

    @number("1.2")
    @weight(1.5)
    @visibility("after_published")
    @tags("minus", "sign")
    def test_subtracts(self):
        """Subtracts one number from another"""
        self.assertEqual(self.subtract(3, 1), 2)

    @number("1.3")
    @partial_credit(3)
    def test_part(self, set_score=None):
        """Earns a part"""
        set_score(1.25)

    @number("1.4")
    @partial_credit(2)
    def test_part_and_failure(self, set_score=None):
        """Earns a part, then fails"""
        set_score(0.5)
        self.fail("half way")

    @number("1.5")
    @weight(1)
    @hide_errors("look again")
    def test_hidden_error(self):
        """Fails without saying why"""
        self.assertEqual(self.add(1, 1), 3)

    @number("1.6")
    def test_without_weight(self):
        """Brings no points"""
        self.assertTrue(self.add(0, 0) == 0)

    @number("2.1")
    @leaderboard("score", "asc")
    def test_board(self, set_leaderboard_value=None):
        """Fills a column"""
        set_leaderboard_value(self.add(20, 22))

    @number("2.2")
    @weight(1)
    @unittest.skip("not this year")
    def test_skipped(self):
        """Is skipped"""

    @number("2.3")
    @weight(1)
    def test_subtests(self):
        """Has a sub-test that fails"""
        with self.subTest(case=1):
            self.assertEqual(self.add(1, 1), 3)


class TestBrokenSetUp(unittest.TestCase):
    def setUp(self):
        raise RuntimeError("the instructor's mistake")

    @number("3.1")
    @weight(1)
    def test_never_runs(self):
        """Has a set-up that fails"""


class TestBrokenClass(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise RuntimeError("another mistake")

    @number("3.2")
    @weight(1)
    def test_never_runs_either(self):
        """Has a class set-up that fails"""
'''
RUBRIC = """
assignment: Plain style
seed: 1
limits: {seconds_per_call: 5, seconds_per_row: 20, seconds_in_all: 60, memory_mb: 256}
questions: [{title: Calculator, file: calculator.py, points: 0, rows: []}]
"""
LOST = {"2.2", "2.3", "3.2"}  # rows that gradescope-utils' runner does not report


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("ours")
    (folder / "calculator.py").write_text(CALCULATOR)
    asks = 'self.add, self.subtract = self.student.function("add"), self.student.function("subtract")'
    specs = tmp_path_factory.mktemp("specs")
    (specs / "test_calculator.py").write_text(SUITE.format(import_line="", setup_line=asks))
    read = parse_rubric(RUBRIC)
    assignment = Assignment(read, link(read, specs), AbsentReference())
    return Grading(assignment, read_submission(folder, ["calculator.py"]), seed="1", start=planted.jail().start).run()


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("theirs")
    (folder / "the_calculator.py").write_text(CALCULATOR)
    imports = "import the_calculator"
    sets = "self.add, self.subtract = the_calculator.add, the_calculator.subtract"
    path = folder / "test_plain.py"
    path.write_text(SUITE.format(import_line=imports, setup_line=sets))
    sys.path.insert(0, str(folder))
    try:
        module = runpy.run_path(str(path))
    finally:
        sys.path.remove(str(folder))
    suite = unittest.TestSuite()
    for name in ("TestCalculator", "TestBrokenSetUp"):
        suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(module[name]))
    stream = io.StringIO()
    JSONTestRunner(visibility="visible", stream=stream).run(suite)
    return json.loads(stream.getvalue())


def test_every_row_is_the_one_that_gradescope_utils_gives(ours: Report, theirs: dict[str, Any]) -> None:
    body = results(ours)
    check_results(body)
    keys = ("name", "number", "score", "max_score", "status", "visibility", "tags")
    defaults = {"visibility": "visible"}
    rows = {row["number"]: {k: row.get(k, defaults.get(k)) for k in keys} for row in body["tests"]}
    for row in theirs["tests"]:
        wanted = {k: row.get(k, defaults.get(k)) for k in keys}
        assert rows[row["number"]] == wanted
    assert set(rows) - {row["number"] for row in theirs["tests"]} == LOST
    assert body["leaderboard"] == theirs["leaderboard"] == [{"name": "score", "value": 42, "order": "asc"}]


def test_the_total_is_theirs_and_the_rows_they_lose_earn_nothing(ours: Report, theirs: dict[str, Any]) -> None:
    assert float(ours.points) == theirs["score"]


def test_what_the_student_reads(ours: Report) -> None:
    marks = {mark.number: mark for mark in ours.marks}
    assert marks["1.2"].feedback == "-2 != 2"
    assert marks["1.5"].feedback == "look again"
    assert marks["1.4"].outcome is Outcome.PARTIAL
    assert marks["2.2"].outcome is Outcome.DEFERRED
    assert "not this year" in marks["2.2"].feedback
    assert marks["2.3"].outcome is Outcome.FAILED
    for number, mistake in (("3.1", "the instructor's mistake"), ("3.2", "another mistake")):
        assert marks[number].outcome is Outcome.INTERNAL
        assert mistake in marks[number].staff
        assert mistake not in marks[number].feedback


def test_a_second_submission_does_not_inherit_scores(tmp_path: Path) -> None:
    suite = SUITE.format(import_line="", setup_line='self.add = self.subtract = self.student.function("add")')
    suite = suite.replace("set_score(1.25)", "set_score(self.add(1, 0))")
    (tmp_path / "test_calculator.py").write_text(suite)
    read = parse_rubric(RUBRIC)
    assignment = Assignment(read, link(read, tmp_path), AbsentReference())
    earned = []
    for text in ("def add(a, b): return 3", "def add(a, b): raise ValueError"):
        (tmp_path / "calculator.py").write_text(text)
        report = Grading(
            assignment, read_submission(tmp_path, ["calculator.py"]), seed="1", start=planted.jail().start
        ).run()
        earned.append({mark.number: mark.points for mark in report.marks}["1.3"])
    assert earned == [3, 0]


def test_submissions_that_are_graded_in_threads_keep_their_own_scores(assignment: Assignment, tmp_path: Path) -> None:
    """gradescope-utils keeps a score on the check's function, and the student stands on its class."""
    files = assignment.rubric.files()
    rows = tuple(linked for linked in assignment.rows if linked.question.file == "words.py")
    words = replace(assignment, rows=rows)
    wrong = read_submission(planted.build("wrong_answers", tmp_path), files)
    right = read_submission(planted.ROOT / "reference", files)

    def points(submission: Submission) -> list[Fraction]:
        report = Grading(words, submission, seed="1", start=planted.jail().start).run()
        return [mark.points for mark in report.marks]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(points, [right, wrong] * 16))
    assert found == [[Fraction(1, 2), Fraction(1, 2)], [Fraction(0), Fraction(3, 10)]] * 16
