"""The two zips that this project builds: one for Gradescope, one for students."""

from autograder.bundle.archive import BundleError
from autograder.bundle.gradescope_zip import gradescope
from autograder.bundle.pins import PYTHON_MINORS, Pin, read_pins
from autograder.bundle.student_zip import student

__all__ = ["PYTHON_MINORS", "BundleError", "Pin", "gradescope", "read_pins", "student"]
