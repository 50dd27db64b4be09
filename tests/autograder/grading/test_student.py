"""The seam: every way in which an answer does not come has its own word and its own sentence."""

from __future__ import annotations

import math
import time

import pytest

from autograder.grading.faults import Crashed, Fault, Killed, Missing, TimedOut, Unanswered
from autograder.sandbox.values import Other, Record, float64_array
from tests.autograder.students import student


def fault(text: str | None, call: float = 5, **others: str) -> Fault:
    with student(text, call, **others) as seam, pytest.raises(Fault) as caught:
        seam.call("f")
    return caught.value


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        (None, Missing, "answers.py is not in the submission. Hand in a file of exactly this name."),
        ("def g(): ...", Missing, "answers.py has no function f. Use the name from the template."),
        ("def ff(): ...", Missing, "answers.py has no function f. Did you rename it to ff? Use the name from"),
        ("f = 3", Missing, "f(...): expected a function, but it is an int: write def f(...): in its place."),
        ("def f(): raise NotImplementedError('1')", Unanswered, "f(...): not answered yet."),
        ("def f(): return 1 / 0", Crashed, "f(...) raised ZeroDivisionError: division by zero"),
        ("def f(: pass", Crashed, "loading answers.py raised SyntaxError"),
        ("f = [][1]", Crashed, "f (answers.py, line 1) raised IndexError: list index out of range"),
        (
            "def f(): exit(3)",
            Killed,
            "f(...): line 1, exit(3), ends the program: remove it; a function ends with return.",
        ),
        (
            "def f(): import os; os._exit(1)",
            Killed,
            "your code's process ended unexpectedly (exit status 1); no value was returned.",
        ),
        ("def f(): return bytearray(1 << 30)", Killed, "f(...): out of memory: used more than 128 MB."),
        ("def f(): return f()", Crashed, "RecursionError"),
        ("def f(x): return x", Crashed, "missing 1 required positional argument"),
        (
            "class E(Exception):\n  def __str__(self): raise E\ndef f(): raise E",
            Crashed,
            "its message could not be made",
        ),
        ("def f(): return 'x' * (1 << 22)", None, ""),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else None,
)
def test_what_can_go_wrong(text: str | None, kind: type[Fault] | None, says: str) -> None:
    if kind is None:
        with student(text) as seam:
            assert len(seam.call("f")) == 64 << 10  # a long text is cut, not refused
        return
    found = fault(text)
    assert type(found) is kind
    assert says in found.feedback


def test_only_the_students_own_frames_are_shown() -> None:
    found = fault("import json\n\ndef f():\n    return json.loads('{')\n")
    assert "answers.py, line 4, in f: return json.loads('{')" in found.feedback
    assert "decoder.py" not in found.feedback
    assert "worker.py" not in found.feedback


def test_a_call_that_never_ends_costs_its_own_row_only() -> None:
    with student("def f():\n    while True: pass\ndef g(): return 1", call=0.5) as seam:
        with pytest.raises(TimedOut, match=r"f\(\.\.\.\): no answer within 0\.5 s"):
            seam.call("f")
        assert seam.call("g") == 1  # a new process


def test_a_row_has_a_limit_for_all_its_calls() -> None:
    with student("import time\ndef f(): time.sleep(0.3)", row=1.0) as seam:
        values = list(seam.call_each("f", [()] * 10))
    assert isinstance(values[-1], TimedOut)
    assert "the calls of this row took more than 1 s together" in values[-1].feedback
    assert values[0] is None


def test_a_file_that_does_not_load_is_run_once() -> None:
    with student("import time\ntime.sleep(60)", call=0.5) as seam:
        began = time.monotonic()
        for _ in range(5):
            with pytest.raises(
                TimedOut, match=r"answers\.py took more than 0\.5 s to load: move slow code and loops out"
            ):
                seam.call("f")
        assert time.monotonic() - began < 2.5


def test_each_call_gets_arguments_of_its_own() -> None:
    text = "def f(s):\n    s.x[0] += 1\n    s.extra = 1\n    return [float(s.x[0]), s.x.dtype.name]"
    record = Record({"x": float64_array([1.0])})
    with student(text) as seam:
        assert seam.call_many("f", [(record,), (record,)]) == [[2.0, "float64"]] * 2


