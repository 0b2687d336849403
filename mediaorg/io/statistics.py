"""The door to what runs were like, and to what was learnt of devices: SQLite, one line a run.

It is never the only copy of anything that is needed: a store that is broken, locked or in the way costs a warning,
no run, and may be deleted at any time.
"""

import json
import logging
import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from mediaorg.io.places import statistics_file
from mediaorg.schema import given_path

__all__ = ["keep", "kept", "learnt", "store"]

_log: Final = logging.getLogger("mediaorg")
_VERSION: Final = 1
_NAME: Final = 0x6D737461  # "msta", SQLite's application_id: nobody else's file is taken for a store
_PATIENCE: Final = 0.5  # s; a run is not to wait for its own statistics
_MOST: Final = 5000  # runs; the oldest go
_BROKEN: Final = (sqlite3.Error, OSError, ValueError, TypeError)
_TABLES: Final = (
    "CREATE TABLE runs (run_id TEXT PRIMARY KEY, started_ns INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX by_time ON runs (started_ns)",
    "CREATE TABLE learnt (device TEXT, what TEXT, workers INTEGER NOT NULL, PRIMARY KEY (device, what)) WITHOUT ROWID",
)


def store(where: str | os.PathLike[str] | None = None) -> Path:
    """The store that was asked for; None is the user's own."""
    return statistics_file() if where is None else given_path(where, "the store of statistics")


def keep(record: Mapping[str, Any], learnt: Mapping[str, int] | None = None) -> None:
    """Keep one run's `record`: plain JSON with `run_id`, `verb` and `started_ns`, for the user alone.

    learnt: device -> how many files in flight were best for that verb there.
    """

    def write(connection: sqlite3.Connection) -> None:
        line = (record["run_id"], record["started_ns"], json.dumps(record))
        connection.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?)", line)
        answers = [(device, record["verb"], workers) for device, workers in (learnt or {}).items()]
        connection.executemany("INSERT OR REPLACE INTO learnt VALUES (?, ?, ?)", answers)
        oldest = "SELECT run_id FROM runs ORDER BY started_ns DESC LIMIT -1 OFFSET ?"
        connection.execute(f"DELETE FROM runs WHERE run_id IN ({oldest})", (_MOST,))  # noqa: S608  ours

    _change(write)


def learnt(device: str, what: str) -> int | None:
    """The last answer for `what` on a device; None where there is none, or it cannot be had."""
    found = _read("SELECT workers FROM learnt WHERE device = ? AND what = ?", (device, what), store())
    return found[0][0] if found and isinstance(found[0][0], int) else None


def kept(where: str | os.PathLike[str] | None = None) -> list[dict[str, Any]]:
    """All records, oldest first; none where there is no store, or none that can be read."""
    lines = _read("SELECT record FROM runs ORDER BY started_ns, run_id", (), store(where))
    records = []
    for (text,) in lines:
        try:
            record = json.loads(text)
        except (ValueError, TypeError):  # one line that is damaged costs that line
            continue
        if isinstance(record, dict) and _is_sound(record):
            records.append(record)
    return records


_SHAPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "run_id": str, "verb": str, "started_ns": int, "seconds": (int, float), "files": int, "bytes": int, "errors": int,
    "settings": dict, "machine": dict, "devices": list, "series": list, "ai": dict,
}  # fmt: skip
_SPAN_CELLS: Final = 7


def _is_sound(record: Mapping[str, Any]) -> bool:
    """Whether a record has the shapes of one that was kept here: another hand, or another day, may have written it."""
    shapes = all(isinstance(record.get(name), kind) for name, kind in _SHAPES.items() if record.get(name) is not None)
    if not shapes or not 0 <= (record.get("started_ns") or 0) < 1 << 63:
        return False
    devices, series = record.get("devices") or (), record.get("series") or ()
    return all(isinstance(one, dict) for one in devices) and all(
        isinstance(row, list) and len(row) == _SPAN_CELLS for row in series
    )


def _read(ask: str, values: tuple[Any, ...], file: Path) -> list[tuple[Any, ...]]:
    try:
        if not file.exists():
            return []
        with closing(sqlite3.connect(file, timeout=_PATIENCE)) as connection:
            return connection.execute(ask, values).fetchall() if _is_ours(connection) else []
    except _BROKEN as error:
        _log.warning("the statistics %s cannot be read (%s)", file, error)
        return []


def _change(write: Callable[[sqlite3.Connection], None]) -> None:
    """Do `write` in one transaction on the user's store; what goes wrong is a warning."""
    file = store()
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with closing(sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = OFF")  # a power cut may cost it, and it costs nobody else anything
            connection.execute("BEGIN IMMEDIATE")
            if not _is_ours(connection):
                for table in _TABLES:
                    connection.execute(table)
                connection.execute(f"PRAGMA application_id = {_NAME}")
                connection.execute(f"PRAGMA user_version = {_VERSION}")
            write(connection)
            connection.execute("COMMIT")
    except _BROKEN as error:
        _log.warning("the statistics %s cannot be kept (%s); going on without them", file, error)


def _is_ours(connection: sqlite3.Connection) -> bool:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if connection.execute("PRAGMA application_id").fetchone()[0] == _NAME and version == _VERSION:
        return True
    if version or connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise sqlite3.DatabaseError("it is another program's database, or another version's")
    return False
