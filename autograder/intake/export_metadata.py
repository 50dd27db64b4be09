"""Gradescope's `submission_metadata.yml` of a whole export, read one submission at a time.

Theory of operation. The file may hold 100 MB (each submission with its results and its history), so it is never held
whole. One pass finds where each top-level block lies: a line that begins with no space begins one, and no text inside a
block can, since YAML indents it. A submission's entry is then one block, cut by the same rule into its keys; only the
keys asked for reach the YAML parser. The parser's events are turned into plain texts, lists and dicts here: no tag
builds anything, an alias is refused, depth and size are bounded. Whatever is missing or strange becomes an empty value
and a note.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import yaml

from autograder.core.errors import AssignmentError
from autograder.core.points import points_text
from autograder.core.text import one_line
from autograder.intake.entry import About, Person

MAX_BLOCK = 32 << 20  # bytes of one submission with its history
MAX_HEAD = 1 << 20  # bytes of what is parsed for an entry
MAX_RESULTS = 16 << 20
MAX_DEPTH = 40
MAX_PEOPLE = 50
_LINE = 1 << 16
_TOP = re.compile(rb"""(["']?)submission_([0-9A-Za-z_-]{1,60})\1[ \t]*:(?=\s|$)""")
_KEY = re.compile(rb"""["']?:?([A-Za-z_]+)["']?[ \t]*:(?=\s|$)""")
_LONG = (b"results", b"history")
_NOTHING = ("~", "null", "Null", "NULL")  # unless in quotation marks: it may be somebody's name
_SCORE = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,20})?")
# What YAML does not allow in a text (YAML 1.1, 5.1): replaced, so that one such character does not hide an entry.
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
Opened = Callable[[], AbstractContextManager[BinaryIO]]


class Strange(AssignmentError):
    """A block that is no plain YAML; the message says why."""


class ExportMetadata:
    """Where each submission's block lies. note: warnings of the file as a whole."""

    def __init__(self, opened: Opened, places: Mapping[str, tuple[int, int]], note: str = "") -> None:
        self.note = note
        self._opened = opened
        self._places = places

    def ids(self) -> tuple[str, ...]:
        """The submissions, in the file's order: "123" for `submission_123`."""
        return tuple(self._places)

    def entry(self, submission: str) -> About:
        """Who handed it in, when, and its score; empty, with a note, where the file does not say it."""
        if submission not in self._places:
            return About(submission, notes=("the export's metadata has no entry of it",))
        try:
            found = _plain(self._keys(submission, lambda key: key not in _LONG, MAX_HEAD))
        except Strange as trouble:
            return About(submission, notes=(f"its entry in the export's metadata was not read: {trouble}",))
        return _entry(submission, found)

    def scores(self, submission: str) -> dict[str, str]:
        """The scores that the export has stored, by row number; empty where it has none, or none that can be read."""
        if submission not in self._places:
            return {}
        try:
            found = _plain(self._keys(submission, lambda key: key == b"results", MAX_RESULTS))
        except Strange:
            return {}
        tests = _get(_get(found, "results"), "tests")
        scores: dict[str, str] = {}
        for test in tests if isinstance(tests, list) else ():
            number, score = one_line(_text(_get(test, "number")), 40), _score(_get(test, "score"))
            if number and score:
                scores.setdefault(number, score)
        return scores

    def digest(self, submission: str) -> str:
        """A digest of all that the export says of a submission, its scores and history too; "" for nothing."""
        if submission not in self._places:
            return ""
        return hashlib.sha256(self._block(submission)).hexdigest()[:16]

    def _block(self, submission: str) -> bytes:
        at, length = self._places[submission]
        with self._opened() as stream:
            stream.seek(at)
            return stream.read(min(length, MAX_BLOCK))

    def _keys(self, submission: str, wanted: Callable[[bytes], bool], limit: int) -> bytes:
        """The lines of a block that belong to the wanted keys; in flow style, the whole block."""
        block = self._block(submission)
        value = block.split(b":", 1)[1]
        in_flow = value.lstrip(b" \t").startswith(b"{")
        kept = value if in_flow else b"\n".join(_kept(block.partition(b"\n")[2], wanted))
        if len(kept) > limit:
            raise Strange(f"it has {len(kept):,} bytes, more than {limit:,}")
        return kept


def index(source: Path | bytes | BinaryIO) -> ExportMetadata:
    """Finds each submission's block in one pass. A file that is no such mapping has none, and a note says so.

    source: the file, its bytes, or a binary stream that can seek and stays open as long as the answer is used.
    """
    opened = _opener(source)
    places: dict[str, tuple[int, int]] = {}
    twice = 0
    try:
        with opened() as stream:
            for name, at, length in _blocks(stream):
                twice += name in places
                places.setdefault(name, (at, length))
    except OSError as error:
        return ExportMetadata(opened, {}, f"the export's metadata cannot be read: {error.strerror or error}")
    note = f"of {twice} submissions the export's metadata has a second entry; the first counts" if twice else ""
    if not places:
        note = (
            "the export's metadata is no list of submissions: `submission_<number>:` was expected at a line's beginning"
        )
    return ExportMetadata(opened, places, note)


