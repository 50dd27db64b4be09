"""The page of a class in a browser: it searches, sorts, opens details, prints, fits a phone, runs no student's text."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest

from autograder.core.points import decimal_text
from autograder.intake.entry import Person
from autograder.regrade.gradebook import Cell, Column, Decision, Gradebook, Standing
from autograder.regrade.report.page import page
from tests.autograder.regrade.report import class_sample
from tests.browser.sizes import DESK, PHONE, Opened

pytest.importorskip("matplotlib", reason="matplotlib is not installed")
SHOWN_IN_TABLE = "#students tbody tr"
INFO = "#students-section .dt-info"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Gradebook], Path]:
    """Writes the page of a gradebook, each of the made-up ones once."""
    folder, paths = tmp_path_factory.mktemp("class"), dict[int, Path]()

    def write(book: Gradebook) -> Path:
        if id(book) not in paths:
            said = class_sample.feedback(book)
            paths[id(book)] = folder / f"{len(paths)}.html"
            text = page(book, said.__getitem__, lambda one: f"results/{one}.json", lambda one: f"code/{one}.html")
            paths[id(book)].write_text(text, encoding="utf-8")
        return paths[id(book)]

    return write


@pytest.fixture
def shown(opened: Opened, written: Callable[[Gradebook], Path]) -> Opened:
    """Opens the page of a gradebook."""

    def show(book: Gradebook, size: dict[str, int] = DESK, scheme: str = "light", **options: Any) -> Any:
        tab, complaints = opened(written(book), size, scheme, **options)
        if options.get("java_script_enabled", True):
            tab.wait_for_selector("html.ready")
        return tab, complaints

    return show


THREE, CLASS = class_sample.gradebook(3), class_sample.gradebook(120)


@pytest.mark.parametrize("book", [class_sample.gradebook(0), THREE, CLASS], ids=["0", "3", "120"])
@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESK, "light")], ids=["phone", "desk"])
def test_it_opens_without_a_complaint_and_without_sideways_scrolling(
    shown: Opened, book: Gradebook, size: dict[str, int], scheme: str
) -> None:
    tab, complaints = shown(book, size, scheme)
    assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
    if book.standings:
        tab.locator(SHOWN_IN_TABLE).first.click()
        box = tab.locator("#details").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size["width"]
        assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert tab.evaluate("(e => e.scrollWidth - e.clientWidth)(document.getElementById('details-body'))") == 0
    for figure in tab.locator("figure svg").all():
        assert figure.bounding_box()["width"] >= 300
    assert tab.evaluate("document.documentElement.classList.contains('dark')") == (scheme == "dark")
    assert complaints == []


def test_text_in_figures_is_large_enough_on_a_phone(shown: Opened) -> None:
    tab, _ = shown(CLASS, PHONE)
    heights = tab.evaluate("[...document.querySelectorAll('svg text')].map(t => t.getBoundingClientRect().height)")
    assert len(heights) > 40
    assert min(heights) >= 10


def test_no_number_is_broken_on_a_phone(shown: Opened) -> None:
    tab, _ = shown(CLASS, PHONE)
    tall = "[...document.querySelectorAll('td.points')].filter(cell => cell.getBoundingClientRect().width < 20)"
    assert tab.evaluate(f"{tall}.length") == 0


def test_the_wide_table_scrolls_in_its_own_box(shown: Opened) -> None:
    tab, _ = shown(CLASS, PHONE)
    box = "document.querySelector('#students').parentElement"
    assert tab.evaluate(f"{box}.scrollWidth > {box}.clientWidth")
    tab.evaluate(f"{box}.scrollLeft = 900")
    assert tab.evaluate(f"{box}.scrollLeft") == 900
    first = tab.locator(SHOWN_IN_TABLE).first.locator("td").first.bounding_box()
    assert 0 <= first["x"] < 40  # whose line it is stays in sight


def test_the_search_finds_a_student_and_an_outcome(shown: Opened) -> None:
    tab, _ = shown(CLASS)
    search = tab.locator("#students-section input[type=search]")
    sought = CLASS.standings[37]
    search.fill(sought.people[0].email)
    assert tab.locator(SHOWN_IN_TABLE).count() == 1
    assert sought.submission in tab.locator(SHOWN_IN_TABLE).inner_text()
    assert tab.locator(INFO).inner_text().startswith("Showing 1 to 1 of 1 entry")
    search.fill("timed_out")
    late = [one for one in CLASS.standings if any(cell.outcome == "timed_out" for cell in one.cells)]
    assert f"of {len(late)} entries" in tab.locator(INFO).inner_text()


def shows(tab: Any, title: str, want: list[str]) -> None:
    """The column of that title shows this, at once or soon: DataTables sorts when the browser has time."""
    from playwright.sync_api import expect

    at = tab.locator("#students thead th").all_inner_texts().index(title)
    expect(tab.locator(f"{SHOWN_IN_TABLE} td:nth-child({at + 1})")).to_have_text(want)


def few() -> Gradebook:
    """Totals and submissions that sort otherwise as text: 9, 10, 100."""
    columns = (Column("1.1", "row", Fraction(100)),)
    points = (Fraction(9), Fraction(100), Fraction(10), None, Fraction(-1))
    standings = tuple(
        Standing(str(10**at), (Person(f"Student {at}"),), (Cell("partial", own),), own or Fraction(0))
        for at, own in enumerate(points)
    )
    return Gradebook("HW", columns, standings)


def test_numbers_sort_as_numbers(shown: Opened) -> None:
    tab, complaints = shown(few())
    tab.locator("#students th").get_by_text("total", exact=True).click()
    shows(tab, "total", ["-1", "0", "9", "10", "100"])
    tab.locator("#students th").get_by_text("1.1", exact=True).click()
    shows(tab, "1.1", ["-", "-1", "9", "10", "100"])
    tab.locator("#students th").get_by_text("1.1", exact=True).click()
    shows(tab, "1.1", ["100", "10", "9", "-1", "-"])
    tab.locator("#students th").get_by_text("submission", exact=True).click()
    shows(tab, "submission", ["1", "10", "100", "1000", "10000"])
    assert complaints == []


def test_the_keyboard_alone_sorts_and_opens_and_closes(shown: Opened) -> None:
    tab, _ = shown(few())
    header = tab.locator("#students th", has_text="total").get_by_role("button")
    header.focus()
    tab.keyboard.press("Enter")
    shows(tab, "total", ["-1", "0", "9", "10", "100"])
    button = tab.locator(SHOWN_IN_TABLE).nth(2).get_by_role("button")
    button.focus()
    tab.keyboard.press("Enter")
    assert tab.locator("#details-title").inner_text() == "Student 0"
    assert tab.locator("#details").is_visible()
    tab.keyboard.press("Escape")
    assert not tab.locator("#details").is_visible()
    assert button.evaluate("e => e === document.activeElement")


def test_details_say_what_the_gradebook_says(shown: Opened) -> None:
    tab, _ = shown(CLASS)
    [sought] = [s for s in CLASS.standings if any(c.named for c in s.cells) and s.old_total != s.total and s.old][:1]
    tab.locator("#students-section input[type=search]").fill(sought.people[0].sid)
    tab.locator(f"{SHOWN_IN_TABLE} td").nth(2).click()  # anywhere in the line
    text = tab.locator("#details").inner_text()
    for at, (row, cell) in enumerate(zip(CLASS.columns, sought.cells, strict=True)):
        assert f"{row.number} {row.title}: {cell.outcome.replace('_', ' ')} (" in text
        assert all(name in text for name in cell.named)
        said = class_sample.feedback(CLASS)[sought.submission][at]
        assert said in text
    links = [link.get_attribute("href") for link in tab.locator("#details a").all()]
    assert links == [f"./results/{sought.submission}.json", f"./code/{sought.submission}.html"]


def test_the_address_of_a_submission_opens_it_again_after_a_reload(shown: Opened) -> None:
    tab, complaints = shown(CLASS)
    sought = CLASS.standings[37]
    tab.locator("#students-section input[type=search]").fill(sought.people[0].email)
    tab.locator(SHOWN_IN_TABLE).first.get_by_role("button").click()
    title = tab.locator("#details-title").inner_text()
    assert tab.url.endswith(f"#submission-{sought.submission}")
    complaints.clear()
    tab.reload()
    tab.wait_for_selector("html.ready")
    assert tab.locator("#details").is_visible()
    assert tab.locator("#details-title").inner_text() == title
    tab.keyboard.press("Escape")
    for _ in range(50):  # the browser tells the page a little later that it was closed
        if "#submission-" not in tab.url:
            break
        tab.wait_for_timeout(100)
    tab.reload()
    tab.wait_for_selector("html.ready")
    assert not tab.locator("#details").is_visible()  # what is closed stays closed


def test_what_is_not_graded_comes_first_and_its_link_opens_it(shown: Opened) -> None:
    standings = [
        msgspec.structs.replace(one, rerun=at in (1, 2), total=None if at in (1, 2) else one.total)
        for at, one in enumerate(THREE.standings)
    ]
    book = msgspec.structs.replace(THREE, standings=tuple(standings))
    tab, complaints = shown(book)
    lines = tab.locator(SHOWN_IN_TABLE).all_inner_texts()
    assert [any(one.submission in line for one in standings[1:]) for line in lines] == [True, True, False]
    tab.locator("header p.bad a").last.click()
    assert standings[2].submission in tab.locator("#details").inner_text()
    assert "total\nnot graded" in tab.locator("#details dl").inner_text()
    assert complaints == []


def test_every_column_is_within_reach_at_1280(shown: Opened) -> None:
    """The points of all rows are in sight but for a few; the wide table scrolls to its last column, by key as well."""
    tab, _ = shown(CLASS)
    last = tab.locator("#students thead th").last
    box = tab.locator("#students").locator("..")
    box.focus()
    for _ in range(60):
        tab.keyboard.press("ArrowRight")
    for _ in range(50):  # it scrolls smoothly; wait_for_function would need eval, which the page forbids
        if box.evaluate("e => e.scrollLeft + e.clientWidth >= e.scrollWidth - 1"):
            break
        tab.wait_for_timeout(100)
    at = last.bounding_box()
    assert at["x"] + at["width"] <= DESK["width"]


def test_what_changed_is_listed_largest_first_and_opens(shown: Opened) -> None:
    tab, _ = shown(CLASS)
    lines = tab.locator("#changes-table tbody tr")
    by = [
        abs(Fraction(text)) for text in tab.locator("#changes-table td:nth-child(5)").all_inner_texts() if text != "-"
    ]
    assert by == sorted(by, reverse=True)
    assert len(by) >= 5
    assert "→" in lines.first.inner_text()
    lines.first.get_by_role("button").click()
    assert tab.locator("#details").is_visible()
    assert "changed" in tab.locator("#details dl").inner_text()


HOSTILE = "</script><script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">&lt;b&gt;"


def hostile() -> Gradebook:
    columns = (Column("1.1", HOSTILE, Fraction(1)), Column("1.2", HOSTILE, Fraction(1)))
    cells = (
        Cell("failed", Fraction(1), (HOSTILE,), Decision("1", "1.1", Fraction(1), HOSTILE, HOSTILE)),
        Cell("failed", Fraction(0), (HOSTILE,)),
    )
    person = Person(f"{HOSTILE} Eve", f"{HOSTILE}@example.edu", HOSTILE)
    one = Standing(HOSTILE, (person,), cells, Fraction(1), (Fraction(0), None), Fraction(0), HOSTILE, (HOSTILE,))
    other = msgspec.structs.replace(one, submission="2", people=(Person("Bob"),))
    return Gradebook(HOSTILE, columns, (one, other), HOSTILE, (HOSTILE,), HOSTILE, HOSTILE, HOSTILE)


def test_a_students_text_runs_nothing_and_is_shown_as_it_is(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    text = page(hostile(), lambda _: [HOSTILE, "\u202ereversed"], lambda _: f"javascript:{HOSTILE}")
    # Without the policy, so that only the escaping stands between the text and the page
    path.write_text(text.replace("Content-Security-Policy", "x-nothing"), encoding="utf-8")
    tab, complaints = opened(path, PHONE)
    tab.wait_for_selector("html.ready")
    tab.locator("#students-section input[type=search]").fill("onerror")  # searching reads the text once more
    tab.locator("#students th").first.click()
    tab.locator("#students-section input[type=search]").fill("Eve")
    assert tab.locator(SHOWN_IN_TABLE).count() == 1
    tab.locator(SHOWN_IN_TABLE).first.get_by_role("button").click()
    assert tab.locator("#details-title").inner_text() == f"{HOSTILE} Eve"
    assert tab.locator("#details pre").all_inner_texts() == [HOSTILE, "reversed"]
    assert tab.locator("#details").inner_text().count(HOSTILE) >= 9
    assert tab.locator("img").count() == 0
    assert tab.locator("script").count() == 2
    assert tab.locator("#details a").first.evaluate("a => a.protocol") == "file:"
    assert tab.title().startswith(HOSTILE)
    assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert complaints == []


def test_the_policy_stops_any_other_script_and_any_request(shown: Opened) -> None:
    tab, complaints = shown(THREE)
    tab.evaluate(
        """() => { const made = document.createElement('script'); made.textContent = "document.title = 'ran'";
        document.body.append(made); const image = document.createElement('img'); image.src = 'data:image/gif;base64,AA';
        document.body.append(image); return fetch('https://localhost:1/').catch(() => 0); }"""
    )
    assert tab.title() != "ran"
    assert len([text for text in complaints if "Content Security Policy" in text]) >= 3
    assert not [text for text in complaints if text.startswith("http")]


def test_printing_shows_every_line_and_then_the_page_as_it_was(shown: Opened, tmp_path: Path) -> None:
    tab, complaints = shown(CLASS)
    tab.locator("#students-section .dt-paging").get_by_role("link", name="3", exact=True).click()
    tab.locator(SHOWN_IN_TABLE).first.click()
    tab.evaluate(
        """() => addEventListener('beforeprint', () => { window.printed = [
        document.querySelectorAll('#students tbody tr').length, document.getElementById('details').open]; })"""
    )
    tab.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    assert tab.evaluate("window.printed") == [120, False]
    assert tab.locator(SHOWN_IN_TABLE).count() == 25
    assert tab.locator(INFO).inner_text().startswith("Showing 51 to 75 of 120")
    assert complaints == []


def test_in_print_nothing_is_cut_at_the_right(shown: Opened) -> None:
    tab, _ = shown(
        class_sample.gradebook(300), {"width": 1031, "height": 700}
    )  # A4 across, less its margins, in CSS pixels
    tab.emulate_media(media="print", color_scheme="dark")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.locator(SHOWN_IN_TABLE).count() == 300
    assert tab.evaluate("document.documentElement.scrollWidth") <= 1031
    for table in tab.locator("table").all():
        box = table.bounding_box()
        assert box is None or box["x"] + box["width"] <= 1031
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    for figure in tab.locator("figure svg").all():
        assert figure.bounding_box()["height"] <= 700


def test_five_thousand_submissions_are_paged(shown: Opened) -> None:
    book = class_sample.gradebook(5_000)
    tab, complaints = shown(book)
    metrics = tab.context.new_cdp_session(tab)
    metrics.send("Performance.enable")
    found = {one["name"]: one["value"] for one in metrics.send("Performance.getMetrics")["metrics"]}
    assert found["ScriptDuration"] + found["LayoutDuration"] + found["RecalcStyleDuration"] < 2, "seconds to open"
    assert tab.locator(INFO).inner_text() == "Showing 1 to 25 of 5,000 entries"
    assert tab.locator(SHOWN_IN_TABLE).count() == 25
    tab.locator("#students-section .dt-paging").get_by_role("link", name="200", exact=True).click()
    assert tab.locator(INFO).inner_text() == "Showing 4,976 to 5,000 of 5,000 entries"
    tab.locator("#students th").get_by_text("total", exact=True).click()
    shows(tab, "total", [decimal_text(total) for total in sorted(one.total for one in book.standings)[:25]])
    assert complaints == []


def test_an_anonymous_class_has_no_columns_of_people(shown: Opened) -> None:
    tab, complaints = shown(class_sample.anonymous(THREE))
    titles = tab.locator("#students thead th").all_inner_texts()
    assert titles[:4] == ["submission", "total", "code", "old total"]
    assert not {"name", "e-mail", "sid"} & {*titles}
    tab.locator(SHOWN_IN_TABLE).first.get_by_role("button").click()
    assert tab.locator("#details-title").inner_text() == THREE.standings[0].submission
    assert complaints == []


def test_without_scripts_the_numbers_are_there(shown: Opened) -> None:
    tab, complaints = shown(CLASS, PHONE, java_script_enabled=False)
    assert tab.get_by_text("This table needs JavaScript").is_visible()
    assert tab.locator("#rows-section table td").count() > 100
    assert complaints == []
