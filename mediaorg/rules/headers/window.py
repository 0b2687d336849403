"""A file seen through bounded reads: small pieces at computed places, counted, never past a limit."""

import struct
from collections.abc import Callable
from typing import Any, Final, TypeAlias

__all__ = ["DAMAGED", "HEAD", "Read", "Sides", "Unsure", "Window"]

Read: TypeAlias = Callable[[int, int], bytes]
Sides: TypeAlias = dict[int, list[dict[str, Any]]]  # what ffprobe calls side data, by the id of a track

HEAD: Final = 1 << 16  # byte; the headers of an ordinary file with its first frames, or all but the tables of an MP4
DAMAGED: Final = (struct.error, IndexError, ValueError, OverflowError, KeyError)  # UnicodeDecodeError is a ValueError
_AHEAD: Final = 1 << 12  # byte; a box that was jumped to is rarely alone
_BEFORE: Final = 1 << 9
_KEPT: Final = 12  # places; an MP4 goes to and fro between its tables, and each way costs a network share its time
_MOST_READS: Final = 6000
_MOST_BYTES: Final = 4 << 20


class Unsure(Exception):
    """This header does not tell all with certainty; the text says why, in a few words."""


class Window:
    """`read(offset, size)` with its last answers kept; asking beyond the file, or for too much, is Unsure.

    `data` are the bytes from `base` to `end`, one of the places that are kept: the one looked at now.
    """

    __slots__ = ("base", "data", "end", "kept", "left_bytes", "left_reads", "read", "size")

    def __init__(self, read: Read, size: int) -> None:
        self.read, self.size = read, size
        self.left_reads, self.left_bytes = _MOST_READS, _MOST_BYTES
        self.base = self.end = 0
        self.data = b""
        self.kept: list[tuple[int, int, bytes]] = []
        self.load(0, HEAD)

    def load(self, offset: int, length: int) -> None:
        """Look at another place."""
        self.left_reads -= 1
        self.left_bytes -= length
        if self.left_reads < 0 or self.left_bytes < 0:
            raise Unsure("too many places to look at")
        self.data = self.read(offset, length)
        self.base, self.end = offset, offset + len(self.data)
        if len(self.kept) == _KEPT:
            del self.kept[1]  # the head stays
        self.kept.append((self.base, self.end, self.data))

    def jump(self, offset: int, length: int) -> None:
        """Look at another place, from a little before it: the box around it is asked for next."""
        begin = max(0, min(offset - offset % _BEFORE, self.size - _AHEAD))
        self.load(begin, min(max(length + offset - begin, _AHEAD), self.size - begin))

    def turn_to(self, offset: int, length: int) -> bool:
        """Look at a place that is kept, if it is."""
        for base, end, data in self.kept:
            if base <= offset and offset + length <= end:
                self.base, self.end, self.data = base, end, data
                return True
        return False

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
        if self.turn_to(offset, length):
            return offset - self.base
        self.jump(offset, length)
        if self.end < offset + length:
            raise Unsure("the file ends early")
        return offset - self.base

    def peek(self, offset: int, length: int) -> bytes:
        """The bytes of a place, fewer at the end of the file, or where there were too many places to look at."""
        if not 0 <= offset < self.size:
            return b""
        length = min(length, self.size - offset)
        if not self.turn_to(offset, length):
            try:
                self.jump(offset, length)
            except Unsure:
                return b""
        start = offset - self.base
        return self.data[start : start + length]

    def u32(self, offset: int) -> int:
        """A big-endian number of 32 bits."""
        start = self.index(offset, 4)
        value: int = struct.unpack_from(">I", self.data, start)[0]
        return value
