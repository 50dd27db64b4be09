"""Question 2: the mistakes people make in each equation, and right equations written in unusual ways.

Each source redefines one function of the reference and leaves the others right; every equation is judged on its own,
so a mistake must show in its own row and in no other.
"""

from __future__ import annotations

from typing import Any

from reference.catalogue import RIGHT, Case

ROWS = {
    "h_bar": "2.1a",
    "c_bar": "2.1b",
    "g_bar": "2.1c",
    "o_bar": "2.1d",
    "f_bar": "2.1e",
    "i_bar": "2.1f",
    "w_xi_bar": "2.2",
}


def _source(equation: str, body: str) -> str:
    """The function with this body; a body of one line is the returned expression."""
    arguments = "s, bar, w" if equation == "w_xi_bar" else "t, s, bar, w"
    lines = body.strip("\n").split("\n")
    if len(lines) == 1:
        lines = [f"return {lines[0].strip()}"]
    return f"def {equation}({arguments}):\n" + "".join(f"    {line}\n" for line in lines)


TRUE_TERMS = {"h_bar": 5, "c_bar": 2}  # the equations that are credited by their terms


def _wrong(equation: str, name: str, terms: str, says: str, body: str) -> Case:
    """terms: right terms / the larger of true and given terms ("4/5"); "0" where no term is right, or none counts."""
    return Case(ROWS[equation], name, _source(equation, body), _found(equation, terms), says)


def _found(equation: str, terms: str) -> dict[str, Any]:
    if equation not in TRUE_TERMS:
        return {"right": False}
    right, _, most = terms.partition("/")
    true = TRUE_TERMS[equation]
    found = {"right": False, "right_terms": int(right), "true_terms": true}
    return {**found, "given_terms": int(most)} if most and int(most) > true else found


def _right(equation: str, name: str, body: str) -> Case:
    return Case(ROWS[equation], name, _source(equation, body), RIGHT)


_CHANGED = "changes {} in place"
_SUM = "np.sum(bar.i * s.i * (1 - s.i) * s.x)"
_DIRECT = "s.dL_dh[t]"
_I = "bar.i[t+1] * s.i[t+1] * (1 - s.i[t+1]) * w.hi"
_F = "bar.f[t+1] * s.f[t+1] * (1 - s.f[t+1]) * w.hf"
_O = "bar.o[t+1] * s.o[t+1] * (1 - s.o[t+1]) * w.ho"
_G = "bar.g[t+1] * (1 - s.g[t+1] ** 2) * w.hg"


def _h(direct: str = _DIRECT, i: str = _I, f: str = _F, o: str = _O, g: str = _G) -> str:
    return f"{direct} + {i} + {f} + {o} + {g}"


def _g_slope(slope: str) -> str:
    return _h(g=f"bar.g[t+1] * ({slope}) * w.hg")


def _every_gate(signal: str, slope: str, g_slope: str, weight: str) -> str:
    """h_bar with the same change in every gate's term; {v} is the gate."""
    terms = [f"{signal} * {slope} * {weight}".replace("{v}", v) for v in "ifo"]
    return " + ".join([_DIRECT, *terms, f"{signal} * {g_slope} * {weight}".replace("{v}", "g")])


_SIGNAL, _SLOPE, _G_SLOPE, _WEIGHT = (
    "bar.{v}[t+1]",
    "s.{v}[t+1] * (1 - s.{v}[t+1])",
    "(1 - s.g[t+1] ** 2)",
    "w.h{v}",
)

