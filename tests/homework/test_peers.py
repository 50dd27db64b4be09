"""The harness of `make bench`: its checks tell right from wrong, its tables say what was measured and no more."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchmarks.floor import plain
from benchmarks.mixed_class import write_class
from benchmarks.peers import environments, figures, measure, notebooks, page, scripts
from benchmarks.peers.__main__ import VERSIONS, arguments
from benchmarks.peers.case import FULL, Case, Missing, Peer
from benchmarks.peers.cgroup import Group, Unavailable
from benchmarks.peers.running import run
from benchmarks.submissions import HOSTILE, RIGHT, WRONG, planted, write

pytestmark = pytest.mark.certify  # no submission is graded by it
LABELS = {"floor": "the floor", "ours": "ours", "other": "another"}


def lost(found: dict[str, Any]) -> set[str]:
    """The rows that did not earn everything."""
    return {test["number"] for test in found["tests"] if test["score"] < test["max_score"]}


# --------------------------------------------------------------------------------------------------- the floor's checks


def test_the_floor_accepts_the_reference() -> None:
    found = plain.grade(str(RIGHT))
    assert lost(found) == set()
    assert found["score"] == FULL == sum(scripts.POINTS.values())


def test_the_floor_finds_every_wrong_row() -> None:
    found = plain.grade(str(WRONG))
    assert lost(found) == {row[0] for row in plain.ROWS} - {"1.1"}  # shapes are right, so that the rest is explained
    assert all(test["output"] for test in found["tests"] if test["number"] != "1.1")


def test_the_floor_has_the_rubrics_rows() -> None:
    rubric = (RIGHT.parent / "tests" / "rubric.yaml").read_text()
    for number in scripts.POINTS:
        assert re.search(rf'number: "{re.escape(number)}"', rubric)


# ---------------------------------------------------------------------------------------------------- what is handed in


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.name)
def test_what_is_planted_is_a_program(hostile, tmp_path: Path) -> None:
    """A syntax error would make every peer look safe."""
    case = Case([], tmp_path, {}, tmp_path / "results.json", lambda: None)
    for forge in {peer.forge for peer in measure.PEERS.values()}:
        folder = write(hostile.base, tmp_path / hostile.name, planted(hostile, forge(case)))
        compile((folder / "binary_addition.py").read_text(), hostile.name, "exec")


READS = {
    scripts.forge_json: scripts.points,
    scripts.forge_check50: lambda result: lambda: scripts.passed_checks(result),
    scripts.forge_prairielearn: scripts.earned_points,
}


@pytest.mark.parametrize("forge", READS)
def test_a_forged_result_reads_as_a_full_score(forge, tmp_path: Path) -> None:
    case = Case([], tmp_path, {}, tmp_path / "results.json", lambda: None)
    names: dict[str, object] = {}
    exec(forge(case), names)
    names["forge"]()  # type: ignore[operator]
    assert READS[forge](case.result)() == FULL


def test_a_mixed_class_is_what_it_says(tmp_path: Path) -> None:
    """Seven of ten are right, two have one wrong equation each, of every kind in turn, and one is all wrong."""
    lost_by = [lost(plain.grade(str(folder))) for folder in write_class(tmp_path, 20)]
    assert [len(rows) for rows in lost_by].count(0) == 14
    assert [rows for rows in lost_by if len(rows) == 1] == [{"2.1c"}, {"2.1b"}, {"2.1f"}, {"2.2"}]
    assert [len(rows) for rows in lost_by].count(len(plain.ROWS) - 1) == 2


def gradebook(folder: Path) -> Path:
    """A gradebook with one student and two graded rows, of which one earned its 3 points."""
    path = folder / "gradebook.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "create table submitted_assignment (id, student_id); create table submitted_notebook (id, assignment_id);"
            "create table grade (cell_id, notebook_id, auto_score); create table grade_cells (id, max_score);"
            "insert into submitted_assignment values (1, 'ann'); insert into submitted_notebook values (2, 1);"
            "insert into grade_cells values (7, 3.0), (8, 6.5); insert into grade values (7, 2, 3.0), (8, 2, 0.0);"
        )
    return path


def test_nbgraders_score_is_the_students_own(tmp_path: Path) -> None:
    assert notebooks.gradebook_score(gradebook(tmp_path), "ann") == 3.0
    assert notebooks.gradebook_score(tmp_path / "gradebook.db", "bob") is None
    assert notebooks.gradebook_score(tmp_path / "nothing" / "here.db", "ann") is None


def test_a_forged_gradebook_reads_as_a_full_score(tmp_path: Path) -> None:
    path = gradebook(tmp_path)
    names: dict[str, object] = {}
    exec(notebooks.forge_gradebook(Case([], tmp_path, {}, path, lambda: None)), names)
    names["forge"]()  # type: ignore[operator]
    assert notebooks.gradebook_score(path, "ann") == FULL


# ---------------------------------------------------------------------------------------------------- running a grading


def case_of(program: str, folder: Path) -> Case:
    """A case whose tool is a line of Python."""
    result = folder / "results.json"
    return Case([sys.executable, "-I", "-c", program], folder, {}, result, scripts.points(result))


def test_a_run_is_seen_from_outside(tmp_path: Path) -> None:
    program = "open('results.json', 'w').write('{\"score\": 4}'); print('said'); raise SystemExit(3)"
    seen = run(case_of(program, tmp_path))
    assert (seen.ended, seen.score, seen.said) == (3, 4.0, "said")


def test_a_result_of_an_earlier_run_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text('{"score": 9.5}')
    assert run(case_of("pass", tmp_path)).score is None


def test_a_run_without_end_is_ended_with_its_children(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys, time; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "open('child', 'w').write(str(child.pid)); time.sleep(60)"
    )
    seen = run(case_of(program, tmp_path), patience=2)
    assert seen.ended is None
    child = int((tmp_path / "child").read_text())
    for _ in range(500):
        if not alive(child):
            return
        time.sleep(0.01)
    pytest.fail("the child lives on")


def alive(process: int) -> bool:
    """Whether a process is there and not merely waiting to be reaped."""
    try:
        return ") Z " not in (Path("/proc") / str(process) / "stat").read_text()
    except OSError:
        return False


def test_a_group_ends_what_outlives_the_run(tmp_path: Path) -> None:
    program = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(60)\nopen('done', 'w').write('1')\n"
    try:
        with Group(cpus=0.5, memory=256 << 20) as group:
            assert run(case_of(program, tmp_path), group=group).ended == 0
            assert group.processes() == []
        assert not any(folder.exists() for folder in group.folders)
    except Unavailable as why:
        pytest.skip(f"no control group can be made here: {why}")
    assert (tmp_path / "done").exists()


# --------------------------------------------------------------------------------------------------------------- tables


def test_a_ratio_is_of_one_round() -> None:
    """A slow second round weighs on both; the ratio of the medians would say 1."""
    assert figures.ratio([2.0, 20.0, 2.0], [1.0, 10.0, 1.0]) == 2.0
    assert figures.ratio([1.0, 2.0, 3.0], [1.0, 1.0, 1.0]) == 2.0


def test_times_are_medians_with_ratios_and_a_missing_peer_says_why() -> None:
    times = {"floor": [0.1, 0.2, 0.3], "ours": [0.2, 0.4, 0.6]}
    text = figures.times_table(LABELS, times, ["floor"], {"other": "could not be | installed"})
    assert "| ours | 400 ms | 200 to 600 ms | 2.00 |" in text
    assert "| another | missing: could not be \\| installed | - | - |" in text


def test_a_batch_counts_by_second_and_by_job() -> None:
    made = {"label": "ours", "how": "one command, 2 jobs", "graded": 100, "seconds": 4.0, "jobs": 2}
    text = figures.batch_table([made, {"label": "another", "missing": "no such command"}])
    assert "| ours | one command, 2 jobs | 100 | 25.00 | 12.50 |" in text
    assert "missing: no such command" in text


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        ((None, 75.0, None, None), "**hangs**: ended from outside after 75 s; no result"),
        ((0, 1.25, 7.0, None), "7 of 9.5; exit 0, 1.2 s"),
        ((-9, 1.0, None, 0.25), "no result; signal 9, 1.0 s"),
        ((0, 1.0, 9.5, 0.25), "**forged**: 9.5 of 9.5, honestly 0.25; exit 0, 1.0 s"),
        ((1, 1.0, 0.5, 0.25), "**forged**: 0.5 of 9.5, honestly 0.25; exit 1, 1.0 s"),
        ((0, 1.0, 1.04, 1.04), "not forged: 1.04 of 9.5; exit 0, 1.0 s"),
        ((0, 1.0, 9.5, None), "9.5 of 9.5; exit 0, 1.0 s"),
    ],
)
def test_a_verdict_says_what_was_seen(seen: tuple[int | None, float, float | None, float | None], says: str) -> None:
    assert figures.verdict(*seen) == says


def test_a_peer_that_cannot_be_installed_is_missing_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise Missing("could not be installed: no such version")

    monkeypatch.setattr(environments, "install", refuse)
    assert measure.available(["otter"]) == ([], {"otter": "could not be installed: no such version"})


def test_a_peer_that_fails_a_right_submission_is_not_timed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def half(submission: Path, folder: Path) -> Case:
        return case_of("open('results.json', 'w').write('{\"score\": 4}')", folder)

    monkeypatch.setattr(environments, "install", lambda name: None)
    monkeypatch.setattr(measure, "WORK", tmp_path)
    monkeypatch.setitem(measure.PEERS, "half", Peer("half", "half", "floor", half, scripts.forge_json))
    found, missing = measure.available(["half"])
    assert found == []
    assert "4.0 of 9.5" in missing["half"]


# ------------------------------------------------------------------------------------------------------- pins, the page


def test_every_peer_is_pinned_and_names_no_index() -> None:
    for path in sorted(environments.REQUIREMENTS.glob("*.txt")):
        for line in path.read_text().splitlines():
            assert re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.+!-]+", line), f"{path.name}: {line}"


def test_every_version_that_the_page_names_is_pinned() -> None:
    assert all(environments.version(name, package) != "?" for package, name in VERSIONS.items())


def test_the_figures_go_between_the_markers(tmp_path: Path) -> None:
    copy = tmp_path / "performance.md"
    shutil.copy(RIGHT.parent / "docs" / "performance.md", copy)
    page.write(copy, "figures of one run")
    page.write(copy, "figures of another")
    text = copy.read_text()
    assert "figures of another" in text
    assert "figures of one run" not in text
    assert text.count(page.BEGIN) == text.count(page.END) == 1


@pytest.mark.parametrize("text", ["no marker", f"{page.END}\n{page.BEGIN}\n"])
def test_a_page_without_markers_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(text)
    with pytest.raises(ValueError, match="expected the lines"):
        page.write(tmp_path / "page.md", "figures")


def test_the_machine_is_described_without_a_name_or_a_path() -> None:
    said = page.machine()
    assert "cores" in said
    assert "/" not in said
    assert subprocess.run(["uname", "-n"], capture_output=True, text=True).stdout.strip() not in said


def test_an_unknown_peer_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments(["--only", "ours,jupyter"])
    assert "no peer is called jupyter" in capsys.readouterr().err
