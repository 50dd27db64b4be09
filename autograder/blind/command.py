"""`responses` and `merge`: written answers out for blind grading, and their points back beside the others.

    responses EXPORT -o FOLDER     a page to grade in and a CSV for each written row; EXPORT as for `regrade`
    merge FOLDER OUT               the points into OUT/written.csv, and so into OUT/grades.csv

Exit codes: 0 done, 2 our fault or a wrong call.
"""

from __future__ import annotations

import argparse
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec.structs import replace

from autograder.assignment.load import Assignment, assignment_of, load_assignment
from autograder.blind.codes import fingerprint as text_fingerprint
from autograder.blind.collect import WrittenAnswer, as_shown, collect, same_class
from autograder.blind.guide import Guide, guides
from autograder.blind.merge import merge
from autograder.blind.page import NEEDED
from autograder.core.command import WrongCall, in_words, private, typed
from autograder.core.files import write_whole
from autograder.core.outcome import Outcome
from autograder.core.packages import require
from autograder.grading.finding import Words
from autograder.grading.row import ARRIVED
from autograder.intake.folder import open_source
from autograder.intake.source import in_order, some
from autograder.regrade import memory
from autograder.regrade.command import KEPT, regrade
from autograder.regrade.command import Options as RegradeOptions
from autograder.regrade.executors import LocalCrew
from autograder.regrade.fingerprint import fingerprint
from autograder.regrade.output_dir import RESPONSES, outside
from autograder.regrade.progress import shown
from autograder.regrade.regrader import Regrading, Setting
from autograder.regrade.store import NOW, Store
from autograder.regrade.store_file import is_store
from autograder.regrade.task import grade
from autograder.regrade.totals import Appraiser

_READ = (Outcome.WRITTEN.value, Outcome.UNANSWERED.value, Outcome.MISSING.value)  # what is there, or is not, is known
SEED = "seed"  # of a folder of responses: it decides codes and order, and stays with the codes


