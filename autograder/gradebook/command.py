"""`gradebook`: one column of Canvas' or Gradescope's own file filled, and pages for a mail merge.

    gradebook GRADES ROSTER.csv --column "Essay (12345)" -o filled.csv
    gradebook GRADES --feedback

GRADES is a folder that `regrade -o` wrote, or a grades.csv. Every other byte of the file stays as it is.
Exit codes: 0 written, 2 a wrong call, or nothing was written.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from autograder.core.command import WrongCall, in_words, private, typed
from autograder.core.files import write_whole
from autograder.core.text import number_of, one_line
from autograder.gradebook.feedback import write_feedback
from autograder.gradebook.fill import fill
from autograder.gradebook.grades import ACTIVE, AFTER_LATE, RULES, read_grades
from autograder.gradebook.roster import read_roster
from autograder.intake.source import in_order, some
from autograder.regrade.csv_io import Record, read_table
from autograder.regrade.output_dir import NEEDS, outside
from autograder.regrade.overrides import TOTAL

MAX_BYTES = 64 << 20


class Options(msgspec.Struct, frozen=True):
    grades: Path
    roster: Path | None
    column: str
    output: Path | None
    choose: str
    names: bool
    feedback: bool


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Fills one column of the file that Canvas or Gradescope exported; every other byte stays. Or writes a "
        "page of feedback for each student."
    )
    parser.epilog = "example: python -m autograder gradebook grades in.csv --column HW3 -o out.csv"
    parser.add_argument("grades", type=Path, metavar="GRADES", help="a folder that `regrade -o` wrote")
    parser.add_argument("roster", type=Path, nargs="?", metavar="ROSTER", help="what Canvas or Gradescope exported")
    parser.add_argument("--column", default="", help='the column to fill, such as "Essay (12345)"')
    parser.add_argument("-o", "--output", type=Path, metavar="CSV", help="where the filled file goes")
    parser.add_argument(
        "--choose", choices=tuple(RULES), default=ACTIVE, help="which of a student's submissions counts"
    )
    parser.add_argument("--names", action="store_true", help="match by the full name who is known by nothing else")
    parser.add_argument("--feedback", action="store_true", help="write GRADES/feedback: a page a student, for mails")


def run(command: str, parsed: argparse.Namespace, root: Path) -> int:
    with private(), in_words(command) as ending:
        _run(typed(Options, parsed))
        ending.code = 0
    return ending.code


def _run(options: Options) -> None:
    if options.feedback:
        for line in write_feedback(options.grades, options.choose):
            print(line)
    if options.roster is not None:
        _fill(options, options.roster)
    elif not options.feedback:
        raise WrongCall("give the file that Canvas or Gradescope exported, or --feedback.")


def _fill(options: Options, path: Path) -> None:
    output = options.output
    if output is None:
        raise WrongCall("say where the filled file goes: -o FILLED.csv.")
    outside(output, options.grades, path)
    grades, counted = read_grades(options.grades)
    with open(path, "rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise WrongCall(f"{path} is larger than {MAX_BYTES >> 20} MB: this is no roster.")
    roster = read_roster(path.name, data, options.column)
    filled = fill(roster, grades, options.choose, options.names)
    write_whole(output, roster.sheet.filled(roster.column, filled.cells), 0o600)
    written = sum(1 for cell in filled.cells.values() if cell)
    by = ", ".join(f"{count} by {kind}" for kind, count in filled.by.items())
    students = number_of(len(roster.students), "student")
    print(f"{output}: {one_line(roster.column_name, 80)!r} filled for {written:,} of {students}")
    rule = f"of several submissions counts {RULES[options.choose]} ({options.choose})"
    print(f"with {counted} of {options.grades}; {rule}{f'; matched {by}' if by else ''}")
    if counted == AFTER_LATE:
        print("these are the totals after the rule for late work; Gradescope deducts nothing and shows them without it")
    for line in filled.lines():
        print(line)
    if waiting := _waiting(options.grades):
        wait = f"{number_of(len(waiting), 'submission')} in {options.grades / NEEDS} wait{'s' * (len(waiting) == 1)}"
        print(f"{wait} for a person, with the points of the machine until then: {some(waiting)}")


def _waiting(grades: Path) -> list[str]:
    """The submissions that a person must look at and nobody has, as the folder lists them."""
    if not (grades / NEEDS).is_file():
        return []
    records = read_table(grades / NEEDS, ("submission", "row", "points")).records
    decided = {record.get("submission") for record in records if _decides(record)}
    open_ones = (record for record in records if not _decides(record))
    return in_order(
        {one.get("submission") for one in open_ones if one.get("row") or one.get("submission") not in decided}
    )


def _decides(record: Record) -> bool:
    """Whether a line of the list holds a decision: points without a row, or a total without a sign, are none."""
    row, points = record.get("row").lower(), record.get("points")
    return bool(row and points) and (row != TOTAL or points.startswith(("+", "-")))
