"""Apply a plan, take it back, and finish what a crash left. Nothing is ever overwritten, and every step is written down."""

import functools
import os
import re
import secrets
import stat
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, get_args

import pandas as pd

from mediaorg.errors import BadSetting, JournalError, NotAFolder, NotWritable, RootGone, UnknownRun
from mediaorg.io import disk
from mediaorg.io.journal import TRANSIENT, Entry, Journal, Mark, Planned, Run, locked, where
from mediaorg.io.loop import in_thread
from mediaorg.io.mover import Move, Mover, outside, whats_wrong
from mediaorg.io.progress import Follower, Progress
from mediaorg.io.recovery import settle
from mediaorg.io.stopping import stoppable
from mediaorg.records import IDENTITY, Identity, Limits
from mediaorg.rules.order import chains
from mediaorg.rules.system_folders import is_system
from mediaorg.schema import COLUMNS, PLAN, RECEIPT, from_path, need, series, to_path, widen
from mediaorg.stages.cells import cells, whole
from mediaorg.stages.history import entries_table, receipt_values, receipts, reverse, runs
from mediaorg.stages.plan import check
from mediaorg.stages.recorded import recorded
from mediaorg.stages.tables import noted, stopped

__all__ = ["apply", "receipts", "resume", "reverse", "runs", "undo"]

# Paths are text here, as in the journal and in `disk`.
# ruff: noqa: PTH120

_OPERATIONS: Final = ("move", "copy", "hardlink", "symlink", "remove")
_UNUSUAL: Final = re.compile(r"\\|//|/\.?/|/\.?$")


# ---- the verbs -------------------------------------------------------------------------------------------------


async def apply(
    plan: pd.DataFrame,
    *,
    journal: str | os.PathLike[str] | None = None,
    verify: disk.Verify = "hash",
    brake: float | None = None,
    limits: Limits | None = None,
    progress: Follower = None,
) -> pd.DataFrame:
    """Do `plan`, and give a receipt for each of its rows: same rows, order and index, schema.RECEIPT beside them.

    Only rows of status `ready` with an operation are done, after the plan was judged again (`check`); the others come
    back `skipped` with their reason in `error`. Where the world is not as planned, that row is `conflict` and
    untouched; what the system refuses is `failed`; neither stops the rest. A disk that is full ends the copies to it:
    their rows are `failed`, "disk_full: …". Cancelled, files in flight come to an end and are recorded, and rows not
    reached are `skipped`, "stopped: …". `resume` does both kinds later. ``attrs["run_id"]`` names the run for `undo`,
    `receipts` and `resume`.

    journal: the file that records the run; None is the user's own. verify: what is compared before the source of a
    copy across file systems goes, "hash" (read back) or "size". brake: the largest share of the files a library holds
    already that this plan may touch (0 to 1); above it those rows come back `conflict`, and none of them is done.
    limits: copies in flight (``limits.max_workers``) and rows committed to the journal at once (``limits.batch_size``).
    progress: see `mediaorg.io.progress`; the phase is "apply".

    Raises BadSetting, MissingColumns, JournalError, JournalBusy, RootGone, NotWritable, NotAFolder.

    >>> import mediaorg as mo
    >>> folder = mo.samples()
    >>> labels = mo.run(mo.classify(folder, progress=False))
    >>> run = mo.run(mo.apply(mo.plan(labels, folder.with_name("library")), progress=False))
    >>> sorted(run["state"].unique()), len(run) == len(labels)
    (['done', 'skipped'], True)
    """
    if verify not in get_args(disk.Verify):
        raise BadSetting(f"verify must be 'hash' or 'size', not {verify!r}")
    if brake is not None and not 0 <= brake <= 1:
        raise BadSetting(f"brake is a share between 0 and 1, not {brake!r}")
    need(plan, "move_id", "target_root", "source", "target", "operation", "status", stage="apply")
    file = where(journal)

    def work(task: "_Task") -> pd.DataFrame:
        with locked(file), Journal.open(file) as opened:
            promised = frozenset(at for at, status in enumerate(cells(plan, "status")) if status == "ready")
            judged = _judged(plan) if brake is None else _braked(_judged(plan), brake)
            return _perform(opened, judged, task, _Intent("apply", verify, promised=promised))

    return await _in_thread(work, "apply", limits, progress)


