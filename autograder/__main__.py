"""The command line: a table of commands, each driven by the `command.py` of a room.

Exit codes: `grade` 0 graded, 2 our fault; `check` and `pack` 0 all public rows full, 1 not, 2 usage or our fault.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` takes longer than all that follows
import sys

if __name__ == "__main__" and _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)  # until `console`, Ctrl-C ends it without a word

if not __package__:  # `python autograder check`
    __package__ = "autograder"
    sys.path[0] = __file__.replace("\\", "/").rpartition("/")[0] + "/.."
    import autograder  # noqa: F401  # it imports nothing that could lie in that folder, too

    del sys.path[0]

if __name__ == "__main__" and sys.argv[1:2] == ["grade"] and sys.platform == "linux":
    # The zygote needs as long to import numpy as everything up to the first student process: it starts first of all.
    from autograder.core.standard_streams import hold_closed
    from autograder.sandbox import zygote_start

    hold_closed()
    zygote_start.early()

import argparse
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path

from autograder import __version__
from autograder.core.standard_streams import SPELLED, hold_closed, reader_has_left

INTERRUPTED = 130  # what a shell says of a program that Ctrl-C ended
NOBODY_READS = 141  # and of one whose reader has seen enough: `| head`
ROOT = Path(__file__).resolve().parent.parent

# command -> the room whose command.py has `add_arguments(command, parser)` and `run(command, parsed, root)`, and the
# line that --help shows
COMMANDS = {
    "grade": ("gradescope", "grade one submission: Gradescope's JSON"),
    "check": ("check", "a student's self-check: the public rows"),
    "pack": ("check", "check, and write the zip to hand in, with a receipt"),
    "regrade": ("regrade", "grade many submissions; see whose grade a changed rubric changes"),
    "responses": ("blind", "collect written answers for blind grading"),
    "merge": ("blind", "put the points of written answers beside the others"),
    "gradebook": ("gradebook", "put grades into the file that Canvas or Gradescope exported"),
    "bundle": ("bundle", "build the zip for students, or, if nothing is wrong, for Gradescope"),
    "new": ("new", "write a homework of one question, which works at once: the start of one's own"),
    "pages": ("bundle", "write what the pages and the template say of the rubric: tables, totals, points, a sample"),
    "validate": ("bundle", "prove the assignment: every planted mistake is caught, the reference is full"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    hold_closed()
    arguments = list(sys.argv[1:] if argv is None else argv)
    command = arguments[0] if arguments else ""
    try:
        room = import_module(f"autograder.{COMMANDS[command][0]}.command") if command in COMMANDS else None
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("autograder."):
            raise
        print(
            f"autograder {command}: this is the self-check for students; its commands are `check` and `pack`.",
            file=sys.stderr,
        )
        return 2
    parser, commands = _parser(_about(ROOT) if {"-h", "--help"} & set(arguments) else "")
    if room is not None:
        room.add_arguments(command, commands[command])
        if command != "new":
            commands[command].add_argument("--assignment", type=Path, metavar="DIR", help="another homework's folder")
    for one in (parser, *commands.values()):
        one.formatter_class = argparse.HelpFormatter
    parsed = parser.parse_args(arguments)
    assert room is not None  # the parser ends here where there is no such command
    _print_whatever_comes()
    other: Path | None = getattr(parsed, "assignment", None)
    try:
        code = int(room.run(command, parsed, ROOT if other is None else other.resolve()))
        sys.stdout.flush()
    except OSError as error:  # a full disk, say
        if isinstance(error, BrokenPipeError) and reader_has_left():
            return NOBODY_READS
        with suppress(OSError, ValueError):
            print(f"autograder {command}: {error}. This is no fault of a submission.", file=sys.stderr)
        return 2
    return code


def _about(root: Path) -> str:
    """What help says first: the name that the rubric gives the homework, where there is one that can be read."""
    with suppress(ImportError):  # a student may not have installed anything yet
        from autograder.assignment.frozen import read_rubric
        from autograder.assignment.rubric import RubricError

        with suppress(RubricError):
            return f"Grades {read_rubric(root / 'tests' / 'rubric.yaml').rubric.assignment}."
    return "Grades homework."


def _parser(description: str) -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """The parser, and that of each command, as yet without options."""
    parser = argparse.ArgumentParser(prog="autograder", description=description, formatter_class=_WITH_A_WIDTH)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    added = {
        name: commands.add_parser(name, help=line, formatter_class=_WITH_A_WIDTH)
        for name, (room, line) in COMMANDS.items()
        if (Path(__file__).parent / room).is_dir()  # the students' zip has not every room
    }
    return parser, added


# argparse makes a formatter for each argument that is added, to check it. One without a width asks shutil for the
# terminal's, which imports three compression libraries: that is for when help is written.
_WITH_A_WIDTH = partial(argparse.HelpFormatter, width=80)


def _print_whatever_comes() -> None:
    """A stream that lacks a letter (an old console, a pipe on Windows) gets others in its place, never a crash."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors=SPELLED)  # type: ignore[union-attr]


def console() -> None:
    """The console script."""
    listens_itself = sys.argv[1:2] in (["check"], ["pack"])  # once it has something to show
    heard = not listens_itself and signal.getsignal(signal.SIGINT) in (signal.SIG_DFL, signal.default_int_handler)
    interrupted = False

    def interrupt(number: int, frame: object) -> None:
        nonlocal interrupted
        interrupted = True
        raise KeyboardInterrupt

    try:
        if heard:
            signal.signal(signal.SIGINT, interrupt)
        status = main()
    except KeyboardInterrupt:
        status = INTERRUPTED
    except SystemExit as ended:  # argparse's, with the help or a wrong call
        status = int(ended.code or 0)
    except Exception:  # a module in C makes an ImportError of what comes while it is imported
        if not interrupted:
            raise
        status = INTERRUPTED
    finally:
        if heard:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # no traceback while an interpreter ends, either
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):  # nobody reads it: an interpreter that ends in order would try again, and say 120
        os._exit(status)
    if sys.argv[1:2] in (["grade"], ["check"]):  # all is written and every process gone: to end in order takes 8 ms
        os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    console()
