"""The boxes of MP4 and QuickTime: each has a type and a length, and most hold others."""

import struct
from typing import Final, TypeAlias

from mediaorg.rules.headers.window import Unsure, Window

__all__ = ["Boxes", "Span", "boxes_in", "by_kind", "whole"]

Span: TypeAlias = tuple[int, int]
Boxes: TypeAlias = list[tuple[bytes, int, int]]

_MOST_BOXES: Final = 512
_LARGEST: Final = 1 << 16  # byte; of a box that is read whole
_SINGLE: Final = frozenset(b"tkhd mdia edts elst tref chap mdhd hdlr minf stbl stsd stts stsc stsz stco co64".split())
_BOX: Final = struct.Struct(">I4s")


def boxes_in(window: Window, start: int, end: int) -> Boxes:
    """The boxes inside another: (type, where the payload begins, where it ends)."""
    found: Boxes = []
    unpack = _BOX.unpack_from
    while start + 8 <= end:
        if window.base <= start and start + 8 <= window.end:
            length, kind = unpack(window.data, start - window.base)
        else:
            index = window.index(start, 8)
            length, kind = unpack(window.data, index)
        payload = start + 8
        if length == 1:
            length, payload = int.from_bytes(window.at(payload, 8), "big"), start + 16
        elif length == 0 and not kind.strip(b"\0"):
            break
        stop = start + length
        if stop < payload or stop > end:
            raise Unsure("a box is longer than its parent")
        found.append((kind, payload, stop))
        if len(found) > _MOST_BOXES:
            raise Unsure("too many boxes")
        start = stop
    return found


def by_kind(window: Window, span: Span) -> dict[bytes, Span]:
    """The boxes inside another by their type; where one that must be single comes twice it is Unsure."""
    found: dict[bytes, Span] = {}
    for kind, start, end in boxes_in(window, *span):
        if kind in found and kind in _SINGLE:
            raise Unsure("a box comes twice")
        found[kind] = (start, end)
    return found


def whole(window: Window, span: Span, most: int = _LARGEST) -> bytes:
    """The payload of a box, if it is of a reasonable size."""
    if span[1] - span[0] > most:
        raise Unsure("a box is too large")
    return window.at(span[0], span[1] - span[0])
