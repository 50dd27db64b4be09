"""Two workers of one zygote share no open file, no table, no memory that can be written, no session and no user."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox.jail import Jail
from autograder.sandbox.jailed_worker import JailedWorker
from autograder.sandbox.protocol import Program

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="looking into other processes needs root on Linux"
)
_KCMP = {"x86_64": 312, "aarch64": 272}.get(platform.machine(), 0)
_FILE, _VM, _FILES, _FS = 0, 1, 2, 3


@pytest.fixture
def pair() -> Iterator[tuple[int, list[JailedWorker]]]:
    """The zygote's process id and two workers of it."""
    with Jail() as jail:
        workers = [jail.start(Program("a.py", {"a.py": "import numpy"}, 64 << 20, 60)) for _ in range(2)]
        assert all(worker.receive(5)[0]["loaded"] for worker in workers)
        yield jail.process, [worker for worker in workers if isinstance(worker, JailedWorker)]
        for worker in workers:
            worker.close()


def same(kind: int, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two processes have the same open file behind a descriptor, memory, table of descriptors or folder."""
    libc = ctypes.CDLL(None, use_errno=True)
    found = int(libc.syscall(_KCMP, one[0], other[0], kind, one[1], other[1]))
    if found < 0:
        pytest.skip(f"no kcmp on this machine: {os.strerror(ctypes.get_errno())}")
    return found == 0


def test_no_open_file_is_shared(pair: tuple[int, list[JailedWorker]]) -> None:
    zygote, (one, other) = pair
    for process in (one.process, other.process):
        assert sorted(os.listdir(f"/proc/{process}/fd")) == ["0", "1", "2", "3"]
    assert same(_FILE, (one.process, 1), (one.process, 2))  # the judge finds what is the same
    for mine in range(4):
        for theirs in range(4):
            assert not same(_FILE, (one.process, mine), (other.process, theirs))
        for theirs in map(int, os.listdir(f"/proc/{zygote}/fd")):
            assert not same(_FILE, (one.process, mine), (zygote, theirs))


def test_no_table_is_shared(pair: tuple[int, list[JailedWorker]]) -> None:
    zygote, (one, other) = pair
    for kind in (_VM, _FILES, _FS):
        assert not same(kind, (one.process, 0), (other.process, 0))
        assert not same(kind, (one.process, 0), (zygote, 0))


def test_no_memory_that_is_shared_can_be_written(pair: tuple[int, list[JailedWorker]]) -> None:
    for worker in pair[1]:
        modes = [line.split()[1] for line in Path(f"/proc/{worker.process}/maps").read_text().splitlines()]
        assert "rw-p" in modes
        assert not [mode for mode in modes if mode[1] == "w" and mode[3] == "s"]


def test_each_has_a_session_and_a_user_of_its_own(pair: tuple[int, list[JailedWorker]]) -> None:
    zygote, workers = pair
    assert len({os.getsid(process) for process in (zygote, *(w.process for w in workers))}) == 3
    users = [Path(f"/proc/{w.process}/status").read_text().split("Uid:")[1].split()[:4] for w in workers]
    assert len({tuple(user) for user in users} | {("0",) * 4}) == 3
