"""Persistent worker processes: a batch of tasks in a line in, an answer in a line for each of them out.

Why not multiprocessing, or pebble which uses it: spawn runs the user's script again in every child, which breaks a
script without an ``if __name__ == "__main__"``, and fork copies a notebook's threads in mid-flight. A worker here is
a fresh interpreter that imports only what it needs, ends when its pipe is closed, and is killed when it does not answer.
"""

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from mediaorg.errors import MissingProgram
from mediaorg.io import processes
from mediaorg.io.loop import left_behind, together
from mediaorg.io.meters import thread_busy
from mediaorg.io.steering import Steering

__all__ = ["Crashed", "Lane", "Task", "Workers"]

Task: TypeAlias = Any  # what JSON can hold

_PIECE: Final = 64  # tasks a reader takes at once
_TURN: Final = 0.1  # s; what it has not come to by then it gives back
_PROOF: Final = 3  # times in a row; one may be held up by whatever else this machine does
_BUSY: Final = 0.25  # readers that need less of a processor than this, all together, wait for a disk
_FULL: Final = 0.8  # those of a number that is learnt may need so much: throughput says when it is enough
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


@dataclass(frozen=True, slots=True)
class Lane:
    """Places of tasks that lie on one device, and how many threads may read there at once."""

    places: Sequence[int]
    steering: Steering


class Workers:
    """At most `count` processes running `module`, each with a batch of up to `batch_size` tasks before it.

    settings: said to each worker once, before its first batch.
    deadline: for one task [s], counted from the last sign of life.
    room: asked whenever a worker goes for a batch, with the number of those at work: may so many be at work?
    here: answers a task in this process, or says None and leaves it to a worker. It does the work of one of the
        `count`, so that few tasks need no worker at all, and few doubts only one; what it leaves is taken first.
    readers: how many threads may do that together, if they wait for a disk most of the time: one is enough for a fast
        disk.
    turns: taken while a worker is at a batch or a thread reads, if they share a ceiling with others.

    `retries` counts the tasks that were asked again.

    Answers of a batch come in its order. One that is not answered because its worker died or hung is asked again by
    itself, and only if it fails then as well, twice if the worker died, is it to blame: whoever kills a worker costs
    nobody an answer.
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
        readers: int = 1,
        turns: asyncio.Semaphore | None = None,
    ) -> None:
        self.retries = 0
        self._turns = turns or asyncio.Semaphore(count + readers)
        self._module, self._settings, self._deadline, self._room = module, settings, deadline, room
        self._count, self._batch_size, self._here, self._readers = count, batch_size, here, readers
        self._at_work = 0

    async def answer(
        self,
        tasks: Sequence[Task],
        took: Callable[[int, Task | Exception], None],
        lanes: Sequence[Lane] = (),
    ) -> None:
        """Have all `tasks` answered; `took` is given the place of each with its answer, or with Crashed or TimeoutError.

        lanes: all places, by device: each is read at its own pace, and none waits for another. Not given, all is one.
        Raises MissingProgram where no worker can be started.
        """
        lanes = lanes or [Lane(range(len(tasks)), Steering(given=self._readers))]
        waiting = _Batches(tasks, self._batch_size, self._count, [lane.places for lane in lanes])
        async with together() as group:
            if self._here is None or not tasks:
                self._put_to_work(min(self._count, len(waiting)), group, waiting, took)
                return
            total = _Total(self._readers)
            everyone = [
                _Readers(self._here, lane.steering, self._deadline, waiting, fresh, total, self._turns, took)
                for lane, fresh in zip(lanes, waiting.lanes, strict=True)
            ]
            reading = [group.create_task(readers.read_on()) for readers in everyone]
            self._put_to_work(min(self._count - 1, len(waiting) // _MANY), group, waiting, took, reading)
            await asyncio.wait(reading)
            wanted = self._count if any(readers.hang for readers in everyone) or len(waiting) > _MANY else 1
            self._put_to_work(wanted - self._at_work, group, waiting, took)

    def _put_to_work(self, count: int, group: asyncio.TaskGroup, *how: Any) -> None:
        for _ in range(count):
            group.create_task(self._work(*how))

    async def _work(
        self,
        waiting: "_Batches",
        took: Callable[[int, Task | Exception], None],
        reading: "Sequence[asyncio.Task[None]]" = (),
    ) -> None:
        """Have one worker answer batches until none is left, and none will come of `reading`."""
        worker: _Worker | None = None
        self._at_work += 1
        try:
            while self._at_work == 1 or self._room(self._at_work):
                if not waiting and reading:
                    await asyncio.wait(reading)
                if not waiting:
                    break
                worker = worker or await _Worker.start(self._module, self._settings)
                places, batch = waiting.take()  # none, if others took the last of them while this one started
                answered = 0
                try:
                    async with self._turns:
                        async for answer in worker.ask(batch, self._deadline):
                            took(places[answered], answer)
                            answered += 1
                except (Crashed, TimeoutError) as error:
                    await worker.kill()
                    worker = None
                    if waiting.to_blame(places, error):
                        took(places[0], error)
                    else:
                        self.retries += len(places) - answered
                        waiting.again(places[answered:], alone=len(places) == 1)
        except BaseException:  # a worker that owes an answer can never be asked again
            if worker is not None:
                await worker.kill()
                worker = None
            raise
        finally:
            self._at_work -= 1
            if worker is not None:
                await worker.end()


@dataclass(slots=True)
class _Total:
    """Of all lanes together: how many threads may read, and do."""

    most: int
    at_work: int = 0


class _Readers:
    """Threads of this process that answer tasks of a lane as far as they can: one, and more while they wait for a disk."""

    def __init__(
        self,
        here: Callable[[Task], Task | None],
        steering: Steering,
        deadline: float,
        waiting: "_Batches",
        fresh: "_Fresh",
        total: _Total,
        turns: asyncio.Semaphore,
        took: Callable[[int, Task | Exception], None],
    ) -> None:
        self._here, self._steering, self._deadline, self._waiting, self._took = here, steering, deadline, waiting, took
        self._fresh, self._total, self._turns = fresh, total, turns
        self._at_work = 0
        self._waits = 0  # in a row, for something else than a processor
        self.hang = False  # one does, and cannot be ended: what is left is for workers, who can

    async def read_on(self) -> None:
        """Answer until all is answered or left to workers."""
        async with together() as group:
            self._count(1)
            await self._read_on(group)

    async def _read_on(self, group: asyncio.TaskGroup) -> None:
        while self._fresh and not self.hang and self._at_work <= self._steering.allowed:
            async with self._turns:
                busy = await self._read()
            for _ in range(self._wanted(busy)):
                self._count(1)
                group.create_task(self._read_on(group))
        self._count(-1)  # counted by whoever put it to work

    def _count(self, more: int) -> None:
        self._at_work += more
        self._total.at_work += more

    def _wanted(self, busy: float) -> int:
        """How many more are to read: those that wait cost nothing, and those that work stand in each other's way."""
        room = min(self._steering.allowed - self._at_work, self._total.most - self._total.at_work, len(self._fresh))
        learning = self._steering.automatic and self._at_work > 1
        if busy * self._at_work >= (_FULL if learning else _BUSY):
            self._waits = 0
            return 0
        self._waits += 1
        if room < 1 or self._waits < _PROOF:
            return 0
        self._steering.begin()
        return room if self._steering.automatic else 1

    async def _read(self) -> float:
        """Answer the next few tasks, as far as there is time; gives the part of it that was not spent waiting."""
        places, batch = self._waiting.take_next(_PIECE, self._fresh)
        found: list[Task | None] = []
        busy = 0.0

        def answer() -> None:
            nonlocal busy
            began, worked = time.monotonic(), thread_busy()
            for task in batch:
                found.append(self._here(task))
                self._steering.completed()
                if time.monotonic() - began > _TURN:
                    break
            busy = (thread_busy() - worked) / (time.monotonic() - began or 1.0)

        hung = None
        try:
            await left_behind(answer, self._deadline + _TURN)
        except TimeoutError as error:
            hung = error
        answers = list(found)  # as far as it came; who was left behind may go on
        for place, answered in zip(places, answers, strict=False):
            if answered is None:
                self._waiting.doubt(place)
            else:
                self._took(place, answered)
        left = places[len(answers) :]
        if hung is not None and left:
            self.hang = True
            self._took(left[0], hung)
            left = left[1:]
        self._fresh.back(left)
        return busy