_H_WRONG = (
    _wrong("h_bar", "(1 - g) for (1 - g^2)", "4/5", "uses 1 - g(t+1) where 1 - g(t+1)^2", _g_slope("1 - s.g[t+1]")),
    _wrong("h_bar", "g (1 - g) for (1 - g^2)", "4/5", "through g(t+1)", _g_slope("s.g[t+1] * (1 - s.g[t+1])")),
    _wrong("h_bar", "(1 + g^2) for (1 - g^2)", "4/5", "through g(t+1)", _g_slope("1 + s.g[t+1] ** 2")),
    _wrong(
        "h_bar",
        "tan for tanh in the candidate's derivative",
        "4/5",
        "tan for tanh",
        _g_slope("1 - np.tan(w.xg * s.x[t+1] + w.hg * s.h[t]) ** 2"),
    ),
    _wrong(
        "h_bar", "tanh taken of g once more", "4/5", "uses 1 - tanh(g(t+1))^2", _g_slope("1 - np.tanh(s.g[t+1]) ** 2")
    ),
    _wrong("h_bar", "input path missing", "4/5", "the term through i(t+1) is missing", _h(i="0")),
    _wrong("h_bar", "forget path missing", "4/5", "the term through f(t+1) is missing", _h(f="0")),
    _wrong("h_bar", "output path missing", "4/5", "the term through o(t+1) is missing", _h(o="0")),
    _wrong("h_bar", "candidate path missing", "4/5", "the term through g(t+1) is missing", _h(g="0")),
    _wrong("h_bar", "forget path with its sign wrong", "4/5", "f(t+1) has the wrong sign", _h(f=f"-{_F}")),
    _wrong("h_bar", "input path with a factor 1/2", "4/5", "the coefficient 0.5", _h(i=f"0.5 * {_I}")),
    _wrong("h_bar", "output path counted twice", "4/5", "is counted twice", _h(o=f"2 * {_O}")),
    _wrong("h_bar", "direct term missing", "4/5", "the direct term dL/dh(t) is missing", _h(direct="0")),
    _wrong("h_bar", "direct term only at t = T", "4/5", "only at t = T", _h(direct="(s.dL_dh[t] if t == s.T else 0)")),
    _wrong("h_bar", "direct term of the next step", "4/5", "dL/dh(t+1)", _h(direct="s.dL_dh[t+1]")),
    _wrong("h_bar", "recurrence missing", "1/5", "i(t+1), f(t+1), o(t+1) and g(t+1) are missing", _DIRECT),
    _wrong(
        "h_bar",
        "no gate derivatives (pre-activation style)",
        "1/5",
        "the derivative of the activation is missing",
        _every_gate(_SIGNAL, "1", "1", _WEIGHT),
    ),
    _wrong(
        "h_bar",
        "no recurrent weights",
        "1/5",
        "the recurrent weight is missing",
        _every_gate(_SIGNAL, _SLOPE, _G_SLOPE, "1"),
    ),
    _wrong("h_bar", "w_x* for w_h*", "1/5", "uses the input weight", _every_gate(_SIGNAL, _SLOPE, _G_SLOPE, "w.x{v}")),
    _wrong(
        "h_bar",
        "weights of i and f swapped",
        "3/5",
        "uses w_hf where w_hi belongs",
        _h(i=_I.replace("w.hi", "w.hf"), f=_F.replace("w.hf", "w.hi")),
    ),
    _wrong(
        "h_bar",
        "1 - s^2 for s (1 - s)",
        "2/5",
        "uses 1 - s^2",
        _every_gate(_SIGNAL, "(1 - s.{v}[t+1] ** 2)", _G_SLOPE, _WEIGHT),
    ),
    _wrong(
        "h_bar",
        "gates at t, not t+1",
        "1/5",
        "takes the gate at t where t+1 belongs",
        _every_gate(_SIGNAL, "s.{v}[t] * (1 - s.{v}[t])", "(1 - s.g[t] ** 2)", _WEIGHT),
    ),
    _wrong(
        "h_bar",
        "error signals at t, not t+1",
        "1/5",
        "takes the error signal at t where t+1 belongs",
        _every_gate("bar.{v}[t]", _SLOPE, _G_SLOPE, _WEIGHT),
    ),
    _wrong(
        "h_bar",
        "everything at t, not t+1",
        "1/5",
        "takes the gate at t where t+1 belongs",
        _every_gate("bar.{v}[t]", "s.{v}[t] * (1 - s.{v}[t])", "(1 - s.g[t] ** 2)", _WEIGHT),
    ),
    _wrong(
        "h_bar",
        "three paths wrong in three ways",
        "2/5",
        "the term through f(t+1) has the wrong sign",
        _h(i=_I.replace("(1 - s.i[t+1])", "(1 + s.i[t+1])"), f=f"-{_F}", g="bar.g[t+1] * (1 - s.g[t+1]) * w.hg"),
    ),
    _wrong(
        "h_bar",
        "a cosine in one path",
        "4/5",
        "uses cos(g(t+1)) where 1 - g(t+1)^2 belongs",
        _h(g="bar.g[t+1] * np.cos(s.g[t+1]) * w.hg"),
    ),
    _wrong("h_bar", "a cell term added", "5/6", "does not belong", _h() + " + bar.c[t+1] * s.f[t+1]"),
    _wrong("h_bar", "nothing like it", "0", "expected", "np.exp(w.hi) * s.h[t] + bar.c[t+1] ** 2"),
    _wrong("h_bar", "reads its own answer", "0", "reads h_bar(t)", "bar.h[t]"),
)

