"""Whose `reference` and whose specs this process has imported: those of the one assignment that is loaded.

Every assignment calls its answers `reference`. Which folder of that name is imported is decided here, by the root of an
assignment, and never by sys.path: that would depend on where the command was called.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from types import ModuleType

from autograder.assignment.link import SpecError

REFERENCE = "reference"
PACKAGES = (REFERENCE, "specs")


def claim(root: Path) -> None:
    """From now on `reference` is the package that lies in `root`; where none does, importing it fails as if absent."""
    for name, _ in [*_strangers(root)]:
        del sys.modules[name]
    if REFERENCE in sys.modules:
        return
    spec = PathFinder.find_spec(REFERENCE, [str(root)])
    if spec is None or spec.submodule_search_locations is None:
        sys.modules[REFERENCE] = None  # type: ignore[assignment]  # Python's own way to say that there is none
        return
    module = module_from_spec(spec)
    module.__path__ = [*spec.submodule_search_locations]
    sys.modules[REFERENCE] = module
    if spec.loader is not None:  # there is none for a folder without __init__.py
        spec.loader.exec_module(module)


def refuse_strangers(root: Path) -> None:
    """Raises SpecError if a module of an assignment was imported from elsewhere while the one in `root` was loaded."""
    for name, module in _strangers(root):
        if module is not None:
            raise SpecError(
                f"{name} was imported from {_place(module)}, and not from {root}: see what changes sys.path"
            )


def _strangers(root: Path) -> Iterator[tuple[str, ModuleType | None]]:
    """The modules of `reference` and of specs that do not lie in `root`."""
    own = os.path.join(os.path.realpath(root), "")
    for name, module in sys.modules.items():
        if name.partition(".")[0] in PACKAGES and not _place(module).startswith(own):
            yield name, module


def _place(module: ModuleType | None) -> str:
    """Where a module was imported from, behind every link; the root of all folders if it cannot be said."""
    paths = getattr(module, "__path__", None) or (getattr(module, "__file__", None),)
    return os.path.realpath(next(iter(paths)) or os.sep)
