"""scan: folders become rows."""

import fnmatch
import os
import re
import stat
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

import pandas as pd

from mediaorg.errors import BadSetting, NoSuchFolder, NotAFolder
from mediaorg.io.loop import in_thread
from mediaorg.io.progress import Follower, Progress
from mediaorg.rules.kinds import KINDS, VIDEO
from mediaorg.schema import SCAN, from_path, given_path, table
from mediaorg.stages.tables import Files, note, rows

__all__ = ["IGNORED", "scan", "taken"]

# What systems, servers and unfinished downloads leave lying about.
IGNORED: Final = (
    ".*",  # hidden; also the `._x.mkv` a Mac writes beside x.mkv on foreign disks, and .DS_Store
    "@eaDir",  # Synology's thumbnails
    "#recycle",
    "$RECYCLE.BIN",
    "System Volume Information",
    "lost+found",
    "Thumbs.db",
    "desktop.ini",
    "*.part",
    "*.crdownload",
    "*.!qB",
    "*.!ut",
)


async def scan(
    *roots: str | bytes | os.PathLike[str],
    suffixes: Iterable[str] | None = None,
    ignore: Iterable[str] | Literal[False] | None = None,
    follow_symlinks: bool = False,
    progress: Follower = None,
) -> pd.DataFrame:
    """List every file below `roots`: one row a file, the columns of `schema.SCAN`, sorted by folder.

    suffixes: only files of these suffixes ("mkv" or ".mkv"), which then count as video if nothing else is known.
    ignore: glob patterns of names to leave out besides hidden files and the junk of `IGNORED`; False leaves nothing
        out. How many were left out stands by pattern in ``attrs["mediaorg"]["scan"]["ignored"]``.
    follow_symlinks: enter linked folders and list linked files; a folder is entered once, so loops end. Otherwise
        links are left out and counted as ``symlink``.
    progress: see `mediaorg.io.progress`; the phase is "scan", its total unknown.

    Sizes are in bytes, times in UTC, all from one ``os.scandir`` walk: no file is opened. A folder that cannot be
    read is listed in ``attrs["mediaorg"]["scan"]["errors"]``, and the walk goes on. Raises NoSuchFolder, NotAFolder.

    >>> import mediaorg as mo
    >>> files = mo.run(mo.scan(mo.samples(), progress=False))
    >>> sorted(files["kind"].unique())
    ['artwork', 'audio', 'nfo', 'other', 'subtitle', 'video']
    """
    if not roots:
        raise BadSetting("scan needs a folder: scan('~/Videos')")
    folders = [_root(root) for root in roots]
    stop = threading.Event()
    with Progress(progress, "scan") as bar:
        walk = _Walk(_Ignore(ignore), _suffixes(suffixes), follow_symlinks, stop, bar.advance)
        await in_thread(partial(walk.run, folders), stop=stop)
    return walk.table([from_path(folder) for folder in folders])


async def taken(files: Files, *, stage: str, progress: Follower = None) -> pd.DataFrame:
    """Take `files` in as every stage does: as `rows`, and a folder as what a scan finds in it."""
    if isinstance(files, (str, bytes, os.PathLike)) and given_path(files, f"what {stage} takes").is_dir():
        return await scan(files, progress=progress)
    return rows(files, stage=stage)


def _root(root: object) -> Path:
    folder = given_path(root, "a folder to scan")
    if not folder.exists():
        raise NoSuchFolder(f"there is no folder {folder}")
    if not folder.is_dir():
        raise NotAFolder(f"{folder} is a file: scan takes folders, and probe takes files")
    return folder


def _suffixes(suffixes: Iterable[str] | None) -> frozenset[str] | None:
    if suffixes is None:
        return None
    listed = [suffixes] if isinstance(suffixes, str) else suffixes
    return frozenset("." + suffix.lower().lstrip(".") for suffix in listed)


