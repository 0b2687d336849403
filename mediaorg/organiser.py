"""The front desk: the calls of the Video Labels Organizer, kept for code that was written for it.

It has no logic of its own: `organize` does the work, and its tables are handed out as the old records.
"""

import inspect
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pandas as pd

from mediaorg.io.loop import run
from mediaorg.records import Limits
from mediaorg.schema import LABELS, SCAN, table, to_path
from mediaorg.stages.organize import Run, organize
from mediaorg.stages.plan import plan

__all__ = ["FileMetadata", "PerformantMediaOrganiser", "ProcessingResult", "organize_files", "organize_files_sync"]

_log: Final = logging.getLogger("mediaorg")
_MORE: Final = inspect.signature(organize).parameters.keys() - {"source", "target", "dry_run", "limits"}

# The share of a run's percents each phase has, without and with the moves.
_DRY: Final = {"scan": (0, 5), "probe": (5, 70), "classify": (70, 99)}
_WET: Final = {"scan": (0, 5), "probe": (5, 55), "classify": (55, 75), "apply": (75, 99)}


@dataclass(frozen=True)
class FileMetadata:
    """What a look at one file says; None is unknown. The units stand beside the fields, the values are ffprobe's.

    >>> FileMetadata(Path("a.mkv"), duration=60.0, quality=1080, playable=True).width is None
    True
    """

    path: Path
    duration: float | None  # s
    quality: int | None  # lines: 2160, 1080, 720 …
    playable: bool
    width: int | None = None  # px
    height: int | None = None  # px
    file_size: int | None = None  # byte
    error: str | None = None


@dataclass(frozen=True)
class ProcessingResult:
    """What became of one file, or would become of it in a dry run.

    original_path is where it lay; new_path, where it lies or would lie, is None where nothing is to move. show_name
    (of the show or the film), episode_info ("S01E02") and media_type are "" where there is nothing. metadata has the
    fields of `FileMetadata`, and "reason". is_extra: a trailer, an interview, a sample. error: what is wrong with the
    file or its move, one word first. skipped: it stays where it is, and nothing is wrong with that.

    >>> import mediaorg as mo
    >>> folder = mo.samples()
    >>> results = mo.organize_files_sync(folder, folder.with_name("out"), dry_run=True)
    >>> {r.media_type for r in results if r.show_name == "Nosferatu"}
    {'movie'}
    """

    original_path: Path
    new_path: Path | None
    show_name: str
    episode_info: str
    media_type: str
    metadata: dict[str, Any]
    is_extra: bool = False
    error: str | None = None
    skipped: bool = False


