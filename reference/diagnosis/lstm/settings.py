"""Settings for an equation of question 2: true states of a network, and every error signal and dL/dh(n) a free number.

An equation is a sum of error signals, each times a factor that the states and weights tell. With a direct dependence of
the loss on every node, the error signals and dL/dh(n) take any values while the states stay as they are; so they are
varied one by one, and what a function makes of each is measured exactly.
"""

# The names are the homework's letters.
# ruff: noqa: N803, N806

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import asdict, replace

from autograder.maths.lstm.network import Step, step
from autograder.maths.lstm.problems import SIGNALS, Call, Problem, Signals, States, Weights
from reference.diagnosis.lstm.equations import TERMS
from reference.diagnosis.lstm.forms import GATES, Input, State

DL = "dL/dh"
SIGNED = (("g", 0), ("g", 1), ("c", 0), ("c", -1), ("h", 0), ("h", -1), ("x", 0))
TRIES = 50


class Setting(msgspec.Struct, frozen=True):
    """States, weights and free error signals; t is None for w_xi_bar."""

    T: int
    t: int | None
    weights: Weights
    states: States
    signals: Signals

    def index(self, place: str) -> int:
        """The step that a place means here: "t-1", "t", "t+1", "T", "T-t", "T+1-t", or a number as text."""
        if place[0] == "T":
            return self.T + ("+1" in place) - ((self.t or 0) if place.endswith("-t") else 0)
        return self.t + int(place[1:] or 0) if place[0] == "t" and self.t is not None else int(place)

    def value(self, what: Input) -> float:
        """An error signal, or dL/dh, at a place."""
        name, place = what
        row = self.states.dL_dh if name == DL else getattr(self.signals, name)
        return float(row[self.index(place)])

    def changed(self, changes: Mapping[Input, float]) -> Setting:
        """The same with other values of these inputs."""
        rows: dict[str, list[float]] = {}
        for (name, place), value in changes.items():
            if name not in rows:
                rows[name] = list(self.states.dL_dh if name == DL else getattr(self.signals, name))
            rows[name][self.index(place)] = value
        dL = rows.pop(DL, None)
        states = replace(self.states, dL_dh=tuple(dL)) if dL else self.states
        return replace(self, states=states, signals=replace(self.signals, **{v: tuple(r) for v, r in rows.items()}))

    def state(self, what: State) -> float:
        """A node at a step, or a weight."""
        name, n = what
        return float(getattr(self.weights, name[2:]) if n is None else getattr(self.states, name)[n])

    def elsewhere(self, changes: Mapping[State, float]) -> Setting:
        """The same with other values of these nodes and weights: the states are then no network's."""
        rows: dict[str, list[float]] = {}
        weights: dict[str, float] = {}
        for (name, n), value in changes.items():
            if n is None:
                weights[name[2:]] = value
            else:
                rows.setdefault(name, list(getattr(self.states, name)))[n] = value
        states = replace(self.states, **{name: tuple(row) for name, row in rows.items()})
        return replace(self, states=states, weights=replace(self.weights, **weights))

    def call(self, equation: str) -> Call:
        """The question to a student's function; `want` is the true value of the equation for these signals."""
        s = self.states
        problem = Problem(self.weights, s.x[1:-1], s.h[0], s.c[0], s.dL_dh[1:-1])
        return Call(equation, self.t, problem, self.states, self.signals, self.want(equation))

    def want(self, equation: str) -> float:
        """The equation's true value."""
        return math.fsum(term.value(self.t, self.states, self.signals, self.weights) for term in TERMS[equation])


def signed(rng: random.Random, low: float, high: float) -> float:
    """A number whose size is between low and high."""
    return rng.choice((-1, 1)) * rng.uniform(low, high)


def draw_setting(rng: random.Random, T: int, t: int | None, opposite: Weights | None = None) -> Setting:
    """A setting whose states are well apart: gates in 0.1..0.9, |g| in 0.15..0.95, |c| in 0.2..1.9.

    opposite: weights whose signs its own must not have.
    """
    while True:
        weights = _weights(rng, opposite)
        steps = [Step(0.5, 0.5, 0.5, 0.0, signed(rng, 0.3, 1.2), signed(rng, 0.2, 0.7))]
        inputs: list[float] = []
        while len(inputs) < T and (found := _tame_step(rng, weights, steps[-1])):
            inputs.append(found[0])
            steps.append(found[1])
        if len(inputs) == T:
            steps.append(step(weights, 0.0, steps[-1].h, steps[-1].c))
            return _setting(rng, T, t, weights, (0.0, *inputs, 0.0), steps)


