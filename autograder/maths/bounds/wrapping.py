r"""What people put around a bound: Markdown, HTML, a question's number. Blanks replace it: positions stay.

`**O(n)**`, `- O(n)`, `<b>O(n)</b>`, `4.1a) O(n)`, `(a) O(n)`, `Question 4.1 (b): O(n)`, `k<sup>2</sup>`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_HTML = {"&sup2;": "²", "&sup3;": "³", "&times;": "×", "&middot;": "·", "&Theta;": "Θ", "&nbsp;": " ", "&le;": "≤"}  # noqa: RUF001
_TAG = re.compile(r"</?(b|i|p|em|strong|code|pre|br|div|span|math|u)\s*/?>", re.I)
_RAISED = re.compile(r"<sup>(.{0,20}?)</sup>", re.I)
_FENCE = re.compile(r"^\s*```[a-z]*(?=\s)|```\s*$")
_BULLET = re.compile(r"\s*(#{1,6}\s|[•◦▪‣●]|\*\s|[-–—]\s+(?=[Oo\\$`*]|[A-Za-z]{2,}))")  # noqa: RUF001
_EMPHASIS = re.compile(r"\s*(\*\*\*|\*\*|__|\*|_)(?=\S)")
_KEYWORD = r"(?:question|ques|q|part|problem|prob|exercise|ex|task|frage|aufgabe|teil|no|nr)"
_NUMBER = re.compile(
    rf"\s*(?P<key>{_KEYWORD}\.?\s*#?)?\(?(?P<digits>\d+(?:\.\d+)*)(?:\.?\s*(?P<letter>\(?[a-h]\)?))?(?![\w^²*/+(])"
    r"\s*(?P<close>[:.)\]]+|[-–—=](?=\s))?(?:\s+(?![-+*/^)\]×·=x])|(?=[O\\$]))",  # noqa: RUF001
    re.I,
)
_LETTER = re.compile(
    rf"\s*(?P<open>\(|\[|{_KEYWORD}\.?\s+\(?)?(?P<letter>[a-h]|i{{1,3}}|iv)(?P<close>[)\]]\s*[:.]?|\.|:)(?=\s+(?![-+*/^×·])|[O\\$])",  # noqa: RUF001
    re.I,
)


def unwrapped(text: str, variables: Sequence[str]) -> str:
    """`text` with blanks for what is wrapped around the bound, of the same length."""
    for sign, char in _HTML.items():
        text = text.replace(sign, char.ljust(len(sign)))
    text = _RAISED.sub(lambda match: f"^({match[1]})".ljust(len(match[0])), text)
    text = _FENCE.sub(_blank, _TAG.sub(_blank, text))
    start = -1
    while start != len(text) - len(text.lstrip()):  # something was taken away
        start = len(text) - len(text.lstrip())
        text = _without_label(
            _without_emphasis(_BULLET.sub(_blank, text, count=1) if _BULLET.match(text) else text), variables
        )
    return text


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _without_emphasis(text: str) -> str:
    """Without a mark such as ** at the start, and its fellow: the first that ends a word and has no exponent behind."""
    match = _EMPHASIS.match(text)
    if not match:
        return text
    mark, start = match[1], match.end()
    fellow = re.search(rf"(?<=[^\s*_]){re.escape(mark)}(?![*_]|\s*[\d({{\[])(?!\w)", text[start:])
    if not fellow:
        return text if mark.startswith("_") else " " * start + text[start:]
    at = start + fellow.start()
    return " " * start + text[start:at] + " " * len(mark) + text[at + len(mark) :]


def _without_label(text: str, variables: Sequence[str]) -> str:
    """Without a number such as `4.1a:` or `(a)`; a variable's letter is a label only with a number and a mark."""
    folds = {name.casefold() for name in variables}
    match = _NUMBER.match(text)
    if match:
        letter, close = (match["letter"] or "").strip("()").casefold(), match["close"] or ""
        numbered = bool(match["key"]) or "." in match["digits"]
        own = bool(letter) and letter not in folds and numbered
        bracket = (match["letter"] or "").endswith(")") and (numbered or not (match["letter"] or "").startswith("("))
        marked = (close[:1] in (":", ".", ")", "]") and bool(close)) or bracket
        return " " * match.end() + text[match.end() :] if own or marked or (match["key"] and not letter) else text
    match = _LETTER.match(text)
    if match and match["letter"].casefold() not in folds:
        return " " * match.end() + text[match.end() :]
    return text
