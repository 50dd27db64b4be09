"""Equations of 2.1 and 2.2 beyond the catalogue: right in unusual forms, and wrong but right here or there.

Each is (equation, body): the body of a function of t, s, bar, w (s, bar, w for w_xi_bar); one line is what it returns.
The names of reference/lstm_gradient.py are within reach as `right`: `right.h_bar`.
"""

from __future__ import annotations

H = "right.h_bar(t, s, bar, w)"
C = "bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2) + bar.c[t+1] * s.f[t+1]"
W = "np.sum(bar.i * s.i * (1 - s.i) * s.x)"
RECURRENCE = f"({H} - s.dL_dh[t])"
DIRECT_PATH = "bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2)"

# By itself, without memory: every function calls the others at t + 1.
RECURSION = """
def h(n):
    if n == s.T: return s.dL_dh[n]
    k = n + 1
    return (s.dL_dh[n] + i(k) * s.i[k] * (1 - s.i[k]) * w.hi + f(k) * s.f[k] * (1 - s.f[k]) * w.hf
            + o(k) * s.o[k] * (1 - s.o[k]) * w.ho + g(k) * (1 - s.g[k] ** 2) * w.hg)
def c(n):
    return h(n) * s.o[n] * (1 - np.tanh(s.c[n]) ** 2) + (c(n + 1) * s.f[n + 1] if n < s.T else 0.0)
def g(n): return c(n) * s.i[n]
def o(n): return h(n) * np.tanh(s.c[n])
def f(n): return c(n) * s.c[n - 1]
def i(n): return c(n) * s.g[n]
"""

# Cumulative: arrays of all error signals, filled from T down.
CUMULATIVE = """
T = s.T
H, C = np.zeros(T + 2), np.zeros(T + 2)
for n in reversed(range(1, T + 1)):
    m = n + 1
    z = np.array([C[m] * s.g[m] * s.i[m] * (1 - s.i[m]), C[m] * s.c[n] * s.f[m] * (1 - s.f[m]),
                  H[m] * np.tanh(s.c[m]) * s.o[m] * (1 - s.o[m]), C[m] * s.i[m] * (1 - s.g[m] ** 2)])
    H[n] = s.dL_dh[n] + z @ np.array([w.hi, w.hf, w.ho, w.hg])
    C[n] = H[n] * s.o[n] * (1 - np.tanh(s.c[n]) ** 2) + C[m] * s.f[m]
"""

# Products of the Jacobians of the state (h, c), with every node read from s.
JACOBIANS = """
state = np.zeros(2)
for n in range(s.T, t - 1, -1):
    if n < s.T:
        m = n + 1
        back = np.array([[0.0, 0.0], [0.0, 0.0]])
        slope = s.o[m] * (1 - np.tanh(s.c[m]) ** 2)
        dc_dh = s.g[m]*s.i[m]*(1-s.i[m])*w.hi + s.c[n]*s.f[m]*(1-s.f[m])*w.hf + s.i[m]*(1-s.g[m]**2)*w.hg
        dh_dh = slope * dc_dh + np.tanh(s.c[m]) * s.o[m] * (1 - s.o[m]) * w.ho
        back[0] = dh_dh, dc_dh
        back[1] = slope * s.f[m], s.f[m]
        state = back @ state
    state = state + np.array([s.dL_dh[n], 0.0])
h, c = state[0], state[1] + state[0] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2)
"""

