"""The drawings: well-formed, inside their frame, and their words say what the lines show."""

from __future__ import annotations

import contextlib
import io
import math
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.assignment.load import Assignment
from autograder.core.figure import Asked, Values
from autograder.report import residuals, snippet, state_diagram, timeline_drawing
from tests.autograder.report.figures import VALUES, addition
from tests.autograder.report.test_timeline import run

SEEDS = st.integers(0, 10**9)


def parsed(svg: str) -> ElementTree.Element:
    """The drawing, after what holds for every one of them."""
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
def test_the_drawn_timeline_holds_every_bit(assignment: Assignment, seed: int) -> None:
    figure, _ = addition(seed)
    root = parsed(timeline_drawing.draw("a", figure))
    bits = [str(bit) for _, row in figure.rows for bit in row]
    assert [text for text in texts(root) if text.isdigit()] == bits
    (wrong,) = [e for e in root.iter("text") if e.get("class") == "on-wrong"]
    assert wrong.text == str(dict(figure.rows)["given"][-1])
    assert figure.cause in timeline_drawing.describe(figure)


@given(SEEDS)
def test_the_diagram_has_every_state_and_marks_the_wrong_step(assignment: Assignment, seed: int) -> None:
    figure, weights = addition(seed)
    root = parsed(state_diagram.draw("a", figure))
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
def test_the_table_of_steps_is_the_network(assignment: Assignment, seed: int) -> None:
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


def test_every_number_of_states_is_drawn(assignment: Assignment) -> None:
    sizes = {len(addition(seed)[0].states) for seed in range(400)}
    assert sizes == set(range(1, 9))


# ------------------------------------------------------------------------------------------------------ question 2


def test_the_scatter_shows_right_and_wrong_and_tells_what_it_cannot_draw() -> None:
    root = parsed(residuals.draw("a", VALUES))
    assert len([e for e in root.iter("circle") if e.get("class") == "dot"]) == 1
    assert len([e for e in root.iter("path") if e.get("class") == "cross"]) == 1
    words = residuals.describe(VALUES)
    assert "1 of 3 values are right" in words
    assert "at t = 2, T = 3 expected -1.5, yours -1.25" in words
    assert "nan at t = 3, T = 4" in words


TRUE = st.floats(-1e3, 1e3)


@given(st.lists(st.tuples(TRUE, st.floats() | TRUE), min_size=1, max_size=8))
def test_any_values_can_be_drawn(pairs: list[tuple[float, float]]) -> None:
    values = Values("h_bar", tuple(Asked("T = 3", want, got, want == got) for want, got in pairs))
    root = parsed(residuals.draw("a", values))
    drawn = sum(abs(got) <= 1e100 for _, got in pairs)  # NaN is not
    assert len([e for e in root.iter() if e.get("class") in ("dot", "cross")]) == drawn
    assert not re.search("nan|inf", " ".join(e.get("d", "") + e.get("cx", "") for e in root.iter()))
    assert ("Not drawn" in residuals.describe(values)) == (drawn < len(pairs))


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
    root = parsed(residuals.draw("a", values))
    assert [e.text for e in root.iter("title")][1] == f"{text}: expected 1.0, yours 1.0"
