"""The page for blind grading in a real browser: it renders, fits a phone and paper, and puts alike beside alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.blind.collect import WrittenAnswer, collect
from tests.autograder.blind.written_answers import COLUMNS, INDEPENDENT, classful
from tests.browser.sizes import DESK, PHONE, Opened


@pytest.fixture(scope="module")
def answers_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("responses")
    collect(classful(200), COLUMNS, folder, "seed", "Homework 3")
    return folder / "2.3.html"


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_renders_without_a_complaint_and_without_sideways_scrolling(
    opened: Opened, answers_page: Path, size: dict[str, int], scheme: str
) -> None:
    tab, complaints = opened(answers_page, size, scheme)
    assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert tab.locator("article").count() >= 3
    box = tab.locator("article .text").first.bounding_box()
    assert box["width"] > 250
    assert tab.locator("article .text").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 16
    assert complaints == []


def test_alike_answers_are_beside_each_other_on_a_desk_and_below_on_a_phone(opened: Opened, tmp_path: Path) -> None:
    texts = [INDEPENDENT[0], INDEPENDENT[1], INDEPENDENT[0].replace("shrink", "fade")]
    collect([WrittenAnswer(str(i), "2.3", text) for i, text in enumerate(texts)], COLUMNS, tmp_path, "seed")
    for size, across in ((DESK, True), (PHONE, False)):
        tab, _ = opened(tmp_path / "2.3.html", size)
        one, two = (article.bounding_box() for article in tab.locator(".several article").all())
        assert (one["y"] == two["y"]) is across
        assert (one["x"] == two["x"]) is not across
        (mark,) = tab.locator("article mark").all_inner_texts()
        assert mark in ("shrink", "fade")


def test_it_says_everything_without_scripts_and_on_paper(opened: Opened, answers_page: Path, tmp_path: Path) -> None:
    tab, complaints = opened(answers_page, DESK, "dark", java_script_enabled=False)
    assert tab.get_by_text("keep it away from whoever grades").is_visible()
    tab.emulate_media(media="print")
    tab.pdf(path=tmp_path / "page.pdf", format="A4")
    assert (tmp_path / "page.pdf").stat().st_size > 5_000
    assert complaints == []
