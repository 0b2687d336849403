"""The door to what a file holds, all of it: its hash, of three pieces or of the whole, one bounded read after the other."""

import os
from collections.abc import Generator, Iterator
from dataclasses import asdict
from typing import Final

from mediaorg.io.container import Opened, Unreadable, identity, opened
from mediaorg.io.disk import difference, hasher
from mediaorg.records import Identity

__all__ = ["Hashing", "hashing", "is_small", "length"]

Hashing = Generator[int, None, str]  # the bytes of each read; at the end, the hash in hex

_PIECE: Final = 1 << 16  # byte; three of them tell two videos of a size apart, headers and indexes alike or not
_STEP: Final = 1 << 18  # byte; larger ones leave the processor's cache


def is_small(size: int) -> bool:
    """Whether a file of `size` [byte] has no pieces: it is read whole at once."""
    return size <= 3 * _PIECE


def length(size: int, *, whole: bool) -> int:
    """How much of a file of `size` is read for its hash [byte].

    >>> length(10_000_000_000, whole=False), length(1_000, whole=False)
    (196608, 1000)
    """
    return size if whole or is_small(size) else 3 * _PIECE


def hashing(path: str, who: Identity, *, whole: bool) -> Hashing:
    """Hash the file of `path`, which should be `who`: each step reads a little and gives its bytes; the hash comes last.

    whole: all of it, or three pieces of 64 KiB (beginning, middle, end) with its size. A small file is read whole.
    Whatever is no regular file is never opened. Raises Unreadable, with the word "changed" where the file is another than
    `who`, or becomes another while it is read.
    """
    with opened(path, empty=True) as file:
        _must_be(who, file.identity, "")
        _advise(file, whole=whole)
        digest = hasher()
        if not whole and not is_small(who.size):
            digest.update(who.size.to_bytes(8, "little"))  # zeros of two lengths have the same pieces
        for at, count in _spans(who.size, whole=whole):
            piece = file.read(at, count)
            if len(piece) < count:
                raise Unreadable("changed: it became shorter while it was read")
            digest.update(piece)
            yield count
            _must_be(who, identity(os.fstat(file.descriptor)), " while it was read")
        return str(digest.hexdigest())


def _must_be(who: Identity, now: Identity, when: str) -> None:
    if now != who:
        raise Unreadable(f"{difference(now, **asdict(who))}{when}")


def _spans(size: int, *, whole: bool) -> Iterator[tuple[int, int]]:
    """Where is read how much."""
    if whole or is_small(size):
        yield from ((at, min(_STEP, size - at)) for at in range(0, size, _STEP))
    else:
        yield from ((at, _PIECE) for at in (0, (size - _PIECE) // 2, size - _PIECE))


def _advise(file: Opened, *, whole: bool) -> None:
    """Let the system read far ahead, or, of pieces, nothing that is not asked for."""
    if hasattr(os, "posix_fadvise"):
        how = os.POSIX_FADV_SEQUENTIAL if whole or is_small(file.identity.size) else os.POSIX_FADV_RANDOM
        os.posix_fadvise(file.descriptor, 0, 0, how)
