"""The page to grade in, by keyboard alone in a real browser: marks, comments, undo, and a CSV that `merge` reads."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from autograder.blind.codes import read_codes
from autograder.blind.collect import WrittenAnswer, collect
from autograder.blind.guide import Guide
from autograder.blind.merge import merge
from tests.autograder.blind.written_answers import COLUMNS, INDEPENDENT, classful
from tests.browser.sizes import DESK, PHONE, Opened

SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
GUIDE = Guide(criteria=("names the forget gate", "says <b>why</b>"), model="It is passed on.\nUnchanged.")
IDENTICAL = (*INDEPENDENT, INDEPENDENT[1])  # submissions 0 to 3; 1 and 3 wrote the same


def collected(folder: Path, texts: Any = IDENTICAL, guide: Guide = GUIDE) -> Path:
    """A folder of responses of these texts; returns its page."""
    answers = [WrittenAnswer(str(at), "2.3", text) for at, text in enumerate(texts)]
    collect(answers, COLUMNS, folder, "seed", "Homework 3", {"2.3": guide})
    return folder / "2.3.html"


@pytest.fixture
def page(opened: Opened, tmp_path: Path) -> Iterator[Any]:
    """The page of four answers, on a desk; it must not complain."""
    tab, complaints = opened(collected(tmp_path / "responses"), DESK)
    yield tab
    assert [said for said in complaints if not said.startswith("blob:")] == []


def press(tab: Any, *keys: str) -> None:
    for key in keys:
        tab.keyboard.press(key)


def write(tab: Any, text: str, *keys: str) -> None:
    tab.keyboard.type(text)
    press(tab, *keys)


def progress(tab: Any) -> str:
    return str(tab.locator("#progress").text_content())


def said(tab: Any) -> str:
    return str(tab.locator("#said").inner_text())


def given(tab: Any) -> list[str]:
    return [str(text) for text in tab.locator(".given").all_inner_texts()]


def saved(tab: Any, folder: Path, key: str = "w") -> Path:
    """Saves by keyboard, into the folder as a grader would."""
    with tab.expect_download() as download:
        press(tab, key)
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def reopen(tab: Any, path: Path, words: str = "read.") -> None:
    """Opens a CSV in the page; waits until it says these words."""
    tab.locator("#file").set_input_files(path)
    tab.locator("#said").get_by_text(words).first.wait_for()


def bottom(tab: Any, *which: str) -> float:
    """Where the lowest of these ends."""
    boxes = [tab.locator(one).bounding_box() for one in which]
    return max(float(box["y"] + box["height"]) for box in boxes)


def current(tab: Any) -> str:
    (code,) = tab.locator("article.current h2").all_inner_texts()
    return str(code)


# ------------------------------------------------------------------------------------------------------------- grading


@SIZES
def test_a_class_is_graded_by_keyboard_alone_and_merged(opened: Opened, tmp_path: Path, size: dict[str, int]) -> None:
    answers, responses = classful(40), tmp_path / "responses"
    collect(answers, COLUMNS, responses, "seed")
    tab, complaints = opened(responses / "2.3.html", size)
    texts = {one.submission: one.text.strip() for one in answers}
    expected: dict[str, Fraction] = {}
    rounds = 0
    while not progress(tab).startswith("35 of"):
        assert tab.evaluate("document.activeElement === document.body") is (rounds == 0)
        text = tab.locator("article.current .text").text_content()
        points, typed = [(Fraction(1, 2), "0.5"), (Fraction(1, 4), ",25"), (Fraction(0), "0"), (Fraction(1, 3), "1/3")][
            rounds % 4
        ]
        write(tab, typed, "Enter")
        expected.update({submission: points for submission, own in texts.items() if own == text})
        rounds += 1
        box, panel = (tab.locator(which).bounding_box() for which in ("article.current", "#panel"))
        assert 0 <= box["y"] <= (panel["y"] if size is PHONE else size["height"]), "the current answer is in sight"
        if size is PHONE and not said(tab):
            assert panel["height"] <= 0.3 * size["height"], "most of a phone shows the answer"
            assert bottom(tab, "#points", "#comment", "#next") <= size["height"], "and what is used most is in the rest"
    assert "All 35 are graded. Save the CSV." in said(tab)
    assert rounds < 35, "identical answers take one mark"
    saved(tab, responses)
    assert tab.locator("#unsaved").inner_text() == "all saved"
    assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
    found = merge(responses, tmp_path / "out", COLUMNS)
    assert {one.submission: one.points for one in found.decisions} == expected
    assert found.sentences == ()
    assert [one for one in complaints if not one.startswith("blob:")] == []


def test_one_mark_for_identical_answers(page: Any, tmp_path: Path) -> None:
    while "and 1 identical" not in page.locator("#which").inner_text():
        press(page, "j")
    press(page, "f")
    assert progress(page) == "2 of 4 graded"
    write(page, "c")
    write(page, "both of them", "Escape")
    path = saved(page, tmp_path / "responses")
    key = {one.code: one.submission for one in read_codes(tmp_path / "responses")}
    lines = [line.split(",") for line in path.read_text(encoding="utf-8-sig").splitlines()[1:]]
    assert {key[line[0]] for line in lines if line[1:3] == ["0.5", "both of them"]} == {"1", "3"}


def test_keys_for_points(page: Any) -> None:
    first = current(page)
    for key, points in (("f", "0.5"), ("-", "0.25"), ("-", "0"), ("-", "0"), ("+", "0.25"), ("z", "0"), ("x", "")):
        press(page, key)
        assert page.locator("#points").input_value() == points
        assert current(page) == first
    assert given(page) == []
    write(page, "0.2", "ArrowUp")
    assert page.locator("#points").input_value() == "0"
    press(page, "ArrowUp", "Enter")
    assert given(page) == ["0.25 of 0.5"]
    assert current(page) != first
    press(page, "k")
    assert current(page) == first


def test_comments_are_used_again_and_are_text(page: Any) -> None:
    press(page, "c")
    write(page, "<b>why?</b>", "Enter")
    write(page, "=1+1", "Control+Enter")
    press(page, "c")
    write(page, "=1+1", "Escape")
    assert page.locator("#snippets button").all_inner_texts() == ["1 <b>why?</b>", "2 =1+1"]
    press(page, "j", "s", "1")
    assert page.locator("#comment").input_value() == "<b>why?</b>"
    press(page, "s", "ArrowDown", "ArrowUp", "ArrowDown", "Enter")
    assert page.locator("#comment").input_value() == "<b>why?</b>\n=1+1"
    press(page, "s", "1")
    assert page.locator("#comment").input_value() == "<b>why?</b>\n=1+1", "none twice"
    assert page.locator("#snippets button").all_inner_texts() == ["1 <b>why?</b>", "2 =1+1"], "each keeps its key"
    assert page.locator("article b, #panel b").count() == 0
    assert progress(page) == "0 of 4 graded"
    assert given(page)[0] == "no points yet: <b>why?</b>\n=1+1"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("101 %", "points go from 0 to 0.5, not 101 %"),
        ("0..5", "points are a number from 0 to 0.5, such as 0.5, not “0..5”"),
        ("0.1", "points go in steps of 0.25, not 0.1"),
    ],
)
def test_points_that_are_refused_are_said(opened: Opened, tmp_path: Path, typed: str, why: str) -> None:
    tab, _ = opened(collected(tmp_path, guide=Guide(step=Fraction(1, 4))), DESK)
    first = current(tab)
    write(tab, typed, "Enter")
    assert why in tab.locator("#refused").inner_text()
    assert tab.locator("#points").get_attribute("aria-invalid") == "true"
    assert (current(tab), progress(tab), given(tab)) == (first, "0 of 4 graded", [])
    press(tab, "Tab")
    assert tab.evaluate("document.activeElement.id") != "points", "no trap"
    press(tab, "j")
    assert current(tab) == first, "what is refused is not left behind in silence"
    press(tab, "Escape", "j")
    assert current(tab) != first


# ---------------------------------------------------------------------------------------------------- undo, save, open


def test_undo_and_redo(page: Any) -> None:
    assert page.locator("#undo").is_disabled()
    write(page, "0.5", "Enter")
    write(page, "0.25", "Enter")
    press(page, "c")
    write(page, "late", "Escape")
    assert len(given(page)) == 3
    press(page, "u")
    assert given(page) == ["0.5 of 0.5", "0.25 of 0.5"]
    press(page, "Control+z")
    assert given(page) == ["0.5 of 0.5"]
    press(page, "r", "Control+y")
    assert given(page)[2].endswith("late")
    press(page, "u", "u", "u", "u")
    assert given(page) == []
    assert "nothing to undo" in said(page)
    assert page.locator("#unsaved").inner_text() == "", "as it was saved: not at all"


def test_the_page_opens_its_own_csv_again(opened: Opened, page: Any, tmp_path: Path) -> None:
    page.locator("#who").fill("Änne Ünal")
    press(page, "Escape")
    for points, comment in (("0.5", '"quoted", and; more'), ("1/3", "=HYPERLINK(1)"), ("0", "line\n\nline <i>")):
        write(page, points)
        page.locator("#comment").fill(comment)
        press(page, "Control+Enter")
    before = given(page)
    path = saved(page, tmp_path / "responses", "Control+s")
    assert path.name == "2.3-graded-Anne-Unal.csv" or path.name.startswith("2.3-graded-A")
    text = path.read_bytes()
    assert text.startswith(b"\xef\xbb\xbfcode,points (at most 0.5),comment,who\n")
    assert b",'=HYPERLINK(1)," in text, "no spreadsheet runs it"
    found = merge(tmp_path / "responses", tmp_path / "out", COLUMNS)
    assert {one.reason for one in found.decisions} >= {'"quoted", and; more', "=HYPERLINK(1)", "line\n\nline <i>"}
    assert {one.who for one in found.decisions} == {"Änne Ünal"}
    again, complaints = opened(tmp_path / "responses" / "2.3.html", own=True)
    reopen(again, path)
    assert again.locator("#who").input_value() == "Änne Ünal"
    assert "Who grades is Änne Ünal, as in the file" in said(again)
    assert given(again) == before
    assert (progress(again), again.locator("#unsaved").inner_text()) == (progress(page), "all saved")
    press(again, "u")
    assert given(again) == []
    press(again, "r")
    assert saved(again, tmp_path).read_bytes() == text
    assert [one for one in complaints if not one.startswith("blob:")] == []


def test_a_comment_follows_typed_points(page: Any, tmp_path: Path) -> None:
    """`c` and `s` in the field of points take them, and are no text of it; a file without a grader's name is told."""
    first = current(page)
    write(page, "0.25", "c")
    write(page, "why?", "Control+Enter")
    assert given(page) == ["0.25 of 0.5: why?"]
    assert current(page) != first
    write(page, "0.5", "s", "1")
    assert given(page)[1] == "0.5 of 0.5: why?"
    press(page, "n")
    write(page, "7", "c")
    assert "Not taken" in page.locator("#refused").inner_text()
    assert page.locator("#points").input_value() == "7"
    press(page, "Escape")
    saved(page, tmp_path)
    assert "Nobody stands under Who grades" in said(page)
    page.locator("#who").focus()
    write(page, "Nia", "Enter")
    saved(page, tmp_path)
    assert "Nobody stands" not in said(page)


