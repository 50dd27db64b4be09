"""What can go wrong on the student's side: a tree of exceptions with one outcome word each, and their sentences.

A fault is made of what a student's process replies: every part of a reply may be anything.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any, cast

from autograder.core.errors import StudentError
from autograder.core.outcome import Outcome
from autograder.core.text import clean, one_line, printable
from autograder.sandbox.values import with_article

Reply = Mapping[str, Any]


class Fault(StudentError):
    """What became of a call that gave no value.

    feedback: for the student, where the row is visible. brief: the same in words of ours only, without anything that
    the student's process chose (it may have put hidden inputs there). staff: for the staff only. named: what went wrong
    in a few words of ours, for statistics.
    """

    outcome = Outcome.CRASHED

    def __init__(self, feedback: str, staff: str = "", brief: str = "", named: str = "") -> None:
        super().__init__(feedback)
        self.feedback = feedback
        self.staff = staff
        self.brief = brief or feedback
        self.named = named

    def imported(self) -> Fault:
        """As a check has it that called the function as if it had imported it."""
        return self


class Unanswered(Fault):
    """The stub was left as it was."""

    outcome = Outcome.UNANSWERED


class Missing(Fault):
    """The file or the name is not there."""

    outcome = Outcome.MISSING


class Crashed(Fault):
    """Their code raised an exception, of this name if it is one of Python's own."""

    exception = ""

    def imported(self) -> Fault:
        """One that `assertRaises(ValueError)` knows as well."""
        own = getattr(builtins, self.exception or "Exception")
        if own is Exception or not issubclass(own, Exception) or issubclass(own, (ImportError, OSError, UnicodeError)):
            return self  # such exceptions cannot be made of a text alone
        kind = type(f"Crashed{own.__name__}", (Crashed, own), {})
        return cast(Fault, kind(self.feedback, self.staff, self.brief, self.named))


class TimedOut(Fault):
    """Their code, or the whole grading, ran out of time."""

    outcome = Outcome.TIMED_OUT


class Killed(Fault):
    """Their process ended: memory, a signal, an exit."""

    outcome = Outcome.KILLED


def fault_of(name: str, reply: Reply, memory_bytes: int) -> Fault:
    """The Fault of a call that gave no value, but for a name that is not there: `Student` knows which it may be."""
    kind = reply.get("fault")
    if kind == "unanswered":
        untouched = f"{name}: not answered yet."
        return Unanswered(untouched + hint_in(reply), brief=untouched)
    if kind == "not_callable":
        came = with_article(line_in(reply, "type", 60) or "a value")
        wanted, write = f"{name}: expected a function", f"write def {name.removesuffix('(...)')}(...): in its place."
        return Missing(f"{wanted}, but it is {came}: {write}", brief=f"{wanted}: {write}")
    if kind == "exited":
        ends = f"{name}: your code ends the program"
        code = text_in(reply, "message")
        exits = "exit()" if code in ("", "None") else f"exit {code}"  # as the student may have written it
        instead = line_in(reply, "instead")
        said = f"{name}: {instead}" if instead else f"{ends} ({one_line(exits, 40)}): remove that line"
        return Killed(f"{said}.\n{_frames(reply)}".rstrip(), brief=f"{ends}: remove that line.", named=EXITED)
    if kind == "out_of_memory":
        used = f"used more than {memory_bytes >> 20} MB. Is there a list or an array that grows?"
        return Killed(f"{name}: out of memory: {used}", named="out of memory")
    return _raised(name, reply)


EXITED = "it ends its own process"


def _raised(name: str, reply: Reply) -> Fault:
    kind = line_in(reply, "type", 60) or "Exception"
    message, instead = clean(text_in(reply, "message"), 600), line_in(reply, "instead")
    raised = f"{name}: {_ended(instead)}" if instead else f"{name} raised {kind}{': ' if message else ''}{message}"
    own = _own_exception(kind)
    brief = f"Your code raised an exception{f' ({own})' if own else ''}. Its text is shown to the staff."
    said = f"{raised}\n{_frames(reply)}".rstrip() + hint_in(reply)
    crash = Crashed(said, brief=brief, named=f"raised {own or 'an exception'}")
    crash.exception = own
    return crash


def _own_exception(kind: str) -> str:
    """The name of an exception if it is Python's own, else "": another name is the student's to choose."""
    own = getattr(builtins, kind, None)
    return kind if isinstance(own, type) and issubclass(own, BaseException) else ""


def _frames(reply: Reply) -> str:
    """Where in the student's files it was raised, with a caret below the place in a line that cannot be read."""
    frames, caret = reply.get("frames"), reply.get("caret")
    lines = [one_line(_text(frame), 200) for frame in frames[:4]] if isinstance(frames, list) else []
    where = "\n".join(f"  {line}" for line in lines)
    return f"{where}\n  {' ' * caret}^" if type(caret) is int and 0 <= caret < 80 else where


def skipped_statement(fault: Reply) -> str:
    """A statement that was skipped while the file was loaded, for every row of the file."""
    where = place_in(line_in(fault, "file", 60), fault)
    file, instead = where.partition(",")[0], line_in(fault, "instead")
    if fault.get("fault") == "exited":
        return f"{file}: {instead or 'your code ends the program'}. Nothing below it was loaded."
    if instead.startswith("line "):
        return f"{file}: {_ended(instead)} It was skipped."
    if instead:
        return f"{where} was skipped: {_ended(instead)}"
    kind = line_in(fault, "type", 60) or "Exception"
    said = one_line(text_in(fault, "message")[:160], 200)
    return f"{where} was skipped, since it raised {kind}{': ' if said else ''}{said.rstrip('.')}."


def _ended(sentence: str) -> str:
    """A sentence with a mark at its end."""
    return sentence if sentence[-1:] in ".?" else f"{sentence}."


# ------------------------------------------------------------------------------------------------- what a reply tells


def place_in(file: str, reply: Reply) -> str:
    """The line of a statement that was skipped, for a sentence."""
    line = reply.get("line")
    return f"{file}, line {line}" if type(line) is int else f"a line of {file}"


def hint_in(reply: Reply) -> str:
    """What the student's process adds on what to do, on a line of its own."""
    hint = line_in(reply, "hint")
    return f"\n{hint}" if hint else ""


def seconds_in(reply: Reply) -> float:
    """The CPU seconds that it took."""
    told = reply.get("cpu")
    return told if type(told) is float and 0 <= told < 1e6 else 0.0


def line_in(reply: Reply, key: str, limit: int = 300) -> str:
    """A text on one line."""
    return one_line(text_in(reply, key), limit)


def text_in(reply: Reply, key: str) -> str:
    """A text, cleaned as it comes in; "" for whatever else stands there."""
    return _text(reply.get(key))


def _text(value: Any) -> str:
    return printable(value) if isinstance(value, str) else ""
