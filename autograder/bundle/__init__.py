"""The two zips that this project hands out: one for Gradescope, one for students."""

from autograder.bundle.for_gradescope import gradescope
from autograder.bundle.for_students import student
from autograder.bundle.pins import PYTHON_MINORS, Pin, read_pins
from autograder.bundle.recipe import BundleError

__all__ = ["PYTHON_MINORS", "BundleError", "Pin", "gradescope", "read_pins", "student"]
