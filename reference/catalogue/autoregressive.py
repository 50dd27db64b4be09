"""Question 4: right bounds in every form seen, and the bounds people give instead."""

from __future__ import annotations

from reference.catalogue import Case

_NAMES = {
    "4.1a": "PIXELCNN_CONNECTIONS",
    "4.1b": "PIXELCNN_SEQUENTIAL_OPERATIONS",
    "4.2a": "MDRNN_CONNECTIONS",
    "4.2b": "MDRNN_SEQUENTIAL_OPERATIONS",
}


def _case(row: str, name: str, bound: str, credit: str, says: str = "") -> Case:
    outcome = {"1": "passed", "0": "failed"}.get(credit, "partial")
    return Case(row, name, f"{_NAMES[row]} = {bound!r}\n", outcome, credit, says)


def _right(row: str, *bounds: str) -> tuple[Case, ...]:
    return tuple(_case(row, f"right, written {bound}", bound, "1") for bound in bounds)


_CONNECTIONS = tuple(
    case
    for row in ("4.1a", "4.2a")
    for case in (
        *_right(
            row,
            "dk^2HW",
            "k^2dHW",
            "HWdk^2",
            "d*H*W*k**2",
            "d k² H W",
            "dk²HW",
            "O(dHWk^2)",
            "O(d k^2 H W)",
            "o(d k^2 H W)",
            "O(D K^2 H W)",
            "O(d k^2 h w)",
            r"$\mathcal{O}(d \cdot k^{2} H W)$",
            r"\Theta\left(d\,k^2\,H\,W\right)",
            "Θ(d·k²·H·W)",
            "O(d \N{MULTIPLICATION SIGN} k^2 \N{MULTIPLICATION SIGN} H \N{MULTIPLICATION SIGN} W)",
            "O(d x k^2 x H x W)",
            "3dk^2HW",
            "4 d k^2 HW",
            "5*d*k^2*H*W",
            "9 d k^2 HW",
            "O(d * (3k)^2 * H * W)",
            "O(d k k H W)",
            "(k^2-1)/2 * dHW",
            "d k^2 (3HW - H - W)",
            r"\frac{1}{2} d k^2 HW",
            "O(d) * O(k^2) * O(HW)",
            "O(dk^2HW + dHW)",
            "O(d k^2 H W) connections",
        ),
        _case(row, "the weights, shared by all pixels", "dk^2", "0", "with H growing"),
        _case(row, "k for k^2", "dkHW", "0", "with k growing"),
        _case(row, "d lost", "k^2HW", "0", "with d growing"),
        _case(row, "k lost", "dHW", "0", "with k growing"),
        _case(row, "fully connected layers", "d k^2 H^2W^2", "0", "with H growing"),
        _case(row, "k as channels and as kernel size", "d k^4 HW", "0", "with k growing"),
        _case(row, "d squared", "d^2 k^2 HW", "0", "with d growing"),
        _case(row, "H + W for HW", "dk^2(H+W)", "0", "with H = W = t growing"),
        _case(row, "K and C kept apart", "d K^2 C^2 H W", "0", '"C" is not a name known here'),
        _case(row, "a bound above everything", "d^9 k^9 H^9 W^9", "0"),
    )
)

_PIXELCNN_STEPS = (
    *_right("4.1b", "O(d)", "d", "D", "d steps", "Θ(d)", r"\mathcal{O}(d)", "O(d - 1)", "2d", "O(d + 1)", "O(d)."),
    _case("4.1b", "a sum tree within each product", "O(d log k)", "0", "with k growing"),
    _case("4.1b", "sampling, one pixel after the other", "HW", "0"),
    _case("4.1b", "sampling, layer by layer", "dHW", "0", "with H growing"),
    _case("4.1b", "all layers at once", "O(1)", "0", "with d growing"),
    _case("4.1b", "the work, not the steps", "d k^2", "0", "with k growing"),
    _case("4.1b", "the answer of the MDRNN", "H + W + d", "0", "with H growing"),
    _case("4.1b", "a digit for the letter O", "0(d)", "0", "did you mean the letter O?"),
    _case("4.1b", "a bound above everything", "d^9 k^9 H^9 W^9", "0"),
)

_MDRNN_STEPS = (
    *_right(
        "4.2b",
        "H+W+d",
        "H+W+d-2",
        "H+W+d-1",
        "d+H+W-1",
        "O(h + w + d)",
        "O(H + W + d)",
        "max(H,W,d)",
        "max(H+W,d)",
        "max(d,max(H,W))",
        "O(H)+O(W)+O(d)",
        "2max(H,W)+d",
        "2 max(H, W) + d - 2",
        "sqrt(H^2+W^2)+d",
        "√(H²+W²) + d",
        "(H^2 + W^2)^(1/2) + d",
        r"\mathcal{O}(H + W + d)",
        r"$O\left(\max\{H, W\} + d\right)$",
        "Θ(H+W+d)",
        "H + W + d sequential steps",
        "O(H + W + d + min(H, W))",
        "O(H + W + d + log(k/k + H))",
        "O((H^2 + HW)/H + d)",
    ),
    _case("4.2b", "layer by layer", "O(d (H + W))", "1/2", "with d = H = t growing"),
    _case("4.2b", "layer by layer, counted exactly", "d(H+W-1)", "1/2", "with d = H = t growing"),
    _case("4.2b", "layer by layer, as a maximum", "d*max(H,W)", "1/2", "with d = H = t growing"),
    _case("4.2b", "square images, layer by layer", "O(d sqrt(HW))", "0", "with H growing"),
    _case("4.2b", "d lost", "H+W", "0", "with d growing"),
    _case("4.2b", "all pixels of one layer", "HW", "0", "with d growing"),
    _case("4.2b", "one cell after the other", "dHW", "0", "with d = H = t growing"),
    _case("4.2b", "neighbours taken as inputs", "O(d)", "0", "with H growing"),
    _case("4.2b", "everything at once", "O(1)", "0", "with d growing"),
    _case("4.2b", "the geometric mean", "sqrt(HW)", "0", "with d growing"),
    _case("4.2b", "logarithms", "log(H) + log(W) + d", "0", "with H growing"),
    _case("4.2b", "the least of the three", "min(H,W,d)", "0", "with d growing"),
    _case("4.2b", "divided by d", "H*W/d", "0", "with d growing"),
    _case("4.2b", "k added", "H + W + d + k", "0", "with k growing"),
    _case("4.2b", "k multiplied", "k (H + W + d)", "0", "with k growing"),
    _case("4.2b", "square images, n a side", "O(n + d)", "0", '"n" is not a name known here'),
    _case("4.2b", "a difference", "O(H - W + d)", "0", "minus sign"),
    _case("4.2b", "a bracket left open", "O(H + W + d", "0", "never closed"),
    _case("4.2b", "nothing", "O(H - H)", "0", "bound is 0"),
    _case("4.2b", "a bound above everything", "d^9 k^9 H^9 W^9", "0"),
)

CASES: tuple[Case, ...] = (*_CONNECTIONS, *_PIXELCNN_STEPS, *_MDRNN_STEPS)