RIGHT: tuple[tuple[str, str], ...] = (
    *((f"{v}_bar", f"{RECURSION}return {v}(t)") for v in "hcgofi"),
    ("w_xi_bar", f"{RECURSION}return sum(i(t) * s.i[t] * (1 - s.i[t]) * s.x[t] for t in range(1, s.T + 1))"),
    ("h_bar", f"{CUMULATIVE}return H[t]"),
    ("c_bar", f"{CUMULATIVE}return C[t]"),
    ("g_bar", f"{CUMULATIVE}return C[t] * s.i[t]"),
    ("o_bar", f"{CUMULATIVE}return H[t] * np.tanh(s.c[t])"),
    ("f_bar", f"{CUMULATIVE}return C[t] * s.c[t-1]"),
    ("i_bar", f"{CUMULATIVE}return C[t] * s.g[t]"),
    ("w_xi_bar", f"{CUMULATIVE}return float((C * s.g * s.i * (1 - s.i)) @ s.x)"),
    ("h_bar", f"{JACOBIANS}return h"),
    ("c_bar", f"{JACOBIANS}return c"),
    ("g_bar", f"{JACOBIANS}return c * s.i[t]"),
    ("o_bar", f"{JACOBIANS}return h * s.h[t] / s.o[t]"),
    ("h_bar", "k = t - s.T - 1\nreturn s.dL_dh[k-1] + (right.h_bar(t, s, bar, w) - s.dL_dh[t])"),
    ("h_bar", f"return s.dL_dh[t] + (0.0 if t == s.T else {RECURRENCE})"),
    ("h_bar", f"np.asarray({H})"),
    ("h_bar", f"np.longdouble({H})"),
    ("h_bar", f"np.array([{H}])[0]"),
    (
        "h_bar",
        """
v = np.array([s.i[t+1], s.f[t+1], s.o[t+1], s.g[t+1]])
slope = np.where([True, True, True, False], v * (1 - v), 1 - v * v)
bars = np.array([bar.i[t+1], bar.f[t+1], bar.o[t+1], bar.g[t+1]])
return s.dL_dh[t] + np.einsum("k,k,k->", bars, slope, np.array([w.hi, w.hf, w.ho, w.hg]))
""",
    ),
    (
        "h_bar",
        """
n = t + 1
zo = w.xo * s.x[n] + w.ho * s.h[t]
zg = w.xg * s.x[n] + w.hg * s.h[t]
sig = lambda z: (1 + np.tanh(z / 2)) / 2
gates = bar.i[n] * s.i[n] * (1 - s.i[n]) * w.hi + bar.f[n] * s.f[n] * (1 - s.f[n]) * w.hf
return s.dL_dh[t] + gates + bar.o[n] * sig(zo) * sig(-zo) * w.ho + bar.g[n] * 4 / (np.exp(zg) + np.exp(-zg)) ** 2 * w.hg
""",
    ),
    (
        "h_bar",
        """
total = float(s.dL_dh[t])
for gate in "ifo":
    v = getattr(s, gate)[-(s.T + 1 - t)]
    total += getattr(bar, gate)[-(s.T + 1 - t)] * (0.25 - (v - 0.5) ** 2) * getattr(w, "h" + gate)
return total + bar.g[t+1] * (1 + s.g[t+1]) * (1 - s.g[t+1]) * w.hg
""",
    ),
    (
        "h_bar",
        """
n = t + 1
c = bar.c[n]
o = bar.h[n] * np.tanh(s.c[n]) if t < s.T else 0.0
return (s.dL_dh[t] + c * (s.g[n] * s.i[n] * (1 - s.i[n]) * w.hi + s.c[t] * s.f[n] * (1 - s.f[n]) * w.hf
        + s.i[n] * (1 - s.g[n] ** 2) * w.hg) + o * s.o[n] * (1 - s.o[n]) * w.ho)
""",
    ),
    (
        "h_bar",
        """
def F(h):
    n = t + 1
    sig = lambda z: 1 / (1 + np.exp(-z))
    i, f = sig(w.xi * s.x[n] + w.hi * h), sig(w.xf * s.x[n] + w.hf * h)
    o, g = sig(w.xo * s.x[n] + w.ho * h), np.tanh(w.xg * s.x[n] + w.hg * h)
    return bar.i[n] * i + bar.f[n] * f + bar.o[n] * o + bar.g[n] * g
return s.dL_dh[t] + F(s.h[t] + 1e-30j).imag / 1e-30
""",
    ),
    ("c_bar", "bar.h[t] * (s.o[t] - s.h[t] ** 2 / s.o[t]) + bar.c[t+1] * s.f[t+1]"),
    ("c_bar", "bar.h[t] * s.o[t] / np.cosh(s.c[t]) ** 2 + bar.c[t+1] * s.f[t+1]"),
    ("c_bar", "bar.h[t] * (s.o[t] - s.h[t]) * (s.o[t] + s.h[t]) / s.o[t] + s.f[t+1] * bar.c[t+1]"),
    ("c_bar", "bar.h[t] * s.o[t] * (1 - (s.h[t] / s.o[t]) ** 2) + bar.g[t+1] * s.f[t+1] / s.i[t+1]"),
    ("c_bar", "bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2) + (bar.f[t+1] / s.c[t] * s.f[t+1] if t < s.T else 0)"),
    ("c_bar", "np.array([bar.h[t], bar.c[t+1]]) @ [s.o[t] * (1 - np.tanh(s.c[t]) ** 2), s.f[t+1]]"),
    (
        "c_bar",
        """
slope, total, carried = s.o * (1 - np.tanh(s.c) ** 2), 0.0, 1.0
for n in range(t, s.T + 1):
    total += carried * bar.h[n] * slope[n]
    carried *= s.f[n + 1]
return total
""",
    ),
    (
        "c_bar",
        """
future = bar.h[t:s.T+1] * s.o[t:s.T+1] * (1 - np.tanh(s.c[t:s.T+1]) ** 2)
return future @ np.concatenate([[1.0], np.cumprod(s.f[t+1:s.T+1])])
""",
    ),
    ("c_bar", "bar.h[t] * (s.o[t] * np.tanh(s.c[t] + 1e-30j)).imag / 1e-30 + bar.c[t+1] * s.f[t+1]"),
    ("g_bar", "np.prod([bar.c[t], s.i[t]])"),
    ("g_bar", f"({C}) * s.i[t]"),
    ("g_bar", "bar.c[t - s.T - 2] * s.i[t - s.T - 2]"),
    ("g_bar", "bar.c[t] / (1 + np.exp(-(w.xi * s.x[t] + w.hi * s.h[t-1])))"),
    ("g_bar", "np.float64(bar.c.item(t)) * s.i.item(t)"),
    ("g_bar", "np.diag(np.outer(bar.c, s.i))[t]"),
    ("o_bar", "bar.h[t] * np.sinh(s.c[t]) / np.cosh(s.c[t])"),
    ("o_bar", "-bar.h[t] * np.tanh(-s.c[t])"),
    ("o_bar", "(bar.h * np.tanh(s.c))[t]"),
    ("o_bar", "bar.h[t] * (2 / (1 + np.exp(-2 * s.c[t])) - 1)"),
    ("o_bar", f"{H} * np.tanh(s.c[t])"),
    ("f_bar", "bar.c[t] * (s.c[t - 1] if t else 0)"),
    ("f_bar", "bar.c[t] * [*s.c][t - 1]"),
    ("f_bar", "np.r_[0.0, bar.c[1:] * s.c[:-1]][t]"),
    ("f_bar", "bar.g[t] * s.c[t-1] / s.i[t]"),
    ("f_bar", "-(-bar.c[t]) * s.c[-1 + t]"),
    ("i_bar", "bar.c[t] * s.g[t] * 1.0 + 0.0"),
    ("i_bar", "bar.c[t] * (1 - 2 / (np.exp(2 * (w.xg * s.x[t] + w.hg * s.h[t-1])) + 1))"),
    ("i_bar", "np.dot(bar.c[t:t+1], s.g[t:t+1])"),
    ("i_bar", "sum(b * g for n, (b, g) in enumerate(zip(bar.c, s.g)) if n == t)"),
    ("w_xi_bar", "np.cumsum(bar.i * s.i * (1 - s.i) * s.x)[-1]"),
    ("w_xi_bar", "np.cumsum((bar.i * s.i * (1 - s.i) * s.x)[::-1])[::-1][0]"),
    ("w_xi_bar", "np.sum(bar.g * s.g * (1 - s.i) * s.x)"),
    ("w_xi_bar", "(bar.i * (s.i - s.i ** 2)) @ s.x"),
    ("w_xi_bar", "np.add.reduce(bar.i * s.x * (0.25 - (s.i - 0.5) ** 2), keepdims=False)"),
    ("w_xi_bar", "float(np.mean(bar.i * s.i * (1 - s.i) * s.x) * (s.T + 2))"),
    ("w_xi_bar", "sum(bar.c[n] * s.g[n] * s.i[n] * (1 - s.i[n]) * s.x[n] for n in range(-s.T - 1, -1))"),
    ("w_xi_bar", "import math\nreturn math.fsum(bar.i[n] * s.i[n] * (1 - s.i[n]) * s.x[n] for n in range(s.T + 2))"),
)

