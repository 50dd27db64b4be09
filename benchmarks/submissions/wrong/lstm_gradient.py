import numpy as np


def h_bar(t, s, bar, w):
    n = t + 1
    through_i = bar.i[n] * s.i[n] * (1 - s.i[n]) * w.hi
    through_f = bar.f[n] * s.f[n] * (1 - s.f[n]) * w.hf
    through_o = bar.o[n] * s.o[n] * (1 - s.o[n]) * w.ho
    through_g = bar.g[n] * (1 - s.g[n]) * w.hg
    return s.dL_dh[t] + through_i + through_f + through_o + through_g


def c_bar(t, s, bar, w):
    return bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2) + bar.c[t + 1] * s.f[t]


def g_bar(t, s, bar, w):
    return bar.c[t] * s.f[t]


def o_bar(t, s, bar, w):
    return bar.h[t] * s.c[t]


def f_bar(t, s, bar, w):
    return bar.c[t] * s.c[t]


def i_bar(t, s, bar, w):
    return bar.c[t] * np.tanh(s.c[t])


def w_xi_bar(s, bar, w):
    return np.sum(bar.i * s.x)


WHY_THE_GRADIENT_DOES_NOT_EXPLODE = "The gates are bounded by one."
