"""docs/architecture.md: its diagrams show the rooms and files that there are, and the imports that are allowed."""

from __future__ import annotations

import re

from tests.autograder.test_imports import ENGINE, ROOMS

PAGE = (ENGINE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
ROOMS_DIAGRAM, GRADING_DIAGRAM = re.findall(r"```mermaid\n(.*?)```", PAGE, re.DOTALL)


def test_the_arrows_are_the_imports_that_are_allowed() -> None:
    drawn: dict[str, set[str]] = {"core": set()}
    for line in ROOMS_DIAGRAM.splitlines()[1:]:
        room, _, below = line.strip().partition(" --> ")
        drawn[room] = set(below.split(" & ")) if below else set()
    assert drawn == {room: below if below == {"core"} else below - {"core"} for room, below in ROOMS.items()}
    assert {room for room, below in ROOMS.items() if "core" not in below} == {"core", "maths"}, "the page says so"


def test_who_takes_part_in_a_grading_is_there() -> None:
    told = re.findall(r"participant \w+ as ([\w/]+)", GRADING_DIAGRAM)
    assert len(told) == 6
    assert all((ENGINE / f"{name}.py").exists() for name in told if name != "worker")


def test_every_arrow_of_a_grading_is_between_participants() -> None:
    names = set(re.findall(r"participant (\w+)", GRADING_DIAGRAM))
    ends = re.findall(r"^ *(\w+)-{1,2}>>(\w+): ", GRADING_DIAGRAM, re.MULTILINE)
    assert {name for pair in ends for name in pair} == names