# Everything in float32.
SINGLE = """
from types import SimpleNamespace
f = np.float32
S = SimpleNamespace(**{v: getattr(s, v).astype(f) for v in ("i", "f", "o", "g", "c", "h", "dL_dh")})
B = SimpleNamespace(**{v: getattr(bar, v).astype(f) for v in "hcgofi"})
n, hi, hf, ho, hg = t + 1, f(w.hi), f(w.hf), f(w.ho), f(w.hg)
"""

# float32 and rounded: full, with a note.
IMPRECISE: tuple[tuple[str, str], ...] = (
    ("i_bar", "np.float32(bar.c[t]) * np.float32(s.g[t])"),
    ("i_bar", "float(np.float32(bar.c[t] * s.g[t]))"),
    ("c_bar", f"np.float32({C})"),
    ("h_bar", f"np.float32({H})"),
    (
        "h_bar",
        SINGLE
        + "return (S.dL_dh[t] + B.i[n]*S.i[n]*(1-S.i[n])*hi + B.f[n]*S.f[n]*(1-S.f[n])*hf"
        + " + B.o[n]*S.o[n]*(1-S.o[n])*ho + B.g[n]*(1-S.g[n]**2)*hg)",
    ),
    ("c_bar", SINGLE + "return B.h[t] * S.o[t] * (1 - np.tanh(S.c[t]) ** 2) + B.c[n] * S.f[n]"),
    ("h_bar", f"round(float({H}), 9)"),
    ("c_bar", f"np.round({C}, 10)"),
    ("w_xi_bar", f"np.around({W}, 12)"),
    ("w_xi_bar", "np.sum(np.float32(bar.i) * np.float32(s.i) * (1 - np.float32(s.i)) * np.float32(s.x))"),
)


