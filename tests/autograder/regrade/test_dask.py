"""`regrade --scheduler` on a real cluster: a scheduler and workers on loopback, some of which are lost on the way."""

from __future__ import annotations

import re
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import closing
from pathlib import Path

import pytest

from autograder.regrade import scheduler as batch
from autograder.regrade.executors import CrewError, DaskCrew
from tests.autograder import calls
from tests.autograder.regrade import deadly
from tests.autograder.regrade.cluster import Cluster, until
from tests.autograder.regrade.deadly import Notes
from tests.autograder.regrade.runs import (
    QUICK,
    descendants,
    finished,
    graded,
    living,
    plant,
    results,
    run,
    start,
    stored,
)
from tests.packaging.project_copy import practice

distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed (the extra `cluster`)")
SUBMISSIONS = [*QUICK[:5], "endless_loop", *QUICK][:20]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    with Cluster(folder) as found:
        yield found


def crew_of(cluster: Cluster, workers: int) -> DaskCrew:
    crew = DaskCrew(deadly.grade, cluster.address)
    until(lambda: crew._count(0.0) == workers, f"{workers} workers are there")
    return crew


def _at_work(workers: Iterable[subprocess.Popen[bytes]]) -> list[int]:
    """The workers in which a student's code runs: below such a one there is a zygote, and a process that it forked."""
    return [worker.pid for worker in workers if len(living(descendants(worker.pid))) > 1]


@pytest.mark.attacks
def test_a_worker_that_is_lost_costs_nothing(cluster: Cluster, tmp_path: Path) -> None:
    """Its submissions are graded elsewhere. The workers have a copy of the project, and share no folder with us."""
    folder = plant(tmp_path / "class", SUBMISSIONS)
    ours, theirs = practice(tmp_path / "ours").root, practice(tmp_path / "theirs").root
    workers = [cluster.worker(f"w{place}", theirs) for place in range(3)]
    with_cluster = start(folder, "-o", tmp_path / "far", "--scheduler", cluster.address, root=ours)
    out = tmp_path / "far"
    until(lambda: len(stored(out)) >= 5, "some are graded")
    grading: list[int] = []
    until(lambda: grading.extend(_at_work(workers)) or grading, "a worker grades")
    victim = next(worker for worker in workers if worker.pid == grading[0])
    below, there = descendants(victim.pid), len(stored(out))
    victim.kill()
    killed = time.monotonic()
    gone = until(lambda: not living(below), "the dead worker's zygote and student processes are gone", seconds=20)
    said = finished(with_cluster)
    print(f"\n{there} of {len(SUBMISSIONS)} were kept when a worker was killed; its {len(below)} processes were gone")
    print(f"after {gone:.2f} s; the run ended {time.monotonic() - killed:.1f} s later\n{said}")
    again = _handed_out_again(cluster)
    print(f"tasks that were sent out again: {again}")
    assert again >= 1
    assert 0 < there < len(SUBMISSIONS)
    assert graded(said) == len(SUBMISSIONS)
    assert "not graded" not in said
    assert all(body["extra_data"]["isolation"]["holds"] for body in results(out).values())

    run(folder, "-o", tmp_path / "near", "--jobs", "2")
    assert (out / "grades.csv").read_bytes() == (tmp_path / "near" / "grades.csv").read_bytes()
    assert results(out) == results(tmp_path / "near")


def _handed_out_again(cluster: Cluster) -> int:
    """By the scheduler's own record: how many tasks a worker had that was lost."""
    with distributed.Client(cluster.address) as client:
        told = [event for events in client.get_events().values() for _, event in events]
    return sum(len(event["processing-tasks"]) for event in told if "processing-tasks" in event)


