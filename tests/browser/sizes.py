"""What the pages are opened at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
Opened = Callable[..., tuple[Any, list[str]]]  # the fixture `opened`
