"""The catalogue: known mistakes, each with the row that must catch it, and right answers in unusual forms.

A case is a change to the reference solution: `source` is appended to the reference's file of that question, so that
it redefines one function or constant and leaves everything else right. The tests evaluate it in process; `validate`
sends it through the real path. One module per question, in homework order.

A case says what must be found in its row, never what that is worth: the row's credit rule
(`autograder/assignment/credit.py`) makes the share of it under the rubric as it is. So points, parameters and
visibility may change, and no case with them.

    Case("5.1", "in capitals", "DIVIDES_BY = 'DEVIATION'", RIGHT)              everything is earned
    Case("5.1", "the variance", "DIVIDES_BY = 'variance'", {"right": False})   these findings, and what they earn
    Case("5.1", "a number", "DIVIDES_BY = 1", UNREADABLE, "a text in quotes")  ... and the student is told this
    Case("5.1", "a division", "DIVIDES_BY = 1 / 0", "crashed")                 an outcome word of a row not judged

RIGHT      everything is earned, whatever the rubric.
WRONG      read and judged, and something is lacking: for a row whose findings are counted over random draws.
JUDGED     read and judged, no matter how: for a row in which chance decides, beside the one that must judge the case.
findings   what the row's credit rule reads, such as {"right_terms": 4, "true_terms": 5}: all of it that matters.
UNREADABLE the answer came, but is not what the question asks for.

`found` and `says` may be functions of the row's parameters where they depend on them. A case holds on Gradescope and
at home (`check`, without the reference), where a row that was read may be deferred, or be found wrong without its
details; `where=GRADESCOPE` or `where=HOME` holds it to one of the two, and then `found` is all that comes there.
The fields one by one: `autograder.bundle.planted.Case`.
"""

from __future__ import annotations

from autograder.bundle.planted import BOTH, GRADESCOPE, HOME, JUDGED, RIGHT, UNREADABLE, WRONG, Case

__all__ = ["BOTH", "GRADESCOPE", "HOME", "JUDGED", "RIGHT", "UNREADABLE", "WRONG", "Case"]
