"""Scanning, and scanning again what is known: beside the barest walk that Python can do."""

import os
from pathlib import Path

import mediaorg as mo
from benchmarks.measure import Line, Way, rounds

__all__ = ["walking"]


def walking(home: Path, *, n: int, times: int) -> list[Line]:
    """The sample collection at `n` files, every answer of its videos in a cache of its own."""
    folder, cache = mo.samples(home / "walked", n=n), home / "walked.sqlite"
    files = mo.run(mo.scan(folder, progress=False))
    mo.run(mo.probe(files, cache=cache, progress=False))
    bare, count = "os.scandir and stat, nothing kept", _walk(folder)

    def again() -> None:
        media = mo.run(mo.probe(mo.run(mo.scan(folder, progress=False)), cache=cache, progress=False))
        assert media["width"].notna().any()

    return rounds(
        "scan, and rescan with every answer cached",
        [
            Way(bare, count, lambda: _walk(folder)),
            Way("mo.scan", count, lambda: mo.run(mo.scan(folder, progress=False))),
            Way("mo.scan and mo.probe, all cached", count, again),
        ],
        times=times,
        against=bare,
    )


def _walk(folder: Path) -> int:
    count, folders = 0, [os.fspath(folder)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    entry.stat(follow_symlinks=False)
                    count += 1
    return count
