"""Every planted submission of the practice homework earns its expected marks, through real worker processes."""

from __future__ import annotations

from tests.autograder import planted
from tests.planting import PlantedTests


class TestPlanted(PlantedTests):
    planting = planted.PLANTING
