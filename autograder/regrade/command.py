"""`regrade`: many submissions, and what a changed rubric changes.

    regrade EXPORT -o OUT        grades what is handed in, or goes on where it was stopped
    regrade OUT [--rubric R]     what if: who would change; OUT's own grades stay as they are
    regrade OUT -o OUT           the same for good; -o OTHER keeps both
    regrade OUT --only WHO       one student again, with everything that the staff can see

A folder remembers the rubric of its grades. Where the project's is another one, say which: --kept-rubric or --rubric R.

Exit codes: 0 graded, 2 our fault or a wrong call. How many hold nothing of the assignment is the last line printed.
"""

from __future__ import annotations

import argparse
import os
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import msgspec

from autograder.assignment.load import Assignment, assignment_of
from autograder.assignment.rubric import RubricFile
from autograder.core.command import OUR_FAULT, WrongCall, again, in_words, private, typed
from autograder.core.packages import missing
from autograder.core.text import number_of
from autograder.intake.folder import open_source
from autograder.regrade import anonymous, baseline, console, memory, output_dir, publish, unchanged, void, what_if
from autograder.regrade.book import Graded, graded_class
from autograder.regrade.decided import bring
from autograder.regrade.diff import Changes, changes
from autograder.regrade.executors import Crew, DaskCrew, LocalCrew
from autograder.regrade.fingerprint import fingerprint
from autograder.regrade.gradebook import Gradebook
from autograder.regrade.needs import Need, needs, told, waiting, write_needs
from autograder.regrade.older import set_aside_older
from autograder.regrade.one import grade_one
from autograder.regrade.output_dir import CHANGES, GRADES, NEEDS, REPORT
from autograder.regrade.progress import shown
from autograder.regrade.regrader import Regrading, Setting
from autograder.regrade.report.page import NEEDED
from autograder.regrade.staging import Staging, settle
from autograder.regrade.store import NOW, WHAT_IF, Store
from autograder.regrade.store_file import is_store
from autograder.regrade.task import grade


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """The options of `regrade`."""
    parser.description = (
        "Grades all submissions of an export into a folder: grades.csv, report.html, a result each. Goes on "
        "where it was stopped. Of such a folder alone, says whose grade another rubric would change."
    )
    parser.epilog = "example: python -m autograder regrade export.zip -o grades"
    parser.add_argument(
        "export", type=Path, help="Gradescope's export (zip or folder), a folder of folders, or a folder made by -o"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="the folder that keeps and shows the grades")
    rubrics = parser.add_mutually_exclusive_group()
    rubrics.add_argument(
        "--rubric", type=Path, help="the rubric to grade under (default: the project's, if the folder has the same)"
    )
    rubrics.add_argument(
        "--kept-rubric", action="store_true", help="grade under the folder's, where the project's is another"
    )
    parser.add_argument("--against", type=Path, metavar="OLD", help="compare with this folder or grades.csv")
    parser.add_argument(
        "--only",
        metavar="WHO",
        help="grade one student again (id, e-mail, sid or name) and print everything",
    )
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="processes that grade (default: one a core)"
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="grade on the workers of this Dask scheduler: tcp://host:8786"
    )
    parser.add_argument("--anonymous", action="store_true", help="no names, e-mails and sids in grades.csv and report")
    parser.add_argument("--unsafe", action="store_true", help="grade although student code could read the answers")


class Options(msgspec.Struct, frozen=True):
    """What `regrade` was asked for; the help of each option says what it is."""

    export: Path
    output: Path | None = None
    rubric: Path | None = None
    against: Path | None = None
    only: str | None = None
    jobs: int = os.cpu_count() or 1
    scheduler: str | None = None
    anonymous: bool = False
    unsafe: bool = False
    kept_rubric: bool = False

    def call(self, root: Path, *rubric: str) -> str:
        """The call that does this again, under the rubric that these words name."""
        named = {"-o": self.output, "--against": self.against, "--only": self.only, "--scheduler": self.scheduler}
        words = [str(self.export), *(f"{word}" for pair in named.items() if pair[1] is not None for word in pair)]
        words += [word for word, on in (("--anonymous", self.anonymous), ("--unsafe", self.unsafe)) if on]
        return again("regrade", *words, *rubric, root=root)


