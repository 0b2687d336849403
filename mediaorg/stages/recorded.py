"""What every verb leaves behind: a record of the run, kept beside the journal and read by `statistics` and the charts."""

import os
import platform
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, Final

import numpy as np
import pandas as pd

from mediaorg.io import disk, statistics
from mediaorg.io.loop import in_thread
from mediaorg.io.meters import SERIES, MemoryMeter, Series, total_memory
from mediaorg.io.steering import Steering
from mediaorg.io.stopping import asked
from mediaorg.records import Limits
from mediaorg.rules.crowd import FIRST, MOST, Crowd

__all__ = ["LATENCY_EDGES", "Recording", "recorded"]

LATENCY_EDGES: Final = tuple(10 ** (power / 4) for power in range(-20, 13))  # s: 10 µs to 1000 s, four a decade
_PERCENTILES: Final = (50, 95, 99)
_NEAR: Final = 0.8  # of the memory limit
_INSIDE: ContextVar["Recording | None"] = ContextVar("mediaorg_recording", default=None)


class Recording:
    """One run as it goes on: ``async with recorded("probe", limits) as run: ...; run.tell(table)``."""

    def __init__(self, verb: str, limits: Limits, settings: Mapping[str, Any]) -> None:
        self.verb, self.run_id = verb, f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(5)}"
        self.series, self.memory = Series(), MemoryMeter()
        self.record: dict[str, Any] = {}
        self.rows = 0  # of the table; some may be none of the verb's business
        self.parts: list[dict[str, Any]] = []  # the records of the runs it was made of
        self._learnt: dict[str, int] = {}
        self._crowds: dict[str | None, int] = {}
        self._at_work: dict[float, int] = {}  # by what each comes to [MB]
        self._limits, self._settings = limits, settings
        self._part_of = _INSIDE.get()
        self._started_ns, self._began = time.time_ns(), time.monotonic()
        self._told: dict[str, Any] = {}

    @property
    def most(self) -> int:
        """How many may be in flight on all devices together."""
        return MOST if self._limits.automatic else self._limits.workers

    def crowded(self, device: str | None, limit: int) -> None:
        """So many files may be in flight on a device from now on; the series has what that makes together."""
        self._crowds[device] = limit
        self.series.crowded(min(self.most, sum(self._crowds.values())))

    def room(self, megabytes: float, count: int) -> bool:
        """May `count` be at work that come to so much each [MB], beside those of other sizes that are?"""
        self._at_work[megabytes] = 0
        others = sum(size * many for size, many in self._at_work.items())
        used = max(self.memory.grown_mb / _NEAR, others + count * megabytes)
        fits = used <= self._limits.memory_limit_mb
        self._at_work[megabytes] = count if fits else count - 1
        return fits

    def steering(self, device: str | None, megabytes: float, *, told: bool = True) -> Steering:
        """How many may be in flight on a device that come to so much each [MB].

        As many as were given, or what is found out, from the last answer for the device on. told: it counts as the
        crowd of the run.
        """
        fits = max(1, int(self._limits.memory_limit_mb / megabytes))
        crowd = None
        if self._limits.automatic:
            last = None if device is None else statistics.learnt(device, self.verb)
            crowd = Crowd(start=last or FIRST, most=min(MOST, fits))
        return Steering(
            crowd,
            given=min(self._limits.workers, fits),
            room=partial(self.room, megabytes),
            told=partial(self.crowded, device) if told else lambda _: None,
        )

    def learn(self, device: str | None, steering: Steering) -> None:
        """Keep what was found out, if anything was."""
        if device is not None and steering.answer is not None:
            self._learnt[device] = steering.answer

    def tell(
        self,
        frame: pd.DataFrame,
        *,
        error: str | None = None,
        seconds: str | None = None,
        rows: Any = None,
        looked: Any = None,
        **facts: Any,
    ) -> None:
        """Say what came of it: the table (of it the `rows`, by place), which of its columns hold errors and seconds a
        file, and plain facts. looked: places of the rows whose seconds are of this run. Those not reached do not count."""
        self.rows = len(frame)
        took = _numbers(frame, seconds)
        if looked is not None:
            known = np.full(len(frame), np.nan)
            known[looked] = took[looked]
            took = known
        frame = frame[[name for name in ("size", "device", error, seconds) if name in frame.columns]]
        if rows is not None:
            frame, took = frame.iloc[rows], took[rows]
        if error in frame.columns:
            reached = ~frame[error].astype("string").str.startswith("stopped:").fillna(False).to_numpy(dtype=bool)
            frame, took = frame[reached], took[reached]
        said = Counter(str(cell).partition(":")[0] for cell in frame[error].dropna()) if error in frame.columns else {}
        sizes = _numbers(frame, "size")
        self._told = {
            "files": len(frame),
            "bytes": int(np.nansum(sizes)),
            "errors": sum(said.values()),
            "errors_by_kind": dict(said),
            "devices": _by_device(frame, sizes, error, took, self._crowds),
            **facts,
        }

    def end(self, outcome: str) -> None:
        """Put it all together, and keep it."""
        limits = self._limits
        told = {"files": 0, "bytes": 0, "errors": 0, "errors_by_kind": {}, "devices": [], **self._told}
        seconds = time.monotonic() - self._began
        series = self.series.rows()
        self.record = {
            "run_id": self.run_id,
            "part_of": None if self._part_of is None else self._part_of.run_id,
            "verb": self.verb,
            "started_ns": self._started_ns,
            "seconds": round(seconds, 4),
            "outcome": outcome,
            "files_per_second": round(told["files"] / seconds, 1) if seconds else None,
            **told,
            "rows": self.rows,
            "peak_memory_mb": max([self.memory.peak_mb, *(part["peak_memory_mb"] for part in self.parts)]),
            "workers": self.series.crowd,
            "settings": {
                "max_workers": limits.workers,
                "automatic": limits.automatic,
                "batch_size": limits.batch_size,
                "timeout_seconds": limits.timeout_seconds,
                "memory_limit_mb": limits.memory_limit_mb,
                **self._settings,
            },
            "machine": _machine(),
            "series": series,
        }
        if self._part_of is not None:
            self._part_of.parts.append(self.record)
        statistics.keep(self.record, self._learnt)


