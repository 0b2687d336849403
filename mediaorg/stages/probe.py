"""probe: every video is looked at once, and the look becomes columns."""

import asyncio
import os
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, Final, Literal, TypeAlias, TypeVar, get_args

import pandas as pd

from mediaorg.errors import BadSetting
from mediaorg.io.cache import Answer, Cache, Row
from mediaorg.io.container import Unreadable
from mediaorg.io.disk import device_name
from mediaorg.io.ffprobe import FFprobe
from mediaorg.io.loop import in_thread, together
from mediaorg.io.progress import Follower, Progress
from mediaorg.io.steering import Steering
from mediaorg.io.stopping import STOPPED, stoppable, until_stopped
from mediaorg.io.workers import Crashed, Lane, Workers
from mediaorg.records import IDENTITY, Identity, Limits
from mediaorg.rules.probe_row import probe_row
from mediaorg.schema import PROBE, widen
from mediaorg.stages.look import FIELDS, LIBAV_WORKER, How, look, refused, signed
from mediaorg.stages.recorded import Recording, recorded
from mediaorg.stages.scan import taken
from mediaorg.stages.tables import Files, note, one_of, stopped
from mediaorg.stages.videos import identified, scanned, videos

__all__ = ["probe"]

T = TypeVar("T")
Prober: TypeAlias = Literal["auto", "libav", "ffprobe"]
Integrity: TypeAlias = Literal["quick", "scan", "full"]


async def probe(
    files: Files,
    *,
    prober: Prober = "auto",
    integrity: Integrity = "quick",
    limits: Limits | None = None,
    cache: bool | str | os.PathLike[str] = True,
    progress: Follower = None,
) -> pd.DataFrame:
    """Look into every video of `files` once: the same rows in the same order, wider by the columns of `schema.PROBE`.

    files: a DataFrame (rows of a kind other than video are not looked at), a folder, a file, or a list of files.
    prober: "auto" reads a file's own header, where that leaves a doubt asks libav in worker processes, and ffprobe,
        where it is installed, for what libav refuses; "libav" asks libav alone; "ffprobe" the program of that name.
    integrity: how `playable` is known. "quick" holds the size of the file against what its container claims: some 0.1
        ms. "scan" reads the whole file as well, at the speed of the disk: some 1 s a GB of processor time, and finds
        gaps and missing ends. "full" decodes every picture and sound, 25 to 270 s a GB, and finds what a decoder
        notices: pieces of zeros nearly always; a single flipped bit in most AC-3, E-AC-3 and FLAC sound, which has
        check sums, in half of MPEG-4, FLV and WMV, in a quarter of H.264, and hardly ever in HEVC, VP9, MPEG-2 and MJPEG.
    limits: at most ``limits.max_workers`` files in flight, or, where none is given, as many as throughput is found to
        pay for, from the last answer for the device on; handed to workers ``limits.batch_size`` at a time, each with
        ``limits.timeout_seconds`` [s]: for the whole look where that is quick, else between two signs of life.
        Near ``limits.memory_limit_mb`` [MB] fewer workers go on, down to one.
    cache: answers are kept by what identifies the content, so that a second call, or a renamed file, costs nothing;
        False keeps none, a path keeps them there.
    progress: see `mediaorg.io.progress`; the phase is "probe".

    Values are those ffprobe gives, in the units of `schema.PROBE`; what is not known is missing. What is wrong with
    a file stands in `probe_error`, one word first (not_video, truncated, damaged, empty, not_regular, missing,
    permission, timeout, crashed); it never stops the rest. ``attrs["mediaorg"]["probe"]`` counts looks, cache hits,
    errors and who answered, and has the seconds.
    Raises BadSetting (also for a deep look by ffprobe, which takes none), MissingColumns, and MissingProgram if ffprobe is asked for by name and is not there.

    >>> import mediaorg as mo
    >>> media = mo.run(mo.probe(mo.samples(), progress=False))
    >>> int(media["quality"].max())
    2160
    """
    one_of("prober", prober, get_args(Prober))
    one_of("integrity", integrity, get_args(Integrity))
    if prober == "ffprobe" and integrity != "quick":
        raise BadSetting(f'integrity={integrity!r} reads files by libav: use prober="auto" or "libav", not "ffprobe"')
    limits = Limits.of(limits)
    with stoppable() as stop:
        frame = await taken(files, stage="probe", progress=progress)
        began = time.monotonic()
        async with recorded("probe", limits, prober=prober, integrity=integrity) as run:
            call = _Call(frame, cache, prober, integrity, limits, run)
            facts = await call.answer(progress, stop)
            probed = widen(frame, PROBE, call.columns)
            counts = {name: facts[name] for name in ("probes", "cache_hits", "retries", "answered_by")}
            run.tell(
                probed, error="probe_error", seconds="probe_seconds", rows=call.asked, looked=call.looked, **counts
            )
    facts |= {"seconds": round(time.monotonic() - began, 3), "prober": prober, "integrity": integrity}
    return stopped(note(probed, "probe", facts), stop)