class PerformantMediaOrganiser:
    """Organise folders with one set of knobs, and add up what it took.

    max_workers: files in flight; not given, ``min(32, cpu_count + 4)``. batch_size: rows handed on at once.
    timeout_seconds: deadline for one file [s]. memory_limit_mb: what a run may add to the process tree [MB].
    more: settings of `organize` (layout, operation, on_conflict, journal, cache, ai; AI is off unless it is given).
    Raises ValueError naming a knob that is out of its range, TypeError one that does not exist.

    >>> import mediaorg as mo
    >>> folder = mo.samples()
    >>> async def dry() -> int:
    ...     async with mo.PerformantMediaOrganiser(max_workers=4) as organizer:
    ...         results = await organizer.organize_files(source=folder, target=folder.with_name("out"), dry_run=True)
    ...         return len(results) - organizer.get_performance_stats()["files_processed"]
    >>> mo.run(dry())
    0
    """

    def __init__(
        self,
        max_workers: int | None = None,
        batch_size: int = 50,
        timeout_seconds: float = 30,
        memory_limit_mb: float = 512,
        **more: Any,
    ) -> None:
        if unknown := more.keys() - _MORE:
            raise TypeError(f"unknown settings: {', '.join(sorted(unknown))}; there are {', '.join(sorted(_MORE))}")
        self._chosen = Limits(max_workers, batch_size, timeout_seconds, memory_limit_mb)
        self.max_workers = self._chosen.workers
        self.batch_size = batch_size
        self.timeout_seconds = timeout_seconds
        self.memory_limit_mb = memory_limit_mb
        how = {name: more[name] for name in ("layout", "operation", "on_conflict") if name in more}
        plan(table((*SCAN, *LABELS)), "/", existing=[], **how)  # a plan of no rows says whether they hold
        self._more = {"progress": False, **more}
        self.reset_stats()

    def _limits(self) -> Limits:
        """The knobs as they stand now: old code turns them after the beginning."""
        chosen, workers = self._chosen, self.max_workers
        as_chosen = None if chosen.automatic and workers == chosen.workers else workers
        return Limits(as_chosen, self.batch_size, self.timeout_seconds, self.memory_limit_mb)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Every call has already closed what it opened."""

    async def organize_files(
        self,
        source: str | os.PathLike[str],
        target: str | os.PathLike[str],
        dry_run: bool = True,  # by position, as old code passes it
        progress_callback: Callable[[int], object] | None = None,
    ) -> list[ProcessingResult]:
        """Give one result a file of `source`; ``dry_run=True`` changes nothing, ``False`` does exactly what it showed.

        progress_callback is called with whole percents that never go back and end at 100; one that raises is logged
        and not called again. Raises FileNotFoundError naming a missing source; what is wrong with a file is in its
        result's `error`.
        """
        more = self._more
        if progress_callback is not None:
            percents = _Percents(progress_callback, _DRY if dry_run else _WET)
            more = {**more, "progress": percents.follow}
        done = await organize(source, target, dry_run=dry_run, limits=self._limits(), **more)
        results = _results(done)
        for result in results:
            outcome = result.error or result.new_path or f"stays, {result.metadata['reason']}"
            _log.debug("%s: %s", result.original_path, outcome)
        self._add(done, results)
        if progress_callback is not None:
            percents.end()
        return results

    def get_performance_stats(self) -> dict[str, Any]:
        """Sums since the last reset: files_processed, total_time [s], ffprobe_calls, errors, cache_hits, bytes, phases.

        ffprobe_calls counts looks by any prober, none for a cached answer; errors is the number of results with an
        error; phases gives files and seconds of each; peak_memory_mb is the most one run added to the process tree.
        """
        return {**self._stats, "phases": {name: dict(phase) for name, phase in self._stats["phases"].items()}}

    def reset_stats(self) -> None:
        """Begin the sums anew."""
        self._stats: dict[str, Any] = {
            "files_processed": 0,
            "total_time": 0.0,
            "ffprobe_calls": 0,
            "cache_hits": 0,
            "errors": 0,
            "bytes": 0,
            "moved": 0,
            "peak_memory_mb": 0.0,
            "phases": {},
        }

    def _add(self, done: Run, results: list[ProcessingResult]) -> None:
        sums = self._stats
        for name in ("files_processed", "total_time", "ffprobe_calls", "cache_hits", "bytes", "moved"):
            sums[name] += done.stats[name]
        sums["errors"] += sum(result.error is not None for result in results)
        sums["peak_memory_mb"] = max(sums["peak_memory_mb"], done.stats["peak_memory_mb"])
        for name, phase in done.stats["phases"].items():
            sum_of = sums["phases"].setdefault(name, {"files": 0, "seconds": 0.0})
            sum_of["files"] += phase["files"]
            sum_of["seconds"] += phase["seconds"]


def organize_files_sync(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    dry_run: bool = True,
    progress_callback: Callable[[int], object] | None = None,
    **settings: Any,
) -> list[ProcessingResult]:
    """Do as `PerformantMediaOrganiser(**settings).organize_files`, from plain code, a thread, or beside a running loop.

    settings: those of `PerformantMediaOrganiser`. progress_callback is called with whole percents. Raises
    FileNotFoundError naming a missing source, ValueError naming a setting out of its range, TypeError an unknown one.

    >>> import mediaorg as mo
    >>> folder = mo.samples()
    >>> results = mo.organize_files_sync(folder, folder.with_name("out"), True, max_workers=2)
    >>> all(result.original_path.is_relative_to(folder) for result in results)
    True
    """
    organizer = PerformantMediaOrganiser(**settings)
    return run(organizer.organize_files(source, target, dry_run, progress_callback))


def organize_files(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    dry_run: bool = True,
    progress_callback: Callable[[int], object] | None = None,
    **settings: Any,
) -> list[ProcessingResult]:
    """The older name of `organize_files_sync`: the same parameters, results and errors; it raises what that raises.

    >>> import mediaorg as mo
    >>> folder = mo.samples()
    >>> len(mo.organize_files(folder, folder.with_name("out"))) > 50
    True
    """
    return organize_files_sync(source, target, dry_run, progress_callback, **settings)


class _Percents:
    """Phases and counts become whole percents that never go back."""

    def __init__(self, callback: Callable[[int], object], spans: dict[str, tuple[int, int]]) -> None:
        self._callback: Callable[[int], object] | None = callback
        self._spans = spans
        self._last = -1

    def follow(self, phase: str, done: int, total: int | None) -> None:
        first, last = self._spans.get(phase, (0, 0))
        self._tell(first + (last - first) * done // total if total else first)

    def end(self) -> None:
        self._tell(100)

    def _tell(self, percent: int) -> None:
        if percent <= self._last or self._callback is None:
            return
        self._last = percent
        try:
            self._callback(percent)
        except Exception:  # noqa: BLE001  a broken callback must not stop somebody's run
            _log.exception("the progress callback failed and is not called again")
            self._callback = None


# ---- tables into the old records


def _results(done: Run) -> list[ProcessingResult]:
    rows = done.plan.to_dict("records")
    outcomes = done.receipts[["state", "error"]].to_dict("records") if len(done.receipts) else [{}] * len(rows)
    return [_result(_known(row), _known(outcome)) for row, outcome in zip(rows, outcomes, strict=True)]


def _known(row: dict[Any, Any]) -> dict[str, Any]:
    """The cells that hold something: missing is None or a missing key from here on."""
    return {name: value for name, value in row.items() if isinstance(value, tuple) or not pd.isna(value)}


def _result(row: dict[str, Any], outcome: dict[str, Any]) -> ProcessingResult:
    moves = row["status"] == "ready" and row["operation"] != "skip"
    wrong = outcome.get("error") if outcome.get("state") in ("failed", "conflict") else None
    error = row.get("probe_error") or wrong
    path = to_path(row["path"])
    metadata = FileMetadata(
        path,
        row.get("duration"),
        row.get("quality"),
        bool(row.get("playable", False)),
        row.get("width"),
        row.get("height"),
        row.get("size"),
        error,
    )
    return ProcessingResult(
        original_path=path,
        new_path=to_path(row["target"]) if moves else None,
        show_name=row.get("title", ""),
        episode_info=_episode_info(row),
        media_type=row.get("media_type", ""),
        metadata={**vars(metadata), "reason": row.get("reason", "")},
        is_extra=row.get("media_type") == "extra",
        error=error,
        skipped=error is None and (not moves or outcome.get("state") == "skipped"),
    )


def _episode_info(row: dict[str, Any]) -> str:
    """S01E02, S01E02-E03, E013 for a number counted from the show's beginning, or the day."""
    season = f"S{row['season']:02d}" if "season" in row else ""
    if numbers := row.get("episodes"):
        return season + "-".join(f"E{number:02d}" for number in dict.fromkeys((numbers[0], numbers[-1])))
    if numbers := row.get("absolute_episodes"):
        return f"E{numbers[0]:03d}"
    if row.get("media_type") == "episode" and "date" in row:
        return str(row["date"])[:10]
    return season if row.get("media_type") == "episode" else ""
