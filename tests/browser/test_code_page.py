"""The page of code beside its marks in a browser: it fits, runs nothing, fetches nothing, and leads back."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from autograder.core.submission import Submission

pytest.importorskip("jinja2", reason="jinja2 is not installed")
from autograder.regrade.report.code import code_page
from tests.autograder.regrade.report.test_code import HOSTILE, coded
from tests.browser.sizes import Opened

LONG = f"x = '{'a' * 60_000}'\n{HOSTILE}\n" + "y = [1, 2, 3]  # a line\n" * 1_000


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_hostile_code_is_shown_and_runs_nothing(opened: Opened, tmp_path: Path, width: int, scheme: str) -> None:
    path = tmp_path / "7.html"
    one = coded(submission=Submission(texts={"one.py": LONG}), told=(HOSTILE,) * 3)
    one = msgspec.structs.replace(one, standing=msgspec.structs.replace(one.standing, notes=(HOSTILE,)))
    # Without the policy, so that only the escaping stands between the text and the page
    path.write_text(code_page(one, "ab").replace("Content-Security-Policy", "x-nothing"), encoding="utf-8")
    tab, complaints = opened(path, {"width": width, "height": 800}, scheme)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.locator("script, img").count() == 0
    assert tab.title() == "Ada: code and marks"
    assert "onerror" in tab.locator(".code").inner_text()
    assert tab.locator(".code .line").count() == 1_002
    code, marks = tab.locator(".pair").first.locator(".code").bounding_box(), tab.locator(".marks").first.bounding_box()
    assert (marks["x"] >= code["x"] + code["width"]) == (width == 1280)
    assert tab.get_by_text("Back to the report").get_attribute("href") == "../report.html#submission-7"
    assert complaints == []
