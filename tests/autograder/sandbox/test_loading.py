"""One slip costs one row: files with a statement that raises, and what becomes of each of their names."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from autograder.grading.coerce import Unreadable
from autograder.grading.faults import Crashed, Fault, Killed, Missing, TimedOut, Unanswered
from autograder.grading.student import Student
from autograder.sandbox import literals, loading
from tests.autograder.conftest import Seam

STUB = "def f():\n    raise NotImplementedError\n"

# source -> (name -> the value, or the fault and what it says), and what every row of the file is told
FILES: dict[str, tuple[str, dict[str, Any], str]] = {
    "a failing assert in the last line": (
        "def f(): return 1\nA = 'x'\nassert f() == 2, 'not two'\n",
        {"f": 1, "A": "x"},
        "answers.py, line 3 was skipped, since it raised AssertionError: not two.",
    ),
    "a package that is not there, below everything": (
        "A = 'x'\nimport no_such_package\n",
        {"A": "x"},
        "answers.py, line 2 was skipped: there is no no_such_package.py among your files, and no module"
        " no_such_package on Gradescope. Add no_such_package.py, or remove line 2.",
    ),
    "a package that is not there, above everything": (
        "import no_such_package as plt\ndef f(): return 1\ndef g(): return plt.x\n",
        {"f": 1, "g": (Crashed, "name 'plt' is not defined")},
        "line 1 was skipped",
    ),
    "a word without quotes": (
        "A = ''\nA = left\nB = 'x'\n",
        {"A": (Crashed, "A (answers.py, line 2) raised NameError: name 'left' is not defined"), "B": "x"},
        "line 2 was skipped",
    ),
    "a bound without quotes": (
        "A = O(d)\nB = 'x'\n",
        {"A": (Crashed, 'put it in quotes: A = r"..."'), "B": "x"},
        "line 1 was skipped",
    ),
    "an earlier value stands": ("A = 'old'\nA = 'new' + 1\n", {"A": (Crashed, "line 2")}, "TypeError"),
    "a later one is bound": ("A = left\nA = 'left'\n", {"A": "left"}, "line 1 was skipped"),
    "a later one is bound if it comes to that": (
        "A = 'old'\nA = left\nif 2 < 1:\n    A = 'no'\nB = left\nif 1 < 2:\n    B = 'yes'\n",
        {"A": (Crashed, "line 2"), "B": "yes"},
        "line 5 was skipped",
    ),
    "a stub that was tried out": (
        f"{STUB}print(f())\ndef g(): return 1\nB = f()\n",
        {
            "g": 1,
            "f": (Unanswered, "not answered yet"),
            "B": (Crashed, "B (answers.py, line 5) raised NotImplementedError"),
        },
        "answers.py, line 3 was skipped, since it raised NotImplementedError.",
    ),
    "exit in the middle": (
        "A = 'x'\nexit(3)\nB = 'y'\ndef f(): return 1\n",
        {
            "A": "x",
            "B": (Killed, "B (answers.py, line 2): line 2, exit(3), ends the program: put it under if __name__"),
            "f": (Killed, "line 2"),
            "C": (Killed, "line 2"),
        },
        "or remove it. Nothing below it was loaded.",
    ),
    "exit where an earlier value stands": (
        "B = 'x'\nexit()\nB = 'y'\n",
        {"B": (Killed, "line 2")},
        "line 2, exit(), ends",
    ),
    "a loop that raises half way": (
        "for i in range(3):\n    A = i\n    1 / (1 - i)\nB = 'x'\n",
        {"A": (Crashed, "ZeroDivisionError"), "i": (Crashed, "line 1"), "B": "x"},
        "line 1 was skipped",
    ),
    "a decorator that is not there": (
        "@numba.njit\ndef f(): return 1\ndef g(): return 2\n",
        {"f": (Crashed, "f (answers.py, line 1) raised NameError"), "g": 2},
        "line 1 was skipped",
    ),
    "a default that raises": (
        "def f(x=1 / 0): return 1\ndef g(): return 2\n",
        {"f": (Crashed, "ZeroDivisionError"), "g": 2},
        "line 1 was skipped",
    ),
    "several on one line": (
        "a = 1; b = 1 / 0; c = 3\nd = 4\n",
        {"a": 1, "b": (Crashed, "line 1"), "c": 3, "d": 4}
        if sys.version_info >= (3, 11)  # without columns, all of the line is skipped
        else {"b": (Crashed, "line 1"), "d": 4},
        "line 1 was skipped",
    ),
    "one over several lines": (
        "A = [\n    1,\n    left,\n]\nB = 2\n",
        {"A": (Crashed, "line 1"), "B": 2},
        "line 1 was skipped",
    ),
    "two imports of one line": (
        "import math, no_such_package\ndef f(): return math.pi\n",
        {"f": 3.141592653589793},
        "line 1 was skipped",
    ),
    "one that breaks the next": (
        "A = left\nB = A\nC = 3\n",
        {"A": (Crashed, "'left'"), "B": (Crashed, "name 'A' is not defined"), "C": 3},
        "line 2 was skipped",
    ),
    "annotations as text": (
        "from __future__ import annotations\n1 / 0\ndef f(x: no = 1) -> such: return x\n",
        {"f": 1},
        "line 2 was skipped",
    ),
    "unpacking, with, walrus, match and except": (
        "a, (b, *c) = d = 1, 2\nwith 1 as e: pass\nf = (g := 1 / 0)\n"
        "match [1, 2]:\n    case [h, *i]:\n        1 / 0\ntry: 1 / 0\nexcept KeyError as j: pass\n"
        "k = [x for x in [1 / 0]]\n",
        dict.fromkeys("abcdefghijk", (Crashed, "raised")) | {"x": (Missing, "has no x")},
        "line 7 was skipped",
    ),
    "an attribute or an item": ("class C: pass\nC.a = left\nA = []\nA[0] = 1\n", {"A": []}, "line 4 was skipped"),
    "an exception of their own, which cannot be shown": (
        "class E(BaseException):\n    def __str__(self): raise E\nraise E\n",
        {"A": (Missing, "has no A")},
        "line 3 was skipped, since it raised E: (its message could not be made).",
    ),
    "recursion without end": (
        "def f(): return f()\nA = f()\nB = 1\n",
        {"A": (Crashed, "RecursionError"), "B": 1},
        "line 2",
    ),
    "Ctrl-C": ("A = 1\nraise KeyboardInterrupt\nB = 2\n", {"A": 1, "B": 2}, "KeyboardInterrupt"),
}


def asked(student: Student, source: str, name: str) -> Any:
    try:
        return student.call(name) if f"def {name}(" in source else student.read(name)
    except Fault as fault:
        return fault


@pytest.mark.parametrize(("source", "names", "told"), FILES.values(), ids=FILES)
def test_a_statement_that_raises_costs_what_it_binds(source: str, names: dict[str, Any], told: str, seam: Seam) -> None:
    student = seam(source)
    for name, wanted in names.items():
        came = asked(student, source, name)
        if isinstance(wanted, tuple):
            assert type(came) is wanted[0], (name, came)
            assert wanted[1] in came.feedback, (name, came.feedback)
        else:
            assert came == wanted, name
    assert told in student.remarks()


def test_a_file_in_which_nothing_raises_is_told_nothing(seam: Seam) -> None:
    student = seam("A = 'x'\nif 2 < 1:\n    A = left\n")
    assert student.read("A") == "x"
    assert student.remarks() == ""


WHOLE = {
    "a bracket": ("A = (\n", Crashed, "loading answers.py raised SyntaxError"),
    "a bound without quotes": ("A = 'x'\nB = O(d k^2)\n", Crashed, 'put it in quotes: B = r"..."'),
    "an apostrophe": ("A = 'the gate's'\n", Crashed, 'Put the text of A between r"""'),
    "memory": ("A = 1\nb = bytearray(1 << 34)\nC = 2\n", Killed, "out of memory: used more than 128 MB"),
    "no end": ("A = 1\nwhile True: pass\n", TimedOut, "answers.py took more than 1 s to load"),
    "a signal": ("A = 1\nimport faulthandler\nfaulthandler._sigsegv()\n", Killed, "SIGSEGV"),
    "an exit that cannot be caught": (
        "A = 1\nimport os\nos._exit(0)\n",
        Killed,
        "(exit status 0) while the file was loaded.\nIs it os._exit(...) in answers.py, line 3?",
    ),
}


