import numpy as np


def rnn_weights():
    return {
        "Wxh": np.ones((2, 3)),
        "Whh": np.array([[0, 1, 0]] * 3),
        "bh": np.array([-0.5, -1.5]),
        "Why": np.array([1, -1, 1]),
        "by": -0.5,
    }
