"""Values in a check of plain style are what they would be if it had imported the submission; so are the verdicts.

Each check is run twice, over an import of the code and through a worker: both must pass, or both must fail.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.assignment.frozen import parse_rubric
from autograder.assignment.link import link
from autograder.assignment.load import AbsentReference, Assignment
from autograder.assignment.own_modules import PACKAGES, claim
from autograder.core.outcome import Mark, Outcome
from autograder.core.submission import read_submission
from autograder.gradescope.results import check_results, results
from autograder.grading.grader import Grading
from tests.autograder import planted

CODE = """
import numpy as np

def three(): return np.int64(3)
def zero_d(): return np.array(3)
def half(): return np.float64(0.5)
def half_0d(): return np.array(0.5)
def tenth(): return np.float32(0.1)
def unsigned(): return np.uint8(200)
def yes(): return np.bool_(True)
def no(): return np.array(False)
def big(): return np.int64(2) ** np.int64(62)
def vector(): return np.array([1.0, -2.0, 3.0])
def whole(): return np.array([3, 1, 2])
def flags(): return np.array([True, False])
def matrix(): return np.array([[1, 2], [3, 4]])
def single(): return np.float32([0.25, 0.75])
def empty(): return np.array([])
def z(): return np.complex128(1 + 2j)
def long(): return np.longdouble("0.5")
def words(): return np.array("left")
def of_arrays(): return {"W": np.eye(2), "b": np.zeros(2), "n": np.int64(4), "ok": np.bool_(True)}
def pair(): return np.float64(1.5), np.array([1, 2])
def listed(): return [np.int64(1), np.float64(2.0), np.bool_(False)]
def inf(): return np.inf * np.float64(-1)
def nan(): return np.float64("nan")
def echo(x): return x
def scaled(x, factor=1): return x * factor
def kind(x): return type(x).__name__
def raises(what): raise {"v": ValueError, "t": TypeError, "k": KeyError, "z": ZeroDivisionError}[what]("said")
"""
CHECKS = [
    "three() == 3",
    "3 == three()",
    "three() != 4",
    "not three() == 4",
    "isinstance(half(), float)",
    "f'{half():.3f}' == '0.500'",
    "f'{three()}' == '3'",
    "f'{three():d}' == '3'",
    "str(half()) == '0.5'",
    "round(half() + 1, 1) == 1.5",
    "round(half_0d()[()], 1) == 0.5",
    "half() in (0.5, 1)",
    "0.5 in [half()]",
    "three() in {3: 'x'}",
    "{3: 'x'}[three()] == 'x'",
    "[0, 1, 2, 9][three()] == 9",
    "list(range(three())) == [0, 1, 2]",
    "'ab' * three() == 'ababab'",
    "three() < 4 <= three() + 1",
    "abs(-three()) == 3",
    "divmod(three(), 2) == (1, 1)",
    "three() // 2 == 1 and three() % 2 == 1 and three() ** 2 == 9",
    "2 ** three() == 8",
    "math.sqrt(half() * 2) == 1",
    "math.isclose(tenth(), 0.1, rel_tol=1e-6)",
    "tenth() == np.float32(0.1)",
    "abs(tenth() - 0.1) < 1e-6",
    "unsigned() == 200",
    "zero_d() == 3",
    "zero_d() + 1 == 4",
    "int(zero_d()) == 3",
    "np.shape(zero_d()) == ()",
    "f'{half_0d():.1f}' == '0.5'",
    "float(half_0d()) == 0.5",
    "yes() == True",
    "not no()",
    "bool(yes()) is True",
    "yes() and not no()",
    "big() == 2**62",
    "half().shape == ()",
    "half().item() == 0.5",
    "half().dtype == np.float64",
    "isinstance(half(), np.floating)",
    "np.isnan(nan()) and nan() != nan()",
    "inf() == -np.inf",
    "z() == 1 + 2j and abs(z()) > 2 and z().real == 1",
    "long() == 0.5",
    "str(words()) == 'left'",
    "(vector() == [1, -2, 3]).all()",
    "list(vector()) == [1, -2, 3]",
    "vector().tolist() == [1, -2, 3]",
    "all(a == b for a, b in zip(vector(), [1, -2, 3]))",
    "np.array_equal(vector(), [1, -2, 3])",
    "sum(vector()) == 2",
    "vector().sum() == 2 and vector().mean() == 2 / 3",
    "sorted(whole()) == [1, 2, 3]",
    "max(map(abs, vector())) == 3",
    "max(vector()) == 3 and min(vector()) == -2",
    "len(vector()) == 3 and np.shape(vector()) == (3,) and vector().shape == (3,)",
    "vector()[1] == -2 and vector()[-1] == 3 and list(vector()[1:]) == [-2, 3]",
    "3 in vector() and 7 not in vector()",
    "[*reversed(vector())] == [3, -2, 1]",
    "isinstance(vector(), np.ndarray)",
    "vector().dtype == float and whole().dtype.kind == 'i'",
    "np.testing.assert_array_less(vector(), 10) is None",
    "np.testing.assert_allclose(vector(), [1, -2, 3]) is None",
    "np.testing.assert_array_equal(flags(), [True, False]) is None",
    "np.allclose(vector(), (1, -2, 3))",
    "(vector() > 0).sum() == 2",
    "np.linalg.norm(single()) < 1",
    "(2 * vector() - vector() / 1)[0] == 1",
    "flags().any() and not flags().all()",
    "[bool(x) for x in flags()] == [True, False]",
    "[int(x) for x in whole()] == [3, 1, 2]",
    "(matrix() @ matrix()).tolist() == [[7, 10], [15, 22]]",
    "matrix()[1, 0] == 3 and matrix()[:, 1].tolist() == [2, 4] and matrix().T[0, 1] == 3",
    "[row.sum() for row in matrix()] == [3, 7]",
    "matrix().reshape(-1).tolist() == [1, 2, 3, 4]",
    "len(empty()) == 0 and empty().size == 0",
    "set(of_arrays()) == {'W', 'b', 'n', 'ok'}",
    "of_arrays()['n'] == 4 and of_arrays()['ok'] == True",
    "(of_arrays()['W'] == np.eye(2)).all()",
    "of_arrays()['W'].shape == (2, 2) and 'b' in of_arrays()",
    "all(np.isfinite(v).all() for v in of_arrays().values())",
    "pair()[0] == 1.5 and pair()[1].tolist() == [1, 2] and isinstance(pair(), tuple)",
    "listed() == [1, 2.0, False]",
    "json.dumps(float(half())) == '0.5'",
    "echo(np.array([1.0, 2.0])).tolist() == [1, 2]",
    "echo(np.float64(0.1)) == 0.1",
    "kind(np.float32(1)) == 'float32' and kind(np.eye(2)) == 'ndarray' and kind([1]) == 'list'",
    "echo(vector()).tolist() == vector().tolist()",
    "echo(None) is None and echo((1, 'a')) == (1, 'a') and echo({'a': [1]}) == {'a': [1]}",
    "scaled(2, factor=3) == 6 and scaled(x=2) == 2 and scaled(np.ones(2), factor=2).sum() == 4",
    "pytest.approx(half()) == 0.5 and vector() == pytest.approx([1, -2, 3])",
    # wrong ones, which must fail both ways
    "three() == 4",
    "(vector() == 1).all()",
    "yes() == False",
    "half() > 1",
    "np.testing.assert_allclose(vector(), [1, 2, 3]) is None",
    "'left' == half()",
]
MERCIES = [
    "yes() is True",
    "no() is False",
    "isinstance(three(), int)",
    "isinstance(yes(), bool)",
    "round(half_0d()) == 0",
]
METHODS = [
    'self.assertEqual(self.f("three")(), 3)',
    'self.assertAlmostEqual(self.f("tenth")(), 0.1, places=6)',
    'self.assertTrue(self.f("yes")())',
    'self.assertIn(3, self.f("whole")())',
    'self.assertListEqual(list(self.f("whole")()), [3, 1, 2])',
    'self.assertIsInstance(self.f("half")(), float)',
    'self.assertIsInstance(self.f("three")(), int)',
    'self.assertIs(self.f("yes")(), True)',
    'self.assertGreater(self.f("three")(), 2)',
    'self.assertRaises(ValueError, self.f("raises"), "v")',
    'self.assertRaises(KeyError, self.f("raises"), "k")',
    'with self.assertRaisesRegex(ZeroDivisionError, "said"): self.f("raises")("z")',
    'self.assertSequenceEqual(self.f("pair")()[1].tolist(), [1, 2])',
    'self.assertDictEqual({k: v.tolist() for k, v in self.f("of_arrays")().items() if k in "Wb"}, '
    '{"W": [[1, 0], [0, 1]], "b": [0, 0]})',
]
NAMES = [line.split("(")[0][4:] for line in CODE.splitlines() if line.startswith("def ")]
RUBRIC = """
assignment: Plain style
seed: 1
limits: {seconds_per_call: 5, seconds_per_row: 20, seconds_in_all: 60, memory_mb: 512}
questions: [{title: Values, file: values.py, points: 0, rows: []}]
"""
HEAD = """
import json, math, unittest
import numpy as np, pytest
from gradescope_utils.autograder_utils.decorators import leaderboard, number, partial_credit, weight
"""


@pytest.fixture(autouse=True)
def modules() -> Iterator[None]:
    """Leaves the practice homework's modules as they were."""
    own = {name: one for name, one in sys.modules.items() if name.partition(".")[0] in PACKAGES}
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] in PACKAGES]:
        del sys.modules[name]
    sys.modules.update(own)


