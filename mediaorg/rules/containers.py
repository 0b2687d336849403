"""What a container's own headers claim: how long the file is, and how its picture is turned.

Pure functions over `read(offset, size) -> bytes`, which gives fewer bytes at the end of the file. They read a few
bytes at computed places, never past a bound, never by a size found in the file, and answer None where they are not sure.
"""

import struct
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

__all__ = ["claimed_size", "rotations"]

Read: TypeAlias = Callable[[int, int], bytes]

_MOST_BOXES: Final = 4096  # a fragmented hour has a few thousand top-level boxes; what comes after cannot hold moov
_MP4_STARTS: Final = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")
_EBML, _SEGMENT = 0x1A45DFA3, 0x18538067


def claimed_size(read: Read, size: int) -> int | None:
    """Say how many bytes the container claims to have [byte]; None if it is none of ours or does not say.

    More than `size` means that the file is cut. ffprobe calls a cut Matroska, AVI or faststart MP4 fine.

    >>> file = b"RIFF" + (1000).to_bytes(4, "little") + b"AVI LIST"
    >>> claimed_size(lambda offset, length: file[offset:offset + length], len(file))
    1008
    """
    head = read(0, 12)
    if head[4:8] in _MP4_STARTS:
        return max((end for _, _, end in _boxes(read, 0, size)), default=None)
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return 8 + int.from_bytes(head[4:8], "little")
    if head[:4] == _EBML.to_bytes(4, "big"):
        return _segment_end(read)
    return None


def rotations(read: Read, size: int) -> dict[int, int]:
    """Give the clockwise turn of each track of an MP4 or MOV by its track id [degree: 0, 90, 180, 270].

    libav tells it only with a decoded frame, so it is read from the matrix in ``tkhd``. Other containers give {}.
    """
    if read(4, 4) not in _MP4_STARTS:
        return {}
    turns: dict[int, int] = {}
    for moov in _find(read, (0, size), b"moov"):
        for trak in _find(read, moov, b"trak"):
            for start, end in _find(read, trak, b"tkhd"):
                turns.update(_turn(read(start, min(end - start, 96))))
    return turns


def _boxes(read: Read, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes from `start` on: (type, where the payload begins, where it claims to end)."""
    for _ in range(_MOST_BOXES):
        head = read(start, 16)
        if start >= end or len(head) < 8:
            return
        length, kind, payload = int.from_bytes(head[:4], "big"), head[4:8], start + 8
        if length == 1:  # the size did not fit in 32 bits
            length, payload = int.from_bytes(head[8:16], "big"), start + 16
        elif length == 0:  # "to the end of the file"
            length = end - start
        if length < payload - start or not kind.strip(b"\0"):
            return
        yield kind, payload, start + length
        start += length


def _find(read: Read, span: tuple[int, int], wanted: bytes) -> Iterator[tuple[int, int]]:
    return ((payload, min(end, span[1])) for kind, payload, end in _boxes(read, *span) if kind == wanted)


def _turn(tkhd: bytes) -> dict[int, int]:
    """Track id and turn from the payload of ``tkhd``; version 1 has 64-bit times, so all behind them lies later."""
    track_at, matrix_at = (20, 52) if tkhd[:1] == b"\1" else (12, 40)
    if len(tkhd) < matrix_at + 36:
        return {}
    (track,) = struct.unpack_from(">I", tkhd, track_at)
    a, b, _, c, d = struct.unpack_from(">5i", tkhd, matrix_at)
    one = 1 << 16
    turn = {(one, 0, 0, one): 0, (0, one, -one, 0): 90, (-one, 0, 0, -one): 180, (0, -one, one, 0): 270}
    return {track: turn.get((a, b, c, d), 0)}


def _segment_end(read: Read) -> int | None:
    """Where the Segment that follows the EBML header claims to end; live recordings do not know."""
    position = 0
    for wanted in (_EBML, _SEGMENT):
        number, id_width = _varint(read(position, 4), keep_marker=True)
        length, width = _varint(read(position + id_width, 8), keep_marker=False)
        if number != wanted or not width:
            return None
        if length == (1 << 7 * width) - 1:  # all ones: unknown
            return None
        position += id_width + width + length
    return position


def _varint(data: bytes, *, keep_marker: bool) -> tuple[int, int]:
    """An EBML number and its width in bytes; width 0 if it is not whole."""
    width = 9 - data[0].bit_length() if data and data[0] else 0
    if not width or len(data) < width:
        return 0, 0
    number = int.from_bytes(data[:width], "big")
    return (number if keep_marker else number & (1 << 7 * width) - 1), width
