"""The automaton of a network: every step that can be taken, and no other."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from autograder.maths.threshold.addition import decide
from autograder.maths.threshold.automaton import steps
from autograder.maths.threshold.network import CONVENTIONS, Network, add
from tests.autograder.report.figures import weights


@given(st.integers(0, 10**9), st.sampled_from(CONVENTIONS), st.integers(0, 255), st.integers(0, 255))
def test_walking_the_steps_is_adding(seed: int, convention: str, a: int, b: int) -> None:
    network = Network.of(**weights(random.Random(seed)))
    found = {(step.before, step.x): step for step in steps(network, convention)}
    state, given_bits = (0, 0, 0), []
    for column in range(9):
        step = found[state, (a >> column & 1, b >> column & 1)]
        state = step.after
        given_bits.append(step.y)
    assert given_bits == add(network, convention, a, b, 9)


@given(st.integers(0, 10**9), st.sampled_from(CONVENTIONS))
def test_the_states_are_those_that_can_be_reached(seed: int, convention: str) -> None:
    network = Network.of(**weights(random.Random(seed)))
    found = list(steps(network, convention))
    states = list(dict.fromkeys(step.before for step in found))
    assert tuple(states) == decide(network, convention).hidden_states
    assert len(found) == 4 * len(states)
    assert {step.after for step in found} <= set(states)