_C_WRONG = (
    _wrong(
        "c_bar",
        "forget path missing",
        "1/2",
        "the term through c(t+1) is missing",
        "bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2)",
    ),
    _wrong("c_bar", "hidden path missing", "1/2", "the term through h(t) is missing", "bar.c[t+1] * s.f[t+1]"),
    _wrong(
        "c_bar",
        "f(t) for f(t+1)",
        "1/2",
        "uses f(t) where f(t+1)",
        "bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2) + bar.c[t+1] * s.f[t]",
    ),
    _wrong(
        "c_bar",
        "no f factor",
        "1/2",
        "the factor f(t+1) is missing",
        "bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2) + bar.c[t+1]",
    ),
    _wrong(
        "c_bar",
        "1 - tanh^2 forgotten",
        "1/2",
        "the factor 1 - tanh(c(t))^2 is missing",
        "bar.h[t] * s.o[t] + bar.c[t+1] * s.f[t+1]",
    ),
    _wrong(
        "c_bar",
        "o forgotten",
        "1/2",
        "the factor o(t) is missing",
        "bar.h[t] * (1 - np.tanh(s.c[t]) ** 2) + bar.c[t+1] * s.f[t+1]",
    ),
    _wrong(
        "c_bar",
        "1 - tanh, no square",
        "1/2",
        "uses 1 - tanh(c(t)) where",
        "bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t])) + bar.c[t+1] * s.f[t+1]",
    ),
    _wrong(
        "c_bar",
        "1 - c^2",
        "1/2",
        "uses 1 - c(t)^2 where",
        "bar.h[t] * s.o[t] * (1 - s.c[t] ** 2) + bar.c[t+1] * s.f[t+1]",
    ),
    _wrong(
        "c_bar",
        "tan for tanh",
        "1/2",
        "uses 1 - tan(c(t))^2",
        "bar.h[t] * s.o[t] * (1 - np.tan(s.c[t]) ** 2) + bar.c[t+1] * s.f[t+1]",
    ),
    _wrong(
        "c_bar",
        "paths multiplied",
        "0",
        "are multiplied",
        "bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2) * bar.c[t+1] * s.f[t+1]",
    ),
    _wrong(
        "c_bar",
        "sign of the forget path",
        "1/2",
        "the term through c(t+1) has the wrong sign",
        "bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2) - bar.c[t+1] * s.f[t+1]",
    ),
    _wrong(
        "c_bar",
        "two mistakes",
        "0",
        "the factor o(t) is missing",
        "bar.h[t] * (1 - np.tanh(s.c[t]) ** 2) + bar.c[t+1] * s.f[t]",
    ),
    _wrong(
        "c_bar",
        "an unheard-of form in the hidden path",
        "1/2",
        "uses a function of x(t) and c(t) where 1 - tanh(c(t))^2 belongs; o(t) is right",
        "bar.h[t] * s.o[t] * np.cos(s.c[t] * s.x[t]) + bar.c[t+1] * s.f[t+1]",
    ),
    _wrong(
        "c_bar",
        "a direct term added",
        "2/3",
        "does not belong",
        "s.dL_dh[t] + bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2) + bar.c[t+1] * s.f[t+1]",
    ),
    _wrong(
        "c_bar",
        "nothing at t = T",
        "1/2",
        "does something else at t = T",
        "if t == s.T:\n    return 0.0\nreturn bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2) + bar.c[t+1] * s.f[t+1]",
    ),
)

