"""The words that are no longer said are named with what to say, and pages are filled to one width."""

from __future__ import annotations

import re

import pytest

from scripts import words

SAID = (
    "What is odd becomes a line.",
    "Its oddities are listed.",
    'the key "seed" stands twice',
    "files that were taken in",
    "The zips that are handed out.",
    "after its last rites",
    "Lets go of the scheduler.",
    "its files could not be had",
    "@drawn_ahead(lists)",
    "asked = draw.ahead()",
    "a page with pictures",
    "keep key.csv to yourself",
    "Writes a class; answers 0.",
    '    """Write the zip."""',
    "in order to grade",
    "Note that this is so.",
)


@pytest.mark.parametrize("text", SAID)
def test_what_is_no_longer_said_is_named(text: str) -> None:
    (sentence,) = words.words("autograder/grading/x.py", f"fine\n{text}\n")
    assert sentence.startswith("autograder/grading/x.py:2: '")
    assert "is no longer said here; say " in sentence


@pytest.mark.parametrize(
    "text",
    [
        "The odds are even.",
        "taken into account",
        "found a mistake in the homework",
        "the student answers question 2",
        '    """Writes the zip, and what it answers."""',
        "on the other hand, out of order",
        "This is given as a share.",
    ],
)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert [*words.words("docs/x.md", text)] == []


def test_odd_numbers_stay_odd() -> None:
    assert [*words.words("reference/diagnosis/lstm/forms.py", "only the steps of odd t are there")] == []
    assert [*words.words("reference/answers.py", "an odd answer")] != []


PAGE = f"""# A heading that is far too wide {"word " * 30}

{"word " * 30}
and its end.

- {"item " * 30}
  goes on
- next

| {"cell " * 40} |

    {"code " * 40}

```
{"code " * 40}
```
"""


def test_prose_is_filled_and_nothing_else_is() -> None:
    filled = words.wrapped(PAGE)
    assert filled.split() == PAGE.split()
    assert len([*words.widths("x.md", PAGE)]) == 2
    assert [*words.widths("x.md", filled)] == []
    assert [*words.widths("x.py", PAGE)] == []
    assert words.wrapped(filled) == filled
    assert "\n  item item" in filled
    assert "\n- next\n" in filled
    assert [line for line in PAGE.splitlines() if "code" in line or "cell" in line or "#" in line] == [
        line for line in filled.splitlines() if "code" in line or "cell" in line or "#" in line
    ]


@pytest.mark.parametrize(
    "piece", ["Im f(x + ih) / h", "T - t up to 8", "exit code 2. And", "run `make test` first", "a # b"]
)
def test_a_line_begins_with_no_mark_of_a_list_nor_within_code(piece: str) -> None:
    for before in range(100, 121):
        filled = words.wrapped(f"{'x' * before} {piece} {'word ' * 20}")
        assert not any(re.match(r"([-+*#>]+|\d+[.)])( |$)", line) for line in filled.splitlines()), filled
        assert all(line.count("`") % 2 == 0 for line in filled.splitlines()), filled
        assert "\0" not in filled
