"""The order in which a grader reads the answers to one question: shuffled, but alike ones together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

import msgspec

from autograder.blind.codes import Coded, fingerprint, shuffled
from autograder.blind.similarity import likeness


class Alike(msgspec.Struct, frozen=True):
    """One distinct text in its place on the page.

    holders: the submissions that hold it. first: whether a bunch begins here. like: the text that is most like it, and
    how much, or None.
    """

    text: str
    holders: tuple[str, ...]
    first: bool
    like: tuple[str, Fraction] | None


def arranged(texts_of: Mapping[str, str], coded: Mapping[str, Coded], row: str, seed: str) -> tuple[Alike, ...]:
    """The distinct texts in the order of the page.

    texts_of: the answers by submission, "" for none. coded: the codes that there are, by submission; those come first,
    in the order of their numbers, then new ones as shuffled, but alike ones together. What is alike is decided in an
    order of its own, so that it does not depend on the codes.
    """
    order = shuffled((one for one, text in texts_of.items() if text), row, seed)
    order.sort(key=lambda one: coded[one].place if one in coded else math.inf)
    holders: dict[str, list[str]] = {}
    for submission in order:
        holders.setdefault(texts_of[submission], []).append(submission)
    rank = {text: at for at, text in enumerate(holders)}
    texts = sorted(holders, key=fingerprint)
    found = likeness(texts)
    chains: dict[int, int] = {}
    for group in found.groups:
        first = min(rank[texts[at]] for at in group.members)
        chains[group.chain] = min(first, chains.get(group.chain, first))
    in_order: list[Alike] = []
    for group in sorted(found.groups, key=lambda one: (chains[one.chain], min(rank[texts[at]] for at in one.members))):
        centre, *others = group.members
        for at in (centre, *sorted(others, key=lambda at: rank[texts[at]])):
            near = found.nearest[at]
            like = (texts[near[0]], near[1]) if near else None
            in_order.append(Alike(texts[at], tuple(holders[texts[at]]), at == centre, like))
    return tuple(in_order)