def graded(tmp_path: Path, suite: str, code: str = CODE, solution: str | None = None) -> list[Mark]:
    """The marks of a suite in plain style, in its order."""
    specs, submission = tmp_path / "tests" / "specs", tmp_path / "submission"
    for folder in (specs, submission, tmp_path / "reference"):
        folder.mkdir(parents=True, exist_ok=True)
    (specs / "test_values.py").write_text(HEAD + suite)
    (submission / "values.py").write_text(code)
    if solution is not None:
        (tmp_path / "reference" / "values.py").write_text(solution)
    read = parse_rubric(RUBRIC)
    claim(tmp_path)
    assignment = Assignment(read, link(read, specs), AbsentReference(), tmp_path)
    start = planted.jail().start
    report = Grading(assignment, read_submission(submission, ["values.py"]), seed="1", start=start).run()
    check_results(results(report))
    return list(report.marks)


def functions(bodies: list[str], ask: str = "    {name} = student.function({name!r})\n") -> str:
    """A check for each body."""
    asks = "".join(ask.format(name=name) for name in NAMES)
    return "".join(
        f"\n@number('1.{i}')\n@weight(1)\ndef test_{i}(student):\n{asks}    {body}\n" for i, body in enumerate(bodies)
    )


def test_a_check_decides_as_if_it_had_imported_the_submission(tmp_path: Path) -> None:
    module = types.ModuleType("values")
    exec(CODE, module.__dict__)
    exec(HEAD, module.__dict__)

    def passes(check: str) -> bool:
        try:
            return bool(eval(check, module.__dict__))
        except AssertionError:
            return False

    expected = [passes(check) for check in CHECKS]
    assert expected.count(False) == 6, "the checks themselves are as they say"
    marks = graded(tmp_path, functions([f"assert {check}" for check in CHECKS]))
    found = {check: mark.outcome for check, mark in zip(CHECKS, marks, strict=True)}
    words = {True: Outcome.PASSED, False: Outcome.FAILED}
    assert found == {check: words[one] for check, one in zip(CHECKS, expected, strict=True)}


