"""The rubric: what it says, and a table of wrong ones, each refused with line, key, what is allowed and a guess."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from autograder.__main__ import main
from autograder.assignment.frozen import freeze, parse_rubric, read_rubric
from autograder.assignment.rubric import RubricError
from tests.autograder import planted

PATH = planted.ROOT / "tests" / "rubric.yaml"
TEXT = PATH.read_text()


def line_of(part: str) -> int:
    return TEXT[: TEXT.index(part)].count("\n") + 1


def test_the_totals_are_those_of_the_rows() -> None:
    small = """
assignment: A small one
seed: 1
limits: {seconds_per_call: 5, seconds_per_row: 20, seconds_in_all: 60, memory_mb: 256}
questions:
  - title: Only question
    file: calculator.py
    points: 2.6
    extra_points: 1.5
    rows:
      - {number: "1", title: Adds, points: 2.1}
      - {number: "2", title: Adds fast, points: 1, extra_credit: true}
      - {number: "3", title: Says why, points: 0.5, graded: written, answer: WHY}
      - {number: "4", title: Says more, points: 0.5, graded: written, answer: MORE, extra_credit: true}
"""
    totals = parse_rubric(small).rubric.totals()
    assert totals == {"by spec": Fraction("2.1"), "written": Fraction(1, 2), "extra credit": Fraction(3, 2)}


def test_the_rows_are_there_in_their_order() -> None:
    numbers = [row.number for _, row in read_rubric(PATH).rubric.rows()]
    assert " ".join(numbers) == "1.1 1.2 1.3 2.1 2.2 2.3 2.4 3.1 3.2"


def test_points_are_exact() -> None:
    text = (
        TEXT.replace("points: 0.5", "points: 0.1", 1)
        .replace("points: 1.25", "points: 0.2")
        .replace("points: 0.75", "points: 2.2", 1)
    )
    rows = [row for _, row in parse_rubric(text).rubric.rows()]
    assert [row.worth for row in rows[:3]] == [Fraction(1, 10), Fraction(1, 5), Fraction(11, 5)]


WRONG = [
    ("number: 1.10", 'number: "1.1"', 'write the number in quotes: number: "1.10"'),
    ("number: 2", 'number: "1.1"', 'write the number in quotes: number: "2"'),
    ("seed: 1.5", "seed: 17", "expected an integer, got"),
    ("seed: yes", "seed: 17", "YAML reads yes as true or false"),
    ("seed: ", "seed: 17", "expected an integer"),
    ("seed: [1, 2]", "seed: 17", "expected an integer, got a list"),
    ("seed: {a: 1}", "seed: 17", "expected an integer, got keys"),
    ("seed: *nobody", "seed: 17", "undefined alias"),
    ("seed: 2024-13-45", "seed: 17", "YAML reads this as a date (month must be in 1..12): write it in quotes"),
    ("points: .inf", "points: 0.5", "expected points from 0 to 1000, got Infinity"),
    ("points: 1e9", "points: 0.5", "expected points from 0 to 1000"),
    ("points: [0.5]", "points: 0.5", "expected a number of points, such as 0.5"),
    ("points: yes", "points: 0.5", "expected a number of points, such as 0.5, got yes"),
    ("points: .nan", "points: 2.5", "expected points, 0 or more, got NaN"),
    ("points: -.inf", "points: 2.5", "expected points, 0 or more, got -Infinity"),
    ("extra_points: .nan", "extra_points: 1.0", "expected points, 0 or more, got NaN"),
    ("extra_credit: maybe", "extra_credit: true", 'expected true or false without quotes, got "maybe"'),
    (
        "seconds_per_call: 30",
        "seconds_per_call: 5",
        "30 s is more than seconds_per_row, 20 s: raise that, or lower this",
    ),
    ("seconds_per_row: 900", "seconds_per_row: 20", "900 s is more than seconds_in_all, 300 s"),
    ("seconds_in_all: 3", "seconds_in_all: 300", "expected at least 5 s for a whole grading, got 3"),
    ("seconds_per_call: -5", "seconds_per_call: 5", "expected a positive number, got -5"),
    ("seconds_per_call: .nan", "seconds_per_call: 5", "expected a positive number, got nan"),
    ("memory_mb: 1", "memory_mb: 256", "expected at least 16, which numpy needs, got 1"),
    ("memory_mb: lots", "memory_mb: 256", 'expected an integer, got "lots"'),
    ("memory: 256", "memory_mb: 256", 'unknown key "memory", did you mean "memory_mb"?'),
    ("\tseed: 17", "seed: 17", "a tab stands here; indent with spaces"),
    ("seed: 'one", "seed: 17", "a quote is opened here and not closed"),
    (" seed: 17", "seed: 17", "this is not YAML"),
    (
        "pionts: 1.25",
        "points: 1.25",
        'unknown key "pionts", did you mean "points"?; allowed here: number, title, points',
    ),
    ("seeed: 891", "seed: 17", 'unknown key "seeed", did you mean "seed"?; allowed here: assignment, seed'),
    ("seconds_per_cal: 5", "seconds_per_call: 5", 'did you mean "seconds_per_call"?'),
    (
        "visibility: after_due",
        "visibility: after_due_date",
        '"after_due" is not allowed, did you mean "after_due_date"?; allowed: visible, hidden',
    ),
    ("graded: writen", "graded: written", '"writen" is not allowed, did you mean "written"?; allowed: spec, written'),
    ("number: 1.1", 'number: "1.1"', 'write the number in quotes: number: "1.1"'),
    ('number: "one"', 'number: "1.1"', 'expected a number such as "2" or "2.1a", got "one"'),
    ("points: plenty", "points: 0.5", "expected a number of points, such as 0.5"),
    ("points: -0.25", "points: 0.5", "expected points from 0 to 1000, got -0.25"),
    ("points: .nan", "points: 0.5", "expected points from 0 to 1000, got NaN"),
    (
        "points: 1.5",
        "points: 1.25",
        '"1 Averages" says 2.5, but its rows sum to 2.75: change points or the points of a row',
    ),
    ("extra_points: 0.25", "extra_points: 1.0", "says 0.25, but its extra-credit rows sum to 1"),
    ("seed: many", "seed: 17", 'expected an integer, got "many"'),
    ("memory_mb: 0", "memory_mb: 256", "expected a positive number, got 0"),
    ('number: "1.1"', 'number: "1.2"', 'duplicate row "1.1"'),
    ("seed: 1\nseed: 2", "seed: 17", 'duplicate key "seed"'),
    (
        "file: ../evil.py",
        "file: averages.py",
        'expected the name of a Python file such as "words.py", got "../evil.py"',
    ),
    ("seed: [", "seed: 17", "this is not YAML"),
    ("answer: a b", "answer: WHY_SORTED", 'a written row needs "answer"'),
    ("seed: null", "seed: 17", "expected an integer, got"),
    ('seed: "17"', "seed: 17", "expected an integer, got"),
    ("seed: 2024-11-05", "seed: 17", "YAML reads 2024-11-05 as a date: write it in quotes"),
    ("assignment:", "assignment: Practice, Averages and Searching", "expected a text, got nothing"),
    ("assignment: no", "assignment: Practice, Averages and Searching", "YAML reads no as true or false"),
    ("tags: sums\n        points: 1.25", "points: 1.25", 'expected a list, whose items begin with a dash, got "sums"'),
    ("seconds: 0\n        points: 1.25", "points: 1.25", "expected a positive number of seconds, got 0"),
    ("seconds: 301\n        points: 1.25", "points: 1.25", "301 s is more than limits.seconds_in_all, 300 s"),
    ("answer: MEAN\n        points: 1.25", "points: 1.25", 'only a written row has "answer"'),
    ("late: {penalty_per_day: 2}\nseed: 17", "seed: 17", "expected a share from 0 to 1, got 2"),
    ("late: {grace_minutes: 5}\nseed: 17", "seed: 17", 'the key "penalty_per_day" is missing'),
    ("gradescope: {python: 3.10}\nseed: 17", "seed: 17", 'write the version in quotes, such as "3.10"'),
    ('gradescope: {python: "three"}\nseed: 17', "seed: 17", 'expected a minor version such as "3.10", got "three"'),
    ("file: averages", "file: averages.py", 'expected the name of a Python file such as "words.py", got "averages"'),
    ("limits: 5\nlimit:", "limits:", "expected keys with values, indented below it"),
    ("hint: never\n        points: 1.25", "points: 1.25", 'expected true or false without quotes, got "never"'),
    ("title: Mean: of numbers", "title: Mean", 'a text with ": " in it must be in quotes'),
    ("{loose_credit: 0.5", "{loose_credit: 0.5}", "a bracket is opened here and not closed in the same line"),
    ("answer: class", "answer: WHY_SORTED", 'file, such as WHY, got "class"'),
    ("answer: a.WHY", "answer: WHY_SORTED", 'file, such as WHY, got "a.WHY"'),
    ("{loose_credit: *half}", "{loose_credit: 0.5}", "a text that begins with * must be in quotes"),
    ("file: Averages.py", "file: searching.py", "Averages.py and averages.py are one file on macOS and Windows"),
    ("\u00a0   rows:", "    rows:", "a blank that is no space stands at the beginning of the line"),
    ("questions: []\n", TEXT[TEXT.index("questions:") :], "questions: expected at least one question, got none"),
]
# What only a spec can say is wrong: its parameters, and whether there is one.
WRONG_FOR_A_SPEC = [
    ("callls: 5", "calls: 5", 'unknown parameter "callls", did you mean "calls"?; row 1.2 takes calls'),
    ("calls: 0", "calls: 5", "expected int >= 1, got 0"),
    ("calls: many", "calls: 5", 'expected an integer, got "many"'),
    ("hints: maybe", "hints: true", 'expected true or false, got "maybe"'),
    ("{loose_credit: 2}", "{loose_credit: 0.5}", "params.loose_credit: expected"),
    ("{}", "{loose_credit: 0.5}", 'row 2.1 needs the parameter "loose_credit" under params'),
    ('number: "1.4"', 'number: "1.3"', 'no spec in test_averages.py has @number("1.4")'),
    ("file: means.py", "file: averages.py", "test_means.py is not in specs/"),
]


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the small homework, whose rubric may be spoiled."""
    root = tmp_path_factory.mktemp("spoiled") / "practice"
    return Path(shutil.copytree(planted.ROOT, root, ignore=shutil.ignore_patterns("__pycache__", "submissions")))


