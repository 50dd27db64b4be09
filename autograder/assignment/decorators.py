"""Decorators of specs, and the types that a row's parameters may have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec

from autograder.assignment import credit
from autograder.assignment.rng import Presample

# The types that a row's parameters may have.
Count = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Points = Annotated[float, msgspec.Meta(ge=0, le=1000)]
Flag = bool
Names = Annotated[list[str], msgspec.Meta(min_length=1)]  # a list, as a stored finding holds it
StepAtZero = Literal["either", "strict", "inclusive"]


def credited_by(rule: credit.Rule, **parameters: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: the credit rule of a spec, and the parameters it takes with their types.

    >>> @credited_by(credit.bound, loose_credit=Share)
    ... def test_connections(student, award, params, reference): ...
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        function.__credit__ = rule  # type: ignore[attr-defined]
        function.__parameters__ = parameters  # type: ignore[attr-defined]
        return function

    return decorate


def hinted_by(make: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: what `check --hint` says of a row that is not full, `make(student, draw, params) -> Hint`.

    >>> @hinted_by(lambda student, draw, params: Hint(("sign: the other one.",)))
    ... def test_mean(student, award, draw, params, reference): ...
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        function.__hint__ = make  # type: ignore[attr-defined]
        return function

    return decorate


def presample(make: Presample) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: what a spec samples before it asks the student, `make(draw, params)`, read by `draw.presampled()`.

    >>> @presample(lambda draw, params: [draw.random() for _ in range(params.calls)])
    ... def test_mean(student, award, draw, params, reference): ...
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        function.__presample__ = make  # type: ignore[attr-defined]
        return function

    return decorate
