"""Packages that some commands need beyond those that grading needs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec

from autograder.core.errors import EnvironmentFault


class NotInstalled(EnvironmentFault):
    """A package is not installed; the message says which, what needs it, and how it is installed."""


def missing(packages: Sequence[str]) -> list[str]:
    """Which of the packages are not installed."""
    return [name for name in packages if find_spec(name) is None]


def require(what: str, packages: Sequence[str]) -> None:
    """Raises NotInstalled where `what`, "the report" say, needs a package that is not installed."""
    if absent := missing(packages):
        raise NotInstalled(not_installed(what, absent, packages))


def not_installed(what: str, absent: Sequence[str], packages: Sequence[str]) -> str:
    """The sentence. packages: all that `what` needs, so that one installation is enough.

    >>> not_installed("the report", ["jinja2"], ["jinja2"]).partition(". ")[0]
    'the report needs packages that are not installed here: jinja2'
    """
    install = f'"{sys.executable}" -m pip install {" ".join(packages)}'
    return f"{what} needs packages that are not installed here: {', '.join(absent)}. Install with: {install}"
