"""Beside the replaced system at a thousand files and at ten thousand, how cost grows, and what the records cost."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import mediaorg as mo
from benchmarks.measure import Line
from benchmarks.probing import by_one_pool, by_three_calls, videos
from mediaorg.io.meters import MemoryMeter
from mediaorg.records import Limits
from mediaorg.rules.crowd import Crowd
from mediaorg.stages.recorded import recorded

__all__ = ["against_the_grid", "growth", "records", "replaced"]

_MANY: Final = 10_000  # files; more are measured once
_GRID: Final = (1, 2, 4, 8, 16, 32)


def replaced(home: Path, *, sizes: Sequence[int], serially: int, at_once: int, times: int) -> list[Line]:
    """The replaced system's serial and concurrent forms, and ours: files/s, memory, and looks into files.

    The slow forms are timed on the first `serially` and `at_once` files: each file costs them the same.
    """
    lines = []
    for n in sizes:
        frame = videos(home / f"replaced{n}", n)
        paths = [os.fspath(mo.to_path(cell)) for cell in frame["path"]]
        folder = home / f"replaced{n}"
        laid = int((mo.run(mo.scan(folder, progress=False))["kind"] == "video").sum())
        ways: dict[str, tuple[int, Callable[[], int]]] = {
            "replaced, serial form": (min(n, serially), lambda some=paths[:serially]: by_three_calls(some)),  # type: ignore[misc]
            "replaced, concurrent form": (min(n, at_once), lambda some=paths[:at_once]: by_one_pool(some)),  # type: ignore[misc]
            "mo.probe, no cache": (n, lambda some=frame: _probed(some)),  # type: ignore[misc]
            "mo.organize, no cache, whole journey": (laid, lambda root=folder: _organised(root)),  # type: ignore[misc]
        }
        lines += _compared(
            f"beside the replaced system, {n:,} videos", ways, times, against="replaced, concurrent form"
        )
    return lines


def _probed(frame: Any) -> int:
    media = mo.run(mo.probe(frame, cache=False, progress=False))
    return int(media.attrs["mediaorg"]["probe"]["probes"])


def _organised(root: Path) -> int:
    run = mo.run(mo.organize(root, f"{root}-library", cache=False, progress=False))
    return int(run.stats["ffprobe_calls"])


def _compared(topic: str, ways: dict[str, tuple[int, Callable[[], int]]], times: int, *, against: str) -> list[Line]:
    rates: dict[str, list[float]] = {name: [] for name in ways}
    peaks: dict[str, list[float]] = {name: [] for name in ways}
    looks: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(times):
        for name in list(ways) if number % 2 else list(reversed(ways)):
            n, do = ways[name]
            with MemoryMeter() as memory:
                began = time.perf_counter()
                probes = do()
                rates[name].append(n / (time.perf_counter() - began))
            peaks[name].append(memory.peak_mb)
            looks[name].append(probes / n)
    lines = []
    for name, (n, _) in ways.items():
        lines.append(Line(topic, name, n, "files/s", tuple(rates[name]), tuple(rates[against])))
        lines.append(Line(topic, f"{name}: peak memory added", n, "MB", tuple(peaks[name])))
        lines.append(Line(topic, f"{name}: probes a video", n, "probes", tuple(looks[name])))
    return lines


def growth(home: Path, *, sizes: Sequence[int], times: int) -> list[Line]:
    """What each stage costs a file [ms] as there are more of them; the first size is 1."""
    costs: dict[str, dict[int, list[float]]] = {}
    _stages(mo.samples(home / "growth", n=20), home)  # what is imported and begun once counts for no size
    for n in sizes:
        folder = mo.samples(home / f"growth{n}", n=n)
        for _ in range(times if n <= _MANY else 1):
            for name, seconds in _stages(folder, home).items():
                costs.setdefault(name, {}).setdefault(n, []).append(1000 * seconds / n)
    return [
        Line(
            "cost of a file, by stage, as there are more",
            f"{name}, {n:,} files",
            n,
            "ms",
            tuple(per[n]),
            tuple(per[sizes[0]]),
        )
        for name, per in costs.items()
        for n in sizes
    ]


def _stages(folder: Path, home: Path) -> dict[str, float]:
    took: dict[str, float] = {}

    def timed(name: str, do: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        done = do()
        took[name] = time.perf_counter() - began
        return done

    with tempfile.TemporaryDirectory(dir=home) as scratch:
        cache = Path(scratch) / "cache.sqlite"
        files = timed("scan", lambda: mo.run(mo.scan(folder, progress=False)))
        media = timed("probe, nothing known", lambda: mo.run(mo.probe(files, cache=cache, progress=False)))
        timed("probe, all cached", lambda: mo.run(mo.probe(files, cache=cache, progress=False)))
        labels = timed("classify", lambda: mo.run(mo.classify(media, progress=False)))
        plan = timed("plan", lambda: mo.plan(labels, Path(scratch) / "library"))
        receipts = timed("apply", lambda: mo.run(mo.apply(plan, progress=False)))
        timed("undo", lambda: mo.run(mo.undo(receipts, progress=False)))
    return took


def records(home: Path, *, n: int, times: int) -> list[Line]:
    """What a run's own record costs, beside the probing of as many files; the share is in the ratio."""
    files = mo.run(mo.scan(mo.samples(home / "records", n=n), progress=False))
    cost, whole = [], []
    for _ in range(times):
        began = time.perf_counter()
        media = mo.run(mo.probe(files, cache=False, progress=False))
        whole.append(time.perf_counter() - began)
        cost.append(mo.run(_recording(media)))
    topic = f"the record of a run, {n:,} files"
    return [
        Line(topic, "mo.probe, no cache, with it", n, "s", tuple(whole), tuple(whole)),
        Line(topic, "all that is done for the record", n, "s", tuple(cost), tuple(whole)),
    ]


async def _recording(media: Any) -> float:
    """Count and time each file, lead a crowd by it, look at memory, put it together, write it down."""
    began = time.perf_counter()
    async with recorded("record", Limits()) as run:
        crowd = Crowd()
        for number in range(len(media)):
            run.series.count(1)
            crowd.completed(number / 1000)
        run.tell(media, error="probe_error", seconds="probe_seconds")
    return time.perf_counter() - began


def against_the_grid(home: Path, *, n: int, times: int) -> list[Line]:
    """The automatic number of files in flight beside each of a grid, on the disk under `home`, in the same run."""
    frame = videos(home / "grid", n)
    rates: dict[str, list[float]] = {}
    for number in range(-1, times):
        ways = [None, *_GRID]
        for workers in ways if number % 2 else reversed(ways):
            began = time.perf_counter()
            mo.run(mo.probe(frame, cache=False, limits=Limits(max_workers=workers), progress=False))
            name = "automatic" if workers is None else f"max_workers={workers}"
            rates.setdefault(name, [])
            if number >= 0:  # the first reads the files into the page cache
                rates[name].append(n / (time.perf_counter() - began))
    best = max((name for name in rates if name != "automatic"), key=lambda name: statistics.median(rates[name]))
    topic = f"files in flight on this disk; the best of the grid, {best}, is 1"
    return [
        Line(topic, name, n, "files/s", tuple(values), tuple(rates[best])) for name, values in sorted(rates.items())
    ]
