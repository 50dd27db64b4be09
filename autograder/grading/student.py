"""The one seam to student code: `Student.call(...)` asks, plain data comes back.

A spec holds a `Student` and never a module of the submission. What can go wrong on the student's side is a `Fault`;
what goes wrong on ours is `WorkerFault`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from autograder.core.submission import Submission
from autograder.core.text import clean, head_and_tail, one_line, printable
from autograder.grading import faults
from autograder.grading.coerce import text
from autograder.grading.faults import Fault
from autograder.grading.limits import Limits
from autograder.sandbox import wire
from autograder.sandbox.decoding import Room, decode
from autograder.sandbox.protocol import INVALID, Ended, OutOfTime, Program, Start, Worker
from autograder.sandbox.values import Record, kind_of

_THERE = ("UTF-", "NUL", "needs Python")  # in the fault of a file that is there, and cannot be run
# A line that ends a process in such a way that no exception tells of it.
ENDS_A_PROCESS = r"[^#'\"]*\b(os\._exit|os\.abort|os\.kill|signal\.raise_signal)\("
MAX_SKIPPED = 5  # lines that a row is told of
LOST = (
    "{name}: it has a tab or a line break where \\{command} may have been meant: write r in front of the quotes, "
    'r"\\{command}".'
)


class Student:
    """The answers of one submission to one question, asked for in a process of their own.

    `call`, `call_many` and `read` answer plain data or raise a Fault. A worker that died is replaced at the next call.
    """

    def __init__(
        self,
        submission: Submission,
        file: str,
        limits: Limits,
        start: Start,
        memory_bytes: int,
        asked_for: Iterable[str] = (),
        warns_of_time: bool = False,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        """asked_for: names that rows of the question ask for, none of which is offered for another one. warns_of_time:
        whether to remark on what may take too long on a slower machine. meanwhile: what the grader does while a request
        is computed, which counts as the row's time."""
        self.file = file
        self._asked_for = frozenset(asked_for)
        self._submission = submission
        self._limits = limits
        self._start = start
        self._memory_bytes = memory_bytes
        self._worker: Worker | None = None
        self._load_fault: Fault | None = None
        self._broken: dict[str, dict[str, Any]] = {}  # name -> what its statement raised while the file was loaded
        self._ended: Fault | None = None  # where the file ended its own loading
        self._skipped: tuple[str, ...] = ()
        self._warns_of_time = warns_of_time
        self._meanwhile = meanwhile
        self._row_cpu = 0.0
        self._slow_load: tuple[str, ...] = ()
        self._remarks: list[str] = []
        self._hint = ""
        self._arithmetic = ""
        self._visibility = "visible"
        self._requests = 0
        self._output: list[str] = []
        self._imported = False
        self.returned: list[tuple[str, list[Any]]] = []  # what each request of the row gave: a name, and its values

    def call(self, function: str, *arguments: Any) -> Any:
        """Calls `function` once and returns its value; raises the Fault of a call that gave none."""
        return self.call_many(function, [arguments])[0]

    def call_many(self, function: str, argument_tuples: Sequence[Sequence[Any]]) -> list[Any]:
        """Calls `function` once for each tuple of arguments, all in one request; raises the first Fault."""
        return [_given(value) for value in list(self.call_each(function, argument_tuples))]

    def call_each(self, function: str, argument_tuples: Sequence[Sequence[Any]]) -> Iterable[Any]:
        """Like `call_many`, but a call that failed gives its Fault as a value."""
        header, blobs = _request(function, argument_tuples)
        return self._ask(header, blobs, len(argument_tuples))

    def changes(self, function: str, *arguments: Any) -> list[tuple[int, str]]:
        """Which fields of its records `function` changes in place: (place of the argument, field), in their order.

        It is called once for this, and its value is thrown away; nothing is said of a call that gives none.
        """
        header, blobs = _request(function, [arguments])
        told = self._ask({**header, "changes": True}, blobs, 1)[0]
        records = [(place, record) for place, record in enumerate(arguments) if isinstance(record, Record)]
        names = [(place, field) for place, record in records for field in record.fields]
        return [name for name in names if type(told) is list and list(name) in told[: len(names)]]

    def call_watched(self, function: str, *arguments: Any) -> tuple[Any, str]:
        """Calls `function` once more; also the first thing that numpy warned of: "invalid value in log, line 17".

        "" for none, and where the row is not visible: it is the student's text.
        """
        self._arithmetic = ""
        header, blobs = _request(function, [arguments])
        value = _given(self._ask({**header, "watch": True}, blobs, 1)[0])
        return value, self._arithmetic if self._visibility == "visible" else ""

    def read(self, name: str) -> Any:
        """The value of a constant. Raises Unanswered if it still says None, as a template may."""
        return _given(self._ask({"name": name, "read": True}, bytearray(), 1)[0])

    def text(self, name: str) -> str:
        """A text that the student wrote as a constant, with its LaTeX.

        Raises Unanswered if it is empty or still says None, Unreadable if it is no text.
        """
        value = _given(self._ask({"name": name, "read": True, "text": True}, bytearray(), 1)[0])
        if not (found := text(value)):
            empty = f"{name} is empty: not answered yet."
            raise faults.Unanswered(f"{empty}{self._hint}", brief=empty)
        return found

    def function(self, name: str) -> Callable[..., Any]:
        """`name` as a function to call, for checks that are written as if they had imported it.

        It takes keywords, gives numpy's arrays, and raises an exception of Python's own as that and as a Fault.
        """

        def ask(*arguments: Any, **keywords: Any) -> Any:
            header, blobs = _request(name, [arguments])
            header["keywords"] = {key: wire.encode(value, blobs, _unusual) for key, value in keywords.items()}
            value = self._ask(header, blobs, 1, imported=True)[0]
            if isinstance(value, Fault):
                raise value.imported()
            return value

        ask.__name__ = name
        return ask

    def begin_row(self, seconds: float, visibility: str = "visible", imported: bool = False) -> None:
        """Starts the time of the next row, in which `seconds` may be used in all.

        imported: whether values come as if the check had imported the submission: arrays as numpy's own.
        """
        self._visibility, self._imported, self.returned = visibility, imported, []
        self._remarks, self._row_cpu = [], 0.0
        self._limits.begin_row(seconds)

    def remarks(self) -> str:
        """What was noticed since the row began, whatever came of it: lines that were skipped, a lost backslash."""
        slow = self._too_slow("All calls of this row", self._row_cpu, self._limits.row)
        return "\n".join([*self._remarks, *slow, *self._slow_load, *self._skipped])

    def printed(self) -> str:
        """What the student's code printed since this was last asked, cleaned; for the staff."""
        if self._worker is not None:
            self._output.append(self._worker.printed())
        said, self._output = "".join(self._output), []
        return clean(head_and_tail(said, 30, 15), 10_000)

    def rest(self) -> None:
        """Stops the worker until it is asked again, or ends it where it cannot wait."""
        if self._worker is not None and not self._worker.rest():
            self.close()

    def close(self) -> None:
        """Ends the worker; nothing of the student runs after this."""
        if self._worker is not None:
            self._worker.close()
            self._output.append(self._worker.printed())
            self._worker = None

    # ------------------------------------------------------------------------------------------------- one request

    def _ask(self, header: dict[str, Any], blobs: bytearray, count: int, imported: bool = False) -> list[Any]:
        worker = self._loaded_worker(header["name"])
        if (broken := self._broken.get(header["name"])) is not None:
            return [self._at_load(f"{header['name']} ({faults.place_in(self.file, broken)})", broken)]
        self._requests += 1
        header["id"] = self._requests
        name = header["name"] if header["read"] else f"{header['name']}(...)"
        values: list[Any] = []
        self.returned.append((name, values))
        room, imported = Room(), imported or self._imported
        try:
            worker.request(header, blobs)
            self._meanwhile()
            for index in range(count):
                reply, data = worker.receive(self._limits.left())
                if reply.get("id") != header["id"] or reply.get("index") != index:
                    raise Ended(INVALID)
                value = self._value(name, reply, data, room, imported)
                if seconds := faults.seconds_in(reply):
                    self._count_time(name, seconds)
                if self._limits.left() <= 0:  # what reading it costs the grader counts, too
                    raise OutOfTime
                values.append(value)
                if reply.get("fault") in ("missing", "not_callable"):
                    break
        except OutOfTime:
            values.append(faults.TimedOut(self._limits.explain(name)))
            self.close()
        except Ended as end:
            ended = f"{name}: your code's process ended unexpectedly"
            nothing = "no value was returned."
            said = f"{ended} ({end.how}); {nothing}{self._ending_call(end)}"
            values.append(faults.Killed(said, staff=end.detail, brief=f"{ended}; {nothing}"))
            self.close()
        return values

    def _value(self, name: str, reply: Mapping[str, Any], data: bytes, room: Room, imported: bool) -> Any:
        if "fault" in reply:
            return self._fault(name, reply)
        self._hint = faults.hint_in(reply) if "hint" in reply else ""
        self._arithmetic = faults.line_in(reply, "arithmetic", 100) if "arithmetic" in reply else ""
        lost = faults.text_in(reply, "lost") if "lost" in reply else ""
        if lost.isalpha() and self._visibility == "visible":
            self._remarks.append(LOST.format(name=name, command=lost[:30]))
        try:
            return decode(reply.get("value"), data, room, imported)
        except wire.BadFrame as error:
            raise Ended(INVALID, f"what it wrote: {error}") from None

    def _count_time(self, name: str, seconds: float) -> None:
        """Adds the CPU seconds of one call, and remarks on it once a row."""
        slow = self._too_slow(name, seconds, self._limits.call)
        self._remarks += [] if any(said.startswith(f"{name} took") for said in self._remarks) else slow
        self._row_cpu += seconds

    def _too_slow(self, what: str, seconds: float, limit: float) -> tuple[str, ...]:
        """A remark on CPU seconds from a quarter of a limit on, which a slow machine may reach."""
        if not self._warns_of_time or seconds < limit / 4:
            return ()
        return (f"{what} took {seconds:.1f} s of computing here; Gradescope is slower and stops it at {limit:g} s.",)

    def _loaded_worker(self, name: str) -> Worker:
        """A worker with the module loaded; a module that failed to load is not run again."""
        if self._load_fault is not None:
            raise self._load_fault
        if self._limits.over:
            raise faults.TimedOut(self._limits.explain(self.file))
        if self._worker is not None and self._worker.alive:
            return self._worker
        self.close()
        self._check_that_it_is_there(name)
        texts = self._submission.texts
        seconds = math.ceil(self._limits.until_the_deadline()) + 1
        unreadable = {file.removesuffix(".py"): fault for file, fault in self._submission.faults.items()}
        self._worker = self._start(Program(self.file, texts, self._memory_bytes, seconds, unreadable))
        self._load_fault = self._load(self._worker)
        if self._load_fault is not None:
            self.close()
            raise self._load_fault
        return self._worker

    def _load(self, worker: Worker) -> Fault | None:
        """Waits until the module is loaded; the fault if it does not load."""
        try:
            reply, _ = worker.receive(self._limits.left())
        except OutOfTime:
            return faults.TimedOut(self._limits.explain_load(self.file))
        except Ended as end:
            ended = f"your code's process ended unexpectedly ({end.how}) while the file was loaded."
            return faults.Killed(f"{self.file}: {ended}{self._ending_call(end)}")
        if "fault" in reply:
            return self._at_load(f"loading {self.file}", reply)
        self._slow_load = self._too_slow(f"Loading {self.file}", faults.seconds_in(reply), self._limits.call)
        skipped, broken = reply.get("skipped"), reply.get("broken")
        self._ended = None
        told = [one for one in skipped if isinstance(one, dict)] if isinstance(skipped, list) else []
        more = [f"(and {len(told) - MAX_SKIPPED} more lines)"] if len(told) > MAX_SKIPPED else []
        self._skipped = tuple([faults.skipped_statement(one) for one in told[:MAX_SKIPPED]] + more)
        if told and told[-1].get("fault") == "exited":
            self._ended = self._at_load(faults.place_in(self.file, told[-1]), told[-1])
        places = broken.items() if isinstance(broken, dict) else ()
        self._broken = {name: told[at] for name, at in places if type(at) is int and 0 <= at < len(told)}
        return None

    def _ending_call(self, end: Ended) -> str:
        """Of a process that ended by itself, the first line of the submission that may have done it."""
        if not end.how.startswith(("exit status", "signal")):
            return ""
        for file in (self.file, *(name for name in self._submission.texts if name != self.file)):
            for number, line in enumerate(self._submission.texts.get(file, "").split("\n"), start=1):
                if found := re.match(ENDS_A_PROCESS, line):
                    return f"\nIs it {found[1]}(...) in {file}, line {number}? Then remove it."
        return ""

    def _at_load(self, name: str, reply: Mapping[str, Any]) -> Fault:
        """A fault while the file was loaded: its process had been given no input yet, so it has none to tell."""
        fault = self._fault(name, reply)
        fault.brief = fault.feedback
        return fault

    def _check_that_it_is_there(self, name: str) -> None:
        if self.file in self._submission.faults:
            fault = self._submission.faults[self.file]
            raise faults.Crashed(fault) if any(word in fault for word in _THERE) else faults.Missing(fault)
        if self.file not in self._submission.texts:
            from autograder.grading.near_names import instead_of  # needed only for a mistake

            found = " ".join(instead_of(self.file, self._submission.texts, self._submission.others, name))
            absent = f"{self.file} is not in {self._submission.place}. Hand in a file of exactly this name."
            raise faults.Missing(f"{absent} {found}".strip())

    def _fault(self, name: str, reply: Mapping[str, Any]) -> Fault:
        """The Fault that a reply tells of."""
        if reply.get("fault") != "missing":
            return faults.fault_of(name, reply, self._memory_bytes)
        if self._ended is not None:
            return self._ended
        brief, hint = self._missing_name(name, None), faults.hint_in(reply)
        return faults.Missing(f"{brief}{hint}" if hint else self._missing_name(name, reply.get("names")), brief=brief)

    def _missing_name(self, name: str, names: Any) -> str:
        from autograder.grading.near_names import near_name  # needed only for a mistake

        wanted = name.removesuffix("(...)")
        told = names[:200] if isinstance(names, list) else []
        present = [one_line(printable(one), 60) for one in told if isinstance(one, str)]
        found = near_name(wanted, [one for one in present if one not in self._asked_for])
        kind = "function " if name != wanted else ""
        offered = f" Did you rename it to {found}?" if found else ""
        return f"{self.file} has no {kind}{wanted}.{offered} Use the name from the template."


def _given(value: Any) -> Any:
    """The value of a request; raises its Fault where it gave none."""
    if isinstance(value, Fault):
        raise value
    return value


def _request(function: str, argument_tuples: Sequence[Sequence[Any]]) -> tuple[dict[str, Any], bytearray]:
    """The header and the bytes of a call for each tuple of arguments."""
    blobs = bytearray()
    sets = [[wire.encode(a, blobs, _unusual) for a in arguments] for arguments in argument_tuples]
    return {"name": function, "read": False, "argument_sets": sets}, blobs


def _unusual(value: Any, blobs: bytearray, depth: int) -> Any:
    """An argument that the wire has no word for, such as an array of numpy's: the instructor's own, and trusted."""
    from autograder.sandbox.conversion import Converter  # plain data needs none

    found = Converter().more(value, blobs, depth)
    if found is None or (isinstance(found, dict) and found.get("$") == "other"):
        raise TypeError(f"{kind_of(value)} cannot be handed to a student's function: only plain data and arrays can")
    return found