def test_a_csv_from_elsewhere(page: Any, tmp_path: Path) -> None:
    """A spreadsheet's: own columns, lines of no answer, wrong points; nothing is lost, everything wrong is said."""
    first = current(page).split(", ")[0]
    write(page, "0.25", "Enter")
    path = tmp_path / "sheet.csv"
    lines = ["Points (of 0.5);Code;__proto__;Comment", f"0,5;{first};mine;<img src=x>", "abc;2.3-003;;", "1;9.9-001;;x"]
    path.write_bytes("\r\n".join(lines).encode("utf-16"))
    reopen(page, path)
    assert f"Replaced what was here: {first}; undo brings it back." in said(page)
    assert "sheet.csv, line 3: 2.3-003 is not graded, points are a number from 0 to 0.5" in said(page)
    assert "lines of no answer here: 1; they are kept" in said(page)
    assert "0,5 of 0.5: <img src=x>" in given(page)[0]
    assert "abc" in " ".join(given(page))
    written = saved(page, tmp_path).read_text(encoding="utf-8-sig").splitlines()
    assert written[0] == "code,points (at most 0.5),comment,who,__proto__"
    assert f'{first},"0,5",<img src=x>,,mine' in written
    assert any(line.startswith("2.3-003,abc,") for line in written)
    assert "9.9-001,1,x,," in written
    path.write_text("code,points,comment\n9.9-001,1,x\n9.9-002,1,\n")
    reopen(page, path, "no line of an answer here")
    assert "9.9-002" not in saved(page, tmp_path).read_text(encoding="utf-8-sig")
    path.write_text("no,such,columns\n1,2,3\n")
    reopen(page, path, "no columns")
    assert "0,5 of 0.5" in given(page)[0], "the marks are as they were"
    press(page, "n", "f")
    path.write_text(f"code,points,who\n{first},0.5,Ada\n")
    reopen(page, path)
    assert page.locator("#who").input_value() == "", "marks that are here already get nobody's name"