@pytest.mark.parametrize("command", ["grade", "validate"])
def test_a_command_says_what_is_wrong_in_a_sentence_for_each_mistake(
    command: str, practice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = [str(practice / "reference")] if command == "grade" else []
    for wrong, right, says in (*WRONG, *WRONG_FOR_A_SPEC):
        (practice / "tests" / "rubric.yaml").write_text(TEXT.replace(right, wrong, 1), encoding="utf-8")
        code = main([command, "--assignment", str(practice), *folder])
        said = capsys.readouterr()
        assert code == 2, wrong
        assert says in said.err, wrong
        assert "Traceback" not in said.err, wrong
        assert said.out == "", wrong
        assert len(said.err.splitlines()) <= 4, said.err


@pytest.mark.parametrize(("wrong", "right", "says"), WRONG, ids=[wrong for wrong, _, _ in WRONG])
def test_a_wrong_rubric_is_refused(wrong: str, right: str, says: str) -> None:
    assert right in TEXT
    with pytest.raises(RubricError) as refusal:
        parse_rubric(TEXT.replace(right, wrong, 1), "tests/rubric.yaml")
    message = str(refusal.value)
    assert says in message
    assert message.startswith("tests/rubric.yaml, line ")


def test_the_line_is_the_line_of_the_key() -> None:
    with pytest.raises(RubricError) as refusal:
        parse_rubric(TEXT.replace("points: 1.25", "pionts: 1.25"), "tests/rubric.yaml")
    assert f"line {line_of('points: 1.25')}: questions[0].rows[1].pionts" in str(refusal.value)


def test_a_missing_key_is_named() -> None:
    with pytest.raises(
        RubricError, match=r'line 13: questions\[0\]: the key "file" is missing|the key "file" is missing'
    ):
        parse_rubric(TEXT.replace("    file: averages.py\n", "", 1))


@pytest.mark.parametrize("text", ["", "[]", "5", "a: &a [*a]", "questions: no"])
def test_something_that_is_no_rubric_is_refused(text: str) -> None:
    with pytest.raises(RubricError):
        parse_rubric(text)


def test_another_text_has_another_hash() -> None:
    assert parse_rubric(TEXT).hash != parse_rubric(TEXT + "\n# a comment\n").hash


def test_a_frozen_rubric_is_the_rubric_as_long_as_its_text_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "rubric.yaml"
    path.write_text((planted.ROOT / "tests" / "rubric.yaml").read_text())
    read = read_rubric(path, "name")
    kept = freeze(path)
    assert kept == tmp_path / "__pycache__" / "rubric.json"
    assert read_rubric(path, "name") == read
    kept.write_bytes(kept.read_bytes().replace(b'"seed":17', b'"seed":18'))
    assert read_rubric(path).rubric.seed == 18  # it is what is read
    path.write_text(path.read_text().replace("seed: 17", "seed: 19"))
    assert read_rubric(path).rubric.seed == 19  # but not for another text


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"text": 1}', b"\xff"])
def test_a_frozen_rubric_that_is_none_is_passed_over(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "rubric.yaml"
    path.write_text((planted.ROOT / "tests" / "rubric.yaml").read_text())
    freeze(path).write_bytes(content)
    assert read_rubric(path).rubric.seed == 17


def test_a_wrong_rubric_is_not_frozen(tmp_path: Path) -> None:
    path = tmp_path / "rubric.yaml"
    path.write_text("seed: []")
    with pytest.raises(RubricError):
        freeze(path)
    assert not (tmp_path / "__pycache__").exists()


def test_every_mistake_is_told() -> None:
    text = (
        TEXT.replace("seed: 17", "seed: many")
        .replace("memory_mb: 256", "memory: 256")
        .replace("points: 1.25", "pionts: 1.25")
        .replace("assignment:", "called:")
    )
    with pytest.raises(RubricError) as refusal:
        parse_rubric(text, "tests/rubric.yaml")
    said = str(refusal.value).splitlines()
    assert [line for line in said if "seed" in line and "an integer" in line]
    assert [line for line in said if '"memory"' in line]
    assert [line for line in said if '"pionts", did you mean "points"?' in line]
    assert not [
        line for line in said if '"memory_mb" is missing' in line or '"points" is missing' in line
    ]  # told above
    assert [line for line in said if '"assignment" is missing' in line]
    assert all(line.startswith("tests/rubric.yaml, line ") for line in said)
    again = TEXT.replace("points: 1.25", "points: 1.5").replace('number: "1.1"', 'number: "1.2"')
    with pytest.raises(RubricError) as refusal:
        parse_rubric(again)
    assert "duplicate row" in str(refusal.value)
    assert "sum to" in str(refusal.value)


def test_an_open_quote_is_named_where_it_begins() -> None:
    with pytest.raises(RubricError, match=rf"line {line_of('seed: 17')}: .*a quote is opened here"):
        parse_rubric(TEXT.replace("seed: 17", 'seed: "17'), "r")


def test_marks_of_other_editors_are_nothing_to_mend() -> None:
    assert parse_rubric("\ufeff" + TEXT).rubric == parse_rubric(TEXT).rubric
    assert parse_rubric(TEXT.replace("\n", "\r\n")).rubric == parse_rubric(TEXT).rubric


def test_aliases_of_aliases_end_soon() -> None:
    bomb = "a0: &a0 [1, 1]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
    with pytest.raises(RubricError, match="refers to itself, or is nested too deeply"):
        parse_rubric(bomb)