async def undo(
    run: pd.DataFrame | str | None = None,
    *,
    only: Iterable[object] | None = None,
    journal: str | os.PathLike[str] | None = None,
    limits: Limits | None = None,
    progress: Follower = None,
) -> pd.DataFrame:
    """Take a run back, or part of it: a run of its own, whose receipts it gives (state `done`: it is back).

    run: receipts (those of its rows that are given) or a run id; None is the last run whose moves still stand.
    only: a mask along the receipts, or move ids. Rows in whose place another row of the run now lies take that row
    along, which says so in `reason`. A row is taken back only if its target is still what was put there and its old
    name is free; else it is `conflict`, untouched. Folders the run made go, if they are empty. What was taken back
    before is not taken back again: the table is then empty. The undo of an undo does the run again.
    journal: the file the run stands in; None is the user's own.
    limits: copies in flight (``limits.max_workers``) and rows committed to the journal at once (``limits.batch_size``).
    progress: see `mediaorg.io.progress`; the phase is "undo".

    Raises UnknownRun, BadSetting, RootGone where a disk of the run is missing, JournalError (also for a journal of
    another machine's disks), JournalBusy.

    >>> import mediaorg as mo
    >>> folder = mo.samples()
    >>> labels = mo.run(mo.classify(folder, progress=False))
    >>> run = mo.run(mo.apply(mo.plan(labels, folder.with_name("library")), progress=False))
    >>> subtitles = mo.run(mo.undo(run, only=run["kind"] == "subtitle", progress=False))
    >>> rest = mo.run(mo.undo(run, progress=False))
    >>> len(subtitles) + len(rest) == run["state"].tolist().count("done")
    True
    """
    file = where(journal)

    def work(task: "_Task") -> pd.DataFrame:
        return _with_journal(file, lambda opened: _take_back(opened, run, only, task), named=run)

    return await _in_thread(work, "undo", limits, progress)


async def resume(
    run_id: str | None = None,
    *,
    journal: str | os.PathLike[str] | None = None,
    limits: Limits | None = None,
    progress: Follower = None,
) -> pd.DataFrame:
    """Finish what a crash left: rows in flight are settled by what lies on the disk, then the run goes on.

    So does a run that was stopped, or found a disk full: with the rows it did not reach, unless it was taken back.

    run_id: one run; None is every one that never came to its end, and the last run if it was stopped. Gives the
    receipts of those runs; with nothing to do, an empty table of the same columns. Twice is once. A run that cannot be
    finished now holds up no other: the error comes when those that can are done.
    journal: the file the runs stand in; None is the user's own.
    limits: copies in flight (``limits.max_workers``) and rows committed to the journal at once (``limits.batch_size``).
    progress: see `mediaorg.io.progress`; the phase is "resume".

    Raises UnknownRun, JournalError, JournalBusy, and RootGone where a disk of a run is missing.

    >>> import mediaorg as mo
    >>> len(mo.run(mo.resume(progress=False)))
    0
    """
    file = where(journal)

    def work(task: "_Task") -> pd.DataFrame:
        return _with_journal(file, lambda opened: _finish(opened, run_id, task), named=run_id)

    return await _in_thread(work, "resume", limits, progress)


def _with_journal(file: Path, do: Callable[[Journal], pd.DataFrame], named: object) -> pd.DataFrame:
    """Do it with the journal there is; where there is none there is nothing to do, unless a run of it was `named`."""
    if file.exists():
        with locked(file):
            opened = Journal.there(file)
            if opened is not None:
                with opened:
                    return do(opened)
    if isinstance(named, str):
        raise UnknownRun(f"there is no run {named!r}: no journal at {file}")
    return entries_table([], None)


# ---- off the loop ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Task:
    """What every piece of a run is handed: how hard, when to stop, whom to tell."""

    limits: Limits
    stop: threading.Event
    bar: Progress


async def _in_thread(
    work: Callable[[_Task], pd.DataFrame], phase: str, limits: Limits | None, progress: Follower
) -> pd.DataFrame:
    """Do `work` beside the loop; asked to stop or cancelled, it ends between two files and is waited for."""
    limits = Limits.of(limits)
    with stoppable() as stop:
        async with recorded(phase, limits) as record:
            with Progress(progress, phase) as bar:
                told = await in_thread(lambda: work(_Task(limits, stop, bar)), stop=stop)
            record.run_id = told.attrs.get("run_id") or record.run_id  # under the name it has in the journal
            reached = [at for at, state in enumerate(told["state"]) if state != "skipped"]
            record.tell(told, error="error", seconds="seconds", rows=reached, copied=int(told["bytes"].sum()))
    return stopped(told, stop)


# ---- a plan, performed -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Intent:
    """What a run is, beside its plan."""

    verb: str
    verify: disk.Verify
    undoes: str | None = None
    forward: bool = True
    positions: Sequence[int] = field(default_factory=tuple)  # of the rows in the run it undoes, along the plan
    times: Sequence[int | None] = field(default_factory=tuple)  # the mtime_ns their files had before that run
    promised: frozenset[int] = frozenset()  # rows that were ready when they were planned


def _judged(plan: pd.DataFrame) -> pd.DataFrame:
    """The plan as `check` sees it now; a removal keeps the words from which its own way back is read."""
    judged = check(plan)
    removals = ((plan["operation"] == "remove") & (judged["status"] == "ready")).fillna(False).tolist()
    if "reason" in plan.columns and any(removals):
        words = zip(cells(judged, "reason"), cells(plan, "reason"), removals, strict=True)
        judged["reason"] = series(COLUMNS["reason"], [old if keep else new for new, old, keep in words], judged.index)
    return judged


