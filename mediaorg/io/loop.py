"""Coroutines from plain code: in a script, a notebook cell, a thread, or beside a loop that is running."""

import asyncio
import contextlib
import contextvars
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, Generic, TypeVar

from mediaorg.io.stopping import Stop, in_notebook, offering

__all__ = ["Job", "LeftBehind", "apart", "in_thread", "left_behind", "pause", "run", "start", "thinking", "together"]

T = TypeVar("T")
_A_MOMENT: Final = 0.3  # s
_LOOK: Final = 0.02  # s between two looks whether anybody still waits
_log: Final = logging.getLogger("mediaorg")


async def in_thread(work: Callable[[], T], *, stop: threading.Event | None = None) -> T:
    """Do `work` in a thread that ends with it, so that nothing is left in the caller's loop.

    Cancelled, it sets `stop`, which `work` should heed, and waits until `work` has come to its end: a thread cannot
    be interrupted, and what it does to the disk must not go on after its cell is done.
    """
    context = contextvars.copy_context()
    with ThreadPoolExecutor(1, thread_name_prefix="mediaorg") as pool:
        done = asyncio.get_running_loop().run_in_executor(pool, lambda: context.run(work))
        try:
            return await asyncio.shield(done)
        except asyncio.CancelledError:
            if stop is not None:
                stop.set()
            await asyncio.wait([done])
            if (error := done.exception()) is not None:
                _log.error("what was stopped did not end well: %s", error)
            raise


async def thinking(work: Callable[[], T], *, stop: threading.Event | None = None) -> T:
    """Do `work`, which touches nothing outside this process, in a thread.

    Cancelled, it sets `stop`, which `work` should heed, and waits for nothing: what `work` still comes to is nobody's.
    """
    done: list[T] = []
    context = contextvars.copy_context()
    try:
        await left_behind(lambda: done.append(context.run(work)), None, moment=0.0)
    except asyncio.CancelledError:
        if stop is not None:
            stop.set()
        raise
    return done[0]


async def left_behind(work: Callable[[], object], seconds: float | None, *, moment: float = _A_MOMENT) -> None:
    """Do `work` in a thread that is waited for no longer than `seconds` (None: as long as it takes), and then left to itself.

    For what asks the system alone and may never come back, such as a read from a mount that is dead. Cancelled, it gives
    the thread a `moment` [s] to end: nearly all do, and then nothing is left. Raises TimeoutError.
    """
    loop = asyncio.get_running_loop()
    done = loop.create_future()

    def finish(error: BaseException | None) -> None:
        if not done.done():
            done.set_result(None) if error is None else done.set_exception(error)

    def live() -> None:
        failed = None
        try:
            work()
        except BaseException as error:  # noqa: BLE001  carried over to the caller, whatever it is
            failed = error
        with contextlib.suppress(RuntimeError):  # the loop is over
            loop.call_soon_threadsafe(finish, failed)

    thread = threading.Thread(target=live, name="mediaorg-read", daemon=True)
    thread.start()
    try:
        async with asyncio.timeout(seconds):
            await asyncio.shield(done)
    except asyncio.CancelledError:
        await asyncio.wait([done], timeout=moment)
        raise
    finally:
        if done.done():
            thread.join()
        done.cancel()  # what it comes to later is nobody's


class LeftBehind(Exception):
    """Nobody waits any more for what is asked here."""


_left: contextvars.ContextVar[threading.Event | None] = contextvars.ContextVar("mediaorg_left", default=None)


