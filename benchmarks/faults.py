"""What is lost when things go wrong all the time: workers that are killed, a cache that is held, runs that are killed.

All sound files have to be answered as on a quiet day, and all that a plan would move have to lie where it says, whole.
"""

import contextlib
import os
import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pandas as pd
import psutil

import mediaorg as mo
from benchmarks.measure import Line

__all__ = ["under_faults"]

_LONGEST: Final = 5e-5  # s a file, that a run is left alive
_SAME: Final = ["format_name", "duration", "width", "height", "video_codec", "audio_codec", "playable"]


def under_faults(home: Path, *, n: int, kills: int) -> list[Line]:
    """Probe `n` files by workers that are killed again and again, and move them in runs that are, `kills` times over."""
    folder, cache = mo.samples(home / "faults", n=n), home / "faults.sqlite"
    files = mo.run(mo.scan(folder, progress=False))
    calm = mo.run(mo.probe(files, prober="libav", cache=False, progress=False))
    sound = calm["probe_error"].isna() & (calm["kind"] == "video")
    with _again_and_again(_kill_a_worker, 0.5) as killed, _again_and_again(lambda: _hold(cache), 0.5) as held:
        media = mo.run(mo.probe(files, prober="libav", cache=cache, progress=False))
    answered = media["probe_error"].isna() & (
        media[_SAME].astype(object).fillna(0) == calm[_SAME].astype(object).fillna(0)
    ).all(axis=1)

    labels = mo.run(mo.classify(media, progress=False))
    plan = mo.plan(labels, home / "faults-library")
    ready = plan[(plan["status"] == "ready") & (plan["operation"] == "move")]
    begun = _moved_though_killed(plan, home, kills)
    there = [_is_there(row) for row in ready.itertuples()]
    topic = f"under faults, {n:,} files"
    return [
        Line(topic, f"sound files not answered as on a quiet day; {len(killed)} workers killed, cache held {len(held)} times", int(sound.sum()), "lost", (float((sound & ~answered).sum()),)),
        Line(topic, f"ready files not moved whole; {begun} runs killed", len(ready), "lost", (float(there.count(False)),)),
    ]  # fmt: skip


@contextlib.contextmanager
def _again_and_again(do: Callable[[], bool], seconds: float) -> Iterator[list[bool]]:
    """Meanwhile `do` is done, at random moments some `seconds` apart; gives how often it came to something."""
    done: list[bool] = []
    over, draw = threading.Event(), random.Random(0)

    def live() -> None:
        while not over.wait(draw.uniform(0, 2 * seconds)):
            if do():
                done.append(True)

    thread = threading.Thread(target=live)
    thread.start()
    try:
        yield done
    finally:
        over.set()
        thread.join()


def _kill_a_worker() -> bool:
    workers = psutil.Process().children()
    with contextlib.suppress(IndexError, psutil.Error):
        random.choice(workers).kill()
        return True
    return False


def _hold(cache: Path) -> bool:
    """Another process writes to the cache for a while."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(cache, timeout=0)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        threading.Event().wait(0.2)
        return True
    return False


def _moved_though_killed(plan: pd.DataFrame, home: Path, kills: int) -> int:
    """Apply `plan` in processes that are killed, each going on where the one before was; the last lives.

    One that is killed before its run is written down leaves nothing to resume, and is begun again.
    """
    file, journal = home / "faults.parquet", home / "faults-journal.sqlite"
    mo.save_plan(plan, file)
    draw, killed = random.Random(0), 0
    for number in range(kills + 1):
        step = "resume" if journal.exists() and len(mo.runs(journal)) else "apply"
        command = [sys.executable, "-m", "benchmarks.faults", step, os.fspath(file), os.fspath(journal)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).resolve().parent.parent) as child:
            assert child.stdout is not None
            child.stdout.readline()  # it begins
            if number < kills:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(draw.uniform(0, _LONGEST * len(plan)))
                killed += child.poll() is None
                child.kill()
        if number == kills and child.returncode:
            raise RuntimeError("the last run failed")
    file.unlink()
    return killed


def _is_there(row: object) -> bool:
    """Whether a file lies at its target, the same as it was planned, and nowhere else."""
    source, target = mo.to_path(row.source), mo.to_path(row.target)  # type: ignore[attr-defined]
    if not target.is_file() or source.exists():
        return False
    stat = target.stat()
    return (stat.st_size, stat.st_mtime_ns) == (row.size, row.mtime_ns)  # type: ignore[attr-defined]


def _main(step: str, plan: str, journal: str) -> None:
    run = mo.resume(journal=journal, progress=False)
    if step == "apply":
        run.close()
        run = mo.apply(mo.load_plan(plan), journal=journal, progress=False)
    print("begun", flush=True)
    mo.run(run)


if __name__ == "__main__":
    _main(*sys.argv[1:])
