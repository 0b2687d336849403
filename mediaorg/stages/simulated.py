"""A disk that is not there: what a number of files in flight would cost on it, in no time at all.

A model of a closed queue in virtual time: each file has a round trip, then waits for one of the device's channels,
then for its share of the bandwidth, then for a processor. Nothing sleeps and no file is opened, so that settings, and
the rule that learns them, can be tried on devices nobody here owns.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
import pandas as pd

from mediaorg.errors import BadSetting
from mediaorg.io.progress import Follower, Progress
from mediaorg.records import Limits
from mediaorg.rules.crowd import Crowd
from mediaorg.schema import PROBE, need, table, widen
from mediaorg.stages.statistics import BY_TIME
from mediaorg.stages.tables import note

__all__ = ["Passage", "SimulatedDisk"]

_A_FILE_MB: Final = 0.2  # of memory that a file in flight takes
_SPANS: Final = 120


@dataclass(frozen=True, slots=True)
class Passage:
    """What it took to get through `files` files.

    seconds: in all. latencies: of each file [s]. done: when each was done [s]. crowd: from when on [s] how many were in
    flight.
    """

    files: int
    seconds: float
    latencies: Sequence[float]
    done: Sequence[float]
    crowd: Sequence[tuple[float, int]]

    def over_time(self) -> pd.DataFrame:
        """The same as `statistics` by time has it, for the charts."""
        span = self.seconds / _SPANS
        counts, _ = np.histogram(self.done, _SPANS, (0, self.seconds))
        begun, limits = zip(*self.crowd, strict=True)
        starts = [at * span for at in range(_SPANS)]
        crowd = [limits[np.searchsorted(begun, at, side="right") - 1] for at in starts]
        columns = {
            "run_id": ["simulated"] * _SPANS,
            "verb": ["probe"] * _SPANS,
            "at": starts,
            "span": [span] * _SPANS,
            "files": counts.tolist(),
            "files_per_second": (counts / span).tolist(),
            "workers": crowd,
        }
        return table(BY_TIME, {column.name: columns.get(column.name, [None] * _SPANS) for column in BY_TIME})


@dataclass(frozen=True, slots=True)
class SimulatedDisk:
    """A model of a device, to try settings on: ``mo.tune(files, stage=mo.SimulatedDisk(channels=4))``.

    round_trip: of a file, whatever else is in flight [s]: the network. service: of a file on one channel [s].
    channels: files served at once, the knee above which more in flight gain nothing. spread: of the logarithm of both
    times. penalty: a file takes so much longer for each one in flight above the channels, in parts of its own time:
    seeks. megabytes: read of a file [MB], through a bandwidth [MB/s] all share. cpu: of a file [s], on one of `cores`.
    slows_at: after this part of the files all of the device takes `slows_by` times as long. seed: of the lengths.

    Called as a stage is, it gives the columns of `probe` with `probe_seconds` as simulated, and looks at no file.
    Raises BadSetting for what no device can be.

    >>> import mediaorg as mo
    >>> disk = SimulatedDisk(service=0.01, channels=4, bandwidth=1e6)
    >>> round(disk.through(1000, 1).seconds / disk.through(1000, 4).seconds)
    4
    """

    round_trip: float = 0.0
    service: float = 0.008
    channels: int = 1
    spread: float = 0.5
    penalty: float = 0.0
    megabytes: float = 0.3
    bandwidth: float = 150.0
    cpu: float = 0.0005
    cores: int = 4
    slows_at: float | None = None
    slows_by: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self)):
            value = getattr(self, name)
            least = 1 if name in ("channels", "cores") else 0
            if value is not None and not value >= least:
                raise BadSetting(f"{name} must be at least {least}, not {value!r}")
        if not self.bandwidth:
            raise BadSetting("bandwidth must be above 0")

    async def __call__(
        self, files: pd.DataFrame, *, limits: Limits | None = None, progress: Follower = False
    ) -> pd.DataFrame:
        """What `probe` would give if `files` lay there: times, and nothing of what is in them."""
        need(files, "path", stage="a simulated disk")
        limits = Limits.of(limits)
        with Progress(progress, "probe", len(files)) as bar:
            passage = self.through(len(files), Crowd() if limits.automatic else limits.workers)
            bar.advance(len(files))
        columns: dict[str, list[Any]] = {column.name: [None] * len(files) for column in PROBE}
        columns["probe_seconds"] = list(passage.latencies)
        facts = {"seconds": passage.seconds, "peak_memory_mb": _A_FILE_MB * max(limit for _, limit in passage.crowd)}
        return note(widen(files, PROBE, columns), "probe", facts)

    def through(self, files: int, crowd: Crowd | int) -> Passage:
        """Get through `files` files with `crowd` of them in flight, or as many as a `Crowd` finds out."""
        draw = np.random.default_rng(self.seed)
        trips, services, works = (draw.lognormal(-(self.spread**2) / 2, self.spread, files).tolist() for _ in range(3))
        own_pace = files if self.slows_at is None else int(files * self.slows_at)
        channels, cores = [0.0] * self.channels, [0.0] * self.cores
        moving = self.megabytes / self.bandwidth
        arrives, served, is_done = 0, 1, 2
        events: list[tuple[float, int, int]] = []  # when, which file, what happens
        began, latencies = [0.0] * files, [0.0] * files
        done: list[float] = []
        pipe = now = 0.0
        begun = 0
        limit = crowd if isinstance(crowd, int) else crowd.limit
        limits = [(0.0, limit)]
        while len(done) < files:
            while begun - len(done) < limit and begun < files:
                began[begun] = now
                heapq.heappush(events, (now + self.round_trip * trips[begun], begun, arrives))
                begun += 1
            now, file, what = heapq.heappop(events)
            slow = self.slows_by if file >= own_pace else 1.0
            if what == arrives:
                crowded = 1.0 + self.penalty * max(0, begun - len(done) - self.channels)
                end = max(now, channels[0]) + self.service * services[file] * crowded * slow
                heapq.heapreplace(channels, end)  # the channel that is free first
                heapq.heappush(events, (end, file, served))
            elif what == served:
                pipe = max(pipe, now) + moving * slow
                end = max(pipe, cores[0]) + self.cpu * works[file]
                heapq.heapreplace(cores, end)
                heapq.heappush(events, (end, file, is_done))
            else:
                latencies[file] = now - began[file]
                done.append(now)
                if not isinstance(crowd, int):
                    crowd.completed(now)
                    if crowd.limit != limit:
                        limit = crowd.limit
                        limits.append((now, limit))
        return Passage(files, now, latencies, done, limits)