@dataclass(frozen=True)
class Plan:
    """What a call asks for. keep: the folder whose store is used. show: where grades and report go."""

    keep: Path
    show: Path
    what_if: bool
    from_store: Path | None


def run(command: str, parsed: argparse.Namespace, root: Path) -> int:
    """Runs `regrade` and returns its exit code."""
    options = typed(Options, parsed)
    with private(), in_words(command, KEPT) as ending:
        ending.code = regrade(options, root)
    return ending.code


KEPT = "stopped; what was graded is kept: run the command again to go on"


def regrade(options: Options, root: Path) -> int:
    """Does what the options say, and prints it; returns the exit code. Raises an AutograderError."""
    began = time.monotonic()
    plan = _plan(options)
    aside = "" if plan.from_store else set_aside_older(plan.keep)
    rubric, call = _rubric(options, plan, root)
    assignment = assignment_of(root, rubric)
    before = baseline.before(options.against, plan.from_store)
    with ExitStack() as open_ones:
        source = None if plan.from_store else open_source(options.export, assignment.rubric.files())
        if source is not None:
            open_ones.callback(source.close)
        plan.keep.mkdir(mode=0o700, parents=True, exist_ok=True)
        store = open_ones.enter_context(Store(plan.keep))
        settle(store, plan.keep)
        unnamed = options.anonymous and anonymous.names_nobody(store.abouts().values())
        setting = _setting(options, assignment, root, plan, unnamed)
        if source is not None:
            memory.same_class(store, source, plan.keep)
        if plan.from_store and os.path.realpath(plan.from_store) != os.path.realpath(plan.keep):
            change = anonymous.nameless if unnamed else None
            earlier = open_ones.enter_context(Store(plan.from_store, write=False))
            if unnamed and before and not options.against:
                before = before[0], void.without_decided(before[1], void.kept(earlier), assignment.rows)
            store.take_over(earlier, change, (memory.CLASS, memory.PLACE, *(() if unnamed else (void.FACT,))))
            for sentence in () if options.only else bring(plan.from_store, plan.keep, unnamed):
                print(sentence)
        if options.only:
            return grade_one(options.only, Regrading(setting, store, source), options.unsafe, call)
        with shown() as progress:
            if aside:
                progress.say(aside)
            regrading = Regrading(setting, store, source)
            if updated := regrading.updated():
                progress.say(updated)
            regrading.grade(lambda: _hire(options), progress)
        graded = graded_class(regrading, plan.keep, before, options.anonymous)
        return _tell(options, plan, regrading, graded, began)


def _rubric(options: Options, plan: Plan, root: Path) -> tuple[RubricFile, str]:
    """The rubric to grade under, and the call that does the same again, whatever the rubrics become."""
    folder = plan.from_store or plan.keep
    own = os.path.relpath(root / "tests" / "rubric.yaml")
    kept_words, own_words = ("--kept-rubric",), ("--rubric", own)
    if options.kept_rubric:
        return memory.in_folder(memory.kept_rubric(folder), folder), options.call(root, *kept_words)
    kept = memory.kept_rubric(folder) if options.rubric is None else None
    calls = options.call(root, *kept_words), options.call(root, *own_words)
    rubric = memory.chosen(kept, folder, root, calls, options.rubric)
    return rubric, options.call(root, "--rubric", str(options.rubric or own))


def _plan(options: Options) -> Plan:
    if options.jobs < 1:
        raise WrongCall("--jobs takes a number from 1 up.")
    earlier = options.export if options.export.is_dir() and is_store(options.export) else None
    if options.output is not None:
        against = [options.against] if options.against and is_store(options.against) else ()
        output_dir.check(options.output, options.export, *against)
        return Plan(options.output, options.output, False, earlier)
    if earlier is not None:
        return Plan(earlier, earlier / what_if.FOLDER, True, earlier)
    if not options.export.exists():
        raise WrongCall(f"{options.export}: there is no such file or folder.")
    raise WrongCall("say where the grades go: -o OUT (a folder; it is made if it is not there).")


