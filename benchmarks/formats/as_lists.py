"""For pytest-prairielearn-grader, in the student's process: no dict of arrays crosses as JSON, so these are lists."""

import numpy as np


def rnn_weights():
    import binary_addition

    return {name: np.asarray(value).tolist() for name, value in binary_addition.rnn_weights().items()}
