"""Which rooms of `autograder/maths` a zip carries: those that its files import, found by following their imports.

Read by pattern and not by the syntax: a mention that is no import carries a room too many, which does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

MATHS = "autograder/maths/"
_MENTION = re.compile(r"\bautograder\.maths\.(\w+)")
_FROM = re.compile(r"\bfrom\s+autograder\.maths\s+import\s+(\([^)]*\)|[^\n]*)")
_WHOLE = re.compile(r"\bimport\s+autograder\.maths\s*(?:$|,|#|as\b)", re.MULTILINE)


def only_imported(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files without those rooms of maths that no other file imports, in their order."""
    rooms: dict[str, list[str]] = {}
    for name in files:
        if name.startswith(MATHS):
            rooms.setdefault(room_of(name), []).append(name)
    wanted = {"__init__"}
    waiting = [name for name in files if not name.startswith(MATHS) and name.endswith(".py")]
    while waiting:
        found = imported(files[waiting.pop()].decode(errors="replace"), rooms) - wanted
        waiting += [name for room in found for name in rooms[room]]
        wanted |= found
    return {name: content for name, content in files.items() if not name.startswith(MATHS) or room_of(name) in wanted}


def room_of(name: str) -> str:
    """The room of a file below maths: a folder there, or the stem of a file at its top."""
    return name.removeprefix(MATHS).split("/")[0].removesuffix(".py")


def imported(source: str, rooms: Iterable[str]) -> set[str]:
    """The rooms that a program's text imports; all of them if it imports maths as a whole."""
    if _WHOLE.search(source):
        return set(rooms)
    named = set(_MENTION.findall(source))
    for names in _FROM.findall(source):
        named |= set(re.findall(r"\w+|\*", names))
    return set(rooms) if "*" in named else named & set(rooms)
