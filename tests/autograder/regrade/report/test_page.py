"""The page of a class as text: it stands alone, what is hostile stays text, and its numbers are the gradebook's."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from fractions import Fraction
from typing import Any

import msgspec
import pytest

from autograder.core.outcome import Outcome
from autograder.intake.entry import Person
from autograder.regrade.gradebook import Cell, Column, Decision, Gradebook, Standing
from autograder.regrade.report import data as class_data
from autograder.regrade.report import page as class_page
from autograder.regrade.report.page import page
from tests.autograder.html_page import HtmlPage
from tests.autograder.program import python
from tests.autograder.regrade.report import class_sample

pytest.importorskip("matplotlib", reason="matplotlib is not installed")
HOSTILE = "</script><img src=x onerror=\"document.title='ran'\"><!--<script>{{ 7 * 7 }}&amp;\u202e\x1b[31m'\u2028"
SHOWN = "</script><img src=x onerror=\"document.title='ran'\"><!--<script>{{ 7 * 7 }}&amp;[31m'"


@pytest.fixture(scope="module")
def forty() -> str:
    """The page of a class of forty."""
    return page(class_sample.gradebook(40))


def data_of(read: HtmlPage) -> Any:
    """What the page's script reads."""
    return json.loads(read.scripts[0])


def hostile() -> Gradebook:
    """A class in which every text is hostile."""
    columns = (Column("1.1", HOSTILE, Fraction(1)), Column("1.2", HOSTILE, Fraction(1)))
    decided = Decision(HOSTILE, "1.1", Fraction(1), HOSTILE, HOSTILE)
    cells = (Cell("failed", Fraction(1), (HOSTILE,), decided), Cell("failed", Fraction(0), (HOSTILE,)))
    person = Person(HOSTILE, HOSTILE, HOSTILE)
    one = Standing(HOSTILE, (person, person), cells, Fraction(1), (Fraction(0), None), Fraction(0), HOSTILE, (HOSTILE,))
    return Gradebook(HOSTILE, columns, (one,), HOSTILE, (HOSTILE,), HOSTILE, HOSTILE, HOSTILE)


def test_hostile_text_stays_text() -> None:
    read = HtmlPage(page(hostile(), lambda _: [HOSTILE, HOSTILE], lambda _: HOSTILE))
    names = [tag for tag, _ in read.tags]
    assert "img" not in names
    assert names.count("script") == 2
    assert not [name for _, found in read.tags for name in found if name.startswith("on")]
    assert read.text.count(SHOWN) >= 8
    assert not re.search("[<>&\u2028\u2029\u202e\x1b]", read.scripts[0])
    [row] = data_of(read)["rows"]
    assert row[:3] == [SHOWN, [[SHOWN] * 3] * 2, SHOWN]
    assert data_of(read)["texts"] == [SHOWN]


@pytest.mark.parametrize(
    ("path", "want"),
    [
        ("results/123.json", "./results/123.json"),
        ("", ""),
        ("javascript:alert(1)", "./javascript%3Aalert%281%29"),
        ("//example.org/x", "./example.org/x"),
        ("a b?c#d", "./a%20b%3Fc%23d"),
    ],
)
def test_a_link_leads_to_a_file_only(path: str, want: str) -> None:
    assert class_data.link(path) == want


def test_the_policy_names_the_one_script_and_nothing_else_may_load() -> None:
    read = HtmlPage(page(class_sample.gradebook(3)))
    [policy] = [found["content"] for tag, found in read.tags if tag == "meta" and "http-equiv" in found]
    digest = base64.b64encode(hashlib.sha256(read.scripts[1].encode()).digest()).decode()
    assert policy is not None
    assert policy.split("; ")[:2] == ["default-src 'none'", f"script-src 'sha256-{digest}'"]
    assert "unsafe-inline" not in policy.replace("style-src 'unsafe-inline'", "")
    links = [value for _, found in read.tags for name, value in found.items() if name in ("src", "href")]
    assert all(value and value.startswith("#") for value in links)


def test_same_gradebook_same_bytes(forty: str) -> None:
    """In two processes, so that no order of a set and no leftover of the first figure can matter."""
    code = (
        "import hashlib; from autograder.regrade.report.page import page\n"
        "from tests.autograder.regrade.report import class_sample\n"
        "print(hashlib.sha256(page(class_sample.gradebook(40)).encode()).hexdigest())"
    )
    done = python(code)
    assert done.stderr == ""
    assert done.stdout.strip() == hashlib.sha256(forty.encode()).hexdigest()


