"""The page in a real browser: it renders, nothing fails, it fits a phone, and its words say what the figures show."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from msgspec.structs import replace

from autograder.check.command import home_assignment
from autograder.core.figure import Asked, Values
from autograder.report.html import page
from tests.autograder import planted
from tests.autograder.report.figures import addition, automaton, mark, report
from tests.browser.sizes import DESK, PHONE, Opened

HALF = Fraction(1, 2)
LOSES_THE_LAST_CARRY = {
    "Wxh": [[1, 1]] * 3,
    "Whh": [[0, 1, 0]] * 3,
    "bh": [-HALF, -1 - HALF, -2 - HALF],
    "Why": [1, -1, 0],
    "by": -HALF,
}


@pytest.fixture(scope="module")
def report_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `check --html` writes for a wrong submission, with an automaton in one row."""
    folder = tmp_path_factory.mktemp("page")
    found = planted.grade(home_assignment(planted.ROOT), planted.build("wrong_answers", folder / "s"))
    drawn = automaton(LOSES_THE_LAST_CARRY)
    found = replace(found, marks=tuple(replace(m, figure=drawn) if m.number == "1.3" else m for m in found.marks))
    path = folder / "report.html"
    path.write_text(page(found), encoding="utf-8")
    return path


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_renders_without_a_complaint_and_without_sideways_scrolling(
    opened: Opened, report_page: Path, size: dict[str, int], scheme: str
) -> None:
    tab, complaints = opened(report_page, size, scheme)
    tab.evaluate("document.querySelectorAll('details').forEach(row => row.open = true)")
    assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
    for figure in tab.locator("svg").all():
        box = figure.bounding_box()
        assert box["width"] >= 80
        assert box["height"] >= 80
        assert box["x"] + box["width"] <= size["width"]
    assert complaints == []


def test_text_in_figures_is_large_enough_on_a_phone(opened: Opened, report_page: Path) -> None:
    tab, _ = opened(report_page, PHONE)
    heights = tab.evaluate(
        "[...document.querySelectorAll('details[open] svg text')].map(text => text.getBoundingClientRect().height)"
    )
    assert len(heights) > 20
    assert min(heights) >= 10


def test_it_says_everything_without_scripts(opened: Opened, report_page: Path) -> None:
    tab, complaints = opened(report_page, PHONE, java_script_enabled=False)
    assert tab.get_by_text("1.2 Mean").is_visible()
    tab.get_by_text("1.1 The line through two points").click()  # unfolds without a script
    assert tab.locator("details").first.get_attribute("open") is not None
    assert complaints == []


def test_the_words_say_what_the_figures_show(opened: Opened, report_page: Path) -> None:
    tab, _ = opened(report_page, DESK)
    for figure in tab.locator("details[open] svg").all():
        named = figure.evaluate("e => document.getElementById(e.getAttribute('aria-labelledby')).textContent")
        told = figure.evaluate("e => document.getElementById(e.getAttribute('aria-describedby')).textContent")
        assert tab.get_by_role("img", name=named).count() >= 1
        assert len(told) > 60
    row = tab.locator("[id='row-1.3']")
    timeline = row.get_by_role("table", name="The shortest wrong addition as a timeline")
    lines = [line.split("\t") for line in timeline.inner_text().splitlines()]
    assert lines[-2:] == [["expected", "0", "1"], ["yours", "0", "0"]]
    assert row.locator("td.wrong").inner_text() == "111, 0 (wrong)"
    assert row.locator("path.arrow.wrong").count() == 1
    values = tab.locator("[id='row-1.2']")
    assert values.locator("circle.dot").count() == values.get_by_text("right", exact=True).count() == 3
    assert values.locator("path.cross").count() == values.get_by_text("wrong", exact=True).count() == 2


