"""The isolation record: what a probe worker was refused on this machine, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

# Without these two no marks may be given: a submission could read the answers, or write its own marks.
NEEDED = ("hidden files unreadable", "results unwritable")
_TOLD = (*NEEDED, "no network", "no new processes", "no signals", "memory limit")


class Isolation(msgspec.Struct, frozen=True):
    """What was refused (not what was asked for), by which layers, and why other layers are missing.

    refused: capability -> whether every attempt at it failed. unsafe: graded all the same, because somebody said so.
    fault: why no worker could be started, "" if one could.
    """

    refused: Mapping[str, bool] = {}
    layers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unsafe: bool = False
    fault: str = ""

    @property
    def holds(self) -> bool:
        """Whether other people's submissions may be graded under it."""
        return all(self.refused.get(name, False) for name in NEEDED)

    def line(self) -> str:
        """One line for people: what holds, what does not, and by what."""
        if self.fault:
            return f"no worker could be started: {self.fault}"
        if not self.refused:
            said = "isolation: none (time-out and process group only): this runs the code with your own rights"
        else:
            said = "isolation: " + " · ".join(f"{name} {'yes' if self.refused.get(name) else 'NO'}" for name in _TOLD)
            said += f"; by {self._by()}" if self.layers else ""
        said += "".join(f"; {note}" for note in self.notes)
        return f"UNSAFE, as asked for with --unsafe; {said}" if self.unsafe else said

    def in_short(self) -> str:
        """The same for whoever runs their own code."""
        if all(self.refused.get(name, False) for name in _TOLD):
            said = "Your code ran isolated"
        elif self.refused:
            said = "Your code ran isolated in part"
        else:
            said = "Your code ran with a time limit, but not isolated"
        return f"{said}; --verbose for details."

    def _by(self) -> str:
        limits = " ".join(layer.removeprefix("limit ") for layer in self.layers if layer.startswith("limit "))
        others = [layer for layer in self.layers if not layer.startswith("limit ")]
        return ", ".join([*others, f"limits ({limits})"] if limits else others)

    def lacks(self) -> str:
        """What is missing for marks, for the staff."""
        missing = [name for name in NEEDED if not self.refused.get(name, False)]
        return ", ".join(f'"{name}" does not hold' for name in missing)

    def record(self) -> dict[str, Any]:
        """Plain data for results.json."""
        return {
            "holds": self.holds,
            "refused": dict(self.refused),
            "layers": list(self.layers),
            "notes": list(self.notes),
            "unsafe": self.unsafe,
        }
