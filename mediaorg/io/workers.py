"""Persistent worker processes: a batch of tasks in a line in, an answer in a line for each of them out.

Why not multiprocessing, or pebble which uses it: spawn runs the user's script again in every child, which breaks a
script without an ``if __name__ == "__main__"``, and fork copies a notebook's threads in mid-flight. A worker here is
a fresh interpreter that imports only what it needs, ends when its pipe is closed, and is killed when it does not answer.
"""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

from mediaorg.errors import MissingProgram
from mediaorg.io import processes
from mediaorg.io.loop import left_behind, together

__all__ = ["Crashed", "Task", "Workers"]

Task: TypeAlias = Any  # what JSON can hold

_FEW: Final = 16  # tasks
_PIECE: Final = 64  # tasks answered in this process between two looks at the clock
_MANY: Final = 128  # tasks; fewer are answered here before a worker has started
_STARTS: Final = 20  # times; one that is killed at birth says nothing of the program
_UNKNOWN: Final = 255  # asyncio's word for an exit code somebody else was told
_START_SECONDS: Final = 20.0  # a cold disk or a busy machine; what a file costs is bounded by its own deadline
_AT_ONCE: Final = 1 << 16  # byte
_LONGEST_ANSWER: Final = 1 << 22  # byte
_HERE: Final = str(Path(__file__).resolve().parents[2])
# -P keeps the user's working folder, which may hold a json.py, off the path; ours is on it while our own package, and
# not another of that name, is found, and behind all others after that.
_COMMAND: Final = (
    "import sys, runpy; sys.path.insert(0, {here!r}); import mediaorg; sys.path.append(sys.path.pop(0));"
    " runpy.run_module({module!r}, run_name='__main__')"
)
# glibc keeps an arena a thread, and what was freed: 48 MB instead of 40 for two workers.
_SPARING: Final = {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "65536"}


class Crashed(Exception):
    """The worker died of this task."""