def _braked(plan: pd.DataFrame, brake: float) -> pd.DataFrame:
    """`plan`, blocked where it would touch more than a share of what a library holds: a wrong layout, most often."""
    status, reason = cells(plan, "status"), cells(plan, "reason")
    real = functools.cache(lambda folder: os.path.join(disk.real_folder(folder), ""))
    touching: dict[str, list[int]] = {}
    for at, (cell, root) in enumerate(zip(cells(plan, "source"), cells(plan, "target_root"), strict=True)):
        source, library = _system_path(cell), _system_path(root)
        if status[at] != "ready" or source is None or library is None:
            continue
        if real(os.path.dirname(source)).startswith(real(library)):
            touching.setdefault(library, []).append(at)
    for library, rows in touching.items():
        held = disk.count_files(real(library))
        if len(rows) <= brake * held:
            continue
        for at in rows:
            status[at] = "blocked"
            reason[at] = (
                f"brake: {len(rows)} of the {held} files in {from_path(library)} would be touched, and brake is {brake:g}"
            )
    ids = {cell for at, cell in enumerate(cells(plan, "move_id")) if status[at] == "blocked" and cell is not None}
    for at, owner in enumerate(cells(plan, "belongs_to")):
        if status[at] == "ready" and owner in ids:
            status[at], reason[at] = "blocked", "with_video: its video is not moved"
    judged = plan.copy()
    for name, values in (("status", status), ("reason", reason)):
        judged[name] = series(COLUMNS[name], values, judged.index)
    return judged


def _perform(journal: Journal, plan: pd.DataFrame, task: _Task, intent: _Intent) -> pd.DataFrame:
    """Look at every row, write the run down whole, and do it."""
    began = time.perf_counter()
    rows = _planned_rows(plan, intent)
    ready = [row for row in rows if row.status == "ready" and row.operation in _OPERATIONS]
    if intent.verb == "apply":  # a run of former days is taken back whatever its ids are
        _refuse_double_ids(ready)
    _refuse_missing_roots(plan, ready)
    moves, refused = _look_at(ready)
    marks = {row.position: refused.get(row.position) or _unready(row, intent.promised) for row in rows}
    marks.update((position, Mark(position)) for position in moves)
    rows = [_with_identity(row, moves.get(row.position)) for row in rows]
    folders = _missing_folders(moves.values())
    token = secrets.token_hex(5)
    now = journal.next_start()
    run = Run(
        f"{datetime.fromtimestamp(now / 1e9, UTC):%Y%m%d-%H%M%S}-{token}",
        intent.verb,
        now,
        token,
        disk.machine(),
        target_root=next((row.target_root for row in ready), None),
        undoes=intent.undoes,
        forward=intent.forward,
        settings={"verify": intent.verify, "batch_size": task.limits.batch_size, "max_workers": task.limits.workers},
        file_systems=_file_systems(_paths(moves.values())),
    )
    task.bar.expect(len(moves))
    journal.begin(run, rows, marks, folders)
    mover = _mover(journal, run, moves, marks, task)
    try:
        mover.make_folders(folders)
        _refuse_unwritable_root(run, moves, marks)
        mover.go(_in_order(moves, marks))
    finally:
        _close(journal, run, moves, marks, time.perf_counter() - began)
    return _receipts(plan, rows, [marks[row.position] for row in rows], run.run_id)


def _mover(
    journal: Journal,
    run: Run,
    moves: Mapping[int, Move],
    marks: dict[int, Mark],
    task: _Task,
    *,
    keep_open: bool = False,
) -> Mover:
    verify: disk.Verify = "size" if run.settings.get("verify") == "size" else "hash"
    return Mover(
        journal, run.run_id, run.token, moves, marks,
        verify=verify, limits=task.limits, stop=task.stop, bar=task.bar, keep_open=keep_open,
    )  # fmt: skip


def _close(journal: Journal, run: Run, moves: Mapping[int, Move], marks: Mapping[int, Mark], seconds: float) -> None:
    """Write down how the run was, unless rows are still in flight: then it is not over, and `resume` knows it."""
    told = [marks[position] for position in moves]
    if any(mark.state in TRANSIENT for mark in told):
        return
    _remove_folders(journal, run.run_id)  # made for rows that then could not be done, perhaps before a crash
    if run.undoes is not None:
        _remove_folders(journal, run.undoes)  # before the end is written: a crash here is resumed too
    journal.end(run.run_id, time.time_ns(), {"seconds": seconds})


def _receipts(plan: pd.DataFrame, rows: Sequence[Planned], marks: Sequence[Mark], run_id: str) -> pd.DataFrame:
    told = plan.copy()
    for name in IDENTITY:
        if name not in told.columns or told[name].isna().any():
            told[name] = series(COLUMNS[name], [getattr(row, name) for row in rows], told.index)
    told = widen(told, RECEIPT, receipt_values(marks, run_id))
    told.attrs = {**plan.attrs, "run_id": run_id}
    return told


# ---- from rows to moves ----------------------------------------------------------------------------------------


