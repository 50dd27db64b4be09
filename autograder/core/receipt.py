"""A receipt: hashes of what answers a submission's questions, the same however it was handed in.

It is made of texts as they were read (LF line ends, no byte order mark), so that a zip, single files and a checkout
from GitHub give the same one. What no question imports does not count. Nothing here reads text as Python: an import is
looked for as a line of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from autograder.core.digest import sha256
from autograder.core.submission import Submission

SHOWN = 12  # hex digits: enough to compare by eye
NOT_THERE, NOT_READ, NO_HELPERS = "not there", "could not be read", "none"


class Receipt(msgspec.Struct, frozen=True):
    """What was handed in, as hashes.

    files:    question file -> SHA-256 of its text, or the words "not there" or "could not be read".
    helpers:  SHA-256 over the names and texts of the modules that the questions import, or "none".
    """

    files: Mapping[str, str]
    helpers: str

    def lines(self) -> list[str]:
        """A line per question file and one for the helpers: what a self-check and Gradescope both print."""
        named = [*self.files.items(), ("helper modules", self.helpers)]
        width = max(len(name) for name, _ in named)
        return [f"{name:<{width}}  {said[:SHOWN] if len(said) == 64 else said}" for name, said in named]

    def record(self) -> dict[str, object]:
        """The full hashes as plain data."""
        return {"files": dict(self.files), "helpers": self.helpers}


def receipt_of(submission: Submission, files: Iterable[str]) -> Receipt:
    """The receipt of a submission to an assignment with these question files."""
    files = tuple(files)
    helpers = helper_modules(submission.texts, files)
    return Receipt(
        {file: _of_file(file, submission) for file in files},
        _of_texts(helpers, submission.texts) if helpers else NO_HELPERS,
    )


def of_question(submission: Submission, file: str) -> str:
    """SHA-256 over a question file and every module of the submission that it imports: whatever its answer hangs on.

    A file that is not there, or cannot be read, has one too.
    """
    return sha256([_of_file(file, submission), _of_texts(imported_by([file], submission.texts), submission.texts)])


def helper_modules(texts: Mapping[str, str], files: Iterable[str]) -> tuple[str, ...]:
    """The files beside the question files that these import, directly or through another one, sorted."""
    files = tuple(files)
    return tuple(name for name in imported_by(files, texts) if name not in files)


def imported_by(files: Iterable[str], texts: Mapping[str, str]) -> tuple[str, ...]:
    """The other modules of a submission that some of its files import, directly or through another one, sorted.

    An import is a line (or a statement behind `;` or `:`) that begins with `import` or `from`, in a text of the student
    too: rather one file too many. Where modules are imported by names that are made up while the code runs, all count.
    """
    asked = [file for file in files if file in texts]
    modules = {name.removesuffix(".py"): name for name in texts}
    reached = dict.fromkeys(asked)
    waiting = [*asked]
    for name in waiting:  # which grows meanwhile
        for module in modules if _made_up(texts[name]) else _imports(texts[name]):
            file = modules.get(module)
            if file is not None and file not in reached:
                reached[file] = None
                waiting.append(file)
    return tuple(sorted(set(reached) - set(asked)))


def _made_up(text: str) -> bool:
    return any(word in text for word in ("importlib", "__import__", "runpy", "pkgutil"))


def _imports(text: str) -> list[str]:
    """The modules that a text imports, by the first part of their names."""
    joined = text.replace("\\\n", " ")
    modules = re.findall(r"(?m)(?:^|[;:])[ \t\f]*from[ \t\f]+(\w+)", joined)
    for several in re.findall(r"(?m)(?:^|[;:])[ \t\f]*import[ \t\f]+([^;#\n]+)", joined):
        modules += re.findall(r"(?:^|,)\s*(\w+)", several)
    return modules


def _of_file(file: str, submission: Submission) -> str:
    if file in submission.texts:
        return sha256([submission.texts[file]])
    return NOT_READ if file in submission.faults else NOT_THERE


def _of_texts(names: Iterable[str], texts: Mapping[str, str]) -> str:
    return sha256(part for name in names for part in (name, texts[name]))
