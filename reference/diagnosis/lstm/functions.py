"""Functions of one number that stand where another one belongs, each with how it is written."""

from __future__ import annotations

import math
from collections.abc import Callable

Function = Callable[[float], float]


def sigma(z: float) -> float:
    """The logistic function 1 / (1 + exp(-z)), for z of any size."""
    return 0.5 + 0.5 * math.tanh(0.5 * z)


def defined(function: Function, v: float) -> float:
    """The function at v; NaN where it has no value or none that a float holds."""
    try:
        return function(v)
    except (ArithmeticError, ValueError):
        return math.nan


def sigma_slope(z: float) -> float:
    """The derivative of `sigma`."""
    return 0.25 - 0.25 * math.tanh(0.5 * z) ** 2


FUNCTIONS: dict[str, Function] = {
    "|{}|": abs,
    "{}^2": lambda v: v * v,
    "{}^3": lambda v: v**3,
    "1 - tanh({})^2": lambda v: 1 - math.tanh(v) ** 2,
    "1 - sin({})^2": lambda v: 1 - math.sin(v) ** 2,
    "1 - tan({})^2": lambda v: 1 - math.tan(v) ** 2,
    "1 - sinh({})^2": lambda v: 1 - math.sinh(v) ** 2,
    "1 - cosh({})^2": lambda v: 1 - math.cosh(v) ** 2,
    "1 - sigma({})^2": lambda v: 1 - sigma(v) ** 2,
    "1 - arctan({})^2": lambda v: 1 - math.atan(v) ** 2,
    "sqrt(1 - {}^2)": lambda v: math.sqrt(1 - v * v),
    "tanh({})": math.tanh,
    "tanh({})^2": lambda v: math.tanh(v) ** 2,
    "tanh({})^3": lambda v: math.tanh(v) ** 3,
    "1 + tanh({})^2": lambda v: 1 + math.tanh(v) ** 2,
    "1 - tanh({})": lambda v: 1 - math.tanh(v),
    "(1 - tanh({}))^2": lambda v: (1 - math.tanh(v)) ** 2,
    "1 - tanh({})^3": lambda v: 1 - math.tanh(v) ** 3,
    "sigma({})": sigma,
    "sigma'({})": sigma_slope,
    "2 sigma({}) - 1": lambda v: 2 * sigma(v) - 1,
    "1 - sigma({})": lambda v: sigma(-v),
    "exp({})": math.exp,
    "exp(-{})": lambda v: math.exp(-v),
    "exp(2 {})": lambda v: math.exp(2 * v),
    "exp(-2 {})": lambda v: math.exp(-2 * v),
    "1 - exp(-2 {})": lambda v: 1 - math.exp(-2 * v),
    "1 - exp({})": lambda v: 1 - math.exp(v),
    "1 - exp(-{})": lambda v: 1 - math.exp(-v),
    "1 + exp({})": lambda v: 1 + math.exp(v),
    "1 + exp(-{})": lambda v: 1 + math.exp(-v),
    "1/(1 - exp(-{}))": lambda v: 1 / (1 - math.exp(-v)),
    "(exp({}) - exp(-{}))": lambda v: math.exp(v) - math.exp(-v),
    "(exp({}) + exp(-{}))": lambda v: math.exp(v) + math.exp(-v),
    "(exp({}) + exp(-{})) / (exp({}) - exp(-{}))": lambda v: 1 / math.tanh(v),
    "exp(-{}^2)": lambda v: math.exp(-v * v),
    "sin({})": math.sin,
    "cos({})": math.cos,
    "tan({})": math.tan,
    "arctan({})": math.atan,
    "arcsin({})": math.asin,
    "arcsinh({})": math.asinh,
    "1/(1 + {}^2)": lambda v: 1 / (1 + v * v),
    "{} / (1 + |{}|)": lambda v: v / (1 + abs(v)),
    "{} / sqrt(1 + {}^2)": lambda v: v / math.sqrt(1 + v * v),
    "erf({})": math.erf,
    "the cube root of {}": lambda v: math.copysign(abs(v) ** (1 / 3), v),
    "{}^4": lambda v: v**4,
    "1 - tanh({})^4": lambda v: 1 - math.tanh(v) ** 4,
    "sinh({})": math.sinh,
    "cosh({})": math.cosh,
    "cosh({})^2": lambda v: math.cosh(v) ** 2,
    "sech({})": lambda v: 1 / math.cosh(v),
    "max({}, 0)": lambda v: max(v, 0.0),
    "min({}, 0)": lambda v: min(v, 0.0),
    "1 + tanh({})": lambda v: 1 + math.tanh(v),
    "log({})": math.log,
    "log(1 + exp({}))": lambda v: math.log1p(math.exp(v)),
    "sqrt({})": math.sqrt,
    "sqrt|{}|": lambda v: math.sqrt(abs(v)),
    "1/{}": lambda v: 1 / v,
    "1/{}^2": lambda v: 1 / (v * v),
    "1 - {}": lambda v: 1 - v,
    "1 + {}": lambda v: 1 + v,
    "1 - {}^2": lambda v: 1 - v * v,
    "1 + {}^2": lambda v: 1 + v * v,
    "1 - {}^3": lambda v: 1 - v**3,
    "(1 - {})^2": lambda v: (1 - v) ** 2,
    "{} (1 - {})": lambda v: v * (1 - v),
    "{} (1 + {})": lambda v: v * (1 + v),
    "{} (1 - {}^2)": lambda v: v * (1 - v * v),
    "-{}": lambda v: -v,
    "2 {}": lambda v: 2 * v,
    "0.5 {}": lambda v: 0.5 * v,
}

# What is put around a term or a whole equation, and how it is said.
AROUND: dict[str, Function] = {
    "tanh of {}": FUNCTIONS["tanh({})"],
    "sigma of {}": FUNCTIONS["sigma({})"],
    "exp of {}": FUNCTIONS["exp({})"],
    "sin of {}": FUNCTIONS["sin({})"],
    "arctan of {}": FUNCTIONS["arctan({})"],
    "sinh of {}": FUNCTIONS["sinh({})"],
    "cos of {}": FUNCTIONS["cos({})"],
    "tan of {}": FUNCTIONS["tan({})"],
    "cosh of {}": FUNCTIONS["cosh({})"],
    "the cube of {}": FUNCTIONS["{}^3"],
    "the size of {}": FUNCTIONS["|{}|"],
    "the square of {}": FUNCTIONS["{}^2"],
    "the larger of 0 and {}": FUNCTIONS["max({}, 0)"],
    "the smaller of 0 and {}": FUNCTIONS["min({}, 0)"],
    "the square root of the size of {}": FUNCTIONS["sqrt|{}|"],
    "log(1 + exp) of {}": FUNCTIONS["log(1 + exp({}))"],
    "1 - tanh^2 of {}": FUNCTIONS["1 - tanh({})^2"],
    "the derivative of sigma of {}": FUNCTIONS["sigma'({})"],
}
AROUND_A_TERM: dict[str, Function] = {
    **AROUND,
    "the next whole number below {}": math.floor,
    "the whole number nearest to {}": round,
    "the next whole number from {} to 0": math.trunc,
}
