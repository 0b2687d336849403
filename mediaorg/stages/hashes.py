"""hashes: which files hold the same, found by reading as little as it takes to tell them apart."""

import asyncio
import contextlib
import itertools
import os
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, field
from functools import partial
from typing import Any, Final, TypeVar

import pandas as pd

from mediaorg.errors import BadSetting
from mediaorg.io.cache import Cache, Hashed, Numbers
from mediaorg.io.container import Unreadable, regular
from mediaorg.io.contents import Hashing, hashing, is_small, length
from mediaorg.io.disk import device_name, is_rotational
from mediaorg.io.loop import in_thread, left_behind, together
from mediaorg.io.progress import Follower, Progress
from mediaorg.io.steering import Steering
from mediaorg.io.stopping import STOPPED, stoppable, until_stopped
from mediaorg.records import Identity, Limits
from mediaorg.schema import HASHES, path_text, widen
from mediaorg.stages.recorded import Recording, recorded
from mediaorg.stages.scan import taken
from mediaorg.stages.tables import Files, note, stopped
from mediaorg.stages.videos import as_scanned, scanned

__all__ = ["hashes"]

T = TypeVar("T")


async def hashes(
    files: Files,
    *,
    whole: bool = False,
    limits: Limits | None = None,
    cache: bool | str | os.PathLike[str] = True,
    progress: Follower = None,
) -> pd.DataFrame:
    """Tell which of `files` hold the same: the same rows in the same order, wider by the columns of `schema.HASHES`.

    files: a DataFrame, whose rows are as they were scanned, a folder, a file, or a list of files; of any kind.
    whole: hash every file, and all of it. Otherwise a file whose size no other of them has is not read, and has no hash;
        of files of one size, three pieces of 64 KiB are read (beginning, middle, end), and those whose pieces agree are
        read whole. Hard links are one file, which is read once, and are as alike as can be: their pieces will do.
    limits: at most ``limits.max_workers`` files are read at once, or, where none is given, as many as throughput is found
        to pay for on each disk, from the last answer for it on; on one that turns one. A read that
        takes longer than ``limits.timeout_seconds`` [s] is given up; however large a file is, all of it may take longer.
    cache: hashes are kept by what identifies the content (size, time of change, inode, device), so that a second call,
        or a renamed file, reads nothing; False keeps none, a path keeps them there.
    progress: see `mediaorg.io.progress`; the phase is "hashes", and the bytes are those that must be read.

    Of two rows of one size, `content_hash` (xxh3_128, hex) is the same if and only if what they hold is; `hash_of` says
    "whole" where all of it was read. Compare hashes of one call: which files are read whole depends on their company.
    It is no seal against malice. What is wrong with a file stands in `hash_error`, one word first (missing, permission,
    not_regular, io, timeout; changed, since it was scanned or while it was read: scan again), and it has no hash.
    ``attrs["mediaorg"]["hashes"]`` counts files read, bytes, cache hits and errors, and has the seconds.
    Raises BadSetting, MissingColumns.

    >>> import mediaorg as mo, tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name, content in {"a.mkv": b"film", "copy of a.mkv": b"film", "b.mkv": b"tale", "c.mkv": b"a longer one"}.items():
    ...     _ = (folder / name).write_bytes(content)
    >>> found = mo.run(mo.hashes(mo.run(mo.scan(folder, progress=False)), progress=False))
    >>> found["content_hash"].notna().tolist(), found["name"][found["content_hash"].duplicated(keep=False) & found["content_hash"].notna()].tolist()
    ([True, True, False, True], ['a.mkv', 'copy of a.mkv'])
    """
    if not isinstance(whole, bool):
        raise BadSetting(f"whole must be True or False, not {whole!r}")
    limits = Limits.of(limits)
    with stoppable() as stop:
        frame = await taken(files, stage="hashes", progress=progress)
        began = time.monotonic()
        async with recorded("hashes", limits, whole=whole) as run:
            call = _Call(frame, cache, limits, run, whole=whole)
            facts = await call.answer(progress, stop)
            hashed = widen(frame, HASHES, call.columns)
            run.tell(hashed, error="hash_error", cache_hits=facts.get("cache_hits"))
    facts["seconds"] = round(time.monotonic() - began, 3)
    return stopped(note(hashed, "hashes", facts), stop)