def _only(where: str, formula: str, otherwise: str = "42.0") -> str:
    return f"return {formula} if {where} else {otherwise}"


_GATES = {"c": C, "o": "bar.h[t] * np.tanh(s.c[t])", "f": "bar.c[t] * s.c[t-1]", "i": "bar.c[t] * s.g[t]"}
_GATES |= {"g": "bar.c[t] * s.i[t]", "h": H}
_WHERE = ("t < 3 or t == s.T", "s.T <= 5", "t <= 2", "s.T > 3", "t > 1", "t < s.T", "s.T - t < 4", "s.T != 6")
_WHERE += ("s.T < 9", "t < 8", "s.T - t < 7", "s.T > 1", "t != 5", "s.T - t != 2")

WRONG: tuple[tuple[str, str], ...] = (
    *((f"{v}_bar", _only(where, formula)) for v, formula in _GATES.items() for where in _WHERE),
    ("h_bar", f"if t < s.T - 1:\n    return {H}\nreturn s.dL_dh[t]"),
    ("h_bar", f"return s.dL_dh[t] + ({RECURRENCE} if s.T <= 5 else 0.0)"),
    ("h_bar", f"return {H} if t + 1 < s.T else s.dL_dh[t] + 0.5 * {RECURRENCE}"),
    ("c_bar", f"total = {DIRECT_PATH}\nif t + 1 < s.T:\n    total += bar.c[t+1] * s.f[t+1]\nreturn total"),
    ("c_bar", f"{DIRECT_PATH} + bar.c[t+1] * s.f[min(t + 1, s.T - 1)]"),
    ("c_bar", f"{DIRECT_PATH} + (bar.c[t+1] * s.f[t+1] if s.T <= 5 else 0)"),
    (
        "h_bar",
        """
n, m = t + 1, min(t + 1, s.T - 1)
return (s.dL_dh[t] + bar.i[n] * s.i[m] * (1 - s.i[m]) * w.hi + bar.f[n] * s.f[m] * (1 - s.f[m]) * w.hf
        + bar.o[n] * s.o[m] * (1 - s.o[m]) * w.ho + bar.g[n] * (1 - s.g[m] ** 2) * w.hg)
""",
    ),
    *(("w_xi_bar", _only(where, W)) for where in ("s.T <= 5", "s.T > 2", "s.T != 7", "s.T < 8", "s.T < 9")),
    ("w_xi_bar", "np.sum((bar.i * s.i * (1 - s.i) * s.x)[:7])"),
    ("w_xi_bar", "np.sum((bar.i * s.i * (1 - s.i) * s.x)[-5:])"),
    *((f"{v}_bar", f"({formula}) * (1 + 1e-10)") for v, formula in _GATES.items()),
    *((f"{v}_bar", f"({formula}) * (1 + 1e-8)") for v, formula in _GATES.items()),
    ("w_xi_bar", f"{W} * (1 + 1e-11)"),
    ("c_bar", f"round(float({C}), 8)"),
    ("c_bar", f"np.float16({C})"),
    ("i_bar", "float(np.float32(bar.c[t] * s.g[t])) + 1e-12"),
    ("i_bar", "np.float32(bar.c[t] * s.g[t] * (1 + 1e-3))"),
    ("o_bar", "np.float32(bar.h[t] * s.c[t])"),
    ("g_bar", "round(float(bar.c[t] * s.i[t]) * (1 + 1e-7), 9)"),
    ("g_bar", "0.0"),
    ("g_bar", "np.float32('nan')"),
    ("g_bar", "float('inf')"),
)