def test_the_wrong_arrow_ends_at_its_states(opened: Opened, tmp_path: Path) -> None:
    """Measured in the browser: the thick arrow begins at the state before and ends at the state after."""
    for seed in range(3):
        figure, _ = addition(seed)
        path = tmp_path / f"{seed}.html"
        path.write_text(page(report(mark(figure=figure))), encoding="utf-8")
        tab, _ = opened(path, DESK)
        start, end = tab.evaluate(
            """() => { const arrow = document.querySelector('path.arrow.wrong'), all = arrow.getTotalLength();
            return [arrow.getPointAtLength(0), arrow.getPointAtLength(all)].map(p => [p.x, p.y]); }"""
        )
        centres = tab.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll('circle.state')].map(c =>
            [c.nextElementSibling.textContent, [c.cx.baseVal.value, c.cy.baseVal.value]]))"""
        )
        assert distance(start, centres[figure.wrong.before]) < 26
        assert distance(end, centres[figure.wrong.after]) < 34


def distance(one: list[float], other: list[float]) -> float:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5


def test_a_students_text_runs_nothing(opened: Opened, tmp_path: Path) -> None:
    hostile = '<script>document.title = "ran"</script><img src=x onerror="document.title = \'ran\'">'
    path = tmp_path / "hostile.html"
    path.write_text(page(report(mark(title=hostile, feedback=hostile))), encoding="utf-8")
    tab, complaints = opened(path, PHONE)
    assert tab.title().startswith("Practice")
    assert tab.locator("img, script").count() == 0
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert complaints == []


BROKEN_NUMBERS = """() => {
    const broken = [], walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    let counted = 0;
    while (walk.nextNode()) {
        const text = walk.currentNode.textContent;
        for (const found of text.matchAll(/-?\\d[\\d,]*(\\.\\d+)?(e[-+]?\\d+)?/g)) {
            const range = document.createRange();
            range.setStart(walk.currentNode, found.index);
            range.setEnd(walk.currentNode, found.index + found[0].length);
            const tops = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
            counted += 1;
            if (tops.size > 1) broken.push(found[0]);
        }
    }
    return [counted, broken];
}"""


def test_no_number_breaks_on_a_phone(opened: Opened, tmp_path: Path) -> None:
    long = tuple(-(1 + n / 7) * 10.0 ** (-3 * n) for n in range(6))
    calls = tuple(Asked(f"t = {n}, T = 12", value, -value / 3, False, n) for n, value in enumerate(long, 7))
    figure = Values("f_bar", calls, calls[-1], (("s.c", long), ("w.xi", long[3])), "f_bar(2, s, bar, w)", "t")
    said = f"f_bar at t = 12: expected {calls[-1].want!r}, got {calls[-1].got!r}. Right layers: conv1 205,521,920."
    marks = [mark("2.1e", figure=figure, feedback=said), mark("2.2", feedback="expected -0.008333333333333333 " * 9)]
    marks.append(mark("1.3", figure=automaton(LOSES_THE_LAST_CARRY)))
    path = tmp_path / "numbers.html"
    path.write_text(page(report(*marks)), encoding="utf-8")
    for scheme in ("light", "dark"):
        tab, complaints = opened(path, PHONE, scheme)
        counted, broken = tab.evaluate(BROKEN_NUMBERS)
        assert counted > 100
        assert broken == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert complaints == []


# A text's box is that of its line, which is higher than its digits: cut.
TEXTS_ON_LINES = """() => {
    const found = [];
    for (const svg of document.querySelectorAll('svg')) {
        const points = [...svg.querySelectorAll('path.arrow, path.cross')].flatMap(path => {
            const all = path.getTotalLength(), to = path.getScreenCTM();
            return Array.from({length: Math.ceil(all)}, (_, n) => path.getPointAtLength(n).matrixTransform(to));
        });
        for (const text of svg.querySelectorAll('text.read, text.quiet, text.label')) {
            const box = text.getBoundingClientRect(), cut = box.height * 0.22;
            if (text.previousElementSibling && text.previousElementSibling.matches('text.number')) continue;
            for (const p of points)
                if (box.left < p.x && p.x < box.right && box.top + cut < p.y && p.y < box.bottom - cut) {
                    found.push(text.textContent);
                    break;
                }
        }
    }
    return found;
}"""


def test_no_text_lies_on_an_arrow_or_a_cross(opened: Opened, report_page: Path, tmp_path: Path) -> None:
    """As the browser measures it, with its own font."""
    marks = [mark(f"1.{seed}", figure=addition(seed)[0]) for seed in range(12)]
    path = tmp_path / "diagrams.html"
    path.write_text(page(report(*marks)), encoding="utf-8")
    for shown in (report_page, path):
        for size in (PHONE, DESK):
            tab, _ = opened(shown, size)
            assert tab.locator("svg text").count() > 20
            assert tab.evaluate(TEXTS_ON_LINES) == []
