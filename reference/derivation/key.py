"""The answer key: `python -m reference.derivation.key` derives it and writes it to reference/key.json.

Grading reads the file, so it needs neither torch nor an enumeration. With it are written the template's words that name
the network of 3.1, the points there, and the names of the layers in the rubric. `--check` writes nothing and exits 1 if
a file differs from what is derived.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.core.errors import AssignmentError
from reference.derivation.dependency_graph import (
    VARIABLES,
    Measure,
    connections,
    growth,
    mdrnn,
    pixelcnn,
    sequential_operations,
)
from reference.derivation.wording import ROOT, TEMPLATE, worded
from reference.network import Network, in_force

KEY = Path(__file__).resolve().parent.parent / "key.json"

MEASURES: dict[str, Measure] = {
    "4.1a": lambda d, k, height, width: connections(pixelcnn(d, height, width), k),
    "4.1b": lambda d, k, height, width: sequential_operations(pixelcnn(d, height, width)),
    "4.2a": lambda d, k, height, width: connections(mdrnn(d, height, width), k),
    "4.2b": lambda d, k, height, width: sequential_operations(mdrnn(d, height, width)),
}

# The loosest upper bound that still earns the row's loose_credit. 4.2b: one layer after the other, each along its
# diagonals, without the overlap of layers. In the other rows no loose bound earns anything.
CEILINGS = {"4.2b": "d (H + W)"}


def derive(asked: Network) -> dict[str, Any]:
    """Everything that grading compares with, derived: the counts by torch, the bounds from the enumerated graphs."""
    from reference.derivation.network import parameter_counts  # torch: seconds to import, and only needed here

    return {
        "parameter_counts": parameter_counts(asked),
        "resnet_easier_to_train": "left",
        "bounds": {row: {"truth": growth(measure), "ceiling": CEILINGS.get(row)} for row, measure in MEASURES.items()},
        "variables": list(VARIABLES),
    }


def text(key: dict[str, Any]) -> str:
    """The key as it stands in the file."""
    return json.dumps(key, indent=2) + "\n"


def main(argv: Sequence[str] | None = None, path: Path = KEY, template: Path = TEMPLATE) -> int:
    """Writes the key and the words (0), or with --check says whether the files hold them (0, else 1).

    2: anything else was asked, the constants make no network, or the words have no place.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments not in ([], ["--check"]):
        print("usage: python -m reference.derivation.key [--check]", file=sys.stderr)
        return 2
    try:
        asked = in_force()
        derived = {path: text(derive(asked)), **worded(asked, template)}
    except (ValueError, AssignmentError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2
    stale = [one for one, wanted in derived.items() if not one.is_file() or one.read_text(encoding="utf-8") != wanted]
    for one in stale:
        if arguments:
            print(f"{one.name} is not what is derived: run `make key` and look at the difference", file=sys.stderr)
        else:
            one.write_text(derived[one], encoding="utf-8")
            print(f"written: {one.relative_to(ROOT) if one.is_relative_to(ROOT) else one}")
    return 1 if stale and arguments else 0


if __name__ == "__main__":
    sys.exit(main())
