"""The plots are drawn here."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def plots() -> None:
    """As they are."""