_GATES_WRONG = (
    _wrong("g_bar", "f for i", "0", "uses f(t) where i(t) belongs", "bar.c[t] * s.f[t]"),
    _wrong("g_bar", "extra (1 - g^2)", "0", "of the pre-activation", "bar.c[t] * s.i[t] * (1 - s.g[t] ** 2)"),
    _wrong("g_bar", "i(t+1) for i(t)", "0", "uses i(t+1) where i(t) belongs", "bar.c[t] * s.i[t+1]"),
    _wrong("g_bar", "sign wrong", "0", "wrong sign", "-bar.c[t] * s.i[t]"),
    _wrong("o_bar", "c for tanh(c)", "0", "uses c(t) where tanh(c(t)) belongs", "bar.h[t] * s.c[t]"),
    _wrong("o_bar", "c_bar for h_bar", "0", "uses c_bar(t) where h_bar(t) belongs", "bar.c[t] * np.tanh(s.c[t])"),
    _wrong("o_bar", "1 - tanh^2 for tanh", "0", "1 - tanh(c(t))^2", "bar.h[t] * (1 - np.tanh(s.c[t]) ** 2)"),
    _wrong(
        "o_bar", "extra o (1 - o)", "0", "of the pre-activation", "bar.h[t] * np.tanh(s.c[t]) * s.o[t] * (1 - s.o[t])"
    ),
    _wrong("f_bar", "c(t) for c(t-1)", "0", "uses c(t) where c(t-1) belongs", "bar.c[t] * s.c[t]"),
    _wrong("f_bar", "c_bar(t+1) c(t)", "0", "uses c(t) where c(t-1) belongs", "bar.c[t+1] * s.c[t]"),
    _wrong("f_bar", "tanh(c(t-1)) for c(t-1)", "0", "uses tanh(c(t-1))", "bar.c[t] * np.tanh(s.c[t-1])"),
    _wrong("f_bar", "extra f (1 - f)", "0", "of the pre-activation", "bar.c[t] * s.c[t-1] * s.f[t] * (1 - s.f[t])"),
    _wrong("f_bar", "nothing at t = 1", "0", "t = 1", "bar.c[t] * s.c[t-1] if t > 1 else 0.0"),
    _wrong("i_bar", "i for g", "0", "uses i(t) where g(t) belongs", "bar.c[t] * s.i[t]"),
    _wrong("i_bar", "tanh(c) for g", "0", "uses tanh(c(t)) where g(t) belongs", "bar.c[t] * np.tanh(s.c[t])"),
    _wrong("i_bar", "extra i (1 - i)", "0", "of the pre-activation", "bar.c[t] * s.g[t] * s.i[t] * (1 - s.i[t])"),
    _wrong("i_bar", "always 0", "0", "always 0", "0"),
)

_W_WRONG = (
    _wrong("w_xi_bar", "no sum", "0", "the sum over time is missing", "(bar.i * s.i * (1 - s.i) * s.x)[s.T]"),
    _wrong("w_xi_bar", "no i (1 - i)", "0", "is missing", "np.sum(bar.i * s.x)"),
    _wrong(
        "w_xi_bar", "h(t-1) for x(t)", "0", "uses h(t-1) where x(t)", "np.sum((bar.i * s.i * (1 - s.i))[1:] * s.h[:-1])"
    ),
    _wrong("w_xi_bar", "1 - i^2 for i (1 - i)", "0", "uses 1 - i(t)^2", "np.sum(bar.i * (1 - s.i ** 2) * s.x)"),
    _wrong(
        "w_xi_bar", "x(t-1) for x(t)", "0", "uses x(t-1) where x(t)", "np.sum((bar.i * s.i * (1 - s.i))[1:] * s.x[:-1])"
    ),
    _wrong(
        "w_xi_bar",
        "gate i(t+1) for i(t)",
        "0",
        "uses i(t+1) (1 - i(t+1))",
        "np.sum(bar.i[:-1] * s.i[1:] * (1 - s.i[1:]) * s.x[:-1])",
    ),
    _wrong(
        "w_xi_bar",
        "i_bar(t+1) for i_bar(t)",
        "0",
        "uses i_bar(t+1)",
        "np.sum(bar.i[1:] * (s.i * (1 - s.i) * s.x)[:-1])",
    ),
    _wrong("w_xi_bar", "sum to T-1", "0", "leaves out t = T", "np.sum((bar.i * s.i * (1 - s.i) * s.x)[:s.T])"),
    _wrong("w_xi_bar", "sum from 2", "0", "leaves out t = 1", "np.sum((bar.i * s.i * (1 - s.i) * s.x)[2:])"),
    _wrong("w_xi_bar", "mean over T", "0", "not a mean", "np.sum(bar.i * s.i * (1 - s.i) * s.x) / s.T"),
    _wrong(
        "w_xi_bar", "mean of the array", "0", "the mean of the whole array", "np.mean(bar.i * s.i * (1 - s.i) * s.x)"
    ),
    _wrong("w_xi_bar", "sign of a descent step", "0", "wrong sign", "-np.sum(bar.i * s.i * (1 - s.i) * s.x)"),
    _wrong("w_xi_bar", "c_bar for i_bar", "0", "uses c_bar(t) where i_bar(t)", "np.sum(bar.c * s.i * (1 - s.i) * s.x)"),
)

