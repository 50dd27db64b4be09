"""Names that are nearly right: of a file that is handed in under another name, of a function that is called otherwise.

What has another name is never read in its place: it is named, with what to do. Nothing here reads text as Python; a
definition is looked for as a line of text.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from autograder.core.submission import is_junk

# " (1)" of a browser, " copy" and " - Copy" of a file manager, "_v2" and "_final" of a person
# (" copy 2" is two of them: each text matches in one way only, or a long name would take years)
_ADDED = r"(?i)([ _-]*\(\d+\)|[ _-]+(copy|kopie|final|new|v?\d+))+$"
_NOISE = re.compile(
    r"(hw|homework|assignment|question|q|part|ex|task|problem|v)?\d*[a-z]?|py|template|solution|answers?"
)
_READ_AS_TEXT = ("", ".py", ".txt", ".pyw", ".py3")
_BACKUPS = (".bak", ".orig", ".old", ".save", ".rej", "~")  # what editors and tools leave beside a file
_OTHERS = {
    ".ipynb": "is a notebook, which is not read: put your answers into {wanted}",
    ".pdf": "is a PDF, which is not read: put your answers into {wanted}",
    **dict.fromkeys((".zip", ".rar", ".7z", ".tar", ".gz"), "is not unpacked: hand in the files themselves"),
}
# Letters of other alphabets that look like these.
_ALIKE = dict(zip("аеіјорсухѕԁԛԝһαεικνορυɑıАВЕКМНОРСТУХІ", "aeijopcyxsdqwhaeiknopuaiABEKMHOPCTYXI", strict=True))


# --------------------------------------------------------------------------------------------------------------- files


def file_notes(names: Iterable[str], wanted: Sequence[str]) -> list[str]:
    """A sentence for each file that is not read and looks as if it was meant to be.

    names: paths of what lies in the submission, relative to it.
    """
    names = sorted({name.removesuffix(" (link)") for name in names})
    there = set(wanted) & set(names)
    return [note for name in names if name not in there and (note := _note(name, wanted, there))]


def instead_of(file: str, texts: Mapping[str, str], others: Iterable[str], asked: str = "") -> list[str]:
    """Sentences on what may stand for a file that is not there. asked: a name that was to be in it."""
    names = sorted({*texts, *(name.removesuffix(" (link)") for name in others)})
    if notes := [note for name in names if (note := _note(name, (file,), set()))]:
        return [note for note in notes if file in note][:5] or notes[:5]
    if holding := [name for name, text in texts.items() if asked and _binds(text, asked)]:
        return [f'"{name}" holds {asked}: rename it to {file}.' for name in holding[:5]]
    folders = [name for name in names if name.endswith("/") and not is_junk(name[:-1])]
    return [f"There is a folder {folders[0]}: hand in the files themselves, not a folder."] if folders else []


def _note(name: str, wanted: Sequence[str], there: set[str]) -> str:
    folder, base = os.path.split(name)
    if not base or any(is_junk(part) for part in name.split("/")):
        return ""
    stem, ending = _stem(base)
    file, all_words, more = _meant(stem, wanted)
    if ending in _OTHERS and (all_words or len(there) < len(wanted)):
        return f'"{name}" {_OTHERS[ending].format(wanted=file if all_words else "the files of the template")}.'
    if file is None or not (all_words or file not in there):
        return ""
    if file in there:
        only = f'"{name}" is not read, only {file} is: keep the right one, under that name.'
        kept_by_tool = base.lower().endswith(_BACKUPS)
        return "" if more or folder or kept_by_tool or ending not in _READ_AS_TEXT else only
    if ending not in _READ_AS_TEXT:
        return f'"{name}" is no Python file, and is not read: put your answers into {file}.' if all_words else ""
    moved = f"hand in the file itself, not in a folder, as {file}" if folder else f"rename it to {file}"
    return f'"{name}" is not read: {moved}.{_lookalike(base)}'


def _stem(base: str) -> tuple[str, str]:
    """The name in Latin letters without its endings and marks of copies, and its ending: of .py.txt, .py."""
    plain = "".join(_ALIKE.get(letter, letter) for letter in base.strip())
    stem, ending = os.path.splitext(plain)
    while os.path.splitext(stem)[1].lower() in (".py", ".txt", *_OTHERS):
        stem, ending = os.path.splitext(stem)
    return re.sub(_ADDED, "", stem.strip()), ending.strip().lower()


def _meant(stem: str, wanted: Sequence[str]) -> tuple[str | None, bool, bool]:
    """Which file a name stands for, whether it says all of that file's words, and whether it says more than these."""
    words = _words(stem)
    for file in wanted:
        if _letters(stem) == _letters(file.removesuffix(".py")) or _words(file) == words:
            return file, True, False
    saying_all = [file for file in wanted if _words(file) <= words]
    telling = {word for word in words if not re.fullmatch(_NOISE, word)}
    part = [file for file in wanted if telling and telling <= _words(file)]
    if len(saying_all) == 1:
        return saying_all[0], True, True
    return (part[0] if len(part) == 1 else None), False, False


def _words(name: str) -> frozenset[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.removesuffix(".py"))
    return frozenset(re.findall(r"[^\W\d_]+|\d+", spaced.lower()))


def _lookalike(base: str) -> str:
    """Which letter only looks like one of the alphabet."""
    strange = next((letter for letter in base if letter in _ALIKE), "")
    if not strange:
        return ""
    return f' Its "{strange}" is {unicodedata.name(strange)}, not the letter {_ALIKE[strange]}.'


def _binds(text: str, name: str) -> bool:
    """Whether a line of the text begins as the definition of a name does."""
    return re.search(rf"(?m)^(def\s+{re.escape(name)}\s*\(|{re.escape(name)}\s*=)", text) is not None


# --------------------------------------------------------------------------------------------------------- definitions


def near_name(wanted: str, present: Iterable[str]) -> str:
    """The name that was probably meant: the same words, or slips in their spelling. "" for none.

    A word of one letter, and a number, must be the same: a_sum is not b_sum, and layer1 is not layer2.

    >>> near_name("a_sum", ["b_sum", "asum"]), near_name("a_sum", ["b_sum"])
    ('asum', '')
    """
    present = list(present)
    for alike in (_joined, _same_words, _spelt_alike):
        for name in present:
            if alike(wanted, name):
                return name
    return ""


def _joined(wanted: str, name: str) -> bool:
    return _letters(wanted) == _letters(name)


def _letters(name: str) -> str:
    """The letters and digits of a name, in small ones, with doubled ones once."""
    return re.sub(r"(.)\1", r"\1", re.sub(r"[\W_]", "", name).lower())


def _same_words(wanted: str, name: str) -> bool:
    return len(wanted) > 2 and _words(wanted) <= _words(name)


def _spelt_alike(wanted: str, name: str) -> bool:
    from difflib import SequenceMatcher

    ours, theirs = (re.findall(r"[^\W\d_]+|\d+", one.lower()) for one in (wanted, name))
    if len(ours) != len(theirs):
        whole = min(len(_letters(wanted)), len(_letters(name))) >= 6
        return whole and SequenceMatcher(None, _letters(wanted), _letters(name)).ratio() >= 0.9
    return all(
        a == b or (min(len(a), len(b)) > 2 and SequenceMatcher(None, a, b).ratio() >= 0.75)
        for a, b in zip(ours, theirs, strict=True)
    )
