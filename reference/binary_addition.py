"""Question 1, binary addition: the solution, in the format of a submission.

A column of an addition has three bits to add: the two digits and the carry from the column before,

    S(t) = x1(t) + x2(t) + carry(t)        S = 0, 1, 2 or 3
    carry(t+1) = [S(t) >= 2]               y(t) = S(t) mod 2

A hard threshold unit answers one question of the form "is a weighted sum above a threshold?". Three of them are enough
to know S: one for each value it can reach.

    h_k(t) = [S(t) >= k]     k = 1, 2, 3

         S    h1 h2 h3    y
         0     0  0  0    0
         1     1  0  0    1
         2     1  1  0    0
         3     1  1  1    1

The middle unit is the carry: carry(t) = h2(t-1), and h(0) = 0 means that no carry comes into the first column. The sum
bit alternates with S, so each unit that comes on turns it round: y = h1 - h2 + h3.
"""

import numpy as np


def rnn_weights():
    """Wxh (3, 2), Whh (3, 3), bh (3,), Why (3,), by: a scalar.

    h(t) = step(Wxh x(t) + Whh h(t-1) + bh)
    y(t) = step(Why h(t) + by)

    Each bias lies in the middle between the largest sum that must not fire and the smallest that must, so that no sum
    is ever exactly zero and step(0) does not matter.
    """
    # h_k = [x1 + x2 + h2(t-1) >= k]: both digits count once, and so does the second unit, the carry
    Wxh = np.ones((3, 2))  # noqa: N806
    Whh = np.array([[0.0, 1.0, 0.0]] * 3)  # noqa: N806
    # S >= k  <=>  S - (k - 1/2) > 0
    bh = -np.array([0.5, 1.5, 2.5])
    # y = h1 - h2 + h3, which is 0 or 1
    Why = np.array([1.0, -1.0, 1.0])  # noqa: N806
    by = -0.5
    return {"Wxh": Wxh, "Whh": Whh, "bh": bh, "Why": Why, "by": by}
