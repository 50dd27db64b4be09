"""`regrade` stopped at any moment and started again: nothing is lost, nothing is graded twice, the files are the same.

What the store had is compared as it is kept, with the seconds that each submission took: one graded again would differ.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.core.submission import Submission
from autograder.grading.finding import Finding
from autograder.intake.entry import About
from autograder.regrade.store import NOW, Run, Store
from tests.autograder.regrade.cluster import until
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
from tests.packaging.project_copy import Project, practice

CLASS = QUICK[:12]
NAMES = [str(100 + place) for place in range(len(CLASS))]
TABLES = ("grades.csv", "changes.csv")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The class."""
    return plant(tmp_path_factory.mktemp("class"), CLASS)


@pytest.fixture(scope="module")
def timed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """What a run leaves that nobody stopped, and the seconds that it took."""
    out, began = tmp_path_factory.mktemp("whole"), time.monotonic()
    assert graded(run(folder, "-o", out, "--jobs", "2")) == len(CLASS)
    return out, time.monotonic() - began


def test_ctrl_c_ends_it_in_under_a_second_whatever_is_being_graded(tmp_path: Path) -> None:
    """The better of two, since the machine may be busy; a submission of these takes many seconds."""
    folder, took = plant(tmp_path / "class", [QUICK[0], "endless_loop", "endless_loop"]), list[float]()
    for attempt in range(2):
        out = tmp_path / str(attempt)
        process = start(folder, "-o", out, "--jobs", "2")
        until(lambda out=out: stored(out), "one is graded")  # type: ignore[misc]
        below, began = descendants(process.pid), time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        assert "run the command again to go on" in finished(process, 2)
        took.append(time.monotonic() - began)
        until(lambda below=below: not living(below), "all its processes are gone", 5)  # type: ignore[misc]
    assert min(took) < 1


@pytest.fixture(scope="module")
def whole(timed: tuple[Path, float]) -> Path:
    """What a run leaves that nobody stopped. Tests copy it."""
    return timed[0]


def assert_same(out: Path, whole: Path) -> None:
    for name in TABLES:
        assert (out / name).read_bytes() == (whole / name).read_bytes(), name
    assert results(out) == results(whole)
    for place in (out, out / "results"):
        assert not [path.name for path in place.iterdir() if path.name.startswith(".")]
    assert {path.name for path in out.iterdir()} == {path.name for path in whole.iterdir()}


def published(out: Path) -> bool:
    """Whether the last thing that a run does is done. Opening the store reads its log, as the next run does."""
    with closing(sqlite3.connect(out / "findings.sqlite")) as database:
        try:
            return bool(database.execute("select 1 from facts where name = 'standings'").fetchall())
        except sqlite3.OperationalError:  # killed before there were tables
            return False


def stop(process: subprocess.Popen[str], only_parent: bool) -> float:
    """Kills a run; how long it took until every process below it was gone."""
    below = descendants(process.pid)
    if only_parent:
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    gone = until(lambda: not living(below), f"{len(below)} processes of a killed run are gone", seconds=15)
    for stream in (process.stdout, process.stderr):
        assert stream is not None
        stream.close()
    return gone


def run_with_kills(folder: Path, out: Path, kills: int, rng: random.Random, longest: float, only_parent: bool) -> int:
    """Runs until all is done, killed up to so many times; how many kills there were."""
    kept: dict[str, tuple[str, str]] = {}
    for done in range(kills):
        process = start(folder, "-o", out, "--jobs", "2")
        try:
            process.wait(rng.uniform(0.3, longest))
        except subprocess.TimeoutExpired:
            stop(process, only_parent)
        else:
            assert graded(finished(process)) == len(CLASS) - len(kept)
            return done
        there = stored(out)
        assert {name: there.get(name) for name in kept} == kept, "what was kept is as it was"
        kept = there
        if (out / "findings.sqlite").is_file() and published(out):
            return done + 1
    assert graded(run(folder, "-o", out, "--jobs", "2")) == len(CLASS) - len(kept)
    assert kept.items() <= stored(out).items()
    return kills


@pytest.mark.attacks
@pytest.mark.parametrize("only_parent", [False, True], ids=["all its processes", "the parent alone"])
def test_killed_at_random_moments(folder: Path, timed: tuple[Path, float], tmp_path: Path, only_parent: bool) -> None:
    whole, seconds = timed
    kills = run_with_kills(folder, tmp_path / "out", 4, random.Random(only_parent), 0.7 * seconds, only_parent)
    assert kills > 0
    assert_same(tmp_path / "out", whole)


