"""What a student's code may do is the same in the jail and without it, and the words are the same."""

from __future__ import annotations

import os
import sys
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.core.submission import Submission
from autograder.grading.faults import Crashed, Fault
from autograder.grading.limits import Limits
from autograder.grading.student import Student
from autograder.sandbox.jail import Jail
from autograder.sandbox.portable_worker import Worker as PortableWorker
from autograder.sandbox.protocol import Program, Start
from tests.autograder.sandbox.test_lawful import LAWFUL
from tests.autograder.students import program, reply, student

MEMORY = 256 << 20
FILES = "Your code cannot open files, here or on Gradescope: put the numbers into the .py file."
NETWORK = "Your code cannot use the network, here or on Gradescope."
PROGRAMS = "Your code cannot start other programs or processes, here or on Gradescope."
HELPERS = dict.fromkeys(("random", "numpy", "tomllib", "pandas", "chunk"), "MINE = 1\n")
HELPERS |= {"my_letters": "LETTER = 'x'\n", "utils": "import scipy\n"}


def asked(start: Start, text: str, helpers: dict[str, str] = HELPERS) -> tuple[object, str]:
    """What `f()` of a file gives or how it failed, and the remarks on the file."""
    with student(text, 10, start=start, memory=MEMORY, **helpers) as seam:
        try:
            return seam.call("f"), seam.remarks()
        except Fault as fault:
            return fault, seam.remarks()


# ------------------------------------------------------------------------------------------------------------- imports

ALLOWED = {
    "numpy": "import numpy as np\ndef f(): return int(np.ones(3).sum())",
    "what numpy loads late": "import numpy as np\ndef f(): return int(np.random.default_rng(0).random(3).size)",
    "what numpy takes where it is": "import numpy.testing, numpy.f2py, numpy.polynomial, numpy.ma\ndef f(): return 3",
    "Python's own": "import json, decimal, fractions, statistics, xml.dom, unittest, sqlite3\ndef f(): return 3",
    "a file of one's own": "import my_letters\ndef f(): return 3 if my_letters.LETTER == 'x' else 0",
    "Python's own before a file": "import random\ndef f(): return 3 if not hasattr(random, 'MINE') else 0",
    "numpy before a file": "import numpy\ndef f(): return 3 if not hasattr(numpy, 'MINE') else 0",
    "a file before a package": "import pandas\ndef f(): return 2 + pandas.MINE",
    "a file before what some Pythons have": "import tomllib, chunk\ndef f(): return 2 + tomllib.MINE * chunk.MINE",
    "guarded": "try:\n  import scipy\nexcept ImportError:\n  scipy = None\ndef f(): return 3 if scipy is None else 0",
    "guarded more narrowly": "try:\n  import torch.nn\nexcept ModuleNotFoundError as e:\n  n = e.name\n"
    "def f(): return len(n) - 2",
    "looked for": "import importlib.util\ndef f():\n  try: return bool(importlib.util.find_spec('yaml'))\n"
    "  except ImportError: return 3",
}


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED)
def test_what_may_be_imported(start: Start, text: str) -> None:
    assert asked(start, text) == (3, "")


RULE = "is not on Gradescope: only numpy and Python's own modules are."
REFUSED = {
    "missing": (
        "import scratch\n",
        "line 1 was skipped: there is no scratch.py among your files, and no module scratch on Gradescope."
        " Add scratch.py, or remove line 1.",
    ),
    "misspelt": ("import my_leters\n", "and no module my_leters on Gradescope. Did you mean my_letters?"),
    "misspelt, of all": ("import nunpy as np\n", "and no module nunpy on Gradescope. Did you mean numpy?"),
    "installed": ("\nimport msgspec\n", f"msgspec {RULE} Remove line 2."),
    "installed, by its part": ("from yaml import nodes\n", f"yaml {RULE} Remove line 1."),
    "of the grader": ("import gradescope_utils\n", f"gradescope_utils {RULE} Remove line 1."),
    "the grader": ("import autograder\n", f"autograder {RULE} Remove line 1."),
    "a part of the grader": ("import autograder.sandbox.wire\n", f"autograder {RULE} Remove line 1."),
    "an installer": ("import pip\n", f"pip {RULE} Remove line 1."),
    "by a call": ("import importlib\nm = importlib.import_module('yaml')\n", f"yaml {RULE} Remove line 2."),
    "by another call": ("m = __import__('yaml')\n", f"yaml {RULE} Remove line 1."),
    "beside others": ("import math, yaml, json\n", f"yaml {RULE} Take yaml out of line 1."),
    "on one line": ("import math; import yaml\n", f"yaml {RULE} Take yaml out of line 1."),
    "in a helper": ("import utils\n", f"scipy {RULE} Remove line 1 of utils.py."),
    "with a screen": ("import tkinter\n", "tkinter needs a screen, and Gradescope has none. Remove line 1."),
    "drawn": ("from turtle import *\n", "turtle needs a screen, and Gradescope has none. Remove line 1."),
    "of Windows": (
        "import winreg\n",
        "winreg is part of Python on other systems, and Gradescope runs Linux. Remove line 1.",
    ),
    "the template": ("from student_template.my_letters import LETTER\n", 'write "import NAME" for NAME.py.'),
    "a package": ("from . import my_letters\n", "attempted relative import with no known parent package"),
    "started with the interpreter": ("import sitecustomize, usercustomize\n", "there is no sitecustomize.py"),
}


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED)
def test_what_may_not_be_imported(start: Start, text: str, said: str) -> None:
    value, remarks = asked(start, f"{text}def f(): return 3")
    assert value == 3
    assert said in remarks
    assert not remarks.endswith("..")


