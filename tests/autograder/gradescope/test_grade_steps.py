"""`grade` from its first file to its last: what stands there if it is stopped, what staff must do, how to repeat it."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from autograder import __main__ as cli
from autograder.gradescope import command
from tests.autograder import planted
from tests.autograder.planted import ROOT


class Killed(BaseException):
    """Nothing handles it."""


def grade(root: Path, folder: Path, out: Path, *more: str) -> dict[str, Any]:
    cli.main(["grade", "--assignment", str(root), str(folder), "-o", str(out), *more])
    found: dict[str, Any] = json.loads(out.read_text())
    return found


def test_killed_before_decisions_are_applied_no_whole_results_stand_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    shutil.copytree(ROOT, root)
    (root / command.DECISIONS).write_text("{}")

    def killed(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(command, "_with_decisions", killed)
    with pytest.raises(Killed):
        grade(root, root / "reference", tmp_path / "r.json")
    body = json.loads((tmp_path / "r.json").read_text())
    assert body["extra_data"]["rerun"] is True
    assert body["output"].startswith("Not graded")


def test_what_cannot_be_read_is_listed_for_a_person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "submission"
    planted.build("wrong_encoding", folder)
    name = sorted(path.name for path in folder.glob("*.py"))[0]
    (folder / name).unlink()
    (folder / name).symlink_to("nowhere.py")
    grade(ROOT, folder, tmp_path / "r.json")
    listed = capsys.readouterr().out.partition("NEEDS A PERSON:\n")[2]
    assert f"  not read: {name}" in listed


def test_again_repeats_a_grading_under_another_rubric(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other rubric.yaml"
    text = (ROOT / "tests" / "rubric.yaml").read_text()
    assert "calls: 5" in text
    other.write_text(text.replace("calls: 5", "calls: 4"))
    folder = tmp_path / "submission"
    planted.build("wrong_answers", folder)
    first = grade(ROOT, folder, tmp_path / "1.json", "--rubric", str(other), "--seed", "17-99")
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("again: "))
    words = shlex.split(line.removeprefix("again: python -m autograder "))
    assert words[words.index("--rubric") + 1] == str(other)
    cli.main([*words, "-o", str(tmp_path / "2.json")])
    second = json.loads((tmp_path / "2.json").read_text())
    for body in (first, second):
        body.pop("execution_time")
    assert first == second
    assert first["extra_data"]["seed"] == "17-99"
