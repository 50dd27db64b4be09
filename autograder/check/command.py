"""`check`: a student's self-check, with the specs and oracles that grade on Gradescope, without the answers; `pack`.

Rows that need an answer say how the student's was read. Every row counts as visible here: there is nothing to hide, and
a student wants to see his own traceback.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.check import preflight
from autograder.core.environment import install
from autograder.core.errors import AutograderError

if TYPE_CHECKING:
    from autograder.assignment.load import Assignment
    from autograder.core.outcome import Mark, Report

FULL, NOT_FULL, USAGE = 0, 1, 2


@dataclass(frozen=True)
class Options:
    """What `check` was asked for; the help of each option says what it is."""

    directory: Path | None
    question: str | None
    watch: bool
    html: Path | None
    json: bool
    no_color: bool


class CannotCheck(AutograderError):
    """Nothing can be checked; the message is one sentence that says what to do."""


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """The options of `check` and of `pack`."""
    parser.add_argument("directory", nargs="?", type=Path, help="the folder with your files (this one)")
    if command == "pack":
        parser.add_argument("-o", "--output", type=Path, metavar="ZIP", help="the zip to write (upload.zip)")
        parser.epilog = (
            "exit codes: 0 written, and every row that can be judged here is full; 1 written, and some row is not; "
            "2 not written, or not checked for a fault of ours"
        )
        return
    parser.add_argument("-q", "--question", metavar="N", help="one question only, such as 2, or one row, such as 2.1a")
    parser.add_argument("--hint", metavar="ROW", help="more on one row, such as 2.1e, and a failing call that runs")
    parser.add_argument("-w", "--watch", action="store_true", help="check again whenever a file is saved")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page with figures as well")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    parser.add_argument("--no-color", action="store_true", help="no colours")


def run(command: str, parsed: argparse.Namespace, root: Path) -> int:
    """Runs `check` or `pack` and returns its exit code: 0 all public rows full, 1 not, 2 usage or our fault."""
    if command == "pack":
        return _pack(parsed.directory, parsed.output, root)
    if parsed.hint is not None:
        return _hint(parsed.directory, parsed.hint, root)
    options = Options(**{field.name: getattr(parsed, field.name) for field in fields(Options)})
    try:
        with _as_it_was_unpacked():
            _require_packages()
            if options.watch:
                return _watch(options, root)
            return _once(options, root)
    except AutograderError as problem:
        _say(str(problem))
        return USAGE


@contextmanager
def _as_it_was_unpacked() -> Iterator[None]:
    """What goes wrong because a file of the self-check was changed, or is gone, is said as that."""
    try:
        yield
    except (CannotCheck, ConnectionError):
        raise
    except Exception:
        from autograder.check.manifest import unpack_again

        if not (changed := unpack_again(Path(__file__).resolve().parents[2])):
            raise
        raise CannotCheck(changed) from None


# ----------------------------------------------------------------------------------------------------------- one run


@dataclass(frozen=True)
class Checked:
    """A report on what lies in a folder, and sentences about this run."""

    folder: Path
    report: Report
    isolation: str
    notes: tuple[str, ...]

    @property
    def code(self) -> int:
        """0 if every row that a spec judges is full, as far as it can be judged here."""
        from autograder.core.outcome import Outcome

        if self.report.rerun:
            return USAGE
        fine = (Outcome.PASSED, Outcome.DEFERRED)
        full = all(m.outcome in fine and not m.in_part for m in self.report.marks if m.weighted)
        return FULL if full else NOT_FULL


def _once(options: Options, root: Path) -> int:
    assignment = home_assignment(root, options.question)
    checked = _checked(assignment, _folder(options.directory, assignment), root)
    if options.json:
        print(json.dumps(as_json(checked), indent=1))
    else:
        _show(checked, colour=not options.no_color)
    if options.html is not None:
        from autograder.report.file import write_page

        write_page(options.html, checked.report, [*checked.notes, checked.isolation])
        if not options.json:
            print(f"\n{options.html}: open it in a browser.")
    return checked.code


def _pack(directory: Path | None, output: Path | None, root: Path) -> int:
    try:
        _require_packages()
        from autograder.check.pack import OUTPUT, pack, told

        assignment = home_assignment(root)
        done = pack(assignment, _folder(directory, assignment), output or OUTPUT, root)
    except AutograderError as problem:
        print(f"autograder pack: {problem}", file=sys.stderr)
        return USAGE
    print("\n".join(told(done)))
    return done.code


def _hint(directory: Path | None, number: str, root: Path) -> int:
    try:
        _require_packages()
        from autograder.check.hint import hinted, told

        assignment = home_assignment(root)
        found = hinted(assignment, _folder(directory, assignment), number, root)
    except AutograderError as problem:
        _say(str(problem))
        return USAGE
    print("\n".join(told(found)))
    return found.code


def _folder(directory: Path | None, assignment: Assignment) -> Path:
    """The folder that is meant. Raises CannotCheck if nothing can be checked in it."""
    files = assignment.rubric.files()
    folder = directory or preflight.default_folder(files)
    if problem := preflight.folder_problem(folder, files):
        raise CannotCheck(problem)
    return folder


def home_assignment(root: Path, question: str | None = None) -> Assignment:
    """The assignment as it is at a student's home: no reference, every row visible, one question if one is named.

    Raises CannotCheck if the rubric or a spec is broken, or there is no such question.
    """
    from msgspec.structs import replace

    from autograder.assignment.load import OWN_ROOT, load_assignment
    from autograder.check.manifest import unpack_again
    from autograder.core.errors import AssignmentError

    try:
        whole = load_assignment(root)
    except AssignmentError as error:
        if changed := unpack_again(OWN_ROOT):
            raise CannotCheck(changed) from error
        raise CannotCheck(f"this is our fault, not yours; please tell the staff: {error}") from error
    chosen = tuple(linked for linked in whole.rows if question is None or _belongs(linked.row.number, question))
    if not chosen:
        numbers = ", ".join(dict.fromkeys(linked.row.number.split(".")[0] for linked in whole.rows))
        raise CannotCheck(f"there is no question {question}. Questions: {numbers}; a row such as 2.1a works too.")
    return replace(whole, rows=chosen).at_home()


def _belongs(number: str, question: str) -> bool:
    """Whether row 2.1a is meant by 2, 2.1 or 2.1a."""
    return number == question or number.startswith(question if "." in question else f"{question}.")


def _checked(assignment: Assignment, folder: Path, root: Path) -> Checked:
    from autograder.assignment.load import OWN_ROOT
    from autograder.check.manifest import unpack_again
    from autograder.core.submission import read_submission
    from autograder.grading.grader import Grading
    from autograder.sandbox.jail import Jail
    from autograder.sandbox.protocol import WorkerFault

    submission = read_submission(folder, assignment.rubric.files())
    changed = unpack_again(OWN_ROOT)
    notes = [f"Not the self-check that you downloaded: {changed}"] if changed else []
    with Jail(results={root, OWN_ROOT}) as jail:
        grading = Grading(assignment, submission, seed=assignment.seed(), start=jail.start)
        isolation = ""
        try:
            isolation = jail.isolation.line()
        except WorkerFault as fault:  # every row says so, too
            if changed:
                raise CannotCheck(changed) from fault
            notes = [f"Nothing could be run on this machine, and that is no fault of yours: {fault}", *notes]
        report = grading.run()
    return Checked(folder, report, isolation, (*report.notes, *notes))


# ------------------------------------------------------------------------------------------------------------ output


def _show(checked: Checked, colour: bool) -> None:
    from autograder.core.text import one_line
    from autograder.report.terminal import page, plain

    footer = [checked.isolation] if checked.isolation else []
    footer.append(f"Checked the files in {one_line(str(checked.folder.resolve()))} in {checked.report.seconds:.2f} s.")
    lines = page(checked.report, notes=checked.notes, footer=footer)
    if colour and _in_colour():
        try:
            from autograder.report.colour import print_lines
        except ModuleNotFoundError as error:
            if not str(error.name).startswith("rich"):
                raise
            lines = page(checked.report, notes=checked.notes, footer=[*footer, NO_RICH])
        else:
            print_lines(lines, sys.stdout)
            return
    print(plain(lines))


NO_RICH = f"For colours: {install()}"


def _in_colour() -> bool:
    """Whether anybody would see colours: rich is slow to import, and of no use in a pipe."""
    return "NO_COLOR" not in os.environ and (sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR")))


def as_json(checked: Checked) -> dict[str, Any]:
    """The rows for a program."""
    report = checked.report
    return {
        "version": report.version,
        "rubric": report.rubric_hash,
        "exit_code": checked.code,
        "isolation": checked.isolation,
        "notes": list(checked.notes),
        "rows": [_json_row(mark) for mark in report.marks],
    }


def _json_row(mark: Mark) -> dict[str, Any]:
    from autograder.core.points import decimal_text

    points, most = (float(decimal_text(p)) if mark.scored else None for p in (mark.points, mark.max_points))
    row = {"number": mark.number, "title": mark.title, "outcome": str(mark.outcome), "points": points}
    return {**row, "max_points": most, "read_as": mark.read_as, "feedback": mark.told}


# ------------------------------------------------------------------------------------------------------------- watch


def _watch(options: Options, root: Path) -> int:
    """Checks now and after every save, until Ctrl-C; answers the code of the last check."""
    try:
        from watchfiles import PythonFilter, watch
    except ModuleNotFoundError:
        raise CannotCheck(f"--watch needs watchfiles. Install it with: {install()}") from None
    code = _once(options, root)
    folder = options.directory or preflight.default_folder(home_assignment(root).rubric.files())
    saves = watch(folder, watch_filter=PythonFilter(), recursive=False, debounce=200, step=50)
    return _after_every_save(code, _saved(saves), lambda: _once(options, root))


def _saved(changes: Iterable[set[tuple[Any, str]]]) -> Iterator[str]:
    for change in changes:
        yield ", ".join(sorted({Path(name).name for _, name in change}))


def _after_every_save(code: int, saves: Iterator[str], check: Callable[[], int]) -> int:
    print("\nWaiting for a file to be saved; Ctrl-C ends this.", flush=True)
    with suppress(KeyboardInterrupt):
        for names in saves:
            print(f"\n{'-' * 20} {time.strftime('%H:%M:%S')} {names} {'-' * 20}\n", flush=True)
            try:
                code = check()
            except CannotCheck as problem:  # a file that is being replaced, say: it may be there again soon
                _say(str(problem))
                code = USAGE
            sys.stdout.flush()
    return code


# ----------------------------------------------------------------------------------------------------- first contact


def _require_packages() -> None:
    if problem := preflight.missing_packages():
        raise CannotCheck(problem)


def _say(text: str) -> None:
    print(f"autograder check: {text}", file=sys.stderr)
