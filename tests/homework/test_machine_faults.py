"""What a machine lacks is said as ours, in a sentence, and ends with 2; nothing of it is charged to a student."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.gradescope.results import check_results
from tests.homework.planted import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the jail and the limits are Linux's")
GRADE = f"{sys.executable} -m autograder grade reference"
NO_NUMPY = """
from autograder.sandbox import zygote_start
zygote_start._BOOTSTRAP = "import sys; sys.modules['numpy'] = None; " + zygote_start._BOOTSTRAP
from autograder.__main__ import main
import sys
sys.exit(main(sys.argv[1:]))
"""


def ended(command: str, folder: Path, stdout: int | None = None) -> tuple[int, str]:
    """Exit code and what was said on stderr; the folder holds results.json at most."""
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        stdout=subprocess.PIPE if stdout is None else stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    assert {path.name for path in folder.iterdir()} <= {"results.json"}
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def not_graded(folder: Path) -> None:
    """The results say that it is ours, in every row and above them."""
    body = json.loads((folder / "results.json").read_text())
    check_results(body)
    assert body["score"] == 0
    assert body["extra_data"]["rerun"] is True
    assert body["output"].startswith("Not graded: this is our fault")
    assert "could not run" in body["output"]
    assert {row["extra_data"]["outcome"] for row in body["tests"]} == {"internal"}


@pytest.mark.parametrize(
    ("before", "says"),
    [
        ("ulimit -n 8", "Too many open files"),
        ("ulimit -n 12", "Too many open files"),
        ("ulimit -v 50000", "no worker could be started"),
        ("ulimit -v 95000", "no worker could be started"),
    ],
)
@pytest.mark.parametrize("mode", ["", "--gradescope"])
def test_a_machine_without_means_grades_nothing(before: str, says: str, mode: str, tmp_path: Path) -> None:
    code, said = ended(f"{before}; exec {GRADE} -o {tmp_path}/results.json {mode}", tmp_path)
    assert code == 2
    assert says in said
    assert "could cheat" not in said
    not_graded(tmp_path)


@pytest.mark.parametrize("mode", [[], ["--gradescope"]])
def test_without_numpy_nothing_is_graded(mode: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-c", NO_NUMPY, "grade", "reference", "-o", str(tmp_path / "results.json"), *mode]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2, done.stderr
    assert "numpy, which submissions need, cannot be imported" in done.stderr
    not_graded(tmp_path)


def test_without_numpy_the_self_check_says_so_too() -> None:
    command = [sys.executable, "-c", NO_NUMPY, "check", "reference"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2, done.stderr
    said = " ".join(done.stdout.split())
    assert "that is no fault of yours: the zygote cannot start: numpy" in said
    assert "crashed" not in said


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="becomes another user")
@pytest.mark.parametrize("processes", [1, 2])
def test_without_processes_nothing_is_graded(processes: int, tmp_path: Path) -> None:
    os.chmod(tmp_path, 0o777)
    for folder in (*tmp_path.parents,)[:3]:
        os.chmod(folder, folder.stat().st_mode | 0o011)
    program = (
        "import os, resource, sys\n"
        f"os.setgroups([]); os.setresuid(*[{70_000 + processes}] * 3)\n"
        f"resource.setrlimit(resource.RLIMIT_NPROC, ({processes}, {processes}))\n"
        f"os.execv(sys.executable, [sys.executable, '-m', 'autograder', 'grade', 'reference', '-o', sys.argv[1]])"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "results.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    if "Permission denied" in done.stderr:
        pytest.skip("another user cannot read this interpreter")
    assert done.returncode == 2, done.stderr
    assert "could cheat" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    body = json.loads((tmp_path / "results.json").read_text())
    assert body["extra_data"]["rerun"] is True
    assert {row["extra_data"]["outcome"] for row in body["tests"]} == {"internal"}


def test_without_dev_null_nothing_is_graded(tmp_path: Path) -> None:
    text = "import os; os.devnull = '/dev/nothing'\n" + NO_NUMPY
    command = [sys.executable, "-c", text, "grade", "reference", "-o", str(tmp_path / "results.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "/dev/nothing" in done.stderr
    not_graded(tmp_path)


def test_a_parent_that_ignores_its_children_costs_nothing(tmp_path: Path) -> None:
    assert ended(f"trap '' CHLD; exec {GRADE} -o {tmp_path}/results.json", tmp_path) == (0, "")


@pytest.mark.parametrize(
    ("how", "says"),
    [(">&-", "it is closed"), ("<&- >&-", "it is closed"), (">/dev/full", "No space left on device")],
)
def test_a_standard_output_that_takes_nothing(how: str, says: str, tmp_path: Path) -> None:
    for output in (f"-o {tmp_path}/results.json", ""):
        code, said = ended(f"exec {GRADE} {output} {how}", tmp_path)
        assert code == 2
        assert f"standard output cannot be written: {says}" in said
    assert json.loads((tmp_path / "results.json").read_text())["extra_data"]["rerun"] is False


def test_a_standard_output_that_nobody_reads(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    try:
        os.close(reading)
        code, said = ended(f"exec {GRADE}", tmp_path, writing)
    finally:
        os.close(writing)
    assert (code, said) == (141, "")


@pytest.mark.parametrize("command", ["check reference", "check reference --json"])
@pytest.mark.parametrize("how", [">&-", ">/dev/full"])
def test_the_self_check_ends_in_a_sentence_too(command: str, how: str, tmp_path: Path) -> None:
    code, said = ended(f"exec {sys.executable} -m autograder {command} {how}", tmp_path)
    assert code == 2
    assert "This is no fault of a submission" in said


@pytest.mark.parametrize(
    ("before", "place", "says"),
    [
        ("true", "/proc/results.json", "/proc/results.json cannot be written"),
        ("true", "{0}/absent/results.json", "No such file or directory"),
        ("true", "{0}", "Is a directory"),
        ("ulimit -f 1", "{0}/results.json", "File too large"),
    ],
)
def test_results_that_cannot_be_written(before: str, place: str, says: str, tmp_path: Path) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    code, said = ended(f"{before}; exec {GRADE} -o {place.format(folder)}", folder)
    assert code == 2
    assert says in said
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_a_broken_rubric_and_a_full_folder_are_two_sentences(tmp_path: Path) -> None:
    code, said = ended(f"exec {GRADE} --rubric {tmp_path}/absent.yaml -o /proc/results.json", tmp_path)
    assert code == 2
    assert "/proc/results.json cannot be written" in said
