"""The decision on binary addition, against all additions of up to 8 columns."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.maths.threshold.addition import Counterexample, decide
from autograder.maths.threshold.network import CONVENTIONS, Network, add
from tests.autograder.maths.threshold_judge import Weights, judge, simulate
from tests.autograder.maths.threshold_samples import CANONICAL, HALF, corrupted, of_rows, right_network
from tests.autograder.maths.threshold_units import families, threshold_functions

ENUMERATED = [
    of_rows([row[:6], row[6:12], row[12:18], row[18:]])
    for line in Path(__file__).with_name("threshold_networks.txt").read_text().splitlines()
    if not line.startswith("#")
    for row in [[int(weight) for weight in line.split()]]
]


def changed(**weights: object) -> Weights:
    names = ("Wxh", "Whh", "bh", "Why", "by")
    return tuple(weights.get(name, value) for name, value in zip(names, CANONICAL, strict=True))  # type: ignore[return-value]


def disagreement(weights: Weights, convention: str) -> str | None:
    """What the decision and the judge say differently about the network; None if nothing."""
    decision, verdict = decide(Network.of(*weights), convention), judge(weights, convention == "strict")
    shown = decision.counterexample
    got = (
        decision.correct,
        shown and (shown.columns, shown.a, shown.b),
        set(decision.hidden_states),
        decision.zero_reached,
    )
    want = (verdict.wrong is None, verdict.wrong, set(verdict.hidden), verdict.zero)
    if got != want:
        return f"{convention}, {weights}: decided {got}, judged {want}"
    if shown is not None and list(shown.given) != simulate(
        weights, convention == "strict", shown.a, shown.b, shown.columns
    ):
        return f"{convention}, {weights}: the network does not say {shown.given} for {shown.a} + {shown.b}"
    return None


def disagreements(sample: list[Weights]) -> list[str]:
    found = (disagreement(weights, convention) for weights in sample for convention in CONVENTIONS)
    return [message for message in found if message]


def built(seed: int, count: int, digits: int = 2) -> list[tuple[Weights, frozenset[str]]]:
    rng = random.Random(seed)
    return [right_network(rng, digits=digits) for _ in range(count)]


def spoilt(seed: int, count: int) -> list[Weights]:
    rng = random.Random(seed)
    return [corrupted(rng, right_network(rng, digits=1)[0]) for _ in range(count)]


# The judge itself


def test_the_judge_agrees_with_a_simulation_one_number_at_a_time() -> None:
    for weights in [*spoilt(1, 12), CANONICAL]:
        for strict in (True, False):
            pairs = sorted(product(range(8), repeat=2), key=lambda pair: (sum(pair), pair))
            wrong = [
                (columns, a, b)
                for columns in (1, 2, 3)
                for a, b in pairs
                if max(a, b) < 2**columns
                and simulate(weights, strict, a, b, columns) != [(a + b) >> t & 1 for t in range(columns)]
            ]
            assert judge(weights, strict, columns=3).wrong == (wrong[0] if wrong else None)


# Right networks


@pytest.mark.parametrize("count", [120, pytest.param(20_000, marks=pytest.mark.certify)])
def test_right_networks_are_accepted_and_judged_right(count: int) -> None:
    sample = built(2, count)
    refused = [(w, c) for w, conventions in sample for c in conventions if not decide(Network.of(*w), c).correct]
    assert refused == []
    assert disagreements([weights for weights, _ in sample]) == []


def test_right_networks_in_very_long_numbers_are_accepted() -> None:
    sample = built(3, 20, digits=310)
    assert all(decide(Network.of(*weights), c).correct for weights, conventions in sample for c in conventions)
    assert disagreements([sample[0][0]]) == []


@settings(max_examples=60)
@given(st.randoms(use_true_random=False), st.integers(0, 2**40), st.integers(0, 2**40))
def test_a_network_decided_right_adds_long_numbers(rng: random.Random, a: int, b: int) -> None:
    weights, conventions = right_network(rng)
    for convention in conventions:
        given_bits = add(Network.of(*weights), convention, a, b, 42)
        assert sum(bit << t for t, bit in enumerate(given_bits)) == a + b
        assert given_bits == simulate(weights, convention == "strict", a, b, 42)


# Wrong networks


@pytest.mark.parametrize("count", [150, pytest.param(5_000, marks=pytest.mark.certify)])
def test_corrupted_networks_are_decided_as_judged(count: int) -> None:
    sample = spoilt(5, count)
    assert disagreements(sample) == []
    wrong = [weights for weights in sample if not decide(Network.of(*weights), "strict").correct]
    assert len(wrong) > count * 2 / 3


def test_networks_from_the_enumeration_are_decided_as_judged_however_late_they_fail() -> None:
    """Their biases are odd and their weights even, so that the conventions agree."""
    assert [message for weights in ENUMERATED if (message := disagreement(weights, "strict"))] == []
    first_wrong = Counter(
        shown.columns if (shown := decide(Network.of(*weights), "inclusive").counterexample) else None
        for weights in ENUMERATED
    )
    assert min(first_wrong[columns] for columns in (3, 4, 5, 6, None)) >= 30


@pytest.mark.certify
def test_no_wrong_network_is_right_for_six_columns() -> None:
    """Over every threshold function in every unit: 8 columns are more than enough, and so is the judge."""
    assert {inputs: len(threshold_functions(inputs)) for inputs in (3, 5)} == {3: 104, 5: 94_572}
    assert Counter(family.closed for family in families(6)) == {True: 54_801}
    assert Counter(family.closed for family in families(5)) == {True: 54_801, False: 132}


@pytest.mark.certify
def test_every_kind_of_right_network_and_every_latest_failure_is_decided_rightly() -> None:
    """One member of each; the judge sees every latest failure and every fifth right one."""
    rng = random.Random(8)
    for count, family in enumerate(families(5)):
        weights = of_rows(family.member(rng))
        shown = decide(Network.of(*weights), "strict").counterexample
        assert (shown and shown.columns) == (None if family.closed else 6)
        assert (family.closed and count % 5) or disagreement(weights, "strict") is None


# Facts of the homework


def test_the_example_of_the_homework() -> None:
    assert add(Network.of(*CANONICAL), "strict", 0b0101101, 0b0111010, 7) == [1, 1, 1, 0, 0, 1, 1]


def test_the_canonical_network_reaches_four_states_and_no_zero() -> None:
    for convention in CONVENTIONS:
        decision = decide(Network.of(*CANONICAL), convention)
        assert decision.correct
        assert decision.counterexample is None
        assert set(decision.hidden_states) == {(0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1)}
        assert not decision.zero_reached


@pytest.mark.parametrize("start", list(product((0, 1), repeat=3)), ids=str)
def test_the_canonical_network_fails_exactly_from_the_initial_states_that_mean_carry(
    start: tuple[int, int, int],
) -> None:
    decision = decide(Network.of(*CANONICAL), "strict", start=start)
    assert decision.correct == (start[1] == 0)
    if decision.counterexample:
        assert decision.counterexample.fault == "false_carry"
        assert decision.counterexample.columns == 1


@pytest.mark.parametrize(
    ("biases", "strict", "inclusive"),
    [
        ({"bh": (0, -1, -2)}, True, False),
        ({"bh": (-1, -2, -3)}, False, True),
        ({"by": 0}, True, False),
        ({"by": -1}, False, True),
        ({"bh": (0, -1, -2), "by": -1}, False, False),
    ],
    ids=["bh upper ends", "bh lower ends", "by upper end", "by lower end", "ends of both sides"],
)
def test_a_bias_on_the_end_of_its_interval_is_right_under_one_convention(
    biases: dict[str, object], strict: bool, inclusive: bool
) -> None:
    network = Network.of(*changed(**biases))
    assert [decide(network, convention).correct for convention in CONVENTIONS] == [strict, inclusive]
    assert all(decide(network, convention).zero_reached for convention in CONVENTIONS)


def test_a_zero_can_be_reached_without_dependence_on_the_convention() -> None:
    """Found in the enumeration: on the edge where h2's pre-activation is zero, both values of h2 serve."""
    weights = of_rows([[10, 10, 10, 0, -8, -11], [-10, -8, 8, 0, -6, 8], [8, -8, -10, -2, 4, 3], [-4, -4, -4, 7]])
    for convention in CONVENTIONS:
        assert disagreement(weights, convention) is None
        decision = decide(Network.of(*weights), convention)
        assert decision.correct
        assert decision.zero_reached


