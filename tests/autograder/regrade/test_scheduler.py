"""Sending out and taking in: in which order, how much at a time, and what becomes of tasks that kill a process."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from itertools import count
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.regrade import scheduler as batch
from autograder.regrade.executors import CrewError, LocalCrew
from autograder.regrade.scheduler import AHEAD, GIVE_UP_AFTER, TRIES, CannotGoOn
from autograder.regrade.task import Done, Task
from tests.autograder.regrade.deadly import Notes, grade, task


class KilledWorker(Exception):
    """Distributed's, by its name."""


class FakeCrew:
    """Grades in no process: what is out is looked at in the order in which it came, whenever the batch must wait.

    A "kill" breaks the pool as a lost process breaks one: it, and whatever else is out, raises BrokenProcessPool, and
    so does every task that is sent out before `renew`.
    """

    def __init__(self, width: int = 2, at_once: Callable[[], int] = lambda: 1, cluster: bool = False) -> None:
        self.width = width
        self.out: dict[Future[bytes], Task] = {}
        self.tried: Counter[str] = Counter()
        self.most = 0
        self.renewals = 0
        self.broken = False
        self._at_once = at_once
        self._cluster = cluster

    def submit(self, data: bytes) -> Future[bytes]:
        if self.broken:
            raise BrokenProcessPool("lost")
        future = _Watched(self)
        self.out[future] = msgspec.json.decode(data, type=Task)
        self.most = max(self.most, len(self.out))
        return future

    def renew(self) -> None:
        self.out.clear()
        self.broken = False
        self.renewals += 1

    def complaint(self) -> str:
        return ""

    def close(self) -> None:
        raise AssertionError("whoever hired the crew closes it")

    def work(self) -> None:
        """Some tasks end: at once, as far as the batch can see."""
        if self.broken:
            self._break()
            return
        for future in list(self.out)[: self._at_once()]:
            if future not in self.out:
                continue
            given = self.out.pop(future)
            how = given.texts["how"]
            self.tried[given.submission] += 1
            if how == "raise":
                future.set_exception(ValueError("no good"))
            elif how == "kill" and self._cluster:
                for other in list(self.out):  # whatever waits at the same workers is lost with it
                    self.out.pop(other)
                    other.set_exception(KilledWorker())
                future.set_exception(KilledWorker())
            elif how == "kill":
                self._break(future)
            elif how == "break":  # its process is lost as soon as it has answered; the others learn it a moment later
                future.set_result(msgspec.json.encode(Done(given.submission)))
                self.broken = True
                return
            else:
                future.set_result(msgspec.json.encode(Done(given.submission, fault="no" if how == "fault" else "")))

    def _break(self, *futures: Future[bytes]) -> None:
        self.broken = True
        lost, self.out = list(self.out), {}
        for future in (*futures, *lost):
            future.set_exception(BrokenProcessPool("lost"))


class _Watched(Future[bytes]):
    """A future that has its crew work when somebody waits for it: `wait` takes its lock first."""

    def __init__(self, crew: FakeCrew) -> None:
        super().__init__()
        self.crew = crew


