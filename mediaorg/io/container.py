"""The door to a media file's own bytes: a look that is bounded, never blocks on a pipe, and tells what is cut."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from typing import Any, Final

from mediaorg.records import Identity
from mediaorg.rules.containers import claimed_size, rotations

__all__ = ["QuickLook", "Unreadable", "identity", "quick_look", "refusal"]

_KINDS: Final = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFDIR: "a folder",
}
_WORDS: Final = {FileNotFoundError: "missing", PermissionError: "permission", NotADirectoryError: "missing"}


class Unreadable(Exception):
    """The file cannot be looked at; its text begins with one word: missing, permission, not_regular, empty, io."""

    def __init__(self, said: str, facts: os.stat_result | None = None) -> None:
        super().__init__(said)
        self.identity = identity(facts) if facts is not None else None


@dataclass(frozen=True, slots=True)
class QuickLook:
    """What a file's own bytes say before any decoder is asked."""

    identity: Identity
    cut: str | None  # "truncated: 1,000 of 2,000 bytes"
    turns: dict[int, int]  # track id -> degrees, MP4 and MOV only


def quick_look(path: str) -> QuickLook:
    """Look at the file of `path` (as the system gives it); a few reads of a few bytes.

    Pipes, devices and sockets are never opened: opening a pipe wakes its writer, who dies of writing to nobody.
    Raises Unreadable.
    """
    with _opened(path) as (descriptor, facts):
        size = facts.st_size

        def read(offset: int, length: int) -> bytes:
            return os.pread(descriptor, length, offset)

        claimed = claimed_size(read, size)
        cut = (
            f"truncated: {size:,} of {claimed:,} bytes"
            if claimed is not None and claimed > size
            else _hole(descriptor, size)
        )
        return QuickLook(identity(facts), cut, rotations(read, size))


def refusal(error: Unreadable) -> dict[str, Any]:
    """The answer of a prober that was not let in."""
    return {"error": str(error)} | ({"identity": astuple(error.identity)} if error.identity else {})


def identity(facts: os.stat_result) -> Identity:
    """Identity of a file as tables and databases hold it: inode and device in 64 bits."""
    return Identity(
        facts.st_size, facts.st_mtime_ns, facts.st_ino & 0xFFFF_FFFF_FFFF_FFFF, facts.st_dev & 0xFFFF_FFFF_FFFF_FFFF
    )


@contextmanager
def _opened(path: str) -> Iterator[tuple[int, os.stat_result]]:
    try:
        _must_be_regular(os.stat(path))  # noqa: PTH116  a str with an undecodable byte is exact here
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise Unreadable(_said(error)) from error
    try:
        facts = os.fstat(descriptor)
        _must_be_regular(facts)  # it may have been swapped since
        yield descriptor, facts
    except OSError as error:
        raise Unreadable(_said(error)) from error
    finally:
        os.close(descriptor)


def _must_be_regular(facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise Unreadable(f"not_regular: {_KINDS.get(stat.S_IFMT(facts.st_mode), 'no file')}", facts)
    if facts.st_size == 0:
        raise Unreadable("empty: 0 bytes", facts)


def _hole(descriptor: int, size: int) -> str | None:
    """A download whose space was reserved is a header and then nothing: its first hole lies before its end."""
    if not hasattr(os, "SEEK_HOLE"):
        return None
    try:
        hole = os.lseek(descriptor, 0, os.SEEK_HOLE)
    except OSError:  # a file system without holes
        return None
    return f"truncated: nothing was written from byte {hole:,} of {size:,}" if hole < size else None


def _said(error: Exception) -> str:
    word = next((word for kind, word in _WORDS.items() if isinstance(error, kind)), "io")
    return f"{word}: {error.strerror if isinstance(error, OSError) and error.strerror else error}"
