"""tune: a grid of settings, measured on the files at hand; best: the setting to take."""

import asyncio
import random
import time
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any, Final, Literal, Protocol

import pandas as pd

from mediaorg.errors import BadSetting
from mediaorg.io.disk import forget_pages
from mediaorg.io.loop import in_thread
from mediaorg.io.meters import MemoryMeter
from mediaorg.io.progress import Follower, Progress
from mediaorg.io.stopping import stoppable
from mediaorg.records import Limits
from mediaorg.schema import Column, need, path_text, table
from mediaorg.stages.probe import probe
from mediaorg.stages.scan import taken
from mediaorg.stages.tables import Files, note, noted, one_of, stopped

__all__ = ["TUNED", "Stage", "best", "tune"]

TUNED: Final = tuple(
    Column(name, dtype, meaning, "tune", unit)
    for name, dtype, meaning, unit in (
        ("workers", "count", "files in flight", None),
        ("batch_size", "count", "files handed on at once", None),
        ("files_per_second", "number", "median of the repeats", "1/s"),
        ("slowest", "number", "of the repeats", "1/s"),
        ("fastest", "number", "of the repeats", "1/s"),
        ("latency_p50", "number", "half of the files took less", "s"),
        ("latency_p95", "number", "of 100 files 95 took less", "s"),
        ("memory_mb", "number", "the most it added to the memory of the process tree", "MB"),
        ("repeats", "count", "rounds that were measured to their end", None),
        ("given_up", "yesno", "it was not measured to the last round, being far behind", None),
        ("pages", "text", "warm: the files had just been read; cold: the page cache was asked to forget them", None),
    )
)
_HOPELESS: Final = 0.6  # of the best rate so far: another round will not change that
_TOO_LONG: Final = 2.5  # times what the fastest took, and it is stopped in mid-round
_A_START: Final = 1.0  # s; a worker's start is no part of the comparison


class Stage(Protocol):
    """What can be tuned: a coroutine function such as `probe`, which takes a table and limits."""

    def __call__(
        self, files: pd.DataFrame, *, limits: Limits | None = ..., progress: Follower = ...
    ) -> Awaitable[pd.DataFrame]:
        """Give the same rows, wider; ``attrs["mediaorg"]["probe"]`` may say `seconds` and `peak_memory_mb`."""
        ...


@dataclass(slots=True)
class _Setting:
    limits: Limits
    rates: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    memory: float = 0.0
    given_up: bool = False

    def add(self, trial: "_Setting") -> None:
        """Take in one more trial; the rate of one that was ended says nothing where there are others."""
        if not (trial.given_up and self.rates):
            self.rates += trial.rates
        self.latencies += trial.latencies
        self.memory = max(self.memory, trial.memory)
        self.given_up |= trial.given_up


async def tune(
    files: Files,
    *,
    workers: Sequence[int] = (1, 2, 4, 8, 16, 32, 64),
    batch_sizes: Sequence[int] = (50,),
    repeats: int = 3,
    pages: Literal["warm", "cold"] = "warm",
    stage: Stage | None = None,
    limits: Limits | None = None,
    seed: int = 0,
    progress: Follower = None,
) -> pd.DataFrame:
    """Measure each pair of `workers` and `batch_sizes` on `files`: one row a setting, in the order of the grid.

    repeats: rounds. Each round goes through the settings in an order of its own, shuffled by `seed`, so that no setting
        always follows the same other; medians and the range of the rounds are given. A setting that is far behind after
        a round (under 60 % of the best) is not measured again, and one that takes 2.5 times as long as the best is
        stopped: both are `given_up`, and the rate of one that was stopped is the most it can have been.
    pages: "warm" reads all files once before, which is not counted; "cold" asks the system before every trial to forget
        them, which needs no rights, and which a network mount or a virtual disk's host may not heed.
    stage: what is measured, called as ``stage(files, limits=…, progress=False)``; not given, `probe` without its cache.
        A `SimulatedDisk` is one.
    limits: what stays the same in all trials: deadline and memory limit.
    progress: see `mediaorg.io.progress`; the phase is "tune", counted in trials. Asked to stop, it gives what was measured
        so far, and leaves out the trial that was not finished; what was not measured is missing.

    A grid, and no search that learns as it goes: at the same number of trials on simulated devices that was better on
    average at some sizes, worse at others, and far off now and then (``python -m benchmarks.searching``). Probing is all it does: nothing is kept in the cache. Raises BadSetting and MissingColumns.

    >>> import mediaorg as mo
    >>> disk = mo.SimulatedDisk(channels=8, bandwidth=1e6)
    >>> files = [f"/films/{number}.mkv" for number in range(500)]
    >>> tuned = mo.run(tune(files, workers=(1, 8), stage=disk, progress=False))
    >>> tuned["workers"].tolist(), best(tuned).max_workers
    ([1, 8], 8)
    """
    one_of("pages", pages, ("warm", "cold"))
    if not isinstance(repeats, int) or repeats < 1:
        raise BadSetting(f"repeats must be a whole number of at least 1, not {repeats!r}")
    given = Limits.of(limits)
    try:
        grid = [(int(count), int(size)) for count in workers for size in batch_sizes]
    except (TypeError, ValueError) as error:
        raise BadSetting("workers and batch_sizes are several whole numbers each, as in workers=(1, 4, 16)") from error
    settings = [_Setting(replace(given, max_workers=count, batch_size=size)) for count, size in grid]
    if not settings:
        raise BadSetting("tune needs at least one number of workers and one batch size")
    frame = await taken(files, stage="tune", progress=False)
    if not len(frame):
        raise BadSetting("tune needs files to measure with: there are none")
    do = _probed if stage is None else stage
    with stoppable() as stop, Progress(progress, "tune", repeats * len(settings)) as bar:
        if pages == "warm" and stage is None:
            await do(frame, limits=given, progress=False)
        for setting in _in_turns(settings, repeats, random.Random(seed)):
            if stop.is_set():
                break
            if not setting.given_up:
                if pages == "cold":
                    await in_thread(lambda: forget_pages([path_text(cell) for cell in frame["path"]]))
                trial = await _measured(do, frame, setting.limits, settings)
                if not stop.is_set():  # or it has measured how soon one stops
                    setting.add(trial)
            bar.advance()
    tuned = table(
        TUNED, {column.name: [_cell(setting, column.name, pages) for setting in settings] for column in TUNED}
    )
    return stopped(note(tuned, "tune", {"files": len(frame), "repeats": repeats, "limits": _plain(given)}), stop)


