"""What a process printed: its beginning and its end, however much it is."""

from __future__ import annotations

HEAD = TAIL = (32 << 10) - 32  # with the note between them no more than 64 KiB


class Printed:
    """Keeps the first and the last 32 KiB, nearly, of what comes in."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._left_out = 0  # line ends between them

    def add(self, data: bytes) -> None:
        """Takes the next piece."""
        room = HEAD - len(self._head)
        self._head += data[:room]
        self._tail += data[room:]
        if len(self._tail) > 2 * TAIL:  # not at every piece: each cut moves what stays
            self._cut(len(self._tail) - TAIL)

    def _cut(self, size: int) -> None:
        self._left_out += self._tail.count(b"\n", 0, size)
        del self._tail[:size]

    def take(self) -> str:
        """The text since this was last asked, with how many lines were left out."""
        if len(self._tail) > TAIL:
            self._cut(len(self._tail) - TAIL)
        between = f"\n[... {self._left_out:,} more lines]\n" if self._left_out else ""
        text = f"{self._head.decode('utf-8', 'replace')}{between}{self._tail.decode('utf-8', 'replace')}"
        self._clear()
        return text