def _opener(source: Path | bytes | BinaryIO) -> Opened:
    if isinstance(source, Path):
        return lambda: open(source, "rb")
    stream: BinaryIO = io.BytesIO(source) if isinstance(source, bytes) else source
    return lambda: nullcontext(stream)


def _blocks(stream: BinaryIO) -> Iterator[tuple[str, int, int]]:
    """Each `submission_...` block: its id, where it begins, and how long it is."""
    stream.seek(0)
    at, begun = 0, -1
    name, begins_line = "", True
    while line := stream.readline(_LINE):  # in pieces of bounded length
        if begins_line and line[:1] not in (b" ", b"\t", b"#", b"\n", b"\r", b"-"):
            if begun >= 0:
                yield name, begun, at - begun
            bom = 3 if at == 0 and line.startswith(b"\xef\xbb\xbf") else 0
            match = _TOP.match(line, bom)
            name, begun = (match[2].decode(), at + bom) if match else ("", -1)
        at += len(line)
        begins_line = line.endswith(b"\n")
    if begun >= 0:
        yield name, begun, at - begun


def _kept(block: bytes, wanted: Callable[[bytes], bool]) -> Iterator[bytes]:
    """The lines of the wanted keys: a key stands at the block's own indent, and all that follows it is its value.

    A list may stand at its key's indent, but a dash begins no key.
    """
    indent = -1
    keeping = True
    for line in block.split(b"\n"):
        text = line.lstrip(b" ")
        depth = len(line) - len(text)
        if text.strip() and not text.startswith(b"#"):
            indent = depth if indent < 0 else indent
            key = _KEY.match(text) if depth == indent else None
            keeping = wanted(key[1].lower()) if key else keeping
        if keeping:
            yield line


def _plain(text: bytes) -> Any:
    """The YAML in `text` as dicts, lists and texts; Strange if it is broken, nested too deeply, or has aliases."""
    readable = _NOT_YAML.sub("�", text.decode("utf-8", "replace"))
    root: list[Any] = []
    open_ones: list[list[Any]] = [root]  # of each collection around us, its nodes so far
    kinds: list[type] = []
    try:
        for event in yaml.parse(readable, Loader=_Loader):
            if isinstance(event, yaml.ScalarEvent):
                nothing = not event.style and event.value in _NOTHING
                open_ones[-1].append("" if nothing else event.value)
            elif isinstance(event, yaml.CollectionStartEvent):
                if len(kinds) >= MAX_DEPTH:
                    raise Strange(f"it is nested more than {MAX_DEPTH} deep")
                kinds.append(dict if isinstance(event, yaml.MappingStartEvent) else list)
                open_ones.append([])
            elif isinstance(event, yaml.CollectionEndEvent):
                nodes = open_ones.pop()
                open_ones[-1].append(_mapping(nodes) if kinds.pop() is dict else nodes)
            elif isinstance(event, yaml.AliasEvent):
                raise Strange("it uses a YAML alias (*), which is not followed")
            elif isinstance(event, yaml.DocumentEndEvent):
                break
    except yaml.YAMLError as error:
        at = getattr(error, "problem_mark", None)
        where = f" at line {at.line + 1} of what was read of it" if at else ""
        raise Strange(
            f"it is not YAML{where}: {one_line(str(getattr(error, 'problem', None) or error), 100)}"
        ) from None
    return root[0] if root else {}


def _mapping(nodes: list[Any]) -> dict[str, Any]:
    """Keys and values in turn; a key is known without its colon, in lower case: ":SID" and "sid" are one."""
    pairs = zip(nodes[::2], nodes[1::2], strict=False)
    return {key.lstrip(":").lower(): value for key, value in pairs if isinstance(key, str)}


def _get(node: Any, key: str) -> Any:
    return node.get(key) if isinstance(node, dict) else None


def _text(node: Any) -> str:
    return node if isinstance(node, str) else ""


def _score(node: Any) -> str:
    """Points as decimal text, "" for none."""
    text = _text(node).strip()
    return points_text(Fraction(text)) if _SCORE.fullmatch(text) else ""


def _entry(submission: str, found: Any) -> About:
    """The entry of a block that was parsed, with a note of what is missing or strange in it."""
    if not isinstance(found, dict):
        return About(submission, notes=("its entry in the export's metadata is no mapping",))
    listed = found.get("submitters")
    listed = [listed] if isinstance(listed, dict) else listed if isinstance(listed, list) else []
    people = tuple(person for one in listed[:MAX_PEOPLE] if (person := _person(one)) != Person())
    stored, created = _text(found.get("score")), one_line(_text(found.get("created_at")), 60)
    said = [] if people else ["no submitter is named"]
    said += [f"only {MAX_PEOPLE} of {len(listed)} submitters were read"] if len(listed) > MAX_PEOPLE else []
    said += [] if created else ["no time of submission"]
    score = _score(stored)
    said += [f"its score is {one_line(stored, 40)!r}"] if stored and not score else []
    notes = (f"in the export's metadata: {', '.join(said)}",) if said else ()
    return About(submission, people, created, score, notes=notes)


def _person(node: Any) -> Person:
    name, email, sid = (one_line(_text(_get(node, key)), 200) for key in ("name", "email", "sid"))
    return Person(name, email, sid)
