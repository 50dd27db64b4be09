"""A class as it comes: of ten, seven are right, two have one wrong equation, one is wrong in every row.

.venv/bin/python -m benchmarks.mixed_class FOLDER 200
.venv/bin/python -m autograder regrade FOLDER -o OUT --jobs 2
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.submissions import RIGHT, WRONG, write

# One wrong equation, appended to a right submission: what students write most often.
SLIPS = (
    "\n\ndef g_bar(t, s, bar, w):\n    return bar.c[t] * s.i[t] * (1 - s.g[t] ** 2)\n",
    "\n\ndef c_bar(t, s, bar, w):\n    return bar.c[t + 1] * s.f[t + 1]\n",
    "\n\ndef i_bar(t, s, bar, w):\n    return bar.c[t] * s.g[t] * s.i[t] * (1 - s.i[t])\n",
    "\n\ndef w_xi_bar(s, bar, w):\n    return sum(bar.i[t] * s.x[t] for t in range(1, s.T + 1))\n",
)


def write_class(folder: Path, size: int) -> list[Path]:
    """Writes the submissions of `size` students; returns their folders."""
    return [_student(folder / f"student{number:05}", *divmod(number, 10)) for number in range(size)]


def _student(folder: Path, ten: int, place: int) -> Path:
    write(WRONG if place == 9 else RIGHT, folder)
    if place in (3, 6):
        with (folder / "lstm_gradient.py").open("a") as file:
            file.write(SLIPS[(2 * ten + (place == 6)) % len(SLIPS)])
    return folder


def main(argv: Sequence[str] | None = None) -> int:
    """Writes a class and returns 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mixed_class", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("size", type=int)
    options = parser.parse_args(argv)
    write_class(options.folder, options.size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
