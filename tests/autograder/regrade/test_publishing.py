"""Publishing is one step: whatever stops it, the folder is whole, with the old grades or with the new ones."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from autograder.regrade import console, publish, staging
from autograder.regrade.staging import NAME, Staging
from autograder.regrade.store import Store
from tests.autograder.calls import Capsys, run
from tests.autograder.regrade import runs
from tests.autograder.regrade.conftest import Class
from tests.autograder.regrade.graded_class import rubric

OTHER = (("points: 0.5", "points: 0.75"), ("points: 1.25", "points: 1.0"))


def published(out: Path) -> dict[str, bytes]:
    """Every file that is published, by name, without what the clock says."""
    names = ["grades.csv", "changes.csv", "report.html", *(f"results/{p.name}" for p in (out / "results").iterdir())]
    lines = {name: (out / name).read_bytes().splitlines() for name in names}
    timed = re.compile(rb"execution_time|this folder keeps since")
    return {name: b"\n".join(line for line in lines[name] if not timed.search(line)) for name in names}


@dataclass(frozen=True)
class Change:
    """A graded folder, another rubric, and the files that are published before and after a grading under it."""

    out: Path
    rubric: Path
    before: dict[str, bytes]
    after: dict[str, bytes]


@pytest.fixture
def drawn() -> None:
    """As in the processes whose files are compared with these."""


@pytest.fixture
def change(graded: Class, tmp_path: Path, capsys: Capsys) -> Change:
    """A rubric under which every submission's files are other ones."""
    other, out = rubric(tmp_path / "new.yaml", *OTHER), shutil.copytree(graded.out, tmp_path / "new")
    assert run(capsys, "regrade", out, "-o", out, "--rubric", other).code == 0
    return Change(graded.out, other, published(graded.out), published(out))


class Killed(BaseException):
    """Nothing handles it: what a kill leaves, without a process of its own."""


def killing(at: int, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which is killed before its call number `at`, and at each later one."""
    calls = iter(range(10**6))

    def called(*arguments: Any) -> Any:
        if next(calls) >= at:
            raise Killed
        return function(*arguments)

    return called


def test_killed_between_any_two_moves(
    change: Change, tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One kill before each file that is moved, however many there are; then a run that nothing stops."""
    stopped = 0
    for at in count():
        out = shutil.copytree(change.out, tmp_path / f"killed {at}")
        with monkeypatch.context() as patched:
            patched.setattr(staging, "_move", killing(at, staging._move))
            try:
                assert run(capsys, "regrade", out, "-o", out, "--rubric", change.rubric).code == 0
            except Killed:
                stopped += 1
        assert run(capsys, "regrade", out, "--kept-rubric").code == 0  # any command that opens it
        assert published(out) == change.after
        assert not (out / NAME).exists()
        if stopped == at:
            break
    assert stopped >= len(change.after)  # each file that is published is one move


@pytest.mark.parametrize("place", ["write_grades", "write_changes", "publish", "write_report"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), Killed()], ids=["a full disk", "a kill"])
def test_stopped_before_everything_is_written(
    place: str, error: BaseException, change: Change, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(console if place == "write_report" else publish, place, fails)
        call = ("regrade", change.out, "-o", change.out, "--rubric", change.rubric)
        if isinstance(error, Killed):
            with pytest.raises(Killed):
                run(capsys, *call)
        else:
            assert run(capsys, *call).code == 2
    assert published(change.out) == change.before
    assert run(capsys, "regrade", change.out, "-o", change.out, "--rubric", change.rubric).code == 0
    assert published(change.out) == change.after


@pytest.mark.usefixtures("drawn")
def test_nothing_is_printed_before_everything_is_published(change: Change) -> None:
    """`regrade ... | head -0`: the pipe is closed before the first line."""
    process = runs.start(change.out, "-o", change.out, "--rubric", change.rubric)
    assert process.stdout is not None
    process.stdout.close()
    process.wait(60)
    assert process.stderr is not None
    process.stderr.close()
    assert published(change.out) == change.after


def test_what_waits_and_what_a_stranger_put_there(tmp_path: Path) -> None:
    """Files that never stood ready are gone; a link in their place leads nowhere."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "precious.csv").write_text("x")
    out = tmp_path / "out"
    out.mkdir()
    (out / NAME).symlink_to(other)
    with Store(out) as store:
        store.set_fact(staging.READY, "ready")
        with Staging(store, out) as waiting:
            (waiting.below(out) / "grades.csv").write_text("new")
            waiting.publish({"a": "b"})
        assert (store.fact("a"), store.fact(staging.READY)) == ("b", "")
    assert (other / "precious.csv").exists()
    assert not (out / "precious.csv").exists()
    assert (out / "grades.csv").read_text() == "new"


def publishing(process: subprocess.Popen[str], out: Path) -> None:
    """Waits until a run begins to publish, or ends."""
    while process.poll() is None and not (out / NAME).exists():
        time.sleep(0.0005)


def kill_while_publishing(process: subprocess.Popen[str], out: Path, wait: float, change: Change) -> str:
    """Kills a run so many seconds after it began to publish; whether the folder is "old" or "new": it must be one."""
    publishing(process, out)
    time.sleep(wait)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    with Store(out) as store:  # as any command does
        staging.settle(store, out)
    now = published(out)
    assert now in (change.before, change.after)
    return "new" if now == change.after else "old"


@pytest.mark.usefixtures("drawn")
@pytest.mark.parametrize(
    "kills", [pytest.param(8, marks=pytest.mark.attacks), pytest.param(100, marks=pytest.mark.certify)]
)
def test_killed_at_random_moments_while_it_publishes(kills: int, change: Change, tmp_path: Path) -> None:
    rng, seen, longest = random.Random(17), {"old": 0, "new": 0}, 0.0
    for place in range(kills + 1):
        out = tmp_path / f"killed{place}"
        shutil.copytree(change.out, out)
        process = runs.start(out, "-o", out, "--rubric", change.rubric)
        if place == 0:  # is not killed: how long it publishes
            publishing(process, out)
            began = time.monotonic()
            process.communicate()
            longest = time.monotonic() - began
        else:
            seen[kill_while_publishing(process, out, rng.uniform(0, longest), change)] += 1
        shutil.rmtree(out)
    print(f"\n{seen}")
    assert kills < 100 or min(seen.values()) > 0


def test_a_disk_that_is_full_while_files_are_put_in_their_places(
    change: Change, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(staging, "_move", full)
        ran = run(capsys, "regrade", change.out, "-o", change.out, "--rubric", change.rubric)
    assert ran.code == 2
    assert "No space left on device" in ran.err
    assert ran.out == ""
    assert published(change.out) == change.before
    assert run(capsys, "regrade", change.out, "--kept-rubric").code == 0  # any command ends what was begun
    assert published(change.out) == change.after