def _planned_rows(plan: pd.DataFrame, intent: _Intent) -> list[Planned]:
    given = {column.name: cells(plan, column.name) for column in PLAN}
    paths = {name: [_system_path(cell) for cell in given[name]] for name in ("target_root", "source", "target")}
    # `reverse` says which content must be found; a hash beside a state is an old receipt's, and only a memory.
    hashes = cells(plan, "hash") if "state" not in plan.columns else [None] * len(plan)
    algorithms = cells(plan, "hash_algorithm")
    return [
        Planned(
            position=at,
            move_id=str(_words(given["move_id"][at])),
            target_root=paths["target_root"][at],
            layout=_words(given["layout"][at]),
            source=paths["source"][at],
            target=paths["target"][at],
            operation=_words(given["operation"][at]),
            status=_words(given["status"][at]),
            reason=_words(given["reason"][at]),
            belongs_to=_words(given["belongs_to"][at]),
            size=_number(given["size"][at]),
            mtime_ns=_number(given["mtime_ns"][at], least=-(1 << 63)),
            inode=_number(given["inode"][at], most=1 << 64),
            device=_number(given["device"][at], most=1 << 64),
            expected=_words(hashes[at]) if algorithms[at] == disk.HASH else None,
            undoes_run=intent.undoes,
            undoes_position=intent.positions[at] if intent.positions else None,
            mtime_was=intent.times[at] if intent.times else None,
        )
        for at in range(len(plan))
    ]


def _words(cell: Any) -> str | None:
    """What a cell says; a lone surrogate is no letter, and is written out."""
    return None if cell is None else str(cell).encode(errors="backslashreplace").decode()


def _number(cell: Any, *, least: int = 0, most: int = 1 << 63) -> int | None:
    """A whole number a file may have; what is none is not known."""
    number = whole(cell)
    return number if number is not None and least <= number < most else None


def _system_path(cell: Any) -> str | None:
    """The path a cell stands for, absolute; None for what is no path. Nearly every cell is one already, as it stands."""
    if cell is None or cell == "":
        return None
    if not isinstance(cell, str):  # a Path that was written into the table; what else it may be was judged already
        cell = from_path(cell) if isinstance(cell, os.PathLike) else str(cell)
    path = str(cell) if cell.startswith("/") and not _UNUSUAL.search(cell) else str(to_path(cell).absolute())
    with suppress(UnicodeEncodeError):
        os.fsencode(path)
        return path
    return None


def _unready(row: Planned, promised: Collection[int]) -> Mark:
    """A row that is not to be done; one that was, and is no more, is in conflict with the world as it is now."""
    if row.status == "ready":
        return Mark(row.position, "skipped", row.reason or f"{row.operation or 'skip'}: nothing is to be done")
    refused = row.position in promised and row.status in ("conflict", "blocked")
    words = row.reason or f"{row.status}: the plan does not have it ready"
    return Mark(row.position, "conflict" if refused else "skipped", words)


def _with_identity(row: Planned, move: Move | None) -> Planned:
    if move is None or None not in (row.size, row.mtime_ns, row.inode, row.device):
        return row
    return replace(row, **asdict(move.identity))


def _look_at(rows: Sequence[Planned]) -> tuple[dict[int, Move], dict[int, Mark]]:
    """The moves that can be tried, and the rows the world already stands against."""
    moves: dict[int, Move] = {}
    refused: dict[int, Mark] = {}
    places: dict[tuple[str, str], str | None] = {}
    for row in rows:
        words, state = None, "conflict"
        try:
            move, words = _look_at_source(row, places)
        except (OSError, ValueError) as error:
            move, (state, words) = None, whats_wrong(error)
        if move is None:
            refused[row.position] = Mark(row.position, state, words)
        else:
            moves[row.position] = move
    leaving = {(move.identity.device, move.identity.inode) for move in moves.values() if move.operation in _LEAVING}
    for position, move in list(moves.items()):
        try:
            mark = _look_at_target(move, leaving, places)
        except (OSError, ValueError) as error:
            mark = Mark(position, *whats_wrong(error))
        if mark is not None:
            refused[position] = mark
            del moves[position]
    return moves, refused


_LEAVING: Final = ("move", "remove")


def _look_at_source(row: Planned, places: dict[tuple[str, str], str | None]) -> tuple[Move | None, str | None]:
    if row.source is None or row.target is None or row.target_root is None:
        return None, "no_path: a row that is ready needs source, target and target_root"
    place = ("", os.path.dirname(row.source))
    if place not in places:
        places[place] = _among_the_systems(place[1])
    if words := places[place]:
        return None, words
    seen = disk.look(row.source)
    if seen is None:
        return None, f"source_gone: {from_path(row.source)} is not there any more"
    if not stat.S_ISREG(seen.st_mode) and row.operation != "remove":
        return None, f"not_regular: {from_path(row.source)} is no regular file"
    identity = disk.identity(seen)
    differs = disk.difference(identity, size=row.size, mtime_ns=row.mtime_ns, inode=row.inode, device=row.device)
    if differs:
        return None, differs
    assert row.operation is not None
    move = Move(
        row.position, row.operation, row.source, row.target, row.target_root, identity, row.expected, row.mtime_was
    )
    return move, None


def _look_at_target(
    move: Move, leaving: set[tuple[int, int]], places: dict[tuple[str, str], str | None]
) -> Mark | None:
    if move.operation == "remove":
        return None
    if move.source == move.target:
        return Mark(move.position, "skipped", "unchanged: it lies there already")
    place = (move.root, os.path.dirname(move.target))
    if place not in places:
        places[place] = outside(*place) or _among_the_systems(place[1])
    if words := places[place]:
        return Mark(move.position, "conflict", words)
    there = disk.look(move.target)
    if there is None or _needs_aside(move):
        return None
    itself = (there.st_dev, there.st_ino) == (move.identity.device, move.identity.inode)
    if itself or (there.st_dev, there.st_ino) not in leaving:
        what = "the same file, under another name" if itself else "another file"
        return Mark(move.position, "conflict", f"target_exists: {from_path(move.target)} is there already, {what}")
    return None


