"""Writes the page with figures, for whoever has jinja2."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.core.environment import install
from autograder.core.errors import EnvironmentFault
from autograder.core.files import write_whole
from autograder.core.outcome import Report


class CannotShow(EnvironmentFault):
    """The page cannot be made or written; the message says what to do."""


def write_page(path: Path, report: Report, footer: Sequence[str], total: str = "") -> None:
    """Writes the page with figures. total: the points in words, for its heading.

    Raises CannotShow if it cannot be written, or made without jinja2.
    """
    try:
        from autograder.report.html import page
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("jinja2"):
            raise
        raise CannotShow(f"--html needs jinja2. Install it with: {install()}") from None
    try:
        write_whole(path, page(report, [line for line in footer if line], total).encode(), durable=False)
    except OSError as error:
        raise CannotShow(f"cannot write {path}: {error.strerror}") from error