def test_no_correct_network_has_fewer_than_four_states() -> None:
    for weights in [*ENUMERATED, *(w for w, _ in built(10, 100))]:
        decision = decide(Network.of(*weights), "strict")
        assert not decision.correct or len(decision.hidden_states) >= 4


# What a counterexample says


def shown(weights: Weights, convention: str = "strict") -> Counterexample:
    counterexample = decide(Network.of(*weights), convention).counterexample
    assert counterexample is not None
    return counterexample


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        (
            changed(Whh=((0, 0, 0),) * 3),
            "1 + 1 (LSB first): expected 0 1, your network says 0 0: the carry into bit 1 is lost",
        ),
        (
            changed(Whh=((1, 0, 0),) * 3),
            "0 + 1 (LSB first): expected 1 0, your network says 1 1: a carry into bit 1 that should not be there",
        ),
        (
            changed(Why=(1, -1, 0)),
            "11 + 11 (LSB first): expected 0 1 1, your network says 0 0 1: bit 1 is wrong (inputs 1 and 1, carry in 1)",
        ),
        (
            changed(by=HALF),
            "0 + 0 (LSB first): expected 0, your network says 1: bit 0 is wrong (inputs 0 and 0, carry in 0)",
        ),
        (
            changed(by=-1),
            "0 + 1 (LSB first): expected 1 0, your network says 0 0: bit 0 is wrong (inputs 0 and 1, carry in 0)",
        ),
        (
            changed(Why=(-1, 1, -1), by=HALF),
            "0 + 0 (LSB first): expected 0, your network says 1: bit 0 is wrong, as if a carry came into it",
        ),
    ],
    ids=["no recurrence", "carry read from h1", "three ones", "output bias", "output bias at its end", "turned round"],
)
def test_the_sentence(weights: Weights, sentence: str) -> None:
    assert shown(weights).sentence() == sentence


