"""The planted submissions of the practice homework on which the engine is tested."""

from __future__ import annotations

from pathlib import Path

from tests.planting import Planting
from tests.planting import grade as grade
from tests.planting import jail as jail
from tests.planting import outcomes as outcomes
from tests.planting import with_limits as with_limits

PROJECT = Path(__file__).resolve().parents[2]
ROOT = PROJECT / "tests" / "fixtures" / "assignment"

PLANTING = Planting(ROOT)
RUBRIC, FILES, WRITTEN, FULL = PLANTING.rubric, PLANTING.files, PLANTING.written, PLANTING.full
names, expected, build = PLANTING.names, PLANTING.expected, PLANTING.build
words, points = PLANTING.words, PLANTING.points
