"""The door to the journal: what was meant, what was done, and how to take it back, in SQLite with full sync.

Every commit is on the disk before it is answered. A run is written whole before its first deed, and each move's
state before and after it; so a machine that dies at any moment leaves a journal that says where every file is.
"""

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self, TypeAlias

from mediaorg.errors import JournalBusy, JournalError, UnknownRun
from mediaorg.io.databases import signed, unsigned
from mediaorg.io.disk import flush_folders
from mediaorg.io.places import journal_file
from mediaorg.records import Identity

__all__ = [
    "TRANSIENT",
    "Entry",
    "Journal",
    "Mark",
    "Planned",
    "Run",
    "Summary",
    "locked",
    "where",
]

TRANSIENT: Final = ("planned", "intent", "parking", "parked", "copying", "copied", "published")
_VERSION: Final = 2
_NAME: Final = 0x6D6F7267  # "morg", SQLite's application_id: nobody else's file is taken for a journal


# The row itself, which was not reached, or found its disk full; the source of a copy that is whole; an unfinished copy.
Left: TypeAlias = Literal["row", "source", "temporary"]


@dataclass(frozen=True, slots=True)
class Planned:
    """One row of a plan as it is written down: paths as the system gives them; None is unknown."""

    position: int
    move_id: str
    target_root: str | None
    layout: str | None
    source: str | None
    target: str | None
    operation: str | None
    status: str | None
    reason: str | None
    belongs_to: str | None
    size: int | None
    mtime_ns: int | None
    inode: int | None
    device: int | None
    expected: str | None = None  # the hash its content must have; an undo knows it
    undoes_run: str | None = None
    undoes_position: int | None = None
    mtime_was: int | None = None  # ns since 1970; of the file before it was moved where time is counted in longer steps


@dataclass(frozen=True, slots=True)
class Mark:
    """How far one row is."""

    position: int
    state: str = "planned"
    error: str | None = None
    started_ns: int | None = None  # ns since 1970
    seconds: float | None = None
    bytes: int | None = None
    hash: str | None = None
    hash_algorithm: str | None = None
    temporary: str | None = None  # a copy of ours, in the target's folder
    parked: str | None = None  # where the file itself lies while it is out of its cycle's way
    holder: bool = False  # an empty place-holder of ours may stand at the target
    seen: Identity | None = None  # the copy, once it was found right; the target, when it was done
    left: Left | None = None  # what `resume` has still to do of a row that came to an end


@dataclass(frozen=True, slots=True)
class Entry:
    """A row and how far it is."""

    planned: Planned
    mark: Mark


@dataclass(frozen=True, slots=True)
class Run:
    """One apply or undo."""

    run_id: str
    verb: str  # apply or undo
    started_ns: int
    token: str  # random; stands in the run's temporary names, so that two journals never share one
    machine: str
    target_root: str | None = None
    undoes: str | None = None
    forward: bool = True  # False for an undo, True again for the undo of an undo
    settings: Mapping[str, Any] = field(default_factory=dict)
    file_systems: Mapping[str, str | None] = field(default_factory=dict)  # device -> a name that outlives a reboot
    ended_ns: int | None = None
    stats: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Summary:
    """A run and the count of its rows by state."""

    run: Run
    states: Mapping[str, int]
    bytes: int


