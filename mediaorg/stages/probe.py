"""probe: every video is looked at once, and the look becomes columns."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

import pandas as pd

from mediaorg.errors import BadSetting
from mediaorg.io.cache import Cache
from mediaorg.io.container import Unreadable, identity
from mediaorg.io.ffprobe import FFprobe
from mediaorg.io.loop import in_thread
from mediaorg.io.progress import Follower, Progress
from mediaorg.io.workers import Crashed, Workers
from mediaorg.records import Identity, Limits, Probe
from mediaorg.rules.kinds import VIDEO
from mediaorg.rules.probe_row import probe_row
from mediaorg.schema import PROBE, path_text, widen
from mediaorg.stages.look import LIBAV_WORKER, Answer, quick_look, refusal
from mediaorg.stages.scan import scan
from mediaorg.stages.tables import Files, note, rows

__all__ = ["probe"]

Prober: TypeAlias = Literal["auto", "libav", "ffprobe"]
Rung: TypeAlias = Callable[[str, float], Awaitable[Answer]]
Look: TypeAlias = Callable[[str], Awaitable[tuple[Identity | None, Probe]]]
Took: TypeAlias = Callable[[int, Identity | None, Probe], Awaitable[None]]

_PASSING: Final = {"timeout", "crashed", "permission", "missing", "io"}  # may be gone the next time: not kept
_ASK_THE_NEXT: Final = {"not_video", "crashed"}
_KEPT_AT_ONCE: Final = 1000  # answers written to the cache in one transaction


async def probe(
    files: Files,
    *,
    prober: Prober = "auto",
    integrity: Literal["quick"] = "quick",
    limits: Limits | None = None,
    cache: bool | str | os.PathLike[str] = True,
    progress: Follower = None,
) -> pd.DataFrame:
    """Look into every video of `files` once: the same rows in the same order, wider by the columns of `schema.PROBE`.

    files: a DataFrame (rows of a kind other than video are not looked at), a folder, a file, or a list of files.
    prober: "libav" asks libav in worker processes; "ffprobe" the program of that name; "auto" libav first, and
        ffprobe, where it is installed, for what libav refuses.
    integrity: "quick" holds the size of the file against what its container claims.
    limits: at most ``limits.max_workers`` files in flight, each with ``limits.timeout_seconds`` [s].
    cache: answers are kept by what identifies the content, so that a second call, or a renamed file, costs nothing;
        False keeps none, a path keeps them there.
    progress: see `mediaorg.io.progress`; the phase is "probe".

    Values are those ffprobe gives, in the units of `schema.PROBE`; what is not known is missing. What is wrong with
    a file stands in `probe_error`, one word first (not_video, truncated, empty, not_regular, missing, permission,
    timeout, crashed); it never stops the rest. ``attrs["mediaorg"]["probe"]`` counts looks, cache hits and seconds.
    Raises BadSetting, MissingColumns, and MissingProgram if ffprobe is asked for by name and is not there.

    >>> import mediaorg as mo
    >>> media = mo.run(mo.probe(mo.samples(), progress=False))
    >>> int(media["quality"].max())
    2160
    """
    if prober not in get_args(Prober):
        raise BadSetting(f"prober must be one of {', '.join(get_args(Prober))}, not {prober!r}")
    if integrity != "quick":
        raise BadSetting(f'integrity must be "quick" in this version, not {integrity!r}')
    limits = Limits.of(limits)
    if isinstance(files, (str, os.PathLike)) and Path(files).expanduser().is_dir():
        files = await scan(files, progress=progress)
    frame = rows(files, stage="probe")
    began = time.monotonic()
    where = os.fspath(cache) if isinstance(cache, os.PathLike) else cache
    with Cache.open(where) as kept:
        found, facts = await _probe_all(frame, kept, prober, limits, progress)
    values = {name: [getattr(seen, name) for seen in found] for name in _FIELDS}
    return note(
        widen(frame, PROBE, values), "probe", facts | {"seconds": round(time.monotonic() - began, 3), "prober": prober}
    )


_FIELDS: Final = tuple(field.name for field in fields(Probe))
_NOT_ASKED: Final = Probe()


async def _probe_all(
    frame: pd.DataFrame, cache: Cache, prober: Prober, limits: Limits, progress: Follower
) -> tuple[list[Probe], Answer]:
    """One Probe a row, in order, and what it took."""
    paths = [path_text(cell) if video else None for cell, video in zip(frame["path"], _is_video(frame), strict=True)]
    asked = {place: path for place, path in enumerate(paths) if path is not None}
    known = await in_thread(partial(_known, frame, asked, cache, prober))
    found = [known.get(place, _NOT_ASKED) for place in range(len(frame))]
    todo = [(place, path) for place, path in asked.items() if place not in known]
    fresh: dict[Identity, Probe] = {}

    async def keep() -> None:
        some = dict(fresh)
        fresh.clear()
        await in_thread(partial(cache.write, some))

    async def took(place: int, who: Identity | None, seen: Probe) -> None:
        found[place] = seen
        bar.advance()
        if who is not None and _word(seen) not in _PASSING:
            fresh[who] = seen
        if len(fresh) >= _KEPT_AT_ONCE:
            await keep()

    with Progress(progress, "probe", len(asked)) as bar:
        bar.advance(len(known))
        try:
            async with _ladder(prober, limits, len(todo)) as look:
                await _window(todo, look, took, limits.workers)
        finally:  # a run that is stopped keeps what it has learnt
            await keep()
    errors = Counter(word for seen in found if (word := _word(seen)))
    return found, {"files": len(asked), "probes": len(todo), "cache_hits": len(known), "errors": dict(errors)}


def _is_video(frame: pd.DataFrame) -> list[bool]:
    if "kind" not in frame.columns:
        return [True] * len(frame)
    return [bool(pd.isna(kind) or kind == VIDEO) for kind in frame["kind"]]


def _word(seen: Probe) -> str:
    return _first_word(seen.probe_error or "")


def _first_word(error: str) -> str:
    return error.partition(":")[0]


# ---- what is known already


def _known(frame: pd.DataFrame, asked: dict[int, str], cache: Cache, prober: Prober) -> dict[int, Probe]:
    """What the cache knows, by place; whoever asks for one prober by name wants that one's answer."""
    identities = dict(_identities(frame, asked))
    answers = cache.read(identities.values())
    by = "" if prober == "auto" else prober
    return {
        place: answers[who]
        for place, who in identities.items()
        if who in answers and (answers[who].probed_by or "").startswith(by)
    }


