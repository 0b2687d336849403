"""The door to the cache of a model's answers: SQLite, keyed by the model, the prompt's version and what was sent.

A row holds what was written of one question, believed or not, and what it took; each request's are committed together,
so a run that is killed loses what was in flight. It is never the only copy of anything: a cache that is broken,
locked or in the way costs money and a warning, no run.
"""

import hashlib
import json
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from mediaorg.io.databases import PATIENCE, Forgettable
from mediaorg.io.places import answers_file
from mediaorg.records import Usage
from mediaorg.schema import given_path

__all__ = ["AnswerCache", "Answered"]

T = TypeVar("T")
_log: Final = logging.getLogger("mediaorg")
_NAME: Final = 0x6D6F6169  # "moai", SQLite's application_id: nobody else's file is taken for a cache
_VERSION: Final = 1
_PAUSE: Final = 0.02  # s, between two tries
_BROKEN: Final = (sqlite3.Error, ValueError, TypeError)
_TABLE: Final = """
    CREATE TABLE IF NOT EXISTS answers (
        key BLOB PRIMARY KEY, item TEXT NOT NULL, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, cost_usd REAL
    ) WITHOUT ROWID
"""
_MOST_AT_ONCE: Final = 500  # of SQLite's variables


@dataclass(frozen=True, slots=True)
class Answered:
    """What was written of one question, and what that took."""

    item: Mapping[str, Any]
    usage: Usage


class AnswerCache(Forgettable):
    """Answers: ``with AnswerCache.open(True, model="m", version="1") as cache: cache.read([...]); cache.write({...})``."""

    named = "the cache of answers"

    def __init__(self, connection: sqlite3.Connection | None, asker: str) -> None:
        super().__init__(connection)
        self._asker = asker

    @classmethod
    def open(cls, where: bool | str | os.PathLike[str], *, model: str, version: str) -> Self:
        """Open the user's cache (True), one at a path, or none (False), for what `model` says to a prompt."""
        asker = json.dumps([model, version])
        if where is False:
            return cls(None, asker)
        file = answers_file() if where is True else given_path(where, "the cache")
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            return cls(_connected(file), asker)
        except (*_BROKEN, OSError) as error:
            _log.warning("the cache of answers %s cannot be used (%s); asking without it", file, error)
        return cls(None, asker)

    def read(self, questions: Iterable[str]) -> dict[str, Answered]:
        """What is known of `questions`, by the text that was sent."""
        keys = {self._key(question): question for question in questions}
        hashes = list(keys)

        def found(connection: sqlite3.Connection) -> dict[str, Answered]:
            known: dict[str, Answered] = {}
            for start in range(0, len(hashes), _MOST_AT_ONCE):
                part = hashes[start : start + _MOST_AT_ONCE]
                marks = ",".join("?" * len(part))
                rows = connection.execute(f"SELECT * FROM answers WHERE key IN ({marks})", part)  # noqa: S608
                known.update({keys[row[0]]: _answered(*row[1:]) for row in rows})
            return known

        return self._patiently(found, threading.Event()) or {}

    def write(self, answers: Mapping[str, Answered], *, stop: threading.Event | None = None) -> None:
        """Keep `answers`, by the text that was sent, in one transaction; stop: when set, a file that is held is given up."""
        rows: Sequence[tuple[Any, ...]] = [
            (
                self._key(question),
                json.dumps(one.item),
                one.usage.input_tokens,
                one.usage.output_tokens,
                one.usage.cost_usd,
            )
            for question, one in answers.items()
        ]

        def kept(connection: sqlite3.Connection) -> None:
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", rows)

        if rows:
            self._patiently(kept, stop or threading.Event())

    def _patiently(self, work: Callable[[sqlite3.Connection], T], stop: threading.Event) -> T | None:
        """Do `work`, again while another process holds the file, though not for long; None where it came to nothing."""
        end = time.monotonic() + PATIENCE
        with self._turn:
            while self._connection is not None:  # whoever had the turn before may have given up
                try:
                    return work(self._connection)
                except (*_BROKEN, OverflowError) as error:
                    if not _is_held(error) or time.monotonic() > end or stop.wait(_PAUSE):
                        self._give_up(error)
        return None

    def _key(self, question: str) -> bytes:
        return hashlib.sha256(f"{self._asker}\n{question}".encode()).digest()


def _is_held(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without what SQLite adds to it
    return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _answered(item: str, read: int, written: int, cost: float | None) -> Answered:
    found = json.loads(item)
    if not isinstance(found, dict):
        raise TypeError("it is damaged: an answer is no object")
    return Answered(found, Usage(int(read), int(written), cost))


def _connected(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=PATIENCE, check_same_thread=False, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
        if connection.execute("PRAGMA application_id").fetchone()[0] != _NAME:
            _refuse_a_stranger(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA application_id = {_NAME}")
        if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            connection.execute("BEGIN IMMEDIATE")
            if (
                connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION
            ):  # another process may have been faster
                connection.execute("DROP TABLE IF EXISTS answers")
                connection.execute(_TABLE)
                connection.execute(f"PRAGMA user_version = {_VERSION}")
            connection.execute("COMMIT")
        connection.execute("SELECT count(*) FROM (SELECT 1 FROM answers LIMIT 1)")  # a damaged file says so here
        connection.execute("PRAGMA busy_timeout = 0")  # from now on we wait ourselves, and can be told not to
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_a_stranger(connection: sqlite3.Connection) -> None:
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise sqlite3.DatabaseError("it is another program's database")