def test_in_a_function_the_row_says_it(start: Start) -> None:
    value, _ = asked(start, "def f():\n    import pandas\n    return pandas", helpers={})
    assert isinstance(value, Crashed)
    assert f"pandas {RULE} Remove line 2." in value.feedback


def test_nothing_that_we_or_an_installed_package_loaded_is_there(start: Start) -> None:
    text = (
        "import sys\ndef f(): return sorted({n.partition('.')[0] for n in sys.modules} - set(sys.stdlib_module_names))"
    )
    assert asked(start, text) == (["__main__", "answers", "numpy"], "")
    assert asked(start, "import sys\ndef f(): return len(vars(sys.modules['__main__']))") == (5, "")


# ------------------------------------------------------------------------------- files, the network, other programs

OUTSIDE = {
    "a file that is not there": ("open('w.json')", FILES),
    "its own file": ("open(__file__)", FILES),
    "a file of the system": ("open('/etc/passwd')", FILES),
    "an array": ("__import__('numpy').load('w.npy')", FILES),
    "a table": ("__import__('numpy').loadtxt('w.txt')", FILES),
    "a new array": ("__import__('numpy').save('/tmp/w.npy', [1])", FILES),
    "a new file": ("open('/tmp/of_a_student', 'w')", FILES),
    "a file to add to": ("open('/tmp/of_a_student', 'a')", FILES),
    "a path": ("__import__('pathlib').Path('/etc/hostname').read_text()", FILES),
    "a new folder": ("__import__('os').mkdir('/tmp/of_a_student')", ""),
    "a list": ("__import__('os').listdir('/etc')", FILES),
    "the current folder": ("__import__('os').listdir()", FILES),
    "a temporary file": ("__import__('tempfile').TemporaryFile()", FILES),
    "a page": ("__import__('urllib.request').request.urlopen('http://127.0.0.1:9/')", NETWORK),
    "a connection": ("__import__('socket').create_connection(('127.0.0.1', 9))", NETWORK),
    "a socket": ("__import__('socket').socket()", NETWORK),
    "a program": ("__import__('subprocess').run(['true'])", PROGRAMS),
    "a shell": ("__import__('subprocess').getoutput('true')", PROGRAMS),
    "a process": ("__import__('multiprocessing').Process(target=print).start()", PROGRAMS),
    "a pool": ("__import__('multiprocessing').Pool(2)", ""),
    "a pool of the other kind": (
        "list(__import__('concurrent.futures').futures.ProcessPoolExecutor(2).map(abs, [1]))",
        "",
    ),
    "a fork": ("__import__('os').fork()", "here or on Gradescope."),
    "a signal": ("__import__('os').kill(__import__('os').getpid(), 0)", "here or on Gradescope."),
    "a database": ("__import__('sqlite3').connect('/tmp/of_a_student.db')", ""),
}


@pytest.mark.skipif(os.name != "posix", reason="the paths are POSIX")
@pytest.mark.parametrize(("call", "said"), OUTSIDE.values(), ids=OUTSIDE)
def test_what_the_jail_refuses_is_refused_without_it(start: Start, call: str, said: str) -> None:
    value, _ = asked(start, f"def f():\n    {call}\n    return 3")
    assert isinstance(value, Crashed)
    assert said in value.feedback
    assert not Path("/tmp/of_a_student").exists()


def test_what_fails_for_another_reason_gets_no_such_advice(start: Start) -> None:
    value, _ = asked(start, "def f(): raise PermissionError(13, 'x', 'y') if 0 else ValueError('open')")
    assert isinstance(value, Crashed)
    assert "Gradescope" not in value.feedback


