"""How far a run is: a line in a terminal, a text in a notebook, a callback, or silence."""

import asyncio
import contextlib
import logging
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Protocol, Self, TypeAlias

__all__ = ["Follower", "Progress"]

Follower: TypeAlias = bool | Callable[[str, int, int | None], object] | None

_log: Final = logging.getLogger("mediaorg")
_PAUSE: Final = 0.15  # s between two updates; Jupyter drops a cell's output above 1,000 messages a second


class Progress:
    """Tell `follower` how far `phase` is: ``with Progress(True, "probe", 300) as bar: bar.advance()``.

    follower: True shows it, False is silent, None shows it in a terminal or notebook only; a callable is called as
    ``(phase, done, total)``; one that raises is logged once and not called again.
    total: how many there will be, None while nobody knows.

    `advance` may be called from any thread: the follower always hears of it where the bar was entered, in the loop that
    runs there, since widgets and most callbacks hold in one thread only.
    Beginning and end are logged at DEBUG, by whichever stage they are.
    """

    def __init__(self, follower: Follower, phase: str, total: int | None = None) -> None:
        self.phase, self.total, self.done = phase, total, 0
        self._tell = _teller(follower)
        self._began = self._told = time.monotonic()
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: int | None = None
        self._ended = False

    def advance(self, count: int = 1) -> None:
        """Count `count` more as done."""
        with self._lock:
            self.done += count
            if time.monotonic() - self._told < _PAUSE:
                return
            self._told = time.monotonic()
        if self._loop is None or threading.get_ident() == self._thread:
            self._say()
        else:
            self._loop.call_soon_threadsafe(self._say)

    def __enter__(self) -> Self:
        _log.debug("%s: begins", self.phase)
        with contextlib.suppress(RuntimeError):  # plain code, without a loop
            self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._say()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._say(final=True)
        text = _text(self.phase, self.done, self.total, time.monotonic() - self._began)
        _log.debug("%s%s", text, "" if kind is None else f", ended by {kind.__name__}")

    def _say(self, *, final: bool = False) -> None:
        if self._tell is None or self._ended:
            return
        self._told, self._ended = time.monotonic(), final
        try:
            self._tell(self.phase, self.done, self.total, self._told - self._began, final)
        except Exception:  # noqa: BLE001  a broken callback must not stop somebody's run
            _log.exception("the progress callback failed and is not called again")
            self._tell = None


class _Tell(Protocol):
    def __call__(self, phase: str, done: int, total: int | None, seconds: float, final: bool) -> None: ...


def _teller(follower: Follower) -> _Tell | None:
    if callable(follower):
        call = follower
        return lambda phase, done, total, seconds, final: (call(phase, done, total), None)[1]
    if follower is False:
        return None
    if _in_notebook():
        return _Notebook()
    if follower is True or sys.stderr.isatty():
        return _line
    return None


def _text(phase: str, done: int, total: int | None, seconds: float) -> str:
    of = f" of {total:,}" if total is not None else ""
    rate = f", {done / seconds:,.0f} files/s" if done and seconds > 0.05 else ""
    return f"{phase}: {done:,}{of} files in {seconds:.1f} s{rate}"


def _line(phase: str, done: int, total: int | None, seconds: float, final: bool) -> None:
    """One line that is written over in a terminal; in a log only its end."""
    terminal = sys.stderr.isatty()
    if terminal or final:
        before, after = ("\r\033[K" if terminal else ""), ("\n" if final else "")
        sys.stderr.write(before + _text(phase, done, total, seconds) + after)
        sys.stderr.flush()


def _in_notebook() -> bool:
    shell = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    return bool(shell) and hasattr(shell, "kernel")


class _Notebook:
    """One output that is replaced as the run goes on, so that a saved notebook shows its end and not its start."""

    def __init__(self) -> None:
        self._handle: Any = None

    def __call__(self, phase: str, done: int, total: int | None, seconds: float, final: bool) -> None:
        from IPython import display

        message = {"text/plain": _text(phase, done, total, seconds)}
        if self._handle is None:
            self._handle = display.display(message, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(message, raw=True)
