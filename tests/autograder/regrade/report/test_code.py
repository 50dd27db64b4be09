"""Code beside its marks: everything of it is text, its lines and tokens are told apart, the page says what counts."""

from __future__ import annotations

import re
import time
from fractions import Fraction
from html import unescape
from pathlib import Path

import msgspec
import pytest

from autograder.core.submission import Submission
from autograder.core.text import printable
from autograder.intake.entry import Person
from autograder.regrade.gradebook import Cell, Column, Decision, Gradebook, Standing
from autograder.regrade.report.highlight import LONGEST, highlighted

pytest.importorskip("jinja2", reason="jinja2 is not installed")
from autograder.regrade.report.code import Coded, Part, code_page, made_from
from autograder.regrade.worth import worth

HOSTILE = (
    "</pre></script><script>document.title = 'ran'</script><img src=x onerror=\"document.title='ran'\">"
    "\u202e\u2066reversed\x1b[31m <!-- {{ 7 * 7 }} &amp; &lt;b&gt;"
)


def text_of(html: str) -> str:
    return unescape(re.sub("<[^>]*>", "", html))


@pytest.mark.parametrize(
    ("text", "kind", "piece"),
    [
        ("x = 1  # why", "comment", "# why"),
        ("x = 'a # b'", "string", "'a # b'"),
        ("x = rb'a\\'b'", "string", "rb'a\\'b'"),
        ("x = 'open\ny = 2", "string", "'open"),
        ('x = """a\nb"""', "string", 'b"""'),
        ("def f():", "keyword", "def"),
        ("x = 0x1F", "number", "0x1F"),
    ],
)
def test_tokens_are_told_apart(text: str, kind: str, piece: str) -> None:
    pieces = re.findall(rf'<span class="{kind}">(.*?)</span>', highlighted(text))
    assert piece in [unescape(one) for one in pieces]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a\n",
        "a\n\nb",
        "'''\n\n'''\n",
        '"""never closed\n\\',
        "é = '李'",
        HOSTILE,
        f"x = '{HOSTILE}'",
        f"#{HOSTILE}",
    ],
)
def test_the_text_is_all_there_and_none_of_it_is_markup(text: str) -> None:
    html = highlighted(text)
    assert text_of(html).removesuffix("\n") == printable(text).removesuffix("\n")
    assert set(re.findall("<[^>]*>", html)) <= {
        "</span>", *(f'<span class="{kind}">' for kind in ("line", "comment", "string", "keyword", "number"))
    }  # fmt: skip
    assert html.count('class="line"') == max(len(printable(text).removesuffix("\n").split("\n")), 1)


@pytest.mark.parametrize("unit", ['"""\\"', "'''", "\\", '"', "(", 'rf"', "#\n", '1 "a" ', "a" * 50, HOSTILE, "\u202e"])
def test_sixty_thousand_hostile_characters_cost_little(unit: str) -> None:
    began = time.process_time()
    highlighted((unit * 60_000)[:60_000])
    assert time.process_time() - began < 2
    assert len(text_of(highlighted("a" * 3 * LONGEST))) < LONGEST + 100


def coded(**changes: object) -> Coded:
    columns = (
        Column("1.1", "A number", Fraction(1)),
        Column("1.2", "Why", Fraction(1, 2), "written"),
        Column("9", "Elsewhere", Fraction(1)),
    )
    decision = Decision("7", "1.2", Fraction(1, 2), "well argued", "TA Kim")
    cells = (
        Cell("failed", Fraction(0), ("off by one",)),
        Cell("written", Fraction(1, 2), (), decision),
        Cell("passed", Fraction(1)),
    )
    standing = Standing("7", (Person("Ada"),), cells, Fraction(3, 2), notes=("late",))
    submission = Submission(texts={"one.py": "x = 1\n", "own.py": "y = 2\n"}, faults={"two.py": "two.py is a link"})
    parts = (Part("1 One", "one.py", ("1.1", "1.2")), Part("2 Two", "two.py"), Part("3 Three", "three.py"))
    most = worth(Gradebook("HW", columns, (standing,)))
    made = Coded(columns, most, standing, submission, parts, ("yours was 2", "", ""))
    return msgspec.structs.replace(made, **changes)


def test_the_page_shows_files_beside_their_rows_and_all_else() -> None:
    text = " ".join(text_of(code_page(coded(), "ab")).split())
    for said in (
        "Submission 7: 1.5 of 2.5 (2 by spec, 0.5 written)", "late", "1 One one.py", "x = 1",
        "1.1 A number: failed (0 of 1) off by one yours was 2",
        "1.2 Why: written (0.5 of 0.5) Decided by TA Kim: 0.5 points, because: well argued",
        "two.py is a link", "There is no three.py.", "own.py", "y = 2", "Other rows", "9 Elsewhere: passed (1 of 1)",
    ):  # fmt: skip
        assert said in text


def test_hostile_code_and_words_stay_text() -> None:
    person, cell = Person(HOSTILE, HOSTILE, HOSTILE), Cell("failed", Fraction(0), (HOSTILE,))
    standing = Standing(HOSTILE, (person,), (cell,) * 3, Fraction(0), notes=(HOSTILE,))
    html = code_page(
        coded(
            standing=standing,
            submission=Submission(texts={"one.py": HOSTILE, HOSTILE: HOSTILE}, faults={"two.py": HOSTILE}),
            told=(HOSTILE,) * 3,
        ),
        "ab",
    )
    assert "<script" not in html
    assert "<img" not in html
    assert not re.search("[\u202e\u2066\x1b]", html)
    assert "default-src 'none'; style-src 'sha256-" in html
    assert "script-src" not in html
    assert html.count("{{ 7 * 7 }}") >= 8


def test_a_page_is_made_again_only_if_it_would_say_something_else(tmp_path: Path) -> None:
    one, path = coded(), tmp_path / "7.html"
    assert made_from(path) == ""
    path.write_text(code_page(one, one.digest), encoding="utf-8")
    assert made_from(path) == one.digest
    others = [
        coded(told=("", "", "")),
        coded(submission=Submission(texts={"one.py": "x = 2\n"})),
        coded(standing=msgspec.structs.replace(one.standing, people=())),
    ]
    assert len({one.digest, *(other.digest for other in others)}) == 4
