"""A homework of three rows and a class of three, with a store that holds what was found in them: nothing is graded."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from autograder.__main__ import COMMANDS
from autograder.assignment.load import assignment_of, rubric_in
from autograder.grading.finding import Finding, Words
from autograder.grading.row import ARRIVED
from autograder.intake.folder import open_source
from autograder.regrade.fingerprint import cache_keys, content, fingerprint
from autograder.regrade.store import NOW, Run, Store
from tests.autograder.calls import Called, heard

RUBRIC = """
assignment: Small
seed: 1
limits: {seconds_per_call: 5, seconds_per_row: 20, seconds_in_all: 60, memory_mb: 64}
questions:
  - title: 1 Small
    file: small.py
    points: 2
    rows:
      - {number: "1.1", title: A number, points: 1}
      - {number: "1.2", title: A part, points: 1, visibility: hidden}
      - {number: "1.3", title: Why, points: 1, graded: written, answer: WHY, extra_credit: true}
    extra_points: 1
"""
SPEC = '''
from gradescope_utils.autograder_utils.decorators import number
from autograder.api import credit, credited_by

@number("1.1")
@credited_by(credit.all_or_nothing)
def test_whole(student, award):
    """A number."""
    award.found({"right": student.call("f") == 1}, "")

@number("1.2")
@credited_by(credit.share)
def test_part(student, award):
    """A part of it."""
    award.found({"fraction": "1/2"}, "")
'''
NAMES = ("7", "8", "9")


@dataclass(frozen=True)
class Small:
    """The homework's root, the export of the class, and the folder with its store."""

    root: Path
    export: Path
    out: Path


def build(folder: Path) -> Small:
    """Everything, with grades that are published."""
    small = Small(folder / "root", folder / "export", folder / "out")
    specs = small.root / "tests" / "specs"
    for path in (specs, small.out, *(small.export / f"submission_{name}" for name in NAMES)):
        path.mkdir(parents=True)
    (small.root / "tests" / "rubric.yaml").write_text(RUBRIC)
    (specs / "test_small.py").write_text(SPEC)
    for name in NAMES:
        (small.export / f"submission_{name}" / "small.py").write_text(f"def f(): return {name}\nWHY = 'since {name}'\n")
    read = rubric_in(small.root)
    rows = assignment_of(small.root, read).rows
    keys = cache_keys(fingerprint(small.root, read.rubric.files()), read.rubric, rows)
    source = open_source(small.export, read.rubric.files())
    found = {
        "1.1": Finding(found={"right": True}, words=Words("right")),
        "1.2": Finding(found={"fraction": "1/2"}, words=Words("half")),
        "1.3": Finding(outcome="written", words=Words(f"{ARRIVED}since")),
    }
    by_number = {linked.row.number: linked.name for linked in rows}
    with Store(small.out) as store:
        for name in NAMES:
            submission = source.read(name)
            store.put(source.about(name), content(submission), submission)
            named = {by_number[number]: finding for number, finding in found.items()}
            store.keep(name, NOW, content(submission), keys, named, Run("1-x", 0.1))
    source.close()
    assert _run(small.root, ["regrade", str(small.export), "-o", str(small.out), "--jobs", "1"]) == 0
    return small


def run(capsys: pytest.CaptureFixture[str], root: Path, *arguments: object) -> Called:
    """One command on the homework in `root`, in this process."""
    return heard(capsys, lambda: _run(root, [str(argument) for argument in arguments]))


def _run(root: Path, words: list[str]) -> int:
    command = words[0]
    room = import_module(f"autograder.{COMMANDS[command][0]}.command")
    parser = argparse.ArgumentParser()
    room.add_arguments(command, parser)
    return int(room.run(command, parser.parse_args(words[1:]), root))
