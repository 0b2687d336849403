"""The door to the cache of probe answers: SQLite, keyed by what identifies a file's content, not by its name.

It is never the only copy of anything: a cache that is broken, locked or in the way costs time and a warning, no run.
"""

import json
import logging
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from mediaorg.io.places import cache_file
from mediaorg.records import Identity, Probe

__all__ = ["Cache"]

_log: Final = logging.getLogger("mediaorg")
_VERSION: Final = 1  # raised when a column changes its meaning: the old rows are dropped
_COLUMNS: Final = tuple(field.name for field in fields(Probe))
_LISTS: Final = ("audio_languages", "subtitle_languages")
_KEYS: Final = ("size", "mtime_ns", "inode", "device")
_AT_ONCE: Final = 400  # rows asked for in one statement


class Cache:
    """Probe answers by identity: ``with Cache.open(True) as cache: cache.read([...]); cache.write([...])``."""

    def __init__(self, connection: sqlite3.Connection | None) -> None:
        self._connection = connection

    @classmethod
    def open(cls, where: bool | str | Path) -> Self:
        """Open the user's cache (True), one at a path, or none (False)."""
        if where is False:
            return cls(None)
        file = cache_file() if where is True else Path(where)
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            return cls(_connected(file))
        except (sqlite3.Error, OSError) as error:
            _log.warning(
                "the cache %s cannot be used (%s); probing without it. Delete it to begin a new one", file.name, error
            )
            return cls(None)

    def read(self, identities: Iterable[Identity]) -> dict[Identity, Probe]:
        """Give what is known of `identities`; what is not known is not in the answer."""
        known: dict[Identity, Probe] = {}
        wanted = list(dict.fromkeys(identities))
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            marks = ",".join(["(?,?,?,?)"] * len(some))
            rows = self._do(
                f"SELECT {','.join((*_KEYS, *_COLUMNS))} FROM probe WHERE ({','.join(_KEYS)}) IN (VALUES {marks})",  # noqa: S608  names and marks are ours
                [number for identity in some for number in _signed(identity)],
            )
            known |= {_identity(row[:4]): _probe(row[4:]) for row in rows}
        return known

    def write(self, answers: Mapping[Identity, Probe]) -> None:
        """Keep `answers`, in one transaction."""
        if self._connection is None or not answers:
            return
        marks = ",".join("?" * (len(_KEYS) + len(_COLUMNS)))
        rows = [(*_signed(identity), *_cells(probe)) for identity, probe in answers.items()]
        try:
            with self._connection:
                self._connection.executemany(f"INSERT OR REPLACE INTO probe VALUES ({marks})", rows)  # noqa: S608
        except sqlite3.Error as error:
            self._give_up(error)

    def _do(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        if self._connection is None:
            return []
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            self._give_up(error)
            return []

    def _give_up(self, error: Exception) -> None:
        _log.warning("the cache failed (%s); going on without it", error)
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _connected(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=10, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(
            "PRAGMA synchronous = NORMAL"
        )  # a power cut may cost the last answers, which can be had again
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                connection.execute("DROP TABLE IF EXISTS probe")
                connection.execute(f"PRAGMA user_version = {_VERSION}")
            connection.execute(
                f"CREATE TABLE IF NOT EXISTS probe ({','.join((*_KEYS, *_COLUMNS))}, PRIMARY KEY ({','.join(_KEYS)})) WITHOUT ROWID"
            )
        connection.execute("SELECT count(*) FROM (SELECT 1 FROM probe LIMIT 1)")  # a damaged file says so here
    except BaseException:
        connection.close()
        raise
    return connection


def _signed(identity: Identity) -> tuple[int, ...]:
    """SQLite counts in signed 64 bits; an inode may have the top bit set."""
    numbers = (identity.size, identity.mtime_ns, identity.inode, identity.device)
    return tuple(number - (1 << 64) if number >= 1 << 63 else number for number in numbers)


def _identity(row: Sequence[int]) -> Identity:
    return Identity(row[0], row[1], row[2] % (1 << 64), row[3] % (1 << 64))


def _cells(probe: Probe) -> tuple[Any, ...]:
    return tuple(
        json.dumps(cell) if isinstance(cell, tuple) else cell for cell in (getattr(probe, n) for n in _COLUMNS)
    )


def _probe(row: Sequence[Any]) -> Probe:
    cells = dict(zip(_COLUMNS, row, strict=True))
    for name in _LISTS:
        cells[name] = None if cells[name] is None else tuple(json.loads(cells[name]))
    cells["playable"] = None if cells["playable"] is None else bool(cells["playable"])
    return Probe(**cells)
