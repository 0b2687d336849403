"""What can be wrong with a *run*; what is wrong with a *file* is a value in its row (``probe_error``, ``error``).

Each error says what is wrong and how to mend it, and is also the built-in error that old code already catches.
"""

__all__ = [
    "BadSetting",
    "JournalBusy",
    "JournalError",
    "MediaorgError",
    "MissingColumns",
    "MissingProgram",
    "NestedLoopHarms",
    "NoSuchFile",
    "NoSuchFolder",
    "NotAFolder",
    "NotWritable",
    "RootGone",
    "StoreError",
    "UnknownRun",
]


class MediaorgError(Exception):
    """The root of the tree: ``except mediaorg.errors.MediaorgError`` catches whatever this package raises on purpose."""


class BadSetting(MediaorgError, ValueError):
    """A setting is out of its range, or of the wrong kind; the message names it."""


class MissingColumns(MediaorgError, ValueError):
    """A table lacks columns a stage cannot do without; the message names them and the stage that makes them."""


class NoSuchFile(MediaorgError, FileNotFoundError):
    """A file that was named does not exist."""


class NoSuchFolder(MediaorgError, FileNotFoundError):
    """A folder that was named does not exist."""


class NotAFolder(MediaorgError, NotADirectoryError):
    """A folder was asked for and something else stands there."""


class NotWritable(MediaorgError, PermissionError):
    """A folder that has to be written to refuses it."""


class RootGone(MediaorgError, FileNotFoundError):
    """A source or target root that was there when the plan was made is gone: most often an unmounted disk."""


class MissingProgram(MediaorgError, RuntimeError):
    """A program that was asked for by name is not installed."""


class NestedLoopHarms(MediaorgError, RuntimeError):
    """A patch of asyncio that is known to do harm where it was asked for."""


class JournalError(MediaorgError, RuntimeError):
    """The journal cannot be read or written; nothing is moved without one."""


class JournalBusy(JournalError):
    """Another apply, undo or resume is at work on the same journal."""


class UnknownRun(JournalError, LookupError):
    """The journal holds no run of this id."""


class StoreError(MediaorgError, RuntimeError):
    """The store of corrections cannot be read or written."""
