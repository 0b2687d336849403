"""Plans made by hand, trees remembered byte by byte, small file systems and failing journals, to test the mover."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from mediaorg.schema import PLAN, from_path, table

_SHARED_MEMORY = Path("/dev/shm")


def make_plan(
    pairs: list[tuple[Path, Path]], root: Path, operation: str | list[str] = "move", *, identity: bool = True
) -> pd.DataFrame:
    """A plan of `pairs` (source, target), all ready, as the plan stage would write it."""
    seen = [os.lstat(source) if identity else None for source, _ in pairs]
    return table(
        PLAN,
        {
            "move_id": [f"m{at}" for at in range(len(pairs))],
            "target_root": [from_path(root)] * len(pairs),
            "layout": ["jellyfin"] * len(pairs),
            "source": [from_path(source) for source, _ in pairs],
            "target": [from_path(target) for _, target in pairs],
            "operation": [operation] * len(pairs) if isinstance(operation, str) else operation,
            "status": ["ready"] * len(pairs),
            "size": [one and one.st_size for one in seen],
            "mtime_ns": [one and one.st_mtime_ns for one in seen],
            "inode": [one and one.st_ino for one in seen],
            "device": [one and one.st_dev for one in seen],
        },
    )


def film(path: Path, content: bytes | None = None, *, mtime_ns: int | None = None) -> Path:
    """A file of bytes of its own, with a time of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(os.fsencode(path.name) * 3 if content is None else content)
    os.utime(path, ns=(0, mtime_ns or 1_500_000_000_000_000_000 + sum(os.fsencode(path.name)) * 1_000_000_007))
    return path


@dataclass(frozen=True)
class Seen:
    content: bytes
    mtime_ns: int
    mode: int


def tree(*roots: Path) -> dict[str, Seen | None]:
    """Every file and folder below `roots`, byte by byte; folders are None."""
    found: dict[str, Seen | None] = {}
    for root in roots:
        for folder, folders, names in os.walk(root):
            found.update({os.path.join(folder, name): None for name in folders})
            for name in names:
                path = os.path.join(folder, name)
                stat = os.lstat(path)
                if os.path.islink(path):
                    content = os.fsencode(os.readlink(path))
                else:
                    content = Path(path).read_bytes() if os.path.isfile(path) else b"not regular"
                found[path] = Seen(content, stat.st_mtime_ns, stat.st_mode)
    return found


@contextmanager
def another_device(tmp_path: Path) -> Iterator[Path]:
    """A folder on another device than `tmp_path`, or a visible skip."""
    if not _SHARED_MEMORY.is_dir() or _SHARED_MEMORY.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second device here")
    with tempfile.TemporaryDirectory(dir=_SHARED_MEMORY) as folder:
        yield Path(folder)


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """A small file system in memory, or a visible skip."""
    folder.mkdir()
    answer = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if answer.returncode:
        pytest.skip(f"cannot mount a file system here: {answer.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@contextmanager
def ext2(folder: Path) -> Iterator[Path]:
    """A file system of another age, or a visible skip: it counts time in seconds, and holds 1 KB of extended attributes."""
    make, image = shutil.which("mkfs.ext2"), folder.with_suffix(".img")
    if make is None:
        pytest.skip("mkfs.ext2 is not installed")
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(8 << 20)
    subprocess.run([make, "-q", "-F", "-I", "128", "-b", "1024", image], capture_output=True, check=True)
    answer = subprocess.run(["mount", "-o", "loop", image, folder], capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.skip(f"cannot mount an image here: {answer.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@contextmanager
def torn(journal: Path, after: int) -> Iterator[None]:
    """A journal whose disk takes `after` more rows, and then no more, as one that fills up.

    The run stops where a process that is killed there would have: deeds may be done that are not written down.
    """
    words = "UPDATE torn SET rest = rest - 1; SELECT RAISE(ABORT, 'the disk is full') FROM torn WHERE rest < 0;"
    whens = {"rows": "UPDATE", "runs": "UPDATE", "folders": "DELETE"}
    with closing(sqlite3.connect(journal, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE torn (rest INTEGER)")
        connection.execute("INSERT INTO torn VALUES (?)", [after])
        for name, when in whens.items():
            connection.execute(f"CREATE TRIGGER torn_{name} AFTER {when} ON {name} BEGIN {words} END")
    try:
        yield
    finally:
        with closing(sqlite3.connect(journal, isolation_level=None)) as connection:
            for name in whens:
                connection.execute(f"DROP TRIGGER torn_{name}")
            connection.execute("DROP TABLE torn")
