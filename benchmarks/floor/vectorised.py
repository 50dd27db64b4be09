"""The floor written for speed: every random problem of a row is computed at once, in arrays over the problems.

Few people would write it so; it shows what is left of the floor when its own arithmetic costs next to nothing.

    python vectorised.py SUBMISSION OUTPUT
"""

import json
import sys

import numpy as np
import plain
from plain import EPS, PROBLEMS, SIGNALS, STEPS, WEIGHTS, Record, compared, lstm_step, step, weights


def check_random_additions(answers, additions=200, columns=16):
    """As in plain.py, all additions side by side."""
    w = weights(answers)
    a, b = np.random.default_rng().integers(0, 2 ** (columns - 1), (2, additions))
    x = np.stack([a, b])[:, :, None] >> np.arange(columns) & 1
    want = (a + b)[:, None] >> np.arange(columns) & 1
    best = 0
    for inclusive in (False, True):
        h, right = np.zeros((3, additions)), np.ones(additions, dtype=bool)
        for t in range(columns):
            h = step(w["Wxh"] @ x[:, :, t] + w["Whh"] @ h + w["bh"][:, None], inclusive)
            right &= step(w["Why"] @ h + w["by"], inclusive) == want[:, t]
        best = max(best, int(right.sum()))
        if best == additions:
            break
    return best / additions, "" if best == additions else f"{best} of {additions} additions are right"


def random_problems():
    """Weights, inputs, initial state and loss of PROBLEMS networks at once: the last axis is the problem."""
    rng = np.random.default_rng()

    def signed(low, high, *shape):
        return rng.uniform(low, high, (*shape, PROBLEMS)) * rng.choice((-1, 1), (*shape, PROBLEMS))

    w = Record(**dict(zip(WEIGHTS, signed(0.5, 2.0, len(WEIGHTS)), strict=True)))
    return w, signed(0.3, 1.2, STEPS), signed(0.2, 0.7), signed(0.3, 1.2), signed(0.5, 1.5, STEPS)


def states_and_signals(w, x, h0, c0, loss):
    """Nodes and error signals over t = 0..T+1 and the problems; the signals by the complex step."""
    half, zero = np.full(PROBLEMS, 0.5), np.zeros(PROBLEMS)
    nodes = [{"i": half, "f": half, "o": half, "g": zero, "c": c0, "h": h0}]
    for value in (*x, zero):
        nodes.append(lstm_step(w, value, nodes[-1]["h"], nodes[-1]["c"], {}))
    states = {v: np.stack([node[v] for node in nodes]) for v in SIGNALS}
    states["x"], states["dL_dh"] = (np.stack([zero, *values, zero]) for values in (x, loss))
    bars = {v: np.zeros((STEPS + 2, PROBLEMS)) for v in SIGNALS}
    for t in range(1, STEPS + 1):
        for v in SIGNALS:
            nudge = {v: EPS * 1j}
            nudged = plain.loss_from(w, x, states["h"][t - 1], states["c"][t - 1], loss, t - 1, nudge)
            bars[v][t] = nudged.imag / EPS
    return states, bars


def problem(p, w, states, bars):
    """What a student's function gets: s, bar and w of problem p."""
    s = Record(T=STEPS, **{v: states[v][:, p] for v in states})
    return s, {v: bars[v][:, p].copy() for v in bars}, Record(**{v: value[p] for v, value in vars(w).items()})


def check_equation(name):
    """As in plain.py, with all problems computed before the first call."""

    def check(answers):
        w, *rest = random_problems()
        states, bars = states_and_signals(w, *rest)
        got, want = np.zeros(PROBLEMS), np.zeros(PROBLEMS)
        for p in range(PROBLEMS):
            t = p % STEPS + 1
            s, bar, own = problem(p, w, states, bars)
            want[p] = bar[name][t]
            for v in SIGNALS[SIGNALS.index(name) :]:
                bar[v][t] = np.nan
            got[p] = getattr(answers, name + "_bar")(t, s, Record(**bar), own)
        return compared(got, want)

    return check


def check_gradient(answers):
    """As in plain.py, with all problems computed before the first call."""
    w, x, h0, c0, loss = random_problems()
    states, bars = states_and_signals(w, x, h0, c0, loss)
    nudged = Record(**{**vars(w), "xi": w.xi + EPS * 1j})
    want = plain.loss_from(nudged, x, h0, c0, loss, 0, {}).imag / EPS
    got = np.zeros(PROBLEMS)
    for p in range(PROBLEMS):
        s, bar, own = problem(p, w, states, bars)
        got[p] = answers.w_xi_bar(s, Record(**bar), own)
    return compared(got, want)


FASTER = {
    "1.2": check_random_additions,
    "2.2": check_gradient,
    **{f"2.1{letter}": check_equation(v) for letter, v in zip("abcdef", SIGNALS, strict=True)},
}
ROWS = tuple((number, *row, FASTER.get(number, check)) for number, *row, check in plain.ROWS)


if __name__ == "__main__":
    results = plain.grade(sys.argv[1], ROWS)
    with open(sys.argv[2], "w") as file:
        json.dump(results, file, indent=1)
