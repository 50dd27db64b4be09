"""A file is written in one step; what is no file is never replaced by one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.core.files import write_whole


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    for content in (b"first", b"second"):
        write_whole(path, content)
        assert path.read_bytes() == content
    assert os.listdir(tmp_path) == ["page.html"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    """As /dev/stdout, or /dev/full, which whoever is root would have replaced."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(path, b"content")
    assert os.read(reading, 100) == b"content"
    assert path.is_fifo()
    os.close(reading)
