"""The door to the cache of probe answers and hashes: SQLite, keyed by what identifies a file's content, not by its name.

It is never the only copy of anything: a cache that is broken, locked or in the way costs time and a warning, no run.
"""

import hashlib
import json
import logging
import os
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Self, TypeAlias, get_args

from mediaorg.io.databases import PATIENCE, Forgettable, signed
from mediaorg.io.places import cache_file
from mediaorg.records import IDENTITY, Probe
from mediaorg.schema import given_path

__all__ = ["Answer", "Cache", "Hashed", "Numbers", "Row"]

Row: TypeAlias = Sequence[Any]  # the fields of Probe, in their order
Numbers: TypeAlias = tuple[int, int, int, int]  # the fields of Identity, in their order

_log: Final = logging.getLogger("mediaorg")
_VERSION: Final = 2  # raised when a column changes its meaning: the old rows are dropped
_COLUMNS: Final = Probe._fields
_LISTS: Final = (1 + _COLUMNS.index("audio_languages"), 1 + _COLUMNS.index("subtitle_languages"))  # after the place
_MADE: Final = 1 + _COLUMNS.index("creation_time")
_YESNOS: Final = (1 + _COLUMNS.index("playable"),)
# A damaged file may hold anything: text that is no UTF-8, no JSON, or stands where a number should.
_BROKEN: Final = (sqlite3.Error, ValueError, TypeError)
_ASK: Final = "INSERT INTO asked VALUES (?, ?, ?, ?, ?, ?)"
_HASHES: Final = ("pieces", "whole")


def _table(name: str, columns: Sequence[str]) -> str:
    return f"""
    CREATE TABLE IF NOT EXISTS {name} (
        {", ".join(f"{key} INTEGER NOT NULL" for key in IDENTITY)},
        path INTEGER NOT NULL UNIQUE,
        {", ".join(columns)},
        PRIMARY KEY ({", ".join(reversed(IDENTITY))})
    ) WITHOUT ROWID
"""


_TABLES: Final = {
    "probe": _table("probe", ["integrity INTEGER NOT NULL", *_COLUMNS]),
    "hashes": _table("hashes", _HASHES),
}


def _reads(name: str, columns: Sequence[str], where: str) -> tuple[str, str]:
    """How a table is joined with what is asked: by content, and by path.

    A disk may have another number after the next start of the machine, and so may every inode on a network mount. On the
    same disk another inode is another file: one that was put in its place, of the same size and time, as rsync does.
    """
    cells = ", ".join(f"{name}.{column}" for column in columns)
    by_content = " AND ".join(f"{name}.{key} = asked.{key}" for key in IDENTITY)
    by_path = " AND ".join(f"{name}.{key} = asked.{key}" for key in ("path", "size", "mtime_ns"))
    read = f"SELECT asked.place, {cells} FROM asked CROSS JOIN {name} ON {{}} WHERE {where}"  # noqa: S608  names are ours
    return read.format(by_content), read.format(f"{by_path} AND {name}.device != asked.device")


_PROBE_READS: Final = _reads("probe", _COLUMNS, "probe.integrity >= ? AND (? = '' OR probe.probed_by GLOB ? || '*')")
_HASH_READS: Final = _reads("hashes", _HASHES, "TRUE")
_HASH: Final = re.compile(r"[0-9a-f]{32}").fullmatch


def _held(field: str) -> set[type]:
    """What a sound cell of a field is in SQLite."""
    kinds = set(get_args(Probe.__annotations__[field]))
    if bool in kinds:
        return {int, type(None)}
    if float in kinds:
        return {float, int, type(None)}
    return kinds if kinds & {int, str} else {str, type(None)}  # a list is JSON


