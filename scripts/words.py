"""Holds the words and the width of this project's texts: `make lint` runs it; `--wrap` fills what has become too wide.

One word for one thing (docs/engineers.md, "Words"): what meant another thing once, or reads oddly, is in `BANNED`.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 120
FOLDERS = ("autograder", "benchmarks", "docs", "reference", "scripts", "student_template", "tests")
KINDS = {".css", ".html", ".js", ".md", ".py", ".sh", ".txt", ".yaml"}
# What students hand in, what others wrote, what happened, and the words themselves.
LEFT_OUT = (
    "tests/submissions/",
    "tests/fixtures/assignment/tests/submissions/",
    "autograder/regrade/report/datatables/",
)
LEFT_OUT += ("benchmarks/submissions/", "CHANGELOG.md", "scripts/words.py", "tests/packaging/test_words.py")

BANNED = {  # what is no longer said: what to say
    r"odd(?!s)": 'unusual, or "warning"',
    r"odd\w*ities": "warnings",
    r"stands? twice": "duplicate",
    r"(?:was|were|is|are|be|been) taken in|taken in (?:once|already)|CannotTakeIn": "read, or imported",
    r"(?:hand|hands|handed|handing) out": "make, send, give",
    r"last rites": "closing",
    r"let(?:s|ting)? go of": "close, release",
    r"(?:could|can) (?:not )?be had": "read, started",
    r"drawn?_ahead|draw\.ahead": "presample",
    r"pictures?|drawings": "figure",
    r"key\.csv": "codes.csv",
    r"(?:; |\band )answers (?=0|1|2|None|True|False|what |how many|whether |their |the folder)": "returns",
    r'(?<=""")(?:Return|Write|Read|Compute|Check|Make|Run|Raise|Print|Answers?) (?=(?:the|an?|what)\b)': "Returns",
    r"in order to": "to",
    r"note that|basically|obviously|utili[sz]e": "nothing in its place",
}
ALLOWED = (  # file, the words in their line
    ("autograder/maths/threshold/", "odd"),  # numbers
    ("reference/", "steps of odd t"),
    ("reference/", "odd steps"),
    ("tests/autograder/maths/", "odd"),
    ("tests/homework/lstm_wrong_forms.txt", "odd"),
    ("tests/homework/", "odd steps"),
)
_FORMS = "|".join(f"(?P<w{at}>{form})" for at, form in enumerate(BANNED))
_WORDS = re.compile(rf"\b(?:{_FORMS})\b", re.IGNORECASE)
_SAID = [*BANNED.values()]
_NO_BREAK = "\0"  # a space at which no line ends


def texts() -> Iterator[tuple[str, str]]:
    """(path, text) of every file whose words are held."""
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in KINDS]
    for path in sorted([*found, *ROOT.glob("*.md")]):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(LEFT_OUT) and "__pycache__" not in name:
            yield name, path.read_text(encoding="utf-8")


def words(name: str, text: str) -> Iterator[str]:
    """A sentence for each word of a file that is no longer said."""
    for match in _WORDS.finditer(text):
        begin = text.rfind("\n", 0, match.start()) + 1
        line = text[begin : text.find("\n", match.end())]
        if not any(name.startswith(file) and said in line for file, said in ALLOWED):
            number, instead = text.count("\n", 0, match.start()) + 1, _SAID[int(str(match.lastgroup)[1:])]
            yield f"{name}:{number}: {match[0].strip()!r} is no longer said here; say {instead}"


def widths(name: str, text: str) -> Iterator[str]:
    """A sentence for each line of a page that is wider than `WIDTH`."""
    if name.endswith(".md"):
        prose = _prose(text)
        for number, line in enumerate(text.splitlines(), 1):
            if number in prose and len(line) > WIDTH and " " in line.strip():
                yield f"{name}:{number}: {len(line)} characters, and pages have {WIDTH}: `scripts/words.py --wrap`"


def wrapped(text: str) -> str:
    """The page with its paragraphs filled to `WIDTH`, each from the first line on that is too wide."""
    lines, prose, done, at = text.split("\n"), _prose(text), list[str](), 0
    while at < len(lines):
        if at + 1 not in prose or len(lines[at]) <= WIDTH or " " not in lines[at].strip():
            done.append(lines[at])
            at += 1
            continue
        begin = re.match(r"(\s*)((?:[-*]|\d+\.) )?", lines[at])
        assert begin is not None
        first, rest = begin[0], begin[1] + " " * len(begin[2] or "")
        paragraph = [lines[at][len(first) :]]
        at += 1
        while at + 1 in prose and re.match(r"\s*(?![-*] |\d+\. )\S", lines[at]):
            paragraph.append(lines[at].strip())
            at += 1
        filled = textwrap.wrap(
            _held(" ".join(paragraph)), WIDTH, initial_indent=first, subsequent_indent=rest,
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
        done += [line.replace(_NO_BREAK, " ") for line in filled]
    return "\n".join(done)


def _held(text: str) -> str:
    """The text without a break in code or a comment, nor before what would begin a list: "+ ih" is no item."""
    text = re.sub(r"`[^`]{1,60}`|<!--.*?-->", lambda match: match[0].replace(" ", _NO_BREAK), text)
    return re.sub(r" (?=(?:[-+*#>]+|\d+[.)])(?: |$))", _NO_BREAK, text)


def _prose(text: str) -> set[int]:
    """The numbers of the lines that can be filled: no table, heading, code or comment."""
    found, fenced = set(), False
    for number, line in enumerate(text.splitlines(), 1):
        fenced ^= line.lstrip().startswith("```")
        if not fenced and not re.match(r"\s*(\||#|<|```|$)|    ", line):
            found.add(number)
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Says what is amiss (1, else 0); with --wrap, fills the pages first."""
    if "--wrap" in (sys.argv[1:] if argv is None else argv):
        for name, text in texts():
            if name.endswith(".md") and wrapped(text) != text:
                (ROOT / name).write_text(wrapped(text), encoding="utf-8")
    said = [sentence for name, text in texts() for check in (words, widths) for sentence in check(name, text)]
    print("\n".join(said), end="\n" if said else "")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
