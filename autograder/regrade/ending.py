"""How a command of this package ends: done, or with one sentence on what it cannot do, never with a traceback."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from autograder.assignment.link import SpecError
from autograder.assignment.rubric import RubricError
from autograder.intake.source import CannotTakeIn
from autograder.regrade.baseline import CannotCompare
from autograder.regrade.executors import CrewError
from autograder.regrade.output_dir import CannotKeep
from autograder.regrade.scheduler import CannotGoOn
from autograder.regrade.store import StoreError

OUR_FAULT = 2


class WrongCall(Exception):
    """The call cannot be done as it stands; the message says what to do."""


KNOWN: tuple[type[Exception], ...] = (
    CannotTakeIn,
    CannotGoOn,
    CrewError,
    RubricError,
    SpecError,
    StoreError,
    WrongCall,
    CannotCompare,
    CannotKeep,
)


@dataclass
class Said:
    """How a command ended."""

    code: int = OUR_FAULT


@contextmanager
def in_words(command: str, *more: type[Exception]) -> Iterator[Said]:
    """Says in one sentence what a command cannot do; whatever it writes is the instructor's alone: students' data.

    more: what only this command raises, beside KNOWN.
    """
    before = os.umask(0o077)
    said = Said()
    problem = ""
    try:
        yield said
    except (*KNOWN, *more) as error:
        problem = str(error)
    except sqlite3.DatabaseError as error:
        problem = f"the store of gradings cannot be used ({error})"
    except OSError as error:
        problem = f"{error.filename or 'a file'}: {error.strerror or error}"
    except KeyboardInterrupt:
        problem = "stopped; what was graded is kept: start it again to go on"
    finally:
        os.umask(before)
    if problem:
        print(f"autograder {command}: {problem}", file=sys.stderr)
