"""Probing: the ffprobe program, called as the system that mediaorg replaces called it, beside `mo.probe`."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import mediaorg as mo
from benchmarks.measure import Line, Way, rounds
from mediaorg.io.meters import tree_memory

__all__ = ["by_one_pool", "by_three_calls", "cold", "library", "memory", "probing", "videos"]

_BATCH: Final = 50
_THREADS: Final = min(32, (os.cpu_count() or 1) + 4)
_TIMEOUT: Final = 30  # s
_POOL: Final = f"ffprobe, 1 call a file, {_THREADS} threads, batches of {_BATCH}"
_OURS: Final = "mo.probe, no cache, workers started anew"
_EVERYTHING: Final = ("-show_format", "-show_streams")
_ONE_BY_ONE: Final = (  # a call for the length, one for the picture, one for whether it plays
    ("-show_entries", "format=duration"),
    ("-select_streams", "v:0", "-show_entries", "stream=width,height"),
    ("-show_entries", "stream=codec_type,codec_name"),
)


def probing(home: Path, *, n: int, serially: int, times: int) -> list[Line]:
    """Short clips of all formats, each in the page cache; `serially` of them for the way that takes a second for five."""
    program, frame = _ffprobe(), videos(home / "clips", n)
    paths = _paths(frame)
    few = paths[:serially]
    return rounds(
        "probe short clips of all formats",
        [
            Way("ffprobe, 3 calls a file, serially", len(few), lambda: _serially(program, few), most=3),
            Way(_POOL, n, lambda: _in_batches(program, paths)),
            Way(_OURS, n, lambda: _probe(frame)),
        ],
        times=times,
        against=_POOL,
    )


def library(home: Path, *, n: int, few: int, minutes: int, times: int) -> list[Line]:
    """Long files in the mix of a library; `few` of them for the way that is slow."""
    program, frame = _ffprobe(), _long_files(home / "library", n, minutes)
    paths = _paths(frame)[:few]
    return rounds(
        f"probe a library's mix: 70 % mkv, 25 % mp4, 5 % avi and ts, {minutes} minutes each",
        [Way(_POOL, len(paths), lambda: _in_batches(program, paths), most=3), Way(_OURS, n, lambda: _probe(frame))],
        times=times,
        against=_POOL,
    )


def cold(home: Path, *, n: int, times: int) -> list[Line]:
    """The same short clips, dropped from the page cache before each turn; a virtual disk's host may still hold them."""
    program, frame = _ffprobe(), videos(home / "cold", n)
    paths = _paths(frame)
    os.sync()

    def drop() -> None:
        for path in paths:
            with open(path, "rb") as file:  # noqa: PTH123
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    return rounds(
        "probe short clips from a cold page cache",
        [
            Way(_POOL, n, lambda: _in_batches(program, paths), before=drop),
            Way(_OURS, n, lambda: _probe(frame), before=drop),
        ],
        times=times,
        against=_POOL,
    )


def memory(home: Path, *, n: int, times: int) -> list[Line]:
    """What scan and probe add to a Python that has imported pandas: peak of the whole process tree."""
    folder = mo.samples(home / "remembered", n=n)
    command = [sys.executable, "-m", "benchmarks.probing", os.fspath(folder)]
    checkout = Path(__file__).resolve().parent.parent
    runs = [
        json.loads(subprocess.run(command, cwd=checkout, stdout=subprocess.PIPE, check=True).stdout)
        for _ in range(times)
    ]
    topic = f"memory of scan and probe, {n:,} files, above a Python that has imported pandas"
    return [Line(topic, way, n, "MB", tuple(run[way] for run in runs)) for way in runs[0]]


