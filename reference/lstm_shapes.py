"""At which steps is an equation wrong? A condition on t, T or T - t that parts the wrong calls from the right ones."""

# The names are the homework's letters.
# ruff: noqa: N815

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec


class Judged(msgspec.Struct, frozen=True):
    """One call that was judged: T, t (None for w_xi_bar), and whether its value was right."""

    T: int
    t: int | None
    right: bool


def wrong_where(judged: Sequence[Judged]) -> str:
    """The condition that holds at every wrong call and at no right one, such as "t >= 4"; "" if there is none.

    At t = T all that comes back from t + 1 is 0: a call there tells nothing of a condition that only it breaks.
    """
    if not any(one.right for one in judged) or all(one.right for one in judged):
        return ""
    for text, holds in _conditions(judged):
        if all(holds(one) != one.right for one in judged):
            return text
    return ""


def _conditions(judged: Sequence[Judged]) -> Iterator[tuple[str, object]]:
    values = {"T": lambda one: one.T}
    if all(one.t is not None for one in judged):
        values |= {"t": lambda one: one.t, "T - t": lambda one: one.T - one.t}
    for name, value in values.items():
        seen = sorted({value(one) for one in judged})
        for k in seen:
            yield f"{name} = {k}", lambda one, v=value, k=k: v(one) == k
        for k in seen[1:]:
            yield f"{name} >= {k}", lambda one, v=value, k=k: v(one) >= k
            yield f"{name} < {k}", lambda one, v=value, k=k: v(one) < k
