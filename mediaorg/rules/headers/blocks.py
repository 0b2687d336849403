"""The first blocks of a Matroska file, by their heads: where the first frame of a track lies."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from mediaorg.rules.headers.ebml import LONGER, head_at
from mediaorg.rules.headers.sounds import Bytes
from mediaorg.rules.headers.window import Unsure, Window

__all__ = ["CLUSTER", "Frames"]

CLUSTER: Final = 0x1F43B675
_MOST_BLOCKS: Final = 400
_MORE_BLOCKS: Final = 4
_MOST_CLUSTERS: Final = 4


class Block(NamedTuple):
    """Where the first frame of a block lies."""

    track: int
    start: int
    end: int
    key: bool
    after: int  # where the block ends


class Frames:
    """First frames of tracks. `numbers` are the tracks there are, `at` is the first cluster, `end` the segment's."""

    def __init__(self, window: Window, at: int, end: int, numbers: set[int]) -> None:
        self.window = window
        self.blocks = _blocks(window, at, end, numbers)
        self.known: dict[int, Block] = {}
        self.after = at

    def first(self, track: int, stripped: bytes = b"", *, key: bool = False) -> Bytes:
        """Bytes of the first frame of a track, fewer where it ends; `stripped` is what every frame lacks in front."""
        while track not in self.known:
            block = next(self.blocks, None)
            if block is None:
                raise Unsure("no frame near")
            self.after = block.after
            self.known.setdefault(block.track, block)
        _, start, end, is_key, _ = self.known[track]
        if key and not is_key:
            raise Unsure("the first frame is no key frame")
        window = self.window

        def frame(at: int, length: int) -> bytes:
            front = stripped[at : at + length]
            place = start + max(0, at - len(stripped))
            length = min(length - len(front), end - place)
            return front + window.at(place, length) if length > 0 else front

        return frame

    def look_on(self) -> None:
        """Look at some more heads of blocks, if they are at hand: a damaged one costs libav all that follow."""
        for _ in range(_MORE_BLOCKS):
            if self.window.base or self.after + 32 > self.window.end:
                return
            block = next(self.blocks, None)
            if block is None:
                return
            self.after = block.after


def _blocks(window: Window, at: int, end: int, numbers: set[int]) -> Iterator[Block]:
    blocks = 0
    for _ in range(_MOST_CLUSTERS):
        if at >= end:
            return
        number, start, length = head_at(window, at)
        if number != CLUSTER or length < 0:
            return
        at, stop = start, start + length
        if stop > end:
            raise Unsure(LONGER)
        while at < stop:
            number, start, length = head_at(window, at)
            if length < 0:
                raise Unsure("an element of unknown size")
            at = start + length
            if at > stop:
                raise Unsure(LONGER)
            blocks += 1
            if blocks > _MOST_BLOCKS:
                return
            if number == 0xA3:
                yield _block(window, start, at, numbers)
            elif number == 0xA0:  # BlockGroup: step inside
                inner = head_at(window, start)
                if inner[0] != 0xA1:
                    raise Unsure("an odd block")
                block = _block(window, inner[1], inner[1] + inner[2], numbers)
                yield block._replace(key=_is_key(window, start, at), after=at)


def _is_key(window: Window, at: int, end: int) -> bool:
    for _ in range(16):
        if at >= end:
            return True
        number, start, length = head_at(window, at)
        if number == 0xFB:  # it refers to another block
            return False
        at = start + length
    return False


def _block(window: Window, start: int, end: int, numbers: set[int]) -> Block:
    head = window.at(start, min(24, end - start))
    if len(head) < 5 or head[0] < 0x40:
        raise Unsure("an odd block")
    width = 1 if head[0] >= 0x80 else 2
    track = head[0] & 0x7F if width == 1 else int.from_bytes(head[:2], "big") & 0x3FFF
    if track not in numbers:
        raise Unsure("an odd block")
    flags = head[width + 2]
    begin, stop = start + width + 3, end
    if lacing := flags >> 1 & 3:
        skipped, size = _lace(head, width + 3, lacing, end - start)
        begin, stop = start + skipped, start + skipped + size
        if stop > end:
            raise Unsure("an odd block")
    return Block(track, begin, stop, bool(flags & 0x80), end)


def _lace(head: bytes, at: int, lacing: int, length: int) -> tuple[int, int]:
    """Where the first of several frames in a block begins, and its size."""
    count = head[at] + 1
    at += 1
    if lacing == 2:
        return at, (length - at) // count
    if lacing == 1 or count > 16:
        raise Unsure("laced frames")
    sizes = at
    first = 0
    for index in range(count - 1):
        width = 9 - head[sizes].bit_length()
        if not index:
            first = int.from_bytes(head[sizes : sizes + width], "big") & (1 << 7 * width) - 1
        sizes += width
    if sizes > len(head):
        raise Unsure("laced frames")
    return (sizes, first) if count > 1 else (at, length - at)
