"""The door to what a person said of their files: SQLite, one line a file or folder, each readable by itself.

It is the only copy of somebody's work: it is never begun anew over a file that cannot be read, and a commit is on the
disk before it is answered. One file and a rollback journal, no WAL: it can be copied, mailed, and read where nothing
may be written.
"""

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from mediaorg.errors import StoreError
from mediaorg.io.places import corrections_file
from mediaorg.records import Identity
from mediaorg.schema import given_path

__all__ = ["Said", "changed", "kept", "store"]

_VERSION: Final = 1
_NAME: Final = 0x6D636F72  # "mcor", SQLite's application_id: nobody else's file is taken for a store
_WAIT: Final = 10  # s; another process holds it for milliseconds
_TABLE: Final = """
    CREATE TABLE corrections (
        cell TEXT PRIMARY KEY, folder INTEGER NOT NULL, said TEXT NOT NULL, said_ns INTEGER NOT NULL, identity TEXT
    ) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said of one file, or of all below one folder.

    cell: the path cell, absolute. values: label columns, plain JSON; None says that there is none.
    said_ns: when [ns since 1970]. identity: who was at that path then; inode and device have 64 bits, and SQLite's
    numbers 63, so it is kept as JSON.
    """

    cell: str
    values: Mapping[str, Any]
    said_ns: int
    identity: Identity | None = None
    folder: bool = False


def store(where: str | os.PathLike[str] | None = None) -> Path:
    """The store that was asked for; None is the user's own."""
    return corrections_file() if where is None else given_path(where, "the store of corrections")


def kept(file: Path) -> dict[str, Said]:
    """What the store at `file` holds, by cell; nothing where there is none, and none is made. Raises StoreError."""
    try:
        if not file.stat().st_size:
            return {}
        with closing(_connected(file, "rw")) as connection:  # SQLite reads on where it may not write
            return _read(connection) if _is_ours(connection) else {}
    except FileNotFoundError:
        return {}
    except (sqlite3.Error, OSError, ValueError, TypeError) as error:
        raise _unusable(file, error) from error


@contextmanager
def changed(file: Path) -> Iterator[dict[str, Said]]:
    """Give what the store at `file` holds, and keep what the caller makes of it, in one transaction.

    Others wait meanwhile, so nobody's word is lost; left by an error, the store stays as it was. The file, and its
    folder for the user alone, are made if they are missing. Raises StoreError.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        connection = _connected(file, "rwc")
    except (sqlite3.Error, OSError) as error:
        raise _unusable(file, error) from error
    with closing(connection):
        try:
            connection.execute("BEGIN IMMEDIATE")
            if not _is_ours(connection):
                connection.execute(_TABLE)
                connection.execute(f"PRAGMA application_id = {_NAME}")
                connection.execute(f"PRAGMA user_version = {_VERSION}")
            before = _read(connection)
        except (sqlite3.Error, ValueError, TypeError) as error:
            raise _unusable(file, error) from error
        now = dict(before)
        yield now  # what is raised here closes the connection, which rolls back
        gone = [(cell,) for cell in before if cell not in now]
        new = [_line(said) for cell, said in now.items() if said is not before.get(cell)]
        try:
            connection.executemany("DELETE FROM corrections WHERE cell = ?", gone)
            connection.executemany("INSERT OR REPLACE INTO corrections VALUES (?, ?, ?, ?, ?)", new)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise _unusable(file, error) from error


def _connected(file: Path, mode: str) -> sqlite3.Connection:
    # Never "rwc" for who only reads: it would leave an empty file behind.
    uri = f"file:{quote(os.fsencode(file))}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=_WAIT, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _is_ours(connection: sqlite3.Connection) -> bool:
    """Whether it is a store; False for an empty file. Raises DatabaseError for anybody else's, and for a newer one."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if connection.execute("PRAGMA application_id").fetchone()[0] == _NAME:
        if version > _VERSION:
            raise sqlite3.DatabaseError(f"it was written by a newer mediaorg, format {version}")
        return True
    if version or connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise sqlite3.DatabaseError("it is another program's database")
    return False


def _read(connection: sqlite3.Connection) -> dict[str, Said]:
    lines = connection.execute("SELECT cell, folder, said, said_ns, identity FROM corrections ORDER BY said_ns, cell")
    return {line[0]: _said(*line) for line in lines}


def _said(cell: str, folder: int, said: str, said_ns: int, identity: str | None) -> Said:
    values = json.loads(said)
    if not isinstance(values, dict):
        raise TypeError(f"what it says of {cell} cannot be read")
    return Said(cell, values, said_ns, None if identity is None else Identity(*json.loads(identity)), bool(folder))


def _line(said: Said) -> tuple[Any, ...]:
    who = said.identity
    identity = None if who is None else json.dumps([who.size, who.mtime_ns, who.inode, who.device])
    return said.cell, said.folder, json.dumps(dict(said.values)), said.said_ns, identity


def _unusable(file: Path, error: Exception) -> StoreError:
    why = error.strerror or error if isinstance(error, OSError) else error
    return StoreError(
        f"the store of corrections {file} cannot be used ({why}). If it is damaged, move it away and keep it: it holds "
        "what you said; if its folder is not writable, keep= takes another file, and keep=False keeps nothing"
    )