def where(journal: str | os.PathLike[str] | None) -> Path:
    """The journal that was asked for, links followed, since it is locked by name; None is the user's own."""
    return Path(os.path.realpath(journal_file() if journal is None else Path(journal).expanduser()))


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold the journal at `file` for one writer; its folder is made.

    Raises JournalBusy if somebody else holds it, JournalError if the lock file cannot be made. The lock ends with the
    process, however that ends.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(file.with_name(file.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unusable(file, error) from error
    try:
        if not _lock(descriptor):
            raise JournalBusy(
                f"another apply, undo or resume is running on the journal {file}; wait for it to end, or give this run "
                "a journal of its own with journal="
            )
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _unusable(file: Path, error: object) -> JournalError:
    if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        return JournalError(
            f"the disk of the journal {file} does not take any more ({error}); nothing is lost. Make room, or see to the "
            "disk, then call resume()"
        )
    return JournalError(
        f"the journal {file} cannot be used ({error}), and nothing is moved without one. If it is damaged, move it and "
        "the files beside it away and keep them; if its folder is not writable, give another place with journal="
    )


# ---- the tables ------------------------------------------------------------------------------------------------

_TAKEN_BACK: Final = """
CREATE TRIGGER taken_back AFTER UPDATE OF state ON rows WHEN NEW.state = 'done' AND NEW.undoes_run IS NOT NULL BEGIN
    UPDATE rows SET state = 'undone', parked = NULL, left = NULL
    WHERE run_id = NEW.undoes_run AND position = NEW.undoes_position;
END;
"""
_SCHEMA: Final = f"""
CREATE TABLE runs (
    run_id TEXT PRIMARY KEY, verb TEXT NOT NULL, started_ns INTEGER NOT NULL, token TEXT NOT NULL, machine TEXT NOT NULL,
    target_root BLOB, undoes TEXT, forward INTEGER NOT NULL, settings TEXT NOT NULL, file_systems TEXT NOT NULL,
    ended_ns INTEGER, stats TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE rows (
    run_id TEXT NOT NULL, position INTEGER NOT NULL, move_id TEXT NOT NULL, target_root BLOB, layout TEXT, source BLOB,
    target BLOB, operation TEXT, status TEXT, reason TEXT, belongs_to TEXT, size INTEGER, mtime_ns INTEGER,
    inode INTEGER, device INTEGER, expected TEXT, undoes_run TEXT, undoes_position INTEGER,
    state TEXT NOT NULL, error TEXT, started_ns INTEGER, seconds REAL, bytes INTEGER, hash TEXT, hash_algorithm TEXT,
    temporary BLOB, parked BLOB, holder INTEGER NOT NULL,
    seen_size INTEGER, seen_mtime_ns INTEGER, seen_inode INTEGER, seen_device INTEGER, left TEXT, mtime_was INTEGER,
    PRIMARY KEY (run_id, position)
) WITHOUT ROWID;
CREATE TABLE folders (run_id TEXT NOT NULL, path BLOB NOT NULL, PRIMARY KEY (run_id, path)) WITHOUT ROWID;
{_TAKEN_BACK}
"""
_FROM_1: Final = f"""
DROP TRIGGER taken_back;
ALTER TABLE rows ADD COLUMN left TEXT;
ALTER TABLE rows ADD COLUMN mtime_was INTEGER;
UPDATE rows SET left='source' WHERE state='failed' AND error GLOB 'source_kept:*';
{_TAKEN_BACK}
"""  # noqa: S608  our words
_PLANNED: Final = (
    "position", "move_id", "target_root", "layout", "source", "target", "operation", "status", "reason", "belongs_to",
    "size", "mtime_ns", "inode", "device", "expected", "undoes_run", "undoes_position", "mtime_was",
)  # fmt: skip
_MARK: Final = (
    "state", "error", "started_ns", "seconds", "bytes", "hash", "hash_algorithm", "temporary", "parked", "holder",
    "seen_size", "seen_mtime_ns", "seen_inode", "seen_device", "left",
)  # fmt: skip
_RUN: Final = (
    "run_id", "verb", "started_ns", "token", "machine", "target_root", "undoes", "forward", "settings", "file_systems",
    "ended_ns", "stats",
)  # fmt: skip


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})"  # noqa: S608  our names


_INSERT_RUN: Final = _insert("runs", _RUN)
_INSERT_ROW: Final = _insert("rows", ("run_id", *_PLANNED, *_MARK))
_UPDATE_ROW: Final = f"UPDATE rows SET {','.join(f'{name}=?' for name in _MARK)} WHERE run_id=? AND position=?"  # noqa: S608
_SELECT_ROWS: Final = f"SELECT {','.join((*_PLANNED, *_MARK))} FROM rows WHERE run_id=?"  # noqa: S608


