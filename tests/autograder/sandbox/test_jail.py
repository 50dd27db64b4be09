"""The jail around whole gradings: what a worker's memory holds, what leaks into shown text, when nothing is graded."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from autograder.assignment.load import Assignment
from autograder.core.outcome import Mark
from autograder.core.submission import Submission
from autograder.gradescope.results import check_results
from autograder.grading.grader import Grading
from autograder.sandbox.isolation import NEEDED, Isolation
from autograder.sandbox.jail import Jail
from autograder.sandbox.jailed_worker import JailedWorker
from autograder.sandbox.protocol import Ended, Program, WorkerFault
from tests.autograder import planted
from tests.autograder.program import python
from tests.autograder.students import program, reply

ROOT = planted.ROOT
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the jail is Linux's")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="reading another process's memory needs root")


def memory_holds(process: int, needle: bytes) -> bool:
    """Whether a process's readable memory holds some bytes."""
    with open(f"/proc/{process}/maps") as maps, open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
        for line in maps:
            span, mode, *_ = line.split()
            if mode.startswith("r"):
                start, end = (int(part, 16) for part in span.split("-"))
                with contextlib.suppress(OSError, ValueError, OverflowError):
                    memory.seek(start)
                    if needle in memory.read(end - start):
                        return True
    return False


@needs_root
def test_a_secret_of_the_grader_is_not_in_a_workers_memory() -> None:
    secret, marker = secrets.token_hex(32), secrets.token_hex(32)  # the grader knows both before the zygote starts
    with Jail() as jail, closing(jail.start(program(f"told = {marker!r}"))) as worker:
        assert isinstance(worker, JailedWorker)
        worker.receive(5)
        assert memory_holds(os.getpid(), secret.encode())  # the scanner finds what is there
        assert memory_holds(worker.process, marker.encode())
        assert not memory_holds(worker.process, secret.encode())
        assert not memory_holds(jail.process, secret.encode())


def test_a_process_that_ended_just_before_a_request_is_no_fault_of_ours(jail: Jail) -> None:
    worker = jail.start(program("def f(): return 1"))
    assert isinstance(worker, JailedWorker)
    worker.receive(5)
    os.kill(worker.process, signal.SIGKILL)
    while worker.alive:
        time.sleep(0.001)
    worker.request({"id": 1, "name": "f", "read": False, "argument_sets": [[]]}, b"")
    with pytest.raises(Ended, match="SIGKILL"):
        worker.receive(5)


@needs_root
def test_the_answers_are_in_no_process_of_the_jail_while_it_grades(assignment: Assignment) -> None:
    """The answers are known to the grader from its first second, and to no worker."""
    truth = secrets.token_hex(32)
    assignment = replace(assignment, reference=replace(assignment.reference, comparisons=truth))
    seen: list[bool] = []
    with Jail() as jail:

        def start(program: Program) -> Any:
            worker = jail.start(program)
            seen.append(memory_holds(worker.process, truth.encode()) or memory_holds(jail.process, truth.encode()))
            return worker

        submission = Submission({"averages.py": "def line(): return {'slope': 1}"})
        Grading(assignment, submission, "891", start=start).run()
    assert seen
    assert not any(seen)


LEAKING = """
def median(s):
    print("inputs", s.x.tolist())
    raise ValueError(f"inputs {s.x.tolist()} {s.n}")
"""
NAMED_SO = """
def median(s):
    raise type("E" + str(s.x[0]).replace(".", "_").replace("-", "m"), (Exception,), {})("x")
"""
LEAVING = """
def median(s):
    exit(f"{s.x.tolist()}")
"""


def test_what_a_row_with_hidden_inputs_printed_or_raised_is_for_staff_only(assignment: Assignment, jail: Jail) -> None:
    def median(source: str) -> Mark:
        report = Grading(assignment, Submission({"averages.py": source}), "1", jail.start).run()
        (mark,) = (mark for mark in report.marks if mark.number == "1.3")
        assert not mark.visible
        assert not re.search(r"\d\.\d{3}", mark.feedback), mark.feedback
        return mark

    leaking = median(LEAKING)
    assert leaking.feedback == "Your code raised an exception (ValueError). Its text is shown to the staff."
    assert "inputs [" in leaking.staff
    assert "printed:" in leaking.staff
    assert median(NAMED_SO).feedback == "Your code raised an exception. Its text is shown to the staff."
    assert "your code ends the program: remove that line" in median(LEAVING).feedback


