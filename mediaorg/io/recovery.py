"""What a run that died left half-way, brought to a state from which it can go on: by what lies on the disk.

Each deed here can be done again, so dying in recovery is dying in the run. Nothing is removed but what the journal
names as ours, or a second name of a file that is seen to stand under its other one.
"""

# Paths are text here, as in the journal and in `disk`.
# ruff: noqa: PTH120

import os
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final, TypeAlias

from mediaorg.io import disk
from mediaorg.io.journal import Mark
from mediaorg.io.mover import Move, Mover, Refused, whats_wrong
from mediaorg.records import Identity
from mediaorg.schema import from_path

__all__ = ["settle"]

_Standing: TypeAlias = tuple[str, Identity]  # a name, and the file that was planned to leave it


class _Lost(Exception):
    """No name holds the file that was planned; the message is the row's `error`."""


def settle(mover: Mover, *, refuse_missing_disks: Callable[[], object]) -> None:
    """Bring every row of a dead run that is in flight to `planned`, `parked`, or an end.

    refuse_missing_disks: raises RootGone if a disk of the run is not here; asked before any file is called gone.
    """
    # In 1→2, 2→3 the two files may be one under two names; then 2 is not what 1 became, but what goes to 3.
    unmoved = {(move.source, move.identity) for move in mover.moves.values()}
    lost: list[tuple[Move, Mark, str]] = []
    for position, move in mover.moves.items():
        mark = mover.marks[position]
        way = _WAYS.get(mark.state) if mark.left is None else _LEFT[mark.left]
        if way is None:
            continue
        try:
            way(mover, move, mark, unmoved)
        except _Lost as error:
            lost.append((move, mark, str(error)))
        except (OSError, Refused) as error:  # what could not be taken away stays on record
            mover.record([_given_up(move, mark, error)])
    if lost:
        refuse_missing_disks()
    for move, mark, words in lost:
        _end(mover, move, mark, "failed", words)


def _again(mover: Mover, move: Move, mark: Mark, unmoved: set[_Standing]) -> None:
    """A row that was not reached, or found its disk full, waits for its turn again."""
    _drop_temporary(mark)
    _end(mover, move, mark, _before(mark))


def _tidy(mover: Mover, move: Move, mark: Mark, unmoved: set[_Standing]) -> None:
    """A row that ended as it is to stay, but for an unfinished copy."""
    _drop_temporary(mark)
    mover.record([replace(mark, temporary=None, left=None)])


def _given_up(move: Move, mark: Mark, error: Exception) -> Mark:
    """The mark of a row that cannot be settled. By now another file of its cycle has the old name of one set aside."""
    _, words = whats_wrong(error)
    with suppress(OSError):
        if mark.parked is not None and _ours(move, disk.look(mark.parked)):
            words += f"; the file lies at {from_path(mark.parked)}, and undo takes it back"
    return replace(mark, state="failed", error=words)


def _intent(mover: Mover, move: Move, mark: Mark, unmoved: set[_Standing]) -> None:
    at, to = disk.look(move.source), disk.look(move.target)
    if move.operation == "remove":
        _end(mover, move, mark, "done" if at is None else "planned")
    elif move.operation == "symlink":
        linked = to is not None and stat.S_ISLNK(to.st_mode) and disk.leads_to(move.target) == move.source
        _end(mover, move, mark, "done" if linked else "planned")
    elif move.operation == "hardlink":
        _end(mover, move, mark, "done" if _ours(move, to) else "planned")
    elif _ours(move, at) and _ours(move, to) and (move.target, move.identity) not in unmoved:
        _drop_second_name(at, move.source)
        _end(mover, move, mark, "done")
    elif _ours(move, at):
        _drop_holder(mark, move.target)
        _end(mover, move, mark, "planned")
    elif _ours(move, to):
        _end(mover, move, mark, "done")
    else:
        raise _lost(move, mark)


def _parking(mover: Mover, move: Move, mark: Mark, unmoved: set[_Standing]) -> None:
    assert mark.parked is not None
    at, aside = disk.look(move.source), disk.look(mark.parked)
    if _ours(move, at) and _ours(move, aside):
        _drop_second_name(aside, mark.parked)
        _end(mover, move, mark, "planned")
    elif _ours(move, aside):
        _end(mover, move, mark, "parked")
    elif _ours(move, at):
        _drop_holder(mark, mark.parked)
        _end(mover, move, mark, "planned")
    else:
        raise _lost(move, mark)


def _parked(mover: Mover, move: Move, mark: Mark, unmoved: set[_Standing]) -> None:
    assert mark.parked is not None
    at, aside, to = disk.look(move.source), disk.look(mark.parked), disk.look(move.target)
    if _ours(move, aside) and _ours(move, to):
        _drop_second_name(aside, mark.parked)
        _end(mover, move, mark, "done")
    elif _ours(move, aside) and _ours(move, at):  # it was being put back
        _drop_second_name(aside, mark.parked)
        _end(mover, move, mark, "planned")
    elif _ours(move, aside):
        _drop_holder(mark, move.target)
        _end(mover, move, mark, "parked")
    elif _ours(move, to):
        _end(mover, move, mark, "done")
    elif _ours(move, at):
        _end(mover, move, mark, "planned")
    else:
        raise _lost(move, mark)