_KEPT_AT_ONCE: Final = 1000  # answers written to the cache in one transaction
_WORKER_MB: Final = 40  # what a worker may come to while it decodes
_PROGRAM_MB: Final = 36  # ffprobe
_READER_MB: Final = 1  # a thread, and the window it reads through
_DEVICE: Final = IDENTITY.index("device")
_LATE: Final = 2.0  # s; a worker that has not said "timeout" itself by then will not
# Columns of few different cells: a hundred thousand rows share one text each.
_SHARED: Final = {
    "format_name",
    "video_codec",
    "pix_fmt",
    "hdr",
    "audio_codec",
    "audio_languages",
    "subtitle_languages",
}
_LISTS: Final = tuple(FIELDS.index(name) for name in ("audio_languages", "subtitle_languages"))
_FORMAT, _BY, _ERROR = (FIELDS.index(name) for name in ("format_name", "probed_by", "probe_error"))


def _header(how: How, path: str) -> list[Any] | None:
    """What the file's own header says, which needs no worker: pure Python reads a few bytes; None where it is not sure."""
    seen = look(path, how)
    return seen.plain() if seen.done else None


@dataclass(slots=True)
class _Task:
    """A row that is to be looked at: its place, the file, and what was said of it so far."""

    place: int
    path: str
    said: list[Any] | None = None  # as `Seen.plain` gives it