def _main(folder: str) -> None:
    import pandas as pd

    pd.DataFrame({"text": ["a"]})
    base, over, peak = tree_memory(), threading.Event(), [0]

    def watch() -> None:
        while not over.wait(0.02):
            peak[0] = max(peak[0], tree_memory())

    watching = threading.Thread(target=watch)
    watching.start()
    media = mo.run(mo.probe(mo.run(mo.scan(folder, progress=False)), cache=False, progress=False))
    over.set()
    watching.join()
    table = float(media.memory_usage(deep=True).sum())
    print(
        json.dumps(
            {"peak": (peak[0] - base) / 1e6, "left": (tree_memory() - base) / 1e6, "the table itself": table / 1e6}
        )
    )


def _ffprobe() -> str:
    program = shutil.which("ffprobe")
    if program is None:
        raise SystemExit("ffprobe is not installed, and is what probing is compared with: apt install ffmpeg")
    return program


def _paths(frame: Any) -> list[str]:
    return [os.fspath(mo.to_path(cell)) for cell in frame["path"]]


_X264: Final = "-c:v libx264 -preset ultrafast -crf 45 -g 250"
_MADE: Final = {  # name -> how its minute is encoded
    "film.mkv": f"{_X264} -c:a ac3 -b:a 32k",
    "show.mkv": f"{_X264} -c:a aac -b:a 16k",
    "new.mkv": "-c:v libx265 -preset ultrafast -crf 45 -x265-params log-level=none -c:a libopus -b:a 16k",
    "first.mp4": f"{_X264} -c:a aac -b:a 16k -movflags +faststart",
    "last.mp4": f"{_X264} -c:a aac -b:a 16k",
    "old.avi": "-c:v mpeg4 -vtag XVID -b:v 60k -c:a mp3 -b:a 32k",
    "recorded.ts": f"{_X264} -c:a mp2 -b:a 64k",
}
_MIX: Final = (  # of 20
    ("film.mkv",) * 5 + ("show.mkv",) * 6 + ("new.mkv",) * 3 + ("first.mp4",) * 3 + ("last.mp4",) * 2 + ("old.avi",)
    + ("film.mkv",) * 5 + ("show.mkv",) * 6 + ("new.mkv",) * 3 + ("first.mp4",) * 3 + ("last.mp4",) * 2 + ("recorded.ts",)
)  # fmt: skip


def _long_files(folder: Path, n: int, minutes: int) -> Any:
    """A scan of `n` files of a few contents, under names of their own."""
    made = folder / ".made"
    made.mkdir(parents=True)
    source = "-f lavfi -i testsrc2=s=128x72:r=24000/1001 -f lavfi -i sine=220 -t 60"
    for name, how in _MADE.items():
        minute = made / f"minute-{name}"
        _ffmpeg(*source.split(), *how.split(), os.fspath(minute))
        options = how.split()[how.split().index("-movflags") :] if "-movflags" in how else []
        _ffmpeg(
            "-stream_loop", str(minutes - 1), "-i", os.fspath(minute), "-c", "copy", *options, os.fspath(made / name)
        )
    for number in range(n):
        name = _MIX[number % len(_MIX)]
        (folder / f"{number:05} {name}").hardlink_to(made / name)
    return mo.run(mo.scan(folder, progress=False)).sample(frac=1, random_state=0)


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments], check=True, stdin=subprocess.DEVNULL)


def videos(folder: Path, n: int) -> Any:
    """A scan of `n` videos of the sample collection, in an order that mixes all formats."""
    laid = mo.run(mo.scan(mo.samples(folder, n=2 * n), progress=False))
    return laid[laid["kind"] == "video"].sample(n, random_state=0)


def by_three_calls(paths: Sequence[str]) -> int:
    """The replaced system's serial form; gives the number of calls."""
    _serially(_ffprobe(), paths)
    return len(_ONE_BY_ONE) * len(paths)


def by_one_pool(paths: Sequence[str]) -> int:
    """The replaced system's concurrent form; gives the number of calls."""
    _in_batches(_ffprobe(), paths)
    return len(paths)


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


if __name__ == "__main__":
    _main(*sys.argv[1:])
