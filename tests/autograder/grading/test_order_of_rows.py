"""The order of rows: what students see first is graded first, and nothing of a hidden row comes back in a visible one.

On a homework of its own: two questions, each with a visible row after one that is not.
"""

from __future__ import annotations

import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from autograder.assignment.load import Assignment, load_assignment
from autograder.core.outcome import Report
from autograder.core.submission import Submission
from autograder.grading.grader import Grading
from autograder.sandbox.jail import Jail
from autograder.sandbox.jailed_worker import REST_MEMORY, JailedWorker
from autograder.sandbox.protocol import Program, Worker
from tests.autograder.students import program, reply

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the jail is Linux's")
ROWS = {  # number -> visibility
    "1.1": "hidden",
    "1.2": "visible",
    "1.3": "after_due_date",
    "2.1": "after_due_date",
    "2.2": "visible",
    "3.1": "visible",
}
ORDER = ["1.2", "2.2", "3.1", "1.3", "2.1", "1.1"]
RUBRIC = """
assignment: Turns
seed: 1
limits: {seconds_per_call: 5, seconds_per_row: 20, seconds_in_all: 60, memory_mb: 64}
questions:
"""
SPEC = '''
@number("{number}")
@credited_by(credit.share)
def test_{name}(student, award, draw, params):
    """Asks with inputs of its own, and says what came."""
    came = student.call("ask", "{number}")
    award.understood(str(came))
    award.found({{"fraction": "1"}}, str(came))
'''
REMEMBERS = "kept = []\ndef ask(given):\n    kept.append(given)\n    return ' '.join(kept)\n"


@pytest.fixture(scope="module")
def turns(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    root = tmp_path_factory.mktemp("turns")
    specs = root / "tests" / "specs"
    specs.mkdir(parents=True)
    rubric = RUBRIC
    for question in "123":
        numbers = [number for number in ROWS if number[0] == question]
        rubric += (
            f"  - title: {question} Question\n    file: turns_{question}.py\n    points: {len(numbers)}\n    rows:\n"
        )
        spec = "from gradescope_utils.autograder_utils.decorators import number\n"
        spec += "from autograder.api import credit, credited_by\n"
        for number in numbers:
            rubric += f'      - {{number: "{number}", title: Row, points: 1, visibility: {ROWS[number]}}}\n'
            spec += SPEC.format(number=number, name=number.replace(".", "_"))
        (specs / f"test_turns_{question}.py").write_text(spec)
    (root / "tests" / "rubric.yaml").write_text(rubric)
    return load_assignment(root)


class Counted:
    """Starts workers, and keeps them."""

    def __init__(self, jail: Jail) -> None:
        self.jail, self.workers = jail, list[JailedWorker]()

    def __call__(self, program: Program) -> Worker:
        worker = self.jail.start(program)
        assert isinstance(worker, JailedWorker)
        self.workers.append(worker)
        return worker

    def states(self) -> list[str]:
        """What each worker that has not ended does: T stands still."""
        stats = [Path(f"/proc/{worker.process}/stat") for worker in self.workers if worker.alive]
        return [stat.read_text().rpartition(")")[2].split()[0] for stat in stats]


def submission(text: str) -> Submission:
    return Submission({f"turns_{question}.py": text for question in "123"})


def order(reports: list[Report]) -> list[str]:
    """The rows in the order in which their marks came."""
    found: list[str] = []
    for report in reports:
        found += sorted(m.number for m in report.marks if str(m.outcome) != "internal" and m.number not in found)
    return found


def test_rows_are_graded_in_the_order_in_which_they_are_shown_and_listed_as_in_the_rubric(
    turns: Assignment, jail: Jail
) -> None:
    seen: list[Report] = []
    start = Counted(jail)
    report = Grading(turns, submission(REMEMBERS), "1", start).run(seen.append)
    assert order(seen) == ORDER
    assert [mark.number for mark in report.marks] == list(ROWS)
    assert {str(mark.outcome) for mark in report.marks} == {"passed"}
    assert len(start.workers) == 3  # one a question, although two of them have several turns


def test_what_a_row_is_given_comes_back_only_in_rows_that_are_shown_later(turns: Assignment, jail: Jail) -> None:
    marks = {m.number: m.feedback for m in Grading(turns, submission(REMEMBERS), "1", jail.start).run().marks}
    for number, feedback in marks.items():
        told = {other for other in ROWS if other in feedback}
        assert told <= set(ORDER[: ORDER.index(number) + 1])
    assert "1.2 1.3 1.1" in marks["1.1"]  # one process has served them all


def test_nothing_of_the_student_runs_when_results_are_written(turns: Assignment, jail: Jail) -> None:
    busy = REMEMBERS + "import threading\ndef spin():\n    while True: pass\n"
    busy += "for _ in range(3): threading.Thread(target=spin, daemon=True).start()\n"
    start, states = Counted(jail), []
    Grading(turns, submission(busy), "1", start).run(lambda report: states.append(start.states()))
    assert states == [["T"], ["T", "T"], ["T", "T"], ["T", "T"], ["T"], []]


def test_a_process_that_has_taken_much_memory_does_not_wait_for_its_next_turn(turns: Assignment, jail: Jail) -> None:
    greedy = REMEMBERS + f"taken = bytearray({4 * REST_MEMORY}); taken[::4096] = b'x' * len(taken[::4096])\n"
    start, alive = Counted(jail), []
    Grading(turns, submission(greedy), "1", start).run(lambda report: alive.append(len(start.states())))
    assert alive == [0] * 6
    assert len(start.workers) == 6


def test_a_process_that_ends_itself_before_its_next_turn_is_replaced(turns: Assignment, jail: Jail) -> None:
    mortal = REMEMBERS + "import threading, os, time\n"
    mortal += "threading.Thread(target=lambda: (time.sleep(0.001), os._exit(0))).start()\n"
    report = Grading(turns, submission(mortal), "1", jail.start).run()
    assert {str(mark.outcome) for mark in report.marks} <= {"passed", "killed"}
    assert not report.rerun


def test_a_worker_at_rest_uses_no_processor_time_and_answers_afterwards(jail: Jail) -> None:
    text = "import threading\ndef f(): return 1\ndef spin():\n    while True: pass\n"
    text += "threading.Thread(target=spin, daemon=True).start()\n"
    with closing(jail.start(program(text, 64 << 20))) as worker:
        assert isinstance(worker, JailedWorker)
        stat = Path(f"/proc/{worker.process}/stat")

        def used() -> int:
            return sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13]))

        worker.receive(5)
        assert worker.rest()
        before = used()
        time.sleep(0.2)
        assert used() == before
        assert reply(worker)["value"] == 1