def _setting(options: Options, assignment: Assignment, root: Path, plan: Plan, unnamed: bool) -> Setting:
    return Setting(
        assignment,
        fingerprint(root, assignment.rubric.files()),
        WHAT_IF if plan.what_if else NOW,
        tuple(os.path.realpath(folder) for folder in (plan.keep, options.export)),
        options.unsafe,
        unnamed,
    )


def _hire(options: Options) -> Crew:
    return DaskCrew(grade, options.scheduler) if options.scheduler else LocalCrew(grade, options.jobs)


def _tell(options: Options, plan: Plan, regrading: Regrading, graded: Graded, began: float) -> int:
    """Publishes everything in one step, unless it is there as it is, then prints it, the answer first."""
    book, changed = graded.book, changes(graded.book)
    more = repr((options.anonymous, graded.void, regrading.source is not None and regrading.source.assignment))
    now = "" if plan.what_if or options.against else unchanged.made_of(regrading, book, more)
    there = not _shows_code(options) or (plan.show / publish.CODE).is_dir()
    left = unchanged.as_left(regrading, plan.show, now) if now and there else None
    if left is not None:
        written, found = f"report: {plan.show / REPORT}   (all files are unchanged)", [*left.needs]
    else:
        written, found = _publish(options, plan, regrading, graded, changed)
        if not plan.what_if:
            now = unchanged.made_of(regrading, book, more) if now else ""  # the results files are other ones now
            unchanged.keep(regrading, plan.show, now, tuple(found))
    for line in console.lines(book, changed, regrading.tally, time.monotonic() - began):
        print(line)
    if options.anonymous:
        print(anonymous.told(plan.keep, not anonymous.names_nobody(regrading.store.abouts().values())))
    print(f"grades: {plan.show / GRADES}   changes: {plan.show / CHANGES}")
    if listed := told(found, book, plan.show / NEEDS):
        print(listed)
    print(f"{plan.keep / GRADES} is unchanged; to keep these grades: add -o {plan.keep}" if plan.what_if else written)
    if nothing := sum(standing.found_nothing for standing in book.standings):
        print(f"nothing of the assignment in {number_of(nothing, 'submission')} (what is there: the notes of {GRADES})")
    return OUR_FAULT if regrading.tally.ours else 0


def _publish(
    options: Options, plan: Plan, regrading: Regrading, graded: Graded, changed: Changes
) -> tuple[str, list[Need]]:
    """Puts all files in their places in one step; a line on the report, and what needs a person."""
    book, written, found = graded.book, "", list[Need]()
    with Staging(regrading.store, plan.keep) as staging:
        below = staging.below(plan.show)
        publish.write_grades(below / GRADES, book, options.anonymous)
        publish.write_changes(below / CHANGES, changed, options.anonymous)
        if plan.what_if:
            facts = what_if.facts(regrading.store, book, answer=True)
        else:
            code = _shows_code(options)
            said = publish.publish(regrading, below, plan.show, book, code)
            found = needs(book, said, graded.void)
            write_needs(below / NEEDS, plan.show / NEEDS, book, found, options.anonymous)
            written = console.write_report(below / REPORT, plan.show / REPORT, book, said, code, waiting(found, book))
            facts = {**_facts(options.export, regrading, book), **void.facts(graded.decisions, regrading)}
        staging.publish(facts)
    if not plan.what_if:
        shown = [] if options.anonymous else [standing.submission for standing in book.standings]
        publish.unpublish_code(plan.show, shown)
        if taken := what_if.take_away(plan.show):
            written += f"\n{taken}"
    return written, found


def _shows_code(options: Options) -> bool:
    """Whether there are pages of code: they name people as code does, and need what the report needs."""
    return not options.anonymous and not missing(NEEDED)


def _facts(export: Path, regrading: Regrading, book: Gradebook) -> dict[str, str]:
    """What the folder remembers of these grades; until they are kept, this run can be gone on with."""
    setting, source = regrading.setting, regrading.source
    return {
        **memory.facts(setting.assignment.rubric_file, book.rubric_since, setting.fingerprint),
        **({memory.CLASS: source.assignment} if source is not None and source.assignment else {}),
        **({memory.PLACE: memory.place_of(export)} if source is not None else {}),
        **baseline.facts(book),
        **what_if.facts(regrading.store, book, answer=False),
    }
