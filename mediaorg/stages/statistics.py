"""statistics: what runs were like, as plain tables for pandas, a spreadsheet, or the charts."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias, get_args

import pandas as pd

from mediaorg.io.statistics import kept
from mediaorg.schema import Column, table
from mediaorg.stages.recorded import LATENCY_EDGES
from mediaorg.stages.tables import one_of

__all__ = ["BY_DEVICE", "BY_LATENCY", "BY_RUN", "BY_TIME", "statistics"]

By: TypeAlias = Literal["run", "device", "time", "latency"]
_Said: TypeAlias = "tuple[tuple[str, str, str, str | None], ...]"


def _columns(said: _Said) -> tuple[Column, ...]:
    return tuple(Column(name, dtype, meaning, "statistics", unit) for name, dtype, meaning, unit in said)


_RUN: Final[_Said] = (
    ("run_id", "text", "the run", None),
    ("verb", "text", "scan, probe, hashes, classify, apply, undo, resume, or organize, which is made of others", None),
)
BY_RUN: Final = _columns(
    (
        *_RUN,
        ("part_of", "text", "the run it was a part of", None),
        ("started", "instant", "when it began", "UTC"),
        ("outcome", "text", "done, stopped, or the name of the error that ended it", None),
        ("seconds", "number", "time it took", "s"),
        ("files", "count", "rows it had to do with", None),
        ("bytes", "count", "size of those files, whether they were read or not", "byte"),
        ("files_per_second", "number", "files by seconds", "1/s"),
        ("probes", "count", "files that were looked into", None),
        ("cache_hits", "count", "files of which the answer was known", None),
        ("retries", "count", "files asked again, because a worker had died or hung", None),
        ("errors", "count", "files with an error", None),
        ("errors_by_kind", "text", "how many of each, by its first word, as JSON", None),
        ("ai_calls", "count", "requests to a model, tries and all; missing where none was to be asked", None),
        ("ai_input_tokens", "count", "that it read", None),
        ("ai_output_tokens", "count", "that it wrote", None),
        ("ai_cost_usd", "number", "what that cost; missing where the price is not known", "USD"),
        ("peak_memory_mb", "number", "the most it added to the memory of the process tree", "MB"),
        ("workers", "count", "files in flight that were allowed at the end; missing where none ever waited", None),
        ("max_workers", "count", "as the limits had it", None),
        ("automatic", "yesno", "whether the number was left to the run", None),
        ("batch_size", "count", "as the limits had it", None),
        ("memory_limit_mb", "number", "as the limits had it", "MB"),
        ("settings", "text", "all settings, as JSON", None),
        ("machine", "text", "name, system, cores, memory, Python, as JSON", None),
    )
)
BY_DEVICE: Final = _columns(
    (
        *_RUN,
        ("device", "text", "a name of the file system that lasts; missing where the table had no device", None),
        ("kind", "text", "disk (it turns), ssd, network, memory, or the type of the file system", None),
        ("files", "count", "of the run, on this device", None),
        ("bytes", "count", "size of those files", "byte"),
        ("errors", "count", "of them, files with an error", None),
        ("seconds", "number", "sum of what each took; several were in flight at once", "s"),
        ("latency_p50", "number", "half of the files took less", "s"),
        ("latency_p95", "number", "of 100 files 95 took less", "s"),
        ("latency_p99", "number", "of 100 files 99 took less", "s"),
        (
            "workers",
            "count",
            "files in flight that were allowed there at the end; missing where none ever waited",
            None,
        ),
    )
)
BY_TIME: Final = _columns(
    (
        *_RUN,
        ("at", "number", "beginning of the span, from that of the run", "s"),
        ("span", "number", "its length", "s"),
        ("files", "count", "that came to an end in it", None),
        ("bytes", "count", "copied or hashed in it", "byte"),
        ("files_per_second", "number", "files by span", "1/s"),
        (
            "memory_mb",
            "number",
            "the most that was added by then to the process tree; missing where nobody looked",
            "MB",
        ),
        ("memory_limit_mb", "number", "as the limits had it", "MB"),
        ("workers", "count", "files in flight that were allowed", None),
    )
)
BY_LATENCY: Final = _columns(
    (
        *_RUN,
        ("device", "text", 'as in by="device"', None),
        ("kind", "text", 'as in by="device"', None),
        ("from_seconds", "number", "files that took so much and more", "s"),
        ("to_seconds", "number", "and less than that", "s"),
        ("files", "count", "how many", None),
    )
)


def statistics(
    by: By = "run", *, run: str | pd.DataFrame | None = None, store: str | os.PathLike[str] | None = None
) -> pd.DataFrame:
    """What runs were like, oldest first: a row a run, or a row a device, a span of time, or a span of latency of each.

    by: "run" has settings, machine, files, bytes, seconds, cache hits, retries, errors by kind, peak memory; "device"
        has files, bytes and percentiles of latency; "time" has rates, memory and files in flight as the run went on, in
        at most 120 spans; "latency" is a histogram, four bins a decade from 10 µs to 1000 s.
    run: one run's id, or a table of this function whose runs are wanted; their parts come along. None is all.
    store: the file; None is the user's own, which holds the last 5,000 runs and may be deleted at any time.

    Every cell is a plain number or text, so that ``.to_csv`` and ``.to_parquet`` export it whole. Raises BadSetting.

    >>> import mediaorg as mo
    >>> files = mo.run(mo.scan(mo.samples(), progress=False))
    >>> statistics().tail(1)[["verb", "outcome", "files"]].values.tolist() == [["scan", "done", len(files)]]
    True
    """
    one_of("by", by, get_args(By))
    columns, rows = _TABLES[by]
    told = [row for record in _chosen(kept(store), run) for row in rows(record)]
    return table(columns, {column.name: [row.get(column.name) for row in told] for column in columns})


def _chosen(records: list[dict[str, Any]], run: str | pd.DataFrame | None) -> list[dict[str, Any]]:
    if run is None:
        return records
    wanted = {run} if isinstance(run, str) else set(run["run_id"])
    return [record for record in records if {record.get("run_id"), record.get("part_of")} & wanted]


def _run(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    settings = record.get("settings") or {}
    texts = {name: json.dumps(record.get(name)) for name in ("errors_by_kind", "settings", "machine")}
    asked = record.get("ai") or {}
    ai = {f"ai_{name}": asked.get(name) for name in ("calls", "input_tokens", "output_tokens", "cost_usd")}
    yield {**settings, **record, **texts, **ai, "started": record.get("started_ns")}


def _device(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for device in record.get("devices") or ():
        p50, p95, p99 = device.get("latency") or (None, None, None)
        yield {**_whose(record), **device, "latency_p50": p50, "latency_p95": p95, "latency_p99": p99}


def _time(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    limit = (record.get("settings") or {}).get("memory_limit_mb")
    seconds = record.get("seconds") or 0.0
    for at, span, files, size, _, memory, workers in record.get("series") or ():
        length = min(span, max(seconds - at, 0.0)) or span  # the last is cut short by the end of the run
        yield {
            **_whose(record),
            "at": at,
            "span": length,
            "files": files,
            "bytes": size,
            "files_per_second": files / length,
            "memory_mb": memory,
            "memory_limit_mb": limit,
            "workers": workers,
        }


def _latency(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for device in record.get("devices") or ():
        for at, files in enumerate(device.get("latencies") or ()):
            if files:
                span = {"from_seconds": LATENCY_EDGES[at], "to_seconds": LATENCY_EDGES[at + 1], "files": files}
                yield {**_whose(record), "device": device["device"], "kind": device["kind"], **span}


def _whose(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: record.get(name) for name in ("run_id", "verb")}


_TABLES: Final[dict[str, tuple[tuple[Column, ...], Callable[[Mapping[str, Any]], Iterator[dict[str, Any]]]]]] = {
    "run": (BY_RUN, _run),
    "device": (BY_DEVICE, _device),
    "time": (BY_TIME, _time),
    "latency": (BY_LATENCY, _latency),
}
