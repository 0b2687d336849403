"""What our databases have in common: SQLite's numbers, and how those are given up that are kept only to save time.

One of these may be deleted at any time. Broken, locked or in the way, it costs time and a warning, and no run.
"""

import logging
import sqlite3
import threading
from types import TracebackType
from typing import ClassVar, Final, Self, TypeVar

__all__ = ["PATIENCE", "Forgettable", "signed", "unsigned"]

PATIENCE: Final = 2.0  # s; another process that holds it longer is stopped, or hangs
_log: Final = logging.getLogger("mediaorg")
_HALF, _WHOLE = 1 << 63, 1 << 64
_Number = TypeVar("_Number", int, int | None)


class Forgettable:
    """A database that only saves time, in use until it fails or is closed; from then on, and where there was none, it knows nothing."""

    named: ClassVar[str]  # in warnings

    def __init__(self, connection: sqlite3.Connection | None) -> None:
        self._connection = connection
        self._turn = threading.RLock()  # whoever has the turn may give up

    def _give_up(self, error: Exception, mend: str = "") -> None:
        _log.warning("%s failed (%s); going on without it%s", self.named, error, mend)
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def signed(number: _Number) -> _Number:
    """SQLite counts in signed 64 bits; an inode or a device may have the top bit set: mergerfs
    makes them up by hashing.

    >>> signed(7), signed(2**64 - 1), unsigned(signed(2**64 - 1)) == 2**64 - 1, signed(None)
    (7, -1, True, None)
    """
    return number if number is None or number < _HALF else number - _WHOLE


def unsigned(number: _Number) -> _Number:
    """The number that `signed` made this one of."""
    return number if number is None or number >= 0 else number + _WHOLE
