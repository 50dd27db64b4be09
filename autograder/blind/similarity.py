"""Which written answers are much alike, by the words they share.

An answer is the set of its runs of `WORDS` words in a row ("shingles"); two answers are as alike as the part of all
their shingles that they share, |A & B| / |A | B|, from 0 to 1 (A. Broder, "On the resemblance and containment of
documents", 1997). Case, punctuation, space and the order of sentences hardly matter to it; the topic alone does not
make two answers alike. Every pair is decided exactly, without comparing every pair: an index from shingles to answers
counts, for one answer at a time, what it shares with each earlier one.

A group is a centre and the answers that are like that centre. So a chain (A like B, B like C, A not like C) glues
nothing: C is in a group with A only if both are like one answer. A chain only stands together in the order.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

import msgspec
import numpy as np
from numpy.typing import NDArray

WORDS = 3
# Copies in which one word in eight is changed reach 0.4 and more; different answers to one question stay below 0.15.
# (tests/autograder/blind/test_similarity.py holds both.)
ALIKE = Fraction(3, 10)
# A word with its combining accents, or one character of the writings that put no space between words.
_NO_SPACES = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(f"[{_NO_SPACES}]|(?:[^\\W{_NO_SPACES}]|[\u0300-\u036f])+")


class Group(msgspec.Struct, frozen=True):
    """Answers that are like the first of them: their places in the input, the centre first, the others ascending.

    chain: the first answer of all that a chain of likenesses connects with these.
    """

    members: tuple[int, ...]
    chain: int


class Likeness(msgspec.Struct, frozen=True):
    """How a question's answers are alike.

    groups: every answer stands in exactly one; groups that a chain of likenesses connects follow one another.
    nearest: for each answer, the one it is most like and how much, or None where none is alike enough.
    """

    groups: tuple[Group, ...]
    nearest: tuple[tuple[int, Fraction] | None, ...]


def shingles(text: str) -> frozenset[str]:
    """The runs of `WORDS` words; of a shorter text, the text's words as one run; of a text without a word, none.

    >>> sorted(shingles("The forget gate, the FORGET gate!"))
    ['forget gate the', 'gate the forget', 'the forget gate']
    """
    words = [_told(word) for word in _WORD.findall(text)]
    runs = [words[i : i + WORDS] for i in range(max(len(words) - WORDS + 1, 1))]
    return frozenset(" ".join(run) for run in runs if run)


def _told(word: str) -> str:
    """A word as all its ways to be written: case, ligatures, full-width letters, composed or combining accents."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())


def likeness(texts: Sequence[str], least: Fraction = ALIKE) -> Likeness:
    """Groups the answers at a likeness of at least `least`, above 0 and at most 1. The same input, the same groups."""
    near, nearest = _pairs([shingles(text) for text in texts], least)
    return Likeness(_groups(near), nearest)


Places = NDArray[np.int64]


def _pairs(
    answers: Sequence[frozenset[str]], least: Fraction
) -> tuple[list[Places], tuple[tuple[int, Fraction] | None, ...]]:
    """For each answer, all that are like it, ascending, and the one that is most like it (of equal ones the first)."""
    count, sizes = len(answers), np.array([len(answer) for answer in answers], dtype=np.int64)
    postings = _postings(answers)
    near: list[Places] = []
    nearest: list[tuple[int, Fraction] | None] = []
    for here, answer in enumerate(answers):
        held = [postings[shingle] for shingle in answer if len(postings[shingle]) > 1]
        shared = np.bincount(np.concatenate(held), minlength=count) if held else np.zeros(count, dtype=np.int64)
        union = sizes + sizes[here] - shared
        found = np.flatnonzero((shared > 0) & (shared * least.denominator >= union * least.numerator))
        found = found[found != here]
        near.append(found)
        nearest.append(_most_alike(found, shared[found], union[found]))
    return near, tuple(nearest)


def _most_alike(found: Places, shared: Places, union: Places) -> tuple[int, Fraction] | None:
    """Which of `found` shares most. Equal fractions are equal floats, and unequal ones of such sizes are not."""
    if not len(found):
        return None
    best = int(np.argmax(shared / union))
    return int(found[best]), Fraction(int(shared[best]), int(union[best]))


def _postings(answers: Sequence[frozenset[str]]) -> dict[str, Places]:
    """The answers that hold each shingle, ascending."""
    postings: dict[str, list[int]] = {}
    for here, answer in enumerate(answers):
        for shingle in answer:
            postings.setdefault(shingle, []).append(here)
    return {shingle: np.array(places, dtype=np.int64) for shingle, places in postings.items()}


def _groups(near: Sequence[Places]) -> tuple[Group, ...]:
    """Stars: who is like most others is the next centre, and takes those that have no group yet."""
    taken = [False] * len(near)
    chains = _chains(near)
    stars: list[Group] = []
    for centre in sorted(range(len(near)), key=lambda at: (-len(near[at]), at)):
        if taken[centre]:
            continue
        members = [centre, *(int(at) for at in near[centre] if not taken[at])]
        for member in members:
            taken[member] = True
        stars.append(Group(tuple(members), chains[centre]))
    return tuple(sorted(stars, key=lambda star: (star.chain, min(star.members))))


def _chains(near: Sequence[Places]) -> list[int]:
    """For each answer, the first one that a chain of likenesses connects it with."""
    first = np.full(len(near), -1, dtype=np.int64)
    for start in range(len(near)):
        waiting = [start] if first[start] < 0 else []
        first[waiting] = start
        while waiting:
            reached = near[waiting.pop()]
            fresh = reached[first[reached] < 0]
            first[fresh] = start
            waiting.extend(fresh.tolist())
    return [int(one) for one in first]


def compared(text: str, other: str) -> tuple[tuple[str, bool], ...]:
    """The text in pieces, each with whether it is in no run of words that `other` has as well.

    >>> compared("a b c d x", "a b c d y")
    (('a b c d ', False), ('x', True))
    """
    words = list(_WORD.finditer(text))
    told = [_told(word[0]) for word in words]
    shared, size = shingles(other), min(WORDS, len(words))
    covered = [False] * len(words)
    for start in range(len(words) - size + 1):
        if " ".join(told[start : start + size]) in shared:
            covered[start : start + size] = [True] * size
    pieces: list[tuple[str, bool]] = []
    end = 0
    for own, run in groupby(range(len(words)), key=lambda at: not covered[at]):
        if own:
            places = list(run)
            start, stop = words[places[0]].start(), words[places[-1]].end()
            pieces += [(text[end:start], False), (text[start:stop], True)]
            end = stop
    return tuple(piece for piece in (*pieces, (text[end:], False)) if piece[0])
