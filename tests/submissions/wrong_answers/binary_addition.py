import numpy as np


def rnn_weights():
    return {"Wxh": np.ones((3, 2)), "Whh": [[0, 1, 0]] * 3, "bh": [-0.5, -1.5, -2.5], "Why": [1, -1, 0], "by": -0.5}
