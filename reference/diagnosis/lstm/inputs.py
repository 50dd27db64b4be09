"""Which states and weights a function depends on: each is given another value, one after the other.

The states are then no network's, but the function cannot know; so what it reads is told apart from what is equal to it
in every network, and whether a factor of a term stands there as it should is measured, whatever else stands there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

import msgspec

from reference.diagnosis.lstm.forms import WEIGHTS, Factor, Input, State
from reference.diagnosis.lstm.letters import NODES, described, letter, letters_of, read_letters
from reference.diagnosis.lstm.probes import Asked, Probe, floats
from reference.diagnosis.lstm.settings import DL, SIGNALS, Setting

SAME = 1e-8

Place = tuple[Setting, int]  # a setting, and the step that counts as t
Move = Callable[[str, float], float]  # another value for a node or a weight, by its name and value
Coefficients = dict[State | None, float]


class Reading(msgspec.Struct, frozen=True):
    """What a coefficient depends on.

    right: which factors of its term it has, each as it should be. letters: the inputs of the whole coefficient; rest:
    of what is left without the right factors. text: the latter in words, "" if there are none.
    """

    right: tuple[bool, ...]
    letters: frozenset[str]
    rest: frozenset[str]
    text: str

    @property
    def function(self) -> str:
        """What is left, as it is said."""
        return f"a function of {self.text}" if self.text else "a number that depends on t and T alone"


class Inputs:
    """The states and weights that a function reads, measured in some settings, and only if asked for.

    raw: its coefficients as they were measured, in the order of a table's settings.
    """

    def __init__(
        self,
        equation: str,
        asked: Asked,
        probes: Sequence[Probe],
        raw: Mapping[Input | None, tuple[float, ...]],
        steps: Sequence[int] = (),
    ) -> None:
        """probes: two of them, far from the first and the last step. steps: what counts as t, where there is none."""
        self._equation, self._asked, self._raw = equation, asked, raw
        self._places: list[Place] = [
            (probe.setting, steps[k] if steps else probe.setting.t or 0) for k, probe in enumerate(probes)
        ]
        self._tolerance = max(SAME, 1e3 * asked.noise)
        self._bases: dict[int, Coefficients] = {}
        self.failures = 0  # searches that found nothing

    @cached_property
    def letters(self) -> frozenset[str]:
        """Everything that it reads, as letters."""
        return read_letters([frozenset(own) for own in self._read], self._places)

    def of(self, what: Input | None, measured: Sequence[float], factors: Sequence[Factor]) -> Reading | None:
        """What the coefficient of an error signal, or the part without any, depends on; None if it is not to be said.

        measured: the coefficients as they are explained; others than those that were measured tell nothing here.
        """
        if tuple(measured) != self._raw.get(what, ()):
            return None
        places, every = self._places, self._read
        found = [self._coefficients(k, what) for k in range(len(places))]
        if not all(math.isfinite(own[None]) and own[None] for own in found):
            return None
        right = tuple(
            bool(letters_of(factor.text))
            and all(self._has(factor, *one) for one in zip(places, found, every, strict=True))
            for factor in factors
        )
        reads = [frozenset(state for state in own if state and not self._same(own[state], own[None])) for own in found]
        kept = frozenset().union(*(letters_of(f.text) for f, fine in zip(factors, right, strict=True) if fine))
        rest = [
            frozenset(state for state in own if letter(state, t) not in kept)
            for (_, t), own in zip(places, reads, strict=True)
        ]
        return Reading(right, read_letters(reads, places), read_letters(rest, places), described(rest, places))

    @cached_property
    def _read(self) -> list[dict[State, Move]]:
        """What is read in each setting, with a move that showed it; no move of all the others at once shows more."""
        found: list[dict[State, Move]] = []
        for k, (setting, t) in enumerate(self._places):
            known = read_letters([frozenset(own) for own in found], self._places[:k])
            likely = [state for state in _states(setting) if letter(state, t) in known]
            found.append(self._alone(setting, t, MOVES[k:] + MOVES[:k], likely))
        return found

    def _alone(self, setting: Setting, t: int, moves: Sequence[Move], likely: Sequence[State]) -> dict[State, Move]:
        """The states that change the value, each alone: the likely ones, and others if these are not all."""
        (base,) = self._values([setting])
        read = self._among(setting, base, likely, moves[0])
        for move in moves:
            left = [state for state in _states(setting) if state not in read]
            (together,) = self._values([_changed(setting, left, move)])
            if self._same(together, base):
                continue
            near = [state for state in left if "(" in letter(state, t) or state[1] is None]
            read |= self._among(setting, base, self._kinds(setting, base, near, move), move)
            far = [state for state in left if state not in near]
            (together,) = self._values([_changed(setting, far, move)])
            if not self._same(together, base):
                read |= self._among(setting, base, self._kinds(setting, base, far, move), move)
        return read

    def _kinds(self, setting: Setting, base: float, states: Sequence[State], move: Move) -> list[State]:
        """Those of the kinds that change the value if they are changed together."""
        kinds = [[state for state in states if state[0][0] == kind] for kind in (*NODES, "w")]
        values = self._values([_changed(setting, own, move) for own in kinds])
        return [state for own, v in zip(kinds, values, strict=True) if not self._same(v, base) for state in own]

    def _among(self, setting: Setting, base: float, states: Sequence[State], move: Move) -> dict[State, Move]:
        values = self._values([_changed(setting, [state], move) for state in states])
        return {state: move for state, v in zip(states, values, strict=True) if not self._same(v, base)}

    def _coefficients(self, place: int, what: Input | None) -> Coefficients:
        """The coefficient as it is (None), and with each state that is read changed."""
        setting, t = self._places[place]
        if what is None:
            return self._moved(place, setting.changed(_nothing(setting)))
        what = (what[0], str(t)) if setting.t is None else what
        if place not in self._bases:
            self._bases[place] = self._moved(place, setting)
        step = -2 * setting.value(what)
        far = self._moved(place, setting.changed({what: setting.value(what) + step}))
        return {state: (far[state] - value) / step for state, value in self._bases[place].items()}

    def _moved(self, place: int, setting: Setting) -> Coefficients:
        """The value as it is, and with each state that is read changed."""
        read = self._read[place]
        values = self._values([setting, *(_changed(setting, [state], move) for state, move in read.items())])
        return dict(zip((None, *read), values, strict=True))

    def _has(self, factor: Factor, place: Place, own: Coefficients, read: Mapping[State, Move]) -> bool:
        """Whether the coefficient, divided by the factor, depends on nothing that the factor is made of."""
        setting, t = place
        base = own[None] / _value(factor, setting, t)
        return all(
            self._same(own.get(state, own[None]) / _value(factor, _changed(setting, [state], move), t), base)
            for state in _states(setting)
            if letter(state, t) in letters_of(factor.text)
            for move in (read.get(state, MOVES[0]),)
        )

    def _values(self, settings: Sequence[Setting]) -> list[float]:
        return floats(self._asked.apart([setting.call(self._equation) for setting in settings]))

    def _same(self, a: float, b: float) -> bool:
        return abs(a - b) <= self._tolerance * max(abs(a), abs(b))


def _states(setting: Setting) -> Iterator[State]:
    yield from ((name, n) for name in NODES for n in range(setting.T + 2))
    yield from ((f"w_{name}", None) for name in WEIGHTS)


def _changed(setting: Setting, states: Sequence[State], move: Move) -> Setting:
    return setting.elsewhere({state: move(state[0], setting.state(state)) for state in states})


def _value(factor: Factor, setting: Setting, t: int) -> float:
    return factor.value(t, setting.states, setting.signals, setting.weights)


def _smaller(name: str, value: float) -> float:
    return 0.63 * value or 0.41


def _opposite(name: str, value: float) -> float:
    """Of the other sign, or on the other side of 1/2 for a gate."""
    if name in "ifo":
        return value + 0.37 if value < 0.5 else value - 0.37
    return -0.71 * value or -0.41


def _large(name: str, value: float) -> float:
    return 0.97 if name in "ifog" else 2.2


def _low(name: str, value: float) -> float:
    return 0.03 if name in "ifo" else -0.97 if name == "g" else -2.2


MOVES: tuple[Move, ...] = (_smaller, _opposite, _large, _low)


def _nothing(setting: Setting) -> dict[Input, float]:
    return {(name, str(n)): 0.0 for name in (*SIGNALS, DL) for n in range(1, setting.T + 1)}
