"""Forged values, faults and frames: no exception but ours, a bounded cost each, nothing that a sink would act on."""

from __future__ import annotations

import json
import struct
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from autograder.core.submission import Submission
from autograder.grading.coerce import Unreadable, exact, integer, real, text
from autograder.grading.faults import Fault
from autograder.grading.keyed import matrices
from autograder.grading.limits import Limits
from autograder.grading.student import Student
from autograder.sandbox import decoding, wire
from autograder.sandbox.decoding import Room
from autograder.sandbox.protocol import Ended, Program
from autograder.sandbox.values import Other
from tests.autograder.sandbox.forged import FAULTS, FRAMES, VALUES, Forged, every_text, is_clean, reply

MEGABYTES = 64
CPU_SECONDS = 1.0
READERS = (real, integer, text, exact, lambda value: matrices(value, {"a": [(), (3,), (3, 3)], "b": [(3,)]}))


def decode(value: Any, blob: bytes) -> Any:
    return decoding.decode(value, blob, Room())


def read(frame: bytes) -> None:
    """What the grader does with a reply, by every reader; raises whatever is not a refusal."""
    try:
        header, blob = wire.unpack(frame)
        value = decode(header.get("value") if isinstance(header, dict) else header, blob)
    except wire.BadFrame:
        return
    for reader in READERS:
        for shown in (value, {"a": value, "b": value}):
            with suppress(Unreadable):
                reader(shown)


def entries() -> Iterator[tuple[str, bytes]]:
    yield from ((forged.name, reply(forged)) for forged in VALUES)
    yield from ((forged.name, reply(forged, fault=True)) for forged in FAULTS)
    yield from ((f"frame {frame[:20]!r}", frame) for frame in FRAMES)


def test_no_reply_raises_or_costs_more_than_it_may() -> None:
    """Time first, then memory: tracing takes time of its own."""
    slow, large = [], []
    for name, frame in entries():
        began = time.process_time()
        read(frame)
        took = time.process_time() - began
        if took > CPU_SECONDS:
            slow.append((name, took))
    tracemalloc.start()
    try:
        for name, frame in entries():
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            read(frame)
            grown = (tracemalloc.get_traced_memory()[1] - before) / (1 << 20)
            if grown > MEGABYTES:
                large.append((name, grown))
    finally:
        tracemalloc.stop()
    assert not slow
    assert not large


def named(name: str) -> Forged:
    """The forged value of this name."""
    (found,) = [forged for forged in VALUES if forged.name == name]
    return found


def decoded(name: str) -> Any:
    """What the grader reads of it."""
    header, blob = wire.unpack(reply(named(name)))
    return decode(header["value"], blob)


HONEST = [
    "hex of 53 bits",
    "as many numbers as may be",
    "1024 text keys",
    "20 lists in one another",
    "float64 of zeros",
]


@pytest.mark.parametrize("name", HONEST)
def test_what_is_within_the_limits_is_read(name: str) -> None:
    decoded(name)


def test_an_array_beyond_the_limit_is_named() -> None:
    assert decoded("one number more than may be") == Other("array of float64 with 65,537 items")


@pytest.mark.parametrize(
    "name",
    [
        "5,000 arrays of int8 that share their bytes",
        "300 int keys of one hash",
        "300 hex keys of one hash",
        "1025 text keys",
        "Decimal '1e4500'",
        "longdouble 'sNaN'",
        "a record of []",
        "arrays in another order than their bytes",
        "float64 with surplus",
    ],
)
def test_what_was_seen_to_hurt_is_refused_where_it_comes_in(name: str) -> None:
    with pytest.raises(wire.BadFrame):
        decoded(name)


def test_a_decimal_nan_raises_nothing_when_it_is_compared() -> None:
    for name in ("Decimal 'sNaN'", "Decimal 'sNaN123'", "Decimal 'NaN123'"):
        value = decoded(name)
        assert value != value
        assert not value < 1


# ---------------------------------------------------------------------------------------------- through the seam


ONE = Forged("one", "1.0")


class Forger:
    """A worker that answers every request with one forged reply, in the right place. told: what it says of loading."""

    def __init__(self, forged: Forged = ONE, fault: bool = False, **told: Any) -> None:
        self.forged, self.fault, self.told = forged, fault, told
        self.layers: tuple[str, ...] = ()
        self.alive = True
        self.identity, self.index = 0, 0

    def request(self, header: Any, blobs: Any) -> None:
        self.identity, self.index = header["id"], 0

    def receive(self, seconds: float) -> tuple[Any, bytes]:
        head = json.dumps({"id": 0, "loaded": True, **self.told}, separators=(",", ":")).encode("ascii")
        frame = struct.pack("<I", len(head)) + head
        if self.identity:
            frame = reply(self.forged, self.identity, self.index, self.fault)
            self.index += 1
        try:
            return wire.unpack(frame)
        except wire.BadFrame:
            raise Ended("it wrote into the grader's pipe") from None

    def printed(self) -> str:
        return "printed \x1b[2J\u202e\ud800\x07"

    def rest(self) -> bool:
        return self.alive

    def close(self) -> None:
        self.alive = False


