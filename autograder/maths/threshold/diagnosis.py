"""Would a wrong threshold network be right if its weights were read another way?

People hand in right networks in another notation: Whh transposed, biases meant as thresholds, an initial state of their
own. Each such reading is tried and decided for all additions; the simplest that make the network right are told, one
sentence each. A sentence is a fact about the student's own network and gives no weight away.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import msgspec
from msgspec.structs import replace

from autograder.maths.threshold.addition import decide
from autograder.maths.threshold.network import CONVENTIONS, STATES, Hidden, Network

_STEP_AT_ZERO = {"strict": 0, "inclusive": 1}
_TRANSPOSED_HINT = "row i of Whh holds the weights into hidden unit i, column j the weights from hidden unit j"
_THRESHOLD_HINT = "a bias is added, so a threshold becomes a bias of the opposite sign"


class _Reading(msgspec.Struct, frozen=True):
    """Another way to read a network.

    transposed: Whh. subtracted: the biases that are, "", "bh", "by" or "bh and by". other_step: under the conventions
    that the homework does not take. other_start: from an h(0) other than 0.
    """

    transposed: bool
    subtracted: str
    other_step: bool
    other_start: bool

    @property
    def changes(self) -> int:
        """How many things are read differently: the simplest explanation has the fewest."""
        return self.transposed + bool(self.subtracted) + self.other_step + self.other_start

    def of(self, network: Network) -> Network:
        return replace(
            network,
            Whh=tuple(zip(*network.Whh, strict=True)) if self.transposed else network.Whh,
            bh=tuple(-bias for bias in network.bh) if "bh" in self.subtracted else network.bh,
            by=-network.by if "by" in self.subtracted else network.by,
        )


_READINGS = sorted(
    itertools.starmap(
        _Reading, itertools.product((False, True), ("", "bh", "by", "bh and by"), (False, True), (False, True))
    ),
    key=lambda reading: reading.changes,
)


def diagnose(network: Network, conventions: Sequence[str] = CONVENTIONS) -> tuple[str, ...]:
    """Sentences that say under which other readings a wrong network is right for all numbers: the simplest only.

    Readings: Whh transposed; bh, by or both subtracted instead of added; another h(0); a step convention that is not
    in `conventions` (those under which the homework takes an answer); and combinations, told only if no simpler
    reading helps. Empty if there is none, or if the network is right as it is. Raises ValueError for an unknown
    convention.
    """
    if any(decide(network, convention).correct for convention in conventions):
        return ()
    tried = {(network, False, False)}
    for changes in range(1, _READINGS[-1].changes + 1):
        told: list[str] = []
        for reading in (reading for reading in _READINGS if reading.changes == changes):
            variant = (reading.of(network), reading.other_step, reading.other_start)
            if variant not in tried:  # with a symmetric Whh or a bias of zero, nothing is read differently
                tried.add(variant)
                told.extend(_sentences(reading, variant[0], conventions))
        if told:
            return tuple(told)
    return ()


def _sentences(reading: _Reading, network: Network, conventions: Sequence[str]) -> Iterator[str]:
    """What the reading explains: one sentence for each set of initial states that makes the network right."""
    steps = [step for step in CONVENTIONS if step not in conventions] if reading.other_step else list(conventions)
    starts = [start for start in STATES if any(start) == reading.other_start]
    right: dict[tuple[Hidden, ...], list[str]] = {}
    for step in steps:
        found = tuple(start for start in starts if decide(network, step, start=start).correct)
        if found:
            right.setdefault(found, []).append(step)
    for found, under in right.items():
        yield _sentence(reading, found, under if reading.other_step or under != steps else [])


def _sentence(reading: _Reading, starts: Sequence[Hidden], steps: Sequence[str]) -> str:
    """The conditions, then a hint for each. steps: the conventions to name, none if it does not matter."""
    conditions, hints = [], []
    if reading.transposed:
        conditions.append("Whh is transposed")
        hints.append(_TRANSPOSED_HINT)
    if reading.subtracted:
        conditions.append(f"{reading.subtracted} {'are' if ' ' in reading.subtracted else 'is'} subtracted, not added")
        hints.append(_THRESHOLD_HINT)
    if reading.other_start:
        conditions.append(f"h(0) is {_either(starts)}")
        hints.append("here h(0) is (0, 0, 0)")
    for step in steps:
        conditions.append(f"step(0) is {_STEP_AT_ZERO[step]}")
        if reading.other_step:
            hints.append(f"here step(0) is {1 - _STEP_AT_ZERO[step]}")
    why = f": {'; '.join(hints)}" if hints else ""
    return f"Your network is right for all numbers if {' and '.join(conditions)}{why}."


def _either(starts: Sequence[Hidden]) -> str:
    *others, last = map(str, starts)
    return f"{', '.join(others)} or {last}" if others else last
