"""EBML, the grammar of Matroska: elements inside elements, each with an id and a length."""

import struct
from typing import Final, TypeAlias

from mediaorg.rules.headers.window import Unsure, Window

__all__ = ["LONGER", "Fields", "elements", "fields_of", "float_of", "head_at", "length_at", "number_of", "text_of"]

Fields: TypeAlias = dict[int, tuple[int, int]]

LONGER: Final = "an element is longer than its parent"
_MOST_ELEMENTS: Final = 20000


def elements(data: bytes, at: int, end: int) -> list[tuple[int, tuple[int, int]]]:
    """The elements of a master: (id, (where the payload begins, where it ends))."""
    found: list[tuple[int, tuple[int, int]]] = []
    add = found.append
    for _ in range(_MOST_ELEMENTS):
        if at >= end:
            break
        number = data[at]
        if number >= 0x80:
            at += 1
        elif number >= 0x40:
            number = number << 8 | data[at + 1]
            at += 2
        elif number >= 0x10:
            width = 3 if number >= 0x20 else 4
            number = int.from_bytes(data[at : at + width], "big")
            at += width
        else:
            raise Unsure("a damaged element")
        length = data[at]
        if 0x80 <= length < 0xFF:
            at += 1
            stop = at + length - 0x80
        else:
            at, length = length_at(data, at)
            stop = at + length
        add((number, (at, stop)))
        at = stop
    if at != end:
        raise Unsure(LONGER)
    return found


def length_at(data: bytes, at: int) -> tuple[int, int]:
    """Where the payload begins, and the length that stands in front of it."""
    width = 9 - data[at].bit_length()
    if width > 8:
        raise Unsure("a damaged element")
    mask = (1 << 7 * width) - 1
    length = int.from_bytes(data[at : at + width], "big") & mask
    if length == mask:
        raise Unsure("an element of unknown size")
    return at + width, length


def fields_of(data: bytes, at: int = 0, end: int | None = None) -> Fields:
    """The same by id; where one comes twice libav keeps the last."""
    return dict(elements(data, at, len(data) if end is None else end))


def number_of(data: bytes, span: tuple[int, int] | None, default: int = 0) -> int:
    """An unsigned number; an element of no bytes means its default."""
    if span is None or span[0] == span[1]:
        return default
    if span[1] - span[0] > 8:
        raise Unsure("a number of more than 64 bits")
    return int.from_bytes(data[span[0] : span[1]], "big")


def float_of(data: bytes, span: tuple[int, int]) -> float:
    """A float of 32 or 64 bits."""
    width = span[1] - span[0]
    if width not in (4, 8):
        raise Unsure("a float of an odd width")
    value: float = struct.unpack_from(">f" if width == 4 else ">d", data, span[0])[0]
    return value


def text_of(data: bytes, span: tuple[int, int] | None, default: str = "") -> str:
    """A text, which a zero byte may end before its element ends; an element of no bytes means its default."""
    if span is None or span[0] == span[1]:
        return default
    return data[span[0] : span[1]].partition(b"\0")[0].decode("utf-8")


def head_at(window: Window, at: int) -> tuple[int, int, int]:
    """An element anywhere in the file: (id, where the payload begins, its length); -1 is unknown."""
    index = at - window.base
    if index >= 0 and at + 12 <= window.end:
        data = window.data
        first = data[index]
        if first in (0xA3, 0xA0, 0xE7):  # blocks, most of all
            length = data[index + 1]
            if 0x80 <= length < 0xFF:
                return first, at + 2, length - 0x80
            if 0x40 <= length < 0x7F:
                return first, at + 3, (length & 0x3F) << 8 | data[index + 2]
        head = data[index : index + 12]
    else:
        head = window.at(at, min(12, window.size - at))
    width = 9 - head[0].bit_length()
    number = int.from_bytes(head[:width], "big")
    wide = 9 - head[width].bit_length()
    if width > 4 or wide > 8 or len(head) < width + wide:
        raise Unsure("a damaged element")
    mask = (1 << 7 * wide) - 1
    length = int.from_bytes(head[width : width + wide], "big") & mask
    return number, at + width + wide, -1 if length == mask else length