def test_a_counterexample_in_full() -> None:
    counterexample = shown(changed(Why=(1, -1, 0)))
    assert counterexample == Counterexample(
        a=3,
        b=3,
        columns=2,
        column=1,
        expected=(0, 1),
        given=(0, 0),
        carries=(0, 1),
        hidden=((0, 0, 0), (1, 1, 0), (1, 1, 1)),
        fault="wrong_bit",
        padding=(1, 1),
    )
    assert counterexample.path() == "h(0) .. h(2) = 000, 110, 111"
    assert dict(counterexample.timeline()) == {
        "bit": (0, 1),
        "x1": (1, 1),
        "x2": (1, 1),
        "carry": (0, 1),
        "h1": (1, 1),
        "h2": (1, 1),
        "h3": (0, 1),
        "expected": (0, 1),
        "given": (0, 0),
    }


def test_counterexamples_are_consistent_and_tell_the_truth_about_the_carry() -> None:
    """A carry is called lost (or false) only if all four inputs are then answered with the other carry."""
    faults: Counter[str] = Counter()
    for weights in [*spoilt(11, 300), *ENUMERATED]:
        decision = decide(Network.of(*weights), "strict")
        if decision.correct:
            continue
        found = shown(weights)
        faults[found.fault] += 1
        t, low = found.column, 2**found.column - 1
        assert found.expected[:t] == found.given[:t]
        assert found.expected[t] != found.given[t]
        carry = found.carries[t]
        assert carry == ((found.a & low) + (found.b & low)) >> t
        answers = [
            simulate(weights, True, (found.a & low) | x1 << t, (found.b & low) | x2 << t, t + 1)[t]
            for x1, x2 in product((0, 1), repeat=2)
        ]
        turned = answers == [(x1 + x2 + 1 - carry) % 2 for x1, x2 in product((0, 1), repeat=2)]
        assert found.fault == (("lost_carry" if carry else "false_carry") if turned else "wrong_bit")
        if found.padding:
            assert found.padding == (
                (found.a + found.b) >> t + 1 & 1,
                simulate(weights, True, found.a, found.b, t + 2)[-1],
            )
    assert min(faults[fault] for fault in ("lost_carry", "false_carry", "wrong_bit")) >= 10


# Exact numbers


def test_decimals_are_added_exactly() -> None:
    """0.1 + 0.2 - 0.3 is 5.6e-17 in binary64, and a bit of the wrong colour; as decimals it is zero."""
    row = tuple(Fraction(str(weight)) for weight in (0.1, 0.2, -0.3))
    network = Network.of(((0, 0),) * 3, ((0, 0, 0),) * 3, (1, 1, 1), row, 0)
    assert 0.1 + 0.2 - 0.3 > 0
    assert add(network, "strict", 0, 0, 1) == [0]
    assert add(network, "inclusive", 0, 0, 1) == [1]


@pytest.mark.parametrize(
    "factor",
    [2**4096 + 1, Fraction(1, 10**300 + 7), Fraction(3**2000, 7**1500)],
    ids=["4096 bits", "tiny", "both"],
)
def test_huge_numbers_change_nothing(factor: Fraction) -> None:
    Wxh, Whh, bh, Why, by = CANONICAL  # noqa: N806
    weights = (
        tuple(tuple(w * factor for w in row) for row in Wxh),
        tuple(tuple(w * factor for w in row) for row in Whh),
        tuple(b * factor for b in bh),
        tuple(w * factor for w in Why),
        by * factor,
    )
    assert all(decide(Network.of(*weights), convention).correct for convention in CONVENTIONS)
    nudged = (*weights[:4], Fraction(1, 10**400))
    assert shown(nudged).sentence().startswith("0 + 0 (LSB first): expected 0, your network says 1")
