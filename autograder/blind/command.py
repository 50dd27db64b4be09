"""`responses` and `merge`: written answers out for blind grading, and their points back beside the others.

    responses EXPORT -o FOLDER     a page and a CSV for each written row; EXPORT as for `regrade`, or a folder of it
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

from msgspec.structs import replace

from autograder.assignment.rubric import parse_rubric
from autograder.blind.collect import ResponsesError, WrittenAnswer, collect
from autograder.blind.merge import MergeError, merge
from autograder.core.outcome import Outcome
from autograder.grading.finding import Words
from autograder.grading.grader import Assignment, assignment_of, load_assignment
from autograder.grading.row import ARRIVED
from autograder.intake.folder import open_source
from autograder.intake.source import in_order
from autograder.regrade import baseline, command
from autograder.regrade.ending import WrongCall, in_words
from autograder.regrade.executors import LocalCrew
from autograder.regrade.fingerprint import fingerprint
from autograder.regrade.progress import shown
from autograder.regrade.regrader import Regrading, Setting
from autograder.regrade.store import NOW, Store, is_store
from autograder.regrade.task import grade
from autograder.regrade.totals import Appraiser

SEED = "seed"  # of a folder of responses: it decides codes and order, and stays with the key


def add_responses_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `responses`."""
    parser.add_argument(
        "export", type=Path, help="Gradescope's export (zip or folder), or a folder made by `regrade -o`"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER", help="where pages and CSVs go")
    parser.add_argument("--seed", help="decides codes and order (otherwise one is drawn; a folder keeps its own)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes that read answers")
    parser.add_argument("--unsafe", action="store_true", help="read although student code could read the answers")


def add_merge_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `merge`."""
    parser.add_argument("responses", type=Path, help="the folder that `responses -o` made, its CSVs filled in")
    parser.add_argument("output", type=Path, metavar="OUT", help="the folder that `regrade -o` made")
    parser.add_argument("--anonymous", action="store_true", help="no names, e-mails and sids in grades.csv and report")


def run_responses(options: argparse.Namespace, root: Path) -> int:
    """Runs `responses` and answers its exit code."""
    with in_words("responses", ResponsesError) as said:
        assignment = load_assignment(root)
        answers = list(_answers(options, root, assignment))
        columns = Appraiser(assignment.rows, {}).columns
        title = assignment.rubric.assignment
        for sentence in collect(answers, columns, options.output, _seed(options), title):
            print(sentence)
        print(f"{options.output}: hand out each page with its CSV, keep key.csv to yourself; then `merge` it.")
        said.code = 0
    return said.code


def _seed(options: argparse.Namespace) -> str:
    """The folder's seed, so that collecting again keeps the order; a new folder gets one that nobody can guess."""
    path = Path(options.output, SEED)
    given: str | None = options.seed
    if given is not None:
        return given
    if path.is_file():
        return path.read_text(encoding="utf-8").strip()
    options.output.mkdir(mode=0o700, parents=True, exist_ok=True)
    seed = secrets.token_hex(8)
    path.write_text(f"{seed}\n", encoding="utf-8")
    return seed


def _answers(options: argparse.Namespace, root: Path, assignment: Assignment) -> Iterator[WrittenAnswer]:
    """The written answers of every submission; those of an export are read in the jail, as in a grading."""
    rows = [linked.name for linked in assignment.rows if linked.row.graded == "written"]
    if options.export.is_dir() and is_store(options.export):
        with Store(options.export, write=False) as store:
            yield from _in_store(store, rows)
        return
    source = open_source(options.export, assignment.rubric.files())
    text = (root / "tests" / "rubric.yaml").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder)) as store, shown() as progress:
        setting = Setting(
            replace(assignment, rows=tuple(linked for linked in assignment.rows if linked.name in rows)),
            fingerprint(root, assignment.rubric.files()),
            text,
            assignment.rubric_file.name,
            hidden=(str(options.output.resolve()), str(options.export.resolve())),
            unsafe=options.unsafe,
        )
        Regrading(setting, store, source, progress).grade(lambda: LocalCrew(grade, options.jobs))
        for sentence in source.oddities:
            print(f"odd: {sentence}")
        yield from _in_store(store, rows)


def _in_store(store: Store, rows: list[str]) -> Iterator[WrittenAnswer]:
    for name in in_order(store.abouts()):
        _, kept = store.kept(name, NOW)
        words = store.words(name, NOW)
        for row in rows:
            arrived = row in kept and kept[row].finding.outcome == Outcome.WRITTEN.value
            said = words.get(row, Words()).feedback.removeprefix(ARRIVED) if arrived else ""
            yield WrittenAnswer(name, row, said)


def run_merge(options: argparse.Namespace, root: Path) -> int:
    """Runs `merge` and answers its exit code."""
    with in_words("merge", MergeError) as said:
        if not is_store(options.output):
            raise WrongCall(f"{options.output} is no folder that `regrade -o` wrote.")
        with Store(options.output, write=False) as store:
            text = store.fact(baseline.RUBRIC)
        if not text:
            raise WrongCall(f"{options.output} holds no grades yet: let `regrade -o` end first.")
        read = parse_rubric(text, f"the rubric of {options.output}")
        columns = Appraiser(assignment_of(root, read).rows, {}).columns
        merged = merge(options.responses, options.output, columns)
        for sentence in merged.sentences:
            print(sentence)
        print(f"with points: {len(merged.decisions):,} answers; without yet: {len(merged.waiting):,}")
        again = argparse.Namespace(
            **dict.fromkeys(("rubric", "against", "overrides", "only", "scheduler")),
            **{"export": options.output, "output": options.output, "jobs": os.cpu_count() or 1, "unsafe": False},
            anonymous=options.anonymous,
        )
        said.code = command.regrade(again, root, read, text)
    return said.code
