"""Bits in the order in which codecs write them."""

from typing import Final

from mediaorg.rules.headers.window import Unsure

__all__ = ["Bits"]

_LONGEST: Final = 2048  # byte; parameter sets are tens of bytes


class Bits:
    """A reader of fixed and Exp-Golomb numbers; asking past the end is Unsure.

    >>> bits = Bits(bytes([0b1_010_0010, 0b1_00011_01]))
    >>> bits.ue(), bits.ue(), bits.se(), bits.u(5), bits.u(2)
    (0, 1, -2, 3, 1)
    """

    __slots__ = ("at", "text")

    def __init__(self, data: bytes) -> None:
        data = data[:_LONGEST]
        self.text = f"{int.from_bytes(data, 'big'):0{8 * len(data)}b}" if data else ""
        self.at = 0

    @classmethod
    def escaped(cls, unit: bytes) -> "Bits":
        """Bits of an H.264 or HEVC unit, which writes 00 00 03 where 00 00 would look like a start code."""
        return cls(unit.replace(b"\0\0\3", b"\0\0"))

    def u(self, width: int) -> int:
        """A number of `width` bits."""
        start, self.at = self.at, self.at + width
        if self.at > len(self.text):
            raise Unsure("a codec header ends early")
        return int(self.text[start : self.at], 2) if width else 0

    def flag(self) -> bool:
        """One bit."""
        start = self.at
        if start >= len(self.text):
            raise Unsure("a codec header ends early")
        self.at = start + 1
        return self.text[start] == "1"

    def ue(self, most: int = 1 << 31) -> int:
        """An unsigned Exp-Golomb number of at most `most`."""
        one = self.text.find("1", self.at, self.at + 32)
        if one < 0:
            raise Unsure("a codec header is damaged")
        end = 2 * one - self.at + 1
        if end > len(self.text):
            raise Unsure("a codec header ends early")
        value = int(self.text[one:end], 2) - 1
        self.at = end
        if value > most:
            raise Unsure("a codec header is damaged")
        return value

    def se(self) -> int:
        """A signed Exp-Golomb number."""
        value = self.ue()
        return (value + 1) // 2 if value & 1 else -(value // 2)

    def skip(self, width: int) -> None:
        """Pass over bits."""
        self.at += width

    def left(self) -> int:
        """How many bits are left."""
        return len(self.text) - self.at

    def must_end(self) -> None:
        """What is left is the one bit and the zeros that close a unit."""
        if self.text[self.at : self.at + 1] != "1" or "1" in self.text[self.at + 1 :]:
            raise Unsure("a codec header is damaged")
