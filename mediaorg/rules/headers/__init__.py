"""What a container's own headers tell, read in a few KiB: the whole row of a probe, or why another must be asked.

Pure functions over `read(offset, size) -> bytes`, which gives fewer bytes at the end of the file. The law: a header may
decline, it may never be wrong, hang or raise. Every read is at a computed place, bounded and counted; nothing is
allocated by a number found in a file.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from mediaorg.records import Probe
from mediaorg.rules.headers import avi, chunks, matroska, mp4
from mediaorg.rules.headers.window import DAMAGED, Read, Sides, Unsure, Window
from mediaorg.rules.headers.zeros import unwritten
from mediaorg.rules.probe_row import probe_row

__all__ = ["Header", "Sides", "read_header", "unwritten"]


@dataclass(frozen=True, slots=True)
class Header:
    """What a header tells of its file."""

    probe: Probe | None = None  # the whole row, if certain of every field
    why: str = ""  # why there is none, in a few words
    cut: str | None = None  # "truncated: …" where the container claims more than the file holds
    sides: Sides = field(default_factory=dict)  # where there is no row: what libav in-process does not tell of a track
    media_last: bool = False  # the file's last bytes are pictures or sounds, or an index of them: never all zeros


def read_header(read: Read, size: int, *, for_libav: bool = False) -> Header:
    """Read the header of a file of `size` bytes by `read`; `for_libav` adds `sides` also where there is a row.

    >>> file = b"RIFF" + (1000).to_bytes(4, "little") + b"AVI LIST"
    >>> header = read_header(lambda offset, length: file[offset:offset + length], len(file))
    >>> header.cut, header.why
    ('truncated: 16 of 1,008 bytes', 'cut')
    """
    try:
        window = Window(read, size)
        claimed, tell, sides, last = _container(window)
    except Unsure as unsure:
        return Header(why=str(unsure))
    cut = f"truncated: {size:,} of {claimed:,} bytes" if claimed is not None and claimed > size else None
    try:
        return Header(_row(tell(), size), "", cut, sides() if for_libav else {}, last)
    except Unsure as unsure:
        return Header(None, str(unsure), cut, sides(), last)
    except DAMAGED:
        return Header(None, "a damaged header", cut, sides(), last)


_Container: TypeAlias = tuple[int | None, Callable[[], dict[str, Any]], Callable[[], Sides], bool]


def _container(window: Window) -> _Container:
    """What the container claims [byte], who tells the row, who the side data of a file that is not understood, and
    whether media come last."""
    head = window.data[:12]
    if head[4:8] in mp4.STARTS:
        layout = mp4.Layout(window)
        claimed = chunks.claimed_size(window, layout) if layout.open_ended else layout.claimed
        return claimed, lambda: mp4.answer(window, layout), lambda: mp4.sides(window, layout), layout.media_last
    if head[:4] == matroska.MAGIC:
        return matroska.claimed_size(window), lambda: matroska.answer(window), lambda: matroska.sides(window), True
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return avi.claimed_size(window), lambda: avi.answer(window), dict, True
    raise Unsure("not a container that is read here")


def _row(answer: dict[str, Any], size: int) -> Probe:
    form = answer["format"]
    if not answer["streams"]:
        raise Unsure("no streams")
    if form["duration"] > 0:
        form["bit_rate"] = int(size * 8 / form["duration"])
    return probe_row(answer)
