"""The timeline says what the network does, and reads well as bare text."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from autograder.core.figure import Addition
from autograder.gradescope.results import check_results, results
from autograder.report.timeline import NAMES, block
from tests.autograder.report import figures


def read_back(lines: list[str]) -> dict[str, list[int]]:
    """Label -> bits, as a person reads them below the line that explains them."""
    labels = sorted(NAMES.values(), key=len, reverse=True)
    return {
        label: [int(bit) for bit in line.removeprefix(label).split()]
        for line in (line.strip() for line in lines[1:])
        for label in labels
        if line.startswith(f"{label} ")
    }


def run(weights: dict[str, Any], x1: list[int], x2: list[int]) -> tuple[list[list[int]], list[int]]:
    """Hidden states and outputs, written down again from the homework, for step(z) = [z > 0]."""
    h, hidden, outputs = [0, 0, 0], [], []
    for bits in zip(x1, x2, strict=True):
        sums = [
            sum(w * v for w, v in zip([*weights["Wxh"][i], *weights["Whh"][i]], [*bits, *h], strict=True))
            for i in range(3)
        ]
        h = [int(z + b > 0) for z, b in zip(sums, weights["bh"], strict=True)]
        hidden.append(h)
        outputs.append(int(sum(w * v for w, v in zip(weights["Why"], h, strict=True)) + weights["by"] > 0))
    return hidden, outputs


@given(st.integers(0, 10**9))
def test_the_lines_say_what_the_network_does(seed: int) -> None:
    figure, weights = figures.addition(seed)
    rows = read_back(block(figure))
    hidden, outputs = run(weights, rows["x1"], rows["x2"])
    assert [list(h) for h in zip(rows["h1"], rows["h2"], rows["h3"], strict=True)] == hidden
    assert rows["yours"] == outputs
    total = sum(a + b << column for column, (a, b) in enumerate(zip(rows["x1"], rows["x2"], strict=True)))
    assert rows["expected"] == [total >> column & 1 for column in range(figure.columns)]
    carries = [(s - (a ^ b)) % 2 for s, a, b in zip(rows["expected"], rows["x1"], rows["x2"], strict=True)]
    assert rows["carry in"] == carries
    first_wrong = [s != y for s, y in zip(rows["expected"], rows["yours"], strict=True)].index(True)
    assert first_wrong == figure.columns - 1


@given(st.integers(0, 10**9))
def test_the_mark_stands_under_the_wrong_column(seed: int) -> None:
    figure, _ = figures.addition(seed)
    _, *rows, mark = block(figure)
    assert mark.strip() == "^ wrong"
    assert {len(line) for line in rows} == {mark.index("^") + 1}


def test_it_reads_well_with_every_tag_stripped() -> None:
    lines = block(figures.addition(1)[0])
    assert not set("".join(lines)) & set("<>&*_#|`\t")
    assert max(map(len, lines)) <= 72
    assert all(line.split()[0].isalnum() for line in lines[:-1])


def test_a_right_network_has_no_timeline() -> None:
    assert block(Addition("step(z) = [z > 0]", ())) == []


def test_gradescopes_row_carries_it_as_text() -> None:
    figure, _ = figures.addition(1)
    body = results(figures.report(figures.mark(feedback="why", figure=figure), figures.mark("1.1")))
    check_results(body)
    drawn, plain = (row["output"].splitlines() for row in body["tests"])
    assert drawn == ["failed", "why", "", *block(figure)]
    assert plain == ["failed"]


def test_gradescopes_headline_names_the_version_that_a_self_check_must_have() -> None:
    said = results(figures.report(figures.mark()))["output"]
    assert "autograder 1.2.3, rubric abc123\nYour self-check prints the same version and rubric" in said
