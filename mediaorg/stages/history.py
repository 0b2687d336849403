"""The journal as tables: which runs there were, what each did, and the plan that takes one back."""

import functools
import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from mediaorg.errors import UnknownRun
from mediaorg.io import statistics
from mediaorg.io.journal import Entry, Journal, Mark, Planned, Summary, where
from mediaorg.records import IDENTITY
from mediaorg.schema import PLAN, RECEIPT, Column, from_path, need, table, to_path
from mediaorg.stages.cells import cells
from mediaorg.stages.verdicts import BACK

__all__ = ["MADE_BY", "RUNS", "entries_table", "receipt_values", "receipts", "reverse", "runs"]

RUNS: Final = tuple(
    Column(name, dtype, meaning, "apply", unit)
    for name, dtype, meaning, unit in (
        ("run_id", "text", "the run", None),
        (
            "verb",
            "text",
            "apply, undo, or any other that leaves a record: scan, probe, hashes, classify, organize",
            None,
        ),
        ("started", "instant", "when it began", "UTC"),
        ("ended", "instant", "when it ended; missing for a run that died and was not resumed", "UTC"),
        ("rows", "count", "rows of its plan", None),
        ("done", "count", "rows that stand as planned", None),
        ("failed", "count", "rows that could not be done", None),
        ("conflict", "count", "rows the world stood against", None),
        ("skipped", "count", "rows that were not to be done, or not reached", None),
        ("undone", "count", "rows that were done and taken back", None),
        ("bytes", "count", "copied; a rename copies none", "byte"),
        ("seconds", "number", "time it took", "s"),
        ("target_root", "text", "the library, as a path cell", None),
        ("undoes", "text", "the run it took back", None),
    )
)
MADE_BY: Final = {  # what `reverse` writes beside a removal, so that the way back of the way back is known
    "copy": f"{BACK} takes the copy away",
    "hardlink": f"{BACK} takes the hard link away",
    "symlink": f"{BACK} takes the symbolic link away",
}
_MADE: Final = {words: operation for operation, words in MADE_BY.items()}


def runs(journal: str | os.PathLike[str] | None = None) -> pd.DataFrame:
    """Every run, oldest first, one row each: of a journal its applies and undos; without one, of every verb.

    journal: the file, whose runs have their counts by state; one that does not exist has no runs, and is not made. None
        is the user's own, beside what other verbs left in the statistics: their `done` are rows without an error, and
        `failed` the others. `statistics` says more of each.

    `ended` is missing for a run that died: `resume` finishes it. Raises JournalError.

    >>> list(runs("/nowhere/journal.sqlite").columns)[:4]
    ['run_id', 'verb', 'started', 'ended']
    """
    found: list[Summary] = []
    opened = Journal.there(where(journal))
    if opened is not None:
        with opened:
            found = opened.summaries()
    rows = [{name: _run_cell(summary, name) for name in _names(RUNS)} for summary in found]
    if journal is None:
        known = {row["run_id"] for row in rows}
        others = (_other_run(record) for record in statistics.kept() if record.get("verb") not in _JOURNALED)
        rows += [row for row in others if row["run_id"] not in known]
        rows.sort(key=lambda row: row["started"])
    return table(RUNS, {name: [row.get(name) for row in rows] for name in _names(RUNS)})


_JOURNALED: Final = ("apply", "undo", "resume")  # in this journal, or in another that can be asked


def _other_run(record: Mapping[str, Any]) -> dict[str, Any]:
    """A run that moved nothing, as the journal tells of those that do."""
    started, seconds = record.get("started_ns") or 0, record.get("seconds") or 0.0
    files, failed = record.get("files"), record.get("errors")
    return {
        "run_id": record.get("run_id"),
        "verb": record.get("verb"),
        "started": started,
        "ended": started + int(seconds * 1e9),
        "rows": files,
        "done": None if files is None or failed is None else files - failed,
        "failed": failed,
        "bytes": 0,
        "seconds": seconds,
    }


def _run_cell(summary: Summary, name: str) -> Any:
    run = summary.run
    match name:
        case "started" | "ended":
            return run.started_ns if name == "started" else run.ended_ns
        case "rows":
            return sum(summary.states.values())
        case "bytes":
            return summary.bytes
        case "seconds":
            return run.stats.get("seconds")
        case "target_root":
            return None if run.target_root is None else from_path(run.target_root)
        case "run_id" | "verb" | "undoes":
            return getattr(run, name)
    return summary.states.get(name, 0)


