"""Where submissions come from: Gradescope's export (a zip, or its folder), a folder of folders, or one submission.

Each warning is a sentence; one bad submission never stops the rest.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence, Set
from pathlib import Path

from autograder.core.submission import Submission, is_junk, read_submission
from autograder.intake.export_metadata import index
from autograder.intake.source import (
    METADATA,
    NOTHING,
    CannotImport,
    Damaged,
    Exported,
    LeftOut,
    Parts,
    Source,
    Told,
    base_of,
    id_of,
    identified,
    refuse_side_by_side,
    why_no_submission,
)
from autograder.intake.zipped import ZipSource


def open_source(path: Path, wanted: Sequence[str]) -> Source:
    """Whatever `path` is, as a source; `wanted` are the files that a submission consists of.

    Raises CannotImport, and OSError where the operating system refuses.
    """
    if path.is_dir():
        return _folder(path, wanted)
    if path.is_file():
        return ZipSource(path, wanted)
    what = "this is neither a file nor a folder" if path.exists() else "there is no such file or folder"
    raise CannotImport(f"{path}: {what}. Give Gradescope's export (the zip or its folder).")


class FolderSource(Exported):
    """Folders of submitted files, with what the export says of them."""

    def __init__(
        self,
        folders: Mapping[str, Path],
        wanted: Sequence[str],
        told: Told,
        warnings: Sequence[str] = (),
        within: Sequence[str] = (),
    ) -> None:
        super().__init__(folders, told, within)
        self._folders, self._wanted = folders, wanted
        self.warnings = [*warnings, *told.warnings(set(folders))]

    def close(self) -> None:
        """Nothing is held open."""

    def read(self, submission_id: str) -> Submission:
        """The files of its folder, as `grade` reads them."""
        folder = self._folders[submission_id]
        if folder.is_symlink():  # it was none when the folder was looked through
            raise Damaged("its folder is a link, and links are not followed")
        try:
            return read_submission(folder, self._wanted)
        except OSError as error:
            raise Damaged(f"its folder cannot be read: {error.strerror or error}") from None


def _folder(path: Path, wanted: Sequence[str]) -> FolderSource:
    path = path.joinpath(*base_of(lambda base: _level(path, base), wanted))
    folders, files = _level(path, ())
    refuse_side_by_side(path, folders, files, lambda folder: _level(path, (folder,))[1])
    if not files.isdisjoint(wanted):
        return FolderSource({id_of(path.resolve().name) or "submission": path}, wanted, Told(None))
    left_out = LeftOut()
    found = {name: path / folder for name, folder in identified(folders, left_out).items()}
    for name in sorted(files - {METADATA}):
        left_out.add(name, "links are not followed" if (path / name).is_symlink() else why_no_submission(name))
    metadata = path / METADATA
    if metadata.is_symlink():
        left_out.add(METADATA, "links are not followed")
    if not found:
        nothing = NOTHING.format(path=path, wanted=", ".join(wanted))
        raise CannotImport(" ".join([nothing, *(f"({said})" for said in left_out.sentences())]))
    told = index(metadata) if metadata.is_file() and not metadata.is_symlink() else None
    return FolderSource(found, wanted, Told(told), left_out.sentences(), path.resolve().parts)


def _level(path: Path, base: Parts) -> tuple[Set[str], Set[str]]:
    """The folders right below a folder, and all else; without junk."""
    folders: set[str] = set()
    others: set[str] = set()
    with os.scandir(path.joinpath(*base)) as entries:
        for entry in entries:
            if not is_junk(entry.name):
                (folders if entry.is_dir(follow_symlinks=False) else others).add(entry.name)
    return folders, others
