"""Question 4: right bounds in every form seen, and the bounds people give instead."""

from __future__ import annotations

from pathlib import Path

from autograder.maths.bounds import compare
from reference import answers
from reference.catalogue import RIGHT, UNREADABLE, Case

_NAMES = {
    "4.1a": "PIXELCNN_CONNECTIONS",
    "4.1b": "PIXELCNN_SEQUENTIAL_OPERATIONS",
    "4.2a": "MDRNN_CONNECTIONS",
    "4.2b": "MDRNN_SEQUENTIAL_OPERATIONS",
}


_ACCEPTED = answers.load(Path(answers.__file__).parent).accepted  # what an instructor accepts besides


def _case(row: str, name: str, bound: str, verdict: str, says: str = "") -> Case:
    """verdict: "too small", "too loose", "within the ceiling" (too loose, but not beyond it), "incomparable" ..."""
    source = f"{_NAMES[row]} = {bound!r}\n"
    if verdict == "unreadable":
        return Case(row, name, source, UNREADABLE, says)
    within = verdict == "within the ceiling"
    found = {"verdict": "too_loose" if within else verdict.replace(" ", "_"), "within_ceiling": within}
    for accepted in _ACCEPTED:
        if accepted.row == row and compare(bound, accepted.answer, tuple("dkHW")).verdict == "equal":
            found["accepted_credit"], says = str(accepted.credit), accepted.reason
    return Case(row, name, source, found, says)


def _right(row: str, *bounds: str) -> tuple[Case, ...]:
    return tuple(Case(row, f"right, written {bound}", f"{_NAMES[row]} = {bound!r}\n", RIGHT) for bound in bounds)


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
        _case(row, "the weights, shared by all pixels", "dk^2", "too small", "with H growing"),
        _case(row, "k for k^2", "dkHW", "too small", "with k growing"),
        _case(row, "d lost", "k^2HW", "too small", "with d growing"),
        _case(row, "k lost", "dHW", "too small", "with k growing"),
        _case(row, "fully connected layers", "d k^2 H^2W^2", "too loose", "with H growing"),
        _case(row, "k as channels and as kernel size", "d k^4 HW", "too loose", "with k growing"),
        _case(row, "d squared", "d^2 k^2 HW", "too loose", "with d growing"),
        _case(row, "H + W for HW", "dk^2(H+W)", "too small", "with H = W = t growing"),
        _case(row, "K and C kept apart", "d K^2 C^2 H W", "unreadable", 'unknown variable "C"'),
        _case(row, "a bound above everything", "d^9 k^9 H^9 W^9", "too loose"),
    )
)

_PIXELCNN_STEPS = (
    *_right("4.1b", "O(d)", "d", "D", "d steps", "Θ(d)", r"\mathcal{O}(d)", "O(d - 1)", "2d", "O(d + 1)", "O(d)."),
    _case("4.1b", "a sum tree within each product", "O(d log k)", "too loose", "with k growing"),
    _case("4.1b", "sampling, one pixel after the other", "HW", "incomparable"),
    _case("4.1b", "sampling, layer by layer", "dHW", "too loose", "with H growing"),
    _case("4.1b", "all layers at once", "O(1)", "too small", "with d growing"),
    _case("4.1b", "the work, not the steps", "d k^2", "too loose", "with k growing"),
    _case("4.1b", "the answer of the MDRNN", "H + W + d", "too loose", "with H growing"),
    _case("4.1b", "a digit for the letter O", "0(d)", "unreadable", "did you mean the letter O?"),
    _case("4.1b", "a bound above everything", "d^9 k^9 H^9 W^9", "too loose"),
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
    _case("4.2b", "layer by layer", "O(d (H + W))", "within the ceiling", "with d = H = t growing"),
    _case("4.2b", "layer by layer, counted exactly", "d(H+W-1)", "within the ceiling", "with d = H = t growing"),
    _case("4.2b", "layer by layer, as a maximum", "d*max(H,W)", "within the ceiling", "with d = H = t growing"),
    _case("4.2b", "square images, layer by layer", "O(d sqrt(HW))", "incomparable", "with H growing"),
    _case("4.2b", "d lost", "H+W", "too small", "with d growing"),
    _case("4.2b", "all pixels of one layer", "HW", "incomparable", "with d growing"),
    _case("4.2b", "one cell after the other", "dHW", "too loose", "with d = H = t growing"),
    _case("4.2b", "neighbours taken as inputs", "O(d)", "too small", "with H growing"),
    _case("4.2b", "everything at once", "O(1)", "too small", "with d growing"),
    _case("4.2b", "the geometric mean", "sqrt(HW)", "too small", "with d growing"),
    _case("4.2b", "logarithms", "log(H) + log(W) + d", "too small", "with H growing"),
    _case("4.2b", "the least of the three", "min(H,W,d)", "too small", "with d growing"),
    _case("4.2b", "divided by d", "H*W/d", "incomparable", "with d growing"),
    _case("4.2b", "k added", "H + W + d + k", "too loose", "with k growing"),
    _case("4.2b", "k multiplied", "k (H + W + d)", "too loose", "with k growing"),
    _case("4.2b", "square images, n a side", "O(n + d)", "unreadable", 'unknown variable "n"'),
    _case("4.2b", "a difference", "O(H - W + d)", "unreadable", "minus sign"),
    _case("4.2b", "a bracket left open", "O(H + W + d", "unreadable", "never closed"),
    _case("4.2b", "nothing", "O(H - H)", "too small", "bound is 0"),
    _case("4.2b", "a bound above everything", "d^9 k^9 H^9 W^9", "too loose"),
)

CASES: tuple[Case, ...] = (*_CONNECTIONS, *_PIXELCNN_STEPS, *_MDRNN_STEPS)
