"""thumbnails: one picture of every film, taken by workers that hostile bytes may end, and kept."""

import base64
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from typing import Any, Final

import pandas as pd

from mediaorg.errors import BadSetting
from mediaorg.io.loop import in_thread
from mediaorg.io.meters import MemoryMeter
from mediaorg.io.pictures import Picture, Pictures
from mediaorg.io.progress import Follower, Progress
from mediaorg.io.stopping import STOPPED, stoppable, until_stopped
from mediaorg.io.workers import Crashed, Workers
from mediaorg.records import Limits
from mediaorg.schema import THUMBNAILS, widen
from mediaorg.stages.scan import taken
from mediaorg.stages.snap import SNAP_WORKER, How
from mediaorg.stages.tables import Files, note, stopped
from mediaorg.stages.videos import identified, scanned, videos

__all__ = ["thumbnails"]

_MOST_PIXELS: Final = 2048  # px; larger is a picture, no thumbnail
_WORKER_MB: Final = 120  # a worker that decodes 2160 lines
_NEAR: Final = 0.8  # of the memory limit
_LATE: Final = 2.0  # s; a worker that has not given up itself by then will not
_KEPT_AT_ONCE: Final = 200  # pictures written to the cache in one transaction
_NONE: Final = Picture(None, None)  # of a row that was not looked at
_PASSING: Final = {"timeout", "crashed", "permission", "missing", "io"}  # may be gone the next time: not kept


async def thumbnails(
    files: Files,
    *,
    pixels: int = 320,
    at: float = 0.2,
    limits: Limits | None = None,
    cache: bool | str | os.PathLike[str] = True,
    progress: Follower = None,
) -> pd.DataFrame:
    """Take a picture of every video of `files`: the same rows in the same order, wider by `schema.THUMBNAILS`.

    `thumbnail` holds a JPEG as bytes, some 5 to 20 kB, so that the table can be kept, sent and drawn
    (`mo.charts.contact_sheet`, `mo.report`) without the files; take a part of a large table. It is a key frame near the part
    `at` of the film's length, turned and with the pixel aspect the film asks for; where it is blank, as after a fade, another.
    HDR is not toned down and looks pale.

    files: a DataFrame (rows of a kind other than video are not looked at), a folder, a file, or a list of files.
    pixels: the longer side [px] at most, from 16 to 2048; nothing is enlarged. at: from 0 to 1.
    limits: `max_workers`, `batch_size`, `timeout_seconds` for one file [s], `memory_limit_mb` [MB], as for `probe`.
    cache: pictures are kept by what identifies the content, the newest 30,000; False keeps none, a path keeps them there.
    progress: see `mediaorg.io.progress`; the phase is "thumbnails".

    What is wrong with a file stands in `thumbnail_error`, one word first (not_video, damaged, empty, not_regular, missing,
    permission, timeout, crashed); it never stops the rest. ``attrs["mediaorg"]["thumbnails"]`` counts files, looks,
    cache hits and errors, and has the seconds. Raises BadSetting, MissingColumns.

    >>> import mediaorg as mo
    >>> films = mo.run(mo.scan(mo.samples(), progress=False)).query("suffix == '.mkv'").head(3)
    >>> drawn = mo.run(mo.thumbnails(films, progress=False))
    >>> drawn["thumbnail"].iloc[0][:3]
    b'\\xff\\xd8\\xff'
    """
    if not isinstance(pixels, int) or isinstance(pixels, bool) or not 16 <= pixels <= _MOST_PIXELS:
        raise BadSetting(f"pixels must be a whole number from 16 to {_MOST_PIXELS}, not {pixels!r}")
    if not isinstance(at, (int, float)) or isinstance(at, bool) or not 0 <= at <= 1:
        raise BadSetting(f"at must be a number from 0 to 1, not {at!r}")
    limits = Limits.of(limits)
    with stoppable() as stop:
        frame = await taken(files, stage="thumbnails", progress=progress)
        began = time.monotonic()
        call = _Call(frame, How(pixels, float(at), limits.timeout_seconds), limits, cache)
        facts = await call.answer(progress, stop)
    facts["seconds"] = round(time.monotonic() - began, 3)
    jpegs, errors = ([picture[side] for picture in call.pictures] for side in (0, 1))
    drawn = widen(frame, THUMBNAILS, {"thumbnail": jpegs, "thumbnail_error": errors})
    return stopped(note(drawn, "thumbnails", facts), stop)