@pytest.mark.parametrize(("source", "kind", "says"), WHOLE.values(), ids=WHOLE)
def test_what_ends_the_process_or_the_reading_costs_the_file(
    source: str, kind: type[Fault], says: str, seam: Seam
) -> None:
    student = seam(source, call=1)
    for _ in range(2):  # it is not run again
        with pytest.raises(kind) as fault:
            student.read("A")
        assert says in fault.value.feedback


FROM, WHOLLY = "from helper import x as A\nB = 2\n", "import helper\nB = 2\nA = helper.x\n"
HELPERS: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "its last line raises": (FROM, "x = 1\nassert x == 2\n", {"A": 1, "B": 2}, "helper.py, line 2 was skipped"),
    "what is taken from it raises": (FROM, "x = left\n", {"A": Crashed, "B": 2}, "helper.py, line 1 was skipped"),
    "another of its names raises": (WHOLLY, "y = left\nx = 1\n", {"A": 1, "B": 2}, "helper.py, line 1 was skipped"),
    "it exits": (
        WHOLLY,
        "exit()\nx = 1\n",
        {"A": Killed, "B": Killed},
        "answers.py: line 1 of helper.py, exit(), ends the program",
    ),
    "it is no Python": (
        FROM,
        "x = (\n",
        {"A": Crashed, "B": 2},
        "answers.py, line 1 was skipped, since it raised Syntax",
    ),
}