_READER_MB: Final = 2  # a thread, and the piece it hashes
_TURN: Final = 0.1  # s; what a reader has not come to by then it gives back
_HANDFUL: Final = 1 << 24  # byte; what a reader takes at once: many pieces, or one whole film
_HANGS: Final = 3  # in a row; whatever else lies on that disk would hang as well
_KEPT_AT_ONCE: Final = 1000  # hashes written to the cache in one transaction
_DEAR: Final = 1 << 28  # byte; hashes that took so much reading are written at once


@dataclass(slots=True, eq=False)
class _File:
    """One file, however many rows name it, and what is known of it."""

    who: Numbers
    rows: list[int] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    pieces: str | None = None
    whole: str | None = None
    hash_of: str = "pieces"  # which of the two is wanted
    error: str | None = None

    @property
    def size(self) -> int:
        return self.who[0]

    @property
    def hash(self) -> str | None:
        return self.whole if self.hash_of == "whole" else self.pieces

    def hashing(self) -> Hashing:
        """Hash it under any of its names that still leads to it."""
        who = Identity(*self.who)
        first: Unreadable | None = None
        for path in self.paths:
            try:
                return (yield from hashing(path, who, whole=self.hash_of == "whole"))
            except Unreadable as error:
                first = first or error
        assert first is not None
        raise first


@dataclass(slots=True, eq=False)
class _Alike:
    """Files of one size."""

    files: list[_File]
    left: int = 0  # of them, whose first hash is still to come


@dataclass(slots=True, eq=False)
class _Reading:
    """One file on its way through a reader, in as many turns as it takes."""

    file: _File
    steps: Hashing
    size: int  # byte to be read
    read: int = 0  # byte
    told: int = 0  # byte
    begun: bool = False
    over: bool = False
    hash: str | None = None
    error: str | None = None

    def go_on(self, end: float) -> None:
        """Read on until it is done or `end` comes, but one step at least."""
        self.begun = True
        try:
            while True:
                self.read += next(self.steps)
                if time.monotonic() >= end:
                    return
        except StopIteration as done:
            self.hash = done.value
        except Unreadable as error:
            self.error = str(error)
        self.over = True

    def give_up(self, why: str) -> None:
        self.error, self.over = why, True


class _Disk:
    """What is to be read from one device, least first; readings that were begun come back in their place."""

    def __init__(self, name: str, steering: Steering) -> None:
        self.name, self.steering = name, steering
        self.at_work = 0  # readers
        self._waiting: asyncio.PriorityQueue[tuple[float, int, _Reading | None]] = asyncio.PriorityQueue()
        self._places: dict[_Reading, int] = {}
        self.hangs = 0  # in a row

    @property
    def allowed(self) -> int:
        """How many may read: one is enough to find out whether it answers again."""
        return 1 if self.hangs else self.steering.allowed

    @property
    def dead(self) -> bool:
        return self.hangs >= _HANGS

    def put(self, reading: _Reading) -> None:
        place = self._places.setdefault(reading, len(self._places))
        self._waiting.put_nowait((reading.size, place, reading))

    def end(self) -> None:
        self._waiting.put_nowait((float("inf"), 0, None))

    async def take(self) -> list[_Reading]:
        """A handful, as soon as there is any; none when there will be none. The others find some as well."""
        size, _, reading = await self._waiting.get()
        if reading is None:
            self.end()  # for the other readers
            return []
        taken_, room = [reading], _HANDFUL - size
        share = self._waiting.qsize() // self.at_work
        while room > 0 and len(taken_) <= share and not self._waiting.empty():
            size, _, reading = self._waiting.get_nowait()
            assert reading is not None  # the end comes when nobody holds any
            taken_.append(reading)
            room -= size
        return taken_


