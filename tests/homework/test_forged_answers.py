"""Forged values through every spec of this homework and into every sink: never our fault, and nothing raw comes out."""

from __future__ import annotations

import csv
import json
import sqlite3
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.assignment.load import Assignment, load_assignment
from autograder.core.outcome import Outcome, Report
from autograder.core.submission import Submission
from autograder.gradescope.results import as_text, check_results, results, staff_text
from autograder.grading.finding import Finding
from autograder.grading.grader import Grading
from autograder.intake.entry import About
from autograder.regrade.csv_io import write_table
from autograder.regrade.store import NOW, Run, Store
from autograder.regrade.store_file import FILE
from autograder.report import html as page
from autograder.report import terminal
from autograder.sandbox.protocol import Program
from tests.autograder.sandbox.forged import FAULTS, NASTY, VALUES, Forged, is_clean
from tests.autograder.sandbox.test_forged import CPU_SECONDS, Forger
from tests.homework.planted import FILES, ROOT

NAMES = ("Wxh", "Whh", "bh", "Why", "by", "conv1", "conv2", "conv3", "conv4", "fc1", "fc2", "total")
SHAPED = {"Wxh": (3, 2), "Whh": (3, 3), "bh": (3,), "Why": (3,), "by": ()}


def graded(assignment: Assignment, forged: Forged, fault: bool = False) -> tuple[Report, dict[str, Finding]]:
    """The whole homework, every answer of which is the same forged reply."""

    def start(program: Program) -> Any:
        return Forger(forged, fault)

    grading = Grading(assignment, Submission(dict.fromkeys(FILES, "")), "1", start=start)
    report = grading.run()
    return report, {mark.number: grading.findings[place] for place, mark in enumerate(report.marks)}


def nested(text: str, shape: tuple[int, ...]) -> str:
    return f"[{','.join([nested(text, shape[1:])] * shape[0])}]" if shape else text


def inside(forged: Forged) -> Iterator[Forged]:
    """The value itself, as every member of a dict, and as every number of lists of the right shapes."""
    yield forged
    if forged.blob or len(forged.text) > 20_000:
        return
    members = dict.fromkeys(NAMES, forged.text)
    weights = {name: nested(forged.text, shape) for name, shape in SHAPED.items()}
    for kind, parts in (("members", members), ("numbers", {**members, **weights})):
        pairs = ",".join(f'["{name}",{text}]' for name, text in parts.items())
        yield Forged(f"{forged.name}, as {kind}", f'{{"$":"dict","pairs":[{pairs}]}}')


def sinks(report: Report) -> Iterator[str]:
    """What every reader gets to see of a report."""
    body = results(report)
    check_results(body)
    written = as_text(body)
    assert json.loads(written) == json.loads(json.dumps(body))
    yield from texts_of(json.loads(written))
    yield staff_text(report, "again")
    yield terminal.plain(terminal.page(report))
    yield page.page(report)


def texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for item in value.items() for text in texts_of(item))
    elif isinstance(value, (list, tuple)):
        yield from (text for item in value for text in texts_of(item))


def check_values(assignment: Assignment, values: Iterable[Forged]) -> None:
    """Grades each, in every place where a value can stand; what it costs is for all rows of the homework."""
    ours, slow = [], []
    for forged in (one for value in values for one in inside(value)):
        began = time.process_time()
        report, _ = graded(assignment, forged)
        took = time.process_time() - began
        ours += [(forged.name, m.number, m.staff[-600:]) for m in report.marks if m.outcome is Outcome.INTERNAL]
        slow += [(forged.name, took)] if took > CPU_SECONDS * len(report.marks) else []
        assert all(map(is_clean, sinks(report))), forged.name
    assert not ours, ours[:5]
    assert not slow


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.attacks) for part in range(1, 10))])
def test_no_forged_value_becomes_our_fault(assignment: Assignment, part: int) -> None:
    check_values(assignment, VALUES[part::100])


@pytest.mark.certify
def test_none_of_all_forged_values_becomes_our_fault(assignment: Assignment) -> None:
    check_values(assignment, VALUES)


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.attacks) for part in (3, 6))])
def test_no_forged_fault_becomes_our_fault(assignment: Assignment, part: int) -> None:
    for forged in FAULTS[part::9]:
        report, _ = graded(assignment, forged, fault=True)
        assert not report.rerun, forged.name
        assert all(map(is_clean, sinks(report))), forged.name


# ------------------------------------------------------------------------------------------------------- every sink

nasty = st.lists(st.sampled_from(NASTY) | st.text(st.characters(), max_size=3), min_size=1, max_size=6).map("".join)


def forms(text: str) -> Iterator[tuple[Forged, bool]]:
    """Everywhere in a reply where a student's text may stand."""
    other = {"$": "other", "type": text}
    for value in (text, other, {"$": "dict", "pairs": [[text[:9], 1], ["Wxh", other], ["total", other], ["by", text]]}):
        yield Forged("a value", json.dumps(value)), False
    for fault in ("crashed", "exited", "missing", "not_callable"):
        told = {"fault": fault, "message": text, "type": text, "frames": [text], "names": [text, f"h_{text}"]}
        yield Forged(fault, json.dumps(told)[1:-1]), True


@settings(max_examples=10, deadline=None)
@given(nasty)
def test_a_students_text_is_clean_in_every_sink(text: str) -> None:
    assignment = load_assignment(ROOT)
    for forged, fault in forms(f"<i>{text}"):
        report, findings = graded(assignment, forged, fault)
        assert not report.rerun
        assert all(map(is_clean, sinks(report)))
        assert "<i>" not in page.page(report)
        with tempfile.TemporaryDirectory() as folder:
            assert all(map(is_clean, in_a_table(Path(folder), report)))
            assert all(map(is_clean, in_a_store(Path(folder), findings)))


def in_a_table(folder: Path, report: Report) -> Iterator[str]:
    """The cells of a CSV file; none that a spreadsheet would run."""
    write_table(folder / "table.csv", ("feedback", "staff"), [(mark.feedback, mark.staff) for mark in report.marks])
    with open(folder / "table.csv", encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]
            yield from row


def in_a_store(folder: Path, findings: dict[str, Finding]) -> Iterator[str]:
    """What SQLite holds, which comes back as it was."""
    with Store(folder) as store:
        store.put(About("1"), "digest", Submission({}))
        store.keep("1", NOW, "digest", dict.fromkeys(findings, "key"), findings, Run())
        assert {row: finding.found for row, finding in findings.items()} == {
            row: kept.finding.found for row, kept in store.kept("1", NOW)[1].items()
        }
        assert store.words("1", NOW) == {row: finding.words for row, finding in findings.items()}
    with closing(sqlite3.connect(folder / FILE)) as database:
        for rows, words in database.execute("select rows, told.words from graded, told"):
            yield from texts_of([json.loads(rows), json.loads(words)])
