"""How far a run is: a line in a terminal, a text in a notebook, a callback, or silence."""

import asyncio
import contextlib
import logging
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

from mediaorg.io.meters import SERIES
from mediaorg.io.stopping import asked, in_notebook

__all__ = ["Follower", "Pace", "Progress"]

Follower: TypeAlias = bool | Callable[[str, int, int | None], object] | None

_log: Final = logging.getLogger("mediaorg")
_PAUSE: Final = 0.15  # s between two updates; Jupyter drops a cell's output above 1,000 messages a second
_SOON: Final = 2.0  # s; before that, and of less than that, nobody wants to know how much time is left


@dataclass(frozen=True, slots=True)
class Pace:
    """How far a run is. `total` is None while nobody knows; `total_bytes` is 0 where no bytes are copied."""

    phase: str
    done: int  # files
    total: int | None
    bytes: int
    total_bytes: int
    errors: int  # of the files that are done
    seconds: float  # since it began

    @property
    def seconds_left(self) -> float | None:
        """Time left at the mean pace so far, by bytes where bytes are copied; None where that says nothing yet."""
        copying = self.total_bytes > 0
        done, total = (self.bytes, self.total_bytes) if copying else (self.done, self.total or 0)
        if not 0 < done < total or self.seconds < _SOON:
            return None
        left = self.seconds * (total - done) / done
        return left if left > _SOON else None

    def __str__(self) -> str:
        words = [f"{self.phase}: {self.done:,}{_of(self.total)} files in {self.seconds:.1f} s"]
        if self.total_bytes:
            words.append(f"{self.bytes / 1e9:,.1f} of {self.total_bytes / 1e9:,.1f} GB")
        if self.seconds > 0.05:
            words += [f"{self.done / self.seconds:,.0f} files/s"] if self.done else []
            words += [f"{self.bytes / 1e6 / self.seconds:,.0f} MB/s"] if self.bytes else []
        if self.seconds_left is not None:
            words.append(f"{_span(self.seconds_left)} left")
        if self.errors:
            words.append(f"{self.errors:,} with an error")
        return ", ".join(words)


def _of(total: int | None) -> str:
    return "" if total is None else f" of {total:,}"


def _span(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.0f} h"


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
        self.bytes, self.total_bytes, self.errors = 0, 0, 0
        self._tell = _teller(follower)
        self._series = SERIES.get()
        self._began = self._told = time.monotonic()
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: int | None = None
        self._ended = False

    def expect(self, count: int, *, size: int = 0) -> None:
        """There will be `count` more files, and `size` more bytes to copy."""
        with self._lock:
            if count:
                self.total = (self.total or 0) + count
            self.total_bytes += size

    def advance(self, count: int = 1, *, size: int = 0, errors: int = 0) -> None:
        """Count `count` more files as done, `errors` of them with one, and `size` more bytes as copied."""
        if self._series is not None:
            self._series.count(count, size=size, errors=errors)
        with self._lock:
            self.done += count
            self.bytes += size
            self.errors += errors
            if time.monotonic() - self._told < _PAUSE:
                return
            self._told = time.monotonic()
        if self._loop is None or threading.get_ident() == self._thread:
            self._say()
        else:
            self._loop.call_soon_threadsafe(self._say)

    @property
    def pace(self) -> Pace:
        """How far it is now."""
        seconds = time.monotonic() - self._began
        with self._lock:
            return Pace(self.phase, self.done, self.total, self.bytes, self.total_bytes, self.errors, seconds)

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
        _log.debug("%s%s", self.pace, "" if kind is None else f", ended by {kind.__name__}")

    def _say(self, *, final: bool = False) -> None:
        if self._tell is None or self._ended:
            return
        self._told, self._ended = time.monotonic(), final
        try:
            self._tell(self.pace, final)
        except Exception:  # noqa: BLE001  a broken callback must not stop somebody's run
            _log.exception("the progress callback failed and is not called again")
            self._tell = None


_Tell: TypeAlias = Callable[[Pace, bool], object]  # how far it is, and whether that is the end


def _teller(follower: Follower) -> _Tell | None:
    if callable(follower):
        call = follower
        return lambda pace, final: call(pace.phase, pace.done, pace.total)
    if follower is False:
        return None
    if in_notebook():
        return _Notebook()
    if follower is True or sys.stderr.isatty():
        return _line
    return None


def _line(pace: Pace, final: bool) -> None:
    """One line that is written over in a terminal; in a log only its end."""
    terminal = sys.stderr.isatty()
    if terminal or final:
        before, after = ("\r\033[K" if terminal else ""), ("\n" if final else "")
        sys.stderr.write(f"{before}{pace}{after}")
        sys.stderr.flush()


class _Notebook:
    """One output that is replaced as the run goes on, so that a saved notebook shows its end and not its start.

    A run of more than a moment gets a bar, and a button that asks it to stop. The kernel hears of a click while nothing
    holds it up, as with `start`; the notebook's interrupt does the same at any time.
    """

    def __init__(self) -> None:
        self._handle: Any = None
        self._widget: Any = None
        self._stop = asked()

    def __call__(self, pace: Pace, final: bool) -> None:
        if self._handle is None:
            self._show({"text/plain": str(pace)})
        elif final or (self._widget is None and pace.seconds < _SOON):
            self._handle.update({"text/plain": str(pace)}, raw=True)
            if self._widget is not None:
                self._widget.close()
        elif self._widget is None:
            self._widget = self._made(pace)
            self._handle.update(self._widget)
        else:
            self._fill(pace)

    def _show(self, bundle: dict[str, str]) -> None:
        from IPython import display

        self._handle = display.display(bundle, raw=True, display_id=True)  # type: ignore[no-untyped-call]

    def _made(self, pace: Pace) -> Any:
        import ipywidgets

        bar, words = ipywidgets.FloatProgress(max=1.0), ipywidgets.Label()
        stop = ipywidgets.Button(
            description="Stop", icon="stop", disabled=self._stop is None, layout={"width": "6em"},
            tooltip="Finish what is in flight and give back all rows. While a cell waits, interrupt the kernel instead.",
        )  # fmt: skip
        stop.on_click(self._click)
        box = ipywidgets.HBox([bar, stop, words])
        self._bar, self._words = bar, words
        self._fill(pace)
        return box

    def _fill(self, pace: Pace) -> None:
        done, total = (pace.bytes, pace.total_bytes) if pace.total_bytes else (pace.done, pace.total)
        self._bar.value = done / total if total else 0.0
        self._words.value = str(pace)

    def _click(self, button: Any) -> None:
        if self._stop is not None:
            self._stop.set()
            button.disabled = True
