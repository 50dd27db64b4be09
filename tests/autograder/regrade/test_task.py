"""The jail that a process which grades keeps: one at a time, however many batches it serves."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from autograder.regrade import task as work


class FakeJail:
    """Notes when it is closed."""

    def __init__(self, hidden: Iterable[str]) -> None:
        self.hidden = tuple(hidden)
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


def test_a_process_keeps_one_jail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "jail_of", FakeJail)
    kept = work._TheJail()
    first = kept.that_hides(("a",))
    assert kept.that_hides(("a",)) is first
    second = kept.that_hides(("a", "b"))
    assert isinstance(first, FakeJail)
    assert isinstance(second, FakeJail)
    assert (first.closed, second.closed, second.hidden) == (1, 0, ("a", "b"))
    kept.close()
    kept.close()
    assert second.closed == 1
    assert kept.that_hides(("a", "b")) is not second
