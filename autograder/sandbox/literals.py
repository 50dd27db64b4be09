r"""Text as a student wrote it: a template's "" turns the backslash of `\times` into a tab, and refuses that of `\xi`.

Runs in the student's process only, as everything does that reads a student's text as Python. Nodes come from the
interpreter itself: `ast` would cost every start a millisecond.
"""

from __future__ import annotations

import _ast
import re
import warnings
from collections.abc import Iterable, Iterator
from types import CodeType
from typing import Any, cast

# What may follow the backslash of a LaTeX command that begins like a line end, a tab or a carriage return. Left out is
# what is as likely a line end or a tab before a short word: \ni (a line that begins with i(t)), \tt, \th, \no.
_COMMANDS = """
    nabla natural ncong ne nearrow neg neq newcommand newline nexists ngeq ngtr nicefrac nleftarrow nleq nless nmid
    noindent nolimits nonumber norm normalfont normalsize not notag notin nparallel nprec npreceq nrightarrow nsim
    nsubseteq nsucc nsucceq nsupseteq nu null numberwithin nwarrow
    tag tan tanh tau tbinom text textbf textcolor textit textnormal textrm textsc textsf textstyle textsubscript
    textsuperscript texttt textup tfrac therefore theta thickapprox thicksim thinspace tilde times tiny to top triangle
    triangledown triangleleft trianglelefteq triangleq triangleright trianglerighteq twoheadleftarrow twoheadrightarrow
    raggedright raise raisebox rangle rbrace rbrack rceil ref relax renewcommand restriction rfloor rho right
    rightarrow rightharpoonup rightleftarrows rightleftharpoons rightsquigarrow rm rtimes rule rvert
"""
COMMANDS = frozenset(_COMMANDS.split())
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ESCAPES = {"n": "\n", "t": "\t"}
_FROM_CODE = {0x07: "\\a", 0x08: "\\b", 0x0B: "\\v", 0x0C: "\\f"}
_TOKEN = r"""(?sx)
      \#[^\n]*
    | (?P<prefix>[rRbBuUfF]{0,2}) (?: (?P<long>\"{3}|'{3}) (?P<lines>(?:\\.|[^\\])*?) (?P=long)
                                    | (?P<short>["']) (?P<line>(?:\\.|[^\\\n])*?) (?P=short) )
    | \w+ """
_CONSTANT = r"([A-Z][A-Z0-9_]*)\s*(?::\s*\w+\s*)?=(?!=)\s*(.*)"
_HEX = r"x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U(?:000[0-9a-fA-F]|0010)[0-9a-fA-F]{4}|N\{[^{}\n]+\}"
_ESCAPE = rf"(?s)\\(?:{_HEX}|[0-7]{{1,3}}|[A-Za-z]+|.)"
_REFUSED = rf"(?s)\\(?:({_HEX})|([xuUN])|.)"


# ------------------------------------------------------------------------------------------------- the file as a whole


def compiled(source: str, file: str) -> tuple[CodeType, str]:
    """The code of a file, and the text that it was compiled from: a backslash that Python refuses is doubled there.

    Raises SyntaxError.
    """
    try:
        return cast(CodeType, quietly(source, file)), source
    except SyntaxError as error:
        if not any(refusal in str(error.msg) for refusal in ("(unicode error)", "(value error)")):
            raise
        mended = re.sub(_TOKEN, _mended, source)
        if mended == source:
            raise
        return cast(CodeType, quietly(mended, file)), mended


def quietly(source: str | _ast.Module, file: str, flags: int = 0) -> CodeType | _ast.Module:
    """What `compile` gives, without its warnings of escapes: they are read as they were meant."""
    if not isinstance(source, str) or "\\" not in source:
        return cast(CodeType, compile(source, file, "exec", flags, dont_inherit=True))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        return cast(CodeType, compile(source, file, "exec", flags, dont_inherit=True))


def parsed(source: str) -> list[Any]:
    """The statements of a file that compiles."""
    return cast(_ast.Module, quietly(source, "", _ast.PyCF_ONLY_AST)).body


def children(node: _ast.AST) -> list[_ast.AST]:
    """The nodes right below one, in its order."""
    fields = (getattr(node, field, None) for field in node._fields)
    below = (child for value in fields for child in (value if isinstance(value, list) else [value]))
    return [child for child in below if isinstance(child, _ast.AST)]


def written(node: Any, lines: list[str]) -> str:
    """The text of a node, of a file in these lines. Python counts its columns in bytes."""
    encoded = [line.encode() for line in lines[node.lineno - 1 : node.end_lineno]]
    encoded[-1] = encoded[-1][: node.end_col_offset]
    encoded[0] = encoded[0][node.col_offset :]
    return b"\n".join(encoded).decode()


def _mended(token: re.Match[str]) -> str:
    prefix = (token["prefix"] or "").lower()
    if not (token["long"] or token["short"]) or "r" in prefix or "\\" not in token[0]:
        return token[0]
    doubled = "x" if "b" in prefix else "xuUN"

    def mend(escape: re.Match[str]) -> str:
        known, begun = escape[1], escape[2]
        if known and known[0] == "N" and _python(escape[0]) is None:
            known, begun = None, "N"
        return f"\\{escape[0]}" if begun and begun in doubled else escape[0]

    return re.sub(_REFUSED, mend, token[0])


# ------------------------------------------------------------------------------------------------------------ one text


