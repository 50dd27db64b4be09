"""Question 2: back-propagation through time in a univariate LSTM without biases (3.5 points, extra credit 0.5).

    i(t) = sigma(w_xi x(t) + w_hi h(t-1))        f(t) = sigma(w_xf x(t) + w_hf h(t-1))
    o(t) = sigma(w_xo x(t) + w_ho h(t-1))        g(t) = tanh (w_xg x(t) + w_hg h(t-1))
    c(t) = f(t) c(t-1) + i(t) g(t)               h(t) = o(t) tanh(c(t))              t = 1 .. T

A bar is an error signal: v_bar(t) = dL/dv(t), the total derivative of the loss with respect to the value of the node v
at time t (for a gate: its value after sigma or tanh). Every function here returns one of them, as a float.

What you get:
    t          the time step, an int, 1 <= t <= T
    s          the states: s.x[t], s.i[t], s.f[t], s.o[t], s.g[t], s.c[t], s.h[t], float64 arrays with t = 0 .. T+1
                 index 0:    h(0) and c(0) as given, x(0) = 0, gates at their value for zero input
                 index T+1:  the true next state, for x(T+1) = 0
               s.dL_dh[t]    how the loss depends on h(t) directly (not through later steps); zero where it does not
               s.T           the number of steps
    bar        the error signals bar.h[t], bar.c[t], bar.g[t], bar.o[t], bar.f[t], bar.i[t], t = 0 .. T+1
                 index T+1:  zero, so that one formula serves every step
                 NaN:        at time t, what your equation must not read: its own signal and those after it in the order
                             h, c, g, o, f, i (so f_bar may use bar.c[t], and h_bar uses the signals at t+1)
    w          the weights w.xi, w.hi, w.xf, w.hf, w.xo, w.ho, w.xg, w.hg
               At other steps than t - 1, t and t + 1 (in w_xi_bar: at every step) the output gate may have a further
               input that is not told: read the gates from `s`, do not run the network again.

Each equation is judged on its own, with the true values of everything that it may build on: a mistake in one costs
nothing in another, as long as it reads bar.c[t] and does not call your own c_bar, and nothing changes numpy or the
arguments.

Example of the notation, for another network: a unit a(t) = w_a a(t-1) + x(t) has the error signal
a_bar(t) = dL/da(t) directly + a_bar(t+1) w_a, which would be written

    def a_bar(t, s, bar, w):
        return s.dL_da[t] + bar.a[t + 1] * w.a
"""

import numpy as np


def h_bar(t, s, bar, w):
    """h_bar(t) = dL/dh(t) = ...   (2.1a, 0.5 points)"""
    raise NotImplementedError("Question 2.1: the error signal of h")


def c_bar(t, s, bar, w):
    """c_bar(t) = dL/dc(t) = ...   (2.1b, 0.5 points)"""
    raise NotImplementedError("Question 2.1: the error signal of c")


def g_bar(t, s, bar, w):
    """g_bar(t) = dL/dg(t) = ...   (2.1c, 0.5 points)"""
    raise NotImplementedError("Question 2.1: the error signal of g")


def o_bar(t, s, bar, w):
    """o_bar(t) = dL/do(t) = ...   (2.1d, 0.5 points)"""
    raise NotImplementedError("Question 2.1: the error signal of o")


def f_bar(t, s, bar, w):
    """f_bar(t) = dL/df(t) = ...   (2.1e, 0.5 points)"""
    raise NotImplementedError("Question 2.1: the error signal of f")


def i_bar(t, s, bar, w):
    """i_bar(t) = dL/di(t) = ...   (2.1f, 0.5 points)"""
    raise NotImplementedError("Question 2.1: the error signal of i")


def w_xi_bar(s, bar, w):
    """w_xi_bar = dL/dw_xi = ...   (2.2, 0.5 points)

    Here `bar` holds every error signal (zero at index 0 and at T+1), and nothing is NaN.
    """
    raise NotImplementedError("Question 2.2: the gradient of w_xi")


# 2.3 (extra credit, 0.5 points, read by a person): why the gradient does not explode when the forget gates are near 1
# and the input and output gates near 0. A few sentences between the quotes (the r keeps the backslashes of LaTeX).
WHY_THE_GRADIENT_DOES_NOT_EXPLODE = r"""
"""
