"""The reference and the catalogue of question 1, decided in process; reading the weights is tested elsewhere."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import reference.binary_addition
from autograder.maths.threshold.addition import decide, right_by_rounding
from autograder.maths.threshold.diagnosis import diagnose
from autograder.maths.threshold.network import CONVENTIONS, Network, add
from reference.catalogue import RIGHT, UNREADABLE, Case
from reference.catalogue.binary_addition import CASES
from tests.autograder.maths.threshold_judge import judge

NAMES = ("Wxh", "Whh", "bh", "Why", "by")
REFERENCE = Path(reference.binary_addition.__file__).read_text()


def weights_of(source: str) -> dict[str, Any]:
    submission: dict[str, Any] = {}
    exec(REFERENCE + "\n\n" + source, submission)
    return submission["rnn_weights"]()


def exactly(value: Any) -> Any:
    """Nested lists of Fractions; a float is the shortest decimal of its own type."""
    if isinstance(value, (list, tuple, np.ndarray)) and np.ndim(value):
        return [exactly(item) for item in value]
    if isinstance(value, (int, Fraction, Decimal)):
        return Fraction(value)
    return Fraction(str(value))


def network_of(case: Case) -> Network:
    given = weights_of(case.source)
    weights = {name: np.asarray(given.get(name, given.get(name.upper())), dtype=None) for name in NAMES}
    float64 = [name for name in NAMES if weights[name].dtype == np.float64]
    shaped = {name: value if name in ("Wxh", "Whh") else value.ravel() for name, value in weights.items()}
    exact = {name: exactly(value) for name, value in shaped.items()}
    return Network.of(*(exact[name] for name in NAMES[:-1]), exact["by"][0], *float64)


ASSUMED = SimpleNamespace(additions=200, columns=16, step_at_zero="either")


def under(found: Any) -> Any:
    """What must be found, where it depends on the rubric's parameters: under these."""
    return found(ASSUMED) if callable(found) else found


def is_right(case: Case) -> bool:
    found = under(case.found)
    return found == RIGHT or (found != UNREADABLE and case.row == "1.3" and any(found[c]["right"] for c in CONVENTIONS))


def by_row(*rows: str, right: bool) -> list[Any]:
    chosen = [case for case in CASES if case.row in rows and is_right(case) is right]
    assert chosen
    return [pytest.param(case, id=case.name) for case in chosen]


def share_of_right_additions(network: Network, convention: str, pairs: int = 1500) -> float:
    rng, right = random.Random(0), 0
    for _ in range(pairs):
        length = rng.randint(1, 15)
        a, b = rng.getrandbits(length), rng.getrandbits(length)
        right += add(network, convention, a, b, 16) == [a + b >> t & 1 for t in range(16)]
    return right / pairs


def test_the_reference_is_right_under_both_conventions() -> None:
    weights = reference.binary_addition.rnn_weights()
    exact = tuple(exactly(weights[name]) for name in NAMES)
    assert all(decide(Network.of(*exact), convention).correct for convention in CONVENTIONS)
    assert all(judge(exact, strict).wrong is None for strict in (True, False))


@pytest.mark.parametrize("case", by_row("1.1", "1.3", right=True))
def test_right_forms_are_right_under_some_convention(case: Case) -> None:
    right = [convention for convention in CONVENTIONS if decide(network_of(case), convention).correct]
    assert right
    for convention in CONVENTIONS:
        if f"right for z {'>' if convention == 'strict' else '>='} 0" in case.name:
            assert right == [convention]


@pytest.mark.parametrize("case", by_row("1.2", "1.3", right=False))
def test_wrong_networks_are_refused_with_the_words_promised(case: Case) -> None:
    network = network_of(case)
    decisions = [decide(network, convention) for convention in CONVENTIONS]
    shown = [decision.counterexample for decision in decisions if decision.counterexample]
    assert len(shown) == 2
    furthest = max(shown, key=lambda counterexample: counterexample.columns)
    share = max(share_of_right_additions(network, convention) for convention in CONVENTIONS)
    if case.row == "1.3":
        rounding = ["only because of rounding errors"] * any(right_by_rounding(network, c) for c in CONVENTIONS)
        assert under(case.says) in "\n".join([furthest.sentence(), *rounding, *diagnose(network)])
        assert bool(diagnose(network)) is under(case.found)["other_reading"]
    additions = under(case.found if case.row == "1.2" else case.also["1.2"])
    if isinstance(additions, dict):
        assert share == 0 == max(additions[convention]["right"] for convention in CONVENTIONS)
    else:
        assert 0.02 < share < 0.98  # so that 200 random additions are neither all right nor all wrong
