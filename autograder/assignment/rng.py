"""The `draw` fixture: a row's own random generator, and what can be drawn before the student's process is there."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

Ahead = Callable[[random.Random, Any], Any]  # (draw, params) -> what the spec will ask with


class Draw(random.Random):
    """A `random.Random` with a row's seed; all of a row's draws follow from it.

    >>> Draw("15:1.2", lambda draw, params: draw.randint(1, params), 6).ahead() in range(1, 7)
    True
    """

    def __new__(cls, seed: str, ahead: Ahead | None = None, params: Any = None) -> Draw:
        return super().__new__(cls)

    def __init__(self, seed: str, ahead: Ahead | None = None, params: Any = None) -> None:
        super().__init__(seed)
        self._ahead, self._params = ahead, params
        self._made: list[Any] = []

    def ahead(self) -> Any:
        """What the spec's `@drawn_ahead` draws: at the first call, or earlier, while the grader would only wait."""
        if not self._made:
            if self._ahead is None:
                raise TypeError("draw.ahead() needs @drawn_ahead(...) on the spec")
            self._made.append(self._ahead(self, self._params))
        return self._made[0]
