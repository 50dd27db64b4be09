"""Every planted submission of this homework earns its expected marks, through real worker processes."""

from __future__ import annotations

from tests.homework import planted
from tests.planting import PlantedTests


class TestPlanted(PlantedTests):
    planting = planted.PLANTING
