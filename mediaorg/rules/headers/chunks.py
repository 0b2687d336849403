"""Where the samples of an MP4 lie by its tables: read in doubt alone, for they may be long."""

import struct
from typing import Final, NamedTuple

from mediaorg.rules.headers.boxes import Span, boxes_in, by_kind, whole
from mediaorg.rules.headers.mp4 import Layout
from mediaorg.rules.headers.window import DAMAGED, Unsure, Window

__all__ = ["Chunks", "chunks_of", "claimed_size"]

_LONGEST: Final = 1 << 20  # byte; of a table
_MEDIA: Final = (b"vide", b"soun")


class Chunks(NamedTuple):
    """The chunks of one track of pictures or sounds."""

    form: bytes  # how its samples are coded
    starts: tuple[int, ...]
    end: int  # of the last of them


def chunks_of(window: Window, layout: Layout) -> list[Chunks]:
    """The chunks of every track whose tables can be read; none of a file in fragments."""
    found: list[Chunks] = []
    if layout.moov is None:
        return found
    try:
        tracks = [(start, end) for kind, start, end in boxes_in(window, *layout.moov) if kind == b"trak"]
    except (Unsure, *DAMAGED):
        return found
    for track in tracks:
        try:
            chunks = _chunks(window, track)
        except (Unsure, *DAMAGED):
            continue
        if chunks is not None:
            found.append(chunks)
    return found


def claimed_size(window: Window, layout: Layout) -> int | None:
    """Where a file whose last box names no size must reach to hold its last sample."""
    return max([layout.claimed or 0, *(chunks.end for chunks in chunks_of(window, layout) if chunks.starts)])


def _chunks(window: Window, track: Span) -> Chunks | None:
    mdia = by_kind(window, by_kind(window, track)[b"mdia"])
    if window.at(mdia[b"hdlr"][0] + 8, 4) not in _MEDIA:
        return None
    tables = by_kind(window, by_kind(window, mdia[b"minf"])[b"stbl"])
    form = window.at(tables[b"stsd"][0] + 12, 4)
    width = 8 if b"co64" in tables else 4
    start, end = tables[b"co64" if width == 8 else b"stco"]
    table, count = whole(window, (start, end), _LONGEST), window.u32(start + 4)
    starts = struct.unpack_from(f">{count}{'Q' if width == 8 else 'I'}", table, 8)
    return Chunks(form, starts, starts[-1] + _last_size(window, tables) if starts else 0)


def _last_size(window: Window, tables: dict[bytes, Span]) -> int:
    """How long the last chunk is."""
    start, _ = tables[b"stsc"]
    runs = window.u32(start + 4)
    inside = window.u32(start + 8 + 12 * (runs - 1) + 4)
    start, end = tables[b"stsz"]
    each, count = window.u32(start + 4), window.u32(start + 8)
    inside = min(inside, count, _LONGEST // 4)
    if each:
        return each * inside
    return sum(struct.unpack(f">{inside}I", window.at(end - 4 * inside, 4 * inside)))