@asynccontextmanager
async def recorded(verb: str, limits: Limits, **settings: Any) -> AsyncIterator[Recording]:
    """Record what is done inside; what is raised there goes on, and is recorded as how it ended."""
    run = Recording(verb, limits, settings)
    series, inside = SERIES.set(run.series), _INSIDE.set(run)
    outcome = "done"
    try:
        with run.memory:
            yield run
        stop = asked()
        if stop is not None and stop.is_set():  # nothing is raised: its table comes back, not all of it reached
            outcome = "stopped"
    except BaseException as error:
        outcome = "stopped" if type(error).__name__ in ("CancelledError", "KeyboardInterrupt") else type(error).__name__
        raise
    finally:
        SERIES.reset(series)
        _INSIDE.reset(inside)
        await in_thread(partial(run.end, outcome))


def _numbers(frame: pd.DataFrame, name: str | None) -> "np.ndarray[Any, np.dtype[np.float64]]":
    if name is None or name not in frame.columns:
        return np.full(len(frame), np.nan)
    return pd.to_numeric(frame[name], errors="coerce").to_numpy("float64", na_value=np.nan)


def _by_device(
    frame: pd.DataFrame, sizes: Any, error: str | None, seconds: Any, crowds: Mapping[str | None, int]
) -> list[dict[str, Any]]:
    """What there was of each device; None for files nobody knows the device of."""
    if not len(frame):
        return []
    cells = pd.to_numeric(frame["device"], errors="coerce") if "device" in frame.columns else [None] * len(frame)
    codes, devices = pd.factorize(pd.Series(cells).convert_dtypes(), use_na_sentinel=True)
    wrong = frame[error].notna().to_numpy() if error in frame.columns else np.zeros(len(frame), dtype=bool)
    return [
        {
            "device": (name := None if code < 0 else disk.device_name(device)),
            "workers": crowds.get(name),
            "kind": None if code < 0 else disk.device_kind(device),
            "files": int(here.sum()),
            "bytes": int(np.nansum(sizes[here])),
            "errors": int(wrong[here].sum()),
            **_latencies(seconds[here]),
        }
        for code, device in _devices(codes, devices)
        for here in (codes == code,)
    ]


def _devices(codes: Any, devices: Any) -> list[tuple[int, int]]:
    unknown = [(-1, 0)] if (codes < 0).any() else []
    return unknown + [(code, int(device)) for code, device in enumerate(devices)]


def _latencies(seconds: Any) -> dict[str, Any]:
    known = seconds[~np.isnan(seconds)]
    if not len(known):
        return {"seconds": None, "latency": None, "latencies": None}
    counts, _ = np.histogram(np.clip(known, LATENCY_EDGES[0], LATENCY_EDGES[-1]), LATENCY_EDGES)
    percentiles: Sequence[float] = np.percentile(known, _PERCENTILES).tolist()
    return {
        "seconds": round(float(known.sum()), 4),
        "latency": [round(value, 6) for value in percentiles],
        "latencies": counts.tolist(),
    }


@cache
def _machine() -> dict[str, Any]:
    return {
        "name": platform.node(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cores": os.cpu_count(),
        "memory_gb": round(total_memory() / 1e9, 1),
        "python": platform.python_version(),
    }
