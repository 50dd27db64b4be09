"""The command line: exit codes, files, and what a wrong call says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder import __main__ as cli
from autograder.gradescope import command as grade
from autograder.gradescope.results import check_results
from autograder.gradescope.timeout import seconds_left
from tests.autograder import planted
from tests.autograder.program import ENVIRONMENT, python, run

ROOT = planted.ROOT
HERE = ("--assignment", str(ROOT))


def test_grading_the_reference_prints_a_valid_results_json() -> None:
    done = run("grade", "reference")
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    check_results(body)
    assert body["score"] == planted.FULL
    assert body["extra_data"]["isolation"]["holds"] is True
    assert all(body["extra_data"]["isolation"]["refused"].values())
    assert sum(row.get("max_score", 0) for row in body["tests"]) == planted.FULL
    assert f"total {float(planted.FULL):g} of {float(planted.FULL):g} by spec" in done.stderr


def test_grading_into_a_file_tells_staff_on_stdout(tmp_path: Path) -> None:
    output = tmp_path / "results.json"
    metadata = tmp_path / "submission_metadata.json"
    metadata.write_text('{"id": 42}')
    done = run("grade", "student_template", "-o", str(output), "--metadata", str(metadata))
    assert done.returncode == 0, done.stderr
    body = json.loads(output.read_text())
    assert body["score"] == 0
    assert {row["extra_data"]["outcome"] for row in body["tests"]} == {"unanswered"}
    assert body["extra_data"]["seed"] == "17-42"
    assert "--seed 17-42" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("folder", ["nowhere", "tests/rubric.yaml"])
def test_a_folder_that_is_none(folder: str, tmp_path: Path) -> None:
    output = tmp_path / "results.json"
    done = run("grade", folder, "-o", str(output))
    assert done.returncode == 2
    assert "Give the folder that holds the submitted files" in done.stderr
    assert "Traceback" not in done.stderr
    body = json.loads(output.read_text())
    check_results(body)
    assert body["extra_data"]["rerun"] is True


def test_a_wrong_rubric_is_our_fault_and_says_where(tmp_path: Path) -> None:
    rubric = tmp_path / "rubric.yaml"
    rubric.write_text((ROOT / "tests" / "rubric.yaml").read_text().replace("points: 1.25", "pionts: 1.25"))
    output = tmp_path / "results.json"
    done = run("grade", "reference", "-o", str(output), "--rubric", str(rubric))
    assert done.returncode == 2
    assert 'unknown key "pionts", did you mean "points"?' in done.stderr
    body = json.loads(output.read_text())
    assert body["output"].startswith("Not graded: this is our fault")
    assert "pionts" not in json.dumps(body)


def test_the_failure_report_is_there_before_anything_is_graded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from autograder.grading.grader import Grading

    output = tmp_path / "results.json"
    seen: list[Any] = []

    def stop(self: Grading, on_question: Any) -> Any:
        seen.append(json.loads(output.read_text()))
        raise KeyboardInterrupt

    monkeypatch.setattr(Grading, "run", stop)
    with pytest.raises(KeyboardInterrupt):
        cli.main(["grade", *HERE, str(ROOT / "reference"), "-o", str(output)])
    check_results(seen[0])
    assert len(seen[0]["tests"]) == len([*planted.RUBRIC.rows()])
    assert seen[0]["output"].startswith("Not graded: this is our fault")


@pytest.mark.parametrize(
    ("timeout", "seconds"),
    [("600", 570), ("", 570), ("abc", 570), ("nan", 570), ("-5", 570), ("40", 20), ("2400", 2370)],
)
def test_our_deadline_is_below_gradescopes(timeout: str, seconds: float) -> None:
    assert seconds_left({"TIMEOUT_SECONDS": timeout}) == seconds
    assert seconds_left({}) == 570


def test_gradescope_mode_uses_its_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "submission").mkdir()
    monkeypatch.setattr(grade, "GRADESCOPE", tmp_path)
    assert cli.main(["grade", *HERE, "--gradescope"]) == 0
    body = json.loads((tmp_path / "results" / "results.json").read_text())
    assert {row["extra_data"]["outcome"] for row in body["tests"]} == {"missing"}


@pytest.mark.parametrize("arguments", [[], ["graed"], ["grade", "--nope"]], ids=str)
def test_a_wrong_call_is_usage(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "autograder", *arguments], capture_output=True, text=True, env=ENVIRONMENT
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "usage" in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="pipes are POSIX's here")
@pytest.mark.parametrize(
    ("unbuffered", "call", "code"),
    [
        ("1", ["new", "homework"], 141),  # while `in_words` listens
        ("", ["check", "--list"], 141),  # at its end
        ("", ["grade", "reference"], 141),
        ("", ["--help"], 0),  # argparse has ended it
    ],
    ids=str,
)
def test_a_reader_who_has_seen_enough_ends_a_command_without_a_word(
    unbuffered: str, call: list[str], code: int, tmp_path: Path
) -> None:
    if call[0] in ("check", "grade"):
        call = [*call, *HERE]
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as pipe:
        done = subprocess.run(
            [sys.executable, "-m", "autograder", *(str(ROOT / word) if word == "reference" else word for word in call)],
            cwd=tmp_path,
            env={**ENVIRONMENT, "PYTHONUNBUFFERED": unbuffered},
            stdout=pipe,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert (done.returncode, done.stderr) == (code, "")


def imported(program: str, names: set[str]) -> str:
    """Those of `names` that a fresh interpreter holds after a program, without typing_extensions: no image has it, but
    where a developer has it msgspec imports it, and inspect with it."""
    before = "import sys; sys.modules['typing_extensions'] = None; "
    after = f"; print(sorted({names!r} & set(sys.modules)), file=sys.stderr)"
    return python(before + program + after, check=True).stderr.strip().splitlines()[-1]


SLOW = {"dataclasses", "inspect", "ast", "dis", "traceback", "tokenize", "shutil", "subprocess"}


def test_grade_imports_nothing_slow_that_it_does_not_use(tmp_path: Path) -> None:
    text, _, _ = (ROOT / "tests" / "rubric.yaml").read_text().partition("  - title: 3 Words")  # which needs unittest
    (tmp_path / "rubric.yaml").write_text(text)
    options = ["--rubric", str(tmp_path / "rubric.yaml"), "-o", str(tmp_path / "r.json")]
    grade = f"from autograder.__main__ import main; main(['grade', '--assignment', '.', 'reference', *{options}])"
    its_own = {"subprocess"} if sys.version_info < (3, 11) else set()  # its `platform` imports it, for msgspec
    assert imported(grade, SLOW - its_own) == "[]"
    assert imported("import dataclasses", SLOW) != "[]"


def test_what_a_student_process_imports_needs_no_library_but_numpy() -> None:
    assert imported("import autograder.sandbox.zygote", {"dataclasses", "inspect", "msgspec", "yaml", "numpy"}) == "[]"


def test_a_terminal_that_lacks_a_letter_loses_nothing(tmp_path: Path) -> None:
    output = tmp_path / "results.json"
    done = run("grade", "reference", "-o", str(output), env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr
    assert "isolation: hidden files unreadable yes" in done.stdout
    assert json.loads(output.read_text())["score"] == planted.FULL
