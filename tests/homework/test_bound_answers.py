"""Answers as people write them (bound_answers.txt): what a person reads, judged by numbers, against the parser.

The judge evaluates plain Python expressions along rays x_i = t^u_i at two scales: no code of the decision is used.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

from autograder.maths.bounds import compare
from tests.specs.test_autoregressive import ASKED

CONNECTIONS, STEPS, LAYERS = "d*k**2*H*W", "H + W + d", "d"
VARIABLES = ("d", "k", "H", "W")
TRUTHS = {CONNECTIONS: "O(d k^2 H W)", STEPS: "O(H + W + d)", LAYERS: "O(d)", "d*(H + W)": "O(d (H + W))"}
STATED = {CONNECTIONS: "O(d k^2 H W)", LAYERS: "O(d)", STEPS: "O(H + W + d)", "H*W": "O(HW)"}
OTHER = {LAYERS: "H*W", STEPS: LAYERS, CONNECTIONS: STEPS}
RAYS = [ray for ray in product((0, 0.5, 1), repeat=4) if any(ray)]
SCALES = (1e4, 1e8)


def value(expression: str, ray: tuple[float, ...], scale: float) -> float:
    names = {name: scale**u if u else 3.0 for name, u in zip(VARIABLES, ray, strict=True)}
    return float(eval(expression, {"log": math.log, "sqrt": math.sqrt, "__builtins__": {}}, names))


@cache
def judged(meant: str, truth: str) -> str:
    """How the bound `meant` stands to `truth`, by numbers."""
    slower = faster = False
    for ray in RAYS:
        near, far = (value(meant, ray, scale) / value(truth, ray, scale) for scale in SCALES)
        slower, faster = slower or far < near / 1.5, faster or far > near * 1.5
    return {(False, False): "equal", (True, False): "too_small", (False, True): "too_loose"}.get(
        (slower, faster), "incomparable"
    )


def sections() -> Iterator[tuple[str, str]]:
    """The heading and the text of each line of the file."""
    heading = ""
    _, _, lines = Path(__file__).with_name("bound_answers.txt").read_text("utf-8").partition("␣ a space")
    for line in lines.split("\n"):
        if line.startswith("== "):
            heading = line[3:]
        elif line and heading:
            yield heading, line.replace("⏎", "\n").replace("␣", " ")


def answers() -> Iterator[tuple[str, str]]:
    """What is written, and what a person reads: an expression, or "" where it must be refused."""
    for heading, line in sections():
        if heading == "around":
            yield from ((line.format(bound), meant) for meant, bound in STATED.items())
        elif heading == "turned":
            for one, other in OTHER.items():
                yield line.format(STATED[one], other=STATED[other], tail=STATED[one][1:]), ""
        else:
            yield line, "" if heading == "refused" else heading


def wrongly_read(text: str, meant: str) -> list[str]:
    """What the parser makes of it that no person would; being unreadable is not in it."""
    verdicts = {truth: compare(text, written, ASKED).verdict for truth, written in TRUTHS.items()}
    return [
        f"{text!r} against {truth}: {verdict}, and a person says {judged(meant, truth) if meant else 'unreadable'}"
        for truth, verdict in verdicts.items()
        if verdict != "unreadable" and verdict != (judged(meant, truth) if meant else "unreadable")
    ]


ANSWERS = list(dict.fromkeys(answers()))


def test_no_answer_is_read_as_another() -> None:
    assert len(ANSWERS) > 700
    assert [line for text, meant in ANSWERS for line in wrongly_read(text, meant)] == []


def test_every_answer_is_read() -> None:
    verdicts = {
        text: (compare(text, TRUTHS[LAYERS], ASKED).verdict, judged(meant, LAYERS)) for text, meant in ANSWERS if meant
    }
    assert {text: found for text, found in verdicts.items() if found[0] != found[1]} == {}
