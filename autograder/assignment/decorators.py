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


Spec = Callable[..., Any]


def _with_attributes(**attributes: Any) -> Callable[[Spec], Spec]:
    """Decorator: puts attributes on a spec, where `link.Check` reads them."""

    def decorate(function: Spec) -> Spec:
        for name, value in attributes.items():
            setattr(function, name, value)
        return function

    return decorate


def credited_by(rule: credit.Rule, **parameters: Any) -> Callable[[Spec], Spec]:
    """Decorator: the credit rule of a spec, and the parameters it takes with their types.

    >>> @credited_by(credit.bound, loose_credit=Share)
    ... def test_connections(student, award, params, reference): ...
    """
    return _with_attributes(__credit__=rule, __parameters__=parameters)


def hinted_by(make: Callable[..., Any]) -> Callable[[Spec], Spec]:
    """Decorator: what `check --hint` says of a row that is not full, `make(student, draw, params) -> Hint`.

    >>> @hinted_by(lambda student, draw, params: Hint(("sign: the other one.",)))
    ... def test_mean(student, award, draw, params, reference): ...
    """
    return _with_attributes(__hint__=make)


def presample(make: Presample) -> Callable[[Spec], Spec]:
    """Decorator: what a spec samples before it asks the student, `make(draw, params)`, read by `draw.presampled()`.

    >>> @presample(lambda draw, params: [draw.random() for _ in range(params.calls)])
    ... def test_mean(student, award, draw, params, reference): ...
    """
    return _with_attributes(__presample__=make)