def test_numbers_and_truth_values_are_pythons_where_numpy_would_be_pedantic(tmp_path: Path) -> None:
    marks = graded(tmp_path, functions([f"assert {check}" for check in MERCIES]))
    assert [mark.outcome for mark in marks] == [Outcome.PASSED] * len(MERCIES)


def test_methods_of_a_test_case(tmp_path: Path) -> None:
    suite = "\nclass TestValues(unittest.TestCase):\n    def f(self, name): return self.student.function(name)\n"
    for i, body in enumerate(METHODS):
        suite += f"\n    @number('1.{i}')\n    @weight(1)\n    def test_{i}(self):\n        {body}\n"
    marks = graded(tmp_path, suite)
    assert {body: mark.outcome for body, mark in zip(METHODS, marks, strict=True)} == dict.fromkeys(
        METHODS, Outcome.PASSED
    )


def test_scores_and_columns_may_be_numpys(tmp_path: Path) -> None:
    suite = """
@number("1.1")
@partial_credit(4)
def test_part(student, set_score=None):
    set_score(student.function("three")() * student.function("half")())

@number("1.2")
@leaderboard("column")
def test_column(student, set_leaderboard_value=None):
    set_leaderboard_value(student.function("vector")().mean())
"""
    part, column = graded(tmp_path, suite)
    assert (part.points, column.outcome) == (1.5, Outcome.PASSED)