def receipts(run_id: str, journal: str | os.PathLike[str] | None = None) -> pd.DataFrame:
    """What a run did, as the journal has it now: schema.PLAN and schema.RECEIPT, one row a row of its plan.

    run_id: as in ``attrs["run_id"]`` of what `apply` gave, or in `runs`. journal: the file; None is the user's own.
    A row that was taken back since reads `undone`. The label columns of the plan are not kept in the journal; join
    them on `move_id`. Raises UnknownRun, JournalError.

    >>> import mediaorg as mo
    >>> folder = mo.samples()
    >>> labels = mo.run(mo.classify(folder, progress=False))
    >>> run = mo.run(mo.apply(mo.plan(labels, folder.with_name("library")), progress=False))
    >>> receipts(run.attrs["run_id"])["state"].tolist() == run["state"].tolist()
    True
    """
    opened = Journal.there(where(journal))
    if opened is None:
        raise UnknownRun(f"no run {run_id!r}: there is no journal at {where(journal)}")
    with opened:
        opened.run(run_id)
        return entries_table(opened.entries(run_id), run_id)


def entries_table(entries: Sequence[Entry], run_id: str | None) -> pd.DataFrame:
    """Rows of the journal as a table."""
    plan = {name: [_plan_cell(entry.planned, name) for entry in entries] for name in _names(PLAN)}
    told = {**plan, **receipt_values([entry.mark for entry in entries], run_id)}
    frame = table((*PLAN, *RECEIPT), told)
    if run_id is not None:
        frame.attrs["run_id"] = run_id
    return frame


def _plan_cell(row: Planned, name: str) -> Any:
    value = getattr(row, name)
    return from_path(value) if name in ("target_root", "source", "target") and value is not None else value


def receipt_values(marks: Sequence[Mark], run_id: str | None) -> dict[str, list[Any]]:
    """The columns of schema.RECEIPT."""
    return {
        "state": [mark.state for mark in marks],
        "error": [mark.error for mark in marks],
        "started": [mark.started_ns for mark in marks],
        "seconds": [mark.seconds for mark in marks],
        "bytes": [mark.bytes for mark in marks],
        "hash": [mark.hash for mark in marks],
        "hash_algorithm": [mark.hash_algorithm for mark in marks],
        "run_id": [run_id] * len(marks),
    }


def reverse(receipts: pd.DataFrame) -> pd.DataFrame:
    """Plan the way back: what was done, last first, source and target swapped.

    The way back of a move is a move; that of a copy or a link is `remove`, which takes away exactly what was made,
    unchanged, while what it was made from still stands. Each row keeps its `move_id`, its index label, and what must
    be found: all of a file's identity where it was renamed, its size and hash where it was copied (a copy has an
    inode of its own). `target_root` is the folder the file came from: the way back leads there and nowhere else.
    Raises MissingColumns.

    >>> from mediaorg.schema import table
    >>> there = table((*PLAN, *RECEIPT), {"source": ["/a/1"], "target": ["/b/2"], "operation": ["move"], "state": ["done"]})
    >>> reverse(there)[["source", "target", "target_root", "operation", "status"]].values.tolist()
    [['/b/2', '/a/1', '/a', 'move', 'ready']]
    """
    need(receipts, *_names(PLAN), "state", stage="reverse")
    done = receipts[(receipts["state"] == "done").fillna(False).astype(bool)].iloc[::-1]
    kept = {name: cells(done, name) for name in ("move_id", "layout", "belongs_to", "hash", "hash_algorithm", "source")}
    made = list(zip(cells(done, "operation"), cells(done, "reason"), kept["hash"], strict=True))
    ways = [_way(operation, reason) for operation, reason, _ in made]
    known = [_KNOWN_STILL.get((operation, hashed is not None), ()) for operation, _, hashed in made]
    identity = {
        name: [cell if name in names else None for cell, names in zip(cells(done, name), known, strict=True)]
        for name in IDENTITY
    }
    roots = functools.cache(lambda folder: from_path(to_path(folder)))
    back = {
        **{name: kept[name] for name in ("move_id", "layout", "belongs_to", "hash", "hash_algorithm")},
        **identity,
        "source": cells(done, "target"),
        "target": kept["source"],
        "target_root": [roots(str(source).rpartition("/")[0] or "/") for source in kept["source"]],
        "operation": [way for way, _ in ways],
        "status": ["ready"] * len(done),
        "reason": [reason for _, reason in ways],
    }
    columns = (*PLAN, *(column for column in RECEIPT if column.name in ("hash", "hash_algorithm")))
    return table(columns, back, index=done.index)


# By what a file is known again, by how it came there and whether its content is known: a copy has an inode of its own.
_KNOWN_STILL: Final = {
    ("move", False): IDENTITY,
    ("move", True): ("size",),
    ("copy", True): ("size",),
    ("hardlink", False): IDENTITY,
    ("hardlink", True): IDENTITY,
}


def _way(operation: str, reason: str | None) -> tuple[str, str]:
    """How a row is taken back, and the words for it."""
    if operation == "move":
        return "move", f"{BACK} to where it was"
    if operation == "remove":
        return _MADE.get(reason or "", "copy"), f"{BACK} made again"
    return "remove", MADE_BY[operation]


def _names(columns: Sequence[Column]) -> list[str]:
    return [column.name for column in columns]
