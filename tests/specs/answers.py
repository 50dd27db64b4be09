"""Where the specs' `reference` fixture comes from: the one place that knows whether the answer key is here."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def load() -> Any:
    """The answers, or None where `reference/` is absent (at a student's home): rows that need it are then deferred."""
    try:
        from reference import answers
    except ModuleNotFoundError as error:
        if error.name == "reference":
            return None
        raise
    return answers.load(Path(answers.__file__).parent)
