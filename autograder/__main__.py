"""The command line: parse, wire, write. `python -m autograder --help` lists the commands.

Exit codes: `grade` 0 graded, 2 our fault; `check` 0 all public rows full, 1 not, 2 usage or our fault.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import __version__

if TYPE_CHECKING:
    from autograder.grading import Assignment, Grading
    from autograder.outcome import Report

ROOT = Path(__file__).resolve().parent.parent
GRADESCOPE = Path("/autograder")
MARGIN = 30.0  # seconds kept of Gradescope's time-out, since it replaces results.json by "timed out" when it strikes
DEFAULT_TIMEOUT = 600.0


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and answers its exit code."""
    parser = argparse.ArgumentParser(prog="autograder", description="Grades Homework 3 of CSE 891-001 Deep Learning.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    grade = commands.add_parser("grade", help="grade one submission: Gradescope's JSON")
    grade.add_argument("directory", nargs="?", type=Path, help="the folder that holds the submitted files")
    grade.add_argument("-o", "--output", type=Path, help="where results.json goes (otherwise it is printed)")
    grade.add_argument("--metadata", type=Path, help="Gradescope's submission_metadata.json")
    grade.add_argument("--gradescope", action="store_true", help="use Gradescope's own paths and time-out")
    grade.add_argument("--seed", help="the seed of an earlier grading, to repeat it exactly")
    grade.add_argument("--rubric", type=Path, help="another rubric than tests/rubric.yaml")
    check = commands.add_parser("check", help="a student's self-check: the public rows")
    check.add_argument("directory", nargs="?", type=Path, default=Path("."), help="the folder with your four files")
    bundle = commands.add_parser("bundle", help="build the zip for Gradescope")
    bundle.add_argument("kind", choices=["gradescope"])
    bundle.add_argument("-o", "--output", type=Path, help="where the zip goes")
    bundle.add_argument("--wheels", action="store_true", help="carry the wheels, for an image without a network")
    commands.add_parser("validate", help="prove the assignment: every planted mistake is caught, the reference is full")
    options = parser.parse_args(argv)
    run = {"grade": _grade, "check": _check, "bundle": _bundle, "validate": _validate}[options.command]
    return run(options)


def _say(text: str) -> None:
    print(text, file=sys.stderr)


# -------------------------------------------------------------------------------------------------------------- grade


def _grade(options: argparse.Namespace) -> int:
    """`grade`: the failure report first, then the real one after every question."""
    if options.gradescope:
        options.directory = options.directory or GRADESCOPE / "submission"
        options.output = options.output or GRADESCOPE / "results" / "results.json"
        options.metadata = options.metadata or GRADESCOPE / "submission_metadata.json"
    if options.directory is None:
        _say("autograder grade: give the folder that holds the submitted files, e.g. `grade reference`.")
        return 2
    from autograder.report.gradescope import results, staff_text, write_results

    try:
        grading = _prepare(options)
    except Exception as error:  # whatever it is, results.json must say that it is our fault
        return _cannot_grade(options, error)

    def write(report: Report) -> None:
        if options.output is not None:
            write_results(options.output, results(report))

    write(grading.report())
    report = grading.run(write)
    repeat = f"python -m autograder grade {options.directory} --seed {report.seed}"
    if options.output is None:
        print(json.dumps(results(report), allow_nan=False, indent=1))
        _say(staff_text(report, repeat))
    else:
        print(staff_text(report, repeat))
    return 2 if report.rerun else 0


def _prepare(options: argparse.Namespace) -> Grading:
    """Loads the assignment and reads the submission; raises what an instructor must mend."""
    from autograder.grading import Grading, load_assignment
    from autograder.metadata import read_metadata
    from autograder.submission import read_submission

    assignment = load_assignment(ROOT, options.rubric)
    metadata = read_metadata(options.metadata)
    submission = read_submission(options.directory, assignment.read.rubric.files())
    notes = [metadata.note] if metadata.note else []
    if submission.others:
        notes.append(f"also in the submission, not read: {', '.join(submission.others)}")
    notes += [f"not read: {fault}" for fault in submission.faults.values()]
    return Grading(
        assignment,
        submission,
        seed=options.seed or _seed(assignment, metadata.submission_id),
        seconds_in_all=_seconds_left() if options.gradescope else None,
        staff_notes=tuple(notes),
    )


def _seed(assignment: Assignment, submission_id: str) -> str:
    """The rubric's seed and the submission's id: no student knows it before handing in, and it can be repeated."""
    seed = str(assignment.read.rubric.seed)
    return f"{seed}-{submission_id}" if submission_id else seed


def _seconds_left() -> float:
    """Our own deadline below Gradescope's time-out, which its harness leaves in TIMEOUT_SECONDS (undocumented)."""
    try:
        allowed = float(os.environ.get("TIMEOUT_SECONDS", ""))
    except ValueError:
        allowed = DEFAULT_TIMEOUT
    allowed = allowed if 0 < allowed < 1e6 else DEFAULT_TIMEOUT
    return max(allowed - MARGIN, allowed / 2)


def _cannot_grade(options: argparse.Namespace, error: Exception) -> int:
    """Nothing could be graded: said as our fault to the student, in full to the staff."""
    import traceback

    from autograder.report.gradescope import NOT_GRADED, check_results, write_results
    from autograder.rubric import RubricError
    from autograder.specs import SpecError

    known = isinstance(error, (RubricError, SpecError, FileNotFoundError, NotADirectoryError))
    _say(f"autograder grade: {error}" if known else "".join(traceback.format_exception(error)))
    if options.output is not None:
        body = {"score": 0.0, "output": NOT_GRADED, "output_format": "text", "tests": [], "extra_data": {"rerun": True}}
        check_results(body)
        write_results(options.output, body)
    return 2


# -------------------------------------------------------------------------------------------------------------- check


def _check(options: argparse.Namespace) -> int:
    """`check`: what a student can know at home. Rows that need the answer key say that they were read."""
    from autograder.grading import AbsentReference, Grading, load_assignment
    from autograder.outcome import Outcome
    from autograder.report.terminal import table
    from autograder.rubric import RubricError
    from autograder.specs import SpecError
    from autograder.submission import read_submission

    try:
        assignment = replace(load_assignment(ROOT), reference=AbsentReference())
        submission = read_submission(options.directory, assignment.read.rubric.files())
    except (RubricError, SpecError, FileNotFoundError, NotADirectoryError) as error:
        _say(f"autograder check: {error}")
        return 2
    report = Grading(assignment, submission, seed=str(assignment.read.rubric.seed)).run()
    print(table(report))
    if report.rerun:
        return 2
    fine = (Outcome.PASSED, Outcome.WRITTEN, Outcome.DEFERRED)
    return 0 if all(mark.outcome in fine for mark in report.marks) else 1


# ----------------------------------------------------------------------------------------------------------- validate


def _validate(options: argparse.Namespace) -> int:
    """`validate`: the matrix of planted answers; 0 if there is no hole, 1 with the holes, 2 if it could not be done."""
    from autograder.grading import load_assignment
    from autograder.rubric import RubricError
    from autograder.specs import SpecError
    from autograder.validate import validate

    try:
        found = validate(ROOT, load_assignment(ROOT))
    except (RubricError, SpecError) as error:
        _say(f"autograder validate: {error}")
        return 1
    except ModuleNotFoundError as error:
        _say(f"autograder validate: {error}. It needs the whole project: reference/ with its catalogue.")
        return 2
    print(found.text())
    return 1 if found.holes else 0


# ------------------------------------------------------------------------------------------------------------- bundle


def _bundle(options: argparse.Namespace) -> int:
    """`bundle`: one byte-reproducible zip."""
    from autograder import bundle

    output = options.output or Path("dist") / f"{options.kind}.zip"
    try:
        path = bundle.gradescope(ROOT, output, options.wheels)
    except bundle.BundleError as error:
        _say(f"autograder bundle: {error}")
        return 2
    print(f"{path}: upload it under Configure Autograder on Gradescope.")
    return 0


def console() -> None:
    """The console script."""
    sys.exit(main())


if __name__ == "__main__":
    console()
