"""organize: the whole journey in one call, for scripts, cron and the front desk."""

import logging
import os
import time
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import pandas as pd

from mediaorg.io.progress import Follower
from mediaorg.io.stopping import stoppable
from mediaorg.records import AI, Limits
from mediaorg.schema import LABELS, PLAN, RECEIPT, SCAN, given_path, table
from mediaorg.stages.ai import taken_ai
from mediaorg.stages.apply import apply
from mediaorg.stages.classify import classify
from mediaorg.stages.plan import plan
from mediaorg.stages.probe import probe
from mediaorg.stages.recorded import recorded
from mediaorg.stages.scan import scan
from mediaorg.stages.tables import noted, stopped

__all__ = ["Run", "organize"]

_log: Final = logging.getLogger("mediaorg")


@dataclass(frozen=True)
class Run:
    """What one call of `organize` found, meant and did.

    files: what was scanned, probed and labelled, one row a file. plan: the same rows, and where each should go.
    receipts: the same rows, and what happened; no rows in a dry run. If the run was asked to
    stop, ``receipts.attrs["stopped"]`` is True.
    stats: plain numbers: files_processed, bytes, ffprobe_calls (looks by any prober), cache_hits, errors, moved,
    run_id, total_time [s], peak_memory_mb [MB], and ``phases``: by name, files, seconds [s] and files_per_second; with
    ``ai=`` also ``ai``: model, calls, tokens, cost_usd [USD] and what came of them.

    >>> import mediaorg as mo
    >>> folder = mo.samples()
    >>> run = mo.run(mo.organize(folder, folder.with_name("library"), progress=False))
    >>> list(run.stats["phases"]), run.stats["moved"]
    (['scan', 'probe', 'classify', 'plan'], 0)
    """

    files: pd.DataFrame
    plan: pd.DataFrame
    receipts: pd.DataFrame
    stats: dict[str, Any]

    def __repr__(self) -> str:
        counts = self.receipts["state"] if len(self.receipts) else self.plan["status"]
        said = ", ".join(f"{count:,} {name}" for name, count in counts.value_counts().items())
        done = "applied" if len(self.receipts) else "planned, nothing touched"
        done = f"stopped before its end, {done}" if self.receipts.attrs.get("stopped") else done
        return f"<Run of {len(self.files):,} files in {self.stats['total_time']:.1f} s, {done}: {said or 'no files'}>"

    def _repr_html_(self) -> str:
        """The same as a card, and where the time went: what a notebook shows."""
        said = escape(repr(self)[1:-1])
        head = "".join(f"<th>{escape(word)}</th>" for word in ("phase", "files", "seconds", "files/s"))
        rows = "".join(
            f"<tr><td>{escape(name)}</td><td>{pace['files']:,.0f}</td><td>{pace['seconds']:.2f}</td>"
            f"<td>{pace['files_per_second']:,.0f}</td></tr>"
            for name, pace in self.stats["phases"].items()
        )
        return f"<p><b>{said}</b></p><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


async def organize(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    dry_run: bool = True,
    layout: str = "jellyfin",
    operation: str = "move",
    on_conflict: str = "keep_both",
    ai: AI | str | bool | None = None,
    journal: str | os.PathLike[str] | None = None,
    cache: bool | str | os.PathLike[str] = True,
    limits: Limits | None = None,
    progress: Follower = None,
) -> Run:
    """Scan, probe, classify and plan `source` into the library `target`; with ``dry_run=False`` also apply the plan.

    A dry run is a plan nobody applied: it changes nothing on disk, not even the target folder. The settings are those
    of the stages (`plan` for layout, operation and on_conflict, `apply` for journal, `probe` for cache, all of them
    for limits and progress). ai: as in `classify`: nothing leaves this machine without it.
    What is wrong with a file is in its row. Raises NoSuchFolder and NotAFolder for the source, BadSetting; with
    ``dry_run=False`` also what `apply` raises: JournalError, JournalBusy, RootGone, NotWritable.

    >>> import mediaorg as mo
    >>> folder = mo.samples()
    >>> run = mo.run(mo.organize(folder, folder.with_name("library"), progress=False))
    >>> len(run.receipts), len(run.plan) == len(run.files)
    (0, True)
    """
    limits = Limits.of(limits)
    how = {"layout": layout, "operation": operation, "on_conflict": on_conflict}
    # A plan of no rows: what is wrong with a setting is said before an hour of looking into files.
    taken_ai(ai)
    plan(table((*SCAN, *LABELS)), target, **how)
    began = time.monotonic()
    settings = {"dry_run": dry_run, "layout": layout, "operation": operation, "on_conflict": on_conflict}
    with stoppable() as stop:
        async with recorded("organize", limits, **settings) as record:
            files = await scan(source, progress=progress)
            media = await probe(files, limits=limits, cache=cache, progress=progress)
            labels = await classify(media, ai=ai, limits=limits, cache=_answers(cache), progress=progress)
            thinking = time.monotonic()
            moves = plan(labels, target, **how)
            planned = {"verb": "plan", "rows": len(moves), "seconds": time.monotonic() - thinking}
            _log.debug("plan: %d files into %s", len(moves), target)
            if dry_run or stop.is_set():  # half a plan is not to be applied
                receipts = table((*PLAN, *RECEIPT))
            else:
                receipts = await apply(moves, journal=journal, limits=limits, progress=progress)
            parts = {part["verb"]: part for part in [*record.parts, planned]}
            phases = {name: _pace(parts[name]["rows"], parts[name]["seconds"]) for name in _PHASES if name in parts}
            record.tell(media, error="probe_error", phases=phases)
    stats = (
        _stats(media, receipts)
        | noted(labels).get("classify", {})
        | {
            "total_time": round(time.monotonic() - began, 4),
            "phases": phases,
            "peak_memory_mb": record.record["peak_memory_mb"],
        }
    )
    return Run(labels, moves, stopped(receipts, stop), stats)


_PHASES: Final = ("scan", "probe", "classify", "plan", "apply")


def _pace(files: int, seconds: float) -> dict[str, float]:
    """What a phase took; where the clock did not move meanwhile (Windows' ticks are 15 ms), it was less than a tick.

    >>> _pace(3, 0.5)
    {'files': 3, 'seconds': 0.5, 'files_per_second': 6.0}
    >>> _pace(0, 0.0)
    {'files': 0, 'seconds': 0.0, 'files_per_second': 0.0}
    """
    tick = time.get_clock_info("monotonic").resolution
    return {
        "files": files,
        "seconds": round(seconds, 4),
        "files_per_second": round(files / max(seconds, tick), 1),
    }


def _answers(cache: bool | str | os.PathLike[str]) -> bool | str | os.PathLike[str]:
    """Where a model's answers are kept: beside the probe cache that was given."""
    return cache if isinstance(cache, bool) else given_path(cache, "the cache").with_suffix(".ai.sqlite")


def _stats(media: pd.DataFrame, receipts: pd.DataFrame) -> dict[str, Any]:
    looked = noted(media)["probe"]
    states = receipts["state"].value_counts()
    return {
        "files_processed": len(media),
        "bytes": int(media["size"].sum()),
        "ffprobe_calls": looked["probes"],
        "cache_hits": looked["cache_hits"],
        "errors": sum(looked["errors"].values()) + int(states.get("failed", 0)) + int(states.get("conflict", 0)),
        "moved": int(states.get("done", 0)),
        "run_id": receipts.attrs.get("run_id"),
    }
