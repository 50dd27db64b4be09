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
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from autograder import __version__
from autograder.assignment.rubric import RubricFile, read_rubric
from autograder.blind.merge import WRITTEN
from autograder.grading.grader import Assignment, assignment_of
from autograder.intake.folder import open_source
from autograder.intake.source import Source
from autograder.regrade import baseline, console, output_dir, publish
from autograder.regrade import one as again
from autograder.regrade.diff import changes
from autograder.regrade.ending import OUR_FAULT, WrongCall, in_words
from autograder.regrade.executors import Crew, DaskCrew, LocalCrew
from autograder.regrade.fingerprint import fingerprint
from autograder.regrade.gradebook import Decision, Gradebook
from autograder.regrade.output_dir import CHANGES, GRADES, REPORT
from autograder.regrade.overrides import read_decisions
from autograder.regrade.progress import Silent, shown
from autograder.regrade.regrader import Regrading, Setting
from autograder.regrade.store import NOW, WHAT_IF, Store, is_store
from autograder.regrade.task import grade
from autograder.regrade.totals import Old, by_submission

OVERRIDES = "overrides.csv"  # what people decided; it stays in the folder, and is applied every time
WHAT_IF_FOLDER = "what-if"


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
    with in_words("regrade") as said:
        said.code = _run(options, root)
    return said.code


def _run(options: argparse.Namespace, root: Path) -> int:
    path = options.rubric or root / "tests" / "rubric.yaml"
    name = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
    return regrade(options, root, read_rubric(path, name), path.read_text(encoding="utf-8"))


def regrade(options: argparse.Namespace, root: Path, rubric: RubricFile, text: str) -> int:
    """Does what the options say under a rubric, and prints it; answers the exit code. Raises what `in_words` knows.

    text: of the rubric; processes that grade elsewhere read it again.
    """
    began = time.monotonic()
    plan = _plan(options)
    assignment = assignment_of(root, rubric)
    setting = _setting(options, assignment, root, plan, text)
    before = baseline.before(options.against, plan.from_store)
    with ExitStack() as open_ones:
        source = None if plan.from_store else open_source(options.export, assignment.rubric.files())
        if source is not None:
            open_ones.callback(source.close)
        plan.keep.mkdir(mode=0o700, parents=True, exist_ok=True)
        store = open_ones.enter_context(Store(plan.keep))
        if plan.from_store and os.path.realpath(plan.from_store) != os.path.realpath(plan.keep):
            store.take_over(open_ones.enter_context(Store(plan.from_store, write=False)))
        if options.only:
            return again.one(options.only, Regrading(setting, store, source, Silent()), options.unsafe)
        with shown() as progress:
            regrading = Regrading(setting, store, source, progress)
            regrading.grade(lambda: _hire(options))
        book = _book(options, plan, regrading, source, before)
        return _tell(options, plan, regrading, book, began)


def _plan(options: argparse.Namespace) -> Plan:
    if options.jobs < 1:
        raise WrongCall("--jobs takes a number from 1 up.")
    earlier = options.export if options.export.is_dir() and is_store(options.export) else None
    if options.overrides is not None and not options.overrides.is_file():
        raise WrongCall(f"{options.overrides}: there is no such file.")
    if options.output is not None:
        output_dir.check(options.output, options.export)
        return Plan(options.output, options.output, False, earlier)
    if earlier is not None:
        return Plan(earlier, earlier / WHAT_IF_FOLDER, True, earlier)
    raise WrongCall("say where the grades go: -o OUT (a folder; it is made if it is not there).")


def _setting(options: argparse.Namespace, assignment: Assignment, root: Path, plan: Plan, text: str) -> Setting:
    return Setting(
        assignment,
        fingerprint(root, assignment.rubric.files()),
        text,
        assignment.rubric_file.name,
        WHAT_IF if plan.what_if else NOW,
        tuple(os.path.realpath(folder) for folder in (plan.keep, options.export)),
        options.unsafe,
    )


def _hire(options: argparse.Namespace) -> Crew:
    return DaskCrew(grade, options.scheduler) if options.scheduler else LocalCrew(grade, options.jobs)


def _book(
    options: argparse.Namespace,
    plan: Plan,
    regrading: Regrading,
    source: Source | None,
    before: tuple[str, Mapping[str, Old]] | None,
) -> Gradebook:
    """The gradebook, with what people decided and what it is compared with."""
    columns = regrading.appraiser.columns
    decisions, oddities = _decisions(options, plan, regrading)
    against, old = before or baseline.own(regrading.store)
    standings = regrading.standings(by_submission(decisions), old)
    oddities += [*(source.oddities if source is not None else ()), *console.oddities(standings, decisions)]
    if options.anonymous:
        oddities += console.unsafe_ids(standings)
    return Gradebook(
        assignment=regrading.setting.assignment.rubric.assignment,
        columns=columns,
        standings=tuple(console.nameless(standings) if options.anonymous else standings),
        against=against,
        oddities=tuple(oddities),
        version=__version__,
        rubric=regrading.setting.assignment.rubric_file.hash,
        seed=str(regrading.setting.assignment.rubric.seed),
    )


def _decisions(options: argparse.Namespace, plan: Plan, regrading: Regrading) -> tuple[list[Decision], list[str]]:
    """The points of written answers, then what people overrule, which is applied last; and what was odd."""
    overrides = options.overrides or plan.keep / OVERRIDES
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
    publish.sweep(plan.show, (GRADES, CHANGES, REPORT))
    publish.write_grades(plan.show / GRADES, book, options.anonymous)
    publish.write_changes(plan.show / CHANGES, changed, options.anonymous)
    for line in console.lines(book, changed, regrading.tally, time.monotonic() - began):
        print(line)
    print(f"grades: {plan.show / GRADES}   changes: {plan.show / CHANGES}")
    if plan.what_if:
        print(f"{plan.keep / GRADES} is as it was; to keep this: add -o {plan.keep}")
        return OUR_FAULT if regrading.tally.ours else 0
    decided = by_submission([cell.decided for s in book.standings for cell in s.cells if cell.decided is not None])
    publish.publish(regrading, plan.show, decided)
    print(console.write_report(plan.show / REPORT, book, regrading))
    baseline.remember(regrading.store, book, regrading.setting.rubric)  # last: until then this run can be gone on with
    return OUR_FAULT if regrading.tally.ours else 0