def _weights(rng: random.Random, opposite: Weights | None) -> Weights:
    drawn = Weights(*(signed(rng, 1, 2.5) for _ in range(8)))
    if opposite is None:
        return drawn
    return Weights(**{name: -math.copysign(v, getattr(opposite, name)) for name, v in asdict(drawn).items()})


def _tame_step(rng: random.Random, w: Weights, last: Step) -> tuple[float, Step] | None:
    for _ in range(12):
        x = signed(rng, 0.2, 1.2)
        nodes = step(w, x, last.h, last.c)
        if _tame(nodes):
            return x, nodes
    return None


def _tame(nodes: Step) -> bool:
    gates = all(0.1 <= v <= 0.9 for v in (nodes.i, nodes.f, nodes.o))
    return gates and 0.15 <= abs(nodes.g) <= 0.95 and 0.2 <= abs(nodes.c) <= 1.9


def _setting(rng: random.Random, T: int, t: int | None, w: Weights, x: tuple[float, ...], steps: list[Step]) -> Setting:
    i, f, o, g, c, h = zip(*((s.i, s.f, s.o, s.g, s.c, s.h) for s in steps), strict=True)
    dL = (0.0, *(signed(rng, 0.5, 1.5) for _ in range(T)), 0.0)
    states = States(x=x, i=i, f=f, o=o, g=g, c=c, h=h, dL_dh=dL, T=T)
    free = {v: tuple(signed(rng, 0.5, 2) if 0 < n <= T else 0.0 for n in range(T + 2)) for v in SIGNALS}
    return Setting(T, t, w, states, Signals(**free))


def of_both_signs(rng: random.Random, shapes: Sequence[tuple[int, int]]) -> list[Setting]:
    """Settings among which no weight, and no node near t, has one sign only.

    |g(t)| must not pass for g(t), nor for -g(t).
    """
    for _ in range(TRIES):
        first = draw_setting(rng, *shapes[0])
        settings = [
            first,
            *(draw_setting(rng, *shape, first.weights if k == 0 else None) for k, shape in enumerate(shapes[1:])),
        ]
        columns = ([getattr(one.states, v)[(one.t or 0) + n] > 0 for one in settings] for v, n in SIGNED)
        if all(len(set(column)) == 2 for column in columns):
            break
    return settings


class Family(msgspec.Struct, frozen=True):
    """Settings of the same states whose recurrent weights are free.

    With x(n) = h(n-1) / ratio at every step, w_x* x + w_h* h depends on w_x* + ratio w_h* only, so that each w_h* can
    be changed together with its w_x*.
    """

    setting: Setting
    ratio: float

    def moved(self, gate: str, by: float) -> Setting:
        """The setting with w_h* of this gate larger by so much."""
        w = self.setting.weights
        moved = {f"h{gate}": getattr(w, f"h{gate}") + by, f"x{gate}": getattr(w, f"x{gate}") - by * self.ratio}
        return replace(self.setting, weights=replace(w, **moved))


def draw_family(rng: random.Random, T: int, t: int) -> Family:
    """A family whose states are as those of `draw_setting`."""
    while True:
        ratio = signed(rng, 0.4, 0.8)
        own = {f"h{gate}": signed(rng, 1, 2.5) for gate in GATES}
        sums = {gate: signed(rng, 1, 2.5) for gate in GATES}
        weights = Weights(**own, **{f"x{gate}": sums[gate] - ratio * own[f"h{gate}"] for gate in GATES})
        steps = [Step(0.5, 0.5, 0.5, 0.0, signed(rng, 0.3, 1.2), signed(rng, 0.2, 0.7))]
        inputs: list[float] = []
        while len(inputs) < T:
            inputs.append(steps[-1].h / ratio)
            steps.append(step(weights, inputs[-1], steps[-1].h, steps[-1].c))
            if not _tame(steps[-1]):
                break
        else:
            steps.append(step(weights, 0.0, steps[-1].h, steps[-1].c))
            return Family(_setting(rng, T, t, weights, (0.0, *inputs, 0.0), steps), ratio)