def _identities(frame: pd.DataFrame, asked: dict[int, str]) -> Iterator[tuple[int, Identity]]:
    """Identities of the rows asked for: as scanned, or by a look at the folder entry."""
    names = [field.name for field in fields(Identity)]
    columns = [frame[name].tolist() for name in names if name in frame.columns]
    for place, path in asked.items():
        numbers = [column[place] for column in columns]
        if len(numbers) == len(names) and not any(pd.isna(number) for number in numbers):
            yield place, Identity(*map(int, numbers))
            continue
        try:
            yield place, identity(os.stat(path))  # noqa: PTH116
        except OSError:
            continue  # the look itself will say why


# ---- looking


@asynccontextmanager
async def _ladder(prober: Prober, limits: Limits, count: int) -> AsyncIterator[Look]:
    """The rungs a file climbs until one of them knows; every process they start ends with this scope."""
    async with AsyncExitStack() as stack:
        rungs: list[Rung] = []
        if prober in ("auto", "libav"):
            processes = max(1, min(limits.workers, os.cpu_count() or 1, count))
            # libav's own deadline first; the one outside is for what libav's cannot stop.
            workers = Workers(LIBAV_WORKER, count=processes, deadline=limits.timeout_seconds)
            await stack.enter_async_context(workers)
            rungs.append(lambda path, seconds: workers.ask({"path": path, "seconds": 0.9 * seconds}))
        if prober in ("auto", "ffprobe"):
            rungs.append(_Program(await FFprobe.need() if prober == "ffprobe" else None).ask)
        yield partial(_climb, rungs, limits.timeout_seconds)


class _Program:
    """The ffprobe program as a rung; it is looked for when the first file needs it, which costs as much as a file."""

    def __init__(self, program: FFprobe | None) -> None:
        self._program, self._looked = program, program is not None
        self._looking = asyncio.Lock()

    async def ask(self, path: str, seconds: float) -> Answer:
        """A look as a libav worker takes it; a refusal if the program is not installed."""
        async with self._looking:
            if not self._looked:
                self._program, self._looked = await FFprobe.find(), True
        if self._program is None:
            return {"error": "not_video: nobody else to ask"}
        began = time.monotonic()
        async with asyncio.timeout(seconds):
            try:
                found = await in_thread(partial(quick_look, path))
            except Unreadable as error:
                return refusal(error)
            try:
                found["answer"] = await self._program.ask(path)
            except Unreadable as error:
                found["error"] = str(error)
        return found | {"by": f"ffprobe {self._program.version}", "seconds": round(time.monotonic() - began, 6)}


async def _climb(rungs: list[Rung], seconds: float, path: str) -> tuple[Identity | None, Probe]:
    """Ask one rung after another, all within `seconds`; the first refusal is the one that is told."""
    began = time.monotonic()
    refused: Answer = {}
    for rung in rungs:
        answer = await _asked(rung, path, seconds - (time.monotonic() - began))
        if "answer" in answer:
            return _seen(answer)
        refused = refused or answer
        if _first_word(answer["error"]) not in _ASK_THE_NEXT:
            break
    if _first_word(refused["error"]) == "timeout":
        refused = {"error": f"timeout: {seconds:g} s", "seconds": seconds}
    return _seen(refused)


async def _asked(rung: Rung, path: str, seconds: float) -> Answer:
    try:
        return await rung(path, seconds)
    except TimeoutError:
        return {"error": "timeout"}
    except Crashed:
        return {"error": "crashed: the prober died of this file"}


def _seen(answer: Answer) -> tuple[Identity | None, Probe]:
    who = Identity(*answer["identity"]) if "identity" in answer else None
    if "answer" in answer:
        seen = probe_row(answer["answer"])
        if answer["cut"]:
            seen = replace(seen, playable=False, probe_error=answer["cut"])
    else:  # what may be gone the next time says nothing of the file
        passing = _first_word(answer["error"]) in _PASSING
        seen = Probe(playable=None if passing else False, probe_error=answer["error"])
    return who, replace(seen, probed_by=answer.get("by"), probe_seconds=answer.get("seconds"))


async def _window(todo: list[tuple[int, str]], look: Look, took: Took, width: int) -> None:
    """Look at `todo`, `width` at a time, handing on each answer as it comes; nobody waits for a batch."""
    waiting = iter(todo)

    async def work() -> None:
        for place, path in waiting:
            await took(place, *await look(path))

    async with asyncio.TaskGroup() as group:
        for _ in range(min(width, len(todo))):
            group.create_task(work())
