"""The grading page as text: one file whose policy names its own script and style, and nothing of it is markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from fractions import Fraction

import pytest
from msgspec.structs import replace

from autograder.blind.guide import Guide
from autograder.blind.page import ResponsesPage, ShownAnswer, quick_points, responses_page
from autograder.regrade.gradebook import Column

HOSTILE = "</script><!-- \u2028 & <b>{{ 7 * 7 }}"
PAGE = ResponsesPage(
    row=Column("2.3", "Why", Fraction(1, 2), "written"),
    bunches=((ShownAnswer(("2.3-001", "2.3-002"), ((HOSTILE, False), ("new", True))),),),
    guide=Guide((HOSTILE,), HOSTILE, Fraction(1, 4)),
    assignment=HOSTILE,
)


def data_of(html: str) -> dict[str, object]:
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    found: dict[str, object] = json.loads(text)
    return found


def test_the_policy_names_script_and_style() -> None:
    html = responses_page(PAGE)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy.replace("&#39;", "'")
    for tag in ("script", "style"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not re.search(
        r"""\s(src|href|style|on\w+)=|https?://""", re.sub(r"<script>.*?</script>", "", html, flags=re.S)
    )


def test_nothing_of_a_text_is_markup() -> None:
    html = responses_page(PAGE)
    assert "<b>" not in re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
    assert html.count("</script>") == 2
    assert data_of(html)["answers"] == [["2.3-001", "2.3-002"]]
    assert "{{ 7 * 7 }}" in html


def test_the_same_page_is_known_again_and_no_other() -> None:
    assert responses_page(PAGE) == responses_page(PAGE)
    known = data_of(responses_page(PAGE))["page"]
    assert (
        known
        == data_of(
            responses_page(replace(PAGE, row=replace(PAGE.row, title="What"), guide=replace(PAGE.guide, criteria=())))
        )["page"]
    )
    other = ((ShownAnswer(("2.3-001", "2.3-002"), (("another", False),)),),)
    assert known != data_of(responses_page(replace(PAGE, bunches=other)))["page"]


@pytest.mark.parametrize(
    ("most", "step", "quick"),
    [
        ("1", None, "0 1/4 1/2 3/4 1"),
        ("1/2", None, "0 1/4 1/2"),
        ("1/2", "1/10", "0 1/10 1/5 3/10 2/5 1/2"),
        ("3/10", None, "0 3/20 3/10"),
        ("1/20", None, "0 1/100 1/50 3/100 1/25 1/20"),
        ("1/3", None, "0 1/3"),
        ("100", "1", "0 25 50 75 100"),
        ("50", "1", "0 25 50"),
        ("51", "1", "0 51"),
    ],
)
def test_points_to_choose_from(most: str, step: str | None, quick: str) -> None:
    found = quick_points(Fraction(most), Fraction(step) if step else None)
    assert [str(points) for points in found] == quick.split()


def test_of_many_identical_answers_the_heading_names_a_few_codes() -> None:
    codes = tuple(f"2.3-{at:03}" for at in range(1, 37))
    html = responses_page(replace(PAGE, bunches=((ShownAnswer(codes, (("the same", False),)),),)))
    assert "<h2>2.3-001, 2.3-002, 2.3-003, 2.3-004 and 32 more</h2>" in html
    assert f"<summary>all codes</summary>{', '.join(codes)}</details>" in html
    assert "<summary>all codes</summary>" not in responses_page(PAGE)
