"""A member of a zip that is the same bytes on every machine."""

from __future__ import annotations

import zipfile


def zip_entry(name: str, mode: int = 0o644) -> zipfile.ZipInfo:
    """A regular file of this name and mode, dated 1980-01-01, the earliest that a zip can say."""
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.create_system = 3  # Unix, on every system: only then is the mode read
    entry.external_attr = (0o100000 | mode) << 16
    return entry