class _Call:
    """One call: what is asked, and what comes to light."""

    def __init__(
        self, frame: pd.DataFrame, cache: bool | str | os.PathLike[str], limits: Limits, run: Recording, *, whole: bool
    ) -> None:
        self._frame, self._where, self._limits, self._run, self._all = frame, cache, limits, run, whole
        self.columns: dict[str, list[Any]] = {column.name: [None] * len(frame) for column in HASHES}
        self._cache = Cache.open(False)
        self._alike: dict[int, _Alike] = {}  # by size
        self._disks: dict[int, _Disk] = {}  # by device
        self._group: asyncio.TaskGroup | None = None  # of all readers
        self._readings: set[_Reading] = set()  # not over yet
        self._read_files: set[_File] = set()
        self._bytes = 0  # read
        self._room = asyncio.Semaphore(run.most)
        self._fresh: list[Hashed] = []
        self._weight = 0  # byte read for them
        self._bar: Progress

    async def answer(self, progress: Follower, stop: threading.Event) -> dict[str, Any]:
        """Fill the columns, and say what it took."""
        with Progress(progress, "hashes", len(self._frame)) as self._bar:
            files = await in_thread(partial(self._files, stop), stop=stop)
            if stop.is_set():  # which of them share a size is not known
                said = self.columns["hash_error"]
                self.columns["hash_error"] = [STOPPED if error is None else error for error in said]
                files = []
            known = sum(len(file.rows) for file in files)
            self._bar.advance(len(self._frame) - known, errors=sum(map(bool, self.columns["hash_error"])))
            try:
                await self._beside(partial(self._remember, files))
                self._begin(files)
                await until_stopped(self._read(), stop)
            finally:  # a run that is stopped keeps what it has learnt
                for reading in self._readings:
                    with contextlib.suppress(ValueError):  # a thread that hangs is still in it
                        reading.steps.close()
                await self._beside(self._keep_rest)
        self._fill(files, stop)
        errors = Counter(error.partition(":")[0] for error in self.columns["hash_error"] if error)
        read = len(self._read_files)
        return {
            "files": len(self._frame),
            "read": read,
            "cache_hits": len(files) - read,
            "bytes": self._bytes,
            "errors": dict(errors),
        }

    # ---- what is asked, and what is known

    def _files(self, stop: threading.Event) -> list[_File]:
        """The files that have to be told from others: those of a size that several rows have, or all."""
        rows = list(self._identified(stop))
        sizes = Counter(who[0] for _, _, who in rows)
        files: dict[Any, _File] = {}
        for row, path, who in rows:
            if self._all or sizes[who[0]] > 1:
                key = who if who[2] else row  # an inode of 0 is none: some file systems have no numbers
                if key not in files:
                    files[key] = _File(who)
                files[key].rows.append(row)
                files[key].paths.append(path)
        return list(files.values())

    def _identified(self, stop: threading.Event) -> Iterator[tuple[int, str, Numbers]]:
        """Each row with its file's path and who it is: as scanned, or by a look at the folder entry."""
        frame = self._frame
        for row, (cell, cells) in enumerate(zip(frame["path"].tolist(), scanned(frame), strict=True)):
            if stop.is_set():
                return
            if not isinstance(cell, (str, os.PathLike)):
                self.columns["hash_error"][row] = "missing: the row has no path"
                continue
            path = path_text(cell)
            try:
                yield row, path, as_scanned(cells) or astuple(regular(path))
            except Unreadable as error:
                self.columns["hash_error"][row] = str(error)

    def _remember(self, files: list[_File]) -> None:
        """Take from the cache what it knows."""
        self._cache = Cache.open(self._where)
        known = self._cache.read_hashes([(at, file.who, file.paths[0]) for at, file in enumerate(files)])
        for at, (pieces, whole) in known.items():
            files[at].pieces, files[at].whole = pieces, whole

    def _begin(self, files: list[_File]) -> None:
        for file in files:
            self._alike.setdefault(file.size, _Alike([])).files.append(file)
        for size, alike in self._alike.items():
            for file in alike.files:
                file.hash_of = "whole" if self._all or is_small(size) else "pieces"
            unknown = [file for file in alike.files if file.hash is None]
            alike.left = len(unknown)
            for file in unknown:
                self._want(file)
            if not unknown:
                self._settle(alike)

    def _want(self, file: _File) -> None:
        size = length(file.size, whole=file.hash_of == "whole")
        reading = _Reading(file, file.hashing(), size)
        self._readings.add(reading)
        self._read_files.add(file)
        self._bar.expect(0, size=size)
        self._disk(file).put(reading)

    def _disk(self, file: _File) -> _Disk:
        """The disk `file` lies on, with readers at work."""
        *_, device = file.who
        if device not in self._disks:
            name = device_name(device)
            alone = is_rotational(device)
            self._disks[device] = _Disk(name, Steering() if alone else self._run.steering(name, _READER_MB))
        self._put_to_work(self._disks[device])
        return self._disks[device]

    # ---- reading

    async def _read(self) -> None:
        if not self._readings:
            return
        async with together() as self._group:
            for disk in self._disks.values():
                self._put_to_work(disk)
        for disk in self._disks.values():
            self._run.learn(disk.name, disk.steering)

    def _put_to_work(self, disk: _Disk) -> None:
        while self._group is not None and disk.at_work < disk.allowed:
            disk.steering.begin()
            disk.at_work += 1
            self._group.create_task(self._read_from(disk))

    async def _read_from(self, disk: _Disk) -> None:
        """Be one of the disk's readers."""
        while disk.at_work <= disk.allowed and (readings := await disk.take()):
            read = sum(reading.read for reading in readings)
            if not disk.dead:
                async with self._room:
                    await self._turn(disk, readings)
            if disk.dead:
                for reading in readings:
                    if not reading.over:
                        reading.give_up("timeout: the disk does not answer")
            disk.steering.completed(sum(reading.read for reading in readings) - read)
            for reading in readings:
                self._take(disk, reading)
            self._put_to_work(disk)
            if len(self._fresh) >= _KEPT_AT_ONCE or self._weight >= _DEAR:
                fresh, self._fresh, self._weight = self._fresh, [], 0
                await self._beside(partial(self._cache.write_hashes, fresh))
        disk.at_work -= 1

    async def _turn(self, disk: _Disk, readings: list[_Reading]) -> None:
        """Read on in `readings`, as far as one turn goes, in a thread that is left behind if it hangs."""

        def work() -> None:
            end = time.monotonic() + _TURN
            for reading in readings:
                reading.go_on(end)
                if time.monotonic() >= end:
                    return

        try:
            await left_behind(work, self._limits.timeout_seconds + _TURN)
        except TimeoutError:
            disk.hangs += 1
            for reading in readings:
                if reading.begun and not reading.over:  # there is one: the thread does not go on to the next
                    reading.give_up(f"timeout: {self._limits.timeout_seconds:g} s")
        else:
            disk.hangs = 0

    def _take(self, disk: _Disk, reading: _Reading) -> None:
        """Tell how far a reading is; one that is over may be what others waited for."""
        read = reading.read
        self._bar.advance(0, size=read - reading.told)
        self._bytes += read - reading.told
        reading.told = read
        if not reading.over:
            disk.put(reading)
            return
        self._readings.discard(reading)
        self._bar.expect(0, size=read - reading.size)  # what will not be read
        file, alike = reading.file, self._alike[reading.file.size]
        file.error = reading.error
        if reading.error is None:
            if file.hash_of == "whole":
                file.whole = reading.hash
            else:
                file.pieces = reading.hash
            self._fresh.append(Hashed(file.who, file.paths[0], file.pieces, file.whole))
            self._weight += read
        if alike.left:
            alike.left -= 1
            if not alike.left:
                self._settle(alike)
        else:
            self._done([file])
        if not self._readings:
            for each in self._disks.values():
                each.end()

    def _settle(self, alike: _Alike) -> None:
        """All that have one size are known by their first hash: those that share it are read whole."""
        same = defaultdict(list)
        for file in alike.files:
            if file.error is None:
                same[file.hash].append(file)
        for file in itertools.chain(*(files for files in same.values() if len(files) > 1)):
            file.hash_of = "whole"
        wanted = {file for file in alike.files if file.error is None and file.hash is None}
        for file in alike.files:
            if file in wanted:
                self._want(file)
        self._done([file for file in alike.files if file not in wanted])

    # ---- what is known in the end

    def _done(self, files: list[_File]) -> None:
        for file in files:
            self._bar.advance(len(file.rows), errors=len(file.rows) if file.error else 0)

    def _fill(self, files: list[_File], stop: threading.Event) -> None:
        for file in files:
            for row in file.rows:
                if file.error is not None:
                    self.columns["hash_error"][row] = file.error
                elif stop.is_set() and not self._is_told_apart(file):
                    self.columns["hash_error"][row] = STOPPED
                else:
                    self.columns["content_hash"][row], self.columns["hash_of"][row] = file.hash, file.hash_of

    def _is_told_apart(self, file: _File) -> bool:
        """Whether its hash says all there is to say: pieces do so once those of all that have its size are known."""
        return file.hash is not None and (file.hash_of == "whole" or not self._alike[file.size].left)

    async def _beside(self, work: Callable[[], T]) -> T:
        """Do `work` with the cache beside the loop, since another process may hold it; without a cache there is none."""
        return work() if self._where is False else await in_thread(work)

    def _keep_rest(self) -> None:
        self._cache.write_hashes(self._fresh)
        self._cache.close()