# One unknown or superfluous piece voids none of the right terms.
_HIDDEN, _CELL = "bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2)", "bar.c[t+1] * s.f[t+1]"
_WHATEVER_ELSE = (
    *(
        _wrong("h_bar", f"direct term {name}", "4/5", "the direct term", _h(direct=f"s.dL_dh[t] {form}"))
        for name, form in (("times o", "* s.o[t]"), ("over T", "/ s.T"), ("times h", "* s.h[t]"), ("squared", "** 2"))
    ),
    *(
        _wrong("h_bar", f"{more} added", "5/6", "does not belong", f"{_h()} + {more}")
        for more in ("1", "bar.h[t+1] * s.o[t+1]", "bar.c[t] * s.o[t]", "np.exp(s.h[t])")
    ),
    _wrong("c_bar", "dL/dh for h_bar", "1/2", "uses dL/dh(t)", f"{_HIDDEN.replace('bar.h', 's.dL_dh')} + {_CELL}"),
    *(
        _wrong("c_bar", f"{more} added", "2/3", "does not belong", f"{_HIDDEN} + {_CELL} + {more}")
        for more in ("1", "bar.o[t+1] * s.h[t]", "bar.i[t+1] * s.g[t+1]")
    ),
    _wrong(
        "c_bar",
        "brackets missing",
        "1/2",
        "the brackets around 1 - tanh(c(t))^2 are missing",
        f"bar.h[t] * s.o[t] * 1 - np.tanh(s.c[t]) ** 2 + {_CELL}",
    ),
)

_NAMED = (
    _wrong("i_bar", "c(t-1) for g(t)", "0", "uses c(t-1) where g(t) belongs", "bar.c[t] * s.c[t-1]"),
    _wrong("i_bar", "f_bar for it", "0", "uses f_bar(t) where c_bar(t) belongs", "bar.f[t]"),
    _wrong("g_bar", "over T", "0", "is divided by T", "bar.c[t] * s.i[t] / s.T"),
    _wrong("o_bar", "dL/dh for h_bar", "0", "uses dL/dh(t) where h_bar(t)", "s.dL_dh[t] * np.tanh(s.c[t])"),
    _wrong(
        "f_bar",
        "c_bar written out without its forget path",
        "0",
        "writes c_bar(t) out, and there the term through c(t+1) is missing",
        f"{_HIDDEN} * s.c[t-1]",
    ),
    _wrong(
        "w_xi_bar",
        "the update rule",
        "0",
        "the updated weight, w_xi - 0.1 * gradient",
        "w.xi - 0.1 * np.sum(bar.i * s.i * (1 - s.i) * s.x)",
    ),
)

# All error signals from scratch, carried back from T in one loop.
_CARRIED = """
c_next, f_next, back = 0.0, 0.0, 0.0
for n in range(s.T, STOP - 1, -1):
    dh = s.dL_dh[n] + back
    dc = dh * s.o[n] * (1 - np.tanh(s.c[n]) ** 2) + c_next * f_next
    if n == STOP:
        return ANSWER
    zi = dc * s.g[n] * s.i[n] * (1 - s.i[n])
    zf = dc * s.c[n-1] * s.f[n] * (1 - s.f[n])
    zo = dh * np.tanh(s.c[n]) * s.o[n] * (1 - s.o[n])
    zg = dc * s.i[n] * (1 - s.g[n] ** 2)
    back = zi * w.hi + zf * w.hf + zo * w.ho + zg * w.hg
    c_next, f_next = dc, s.f[n]
"""


def _carried(answer: str) -> str:
    return _CARRIED.replace("STOP", "t").replace("ANSWER", answer)


