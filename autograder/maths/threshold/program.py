"""A network's run over two numbers as Python text, for a student to run beside their own file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def program(function: str, columns: Mapping[str, Sequence[int]], step: str, *, float64: bool) -> tuple[str, ...]:
    """The lines of a program in which `np` and `Fraction` are known, and that prints a row a column.

    function: gives the weights, by the names and shapes of `network.Network`.
    columns:  "x1", "x2" and "expected" -> bits, least significant first.
    step:     "step(z) = [z > 0]", or [z >= 0].
    float64:  whether the weights are those of float64, or the decimals that they print as.
    """
    read = "float(value)" if float64 else "Fraction(str(value))"
    return (
        f"x1 = {list(columns['x1'])}  # least significant bit first",
        f"x2 = {list(columns['x2'])}",
        f"expected = {list(columns['expected'])}",
        "",
        f"# {step}; weights as {'float64' if float64 else 'the decimals that they print as'}",
        f"given = {{str(name): value for name, value in dict({function}()).items()}}",
        'shapes = {"Wxh": (3, 2), "Whh": (3, 3), "bh": (3,), "Why": (3,), "by": (1,)}',
        "weights = {",
        f"    name: np.array([{read} for value in np.array(given[name], dtype=object).ravel()]).reshape(shape)",
        "    for name, shape in shapes.items()",
        "}",
        f"step = lambda z: (z {'>=' if '>=' in step else '>'} 0).astype(int)",
        "h = np.array([0, 0, 0])",
        'print("bit  x1 x2  h1 h2 h3  expected  yours")',
        "for bit in range(len(x1)):",
        "    x = np.array([x1[bit], x2[bit]])",
        '    h = step(weights["Wxh"] @ x + weights["Whh"] @ h + weights["bh"])',
        '    y = step(weights["Why"] @ h + weights["by"])[0]',
        '    mark = "" if y == expected[bit] else "  <- wrong"',
        '    print(f"{bit:3}   {x[0]}  {x[1]}   {h[0]}  {h[1]}  {h[2]}  {expected[bit]:8}  {y:5}{mark}")',
    )
