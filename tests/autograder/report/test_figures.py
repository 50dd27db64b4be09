"""The figures: well-formed, inside their frame, and their words say what the lines show."""

from __future__ import annotations

import contextlib
import io
import math
import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.core.figure import Asked, Values
from autograder.report import digits, labels, residuals, snippet, state_diagram
from autograder.report.labels import Box
from tests.autograder.report.figures import VALUES, addition
from tests.autograder.report.test_timeline import run

SEEDS = st.integers(0, 10**9)


def parsed(svg: str) -> ElementTree.Element:
    """The figure, after what holds for every one of them."""
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert root.find(f"*[@id='{root.get('aria-labelledby')}']").text
    assert root.find(f"*[@id='{root.get('aria-describedby')}']").text
    _, _, width, height = map(float, root.get("viewBox").split())
    for e in root.iter():
        for name, most in (("x", width), ("cx", width), ("y", height), ("cy", height)):
            assert 0 <= float(e.get(name, 0)) <= most, ElementTree.tostring(e)
    return root


def texts(root: ElementTree.Element) -> list[str]:
    return [e.text for e in root.iter("text")]


# ------------------------------------------------------------------------------------------------------ question 1


@given(SEEDS)
def test_the_diagram_has_every_state_and_marks_the_wrong_step(seed: int) -> None:
    figure, weights = addition(seed)
    root = parsed(state_diagram.as_svg("a", figure))
    assert {t for t in texts(root) if re.fullmatch("[01]{3}", t)} == set(figure.states)
    arrows = [e.get("class") for e in root.iter("path") if "arrow" in (e.get("class") or "")]
    assert arrows.count("arrow wrong") == 1
    assert len(arrows) == len({(e.before, e.after, e == figure.wrong) for e in figure.edges})
    rows = dict(figure.rows)
    hidden, outputs = run(weights, list(rows["x1"]), list(rows["x2"]))
    before = "".join(map(str, hidden[-2])) if len(hidden) > 1 else "000"
    read = f"{rows['x1'][-1]}{rows['x2'][-1]}"
    after = "".join(map(str, hidden[-1]))
    said = f"in state {before}, reading {read}, the network goes to {after} and says {outputs[-1]}"
    assert said in state_diagram.describe(figure)


@given(SEEDS)
def test_the_table_of_steps_is_the_network(seed: int) -> None:
    figure, weights = addition(seed)
    for state, cells in state_diagram.table(figure):
        assert len(cells) == 4
        for read, (cell, wrong) in zip(((0, 0), (0, 1), (1, 0), (1, 1)), cells, strict=True):
            assert cell == one_step(weights, state, read)
            assert wrong == ((state, "".join(map(str, read))) == (figure.wrong.before, figure.wrong.read))


def one_step(weights: dict, state: str, read: tuple[int, int]) -> str:
    """ "011, 1": next state and output, written down again from the homework."""
    values = [*read, *map(int, state)]
    rows = zip(weights["Wxh"], weights["Whh"], weights["bh"], strict=True)
    after = [int(sum(w * v for w, v in zip([*a, *b], values, strict=True)) + c > 0) for a, b, c in rows]
    y = int(sum(w * v for w, v in zip(weights["Why"], after, strict=True)) + weights["by"] > 0)
    return f"{''.join(map(str, after))}, {y}"


# What the page draws its texts with: the size of each class, and how wide a character is at most.
SIZES = {"read": 12, "read wrong": 12, "number": 14, "quiet": 12, "label": 13}