@pytest.mark.parametrize(("source", "helper", "names", "told"), HELPERS.values(), ids=HELPERS)
def test_a_helper_module_loses_no_more_than_what_raises(
    source: str, helper: str, names: dict[str, Any], told: str, seam: Seam
) -> None:
    student = seam(source, helper=helper)
    for name, wanted in names.items():
        came = asked(student, source, name)
        assert type(came) is wanted if isinstance(wanted, type) else came == wanted, came
    assert told in student.remarks()


def test_a_helper_that_is_imported_late_raises_as_python_does(seam: Seam) -> None:
    student = seam("def f():\n    import helper\n    return helper.x\n", helper="y = left\nx = 1\n")
    with pytest.raises(Crashed, match="name 'left' is not defined"):
        student.call("f")


def test_a_helper_that_could_not_be_read_is_not_called_missing(seam: Seam) -> None:
    fault = "helper.py is not UTF-8: byte 0xe9 in line 1. Save it as UTF-8, hand it in again."
    student = seam("def f():\n    import helper, numpy\n    return helper.x\n", faults={"helper.py": fault})
    with pytest.raises(Crashed, match=r"raised ImportError: helper\.py is not UTF-8"):
        student.call("f")


def test_an_unreadable_file_shadows_no_package(seam: Seam) -> None:
    student = seam("import numpy\nA = numpy.pi\n", faults={"numpy.py": "numpy.py is not UTF-8"})
    assert student.read("A") > 3


