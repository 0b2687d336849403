"""scan: folders become rows."""

import fnmatch
import os
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

import pandas as pd

from mediaorg.errors import BadSetting, NoSuchFolder, NotAFolder
from mediaorg.io.loop import in_thread
from mediaorg.io.progress import Follower, Progress
from mediaorg.io.stopping import stoppable
from mediaorg.io.walk import Found, Walk
from mediaorg.records import Limits
from mediaorg.rules.kinds import KINDS, VIDEO
from mediaorg.schema import SCAN, from_path, given_path, table
from mediaorg.stages.recorded import recorded
from mediaorg.stages.tables import Files, note, rows, stopped

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
    with stoppable() as stop:
        async with recorded("scan", Limits(), follow_symlinks=follow_symlinks) as run:
            with Progress(progress, "scan") as bar:
                files = _Columns(_suffixes(suffixes), bar.advance)
                walk = Walk(_Ignore(ignore).why, files.add, follow=follow_symlinks, stop=stop)
                await in_thread(partial(walk.run, folders), stop=stop)
            found = table(SCAN, {**files.columns, "mtime": files.columns["mtime_ns"]})
            run.tell(found)
    facts = {"roots": [from_path(folder) for folder in folders], "ignored": dict(walk.ignored), "errors": walk.errors}
    return stopped(note(found, "scan", facts), stop)


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


class _Columns:
    """What a walk finds, in columns."""

    def __init__(self, suffixes: frozenset[str] | None, advance: Callable[[int], None]) -> None:
        self._suffixes, self._advance = suffixes, advance
        self.columns: dict[str, list[Any]] = {column.name: [] for column in SCAN if column.name != "mtime"}

    def add(self, root: str, folder: str, found: Sequence[Found]) -> None:
        columns = self.columns
        parts = [] if folder == "." else folder.split("/")
        beginning = os.sep.join((root.rstrip(os.sep), *parts, ""))
        names = [from_path(entry.name) for entry, _ in found]
        suffixes = [_suffix(name) for name in names]
        facts = [fact for _, fact in found]
        other = "other"
        if self._suffixes is not None:
            other = VIDEO
            kept = [at for at, suffix in enumerate(suffixes) if suffix in self._suffixes]
            names, suffixes, facts = (
                [names[at] for at in kept],
                [suffixes[at] for at in kept],
                [facts[at] for at in kept],
            )
        for name, cells in (
            ("path", [beginning + name for name in names]),
            ("root", [root] * len(names)),
            ("folder", [folder] * len(names)),
            ("name", names),
            ("suffix", suffixes),
            ("kind", [KINDS.get(suffix or "", other) for suffix in suffixes]),
            ("size", [fact.st_size for fact in facts]),
            ("mtime_ns", [fact.st_mtime_ns for fact in facts]),
            ("device", [fact.st_dev & 0xFFFF_FFFF_FFFF_FFFF for fact in facts]),
            ("inode", [fact.st_ino & 0xFFFF_FFFF_FFFF_FFFF for fact in facts]),
            ("nlink", [fact.st_nlink for fact in facts]),
        ):
            columns[name] += cells
        self._advance(len(found))


def _suffix(name: str) -> str | None:
    """The lower-case suffix with its dot; the dots a name begins with make none (`os.path.splitext`, without its cost)."""
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 and name[:dot].strip(".") else None
