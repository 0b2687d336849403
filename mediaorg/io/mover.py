"""Doing a plan: each move through its states, each state in the journal before the deed that follows it.

    planned → intent → done                                  a rename, a link, a removal
    planned → parking → parked → done                        the one of a cycle that steps aside
    planned → copying → copied → published → done            across file systems

`done` says that the target holds the file and, of a move, that its old name is gone; with any other end the source
holds it. Recovery (`mediaorg.io.recovery`) reads the same states.
"""

# Paths are text here, as in the journal and in `disk`.
# ruff: noqa: PTH120

import errno
import os
import stat
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from mediaorg.errors import JournalError
from mediaorg.io import disk
from mediaorg.io.journal import Journal, Mark
from mediaorg.records import Chain, Identity, Limits
from mediaorg.schema import from_path

__all__ = ["Move", "Mover", "Refused", "outside", "whats_wrong"]

_AT_ONCE: Final = 0.1  # s; a batch that takes longer would let progress look stale, and stop come late
_MOST_AT_ONCE: Final = 1000  # rows
_COPIES_A_DEVICE: Final = 4  # more gain nothing on a NAS; a disk that turns takes one, or its head runs to and fro


@dataclass(frozen=True, slots=True)
class Move:
    """One row to be done; paths as the system gives them."""

    position: int
    operation: str  # move, copy, hardlink, symlink, remove
    source: str
    target: str
    root: str
    identity: Identity  # of what lies at the source
    expected: str | None = None  # the hash its content must have, where one is known


class Refused(Exception):
    """The world is not as the plan has it; nothing was touched. The message is the row's `error`."""


# ---- what a row's error says -----------------------------------------------------------------------------------

_CODES: Final = {
    errno.EACCES: "permission",
    errno.EPERM: "permission",
    errno.EROFS: "permission",
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.ENAMETOOLONG: "name_too_long",
    errno.EILSEQ: "bad_name",
    errno.EINVAL: "bad_name",
    errno.EBUSY: "busy",
    errno.ETXTBSY: "busy",
    errno.EMLINK: "too_many_links",
    errno.EXDEV: "cross_device",
    errno.EIO: "io",
    errno.ESTALE: "io",
}


def whats_wrong(error: Exception) -> tuple[str, str]:
    """The state a row ends in for `error`, and the words for it, one word first.

    >>> whats_wrong(OSError(errno.ENOSPC, "No space left on device"))
    ('failed', 'disk_full: No space left on device')
    """
    if isinstance(error, Refused):
        return "conflict", str(error)
    if not isinstance(error, OSError):
        raise error
    at = error.filename2 or error.filename
    words = (error.strerror or type(error).__name__) + (f": {from_path(at)}" if isinstance(at, str | bytes) else "")
    if isinstance(error, FileExistsError):
        return "conflict", f"target_exists: {words}"
    if isinstance(error, FileNotFoundError):
        return "conflict", f"gone: {words}"
    if isinstance(error, NotADirectoryError):
        return "conflict", f"not_a_folder: {words}"
    if isinstance(error, disk.CopyDiffers):
        return "failed", f"copy_differs: {words}"
    return "failed", f"{_CODES.get(error.errno or 0, 'os')}: {words}"


def outside(root: str, folder: str) -> str | None:
    """Why `folder` is no place below `root`, or None; a link below the root may lead anywhere, and is not entered."""
    inside = folder == root or folder.startswith(root if root.endswith("/") else f"{root}/")
    parts = folder[len(root) :].split("/") if inside else []
    if not inside or ".." in parts:
        return f"outside_root: {from_path(folder)} is not below {from_path(root)}"
    at = root
    for part in filter(None, parts):
        at = os.path.join(at, part)
        seen = disk.look(at)
        if seen is None:
            break
        if stat.S_ISLNK(seen.st_mode):
            return f"outside_root: a link leads from {from_path(at)} to {from_path(disk.real_folder(at))}"
    return None


# ---- the mover -------------------------------------------------------------------------------------------------


