"""Persistent worker processes: one request a line in, one answer a line out.

Why not multiprocessing: spawn runs the user's script again in every child, which breaks a script without an
``if __name__ == "__main__"``, and fork copies a notebook's threads in mid-flight. A worker here is a fresh
interpreter that imports only what it needs, ends when its pipe is closed, and is killed when it does not answer.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from mediaorg.errors import MissingProgram
from mediaorg.io import processes

__all__ = ["Crashed", "Workers"]

_START_SECONDS: Final = 60.0  # a cold disk or a busy machine; what a file costs is bounded by its own deadline
_LONGEST_ANSWER: Final = 1 << 22  # byte
_HERE: Final = str(Path(__file__).resolve().parents[2])
# -P keeps the user's working folder, which may hold a json.py, off the path; ours goes last.
_COMMAND: Final = "import sys, runpy; sys.path.append({here!r}); runpy.run_module({module!r}, run_name='__main__')"


class Crashed(Exception):
    """The worker died of this request."""


class Workers:
    """At most `count` processes running `module`; each answers one request at a time, within `deadline` seconds.

    ``async with Workers("mediaorg.stages.look", count=2, deadline=30) as workers: await workers.ask({...})``.
    A request that crashes or hangs its worker raises Crashed or TimeoutError and costs nothing but itself: the
    worker is replaced at the next request.
    """

    def __init__(self, module: str, *, count: int, deadline: float) -> None:
        self._module, self._deadline = module, deadline
        self._room = asyncio.Semaphore(count)
        self._idle: list[_Worker] = []

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Have `request` answered by a worker."""
        async with self._room:
            worker = self._idle.pop() if self._idle else await _Worker.start(self._module)
            try:
                answer = await worker.ask(request, self._deadline)
            except BaseException:  # a worker that owes an answer can never be asked again
                await worker.kill()
                raise
            self._idle.append(worker)
            return answer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._idle:
            await self._idle.pop().end()


class _Worker:
    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, module: str) -> Self:
        if not sys.executable:
            raise MissingProgram(
                "this Python does not know its own program (sys.executable is empty): start it from a command line"
            )
        process = await processes.start(
            *(sys.executable, "-P", "-c", _COMMAND.format(here=_HERE, module=module)),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            limit=_LONGEST_ANSWER,
            env={
                **os.environ,
                "MALLOC_ARENA_MAX": "1",
            },  # glibc keeps an arena a thread: 48 MB instead of 40 for two workers
        )
        worker = cls(process)
        try:
            await worker.ask({"hello": True}, _START_SECONDS)
        except BaseException:
            await worker.kill()
            raise
        return worker

    async def ask(self, request: dict[str, Any], deadline: float) -> dict[str, Any]:
        reader, writer = self._process.stdout, self._process.stdin
        assert reader is not None
        assert writer is not None
        async with asyncio.timeout(deadline):
            try:
                writer.write(json.dumps(request).encode() + b"\n")
                await writer.drain()
                line = await reader.readline()
            except (ConnectionError, ValueError):  # it died while we wrote, or answered without end
                line = b""
        if not line.endswith(b"\n"):
            raise Crashed
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def end(self) -> None:
        """Close its pipe, which ends it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        if not await processes.reap(self._process):
            await self.kill()

    async def kill(self) -> None:
        """End it whatever it is doing."""
        await processes.reap(self._process, kill=True)
