"""Probing: the ffprobe program, called as the system that mediaorg replaces called it, beside `mo.probe`."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import mediaorg as mo
from benchmarks.measure import Line, Way, rounds

__all__ = ["probing", "videos"]

_BATCH: Final = 50
_THREADS: Final = min(32, (os.cpu_count() or 1) + 4)
_TIMEOUT: Final = 30  # s
_EVERYTHING: Final = ("-show_format", "-show_streams")
_ONE_BY_ONE: Final = (  # a call for the length, one for the picture, one for whether it plays
    ("-show_entries", "format=duration"),
    ("-select_streams", "v:0", "-show_entries", "stream=width,height"),
    ("-show_entries", "stream=codec_type,codec_name"),
)


def probing(home: Path, *, n: int, serially: int, times: int) -> list[Line]:
    """Short clips of all formats, each in the page cache; `serially` of them for the way that takes a second for five."""
    program = shutil.which("ffprobe")
    if program is None:
        raise SystemExit("ffprobe is not installed, and is what probing is compared with: apt install ffmpeg")
    frame = videos(home / "clips", n)
    paths = [os.fspath(mo.to_path(cell)) for cell in frame["path"]]
    few = paths[:serially]
    pool = f"ffprobe, 1 call a file, {_THREADS} threads, batches of {_BATCH}"
    return rounds(
        "probe short clips of all formats",
        [
            Way("ffprobe, 3 calls a file, serially", len(few), lambda: _serially(program, few), most=3),
            Way(pool, n, lambda: _in_batches(program, paths)),
            Way("mo.probe, no cache, workers started anew", n, lambda: _probe(frame)),
        ],
        times=times,
        against=pool,
    )


def videos(folder: Path, n: int) -> Any:
    """A scan of `n` videos of the sample collection, in an order that mixes all formats."""
    laid = mo.run(mo.scan(mo.samples(folder, n=2 * n), progress=False))
    return laid[laid["kind"] == "video"].sample(n, random_state=0)


def _serially(program: str, paths: Sequence[str]) -> None:
    for path in paths:
        for asked in _ONE_BY_ONE:
            _ask(program, asked, path)


def _in_batches(program: str, paths: Sequence[str]) -> None:
    """Nobody goes on to the next batch before the last of this one is done."""
    with ThreadPoolExecutor(_THREADS) as pool:
        for start in range(0, len(paths), _BATCH):
            list(pool.map(lambda path: _ask(program, _EVERYTHING, path), paths[start : start + _BATCH]))


def _ask(program: str, asked: Sequence[str], path: str) -> Any:
    command = [program, "-v", "quiet", "-of", "json", *asked, path]
    said = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_TIMEOUT, check=False)
    return json.loads(said.stdout or b"{}")


def _probe(frame: Any) -> None:
    media = mo.run(mo.probe(frame, cache=False, progress=False))
    assert media["width"].notna().mean() > 0.5, "most of the samples have a picture"