def _in_turns(settings: Sequence[_Setting], repeats: int, order: random.Random) -> Iterator[_Setting]:
    """Each setting once a round, in an order of its own; after a round the hopeless are given up."""
    for _ in range(repeats):
        yield from order.sample(settings, len(settings))
        _give_up_the_hopeless(settings)


async def _probed(files: pd.DataFrame, *, limits: Limits | None = None, progress: Follower = False) -> pd.DataFrame:
    return await probe(files, limits=limits, cache=False, progress=progress)


async def _measured(do: Stage, frame: pd.DataFrame, limits: Limits, settings: Sequence[_Setting]) -> _Setting:
    """One trial; its own word on seconds and memory counts, where it has one."""
    trial = _Setting(limits)
    most = _patience(len(frame), settings)
    began = time.monotonic()
    with MemoryMeter() as memory:
        try:
            async with asyncio.timeout(most):
                done = await do(frame, limits=limits, progress=False)
        except TimeoutError:
            if most is None or time.monotonic() - began < most:
                raise  # it is the stage's own
            return _Setting(limits, [len(frame) / most], memory=memory.peak_mb, given_up=True)
    told = noted(done).get("probe", {})
    seconds = told.get("seconds") or time.monotonic() - began
    trial.rates.append(len(frame) / seconds)
    trial.memory = told.get("peak_memory_mb", memory.peak_mb)
    if "probe_seconds" in done.columns:
        trial.latencies += done["probe_seconds"].dropna().astype(float).tolist()
    return trial


def _patience(files: int, settings: Sequence[_Setting]) -> float | None:
    fastest = max((max(setting.rates) for setting in settings if setting.rates), default=None)
    return None if fastest is None else _TOO_LONG * files / fastest + _A_START


def _give_up_the_hopeless(settings: Sequence[_Setting]) -> None:
    top = max((median(setting.rates) for setting in settings if setting.rates), default=0.0)
    for setting in settings:
        setting.given_up |= bool(setting.rates) and max(setting.rates) < _HOPELESS * top


def _cell(setting: _Setting, name: str, pages: str) -> Any:
    latencies = pd.Series(setting.latencies, dtype="float64")
    match name:
        case "workers" | "batch_size":
            return setting.limits.workers if name == "workers" else setting.limits.batch_size
        case "files_per_second":
            return median(setting.rates) if setting.rates else None
        case "slowest" | "fastest":
            return (min if name == "slowest" else max)(setting.rates, default=None)
        case "latency_p50" | "latency_p95":
            return latencies.quantile(0.5 if name == "latency_p50" else 0.95) if len(latencies) else None
        case "memory_mb":
            return setting.memory if setting.rates else None
        case "repeats":
            return len(setting.rates)
        case "given_up":
            return setting.given_up
    return pages


def _plain(limits: Limits) -> dict[str, float]:
    return {"timeout_seconds": limits.timeout_seconds, "memory_limit_mb": limits.memory_limit_mb}


_AS_GOOD: Final = 0.97  # of the best rate: chance, and fewer workers are lighter on everybody


def best(tuned: pd.DataFrame, memory_mb: float | None = None) -> Limits:
    """The setting to take: of those within 3 % of the best rate the one with the fewest files in flight.

    tuned: from `tune`. memory_mb: settings that added more [MB] are out of the question; it becomes the
    `memory_limit_mb` of what is given. Raises MissingColumns, and BadSetting where no setting is left.

    >>> import pandas as pd
    >>> tuned = pd.DataFrame({"workers": [4, 8, 32], "batch_size": 50, "files_per_second": [50.0, 99.0, 100.0], "memory_mb": 9.0})
    >>> best(tuned).max_workers
    8
    """
    need(tuned, "workers", "batch_size", "files_per_second", "memory_mb", stage="best")
    fits = tuned if memory_mb is None else tuned[(tuned["memory_mb"] <= memory_mb).fillna(True)]
    fits = fits[fits["files_per_second"].notna()]
    if not len(fits):
        least = tuned["memory_mb"].min()
        raise BadSetting(f"no setting keeps within memory_mb={memory_mb}: the least that was measured is {least} MB")
    good = fits[fits["files_per_second"] >= _AS_GOOD * fits["files_per_second"].max()]
    first = good.sort_values(["workers", "batch_size"]).iloc[0]
    kept = noted(tuned).get("tune", {}).get("limits", {})
    if memory_mb is not None:
        kept = {**kept, "memory_limit_mb": memory_mb}
    return Limits(int(first["workers"]), int(first["batch_size"]), **kept)
