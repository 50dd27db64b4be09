"""The planted submissions of this homework."""

from __future__ import annotations

from pathlib import Path

from tests.planting import Planting, grade, jail, outcomes, with_limits

PROJECT = ROOT = Path(__file__).resolve().parents[2]

PLANTING = Planting(ROOT)
RUBRIC, FILES, WRITTEN, FULL = PLANTING.rubric, PLANTING.files, PLANTING.written, PLANTING.full
names, expected, build, words, points = (
    PLANTING.names,
    PLANTING.expected,
    PLANTING.build,
    PLANTING.words,
    PLANTING.points,
)

__all__ = (
    "FILES",
    "FULL",
    "PLANTING",
    "PROJECT",
    "ROOT",
    "RUBRIC",
    "WRITTEN",
    "build",
    "expected",
    "grade",
    "jail",
    "names",
    "outcomes",
    "points",
    "with_limits",
    "words",
)
