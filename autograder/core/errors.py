"""The three bases of whatever the engine raises on purpose: whose it is decides what becomes of it.

A leaf stands beside what raises it. `core.command` turns any of them into one sentence and an exit code.
"""

from __future__ import annotations


class AutograderError(Exception):
    """What the engine raises on purpose; the message says what came, what was expected and what to do."""


class StudentError(AutograderError):
    """Theirs: the student's code or answer. It becomes the outcome of a row and never ends a command."""


class AssignmentError(AutograderError):
    """The instructor's to mend: the assignment, a call, or a file that was handed over. Exit 2 and one sentence."""


class EnvironmentFault(AutograderError):
    """Ours or the machine's: never charged to a student. Exit 2 and one sentence, and whoever is concerned is rerun."""