def _among_the_systems(folder: str) -> str | None:
    """The plan was judged by names; a link may lead elsewhere."""
    real = disk.real_folder(folder)
    return f"system_folder: {from_path(folder)} leads to {from_path(real)}" if is_system(real) else None


def _needs_aside(move: Move) -> bool:
    """Whether the target is the source's own name, read where case or Unicode form do not count."""
    folder, name = os.path.split(move.target)
    if move.operation != "move" or os.path.dirname(move.source) != folder:
        return False
    there = disk.look(move.target)
    if there is None or disk.identity(there) != move.identity:
        return False
    return name not in disk.names(folder)  # else it is a second name of the same file, and stays


def _in_order(moves: Mapping[int, Move], marks: Mapping[int, Mark]) -> Sequence[Any]:
    waiting = {position: move for position, move in moves.items() if marks[position].state in ("planned", "parked")}
    ways = {
        position: (marks[position].parked or move.source, "" if move.operation == "remove" else move.target)
        for position, move in waiting.items()
    }
    leaving = {position for position, move in waiting.items() if move.operation in _LEAVING}
    aside = {p for p, move in waiting.items() if marks[p].parked is None and _needs_aside(move)}
    return chains(ways, leaving=leaving, aside=aside)


# ---- roots, folders, file systems ------------------------------------------------------------------------------


def _refuse_missing_roots(plan: pd.DataFrame, ready: Sequence[Planned]) -> None:
    """A root that is gone is most often an unmounted disk: nothing may be made, or called gone, in its place."""
    about = _facts(plan, "plan")
    existed, lay_on = about.get("target_root_existed") is True, about.get("file_system")
    targets = {row.target_root for row in ready if row.target_root is not None}
    for root in sorted(targets):
        try:
            seen = disk.look(disk.real_folder(root))
        except (OSError, ValueError):  # where nobody may look, the rows themselves say so
            continue
        if seen is None and existed:
            raise RootGone(
                f"{from_path(root)} was there when the plan was made and is gone; mount its disk, or plan again"
            )
        if lay_on is not None and from_path(root) == about.get("target_root") and disk.file_system(root) != lay_on:
            raise RootGone(
                f"{from_path(root)} lies on another disk than when the plan was made ({disk.file_system(root)}, not "
                f"{lay_on}); mount its own, or plan again"
            )
        if seen is not None and not stat.S_ISDIR(seen.st_mode):
            raise NotAFolder(f"{from_path(root)} is no folder; give another target")
    named = _facts(plan, "scan").get("roots")
    given = (*(named if isinstance(named, list | tuple) else ()), *cells(plan, "root"))
    roots = {_system_path(cell) for cell in given if isinstance(cell, str)}
    gone = [root for root in roots if root is not None and not _may_be_there(root)]
    for root in gone:
        if any(row.source is not None and row.source.startswith(os.path.join(root, "")) for row in ready):
            raise RootGone(
                f"{from_path(root)} was there when the plan was made and is gone; mount its disk, or scan again"
            )


def _facts(plan: pd.DataFrame, stage: str) -> dict[str, Any]:
    """What `stage` wrote on the plan, if that is still what it was."""
    facts = noted(plan).get(stage)
    return facts if isinstance(facts, dict) else {}


def _may_be_there(root: str) -> bool:
    """Whether anything is at `root`; where nobody may look, it may."""
    try:
        return disk.look(disk.real_folder(root)) is not None
    except (OSError, ValueError):
        return True


def _refuse_unwritable_root(run: Run, moves: Mapping[int, Move], marks: Mapping[int, Mark]) -> None:
    """When not even the library's own folder could be made, that is no row's fault."""
    root = run.target_root
    if not moves or root is None or _may_be_there(root):
        return
    words = next((marks[position].error for position, move in moves.items() if move.root == root), None)
    if all(marks[position].state != "planned" for position in moves):
        raise NotWritable(f"{from_path(root)} cannot be made ({words}); give a target you may write to")


def _refuse_double_ids(ready: Iterable[Planned]) -> None:
    """By its id a row is taken back alone."""
    counted = Counter(row.move_id for row in ready)
    double = [move_id for move_id, count in counted.items() if count > 1 or move_id == "None"]
    if double:
        raise BadSetting(f"move_id must be there and different in every row that is ready; see {double[:3]}")


def _missing_folders(moves: Iterable[Move]) -> list[str]:
    missing: set[str] = set()
    there: set[str] = set()
    for move in moves:
        folder = os.path.dirname(move.target)
        while move.operation != "remove" and folder not in missing and folder not in there:
            if disk.look(folder) is not None:
                there.add(folder)
                break
            missing.add(folder)
            folder = os.path.dirname(folder)
    return sorted(missing)


def _remove_folders(journal: Journal, run_id: str) -> None:
    """Folders the run made, deepest first, those that are empty."""
    gone = [folder for folder in sorted(journal.folders(run_id), key=len, reverse=True) if disk.remove_folder(folder)]
    if gone:
        with suppress(OSError):  # an empty folder that comes back after a power cut harms nobody
            disk.flush_folders(os.path.dirname(folder) for folder in gone)
        journal.forget_folders(run_id, gone)


