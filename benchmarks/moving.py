"""Moving: `mo.apply`, which writes down every step and makes it last, beside the bare system call and `cp`."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import mediaorg as mo
from benchmarks.measure import Line, Way, rounds
from mediaorg.schema import PLAN, table

__all__ = ["copying", "other_device", "renaming"]

_FOLDER: Final = 30  # files a folder, as a season has them
_SHARED_MEMORY: Final = Path("/dev/shm")

Pairs = list[tuple[str, str]]  # source, target


def renaming(home: Path, *, n: int, times: int) -> list[Line]:
    """Renames on one device, into new folders; the files go back between the rounds."""
    pairs = _lay(home / "unsorted", home / "library", n, size=100)
    plan = _Fresh(home, pairs, "move", lambda: _put_back(pairs, home / "library"))
    bare = "os.rename and os.makedirs, no journal, no sync"
    return rounds(
        "rename on one device",
        [
            Way(bare, n, lambda: _rename(pairs), before=plan.make),
            Way("mo.apply, journalled, synced", n, plan.apply, before=plan.make),
        ],
        times=times,
        against=bare,
    )


def copying(home: Path, *, n: int, size: int, times: int) -> list[Line]:
    """Copies from another device, `size` bytes each, as many as it has room for; no lines if there is none."""
    other = other_device(home)
    if other is not None:  # shared memory is 64 MiB in many containers
        n = min(n, shutil.disk_usage(other).free // 2 // size)
    if other is None or n == 0:
        return []
    with tempfile.TemporaryDirectory(prefix="mediaorg-bench-", dir=other) as there:
        library = home / "copies"
        pairs = _lay(Path(there), library, n, size=size)
        plan = _Fresh(home, pairs, "copy", lambda: shutil.rmtree(library, ignore_errors=True))
        bare = "cp --preserve=timestamps, then sync, not verified"
        return rounds(
            f"copy from another device, {size / 2**20:g} MiB each",
            [
                Way(bare, n, lambda: _cp(pairs), before=plan.make),
                Way("mo.apply, verified by hash, journalled", n, plan.apply, before=plan.make),
            ],
            times=times,
            against=bare,
        )


def other_device(home: Path) -> Path | None:
    """A folder on another device than `home`, if this machine is known to have one."""
    there = _SHARED_MEMORY
    writable = there.is_dir() and os.access(there, os.W_OK)
    return there if writable and there.stat().st_dev != home.stat().st_dev else None


class _Fresh:
    """The same files in their first places, with a new plan and a new journal for every round."""

    def __init__(self, home: Path, pairs: Pairs, operation: str, undo: Callable[[], object]) -> None:
        self._home, self._pairs, self._operation, self._undo = home, pairs, operation, undo
        self._plan: Any = None

    def make(self) -> None:
        self._undo()
        seen = [Path(source).lstat() for source, _ in self._pairs]
        n = len(self._pairs)
        values = {
            "move_id": [uuid4().hex for _ in range(n)],
            "target_root": [mo.from_path(os.path.commonpath([target for _, target in self._pairs]))] * n,
            "source": [mo.from_path(source) for source, _ in self._pairs],
            "target": [mo.from_path(target) for _, target in self._pairs],
            "operation": [self._operation] * n,
            "status": ["ready"] * n,
            "size": [facts.st_size for facts in seen],
            "mtime_ns": [facts.st_mtime_ns for facts in seen],
            "inode": [facts.st_ino for facts in seen],
            "device": [facts.st_dev for facts in seen],
        }
        self._plan = table(PLAN, values)

    def apply(self) -> None:
        journal = self._home / f"{uuid4().hex}.sqlite"
        receipts = mo.run(mo.apply(self._plan, journal=journal, progress=False))
        assert (receipts["state"] == "done").all(), receipts["error"].value_counts()


def _lay(source: Path, target: Path, n: int, *, size: int) -> Pairs:
    """Write `n` files of `size` random bytes; say where each is to go."""
    pairs = []
    for number in range(n):
        folder, name = f"{number // _FOLDER:04}", f"{number:06}.mkv"
        (source / folder).mkdir(parents=True, exist_ok=True)
        (source / folder / name).write_bytes(os.urandom(size))
        pairs.append((os.fspath(source / folder / name), os.fspath(target / folder / f"Film {name}")))
    return pairs


def _rename(pairs: Pairs) -> None:
    made: set[str] = set()
    for source, target in pairs:
        _make_folder(target, made)
        os.rename(source, target)  # noqa: PTH104  the bare call is what is measured


def _cp(pairs: Pairs) -> None:
    """One `cp` a folder, as a person would; then what was written is made to last."""
    made: set[str] = set()
    by_folder: dict[str, list[str]] = {}
    for source, target in pairs:
        _make_folder(target, made)
        by_folder.setdefault(os.path.dirname(target), []).append(source)  # noqa: PTH120
    for folder, sources in by_folder.items():
        subprocess.run(["cp", "--preserve=timestamps", *sources, folder], check=True)
        copies = [os.path.join(folder, os.path.basename(source)) for source in sources]  # noqa: PTH119
        subprocess.run(["sync", *copies, folder], check=True)


def _make_folder(target: str, made: set[str]) -> None:
    folder = os.path.dirname(target)  # noqa: PTH120
    if folder not in made:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103
        made.add(folder)


def _put_back(pairs: Pairs, library: Path) -> None:
    for source, target in pairs:
        if os.path.lexists(target):
            os.rename(target, source)  # noqa: PTH104
    shutil.rmtree(library, ignore_errors=True)