@pytest.mark.attacks
def test_one_that_kills_its_workers_is_lostand_the_others_are_graded(cluster: Cluster, tmp_path: Path) -> None:
    log = tmp_path / "log"
    for place in range(3):  # with nannies, which start a worker again
        cluster.worker(f"w{place}", nanny=True, REGRADE_TEST_LOG=str(log))
    notes = Notes()
    tasks = (deadly.task(str(n), "kill" if n == 4 else "raise" if n == 6 else "", seconds=0.05) for n in range(12))
    with closing(crew_of(cluster, 3)) as crew:
        batch.run(tasks, crew, notes, patience=5.0)
    assert sorted(map(int, notes.graded)) == [0, 1, 2, 3, 5, 7, 8, 9, 10, 11]
    assert notes.lost == {
        "4": "its worker processes crashed, one after the other",
        "6": "internal error: ValueError: no good: 6",
    }
    ended = Counter(log.read_text().split())
    print(f"\ncomputed more than once, since the answer was lost with its worker: {ended.total() - len(ended)}")
    assert set(ended) == set(notes.graded)


def test_a_worker_with_another_version_of_the_project_stops_the_run(cluster: Cluster, tmp_path: Path) -> None:
    ours, project = practice(tmp_path / "ours").root, practice(tmp_path / "copy")
    spec = project.root / "tests" / "specs" / "test_searching.py"
    spec.write_text(spec.read_text() + "\n# changed\n")
    cluster.worker("other", project.root)
    folder = plant(tmp_path / "class", QUICK[:3])
    said = run(folder, "-o", tmp_path / "out", "--scheduler", cluster.address, root=ours, code=2)
    assert "another version of this project" in said
    assert "give every machine the same folder" in said
    assert stored(tmp_path / "out") == {}


def test_a_worker_without_the_project_stops_the_run(cluster: Cluster, tmp_path: Path) -> None:
    cluster.worker("bare", tmp_path / "nothing")
    folder = plant(tmp_path / "class", QUICK[:3])
    said = run(folder, "-o", tmp_path / "out", "--scheduler", cluster.address, code=2)
    assert "cannot import what it needs (No module named 'autograder'): start every worker with this project" in said


WRONG = {
    "tcp://127.0.0.1:1": "Timed out trying to connect",
    "nonsense": "missing port number",
    "http://127.0.0.1:80": "unknown address scheme 'http'",
}


@pytest.mark.parametrize("address", WRONG)
def test_no_scheduler(address: str) -> None:
    said = f"no Dask scheduler answers at {address}: {WRONG[address]}"
    with pytest.raises(CrewError, match=f"^{re.escape(said)}"):
        DaskCrew(deadly.grade, address, seconds=0.5)


def test_without_a_scheduler_the_command_ends_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = plant(tmp_path / "class", QUICK[:1])
    called = calls.run(capsys, "regrade", folder, "-o", tmp_path / "out", "--scheduler", "nonsense")
    assert called.sentence.startswith(f"no Dask scheduler answers at nonsense: {WRONG['nonsense']}")


def test_a_scheduler_without_workers_is_waited_for(cluster: Cluster) -> None:
    notes = Notes()
    notices: list[str] = []

    def notice(sentence: str) -> None:
        if not notices:
            cluster.worker("late")
        notices.append(sentence)

    notes.notice = notice  # type: ignore[method-assign]
    with closing(DaskCrew(deadly.grade, cluster.address)) as crew:
        batch.run(iter([deadly.task("0")]), crew, notes, patience=3.0)
    to_start = f"to start one: dask worker {cluster.address}"
    assert notices[0] == f"the Dask scheduler has no worker yet ({to_start}): waiting (1 of 10)"
    assert notes.graded == ["0"]


def test_a_lost_scheduler_ends_the_run_in_words(cluster: Cluster) -> None:
    cluster.worker("w0")
    crew = crew_of(cluster, 1)
    crew._seconds = 2.0
    notes = Notes(after=3, then=cluster.scheduler.kill)
    began = time.monotonic()
    with pytest.raises(
        CrewError, match=r"the Dask scheduler was lost: no Dask scheduler answers .* run the command again"
    ):
        batch.run((deadly.task(str(n), seconds=0.05) for n in range(500)), crew, notes, patience=1.0)
    assert time.monotonic() - began < 30
    assert notes.lost == {}
    assert crew.complaint() == f"the Dask scheduler at {cluster.address} does not answer"
    with pytest.raises(CancelledError):
        crew.submit(b"").result(timeout=5)
    crew.close()