LEFT_OVER = {
    "code below the stub's line": ("def f():\n    raise NotImplementedError\n    return 1\n", "Line 2 still says"),
    "code above it": ("def f():\n    x = 1\n    raise NotImplementedError\n", "Line 3 still says"),
    "the stub below one's own": (f"def f(): return 1\n{STUB}", "f is defined 2 times (lines 1, 2)"),
    "another stub is called": (
        f"{STUB}def g(): return f()\n",
        "It calls f, which is still a stub (answers.py, line 2).",
    ),
    "left alone": ('def f():\n    """What to do."""\n    raise NotImplementedError\n', ""),
}


@pytest.mark.parametrize(("source", "says"), LEFT_OVER.values(), ids=LEFT_OVER)
def test_why_a_function_is_still_a_stub(source: str, says: str, seam: Seam) -> None:
    student = seam(source)
    name = "g" if "def g" in source else "f"
    with pytest.raises(Unanswered) as fault:
        student.call(name)
    assert says in fault.value.feedback
    assert fault.value.brief == f"{name}(...): not answered yet."
    assert bool(says) == (fault.value.feedback != fault.value.brief)


def test_an_empty_text_below_ones_own_is_pointed_out(seam: Seam) -> None:
    student = seam("A = 'left'\nA = ''\nB = ''\n")
    with pytest.raises(Unanswered, match=r"A is assigned 2 times \(lines 1, 2\) and the last one counts"):
        student.text("A")
    with pytest.raises(Unanswered, match=r"^B is empty: not answered yet\.$"):
        student.text("B")


def test_a_constant_left_at_none_is_not_answered_yet(seam: Seam) -> None:
    """What a call gave is an answer, though a wrong one."""
    student = seam("A = 66\nA = None\nB: int = None\nC = 0\nD = print(66)\nE = F = None\n")
    twice = r"A: not answered yet\.\sA is assigned 2 times \(lines 1, 2\) and the last one counts"
    for ask in (student.read, student.text):
        with pytest.raises(Unanswered, match=twice):
            ask("A")
        for name in ("B", "E", "F"):
            with pytest.raises(Unanswered, match=rf"^{name}: not answered yet\.$"):
                ask(name)
    assert student.read("C") == 0
    assert student.read("D") is None
    with pytest.raises(Unreadable, match="expected a text in quotes, got None"):
        student.text("D")


def test_no_more_than_fifty_are_skipped() -> None:
    source = "".join(f"a{n} = left\n" for n in range(200)) + "B = 1\n"
    namespace: dict[str, Any] = {}
    loaded = loading.load(source, "answers.py", namespace, lambda error: {"fault": "crashed"})
    assert len(loaded.skipped) == loading.MAX_SKIPPED
    assert loaded.ended
    assert len(loaded.broken) == 201
    assert "B" not in namespace


@pytest.mark.parametrize("source", ["x = 1\n", "def f(): pass\n"])
def test_a_right_file_is_not_parsed(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(literals, "parsed", lambda source: pytest.fail("it was parsed"))
    assert loading.load(source, "answers.py", {}, lambda error: {}).skipped == []


def test_what_is_told_of_many_long_messages_crosses(seam: Seam) -> None:
    source = "".join(f"a{n} = b{n} = c{n} = d{n} = int('\\u2207' * 5000)\n" for n in range(49)) + "B = 1\n"
    student = seam(source)
    assert student.read("B") == 1
    with pytest.raises(Crashed, match=r"^d48 \(answers\.py, line 49\) raised ValueError: invalid literal"):
        student.read("d48")
    assert "(and 44 more lines)" in student.remarks()


def test_a_sum_of_hundreds_is_a_statement_like_any_other(seam: Seam) -> None:
    source = f"A = {' + '.join(['1'] * 600)} + left\nB = {' + '.join([repr('x')] * 600)} + '\\bar'\nC = 1\n"
    source += f"D = {' + '.join(['1'] * 2500)}\nE = 1\n"  # more than Python compiles of a tree
    student = seam(source)
    assert student.read("C") == student.read("E") == 1
    assert student.text("B").startswith("xxxx")
    with pytest.raises(Crashed, match="name 'left' is not defined"):
        student.read("A")