def test_identical_answers_with_different_marks_are_shown(page: Any, tmp_path: Path) -> None:
    key = {one.submission: one.code for one in read_codes(tmp_path / "responses")}
    path = tmp_path / "two.csv"
    path.write_text(f"code,points\n{key['1']},0.5\n{key['3']},0.25\n")
    reopen(page, path)
    (shown,) = given(page)
    assert shown.startswith("Identical answers, different marks.")
    assert {f"{key['1']}: 0.5 of 0.5", f"{key['3']}: 0.25 of 0.5"} <= set(shown.split(". ", 1)[1].split("; "))
    while "identical" not in page.locator("#which").inner_text():
        press(page, "j")
    press(page, "x")
    assert given(page) == [], "none for all of them"


def test_it_warns_before_it_is_closed_unsaved(opened: Opened, tmp_path: Path) -> None:
    path, dialogs = collected(tmp_path), list[str]()
    tab, _ = opened(path, own=True)
    tab.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.accept()))
    for keys, warned in ((["f"], True), (["c", "x"], True), ([], False), (["f", "w"], False), (["f", "u"], False)):
        press(tab, "Shift", *keys)
        tab.evaluate("localStorage.clear()")
        tab.goto("about:blank")
        assert (dialogs == ["beforeunload"]) is warned, keys
        dialogs.clear()
        tab.goto(path.as_uri())


