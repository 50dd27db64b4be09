"""Letters: the nodes near a step and the weights, by which expressions and what a function reads are compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from reference.diagnosis.lstm.forms import State, at
from reference.diagnosis.lstm.settings import Setting
from reference.diagnosis.lstm.words import listed

NODES = "xifogch"
NEAR = re.compile(r"\b[ifogchx]\(t(?:[+-]1)?\)|\bw_\w\w\b")
FAR = re.compile(r"\b([ifogchx])\((?!t\)|t[+-]1\))|\b(?:all|array) ([ifogchx])\b")
Place = tuple[Setting, int]


@lru_cache(maxsize=8192)
def letters_of(text: str) -> frozenset[str]:
    """The letters of an expression: "c(t)", "w_hi"; "c" for c at a step further away."""
    near = frozenset(NEAR.findall(text))
    return near if FAR.search(text) is None else near.union(a or b for a, b in FAR.findall(text))


def read_letters(read: Sequence[frozenset[State]], places: Sequence[Place]) -> frozenset[str]:
    """The letters of what is read in some settings; of what is not at the same steps in all, the name alone too."""
    found = {letter(state, t) for own, (_, t) in zip(read, places, strict=True) for state in own}
    steps = [{(name, n - t) for name, n in own if n is not None} for own, (_, t) in zip(read, places, strict=True)]
    some, all_ = set().union(*steps), set.intersection(*steps) if steps else set()
    return frozenset(found | {name for name, _ in some - all_})


def letter(state: State, t: int) -> str:
    """A node near step t or a weight by its name; the name of a node alone if its step is further away."""
    name, n = state
    return name if n is None or abs(n - t) > 1 else f"{name}{at(n - t)}"


def widened(letters: frozenset[str]) -> frozenset[str]:
    """With those that can be made of these: g(t) of w_xg, x(t), w_hg, h(t-1); c(t) of h(t) and o(t)."""
    found = set(letters)
    for shift in (0, 1, -1):
        when, before = at(shift), at(shift - 1)
        for gate in "ifog":
            if {f"w_x{gate}", f"x{when}"} <= found or {f"w_h{gate}", f"h{before}"} <= found:
                found |= {f"{gate}{when}"}
        for whole in ((f"h{when}", f"o{when}", f"c{when}"), *_cell(when, before)):
            if len(found & set(whole)) >= len(whole) - 1:
                found |= set(whole)
    return frozenset(found)


def _cell(when: str, before: str) -> tuple[tuple[str, ...], ...]:
    cell, kept, new = f"c{when}", (f"f{when}", f"c{before}"), (f"i{when}", f"g{when}")
    return (cell, *kept, *new), (cell, *kept, new[0]), (cell, *new, kept[0])


def moved(letters: frozenset[str], by: int) -> frozenset[str]:
    """The same letters, as they are called where t counts as a step that is later by so much."""
    found = {letter for letter in letters if "(" not in letter}
    for shift in (0, 1, -1):
        there = shift + by
        found |= {
            f"{name}{at(shift)}" for name in NODES if (f"{name}{at(there)}" if abs(there) <= 1 else name) in letters
        }
    return frozenset(found)


def described(read: Sequence[frozenset[State]], places: Sequence[Place]) -> str:
    """What is read, in words: "o(t), c(t-1) and w_hi"; "f(t+1) to f(T)"."""
    names = dict.fromkeys(name for name in (*NODES, *sorted({s[0] for own in read for s in own})))
    words = [word for name in names for word in _of_one(name, read, places)]
    weights = [word for word in words if word.startswith("w_")]
    if len(weights) > 4:
        words = [*(word for word in words if word not in weights), f"{len(weights)} weights"]
    return listed(words) if words else ""


def _of_one(name: str, read: Sequence[frozenset[State]], places: Sequence[Place]) -> list[str]:
    if name.startswith("w_"):
        return [name] if any((name, None) in own for own in read) else []
    steps = [{n for own_name, n in own if own_name == name and n is not None} for own in read]
    if not any(steps):
        return []
    if all(steps) and len({frozenset(n - t for n in own) for own, (_, t) in zip(steps, places, strict=True)}) == 1:
        offsets = sorted(n - places[0][1] for n in steps[0])
        if len(offsets) <= 3:
            return [f"{name}{at(offset)}" for offset in offsets]
    for text, span in SPANS:
        if all(own == set(span(s, t)) for own, (s, t) in zip(steps, places, strict=True)):
            return [text.replace("{}", name)]
    return [f"{name} at several steps"]


SPANS: tuple[tuple[str, Callable[[Setting, int], Sequence[int]]], ...] = (
    ("{}(T)", lambda s, t: [s.T]),
    ("{}(1)", lambda s, t: [1]),
    ("{}(0)", lambda s, t: [0]),
    ("{}(T+1)", lambda s, t: [s.T + 1]),
    ("{}(T-1)", lambda s, t: [s.T - 1]),
    ("{}(T-t)", lambda s, t: [s.T - t]),
    ("{}(T+1-t)", lambda s, t: [s.T + 1 - t]),
    ("{}(t) to {}(T)", lambda s, t: range(t, s.T + 1)),
    ("{}(t+1) to {}(T)", lambda s, t: range(t + 1, s.T + 1)),
    ("{}(t+2) to {}(T)", lambda s, t: range(t + 2, s.T + 1)),
    ("{}(0) to {}(t)", lambda s, t: range(t + 1)),
    ("{}(1) to {}(t)", lambda s, t: range(1, t + 1)),
    ("{}(0) to {}(t-1)", lambda s, t: range(t)),
    ("{}(1) to {}(t-1)", lambda s, t: range(1, t)),
    ("{}(1) to {}(T)", lambda s, t: range(1, s.T + 1)),
    ("{} at every step", lambda s, t: range(s.T + 2)),
    ("{}(0) to {}(T)", lambda s, t: range(s.T + 1)),
)