class Workers:
    """At most `count` processes running `module`, each with a batch of up to `batch_size` tasks before it.

    settings: said to each worker once, before its first batch.
    deadline: for one task [s], counted from the last sign of life.
    room: asked whenever a worker goes for a batch, with the number of those at work: may so many be at work?
    here: answers a task in this process, at once, or says None and leaves it to a worker. It does the work of one of the
        `count`, so that few tasks need no worker at all, and few doubts only one; what it leaves is taken first.

    Answers of a batch come in its order. One that is not answered because its worker died or hung is asked again by
    itself, and only if it fails alone as well is it to blame: whoever kills a worker costs nobody an answer.
    """

    def __init__(
        self,
        module: str,
        settings: Task,
        *,
        count: int,
        batch_size: int,
        deadline: float,
        room: Callable[[int], bool] = lambda _: True,
        here: Callable[[Task], Task | None] | None = None,
    ) -> None:
        self._module, self._settings, self._deadline, self._room = module, settings, deadline, room
        self._count, self._batch_size, self._here = count, batch_size, here
        self._at_work = 0

    async def answer(self, tasks: Sequence[Task], took: Callable[[int, Task | Exception], None]) -> None:
        """Have all `tasks` answered; `took` is given the place of each with its answer, or with Crashed or TimeoutError.

        Raises MissingProgram where no worker can be started.
        """
        waiting = _Batches(tasks, self._batch_size, self._count)
        async with together() as group:
            if self._here is None or not await self._read(self._here, waiting, took, _FEW):
                reading, hands = None, min(self._count, len(waiting))
            else:
                reading = group.create_task(self._read_on(self._here, waiting, took))
                hands = min(self._count - 1, len(waiting) // _MANY)
                group.create_task(self._follow(reading, waiting, took))
            for _ in range(hands):
                group.create_task(self._work(waiting, took, reading))

    async def _read_on(
        self, here: Callable[[Task], Task | None], waiting: "_Batches", took: Callable[[int, Task], None]
    ) -> None:
        """Answer here until all is answered or left to workers."""
        while waiting.fresh and await self._read(here, waiting, took, _PIECE):
            pass

    async def _read(
        self, here: Callable[[Task], Task | None], waiting: "_Batches", took: Callable[[int, Task], None], most: int
    ) -> bool:
        """Answer the next few tasks here, as far as they can be; False when that took so long that it hangs."""
        places, batch = waiting.take_next(most)
        found: list[Task | None] = []
        with contextlib.suppress(TimeoutError):
            await left_behind(partial(found.extend, map(here, batch)), self._deadline)
        answers = list(found)  # as far as it came; who was left behind may go on
        for place, answer in zip(places, answers, strict=False):
            if answer is None:
                waiting.doubt(place)
            else:
                took(place, answer)
        waiting.again(places[len(answers) :])
        return len(answers) == len(places)

    async def _follow(
        self, reading: "asyncio.Task[None]", waiting: "_Batches", took: Callable[[int, Task | Exception], None]
    ) -> None:
        """Put a worker in the place of who has read here, if that has left many to ask, or nobody is at work."""
        await reading
        if not self._at_work or len(waiting) > _MANY:
            await self._work(waiting, took)

    async def _work(
        self,
        waiting: "_Batches",
        took: Callable[[int, Task | Exception], None],
        reading: "asyncio.Task[None] | None" = None,
    ) -> None:
        """Have one worker answer batches until none is left, and none will come of `reading`."""
        worker: _Worker | None = None
        self._at_work += 1
        try:
            while self._at_work == 1 or self._room(self._at_work):
                if not waiting and reading is not None:
                    await asyncio.wait([reading])
                if not waiting:
                    break
                worker = worker or await _Worker.start(self._module, self._settings)
                places, batch = waiting.take()  # none, if others took the last of them while this one started
                answered = 0
                try:
                    async for answer in worker.ask(batch, self._deadline):
                        took(places[answered], answer)
                        answered += 1
                except (Crashed, TimeoutError) as error:
                    await worker.kill()
                    worker = None
                    if len(batch) == 1:
                        took(places[0], error)
                    else:
                        waiting.again(places[answered:])
        except BaseException:  # a worker that owes an answer can never be asked again
            if worker is not None:
                await worker.kill()
                worker = None
            raise
        finally:
            self._at_work -= 1
            if worker is not None:
                await worker.end()


class _Batches:
    """Places of tasks nobody has taken yet, in batches that shrink toward the end, so that all workers end together."""

    def __init__(self, tasks: Sequence[Task], most: int, workers: int) -> None:
        self._tasks, self._most, self._workers = tasks, most, workers
        self._next = 0
        self._alone: list[int] = []
        self._doubts: list[int] = []

    def __len__(self) -> int:
        return len(self._alone) + len(self._doubts) + self.fresh

    @property
    def fresh(self) -> int:
        """How many nobody has looked at."""
        return len(self._tasks) - self._next

    def take(self) -> tuple[Sequence[int], list[Task]]:
        if self._alone:
            place = self._alone.pop()
            return [place], [self._tasks[place]]
        if self._doubts:
            most = self._share(len(self._doubts))
            places, self._doubts = self._doubts[:most], self._doubts[most:]
            return places, [self._tasks[place] for place in places]
        return self.take_next(self._most)

    def take_next(self, most: int) -> tuple[Sequence[int], list[Task]]:
        places = range(self._next, self._next + min(most, self._share(self.fresh)))
        self._next += len(places)
        return places, [self._tasks[place] for place in places]

    def _share(self, left: int) -> int:
        return min(self._most, -(-left // (2 * self._workers)))

    def again(self, places: Sequence[int]) -> None:
        self._alone.extend(reversed(places))

    def doubt(self, place: int) -> None:
        self._doubts.append(place)


class _Worker:
    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._in, self._out = process, process.stdin, process.stdout

    @classmethod
    async def start(cls, module: str, settings: Task) -> "_Worker":
        if not sys.executable:
            raise MissingProgram(
                "this Python does not know its own program (sys.executable is empty): start it from a command line"
            )
        command = (sys.executable, "-P", "-c", _COMMAND.format(here=_HERE, module=module))
        for _ in range(_STARTS):
            environment = {**os.environ, **_SPARING}
            process = await processes.start(*command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment)
            worker = cls(process)
            try:
                async for _ in worker.ask([settings], _START_SECONDS):
                    pass
            except (Crashed, TimeoutError):
                await worker.kill()
                if 0 < (process.returncode or 0) < _UNKNOWN:  # it gave up itself, and would again
                    break
            except BaseException:
                await worker.kill()
                raise
            else:
                return worker
        raise MissingProgram(
            f"the worker program cannot run here; see what it says: echo '[{{}}]' | {sys.executable} -m {module}"
        )

    async def ask(self, batch: list[Task], deadline: float) -> AsyncIterator[Task]:
        """Give the answers to `batch` as they come; an empty line is a sign of life. Raises Crashed, TimeoutError."""
        left, rest = len(batch), b""
        try:
            async with asyncio.timeout(deadline):
                self._in.write(json.dumps(batch).encode() + b"\n")
                await self._in.drain()
            while left:
                async with asyncio.timeout(deadline):
                    some = await self._out.read(_AT_ONCE)
                if not some:
                    raise Crashed
                *lines, rest = (rest + some).split(b"\n")
                if len(rest) > _LONGEST_ANSWER:
                    raise Crashed
                for line in lines:
                    if line:
                        left -= 1
                        yield json.loads(line)
        except (ConnectionError, ValueError) as error:  # it died while we wrote, or does not write JSON
            raise Crashed from error

    async def end(self) -> None:
        """Close its pipe, which ends it."""
        self._in.close()
        if not await processes.reap(self._process):
            await self.kill()

    async def kill(self) -> None:
        """End it whatever it is doing."""
        await processes.reap(self._process, kill=True)