_H_RIGHT = (
    _right("h_bar", "guard at t = T", f"if t == s.T:\n    return s.dL_dh[t]\nreturn {_h()}"),
    _right(
        "h_bar",
        "a loop over the gates",
        """
total = s.dL_dh[t]
for v in "ifog":
    value = getattr(s, v)[t + 1]
    slope = 1 - value ** 2 if v == "g" else value - value ** 2
    total = total + getattr(bar, v)[t + 1] * slope * getattr(w, "h" + v)
return total
""",
    ),
    _right(
        "h_bar",
        "c_bar and o_bar inlined",
        """
c, n = bar.c[t+1], t + 1
back = c * s.g[n] * s.i[n] * (1 - s.i[n]) * w.hi + c * s.c[t] * s.f[n] * (1 - s.f[n]) * w.hf
back += bar.h[n] * np.tanh(s.c[n]) * s.o[n] * (1 - s.o[n]) * w.ho + c * s.i[n] * (1 - s.g[n] ** 2) * w.hg
return s.dL_dh[t] + back
""",
    ),
    _right(
        "h_bar",
        "h/o for tanh(c), c - i g for f c(t-1)",
        """
c, n = bar.c[t+1], t + 1
back = c * s.g[n] * s.i[n] * (1 - s.i[n]) * w.hi + c * (s.c[n] - s.i[n] * s.g[n]) * (1 - s.f[n]) * w.hf
back += bar.h[n] * s.h[n] / s.o[n] * s.o[n] * (1 - s.o[n]) * w.ho + c * s.i[n] * (1 - s.g[n] ** 2) * w.hg
return s.dL_dh[t] + back
""",
    ),
    _right(
        "h_bar",
        "sigma and sech^2 of the pre-activations",
        """
def sigma(z):
    return 1 / (1 + np.exp(-z))
def slope(x, h):
    z = x * s.x[t+1] + h * s.h[t]
    return sigma(z) * sigma(-z) * h
z = w.xg * s.x[t+1] + w.hg * s.h[t]
gates = bar.i[t+1] * slope(w.xi, w.hi) + bar.f[t+1] * slope(w.xf, w.hf) + bar.o[t+1] * slope(w.xo, w.ho)
return s.dL_dh[t] + gates + bar.g[t+1] * w.hg / np.cosh(z) ** 2
""",
    ),
    _right("h_bar", "(1 - g)(1 + g)", _g_slope("(1 - s.g[t+1]) * (1 + s.g[t+1])")),
    _right(
        "h_bar",
        "a dot product of arrays",
        """
gates = np.array([s.i[t+1], s.f[t+1], s.o[t+1]])
bars = np.array([bar.i[t+1], bar.f[t+1], bar.o[t+1]])
back = np.dot(bars * gates * (1 - gates), [w.hi, w.hf, w.ho])
return np.asarray(s.dL_dh[t] + back + bar.g[t+1] * (1 - s.g[t+1] ** 2) * w.hg)
""",
    ),
    _right("h_bar", "carried back from T", _carried("dh")),
    _right(
        "h_bar",
        "by whole arrays",
        """
back = bar.i * s.i * (1 - s.i) * w.hi + bar.f * s.f * (1 - s.f) * w.hf
back = back + bar.o * s.o * (1 - s.o) * w.ho + bar.g * (1 - s.g * s.g) * w.hg
return (s.dL_dh + np.append(back[1:], 0))[t]
""",
    ),
)

_C_RIGHT = (
    _right("c_bar", "1 - (h/o)^2", "bar.h[t] * s.o[t] * (1 - (s.h[t] / s.o[t]) ** 2) + bar.c[t+1] * s.f[t+1]"),
    _right("c_bar", "o - h^2/o", "bar.h[t] * (s.o[t] - s.h[t] ** 2 / s.o[t]) + bar.c[t+1] * s.f[t+1]"),
    _right("c_bar", "sech^2", "bar.h[t] * s.o[t] / np.cosh(s.c[t]) ** 2 + bar.c[t+1] * s.f[t+1]"),
    _right(
        "c_bar",
        "sech^2 by exponentials",
        "bar.h[t] * s.o[t] * 4 / (np.exp(s.c[t]) + np.exp(-s.c[t])) ** 2 + s.f[t+1] * bar.c[t+1]",
    ),
    _right(
        "c_bar",
        "guard at t = T",
        """
own = bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2)
return own if t == s.T else own + bar.c[t+1] * s.f[t+1]
""",
    ),
    _right(
        "c_bar",
        "f_bar(t+1) f(t+1) / c(t)",
        "bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2) + bar.f[t+1] * s.f[t+1] / s.c[t]",
    ),
    _right("c_bar", "carried back from T", _carried("dc")),
)

_GATES_RIGHT = (
    _right("g_bar", "c_bar inlined", "(bar.h[t] * s.o[t] / np.cosh(s.c[t]) ** 2 + bar.c[t+1] * s.f[t+1]) * s.i[t]"),
    _right("g_bar", "sigma written out", "bar.c[t] / (1 + np.exp(-w.xi * s.x[t] - w.hi * s.h[t-1]))"),
    _right("g_bar", "i by the cell's equation", "bar.c[t] * (s.c[t] - s.f[t] * s.c[t-1]) / s.g[t]"),
    _right("g_bar", "whole arrays", "np.multiply(bar.c, s.i)[t]"),
    _right("g_bar", "carried back from T", _carried("dc * s.i[t]")),
    _right("o_bar", "h/o for tanh(c)", "bar.h[t] * s.h[t] / s.o[t]"),
    _right("o_bar", "tanh by exponentials", "bar.h[t] * (np.exp(2 * s.c[t]) - 1) / (np.exp(2 * s.c[t]) + 1)"),
    _right("o_bar", "tanh of the cell's equation", "bar.h[t] * np.tanh(s.f[t] * s.c[t-1] + s.i[t] * s.g[t])"),
    _right("o_bar", "carried back from T", _carried("dh * np.tanh(s.c[t])")),
    _right("f_bar", "(c - i g)/f for c(t-1)", "bar.c[t] * (s.c[t] - s.i[t] * s.g[t]) / s.f[t]"),
    _right("f_bar", "by g_bar", "bar.g[t] / s.i[t] * s.c[t-1]"),
    _right("f_bar", "np.roll", "(bar.c * np.roll(s.c, 1))[t]"),
    _right(
        "f_bar", "c_bar inlined", "(bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2) + bar.c[t+1] * s.f[t+1]) * s.c[t-1]"
    ),
    _right("f_bar", "carried back from T", _carried("dc * s.c[t-1]")),
    _right("i_bar", "by g_bar", "bar.g[t] * s.g[t] / s.i[t]"),
    _right("i_bar", "by f_bar", "bar.f[t] * s.g[t] / s.c[t-1]"),
    _right("i_bar", "tanh written out", "bar.c[t] * np.tanh(w.xg * s.x[t] + w.hg * s.h[t-1])"),
    _right("i_bar", "(c - f c(t-1))/i for g", "bar.c[t] * (s.c[t] - s.f[t] * s.c[t-1]) / s.i[t]"),
    _right("i_bar", "carried back from T", _carried("dc * s.g[t]")),
)

