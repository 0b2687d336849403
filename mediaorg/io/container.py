"""The door to a media file's own bytes: a look that is bounded, and never at what is no file."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from mediaorg.records import Identity

__all__ = ["FORMATS", "Opened", "Unreadable", "identity", "opened", "regular"]

# What libav and ffprobe may take a file for: containers that hold their own pictures. A playlist or a script (HLS, DASH,
# ffconcat) named x.mkv would be answered with the streams of the files it names, and a GIF is no film.
FORMATS: Final = (
    "matroska,mov,avi,mpegts,asf,flv,ogg,mpeg,rm,mxf,dv,mpegvideo,h264,hevc,m4v,nut,wtv,nsv,ivf,yuv4mpegpipe"
)
_KINDS: Final = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFDIR: "a folder",
}
_MOST_HOLES: Final = 10_000
_PIECE: Final = 1 << 16  # byte
_WORDS: Final = {FileNotFoundError: "missing", PermissionError: "permission", NotADirectoryError: "missing"}


class Unreadable(Exception):
    """The file cannot be looked at; its text begins with one word: missing, permission,
    not_regular, empty, io; from a prober also not_video."""

    def __init__(self, said: str, facts: os.stat_result | None = None) -> None:
        super().__init__(said)
        self.identity = identity(facts) if facts is not None else None


@dataclass(frozen=True, slots=True)
class Opened:
    """A regular file that is open: `read(offset, size)` gives fewer bytes at its end."""

    identity: Identity
    descriptor: int

    def read(self, offset: int, size: int) -> bytes:
        """Read at a place, without a position that others could move."""
        return os.pread(self.descriptor, size, offset)

    def holes(self) -> list[tuple[int, int]]:
        """Where nothing is kept, from byte to byte: what was never written, and zeros nobody had to write."""
        found: list[tuple[int, int]] = []
        at, size = 0, self.identity.size
        if hasattr(os, "SEEK_HOLE"):
            with suppress(OSError):  # a file system without holes
                while at < size and len(found) < _MOST_HOLES:
                    hole = os.lseek(self.descriptor, at, os.SEEK_HOLE)
                    if hole >= size:
                        break
                    at = self._data_after(hole)
                    found.append((hole, at))
        return found

    def _data_after(self, hole: int) -> int:
        try:
            return os.lseek(self.descriptor, hole, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:  # none
                return self.identity.size
            raise

    def zeros_at_end(self, most: int) -> tuple[int, int]:
        """The zeros the file ends with, from byte to byte; no more than `most` are looked at, and a piece."""
        end = at = self.identity.size
        while at > 0 and end - at < most:
            begin = max(0, at - _PIECE)
            kept = len(self.read(begin, at - begin).rstrip(b"\0"))
            at = begin + kept
            if kept:
                break
        return at, end


@contextmanager
def opened(path: str, *, empty: bool = False) -> Iterator[Opened]:
    """Open the file of `path` (as the system gives it) for bounded reads; one without content only if it may be `empty`.

    Pipes, devices and sockets are never opened: opening a pipe wakes its writer, who dies of writing to nobody.
    Raises Unreadable, also for what fails while it is open.
    """
    try:
        _must_be_regular(os.stat(path), empty=empty)  # noqa: PTH116  a str with an undecodable byte is exact here
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise Unreadable(_said(error)) from error
    try:
        facts = os.fstat(descriptor)
        _must_be_regular(facts, empty=empty)  # it may have been swapped since
        yield Opened(identity(facts), descriptor)
    except OSError as error:
        raise Unreadable(_said(error)) from error
    finally:
        os.close(descriptor)


def regular(path: str) -> Identity:
    """Who the regular file at `path` (or where it leads) is, without opening it. Raises Unreadable."""
    try:
        facts = os.stat(path)  # noqa: PTH116
        _must_be_regular(facts, empty=True)
    except (OSError, ValueError) as error:
        raise Unreadable(_said(error)) from error
    return identity(facts)


def identity(facts: os.stat_result) -> Identity:
    """Identity of a file as tables and databases hold it: inode and device in 64 bits."""
    return Identity(
        facts.st_size, facts.st_mtime_ns, facts.st_ino & 0xFFFF_FFFF_FFFF_FFFF, facts.st_dev & 0xFFFF_FFFF_FFFF_FFFF
    )


def _must_be_regular(facts: os.stat_result, *, empty: bool) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise Unreadable(f"not_regular: {_KINDS.get(stat.S_IFMT(facts.st_mode), 'no file')}", facts)
    if facts.st_size == 0 and not empty:
        raise Unreadable("empty: 0 bytes", facts)


def _said(error: Exception) -> str:
    word = next((word for kind, word in _WORDS.items() if isinstance(error, kind)), "io")
    return f"{word}: {error.strerror if isinstance(error, OSError) and error.strerror else error}"