_HELD: Final = [_held(field) for field in _COLUMNS]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: whose it is, under which path (as the system gives it), how deep the look went, and the row."""

    identity: Numbers
    path: str
    integrity: int
    row: Row


@dataclass(frozen=True, slots=True)
class Hashed:
    """The hashes of one file, None where it has not been read so far: whose they are, and under which path."""

    identity: Numbers
    path: str
    pieces: str | None
    whole: str | None


class Cache(Forgettable):
    """Probe answers: ``with Cache.open(True) as cache: cache.read([...]); cache.write([...])``, and hashes likewise."""

    named = "the cache"

    @classmethod
    def open(cls, where: bool | str | os.PathLike[str]) -> Self:
        """Open the user's cache (True), one at a path, or none (False)."""
        if where is False:
            return cls(None)
        file = cache_file() if where is True else given_path(where, "the cache")
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            return cls(_connected(file))
        except _BROKEN as error:
            _log.warning("the cache %s cannot be used (%s); going on without it%s", file, error, _mend(error))
        except OSError as error:
            _log.warning("the cache %s cannot be used (%s); going on without it", file, error.strerror or error)
        return cls(None)

    def read(
        self, asked: Sequence[tuple[int, Numbers, str]], *, integrity: int = 0, by: str = ""
    ) -> list[tuple[Any, ...]]:
        """Give what is known of `asked`, each a place with who is there under which path, as columns.

        The first column is the places, the others are the fields of Probe; no columns where nothing is known.
        integrity: how deep a look must have gone at least. by: how `probed_by` must begin.
        """
        if self._connection is None or not asked:
            return []
        try:
            return _read(self._known(_PROBE_READS, asked, (integrity, by, by)))
        except _BROKEN as error:
            self._give_up(error, _mend(error))
            return []

    def write(self, answers: Sequence[Answer]) -> None:
        """Keep `answers`, in one transaction; a path has one answer, the newest."""
        if self._connection is not None:
            self._put("probe", [(*_signed(a.identity), _key(a.path), a.integrity, *_stored(a.row)) for a in answers])

    def read_hashes(self, asked: Sequence[tuple[int, Numbers, str]]) -> dict[int, tuple[str | None, str | None]]:
        """Give the hashes that are known of `asked`, as in `read`: its place -> of pieces, and of the whole."""
        if self._connection is None or not asked:
            return {}
        try:
            return {place: _sound(hashes) for place, *hashes in self._known(_HASH_READS, asked, ())}
        except _BROKEN as error:
            self._give_up(error, _mend(error))
            return {}

    def write_hashes(self, hashed: Sequence[Hashed]) -> None:
        """Keep `hashed`, in one transaction; a path has the newest."""
        if self._connection is not None:
            self._put("hashes", [(*_signed(h.identity), _key(h.path), h.pieces, h.whole) for h in hashed])

    def _known(
        self, reads: tuple[str, str], asked: Sequence[tuple[int, Numbers, str]], wanted: tuple[Any, ...]
    ) -> list[tuple[Any, ...]]:
        by_content, by_path = reads
        with self._turn:
            known = self._joined(by_content, [(place, *who, None) for place, who, _ in asked], wanted)
            if len(known) < len(asked):
                found = {row[0] for row in known}
                rest = [(place, *who, _key(path)) for place, who, path in asked if place not in found]
                known += self._joined(by_path, rest, wanted)
        return known

    def _put(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if not rows:
            return
        marks = ",".join("?" * len(rows[0]))
        try:
            with self._turn:
                if self._connection is None:
                    return
                with self._connection:
                    self._connection.execute("BEGIN IMMEDIATE")
                    self._connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)  # noqa: S608
        except sqlite3.Error as error:
            self._give_up(error, _mend(error))

    def _joined(self, statement: str, asked: list[tuple[Any, ...]], wanted: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        assert self._connection is not None
        with self._connection:
            self._connection.execute("BEGIN")
            self._connection.execute("DELETE FROM asked")
            try:
                self._connection.executemany(_ASK, asked)
            except OverflowError:
                self._connection.execute("DELETE FROM asked")
                self._connection.executemany(_ASK, [(row[0], *_signed(row[1:5]), row[5]) for row in asked])
            return self._connection.execute(statement, wanted).fetchall()


def _mend(error: Exception) -> str:
    """What to do about it; one that is merely locked, or a folder, is an OperationalError."""
    return "" if isinstance(error, sqlite3.OperationalError) else ". Delete it to begin a new one"


def _read(known: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows as columns, with their cells as a Probe has them; raises ValueError for a cell that cannot be right."""
    columns = list(zip(*known, strict=True))
    for name, held, cells in zip(_COLUMNS, _HELD, columns[1:], strict=bool(known)):
        if not set(map(type, cells)) <= held:
            raise ValueError(f"it is damaged: the column {name} holds what it cannot")
    for made in columns[_MADE] if known else ():
        if made is not None:
            datetime.fromisoformat(made)
    for at in _LISTS if known else ():
        columns[at] = tuple(map(_languages, columns[at]))
    for at in _YESNOS if known else ():
        columns[at] = tuple(None if cell is None else bool(cell) for cell in columns[at])
    return columns


def _sound(hashes: Sequence[Any]) -> tuple[str | None, str | None]:
    if not all(cell is None or (isinstance(cell, str) and _HASH(cell)) for cell in hashes):
        raise ValueError("it is damaged: no hash where one should be")
    pieces, whole = hashes
    return pieces, whole


def _connected(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=PATIENCE, check_same_thread=False, isolation_level=None)
    try:
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(
            "PRAGMA synchronous = NORMAL"
        )  # a power cut may cost the last answers: they can be had again
        if _not_ours(connection):
            connection.execute("PRAGMA journal_mode = WAL")
            _begin_anew(connection)
        connection.execute(f"CREATE TEMP TABLE asked (place, {', '.join(IDENTITY)}, path)")
        for table in _TABLES:  # a damaged file says so here
            connection.execute(f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 1)")  # noqa: S608
    except BaseException:
        connection.close()
        raise
    return connection


def _not_ours(connection: sqlite3.Connection) -> list[str]:
    """The tables that are not of this version, and of the shape that goes with it."""
    if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
        return list(_TABLES)
    made = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall())
    return [name for name, table in _TABLES.items() if _shape(made.get(name)) != _shape(table)]


def _shape(table: Any) -> list[str]:
    return str(table).partition("(")[2].split()


def _begin_anew(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for name in _not_ours(connection):  # none, where another process was faster
        connection.execute(f"DROP TABLE IF EXISTS {name}")
        connection.execute(_TABLES[name])
    connection.execute(f"PRAGMA user_version = {_VERSION}")
    connection.execute("COMMIT")


def _signed(who: Sequence[int]) -> Numbers:
    size, mtime_ns, inode, device = who
    return size, mtime_ns, signed(inode), signed(device)


def _key(path: str) -> int:
    """A path in 64 bits: it only helps to find a row, whose size and time must be right as well."""
    name = path.encode("utf-8", "surrogatepass")  # whatever stands in a table, also what no system takes for a path
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "big", signed=True)


def _stored(row: Row) -> list[Any]:
    return [json.dumps(cell) if isinstance(cell, (list, tuple)) else cell for cell in row]


@lru_cache(maxsize=1024)  # a library has few mixes of languages
def _languages(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    languages = json.loads(text)
    if not isinstance(languages, list) or not all(isinstance(language, str) for language in languages):
        raise ValueError("it is damaged: no list of languages")
    return tuple(languages)
