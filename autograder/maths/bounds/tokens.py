r"""The characters of a bound, cut into tokens: `O(d^3 k H)`, `d³kH`, `\mathcal{O}(d^{3} \cdot k H)`.

Plain text, LaTeX and Unicode spellings of one thing become one token, and every token remembers where it stood, so that
a later complaint can point at the character. Nothing here knows what a bound means.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import msgspec

LONGEST_TEXT = 300  # characters read; the longest honest answer has about 60
LONGEST_NUMBER = 30  # digits
SHOWN = 60  # characters of the text shown above the caret


class BoundError(ValueError):
    """A bound that cannot be read. `str(error)` is for the student; `position` is the index of the character meant."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


class Token(msgspec.Struct, frozen=True):
    """One token.

    kind:   number, name (a variable), call (O, log, sqrt, max, min, frac), op (+ - * / ^), open, close, comma, super
            (an exponent in raised digits), unit (a closing word such as "steps"), end.
    text:   its one spelling, whatever the student typed; for a name the variable as the question spells it.
    at:     index of its first character.
    spaced: whether white space stood before it.
    """

    kind: str
    text: str
    at: int
    spaced: bool = False


_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_LOWERED = "₀₁₂₃₄₅₆₇₈₉"
_FRACTIONS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅙": "1/6", "⅛": "1/8"}
_BLANK = (
    "$~\u00ad\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff"  # LaTeX, and what pasted formulas carry unseen
)
_MINUSES = "-\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}"
_TIMES = "*·⋅∙•\N{ASTERISK OPERATOR}\N{MULTIPLICATION SIGN}\N{MULTIPLICATION X}"
_SLASHES = "/÷\N{FRACTION SLASH}\N{DIVISION SLASH}"
_BIG_O = "Θθϴ\N{GREEK CAPITAL LETTER OMICRON}\N{CYRILLIC CAPITAL LETTER O}"

_SYMBOLS: dict[str, tuple[str, str]] = {
    "+": ("op", "+"),
    "^": ("op", "^"),
    ",": ("comma", ","),
    "√": ("call", "sqrt"),
    **dict.fromkeys(_MINUSES, ("op", "-")),
    **dict.fromkeys(_TIMES, ("op", "*")),
    **dict.fromkeys(_SLASHES, ("op", "/")),
    **dict.fromkeys(_BIG_O, ("call", "O")),
    **{char: ("open", char) for char in "([{"},
    **{char: ("close", char) for char in ")]}"},
}

_WORDS = {"log": "log", "ln": "log", "lg": "log", "sqrt": "sqrt", "max": "max", "min": "min", "theta": "O", "bigo": "O"}
_UNITS = frozenset(
    (
        "step",
        "steps",
        "operation",
        "operations",
        "ops",
        "connection",
        "connections",
        "sequential",
        "parallel",
        "total",
        "time",
    )
)

_COMMANDS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("cdot", "times", "ast", "bullet"), ("op", "*")),
    "div": ("op", "/"),
    **dict.fromkeys(("frac", "dfrac", "tfrac"), ("call", "frac")),
    **{name: ("call", kind) for name, kind in _WORDS.items()},
    **dict.fromkeys(("Theta", "bigO", "BigO", "O"), ("call", "O")),
    **dict.fromkeys(("{", "lbrace"), ("open", "{")),
    **dict.fromkeys(("}", "rbrace"), ("close", "}")),
}
_STYLES = re.compile(r"math(cal|rm|bf|it|sf|bb|op|normal)|boldsymbol|bm|text(rm|it|bf)?|operatorname")
_LAYOUT = re.compile(r"left|right|[bB]igg?[lr]?|displaystyle|limits|q?quad|[,;:!()\[\] \\]?")

_NOT_READ = {
    "exp": "exponentials are not read here",
    "loglog": "log log is not read here",
    "omega": "Omega is a lower bound, the question asks for O or Theta",
}


