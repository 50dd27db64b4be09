"""What a function makes of its error signals: its values as they are varied one by one, in one setting after another.

    value = constant + sum over the inputs of coefficient * input

The coefficients of a function that is such a sum are exact to rounding; `linear` says whether it is one.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

import msgspec

from autograder.maths.closeness import close
from autograder.maths.lstm.problems import SIGNALS, Call
from reference.diagnosis.lstm.forms import Input
from reference.diagnosis.lstm.settings import DL, Setting, signed

Evaluate = Callable[[Sequence[Call]], Sequence[float | None]]

NEAR = tuple((v, place) for place in ("t", "t+1", "t-1") for v in SIGNALS)
EVERY = (*NEAR, *((DL, place) for place in ("t", "t+1", "t-1", "T")), *((v, "T") for v in SIGNALS))
DOUBLE, SINGLE = 1e-13, 1e-7  # how exact values are, those of float32 too
NOTHING = 100.0  # of a value's exactness
SAME = 1e4


class Probe(msgspec.Struct, frozen=True):
    """A function in one setting.

    value: what it says there. coefficients: of the inputs that it reads. constant: what remains without them.
    linear: whether another draw of all inputs gives what the coefficients foretell.
    elsewhere: whether it reads an error signal that was not varied alone.
    right: whether the value is the equation's. again: another draw of all inputs, and the value
    there. steps: by how much each input was changed.
    """

    setting: Setting
    value: float
    coefficients: dict[Input, float]
    constant: float
    linear: bool
    elsewhere: bool
    again: tuple[Setting, float]
    steps: dict[Input, float]
    noise: float = DOUBLE
    right: bool = False

    @property
    def reads(self) -> frozenset[Input]:
        return frozenset(self.coefficients)


class Plan(msgspec.Struct, frozen=True):
    """The questions about one setting: as it is, each input changed, all of them, and all the others."""

    setting: Setting
    steps: dict[Input, float]
    moved: Setting
    others: Setting | None

    def settings(self) -> list[Setting]:
        own = [self.setting, *(self.setting.changed({k: self.setting.value(k) + d}) for k, d in self.steps.items())]
        return [*own, self.moved, *([self.others] if self.others else [])]


def plan(setting: Setting, inputs: Sequence[Input], rng: random.Random, whole: bool = False) -> Plan:
    """`whole`: all other error signals are changed too, to see whether any is read."""
    steps = {k: across(setting.value(k), rng) for k in inputs}
    moved = setting.changed({k: signed(rng, 0.5, 2) for k in inputs})
    return Plan(setting, steps, moved, _others(setting, inputs, rng) if whole else None)


def across(value: float, rng: random.Random) -> float:
    """The step to a number of the other sign: a function may treat the signs differently."""
    return -math.copysign(rng.uniform(0.5, 2), value) - value


def _others(setting: Setting, inputs: Sequence[Input], rng: random.Random) -> Setting:
    alone = {(name, setting.index(place)) for name, place in inputs}
    every = [(name, n) for name in (*SIGNALS, DL) for n in range(1, setting.T + 1)]
    return setting.changed({(name, str(n)): signed(rng, 0.5, 2) for name, n in every if (name, n) not in alone})


def number(value: float | None) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value) and abs(value) < 1e200


def floats(values: Sequence[float | None]) -> list[float]:
    """The values as floats; NaN for what is no number."""
    return [float(v) if v is not None and number(v) else math.nan for v in values]


def numbered(calls: Sequence[Call], values: Sequence[float | None]) -> list[tuple[Call, float]]:
    """The calls that gave a number, with it."""
    return [(call, v) for call, v in zip(calls, floats(values), strict=True) if not math.isnan(v)]


class Asked:
    """A function, with what it was asked and what it said. noise: how exact its values are, relative to them."""

    def __init__(self, evaluate: Evaluate) -> None:
        self._evaluate = evaluate
        self.calls: list[Call] = []
        self.values: list[float | None] = []
        self.noise = DOUBLE

    def __call__(self, calls: Sequence[Call]) -> Sequence[float | None]:
        values = list(self._evaluate(calls))
        self.calls += calls
        self.values += values
        return values

    def apart(self, calls: Sequence[Call]) -> Sequence[float | None]:
        """Values where the states are no network's: nothing of them counts as right or wrong."""
        return list(self._evaluate(calls))

    @property
    def numbers(self) -> list[tuple[Call, float]]:
        """The calls that gave a number."""
        return numbered(self.calls, self.values)


def ask(asked: Asked, equation: str, plans: Sequence[Plan]) -> list[Probe | None]:
    """A probe for each plan, all asked at once; None where a value is no number."""
    groups = [one.settings() for one in plans]
    values = list(asked([setting.call(equation) for settings in groups for setting in settings]))
    probes, start = [], 0
    for one, settings in zip(plans, groups, strict=True):
        probes.append(_probe(one, values[start : start + len(settings)], asked.noise, settings[0].want(equation)))
        start += len(settings)
    return probes


def _probe(one: Plan, values: Sequence[float | None], noise: float, want: float) -> Probe | None:
    if not values or not all(map(number, values)):
        return None
    base, *rest = (float(v) for v in values if v is not None)
    changed, moved = rest[: len(one.steps)], rest[len(one.steps)]
    scale = max(abs(v) for v in (base, *rest))
    nothing = NOTHING * noise * scale
    found = {k: (v - base) / d for (k, d), v in zip(one.steps.items(), changed, strict=True) if abs(v - base) > nothing}
    constant = math.fsum([base, *(-a * one.setting.value(k) for k, a in found.items())])
    if abs(constant) <= 100 * nothing:
        constant = 0.0
    foretold = math.fsum([constant, *(a * one.moved.value(k) for k, a in found.items())])
    linear = abs(foretold - moved) <= SAME * noise * max(scale, abs(moved))
    elsewhere = one.others is not None and abs(rest[-1] - base) > nothing
    return Probe(
        one.setting, base, found, constant, linear, elsewhere, (one.moved, moved), one.steps, noise, close(base, want)
    )
