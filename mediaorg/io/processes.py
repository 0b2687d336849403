"""Child processes that are ours from their first moment to their last: whoever starts one ends it."""

import asyncio
import contextlib
from asyncio.subprocess import Process
from typing import Any, Final

__all__ = ["alive", "reap", "start"]

_END_SECONDS: Final = 2.0  # a process in uninterruptible sleep (a dead network mount) cannot be reaped: leave it


_alive: Final[set[int]] = set()


def alive() -> frozenset[int]:
    """The processes that were started here and not seen to their end, by number."""
    return frozenset(_alive)


async def start(*command: str, **settings: Any) -> Process:
    """Start a program in a session of its own: Ctrl-C and a kernel's Interrupt go to the whole group, and we end ours."""
    starting = asyncio.ensure_future(asyncio.create_subprocess_exec(*command, start_new_session=True, **settings))
    try:
        process = await asyncio.shield(starting)
        _alive.add(process.pid)
        return process
    except asyncio.CancelledError:  # it may live already, and nobody else knows of it
        await reap(await starting, kill=True)
        raise


async def reap(process: Process, *, kill: bool = False) -> bool:
    """See a process to its end, its pipes read out and closed; with `kill`, whatever it is doing.

    Gives False if it would not end. Whoever is cancelled meanwhile waits for that end, some seconds at most: nobody
    else would see to it.
    """
    ending = asyncio.ensure_future(_end(process, kill=kill))
    try:
        return await asyncio.shield(ending)
    except asyncio.CancelledError:
        await ending
        raise


async def _end(process: Process, *, kill: bool) -> bool:
    if kill and process.returncode is None:
        process.kill()
    try:
        async with asyncio.timeout(_END_SECONDS):
            await process.communicate()
            if process.stdin is not None:
                process.stdin.close()
                with contextlib.suppress(ConnectionError):
                    await process.stdin.wait_closed()
    except TimeoutError:
        return False
    finally:
        _alive.discard(process.pid)
        # asyncio leaves it open where the end came while the pipes were being connected, or did not come
        process._transport.close()  # type: ignore[attr-defined]
    return True
