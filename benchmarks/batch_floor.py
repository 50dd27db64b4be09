"""What a submission of a class costs at the least: CPU milliseconds of grader, zygote and four workers together.

Run it at the project's root: .venv/bin/python -m benchmarks.batch_floor

Each figure is the difference between many submissions and few, so that no start is in it. Nothing is judged: the jail
and the protocol are those of a grading, the student's file holds one function that returns its argument.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
from collections.abc import Callable

from autograder.maths.lstm.problems import EQUATIONS, cases
from autograder.sandbox.jail import Jail
from autograder.sandbox.protocol import Program

QUESTIONS = 4
CALLS = (0, 99, 0, 0)  # of each question
FEW, MANY, ROUNDS = 10, 60, 5
FORKS = """
import gc, os, sys
import numpy
gc.freeze()
for _ in range(int(sys.argv[1])):
    if not (process := os.fork()):
        os._exit(0)
    os.waitpid(process, 0)
"""


def cpu() -> float:
    """CPU milliseconds of this process and of all that it has waited for."""
    now = os.times()
    return 1000 * (now.user + now.system + now.children_user + now.children_system)


def cost(work: Callable[[int], None]) -> float:
    """CPU milliseconds of one more submission; `work` does a number of them."""

    def spent(submissions: int) -> float:
        began = cpu()
        work(submissions)
        return cpu() - began

    return statistics.median((spent(MANY) - spent(FEW)) / (MANY - FEW) for _ in range(ROUNDS))


def forks(submissions: int) -> None:
    """Forks an interpreter that holds numpy, without a jail and without any work."""
    subprocess.run([sys.executable, "-c", FORKS, str(QUESTIONS * submissions)], check=True)


def workers(submissions: int, text: str = "", calls: tuple[int, ...] = (0,) * QUESTIONS) -> None:
    """Jailed workers that load a text and answer calls, each a request of its own."""
    program = Program("answers.py", {"answers.py": text}, 256 << 20, 60)
    with Jail() as jail:
        assert jail.isolation
        for count in submissions * calls:
            worker = jail.start(program)
            worker.receive(10)
            for number in range(1, count + 1):
                worker.request({"id": number, "name": "f", "read": False, "argument_sets": [[0.5]]}, b"")
                worker.receive(10)
            worker.close()


def draws(submissions: int) -> None:
    """The problems of all equations."""
    for seed in range(submissions):
        for equation in EQUATIONS:
            cases(random.Random(f"{seed}:{equation}"), equation)


def main() -> None:
    """Prints the figures that docs/performance.md quotes."""
    identity = "def f(x): return x"
    print(f"{QUESTIONS} forks of an interpreter with numpy, and their ends: {cost(forks):.1f} ms")
    print(f"{QUESTIONS} jailed workers, an empty file, no call: {cost(workers):.1f} ms")
    print(f"the same with {sum(CALLS)} calls: {cost(lambda count: workers(count, identity, CALLS)):.1f} ms")
    print(f"the problems of {len(EQUATIONS)} equations: {cost(draws):.1f} ms")


if __name__ == "__main__":
    main()
