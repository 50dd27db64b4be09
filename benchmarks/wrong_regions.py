"""How often a wrong region of an equation is asked nowhere: python -m benchmarks.wrong_regions [--seeds N]

An equation may be wrong only where t, T or T - t is at most, equal to, or at least some number up to 8 (T - t: also 0).
It passes if no call lies there. Printed: the regions that pass at more than 1 % of the seeds, and how many there are.
"""

# The names are the homework's letters.
# ruff: noqa: N803

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Mapping, Sequence

from autograder.maths.lstm.shapes import UP_TO, shapes

Region = Callable[[int, int], bool]  # (T, t) -> whether the equation is wrong there


def regions() -> Mapping[str, Region]:
    """Name -> region, for every one-sided and equality predicate."""
    quantities: dict[str, Callable[[int, int], int]] = {
        "t": lambda T, t: t,
        "T": lambda T, t: T,
        "T - t": lambda T, t: T - t,
    }
    relations: dict[str, Callable[[int, int], bool]] = {
        "<=": lambda a, k: a <= k,
        "==": lambda a, k: a == k,
        ">=": lambda a, k: a >= k,
        "!=": lambda a, k: a != k,
    }
    return {
        f"{name} {relation} {k}": lambda T, t, q=quantity, r=holds, k=k: r(q(T, t), k)  # type: ignore[misc]
        for name, quantity in quantities.items()
        for relation, holds in relations.items()
        for k in range(0 if name == "T - t" else 1, UP_TO + 1)
    }


def passing(seeds: int, asked: Callable[[random.Random], Sequence[tuple[int, int]]] = shapes) -> dict[str, float]:
    """Region -> the part of the seeds at which no call lies in it; regions that are always asked are left out."""
    counts = dict.fromkeys(regions(), 0)
    for seed in range(seeds):
        calls = asked(random.Random(seed))
        for name, region in regions().items():
            counts[name] += not any(region(T, t) for T, t in calls)
    return {name: count / seeds for name, count in counts.items() if count}


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the chances."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.wrong_regions", description=__doc__)
    parser.add_argument("--seeds", type=int, default=2_000)
    options = parser.parse_args(argv)
    found = passing(options.seeds)
    for name, chance in sorted(found.items(), key=lambda item: -item[1]):
        print(f"wrong where {name}: passes at {chance:.1%} of the seeds")
    often = sum(chance > 0.01 for chance in found.values())
    print(f"{often} of {len(regions())} wrong regions pass at more than 1 % of {options.seeds} seeds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
