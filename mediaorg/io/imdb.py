"""The door to IMDb's data sets: the TSV files anybody may download for themselves, in a SQLite file with full-text search.

Nothing here asks the network. The files are at https://datasets.imdbws.com, for personal and non-commercial use.
"""

import contextlib
import gzip
import os
import re
import sqlite3
import threading
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Final, TextIO

from mediaorg.errors import NoSuchFile, StoreError
from mediaorg.io.places import imdb_file
from mediaorg.io.progress import Follower, Progress
from mediaorg.records import Episode, Work
from mediaorg.schema import given_path

__all__ = ["IMDb"]

_NAME: Final = 0x6D6F696D  # "moim", SQLite's application_id: nobody else's file is written over
_VERSION: Final = 1
_KINDS: Final = {
    **dict.fromkeys(("movie", "tvMovie", "video", "tvSpecial", "short", "tvShort"), "movie"),
    **dict.fromkeys(("tvSeries", "tvMiniSeries"), "series"),
}
_TABLES: Final = """
    DROP TABLE IF EXISTS works; DROP TABLE IF EXISTS names; DROP TABLE IF EXISTS episodes; DROP TABLE IF EXISTS titles;
    CREATE TABLE works (id TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, year INTEGER, votes INTEGER) WITHOUT ROWID;
    CREATE VIRTUAL TABLE names USING fts5 (words, name UNINDEXED, work UNINDEXED, tokenize = 'unicode61');
    CREATE TABLE episodes (work TEXT, season INTEGER, number INTEGER, id TEXT, PRIMARY KEY (work, season, number, id)) WITHOUT ROWID;
    CREATE TABLE titles (id TEXT PRIMARY KEY, title TEXT NOT NULL) WITHOUT ROWID;
"""
_CHUNK: Final = 20_000  # lines between two looks at the progress
_FOUND: Final = 60  # works looked at for one title
_DIGITS: Final = 9  # SQLite holds eighteen, and no count of votes has more than these
_YEARS: Final = range(1870, 2101)  # IMDb's oldest work is of 1874


class IMDb:
    """A catalogue from IMDb's files, for `classify(files, catalogue=...)`: ``IMDb.load("~/Downloads/imdb")`` once, then ``IMDb()``.

    file: what `load` wrote; not given, the user's own. Raises NoSuchFile where it is not there, StoreError where it is
    something else; `search` and `episodes` raise StoreError where it is damaged, or was closed.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> head = "tconst titleType primaryTitle originalTitle isAdult startYear endYear runtimeMinutes genres"
    >>> line = ["tt1", "movie", "Glass Orchard", "Glass Orchard", "0", "1999", r"\\N", "92", "Drama"]
    >>> _ = (folder / "title.basics.tsv").write_text("\\t".join(head.split()) + "\\n" + "\\t".join(line) + "\\n")
    >>> catalogue = IMDb.load(folder, into=folder / "imdb.sqlite", progress=False)
    >>> catalogue.search("glass orchard")
    [Work(id='tt1', kind='movie', title='Glass Orchard', year=1999, also=(), votes=0)]
    """

    def __init__(self, file: str | os.PathLike[str] | None = None) -> None:
        self.file = imdb_file() if file is None else given_path(file, "the catalogue")
        if not self.file.is_file():
            raise NoSuchFile(
                f"there is no {self.file}: make it with IMDb.load(folder of title.basics.tsv.gz and others)"
            )
        self._turn = threading.Lock()
        self._connection = sqlite3.connect(self.file, check_same_thread=False)
        try:
            _need_whole(self._connection)
        except sqlite3.Error as error:
            self._connection.close()
            raise StoreError(_unreadable(self.file, error)) from error

    @classmethod
    def load(
        cls, folder: str | os.PathLike[str], *, into: str | os.PathLike[str] | None = None, progress: Follower = None
    ) -> "IMDb":
        """Read title.basics, and title.akas, title.episode and title.ratings where they are there (.tsv or .tsv.gz).

        into: the SQLite file to write; not given, the user's own. It is written in one transaction: a load that is
        stopped leaves the one before. The whole of IMDb takes some minutes and 2 GB. Raises NoSuchFile, StoreError.
        """
        place = given_path(folder, "the folder of IMDb's files")
        file = imdb_file() if into is None else given_path(into, "into")
        basics = _found(place, "title.basics")
        if basics is None:
            raise NoSuchFile(
                f"there is no title.basics.tsv.gz in {place}: download it from https://datasets.imdbws.com"
            )
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(file, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"the catalogue {file} cannot be written ({error})") from error
        try:
            with Progress(progress, "imdb") as bar:
                _written(connection, place, basics, bar)
        except sqlite3.Error as error:
            raise StoreError(f"the catalogue {file} cannot be written ({error})") from error
        finally:
            connection.close()  # which rolls back what was not committed
        return cls(file)

    def search(self, title: str, *, year: int | None = None) -> list[Work]:
        """Works called `title` in any language, whatever its case, accents and punctuation; else those that hold its words."""
        words = _words(title)
        if not words:
            return []
        exact, loose = f'"{"".join(words)}"', " ".join(f'"{word}"' for word in words)
        with self._reading():
            rows = self._matching(exact) or self._matching(loose)
            return [
                Work(work, kind, name, made, self._also(work, name), votes or 0)
                for work, kind, name, made, votes in rows
            ]

    def episodes(self, work_id: str) -> list[Episode]:
        """The episodes of a series, in order."""
        with self._reading():
            rows = self._connection.execute(
                "SELECT season, number, title FROM episodes LEFT JOIN titles USING (id) WHERE work = ? ORDER BY 1, 2",
                (work_id,),
            )
            return [Episode(*row) for row in rows]

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """One reader at a time; raises StoreError for whatever is wrong with the file."""
        try:
            with self._turn:
                yield
        except sqlite3.Error as error:
            raise StoreError(_unreadable(self.file, error)) from error

    def _matching(self, query: str) -> list[tuple[str, str, str, int | None, int | None]]:
        return self._connection.execute(
            "SELECT DISTINCT works.id, kind, title, year, votes FROM names JOIN works ON works.id = names.work"
            " WHERE names MATCH ? ORDER BY votes DESC LIMIT ?",
            (f"words : ({query})", _FOUND),
        ).fetchall()

    def _also(self, work: str, title: str) -> tuple[str, ...]:
        rows = self._connection.execute(
            "SELECT DISTINCT name FROM names WHERE names MATCH ? LIMIT 200", (f'words : "{work}"',)
        )
        return tuple(sorted({row[0] for row in rows} - {title}))

    def close(self) -> None:
        """Let go of the file."""
        with self._turn:
            self._connection.close()

    def __repr__(self) -> str:
        return f"IMDb({os.fspath(self.file)!r})"


