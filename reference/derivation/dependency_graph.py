"""What depends on what in the models of question 4, enumerated, and how its size grows.

A graph maps each cell (layer, row, column) to the cells it is computed from; a cell of layer 0 is a pixel of the input,
known from the start and so not in the graph itself. A cell has k channels: each cell it reads costs k x k connections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import product
from math import comb, prod

Cell = tuple[int, int, int]
Graph = dict[Cell, tuple[Cell, ...]]
Measure = Callable[[int, int, int, int], int]  # (d, k, H, W) -> a number to be measured

VARIABLES = ("d", "k", "H", "W")


def pixelcnn(d: int, height: int, width: int, kernel: int = 3) -> Graph:
    """Masked convolutions: what a cell reads comes before it in raster order, and from layer 2 on its own place too.

    van den Oord et al. 2016, "Pixel Recurrent Neural Networks": mask A in the first layer, mask B in the others.
    """
    reach = kernel // 2
    window = [(row, column) for row, column in product(range(-reach, reach + 1), repeat=2) if (row, column) < (0, 0)]

    def reads(cell: Cell) -> Iterator[Cell]:
        layer, row, column = cell
        yield from ((layer - 1, row + down, column + right) for down, right in window)
        if layer > 1:
            yield layer - 1, row, column

    return _graph(reads, d, height, width)


def mdrnn(d: int, height: int, width: int) -> Graph:
    """Multidimensional RNN: a cell reads its input, and its north and west neighbours in its own layer (4.2)."""

    def reads(cell: Cell) -> Iterator[Cell]:
        layer, row, column = cell
        yield from ((layer - 1, row, column), (layer, row - 1, column), (layer, row, column - 1))

    return _graph(reads, d, height, width)


def mdrnn_as_printed(d: int, height: int, width: int) -> Graph:
    """The same with the misprint of the assignment's equation (1): the neighbours are inputs, not hidden units."""

    def reads(cell: Cell) -> Iterator[Cell]:
        layer, row, column = cell
        yield from ((layer - 1, row, column), (layer - 1, row - 1, column), (layer - 1, row, column - 1))

    return _graph(reads, d, height, width)


def _graph(reads: Callable[[Cell], Iterator[Cell]], d: int, height: int, width: int) -> Graph:
    cells = list(product(range(1, d + 1), range(height), range(width)))
    return {cell: tuple(c for c in reads(cell) if 0 <= c[1] < height and 0 <= c[2] < width) for cell in cells}


def connections(graph: Graph, k: int) -> int:
    """k x k for every cell that every cell reads; no biases."""
    return k * k * sum(len(reads) for reads in graph.values())


def sequential_operations(graph: Graph) -> int:
    """The least number of steps in which all cells can be computed: the number of cells in the longest chain.

    Necessary, since each cell of a chain needs the one before; sufficient, since a cell can be computed in the step
    that is the length of the longest chain that ends in it.
    """
    longest: dict[Cell, int] = {}
    for cell in graph:  # a cell comes after all that it reads: layer by layer, each in raster order
        longest[cell] = 1 + max((longest[read] for read in graph[cell] if read[0] > 0), default=0)
    return max(longest.values())


def growth(measure: Measure) -> str:
    """The fastest growing terms of a measure that is a polynomial in d, k, H, W: "d k^2 H W", "d + H + W".

    Newton's forward differences at (1, 1, 1, 1) are its coefficients in products of binomials C(v - 1, power); a term
    is kept unless another one has at least its power in every variable. ValueError: it is no polynomial of degree 2 or
    less in each variable, as larger sizes show.
    """
    known = lru_cache(maxsize=None)(measure)
    terms = {powers: found for powers in product(range(3), repeat=4) if (found := _difference(known, powers))}
    for sizes in ((5, 2, 6, 3), (2, 3, 4, 7), (6, 1, 2, 5), (3, 5, 7, 6)):
        expected = sum(
            c * prod(comb(v - 1, power) for v, power in zip(sizes, p, strict=True)) for p, c in terms.items()
        )
        if expected != known(*sizes):
            raise ValueError(f"{known(*sizes)} at (d, k, H, W) = {sizes}, where a polynomial would give {expected}")
    leading = [p for p in terms if not any(p != q and all(map(int.__le__, p, q)) for q in terms)]
    return " + ".join(_term(powers) for powers in sorted(leading, reverse=True))


def _difference(measure: Measure, powers: tuple[int, ...]) -> int:
    """The forward difference of a measure at (1, 1, 1, 1), taken `power` times in each variable."""
    total = 0
    for d, k, height, width in product(*(range(power + 1) for power in powers)):
        steps = zip((d, k, height, width), powers, strict=True)
        sign = prod((-1) ** (power - step) * comb(power, step) for step, power in steps)
        total += sign * measure(1 + d, 1 + k, 1 + height, 1 + width)
    return total


def _term(powers: tuple[int, ...]) -> str:
    factors = (
        name if power == 1 else f"{name}^{power}" for name, power in zip(VARIABLES, powers, strict=True) if power
    )
    return " ".join(factors) or "1"