@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize("needed", NEEDED)
def test_both_capabilities_are_needed_for_marks(needed: str, held: bool) -> None:
    isolation = Isolation(dict.fromkeys(NEEDED, True) | {needed: held}, ("seccomp",))
    assert isolation.holds is held
    assert (needed in isolation.lacks()) is not held


def without_isolation(*arguments: object) -> subprocess.CompletedProcess[str]:
    """`grade` on a machine that refuses a worker nothing, as macOS would be."""
    text = (
        "import sys; from autograder.sandbox import jail; jail.sys = type('S', (), {'platform': 'darwin'});"
        "from autograder.__main__ import main; sys.exit(main(['grade', '--assignment', *sys.argv[1:]]))"
    )
    return python(text, ROOT, *arguments)


@pytest.mark.parametrize("options", [(), ("--gradescope", "--unsafe")], ids=["by hand", "Gradescope, even --unsafe"])
def test_without_isolation_nobody_elses_submission_is_graded(options: tuple[str, ...], tmp_path: Path) -> None:
    folder, output = planted.build("not_a_number", tmp_path / "s"), tmp_path / "out" / "results.json"
    output.parent.mkdir()
    done = without_isolation(folder, "-o", output, *options)
    assert done.returncode == 2
    assert "student code could cheat on this machine" in done.stderr
    assert options or "--unsafe" in done.stderr
    body = json.loads(output.read_text())
    check_results(body)
    assert body["score"] == 0
    assert {row["extra_data"]["outcome"] for row in body["tests"]} == {"internal"}
    assert body["output"].startswith("Not graded: this is our fault")
    assert body["extra_data"]["isolation"]["holds"] is False


def test_without_isolation_unsafe_grades_and_says_so(tmp_path: Path) -> None:
    folder, output = planted.build("not_a_number", tmp_path / "s"), tmp_path / "results.json"
    done = without_isolation(folder, "-o", output, "--unsafe")
    assert done.returncode == 0, done.stderr
    assert json.loads(output.read_text())["score"] == float(planted.FULL) - 1.75
    assert "UNSAFE, as asked for with --unsafe" in done.stdout


def test_without_isolation_our_own_reference_is_graded_with_one_line() -> None:
    done = without_isolation(ROOT / "reference")
    assert done.returncode == 0, done.stderr
    assert "isolation: none" in done.stderr


def test_many_workers_at_once_from_many_threads(jail: Jail) -> None:
    answers: list[Any] = []

    def work(number: int) -> None:
        with closing(jail.start(program(f"def f(): return {number}"))) as worker:
            worker.receive(5)
            answers.append(reply(worker)["value"])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == list(range(24))


def test_a_lost_zygote_is_replaced_and_its_workers_are_gone(jail: Jail) -> None:
    worker = jail.start(program("def f(): return 1"))
    assert isinstance(worker, JailedWorker)
    os.kill(jail.process, 9)
    time.sleep(0.3)
    assert not runs(worker.process)
    with contextlib.suppress(WorkerFault):
        worker.close()
    again = jail.start(program("def f(): return 1"))
    assert again.receive(5)[0] == {"id": 0, "loaded": True}
    again.close()


