"""What is said of an exception beside Python's own words: where it helps, and never where it would not be so."""

from __future__ import annotations

import pytest

from autograder.grading.faults import Fault
from autograder.sandbox.values import Record, float64_array
from tests.autograder.students import student

ARGUMENTS = (3, Record({"speed": float64_array([1.0, 2.0]), "Mass": 2.0}), Record({"way": 1.5}))
FUNCTION = "def f(n, car, sum_of):\n    "


def fault(text: str, **others: str) -> Fault:
    with student(text, **others) as seam, pytest.raises(Fault) as caught:
        seam.call("f", *ARGUMENTS)
    return caught.value


@pytest.mark.parametrize(
    ("body", "says", "never"),
    [
        ("return car.Speed", "car has no Speed; it has speed, Mass: did you mean car.speed?", "SimpleNamespace"),
        ("return car.car_speed", "did you mean car.speed?", "raised"),
        ("return car.n", "car has no n; it has speed, Mass: did you mean n?", "car.n?"),
        ("return car.colour", "car has no colour; it has speed, Mass.\n", "did you mean"),
        ("return car.way", "did you mean sum_of.way?", "car.way?"),
        ("car = type('Car', (), {})()\n    return car.Speed", "object has no attribute 'Speed'", "did you mean"),
        ("return speed", "Did you mean car.speed?", ""),
        ("return way_sum_of", "Did you mean sum_of.way?", ""),
        ("return no_such", "name 'no_such' is not defined", "id you mean"),
        ("return LEN(3)", "Did you mean len?", ""),
        ("return [car['speed'] for _ in '1']", "car", ""),
        ("return car['speed'][\n        0]", 'car is read with a dot: write car.speed in place of car[', "raised"),
        ("return car.speed(n)", "car.speed is an array: write car.speed[n].", ""),
        ("return {}(1)", "'dict' object is not callable", "write"),
        ("return f(n, car, sum_of)", "f calls itself, and never comes to an end.", ""),
        ("return n.real(2)", "is a * missing", "your own"),
        ("return int(car.Mass)(2)", "is a * missing in front of a bracket?", ""),
        ("return f[n]", "f is a function: it is called with round brackets, f(n).", "did you mean"),
        ("return car.speed + f", "f is a function: are its brackets missing?", ""),
        ("return 1 + None", "None is None.", ""),
        ("return car.speed[2]", "Its last index is 1.", ""),
        ("return [][2]", "list index out of range", "Its last"),
        ("raise ValueError('The mine')", "raised ValueError: The mine", "[t]"),
        ("raise EOFError", "raised EOFError", "input"),
        ("raise AttributeError('x')", "raised AttributeError: x", "did you mean"),
    ],
)  # fmt: skip
def test_what_is_said_of_an_exception(body: str, says: str, never: str) -> None:
    said = fault(f"{FUNCTION}{body}\n").feedback
    assert says in said
    assert not never or never not in said


def test_nothing_of_it_is_said_where_inputs_may_be_in_it() -> None:
    found = fault(f"{FUNCTION}return car.Speed\n")
    assert found.brief == "Your code raised an exception (AttributeError). Its text is shown to the staff."


def test_an_exit_in_a_helper_module_names_its_file() -> None:
    text = f"import helper\n{FUNCTION}return helper.end()\n"
    said = fault(text, helper="import sys\ndef end(): sys.exit(2)\n").feedback
    assert "line 2 of helper.py, sys.exit(2), ends the program: remove it; a function ends with return." in said


def test_a_process_that_ended_is_laid_at_no_line_that_does_not_say_so() -> None:
    text = "# os._exit(1)\nTEXT = 'os._exit(2)'\ndef f(*a):\n    import os\n    getattr(os, '_' + 'exit')(3)\n"
    assert fault(text).feedback == (
        "f(...): your code's process ended unexpectedly (exit status 3); no value was returned."
    )


def test_the_first_warning_of_the_students_own_lines_is_told() -> None:
    text = f"import numpy as np\n{FUNCTION}x = np.log(car.speed - 1.0)\n    return np.sqrt(x[0] * 1e300 * 1e300)\n"
    with student(text) as seam:
        value, warning = seam.call_watched("f", *ARGUMENTS)
        assert warning == "divide by zero in log, line 3"
        assert value != value
    with student(f"{FUNCTION}return 1.0\n") as seam:
        assert seam.call_watched("f", *ARGUMENTS) == (1.0, "")
    with student(text, visibility="after_due_date") as seam:
        assert seam.call_watched("f", *ARGUMENTS)[1] == ""


def test_a_call_that_is_not_watched_warns_as_the_student_has_it() -> None:
    text = f"import numpy as np\nnp.seterr(all='raise')\n{FUNCTION}return np.log(0.0 * car.speed)\n"
    assert "raised FloatingPointError: divide by zero encountered in log" in fault(text).feedback
