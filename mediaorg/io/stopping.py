"""To be asked to stop: a run finishes what is in flight and gives back all its rows, those not reached saying so.

A job is asked by its `stop`, a notebook by its Interrupt button: the first time it is a question, the second time what it
always was. In a script Ctrl-C stays what it always was.
"""

import asyncio
import contextlib
import signal
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextvars import ContextVar
from typing import Any, Final

__all__ = ["STOPPED", "Stop", "asked", "in_notebook", "offering", "stoppable", "until_stopped"]

STOPPED: Final = "stopped: the run was stopped before its turn"  # in the error column of rows that were not reached
_LOOK: Final = 0.1  # s between two looks: a loop that sleeps hears of no interrupt


class Stop(threading.Event):
    """Set when a run is asked to stop. `heeded` counts the runs that would hear of it now; `heard`, if any ever did."""

    def __init__(self) -> None:
        super().__init__()
        self.heeded, self.heard = 0, False


_asked: ContextVar[Stop | None] = ContextVar("mediaorg_stop", default=None)


def in_notebook() -> bool:
    """Whether this is the kernel of a notebook."""
    shell = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    return bool(shell) and hasattr(shell, "kernel")


def asked() -> Stop | None:
    """What a run in here would heed, if there is any such wish to be had."""
    return _asked.get()


@contextlib.contextmanager
def offering(stop: Stop) -> Iterator[None]:
    """Whoever runs in here heeds `stop`."""
    token = _asked.set(stop)
    try:
        yield
    finally:
        _asked.reset(token)


@contextlib.contextmanager
def stoppable() -> Iterator[Stop]:
    """What is set when the run in here is to stop: the job's, or that of the run around it, or one of its own."""
    stop = _asked.get()
    with contextlib.ExitStack() as around:
        if stop is None:
            stop = Stop()
            around.enter_context(offering(stop))
            around.enter_context(_heard(stop))
        stop.heeded, stop.heard = stop.heeded + 1, True
        try:
            yield stop
        finally:
            stop.heeded -= 1


async def until_stopped(work: Coroutine[Any, Any, None], stop: threading.Event) -> bool:
    """Do `work` to its end, or give it up when `stop` is set; whether it was given up."""
    task = asyncio.ensure_future(work)
    try:
        while not stop.is_set():
            done, _ = await asyncio.wait([task], timeout=_LOOK)
            if done:
                task.result()
                return False
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait([task])
    if not task.cancelled():
        task.result()
    return True


# ---- the notebook's interrupt ------------------------------------------------------------------------------------

_listening: list[threading.Event] = []
_before: Any = None


@contextlib.contextmanager
def _heard(stop: threading.Event) -> Iterator[None]:
    """In a notebook, the first interrupt sets `stop`; the second one does what it did before."""
    global _before
    if not in_notebook() or threading.current_thread() is not threading.main_thread():
        yield
        return
    _listening.append(stop)
    if len(_listening) == 1:
        _before = signal.signal(signal.SIGINT, _interrupted)
    try:
        yield
    finally:
        _listening.remove(stop)
        if not _listening and signal.getsignal(signal.SIGINT) is _interrupted:
            signal.signal(signal.SIGINT, _before)


def _interrupted(number: int, frame: Any) -> None:
    again = all(stop.is_set() for stop in _listening)
    for stop in _listening:
        stop.set()
    if again and callable(_before):
        _before(number, frame)