_W_RIGHT = (
    _right(
        "w_xi_bar",
        "a loop",
        "total = 0\nfor t in range(1, s.T + 1):\n    total += bar.i[t] * s.i[t] * (1 - s.i[t]) * s.x[t]\nreturn total",
    ),
    _right("w_xi_bar", "c_bar g for i_bar", "np.sum(bar.c * s.g * s.i * (1 - s.i) * s.x)"),
    _right("w_xi_bar", "a dot product", "np.dot(bar.i * (s.i - s.i ** 2), s.x)"),
    _right("w_xi_bar", "only 1..T", "sum(bar.i[1:-1] * s.i[1:-1] * (1 - s.i[1:-1]) * s.x[1:-1])"),
    _right("w_xi_bar", "einsum, a 0-d array", "np.asarray(np.einsum('t,t,t,t->', bar.i, s.i, 1 - s.i, s.x))"),
    _right(
        "w_xi_bar",
        "sigma of the pre-activations",
        "z = w.xi * s.x[1:] + w.hi * s.h[:-1]\nreturn np.sum(bar.i[1:] * np.exp(-z) / (1 + np.exp(-z)) ** 2 * s.x[1:])",
    ),
    _right("w_xi_bar", "from T down to 1", "sum(bar.i[t] * s.i[t] * (1 - s.i[t]) * s.x[t] for t in range(s.T, 0, -1))"),
)

# The network run again from w and x, with NODE nudged by STEP: central differences, or the complex step.
_RUN_AGAIN = """
def sigma(z):
    return 1 / (1 + np.exp(-z))
def loss(d):
    h, c, total = s.h[FROM], s.c[FROM], 0.0
    for n in range(FROM + 1, s.T + 1):
        add = {v: d if v == "NODE" and n == NOW else 0.0 for v in "ifogch"}
        i = sigma((w.xi + (d if "NODE" == "w_xi" else 0.0)) * s.x[n] + w.hi * h) + add["i"]
        f = sigma(w.xf * s.x[n] + w.hf * h) + add["f"]
        o = sigma(w.xo * s.x[n] + w.ho * h) + add["o"]
        c = f * c + i * (np.tanh(w.xg * s.x[n] + w.hg * h) + add["g"]) + add["c"]
        h = o * np.tanh(c) + add["h"]
        total = total + s.dL_dh[n] * h
    return total
return RETURNED
"""
_CENTRAL = "(loss(1e-5) - loss(-1e-5)) / 2e-5"
_COMPLEX = "loss(1e-30j).imag / 1e-30"


def _run_again(equation: str, way: str, start: str = "0") -> Case:
    node = equation.removesuffix("_bar")
    body = _RUN_AGAIN.replace("FROM", start).replace("NODE", node).replace("NOW", "None" if node == "w_xi" else "t")
    name = f"the network run again from index {start} by {'differences' if way == _CENTRAL else 'the complex step'}"
    return _wrong(equation, name, "0", "run the network again from w and x", body.replace("RETURNED", way))


_RUN_AGAIN_WRONG = (
    _run_again("g_bar", _CENTRAL),
    _run_again("o_bar", _COMPLEX),
    _run_again("f_bar", _COMPLEX, "t - 1"),
    _run_again("i_bar", _CENTRAL, "t - 1"),
    _run_again("w_xi_bar", _CENTRAL),
    _run_again("w_xi_bar", _COMPLEX),
)

_KEPT = "keep values between calls"