def _copying(mover: Mover, move: Move, mark: Mark, unmoved: set[_Standing]) -> None:
    _drop_temporary(mark)
    _end(mover, move, mark, _before(mark))


def _copied(mover: Mover, move: Move, mark: Mark, unmoved: set[_Standing]) -> None:
    """The copy was found right; it has its name already, or gets it now if it still is."""
    assert mark.temporary is not None
    copy, to = disk.look(mark.temporary), disk.look(move.target)
    if copy is not None and to is not None and os.path.samestat(copy, to):
        disk.remove(mark.temporary)
        _go_on(mover, move, mark, to)
    elif copy is not None:
        if to is not None and mark.holder and disk.is_empty_file(to):
            disk.remove(move.target)
            to = None
        if to is None and _is(mark, mark.temporary):
            mover.publish({move.position: Mark(move.position, _before(mark), parked=mark.parked)}, time.perf_counter())
        else:
            disk.remove(mark.temporary)
            _end(mover, move, mark, _before(mark))
    elif to is not None and _is(mark, move.target):
        _go_on(mover, move, mark, to)
    else:
        _end(mover, move, mark, _before(mark))


def _go_on(mover: Mover, move: Move, mark: Mark, to: os.stat_result) -> None:
    mover.flush([os.path.dirname(move.target)])
    mover.record([replace(mark, state="published", seen=disk.identity(to), holder=False)])
    mover.finish([move.position], time.perf_counter())


def _published(mover: Mover, move: Move, mark: Mark, unmoved: set[_Standing]) -> None:
    at_path = mark.parked or move.source
    at, to = disk.look(at_path), disk.look(move.target)
    whole = to is not None and _is(mark, move.target)
    if move.operation == "move" and whole and not _ours(move, at):
        words = f"changed: {from_path(at_path)} is another file now; it and the target are both kept"
        _end(mover, move, mark, "done" if at is None else "conflict", None if at is None else words)
    elif whole and to is not None:
        mover.record([replace(mark, state="published", error=None, seen=disk.identity(to), left=None)])
        mover.finish([move.position], time.perf_counter())
    elif mark.left == "source":
        words = f"changed: {from_path(move.target)} is not what was put there any more; {from_path(at_path)} is kept"
        mover.record([replace(mark, error=words, left=None)])
    elif _ours(move, at) and to is None:
        _end(mover, move, mark, _before(mark))
    elif at is not None:
        words = f"changed: {from_path(move.target)} is not what was put there; {from_path(at_path)} is kept"
        _end(mover, move, mark, "failed", words)
    else:
        raise _lost(move, mark)


_WAYS: Final[dict[str, Callable[[Mover, Move, Mark, set[_Standing]], None]]] = {
    "intent": _intent,
    "parking": _parking,
    "parked": _parked,
    "copying": _copying,
    "copied": _copied,
    "published": _published,
}


_LEFT: Final = {"row": _again, "source": _published, "temporary": _tidy}


def _ours(move: Move, seen: os.stat_result | None) -> bool:
    """Whether what was seen is the very file the plan is about."""
    return seen is not None and stat.S_ISREG(seen.st_mode) and disk.identity(seen) == move.identity


def _is(mark: Mark, path: str) -> bool:
    """Whether `path` holds the copy: by its bytes."""
    try:
        return disk.hash_file(path) == mark.hash
    except OSError:
        return False


def _before(mark: Mark) -> str:
    return "planned" if mark.parked is None else "parked"


def _drop_second_name(seen: os.stat_result | None, path: str) -> None:
    """One file, two names, one of them to go; where case does not count it may be one name read twice."""
    if seen is None or seen.st_nlink < 2:
        raise Refused(f"unknown: {from_path(path)} looks like two names of one file, and is one")
    disk.remove(path)


def _drop_holder(mark: Mark, path: str) -> None:
    if mark.holder and disk.is_empty_file(disk.look(path)):
        disk.remove(path)


def _drop_temporary(mark: Mark) -> None:
    if mark.temporary is not None:
        with suppress(FileNotFoundError):
            disk.remove(mark.temporary)


def _lost(move: Move, mark: Mark) -> _Lost:
    names = [from_path(path) for path in (move.source, move.target, mark.parked) if path is not None]
    return _Lost(f"gone: none of {', '.join(names)} holds the file that was planned")


def _end(mover: Mover, move: Move, mark: Mark, state: str, words: str | None = None) -> None:
    """Write down what was found; what is called done must last."""
    if state == "planned":
        mover.record([Mark(move.position)])
        return
    if state == "parked":
        mover.record([replace(mark, state="parked", error=None, temporary=None, holder=False, left=None)])
        return
    mover.flush([os.path.dirname(move.source), os.path.dirname(move.target)])
    seen = disk.look(move.target) if state == "done" and move.operation != "remove" else None
    mover.record(
        [
            replace(
                mark, state=state, error=words, temporary=None, holder=False, left=None,
                parked=mark.parked if state != "done" else None,
                bytes=mark.bytes or 0 if state == "done" else mark.bytes,
                seen=mark.seen if seen is None else disk.identity(seen),
            )
        ]
    )  # fmt: skip
