"""What Python's own words leave out about a line that it cannot read. Runs in the student's process only."""

from __future__ import annotations

import re

# What is pasted from a page or a word processor -> what Python reads in its place.
_PASTED = {
    **dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{HYPHEN}", "-"),
    **dict.fromkeys("\N{MULTIPLICATION SIGN}\N{MIDDLE DOT}\N{DOT OPERATOR}\N{ASTERISK OPERATOR}", "*"),
    **dict.fromkeys("\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}", '"'),
    **dict.fromkeys("\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}", "'"),
    **{"\N{SUPERSCRIPT TWO}": "**2", "\N{SUPERSCRIPT THREE}": "**3", "\N{DIVISION SIGN}": "/"},
    **{"\N{LESS-THAN OR EQUAL TO}": "<=", "\N{GREATER-THAN OR EQUAL TO}": ">=", "\N{NOT EQUAL TO}": "!="},
}
_LINES = (
    (r"[%!]+ ?\w", "A line that begins with % or ! works in a notebook only: remove it."),
    (
        r"<{7}|={7}$|>{7}",
        "git left two versions of this place: keep one, and remove the lines with <<<<<<<, ======= and >>>>>>>.",
    ),
    (r"(} *)?else +if\b", "Python writes elif in place of else if."),
    (r"\w+(\+\+|--);?$", "Python has no ++ and --: write += 1 or -= 1."),
    (r"[^'\"#]*(&&|\|\|)", "Python writes `and` and `or` in place of && and ||."),
)


def remedy(error: SyntaxError, text: str) -> str:
    """What to do about a line of a file that cannot be read, "" where Python says it. text: the file's."""
    said = str(error.msg)
    if isinstance(error, TabError):
        return "Indent every line with spaces, and none with tabs."
    line = text.split("\n")[(error.lineno or 1) - 1].strip()
    digits = said == "invalid decimal literal" and re.search(r"(?<![\w.])\d+\.?\d*([^\s\d.]|[^\S \t])", line)
    if digits and digits[1].isidentifier():
        return "Is a * missing between the number and the name?"
    found = re.match(r"invalid (?:non-printable )?character .*U\+([0-9A-F]{4,6})", said)
    letter = digits[1] if digits else chr(int(found[1], 16)) if found else ""
    if letter:
        instead = "an ordinary blank" if letter.isspace() else _PASTED.get(letter, "")
        return f"Write {instead} in its place." if instead else ""
    return next((remedy for pattern, remedy in _LINES if re.match(pattern, line)), "")
