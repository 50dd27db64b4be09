"""A student without a process: a table of functions and constants, for tests of the specs and the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograder.grading.coerce import text
from autograder.grading.student import Crashed, Fault, Missing, Unanswered
from autograder.sandbox.conversion import Converter
from autograder.sandbox.decoding import Room, decode
from autograder.sandbox.values import Array, Record


class FakeStudent:
    """Answers like `Student`, but in this process: only for code that we wrote."""

    def __init__(self, **names: Any) -> None:
        self.names: Mapping[str, Any] = names
        self.calls: list[tuple[Any, ...]] = []

    def call(self, function: str, *arguments: Any) -> Any:
        """Calls a function once."""
        return self.call_many(function, [arguments])[0]

    def call_many(self, function: str, argument_tuples: Sequence[Sequence[Any]]) -> list[Any]:
        """Calls a function; raises the first Fault."""
        values = self.call_each(function, argument_tuples)
        for value in values:
            if isinstance(value, Fault):
                raise value
        return values

    def call_each(self, function: str, argument_tuples: Sequence[Sequence[Any]]) -> list[Any]:
        """Calls a function; a Fault stands for a call that failed."""
        found = self.read(function)
        return [self._one(found, function, [_given(a) for a in arguments]) for arguments in argument_tuples]

    def changes(self, function: str, *arguments: Any) -> list[tuple[int, str]]:
        """Which fields of its records a function changes in place."""
        now, was = [_given(a) for a in arguments], [_given(a) for a in arguments]
        self.read(function)(*now)
        return [
            (place, field)
            for place, record in enumerate(was)
            if isinstance(record, SimpleNamespace)
            for field, value in vars(record).items()
            if not np.array_equal(getattr(now[place], field), value, equal_nan=True)
        ]

    def call_watched(self, function: str, *arguments: Any) -> tuple[Any, str]:
        """Calls a function once; nothing is watched."""
        return self.call(function, *arguments), ""

    def _one(self, function: Callable[..., Any], name: str, arguments: list[Any]) -> Any:
        self.calls.append(tuple(arguments))
        blobs = bytearray()
        try:
            header = Converter().encode(function(*arguments), blobs)
        except NotImplementedError:
            return Unanswered(f"{name}: not answered yet.")
        except Exception as error:
            return Crashed(f"{name} raised {type(error).__name__}: {error}")
        return decode(header, bytes(blobs), Room())

    def read(self, name: str) -> Any:
        """A name's value."""
        if name not in self.names:
            raise Missing(f"there is no {name}")
        return self.names[name]

    def text(self, name: str) -> str:
        """A text that is not empty."""
        found = text(self.read(name))
        if not found:
            raise Unanswered(f"{name} is empty: not answered yet.")
        return found

    def function(self, name: str) -> Callable[..., Any]:
        """A function to call."""
        return lambda *arguments: self.call(name, *arguments)

    def begin_row(self, seconds: float, visibility: str = "visible") -> None:
        """Nothing to time."""

    def printed(self) -> str:
        """Nothing is printed."""
        return ""

    def close(self) -> None:
        """Nothing to end."""


def _given(value: Any) -> Any:
    if isinstance(value, Record):
        return SimpleNamespace(**{name: _given(field) for name, field in value.fields.items()})
    return np.array(value.items, dtype=value.dtype) if isinstance(value, Array) else value
