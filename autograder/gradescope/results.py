"""results.json: the one function that writes it, and what stands in it.

Gradescope's contract in short: UTF-8 JSON without NaN; every output a string of at most 100,000 characters; numbers
finite. `text` formats, so that nothing a student wrote is read as HTML. The file is replaced in one step, and is whole
at every moment.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Set
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from autograder.assignment.rubric import SHOWN
from autograder.core.errors import EnvironmentFault
from autograder.core.figure import Addition, Figure
from autograder.core.files import write_whole
from autograder.core.outcome import FOR_A_PERSON, SCHEMA_VERSION, Adjustment, Mark, Outcome, Report
from autograder.core.points import counted, decimal_text
from autograder.core.text import clean, cut
from autograder.report.timeline import block

MAX_OUTPUT = 90_000  # Gradescope cuts the middle out of anything longer than 100,000
NOT_GRADED = "Not graded: this is our fault, not yours. The staff must rerun this submission."

RECEIPT = "Receipt (what was read; `pack` prints the same lines for the same files):"


class ResultsError(EnvironmentFault):
    """A results.json that Gradescope would refuse: our fault."""


def results(report: Report, isolation: Mapping[str, Any] | None = None, graded_with: str = "") -> dict[str, Any]:
    """A report as Gradescope's JSON: every row, a receipt at the top, and what staff need to repeat it.

    isolation: what student code was refused while this was graded, as plain data. graded_with: the versions of Python
    and numpy, for the student.
    """
    closed = bool(report.fault)
    versions = f"\nGraded with {graded_with}." if graded_with else ""
    body: dict[str, Any] = {
        "score": 0.0 if closed else number(report.points),
        "output": clean(headline(report) + versions, MAX_OUTPUT),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "execution_time": round(report.seconds, 3),
        "tests": [
            *(_row(mark, closed) for mark in report.marks if mark.listed),
            *(_adjustment(one, closed) for one in report.adjustments),
        ],
        "extra_data": {
            "schema_version": SCHEMA_VERSION,
            "version": report.version,
            "rubric": report.rubric_hash,
            "seed": report.seed,
            "rerun": report.rerun,
            "isolation": dict(isolation) if isolation is not None else None,
            "receipt": report.receipt.record() if report.receipt is not None else None,
            "rows": {m.number or m.title: _finding(m) for m in report.marks},
        },
    }
    if report.leaderboard:
        body["leaderboard"] = [{"name": e.name, "value": e.value, "order": e.order} for e in report.leaderboard]
    return body


def number(points: Fraction) -> float:
    """Points as a JSON number: exact where the decimal ends within four places, never 0.30000000000000004."""
    return float(decimal_text(points))


def headline(report: Report) -> str:
    """The text above the rows. It is always visible, so it says what arrived and never what is right."""
    lines = [f"{NOT_GRADED} {report.fault}".strip()] if report.rerun else []
    lines.append("Received (this list does not say what is correct):")
    width = max((len(m.number) for m in report.marks), default=0)
    lines += [f"  {m.number:<{width}}  {m.receipt:<10}  {m.title}".rstrip() for m in report.marks]
    if any(m.findings.get("unreadable") or m.in_part for m in report.marks):
        lines.append(
            "What could not be read, or in part only, has not the form asked for; `check` says what is wrong with it."
        )
    lines += [f"Files: {note}" for note in report.notes]
    if report.receipt is not None:
        lines += ["", RECEIPT, *(f"  {line}" for line in report.receipt.lines()), ""]
    if report.hides_rows:
        lines.append(_when_shown(report.visibilities))
    lines.append(f"autograder {report.version}, rubric {report.rubric_hash}")
    lines.append("Your self-check prints the same version and rubric; if not, download it again.")
    return "\n".join(lines)


def _when_shown(visibilities: Set[str]) -> str:
    """Until when rows stay hidden, and with them the total."""
    times = {"after_due_date": "after the due date", "after_published": "grades are published"}
    said = [f"until {words}" for visibility, words in times.items() if visibility in visibilities]
    if not said:
        return "Some results stay hidden; as long as that is so, there is no total score."
    return f"Some results stay hidden {' or '.join(said)}; until then there is no total score."


def _adjustment(one: Adjustment, closed: bool) -> dict[str, Any]:
    """A bonus or a penalty: a row that is worth nothing and has a score all the same."""
    return {
        "name": one.title,
        "name_format": "text",
        "output": clean(f"{counted(one.points)}, decided by a person\n{one.reason}".strip(), MAX_OUTPUT),
        "output_format": "text",
        "visibility": one.visibility,
        "score": 0.0 if closed else number(one.points),
        "max_score": 0.0,
        "status": "failed" if one.points < 0 else "passed",
    }


def _row(mark: Mark, closed: bool) -> dict[str, Any]:
    """One test of Gradescope's `tests`."""
    words = f"{counted(mark.points)}, decided by a person" if mark.decided else str(mark.outcome)
    figure = mark.figure_text or figure_as_text(mark.figure)
    told = "\n".join([f"{words}\n{mark.told}".strip(), *(["", figure] if figure else [])])
    row: dict[str, Any] = {
        "name": mark.title,
        "name_format": "text",
        "output": clean(told, MAX_OUTPUT),
        "output_format": "text",
        "visibility": mark.visibility,
        "extra_data": _finding(mark),
    }
    if mark.number:
        row["number"] = mark.number
    if mark.tags:
        row["tags"] = list(mark.tags)
    if mark.scored:
        row["score"] = 0.0 if closed else number(min(max(mark.points, Fraction(0)), mark.max_points))
        row["max_score"] = number(mark.max_points)
    if mark.decided or mark.outcome.scored:
        full = mark.fraction >= 1 if mark.decided else mark.outcome is Outcome.PASSED
        row["status"] = "passed" if full and not closed else "failed"
    return row