def _file_systems(paths: Iterable[str]) -> dict[str, str | None]:
    """Name every file system the files at `paths` lie on, or would, by its device number now."""
    found: dict[str, str | None] = {}
    for folder in set(map(os.path.dirname, paths)):
        there = disk.nearest(folder)
        device = disk.device(there)
        if device is not None and str(device) not in found:
            found[str(device)] = disk.file_system(there)
    return found


def _paths(moves: Iterable[Move]) -> Iterator[str]:
    return (path for move in moves for path in (move.source, move.target))


def _refuse_missing_disks(journal: Journal, run: Run) -> None:
    """An empty mount point looks like a library whose files are gone, and as if all were free to be written there.

    All rows say what is here, also those that ended: the ones left may touch fewer disks than the run did.
    """
    rows = (entry.planned for entry in journal.entries(run.run_id))
    paths = (path for row in rows for path in (row.source, row.target))
    _refuse_missing(run, run.file_systems.values(), paths, "resume or undo it")


def _refuse_missing_homes(run: Run, chosen: Iterable[Entry]) -> None:
    """The same, of the places where the `chosen` files came from: they are to go back to that disk, and to no other."""
    rows = [entry.planned for entry in chosen]
    names = (run.file_systems.get(str(row.device)) for row in rows)
    mend = "undo it; onto a disk that took the place of another, apply(reverse(receipts))"
    _refuse_missing(run, names, (row.source for row in rows), mend)


def _refuse_missing(run: Run, names: Iterable[str | None], paths: Iterable[str | None], mend: str) -> None:
    here = _file_systems(path for path in paths if path is not None)
    gone = sorted({name for name in names if name is not None} - set(here.values()))
    if gone:
        raise RootGone(f"run {run.run_id} touches disks that are not here ({', '.join(gone)}); mount them, then {mend}")


def _refuse_other_machine(journal: Journal, run: Run) -> None:
    if run.machine == disk.machine() or not run.file_systems:
        return
    folders = {run.target_root or "/"} | {
        os.path.dirname(e.planned.source) for e in journal.entries(run.run_id)[:1] if e.planned.source
    }
    here = {disk.file_system(disk.nearest(folder)) for folder in folders}
    if not here & set(run.file_systems.values()):
        raise JournalError(
            f"run {run.run_id} was done on another machine ({run.machine}) and on disks that are not here; "
            f"undo or resume it there, or mount its disks"
        )


# ---- undo ------------------------------------------------------------------------------------------------------


def _take_back(journal: Journal, run: pd.DataFrame | str | None, only: Any, task: _Task) -> pd.DataFrame:
    run_id = _run_id(run) or journal.last_forward()
    if run_id is None:
        return entries_table([], None)
    told = journal.run(run_id)
    _refuse_other_machine(journal, told)
    entries = journal.entries(run_id)
    if told.ended_ns is None or any(_lies_twice_aside(entry.mark) for entry in entries):
        _leave_off(journal, told, task)
        entries = journal.entries(run_id)
    frame = run if isinstance(run, pd.DataFrame) else entries_table(entries, run_id)
    aside = journal.aside(run_id)
    entries = [_where_it_was_left(entry, aside) for entry in entries]
    wanted = _wanted(frame, only, everything=only is None and not isinstance(run, pd.DataFrame))
    if wanted is not None and (strange := wanted - {entry.planned.move_id for entry in entries}):
        raise BadSetting(f"run {run_id} has no moves {sorted(strange)[:5]}; give its receipts as apply gave them")
    _let_be(journal, run_id, entries, wanted)
    chosen, also = _with_those_in_the_way(entries, wanted)
    if not chosen:
        return entries_table([], None)
    _refuse_missing_homes(told, chosen)
    plan = _way_back(chosen, also, run_id)
    last_first = list(reversed(chosen))
    positions = [entry.planned.position for entry in last_first]
    times = [_time_before(entry) for entry in last_first]
    back = _perform(journal, plan, task, _Intent("undo", "hash", run_id, not told.forward, positions, times))
    back = back.drop(columns=[name for name in back.columns if name not in _PLAN_AND_RECEIPT])
    return back.reset_index(drop=True)


def _let_be(journal: Journal, run_id: str, entries: Sequence[Entry], wanted: set[str] | None) -> None:
    """Rows of the run that were not reached, and are not to be done later either."""
    words = "taken_back: the run was taken back before its turn"
    marks = []
    for entry in entries:
        if (
            entry.mark.left == "row"
            and entry.mark.parked is None
            and (wanted is None or entry.planned.move_id in wanted)
        ):
            mine = entry.mark.temporary  # an unfinished copy that would not go has to go all the same
            marks.append(
                Mark(entry.planned.position, "skipped", words, temporary=mine, left="temporary" if mine else None)
            )
    journal.record(run_id, marks)


def _time_before(entry: Entry) -> int | None:
    """The time a file is to get back, where what it lies on now counts in longer steps."""
    seen, planned = entry.mark.seen, entry.planned
    same = seen is None or planned.mtime_ns is None or seen.mtime_ns == planned.mtime_ns
    return None if same or planned.operation != "move" else planned.mtime_ns


