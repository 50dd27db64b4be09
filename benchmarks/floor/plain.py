"""The unsafe floor: one file that imports a submission into its own process, checks it and writes JSON.

This is what an instructor writes in an afternoon: nothing stops a submission from hanging, exiting or giving itself
points. The other peers grade with the same checks, in their own formats.

    python plain.py SUBMISSION OUTPUT
"""

import importlib.util
import json
import sys

import numpy as np

SIGNALS = ("h", "c", "g", "o", "f", "i")
WEIGHTS = ("xi", "hi", "xf", "hf", "xo", "ho", "xg", "hg")
PROBLEMS = 5
STEPS = 4
EPS = 1e-30

SHAPES = {"Wxh": [(3, 2)], "Whh": [(3, 3)], "bh": [(3,)], "Why": [(3,), (1, 3)], "by": [(), (1,)]}
COUNTS = {
    "conv1": 1792,
    "conv2": 73856,
    "conv3": 295168,
    "conv4": 590080,
    "fc1": 205521920,
    "fc2": 1025000,
}
TOTAL = 207507816
CONNECTIONS = {"dhk^2w", "3dhk^2w", "4dhk^2w", "5dhk^2w", "9dhk^2w"}
WAVEFRONT = {"d+h+w", "-1+d+h+w", "-2+d+h+w", "max(d,h,w)", "max(d,h+w)"}


class Record:
    """Named values."""

    def __init__(self, **values):
        self.__dict__.update(values)


# --------------------------------------------------------------------------------------------------- 1 binary addition


def weights(answers):
    """Wxh, Whh, bh, Why, by as float arrays; a sentence in a ValueError where one is not as it should be."""
    given = answers.rnn_weights()
    arrays = {}
    for name, shapes in SHAPES.items():
        array = np.asarray(given[name], dtype=float)
        if array.shape not in shapes or not np.all(np.isfinite(array)):
            raise ValueError(f"{name}: expected finite numbers of shape {shapes[0]}, got {array.shape}")
        arrays[name] = array
    arrays["Why"], arrays["by"] = arrays["Why"].reshape(3), float(arrays["by"].reshape(()))
    return arrays


def step(z, inclusive):
    """The hard threshold, in both ways to read step(0)."""
    return (z >= 0 if inclusive else z > 0).astype(float)


def check_weights(answers):
    weights(answers)
    return 1.0, ""


def check_random_additions(answers, additions=200, columns=16):
    """The fraction of random additions that are right in every bit, under the better reading of step(0)."""
    w = weights(answers)
    rng = np.random.default_rng()
    pairs = rng.integers(0, 2 ** (columns - 1), (additions, 2)).tolist()
    best = 0
    for inclusive in (False, True):
        best = max(best, sum(add(w, inclusive, a, b, columns) == a + b for a, b in pairs))
        if best == additions:
            break
    return best / additions, "" if best == additions else f"{best} of {additions} additions are right"


def add(w, inclusive, a, b, columns):
    """The network's sum of two numbers."""
    h, total = np.zeros(3), 0
    for t in range(columns):
        x = np.array([a >> t & 1, b >> t & 1])
        h = step(w["Wxh"] @ x + w["Whh"] @ h + w["bh"], inclusive)
        total |= int(step(w["Why"] @ h + w["by"], inclusive)) << t
    return total


def check_every_addition(answers):
    """Every pair of numbers of every length: all reachable (hidden state, carry) pairs, breadth first."""
    w = weights(answers)
    wrong = first_wrong(w, False) and first_wrong(w, True)
    return (0.0, f"wrong: {wrong}") if wrong else (1.0, "")


