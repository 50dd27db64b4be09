"""The checks of plain.py as gradescope-utils has them: a TestCase and the JSONTestRunner.

python run_unittest.py SUBMISSION OUTPUT
"""

import sys
import unittest

import plain
from gradescope_utils.autograder_utils.decorators import number, partial_credit
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner


class TestHomework(unittest.TestCase):
    """A method for each row."""


def method(row, title, points, stem, check):
    """The test of one row."""

    @number(row)
    @partial_credit(points)
    def test(self, set_score=None):
        fraction, message = check(plain.load(sys.argv[1], stem))
        set_score(points * fraction)
        self.assertEqual(fraction, 1, message)  # noqa: PT009 - this is a unittest

    test.__doc__ = title
    return test


for given in plain.ROWS:
    setattr(TestHomework, f"test_{given[0].replace('.', '_')}", method(*given))

if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(TestHomework)
    with open(sys.argv[2], "w") as output:
        JSONTestRunner(visibility="visible", stream=output).run(suite)
