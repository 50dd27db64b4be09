"""Figures for the tests of the renderers: of random networks, and small ones by hand."""

from __future__ import annotations

import random
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from autograder.core.figure import Addition, Asked, Edge, Values
from autograder.core.outcome import Mark, Outcome, Report
from autograder.maths.threshold.addition import decide
from autograder.maths.threshold.automaton import steps
from autograder.maths.threshold.network import Network


def weights(rng: random.Random) -> dict[str, Any]:
    """Small weights; halves in the biases keep sums from being zero."""

    def row(count: int, offset: Fraction = Fraction(0)) -> list[Fraction]:
        return [rng.randint(-3, 3) + offset for _ in range(count)]

    half = Fraction(1, 2)
    return {
        "Wxh": [row(2) for _ in range(3)],
        "Whh": [row(3) for _ in range(3)],
        "bh": row(3, half),
        "Why": row(3),
        "by": row(1, half)[0],
    }


def addition(seed: int) -> tuple[Addition, dict[str, Any]]:
    """The figure of a random network, with its weights."""
    given = weights(random.Random(seed))
    return automaton(given), given


def automaton(weights: dict[str, Any]) -> Addition:
    """The figure of a network, for step(z) = [z > 0]."""
    network = Network.of(**weights)
    found = decide(network, "strict").counterexample
    edges = tuple(Edge(text(s.before), text(s.x), text(s.after), str(s.y)) for s in steps(network, "strict"))
    if found is None:
        return Addition("step(z) = [z > 0]", edges)
    state = text(found.hidden[found.column])
    read = text(number >> found.column & 1 for number in (found.a, found.b))
    wrong = next(edge for edge in edges if (edge.before, edge.read) == (state, read))
    return Addition("step(z) = [z > 0]", edges, found.timeline(), found.cause(), wrong)


def text(bits: Iterable[int]) -> str:
    """Bits side by side: "010"."""
    return "".join(map(str, bits))


VALUES = Values(
    "h_bar",
    (
        Asked("t = 1, T = 3", 0.25, 0.25, True),
        Asked("t = 2, T = 3", -1.5, -1.25, False),
        Asked("t = 3, T = 4", 0.5, float("nan"), False),
    ),
    Asked("t = 2, T = 3", -1.5, -1.25, False),
    (("s.x", (0.0, 1.5)), ("s.T", 3), ("bar.h", (float("nan"), 2.0)), ("w.xi", 0.1)),
    "h_bar(2, s, bar, w)",
)


def mark(number: str = "1.3", outcome: Outcome = Outcome.FAILED, **more: Any) -> Mark:
    """A mark of one point."""
    return Mark(**{"number": number, "title": f"Row {number}", "outcome": outcome, "max_points": Fraction(1)} | more)


def report(*marks: Mark) -> Report:
    """A report of these marks."""
    return Report(marks, seed="891", rubric_hash="abc123", version="1.2.3", seconds=0.5, assignment="Practice")
