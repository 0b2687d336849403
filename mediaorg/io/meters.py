"""What a run costs: the memory of the process tree above what it was when the run began."""

import threading
from types import TracebackType
from typing import Final, Self

import psutil

__all__ = ["MemoryMeter", "tree_memory"]

_EVERY: Final = 0.5  # s; a look costs some 5 ms a process, most of it in the kernel's smaps_rollup


def tree_memory() -> int:
    """Memory of this process and all it started [byte]: PSS, which counts a shared page once, or USS where there is none."""
    here = psutil.Process()
    return sum(_memory(process) for process in (here, *here.children(recursive=True)))


def _memory(process: psutil.Process) -> int:
    try:
        facts = process.memory_full_info()
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # it ended while we asked, or is somebody else's by now
        return 0
    return int(getattr(facts, "pss", 0) or facts.uss)


class MemoryMeter:
    """The most that was added while it was open: ``with MemoryMeter() as meter: ...; meter.peak_mb``."""

    def __init__(self) -> None:
        self._base = self._last = self._peak = tree_memory()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="mediaorg-memory", daemon=True)

    @property
    def peak_mb(self) -> float:
        """Peak above the beginning [MB]."""
        return round((self._peak - self._base) / 1e6, 1)

    @property
    def grown_mb(self) -> float:
        """What was added by the last look, some half a second ago [MB]."""
        return (self._last - self._base) / 1e6

    def _watch(self) -> None:
        while not self._over.wait(_EVERY):
            self._look()

    def _look(self) -> None:
        self._last = tree_memory()
        self._peak = max(self._peak, self._last)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._look()
