"""`grade`: one submission to Gradescope's JSON. The failure report first, then the real one after every question.

Exit codes: 0 graded, 2 our fault.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import msgspec

from autograder.assignment.load import OWN_ROOT, load_assignment
from autograder.assignment.rubric import Late
from autograder.core.command import again, say, typed
from autograder.core.errors import AssignmentError, EnvironmentFault
from autograder.core.outcome import FOR_A_PERSON, SCHEMA_VERSION, Report
from autograder.core.standard_streams import write_out
from autograder.core.submission import read_submission
from autograder.gradescope.results import NOT_GRADED, as_text, results, staff_text, write_results
from autograder.gradescope.timeout import seconds_left
from autograder.grading.grader import Grading
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.jail import Jail, answers_below
from autograder.sandbox.protocol import Start

GRADESCOPE = Path("/autograder")
DECISIONS = "decisions.json"  # what people decided, in a zip that was built with it
INSTEAD = (
    "Grade in the container, or as root with the project closed to others (chmod -R go= on its folder);"
    " --unsafe grades all the same."
)


class Options(msgspec.Struct, frozen=True):
    directory: Path | None
    output: Path | None
    metadata: Path | None
    gradescope: bool
    seed: str | None
    rubric: Path | None
    html: Path | None
    unsafe: bool
    json: bool

    def on_gradescope(self) -> Options:
        """With Gradescope's own paths where none is named."""
        return msgspec.structs.replace(
            self,
            directory=self.directory or GRADESCOPE / "submission",
            output=self.output or GRADESCOPE / "results" / "results.json",
            metadata=self.metadata or GRADESCOPE / "submission_metadata.json",
        )


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Grades one submission in the jail, as Gradescope does: prints a table, or writes results.json. Exits "
        "with 0 if it was graded, with 2 if not, which is no fault of the submission."
    )
    parser.epilog = "example: python -m autograder grade reference -o results.json"
    parser.add_argument("directory", nargs="?", type=Path, help="the folder that holds the submitted files")
    parser.add_argument("-o", "--output", type=Path, help="where results.json goes (otherwise it is printed)")
    parser.add_argument("--json", action="store_true", help="print results.json on a terminal too, not a table")
    parser.add_argument("--metadata", type=Path, help="Gradescope's submission_metadata.json")
    parser.add_argument("--gradescope", action="store_true", help="use Gradescope's own paths and time-out")
    parser.add_argument("--seed", help="the seed of an earlier grading, to repeat it exactly")
    parser.add_argument("--rubric", type=Path, help="another rubric than tests/rubric.yaml")
    parser.add_argument("--html", type=Path, help="write the page with figures as well")
    parser.add_argument("--unsafe", action="store_true", help="grade although student code could read the answers")


def run(command: str, parsed: argparse.Namespace, root: Path) -> int:
    """Runs `grade` and returns the exit code; the zygote of its jail was started on the first line of `__main__`."""
    options = typed(Options, parsed)
    if options.gradescope:
        options = options.on_gradescope()
    if options.directory is None:
        say("autograder grade: give the folder that holds the submitted files, e.g. `grade reference`.")
        return 2
    with Jail() as jail:
        return _run(options, options.directory, root, jail)


def _run(options: Options, directory: Path, root: Path, jail: Jail) -> int:
    hidden = [path for path in (options.metadata, options.output, root / DECISIONS) if path is not None]
    results = [options.output, options.output.parent] if options.output is not None else []
    jail.hides([*hidden, *answers_below(root)], [*results, *{root, OWN_ROOT}])
    try:
        grading = _prepare(options, directory, root, jail.start)
        jail.expect(len(grading.assignment.rubric.files()), *grading.worker_limits())
        grading.presample()  # the zygote still imports numpy
    except Exception as error:  # whatever it is, results.json must say that it is our fault
        return _cannot_grade(options, error)
    try:
        return _grade_in(jail, grading, options, directory, root)
    except CannotWrite as problem:
        say(f"autograder grade: {problem}")
        return 2


class CannotWrite(EnvironmentFault):
    """Results, or what staff read, cannot be written; the message says what to do."""


_NOT_APART = "The machine could not keep this submission apart from the answers."
_NOT_RUN = "The machine could not run any submission."


