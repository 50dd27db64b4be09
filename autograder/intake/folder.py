"""Where submissions come from: Gradescope's export (a zip, or its folder), a folder of folders, or one submission.

Each warning is a sentence; one bad submission never stops the rest.
"""

from __future__ import annotations

import os
from collections.abc import Sequence, Set
from pathlib import Path

from autograder.core.submission import Submission, is_junk, read_submission
from autograder.intake.export_metadata import index
from autograder.intake.source import (
    METADATA,
    CannotImport,
    Damaged,
    LeftOut,
    Parts,
    Source,
    refuse_nothing,
    sorted_into,
    why_no_submission,
)
from autograder.intake.zipped import ZipSource


def open_source(path: Path, wanted: Sequence[str]) -> Source:
    """Whatever `path` is, as a source; `wanted` are the files that a submission consists of.

    Raises CannotImport, and OSError where the operating system refuses.
    """
    if path.is_dir():
        return FolderSource(path, wanted)
    if path.is_file():
        return ZipSource(path, wanted)
    what = "this is neither a file nor a folder" if path.exists() else "there is no such file or folder"
    raise CannotImport(f"{path}: {what}. Give Gradescope's export (the zip or its folder).")


class FolderSource(Source):
    """Folders of submitted files, with what the export says of them."""

    def __init__(self, path: Path, wanted: Sequence[str]) -> None:
        """Raises CannotImport if it holds no submission, OSError."""
        self._wanted = wanted
        left_out = LeftOut()
        base, found = sorted_into(path, path.resolve().name, lambda parts: _level(path, parts), wanted, left_out)
        self._folders = {name: path.joinpath(*folder) for name, folder in found.items()}
        inner = path.joinpath(*base)
        alone = base in found.values()
        for name in () if alone else sorted(_level(inner, ())[1]):
            if (inner / name).is_symlink():
                left_out.add(name, "links are not followed")
            elif name != METADATA:
                left_out.add(name, why_no_submission(name))
        refuse_nothing(inner, found, wanted, left_out.sentences())
        metadata = inner / METADATA
        told = index(metadata) if metadata.is_file() and not metadata.is_symlink() and not alone else None
        super().__init__(found, told, () if alone else inner.resolve().parts, left_out.sentences())

    def read(self, submission_id: str) -> Submission:
        """The files of its folder, as `grade` reads them."""
        folder = self._folders[submission_id]
        if folder.is_symlink():  # it was none when the folder was looked through
            raise Damaged("its folder is a link, and links are not followed")
        try:
            return read_submission(folder, self._wanted)
        except OSError as error:
            raise Damaged(f"its folder cannot be read: {error.strerror or error}") from None


def _level(path: Path, base: Parts) -> tuple[Set[str], Set[str]]:
    """The folders right below a folder, and all else; without junk."""
    folders: set[str] = set()
    others: set[str] = set()
    with os.scandir(path.joinpath(*base)) as entries:
        for entry in entries:
            if not is_junk(entry.name):
                (folders if entry.is_dir(follow_symlinks=False) else others).add(entry.name)
    return folders, others