def test_ids_are_unique_and_every_reference_inside_the_page_has_its_target(forty: str) -> None:
    read = HtmlPage(forty)
    ids = [found["id"] for _, found in read.tags if "id" in found]
    assert len(ids) == len(set(ids)) > 100
    found = [(name, value or "") for _, attributes in read.tags for name, value in attributes.items()]
    named = {value for name, value in found if name in ("aria-labelledby", "aria-describedby")}
    attributes = " ".join(value for _, value in found)
    used = set(re.findall(r"url\(#([^)]+)\)", attributes)) | named
    used |= {value[1:] for name, value in found if name == "href"}
    assert used
    assert used <= set(ids)


def test_drawings_say_in_words_what_they_show(forty: str) -> None:
    assert forty.count('role="img"') == 2
    assert "How many submissions had each outcome. 1.1: " in forty
    assert "How many submissions have a total in each range. " in forty


@pytest.mark.parametrize("word", [str(word) for word in Outcome])
def test_every_outcome_has_a_look_of_its_own(word: str) -> None:
    from autograder.regrade.report import plots

    assert word in plots.LOOK
    assert list(plots.LOOK.values()).count(plots.LOOK[word]) == 1


@pytest.mark.parametrize("count", [0, 1, 3])
def test_small_classes(count: int) -> None:
    read = HtmlPage(page(class_sample.gradebook(count)))
    assert len(data_of(read)["rows"]) == count
    assert ("There is no total to show." in read.text) == (count == 0)


def test_a_class_without_rows() -> None:
    assert "There is no total to show." in page(Gradebook("HW", (), ()))


def test_a_class_without_spread() -> None:
    one = class_sample.gradebook(1).standings[0]
    same = tuple(msgspec.structs.replace(one, submission=str(at), old=(), old_total=None) for at in range(12))
    book = msgspec.structs.replace(class_sample.gradebook(0, old=False), standings=same)
    text = page(book)
    assert "What changed" not in text
    assert '<td class="points">-</td>' in text


def test_written_answers_without_points_are_counted() -> None:
    columns = (Column("1.1", "first", Fraction(1)), Column("2.3", "why", Fraction(1), graded="written"))
    passed, unread = Cell("passed", Fraction(1)), Cell("written", None)
    seconds = (unread, unread, Cell("written", Fraction(1)), Cell("unanswered", None))
    standings = tuple(Standing(str(at), (), (passed, cell), Fraction(1)) for at, cell in enumerate(seconds))
    said = "Written answers without points so far, which totals leave out: 2.3 (2)."
    assert said in " ".join(HtmlPage(page(Gradebook("HW", columns, standings))).text.split())
    assert "without points" not in page(Gradebook("HW", columns, standings[2:]))


@pytest.mark.parametrize(
    ("submitted", "want"),
    [
        ("2025-03-01T23:10:05.1234567-05:00", "2025-03-01 23:10 UTC-05:00"),
        ("2025-03-01 23:10:05 Z", "2025-03-01 23:10 UTC"),
        ("2025-03-01 23:10:05", "2025-03-01 23:10"),
        ("last\nnight", "last night"),
        ("", ""),
    ],
)
def test_when_it_was_submitted_is_to_be_read(submitted: str, want: str) -> None:
    book = Gradebook("HW", (), (Standing("7", (), (), Fraction(1), submitted=submitted),))
    assert data_of(HtmlPage(page(book)))["rows"][0][2] == want


def test_what_waits_for_a_person_is_counted_and_linked() -> None:
    book = class_sample.gradebook(3)
    said = 'Needs a person: 2 lines on 1 submission, in <a href="./needs-a-person.csv">needs-a-person.csv</a>.'
    assert said in page(book, waiting="2 lines on 1 submission")
    assert "needs-a-person.csv" not in page(book)


def test_the_numbers_are_the_gradebooks() -> None:
    columns = (Column("1.1", "first", Fraction(1)), Column("1.2", "second", Fraction(1), extra_credit=True))
    mistake = "forget path missing in c_bar"
    wrong, right = Cell("failed", Fraction(0), (mistake,)), Cell("passed", Fraction(1))
    standings = tuple(
        Standing(
            str(at),
            (Person(f"Student {at}"),),
            (wrong if at < 34 else right, right),
            Fraction(1 if at < 34 else 2),
            rerun=at == 209,
        )
        for at in range(210)
    )
    read = HtmlPage(
        page(
            Gradebook(
                "HW",
                columns,
                standings,
                version="1.2.3",
                rubric="abc",
                rubric_since="2026-11-28T07:54:50+00:00",
                seed="7",
            )
        )
    )
    said = " ".join(read.text.split())
    assert f"34 of 210: {mistake}" in said
    assert "submissions210 mean1.84 median2 lower quartile2 upper quartile2 lowest1 highest2" in said
    assert "not graded1" in said
    assert "1 of 210 are not graded, or not completely (their notes say why): 209." in said
    assert "1.1 first117634" in said
    assert "Totals are of 1 by spec (up to 1 extra credit on top)." in said
    assert "autograder 1.2.3, rubric abc, which this folder keeps since 2026-11-28 07:54, seed 7" in said
    assert "What changed" not in said
    assert "What people decided" not in said


