"""The zips for Gradescope and for students, each from an allow-list and byte for byte the same from any checkout.

A zip is made of two roots, which may be one folder: that of the engine and that of the homework. It holds the files
that its recipe names and nothing else: what is not listed (planted submissions, the engine's tests, caches, a stray
notes file) cannot get out. The same content gives the same bytes on every machine: names are sorted, every file is
dated 1980-01-01, modes come from the recipe, line ends are LF, and nothing is compressed, since compressors differ.
`MANIFEST.json` at the root gives the version and the SHA-256 of every other file.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder import __version__
from autograder.bundle.maths_rooms import only_imported
from autograder.check.manifest import MANIFEST
from autograder.core.errors import AssignmentError
from autograder.core.zip_entry import zip_entry

Inspection = Callable[[Path], Sequence[str]]


class BundleError(AssignmentError):
    """No zip was written; the message says why and what to do."""


@dataclass(frozen=True)
class Recipe:
    """What goes into one zip.

    name:       who it is for; stands in the manifest.
    engine:     glob patterns below the engine's root, each of which must match at least one file. Of `autograder/maths`
                those rooms go in that the other files import, and no others.
    homework:   the same below the homework's root.
    optional:   patterns below the homework's root that need not match.
    exclude:    folders whose files stay out although a pattern matches them.
    executable: files that get mode 0755; all others get 0644.
    closed:     but for those that only their owner may read, 0600.
    renamed:    files that lie elsewhere in the zip.
    """

    name: str
    engine: tuple[str, ...]
    homework: tuple[str, ...]
    optional: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    executable: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)


def allowed(homework: Path, engine: Path, recipe: Recipe) -> dict[str, bytes]:
    """The name and content of every file that a recipe takes. Raises BundleError if one is missing or is a link."""
    files = {
        name: _content(homework, name) for pattern in recipe.optional for name in _names(homework, pattern, recipe)
    }
    for root, patterns in ((homework, recipe.homework), (engine, recipe.engine)):
        for pattern in patterns:
            names = _names(root, pattern, recipe)
            if not names:
                raise BundleError(
                    f"{root / pattern}: no such file, and the {recipe.name} bundle needs it. Is this the right folder?"
                )
            files.update((name, _content(root, name)) for name in names)
    return only_imported(files)


def _names(root: Path, pattern: str, recipe: Recipe) -> list[str]:
    """What matches a pattern. Hidden files (editors and macOS leave some) match none."""
    found = (path.relative_to(root) for path in root.glob(pattern) if not path.is_dir())
    seen = (path for path in found if not any(part.startswith(".") or part == "__pycache__" for part in path.parts))
    return sorted(path.as_posix() for path in seen if not any(map(path.is_relative_to, recipe.exclude)))


def _content(root: Path, name: str) -> bytes:
    """The file's bytes with LF line ends: Gradescope cannot start a script with CRLF. Everything allowed is text."""
    path = root / name
    if path.resolve() != root.resolve() / name:
        raise BundleError(f"{path}: a symbolic link does not go into a bundle; put the file itself there")
    return path.read_bytes().replace(b"\r\n", b"\n")


def write(
    files: Mapping[str, bytes],
    recipe: Recipe,
    output: Path,
    facts: Mapping[str, Any] | None = None,
    inspect: Inspection = lambda zipped: (),
) -> Path:
    """Writes the zip, sorted, dated and moded the same everywhere, and returns its path.

    facts:   what the manifest says beside the version and the hashes.
    inspect: looks at the finished zip; what it finds wrong keeps the zip from its place.
    The zip appears under its name only when it is whole and nothing is wrong with it; an earlier one is left as it was
    otherwise. Raises BundleError.
    """
    whole = {**files, MANIFEST: _manifest(files, recipe, facts or {})}
    part = output.with_name(output.name + ".part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            for name in sorted(whole):
                archive.writestr(zip_entry(name, _mode(name, recipe)), whole[name])
        if wrong := inspect(part):
            raise BundleError("\n".join([f"{output} was not written, since something is wrong with it:", *wrong]))
        os.replace(part, output)
    except OSError as error:
        raise BundleError(f"cannot write {output}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return output


def _mode(name: str, recipe: Recipe) -> int:
    if name in recipe.closed:
        return 0o600
    return 0o755 if name in recipe.executable else 0o644


def _manifest(files: Mapping[str, bytes], recipe: Recipe, facts: Mapping[str, Any]) -> bytes:
    hashes = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}
    content = {"bundle": recipe.name, "version": __version__, **facts, "sha256": hashes}
    return (json.dumps(content, indent=2) + "\n").encode()
