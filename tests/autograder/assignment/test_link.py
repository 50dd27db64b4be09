"""Loading and linking specs: what an instructor may write, and the sentence for what he may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.assignment.frozen import parse_rubric
from autograder.assignment.link import Check, SpecError, link, refuse_submission_imports
from autograder.assignment.rubric import RubricError
from tests.autograder.planted import ROOT
from tests.autograder.program import python

RUBRIC = """
assignment: A small one
seed: 1
limits: {seconds_per_call: 5, seconds_per_row: 20, seconds_in_all: 60, memory_mb: 256}
questions:
  - title: Only question
    file: calculator.py
    points: 2
    rows:
      - {number: "1", title: Adds, points: 2, visibility: hidden, tags: [sum], params: {times: 3}}
"""
SPEC = """
from gradescope_utils.autograder_utils.decorators import number
from autograder.api import Count, credit, credited_by

@number("1")
@credited_by(credit.all_or_nothing, times=Count)
def test_adds(student, award, params):
    award.found({"right": student.call_many("add", [(1, 2)] * params.times) == [3] * params.times})
"""


def linked(tmp_path: Path, spec: str = SPEC, rubric: str = RUBRIC):
    (tmp_path / "test_calculator.py").write_text(spec)
    return link(parse_rubric(rubric, "rubric.yaml"), tmp_path)


def test_the_rows_points_and_visibility_stand_on_the_function(tmp_path: Path) -> None:
    (row,) = linked(tmp_path)
    function = row.check.function
    assert (function.__weight__, function.__visibility__, function.__tags__) == (2.0, "hidden", ("sum",))
    assert row.params.times == 3


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ("tmies: 3", "times: 3", 'unknown parameter "tmies", did you mean "times"?; row 1 takes times'),
        ("{}", "{times: 3}", 'row 1 needs the parameter "times" under params'),
        ("{times: 0}", "{times: 3}", "params.times: expected int >= 1, got 0"),
        ("{times: many}", "{times: 3}", 'params.times: expected an integer, got "many"'),
        ("{times: yes}", "{times: 3}", "params.times: expected an integer, got true"),
        ("{times: [3]}", "{times: 3}", "params.times: expected an integer, got a list"),
        ("{times: }", "{times: 3}", "params.times: expected an integer, got nothing"),
        ('number: "2"', 'number: "1"', 'no spec in test_calculator.py has @number("2")'),
    ],
)
def test_a_rubric_that_does_not_fit_its_spec(tmp_path: Path, wrong: str, right: str, says: str) -> None:
    with pytest.raises(RubricError) as refusal:
        linked(tmp_path, rubric=RUBRIC.replace(right, wrong))
    assert says in str(refusal.value)
    assert "rubric.yaml, line 10" in str(refusal.value)


WORDED = SPEC.replace("import Count", "import Count, Points, StepAtZero").replace(
    "times=Count", "times=Count, step=StepAtZero, each=Points, names=tuple[StepAtZero, ...]"
)


def test_every_mistake_in_the_parameters_is_told_with_what_is_allowed(tmp_path: Path) -> None:
    wrong = "{times: many, step: strikt, eech: 1, names: [either, inclusiv], more: 1}"
    with pytest.raises(RubricError) as refusal:
        linked(tmp_path, WORDED, RUBRIC.replace("{times: 3}", wrong))
    said = [line.partition("questions[0].rows[0]")[2] for line in str(refusal.value).splitlines()]
    assert said == [
        '.params.times: expected an integer, got "many"',
        '.params.step: "strikt" is not allowed, did you mean "strict"?; allowed: either, strict, inclusive',
        '.params.eech: unknown parameter "eech", did you mean "each"?; row 1 takes times, step, each, names',
        '.params.names[1]: "inclusiv" is not allowed, did you mean "inclusive"?; allowed: either, strict, inclusive',
        '.params.more: unknown parameter "more"; row 1 takes times, step, each, names',
        ': row 1 needs the parameter "each" under params',
    ]
    assert all(line.startswith("rubric.yaml, line 10: ") for line in str(refusal.value).splitlines())


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        (
            "(student, award, parms)",
            "(student, award, params)",
            '"parms", did you mean "params"?; it may ask for student, award',
        ),
        (
            "import calculator\n",
            "from autograder.api import Count, credit, credited_by\n",
            "may not import calculator: it is the student's",
        ),
    ],
)
def test_a_spec_that_does_not_fit(tmp_path: Path, wrong: str, right: str, says: str) -> None:
    with pytest.raises((SpecError, RubricError)) as refusal:
        linked(tmp_path, SPEC.replace(right, wrong if "import" not in wrong else wrong + right))
    assert says in str(refusal.value)


def test_two_specs_with_one_number(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r'test_again and test_adds both have @number\("1"\)'):
        linked(tmp_path, SPEC + SPEC.replace("test_adds", "test_again"))


def test_a_question_without_a_spec_file(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"test_calculator\.py is not in"):
        link(parse_rubric(RUBRIC), tmp_path)


def test_a_check_with_a_weight_of_its_own_becomes_a_row(tmp_path: Path) -> None:
    own = """
from gradescope_utils.autograder_utils.decorators import visibility, weight

@number("1.9")
@weight(0.5)
@visibility("after_published")
def test_extra(student):
    \"\"\"An extra check\"\"\"
    assert student.function("add")(1, 1) == 2
"""
    _, extra = linked(tmp_path, SPEC + own)
    assert (extra.row.number, extra.row.title, float(extra.row.worth)) == ("1.9", "An extra check", 0.5)
    assert extra.row.visibility == "after_published"


def test_an_import_inside_a_spec_fails_with_the_same_sentence(assignment) -> None:
    refuse_submission_imports(
        assignment.rubric_file
    )  # the newest rubric's files count; another test may have linked its own
    with pytest.raises(SpecError, match=r"student\.function"):
        __import__("averages")


def test_the_fixtures_of_a_decorated_function_are_its_own() -> None:
    from gradescope_utils.autograder_utils.decorators import partial_credit

    @partial_credit(2)
    def test_part(student, set_score=None): ...

    assert Check(test_part, "test_part").fixtures == ("student",)


def test_linking_the_assignment_imports_no_pytest_and_no_torch() -> None:
    program = (
        "import sys, pathlib; from autograder.assignment.load import load_assignment;"
        "load_assignment(pathlib.Path(sys.argv[1]));"
        "print(sorted({'pytest', '_pytest', 'torch', 'numpy', 'rich'} & set(sys.modules)))"
    )
    assert python(program, ROOT).stdout.strip() == "[]"