class _Fresh:
    """Places of one lane nobody has looked at."""

    def __init__(self, places: Sequence[int]) -> None:
        self._places, self._next = places, 0
        self._back: list[int] = []

    def __len__(self) -> int:
        return len(self._back) + len(self._places) - self._next

    def take(self, most: int) -> Sequence[int]:
        if self._back:
            taken, self._back = self._back[:most], self._back[most:]
            return taken
        taken_now = self._places[self._next : self._next + most]
        self._next += len(taken_now)
        return taken_now

    def back(self, places: Sequence[int]) -> None:
        self._back.extend(places)


class _Batches:
    """Places of tasks nobody has taken yet, in batches that shrink toward the end, so that all workers end together."""

    def __init__(self, tasks: Sequence[Task], most: int, workers: int, lanes: Sequence[Sequence[int]]) -> None:
        self._tasks, self._most, self._workers = tasks, most, workers
        self.lanes = [_Fresh(places) for places in lanes]
        self._alone: list[int] = []
        self._doubts: list[int] = []
        self._suspects: set[int] = set()

    def __len__(self) -> int:
        return len(self._alone) + len(self._doubts) + sum(map(len, self.lanes))

    def take(self) -> tuple[Sequence[int], list[Task]]:
        if self._alone:
            place = self._alone.pop()
            return [place], [self._tasks[place]]
        if self._doubts:
            most = self._share(len(self._doubts))
            places, self._doubts = self._doubts[:most], self._doubts[most:]
            return places, [self._tasks[place] for place in places]
        return self.take_next(self._most, max(self.lanes, key=len))

    def take_next(self, most: int, lane: _Fresh) -> tuple[Sequence[int], list[Task]]:
        places = lane.take(min(most, self._share(len(lane))))
        return places, [self._tasks[place] for place in places]

    def _share(self, left: int) -> int:
        return min(self._most, -(-left // (2 * self._workers)))

    def to_blame(self, places: Sequence[int], error: Exception) -> bool:
        """Whether it is known what a worker failed of: what it was given alone, and not for the first time if it died,
        for it may have been killed."""
        return len(places) == 1 and (isinstance(error, TimeoutError) or places[0] in self._suspects)

    def again(self, places: Sequence[int], *, alone: bool) -> None:
        self._suspects.update(places if alone else ())
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