_PLAN_AND_RECEIPT: Final = tuple(column.name for column in (*PLAN, *RECEIPT))


def _run_id(run: pd.DataFrame | str | None) -> str | None:
    if not isinstance(run, pd.DataFrame):
        return run
    named = sorted(set(run["run_id"].dropna())) if "run_id" in run.columns else []
    if len(named) > 1:
        raise BadSetting(f"these are receipts of {len(named)} runs, {named}; undo them one at a time, the last first")
    found = named[0] if named else run.attrs.get("run_id")
    if found is None:
        raise BadSetting("undo takes the receipts that apply gave, or a run id; this table names no run")
    return str(found)


def _wanted(frame: pd.DataFrame, only: Any, *, everything: bool) -> set[str] | None:
    """The move ids that were asked for; None is all."""
    if everything:
        return None
    need(frame, "move_id", stage="undo")
    ids = [
        str(_words(cell)) for cell in cells(frame, "move_id")
    ]  # as the journal has them, whatever became of them since
    if only is None:
        return set(ids)
    asked = [only] if isinstance(only, str) else list(only)
    if asked and not any(isinstance(cell, str) for cell in asked):
        return {move_id for move_id, chosen in zip(ids, _mask(asked, only, frame), strict=True) if chosen}
    unknown = set(asked) - set(ids)
    if unknown:
        raise BadSetting(f"only= names moves this run does not have: {sorted(map(str, unknown))[:5]}")
    return set(asked)


def _mask(cells: Sequence[Any], only: Any, frame: pd.DataFrame) -> list[bool]:
    """A mask along the receipts: by label where it has labels, else by place; what is missing is not asked for."""
    if len(cells) != len(frame):
        raise BadSetting(f"the mask has {len(cells)} values and the receipts have {len(frame)} rows")
    if isinstance(only, pd.Series) and only.index.is_unique and frame.index.is_unique:
        cells = only.reindex(frame.index).tolist()
    if any(not (pd.isna(cell) or cell in (True, False)) for cell in cells):
        raise BadSetting("only= takes a mask of True and False along the receipts, or move ids")
    return [not pd.isna(cell) and bool(cell) for cell in cells]


def _where_it_was_left(entry: Entry, aside: Mapping[int, str]) -> Entry:
    """A row that stands, though an undo took its file from the target: it was stopped half-way round a cycle."""
    at = aside.get(entry.planned.position)
    if at is None or entry.mark.state != "done":
        return entry
    return replace(entry, planned=replace(entry.planned, target=at))


def _with_those_in_the_way(entries: Sequence[Entry], wanted: set[str] | None) -> tuple[list[Entry], set[int]]:
    """The rows to take back, and which of them only because their file lies where another one's belongs."""
    standing = [entry for entry in entries if _can_be_taken_back(entry)]
    chosen = {entry.planned.position for entry in standing if wanted is None or entry.planned.move_id in wanted}
    lies_at = {entry.planned.target: entry for entry in standing if entry.mark.state == "done"}
    by_position = {entry.planned.position: entry for entry in standing}
    also: set[int] = set()
    waiting = list(chosen)
    while waiting:
        blocker = lies_at.get(by_position[waiting.pop()].planned.source)
        if blocker is not None and blocker.planned.position not in chosen:
            chosen.add(blocker.planned.position)
            also.add(blocker.planned.position)
            waiting.append(blocker.planned.position)
    return [entry for entry in standing if entry.planned.position in chosen], also


def _can_be_taken_back(entry: Entry) -> bool:
    """Done; or left under a temporary name; or copied, with a source that could not be removed."""
    mark = entry.mark
    return mark.state == "done" or (mark.state not in TRANSIENT and mark.parked is not None) or mark.left == "source"


def _lies_twice_aside(mark: Mark) -> bool:
    """A copy whose source, set aside, could not be removed: another file has the name that would vouch for the copy."""
    return mark.left == "source" and mark.parked is not None


def _way_back(chosen: Sequence[Entry], also: set[int], run_id: str) -> pd.DataFrame:
    """The plan back: `reverse`, with what was really seen at the targets in place of what was planned."""
    rows = [replace(entry, mark=replace(entry.mark, state="done")) for entry in map(_as_it_lies, chosen)]
    back = reverse(entries_table(rows, run_id))
    last_first = list(reversed(rows))
    seen = [entry.mark.seen for entry in last_first]
    # The device's number may be another since a reboot, and some file systems number files anew; size and time hold.
    back["size"] = series(COLUMNS["size"], [None if one is None else one.size for one in seen], back.index)
    back["mtime_ns"] = series(COLUMNS["mtime_ns"], [None if one is None else one.mtime_ns for one in seen], back.index)
    for name in ("inode", "device"):
        back[name] = series(COLUMNS[name], [None] * len(rows), back.index)
    reasons = [
        "way: its file lies where another one's belongs" if entry.planned.position in also else reason
        for entry, reason in zip(last_first, cells(back, "reason"), strict=True)
    ]
    back["reason"] = series(COLUMNS["reason"], reasons, back.index)
    return back