def _grade_in(jail: Jail, grading: Grading, options: Options, directory: Path, root: Path) -> int:
    """Grades, unless student code could read the answers or write the results; says what held."""
    isolation: Isolation | None = None
    graded_with = _versions(grading) if options.gradescope else ""

    def write(report: Report) -> None:
        if options.output is not None:
            whole = len(grading.findings) == len(report.marks) or bool(report.fault)
            body = results(report, isolation.record() if isolation else None, graded_with)
            try:
                write_results(options.output, body, last=whole)
            except OSError as error:
                raise CannotWrite(_unwritable(options.output, error)) from error

    def partly(report: Report) -> None:
        if len(grading.findings) < len(report.marks):  # a whole one waits for what people decided
            write(report)

    write(grading.report())
    isolation, problem = jail.verdict(
        "" if options.gradescope else INSTEAD,
        unsafe=options.unsafe and not options.gradescope,
        trusted=not options.gradescope and _is_ours(directory, root),
    )
    grading.staff_notes = (*grading.staff_notes, isolation.line())
    if problem:
        say(f"autograder grade: {problem}")
        report = grading.report(fault=_NOT_RUN if isolation.fault else _NOT_APART)
        write(report)
    else:
        try:
            decided = (root / DECISIONS).is_file()
            report = grading.run(partly if decided else write)
            if decided:
                report = _with_decisions(report, grading, options.metadata, root / DECISIONS)
                write(report)
        except CannotWrite:
            raise
        except Exception:  # a worker that would not end, say: no mark may stand beside it
            import traceback

            grading.staff_notes = (*grading.staff_notes, traceback.format_exc())
            report = grading.report(fault="The grading broke off.")
            write(report)
    if options.html is not None:
        from autograder.report.file import CannotShow, write_page

        try:
            write_page(options.html, report, [isolation.line()])
        except CannotShow as cannot:
            say(f"autograder grade: {cannot}")
    repeat = _call(options, directory, root, report.seed)
    if options.output is None and not options.json and sys.stdout.isatty():
        from autograder.report.terminal import page, plain, with_call

        notes = [note for note in (report.fault, *report.notes) if note]
        footer = [isolation.line(), with_call("again:", repeat), "as JSON: --json, or into a pipe"]
        write_out(plain(page(report, notes, footer)) + "\n")
    else:
        _tell(report, isolation, options.output, repeat)
    return 2 if report.rerun else 0


def _with_decisions(report: Report, grading: Grading, metadata: Path | None, path: Path) -> Report:
    """The report with what people decided of these answers: no process of the student's is left when it is read."""
    from autograder.gradescope.decisions import decided, read_decisions
    from autograder.gradescope.metadata import read_metadata

    emails = read_metadata(metadata).emails
    return decided(report, grading.assignment.rows, grading.submission, emails, read_decisions(path))


def _call(options: Options, directory: Path, root: Path, seed: str) -> str:
    """The call that repeats this grading."""
    rubric = ["--rubric", str(options.rubric)] if options.rubric is not None else []
    unsafe = ["--unsafe"] if options.unsafe else []
    return again("grade", str(directory), "--seed", seed, *rubric, *unsafe, root=root)


def _versions(grading: Grading) -> str:
    """The versions that this image grades with; staff are told where the rubric says others."""
    from autograder.assignment import versions

    if said := versions.warning(grading.assignment.rubric.gradescope):
        grading.staff_notes = (*grading.staff_notes, said)
    return versions.here()


def _tell(report: Report, isolation: Isolation, output: Path | None, repeat: str) -> None:
    """The results on standard output, where no file is named for them, and what staff read. Raises CannotWrite."""
    told = staff_text(report, repeat)
    try:
        if output is None:
            write_out(as_text(results(report, isolation.record())))
            say(told)
        else:
            write_out(told)
    except BrokenPipeError:
        raise
    except OSError as error:
        kept = f" {output} is written, and whole." if output is not None else ""
        raise CannotWrite(f"standard output cannot be written: {error}.{kept}") from error


def _unwritable(path: Path, error: OSError) -> str:
    why = error.strerror or error
    return f"{path} cannot be written: {why}. Make room there, or give another place with -o, and grade again."


def _is_ours(directory: Path, root: Path) -> bool:
    """Whether a folder is the project's own: its reference, its template or its planted submissions."""
    return any(directory.resolve().is_relative_to(root / own) for own in ("reference", "student_template", "tests"))


def _prepare(options: Options, directory: Path, root: Path, start: Start) -> Grading:
    """Loads the assignment and reads the submission; raises what an instructor must mend."""
    assignment = load_assignment(root, options.rubric)
    submission_id, notes = _told(options.metadata, assignment.rubric.late)
    submission = read_submission(directory, assignment.rubric.files())
    if submission.others:
        notes.append(f"also in the submission, not read: {', '.join(submission.others)}")
    notes += [f"{FOR_A_PERSON}not read: {fault}" for fault in submission.faults.values()]
    return Grading(
        assignment,
        submission,
        seed=options.seed or assignment.seed(submission_id),
        start=start,
        seconds_in_all=seconds_left(os.environ) if options.gradescope else None,
        staff_notes=tuple(notes),
    )


def _told(metadata: Path | None, late: Late | None) -> tuple[str, list[str]]:
    """The submission's id and notes for the staff, from the metadata."""
    if metadata is None:
        return "", []
    from autograder.gradescope.lateness import lateness, rule_said  # dates are slow to import
    from autograder.gradescope.metadata import read_metadata

    found = read_metadata(metadata)
    by_rule = rule_said(found, late) if late is not None else ""
    return found.submission_id, [said for said in (found.note, lateness(found), by_rule) if said]


def _cannot_grade(options: Options, error: Exception) -> int:
    """Nothing could be graded: said as our fault to the student, in full to the staff."""
    import traceback

    known = isinstance(error, (AssignmentError, OSError))
    say(f"autograder grade: {error}" if known else "".join(traceback.format_exception(error)))
    if options.output is not None:
        ours = {"schema_version": SCHEMA_VERSION, "rerun": True}
        body = {"score": 0.0, "output": NOT_GRADED, "output_format": "text", "tests": [], "extra_data": ours}
        try:
            write_results(options.output, body)
        except OSError as problem:
            say(f"autograder grade: {_unwritable(options.output, problem)}")
    return 2
