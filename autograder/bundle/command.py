"""`bundle`: builds a zip, the one for Gradescope only of an assignment without a hole, and says what to do with it."""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from autograder.assignment.link import SpecError
from autograder.assignment.rubric import RubricError
from autograder.bundle.archive import BundleError
from autograder.bundle.gradescope_zip import gradescope
from autograder.bundle.settings import settings
from autograder.bundle.student_zip import student
from autograder.bundle.validate import Validation, validate
from autograder.core.outcome import decimal_text
from autograder.grading.grader import load_assignment
from autograder.sandbox.jail import Jail


def run(options: argparse.Namespace, root: Path) -> int:
    """Builds the zip that was asked for; 0 if it is there, 2 with the reason if it is not."""
    output = options.output or Path("dist") / f"{options.kind}.zip"
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        text = _student(root, output, options) if options.kind == "student" else _gradescope(root, output, options)
    except (BundleError, RubricError, SpecError) as error:
        print(f"autograder bundle: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"autograder bundle: cannot write {output}: {error.strerror or error}", file=sys.stderr)
        return 2
    print(text)
    return 0


def _student(root: Path, output: Path, options: argparse.Namespace) -> str:
    if options.wheels:
        raise BundleError("--wheels goes with the bundle for Gradescope")
    return f"{student(root, output)}: give it to the students; its README.md says how to use it."


def _gradescope(root: Path, output: Path, options: argparse.Namespace) -> str:
    """Validates first: a zip on Gradescope grades a whole class."""
    assignment = load_assignment(root)
    try:
        with Jail() as jail:
            refuse_holes(validate(root, assignment, jail.start))
    except ModuleNotFoundError as error:
        raise BundleError(f"{error}. It needs the whole project: reference/ with its catalogue.") from error
    path = gradescope(root, output, options.wheels)
    content = path.read_bytes()
    totals = ", ".join(f"{decimal_text(points)} {kind}" for kind, points in assignment.rubric.totals().items())
    digest = hashlib.sha256(content).hexdigest()[:12]
    said = (
        f"{path}: {len(content) / 1e6:.1f} MB, sha256 {digest}, no hole in the assignment.",
        f"Rubric {assignment.rubric_file.hash}: {totals}.",
        "",
        settings(assignment.rows, assignment.rubric.limits),
    )
    return "\n".join(said)


def refuse_holes(found: Validation) -> None:
    """Raises BundleError with every hole that `validate` found, if there is one."""
    if found.holes:
        holes = "\n".join(f"HOLE {hole}" for hole in found.holes)
        raise BundleError(f"the assignment has {len(found.holes)} hole(s), so no zip was built:\n{holes}")
