r"""The characters of a bound, cut into tokens: `O(d^3 k H)`, `d³kH`, `\mathcal{O}(d^{3} \cdot k H)`.

Plain text, LaTeX and Unicode spellings of one thing become one token. Nothing here knows what a bound means.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, takewhile

from autograder.maths.bounds import signs, words
from autograder.maths.bounds.tokens import ONE_BOUND, Token, complain, ends_atom, visible
from autograder.maths.bounds.vocabulary import Vocabulary

LONGEST_NUMBER = 30  # digits
LOOKAHEAD = 5  # tokens of kind "end" behind the last, so that nobody looks past the list


def tokenize(text: str, shown: str, vocabulary: Vocabulary, names: Sequence[str] = ()) -> list[Token]:
    """The tokens of `text`, closed by some of kind "end"; `shown`, of the same length, is what the student wrote.

    `names` are names of the student's own. Raises BoundError for what makes the whole answer unreadable.
    """
    return _Lexer(text, shown, vocabulary, names).run()


class _Lexer:
    def __init__(self, text: str, shown: str, vocabulary: Vocabulary, names: Sequence[str]) -> None:
        self.text = shown
        self.plain = "".join(map(signs.plain, text))  # same length: positions stay
        self.variables = variables = vocabulary.variables
        self.names = frozenset(names)
        folded = [name.casefold() for name in variables]
        self.folds = {name.casefold(): name for name in variables if folded.count(name.casefold()) == 1}
        self.nouns = vocabulary.nouns
        self.vocabulary = words.VOCABULARY | vocabulary.leading | vocabulary.counted
        self.functions = sorted({*signs.WORDS, *signs.NOT_READ}, key=len, reverse=True)
        self.longest_first = sorted({*variables, *names}, key=len, reverse=True)
        self.folds_first = sorted(self.folds, key=len, reverse=True)
        self.ignored: set[int] = set()  # closing braces of \mathcal{...} and its like
        self.quotes = 0
        self.tokens: list[Token] = []
        self.at = 0
        self.spaced = True

    def run(self) -> list[Token]:
        while self.at < len(self.plain):
            self.step()
        for _ in range(LOOKAHEAD):
            self.emit("end", "", 0)
        return self.tokens

    def emit(self, kind: str, text: str, width: int) -> None:
        self.tokens.append(Token(kind, text, self.at, self.spaced))
        self.at += width
        self.spaced = False

    def skip(self, width: int = 1) -> None:
        self.at += width
        self.spaced = True

    def foreign(self, problem: str, advice: str, width: int = 1) -> None:
        self.emit("foreign", f"{problem}\n{advice}", width)

    def match(self, pattern: re.Pattern[str]) -> str:
        """What matches here, "" for nothing."""
        found = pattern.match(self.plain, self.at)
        return found[0] if found else ""

    @property
    def next(self) -> str:
        return self.plain[self.at + 1 : self.at + 2]

    def step(self) -> None:
        char = self.plain[self.at]
        if char == "\n" and self.tokens and (line := self.match(signs.NEW_LINE)):
            self.emit("mark", "line", len(line))
        elif self.behind_atom() and self.match(signs.ABOUT):
            self.emit("rel", "=", 1)
        elif char.isspace() or char in signs.BLANK or char in signs.QUOTES or self.at in self.ignored:
            self.skip()
        elif char in signs.SINGLE_QUOTES:
            self.quote()
        elif char == "\\":
            self.command()
        elif raised := self.match(signs.RAISED_DIGITS):
            self.raised(raised)
        elif char in signs.FRACTIONS:
            self.emit("number", signs.FRACTIONS[char], 1)
        elif digits := self.match(signs.NUMBER):
            self.check_length(digits)
            self.emit("number", digits, len(digits))
        elif self.plain.startswith("**", self.at):
            self.emit("op", "^", 2)
        elif relation := self.match(signs.RELATION_SIGNS):
            self.emit("rel", "=", len(relation))
        elif char in signs.SYMBOLS:
            self.emit(*signs.SYMBOLS[char], 1)
        elif char == ".":
            self.dot()
        elif signs.RUN.match(char):
            self.letters()
        elif signs.is_ideograph(char):
            self.ideographs()
        else:
            self.unknown_character(char)

    def quote(self) -> None:
        """Quotation marks are passed over; an apostrophe behind a letter, `d'`, is none."""
        opens = not (self.at and (self.plain[self.at - 1].isalnum() or self.plain[self.at - 1] in ")]}"))
        if not opens and not self.quotes:
            return self.foreign("an apostrophe is not understood here", ONE_BOUND)
        self.quotes += 1 if opens else -1
        return self.skip()

    def dot(self) -> None:
        """`d.k^2` multiplies; every other full stop ends a clause."""
        begins = self.next.isalnum() or (self.next and self.next in "(\\[")
        if not self.spaced and self.behind_atom() and begins:
            return self.emit("op", "*", 1)
        return self.emit("mark", ".", 1)

    def unknown_character(self, char: str) -> None:
        shown = visible(char)
        problem = f'"{shown}" is not understood here'
        advice = "write one bound, for example O(n log n), and nothing else"
        if self.plain.startswith("!=", self.at) or char in "≠>≥⩾":
            raise complain(self.text, self.at, f'"{char}" does not state an upper bound', ONE_BOUND)
        if char == "!":
            if self.next != "=" and not self.plain[self.at :].strip("! .\n\t$") and self.after_o():
                return self.emit("mark", "!", 1)
            problem, advice = "factorials are not supported", "a bound is built from + - * / ^ sqrt log max min"
        elif char == "_":
            problem, advice = "subscripts are not supported", f"the variables are {', '.join(self.variables)}"
        elif char in "Ωω":
            raise complain(self.text, self.at, "Omega is a lower bound", "the question asks for O or Theta")
        elif char == "#" and self.match(signs.HASH):
            return self.emit(*(("mark", ".") if self.behind_atom() else ("word", "number")), 1)
        elif char == "&" and self.match(signs.ALIGNED):
            return self.skip()
        return self.foreign(problem, advice)

    def behind_atom(self) -> bool:
        """Whether a factor may have ended here."""
        return ends_atom(self.tokens[-1] if self.tokens else None)

    def after_o(self) -> bool:
        """Whether what stands before is O(...), so that "!" is no factorial, or a word."""
        last = self.tokens[-1].kind if self.tokens else ""
        return last in ("word", "noun", "mark") or (last == "close" and any(t.text == "O" for t in self.tokens))

    def raised(self, raised: str) -> None:
        """An exponent in raised digits, `²` or `⁻¹`."""
        digits = raised.lstrip("⁻⁺").translate(signs.LEVEL)
        if not digits:
            raise complain(self.text, self.at, "a raised sign without a number", "write the exponent as ^(-1)")
        self.check_length(digits)
        self.emit("super", f"-{digits}" if raised[0] == "⁻" else digits, len(raised))

    def check_length(self, digits: str) -> None:
        if len(digits) > LONGEST_NUMBER:
            advice = "constant factors do not matter in a bound: leave it out"
            raise complain(self.text, self.at, f"this number has more than {LONGEST_NUMBER} digits", advice)

    def command(self) -> None:
        r"""A LaTeX command: `\cdot`, `\left`, `\mathcal{O}`, `\,`."""
        command = self.match(signs.COMMAND_NAME)
        name, width, end = command[1:], len(command), self.at + len(command)
        if name in ("begin", "end"):
            self.skip(width + max(0, self.plain.find("}", end) + 1 - end if self.plain.startswith("{", end) else 0))
        elif signs.LAYOUT.fullmatch(name):
            self.skip(width)
        elif signs.STYLES.fullmatch(name) or signs.TEXTS.fullmatch(name):
            self.skip(width + self.plain.startswith("*", end))
            self.unwrap(always=bool(signs.TEXTS.fullmatch(name)))
        elif name in signs.COMMANDS:
            self.emit(*signs.COMMANDS[name], width)
            self.log_base()
        elif signs.RELATIONS.fullmatch(name):
            self.emit("rel", "=", width)
        elif name.casefold() in signs.NOT_READ:
            raise complain(self.text, self.at, signs.NOT_READ[name.casefold()], "write O(...)")
        elif name in ("neq", "ne", "geq", "ge", "not", "gg", "tilde", "widetilde"):
            raise complain(self.text, self.at, f'"\\{name}" does not state an upper bound', ONE_BOUND)
        else:
            advice = "a bound is built from + - * / ^ \\frac \\sqrt \\log \\max \\min"
            self.foreign(f'unknown command "\\{name}"', advice, width)

    def unwrap(self, *, always: bool) -> None:
        r"""Ignores the braces of `\text{...}`, and of `\mathcal{O}` where nothing but letters stands in them."""
        if not self.plain.startswith("{", self.at):
            return
        depths = accumulate({"{": 1, "}": -1}.get(char, 0) for char in self.plain[self.at :])
        end = next((at for at, depth in enumerate(depths, self.at) if depth == 0), 0)
        if end and (always or re.fullmatch(r"[A-Za-z\s]*", self.plain[self.at + 1 : end])):
            self.ignored.add(end)
            self.skip()

    def letters(self) -> None:
        """A run of letters: one word, or variables and functions written together as in `dklogk`."""
        if short := self.match(signs.ABBREVIATION):
            return self.emit("word", signs.SHORT[short.casefold().replace(" ", "")], len(short))
        if module := self.match(signs.MODULE):
            return self.skip(len(module))
        parts = self.match(signs.RUN).split("_")
        if len(parts) > 1 and not all(self.is_known(part) and (len(part) > 1 or part in "nN") for part in parts):
            parts = parts[:1]
        for number, part in enumerate(parts):
            self.at += number > 0
            if len(parts) > 1 and part in ("n", "N"):
                self.emit("word", "number", 1)
            else:
                self.word(part)
        return None

    def is_known(self, part: str) -> bool:
        return part in ("n", "N") or part.casefold() in self.nouns or part.casefold() in self.vocabulary

    def word(self, run: str) -> None:
        """One word, looked up whole; else cut into variables and functions, if nothing is left over."""
        low = run.casefold().replace("’", "'")  # noqa: RUF001
        rest = self.plain[self.at + len(run) :]
        if run in self.names or run in self.variables:
            self.emit("name", run, len(run))
        elif low in self.folds:
            self.emit("name", self.folds[low], len(run))
        elif low in self.nouns:
            self.emit("noun", low, len(run))
        elif low in ("o", "oh") and (low == "o" or rest.lstrip(" $\\left").startswith(("(", "[", "{"))):
            self.emit("call", "O", len(run))
        elif low in ("pow", "power", "square", "sq", "cbrt") and rest.startswith("("):
            self.emit("call", low, len(run))
        elif low in signs.WORDS and not (low in ("max", "min") and signs.PROSE.match(rest)):
            self.emit("call", signs.WORDS[low], len(run))
            self.log_base()
        elif (low in self.vocabulary and low not in signs.NOT_READ) or "'" in low:
            self.emit("word", low, len(run))
        elif run in "xX":
            self.emit("op", "*", 1)
        else:
            self.pieces(run)

    def pieces(self, run: str) -> None:
        """`dklogk`, `kHW`, `dxk`: all of it, or one unknown word."""
        pieces, left = [], run
        while left:
            piece = self.piece(left)
            if piece is None:
                return self.emit("word", run.casefold(), len(run))
            pieces.append(piece)
            left = left[piece[2] :]
        for kind, text, width in pieces:
            if kind == "refused":
                raise complain(self.text, self.at, text, "a bound is built from + - * / ^ sqrt log max min")
            self.emit(kind, text, width)
        return self.log_base()

    def piece(self, run: str) -> tuple[str, str, int] | None:
        """The first piece of `run`: the longest function, else the longest variable, else O or x for times."""
        low = run.casefold()
        function = next((word for word in self.functions if low.startswith(word)), None)
        if function:
            if function in signs.NOT_READ:
                return "refused", signs.NOT_READ[function], len(function)
            return "call", signs.WORDS[function], len(function)
        name = next((name for name in self.longest_first if run.startswith(name)), None)
        if name:
            return "name", name, len(name)
        fold = next((fold for fold in self.folds_first if low.startswith(fold)), None)
        if fold:
            return "name", self.folds[fold], len(fold)
        if low == "o" and self.plain[self.plain.find(run, self.at) + 1 :].startswith(("(", "[", "{", "\\")):
            return "call", "O", 1
        return ("op", "*", 1) if run[0] == "x" else None

    def ideographs(self) -> None:
        """A run of Chinese: known words one by one, else one unknown word."""
        end = self.at + sum(1 for _ in takewhile(signs.is_ideograph, self.plain[self.at :]))
        while self.at < end:
            run = self.plain[self.at : end]
            word = next((run[:size] for size in range(len(run), 0, -1) if run[:size] in self.vocabulary), run)
            self.emit("word", word, len(word))

    def log_base(self) -> None:
        r"""Skips the base of a logarithm, a constant factor: `log2`, `log_2`, `\log_{10}`, `log₂`."""
        if self.tokens[-1].text != "log" or self.tokens[-1].kind != "call":
            return
        self.at += len(self.match(signs.LOG_BASE))