def as_written(name: str, value: str, sources: Iterable[str]) -> tuple[str, str]:
    r"""The value of a text name with its LaTeX, and a command that may have lost its backslash all the same ("times").

    The literal behind the name is read from the first source that has it; text that is built by code gets back what a
    control character tells.

    >>> as_written("A", "a\x0crac", ['A = "a\\frac"'])
    ('a\\frac', '')
    """
    if not _may_have_lost(value) or not (with_escapes := [source for source in sources if "\\" in source]):
        return value, ""
    for source in with_escapes:
        lines = source.split("\n")
        for expression in _assigned(name, parsed(source)):
            if (read := _read(expression, lines)) and read[0] == value:
                return read[1], ""
    restored = re.sub(r"\r(?=[A-Za-z])", r"\\r", value.translate(_FROM_CODE))
    lost = (
        letter + found[2]
        for found in re.finditer("([\n\t])([A-Za-z]+)", restored)
        for letter, meant in _ESCAPES.items()
        if meant == found[1] and letter + found[2] in COMMANDS
    )
    return restored, next(lost, "")


def _may_have_lost(value: str) -> bool:
    """Whether a text holds a control character that a backslash may have become: most do not, and are not looked up."""
    if any(control in value for control in "\a\b\f\v\r"):
        return True
    for letter, control in _ESCAPES.items():
        for behind in value.split(control)[1:]:
            word = behind[: len(behind) - len(behind.lstrip(_LETTERS))]
            if letter + word in COMMANDS:
                return True
    return False


def _assigned(name: str, statements: list[Any]) -> Iterator[Any]:
    """What is assigned at the module's top, last first: to the name, then to any other (which it may stand for)."""
    others = []
    for statement in reversed(statements):
        if isinstance(statement, (_ast.Assign, _ast.AnnAssign)) and statement.value is not None:
            targets = statement.targets if isinstance(statement, _ast.Assign) else [statement.target]
            if any(isinstance(target, _ast.Name) and target.id == name for target in targets):
                yield statement.value
            else:
                others.append(statement.value)
    yield from others


def _read(node: Any, lines: list[str]) -> tuple[str, str] | None:
    """A text expression as Python reads it and as it was written; None for one that is more than literals."""
    if isinstance(node, _ast.Constant):
        return (node.value, _tokens(node, lines)) if isinstance(node.value, str) else None
    if isinstance(node, _ast.JoinedStr) and all(isinstance(part, _ast.Constant) for part in node.values):
        return "".join(part.value for part in node.values), _tokens(node, lines)  # type: ignore[attr-defined]
    if isinstance(node, _ast.BinOp) and isinstance(node.op, _ast.Add):
        left, right = _read(node.left, lines), _read(node.right, lines)
        return (left[0] + right[0], left[1] + right[1]) if left and right else None
    if isinstance(node, _ast.Call) and isinstance(node.func, _ast.Attribute) and not node.args and not node.keywords:
        inner = _read(node.func.value, lines) if node.func.attr in ("strip", "lstrip", "rstrip") else None
        return (getattr(inner[0], node.func.attr)(), getattr(inner[1], node.func.attr)()) if inner else None
    return None


def _tokens(node: Any, lines: list[str]) -> str:
    """The literals of one node, side by side, as they were written."""
    read = []
    for token in re.finditer(_TOKEN, written(node, lines)):
        if token["long"] or token["short"]:
            body = token["lines"] if token["long"] else token["line"]
            if "f" in token["prefix"].lower():
                body = body.replace("{{", "{").replace("}}", "}")
            read.append(body if "r" in token["prefix"].lower() else re.sub(_ESCAPE, _escape, body))
    return "".join(read)


def _escape(found: re.Match[str]) -> str:
    """One escape: what Python says where that can be meant, a LaTeX command's backslash where it cannot."""
    escape, tail = found[0], found[0][1:]
    if tail in ("\\", "'", '"'):
        return tail
    if tail == "\n":
        return ""
    if tail[0] in "01234567" or re.fullmatch(_HEX, tail):
        return _python(escape) or escape
    if tail[0] in _ESCAPES and tail not in COMMANDS:
        return _ESCAPES[tail[0]] + tail[1:]
    return escape


def _python(escape: str) -> str | None:
    """What Python makes of an escape; None where it refuses it."""
    try:
        return escape.encode("ascii").decode("unicode_escape")
    except ValueError:
        return None


# ------------------------------------------------------------------------------------------------------------ remedies


def remedy(line: int, source: str) -> str:
    """What to do where Python cannot parse the text of a constant; "" where that is not what it stumbled over."""
    lines = source.split("\n")
    for first in range(min(line, len(lines)) - 1, -1, -1):
        begun = re.match(_CONSTANT, lines[first])
        if begun is None:
            continue
        name, rest = begun[1], "\n".join([begun[2], *lines[first + 1 : line]])
        if not re.match(r"""[rRuUbBfF]{0,2}["']""", rest):
            return unquoted(lines[first]) if first == line - 1 else ""
        literal = re.match(_TOKEN, rest)
        behind = rest[literal.end() :].partition("\n")[0].strip() if literal else "unfinished"
        if not behind or behind[0] in "#;":
            return ""
        return (
            f'Put the text of {name} between r""" and """: apostrophes, quotation marks and line ends may stand in it '
            "(but not three double ones in a row, nor a backslash at its end)."
        )
    return ""


def unquoted(line: str) -> str:
    """What to do where a constant is given a text without its quotes."""
    begun = re.match(_CONSTANT, line)
    if begun is None or not begun[2] or begun[2][0] in "([{\"'":
        return ""
    return f'If this is an answer in words or a formula, put it in quotes: {begun[1]} = r"...".'
