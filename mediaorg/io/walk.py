"""The walk below folders: what the system lists, looked at once, and no file opened."""

import os
import stat
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from mediaorg.schema import from_path

__all__ = ["Found", "Walk"]

Found: TypeAlias = tuple[os.DirEntry[str], os.stat_result]


class Walk:
    """One walk over all roots. What lies in each folder is told, what was left out counted, what refused kept.

    why: the pattern by which a name is left out, or None. follow: enter linked folders and list linked files.
    found: told of each folder: the root as a cell, the folder relative to it, and what lies in it that is no folder.
    """

    def __init__(
        self,
        why: Callable[[str], str | None],
        found: Callable[[str, str, Sequence[Found]], None],
        *,
        follow: bool,
        stop: threading.Event,
    ) -> None:
        self._why, self._found, self._follow, self._stop = why, found, follow, stop
        self._entered: set[tuple[int, int]] = set()  # one folder is one folder, by whichever link or root it is reached
        self.ignored: Counter[str] = Counter()
        self.errors: list[dict[str, str]] = []

    def run(self, roots: Sequence[Path]) -> None:
        """Walk below `roots`, each folder before those in it, names in their order, until `stop` is set."""
        for root in roots:
            cell = from_path(root)
            folders = [(os.fspath(root), ".")]
            while folders and not self._stop.is_set():
                folder, relative = folders.pop()
                listed = list(self._listed(folder))
                self._found(cell, relative, [found for found in listed if not stat.S_ISDIR(found[1].st_mode)])
                below = [found[0] for found in listed if stat.S_ISDIR(found[1].st_mode)]
                prefix = "" if relative == "." else relative + "/"
                folders.extend((entry.path, prefix + from_path(entry.name)) for entry in reversed(below))

    def _listed(self, folder: str) -> Iterator[Found]:
        try:
            facts = os.stat(folder)  # noqa: PTH116
            if (facts.st_dev, facts.st_ino) in self._entered:
                return
            self._entered.add((facts.st_dev, facts.st_ino))
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self._failed(folder, error)
            return
        for entry in found:
            why = self._why(entry.name) or ("symlink" if entry.is_symlink() and not self._follow else None)
            if why is not None:
                self.ignored[why] += 1
                continue
            try:
                yield entry, entry.stat(follow_symlinks=self._follow)
            except OSError as error:  # a dangling link, or a file that is gone again
                self._failed(entry.path, error)

    def _failed(self, path: str, error: OSError) -> None:
        word = (
            "permission"
            if isinstance(error, PermissionError)
            else "missing"
            if isinstance(error, FileNotFoundError)
            else "io"
        )
        self.errors.append({"path": from_path(path), "error": f"{word}: {error.strerror or error}"})
