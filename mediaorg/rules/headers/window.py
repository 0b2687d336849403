"""A file seen through bounded reads: small pieces at computed places, counted, never past a limit."""

import struct
from collections.abc import Callable
from typing import Final, TypeAlias

__all__ = ["HEAD", "Read", "Unsure", "Window"]

Read: TypeAlias = Callable[[int, int], bytes]

HEAD: Final = 1 << 16  # byte; the headers of an ordinary file with its first frames, or all but the tables of an MP4
_AHEAD: Final = 1 << 12  # byte; a box that was jumped to is rarely alone
_MOST_READS: Final = 6000
_MOST_BYTES: Final = 4 << 20


class Unsure(Exception):
    """This header does not tell all with certainty; the text says why, in a few words."""


class Window:
    """`read(offset, size)` with its last answer kept; asking beyond the file, or for too much, is Unsure."""

    __slots__ = ("base", "data", "end", "left_bytes", "left_reads", "read", "size")

    def __init__(self, read: Read, size: int) -> None:
        self.read, self.size = read, size
        self.left_reads, self.left_bytes = _MOST_READS, _MOST_BYTES
        self.base = self.end = 0
        self.data = b""
        self.load(0, HEAD)

    def load(self, offset: int, length: int) -> None:
        """Look at another place."""
        self.left_reads -= 1
        self.left_bytes -= length
        if self.left_reads < 0 or self.left_bytes < 0:
            raise Unsure("too many places to look at")
        self.data = self.read(offset, length)
        self.base, self.end = offset, offset + len(self.data)

    def at(self, offset: int, length: int) -> bytes:
        """The bytes of a place, all of them."""
        start = self.index(offset, length)
        return self.data[start : start + length]

    def index(self, offset: int, length: int) -> int:
        """Where in `data` a place lies, once `data` holds `length` bytes of it."""
        if self.base <= offset and offset + length <= self.end:
            return offset - self.base
        if offset < 0 or length < 0 or offset + length > self.size:
            raise Unsure("points beyond the file")
        self.load(offset, min(max(length, _AHEAD), self.size - offset))
        if self.end < offset + length:
            raise Unsure("the file ends early")
        return 0

    def peek(self, offset: int, length: int) -> bytes:
        """The bytes of a place, fewer at the end of the file, without leaving the place that is kept."""
        if self.base <= offset and offset + length <= self.end:
            return self.data[offset - self.base : offset - self.base + length]
        self.left_reads -= 1
        if self.left_reads < 0 or offset >= self.size or offset < 0:
            return b""
        return self.read(offset, length)

    def u32(self, offset: int) -> int:
        """A big-endian number of 32 bits."""
        start = self.index(offset, 4)
        value: int = struct.unpack_from(">I", self.data, start)[0]
        return value