class _Call:
    """One call: what is asked, and the pictures that come."""

    def __init__(self, frame: pd.DataFrame, how: How, limits: Limits, where: bool | str | os.PathLike[str]) -> None:
        self._frame, self._how, self._limits, self._where = frame, how, limits, where
        self._key = f"{how.pixels} {how.at:g}"
        self.pictures = [_NONE] * len(frame)
        self._fresh: list[tuple[list[int], Picture]] = []
        self._kept = Pictures.open(False)
        self._bar: Progress

    async def answer(self, progress: Follower, stop: threading.Event) -> dict[str, Any]:
        """Fill in the pictures, and say what it took."""
        files = dict(self._videos())
        with Progress(progress, "thumbnails", len(files)) as self._bar:
            try:
                known = await in_thread(partial(self._known, files))
                for place, picture in known.items():
                    self.pictures[place] = picture
                self._bar.advance(len(known))
                todo = [(place, path) for place, path in files.items() if place not in known]
                if await until_stopped(self._take(todo), stop):
                    self._leave(todo)
            finally:  # a run that is stopped keeps what it has
                await in_thread(self._keep_rest)
        words = Counter(picture.error.partition(":")[0] for picture in self.pictures if picture.error)
        return {"files": len(files), "looks": len(todo), "cache_hits": len(known), "errors": dict(words)}

    def _videos(self) -> Iterator[tuple[int, str]]:
        """The place and the file of each row that is a video, or may be one."""
        for place, path in videos(self._frame):
            if path is None:
                self.pictures[place] = Picture(None, "missing: the row has no path")
            else:
                yield place, path

    def _leave(self, todo: list[tuple[int, str]]) -> None:
        """Say of the rows that were not reached that they were not."""
        for place, _ in todo:
            if self.pictures[place] == _NONE:
                self.pictures[place] = Picture(None, STOPPED)

    def _known(self, files: dict[int, str]) -> dict[int, Picture]:
        """What the cache knows of `files`."""
        if self._where is False:
            return {}
        self._kept = Pictures.open(self._where)
        rows = scanned(self._frame)
        whose = ((place, identified(path, rows[place])) for place, path in files.items())
        return self._kept.read({place: who for place, who in whose if who is not None}, self._key)

    async def _take(self, todo: list[tuple[int, str]]) -> None:
        """Have workers take the pictures of `todo`, as many as there is memory for."""
        with ExitStack() as stack:
            workers = Workers(
                SNAP_WORKER,
                asdict(self._how),
                count=min(self._limits.workers, os.cpu_count() or 1),
                batch_size=self._limits.batch_size,
                deadline=self._how.seconds + _LATE,
                room=self._room(stack),
            )
            await workers.answer([path for _, path in todo], lambda at, answer: self._took(todo[at][0], answer))

    def _room(self, stack: ExitStack) -> Callable[[int], bool]:
        meters: list[MemoryMeter] = []

        def room(count: int) -> bool:
            if not meters:
                meters.append(stack.enter_context(MemoryMeter()))
            return max(meters[0].grown_mb / _NEAR, count * _WORKER_MB) <= self._limits.memory_limit_mb

        return room

    def _took(self, place: int, answer: Any) -> None:
        who = None
        if isinstance(answer, TimeoutError):
            picture = Picture(None, f"timeout: {self._how.seconds:g} s")
        elif isinstance(answer, Crashed):
            picture = Picture(None, "crashed: the decoder died of this file")
        else:
            jpeg, error, who = answer
            picture = Picture(None if jpeg is None else base64.b64decode(jpeg), error)
        self.pictures[place] = picture
        self._bar.advance()
        if who is not None and (picture.error or "").partition(":")[0] not in _PASSING:
            self._fresh.append((who, picture))

    def _keep_rest(self) -> None:
        with self._kept:
            for begin in range(0, len(self._fresh), _KEPT_AT_ONCE):
                self._kept.write(self._fresh[begin : begin + _KEPT_AT_ONCE], self._key)
