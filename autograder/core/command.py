"""How a command ends: done, or with one sentence on what it cannot do, never with a traceback of ours."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from autograder.core.errors import AssignmentError, AutograderError

OUR_FAULT = 2
ROOT = Path(__file__).resolve().parents[2]
_Options = TypeVar("_Options")


class WrongCall(AssignmentError):
    """The call cannot be done as it stands; the message says what to do."""


class Ending(msgspec.Struct):
    """How a command ended."""

    code: int = OUR_FAULT


@contextmanager
def in_words(command: str, interrupted: str = "stopped") -> Iterator[Ending]:
    """Says in one sentence what a command cannot do, on standard error, and leaves its code at 2.

    interrupted: what Ctrl-C leaves behind.
    """
    ending = Ending()
    try:
        yield ending
    except AutograderError as error:
        say(f"autograder {command}: {error}")
    except BrokenPipeError:  # `| head`: `__main__` ends it without a word
        raise
    except OSError as error:
        say(f"autograder {command}: {error.filename or 'a file'}: {error.strerror or error}")
    except KeyboardInterrupt:
        say(f"autograder {command}: {interrupted}")


@contextmanager
def private() -> Iterator[None]:
    """Whatever is written meanwhile is its owner's alone: students' data."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def typed(kind: type[_Options], parsed: argparse.Namespace) -> _Options:
    """What argparse parsed as a frozen value with named, typed fields (a msgspec Struct)."""
    fields: Any = kind
    return kind(**{name: getattr(parsed, name) for name in fields.__struct_fields__})


def again(command: str, *words: str, root: Path = ROOT) -> str:
    """The call of a command, to be pasted into a shell. root: the folder of its assignment."""
    other = [] if root == ROOT else ["--assignment", str(root)]
    return f"python -m autograder {shlex.join([command, *other, *words])}"


def say(text: str) -> None:
    """Prints on standard error, if anybody is there to read it."""
    with suppress(OSError, ValueError):
        print(text, file=sys.stderr)
