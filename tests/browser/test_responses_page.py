"""The page for blind grading in a real browser: it renders, fits a phone and paper, and puts alike beside alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autograder.blind.collect import WrittenAnswer, collect
from tests.autograder.blind.written_answers import COLUMNS, INDEPENDENT, classful
from tests.browser.test_page import DESK, PHONE, opened


@pytest.fixture(scope="module", params=[3, 200])
def answers_page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("responses")
    collect(classful(request.param), COLUMNS, folder, "seed", "Homework 3")
    return folder / "2.3.html"


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_renders_without_a_complaint_and_without_sideways_scrolling(
    browser: Any, answers_page: Path, size: dict[str, int], scheme: str
) -> None:
    tab, complaints = opened(browser, answers_page, size, color_scheme=scheme)
    assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert tab.locator("article").count() >= 3
    box = tab.locator("article .text").first.bounding_box()
    assert box["width"] > 250
    assert tab.locator("article .text").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 16
    assert complaints == []
    tab.context.close()


def test_alike_answers_are_beside_each_other_on_a_desk_and_below_on_a_phone(browser: Any, tmp_path: Path) -> None:
    texts = [INDEPENDENT[0], INDEPENDENT[1], INDEPENDENT[0].replace("shrink", "fade")]
    collect([WrittenAnswer(str(i), "2.3", text) for i, text in enumerate(texts)], COLUMNS, tmp_path, "seed")
    for size, across in ((DESK, True), (PHONE, False)):
        tab, _ = opened(browser, tmp_path / "2.3.html", size)
        one, two = (article.bounding_box() for article in tab.locator(".several article").all())
        assert (one["y"] == two["y"]) is across
        assert (one["x"] == two["x"]) is not across
        (mark,) = tab.locator("article mark").all_inner_texts()
        assert mark in ("shrink", "fade")
        tab.context.close()


def test_a_long_word_and_hostile_text_stay_inside(browser: Any, tmp_path: Path) -> None:
    hostile = '<script>document.title = "ran"</script><img src=x onerror="document.title = \'ran\'">'
    texts = [
        "x" * 3000,
        hostile,
        "</div></article></main><style>* { display: none }</style>",
        "line one\n\n    indented",
    ]
    collect([WrittenAnswer(str(i), "2.3", text) for i, text in enumerate(texts)], COLUMNS, tmp_path, "seed")
    tab, complaints = opened(browser, tmp_path / "2.3.html", PHONE)
    assert tab.title() == "2.3 Why the gradient does not explode: 4 answers"
    assert tab.locator("img, a, article style, article script").count() == 0
    assert sorted(tab.locator("article .text").all_text_contents()) == sorted(texts)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert complaints == []
    tab.context.close()


def test_it_says_everything_without_scripts_and_on_paper(browser: Any, answers_page: Path, tmp_path: Path) -> None:
    tab, complaints = opened(browser, answers_page, DESK, java_script_enabled=False, color_scheme="dark")
    assert tab.get_by_text("keep it away from whoever grades").is_visible()
    tab.emulate_media(media="print")
    tab.pdf(path=tmp_path / "page.pdf", format="A4")
    assert (tmp_path / "page.pdf").stat().st_size > 5_000
    assert complaints == []
    tab.context.close()