# ------------------------------------------------------------------------------------------------- storage, keys, texts

NO_STORAGE = "Object.defineProperty(window, 'localStorage', {get() { throw new Error('off') }})"
FULL_STORAGE = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"


@pytest.mark.parametrize("script", [NO_STORAGE, FULL_STORAGE], ids=["off", "full"])
def test_it_needs_no_storage(browser: Any, tmp_path: Path, script: str) -> None:
    context = browser.new_context(viewport=DESK, offline=True)
    context.add_init_script(script)
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(collected(tmp_path).as_uri())
    press(tab, "f")
    assert tab.get_by_text("This browser keeps no copy").is_visible()
    assert progress(tab) != "0 of 4 graded"
    assert "0.5" in saved(tab, tmp_path).read_text()
    assert complaints == []
    context.close()


def test_the_browser_offers_what_it_remembers(opened: Opened, tmp_path: Path) -> None:
    tab, _ = opened(collected(tmp_path / "one"), own=True)
    tab.on("dialog", lambda dialog: dialog.accept())
    write(tab, "0.25", "Enter")
    marks = given(tab)
    tab.reload()
    assert (given(tab), progress(tab)) == ([], "0 of 4 graded")
    assert "remembers marks or comments of" in tab.locator("#remembered-what").inner_text()
    assert "Until you choose, it remembers nothing else." in tab.locator("#remembered-what").inner_text()
    press(tab, "f")  # is not written over what is remembered
    tab.reload()
    tab.locator("#bring-back").press("Enter")
    tab.locator("#remembered").wait_for(state="hidden")
    assert given(tab) == marks
    assert "not saved" in tab.locator("#unsaved").inner_text()
    tab.goto(collected(tmp_path / "two", IDENTICAL[:2]).as_uri())
    assert tab.locator("#remembered").is_hidden(), "the same codes, but other answers"
    tab.goto((tmp_path / "one" / "2.3.html").as_uri())
    tab.locator("#forget").press("Enter")
    tab.locator("#remembered").wait_for(state="hidden")
    tab.reload()
    assert tab.locator("#remembered").is_hidden()