class ResponsesOptions(msgspec.Struct, frozen=True):
    export: Path
    output: Path
    seed: str | None
    jobs: int
    unsafe: bool


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    if command == "merge":
        parser.description = (
            "Takes the points of written answers from the CSVs that graders saved, and puts them beside the other "
            "grades. May be run again at any time."
        )
        parser.epilog = "example: python -m autograder merge responses grades"
        parser.add_argument("responses", type=Path, help="the folder that `responses -o` made, its CSVs filled in")
        parser.add_argument("output", type=Path, metavar="OUT", help="the folder that `regrade -o` made")
        parser.add_argument(
            "--anonymous", action="store_true", help="no names, e-mails and sids in grades.csv and report"
        )
        return
    parser.description = (
        "Collects the written answers for blind grading: for each written row a page to grade in and a CSV, "
        "by code. May be run again into the same folder; what was filled in stays."
    )
    parser.epilog = "example: python -m autograder responses grades -o responses"
    parser.add_argument(
        "export", type=Path, help="Gradescope's export (zip or folder), or a folder made by `regrade -o`"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER", help="where pages and CSVs go")
    parser.add_argument("--seed", help="decides codes and order (otherwise one is drawn; a folder keeps its own)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes that read answers")
    parser.add_argument("--unsafe", action="store_true", help="read although student code could read the answers")


def run(command: str, parsed: argparse.Namespace, root: Path) -> int:
    with private(), in_words(command, KEPT) as ending:
        if command == "merge":
            ending.code = _merge(parsed.responses, parsed.output, parsed.anonymous, root)
        else:
            ending.code = _responses(typed(ResponsesOptions, parsed), root)
    return ending.code


def _responses(options: ResponsesOptions, root: Path) -> int:
    require("responses", NEEDED)
    outside(options.output, options.export, own=RESPONSES)
    assignment = _assignment(options.export, root)
    answers = list(_answers(options, root, assignment))
    same_class(answers, options.output)
    columns = Appraiser(assignment.rows, {}).columns
    shown_with = guides(assignment)
    for sentence in collect(answers, columns, options.output, _seed(options), assignment.rubric.assignment, shown_with):
        print(sentence)
    if unread := in_order({one.submission for one in answers if one.unread}):
        print(f"could not be read, and stands under those without an answer: {some(unread)}")
    print(
        f"{options.output}: give the pages to the graders, keep codes.csv to yourself; put the CSVs that they save from"
        " the pages into the folder, then `merge` it."
    )
    return 0


def _assignment(export: Path, root: Path) -> Assignment:
    """The assignment under the rubric that a folder of grades keeps, else under the project's."""
    kept = memory.kept_rubric(export)
    return assignment_of(root, memory.in_folder(kept, export)) if kept else load_assignment(root)


def _seed(options: ResponsesOptions) -> str:
    """The folder's seed, so that collecting again keeps the order; a new folder gets one that nobody can guess."""
    path = Path(options.output, SEED)
    if options.seed is not None:
        return options.seed
    if path.is_file():
        return path.read_text(encoding="utf-8").strip()
    options.output.mkdir(mode=0o700, parents=True, exist_ok=True)
    seed = secrets.token_hex(8)
    write_whole(path, f"{seed}\n".encode(), 0o600)
    return seed


def _answers(options: ResponsesOptions, root: Path, assignment: Assignment) -> Iterator[WrittenAnswer]:
    """The written answers of every submission; those of an export are read in the jail, as in a grading."""
    rows = [linked.name for linked in assignment.rows if linked.row.graded == "written"]
    if options.export.is_dir() and is_store(options.export):
        with Store(options.export, write=False) as store:
            yield from _in_store(store, rows)
        return
    source = open_source(options.export, assignment.rubric.files())
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder)) as store, shown() as progress:
        setting = Setting(
            replace(assignment, rows=tuple(linked for linked in assignment.rows if linked.name in rows)),
            fingerprint(root, assignment.rubric.files()),
            hidden=(str(options.output.resolve()), str(options.export.resolve())),
            unsafe=options.unsafe,
        )
        Regrading(setting, store, source).grade(lambda: LocalCrew(grade, options.jobs), progress)
        for sentence in source.warnings:
            print(f"warning: {sentence}")
        yield from _in_store(store, rows)


def _in_store(store: Store, rows: list[str]) -> Iterator[WrittenAnswer]:
    for name in in_order(store.abouts()):
        _, kept = store.kept(name, NOW)
        words = store.words(name, NOW)
        for row in rows:
            outcome = kept[row].finding.outcome if row in kept else Outcome.INTERNAL.value
            arrived = outcome == Outcome.WRITTEN.value
            said = words.get(row, Words()).feedback.removeprefix(ARRIVED) if arrived else ""
            yield WrittenAnswer(name, row, said, unread=outcome not in _READ)


def _merge(responses: Path, output: Path, anonymous: bool, root: Path) -> int:
    if not is_store(output):
        raise WrongCall(f"{output} is no folder that `regrade -o` wrote.")
    outside(output, responses)
    if memory.kept_rubric(output) is None:
        raise WrongCall(f"{output} holds no grades yet: let `regrade -o` end first.")
    assignment = _assignment(output, root)
    steps = guides(assignment)
    columns = [
        replace(column, step=steps.get(column.number, Guide()).step)
        for column in Appraiser(assignment.rows, {}).columns
    ]
    written = [column.number for column in columns if column.graded == "written"]
    with Store(output, write=False) as store:
        now = {(one.submission, one.row): text_fingerprint(as_shown(one.text)) for one in _in_store(store, written)}
    merged = merge(responses, output, columns, now)
    for sentence in merged.sentences:
        print(sentence)
    print(merged.counted)
    print(f"with points: {len(merged.decisions):,} answers; without: {len(merged.waiting):,}")
    return regrade(RegradeOptions(output, output, anonymous=anonymous, kept_rubric=True), root)
