"""What a run costs: the memory of the process tree above what it was when the run began, and what was done when."""

import contextlib
import threading
import time
from collections.abc import Sequence
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Final, Self

import psutil

from mediaorg.io import processes

__all__ = ["SERIES", "MemoryMeter", "Series", "thread_busy", "total_memory", "tree_memory"]

_EVERY: Final = 0.5  # s; a look costs some 5 ms a process, most of it in the kernel's smaps_rollup
_GLANCE: Final = 0.04  # s
_LIGHT: Final = 60  # times what a look costs lie between two of them
_SOON: Final = 0.2  # s; what is over by then is measured by the resident memory of this process alone


def tree_memory() -> int:
    """Memory of this process and all it started [byte]: PSS, which counts a shared page once, or USS where there is none."""
    here = psutil.Process()
    return sum(_memory(process) for process in (here, *here.children(recursive=True)))


def thread_busy() -> float:
    """Seconds this thread had a processor, or stood in line for one; the rest of the time it waited for something else.

    Where the system does not say how long it stood in line (only Linux does), that counts as waiting.
    """
    ran = time.thread_time()
    try:
        with open("/proc/thread-self/schedstat") as said:  # noqa: PTH123  a hundred thousand times; pathlib costs twice as much
            return ran + int(said.read().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return ran


def total_memory() -> int:
    """Memory of the machine [byte]."""
    return int(psutil.virtual_memory().total)


def _memory(process: psutil.Process) -> int:
    try:
        facts = process.memory_full_info()
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # it ended while we asked, or is somebody else's by now
        return 0
    return int(getattr(facts, "pss", 0) or facts.uss)


def _private(process: psutil.Process) -> int:
    """Memory of `process` that nobody shares, roughly [byte]."""
    try:
        facts = process.memory_info()
    except psutil.Error:
        return 0
    return int(facts.rss - getattr(facts, "shared", 0))


class MemoryMeter:
    """The most that was added while it was open: ``with MemoryMeter() as meter: ...; meter.peak_mb``.

    Beginning costs some microseconds: the first look at the whole tree comes a moment later, in a thread, and what this
    process and those started since have come to until then is taken off again.
    """

    def __init__(self) -> None:
        self._here = psutil.Process()
        self._began, self._resident = time.time(), self._here.memory_info().rss
        self._own, self._others = _private(self._here), processes.alive()
        self._children: dict[int, psutil.Process] = {}
        self._base: int | None = None
        self._last = self._peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="mediaorg-memory", daemon=True)

    @property
    def peak_mb(self) -> float:
        """Peak above the beginning [MB]."""
        return round(self._peak / 1e6, 1)

    @property
    def grown_mb(self) -> float:
        """What was added by the last look, some half a second ago [MB]."""
        return self._last / 1e6

    def _watch(self) -> None:
        due = time.monotonic() + _SOON
        while not self._over.wait(_GLANCE):
            self._glance()
            if time.monotonic() >= due:
                due = time.monotonic() + max(_EVERY, _LIGHT * self._look())

    def _glance(self) -> None:
        """See what is private to this process and to those started since: no PSS, but a thousandth of its cost.

        A program that lives for a twentieth of a second is seen by no look at the whole tree.
        """
        for number in processes.alive() - self._others - self._children.keys():
            with contextlib.suppress(psutil.Error):
                self._children[number] = psutil.Process(number)
        gone = self._children.keys() - processes.alive()
        for number in gone:
            del self._children[number]
        self._saw(_private(self._here) - self._own + sum(map(_private, self._children.values())))

    def _look(self) -> float:
        """Measure; gives the seconds of a processor that took."""
        began = time.thread_time()
        everyone = [self._here, *self._here.children(recursive=True)]
        each = [_memory(process) for process in everyone]
        if self._base is None:
            self._base = each[0] - (self._here.memory_info().rss - self._resident)
            self._base += sum(
                size for process, size in zip(everyone[1:], each[1:], strict=True) if self._is_older(process)
            )
        self._saw(sum(each) - self._base)
        return time.thread_time() - began

    def _is_older(self, process: psutil.Process) -> bool:
        try:
            return process.create_time() < self._began - 0.02  # the kernel counts in ticks of 10 ms
        except psutil.NoSuchProcess:
            return False

    def _saw(self, grown: int) -> None:
        self._last = grown
        self._peak = max(self._peak, grown)
        series = self._series
        if series is not None:
            series.memory(grown / 1e6)

    def __enter__(self) -> Self:
        self._series = SERIES.get()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._glance()
        if self._base is None:
            self._saw(self._here.memory_info().rss - self._resident)
        else:
            self._look()


_SPAN: Final = 0.25  # s, at first
_SPANS: Final = 120  # at most; then two become one


class Series:
    """What was done when, in at most 120 spans, which double in length as a run goes on; from any thread.

    >>> series = Series()
    >>> series.count(3, size=10)
    >>> [(row[2], row[3]) for row in series.rows()]
    [(3, 10)]
    """

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._span = _SPAN
        self._rows: dict[int, list[Any]] = {}
        self.crowd: int | None = None

    def count(self, files: int = 0, *, size: int = 0, errors: int = 0) -> None:
        """So many more files are done, of so many bytes, so many of them with an error."""
        with self._lock:
            row = self._row()
            row[0] += files
            row[1] += size
            row[2] += errors

    def memory(self, megabytes: float) -> None:
        """The tree has come to so much above the beginning [MB]."""
        with self._lock:
            row = self._row()
            row[3] = max(row[3] or 0.0, round(megabytes, 1))

    def crowded(self, limit: int) -> None:
        """So many files may be in flight from now on."""
        with self._lock:
            self.crowd = self._row()[4] = limit

    def _row(self) -> list[Any]:
        at = int((time.monotonic() - self._began) / self._span)
        while at >= _SPANS:
            self._halve()
            at //= 2
        row = self._rows.get(at)
        if row is None:
            row = self._rows[at] = [0, 0, 0, None, self.crowd]
        return row

    def _halve(self) -> None:
        self._span *= 2
        halved: dict[int, list[Any]] = {}
        for at, row in sorted(self._rows.items()):
            into = halved.get(at // 2)
            if into is None:
                halved[at // 2] = row
            else:
                most = max((mb for mb in (into[3], row[3]) if mb is not None), default=None)
                halved[at // 2] = [into[0] + row[0], into[1] + row[1], into[2] + row[2], most, row[4]]
        self._rows = halved

    def rows(self) -> list[Sequence[Any]]:
        """Beginning and length of a span [s], files, bytes, errors, memory [MB], files that may be in flight."""
        with self._lock:
            return [(at * self._span, self._span, *row) for at, row in sorted(self._rows.items())]


SERIES: ContextVar[Series | None] = ContextVar("mediaorg_series", default=None)  # of the run that is being recorded