@SIZES
def test_tab_reaches_everything_and_leaves_and_the_focus_shows(
    opened: Opened, tmp_path: Path, size: dict[str, int]
) -> None:
    tab, _ = opened(collected(tmp_path), size)
    press(tab, "f")
    seen: list[str] = []
    for _ in range(60):
        press(tab, "Tab")
        where = tab.evaluate(
            "(e => [e.id || e.value || e.tagName, getComputedStyle(e).outlineStyle, e.getBoundingClientRect().width])"
            "(document.activeElement)"
        )
        assert where[0] == "BODY" or (where[1] != "none" and where[2] > 10), where
        seen.append(where[0])
    wanted = ["save", "points", "0.25", "comment", "previous", "next", "undo", "who", "open", "keys", "SUMMARY"]
    assert [one for one in wanted if one not in seen] == []
    assert seen.count("save") > 1, "round and round: nothing holds the focus"
    press(tab, "?")
    assert tab.locator("#help").is_visible()
    assert {"Enter", "Esc", "u", "s"} <= set(tab.locator("#help kbd").all_inner_texts())
    press(tab, "f", "j", "Escape")
    assert tab.locator("#help").is_hidden()


def test_criteria_and_model_answer_are_folded_in(page: Any) -> None:
    assert page.locator("#criteria li").all_inner_texts() == ["names the forget gate", "says <b>why</b>"]
    assert page.get_by_text("It is passed on.").is_hidden()
    press(page, "m")
    assert page.get_by_text("It is passed on.").is_visible()
    press(page, "g")
    assert page.get_by_text("names the forget gate").is_hidden()


@SIZES
def test_hostile_answers_are_text(opened: Opened, tmp_path: Path, size: dict[str, int]) -> None:
    texts = [
        "</script><script>document.title = 'ran'</script><img src=x onerror=\"document.title = 'ran'\">",
        "<!--<script>\u2028\u2029 ${document.title} {{ 7 * 7 }} __proto__ </div></article></main></body>",
        "\u202eright to left \u2067\u05e9\u05dc\u05d5\u05dd ) x (",
        "\u05e9\u05dc\u05d5\u05dd 123",
        "y" * 60_000,
        "many words " * 5_454 + "the end.",
        "=1+1",
    ]
    tab, complaints = opened(collected(tmp_path, texts), size)
    assert tab.title() == "2.3 Why the gradient does not explode: 7 answers"
    shown = tab.locator("article .text").all_text_contents()
    assert "y" * 60_000 in shown
    assert any(text.endswith("the end.") for text in shown), "all of it"
    assert texts[0] in shown
    assert tab.locator("article :is(script, img, b, style)").count() == 0
    assert not any("\u202e" in text or "\u2067" in text for text in shown)
    assert all(
        tab.locator("article .text").evaluate_all("all => all.map(e => getComputedStyle(e).unicodeBidi == 'isolate')")
    )
    rtl = tab.locator("article .text").get_by_text("\u05e9\u05dc\u05d5\u05dd 123")
    assert rtl.evaluate("e => getComputedStyle(e).direction") == "rtl"
    while tab.locator("article.current .more").count() == 0:
        press(tab, "j")
    assert tab.locator("article.current").bounding_box()["height"] < 700
    press(tab, "e")
    assert tab.locator("article.current").bounding_box()["height"] > 3_000
    for _ in texts:
        write(tab, "0.5", "Enter")
    assert progress(tab) == "7 of 7 graded"
    assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert complaints == []


def test_an_inline_script_would_not_run(opened: Opened, tmp_path: Path) -> None:
    """The policy names the page's own script by its hash, and no other."""
    tab, _ = opened(collected(tmp_path), DESK)
    blocked = tab.evaluate(
        """() => new Promise((resolve) => {
            document.addEventListener("securitypolicyviolation", (event) => resolve(event.violatedDirective));
            const script = document.createElement("script");
            script.textContent = "document.title = 'ran'";
            document.body.append(script);
        })"""
    )
    assert blocked.startswith("script-src")
    assert tab.title() != "ran"


def test_five_hundred_answers(opened: Opened, tmp_path: Path) -> None:
    collect(classful(572), COLUMNS, tmp_path, "seed")
    tab, complaints = opened(tmp_path / "2.3.html", DESK)
    assert progress(tab) == "0 of 501 graded"
    write(tab, "0.5", "Enter")
    assert "f 501 graded" in progress(tab)
    assert complaints == []
