"""At which steps is an equation wrong? A condition on t, T or T - t that parts the wrong calls from the right ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple


class Judged(NamedTuple):
    """One call that was judged: T, t (None for w_xi_bar), and whether its value was right."""

    T: int
    t: int | None
    right: bool


def wrong_where(steps: Sequence[Judged]) -> str:
    """What to say of steps of which some are right and some wrong; "" if they are not.

    If one condition alone holds at every wrong step and at no right one, it is said; else an example of each.
    """
    right, wrong = [call for call in steps if call.right], [call for call in steps if not call.right]
    if not right or not wrong:
        return ""
    found = [text for text, holds in _conditions(steps) if all(holds(call) != call.right for call in steps)]
    if len(found) == 1:
        return f"is wrong where {found[0]}, and right at the other steps that were tried"
    return f"is wrong at some steps ({_at(wrong[0])}) and right at others ({_at(right[0])})"


def _at(call: Judged) -> str:
    return f"T = {call.T}" if call.t is None else f"t = {call.t}, T = {call.T}"


def _conditions(judged: Sequence[Judged]) -> Iterator[tuple[str, Callable[[Judged], bool]]]:
    values: dict[str, Callable[[Judged], int]] = {"T": lambda call: call.T}
    if all(call.t is not None for call in judged):
        values |= {"t": lambda call: call.t or 0, "T - t": lambda call: call.T - (call.t or 0)}
    for name, value in values.items():
        seen = sorted({value(call) for call in judged})
        yield from ((f"{name} = {k}", lambda call, v=value, k=k: v(call) == k) for k in seen)
        yield from ((f"{name} >= {k}", lambda call, v=value, k=k: v(call) >= k) for k in seen[1:])
        yield from ((f"{name} < {k}", lambda call, v=value, k=k: v(call) < k) for k in seen[1:])