def first_wrong(w, inclusive):
    """The shortest wrong addition as its columns, or "" if there is none."""
    seen, queue = {((0.0, 0.0, 0.0), 0)}, [((0.0, 0.0, 0.0), 0, "")]
    for hidden, carry, path in queue:
        recurrent = w["Whh"] @ hidden + w["bh"]
        for x in ((0, 0), (0, 1), (1, 0), (1, 1)):
            h = step(w["Wxh"] @ x + recurrent, inclusive)
            total = sum(x) + carry
            columns = f"{path} {x[0]}+{x[1]}"
            if step(w["Why"] @ h + w["by"], inclusive) != total % 2:
                return columns.strip()
            state = (tuple(h.tolist()), total // 2)
            if state not in seen:
                seen.add(state)
                queue.append((*state, columns))
    return ""


# -------------------------------------------------------------------------------------------------------------- 2 LSTM


def sigma(z):
    return 1 / (1 + np.exp(-z))


def lstm_step(w, x, h, c, nudge):
    """The nodes of one step; `nudge` names a node and what is added to it."""
    i = sigma(w.xi * x + w.hi * h) + nudge.get("i", 0)
    f = sigma(w.xf * x + w.hf * h) + nudge.get("f", 0)
    o = sigma(w.xo * x + w.ho * h) + nudge.get("o", 0)
    g = np.tanh(w.xg * x + w.hg * h) + nudge.get("g", 0)
    c = f * c + i * g + nudge.get("c", 0)
    return {"i": i, "f": f, "o": o, "g": g, "c": c, "h": o * np.tanh(c) + nudge.get("h", 0)}


def random_problem(rng):
    """Weights, x(1..T), h(0), c(0) and the loss's direct dependence on h(1..T)."""

    def signed(low, high, *shape):
        return rng.uniform(low, high, shape) * rng.choice((-1, 1), shape)

    w = Record(**dict(zip(WEIGHTS, signed(0.5, 2.0, len(WEIGHTS)), strict=True)))
    return w, signed(0.3, 1.2, STEPS), signed(0.2, 0.7), signed(0.3, 1.2), signed(0.5, 1.5, STEPS)


def loss_from(w, x, h, c, loss, start, nudge):
    """The loss from step `start` (counted from 0) on, with something added to a node of that step."""
    total = 0
    for t in range(start, STEPS):
        nodes = lstm_step(w, x[t], h, c, nudge if t == start else {})
        h, c = nodes["h"], nodes["c"]
        total = total + loss[t] * h
    return total


def states_and_signals(w, x, h0, c0, loss):
    """Nodes and error signals over t = 0..T+1; the signals by the complex step."""
    nodes = [{"i": 0.5, "f": 0.5, "o": 0.5, "g": 0.0, "c": c0, "h": h0}]
    for value in (*x, 0.0):
        nodes.append(lstm_step(w, value, nodes[-1]["h"], nodes[-1]["c"], {}))
    s = Record(T=STEPS, **{v: np.array([step[v] for step in nodes]) for v in SIGNALS})
    s.x, s.dL_dh = np.array([0.0, *x, 0.0]), np.array([0.0, *loss, 0.0])
    bar = Record(**{v: np.zeros(STEPS + 2) for v in SIGNALS})
    for t in range(1, STEPS + 1):
        for v in SIGNALS:
            nudged = loss_from(w, x, s.h[t - 1], s.c[t - 1], loss, t - 1, {v: EPS * 1j})
            getattr(bar, v)[t] = nudged.imag / EPS
    return s, bar


def check_equation(name):
    """A check of one error signal: a problem for each call, with NaN for what must not be read."""

    def check(answers):
        rng = np.random.default_rng()
        got, want = np.zeros(PROBLEMS), np.zeros(PROBLEMS)
        for p in range(PROBLEMS):
            w, *problem = random_problem(rng)
            s, bar = states_and_signals(w, *problem)
            t = p % STEPS + 1
            want[p] = getattr(bar, name)[t]
            for v in SIGNALS[SIGNALS.index(name) :]:
                getattr(bar, v)[t] = np.nan
            got[p] = getattr(answers, name + "_bar")(t, s, bar, w)
        return compared(got, want)

    return check


def check_gradient(answers):
    """The gradient of w_xi, by the complex step."""
    rng = np.random.default_rng()
    got, want = np.zeros(PROBLEMS), np.zeros(PROBLEMS)
    for p in range(PROBLEMS):
        w, x, h0, c0, loss = random_problem(rng)
        s, bar = states_and_signals(w, x, h0, c0, loss)
        nudged = Record(**{**vars(w), "xi": w.xi + EPS * 1j})
        want[p] = loss_from(nudged, x, h0, c0, loss, 0, {}).imag / EPS
        got[p] = answers.w_xi_bar(s, bar, w)
    return compared(got, want)


def compared(got, want):
    if np.allclose(got, want, rtol=1e-7, atol=1e-12):
        return 1.0, ""
    worst = int(np.argmax(np.where(np.isnan(got), np.inf, np.abs(got - want))))
    return 0.0, f"expected {want[worst]!r}, got {got[worst]!r}"


# ------------------------------------------------------------------------------------------ 3 and 4: counts and bounds


def check_counts(answers):
    counts = answers.parameter_counts()
    if counts.get("total") == TOTAL:
        return 1.0, ""
    right = [name for name in COUNTS if counts.get(name) == COUNTS[name]]
    return 0.1 * len(right), f"the total is not right; right layers: {', '.join(right) or 'none'}"


def check_resnet(answers):
    right = answers.RESNET_EASIER_TO_TRAIN.strip().lower() == "left"
    return float(right), "" if right else "it is the other one"


def normal(bound):
    """ "O(d k^2 H W)" as "dhk^2w": factors and terms sorted, no spaces, no signs of multiplication."""
    text = bound.lower().replace("**", "^").replace("*", "").replace(" ", "")
    if text.startswith("o(") and text.endswith(")"):
        text = text[2:-1]
    if text.startswith("max("):
        return "max(" + ",".join(sorted(text[4:-1].split(","))) + ")"
    return "+".join(sorted("".join(sorted(factors(term))) for term in text.replace("-", "+-").split("+")))


def factors(term):
    """Each letter or digit with the power after it."""
    found = []
    for character in term:
        if found and (character == "^" or found[-1].endswith(("^", "-"))):
            found[-1] += character
        else:
            found.append(character)
    return found


def check_bound(name, accepted):
    def check(answers):
        right = normal(getattr(answers, name)) in accepted
        return float(right), "" if right else "not the bound"

    return check


ROWS = (  # number, title, points, the file that answers it, its check: answers -> (fraction, message)
    ("1.1", "Names, shapes and values of the weights", 0.25, "binary_addition", check_weights),
    ("1.2", "Random additions", 1.25, "binary_addition", check_random_additions),
    ("1.3", "Every pair of numbers", 1.0, "binary_addition", check_every_addition),
    ("2.1a", "Error signal of h", 0.5, "lstm_gradient", check_equation("h")),
    ("2.1b", "Error signal of c", 0.5, "lstm_gradient", check_equation("c")),
    ("2.1c", "Error signal of g", 0.5, "lstm_gradient", check_equation("g")),
    ("2.1d", "Error signal of o", 0.5, "lstm_gradient", check_equation("o")),
    ("2.1e", "Error signal of f", 0.5, "lstm_gradient", check_equation("f")),
    ("2.1f", "Error signal of i", 0.5, "lstm_gradient", check_equation("i")),
    ("2.2", "Gradient of w_xi", 0.5, "lstm_gradient", check_gradient),
    ("3.1", "Parameter counts", 1.0, "convolutional", check_counts),
    ("3.2a", "Which residual block", 0.5, "convolutional", check_resnet),
    ("4.1a", "Connections of PixelCNN", 0.5, "autoregressive", check_bound("PIXELCNN_CONNECTIONS", CONNECTIONS)),
    ("4.1b", "Steps of PixelCNN", 0.5, "autoregressive", check_bound("PIXELCNN_SEQUENTIAL_OPERATIONS", {"d"})),
    ("4.2a", "Connections of MDRNN", 0.5, "autoregressive", check_bound("MDRNN_CONNECTIONS", CONNECTIONS)),
    ("4.2b", "Steps of MDRNN", 0.5, "autoregressive", check_bound("MDRNN_SEQUENTIAL_OPERATIONS", WAVEFRONT)),
)


def load(folder, stem):
    """A student's file, run here and now."""
    spec = importlib.util.spec_from_file_location(stem, f"{folder}/{stem}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def grade(folder):
    """The results of one submission, a file that will not load or a check that raises costing its own rows."""
    tests, loaded = [], {}
    for number, title, points, stem, check in ROWS:
        try:
            if stem not in loaded:
                loaded[stem] = load(folder, stem)
            fraction, message = check(loaded[stem])
        except Exception as error:
            fraction, message = 0.0, f"{type(error).__name__}: {error}"
        score = points * fraction
        tests.append({"number": number, "name": title, "score": score, "max_score": points, "output": message})
    return {"score": sum(test["score"] for test in tests), "tests": tests}


if __name__ == "__main__":
    results = grade(sys.argv[1])
    with open(sys.argv[2], "w") as file:
        json.dump(results, file, indent=1)