def _unreadable(file: Path, error: Exception) -> str:
    return f"the catalogue {file} cannot be read ({error}); make it again with IMDb.load"


def _need_whole(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != _NAME:
        raise sqlite3.DatabaseError("it is something else")
    if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
        raise sqlite3.DatabaseError("it is of another version, or was not finished")


def _words(name: str) -> list[str]:
    """The words of a name for searching: no accents, no punctuation, no leading article, & as and."""
    text = unicodedata.normalize("NFKD", name.replace("&", " and ")).casefold()
    text = re.sub(r"['\u2019`\u00b4]", "", "".join(c for c in text if not unicodedata.combining(c)))
    return re.findall(r"[^\W_]+", re.sub(r"^the[ ._]", "", text))


def _found(folder: Path, name: str) -> Path | None:
    return next((file for file in (folder / f"{name}.tsv", folder / f"{name}.tsv.gz") if file.is_file()), None)


def _opened(file: Path) -> TextIO:
    return gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8")


def _rows(file: Path, bar: Progress, *wanted: str) -> Iterator[Sequence[str | None]]:
    r"""The `wanted` columns of each line, None for \N; the format has no quoting."""
    try:
        with _opened(file) as lines:
            columns = next(lines, "").rstrip("\n").split("\t")
            if missing := [name for name in wanted if name not in columns]:
                raise StoreError(f"{file} is not what IMDb publishes under this name: it has no column {missing[0]}")
            pick = itemgetter(*map(columns.index, wanted))
            for at, line in enumerate(lines, 1):
                cells = line.rstrip("\n").split("\t")
                if len(cells) == len(columns):  # a line that was cut off says nothing
                    yield [None if cell == r"\N" else cell for cell in pick(cells)]
                if at % _CHUNK == 0:
                    bar.advance(_CHUNK)
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise StoreError(f"{file} cannot be read ({error}): download it again") from error


def _whole(cell: str | None) -> int | None:
    """The number in a cell, None where there is none that a work could have."""
    fits = cell is not None and len(cell) <= _DIGITS and cell.isascii() and cell.isdecimal()
    return int(cell) if cell is not None and fits else None


def _year(cell: str | None) -> int | None:
    year = _whole(cell)
    return year if year in _YEARS else None


def _written(connection: sqlite3.Connection, folder: Path, basics: Path, bar: Progress) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != _NAME:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise sqlite3.DatabaseError("it is another program's database")
        connection.execute(f"PRAGMA application_id = {_NAME}")
    connection.execute("BEGIN IMMEDIATE")
    for statement in filter(str.strip, _TABLES.split(";")):
        connection.execute(statement)
    votes: dict[str | None, int | None] = {}
    if (file := _found(folder, "title.ratings")) is not None:
        votes = {id_: _whole(count) for id_, count in _rows(file, bar, "tconst", "numVotes")}
    kept: set[str | None] = set()
    for id_, sort, title, original, year in _rows(
        basics, bar, "tconst", "titleType", "primaryTitle", "originalTitle", "startYear"
    ):
        if id_ is None or title is None:
            continue
        if sort == "tvEpisode":
            connection.execute("INSERT OR IGNORE INTO titles VALUES (?, ?)", (id_, title))
        elif sort in _KINDS:
            kept.add(id_)
            work_row = (id_, _KINDS[sort], title, _year(year), votes.get(id_))
            connection.execute("INSERT OR REPLACE INTO works VALUES (?, ?, ?, ?, ?)", work_row)
            for called in {title, original or title}:
                _named(connection, called, id_)
    if (file := _found(folder, "title.akas")) is not None:
        for work, name in _rows(file, bar, "titleId", "title"):
            if work in kept and name:
                _named(connection, name, str(work))
    if (file := _found(folder, "title.episode")) is not None:
        for id_, series, season, number in _rows(file, bar, "tconst", "parentTconst", "seasonNumber", "episodeNumber"):
            if series in kept and _whole(number) is not None:
                row = (series, _whole(season), _whole(number), id_)
                connection.execute("INSERT OR IGNORE INTO episodes VALUES (?, ?, ?, ?)", row)
    connection.execute("INSERT INTO names (names) VALUES ('optimize')")
    connection.execute(f"PRAGMA user_version = {_VERSION}")
    connection.execute("COMMIT")


def _named(connection: sqlite3.Connection, name: str, work: str) -> None:
    """Under its words, under all of them in one, and under its work's id, so that one index serves all three questions."""
    words = _words(name)
    if words:
        row = (" ".join([*words, "".join(words), work]), name, work)
        connection.execute("INSERT INTO names VALUES (?, ?, ?)", row)
