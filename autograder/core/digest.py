"""Digests of texts, by which one knows whether something is as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def digest(parts: Iterable[str]) -> str:
    """Sixteen hex digits of SHA-256 over the parts and their borders."""
    return sha256(parts)[:16]


def sha256(parts: Iterable[str]) -> str:
    """SHA-256 over the parts and their borders: where somebody may look for two texts of one digest."""
    hashed = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        hashed.update(len(data).to_bytes(8, "big") + data)
    return hashed.hexdigest()
