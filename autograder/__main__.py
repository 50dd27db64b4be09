"""The command line: parse, wire, write. `python -m autograder --help` lists the commands.

Exit codes: `grade` 0 graded, 2 our fault; `check` 0 all public rows full, 1 not, 2 usage or our fault.
"""

from __future__ import annotations

import sys

if __name__ == "__main__" and sys.argv[1:2] == ["grade"] and sys.platform == "linux":
    # The zygote needs as long to import numpy as everything up to the first student process: it starts first of all.
    from autograder.sandbox import zygote_start

    zygote_start.early()

import argparse
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import __version__

if TYPE_CHECKING:
    from autograder.sandbox.jail import Jail

ROOT = Path(__file__).resolve().parent.parent


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and answers its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] != ["grade"]:
        return _run(arguments, None)
    from autograder.sandbox.jail import Jail

    with Jail() as jail:
        return _run(arguments, jail)


def _run(arguments: Sequence[str], jail: Jail | None) -> int:
    command = arguments[0] if arguments else ""
    try:
        options = _parser(command).parse_args(arguments)
        _print_whatever_comes()
        return _COMMANDS[options.command](options, jail)
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("autograder."):
            raise
        _say(f"autograder {command}: this is the self-check for students; `check` is its only command.")
        return 2


def _parser(command: str) -> argparse.ArgumentParser:
    """The parser; only the command that is called has its options, since theirs stand in its own module."""
    said = "Grades Homework 3 of CSE 891-001 Deep Learning."
    parser = argparse.ArgumentParser(prog="autograder", description=said, formatter_class=_WITH_A_WIDTH)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, said in _SAID.items():
        below = commands.add_parser(name, help=said, formatter_class=_WITH_A_WIDTH)
        if name == command:
            _add_arguments(name, below)
    for one in (parser, *commands.choices.values()):
        one.formatter_class = argparse.HelpFormatter
    return parser


# argparse makes a formatter for each argument that is added, to check it. One without a width asks shutil for the
# terminal's, which imports three compression libraries: that is for when help is written.
_WITH_A_WIDTH = partial(argparse.HelpFormatter, width=80)


_SAID = {
    "grade": "grade one submission: Gradescope's JSON",
    "check": "a student's self-check: the public rows",
    "regrade": "grade many submissions; see whose grade a changed rubric changes",
    "responses": "collect written answers for blind grading",
    "merge": "put the points of written answers beside the others",
    "bundle": "build the zip for students, or, if nothing is wrong, for Gradescope",
    "validate": "prove the assignment: every planted mistake is caught, the reference is full",
}


def _add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    if command == "grade":
        from autograder.gradescope.command import add_arguments

        add_arguments(parser)
    elif command == "check":
        from autograder.check.command import add_arguments

        add_arguments(parser)
    elif command == "regrade":
        from autograder.regrade.command import add_arguments

        add_arguments(parser)
    elif command == "responses":
        from autograder.blind.command import add_responses_arguments

        add_responses_arguments(parser)
    elif command == "merge":
        from autograder.blind.command import add_merge_arguments

        add_merge_arguments(parser)
    elif command == "bundle":
        parser.add_argument("kind", choices=["gradescope", "student"])
        parser.add_argument("-o", "--output", type=Path, help="where the zip goes")
        parser.add_argument("--wheels", action="store_true", help="carry the wheels, for an image without a network")


def _grade(options: argparse.Namespace, jail: Jail | None) -> int:
    """`grade`: one submission."""
    from autograder.gradescope.command import run

    assert jail is not None
    return run(options, ROOT, jail)


def _check(options: argparse.Namespace, jail: Jail | None) -> int:
    """`check`: what a student can know at home."""
    from autograder.check.command import run

    return run(options, ROOT)


def _regrade(options: argparse.Namespace, jail: Jail | None) -> int:
    """`regrade`: many submissions."""
    from autograder.regrade.command import run

    return run(options, ROOT)


def _responses(options: argparse.Namespace, jail: Jail | None) -> int:
    """`responses`: written answers for blind grading."""
    from autograder.blind.command import run_responses

    return run_responses(options, ROOT)


def _merge(options: argparse.Namespace, jail: Jail | None) -> int:
    """`merge`: their points beside the others."""
    from autograder.blind.command import run_merge

    return run_merge(options, ROOT)


def _validate(options: argparse.Namespace, jail: Jail | None) -> int:
    """`validate`: the matrix of planted answers; 0 if there is no hole, 1 with the holes, 2 if it could not be done."""
    from autograder.assignment.link import SpecError
    from autograder.assignment.rubric import RubricError
    from autograder.bundle.validate import validate
    from autograder.grading.grader import load_assignment
    from autograder.sandbox.jail import Jail

    try:
        with Jail() as own:
            found = validate(ROOT, load_assignment(ROOT), own.start)
    except (RubricError, SpecError) as error:
        _say(f"autograder validate: {error}")
        return 1
    except ModuleNotFoundError as error:
        _say(f"autograder validate: {error}. It needs the whole project: reference/ with its catalogue.")
        return 2
    print(found.text())
    return 1 if found.holes else 0


def _bundle(options: argparse.Namespace, jail: Jail | None) -> int:
    """`bundle`: one byte-reproducible zip."""
    from autograder.bundle.command import run

    return run(options, ROOT)


_COMMANDS: dict[str, Callable[[argparse.Namespace, Jail | None], int]] = {
    "grade": _grade,
    "check": _check,
    "regrade": _regrade,
    "responses": _responses,
    "merge": _merge,
    "bundle": _bundle,
    "validate": _validate,
}


def _print_whatever_comes() -> None:
    """A stream that cannot carry a character (an old console, a pipe on Windows) gets "?" for it, never a crash."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def console() -> None:
    """The console script."""
    status = main()
    if sys.argv[1:2] == ["grade"]:  # all is written and every process gone: an interpreter takes 8 ms to end in order
        with suppress(OSError, ValueError):  # nobody reads it any more
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    console()
