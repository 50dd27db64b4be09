"""Writes a file in one step: whoever looks sees the old one or the new one, never a part of it."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, content: bytes, mode: int = 0o644, durable: bool = True) -> None:
    """Puts `content` in place of `path`. Raises OSError, and leaves nothing else behind.

    mode: of the new file, less what the umask takes. durable: it is on the disk when this returns.
    """
    if _is_device(path):
        path.write_bytes(content)
        return
    waiting = path.with_name(f".{path.name}.{os.getpid()}")
    waiting.unlink(missing_ok=True)
    try:
        with open(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:
            stream.write(content)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        os.replace(waiting, path)
    finally:
        waiting.unlink(missing_ok=True)


def _is_device(path: Path) -> bool:
    """Whether it is written to and never replaced: a device, or what /dev links to, as /dev/stdout to a pipe or a file.

    A pipe elsewhere is no such thing: who opens it waits until somebody reads.
    """
    return path.is_char_device() or (path.absolute().parts[1:2] == ("dev",) and path.is_symlink())
