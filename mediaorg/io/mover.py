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
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from mediaorg.errors import JournalError
from mediaorg.io import disk
from mediaorg.io.journal import Journal, Mark
from mediaorg.io.progress import Progress
from mediaorg.records import Chain, Identity, Limits
from mediaorg.schema import from_path

__all__ = ["Move", "Mover", "Refused", "outside", "whats_wrong"]

_AT_ONCE: Final = 0.1  # s; a batch that takes longer would let progress look stale, and stop come late
_MOST_AT_ONCE: Final = 1000  # rows
_MOST_TOGETHER: Final = 20  # copies between two flushes: more gain little, and each waits for all
_LARGE: Final = 64 << 20  # byte; a copy of that size is worth a flush of its own
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
    mtime_was: int | None = None  # ns since 1970; the time to give back to it, where its own is coarser


class Refused(Exception):
    """The world is not as the plan has it; nothing was touched. The message is the row's `error`."""


# ---- what a row's error says -----------------------------------------------------------------------------------

_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)
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
    if isinstance(error, ValueError):  # a NUL, a lone surrogate: no name of any file
        return "conflict", f"bad_name: {error}"
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


class _Halt:
    """Set when somebody asked all runs to stop, or when this one is broken."""

    def __init__(self, asked: threading.Event) -> None:
        self.asked, self._broken = asked, False

    def is_set(self) -> bool:
        return self._broken or self.asked.is_set()

    def set(self) -> None:
        self._broken = True


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
        bar: Progress,
        keep_open: bool = False,
    ) -> None:
        self.journal, self.run_id, self.token = journal, run_id, token
        self.moves, self.marks = moves, marks
        self.verify, self.stop = verify, _Halt(stop)
        self._limits, self._bar, self.keep_open = limits, bar, keep_open
        self._renamer = disk.Renamer()
        self._across: set[int] = set()  # the system said EXDEV although the devices looked the same
        self._full: set[int] = set()  # devices; what is still to be copied to them waits for `resume`

    def record(self, marks: Sequence[Mark]) -> None:
        """Write `marks` down, and only then believe them."""
        self.journal.record(self.run_id, marks)
        self.marks.update((mark.position, mark) for mark in marks)
        ended = [mark.state for mark in marks if mark.state in _ENDS and mark.left != "row"]  # that one is not done
        if ended:
            self._bar.advance(len(ended), errors=sum(state in ("failed", "conflict") for state in ended))

    def go(self, chains: Iterable[Chain]) -> None:
        """Do `chains`: renames first, by one writer in batches; what has to be copied after, by several threads.

        When `stop` is set, what is in flight comes to its end, and the rest is skipped. A device that is full ends
        the copies to it, and no others.
        """
        copies: list[Chain] = []
        quick: list[Chain] = []
        for chain in chains:
            try:
                (copies if any(self._takes_long(position) for position in chain.steps) else quick).append(chain)
            except OSError as error:  # a folder that may not be entered, a share that does not answer
                self.record([self._ended(position, error) for position in chain.steps if self._waits(position)])
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
            case "move":
                self.rename(move.position, at, move.target, move.identity.device)
            case other:
                raise Refused(f"unknown_operation: {other!r} moves nothing")
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
        elif made.st_nlink < 2 or disk.is_same_name(move.source, move.target):
            raise Refused(f"same_name: {from_path(move.source)} and {from_path(move.target)} are one name of one file")
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
        full = isinstance(error, OSError) and error.errno in _NO_ROOM
        return replace(
            mark, state=state, error=words, seconds=seconds, temporary=None, parked=parked, holder=False,
            started_ns=mark.started_ns or time.time_ns(), left="row" if full else None,
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
        self._refuse_what_does_not_fit(chains)
        most = max(1, self._limits.workers // len(by_device))
        crew = {device: min(most, 1 if disk.is_rotational(device) else _COPIES_A_DEVICE) for device in by_device}
        with ThreadPoolExecutor(sum(crew.values()), thread_name_prefix="mediaorg-copy") as pool:
            crews = [
                pool.submit(self._work, device, by_device[device], many)
                for device, many in crew.items()
                for _ in range(many)
            ]
        for each in crews:
            each.result()

    def _work(self, device: int, waiting: "deque[Chain]", crew: int) -> None:
        try:
            while not self.stop.is_set() and device not in self._full:
                group = self._take_group(waiting, crew)
                if not group:
                    return
                if len(group) == 1:
                    self._follow(group[0])
                elif self._is_copy(group[0].steps[0]):
                    self._copy([chain.steps[0] for chain in group], self.stop)
                else:  # copies that are taken away again, each after a look at both
                    ended, _ = self._batch(group, [])
                    self.record(ended)
        except BaseException:
            self.stop.set()  # a broken journal stops everybody
            raise

    def _take_group(self, waiting: "deque[Chain]", crew: int) -> list[Chain]:
        """The next chain; or several of one small file each, to be flushed and written down together."""
        group: list[Chain] = []
        size = 0
        most = min(_MOST_TOGETHER, max(1, len(waiting) // crew))
        while len(group) < most and size < _LARGE:
            try:
                chain = waiting.popleft()
            except IndexError:
                break
            alone = len(chain.steps) > 1 or not self._waits(chain.steps[0])
            if group and (alone or self._is_copy(chain.steps[0]) != self._is_copy(group[0].steps[0])):
                waiting.appendleft(chain)
                break
            group.append(chain)
            if alone:
                break
            size += self.moves[chain.steps[0]].identity.size
        return group

    def _follow(self, chain: Chain) -> None:
        """Do a chain of which at least one row takes long. A cycle that has begun is not left half-way."""
        stop: disk.Stop = self.stop if chain.parked is None else threading.Event()
        if chain.parked is not None and self.marks[chain.parked].state == "planned":
            self.record([self._parking(chain.parked)])
            self._park([chain])
        for position in chain.steps:
            if stop.is_set():
                return
            if not self._waits(position):
                continue
            if self._full and self._target_device(self.moves[position]) in self._full:
                return
            if not self._is_copy(position):
                ended, later = self._batch([Chain((position,))], [])
                self.record(ended)
                if not later:
                    continue
            self._copy([position], stop)
            if self.marks[position].left == "row":  # its disk is full, and what waits for its name waits too
                return

    def _copy(self, positions: Sequence[int], stop: disk.Stop) -> None:
        """Copy files together: each written down before and after it is written, found right, named and let go."""
        before = {position: self.marks[position] for position in positions}
        began = time.perf_counter()
        errands, marks = self._errands(before, began)
        self.record(marks)
        results = disk.copy_together(list(errands.values()), verify=self.verify, stop=stop, told=self._count)
        marks = [
            self._copied(before[position], errand, result, began)
            for (position, errand), result in zip(errands.items(), results, strict=True)
        ]
        self.record(marks)
        self.publish({mark.position: before[mark.position] for mark in marks if mark.state == "copied"}, began)

    def _errands(self, before: Mapping[int, Mark], began: float) -> tuple[dict[int, disk.Errand], list[Mark]]:
        """What can be copied, and the marks to be written down first: of those, and of those that cannot."""
        errands: dict[int, disk.Errand] = {}
        marks = []
        room = 0
        for position, mark in before.items():
            move, at = self.moves[position], mark.parked or self.moves[position].source
            temporary = os.path.join(os.path.dirname(move.target), f".mediaorg-{self.token}-{position}.part")
            try:
                self.check_source(move, at)
                _check_unwritten(move, at)
                _check_inside(move, {})
                _check_free(move.target)
                _check_room(move, room)
                if move.operation == "move":
                    _check_writable(os.path.dirname(at))
            except (OSError, Refused) as error:
                marks.append(self._not_copied(mark, error, began))
                continue
            room += move.identity.size
            errands[position] = disk.Errand(at, temporary, move.mtime_was)
            marks.append(replace(mark, state="copying", temporary=temporary, started_ns=time.time_ns()))
        return errands, marks

    def _copied(
        self, before: Mark, errand: disk.Errand, result: "disk.Copied | OSError | disk.Stopped", began: float
    ) -> Mark:
        """How far a copy is: found right, or at its end."""
        move = self.moves[before.position]
        try:
            if isinstance(result, disk.Stopped):
                return replace(before, temporary=_left(errand.temporary))
            if isinstance(result, OSError):
                raise result
            self.check_source(move, errand.source)  # it may have been written to while it was read
            if move.expected is not None and move.expected != result.hash:
                raise Refused(f"changed: the content of {from_path(errand.source)} is not what was moved")  # noqa: TRY301
        except (OSError, Refused) as error:
            if isinstance(result, disk.Copied):
                _drop(errand.temporary)
            return self._not_copied(before, error, began)
        return replace(
            self.marks[before.position], state="copied", bytes=result.size, hash=result.hash, hash_algorithm=disk.HASH,
            seen=result.identity,
        )  # fmt: skip

    def _not_copied(self, before: Mark, error: Exception, began: float) -> Mark:
        """The end of a copy that never got its name: back to the state it came from, and from there to its end."""
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            self._full.add(self._target_device(self.moves[before.position]))
        mark = self.marks[before.position]
        self.marks[before.position] = replace(before, started_ns=mark.started_ns)
        ended = self._ended(before.position, error, began)
        left = None if mark.temporary is None else _left(mark.temporary)
        if left is None:
            return ended
        words = f"{ended.error}; its unfinished copy {from_path(left)} could not be removed"
        return replace(ended, temporary=left, error=words, left=ended.left or "temporary")

    def publish(self, before: Mapping[int, Mark], began: float) -> None:
        """Give copies that were found right their names; then, of moves, the old names go.

        before: the marks they had when they were neither copied nor begun, to go back to where a name cannot be given.
        """
        published, refused = [], []
        for position, mark_before in before.items():
            move, mark = self.moves[position], self.marks[position]
            assert mark.temporary is not None
            try:
                copy = disk.there(mark.temporary)
                if mark.seen is not None and copy != mark.seen:
                    raise Refused(f"changed: the copy {from_path(mark.temporary)} was written to; it stays")  # noqa: TRY301
                self.rename(position, mark.temporary, move.target, copy.device)
            except OSError as error:
                _drop(mark.temporary)
                refused.append(self._not_copied(mark_before, error, began))
            except Refused as error:  # whoever wrote to it, it is not ours any more
                end = self._not_copied(mark_before, error, began)
                refused.append(replace(end, error=str(error), temporary=None, left=None))
            else:
                published.append(replace(self.marks[position], state="published", holder=False, seen=copy))
        self.flush(os.path.dirname(self.moves[mark.position].target) for mark in published)
        self.record([*published, *refused])
        self.finish([mark.position for mark in published], began)

    def finish(self, positions: Sequence[int], began: float) -> None:
        """The copies have their names: of moves, take the old ones away, if both are what they were."""
        ends = [self._let_go(position) for position in positions]
        sources = [self.marks[end.position].parked or self.moves[end.position].source for end in ends]
        moved = [self.moves[end.position].operation == "move" for end in ends]
        self.flush(os.path.dirname(at) for at, own in zip(sources, moved, strict=True) if own)
        share = (time.perf_counter() - began) / max(1, len(ends))
        self.record([replace(end, seconds=share) for end in ends])

    def _let_go(self, position: int) -> Mark:
        """Take a move's source away, and say how the row ends."""
        move, mark = self.moves[position], self.marks[position]
        at = mark.parked or move.source
        done = replace(mark, state="done", error=None, temporary=None, parked=None, left=None)
        if move.operation != "move":
            return done
        try:
            if disk.there(move.target) != mark.seen:
                raise Refused(f"changed: {from_path(move.target)} was written to while it was moved; both are kept")  # noqa: TRY301
            self.check_source(move, at)
            disk.remove(at)
        except Refused as refused:
            words = f"{refused}; {from_path(at)} and {from_path(move.target)} are both kept"
            return replace(done, state="conflict", error=words, parked=mark.parked)
        except OSError as failure:
            words = f"source_kept: the copy is whole, {from_path(at)} could not be removed: {failure.strerror}"
            return replace(done, state="failed", error=words, parked=mark.parked, left="source")
        return done

    def _count(self, size: int) -> None:
        self._bar.advance(0, size=size)

    def _refuse_what_does_not_fit(self, chains: Iterable[Chain]) -> None:
        """Rows for which there will be no room; of a cycle all, since one that is half done cannot go back."""
        free: dict[int, int] = {}
        refused: list[Mark] = []
        for chain in chains:
            steps = [position for position in chain.steps if self._waits(position)]
            room = dict(free)
            for at, position in enumerate(steps):
                if (lacking := self._take_room(position, room)) is not None:
                    kept = 0 if chain.parked is not None else at
                    refused += [self._ended(each, lacking) for each in steps[kept:]]
                    room = free if chain.parked is not None else room
                    steps = steps[:kept]
                    break
            free = room
            self._bar.expect(0, size=sum(self.moves[each].identity.size for each in steps if self._is_copy(each)))
        self.record(refused)

    def _take_room(self, position: int, free: dict[int, int]) -> OSError | None:
        """Account for one copy, and for what it leaves behind; or why it does not fit."""
        if not self._is_copy(position):
            return None
        move, device = self.moves[position], self._target_device(self.moves[position])
        size = move.identity.size
        for number, path in ((device, move.target), (move.identity.device, move.source)):
            if number not in free:
                free[number] = disk.free_bytes(disk.nearest(os.path.dirname(path)))
        if size > free[device]:
            return _no_room(size, free[device])
        free[device] -= size
        if move.operation == "move":
            free[move.identity.device] += size
        return None

    def _leave_the_rest(self) -> None:
        """Rows that were not reached before somebody pressed stop, or their disk was full: `resume` does them.

        Of a run that is being resumed they stay as they are, in the middle of it.
        """
        if self.keep_open and self.stop.is_set():
            return
        marks = []
        for position in self.moves:
            mark = self.marks[position]
            if mark.state in _ENDS:
                continue
            stuck = self.put_back(position) if mark.state == "parked" else None
            again = f"resume({self.run_id!r}) does it"
            state, words = "skipped", f"stopped: the run was stopped before its turn; {again}"
            if not self.stop.is_set():
                state, words = (
                    "failed",
                    f"disk_full: there was no room left when its turn came; make some, then {again}",
                )
            if stuck:
                state, words = "conflict", f"{words}; {stuck}"
            parked = mark.parked if stuck else None
            marks.append(Mark(position, state, words, parked=parked, temporary=mark.temporary, left="row"))
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


def _check_room(move: Move, taken: int) -> None:
    """Others write to the disk too: what fitted when the run began may not fit now. `taken` bytes are promised."""
    free = disk.free_bytes(disk.nearest(os.path.dirname(move.target))) - taken
    if move.identity.size > free:
        raise _no_room(move.identity.size, free)


def _no_room(size: int, free: int) -> OSError:
    return OSError(errno.ENOSPC, f"{size} bytes do not fit into the {max(free, 0)} that are left")


def _check_writable(folder: str) -> None:
    if not disk.may_write(folder):
        raise PermissionError(errno.EACCES, "the folder the file lies in refuses its removal", folder)
