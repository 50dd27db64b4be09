"""The grading page's own reading and writing of tables and points, judged by what `merge` does with the same."""

# ruff: noqa: RUF001 (people write digits in every alphabet)

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from autograder.blind.page import HERE, quick_points
from autograder.core.points import decimal_text
from autograder.regrade.csv_io import natural, neutral, parse_table
from autograder.regrade.gradebook import Column
from autograder.regrade.overrides import Unusable, points_in, usable_points

COLUMNS = ("code", "points"), ("comment", "who")
HALF = Column("2.3", "Why", Fraction(1, 2), graded="written")
POINTS = (
    "0", "0.5", "0,5", ".5", "5.", ".", "", "-", "-0", "-0.1", "1/2", "1 / 2", "1/0", "1/02", "0/7", "½", "1½", "0 ½",
    "⅓", "↉", "1⁄2", "１／２", "０．５", "−0", "+0.5", "1e-1", "0x1", "50%", "50 %", "100 %", "101%", "50 ％", "%",
    "½ %", "2. Jan", "01.02.2026", "0.50000000000000001", "0.1234567", "1/3", "1/7", "0.33333", "1 1/2", "0 1/2",
    "0 3/2", "1  1/2", "٠.٥", "1_0", "NaN", "∞", "0.25 ", "\u00a00.25", "half", "0.5 points", "<b>1</b>", "123456789",
    "1234567890", "1234567/2", "²", "①", "⅟2",
)  # fmt: skip


@pytest.fixture(scope="module")
def scripted(browser: Any) -> Iterator[Any]:
    """A blank page that knows the functions of csv.js."""
    tab = browser.new_page()
    tab.add_script_tag(content=(HERE / "csv.js").read_text(encoding="utf-8"))
    yield tab
    tab.close()


def judged(text: str, column: Column) -> Fraction | None:
    try:
        return usable_points(text, column)
    except Unusable:
        return None


@pytest.mark.parametrize("step", [None, Fraction(1, 8), Fraction(1, 6)], ids=["any", "eighths", "sixths"])
def test_points_as_merge_reads_them(scripted: Any, step: Fraction | None) -> None:
    rng = random.Random(3)
    drawn = ["".join(rng.choices("00125.,/ ½⅛%-−", k=rng.randint(1, 6))).strip() for _ in range(4_000)]
    texts = [*POINTS, *drawn]
    column = Column("2.3", "Why", Fraction(1, 2), graded="written", step=step)
    found = scripted.evaluate(
        "([texts, step]) => texts.map(text => usable(text, '0.5', step).points ?? null)", [texts, str(step or "")]
    )
    wrong = [
        (text, mine)
        for text, mine in zip(texts, found, strict=True)
        if judged(text, column) != (None if mine is None else points_in(mine))
    ]
    assert wrong == []
    assert sum(mine is not None for mine in found) > 100


def test_the_points_to_choose_from_are_usable(scripted: Any) -> None:
    for most in map(Fraction, ("0.5", "1", "2", "0.3", "0.75", "10", "7", "0.125")):
        points = [decimal_text(one) for one in quick_points(most, None)]
        calls = "([texts, most]) => texts.map(text => usable(text, most, '').points)"
        assert scripted.evaluate(calls, [points, decimal_text(most)]) == points
        assert (points[0], points[-1]) == ("0", decimal_text(most))


CELLS = (
    "=1+1", "+1", "-1", "-0.5", "@x", "'=x", "'x", "＝1", "\t=1", "a,b", 'say "x"', '"', "two\nlines", "a;b", "", " ",
    "fine", "Ünal", "\u202eabc", "x\x00y", "é", "😀", "\ud800", "=cmd|' /C calc'!A0", "\r=1", "sep=;",
)  # fmt: skip


def test_what_is_written_is_read_by_merge(scripted: Any) -> None:
    rng = random.Random(5)
    rows = [[f"2.3-{at:03}", *(rng.choice(CELLS) for _ in range(3))] for at in range(300)]
    text = scripted.evaluate("rows => written([['code', 'points (at most 0.5)', 'comment', 'who'], ...rows])", rows)
    table = parse_table("t", ("\ufeff" + text).encode(), *COLUMNS)
    assert table.whole
    printed = scripted.evaluate("rows => rows.map(row => row.map(printable))", rows)
    assert [[record.cells[name] for name in table.header] for record in table.records] == printed
    for row in csv.reader(io.StringIO(text, newline="")):
        assert all(neutral(natural(cell)) == cell for cell in row), "no spreadsheet runs it"


HEADERS = (
    "code,points,comment,who", "Points (at most 0.5);CODE;who;own", "code\tpoints\tcode\t",
    "sep=;\r\ncode;points;comment", '"code","points, in all","comment"', "code,comment", "",
    '\ufeffcode,points,"comment (a ""b"")"', "\n\ncode,points",
)  # fmt: skip


def test_any_table_is_read_as_merge_reads_it(scripted: Any) -> None:
    rng = random.Random(9)
    files: list[bytes] = []
    for at in range(1_500):
        header = HEADERS[at % len(HEADERS)]
        body = "".join(rng.choices('ab"",;;\t\n\r=\'- é0', k=rng.randint(0, 60)))
        encoding = rng.choice(["utf-8", "utf-8", "utf-16", "cp1252"]) if "\ufeff" not in header else "utf-8"
        files.append(f"{header}{rng.choice(chr(10) + chr(13))}{body}".encode(encoding, "replace"))
    found = scripted.evaluate(
        """files => files.map(file => {
            const {header, records} = readTable("t", new Uint8Array(file));
            return records.map(({line, cells}) => [line, header.map((name, at) => [name, cells[at]])]);
        })""",
        [list(data) for data in files],
    )
    some = 0
    for data, mine in zip(files, found, strict=True):
        theirs = [
            (record.line, {name: record.get(name) for name in record.cells})
            for record in parse_table("t", data, *COLUMNS).records
        ]
        ours = [(line, {name: cell for name, cell in cells if name}) for line, cells in mine]
        filled = [(line, {n: cell for n, cell in cells.items() if cell}) for line, cells in ours]
        assert filled == [(line, {n: cell for n, cell in cells.items() if cell}) for line, cells in theirs], data
        some += len(theirs)
    assert some > 500