class Journal:
    """The journal at a path: ``with Journal.open(file) as journal: journal.begin(run, rows, marks, folders)``.

    Any thread may use it. Raises JournalError, with the mend, when it cannot be read or written.
    """

    def __init__(self, file: Path, connection: sqlite3.Connection) -> None:
        self.file = file
        self._connection = connection
        self._committing = threading.Lock()
        self._waiting: list[tuple[str, Sequence[Mark]]] = []
        self._entering = threading.Lock()

    @classmethod
    def open(cls, file: Path) -> Self:
        """Open the journal at `file`, and make it (and its folder, for the user alone) if there is none."""
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            return cls(file, _connected(file))
        except (sqlite3.Error, OSError) as error:
            raise _unusable(file, error) from error

    @classmethod
    def there(cls, file: Path) -> Self | None:
        """Open the journal at `file` if there is one with anything in it; nothing is made."""
        try:
            return cls.open(file) if file.stat().st_size else None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unusable(file, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    # ---- writing

    def next_start(self) -> int:
        """A time for a new run to have begun [ns since 1970]: now, or later if the clock was set back meanwhile."""
        ((last,),) = self._ask("SELECT max(started_ns) FROM runs")
        return max(time.time_ns(), (last or 0) + 1)

    def begin(self, run: Run, rows: Iterable[Planned], marks: Mapping[int, Mark], folders: Iterable[str]) -> None:
        """Write a run down whole, before its first deed: every row, where it stands, and the folders to be made."""
        lines = [(run.run_id, *_of_planned(row), *_of_mark(marks[row.position])) for row in rows]
        with self._transaction() as cursor:
            cursor.execute(_INSERT_RUN, _of_run(run))
            cursor.executemany(_INSERT_ROW, lines)
            cursor.executemany(_insert("folders", ("run_id", "path")), [(run.run_id, _blob(path)) for path in folders])

    def record(self, run_id: str, marks: Sequence[Mark]) -> None:
        """Write down how far rows are; when it returns, that would survive a power cut.

        Threads that call at the same time share one commit: a flush of the disk is the price, not the rows in it.
        """
        if not marks:
            return
        mine = (run_id, marks)
        with self._entering:
            self._waiting.append(mine)
        with self._committing:
            with self._entering:
                together, self._waiting = self._waiting, []
            if not together:  # somebody who went before took mine along
                return
            try:
                self._write(together)
            except BaseException:
                # Those who wait for this commit must fail too, not believe it done.
                with self._entering:
                    self._waiting = [entry for entry in together if entry is not mine] + self._waiting
                raise

    def _write(self, together: Sequence[tuple[str, Sequence[Mark]]]) -> None:
        lines = [(*_of_mark(mark), run_id, mark.position) for run_id, marks in together for mark in marks]
        with self._transaction(ours=True) as cursor:
            cursor.executemany(_UPDATE_ROW, lines)

    def note_folders(self, run_id: str, folders: Iterable[str]) -> None:
        """Write down folders that are about to be made."""
        with self._transaction() as cursor:
            cursor.executemany(
                "INSERT OR IGNORE INTO folders VALUES (?,?)", [(run_id, _blob(path)) for path in folders]
            )

    def forget_folders(self, run_id: str, folders: Iterable[str]) -> None:
        """Folders that are gone, or proved to be somebody else's."""
        with self._transaction() as cursor:
            cursor.executemany(
                "DELETE FROM folders WHERE run_id=? AND path=?", [(run_id, _blob(path)) for path in folders]
            )

    def reopen(self, run_id: str) -> None:
        """A run that had ended goes on: should it die now, it is found."""
        with self._transaction() as cursor:
            cursor.execute("UPDATE runs SET ended_ns=NULL WHERE run_id=?", (run_id,))

    def end(self, run_id: str, ended_ns: int, stats: Mapping[str, Any]) -> None:
        """Close a run."""
        with self._transaction() as cursor:
            cursor.execute(
                "UPDATE runs SET ended_ns=?, stats=? WHERE run_id=?", (ended_ns, json.dumps(dict(stats)), run_id)
            )

    # ---- reading

    def run(self, run_id: str) -> Run:
        """One run. Raises UnknownRun."""
        rows = self._ask(f"SELECT {','.join(_RUN)} FROM runs WHERE run_id=?", run_id)  # noqa: S608
        if not rows:
            known = [row[0] for row in self._ask("SELECT run_id FROM runs ORDER BY started_ns DESC LIMIT 3")]
            raise UnknownRun(f"no run {run_id!r} in the journal {self.file}; its latest are {known}; runs() lists all")
        return _to_run(rows[0])

    def entries(self, run_id: str) -> list[Entry]:
        """Every row of a run, in the plan's order."""
        return [_to_entry(row) for row in self._ask(_SELECT_ROWS + " ORDER BY position", run_id)]

    def aside(self, run_id: str) -> dict[int, str]:
        """Rows of a run whose file an undo put aside and could not name -> where it lies, as the latest undo left it."""
        rows = self._ask(
            "SELECT undoes_position, parked, state FROM rows JOIN runs USING (run_id) WHERE runs.undoes=? "
            "AND parked IS NOT NULL ORDER BY runs.started_ns, run_id",
            run_id,
        )
        return {position: os.fsdecode(parked) for position, parked, state in rows if state not in TRANSIENT}

    def folders(self, run_id: str) -> list[str]:
        """The folders a run made, or was about to make."""
        return [os.fsdecode(row[0]) for row in self._ask("SELECT path FROM folders WHERE run_id=?", run_id)]

    def unfinished(self, run_id: str | None = None) -> list[str]:
        """Runs with something left for `resume`, oldest first; of `run_id` alone, if it is given.

        Rows that were not reached count only as long as no run came after theirs, unless it is asked for by its id:
        what was planned before is not done behind the back of what was planned since.
        """
        theirs = "SELECT 1 FROM rows WHERE rows.run_id=runs.run_id AND"
        return [
            row[0]
            for row in self._ask(
                "SELECT run_id FROM runs WHERE (?1 IS NULL OR run_id=?1) AND (ended_ns IS NULL "  # noqa: S608  our words
                f"OR EXISTS ({theirs} left IN ('source', 'temporary')) OR ((?1 IS NOT NULL OR NOT EXISTS "
                f"(SELECT 1 FROM runs AS later WHERE later.started_ns > runs.started_ns)) AND EXISTS ({theirs} left='row'))"
                ") ORDER BY started_ns, run_id",
                run_id,
            )
        ]

    def last_forward(self) -> str | None:
        """The latest run whose moves stand: an apply, or the undo of an undo."""
        rows = self._ask(
            "SELECT run_id FROM runs WHERE forward AND EXISTS (SELECT 1 FROM rows WHERE rows.run_id=runs.run_id "
            "AND (state='done' OR ended_ns IS NULL)) ORDER BY started_ns DESC, run_id DESC LIMIT 1"
        )
        return rows[0][0] if rows else None

    def summaries(self) -> list[Summary]:
        """Every run with its counts, oldest first."""
        counts: dict[str, dict[str, int]] = {}
        sizes: dict[str, int] = {}
        for run_id, state, count, size in self._ask(
            "SELECT run_id, state, count(*), total(bytes) FROM rows GROUP BY run_id, state"
        ):
            counts.setdefault(run_id, {})[state] = count
            sizes[run_id] = sizes.get(run_id, 0) + int(size)
        rows = self._ask(f"SELECT {','.join(_RUN)} FROM runs ORDER BY started_ns, run_id")  # noqa: S608
        return [Summary(run, counts.get(run.run_id, {}), sizes.get(run.run_id, 0)) for run in map(_to_run, rows)]

    # ---- SQLite

    @contextmanager
    def _transaction(self, *, ours: bool = False) -> Iterator[sqlite3.Cursor]:
        """One commit; `ours` says that the caller already holds the lock of committing."""
        if not ours:
            self._committing.acquire()
        try:
            cursor = self._connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    cursor.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise _unusable(self.file, error) from error
        finally:
            if not ours:
                self._committing.release()

    def _ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._committing:
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                raise _unusable(self.file, error) from error


def _connected(file: Path) -> sqlite3.Connection:
    fresh = not file.exists()
    connection = sqlite3.connect(file, timeout=10, isolation_level=None, check_same_thread=False)
    try:
        if fresh:
            file.chmod(0o600)  # it names every file a person has
            flush_folders(
                [str(file.parent), str(file.parent.parent)]
            )  # else a power cut could take the file's own name
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")  # NORMAL lost records in 13 of 40 power cuts
        connection.execute("PRAGMA temp_store=MEMORY")  # no scratch files of SQLite's in the middle of a commit
        connection.execute("PRAGMA fullfsync=1")  # macOS: fsync alone stops at the drive's cache
        connection.execute("PRAGMA checkpoint_fullfsync=1")
        _lay_out(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _lay_out(connection: sqlite3.Connection) -> None:
    """Make the tables in one transaction, so that a journal has all of them or none."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == _VERSION:
        return
    if version > _VERSION:
        raise sqlite3.DatabaseError(f"it was written by a newer mediaorg, format {version}; upgrade, or use another")
    connection.execute("BEGIN IMMEDIATE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == _VERSION:  # another made it while we waited
        connection.execute("COMMIT")
        return
    if version == 1:
        for statement in _statements(_FROM_1):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version={_VERSION}")
        connection.execute("COMMIT")
        return
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        connection.execute("ROLLBACK")
        raise sqlite3.DatabaseError("it is another program's database")
    for statement in _statements(_SCHEMA):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id={_NAME}")
    connection.execute(f"PRAGMA user_version={_VERSION}")
    connection.execute("COMMIT")


def _statements(script: str) -> list[str]:
    """Split a script; `executescript` would commit half-way."""
    found, begun = [], ""
    for line in script.splitlines(keepends=True):
        begun += line
        if sqlite3.complete_statement(begun):
            found.append(begun)
            begun = ""
    return found


# ---- records <-> rows ------------------------------------------------------------------------------------------


def _blob(path: str | None) -> bytes | None:
    return None if path is None else os.fsencode(path)


def _path(blob: bytes | None) -> str | None:
    return None if blob is None else os.fsdecode(blob)


def _of_planned(row: Planned) -> tuple[Any, ...]:
    return (
        row.position, row.move_id, _blob(row.target_root), row.layout, _blob(row.source), _blob(row.target),
        row.operation, row.status, row.reason, row.belongs_to, row.size, row.mtime_ns, signed(row.inode),
        signed(row.device), row.expected, row.undoes_run, row.undoes_position, row.mtime_was,
    )  # fmt: skip


def _of_mark(mark: Mark) -> tuple[Any, ...]:
    seen = mark.seen
    at_target = (None,) * 4 if seen is None else (seen.size, seen.mtime_ns, signed(seen.inode), signed(seen.device))
    return (
        mark.state, mark.error, mark.started_ns, mark.seconds, mark.bytes, mark.hash, mark.hash_algorithm,
        _blob(mark.temporary), _blob(mark.parked), mark.holder, *at_target, mark.left,
    )  # fmt: skip


def _of_run(run: Run) -> tuple[Any, ...]:
    return (
        run.run_id, run.verb, run.started_ns, run.token, run.machine, _blob(run.target_root), run.undoes, run.forward,
        json.dumps(dict(run.settings)), json.dumps(dict(run.file_systems)), run.ended_ns, json.dumps(dict(run.stats)),
    )  # fmt: skip


def _to_run(row: Sequence[Any]) -> Run:
    run_id, verb, started_ns, token, machine, root, undoes, forward, settings, file_systems, ended_ns, stats = row
    return Run(
        run_id, verb, started_ns, token, machine, _path(root), undoes, bool(forward), json.loads(settings),
        json.loads(file_systems), ended_ns, json.loads(stats),
    )  # fmt: skip


def _to_entry(row: Sequence[Any]) -> Entry:
    (position, move_id, root, layout, source, target, operation, status, reason, belongs_to, size, mtime_ns,
     inode, device, *back) = row[: len(_PLANNED)]  # fmt: skip
    state, error, started_ns, seconds, size_done, digest, algorithm, temporary, parked, holder, *seen, left = row[
        len(_PLANNED) :
    ]
    planned = Planned(
        position, move_id, _path(root), layout, _path(source), _path(target), operation, status, reason, belongs_to,
        size, mtime_ns, unsigned(inode), unsigned(device), *back,
    )  # fmt: skip
    at_target = None if seen[0] is None else Identity(seen[0], seen[1], unsigned(seen[2]) or 0, unsigned(seen[3]) or 0)
    mark = Mark(
        position, state, error, started_ns, seconds, size_done, digest, algorithm, _path(temporary), _path(parked),
        bool(holder), at_target, left,
    )  # fmt: skip
    return Entry(planned, mark)