class Mover:
    """The moves of one run, on their way. `marks` says at any time how far each is."""

    def __init__(
        self,
        journal: Journal,
        run_id: str,
        token: str,
        moves: Mapping[int, Move],
        marks: dict[int, Mark],
        *,
        verify: disk.Verify,
        limits: Limits,
        stop: threading.Event,
        advance: Callable[[int], object],
    ) -> None:
        self.journal, self.run_id, self.token = journal, run_id, token
        self.moves, self.marks = moves, marks
        self.verify, self.stop = verify, stop
        self._limits, self._advance = limits, advance
        self._renamer = disk.Renamer()
        self._across: set[int] = set()  # the system said EXDEV although the devices looked the same

    def record(self, marks: Sequence[Mark]) -> None:
        """Write `marks` down, and only then believe them."""
        self.journal.record(self.run_id, marks)
        self.marks.update((mark.position, mark) for mark in marks)
        if ended := sum(mark.state in _ENDS for mark in marks):
            self._advance(ended)

    def go(self, chains: Iterable[Chain]) -> None:
        """Do `chains`: renames first, by one writer in batches; what has to be copied after, by several threads.

        When `stop` is set, what is in flight comes to its end, and the rest is skipped.
        """
        copies: list[Chain] = []
        quick: list[Chain] = []
        for chain in chains:
            (copies if any(self._takes_long(position) for position in chain.steps) else quick).append(chain)
        self._slowly([*self._quickly(quick), *copies])
        self._leave_the_rest()

    def make_folders(self, folders: Iterable[str], *, again: bool = False) -> None:
        """Make `folders`, which stand in the journal; rows whose folder cannot be made end here.

        again: a run that died made some of them; otherwise one that was there meanwhile is somebody else's.
        """
        broken: dict[str, OSError] = {}
        foreign = []
        for folder in sorted(folders, key=len):
            try:
                if not disk.make_folder(folder):
                    foreign.append(folder)
            except OSError as error:
                broken[folder] = broken.get(os.path.dirname(folder), error)
        self.flush(os.path.dirname(folder) for folder in folders)
        self.journal.forget_folders(self.run_id, broken if again else [*broken, *foreign])
        self.record(
            [
                self._ended(position, broken[os.path.dirname(move.target)])
                for position, move in self.moves.items()
                if self.marks[position].state == "planned" and os.path.dirname(move.target) in broken
            ]
        )

    def flush(self, folders: Iterable[str]) -> None:
        """Make names last. If the disk will not say that they do, nobody may claim it: the run stops."""
        try:
            disk.flush_folders(folders)
        except OSError as error:
            raise JournalError(
                f"the disk did not confirm its last changes ({error}); nothing is lost. See to the disk, then call resume()"
            ) from error

    # ---- renames, links, removals: one writer, in batches

    def _quickly(self, chains: Sequence[Chain]) -> list[Chain]:
        """Batch by batch; gives what proved to need a copy.

        Left to choose, batches grow while each is over at once: a flush costs what 50 renames do.
        """
        ended: list[Mark] = []
        later: list[Chain] = []
        waiting, size = deque(chains), self._limits.batch_size
        while waiting and not self.stop.is_set():
            began = time.perf_counter()
            ended, rest = self._batch(_take(waiting, size), ended)
            later += rest
            if self._limits.automatic and time.perf_counter() - began < _AT_ONCE:
                size = max(size, min(2 * size, _MOST_AT_ONCE))
        self.record(ended)
        return later

    def _batch(self, batch: Sequence[Chain], before: Sequence[Mark]) -> tuple[list[Mark], list[Chain]]:
        """Do a batch and flush it.

        Gives the marks of its ends, to be committed with the intents of the next, and what proved to need a copy.
        """
        chains = [Chain(tuple(filter(self._waits, chain.steps)), chain.parked) for chain in batch]
        aside = [chain.parked for chain in chains if chain.parked is not None and self._waits(chain.parked)]
        intents = [self._intent(position) for chain in chains for position in chain.steps if position not in aside]
        parking = [self._parking(position) for position in aside if self.marks[position].parked is None]
        self.record([*before, *intents, *parking])
        self._park([chain for chain in chains if chain.parked in {mark.position for mark in parking}])
        ended: list[Mark] = []
        later: list[Chain] = []
        touched: set[str] = set()
        checked: dict[tuple[str, str], str | None] = {}
        for chain in chains:
            for index, position in enumerate(chain.steps):
                if self.marks[position].state in _ENDS:  # it could not step aside
                    continue
                mark = self._deed(position, touched, checked)
                if mark is None:
                    later.append(Chain(chain.steps[index:]))
                    break
                ended.append(mark)
        self.flush(touched)
        return ended, later

    def _waits(self, position: int) -> bool:
        return self.marks[position].state not in _ENDS

    def _intent(self, position: int) -> Mark:
        mark = self.marks[position]
        if mark.parked is not None:  # it is on its way already
            return mark
        holder = self.moves[position].operation == "move" and self._renamer.holds(self.moves[position].identity.device)
        return Mark(position, "intent", started_ns=time.time_ns(), holder=holder)

    def _deed(self, position: int, touched: set[str], checked: dict[tuple[str, str], str | None]) -> Mark | None:
        """Do one row and say how it ended; None if it proves to need a copy."""
        move, began = self.moves[position], time.perf_counter()
        touched.update((os.path.dirname(move.source), os.path.dirname(move.target)))
        try:
            if move.operation == "remove":
                self._remove(move)
                seen = None
            else:
                seen = self._name_target(move, checked)
        except disk.Stopped:
            return Mark(position)
        except (OSError, Refused) as error:
            if isinstance(error, OSError) and error.errno == errno.EXDEV and move.operation == "move":
                self._across.add(position)
                return None
            return self._ended(position, _who_refuses(move, error), began)
        return replace(
            self.marks[position], state="done", seconds=time.perf_counter() - began, bytes=0, parked=None, holder=False,
            seen=seen,
        )  # fmt: skip

    def _name_target(self, move: Move, checked: dict[tuple[str, str], str | None]) -> Identity | None:
        at = self.marks[move.position].parked or move.source
        self.check_source(move, at)
        _check_unwritten(move, at)
        _check_inside(move, checked)
        match move.operation:
            case "hardlink":
                disk.link(move.source, move.target)
            case "symlink":
                disk.symlink(move.source, move.target)
            case _:
                self.rename(move.position, at, move.target, move.identity.device)
        # A rename keeps all four numbers. A look that fails now would make a done deed look like one that failed.
        return move.identity if move.operation == "move" else _seen(move.target)

    def rename(self, position: int, source: str, target: str, device: int) -> None:
        """Rename without replacing; where that takes a place-holder, it stands in the journal first."""
        try:
            self._renamer.rename(source, target, device=device, noted=self.marks[position].holder)
        except disk.NeedsHolder:
            self.record([replace(self.marks[position], holder=True)])
            self._renamer.rename(source, target, device=device, noted=True)

    def check_source(self, move: Move, at: str) -> None:
        """Raise Refused unless `at` still holds the very file the plan is about."""
        seen = disk.look(at)
        if seen is None:
            raise Refused(f"source_gone: {from_path(at)} is not there any more")
        if not stat.S_ISREG(seen.st_mode) and move.operation != "remove":
            raise Refused(f"not_regular: {from_path(at)} is no regular file")
        known = move.identity
        if differs := disk.difference(
            disk.identity(seen), size=known.size, mtime_ns=known.mtime_ns, inode=known.inode, device=known.device
        ):
            raise Refused(differs)

    def _remove(self, move: Move) -> None:
        """Take away what a copy or link made: `source` is the made one, `target` what it was made from."""
        self.check_source(move, move.source)
        made, origin = disk.look(move.source), disk.look(move.target)
        if origin is None or not stat.S_ISREG(origin.st_mode):
            raise Refused(f"source_gone: what it was made from, {from_path(move.target)}, is not there any more")
        if made is not None and stat.S_ISLNK(made.st_mode):
            if disk.leads_to(move.source) != move.target:
                raise Refused(f"changed: the link {from_path(move.source)} leads elsewhere now")
        elif made is None or not os.path.samestat(made, origin):
            self._check_copy(move, made, origin)
        disk.remove(move.source)

    def _check_copy(self, move: Move, made: os.stat_result | None, origin: os.stat_result) -> None:
        """A copy may go only while the same bytes stand elsewhere."""
        if made is None or made.st_size != origin.st_size:
            raise Refused(f"changed: {from_path(move.target)} is not what was copied any more")
        if move.expected is None:
            raise Refused("unknown: no hash of the copy is known, so it is not taken away")
        for path in (move.source, move.target):
            if disk.hash_file(path, stop=self.stop) != move.expected:
                raise Refused(f"changed: the content of {from_path(path)} is not what was copied any more")

    # ---- cycles: one steps aside

    def _parking(self, position: int) -> Mark:
        folder = os.path.dirname(self.moves[position].source)
        aside = os.path.join(folder, f".mediaorg-{self.token}-{position}")
        return Mark(
            position,
            "parking",
            started_ns=time.time_ns(),
            parked=aside,
            holder=self._renamer.holds(self.moves[position].identity.device),
        )

    def _park(self, chains: Sequence[Chain]) -> None:
        """Let the one of each cycle step aside, if all of it may go: else it would find its old name taken."""
        marks, positions = [], [chain.parked for chain in chains if chain.parked is not None]
        if not positions:
            return
        for chain, position in zip(chains, positions, strict=True):
            move, mark = self.moves[position], self.marks[position]
            assert mark.parked is not None
            try:
                for other in (self.moves[step] for step in chain.steps):
                    self.check_source(other, other.source)
                    _check_unwritten(other, other.source)
                self.rename(position, move.source, mark.parked, move.identity.device)
                marks.append(replace(self.marks[position], state="parked", holder=False))
            except (OSError, Refused) as error:
                state, words = whats_wrong(error)
                marks.append(replace(self.marks[position], state=state, error=words, parked=None, holder=False))
        self.flush(os.path.dirname(self.moves[position].source) for position in positions)
        self.record(marks)

    def put_back(self, position: int) -> str | None:
        """Give a parked file its old name; None if it has it, else the words for why not."""
        move, mark = self.moves[position], self.marks[position]
        assert mark.parked is not None
        try:
            self.rename(position, mark.parked, move.source, move.identity.device)
        except OSError as error:
            _, words = whats_wrong(error)
            return f"{words}; the file lies at {from_path(mark.parked)}, and undo takes it back"
        self.flush([os.path.dirname(move.source)])
        return None

    def _ended(self, position: int, error: Exception, began: float | None = None) -> Mark:
        """The mark of a row that was not done; a parked file goes back to its name."""
        mark = self.marks[position]
        state, words = whats_wrong(error)
        parked = mark.parked
        if mark.state == "parked":
            stuck = self.put_back(position)
            words, parked = (f"{words}; {stuck}", parked) if stuck else (words, None)
        seconds = None if began is None else time.perf_counter() - began
        return replace(
            mark, state=state, error=words, seconds=seconds, temporary=None, parked=parked, holder=False,
            started_ns=mark.started_ns or time.time_ns(),
        )  # fmt: skip

    # ---- copies: several threads

    def _takes_long(self, position: int) -> bool:
        move = self.moves[position]
        if move.operation in ("hardlink", "symlink"):
            return False
        if move.operation == "remove":
            return move.expected is not None
        return move.operation == "copy" or self._target_device(move) != move.identity.device

    def _target_device(self, move: Move) -> int:
        device = disk.device(disk.nearest(os.path.dirname(move.target)))
        return move.identity.device if device is None else device

    def _is_copy(self, position: int) -> bool:
        move = self.moves[position]
        return move.operation != "remove" and (position in self._across or self._takes_long(position))

    def _slowly(self, chains: Sequence[Chain]) -> None:
        by_device: dict[int, deque[Chain]] = {}
        for chain in chains:
            by_device.setdefault(self._target_device(self.moves[chain.steps[0]]), deque()).append(chain)
        if not by_device:
            return
        self._refuse_what_does_not_fit(by_device)
        most = max(1, self._limits.workers // len(by_device))
        crew = {device: min(most, 1 if disk.is_rotational(device) else _COPIES_A_DEVICE) for device in by_device}
        with ThreadPoolExecutor(sum(crew.values()), thread_name_prefix="mediaorg-copy") as pool:
            crews = [pool.submit(self._work, by_device[device]) for device, many in crew.items() for _ in range(many)]
        for each in crews:
            each.result()

    def _work(self, waiting: "deque[Chain]") -> None:
        try:
            while not self.stop.is_set():
                try:
                    chain = waiting.popleft()
                except IndexError:
                    return
                self._follow(chain)
        except BaseException:
            self.stop.set()  # a broken journal stops everybody
            raise

    def _follow(self, chain: Chain) -> None:
        """Do a chain of which at least one row takes long. A cycle that has begun is not left half-way."""
        stop = self.stop if chain.parked is None else threading.Event()
        if chain.parked is not None and self.marks[chain.parked].state == "planned":
            self.record([self._parking(chain.parked)])
            self._park([chain])
        for position in chain.steps:
            if stop.is_set():
                return
            if not self._waits(position):
                continue
            if not self._is_copy(position):
                ended, later = self._batch([Chain((position,))], [])
                self.record(ended)
                if not later:
                    continue
            self._copy(position, stop)

    def _copy(self, position: int, stop: threading.Event) -> None:
        move, before, began = self.moves[position], self.marks[position], time.perf_counter()
        at = before.parked or move.source
        temporary = os.path.join(os.path.dirname(move.target), f".mediaorg-{self.token}-{position}.part")
        try:
            self.check_source(move, at)
            _check_unwritten(move, at)
            _check_inside(move, {})
            _check_free(move.target)
            if move.operation == "move":
                _check_writable(os.path.dirname(at))
            self.record([replace(before, state="copying", temporary=temporary, started_ns=time.time_ns())])
            copied = disk.copy(at, temporary, verify=self.verify, stop=stop)
        except disk.Stopped:
            self.record([replace(before, temporary=_left(temporary))])
            return
        except (OSError, Refused) as error:
            self.record([self._not_copied(before, error, began)])
            return
        mark = replace(
            self.marks[position], state="copied", bytes=copied.size, hash=copied.hash, hash_algorithm=disk.HASH
        )
        try:
            self.check_source(move, at)  # it may have been written to while it was read
            if move.expected is not None and move.expected != copied.hash:
                raise Refused(f"changed: the content of {from_path(at)} is not what was moved")  # noqa: TRY301
        except Refused as error:
            _drop(temporary)
            self.record([self._not_copied(before, error, began)])
            return
        self.record([mark])
        self.publish(position, before, began)

    def _not_copied(self, before: Mark, error: Exception, began: float) -> Mark:
        """The end of a copy that never got its name: back to the state it came from, and from there to its end."""
        mark = self.marks[before.position]
        self.marks[before.position] = replace(before, started_ns=mark.started_ns)
        ended = self._ended(before.position, error, began)
        left = None if mark.temporary is None else _left(mark.temporary)
        if left is None:
            return ended
        words = f"{ended.error}; its unfinished copy {from_path(left)} could not be removed"
        return replace(ended, temporary=left, error=words)

    def publish(self, position: int, before: Mark, began: float) -> None:
        """Give a copy that was found right its name; then, of a move, the old name goes."""
        move, mark = self.moves[position], self.marks[position]
        assert mark.temporary is not None
        try:
            copy = disk.there(mark.temporary)
            self.rename(position, mark.temporary, move.target, copy.device)
        except OSError as error:
            _drop(mark.temporary)
            self.record([self._not_copied(before, error, began)])
            return
        self.flush([os.path.dirname(move.target)])
        self.record([replace(self.marks[position], state="published", holder=False, seen=copy)])
        self.finish(position, began)

    def finish(self, position: int, began: float) -> None:
        """The copy has its name: of a move, take the old one away, if both are what they were."""
        move, mark = self.moves[position], self.marks[position]
        at = mark.parked or move.source
        error = None
        try:
            if move.operation == "move":
                if disk.there(move.target) != mark.seen:
                    raise Refused(f"changed: {from_path(move.target)} was written to while it was moved; both are kept")  # noqa: TRY301
                self.check_source(move, at)
                disk.remove(at)
                self.flush([os.path.dirname(at)])
        except Refused as refused:
            error = ("conflict", f"{refused}; {from_path(at)} and {from_path(move.target)} are both kept")
        except OSError as failure:
            error = (
                "failed",
                f"source_kept: the copy is whole, {from_path(at)} could not be removed: {failure.strerror}",
            )
        state, words = error or ("done", None)
        self.record(
            [
                replace(
                    mark,
                    state=state,
                    error=words,
                    seconds=time.perf_counter() - began,
                    temporary=None,
                    parked=mark.parked if error else None,
                )
            ]
        )

    def _refuse_what_does_not_fit(self, by_device: Mapping[int, Iterable[Chain]]) -> None:
        marks = []
        for chains in by_device.values():
            copies = [p for chain in chains for p in chain.steps if self._waits(p) and self._is_copy(p)]
            if not copies:
                continue
            free = disk.free_bytes(disk.nearest(os.path.dirname(self.moves[copies[0]].target)))
            for position in copies:
                size = self.moves[position].identity.size
                if size > free:
                    error = OSError(errno.ENOSPC, f"{size} bytes do not fit into the {max(free, 0)} that are left")
                    marks.append(self._ended(position, error))
                else:
                    free -= size
        self.record(marks)

    def _leave_the_rest(self) -> None:
        """Rows that were not reached before somebody pressed stop."""
        marks = []
        for position in self.moves:
            mark = self.marks[position]
            if mark.state in _ENDS:
                continue
            stuck = self.put_back(position) if mark.state == "parked" else None
            words = "stopped: the run was stopped before its turn" + (f"; {stuck}" if stuck else "")
            state, parked = ("conflict", mark.parked) if stuck else ("skipped", None)
            marks.append(Mark(position, state, words, parked=parked, temporary=mark.temporary))
        self.record(marks)


_ENDS: Final = ("done", "failed", "conflict", "skipped", "undone")


def _take(waiting: "deque[Chain]", size: int) -> list[Chain]:
    """The next chains, of at least `size` rows together if there are so many."""
    batch: list[Chain] = []
    count = 0
    while waiting and count < size:
        batch.append(waiting.popleft())
        count += len(batch[-1].steps)
    return batch


def _who_refuses(move: Move, error: Exception) -> Exception:
    """The system names the new name of a rename it refuses, also where the old folder is the one that is closed."""
    if move.operation != "move" or not isinstance(error, PermissionError):
        return error
    if not disk.may_write(os.path.dirname(move.target)):
        return error
    return PermissionError(error.errno, f"{error.strerror}: it may not leave its folder", move.source)


def _drop(temporary: str) -> None:
    """Take a copy of ours away that got no name; that this may fail too is seen by `_left`."""
    with suppress(OSError):
        disk.remove(temporary)


def _left(temporary: str) -> str | None:
    """`temporary`, if it is still there, or nobody knows."""
    try:
        return None if disk.look(temporary) is None else temporary
    except OSError:
        return temporary


def _seen(path: str) -> Identity | None:
    with suppress(OSError):
        return disk.there(path)
    return None


def _check_inside(move: Move, checked: dict[tuple[str, str], str | None]) -> None:
    key = (move.root, os.path.dirname(move.target))
    if key not in checked:
        checked[key] = outside(*key)
    if (words := checked[key]) is not None:
        raise Refused(words)


def _check_unwritten(move: Move, at: str) -> None:
    """A download or a recording that is still going on keeps its name: whoever writes to it looks for it there."""
    if move.operation in ("move", "copy") and disk.is_being_written(at):
        raise Refused(f"being_written: somebody has {from_path(at)} open for writing")


def _check_free(target: str) -> None:
    if disk.look(target) is not None:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)


def _check_writable(folder: str) -> None:
    if not disk.may_write(folder):
        raise PermissionError(errno.EACCES, "the folder the file lies in refuses its removal", folder)
