"""Planted copies are found, independent answers are not; every group is judged by comparing all pairs."""

from __future__ import annotations

import random
import time
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.blind.similarity import ALIKE, compared, likeness, shingles
from tests.autograder.blind.written_answers import INDEPENDENT, changed, classful, essay

DRAW = random.Random(3)
A = INDEPENDENT[0]


def alike(one: frozenset[str], other: frozenset[str]) -> Fraction:
    """|A & B| / |A | B|, 0 where both are empty."""
    union = len(one | other)
    return Fraction(len(one & other), union) if union else Fraction(0)


def reordered(text: str) -> str:
    sentences = text.rstrip(".").split(". ")
    return ". ".join(sentences[2:] + sentences[:2]) + "."


@pytest.mark.parametrize("original", INDEPENDENT, ids=lambda text: text[:12])
@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(lambda text: text.upper(), id="case"),
        pytest.param(lambda text: text.replace(" ", "\n\n  "), id="white space"),
        pytest.param(lambda text: text.replace(",", "").replace(".", " !"), id="punctuation"),
        pytest.param(reordered, id="sentences in another order"),
        pytest.param(lambda text: changed(text, 8, random.Random(1)), id="a word in eight changed"),
        pytest.param(lambda text: changed(text, 15, random.Random(1)), id="a word in fifteen changed"),
        pytest.param(lambda text: changed(reordered(text), 12, random.Random(1)), id="changed and reordered"),
        pytest.param(lambda text: "My answer to this is as follows. " + text + " That is all.", id="framed"),
        pytest.param(lambda text: text[: 2 * len(text) // 3], id="a third left out"),
        pytest.param(lambda text: text.translate({ord("e"): "\uff45"}), id="full-width letters"),
    ],
)
def test_copies_are_alike(original: str, copy: object) -> None:
    assert callable(copy)
    found = alike(shingles(original), shingles(copy(original)))
    assert found >= Fraction(4, 10) > ALIKE  # clear of the threshold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *((INDEPENDENT[i], INDEPENDENT[j]) for i in range(3) for j in range(i)),
        ("The forget gate is at most one.", "Because the forget gate multiplies the gradient and never exceeds one"),
        ("skip connections", "skip connections help the gradient"),
        ("left", "right"),
        ("", ""),
        ("?", "!"),
    ],
)
def test_the_same_topic_is_not_alike(one: str, other: str) -> None:
    assert alike(shingles(one), shingles(other)) <= Fraction(15, 100) < ALIKE


def test_one_word_in_all_its_ways() -> None:
    assert shingles("Re\u0301sume\u0301 \ufb01nal \uff47ate") == shingles("r\u00e9sum\u00e9 FINAL gate")


def test_writings_without_spaces() -> None:
    assert (
        alike(shingles("遗忘门在零和一之间所以梯度不会爆炸"), shingles("遗忘门在零和一之间,因此梯度不会爆炸")) > ALIKE
    )


words = (st.lists(st.sampled_from("abcde"), max_size=7) | st.lists(st.sampled_from("ab"), max_size=9)).map(" ".join)


@given(
    texts=st.lists(words, max_size=9),
    least=st.sampled_from([Fraction(1, 10), Fraction(3, 10), Fraction(1, 2), Fraction(1)]),
)
def test_judged_by_all_pairs(texts: list[str], least: Fraction) -> None:
    found = likeness(texts, least)
    sets = [shingles(text) for text in texts]
    near = {(i, j) for i in range(len(texts)) for j in range(len(texts)) if i != j and alike(sets[i], sets[j]) >= least}
    # Every answer once; all of a group like its centre.
    assert sorted(at for group in found.groups for at in group.members) == list(range(len(texts)))
    assert all((group.members[0], at) in near for group in found.groups for at in group.members[1:])
    # No two centres are like each other: what could be together is.
    centres = [group.members[0] for group in found.groups]
    assert not {(i, j) for i in centres for j in centres} & near
    # Chains are the connected components, and follow one another.
    first = list(range(len(texts)))
    for _ in texts:
        for i, j in near:
            first[i] = first[j] = min(first[i], first[j])
    chains = [group.chain for group in found.groups]
    assert all(first[at] == group.chain for group in found.groups for at in group.members)
    assert chains == sorted(chains)
    for here, nearest in enumerate(found.nearest):
        others = [alike(sets[here], sets[j]) for i, j in near if i == here]
        assert (nearest is None) == (not others)
        if nearest is not None:
            assert nearest[1] == max(others) == alike(sets[here], sets[nearest[0]])


def test_the_nearest_is_the_most_alike() -> None:
    """Not the first that is alike enough."""
    texts = [A, changed(A, 15, random.Random(1)), A + " Indeed."]
    assert [nearest[0] if nearest else None for nearest in likeness(texts).nearest] == [2, 0, 0]


def test_a_chain_glues_nothing() -> None:
    """Each half shared with the next: neighbours are alike, the ends are strangers."""
    rng = random.Random(5)
    halves = [essay(rng, 40) for _ in range(6)]
    texts = [f"{halves[i]} {halves[i + 1]}" for i in range(5)]
    found = likeness(texts)
    assert {group.chain for group in found.groups} == {0}
    assert sorted(len(group.members) for group in found.groups) == [2, 3]
    for group in found.groups:
        centre = shingles(texts[group.members[0]])
        assert all(alike(centre, shingles(texts[at])) >= ALIKE for at in group.members)
    assert alike(shingles(texts[0]), shingles(texts[4])) == 0


def test_thousands_take_seconds() -> None:
    """12 million pairs; a thousand of the answers are copies of one."""
    texts = [answer.text for answer in classful(4000)] + [changed(A, 10, DRAW) for _ in range(1000)]
    began = time.perf_counter()
    found = likeness(texts)
    assert time.perf_counter() - began < 30  # 2 s on an idle machine
    copies = max(found.groups, key=lambda group: len(group.members))
    assert len([at for at in copies.members if at >= 4000]) > 950
    assert all(at >= 4000 or texts[at].startswith("The error signal") for at in copies.members)


@example(one="\u00bc", other="")
@given(one=words | st.text(max_size=30), other=words)
def test_compared_is_the_text(one: str, other: str) -> None:
    assert "".join(piece for piece, _ in compared(one, other)) == one
    assert not any(mark for _, mark in compared(one, one))


def test_compared_marks_what_is_new() -> None:
    assert compared("It is the forget gate, indeed.", "it is the FORGET gate!") == (
        ("It is the forget gate, ", False),
        ("indeed", True),
        (".", False),
    )