def _as_it_lies(entry: Entry) -> Entry:
    """A row as if it had been done to where its file really lies."""
    planned, mark = entry.planned, entry.mark
    if mark.state == "done":
        undone_removal = planned.operation == "remove"
        return replace(entry, mark=replace(mark, seen=None if undone_removal else mark.seen))
    if mark.left == "source":
        return replace(entry, planned=replace(planned, operation="copy"))
    known = None if planned.size is None or planned.mtime_ns is None else Identity(planned.size, planned.mtime_ns, 0, 0)
    return replace(entry, planned=replace(planned, target=mark.parked), mark=replace(mark, seen=known, hash=None))


def _leave_off(journal: Journal, run: Run, task: _Task) -> None:
    """Settle a run that died, and do no more of it: it is to be taken back."""
    moves, marks = _still_to_do(journal, run)
    _refuse_missing_disks(journal, run)
    mover = _mover(journal, run, moves, marks, replace(task, bar=Progress(False, "undo")))
    settle(mover, refuse_missing_disks=lambda: _refuse_missing_disks(journal, run))
    left = []
    for position in moves:
        mark = marks[position]
        if mark.state == "planned":
            left.append(Mark(position, "skipped", "taken_back: the run was taken back before its turn"))
        elif mark.state == "parked" and (stuck := mover.put_back(position)):
            left.append(replace(mark, state="conflict", error=stuck))
        elif mark.state == "parked":
            left.append(Mark(position, "skipped", "taken_back: the run was taken back before its turn"))
    mover.record(left)
    _close(journal, run, moves, marks, 0.0)


# ---- resume ----------------------------------------------------------------------------------------------------


def _finish(journal: Journal, run_id: str | None, task: _Task) -> pd.DataFrame:
    if run_id is not None:
        journal.run(run_id)
    unfinished = journal.unfinished(run_id)
    if not unfinished:
        return entries_table([], None)
    told, refused = [], None
    for each in unfinished:
        if task.stop.is_set():
            break
        try:
            told.append(_finish_one(journal, journal.run(each), task))
        except (RootGone, JournalError) as error:  # of this run alone
            refused = refused or error
    if refused is not None:
        raise refused
    return pd.concat(told, ignore_index=True) if told else entries_table([], None)


def _finish_one(journal: Journal, run: Run, task: _Task) -> pd.DataFrame:
    began = time.perf_counter()
    _refuse_other_machine(journal, run)
    moves, marks = _still_to_do(journal, run)
    _refuse_missing_disks(journal, run)
    task.bar.expect(len(moves))
    journal.reopen(run.run_id)
    mover = _mover(journal, run, moves, marks, task, keep_open=True)
    try:
        settle(mover, refuse_missing_disks=lambda: _refuse_missing_disks(journal, run))
        mover.record(_led_to_the_systems(moves, marks))
        waiting = [move for position, move in moves.items() if marks[position].state in ("planned", "parked")]
        folders = _missing_folders(waiting)
        journal.note_folders(run.run_id, folders)
        mover.make_folders(folders, again=True)
        mover.go(_in_order(moves, marks))
    finally:
        seconds = float(run.stats.get("seconds") or 0.0) + time.perf_counter() - began
        _close(journal, run, moves, marks, seconds)
    return entries_table(journal.entries(run.run_id), run.run_id)


def _led_to_the_systems(moves: Mapping[int, Move], marks: Mapping[int, Mark]) -> list[Mark]:
    """The ends of rows that a link leads among the system's files since they were planned."""
    waiting = [move for position, move in moves.items() if marks[position].state == "planned"]
    folders = {os.path.dirname(path) for path in _paths(waiting)}
    words = {folder: told for folder in folders if (told := _among_the_systems(folder))}
    return [
        Mark(move.position, "conflict", words[folder])
        for move in waiting
        for folder in [next((f for f in map(os.path.dirname, (move.source, move.target)) if f in words), None)]
        if folder is not None
    ]


def _still_to_do(journal: Journal, run: Run) -> tuple[dict[int, Move], dict[int, Mark]]:
    entries = [
        entry for entry in journal.entries(run.run_id) if entry.mark.state in TRANSIENT or entry.mark.left is not None
    ]
    moves = {entry.planned.position: _to_move(entry.planned) for entry in entries}
    devices = _devices_now(run, moves.values())
    moves = {
        position: replace(
            move, identity=replace(move.identity, device=devices.get(move.identity.device, move.identity.device))
        )
        for position, move in moves.items()
    }
    return moves, {entry.planned.position: entry.mark for entry in entries}


def _devices_now(run: Run, moves: Iterable[Move]) -> dict[int, int]:
    """Device numbers of the run -> those the same file systems have now; a reboot may have renumbered them."""
    now = {name: int(device) for device, name in _file_systems(_paths(moves)).items() if name is not None}
    return {int(device): now[name] for device, name in run.file_systems.items() if name in now}


def _to_move(row: Planned) -> Move:
    assert row.source is not None
    assert row.target is not None
    identity = Identity(row.size or 0, row.mtime_ns or 0, row.inode or 0, row.device or 0)
    return Move(
        row.position,
        row.operation or "move",
        row.source,
        row.target,
        row.target_root or "",
        identity,
        row.expected,
        row.mtime_was,
    )