RECORDS = (3, Record({"x": float64_array([1.0, math.nan]), "n": 2}), Record({"y": float64_array([1.0])}))


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ("return s.x[0] * bar.y[0]", []),
        ("s.x[0] *= 2; return 0", [(1, "x")]),
        ("s.x[1] = 0; s.n = 3; bar.y *= 2; return 0", [(1, "x"), (1, "n"), (2, "y")]),
        ("s.x = s.x.copy(); bar.z = 1; return 0", []),
        ("del bar.y; s.x = s.x[:1]; s.n = True", [(1, "x"), (1, "n"), (2, "y")]),
        ("s.x = [1.0]; bar.y.shape = (1, 1)", [(1, "x"), (2, "y")]),
        ("s.x[0] = 2; raise ValueError", []),
        ("s.x[0] = 2; raise SystemExit", []),
    ],
)
def test_what_a_function_changes_in_place(body: str, changed: list[tuple[int, str]]) -> None:
    with student(f"def f(n, s, bar): {body}") as seam:
        assert seam.changes("f", *RECORDS) == changed
        if "raise" not in body:
            assert seam.changes("f", *RECORDS) == changed


@pytest.mark.parametrize("told", ["[[1, 'x']] * 10**6", "[[1, 'q'], [9, 'x'], ['1', 'x'], [[1, 'x']]]", "{1: 'x'}"])
def test_only_names_of_ours_are_said_to_be_changed(told: str) -> None:
    """A process that answers for the worker, about what was not asked or far too much of it."""
    forged = f"import autograder.sandbox.worker as w\nw._changes = lambda *_: {told}\ndef f(*_): return 0"
    with student(forged) as seam:
        assert seam.changes("f", *RECORDS) == []


def test_one_failed_call_does_not_hide_the_others() -> None:
    with student("def f(x): return 1 / x") as seam:
        values = list(seam.call_each("f", [(1,), (0,), (2,)]))
    assert (values[0], type(values[1]), values[2]) == (1.0, Crashed, 0.5)


def test_a_constant_and_an_empty_one() -> None:
    with student("A = ' left '\nB = ''") as seam:
        assert seam.text("A") == "left"
        with pytest.raises(Unanswered, match="B is empty"):
            seam.text("B")


def test_a_function_to_call_as_if_imported() -> None:
    with student("def f(a, b): return a + b") as seam:
        f = seam.function("f")
        assert (f(1, 2), f.__name__) == (3, "f")
        with pytest.raises(Crashed):
            f(1, "2")


def test_control_characters_in_an_exception_do_not_reach_the_page() -> None:
    found = fault("def f(): raise ValueError('\\x1b[31m<b>\\u202e' + 'x' * 10**6)")
    assert "\x1b" not in found.feedback
    assert "\u202e" not in found.feedback
    assert len(found.feedback) < 2_000


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("def f(): return [[0.5] * 1_000] * 1_000", "structure that is too large"),
        ("def f(): return [0] * 100_000", "list of 100,000 items"),
        ("def f(): return dict.fromkeys(range(2_000))", "dict of 2,000 keys"),
        ("import numpy as np\ndef f(): return np.ones(100_000)", "array of float64 with 100,000 items"),
        ("import numpy as np\ndef f(): return np.ones(1_000_000)", "array of float64 with 1000000 items"),
        ("def f(): return {object()}", "set with object in it that does not cross"),
        ("def f(): return set(range(20_000))", "set of 20,000 items"),
        ("def f(): return {(i, i) for i in range(2_000)}", "set of 2,000 items"),
        ("def f(): return {1 << 70}", "set with int in it that does not cross"),
        ("def f(): return bytes(70_000)", "bytes of 70,000 items"),
    ],
)
def test_an_answer_that_does_not_cross_is_named(text: str, kind: str) -> None:
    with student(text) as one:
        assert one.call("f") == Other(kind)


PLAIN = [
    "{1, 2}",
    "set()",
    "frozenset({'a', ('b', 1)})",
    "{frozenset({1, 2}), None, 1.5, True, b'x'}",
    "set(range(2_000))",
    "{1: 2, (3, 4): [5], None: {6}, 1.5: (7,), 'w': 8, False: b'', b'k': 9}",
    "{(0, (1, 2)): {}}",
    "b'bytes'",
    "[1, (2,), {3: (4, [5])}]",
    "1j",
]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_values_come_back_as_what_they_are(text: str) -> None:
    with student(f"def f(): return {text}\ndef g(x): return x") as one:
        value = eval(text)
        for came in (one.call("f"), one.call("g", value)):
            assert came == value
            assert type(came) is type(value)
        assert repr(one.call("f")) == repr(value) or isinstance(value, (set, frozenset, dict))


def test_numbers_of_numpy_are_keys_and_stand_in_sets() -> None:
    with student("import numpy as np\ndef f(): return {np.int64(1): {np.float64(2.5), np.str_('a')}}") as one:
        assert one.call("f") == {1: {2.5, "a"}}


def test_a_key_that_does_not_cross_is_named() -> None:
    with student("class K: pass\ndef f(): return {1: 2, K(): 3, 1 << 70: 4, float('inf'): 5}") as one:
        keys = {1: 2, "a key of type K": 3, "a key of type int": 4, "a key of type float": 5}
        assert one.call("f") == keys
