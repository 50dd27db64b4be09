"""Where the specs' `reference` fixture comes from: the one place that knows whether the answer key is here."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from pathlib import Path
from typing import Any

CATALOGUE = "reference.catalogue"


def load() -> Any:
    """The answers, or None where `reference/` is absent (at a student's home): rows that need it are then deferred."""
    try:
        from reference import answers
    except ModuleNotFoundError as error:
        if error.name == "reference":
            return None
        raise
    return answers.load(Path(answers.__file__).parent)


def cases(files: Iterable[str]) -> list[tuple[str, Any]]:
    """The catalogue of known mistakes and unusual right answers of these questions: (file of the question, case).

    A question without a module in the catalogue has no case. ModuleNotFoundError: there is no catalogue.
    """
    importlib.import_module(CATALOGUE)
    names = {file: f"{CATALOGUE}.{file.removesuffix('.py')}" for file in files}
    known = {file: name for file, name in names.items() if importlib.util.find_spec(name) is not None}
    return [(file, case) for file, name in known.items() for case in importlib.import_module(name).CASES]