def box_of(text: ElementTree.Element) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of a text, of letters 0.6 of its size wide and 0.75 high above its line."""
    size = SIZES[text.get("class")]
    width, x, y = 0.6 * size * len(text.text), float(text.get("x")), float(text.get("y"))
    left = {"middle": x - width / 2, "end": x - width, None: x}[text.get("text-anchor")]
    return left, left + width, y - 0.75 * size, y


def overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def points_of(d: str) -> list[tuple[float, float]]:
    """Points along a path of one move and one curve, two units apart and less; the head goes 7 units on."""
    numbers = [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", d)]
    ways = []
    for step in range(201):
        u = step / 200
        level = numbers
        while len(level) > 1:
            level = [(a[0] + u * (b[0] - a[0]), a[1] + u * (b[1] - a[1])) for a, b in pairwise(level)]
        ways.append(level[0])
    (x, y), (bx, by) = ways[-1], ways[-3]
    length = math.hypot(x - bx, y - by) or 1.0
    return [*ways, *((x + k * (x - bx) / length, y + k * (y - by) / length) for k in range(7))]


@given(SEEDS)
def test_no_label_lies_on_an_arrow_a_state_or_another_label(seed: int) -> None:
    figure, _ = addition(seed)
    root = parsed(state_diagram.as_svg("a", figure))
    boxes = [box_of(e) for e in root.iter("text") if (e.get("class") or "").startswith("read")]
    arrows = [e.get("d") for e in root.iter("path") if (e.get("class") or "").startswith("arrow")]
    points = [point for d in arrows for point in points_of(d)]
    for left, right, top, bottom in boxes:
        assert not [p for p in points if left < p[0] < right and top < p[1] < bottom]
        for state in root.iter("circle"):
            x, y = float(state.get("cx")), float(state.get("cy"))
            dx, dy = max(left - x, 0, x - right), max(top - y, 0, y - bottom)
            assert math.hypot(dx, dy) >= float(state.get("r"))
    assert not [(a, b) for n, a in enumerate(boxes) for b in boxes[:n] if overlap(a, b)]


@given(SEEDS)
@example(233986625)
def test_a_label_stands_nearest_to_its_own_arrow(seed: int) -> None:
    figure, _ = addition(seed)
    circle, found = state_diagram._laid_out(figure)
    curves = {arrow: circle.route(arrow)[1] for arrow, _ in found}
    for arrow, label in found:
        distances = {other: distance(label.box, curve) for other, curve in curves.items()}
        assert distances[arrow] <= min(distances.values()) + 1.5


def distance(box: Box, curve: list[tuple[float, float]]) -> float:
    def away(x: float, y: float) -> float:
        return math.hypot(max(abs(x - box.x) - box.half_width, 0), max(abs(y - box.y) - box.half_height, 0))

    return min(away(*point) for point in curve)


def test_hardly_an_arrow_is_without_its_label() -> None:
    """None of up to 4 states but one in a thousand; the wrong step's never; and the page says how many."""
    few, many, left = [0, 0], [0, 0], 0
    for seed in range(150):
        figure, _ = addition(seed)
        found = state_diagram._laid_out(figure)[1]
        counted = few if len(figure.states) <= 4 else many
        counted[0] += len(state_diagram._arrows(figure))
        counted[1] += state_diagram.unlabelled(figure)
        assert any(arrow.wrong for arrow, _ in found)
        left += state_diagram.unlabelled(figure)
    assert few[1] <= few[0] / 500
    assert many[1] <= many[0] / 50
    assert left == few[1] + many[1]


def test_a_label_without_room_is_left_out() -> None:
    curve = [(float(x), 50.0) for x in range(101)]
    wall = [(float(x), float(y)) for x in range(0, 101, 4) for y in range(0, 101, 4)]
    assert labels.placed(["00"], labels.Scene([curve], [], 0, 100), 12) != [None]
    assert labels.placed(["00", "1"], labels.Scene([curve, wall], [], 0, 100), 12)[0] is None


def test_every_number_of_states_is_drawn() -> None:
    sizes = {len(addition(seed)[0].states) for seed in range(400)}
    assert sizes == set(range(1, 9))


# ------------------------------------------------------------------------------------------------------ question 2


def marks(root: ElementTree.Element) -> dict[str, list[tuple[float, float]]]:
    """Where the centres of dots and crosses stand, from the left."""
    dots = [(float(e.get("cx")), float(e.get("cy"))) for e in root.iter("circle") if e.get("class") == "dot"]
    found = [re.findall(r"M(-?[\d.]+),(-?[\d.]+)", e.get("d")) for e in root.iter("path") if e.get("class") == "cross"]
    crosses = [(float(moves[0][0]) + 5, sum(float(y) for _, y in moves) / len(moves)) for moves in found]
    return {"dot": sorted(dots), "cross": sorted(crosses)}


def values(*calls: tuple[int, float, float, bool]) -> Values:
    return Values("f_bar", tuple(Asked(f"t = {t}", want, got, right, t) for t, want, got, right in calls), axis="t")


def test_the_residuals_show_right_and_wrong_and_tell_what_they_cannot_draw() -> None:
    root = parsed(residuals.as_svg("a", VALUES))
    assert {kind: len(found) for kind, found in marks(root).items()} == {"dot": 1, "cross": 1}
    words = residuals.describe(VALUES)
    assert "1 of 3 values are right" in words
    assert "at t = 2, T = 3 expected -1.5, yours -1.25" in words
    assert "nan at t = 3, T = 4" in words


@pytest.mark.parametrize("factor", [-1.0, 2.0, 0.5, 1.001])
def test_a_wrong_factor_is_a_row_of_crosses_away_from_the_line(factor: float) -> None:
    wants = [0.003, -40.0, 7.0, 0.5, -0.02]
    root = parsed(residuals.as_svg("a", values(*((t, want, factor * want, False) for t, want in enumerate(wants, 1)))))
    found = marks(root)["cross"]
    assert max(y for _, y in found) - min(y for _, y in found) < 0.2
    line = next(float(re.match(r"M[\d.]+,([\d.]+)", e.get("d"))[1]) for e in root.iter("path") if "-" not in e.get("d"))
    assert abs(found[0][1] - line) > 60
    assert (found[0][1] < line) == (factor > 1)


