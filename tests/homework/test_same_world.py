"""No row is `passed` at home that is not `passed` on Gradescope, also where home has no jail (macOS, Windows)."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.assignment.load import Assignment
from autograder.check import versions
from autograder.core.outcome import Outcome
from autograder.core.submission import Submission
from autograder.grading.grader import Grading
from autograder.sandbox.portable_worker import Worker as PortableWorker
from autograder.sandbox.protocol import Start
from tests.homework import planted
from tests.specs import answers

ROOT = planted.ROOT
TEXTS = {name: (ROOT / "reference" / name).read_text(encoding="utf-8") for name in planted.FILES}
FIRST = planted.FILES[0]
# What the answer to question 1 tries before it is given.
CASES = {
    "a plotting package": "import matplotlib.pyplot as plt\nplt.figure()",
    "tables": "import pandas as pd\npd.DataFrame()",
    "a test runner": "import pytest\npytest.approx(1)",
    "a shell": "import IPython\nIPython.__version__",
    "colours": "import rich\nrich.print",
    "pages": "import jinja2\njinja2.Template",
    "our own needs": "import msgspec, yaml\nmsgspec.json, yaml.load",
    "the grader": "from autograder.maths import closeness\ncloseness.__name__",
    "a program": "import subprocess\nsubprocess.run(['true'])",
    "processes": "import multiprocessing\nmultiprocessing.Pool(1)",
    "a file": "w = open('/etc/hostname').read()",
    "a folder": "import os\nos.listdir('/etc')",
    "the network": "import socket\nsocket.socket()",
}


def passed(assignment: Assignment, handed: Submission | dict[str, str], start: Start) -> set[str]:
    submission = Submission(handed) if isinstance(handed, dict) else handed
    grading = Grading(assignment, submission, seed="891", start=start)
    return {mark.number for mark in grading.run().marks if mark.outcome is Outcome.PASSED}


IN = {"jail": lambda program: planted.jail().start(program), "portable": PortableWorker}
BODY = TEXTS[FIRST].replace("def rnn_weights(", "def right_weights(")


@pytest.mark.parametrize("worker", IN)
@pytest.mark.parametrize("text", ["import numpy", *CASES.values()], ids=["numpy", *CASES])
def test_what_is_not_there(text: str, worker: str, home: Assignment) -> None:
    """The answer is right only if what is not there on Gradescope was there; numpy is."""
    guarded = "\n".join(["try:", *(f"    {line}" for line in text.splitlines()), "    there = 1"])
    guarded += "\nexcept Exception:\n    there = 0\n"
    made = f"{guarded}\n{BODY}\n\ndef rnn_weights():\n    return right_weights() if there else None\n"
    assert bool(passed(home, {FIRST: made}, IN[worker])) is (text == "import numpy")


# What a newer Python or numpy than Gradescope's has, above the right answer; and the name that it gives.
NEWER = {
    "quotes in an f-string": ('d = {\'a\': 1}\nn = f"{d["a"]}"', "n"),
    "a type statement": ("type X = int", "X"),
    "a group of exceptions": ("try:\n    n = 1\nexcept* ValueError:\n    n = 2", "n"),
    "a function of a module": ("import itertools\npairs = list(itertools.batched([1, 2], 2))", "pairs"),
    "a name of typing": ("from typing import Self", "Self"),
    "a module": ("import tomllib", "tomllib"),
    "what numpy no longer has": ("import numpy\nn = numpy.product([1, 2])", "n"),
}


@pytest.mark.parametrize("worker", IN)
@pytest.mark.parametrize(("text", "name"), NEWER.values(), ids=NEWER)
def test_what_gradescope_is_too_old_for(text: str, name: str, worker: str, home: Assignment, tmp_path: Path) -> None:
    """Whichever Python and numpy are at home: the answer is right only with it, so it is not passed."""
    made = f"{text}\n{BODY}\n\ndef rnn_weights():\n    {name}\n    return right_weights()\n"
    submission, note = versions.as_there(Submission({FIRST: made}), home.rubric.gradescope, IN[worker], tmp_path)
    assert note == ""
    assert passed(home, submission, IN[worker]) == set()


@pytest.mark.parametrize("step", [97, pytest.param(1, marks=pytest.mark.certify)])
def test_the_catalogue_without_a_jail(step: int, assignment: Assignment, home: Assignment) -> None:
    worse = []
    for file, case in answers.cases(planted.FILES)[::step]:
        texts = {file: f"{TEXTS[file]}\n\n{case.source}"}
        at_home = passed(home, texts, PortableWorker)
        if at_home and (more := at_home - passed(assignment, texts, planted.jail().start)):
            worse.append((file, case.name, sorted(more)))
    assert worse == []