def test_one_text_is_stored_once() -> None:
    book = class_sample.gradebook(50)
    read = HtmlPage(page(book, lambda one: ["the same"] * 18 + [f"only {one}"]))
    assert len(data_of(read)["texts"]) == 51
    texts, rows = data_of(read)["texts"], data_of(read)["rows"]
    assert [[texts[at] for at in row[9]] for row in rows] == [
        ["the same"] * 18 + [f"only {one.submission}"] for one in book.standings
    ]


def test_cells_say_what_the_gradebook_says(forty: str) -> None:
    book, read = class_sample.gradebook(40), HtmlPage(forty)
    for row, standing in zip(data_of(read)["rows"], book.standings, strict=True):
        cells = [data_of(read)["cells"][at] for at in row[8]]
        assert [cell[0] for cell in cells] == [cell.outcome for cell in standing.cells]
        points = [None if cell[1] is None else Fraction(cell[1]) for cell in cells]
        assert points == [None if c.points is None else round(c.points, 4) for c in standing.cells]
        assert [cell[2] for cell in cells] == [list(cell.named) for cell in standing.cells]


def test_only_what_was_overruled_is_listed() -> None:
    book = class_sample.gradebook(200)
    want = [
        [row, at]
        for row, standing in enumerate(book.standings)
        for at, cell in enumerate(standing.cells)
        if cell.decided and book.columns[at].graded == "spec"
    ]
    read = HtmlPage(page(book))
    assert data_of(read)["decided"] == want != []
    assert f"{len(want)} rows were overruled." in read.text


def test_bonuses_and_a_rule_for_late_work_are_told() -> None:
    book = class_sample.gradebook(3)
    plain = HtmlPage(page(book)).text
    assert "penalt" not in plain
    assert "late work" not in plain
    first, *others = book.standings
    bonus = msgspec.structs.replace(first, adjusted=(Decision(first.submission, "bonus", Fraction(1)),))
    told = HtmlPage(page(msgspec.structs.replace(book, standings=(bonus, *others), late=True))).text
    assert "1 bonus or penalty is in the totals; the notes of a submission say which." in told
    assert "Totals are those before the rule for late work" in told


def test_an_anonymous_class_names_nobody() -> None:
    book = class_sample.gradebook(60)
    named = {text for s in book.standings for p in s.people for text in (p.name, p.email, p.sid)}
    without = page(class_sample.anonymous(book))
    assert not [text for text in named if text in without]
    assert data_of(HtmlPage(without))["named"] is False
    whole = page(book)
    assert all(text in whole for text in named)
    blank = tuple(msgspec.structs.replace(s, people=(Person(),)) for s in book.standings)
    assert data_of(HtmlPage(page(msgspec.structs.replace(book, standings=blank))))["named"] is False


@pytest.mark.parametrize("name", [*class_page.NEEDED, "markupsafe"])
def test_a_missing_package_is_said_with_what_to_do(name: str) -> None:
    code = f"""
import sys
sys.modules[{name!r}] = None
from autograder.regrade.gradebook import Gradebook
from autograder.regrade.report.page import CannotReport, page
try:
    page(Gradebook("HW", (), ()))
except CannotReport as problem:
    print(problem)
"""
    done = python(code)
    said = f"the report of a class needs packages that are not installed here: {name}. Install with: "
    assert done.stdout.startswith(said), done.stderr
    assert done.stdout.count("\n") == 1


def test_no_script_of_ours_ends_its_element_or_hides_that_end() -> None:
    from autograder.regrade.report.parts import parts

    assert not re.search("</script|<!--", parts()["script"], re.IGNORECASE)
    assert "</" not in parts()["style"]


def test_the_engine_loads_without_the_reports_packages() -> None:
    code = "import sys, autograder.regrade.report.page as page; print({*page.NEEDED} & {*sys.modules})"
    assert python(code).stdout.strip() == "set()"
