"""Digests of texts, by which one knows whether something is as it was."""

from __future__ import annotations

from collections.abc import Iterable

try:  # the interpreter's own: `hashlib` loads all of OpenSSL, which every `grade` would wait for
    from _sha2 import sha256 as _sha256  # type: ignore[import-not-found]  # from Python 3.12
except ImportError:
    try:
        from _sha256 import sha256 as _sha256  # type: ignore[import-not-found]
    except ImportError:  # an interpreter that was built without
        from hashlib import sha256 as _sha256


def digest(parts: Iterable[str]) -> str:
    """Sixteen hex digits of SHA-256 over the parts and their borders."""
    return sha256(parts)[:16]


def of_bytes(content: bytes) -> str:
    """SHA-256 of a file's content, as every tool gives it."""
    return str(_sha256(content).hexdigest())


def sha256(parts: Iterable[str]) -> str:
    """SHA-256 over the parts and their borders: where somebody may look for two texts of one digest."""
    hashed = _sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        hashed.update(len(data).to_bytes(8, "big") + data)
    return str(hashed.hexdigest())
