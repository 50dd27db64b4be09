"""Values that are made of the right terms of every step, put together in another way than asked."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from autograder.maths.lstm.problems import Call
from reference.diagnosis.lstm.equations import TERMS
from reference.diagnosis.lstm.functions import AROUND, Function, defined

SAME = 1e-9
OVER_TIME: tuple[tuple[str, Callable[[Sequence[float]], float]], ...] = (
    ("multiplies the steps with each other, where they are to be added", math.prod),
    ("takes the largest of the steps, where they are to be added", max),
    ("takes the largest of the steps, where they are to be added", lambda terms: max(0.0, *terms)),
    ("takes the smallest of the steps, where they are to be added", min),
    ("takes the smallest of the steps, where they are to be added", lambda terms: min(0.0, *terms)),
    ("takes the sizes of the steps before it adds them", lambda terms: math.fsum(map(abs, terms))),
    ("squares the steps before it adds them", lambda terms: math.fsum(v * v for v in terms)),
    *(
        (
            f"takes {text.format('each step')} before it adds them",
            lambda terms, f=function: math.fsum(defined(f, v) for v in terms),
        )
        for text, function in AROUND.items()
    ),
    ("takes the root of the sum of squares, where the steps are to be added", lambda terms: math.hypot(*terms)),
)
INSTEAD_OF_SUM: tuple[tuple[str, Callable[[Sequence[float]], float]], ...] = (
    ("takes the largest of its terms, where they are to be added", max),
    ("takes the smallest of its terms, where they are to be added", min),
)
AT_A_STEP: tuple[tuple[str, Callable[[int, int], tuple[int, int]]], ...] = (
    ("adds up all steps to t", lambda t, end: (1, t)),
    ("adds up all steps from t on", lambda t, end: (t, end)),
    ("adds up all steps", lambda t, end: (1, end)),
)


def put_together(equation: str, numbers: Sequence[tuple[Call, float]]) -> str | None:
    """What is done with the steps, if that gives every value: "adds up all steps to t, where only step t is asked".

    Equations of several terms are taken apart instead, but for the largest or smallest of them.
    """
    if len(TERMS[equation]) > 1:
        return next((text for text, way in INSTEAD_OF_SUM if _is_way(way, equation, numbers)), None)
    steps = [[_step(equation, call, n) for n in range(1, call.states.T + 1)] for call, _ in numbers]
    for text, values in _ways(equation, numbers, steps):
        if all(
            abs(value - said) <= SAME * max(abs(said), 1e-3) for value, (_, said) in zip(values, numbers, strict=True)
        ):
            return text
    return None


def _is_way(way: Callable[[Sequence[float]], float], equation: str, numbers: Sequence[tuple[Call, float]]) -> bool:
    return all(
        abs(value - way(terms)) <= SAME * max(abs(value), 1e-3)
        for call, value in numbers
        for terms in (
            [term.value(call.t, call.states, call.signals, call.problem.weights) for term in TERMS[equation]],
        )
    )


def _ways(
    equation: str, numbers: Sequence[tuple[Call, float]], steps: Sequence[Sequence[float]]
) -> Iterator[tuple[str, list[float]]]:
    if equation == "w_xi_bar":
        yield from ((text, [way(terms) for terms in steps]) for text, way in OVER_TIME)
        for text, function in AROUND.items():
            yield (
                f"takes {text.format('i_bar(t)')} before it is multiplied with the rest",
                [_of_signals(function, call) for call, _ in numbers],
            )
        return
    for text, way in AT_A_STEP:
        spans = [way(call.t or 0, call.states.T) for call, _ in numbers]
        sums = [math.fsum(terms[a - 1 : b]) for (a, b), terms in zip(spans, steps, strict=True)]
        yield f"{text}, where only step t is asked", sums
        means = [total / (b - a + 1) for (a, b), total in zip(spans, sums, strict=True)]
        yield f"takes the mean where it {text}; only step t is asked", means


def _of_signals(function: Function, call: Call) -> float:
    """The gradient of w_xi, with this function of each error signal."""
    s, bar = call.states, call.signals
    return math.fsum(defined(function, bar.i[n]) * s.i[n] * (1 - s.i[n]) * s.x[n] for n in range(1, s.T + 1))


def _step(equation: str, call: Call, n: int) -> float:
    """The right terms of step n alone."""
    return math.fsum(
        math.prod(factor.value(n, call.states, call.signals, call.problem.weights) for factor in term.factors)
        for term in TERMS[equation]
    )
