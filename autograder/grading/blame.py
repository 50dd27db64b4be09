"""Decides whose mistake it is that a check raised an exception over a value that came.

A check may do arithmetic with what a student returned, and Python raises in the check if that is None or a text. So it
is tried: the same check asks the homework's own solution. If it raises over that too, the check is wrong; if not, the
value is. Where there is no solution (at a student's home), the types that the exception names decide.
"""

from __future__ import annotations

import builtins
import importlib
import io
import os
import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from autograder.assignment.link import Check, LinkedRow
from autograder.assignment.own_modules import REFERENCE
from autograder.core.errors import AutograderError
from autograder.core.text import clean
from autograder.grading.award import Award
from autograder.grading.coerce import text
from autograder.grading.faults import Fault
from autograder.grading.row import OVER_A_VALUE, judge_plain
from autograder.sandbox.conversion import Converter
from autograder.sandbox.decoding import Room, decode
from autograder.sandbox.values import Array, Record, kind_of

Again = Callable[[Any], None]  # for a student
_NUMBERS = frozenset(("int", "float", "bool", "complex", "float64"))
_TYPES = frozenset((*(n for n, kind in vars(builtins).items() if isinstance(kind, type)), "NoneType", "ndarray"))
_ENGINE = str(Path(__file__).resolve().parents[1]) + os.sep
_BEHAVES_AS_NUMPY = os.path.join("sandbox", "values.py")  # its operators raise what numpy's raise


def blamed(
    error: Exception, linked: LinkedRow, returned: Sequence[tuple[str, list[Any]]], again: Again, root: Path
) -> str:
    """A sentence for the student if what a check raised is due to a value of theirs; "" if it is the check's mistake.

    returned: a name, and what came of each call. again: runs the check once more. root: where the solution lies.
    """
    check = linked.check
    came = [(name, value) for name, values in returned for value in values if not isinstance(value, Fault)]
    if check is None or not came or isinstance(error, AutograderError) or _is_ours(error, check, root):
        return ""
    passes = _passes_on_the_solution(linked, again, root)
    if passes is False or (passes is None and not _may_be_of(error, [value for _, value in came])):
        return ""
    name, value = next((one for one in reversed(came) if type(one[1]).__name__ in _words(str(error))), came[-1])
    return (
        f"{name} returned {_kind(value)}, and that is not what this check can work with "
        f"({type(error).__name__}: {error})."
    )


def judge_over_a_value(check: Check, award: Award, sentence: str, error: Exception) -> None:
    """The row earns nothing, but for what a check in plain style has set already; staff see where it was raised."""
    if check.rule is None:
        judge_plain(check.function, award, AssertionError(sentence))
    else:
        award.unreadable(sentence)
        award.failed = True
    raised = "".join(traceback.format_exception(error))
    said = f"The check raised this over what was returned. If it should not, mend it and regrade.\n{raised}"
    award.tell_staff(clean(said, 8_000))


def _is_ours(error: BaseException, check: Check, root: Path) -> bool:
    """Whether it was raised in a function of the engine that the check called, or of the reference.

    A check that gives credit has read what came (`coerce`) before it asks the reference; one in plain style has not.
    """
    files, at = [], error.__traceback__
    while at is not None:
        files.append(at.tb_frame.f_code.co_filename)
        at = at.tb_next
    own = check.code.co_filename
    if own not in files:
        return False
    inner = files[len(files) - files[::-1].index(own) :]
    answers = str(root / REFERENCE) + os.sep
    return any(
        (file.startswith(_ENGINE) and not file.endswith(_BEHAVES_AS_NUMPY))
        or (check.rule is not None and file.startswith(answers))
        for file in inner
    )


# ---------------------------------------------------------------------------------------------------- by the solution


class Solution:
    """The homework's own solution, asked as a `Student` is: its values cross as a student's do."""

    def __init__(self, module: ModuleType, imported: bool) -> None:
        self._module, self._imported = module, imported
        self.raised = False

    def call(self, function: str, *arguments: Any) -> Any:
        return self.call_many(function, [arguments])[0]

    def call_many(self, function: str, argument_tuples: Sequence[Sequence[Any]]) -> list[Any]:
        return [self._asked(function, arguments, {}, self._imported) for arguments in argument_tuples]

    call_each = call_many

    def function(self, name: str) -> Callable[..., Any]:
        return lambda *arguments, **keywords: self._asked(name, arguments, keywords, True)

    def read(self, name: str) -> Any:
        return _crossed(getattr(self._module, name), self._imported)

    def text(self, name: str) -> str:
        return text(self.read(name))

    def _asked(self, name: str, arguments: Sequence[Any], keywords: Mapping[str, Any], imported: bool) -> Any:
        try:
            value = getattr(self._module, name)(*map(_given, arguments), **keywords)
        except Exception:
            self.raised = True
            raise
        return _crossed(value, imported)


def _given(value: Any) -> Any:
    if isinstance(value, Record):
        return SimpleNamespace(**{name: _given(field) for name, field in value.fields.items()})
    return value.__array__() if isinstance(value, Array) else value


def _crossed(value: Any, imported: bool) -> Any:
    blobs = bytearray()
    header = Converter().encode(value, blobs)
    return decode(header, bytes(blobs), Room(), imported)


def _passes_on_the_solution(linked: LinkedRow, again: Again, root: Path) -> bool | None:
    """Whether the check can work with what the solution returns; None where that cannot be tried."""
    check, file = linked.check, linked.question.file
    if check is None or not (root / REFERENCE / file).is_file():
        return None
    kept = dict(check.function.__dict__)
    try:
        with redirect_stdout(io.StringIO()):
            solution = Solution(importlib.import_module(f"{REFERENCE}.{file.removesuffix('.py')}"), check.rule is None)
            again(solution)
    except OVER_A_VALUE:
        return None if solution.raised else False
    except AutograderError:  # it got as far as a verdict on a value, or misses the key
        return True
    except Exception:
        return None
    finally:
        check.function.__dict__.clear()
        check.function.__dict__.update(kept)
    return True


# ------------------------------------------------------------------------------------------------------------ by types


def _may_be_of(error: Exception, values: Sequence[Any]) -> bool:
    """Whether an error may speak of these values, as "unsupported operand type(s) for +: 'NoneType' and 'int'" can.

    Where no type is at issue it does. A number beside something that is none is not what is wrong.
    """
    if not isinstance(error, (TypeError, AttributeError)):
        return True
    theirs = {type(one).__name__ for value in values for one in (value, *(value if _is_short(value) else ()))}
    said = _words(str(error)) & (_TYPES | theirs)
    named = said & theirs
    return not said or (bool(named) and not (named <= _NUMBERS and said - theirs - _NUMBERS))


def _is_short(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and len(value) <= 100


def _words(message: str) -> set[str]:
    return set(re.findall(r"\w+", message))


def _kind(value: Any) -> str:
    """What to call a value, with numpy's dtype and shape."""
    if type(value).__module__ == "numpy" and hasattr(value, "dtype"):
        return Array(str(value.dtype), value.shape, (), value.shape == ()).kind
    return kind_of(value)