def figure_as_text(figure: Figure | None) -> str:
    """The wrong addition as a timeline, in plain text: it stands whatever Gradescope does to tags. "" for others."""
    return "\n".join(block(figure)) if isinstance(figure, Addition) and figure.rows else ""


def _finding(mark: Mark) -> dict[str, Any]:
    """What is kept of a row, apart from points, so that another rubric can be applied to it."""
    found: dict[str, Any] = {"outcome": str(mark.outcome), "fraction": str(mark.fraction)}
    return {**found, **({"decided": True} if mark.decided else {}), "findings": dict(mark.findings)}


def write_results(path: Path, body: Mapping[str, Any], last: bool = True) -> None:
    """Checks a results.json and puts it in place in one step; ResultsError if Gradescope would refuse it.

    last: nothing replaces or syncs it soon, so it must be on the disk when this returns.
    """
    check_results(body)
    write_whole(path, f"{as_text(body)}\n".encode(), durable=last)


def as_text(body: Mapping[str, Any]) -> str:
    """The JSON, in ASCII, indented for people: by msgspec, since json's own indenting takes ten times as long."""
    compact = json.dumps(body, allow_nan=False, ensure_ascii=True)
    return msgspec.json.format(compact, indent=1)


_ROW_TEXTS = ("name", "output", "number")


def check_results(body: Mapping[str, Any]) -> None:
    """Raises ResultsError unless `body` is what Gradescope's harness takes without a complaint."""
    _require(isinstance(body.get("tests"), list), "tests must be a list")
    _require(_finite(body.get("score")), "the score must be a finite number")
    _require(isinstance(body.get("output"), str) and len(body["output"]) <= 100_000, "the output is too long")
    for row in body["tests"]:
        _require(isinstance(row, dict), "a test must be an object")
        _require(all(isinstance(row[k], str) for k in _ROW_TEXTS if k in row), "name, output and number are texts")
        _require(len(row.get("output", "")) <= 100_000, "an output is too long")
        _require(all(_finite(row[k]) for k in ("score", "max_score") if k in row), "scores are finite numbers")
        _require(row.get("visibility", "visible") in SHOWN, "visibility is one of four words")
        _require(row.get("status", "passed") in ("passed", "failed"), "status is passed or failed")
    for entry in body.get("leaderboard", []):
        _require(
            isinstance(entry["value"], str) or _finite(entry["value"]), "a leaderboard value is a number or a text"
        )


def _finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise ResultsError(message)


def staff_text(report: Report, repeat: str) -> str:
    """Everything for the staff, on stdout, which Gradescope shows to instructors only."""
    lines = [f"autograder {report.version}  rubric {report.rubric_hash}  seed {report.seed}  {report.seconds:.2f} s"]
    lines += [f"again: {repeat}", *(note for note in report.staff_notes if not note.startswith(FOR_A_PERSON)), ""]
    for mark in report.marks:
        points = f"{decimal_text(mark.points)} of {decimal_text(mark.max_points)}" if mark.scored else "-"
        word = "decided" if mark.decided else str(mark.outcome)
        lines.append(f"{mark.number:<6}{word:<12}{points:<14}{mark.title}  [{mark.visibility}]")
        lines += [f"      {line}" for line in cut(mark.told, 2_000).splitlines() if mark.outcome is not Outcome.PASSED]
        lines += [f"      staff: {line}" for line in cut(mark.staff, 8_000).splitlines()]
    lines += [f"{one.title:<18}{decimal_text(one.points):<14}{one.reason}" for one in report.adjustments]
    lines.append(f"total {decimal_text(report.points)} of {_worth(report)}")
    lines += _for_a_person(report)
    if report.rerun:
        lines.append("NOT GRADED COMPLETELY: internal error; rerun this submission.")
    return cut("\n".join(lines), MAX_OUTPUT)


def _worth(report: Report) -> str:
    """What the total is of: "9.5 by spec", and what the written rows that people gave points for are worth."""
    written = sum((m.max_points for m in report.marks if m.scored and m.outcome is Outcome.WRITTEN), Fraction(0))
    by_spec = f"{decimal_text(report.max_points - written)} by spec"
    return f"{decimal_text(report.max_points)} ({by_spec}, {decimal_text(written)} written)" if written else by_spec


def _for_a_person(report: Report) -> list[str]:
    """The list of what needs a person, [] for nothing."""
    notes = (note for note in report.staff_notes if note.startswith(FOR_A_PERSON))
    listed = ["  nothing of the assignment was found in this submission"] if report.found_nothing else []
    listed += [f"  {note[len(FOR_A_PERSON) :]}" for note in notes]
    listed += [f"  {mark.number:<6}{why}" for mark in report.marks if (why := mark.needs_person)]
    return ["NEEDS A PERSON:", *listed] if listed else []