def student_of(forger: Forger, clock: Any = time.monotonic) -> Student:
    def start(program: Program) -> Any:
        return forger

    return Student(Submission({"answers.py": ""}), "answers.py", Limits(5, 20, clock() + 60, clock), start, 1 << 28)


def test_a_value_or_a_fault_comes_through_the_seam_clean() -> None:
    for forged, fault in [(f, False) for f in VALUES] + [(f, True) for f in FAULTS]:
        student = student_of(Forger(forged, fault))
        student.begin_row(20)
        try:
            said = list(every_text(student.call("f")))
        except Fault as raised:
            said = [raised.feedback, raised.brief, raised.staff, raised.named, str(raised)]
        assert all(is_clean(one) for one in [*said, student.printed()]), forged.name


LONG = {"fault": "crashed", "type": "E", "message": "m\n" * 300_000, "frames": ["x\n" * 9] * 9}
MANY = {f"{number:x}": 0 for number in range(5_000)}
LOADED: dict[str, dict[str, Any]] = {
    "one fault behind many names": {"broken": MANY, "skipped": [LONG]},
    "many names": {"broken": {f"{number:x}": 0 for number in range(60_000)}, "skipped": [{}]},
    "many faults": {"skipped": [{"fault": "crashed", "type": "\x1b[2J", "message": "\u202e", "frames": [[]]}] * 9_000},
    "many exits": {"skipped": [{"fault": "exited", "message": "3" * 40, "frames": ["\ud800"] * 2}] * 8_000},
    "places that are none": {"broken": {"f": -1, "g": 1.5, "h": True, "i": 1 << 70, "j": None}, "skipped": [LONG]},
    "a line that is none": {"broken": {"f": 0}, "skipped": [{**LONG, "message": "", "line": int("9" * 4_300)}]},
    "names that are asked for": {"broken": {"f": 0}, "skipped": [{"fault": kind} for kind in ("missing", None, [])]},
    "no lists": {"broken": ["f"], "skipped": {"fault": "crashed"}},
    "a number": {"broken": {"f": 0}, "skipped": 5},
    "faults that are none": {"broken": {"f": 0}, "skipped": [5, None]},
    "an empty fault": {"broken": {"f": 0, "A": 7, "B": -1, "C": "0"}, "skipped": [{}]},
    "fields of other types": {
        "broken": {"f": 0},
        "skipped": [{"line": "x", "file": 3, "type": [], "message": {}, "frames": 1, "hint": 2}],
    },
}


@pytest.mark.parametrize("name", LOADED)
def test_what_is_said_of_loading_costs_no_more_than_it_may(name: str) -> None:
    student = student_of(Forger(**LOADED[name]))
    student.begin_row(20)
    began, said = time.process_time(), []
    try:
        said += every_text(student.call("f"))
    except Fault as raised:
        said += [raised.feedback, raised.brief, raised.staff, raised.named]
    assert time.process_time() - began < CPU_SECONDS
    said.append(student.remarks())
    assert all(is_clean(one) for one in said)
    assert sum(map(len, said)) < 16_000


def test_a_reply_that_waits_is_not_read_after_its_time() -> None:
    """Each reply costs the grader three seconds of its own clock: the row ends, it does not go on for five minutes."""
    now = [0.0]
    forger = Forger()
    receive = forger.receive

    def slow(seconds: float) -> tuple[Any, bytes]:
        now[0] += 3 if forger.identity else 0
        return receive(seconds)

    forger.receive = slow  # type: ignore[method-assign]
    student = student_of(forger, lambda: now[0])
    student.begin_row(20)
    values = list(student.call_each("f", [()] * 80))
    assert values[:-1] == [1.0] * 6
    assert str(values[-1].outcome) == "timed_out"
    assert "the calls of this row took more than 20 s together" in values[-1].feedback


def test_no_call_at_all_is_no_fault() -> None:
    student = student_of(Forger())
    student.begin_row(0)
    assert list(student.call_each("f", [])) == []


@pytest.mark.parametrize("name", ["as many numbers as may be", "1000 times [0]", "65536 characters: 'xxxxxxxxxxxx'"])
def test_many_large_answers_are_not_kept_side_by_side(name: str) -> None:
    student = student_of(Forger(named(name)))
    student.begin_row(20)
    tracemalloc.start()
    try:
        values = list(student.call_each("f", [()] * 200))
        grown = tracemalloc.get_traced_memory()[1] / (1 << 20)
    finally:
        tracemalloc.stop()
    assert len(values) == 200
    assert values[-1] == Other("answer that is too large beside the others")
    assert type(values[0]) is not Other
    assert grown < 16
