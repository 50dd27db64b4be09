r"""The signs of a bound and what each means: plain text, Unicode and LaTeX spellings of one thing, as tables."""

from __future__ import annotations

import re
import unicodedata

RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
LOWERED = "₀₁₂₃₄₅₆₇₈₉"
FRACTIONS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅙": "1/6", "⅛": "1/8"}
BLANK = "$~\u00ad\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff"  # LaTeX, and what pasted formulas carry unseen
MINUSES = "-\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}"
TIMES = "*·⋅∙•\N{ASTERISK OPERATOR}\N{MULTIPLICATION SIGN}\N{MULTIPLICATION X}"
SLASHES = "/÷\N{FRACTION SLASH}\N{DIVISION SLASH}"
BIG_O = "Θθϴ\N{GREEK CAPITAL LETTER OMICRON}\N{CYRILLIC CAPITAL LETTER O}"

SYMBOLS: dict[str, tuple[str, str]] = {
    "+": ("op", "+"),
    **dict.fromkeys("^ˆ↑", ("op", "^")),  # noqa: RUF001
    **dict.fromkeys(",、", ("comma", ",")),
    **dict.fromkeys("=≈≃≅≡∼∈≤⩽<→⇒⟹∴", ("rel", "=")),  # noqa: RUF001
    **dict.fromkeys(":;?。…", ("mark", ".")),
    "√": ("call", "sqrt"),
    **dict.fromkeys(MINUSES, ("op", "-")),
    **dict.fromkeys(TIMES, ("op", "*")),
    **dict.fromkeys(SLASHES, ("op", "/")),
    **dict.fromkeys(BIG_O, ("call", "O")),
    **{char: ("open", char) for char in "([{"},
    **{char: ("close", char) for char in ")]}"},
}

WORDS = {"log": "log", "ln": "log", "lg": "log", "sqrt": "sqrt", "max": "max", "min": "min", "theta": "O", "bigo": "O"}
COMMANDS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("cdot", "cdotp", "times", "ast", "bullet"), ("op", "*")),
    "div": ("op", "/"),
    **dict.fromkeys(("frac", "dfrac", "tfrac"), ("call", "frac")),
    **{name: ("call", kind) for name, kind in WORDS.items()},
    **dict.fromkeys(("Theta", "theta", "bigO", "BigO", "O"), ("call", "O")),
    **dict.fromkeys(("textsuperscript", "sp"), ("op", "^")),
    **dict.fromkeys(("{", "lbrace"), ("open", "{")),
    **dict.fromkeys(("}", "rbrace"), ("close", "}")),
}
RELATIONS = re.compile(
    r"leq|le|leqslant|approx|simeq|sim|equiv|in|to|rightarrow|Rightarrow|Longrightarrow|implies|therefore|coloneqq"
)
STYLES = re.compile(r"math(cal|scr|rm|bf|it|sf|bb|op|normal|ord)|boldsymbol|pmb|bm|operatorname|cal|rm|bf|it|scr")
TEXTS = re.compile(r"text(rm|it|bf|normal|sf|tt|up)?|mbox|hbox|emph|underline")
LAYOUT = re.compile(
    r"left|right|middle|[bB]igg?[lrm]?|(display|text)style|limits|q?quad|boxed|fbox|ensuremath|[hl]?space"
    r"|[,;:!()\[\] \\]?"
)
QUOTES = '"“”„‟«»`‹›\N{REVERSED PRIME}'  # noqa: RUF001
SINGLE_QUOTES = "'‘’‚´"  # noqa: RUF001

RAISED_DIGITS = re.compile(f"[⁻⁺{RAISED}][{RAISED}]*")
LEVEL = str.maketrans(RAISED, "0123456789")
NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?|\.[0-9]+")
COMMAND_NAME = re.compile(r"(?s)\\([A-Za-z]+|.?)")
_BASE = rf"[0-9{LOWERED}]"
LOG_BASE = re.compile(rf"_\{{{_BASE}+\}}?|_{_BASE}+|(2|10|[{LOWERED}]+)(?!{_BASE})")
NEW_LINE = re.compile(r"\n\s*(?:[-*•–]\s+(?=[OoΘ\\$])|(?=[A-Za-zΘ\\$]))")  # noqa: RUF001
ABOUT = re.compile(r"[~∼](?=\s*[OoΘ\\])")  # noqa: RUF001
HASH = re.compile(r"#\s*([A-Za-z]{2,})")
ALIGNED = re.compile(r"&\s*(?=[=≈OoΘ\\])")
RELATION_SIGNS = re.compile(r":=|=>|==>|->|-->|==?|<=|~=|=~")
MODULE = re.compile(r"(np|numpy|math|torch|sympy)\.(?=[a-z])")
SHORT = {"i.e.": "ie", "i.e": "ie", "w/o": "without", "w.r.t.": "on", "w.r.t": "on", "no.": "number", "ans.": "ans"}
SHORT |= {"sol.": "sol", "approx.": "approx", "ca.": "ca", "bzw.": "or", "d.h.": "ie", "min.": "minimum"}
SHORT |= {"num.": "number", "e.g.": "e.g.", "resp.": "or", "w/": "with"}
ABBREVIATION = re.compile(
    "|".join(re.escape(a) for a in sorted(SHORT, key=len, reverse=True)) + r"(?!\w)|w/(?=\s+[a-z]{3})", re.I
)
PROSE = re.compile(r"\.|\s+(number|no|num|sequential|steps?|operations?|cost|count)\b", re.I)
_LATIN = r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f"
RUN = re.compile(rf"(?:[{_LATIN}]|(?<=[A-Za-z])['’](?=[ts]\b))+(?:_[A-Za-z]+)*")  # noqa: RUF001

NOT_READ = {
    "exp": "exponentials are not supported",
    "loglog": "log log is not supported",
    "omega": "Omega is a lower bound, the question asks for O or Theta",
}


def plain(char: str) -> str:
    """Mathematical, full-width and letter-like forms as plain characters; raised digits stay raised."""
    code = ord(char)
    if 0x1D400 <= code <= 0x1D7FF or 0xFF00 <= code <= 0xFFEF or 0x2100 <= code <= 0x214F:
        folded = unicodedata.normalize("NFKC", char)
        return folded if len(folded) == 1 else char
    return char


def is_ideograph(char: str) -> bool:
    return char >= "\u2e80" and char.isalpha()