WRONG_VALUES = ["None", "'abc'", "{}", "[]", "object()", "np.array(['a'])", "(1, None)", "'3'", "{'x': 1}", "np.eye(3)"]
OVER_THEM = [
    "assert f() + 1 == 4",
    "assert abs(f() - 3) < 1e-9",
    "assert round(f(), 2) == 3",
    "assert math.isclose(f(), 3)",
    "assert f'{f():.2f}' == '3.00'",
    "assert f() > 2.5 and f() < 3.5",
    "assert -f() == -3",
    "x = f()\n    y = x * 2\n    assert y - 6 == 0",
    "np.testing.assert_allclose(f(), 3)",
    "assert float(f()) == 3",
    "assert {3: True}[f()]",
    "assert f().is_integer()",
]


@pytest.mark.parametrize("solution", ["def f(): return 3.0", None], ids=["with the solution", "at home"])
@pytest.mark.parametrize("value", WRONG_VALUES)
def test_a_value_of_the_wrong_kind_is_theirs(value: str, solution: str | None, tmp_path: Path) -> None:
    suite = functions(OVER_THEM, "").replace("(student):\n", "(student):\n    f = student.function('f')\n")
    marks = graded(tmp_path, suite, f"import numpy as np\ndef f(): return {value}", solution)
    for check, mark in zip(OVER_THEM, marks, strict=True):
        assert mark.outcome in (Outcome.FAILED, Outcome.PASSED), (check, mark.staff)
    assert {mark.outcome for mark in marks} >= {Outcome.FAILED}
    told = [mark for mark in marks if "f(...) returned " in mark.feedback]
    assert told, [mark.feedback for mark in marks]
    assert all("what this check can work with" in mark.feedback and "Traceback" in mark.staff for mark in told)


BUGS = [
    "assert f() == 3 + None",
    "assert f() == undefined",
    "assert f() == {}['x']",
    "assert f() == [][0]",
    "assert f() == 1 / 0",
    "x = f()\n    x.no_such_method()",
    "assert len(f()) == 3",
    "assert f(object()) == 3",
    "assert int('abc') == f()",
    "raise RuntimeError('mine')",
    "import no_such_module",
]


@pytest.mark.parametrize("value", ["3.0", "None"])
def test_a_mistake_in_the_check_is_not_theirs(value: str, tmp_path: Path) -> None:
    suite = functions(BUGS, "").replace("(student):\n", "(student):\n    f = student.function('f')\n")
    code = f"import numpy as np\ndef f(*x): return {value}"
    marks = graded(tmp_path, suite, code, "def f(*x): return 3.0")
    assert {check: mark.outcome for check, mark in zip(BUGS, marks, strict=True)} == dict.fromkeys(
        BUGS, Outcome.INTERNAL
    )
    assert all("returned" not in mark.feedback for mark in marks)


def test_at_home_a_number_beside_none_is_not_theirs(tmp_path: Path) -> None:
    bugs = ["assert f() == 3 + None", "assert 'a' + 1 == f()", "None.shape", "assert f() + None"]
    suite = functions(bugs, "").replace("(student):\n", "(student):\n    f = student.function('f')\n")
    marks = graded(tmp_path, suite, "def f(): return 3.0")
    assert [mark.outcome for mark in marks] == [Outcome.INTERNAL] * len(bugs)


def test_a_bug_leaves_no_trace_of_the_solution(tmp_path: Path) -> None:
    """The check runs again over the solution: its score, its draws and what it prints are not the student's."""
    suite = """
@number("1.1")
@partial_credit(4)
def test_part(student, draw, set_score=None):
    f = student.function("f")
    set_score(f(draw.random()) and 1 or 3)
    print("secret", f(1) + 1)
"""
    marks: list[Any] = graded(tmp_path, suite, "def f(x): return None", "def f(x): print('secret'); return x")
    assert [(mark.outcome, mark.points) for mark in marks] == [(Outcome.PARTIAL, 3)]
    assert "None (is a `return` missing?)" in marks[0].feedback
    assert "secret" not in marks[0].feedback
