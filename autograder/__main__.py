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

from autograder import __version__, check

if TYPE_CHECKING:
    from autograder.grading import Assignment, Grading
    from autograder.outcome import Report
    from autograder.sandbox.contract import Start
    from autograder.sandbox.isolation import Isolation
    from autograder.sandbox.jailer import Jail

ROOT = Path(__file__).resolve().parent.parent
GRADESCOPE = Path("/autograder")


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
    grade.add_argument(
        "--html", type=Path, help="write the page with pictures as well, with the terms of each equation"
    )
    grade.add_argument("--unsafe", action="store_true", help="grade although student code could read the answers")
    check.add_arguments(commands.add_parser("check", help="a student's self-check: the public rows"))
    bundle = commands.add_parser("bundle", help="build the zip for students, or, if nothing is wrong, for Gradescope")
    bundle.add_argument("kind", choices=["gradescope", "student"])
    bundle.add_argument("-o", "--output", type=Path, help="where the zip goes")
    bundle.add_argument("--wheels", action="store_true", help="carry the wheels, for an image without a network")
    regrade = commands.add_parser("regrade", help="grade many submissions; see whose grade a changed rubric changes")
    commands.add_parser("validate", help="prove the assignment: every planted mistake is caught, the reference is full")
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["regrade"]:
        from autograder.regrade import command

        command.add_arguments(regrade)
    options = parser.parse_args(arguments)
    check.print_whatever_comes()
    run = {
        "grade": _grade,
        "check": _check,
        "bundle": _bundle,
        "validate": _validate,
        "regrade": _regrade,
    }[options.command]
    try:
        return run(options)
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("autograder."):
            raise
        _say(f"autograder {options.command}: this is the self-check for students; `check` is its only command.")
        return 2


def _check(options: argparse.Namespace) -> int:
    """`check`: what a student can know at home."""
    return check.run(options, ROOT)


def _regrade(options: argparse.Namespace) -> int:
    """`regrade`: many submissions."""
    from autograder.regrade import command

    return command.run(options, ROOT)


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
    with _jail(options) as jail:
        try:
            grading = _prepare(options, jail.start)
        except Exception as error:  # whatever it is, results.json must say that it is our fault
            return _cannot_grade(options, error)
        return _grade_in(jail, grading, options)


def _jail(options: argparse.Namespace) -> Jail:
    """Starts the zygote before anything of the homework is opened: it imports numpy while we go on."""
    from autograder.sandbox.jailer import Jail

    hidden = [path for path in (options.metadata, options.output) if path is not None]
    results = [options.output, options.output.parent] if options.output is not None else []
    return Jail([*hidden, *_answers()], [*results, ROOT])


def _answers() -> list[Path]:
    """What no student's process may read."""
    return [ROOT / "reference", *(path for path in (ROOT / "reference").rglob("*") if path.is_file())]


def _grade_in(jail: Jail, grading: Grading, options: argparse.Namespace) -> int:
    """Grades, unless student code could read the answers or write the results; says what held."""
    from autograder.report.gradescope import results, staff_text, write_results

    isolation: Isolation | None = None

    def write(report: Report) -> None:
        if options.output is not None:
            write_results(options.output, results(report, isolation.record() if isolation else None))

    write(grading.report())
    isolation, problem = _measured(jail, options)
    grading.staff_notes = (*grading.staff_notes, isolation.line())
    if problem:
        _say(f"autograder grade: {problem}")
        report = grading.report(fault="The machine could not keep this submission apart from the answers.")
        write(report)
    else:
        try:
            report = grading.run(write)
        except Exception:  # a worker that would not end, say: no mark may stand beside it
            import traceback

            grading.staff_notes = (*grading.staff_notes, traceback.format_exc())
            report = grading.report(fault="The grading broke off.")
            write(report)
    if options.html is not None:
        try:
            check.write_page(options.html, report, [isolation.line()])
        except check.CannotCheck as problem:
            _say(f"autograder grade: {problem}")
    repeat = f"python -m autograder grade {options.directory} --seed {report.seed}"
    if options.output is None:
        print(json.dumps(results(report, isolation.record()), allow_nan=False, indent=1))
        _say(staff_text(report, repeat))
    else:
        print(staff_text(report, repeat))
    return 2 if report.rerun else 0


def _measured(jail: Jail, options: argparse.Namespace) -> tuple[Isolation, str]:
    """The isolation record, and why nothing may be graded under it ("" if it may)."""
    from autograder.sandbox.contract import WorkerFault
    from autograder.sandbox.isolation import Isolation

    try:
        isolation = jail.isolation
    except WorkerFault as fault:
        return Isolation(notes=(str(fault),)), f"no worker could be started: {fault}"
    if isolation.holds or (_is_ours(options.directory) and not options.gradescope):
        return isolation, ""
    if options.unsafe and not options.gradescope:
        return replace(isolation, unsafe=True), ""
    advice = (
        ""
        if options.gradescope
        else (
            " Grade in the container, or as root with the project closed to others (chmod -R go= on its folder);"
            " --unsafe grades all the same."
        )
    )
    return isolation, f"student code could cheat on this machine: {isolation.lacks()}.{advice}"


def _is_ours(directory: Path) -> bool:
    """Whether a folder is the project's own: its reference, its template or its planted submissions."""
    return any(directory.resolve().is_relative_to(ROOT / own) for own in ("reference", "student_template", "tests"))


def _prepare(options: argparse.Namespace, start: Start) -> Grading:
    """Loads the assignment and reads the submission; raises what an instructor must mend."""
    from autograder.deadline import seconds_left
    from autograder.grading import Grading, load_assignment
    from autograder.lateness import lateness
    from autograder.metadata import read_metadata
    from autograder.submission import read_submission

    assignment = load_assignment(ROOT, options.rubric)
    metadata = read_metadata(options.metadata)
    submission = read_submission(options.directory, assignment.read.rubric.files())
    notes = [said for said in (metadata.note, lateness(metadata)) if said]
    if submission.others:
        notes.append(f"also in the submission, not read: {', '.join(submission.others)}")
    notes += [f"not read: {fault}" for fault in submission.faults.values()]
    return Grading(
        assignment,
        submission,
        seed=options.seed or _seed(assignment, metadata.submission_id),
        start=start,
        seconds_in_all=seconds_left(os.environ) if options.gradescope else None,
        staff_notes=tuple(notes),
    )


def _seed(assignment: Assignment, submission_id: str) -> str:
    """The rubric's seed and the submission's id: no student knows it before handing in, and it can be repeated."""
    seed = str(assignment.read.rubric.seed)
    return f"{seed}-{submission_id}" if submission_id else seed


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


# ----------------------------------------------------------------------------------------------------------- validate


def _validate(options: argparse.Namespace) -> int:
    """`validate`: the matrix of planted answers; 0 if there is no hole, 1 with the holes, 2 if it could not be done."""
    from autograder.grading import load_assignment
    from autograder.rubric import RubricError
    from autograder.sandbox.jailer import Jail
    from autograder.specs import SpecError
    from autograder.validate import validate

    try:
        with Jail() as jail:
            found = validate(ROOT, load_assignment(ROOT), jail.start)
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
    from autograder.bundle.command import run

    return run(options, ROOT)


def console() -> None:
    """The console script."""
    sys.exit(main())


if __name__ == "__main__":
    console()
