"""All that a spec may import beside `autograder.maths`: decorators, credit rules, values, plain data, figures.

Decorators: gradescope-utils' own (`number`, and in plain style `weight`, `visibility`, `tags`, `partial_credit`,
`leaderboard`, `hide_errors`), `credited_by` with a rule of `credit` and the types of parameters (`Count`, `Share`,
`Points`, `Flag`, `Names`, `StepAtZero`), and `presample`.

Values: `real`, `integer`, `exact`, `matrices`, `keyed`, `text`, `choice` and `kind_of` read what a student returned, or
raise `Unreadable` with a sentence for the student; `holds_float64` tells what a computer would round, `rounded` that an
integer has fewer digits than it should. `Fault` is what became of a call that gave no value (`TimedOut`: in its time),
`NeedsPerson` what a spec raises where no machine can judge; `nearest` offers the name that may have been meant.
`Record`, `Array`, `Other` and `float64_array` are plain data, which crosses to the student's process and back. Figures:
`Addition` (with `Edge`), and `Values` (with `Asked`). `hinted_by` names what gives a `Hint` on demand.
"""

from __future__ import annotations

from gradescope_utils.autograder_utils.decorators import (
    hide_errors,
    leaderboard,
    number,
    partial_credit,
    tags,
    visibility,
    weight,
)

from autograder.assignment import credit
from autograder.assignment.decorators import (
    Count,
    Flag,
    Names,
    Points,
    Share,
    StepAtZero,
    credited_by,
    hinted_by,
    presample,
)
from autograder.core.figure import Addition, Asked, Edge, Hint, Values
from autograder.core.text import nearest
from autograder.grading.coerce import Unreadable, choice, exact, holds_float64, integer, real, rounded, text
from autograder.grading.faults import Fault, TimedOut
from autograder.grading.keyed import keyed, matrices
from autograder.grading.row import NeedsPerson
from autograder.sandbox.values import Array, Other, Record, float64_array, kind_of

__all__ = [
    "Addition",
    "Array",
    "Asked",
    "Count",
    "Edge",
    "Fault",
    "Flag",
    "Hint",
    "Names",
    "NeedsPerson",
    "Other",
    "Points",
    "Record",
    "Share",
    "StepAtZero",
    "TimedOut",
    "Unreadable",
    "Values",
    "choice",
    "credit",
    "credited_by",
    "exact",
    "float64_array",
    "hide_errors",
    "hinted_by",
    "holds_float64",
    "integer",
    "keyed",
    "kind_of",
    "leaderboard",
    "matrices",
    "nearest",
    "number",
    "partial_credit",
    "presample",
    "real",
    "rounded",
    "tags",
    "text",
    "visibility",
    "weight",
]