@pytest.fixture(autouse=True)
def work_while_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fake crew works while the batch waits; the real `wait` answers then."""
    real = batch.wait

    def wait(futures: Iterable[Future[bytes]], **options: object) -> object:
        crews = {future.crew for future in futures if isinstance(future, _Watched)}
        for crew in crews:
            crew.work()
        return real(futures, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(batch, "wait", wait)


def numbered(*hows: str) -> Iterator[Task]:
    return (task(str(place), how) for place, how in enumerate(hows))


def run(tasks: Iterator[Task], crew: FakeCrew | LocalCrew, patience: float = 5.0) -> Notes:
    notes = Notes()
    batch.run(tasks, crew, notes, patience)
    return notes


def test_all_are_graded_once_and_in_order() -> None:
    crew = FakeCrew()
    notes = run(numbered(*[""] * 50), crew)
    assert notes.graded == [str(place) for place in range(50)]
    assert (notes.lost, notes.notices, crew.renewals) == ({}, [], 0)


@pytest.mark.parametrize("width", [1, 2, 7])
def test_only_a_few_are_out_at_a_time_and_no_more_are_read(width: int) -> None:
    crew = FakeCrew(width)
    read = count()
    ahead: list[int] = []

    def tasks() -> Iterator[Task]:
        for place in range(100):
            ahead.append(next(read) - crew.tried.total())
            yield task(str(place))

    run(tasks(), crew)
    assert crew.most == width * AHEAD
    assert max(ahead) < width * AHEAD


def test_nothing_to_do() -> None:
    assert run(iter(()), FakeCrew()) == Notes()


def test_an_error_of_ours_gives_up_that_one_alone() -> None:
    notes = run(numbered("", "raise", ""), FakeCrew())
    assert notes.graded == ["0", "2"]
    assert notes.lost == {"1": "internal error: ValueError: no good"}


@pytest.mark.parametrize("place", range(6))
def test_one_that_takes_its_process_along_is_lostand_the_others_are_graded(place: int) -> None:
    crew = FakeCrew(width=2)
    hows = [""] * 6
    hows[place] = "kill"
    notes = run(numbered(*hows), crew)
    assert sorted(notes.graded) == [str(other) for other in range(6) if other != place]
    assert notes.lost == {str(place): f"its worker process crashed {TRIES} times"}
    assert crew.tried == Counter({str(other): 1 for other in range(6)}) + Counter({str(place): TRIES})
    assert crew.renewals == TRIES + 1
    assert len(notes.notices) == 1
    assert "one at a time" in notes.notices[0]


def test_answers_that_came_before_the_pool_broke_are_kept() -> None:
    crew = FakeCrew(width=3, at_once=lambda: 6)  # five answer and the sixth breaks the pool, all before anybody looks
    notes = run(numbered("", "", "kill", "", "", ""), crew)
    assert crew.tried["0"] == crew.tried["1"] == 1
    assert sorted(notes.graded) == ["0", "1", "3", "4", "5"]


def test_a_pool_that_breaks_between_two_tasks_loses_nothing_and_grades_nothing_twice() -> None:
    crew = FakeCrew(width=2)
    notes = run(numbered("break", "", "", "", "", "break", ""), crew)
    assert sorted(notes.graded) == [str(place) for place in range(7)]
    assert max(crew.tried.values()) == 1


HOWS = st.lists(st.sampled_from(["", "", "", "kill", "raise", "break"]), max_size=25)


@given(hows=HOWS, width=st.integers(1, 4), steps=st.lists(st.integers(1, 9), min_size=1), cluster=st.booleans())
def test_whatever_breaks_when_each_is_graded_once_or_given_up(
    hows: list[str], width: int, steps: list[int], cluster: bool
) -> None:
    at_once = iter(steps * 1_000)
    crew = FakeCrew(width, lambda: next(at_once, 1), cluster)
    notes = run(numbered(*hows), crew)
    dead = {str(place) for place, how in enumerate(hows) if how in ("kill", "raise")}
    assert Counter(notes.graded) == Counter(str(place) for place in range(len(hows)) if str(place) not in dead)
    assert set(notes.lost) == dead
    assert all(tried == 1 for name, tried in crew.tried.items() if name not in dead)
    assert crew.most <= width * AHEAD


def test_a_fault_of_the_machine_stops_the_batch() -> None:
    with pytest.raises(CannotGoOn, match=r"^no$"):
        run(numbered("", "fault", ""), FakeCrew())


def test_a_process_without_this_project_stops_the_batch() -> None:
    with (
        closing(LocalCrew(grade, 1)) as crew,
        pytest.raises(CannotGoOn, match=r"cannot import what it needs .*'autograder'.*PYTHONPATH"),
    ):
        run(numbered("import", ""), crew)


# ------------------------------------------------------------------------------------------------------ nobody is there


class DesertedCrew(FakeCrew):
    """Has nobody who grades until it was asked `returns` times."""

    def __init__(self, returns: int) -> None:
        super().__init__()
        self.asked = 0
        self.returns = returns

    def work(self) -> None:
        if self.asked >= self.returns:
            super().work()

    def complaint(self) -> str:
        self.asked += 1
        return "nobody is there" if self.asked < self.returns else ""


def test_says_that_nobody_is_there_and_goes_on_once_somebody_is() -> None:
    notes = run(numbered("", ""), DesertedCrew(returns=4), patience=0.01)
    assert notes.graded == ["0", "1"]
    assert notes.notices == [f"nobody is there: waiting ({look} of {GIVE_UP_AFTER})" for look in (1, 2, 3)]


def test_says_soon_that_it_waits() -> None:
    class Impatient(Notes):
        def notice(self, sentence: str) -> None:
            raise KeyboardInterrupt(sentence)

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt, match="nobody is there: waiting"):
        batch.run(numbered(""), DesertedCrew(returns=10**9), Impatient(), patience=30.0)
    assert time.monotonic() - began < 10


def test_gives_up_when_nobody_comes() -> None:
    notes = Notes()
    with pytest.raises(
        CrewError, match=r"^nobody is there\. What was graded is kept: run the command again to go on.$"
    ):
        batch.run(numbered("", ""), DesertedCrew(returns=10**9), notes, patience=0.01)
    assert len(notes.notices) == GIVE_UP_AFTER - 1
    assert notes.graded == []


def test_waits_as_long_as_it_takes_while_somebody_is_there() -> None:
    class SlowCrew(DesertedCrew):
        def complaint(self) -> str:
            self.asked += 1
            return "nobody is there" if self.asked % 3 == 0 else ""  # now and then it is away for a moment

    crew = SlowCrew(returns=4 * GIVE_UP_AFTER)
    notes = run(numbered("", ""), crew, patience=0.01)
    assert notes.graded == ["0", "1"]
    assert set(notes.notices) == {f"nobody is there: waiting (1 of {GIVE_UP_AFTER})"}


def test_gives_up_when_the_last_worker_is_lost_with_a_task_that_is_tried_alone() -> None:
    class LastWorker(DesertedCrew):
        def work(self) -> None:
            if not self.renewals:
                FakeCrew.work(self)

    with pytest.raises(CrewError, match="nobody is there"):
        run(numbered("kill", ""), LastWorker(returns=10**9), patience=0.01)


class ForgetfulCrew(FakeCrew):
    """A cluster whose scheduler is lost at each of these steps, and comes back."""

    def __init__(self, lost_at: Iterable[int]) -> None:
        super().__init__()
        self.step = count()
        self.lost_at = set(lost_at)

    def work(self) -> None:
        if next(self.step) not in self.lost_at:
            super().work()
            return
        lost, self.out = list(self.out), {}
        for future in lost:
            future.cancel()
            future.set_running_or_notify_cancel()


@given(lost_at=st.sets(st.integers(0, 30)))
def test_what_a_scheduler_forgot_is_handed_out_again(lost_at: set[int]) -> None:
    often = any({step, step + 1, step + 2, step + 3} <= lost_at for step in lost_at)
    crew, notes = ForgetfulCrew(lost_at), Notes()
    hows = ["", "", "raise", "", "", "", ""]
    try:
        batch.run(numbered(*hows), crew, notes, 5.0)
    except CrewError:
        assert often
    else:
        assert sorted(notes.graded) == ["0", "1", "3", "4", "5", "6"]
        assert set(notes.lost) == {"2"}
    assert max(crew.tried.values(), default=0) <= 1


# -------------------------------------------------------------------------------------------------------- the real pool


def test_processes_that_are_lost_cost_only_the_tasks_that_killed_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each task is larger than a pipe holds: before CPython 3.11.5 a broken pool would then hang for ever."""
    log = tmp_path / "log"
    monkeypatch.setenv("REGRADE_TEST_LOG", str(log))
    deadly = {"2": "kill", "5": "exit"}
    tasks = (task(str(n), deadly.get(str(n), ""), padding=200_000, seconds=0.02) for n in range(9))
    with closing(LocalCrew(grade, 2)) as crew:
        notes = run(tasks, crew)
    assert sorted(notes.graded) == ["0", "1", "3", "4", "6", "7", "8"]
    assert notes.lost == dict.fromkeys(deadly, f"its worker process crashed {TRIES} times")
    ended = Counter(log.read_text().split())
    assert set(ended) == set(notes.graded)  # an answer may be lost with the pool on its way here, but counts once


def test_a_pool_that_was_renewed_ends_at_once() -> None:
    with closing(LocalCrew(grade, 2)) as crew:
        began = time.monotonic()
        run(iter([task("0", "kill", padding=500_000)]), crew)
    assert time.monotonic() - began < 60


def test_processes_find_the_project_where_it_is_not_on_the_path(tmp_path: Path) -> None:
    """`python -m` takes the current folder off it, and where nobody installed the project nothing else leads there."""
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from autograder.regrade.executors import LocalCrew; del sys.path[0]\n"
        "crew = LocalCrew(len, 1); print(crew.submit(b'four').result(60)); crew.close()"
    )
    root = str(Path(__file__).resolve().parents[3])
    command = [sys.executable, "-c", program, root]
    ended = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, timeout=90, check=False)
    assert ended.stdout == "4\n", ended.stderr[-500:]
