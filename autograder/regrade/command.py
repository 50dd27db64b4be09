"""`regrade`: many submissions, and what a changed rubric changes.

    regrade EXPORT -o OUT        grades what is handed in, or goes on where it was stopped
    regrade OUT [--rubric R]     what if: who would change; OUT's own grades stay as they are
    regrade OUT -o OUT           the same for good; -o OTHER keeps both
    regrade OUT --only WHO       one student again, with everything that the staff can see

Exit codes: 0 graded, 2 our fault or a wrong call.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from autograder import __version__
from autograder.grading import Assignment, load_assignment
from autograder.regrade import again, comparing, publishing, summary
from autograder.regrade.batch import CannotGoOn
from autograder.regrade.changes import changes
from autograder.regrade.crew import Crew, CrewError, DaskCrew, LocalCrew
from autograder.regrade.decisions import read_decisions
from autograder.regrade.fingerprint import fingerprint
from autograder.regrade.gradebook import Decision, Gradebook
from autograder.regrade.intake import CannotTakeIn, Source, open_source
from autograder.regrade.progress import shown
from autograder.regrade.regrading import Regrading, Setting
from autograder.regrade.standings import by_submission
from autograder.regrade.store import NOW, WHAT_IF, Store, StoreError, is_store
from autograder.regrade.work import grade
from autograder.rubric import RubricError
from autograder.specs import SpecError

OVERRIDES, WRITTEN = "overrides.csv", "written.csv"  # what people decided; kept in the folder, applied every time
GRADES, CHANGES, REPORT, WHAT_IF_FOLDER = "grades.csv", "changes.csv", "report.html", "what-if"
OUR_FAULT = 2


class WrongCall(Exception):
    """The call cannot be done as it stands; the message says what to do."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `regrade`."""
    parser.add_argument(
        "export", type=Path, help="Gradescope's export (zip or folder), a folder of folders, or a folder made by -o"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="the folder that keeps and shows the grades")
    parser.add_argument("--rubric", type=Path, help="another rubric than tests/rubric.yaml")
    parser.add_argument("--against", type=Path, metavar="OLD", help="compare with this folder or grades.csv")
    parser.add_argument("--overrides", type=Path, metavar="CSV", help="what people overrule (OUT/overrides.csv)")
    parser.add_argument(
        "--only", metavar="WHO", help="one student (submission id, e-mail, sid or name), and everything"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes that grade (one a core)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler in their place: tcp://host:8786")
    parser.add_argument("--anonymous", action="store_true", help="no names, e-mails and sids in grades.csv and report")
    parser.add_argument("--unsafe", action="store_true", help="grade although student code could read the answers")


@dataclass(frozen=True)
class Plan:
    """What a call asks for. keep: the folder whose store is used. show: where grades and report go."""

    keep: Path
    show: Path
    what_if: bool
    from_store: Path | None


def run(options: argparse.Namespace, root: Path) -> int:
    """Runs `regrade` and answers its exit code."""
    known = (
        CannotTakeIn,
        CannotGoOn,
        CrewError,
        RubricError,
        SpecError,
        StoreError,
        WrongCall,
        comparing.CannotCompare,
    )
    with _private():
        try:
            return _run(options, root)
        except known as problem:
            return _sorry(str(problem))
        except sqlite3.DatabaseError as problem:
            return _sorry(f"the store of gradings cannot be used ({problem})")
        except OSError as problem:
            return _sorry(f"{problem.filename or 'a file'}: {problem.strerror or problem}")
        except KeyboardInterrupt:
            return _sorry("stopped; what was graded is kept: start it again to go on")


def _sorry(problem: str) -> int:
    print(f"autograder regrade: {problem}", file=sys.stderr)
    return OUR_FAULT


@contextmanager
def _private() -> Iterator[None]:
    """Whatever is written is the instructor's alone: it is students' data."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _run(options: argparse.Namespace, root: Path) -> int:
    began = time.monotonic()
    plan = _plan(options)
    assignment = load_assignment(root, options.rubric)
    setting = _setting(options, assignment, root, plan)
    with ExitStack() as open_ones:
        source = None if plan.from_store else open_source(options.export, assignment.read.rubric.files())
        plan.keep.mkdir(mode=0o700, parents=True, exist_ok=True)
        store = open_ones.enter_context(Store(plan.keep))
        if plan.from_store and plan.from_store.resolve() != plan.keep.resolve():
            store.take_over(open_ones.enter_context(Store(plan.from_store, write=False)))
        if options.only:
            return again.one(options.only, Regrading(setting, store, source, _Silent()), options.unsafe)
        with shown() as progress:
            regrading = Regrading(setting, store, source, progress)
            regrading.grade(lambda: _hire(options))
        book = _book(options, plan, regrading, source)
        return _tell(options, plan, regrading, book, began)


class _Silent:
    """Shows no progress."""

    def expect(self, submissions: int) -> None:
        """Nothing."""

    def advance(self) -> None:
        """Nothing."""

    def say(self, sentence: str) -> None:
        """Nothing."""


def _plan(options: argparse.Namespace) -> Plan:
    if options.jobs < 1:
        raise WrongCall("--jobs takes a number from 1 up.")
    earlier = options.export if options.export.is_dir() and is_store(options.export) else None
    if options.output is not None:
        return Plan(options.output, options.output, False, earlier)
    if earlier is not None:
        return Plan(earlier, earlier / WHAT_IF_FOLDER, True, earlier)
    raise WrongCall("say where the grades go: -o OUT (a folder; it is made if it is not there).")


def _setting(options: argparse.Namespace, assignment: Assignment, root: Path, plan: Plan) -> Setting:
    path = options.rubric or root / "tests" / "rubric.yaml"
    return Setting(
        assignment,
        fingerprint(root, assignment.read.rubric.files()),
        path.read_text(encoding="utf-8"),
        assignment.read.name,
        WHAT_IF if plan.what_if else NOW,
        tuple(str(folder.resolve()) for folder in (plan.keep, options.export)),
        options.unsafe,
    )


def _hire(options: argparse.Namespace) -> Crew:
    return DaskCrew(grade, options.scheduler) if options.scheduler else LocalCrew(grade, options.jobs)


def _book(options: argparse.Namespace, plan: Plan, regrading: Regrading, source: Source | None) -> Gradebook:
    """The gradebook, with what people decided and what it is compared with."""
    columns = regrading.appraiser.columns
    decisions, oddities = _decisions(options, plan, regrading)
    against, old = comparing.old(options.against, regrading.store, of_store=plan.from_store is not None)
    standings = regrading.standings(by_submission(decisions), old)
    oddities += [*(source.oddities if source is not None else ()), *summary.oddities(standings, decisions)]
    return Gradebook(
        assignment=regrading.setting.assignment.read.rubric.assignment,
        columns=columns,
        standings=tuple(summary.nameless(standings) if options.anonymous else standings),
        against=against,
        oddities=tuple(oddities),
        version=__version__,
        rubric=regrading.setting.assignment.read.hash,
        seed=str(regrading.setting.assignment.read.rubric.seed),
    )


def _decisions(options: argparse.Namespace, plan: Plan, regrading: Regrading) -> tuple[list[Decision], list[str]]:
    """The points of written answers, then what people overrule, which is applied last; and what was odd."""
    overrides = options.overrides or plan.keep / OVERRIDES
    if options.overrides is not None and not overrides.is_file():
        raise WrongCall(f"{overrides}: there is no such file.")
    decisions: list[Decision] = []
    oddities: list[str] = []
    for path in (plan.keep / WRITTEN, overrides):
        if path.is_file():
            found, sentences = read_decisions(path, regrading.appraiser.columns)
            decisions += found
            oddities += sentences
    return decisions, oddities


def _tell(options: argparse.Namespace, plan: Plan, regrading: Regrading, book: Gradebook, began: float) -> int:
    """Writes and prints everything, the answer first."""
    changed = changes(book)
    plan.show.mkdir(mode=0o700, parents=True, exist_ok=True)
    publishing.sweep(plan.show, (GRADES, CHANGES, REPORT))
    publishing.write_grades(plan.show / GRADES, book, options.anonymous)
    publishing.write_changes(plan.show / CHANGES, changed, options.anonymous)
    for line in summary.lines(book, changed, regrading.tally, time.monotonic() - began):
        print(line)
    print(f"grades: {plan.show / GRADES}   changes: {plan.show / CHANGES}")
    if plan.what_if:
        print(f"{plan.keep / GRADES} is as it was; to keep this: add -o {plan.keep}")
        return 0
    decided = by_submission([cell.decided for s in book.standings for cell in s.cells if cell.decided is not None])
    publishing.publish(regrading, plan.show, decided)
    print(summary.write_report(plan.show / REPORT, book, regrading))
    comparing.remember(regrading.store, book)  # last: until all is written, this run can be gone on with
    return 0
