"""The zip that an instructor uploads to Gradescope: built, looked at, and only then put in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.assignment.frozen import parse_rubric
from autograder.assignment.rubric import RubricError
from autograder.bundle.archive import BundleError, Recipe, allowed, write
from autograder.bundle.inspection import faults
from autograder.bundle.pins import LOCK, PYTHONS, read_pins
from autograder.bundle.wheels import wheels as wheels_of
from autograder.core.points import decimal_text
from autograder.gradescope.decisions import FILE as DECISIONS

RUBRIC = "tests/rubric.yaml"

# Gradescope finds the two scripts only at the root of the zip. Grading does not need the catalogue of known mistakes.
GRADESCOPE = Recipe(
    name="gradescope",
    engine=("setup.sh", "run_autograder", "scripts/venv.sh", LOCK, "autograder/**/*.py", "autograder/py.typed"),
    homework=("reference/**/*.py", "student_template/*.py", RUBRIC, "tests/specs/*.py"),
    optional=("reference/**/*.json", "reference/**/*.yaml"),  # whether answers need them is for `validate` to say
    exclude=("reference/catalogue",),
    executable=frozenset({"setup.sh", "run_autograder"}),
    closed=frozenset({DECISIONS}),
)


def gradescope(
    root: Path,
    output: Path,
    wheels: bool = False,
    engine: Path | None = None,
    accepted: Sequence[str] = (),
    decisions: bytes = b"",
) -> Path:
    """Writes the zip that an instructor uploads to Gradescope, and returns its path.

    root:   the homework's folder.
    engine: the checkout with the engine, if it is another folder.
    wheels: carry every package of the lock file as well (about 70 MB), so that setup.sh needs no network.
    accepted: the holes with which it is shipped; the manifest lists them.
    decisions: what people decided, as `decided.collected` returns it.
    Raises BundleError if a file is missing or is a link, if the rubric is wrong, if the wheels cannot be fetched, or if
    the finished zip is not fit for Gradescope. Whether the assignment has a hole is for `validate` to say.
    """
    engine = engine or root
    files = allowed(root, engine, GRADESCOPE)
    facts = {**_facts(files), **({"accepted_holes": list(accepted)} if accepted else {})}
    if decisions:
        files[DECISIONS] = decisions
    if wheels:
        files.update(wheels_of(engine / LOCK))
    return write(files, GRADESCOPE, output, facts, faults)


def _facts(files: Mapping[str, bytes]) -> dict[str, Any]:
    """What the manifest says of this assignment: its packages, and what its rubric adds up to."""
    try:
        read = parse_rubric(files[RUBRIC].decode(), RUBRIC)
    except (RubricError, UnicodeDecodeError) as error:
        raise BundleError(str(error)) from error
    totals = {key: decimal_text(points) for key, points in read.rubric.totals().items()}
    pins = [
        f"{pin.requirement}; {pin.marker}" if pin.marker else pin.requirement for pin in read_pins(files[LOCK].decode())
    ]
    return {"python": PYTHONS, "packages": pins, "rubric": {"hash": read.hash, "points": totals}}
