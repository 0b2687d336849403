"""The door to the cache of thumbnails: SQLite, keyed by what identifies a file's content and by how it was looked at.

As with the cache of probe answers, it is never the only copy of anything: one that is broken, locked or in the way costs
time and a warning. It keeps the newest pictures, some hundred megabytes of them.
"""

import logging
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple, Self

from mediaorg.io.databases import PATIENCE, Forgettable, signed
from mediaorg.io.places import pictures_file
from mediaorg.schema import given_path

__all__ = ["Picture", "Pictures"]

_log: Final = logging.getLogger("mediaorg")
_VERSION: Final = 1  # raised when pictures are taken in another way
_MOST: Final = 30_000  # pictures of some 15 kB
_BROKEN: Final = (sqlite3.Error, ValueError, TypeError)
_JPEG: Final = b"\xff\xd8\xff"
_TABLE: Final = """
    CREATE TABLE IF NOT EXISTS picture (
        size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL, device INTEGER NOT NULL,
        how TEXT NOT NULL, jpeg BLOB, error TEXT,
        UNIQUE (inode, device, size, mtime_ns, how)
    )
"""
_READ: Final = (
    "SELECT jpeg, error FROM picture WHERE size = ? AND mtime_ns = ? AND inode = ? AND device = ? AND how = ?"
)
_WRITE: Final = "INSERT OR REPLACE INTO picture VALUES (?, ?, ?, ?, ?, ?, ?)"
_FORGET: Final = "DELETE FROM picture WHERE rowid <= (SELECT max(rowid) FROM picture) - ?"


class Picture(NamedTuple):
    """A JPEG, or why there is none."""

    jpeg: bytes | None
    error: str | None


class Pictures(Forgettable):
    """Thumbnails: ``with Pictures.open(True) as pictures: pictures.read(...); pictures.write(...)``."""

    named = "the cache of pictures"

    def __init__(self, connection: sqlite3.Connection | None, most: int = _MOST) -> None:
        super().__init__(connection)
        self._most = most

    @classmethod
    def open(cls, where: bool | str | os.PathLike[str], *, most: int = _MOST) -> Self:
        """Open the user's (True), one at a path, or none (False); of more than `most` pictures the oldest are forgotten."""
        if where is False:
            return cls(None)
        file = pictures_file() if where is True else given_path(where, "the cache")
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            return cls(_connected(file), most)
        except (*_BROKEN, OSError) as error:
            _log.warning(
                "the pictures %s cannot be kept (%s); going on without; delete the file to begin anew", file, error
            )
        return cls(None)

    def read(self, asked: Mapping[int, Sequence[int]], how: str) -> dict[int, Picture]:
        """What is known of `asked`, places with the fields of Identity, as looked at in the way `how` says."""
        if self._connection is None:
            return {}
        found: dict[int, Picture] = {}
        try:
            for place, who in asked.items():
                row = self._connection.execute(_READ, (*map(signed, who), how)).fetchone()
                if row is not None and _is_sound(*row):
                    found[place] = Picture(*row)
        except _BROKEN as error:
            self._give_up(error)
        return found

    def write(self, taken: Iterable[tuple[Sequence[int], Picture]], how: str) -> None:
        """Keep what was `taken`, each with whose it is, in one transaction."""
        if self._connection is None:
            return
        try:
            with self._connection:
                self._connection.executemany(_WRITE, [(*map(signed, who), how, *picture) for who, picture in taken])
                self._connection.execute(_FORGET, (self._most,))
        except _BROKEN as error:
            self._give_up(error)


def _connected(file: Path) -> sqlite3.Connection:
    # Used from one thread at a time, and not always the same: see io.loop.in_thread.
    connection = sqlite3.connect(file, timeout=PATIENCE, check_same_thread=False)
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            connection.execute("PRAGMA journal_mode = WAL")
            with connection:
                connection.execute("DROP TABLE IF EXISTS picture")
                connection.execute(_TABLE)
                connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may cost pictures: they can be had again
        connection.execute("SELECT jpeg, error FROM picture LIMIT 1")  # a damaged file says so here
    except BaseException:
        connection.close()
        raise
    return connection


def _is_sound(jpeg: object, error: object) -> bool:
    """Whether a row is what `write` wrote: a damaged file may hold anything."""
    if error is None:
        return isinstance(jpeg, bytes) and jpeg.startswith(_JPEG)
    return jpeg is None and isinstance(error, str)
