"""The checks of plain.py as pytest-prairielearn-grader has them: it asks the submission in processes of their own."""

import os
from types import SimpleNamespace

import plain
import pytest
from pytest_prairielearn_grader import ConfigObject

autograder_config = ConfigObject(
    workspace_mode=True, workspace_student_dir=os.environ["SUBMISSION"], sandbox_timeout=15.0
)


class Answers:
    """A student's module behind the socket: a function is called there, a value is read."""

    def __init__(self, sandbox, stem):
        self._sandbox, self._stem = sandbox, stem

    def __getattr__(self, name):
        path = f"{self._stem if name != 'rnn_weights' else 'as_lists'}.{name}"
        if name.isupper():
            return self._sandbox.query(path, query_timeout=15.0)
        return lambda *values: self._sandbox.query_function(path, *map(plainly, values), query_timeout=15.0)


def plainly(value):
    """A record as the process can read it, which does not know plain.py."""
    return SimpleNamespace(**vars(value)) if isinstance(value, plain.Record) else value


def row_of(title, points, stem, check):
    """The test of one row; `feedback` takes a fraction of its points."""

    @pytest.mark.grading_data(name=title, points=points)
    def test(workspace_sandbox, feedback):
        fraction, message = check(Answers(workspace_sandbox, stem))
        feedback.set_score(fraction)
        assert fraction == 1, message

    return test


for number, *rest in plain.ROWS:
    globals()[f"test_{number.replace('.', '_')}"] = row_of(*rest)