def test_threads_have_one_limit(start: Start) -> None:
    def threads(count: int) -> str:
        return (
            "import threading\ndef f():\n  e = threading.Event()\n"
            f"  t = [threading.Thread(target=e.wait) for _ in range({count})]"
            "\n  try:\n    [o.start() for o in t]\n    return 3\n  finally:\n    e.set()"
        )

    assert asked(start, threads(7)) == (3, "")
    value, _ = asked(start, threads(8))
    assert isinstance(value, Crashed)
    assert "can't start new thread" in value.feedback


@pytest.mark.skipif(sys.platform != "linux", reason="what is lawful is Linux's")
@pytest.mark.parametrize("statements", LAWFUL)
def test_what_is_lawful_in_the_jail_is_so_without_it(statements: str) -> None:
    value, _ = asked(
        PortableWorker, f"def f():\n    exec({statements!r}, {{'__name__': 'lawful'}})\n    return 3", helpers={}
    )
    assert value == 3


def slow(program: Program) -> Any:
    """A worker that says how long it took."""
    replies = [{"id": 0, "loaded": True, "cpu": 1.3}]
    return SimpleNamespace(
        alive=True,
        request=lambda header, blobs: replies.append({"id": header["id"], "index": 0, "value": 3, "cpu": 2.0}),
        receive=lambda seconds: (replies.pop(0), b""),
        printed=str,
    )


@pytest.mark.parametrize("warns", [True, False])
def test_from_a_quarter_of_a_limit_on_time_is_remarked_on_at_home_only(warns: bool) -> None:
    submission = Submission({"answers.py": ""})
    limits = Limits(5, 20, time.monotonic() + 60)
    seam = Student(submission, "answers.py", limits, slow, MEMORY, warns_of_time=warns)
    told = []
    for calls in (1, 3):
        seam.begin_row(20)
        assert [seam.call("f") for _ in range(calls)] == [3] * calls
        told.append(seam.remarks().splitlines())
    load = "Loading answers.py took 1.3 s of computing here; Gradescope is slower and stops it at 5 s."
    call = "f(...) took 2.0 s of computing here; Gradescope is slower and stops it at 5 s."
    row = "All calls of this row took 6.0 s of computing here; Gradescope is slower and stops it at 20 s."
    assert told == ([[call, load], [call, row, load]] if warns else [[], []])


def test_a_worker_says_the_time_that_it_computed(start: Start) -> None:
    loop = "  while time.process_time() < began + 0.1: pass\n"
    busy = f"import time\ndef f():\n  began = time.process_time()\n{loop}  return 3"
    with closing(start(program(busy))) as worker:
        worker.receive(20)
        assert 0.1 <= reply(worker, seconds=20)["cpu"] < 1


EXPRESSIONS = Path(__file__).with_name("expressions.txt").read_text(encoding="utf-8").splitlines()


def outcomes(start: Start) -> list[str]:
    """What became of every expression, each called in one process after the other."""
    functions = (f"def g{n}():\n    return repr({text})[:200]" for n, text in enumerate(EXPRESSIONS))
    submission = Submission({"answers.py": "\n".join(["def f0(): pass", *functions])})
    found = []
    with closing(Student(submission, "answers.py", Limits(60, 600, time.monotonic() + 600), start, MEMORY)) as seam:
        seam.begin_row(600)
        for n in range(len(EXPRESSIONS)):
            try:
                seam.call(f"g{n}")
                found.append("passed")
            except Fault as fault:
                found.append(str(fault.outcome))
    return found


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="the jail as it is there needs root")
def test_what_passes_without_the_jail_passes_in_it() -> None:
    with Jail() as jail:
        there = outcomes(jail.start)
    at_home = outcomes(PortableWorker)
    assert "passed" in there
    assert "crashed" in there
    worse = [e for e, h, t in zip(EXPRESSIONS, at_home, there, strict=True) if h == "passed" and t != "passed"]
    assert worse == []


def test_a_comprehension_is_no_frame_of_its_own(start: Start) -> None:
    fault, _ = asked(start, "def g(x):\n    return 1 / x\ndef f():\n    return sum(g(x) for x in [0])\n")
    assert [line.split(", in ")[0].strip() for line in str(fault).splitlines()[1:3]] == [
        *("answers.py, line 4", "answers.py, line 2")
    ]


def test_a_name_that_a_file_of_ones_own_lacks_is_said_with_what_it_has(start: Start) -> None:
    _, remarks = asked(start, "from my_letters import LETERS\ndef f(): return 1\n")
    assert "line 1 was skipped: my_letters.py has no LETERS: did you mean LETTER?" in remarks
    _, remarks = asked(start, "from my_letters import number\ndef f(): return 1\n")
    assert "my_letters.py has no number." in remarks
