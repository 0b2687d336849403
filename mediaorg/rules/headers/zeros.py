"""Whether zeros are the file's own, or stand where something was never written.

A file may be full of holes and whole: copied with ``cp --sparse``, dug by ``fallocate -d`` or kept on ZFS, whatever was
a page of zeros is a hole. Silence in PCM is zeros, so is black in raw pictures, and so is space kept free for an index.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from mediaorg.rules.headers import avi, matroska, mp4
from mediaorg.rules.headers.boxes import Span
from mediaorg.rules.headers.chunks import chunks_of
from mediaorg.rules.headers.room import Room
from mediaorg.rules.headers.window import DAMAGED, Read, Unsure, Window

__all__ = ["unwritten"]

_PAGE: Final = 4096  # byte
_NEVER: Final = 64  # zeros in a row that no frame of a codec begins with
_PATIENCE: Final = 1 << 20  # byte; no block of PCM, no padding between frames is as long
_RAW_PICTURE: Final = 1 << 26  # byte; a black one
# Codecs of MP4 whose frames are never zeros; lpcm, sowt, twos, raw and their like are.
_CODED: Final = frozenset(
    b"avc1 avc2 avc3 avc4 hvc1 hev1 dvh1 dvhe dva1 dvav av01 vp08 vp09 mp4v s263 h263 mjpa mjpb jpeg apch apcn apcs apco"
    b" ap4h ap4x AVdn AVdh mp4a ac-3 ec-3 Opus fLaC alac samr sawb .mp3".split()
)

_Missing: TypeAlias = Callable[[int, int], bool]


def unwritten(read: Read, size: int, zeros: Sequence[Span]) -> int | None:
    """Where the first of `zeros`, spans of nothing but zeros, begins that stands in place of pictures or sounds.

    None if they all may be the file's own. Zeros up to the end count unless the container says otherwise; others only
    where it says beyond doubt that a frame must lie there.
    """
    try:
        missing = _missing(Window(read, size))
    except (Unsure, *DAMAGED):
        missing = _to_the_end(size)
    return next((begin for begin, end in zeros if missing(begin, end)), None)


def _missing(window: Window) -> _Missing:
    head = window.data[:12]
    if head[4:8] in mp4.STARTS:
        return _in_mp4(window)
    if head[:4] == matroska.MAGIC:
        return _in_blocks(window, matroska.room(window))
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return _in_blocks(window, avi.room(window))
    return _to_the_end(window.size)


def _to_the_end(size: int) -> _Missing:
    return lambda _, end: end > size - _PAGE


def _in_mp4(window: Window) -> _Missing:
    layout = mp4.Layout(window)
    if layout.moov is None:
        return _to_the_end(window.size)
    tracks = chunks_of(window, layout)
    coded = [track for track in tracks if track.form in _CODED]
    starts = sorted(start for track in coded for start in track.starts)
    lasts = [(track.starts[-1], track.end) for track in coded if track.starts]
    in_doubt = not starts and len(coded) == len(tracks)  # in fragments, or the tables cannot be read

    def missing(begin: int, end: int) -> bool:
        if in_doubt:
            hung_on = end - max(begin, layout.claimed or 0)
            return end > window.size - _PAGE and (not _beyond(begin, layout.filled) or hung_on > _PATIENCE)
        at = bisect_left(starts, begin)
        begun = at < len(starts) and starts[at] + _NEVER <= end
        return begun or any(min(end, b) - max(begin, a) >= _PAGE for a, b in lasts)

    return missing


def _beyond(begin: int, end: int) -> bool:
    """Whether zeros are padding, or what somebody hung on; a container's own last bytes may be some."""
    return end - begin < _PAGE


def _in_blocks(window: Window, room: Room) -> _Missing:
    """In a file whose every block has a head of its own: zeros are never longer than one block."""
    longest = _RAW_PICTURE if room.raw_pictures else _PATIENCE if room.raw_sounds else 0

    def missing(begin: int, end: int) -> bool:
        if room.end is not None and _beyond(begin, room.end):
            return False
        if end > window.size - _PAGE:
            return end - begin > longest and not matroska.is_void(window, begin, room.end or window.size)
        return room.media is not None and begin >= room.media and end - begin > max(longest, _PATIENCE)

    return missing
