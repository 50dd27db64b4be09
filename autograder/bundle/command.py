"""`bundle` builds a zip, the one for Gradescope only of an assignment without a hole; `validate` is the proof.

`pages` writes what the pages of the homework say of its rubric; with stale pages no zip is built.

Exit codes: `bundle` 0 the zip is there, 2 it is not; `pages` 0 all is current, 1 `--check` finds a stale one, 2
not done; `validate` 0 no hole, 1 a hole, 2 not done, as for a wrong rubric.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Collection
from pathlib import Path

import msgspec

from autograder.assignment.load import OWN_ROOT, Assignment, load_assignment
from autograder.bundle.archive import BundleError
from autograder.bundle.decided import collected
from autograder.bundle.gradescope_zip import gradescope
from autograder.bundle.pages import refuse_stale, stale, write_pages
from autograder.bundle.settings import settings
from autograder.bundle.student_zip import student
from autograder.bundle.validate import Validation, validate
from autograder.core.command import WrongCall, in_words, typed
from autograder.core.points import decimal_text
from autograder.regrade.output_dir import outside
from autograder.regrade.store_file import is_store
from autograder.sandbox.jail import Jail


class Options(msgspec.Struct, frozen=True):
    kind: str
    output: Path | None
    wheels: bool
    accept_holes: bool
    decisions: Path | None = None


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """The options of `bundle` and `pages`; `validate` has none."""
    if command == "validate":
        parser.description = (
            "Proves the assignment: the reference is full, the template unanswered, and each planted answer earns "
            "what it must. Prints a table, and exits with 1 if there are holes."
        )
        parser.epilog = "example: python -m autograder validate"
    if command == "pages":
        parser.description = (
            "Writes what the pages and the template say of the rubric: tables, totals, points, a sample."
        )
        parser.epilog = "example: python -m autograder pages --check"
        parser.add_argument("--check", action="store_true", help="write nothing; say what is stale")
    if command == "bundle":
        parser.description = (
            "Validates the assignment, builds the zip, and says what to set on Gradescope; or builds the zip that "
            "students get."
        )
        parser.epilog = "example: python -m autograder bundle gradescope -o dist/gradescope.zip"
        parser.add_argument("kind", choices=["gradescope", "student"], help="for whom the zip is")
        parser.add_argument("-o", "--output", type=Path, help="where the zip goes")
        parser.add_argument("--wheels", action="store_true", help="carry the wheels, for an image without a network")
        parser.add_argument(
            "--accept-holes",
            action="store_true",
            help="build it although no case is planted for some row; they are listed",
        )
        parser.add_argument(
            "--decisions", type=Path, metavar="GRADES", help="carry what people decided in a folder of `regrade -o`"
        )


def run(command: str, parsed: argparse.Namespace, root: Path) -> int:
    if command == "validate":
        return _validate(root)
    if command == "pages":
        return _pages(parsed.check, root)
    with in_words(command) as ending:
        print(_bundle(typed(Options, parsed), root))
        ending.code = 0
    return ending.code


def _pages(check: bool, root: Path) -> int:
    with in_words("pages") as ending:
        names = stale(root) if check else write_pages(root)
        for name in names:
            print(f"{'stale' if check else 'written'}: {name}")
        ending.code = 1 if check and names else 0
    return ending.code


def _validate(root: Path) -> int:
    with in_words("validate") as ending:
        _, found = _proof(root)
        print(found.text())
        ending.code = 1 if found.holes else 0
    return ending.code


def _proof(root: Path) -> tuple[Assignment, Validation]:
    try:
        with Jail() as jail:
            assignment = load_assignment(root)
            return assignment, validate(root, assignment, jail.start)
    except ModuleNotFoundError as error:
        raise BundleError(f"{error}. It needs the whole project: reference/ with its catalogue.") from error


def _bundle(options: Options, root: Path) -> str:
    refuse_stale(root)
    output = options.output or Path("dist") / f"{options.kind}.zip"
    if options.decisions and is_store(options.decisions):
        outside(output, options.decisions)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongCall(f"cannot write {output}: {error.strerror or error}") from error
    if options.kind == "gradescope":
        return _gradescope(root, output, options)
    if options.wheels or options.accept_holes or options.decisions:
        raise WrongCall("--wheels, --accept-holes and --decisions go with the bundle for Gradescope")
    load_assignment(root)  # what cannot be loaded here checks nothing at a student's home
    return f"{student(root, output, OWN_ROOT)}: give it to the students; its README.md says how to use it."


def _gradescope(root: Path, output: Path, options: Options) -> str:
    """Validates first: a zip on Gradescope grades a whole class."""
    decisions, told = collected(options.decisions, root) if options.decisions else (b"", ())
    assignment, found = _proof(root)
    accepted = found.unproven if options.accept_holes else ()
    refuse_holes(found, accepted)
    path = gradescope(root, output, options.wheels, OWN_ROOT, accepted, decisions)
    content = path.read_bytes()
    totals = ", ".join(f"{decimal_text(points)} {kind}" for kind, points in assignment.rubric.totals().items())
    digest = hashlib.sha256(content).hexdigest()[:12]
    holes = f"{len(accepted)} hole(s)" if accepted else "no hole"
    said = (
        f"{path}: {len(content) / 1e6:.1f} MB, sha256 {digest}, {holes} in the assignment.",
        *(f"ACCEPTED HOLE {hole}" for hole in accepted),
        f"Rubric {assignment.rubric_file.hash}: {totals}.",
        *told,
        "",
        settings(assignment.rows, assignment.rubric.limits, bool(decisions)),
    )
    return "\n".join(said)


def refuse_holes(found: Validation, accepted: Collection[str] = ()) -> None:
    """Raises BundleError with every hole that `validate` found and that is not accepted, if there is one."""
    refused = [hole for hole in found.holes if hole not in accepted]
    if refused:
        holes = "\n".join(f"HOLE {hole}" for hole in refused)
        hint = (
            "\nA row without a planted case may be shipped with --accept-holes."
            if found.unproven and not accepted
            else ""
        )
        raise BundleError(f"the assignment has {len(refused)} hole(s), so no zip was built:\n{holes}{hint}")