class _Ignore:
    """Which names are left out, and by which pattern."""

    def __init__(self, more: Iterable[str] | Literal[False] | None) -> None:
        self.patterns = [] if more is False else [*IGNORED, *([more] if isinstance(more, str) else more or ())]
        each = (f"({fnmatch.translate(pattern)})" for pattern in self.patterns)
        self._match = re.compile("|".join(each) or r"(?!)", re.IGNORECASE).match

    def why(self, name: str) -> str | None:
        found = self._match(name)
        return None if found is None else self.patterns[(found.lastindex or 1) - 1]


class _Walk:
    """One walk over all roots, its findings in columns."""

    def __init__(
        self,
        ignore: _Ignore,
        suffixes: frozenset[str] | None,
        follow: bool,
        stop: threading.Event,
        advance: Callable[[int], None],
    ) -> None:
        self._ignore, self._suffixes, self._follow, self._stop, self._advance = ignore, suffixes, follow, stop, advance
        self._entered: set[tuple[int, int]] = set()  # one folder is one folder, by whichever link or root it is reached
        self.ignored: Counter[str] = Counter()
        self.errors: list[dict[str, str]] = []
        self._columns: dict[str, list[Any]] = {column.name: [] for column in SCAN if column.name != "mtime"}

    def run(self, roots: list[Path]) -> None:
        for root in roots:
            cell = from_path(root)
            folders = [(os.fspath(root), ".")]
            while folders and not self._stop.is_set():
                folder, relative = folders.pop()
                listed = list(self._listed(folder))
                self._add(cell, relative, [found for found in listed if not stat.S_ISDIR(found[1].st_mode)])
                below = [found[0] for found in listed if stat.S_ISDIR(found[1].st_mode)]
                prefix = "" if relative == "." else relative + "/"
                folders.extend((entry.path, prefix + from_path(entry.name)) for entry in reversed(below))

    def _listed(self, folder: str) -> Iterator[tuple[os.DirEntry[str], os.stat_result]]:
        try:
            facts = os.stat(folder)  # noqa: PTH116
            if (facts.st_dev, facts.st_ino) in self._entered:
                return
            self._entered.add((facts.st_dev, facts.st_ino))
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self._failed(folder, error)
            return
        for entry in found:
            why = self._ignore.why(entry.name) or ("symlink" if entry.is_symlink() and not self._follow else None)
            if why is not None:
                self.ignored[why] += 1
                continue
            try:
                yield entry, entry.stat(follow_symlinks=self._follow)
            except OSError as error:  # a dangling link, or a file that is gone again
                self._failed(entry.path, error)

    def _failed(self, path: str, error: OSError) -> None:
        word = (
            "permission"
            if isinstance(error, PermissionError)
            else "missing"
            if isinstance(error, FileNotFoundError)
            else "io"
        )
        self.errors.append({"path": from_path(path), "error": f"{word}: {error.strerror or error}"})

    def _add(self, root: str, folder: str, found: list[tuple[os.DirEntry[str], os.stat_result]]) -> None:
        columns = self._columns
        parts = [] if folder == "." else folder.split("/")
        beginning = os.sep.join((root.rstrip(os.sep), *parts, ""))
        for entry, facts in found:
            name = from_path(entry.name)
            suffix = os.path.splitext(name)[1].lower() or None  # noqa: PTH122  names are text here, not paths
            if self._suffixes is not None and suffix not in self._suffixes:
                continue
            columns["path"].append(beginning + name)
            columns["root"].append(root)
            columns["folder"].append(folder)
            columns["name"].append(name)
            columns["suffix"].append(suffix)
            columns["kind"].append(KINDS.get(suffix or "", VIDEO if self._suffixes is not None else "other"))
            columns["size"].append(facts.st_size)
            columns["mtime_ns"].append(facts.st_mtime_ns)
            columns["device"].append(facts.st_dev & 0xFFFF_FFFF_FFFF_FFFF)
            columns["inode"].append(facts.st_ino & 0xFFFF_FFFF_FFFF_FFFF)
            columns["nlink"].append(facts.st_nlink)
        self._advance(len(found))

    def table(self, roots: list[str]) -> pd.DataFrame:
        facts = {"roots": roots, "ignored": dict(self.ignored), "errors": self.errors}
        return note(table(SCAN, {**self._columns, "mtime": self._columns["mtime_ns"]}), "scan", facts)