def _kept(equation: str, key: str, value: str) -> Case:
    """Every value is kept under `key`, and given again to whoever asks under the same."""
    body = f"kept = {equation}.__dict__.setdefault('kept', {{}})\nreturn kept.setdefault({key}, {value})"
    return _wrong(equation, f"values kept by {key}", "0", _KEPT, body)


_KEPT_WRONG = (
    _kept("g_bar", "t", "bar.c[t] * s.i[t]"),
    _kept("o_bar", "None", "bar.h[t] * np.tanh(s.c[t])"),
    _kept("f_bar", "t", "bar.c[t] * s.c[t]"),
    _kept("w_xi_bar", "s.T > 3", "np.sum(bar.i * s.i * (1 - s.i) * s.x)"),
)

_HERE_OR_THERE = (
    _wrong("o_bar", "right up to t = 2", "0", "", "bar.h[t] * np.tanh(s.c[t]) if t <= 2 else 42.0"),
    _wrong("f_bar", "right for T <= 5", "0", "", "bar.c[t] * s.c[t-1] if s.T <= 5 else 42.0"),
    _wrong("i_bar", "right at t < 3 and t = T", "0", "", "bar.c[t] * s.g[t] if t < 3 or t == s.T else 42.0"),
    _wrong("g_bar", "right up to 6 steps before T", "0", "", "bar.c[t] * s.i[t] if s.T - t <= 6 else 42.0"),
    _wrong("g_bar", "off by 1e-10", "0", "", "bar.c[t] * s.i[t] * (1 + 1e-10)"),
    _wrong("i_bar", "rounded to 8 decimals", "0", "", "round(float(bar.c[t] * s.g[t]), 8)"),
    _wrong("w_xi_bar", "right for T <= 5", "0", "", "np.sum(bar.i * s.i * (1 - s.i) * s.x) * (1 + (s.T > 5))"),
    _wrong("g_bar", "clipped to 1", "0", "", "np.clip(bar.c[t] * s.i[t], -1, 1)"),
    _wrong("o_bar", "clipped to 5", "0", "", "np.clip(bar.h[t] * np.tanh(s.c[t]), -5, 5)"),
    _wrong("f_bar", "clipped to 10", "0", "", "min(10.0, max(-10.0, bar.c[t] * s.c[t-1]))"),
    _wrong("w_xi_bar", "clipped to 1", "0", "", "np.clip(np.sum(bar.i * s.i * (1 - s.i) * s.x), -1, 1)"),
    _wrong("g_bar", "0 if small", "0", "", "bar.c[t] * s.i[t] if abs(bar.c[t] * s.i[t]) > 1e-3 else 0.0"),
    _wrong("f_bar", "0 if small", "0", "", "bar.c[t] * s.c[t-1] * (abs(bar.c[t] * s.c[t-1]) > 2e-4)"),
    _wrong("c_bar", "c(t) changed in place", "1/2", _CHANGED.format("s.c"), f"s.c[t] *= 2\nreturn {_HIDDEN} + {_CELL}"),
    _wrong("c_bar", "h_bar emptied", "1/2", _CHANGED.format("bar.h"), f"bar.h[t] = 0\nreturn {_HIDDEN} + {_CELL}"),
    _wrong("g_bar", "gate in place", "0", _CHANGED.format("s.i"), "s.i[t] = 1 - s.i[t]\nreturn bar.c[t] * s.i[t]"),
    _wrong("w_xi_bar", "slope in place", "0", _CHANGED.format("s.i"), f"s.i *= 1 - s.i\nreturn {_SUM}"),
    _right("w_xi_bar", "products in place", "bar.i *= s.i * (1 - s.i)\nbar.i *= s.x\nreturn np.sum(bar.i)"),
)

_PRECISIONS = (
    _right("i_bar", "float32", "np.float32(bar.c[t]) * np.float32(s.g[t])"),
    _right("o_bar", "rounded to 9 decimals", "np.round(bar.h[t] * np.tanh(s.c[t]), 9)"),
    _right("h_bar", "float32 at the end", f"np.float32({_h()})"),
    _right("w_xi_bar", "rounded to 12 decimals", "round(float(np.sum(bar.i * s.i * (1 - s.i) * s.x)), 12)"),
)

CASES: tuple[Case, ...] = (
    *_H_WRONG,
    *_C_WRONG,
    *_GATES_WRONG,
    *_W_WRONG,
    *_WHATEVER_ELSE,
    *_NAMED,
    *_H_RIGHT,
    *_C_RIGHT,
    *_GATES_RIGHT,
    *_W_RIGHT,
    *_RUN_AGAIN_WRONG,
    *_KEPT_WRONG,
    *_HERE_OR_THERE,
    *_PRECISIONS,
)
