import numpy as np


def rnn_weights():
    whh = np.array([[0, 1, 0]] * 3)
    return {"Wxh": np.ones((3, 2)), "Whh": whh.T, "bh": [-0.5, -1.5, -2.5], "Why": [1, -1, 1], "by": -0.5}