def complain(text: str, at: int, problem: str, advice: str) -> BoundError:
    """The error for one spot of `text`: what is wrong, the text with a caret under the character, and what to do."""
    start = max(0, min(at - SHOWN // 2, len(text) - SHOWN))
    shown = "".join(_visible(char) for char in text[start : start + SHOWN])
    lead = "..." if start else ""
    tail = "..." if start + SHOWN < len(text) else ""
    caret = " " * (len(lead) + at - start) + "^"
    return BoundError(f"{problem} (character {at + 1})\n  {lead}{shown}{tail}\n  {caret}\n{advice}", at)


def _visible(char: str) -> str:
    """Itself, or "?" for what would move the caret or the reader: control, bidi and combining characters."""
    return char if char.isprintable() and not unicodedata.category(char).startswith("M") else "?"


def tokenize(text: str, variables: Sequence[str]) -> list[Token]:
    """The tokens of `text`, closed by one of kind "end". Raises BoundError at the first character that fits nowhere."""
    if len(text) > LONGEST_TEXT:
        advice = f"only the first {LONGEST_TEXT} characters would be read: write one bound and nothing else"
        raise complain(text, LONGEST_TEXT, f"the answer is too long, {len(text)} characters", advice)
    return _Lexer(text, variables).run()


class _Lexer:
    def __init__(self, text: str, variables: Sequence[str]) -> None:
        self.text = text
        self.plain = "".join(_plain(char) for char in text)  # same length: positions stay
        self.variables = variables
        folded = [name.casefold() for name in variables]
        self.folds = {name.casefold(): name for name in variables if folded.count(name.casefold()) == 1}
        self.words = sorted({*_WORDS, *_NOT_READ}, key=len, reverse=True)
        self.spelled: dict[str, str] = {}
        self.ignored: set[int] = set()  # closing braces of \mathcal{...} and its like
        self.tokens: list[Token] = []
        self.at = 0
        self.spaced = True

    def run(self) -> list[Token]:
        while self.at < len(self.plain):
            self.step()
        self.emit("end", "", 0)
        return self.tokens

    def emit(self, kind: str, text: str, width: int) -> None:
        self.tokens.append(Token(kind, text, self.at, self.spaced))
        self.at += width
        self.spaced = False

    def skip(self, width: int = 1) -> None:
        self.at += width
        self.spaced = True

    def step(self) -> None:
        char = self.plain[self.at]
        if char.isspace() or char in _BLANK or self.at in self.ignored or self.is_lead_or_full_stop(char):
            self.skip()
        elif char == "\\":
            self.command()
        elif char in _RAISED or char in "⁻⁺":
            self.raised()
        elif char in _FRACTIONS:
            self.emit("number", _FRACTIONS[char], 1)
        elif _is_digit(char) or (char == "." and _is_digit(self.plain[self.at + 1 : self.at + 2])):
            self.number()
        elif self.plain.startswith("**", self.at):
            self.emit("op", "^", 2)
        elif char in _SYMBOLS:
            self.emit(*_SYMBOLS[char], 1)
        elif _is_letter(char):
            self.letters()
        else:
            self.unknown_character(char)

    def is_lead_or_full_stop(self, char: str) -> bool:
        """ "= O(k)", "O(k)." and nothing else: an equals sign or a full stop elsewhere means something."""
        if char == ".":
            return not self.plain[self.at + 1 :].strip(" \t\r\n$")
        return char in "=≈" and not self.tokens

    def unknown_character(self, char: str) -> None:
        shown = _visible(char)
        problem, advice = f'"{shown}" is not read here', "write one bound, for example O(n log n), and nothing else"
        if char == "!":
            problem, advice = "factorials are not read here", "a bound is built from + - * / ^ sqrt log max min"
        elif char == "_":
            problem, advice = "subscripts are not read here", f"the variables are {', '.join(self.variables)}"
        elif char in "Ωω":
            problem, advice = "Omega is a lower bound", "the question asks for O or Theta"
        raise complain(self.text, self.at, problem, advice)

    def raised(self) -> None:
        """An exponent in raised digits, `²` or `⁻¹`."""
        end = self.at + 1
        while end < len(self.plain) and self.plain[end] in _RAISED:
            end += 1
        sign = "-" if self.plain[self.at] == "⁻" else ""
        digits = "".join(str(_RAISED.index(char)) for char in self.plain[self.at : end] if char in _RAISED)
        if not digits:
            raise complain(self.text, self.at, "a raised sign without a number", "write the exponent as ^(-1)")
        self.check_length(digits)
        self.emit("super", sign + digits, end - self.at)

    def number(self) -> None:
        end, dots = self.at, 0
        while end < len(self.plain) and (
            _is_digit(self.plain[end])
            or (not dots and self.plain[end] == "." and _is_digit(self.plain[end + 1 : end + 2]))
        ):
            dots += self.plain[end] == "."
            end += 1
        self.check_length(self.plain[self.at : end])
        self.emit("number", self.plain[self.at : end], end - self.at)

    def check_length(self, digits: str) -> None:
        if len(digits) > LONGEST_NUMBER:
            advice = "constant factors do not matter in a bound: leave it out"
            raise complain(self.text, self.at, f"this number has more than {LONGEST_NUMBER} digits", advice)

    def command(self) -> None:
        r"""A LaTeX command: `\cdot`, `\left`, `\mathcal{O}`, `\,`."""
        end = self.at + 1
        while end < len(self.plain) and _is_letter(self.plain[end]):
            end += 1
        end = max(end, min(self.at + 2, len(self.plain)))
        name = self.plain[self.at + 1 : end]
        if _LAYOUT.fullmatch(name):
            self.skip(end - self.at)
        elif _STYLES.fullmatch(name):
            self.skip(end - self.at)
            self.unwrap()
        elif name in _COMMANDS:
            self.emit(*_COMMANDS[name], end - self.at)
            self.log_base()
        elif name.casefold() in _NOT_READ:
            raise complain(self.text, self.at, _NOT_READ[name.casefold()], "write O(...)")
        else:
            advice = "a bound is built from + - * / ^ \\frac \\sqrt \\log \\max \\min"
            raise complain(self.text, self.at, f'the command "\\{name}" is not read here', advice)

    def unwrap(self) -> None:
        r"""Ignore the braces of `\mathcal{O}`; without braces, or with anything but letters in them, change nothing."""
        closing = self.plain.find("}", self.at)
        inside = self.plain[self.at + 1 : closing]
        if self.plain.startswith("{", self.at) and closing > 0 and all(_is_letter(c) or c.isspace() for c in inside):
            self.ignored.add(closing)
            self.skip()

    def letters(self) -> None:
        """A run of letters: one word, or variables and words written together as in `dklogk`."""
        end = self.at
        while end < len(self.plain) and _is_letter(self.plain[end]):
            end += 1
        if self.plain[self.at : end].casefold() in _UNITS:
            self.emit("unit", self.plain[self.at : end].casefold(), end - self.at)
        while self.at < end:
            self.word_or_variable(self.plain[self.at : end])
            if self.at == end:
                self.log_base()

    def word_or_variable(self, run: str) -> None:
        """Emit the first piece of `run`: the longest word, else the longest variable, else O or x for times."""
        word = next((word for word in self.words if run.casefold().startswith(word)), None)
        name = next((name for name in sorted(self.variables, key=len, reverse=True) if run.startswith(name)), None)
        fold = next((f for f in sorted(self.folds, key=len, reverse=True) if run.casefold().startswith(f)), None)
        if word in _NOT_READ:
            raise complain(self.text, self.at, _NOT_READ[word], "a bound is built from + - * / ^ sqrt log max min")
        if word:
            self.emit("call", _WORDS[word], len(word))
        elif name or fold:
            self.variable(name or self.folds[fold or ""], run)
        elif run[0] in "Oo":
            self.emit("call", "O", 1)
        elif run[0] == "x":
            self.emit("op", "*", 1)
        else:
            problem = f'"{run[:20]}" is not a name known here'
            raise complain(self.text, self.at, problem, f"the variables are {', '.join(self.variables)}")

    def variable(self, name: str, run: str) -> None:
        spelling = run[: len(name)]
        earlier = self.spelled.setdefault(name, spelling)
        if earlier != spelling:
            problem = f'both "{earlier}" and "{spelling}" are used, and only {name} has a meaning here'
            raise complain(self.text, self.at, problem, f"write {name} if you mean the same quantity")
        self.emit("name", name, len(name))

    def log_base(self) -> None:
        r"""Skip the base of a logarithm, a constant factor: `log2`, `log_2`, `\log_{10}`, `log₂`."""
        if self.tokens[-1].text != "log" or self.tokens[-1].kind != "call":
            return
        start = self.at
        if self.plain.startswith("_", self.at):
            start += 1 + self.plain.startswith("_{", self.at)
        end = start
        while end < len(self.plain) and (_is_digit(self.plain[end]) or self.plain[end] in _LOWERED):
            end += 1
        if start == self.at and not all(char in _LOWERED for char in self.plain[start:end]):
            end = end if self.plain[start:end] in ("2", "10") else start
        if self.plain.startswith("_{", self.at) and end > start and self.plain.startswith("}", end):
            end += 1
        self.at = end if end > start else self.at


def _plain(char: str) -> str:
    """Mathematical, full-width and letter-like forms as plain characters; raised digits stay raised."""
    code = ord(char)
    if 0x1D400 <= code <= 0x1D7FF or 0xFF00 <= code <= 0xFFEF or 0x2100 <= code <= 0x214F:
        folded = unicodedata.normalize("NFKC", char)
        return folded if len(folded) == 1 else char
    return char


def _is_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _is_digit(char: str) -> bool:
    return char.isascii() and char.isdigit()