def test_values_stand_at_their_step() -> None:
    root = parsed(residuals.as_svg("a", values((3, 1.0, 1.0, True), (1, 1.0, 1.0, True), (2, 1.0, 3.0, False))))
    assert [t for t in texts(root) if t.isdigit()][1:] == ["1", "2", "3"]  # the first is the 0 of the line
    (left, _), (right, _) = marks(root)["dot"]
    assert left < marks(root)["cross"][0][0] < right


@example([(1, 0.0, 1.622611784613907e-139)])
@given(st.lists(st.tuples(st.integers(1, 12), st.floats(-1e3, 1e3), st.floats(-1e9, 1e9)), min_size=1, max_size=15))
def test_no_text_lies_on_a_mark_and_every_mark_in_the_plane(calls: list[tuple[int, float, float]]) -> None:
    root = parsed(residuals.as_svg("a", values(*((t, want, got, want == got) for t, want, got in calls))))
    boxes = [box_of(e) for e in root.iter("text")]
    assert not [(a, b) for n, a in enumerate(boxes) for b in boxes[:n] if overlap(a, b)]
    (plane,) = [e for e in root.iter("rect") if e.get("class") == "plane"]
    x, y, width, height = (float(plane.get(name)) for name in ("x", "y", "width", "height"))
    for left, right, top, bottom in boxes:
        assert left >= 0
        assert not overlap((left, right, top, bottom), (x, x + width, y, y + height))
    for px, py in [one for found in marks(root).values() for one in found]:
        assert x <= px - 5 <= px + 5 <= x + width
        assert y <= py - 5 <= py + 5 <= y + height


TRUE = st.floats(-1e3, 1e3)


@given(st.lists(st.tuples(TRUE, st.floats() | TRUE), min_size=1, max_size=8))
def test_any_values_can_be_drawn(pairs: list[tuple[float, float]]) -> None:
    figure = Values("h_bar", tuple(Asked("T = 3", want, got, want == got) for want, got in pairs))
    root = parsed(residuals.as_svg("a", figure))
    drawn = sum(abs(got) <= 1e100 and math.isfinite((got - want) / (want or 1.0)) for want, got in pairs)
    assert len([e for e in root.iter() if e.get("class") in ("dot", "cross")]) == drawn
    assert not re.search("nan|inf", " ".join(e.get("d", "") + e.get("cx", "") for e in root.iter()))
    assert ("Not drawn" in residuals.describe(figure)) == (drawn < len(pairs))


def test_what_lies_beyond_the_plane_is_told() -> None:
    figure = values((1, 1.0, 1.0, True), (2, 1.0, 50.0, False), (3, 1.0, -50.0, False))
    assert "at the edge, since more than 3 times the true value away: t = 2; t = 3." in residuals.describe(figure)
    (high, low) = marks(parsed(residuals.as_svg("a", figure)))["cross"]
    assert high[1] < 100 < 180 < low[1]


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_two_numbers_that_differ_look_different(want: float, got: float) -> None:
    one, other = digits.told_apart(want, got)
    assert one != other or want == got
    assert math.isclose(float(one), want, rel_tol=1e-5)
    assert len(digits.short(want)) <= len("-1.23457e-308")


def test_the_worst_call_can_be_pasted_and_run() -> None:
    seen = []

    def h_bar(t: int, s: object, bar: object, w: object) -> str:
        seen.append((t, s.x.tolist(), s.T, math.isnan(bar.h[0]), bar.h[1], w.xi))
        return "called"

    program = snippet.as_python(VALUES)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(program, "worst", "exec"), {"h_bar": h_bar, "np": np})
    assert seen == [(2, [0.0, 1.5], 3, True, 2.0, 0.1)]
    assert printed.getvalue() == "called\n"
    assert "# expected -1.5\n# yours    -1.25" in program


def test_a_right_equation_has_no_worst_call() -> None:
    assert snippet.as_python(Values("h_bar", VALUES.calls[:1])) == ""


@pytest.mark.parametrize("text", ["<script>", "a & b", '"quoted"', "]]>"])
def test_text_in_a_drawing_is_escaped(text: str) -> None:
    values = Values("h_bar", (Asked(text, 1.0, 1.0, True),))
    root = parsed(residuals.as_svg("a", values))
    assert [e.text for e in root.iter("title")][1] == f"{text}: expected 1, yours 1"