def test_killed_while_it_writes_what_it_found(folder: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = start(folder, "-o", out, "--jobs", "2")
    waiting = out / ".publishing" / "results"
    until(lambda: waiting.is_dir() and len(list(waiting.iterdir())) > 2, "results are written")
    stop(process, only_parent=False)
    assert graded(run(folder, "-o", out, "--jobs", "2")) == 0
    assert_same(out, whole)


@pytest.mark.certify
def test_killed_a_hundred_times(folder: Path, timed: tuple[Path, float], tmp_path: Path) -> None:
    whole, seconds = timed
    rng, killed, place = random.Random(891), 0, 0
    while killed < 100:
        out = tmp_path / str(place)
        longest = rng.choice([0.4, 0.8, 1.2]) * seconds
        killed += run_with_kills(folder, out, rng.randint(1, 12), rng, longest, rng.random() < 0.5)
        assert_same(out, whole)
        shutil.rmtree(out)
        place += 1


def test_another_run_in_the_same_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = start(folder, "-o", out, "--jobs", "1")
    until(lambda: stored(out), "one is graded")
    os.kill(first.pid, signal.SIGSTOP)
    try:
        said = run(folder, "-o", out, code=2)
    finally:
        os.kill(first.pid, signal.SIGCONT)
    assert f"{out} is being written by another regrade: wait until it ends, or give another folder." in said
    assert graded(finished(first)) == len(CLASS)


# ------------------------------------------------------------------------------------------------------------ the files


def test_files_that_are_missing_cut_off_or_left_half_written(folder: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(whole, out)
    made = out / "results"
    (made / "101.json").unlink()
    (made / "102.json").write_bytes((made / "102.json").read_bytes()[:700])
    (made / "103.json").write_bytes(b"")
    os.utime(made / "104.json", (1, 1))
    (out / ".publishing").mkdir()
    (out / ".publishing" / "grades.csv").write_text("half of")
    others = ("results/.105.json.bak", ".overrides.csv.4711", ".note.4711")  # not this command's: left where they are
    for name in others:
        (out / name).write_text("somebody's")
    assert graded(run(folder, "-o", out)) == 0
    for name in others:
        (out / name).unlink()
    assert results(out) == results(whole)
    assert not [path for path in (*out.iterdir(), *made.iterdir()) if path.name.startswith(".")]
    assert (made / "104.json").stat().st_mtime == 1, "one that is current is not written again"


# ------------------------------------------------------------------------------------- what has changed is graded again

# Run in the copy of the project: which rows of which submission a run would grade.
MISSING = """
import sys
from pathlib import Path
from autograder.assignment.load import load_assignment
from autograder.regrade.fingerprint import fingerprint
from autograder.regrade.regrader import Regrading, Setting
from autograder.regrade.store import Store
root = Path.cwd()
assignment = load_assignment(root)
setting = Setting(assignment, fingerprint(root, assignment.rubric.files()), "", "")
with Store(Path(sys.argv[1])) as store:
    regrading = Regrading(setting, store, None)
    print("\\n".join(",".join(regrading._missing(name)) for name in sorted(store.contents())))
"""
ALL, PARAMETER = "all", "1.3, where it was read"
COMMENT = "\n# a comment\n"
CHANGES = [
    ("tests/specs/test_searching.py", "", COMMENT, "2.1,2.2,2.3,2.4"),
    ("tests/specs/answers.py", "", COMMENT, ALL),
    ("reference/also_accept.yaml", "", COMMENT, ALL),
    ("reference/key.json", "", "\n", ALL),
    ("autograder/maths/closeness.py", "", COMMENT, ALL),
    ("autograder/sandbox/worker.py", "", COMMENT, ALL),
    ("tests/rubric.yaml", "hints: true ", "hints: false ", PARAMETER),
    ("tests/rubric.yaml", "seconds_per_call: 5", "seconds_per_call: 6", ALL),
    ("tests/rubric.yaml", "memory_mb: 256", "memory_mb: 300", ALL),
    ("tests/rubric.yaml", "extra_points: 1.0", "extra_points: 1.0\n    # a comment", ""),
    ("tests/rubric.yaml", "{loose_credit: 0.5}", "{loose_credit: 0.25}", ""),
    ("tests/rubric.yaml", "points: 1.25", "points: 1.25  # and no more", ""),
    ("tests/rubric.yaml", "        title: Median\n", "        title: The median\n", ""),
    ("tests/rubric.yaml", "points: 0.75\n        visibility: after_due_date", "points: 0.75", ""),
    ("autograder/report/terminal.py", "", COMMENT, ""),
    ("autograder/regrade/scheduler.py", "", COMMENT, ""),
    ("reference/catalogue/__init__.py", "", COMMENT, ""),
    ("student_template/searching.py", "", COMMENT, ""),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the project, with the practice homework as its own. Tests leave it as it was."""
    return practice(tmp_path_factory.mktemp("project") / "copy")


def would_grade(project: Project, out: Path) -> list[str]:
    return project.run("-c", MISSING, str(out)).split("\n")[:-1]


@pytest.mark.parametrize(("file", "old", "new", "rows"), CHANGES, ids=[f"{c[0]}-{c[2].strip()}" for c in CHANGES])
def test_exactly_the_rows_that_a_change_concerns_are_graded_again(
    project: Project, whole: Path, file: str, old: str, new: str, rows: str
) -> None:
    path = project.root / file
    before = path.read_text()
    assert before.count(old) == 1 or not old
    try:
        path.write_text(before.replace(old, new) if old else before + new)
        found = would_grade(project, whole)
    finally:
        path.write_text(before)
    if rows != PARAMETER:
        wanted = ",".join(results(whole)["100.json"]["extra_data"]["rows"]) if rows == ALL else rows
        assert found == [wanted] * len(CLASS)
        return
    for name, said in zip(NAMES, found, strict=True):  # it concerns those of which the spec got as far as to read it
        outcome = results(whole)[f"{name}.json"]["extra_data"]["rows"]["1.3"]["outcome"]
        read = {"passed": {"1.3"}, "failed": {"1.3", ""}}  # failed: some before that, for a list say
        assert said in read.get(outcome, {""}), (name, outcome)
    assert set(found) == {"1.3", ""}


def test_the_other_rows_stay_as_they_were(project: Project, folder: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(whole, out)
    spec = project.root / "tests" / "specs" / "test_words.py"
    before = spec.read_text()
    try:
        spec.write_text(before + COMMENT)
        assert graded(run(folder, "-o", out, "--jobs", "2", root=project.root)) == len(CLASS)
        assert graded(run(folder, "-o", out, "--jobs", "2", root=project.root)) == 0
    finally:
        spec.write_text(before)
    assert [one.split(",")[:-3] for one in lines(out)] == [one.split(",")[:-3] for one in lines(whole)]


def lines(out: Path) -> list[str]:
    return (out / "grades.csv").read_text().splitlines()


# -------------------------------------------------------------------------------------------------- the power goes away

MANY = 12


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[int]]:
    """A store's two files as they were while it was written, and how long its log was after each submission."""
    folder, seen = tmp_path_factory.mktemp("written"), tmp_path_factory.mktemp("seen")
    lengths = []
    with Store(folder) as store:
        for place in range(MANY):
            store.put(About(str(place)), f"digest {place}", Submission({"a.py": f"x = {place}\n" * 300}, {}, ()))
            found = {f"row {row}": Finding() for row in range(place + 1)}
            store.keep(str(place), NOW, f"digest {place}", dict.fromkeys(found, "key"), found, Run(seed=str(place)))
            lengths.append((folder / "findings.sqlite-wal").stat().st_size)
        for path in folder.iterdir():
            shutil.copy(path, seen)
    return seen, lengths


@given(data=st.data())
@settings(max_examples=60)
def test_a_torn_log_leaves_what_was_committed_before(
    log: tuple[Path, list[int]], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    seen, lengths = log
    folder = tmp_path_factory.mktemp("torn")
    for path in seen.iterdir():
        shutil.copy(path, folder)
    cut = data.draw(st.integers(0, lengths[-1]))
    written = folder / "findings.sqlite-wal"
    rest = data.draw(st.sampled_from([b"", bytes(4096), b"\xff" * 999]))  # what a disk may have there instead
    written.write_bytes(written.read_bytes()[:cut] + rest)
    whole = sum(length <= cut for length in lengths)
    with Store(folder) as store:
        assert set(store.contents()) == {str(place) for place in range(whole)}
        for place in range(whole):
            digest, rows = store.kept(str(place), NOW)
            assert (digest, len(rows), store.run(str(place), NOW).seed) == (f"digest {place}", place + 1, str(place))
            assert store.submission(str(place)) is not None
        store.put(About("next"), "", None)  # and it goes on
        store.set_fact("isolation", "x")
    with Store(folder) as store:
        assert len(store.contents()) == whole + 1
    shutil.rmtree(folder)
