"""Question 2: back-propagation through time for a univariate LSTM.

The network, without biases, for t = 1..T (sigma is the logistic function, all numbers are scalars):

    i(t) = sigma(w_xi x(t) + w_hi h(t-1))        input gate
    f(t) = sigma(w_xf x(t) + w_hf h(t-1))        forget gate
    o(t) = sigma(w_xo x(t) + w_ho h(t-1))        output gate
    g(t) = tanh (w_xg x(t) + w_hg h(t-1))        candidate
    c(t) = f(t) c(t-1) + i(t) g(t)               cell
    h(t) = o(t) tanh(c(t))                       hidden state

An error signal v_bar(t) = dL/dv(t) is the total derivative of the loss. It is the sum over the children of v(t), the
nodes that v(t) enters directly, of (error signal of the child) times (derivative of the child by v(t)).

Each function is given the time step t, the states s, the error signals bar and the weights w. Arrays run over
t = 0..T+1; the error signals at T+1 are zero, so that one formula serves every step.
"""

from __future__ import annotations

import numpy as np


def h_bar(t, s, bar, w):
    """dL/dh(t). The children of h(t): the loss itself, and the four gates of step t+1 through their recurrent weights.

    A gate v(t+1) has the derivative v'(z) w_hv, where sigma'(z) = v (1 - v) and tanh'(z) = 1 - v^2.
    """
    # dL/dh(t) directly, then i_bar i (1 - i) w_hi + f_bar f (1 - f) w_hf + o_bar o (1 - o) w_ho + g_bar (1 - g^2) w_hg
    n = t + 1
    through_i = bar.i[n] * s.i[n] * (1 - s.i[n]) * w.hi
    through_f = bar.f[n] * s.f[n] * (1 - s.f[n]) * w.hf
    through_o = bar.o[n] * s.o[n] * (1 - s.o[n]) * w.ho
    through_g = bar.g[n] * (1 - s.g[n] ** 2) * w.hg
    return s.dL_dh[t] + through_i + through_f + through_o + through_g


def c_bar(t, s, bar, w):
    """dL/dc(t). The children of c(t): h(t) = o(t) tanh(c(t)), and c(t+1) = f(t+1) c(t) + ..."""
    # h_bar(t) o(t) (1 - tanh(c(t))^2) + c_bar(t+1) f(t+1)
    return bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2) + bar.c[t + 1] * s.f[t + 1]


def g_bar(t, s, bar, w):
    """dL/dg(t). Its only child: c(t) = ... + i(t) g(t)."""
    return bar.c[t] * s.i[t]


def o_bar(t, s, bar, w):
    """dL/do(t). Its only child: h(t) = o(t) tanh(c(t))."""
    return bar.h[t] * np.tanh(s.c[t])


def f_bar(t, s, bar, w):
    """dL/df(t). Its only child: c(t) = f(t) c(t-1) + ..."""
    return bar.c[t] * s.c[t - 1]


def i_bar(t, s, bar, w):
    """dL/di(t). Its only child: c(t) = ... + i(t) g(t)."""
    return bar.c[t] * s.g[t]


def w_xi_bar(s, bar, w):
    """dL/dw_xi. The weight is shared by all steps, so its children are i(1), ..., i(T)."""
    # sum over t = 1..T of i_bar(t) i(t) (1 - i(t)) x(t); x is 0 at index 0, i_bar at T+1, so whole arrays may be summed
    return np.sum(bar.i * s.i * (1 - s.i) * s.x)


WHY_THE_GRADIENT_DOES_NOT_EXPLODE = """\
Let the forget gates be close to 1 and the input and output gates close to 0, all of them saturated.

In h_bar(t) every recurrent term carries a factor that is nearly 0: i(1 - i), f(1 - f) and o(1 - o) vanish because the
gates are saturated, and g_bar(t+1) = c_bar(t+1) i(t+1) vanishes with the input gate. So h_bar(t) is nearly the direct
term dL/dh(t) alone: the recurrent weights w_h* get no chance to multiply up over time.

In c_bar(t) = h_bar(t) o(t) (1 - tanh(c(t))^2) + c_bar(t+1) f(t+1), the first term vanishes with the output gate and the
second has the factor f(t+1), close to 1. So c_bar(t) is nearly c_bar(t+1): the memory cell passes its gradient back
unmodified at each time step, without a product of weights that could explode (or vanish).
"""
