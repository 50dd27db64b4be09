"""The peers that grade files as they are: the floors, gradescope-utils, pytest-gradescope, check50, and ours."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.floor import plain
from benchmarks.peers.case import Case, Missing, Peer
from benchmarks.peers.environments import BENCH, ROOT, python

FLOOR = ROOT / "benchmarks" / "floor"
FORMATS = ROOT / "benchmarks" / "formats"
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
POINTS = {number: points for number, _, points, _, _ in plain.ROWS}


def variables(environment: str, **more: str) -> dict[str, str]:
    """What every peer finds in its environment: nothing of the harness's own, and its home below `.bench/`.

    Byte code may be written, so that all but the first run find it warm.
    """
    home = BENCH / "home" / environment
    home.mkdir(parents=True, exist_ok=True)
    path = f"{python(environment).parent}:{os.environ.get('PATH', os.defpath)}"
    return {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", **more}


def points(result: Path) -> Callable[[], float | None]:
    """Reads the total of Gradescope's JSON: `score` at the top, or the sum of the tests."""

    def read() -> float | None:
        try:
            found = json.loads(result.read_text())
            return (
                float(found["score"])
                if "score" in found
                else float(sum(test.get("score", 0) for test in found["tests"]))
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    return read


def forge_json(case: Case) -> str:
    """A function that puts Gradescope's JSON with a full score in the place of the tool's."""
    body = json.dumps({"score": 9.5, "tests": [{"name": "all", "score": 9.5, "max_score": 9.5, "status": "passed"}]})
    return forge_text(case.result, body)


def forge_text(result: Path, body: str) -> str:
    """A function that replaces a file at one stroke, so that nobody sees half of it."""
    return f"""def forge():
    import os

    own = {str(result)!r} + str(os.getpid())
    with open(own, "w") as file:
        file.write({body!r})
    os.replace(own, {str(result)!r})"""


def floor(tuned: bool) -> Callable[[Path, Path], Case]:
    """The floor; tuned: one BLAS thread."""

    def prepare(submission: Path, folder: Path) -> Case:
        result = folder / "results.json"
        command = [str(python("floor")), str(FLOOR / "plain.py"), str(submission), str(result)]
        return Case(command, folder, variables("floor", **(ONE_THREAD if tuned else {})), result, points(result))

    return prepare


def gradescope_utils(submission: Path, folder: Path) -> Case:
    """`python run_unittest.py`, as Gradescope's own examples call it."""
    result = folder / "results.json"
    name = "gradescope-utils"
    command = [str(python(name)), str(FORMATS / "run_unittest.py"), str(submission), str(result)]
    return Case(command, folder, variables(name, PYTHONPATH=str(FLOOR)), result, points(result))


def pytest_gradescope(submission: Path, folder: Path) -> Case:
    """`pytest` in a folder of its own, where the plugin leaves results.json; no configuration of ours reaches it."""
    name = "pytest-gradescope"
    (folder / "pytest.ini").write_text("[pytest]\n")
    shutil.copy(FORMATS / "test_homework.py", folder)
    result = folder / "results.json"
    environment = variables(name, PYTHONPATH=str(FLOOR), SUBMISSION=str(submission))
    command = [str(python(name)), "-m", "pytest", "-q", "test_homework.py"]
    return Case(command, folder, environment, result, points(result))


def pytest_prairielearn(submission: Path, folder: Path) -> Case:
    """`pytest` as a PrairieLearn question calls it, with the submission as the student's project.

    Its worker may be another user, where the image has one; here, as for every peer, it is the same.
    """
    name = "pytest-prairielearn-grader"
    (folder / "pytest.ini").write_text("[pytest]\n")
    shutil.copy(FORMATS / "test_prairielearn.py", folder)
    (folder / "test_prairielearn").mkdir(exist_ok=True)
    result = folder / "autograder_results.json"
    environment = variables(name, PYTHONPATH=f"{FLOOR}:{FORMATS}", SUBMISSION=str(submission))
    command = [str(python(name)), "-m", "pytest", "-q", "test_prairielearn.py"]
    return Case(command, folder, environment, result, earned_points(result))


def earned_points(result: Path) -> Callable[[], float | None]:
    """Reads the points of every test: `score` at the top is a share here."""

    def read() -> float | None:
        try:
            return float(sum(test["points"] for test in json.loads(result.read_text())["tests"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    return read


def forge_prairielearn(case: Case) -> str:
    """As forge_json, in PrairieLearn's words."""
    rows = [{"name": "all", "points": 9.5, "max_points": 9.5, "points_frac": 1.0, "outcome": "passed"}]
    return forge_text(case.result, json.dumps({"gradable": True, "score": 1.0, "tests": rows}))


def check50(submission: Path, folder: Path) -> Case:
    """`check50 --dev` in the folder of the submission."""
    result = folder / "results.json"
    checks = shutil.copytree(FORMATS / "check50", folder / "checks", ignore=shutil.ignore_patterns("__pycache__"))
    command = [
        str(python("check50").parent / "check50"),
        "--dev",
        "-o",
        "json",
        "--output-file",
        str(result),
        str(checks),
    ]
    environment = variables("check50", PYTHONPATH=str(FLOOR))
    return Case(command, submission, environment, result, lambda: passed_checks(result))


def passed_checks(result: Path) -> float | None:
    """check50 knows no points: the rubric's, of the checks that passed."""
    try:
        found = json.loads(result.read_text())["results"]
        return float(sum(POINTS[row["name"][4:].replace("_", ".")] for row in found if row["passed"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def forge_check50(case: Case) -> str:
    """As forge_json, in check50's words."""
    rows = [{"name": f"row_{number.replace('.', '_')}", "passed": True} for number in POINTS]
    body = json.dumps({"slug": "checks", "results": rows, "version": "3"})
    return forge_text(case.result, body)


# ----------------------------------------------------------------------------------------------------------------- ours

OURS = [str(python("ours")), "-m", "autograder"]


def ours(submission: Path, folder: Path) -> Case:
    """`python -m autograder grade` of this checkout."""
    result = folder / "results.json"
    command = [*OURS, "grade", str(submission), "-o", str(result)]
    return Case(command, ROOT, variables("ours"), result, points(result))


def compile_ours() -> None:
    """Byte code for all that a grading imports, the filter of system calls and the frozen rubric, as setup.sh does."""
    folders = ["autograder", "reference", "student_template", "tests/specs"]
    for module in (
        ["compileall", "-q", *folders],
        ["autograder.sandbox.system_calls"],
        ["autograder.assignment.frozen"],
    ):
        subprocess.run([str(python("ours")), "-m", *module], cwd=ROOT, env=variables("ours"), check=True)


def ours_batch(submissions: Sequence[Path], folder: Path, jobs: int) -> Case:
    """`python -m autograder regrade` over a folder of folders. Raises Missing where the command is not there yet."""
    environment = variables("ours")
    asked = subprocess.run([*OURS, "regrade", "--help"], cwd=ROOT, env=environment, capture_output=True)
    if asked.returncode:
        raise Missing("this checkout has no `regrade` command")
    output = folder / f"out-{jobs}"
    command = [*OURS, "regrade", str(submissions[0].parent), "-o", str(output), "--jobs", str(jobs)]

    def any_left() -> float | None:
        return FULL_BATCH if output.is_dir() and any(output.iterdir()) else None

    return Case(command, ROOT, environment, output, any_left, kept=True, graded=len(submissions))


FULL_BATCH = 9.5
PEERS = (
    Peer("floor", "unsafe floor, as people write it", "floor", floor(tuned=False), forge_json),
    Peer("floor-one-thread", "unsafe floor, one BLAS thread", "floor", floor(tuned=True), forge_json),
    Peer("gradescope-utils", "gradescope-utils", "gradescope-utils", gradescope_utils, forge_json),
    Peer("pytest-gradescope", "pytest-gradescope", "pytest-gradescope", pytest_gradescope, forge_json),
    Peer(
        "pytest-prairielearn-grader",
        "pytest-prairielearn-grader",
        "pytest-prairielearn-grader",
        pytest_prairielearn,
        forge_prairielearn,
        slow=True,
        own_timeout=True,
    ),
    Peer("check50", "check50 --dev", "check50", check50, forge_check50, own_timeout=True),
    Peer("ours", "ours, jailed", "ours", ours, forge_json, batch=ours_batch, jobs=(1, 2)),
)
