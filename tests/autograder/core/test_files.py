"""A file is written in one step; a device is never replaced by one."""

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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_device_is_written_to_and_never_replaced() -> None:
    """Whoever is root would have replaced it."""
    with pytest.raises(OSError, match="No space left on device"):
        write_whole(Path("/dev/full"), b"content")
    assert Path("/dev/full").is_char_device()


@pytest.mark.skipif(not Path("/dev/fd").is_symlink(), reason="needs /dev/fd")
def test_a_pipe_that_dev_links_to_is_written_to() -> None:
    """As /dev/stdout is one."""
    reading, writing = os.pipe()
    write_whole(Path(f"/dev/fd/{writing}"), b"content")
    assert os.read(reading, 100) == b"content"
    os.close(reading), os.close(writing)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_a_pipe_in_a_folder_is_replaced_since_nobody_may_ever_read_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    write_whole(tmp_path / "pipe", b"content")
    assert (tmp_path / "pipe").read_bytes() == b"content"