def runs(process: int) -> bool:
    """Whether a process runs; a dead one that nobody has waited for does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


HOSTILE = (
    "while True: pass",
    "import os; os._exit(0)",
    "kept = []\n    while True: kept.append(bytearray(1 << 22))",
    "while True: print('x' * 4096)",
    "import threading, time\n    [threading.Thread(target=time.sleep, args=(99,)).start() for _ in range(99)]",
    "import os\n    while True: os.write(3, os.urandom(99))",
)


@pytest.mark.parametrize("gradings", [6, pytest.param(1_000, marks=pytest.mark.certify)])
def test_hostile_gradings_leave_nothing(gradings: int, assignment: Assignment, tmp_path: Path) -> None:
    """Graded in one process, none leaves a process, file, descriptor or memory."""
    from autograder.gradescope.results import results, write_results

    read = assignment.rubric_file
    limits = msgspec.structs.replace(read.rubric.limits, seconds_per_call=0.05, memory_mb=64)
    quick = Assignment(
        msgspec.structs.replace(read, rubric=msgspec.structs.replace(read.rubric, limits=limits)),
        tuple(linked for linked in assignment.rows if linked.question.file == "averages.py"),
        assignment.reference,
    )
    sizes: list[int] = []
    with Jail() as jail:
        jail.isolation  # noqa: B018 (measured once, before we count)
        before = len(os.listdir("/proc/self/fd"))
        for number in range(gradings):
            submission = Submission({"averages.py": f"def line():\n    {HOSTILE[number % len(HOSTILE)]}"})
            report = Grading(quick, submission, "1", start=jail.start).run()
            body = results(report)
            write_results(tmp_path / "results.json", body)
            check_results(json.loads((tmp_path / "results.json").read_text()))
            assert report.points == 0
            assert not report.rerun, report
            sizes.append(int(Path("/proc/self/statm").read_text().split()[1]))
        assert len(os.listdir("/proc/self/fd")) == before
        assert [p.name for p in tmp_path.iterdir()] == ["results.json"]
        children = Path(f"/proc/{jail.process}/task/{jail.process}/children").read_text().split()
        assert children == []
    grown = (sizes[-1] - sizes[len(sizes) // 4]) * os.sysconf("SC_PAGE_SIZE")
    assert grown < 8 << 20, f"{grown} bytes more than after a quarter"


def test_spares_are_used_once_and_only_for_what_they_were_made_for() -> None:
    with Jail() as jail:
        jail.expect(2, 64 << 20, 10)
        first = jail.start(program("def f(): return 1", memory=64 << 20))
        other = jail.start(program("def f(): return 2", memory=32 << 20))
        third = jail.start(program("def f(): return 3", memory=64 << 20))
        answers = []
        for worker in (first, other, third):
            assert worker.receive(5)[0] == {"id": 0, "loaded": True}
            answers.append(reply(worker)["value"])
        assert answers == [1, 2, 3]
        assert len({worker.process for worker in (first, other, third)}) == 3  # type: ignore[attr-defined]
        for worker in (first, other, third):
            worker.close()
        children = Path(f"/proc/{jail.process}/task/{jail.process}/children").read_text().split()
        assert len(children) <= 2  # the spares that nobody took: they end by themselves
    assert not runs(jail.process)


def test_a_spare_that_nobody_took_serves_whoever_is_expected_next() -> None:
    with Jail() as jail:
        assert jail.isolation.refused
        for _ in range(3):  # as before each submission of a class
            jail.expect(sys.maxsize, 64 << 20, 10)
            spare = jail._spare
            worker = jail.start(program("def f(): return 1", memory=64 << 20))
            assert spare is not None
            assert jail._spare is not spare
            worker.close()
        jail.expect(sys.maxsize, 64 << 20, 10)
        children = Path(f"/proc/{jail.process}/task/{jail.process}/children").read_text().split()
        assert len(children) == 1
    assert not runs(jail.process)


def test_a_jail_that_is_closed_before_anything_was_asked_leaves_nothing() -> None:
    before = len(os.listdir("/proc/self/fd"))
    for used in (False, True):
        with Jail() as jail:
            process = jail.process
            jail.expect(3, 64 << 20, 10)
            if used:
                assert jail.isolation.refused
        assert not runs(process)
    assert len(os.listdir("/proc/self/fd")) == before


def test_the_zygote_keeps_no_descriptor_of_the_grader_that_can_be_inherited(tmp_path: Path) -> None:
    with open(tmp_path / "answers", "w") as file:
        os.set_inheritable(file.fileno(), True)
        with Jail() as jail:
            assert jail.isolation.refused
            descriptors = Path(f"/proc/{jail.process}/fd")
            targets = [os.readlink(one) for one in descriptors.iterdir()]
    assert targets
    assert str(tmp_path / "answers") not in targets


def test_the_probe_is_taken_once_and_asked_again_of_another_worker() -> None:
    with Jail() as jail:
        assert jail._channel is not None
        one, two = (jail._probe(own_user=True) for _ in range(2))
        assert one == two


def test_the_probe_needs_no_file_that_the_zygote_has_not_loaded() -> None:
    # Under a user id of its own it may be unable to read the interpreter's: that is to be found out, not to end it.
    text = (
        "import sys, builtins\n"
        "import autograder.sandbox.zygote\n"
        "loaded = set(sys.modules)\n"
        "exec(open('autograder/sandbox/probe.py').read(), {'__name__': 'probe'})\n"
        "print(sorted(set(sys.modules) - loaded))"
    )
    assert python(text, cwd=planted.PROJECT, check=True).stdout.strip() == "[]"
