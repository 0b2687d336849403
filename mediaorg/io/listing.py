"""What already stands in a library: its folders, each listed once, when a plan first asks for it.

This is the only look at the world that planning takes. Symlinked folders are told, never entered.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from mediaorg.errors import NotAFolder
from mediaorg.schema import from_path, given_path, to_path

__all__ = ["Entry", "Listing", "Numbers", "library_root", "plain_path"]

Numbers: TypeAlias = tuple[int | None, int | None, int | None, int | None]  # of Identity, as far as they are known

_NOTHING: Final[dict[str, list["Entry"]]] = {}


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a folder. `inode` is what the folder says; None for a listing that was given."""

    name: str  # as a cell
    path: str  # as a cell
    kind: str  # file, folder, link or other
    inode: int | None = None


@dataclass(slots=True)
class Listing:
    """The names of folders, under a `key` that twins share (see `rules.collisions`).

    With `given`, those paths are all there is, and the disk is not looked at.

    >>> listing = Listing(str.lower, given=["/lib/Movies/Alien.mkv"])
    >>> [entry.path for entry in listing.at("/lib", "/lib/movies/ALIEN.mkv")[0]]
    ['/lib/Movies/Alien.mkv']
    """

    key: Callable[[str], str]
    given: Iterable[str] | None = None
    _folders: dict[str, dict[str, list[Entry]]] = field(default_factory=dict)
    _twins: dict[tuple[str | None, str], tuple[list[str], str | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.given is not None:
            self.given = [plain_path(cell) for cell in self.given]
            seen: set[str] = set()
            for path in self.given:
                self._enter(path, "file", seen)

    def folder(self, path: str) -> dict[str, list[Entry]]:
        """What lies in a folder: key -> entries; nothing for a folder that is not there or cannot be read."""
        found = self._folders.get(path)
        if found is None:
            found = self._folders[path] = _NOTHING if self.given is not None else self._look(path)
        return found

    def spelled(self, folder: str, name: str) -> str:
        """The name a subfolder of `folder` already has, where it is `name` in another case or Unicode form."""
        names = [entry.name for entry in self.folder(folder).get(self.key(name), ()) if entry.kind == "folder"]
        return name if name in names or not names else min(names)

    def twins(self, root: str, folder: str) -> list[str]:
        """The folders there are that a file system could take for `folder`."""
        return self._like(root, folder)[0]

    def at(self, root: str | None, path: str) -> tuple[list[Entry], str | None]:
        """What stands at `path` or at a twin of it, and why nothing can be put there ("link: …", "file: …"), if so.

        `root` ends the look upwards: what leads to it may be a link. Without a root, only the last folder is looked at.
        """
        folder, _, name = path.rpartition("/")
        folders, problem = self._like(root, folder or "/")
        key = self.key(name)
        return [entry for twin in folders for entry in self.folder(twin).get(key, ())], problem

    def holds(self, root: str) -> bool:
        """Whether the library's root is there."""
        return bool(self._folders.get(root)) if self.given is not None else to_path(root).is_dir()

    def same_file(self, entry: Entry, device: int | None, inode: int | None) -> int | None:
        """How many names the file has, if `entry` is the very file of this identity; else None."""
        if entry.inode is None or inode is None or entry.inode != inode:
            return None
        try:
            found = to_path(entry.path).lstat()
        except OSError:
            return None
        return found.st_nlink if (found.st_dev, found.st_ino) == (device, inode) else None

    def is_made(self, entry: Entry, operation: str, source: str, who: Numbers) -> bool:
        """Whether what stands there is what `operation` would make of the file `source`, whose Identity is `who`.

        A link is known by where it leads, a second name by its inode, and an earlier copy by size and time, which a
        copy keeps.
        """
        size, mtime_ns, inode, device = who
        if operation == "symlink" and entry.kind == "link":
            return self.leads_to(entry) == source
        if self.same_file(entry, device, inode) is not None:
            return True
        if operation != "copy" or size is None or mtime_ns is None or entry.inode is None or entry.kind != "file":
            return False
        try:
            found = to_path(entry.path).lstat()
        except OSError:
            return False
        return found.st_size == size and _kept(mtime_ns, found.st_mtime_ns)

    def leads_to(self, entry: Entry) -> str | None:
        """Where a link points, as a cell."""
        try:
            return from_path(to_path(entry.path).readlink())
        except OSError:
            return None

    def _like(self, root: str | None, folder: str) -> tuple[list[str], str | None]:
        if root is None or folder == root or len(folder) < len(root):
            return [folder], None
        found = self._twins.get((root, folder))
        if found is None:
            parent, _, name = folder.rpartition("/")
            parents, problem = self._like(root, parent or "/")
            entries = [entry for twin in parents for entry in self.folder(twin).get(self.key(name), ())]
            for entry in entries:
                if entry.kind != "folder" and problem is None:
                    problem = "link" if entry.kind == "link" else "file"
                    problem = f"{problem}: {entry.path} is no folder"
            found = self._twins[(root, folder)] = [entry.path for entry in entries if entry.kind == "folder"], problem
        return found

    def _look(self, path: str) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        try:
            with os.scandir(to_path(path)) as entries:
                for entry in entries:
                    name = from_path(entry.name)
                    if entry.is_symlink():
                        kind = "link"
                    elif entry.is_dir(follow_symlinks=False):
                        kind = "folder"
                    else:
                        kind = "file" if entry.is_file(follow_symlinks=False) else "other"
                    found.setdefault(self.key(name), []).append(
                        Entry(name, f"{path.rstrip('/')}/{name}", kind, entry.inode())
                    )
        except OSError:  # not there, or not ours to read: apply, which replaces nothing, will say so
            return _NOTHING
        return found

    def _enter(self, path: str, kind: str, seen: set[str]) -> None:
        while path and path not in seen:
            seen.add(path)
            folder, _, name = path.rpartition("/")
            self._folders.setdefault(folder or "/", {}).setdefault(self.key(name), []).append(Entry(name, path, kind))
            path, kind = folder, "folder"


def plain_path(cell: str | os.PathLike[str]) -> str:
    """A path cell made absolute, without ``.``, ``..`` and doubled separators, links not followed.

    >>> plain_path("/films//a/../b.mkv")
    '/films/b.mkv'
    """
    if (
        isinstance(cell, str)
        and cell.startswith("/")
        and "//" not in cell
        and "/." not in cell
        and not cell.endswith("/")
    ):
        return cell
    return from_path(os.path.abspath(to_path(cell)))  # noqa: PTH100 (Path.absolute keeps "..")


_STEPS: Final = (2 * 10**9, 10**9, 10**7, 100)  # ns; in which FAT, HFS+ and ext3, exFAT, NTFS and SMB count time


def _kept(mtime_ns: int, there: int) -> bool:
    """Whether `there` is what a file system that counts in such steps made of `mtime_ns`.

    >>> _kept(1_700_000_001_234_567_890, 1_700_000_000_000_000_000)
    True
    >>> _kept(1_700_000_001_234_567_890, 1_700_000_001_234_567_880)
    False
    """
    step = next((step for step in _STEPS if there % step == 0), 1)
    return abs(mtime_ns - there) < step


def library_root(target: str | os.PathLike[str]) -> str:
    """The library's root as a cell: ``~`` expanded, absolute, links kept as the user wrote them.

    Raises NotAFolder where something else stands there, or on the way there, and BadSetting for what is no path.
    """
    root = Path(os.path.abspath(given_path(target, "the target")))  # noqa: PTH100
    for path in (root, *root.parents):
        if path.is_dir():
            break
        if path.exists() or path.is_symlink():
            raise NotAFolder(f"the target must be a folder; {path} is none")
    return from_path(root)