def apart(work: Callable[[], T], *, stop: threading.Event | None = None, seconds: float = float("inf")) -> T:
    """Do `work`, from plain code, in a thread that is left to itself after `seconds` or as soon as `stop` is set.

    For what only reads, and may be long about it: a server that drips keeps every timeout of a socket. Whoever is left
    leaves whom he waits for himself, and wakes from a `pause`. Raises what `work` raises, TimeoutError, or LeftBehind.

    >>> apart(lambda: 42)
    42
    """
    done: Future[T] = Future()
    nobody, outer, deadline = threading.Event(), _left.get(), time.monotonic() + seconds

    def live() -> None:
        _left.set(nobody)
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001  carried over to the caller, whatever it is
            done.set_exception(error)

    thread = threading.Thread(target=contextvars.copy_context().run, args=(live,), name="mediaorg-apart", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            if any(event is not None and event.is_set() for event in (stop, outer)):
                raise LeftBehind
            if time.monotonic() >= deadline:
                raise TimeoutError(f"no answer within {seconds:g} s")
            thread.join(_LOOK)
        return done.result()
    finally:
        nobody.set()


def pause(seconds: float) -> None:
    """Wait, as long as somebody waits for what is done here. Raises LeftBehind."""
    if (_left.get() or threading.Event()).wait(seconds):
        raise LeftBehind


@contextlib.asynccontextmanager
async def together() -> AsyncIterator[asyncio.TaskGroup]:
    """A TaskGroup whose first error comes out as itself, so that whoever calls may catch it by its name."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Finish `coroutine` and give its result, whether or not a loop is running here.

    It has a thread and a loop of its own, which end with it: nothing is patched and nothing is left. In a notebook the
    first interrupt asks a stage to stop: it finishes what is in flight, and its table comes back with the rows that were
    not reached saying so. In a script Ctrl-C cancels: what is in flight is finished and recorded, and KeyboardInterrupt
    is raised. A second interrupt does not wait. Raises whatever the coroutine raises.

    >>> async def answer() -> int:
    ...     return 42
    >>> run(answer())
    42
    """
    result: T = Job(coroutine).begin().result()
    return result


def start(coroutine: Coroutine[Any, Any, T]) -> "Job[T]":
    """Begin `coroutine` beside everything else, so that a cell need not wait for it. Its `result` raises what it raises.

    >>> async def answer() -> int:
    ...     return 42
    >>> job = start(answer())
    >>> job.result(), job.done
    (42, True)
    """
    return Job(coroutine).begin()


class Job(Generic[T]):
    """One coroutine on its way, in a thread and a loop of its own: ``job = mo.start(mo.apply(plan)); await job``.

    `stop` asks it to come to an end with what it has, `cancel` ends it; `result` waits, as ``await`` does without
    holding up the caller's loop. A cell that awaits it may be interrupted: the job goes on. Raises what the coroutine raises.

    >>> import mediaorg as mo
    >>> job = mo.start(mo.scan(mo.samples(), progress=False))
    >>> len(job.result()) > 100, job
    (True, <Job scan: done>)
    """

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self.name = getattr(coroutine, "__name__", "job")
        self._coroutine = coroutine
        self._future: Future[T] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._cancelled = False
        self._stop = Stop()
        # The context goes along, so that what is printed lands in the cell that called.
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._live,), name="mediaorg-run", daemon=True)

    @property
    def done(self) -> bool:
        """Whether it has come to its end, whichever."""
        return self._future.done()

    def stop(self) -> None:
        """Ask it to stop: it finishes what is in flight and gives back its rows. What heeds no such wish is cancelled."""
        self._stop.set()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._look_whether_it_heeds)

    def _look_whether_it_heeds(self) -> None:
        """What has just begun may not have come to heed anything yet."""
        asyncio.get_running_loop().call_later(_A_MOMENT, lambda: None if self._stop.heard else self.cancel())

    def cancel(self) -> None:
        """End it at once: what is in flight is finished and recorded, and there is no result."""
        self._cancelled = True
        if self._loop is not None and self._task is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._task.cancel)

    def result(self) -> T:
        """Wait for its end, and give what it came to. Raises what it raised. An interrupt meanwhile is for the job."""
        try:
            return self._wait()
        except KeyboardInterrupt:
            if not in_notebook() or not self._stop.heeded:
                self._end_by_interrupt()
                raise
        self.stop()
        try:
            return self._wait()
        except KeyboardInterrupt:
            self._end_by_interrupt()
            raise

    def __await__(self) -> Generator[Any, None, T]:
        return asyncio.wrap_future(self._future).__await__()

    def __repr__(self) -> str:
        how = "stopping" if self._stop.is_set() else "running"
        if self.done:
            error = None if self._future.cancelled() else self._future.exception()
            how = "done" if error is None and not self._future.cancelled() else f"ended by {type(error).__name__}"
        return f"<Job {self.name}: {how}>"

    def begin(self) -> "Job[T]":
        """Let it go; gives itself back."""
        self._thread.start()
        return self

    def _end_by_interrupt(self) -> None:
        self.cancel()
        if self._thread.is_alive():
            with contextlib.suppress(asyncio.CancelledError):
                self._wait()

    def _wait(self) -> T:
        try:
            return self._future.result()
        finally:
            if self._future.done():
                self._thread.join()

    def _live(self) -> None:
        self._future.set_running_or_notify_cancel()  # a cell that was interrupted while it waited does not end the job
        try:
            with offering(self._stop):
                self._future.set_result(asyncio.run(self._main()))
        except BaseException as error:  # noqa: BLE001  carried over to the caller's thread, whatever it is
            self._future.set_exception(error)

    async def _main(self) -> T:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        if self._cancelled:  # before it could begin
            self._coroutine.close()
            raise asyncio.CancelledError
        if self._stop.is_set():
            self._look_whether_it_heeds()
        return await self._coroutine
