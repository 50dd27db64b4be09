"""The jail that a process which grades keeps: one at a time, however many batches it serves."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from autograder.regrade import task as work


class FakeJail:
    """Notes when it is closed."""

    def __init__(self, root: Path, hidden: Iterable[str]) -> None:
        self.hidden = tuple(hidden)
        self.closed = 0

    def __enter__(self) -> FakeJail:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed += 1


def test_a_process_keeps_one_jail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "jail_of", FakeJail)
    here = Path("here")
    first = work._jail(here, ("a",))
    assert work._jail(here, ("a",)) is first
    second = work._jail(here, ("a", "b"))
    assert isinstance(first, FakeJail)
    assert isinstance(second, FakeJail)
    assert (first.closed, second.closed, second.hidden) == (1, 0, ("a", "b"))
    third = work._jail(Path("elsewhere"), ("a", "b"))
    assert third is not second
    work._OPEN.close()
    work._jail.cache_clear()
    assert isinstance(third, FakeJail)
    assert (second.closed, third.closed) == (1, 1)