class _Call:
    """One call: what is asked, and the columns that fill up as answers come."""

    def __init__(
        self,
        frame: pd.DataFrame,
        cache: bool | str | os.PathLike[str],
        prober: Prober,
        integrity: Integrity,
        limits: Limits,
        run: Recording,
    ) -> None:
        self._run, self._retries = run, 0
        self.asked: list[int] = []  # places of the rows that are videos, or may be
        self.looked: list[int] = []  # and of those nobody knew
        self._frame, self._where, self._prober, self._limits = frame, cache, prober, limits
        self._cache = Cache.open(False)
        self._depth = get_args(Integrity).index(integrity)
        self._how = How(
            header=prober == "auto", libav=prober != "ffprobe", seconds=limits.timeout_seconds, integrity=integrity
        )
        self.columns: dict[str, list[Any]] = {name: [None] * len(frame) for name in FIELDS}
        self._fill = [(at, self.columns[name], name in _SHARED) for at, name in enumerate(FIELDS)]
        self._texts: dict[Any, Any] = {}
        self._scanned = scanned(frame)
        self._fresh: list[Answer] = []
        self._full: asyncio.Queue[list[Answer] | None] = asyncio.Queue()  # what is to be written to the cache
        self._turns = asyncio.Semaphore(run.most)  # one for each file in flight, whoever looks at it
        self._bar: Progress
        self._program: FFprobe | None

    async def answer(self, progress: Follower, stop: threading.Event) -> dict[str, Any]:
        """Fill the columns, and say what it took."""
        self._program = FFprobe.need() if self._prober == "ffprobe" else FFprobe.find()
        tasks = list(self._tasks())
        self.asked = [task.place for task in tasks]
        with Progress(progress, "probe", len(tasks)) as self._bar:
            try:
                todo = await self._beside(partial(self._unknown, tasks))
                self.looked = [task.place for task in todo]
                if await until_stopped(self._look(todo), stop):
                    self._leave(todo)
            finally:  # a run that is stopped keeps what it has learnt
                await self._beside(self._keep_rest)
        errors = Counter(error.partition(":")[0] for error in self.columns["probe_error"] if error)
        answered = Counter(by.split(" ")[0] for by in self.columns["probed_by"] if by)
        return {
            "files": len(tasks),
            "probes": len(todo),
            "cache_hits": len(tasks) - len(todo),
            "retries": self._retries,
            "errors": dict(errors),
            "answered_by": dict(answered),
        }

    def _leave(self, todo: list[_Task]) -> None:
        """Say of the rows that were not reached that they were not."""
        errors, by = self.columns["probe_error"], self.columns["probed_by"]
        for task in todo:
            if errors[task.place] is None and by[task.place] is None:
                errors[task.place] = STOPPED

    # ---- what is asked, and what is known

    def _tasks(self) -> Iterator[_Task]:
        """The rows of videos, or of what may be one."""
        for place, path in videos(self._frame):
            if path is None:
                self._set(place, refused("missing: the row has no path").probe)
            else:
                yield _Task(place, path)

    def _unknown(self, tasks: list[_Task]) -> list[_Task]:
        """Those of `tasks` the cache does not know; the others are answered."""
        if self._where is False:
            return tasks
        self._cache = Cache.open(self._where)
        by = "" if self._prober == "auto" else self._prober
        whose = ((at, identified(task.path, self._scanned[task.place]), task.path) for at, task in enumerate(tasks))
        asked = [(at, who, path) for at, who, path in whose if who is not None]
        columns = self._cache.read(asked, integrity=self._depth, by=by)
        if not columns:
            return tasks
        known, *answers = columns
        again = self._to_be_asked_again(known, answers)
        for name, cells in zip(FIELDS, answers, strict=True):
            column = self.columns[name]
            for at, cell in zip(known, cells, strict=True):
                column[tasks[at].place] = cell
        answered = set(known) - again
        self._bar.advance(len(answered))
        return [task for at, task in enumerate(tasks) if at not in answered]

    def _to_be_asked_again(self, known: Sequence[int], answers: Sequence[Row]) -> set[int]:
        """What libav refused while there was no ffprobe, if there is one now."""
        cells = zip(known, *(answers[at] for at in (_FORMAT, _ERROR, _BY)), strict=True)
        refusals = {at: by or "" for at, form, error, by in cells if form is None and error}
        alone = {at for at, by in refusals.items() if by.startswith("libav") and "ffprobe" not in by}
        return alone if self._prober == "auto" and self._program is not None else set()

    # ---- looking

    async def _look(self, todo: list[_Task]) -> None:
        """Look at `todo` here, in workers, and by ffprobe, all at once."""
        refusals: asyncio.Queue[_Task | None] = asyncio.Queue()
        patient = self._program is not None and self._prober != "libav"

        def took(at: int, answer: Any) -> None:
            if isinstance(answer, TimeoutError):
                answer = refused(f"timeout: {self._how.seconds:g} s").plain()
            elif isinstance(answer, Crashed):
                answer = refused("crashed: the prober died of this file").plain()
            if patient and not answer[-1]:
                refusals.put_nowait(replace(todo[at], said=answer))
            else:
                self._take(todo[at], answer)

        async with together() as group:
            group.create_task(self._keep())
            if patient and todo:
                programs = self._run.steering(None, _PROGRAM_MB, told=self._prober == "ffprobe")  # else they are few
                self._ask(group, refusals, programs)
            await self._work(todo, took)
            if patient and todo:
                refusals.put_nowait(None)
            self._full.put_nowait(None)

    async def _work(self, todo: list[_Task], took: Callable[[int, Any], None]) -> None:
        """Have workers look at `todo`, as many as there is memory for."""
        count = min(self._limits.workers, os.cpu_count() or 1)
        most = self._run.most if self._limits.automatic else self._run.most - count + 1
        by_device = self._by_device(todo, most)
        lanes = {device: Lane(places, self._run.steering(device, _READER_MB)) for device, places in by_device.items()}
        workers = Workers(
            LIBAV_WORKER,
            asdict(self._how),
            count=count,
            batch_size=self._limits.batch_size,
            deadline=self._how.seconds + _LATE,
            room=partial(self._run.room, _WORKER_MB),
            here=partial(_header, replace(self._how, libav=False)) if self._how.shallow else None,
            readers=most,
            turns=self._turns,
        )
        await workers.answer([task.path for task in todo], took, list(lanes.values()))
        self._retries = workers.retries
        for device, lane in lanes.items():
            self._run.learn(device, lane.steering)

    def _by_device(self, todo: list[_Task], most: int) -> dict[str | None, list[int]]:
        """The places of `todo` on each device, by a name of it that lasts; all in one where not each can have a reader."""
        by_number: dict[Any, list[int]] = defaultdict(list)
        for place, task in enumerate(todo):
            number = cells[_DEVICE] if (cells := self._scanned[task.place]) else None
            by_number[number if type(number) is int else None].append(place)
        if len(by_number) > most:
            return {None: list(range(len(todo)))}
        named: dict[str | None, list[int]] = defaultdict(list)
        for number, places in by_number.items():
            named[None if number is None else device_name(number)] += places
        return named

    def _ask(self, group: asyncio.TaskGroup, refusals: "asyncio.Queue[_Task | None]", steering: Steering) -> None:
        """Ask the program about what nobody else knew, so many files at once as `steering` allows."""
        at_work = 0

        async def asker() -> None:
            nonlocal at_work
            while at_work <= steering.allowed:
                if (task := await refusals.get()) is None:
                    refusals.put_nowait(None)  # for the others
                    break
                async with self._turns:
                    answer = await self._by_ffprobe(task)
                self._take(task, answer, depth=0)  # it looks at headers, however deep was asked
                steering.completed()
                put_to_work()
            at_work -= 1

        def put_to_work() -> None:
            nonlocal at_work
            while at_work < steering.allowed:
                at_work += 1
                group.create_task(asker())

        steering.begin()
        put_to_work()

    async def _by_ffprobe(self, task: _Task) -> list[Any]:
        assert self._program is not None
        assert task.said is not None
        cells, numbers, cut, _ = task.said
        who = None if numbers is None else Identity(*numbers)
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._how.seconds):
                probe = probe_row(await self._program.ask(task.path))
        except TimeoutError:
            seen = refused(f"timeout: {self._how.seconds:g} s")
        except Unreadable as error:  # the first refusal is told, and signed by both
            asked = ", ".join(filter(None, (cells[_BY], f"ffprobe {self._program.version}")))
            seen = refused(cells[_ERROR] or str(error), who, asked)
        else:
            seen = signed(probe, who, cut, f"ffprobe {self._program.version}", time.monotonic() - began)
        return seen.plain()

    # ---- what is known in the end

    def _take(self, task: _Task, answer: list[Any], *, depth: int | None = None) -> None:
        """Fill in one answer, in the shape of `Seen.plain`, and remember it, if it lasts, with how deep the look went."""
        cells, who, *_ = answer
        for at in _LISTS:
            cells[at] = None if cells[at] is None else tuple(cells[at])
        self._set(task.place, cells)
        self._bar.advance()
        if who is not None:
            self._fresh.append(Answer(tuple(who), task.path, self._depth if depth is None else depth, cells))
            if len(self._fresh) >= _KEPT_AT_ONCE:
                self._full.put_nowait(self._fresh)
                self._fresh = []

    async def _keep(self) -> None:
        """Write to the cache beside the looking: another process may hold it for a while."""
        while (answers := await self._full.get()) is not None:
            await in_thread(partial(self._cache.write, answers))

    async def _beside(self, work: Callable[[], T]) -> T:
        """Do `work` with the cache beside the loop, since another process may hold it; without a cache there is none."""
        return work() if self._where is False else await in_thread(work)

    def _keep_rest(self) -> None:
        while not self._full.empty():
            self._cache.write(self._full.get_nowait() or ())
        self._cache.write(self._fresh)
        self._cache.close()

    def _set(self, place: int, row: Row) -> None:
        for at, column, shared in self._fill:
            cell = row[at]
            column[place] = self._texts.setdefault(cell, cell) if shared else cell
