"""A worker is a process: what it may do to the pipes, and that nothing of it is left."""

from __future__ import annotations

import os
import time
from contextlib import closing
from pathlib import Path

import pytest

from autograder.sandbox.portable_worker import Ended, OutOfTime, Worker
from tests.autograder.students import program, reply

EMPTY_OBJECT = r"b'\6\0\0\0\2\0\0\0{}'"


def writes(data: str, before: str = "") -> str:
    """A student's text that writes bytes to every descriptor it may have."""
    inner = f"for n in range(3, 16):\n    try: os.write(n, {data})\n    except OSError: pass"
    return f"import os\n{before}" + inner.replace("\n", "\n  " if before else "\n")


def start(text: str) -> Worker:
    return Worker(program(text))


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("import os; os._exit(0)", "exit status 0"),
        ("import faulthandler; faulthandler._sigsegv()", "signal SIGSEGV"),
        ("import os; os.closerange(3, 64); import time; time.sleep(9)", "it closed its connection to the grader"),
        (writes(r"b'\xff' * 9"), "it sent invalid data to the grader"),
        (writes(r"b'\6\0\0\0\2\0\0\0[]'"), "it sent invalid data to the grader"),
    ],
    ids=["exit", "signal", "close", "garbage", "list"],
)
def test_a_worker_that_ends_or_forges_is_gone(text: str, how: str) -> None:
    with closing(start(text)) as worker, pytest.raises(Ended, match=how):
        worker.receive(5)
    assert not worker.alive


def test_an_endless_loop_is_killed_in_time() -> None:
    worker = start("while True: pass")
    began = time.monotonic()
    with pytest.raises(OutOfTime):
        worker.receive(0.3)
    assert time.monotonic() - began < 3
    assert not worker.alive
    worker.close()


def test_a_flood_of_replies_does_not_block_the_end() -> None:
    flood = writes(f"{EMPTY_OBJECT} * 99") + "\n" + writes(f"{EMPTY_OBJECT} * 99", "while True:\n  ")
    worker = start(flood)
    worker.receive(5)
    worker.close()
    assert not worker.alive


def test_a_worker_that_does_not_read_does_not_block_the_grader() -> None:
    began = time.monotonic()
    with closing(start(f"import time\n{writes(EMPTY_OBJECT)}\ntime.sleep(60)")) as worker:
        for _ in range(20):
            worker.request({"id": 1, "name": "f", "read": False, "argument_sets": []}, bytes(1 << 20))
        worker.receive(5)  # a forged reply, written while the module was loading
        with pytest.raises(OutOfTime):
            worker.receive(0.3)
    assert time.monotonic() - began < 10


@pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX")
def test_a_child_of_the_worker_is_killed_with_its_group(tmp_path: Path) -> None:
    late = tmp_path / "late"
    text = (
        f"import os, time\nif os.fork() == 0:\n  time.sleep(1.0)\n  open({str(late)!r}, 'w').close()\n  os._exit(0)\n"
    )
    worker = start(text)
    worker.receive(5)
    worker.close()
    time.sleep(1.5)
    assert not late.exists()


def test_what_is_printed_is_kept_up_to_a_cap_and_read_once() -> None:
    with closing(start("import sys\nprint('hello')\nsys.stderr.write('x' * 1_000_000)")) as worker:
        worker.receive(5)
        time.sleep(0.2)
        text = worker.printed()
        assert text.startswith("hello\n")
        assert len(text) <= 64 << 10
        assert worker.printed() == ""


def test_standard_input_is_empty() -> None:
    with closing(start("def f():\n    import sys\n    return sys.stdin.read()")) as worker:
        worker.receive(5)
        assert reply(worker)["value"] == ""


@pytest.mark.parametrize("module", ["reference", "tests", "student_template"])
def test_a_submission_cannot_import_what_knows_an_answer(module: str) -> None:
    with closing(start(f"import {module}")) as worker:
        (fault,) = worker.receive(5)[0]["skipped"]
        assert (fault["fault"], fault["type"]) == ("crashed", "ModuleNotFoundError")


def test_the_environment_is_scrubbed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "abc")
    with closing(start("import os\ndef f(): return sorted(os.environ)")) as worker:
        worker.receive(5)
        assert "SECRET_TOKEN" not in reply(worker)["value"]


def test_many_workers_leave_no_descriptor_and_no_thread() -> None:
    import threading

    start("").close()
    before = len(os.listdir("/proc/self/fd")), threading.active_count()
    for _ in range(5):
        worker = start("while True: pass")
        worker.close()
    assert (len(os.listdir("/proc/self/fd")), threading.active_count()) == before
