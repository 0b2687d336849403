"""The one door to renaming, linking, copying, making folders and flushing: nothing here ever replaces a file.

Paths are str as the system gives them, undecodable bytes as surrogates. What goes wrong is the OSError it is.
"""

# The system's own calls, by name: pathlib would hide which of them replace and which refuse.
# ruff: noqa: PTH101, PTH102, PTH104, PTH106, PTH108, PTH112, PTH115, PTH116, PTH120, PTH208, PTH211

import ctypes
import errno
import functools
import logging
import os
import platform
import shutil
import signal
import stat
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, Protocol, TypeAlias

import xxhash

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

from mediaorg.io.container import identity
from mediaorg.records import Identity
from mediaorg.schema import from_path

__all__ = [
    "HASH",
    "LADDER",
    "Copied",
    "CopyDiffers",
    "Errand",
    "NeedsHolder",
    "Renamer",
    "Stop",
    "Stopped",
    "Verify",
    "copy",
    "copy_together",
    "count_files",
    "device",
    "device_kind",
    "device_name",
    "difference",
    "file_system",
    "flush_folders",
    "forget_pages",
    "free_bytes",
    "hash_file",
    "hasher",
    "identity",
    "is_being_written",
    "is_empty_file",
    "is_rotational",
    "is_same_name",
    "leads_to",
    "link",
    "look",
    "machine",
    "make_folder",
    "may_write",
    "names",
    "nearest",
    "real_folder",
    "remove",
    "remove_folder",
    "symlink",
    "syncs_as_one",
    "there",
]

_log: Final = logging.getLogger("mediaorg")

Verify: TypeAlias = Literal["hash", "size"]
HASH: Final = "xxh3_128"  # tells a bad copy from a good one at a tenth of the copy's cost; it is no seal against malice
_NETWORK: Final = ("nfs", "cifs", "smb", "9p", "ceph", "afs", "glusterfs")  # as mounts call them
_NOBODY: Final = Identity(0, 0, 0, 0)
_PIECE: Final = 1 << 20  # byte
_FEW_FOLDERS: Final = 3  # above this, one syncfs is cheaper than an fsync for each


# ---- looking ---------------------------------------------------------------------------------------------------


def look(path: str) -> os.stat_result | None:
    """What lies at `path` itself (a link is not followed), or None where there is nothing."""
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def there(path: str) -> Identity:
    """The identity of what lies at `path` itself. Raises OSError where there is nothing."""
    return identity(os.lstat(path))


def leads_to(path: str) -> str:
    """Where the link at `path` points."""
    return os.readlink(path)


def is_same_name(one: str, other: str) -> bool:
    """Whether two paths are one entry of one folder, reached by a link or a mount; case may not count there."""
    folders = [os.stat(os.path.dirname(path)) for path in (one, other)]
    same = os.path.split(one)[1].casefold() == os.path.split(other)[1].casefold()
    return same and os.path.samestat(*folders)


def is_empty_file(seen: os.stat_result | None) -> bool:
    """Whether there is a regular file with nothing in it."""
    return seen is not None and stat.S_ISREG(seen.st_mode) and seen.st_size == 0


def difference(
    now: Identity, *, size: int | None, mtime_ns: int | None, inode: int | None, device: int | None
) -> str | None:
    """Say how `now` differs from what is known, or None; what is not known (None) is not compared.

    >>> difference(Identity(12, 0, 7, 1), size=10, mtime_ns=None, inode=7, device=1)
    'changed: size 10 → 12 bytes'
    """
    if size is not None and size != now.size:
        return f"changed: size {size} → {now.size} bytes"
    if mtime_ns is not None and mtime_ns != now.mtime_ns:
        return f"changed: modified {mtime_ns} → {now.mtime_ns} (ns since 1970)"
    if device is not None and device != now.device:
        return f"changed: device {device} → {now.device}"
    if inode is not None and inode != now.inode:
        return f"changed: another file under this name (inode {inode} → {now.inode})"
    return None


def is_being_written(path: str) -> bool:
    """Whether anybody has the file at `path` open for writing, as far as the system tells: Linux, by a lease.

    A read lease is refused while there is a writer. It is given back at once; whoever opens the file in between
    waits for that, and the signal which tells us of him is one that nobody listens to.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return False  # the deed itself will say why
    try:
        fcntl.fcntl(descriptor, _F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:  # EACCES: somebody else's file; EINVAL: a share that knows no leases
        return error.errno == errno.EAGAIN
    finally:
        os.close(descriptor)
    return False


_F_SETSIG: Final = 10  # fcntl.h of Linux


@functools.lru_cache(maxsize=64)
def is_rotational(device: int) -> bool:
    """Whether the disk of this number turns, as far as the system tells: Linux, for what is a disk of its own."""
    block = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}") if hasattr(os, "major") else None
    for folder in (block, block / "..") if block is not None else ():
        with suppress(OSError):
            return (folder / "queue" / "rotational").read_text(encoding="ascii").strip() == "1"
    return False


def device_kind(device: int) -> str:
    """What lies under a device number: network, memory, disk (it turns), ssd, or unknown."""
    kind, _ = _mounts().get(_numbers_of(device), ("", ""))
    if kind.startswith((*_NETWORK, "fuse.sshfs", "fuse.rclone")):
        return "network"
    if kind in ("tmpfs", "ramfs"):
        return "memory"
    block = Path(f"/sys/dev/block/{_numbers_of(device)}")
    if block.exists() and is_rotational(device):
        return "disk"
    return "ssd" if block.exists() else kind or "unknown"


def device_name(device: int) -> str:
    """What a device is called beyond the next start of the machine: its UUID, or what is mounted; else its number."""
    kind, source = _mounts().get(_numbers_of(device), ("", ""))
    return _uuids().get(device) or (f"{kind} {source}" if kind else str(device))


def _numbers_of(device: int) -> str:
    with suppress(OverflowError, ValueError, AttributeError):  # a number no disk has, or a system without such
        return f"{os.major(device)}:{os.minor(device)}"
    return str(device)


def _mounts() -> dict[str, tuple[str, str]]:
    """Of each mounted device, as "8:1": the type of its file system, and what is mounted."""
    found = {}
    with suppress(OSError):
        for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            mount, _, rest = line.partition(" - ")
            found[mount.split()[2]] = (rest.split()[0], rest.split()[1])
    return found


def forget_pages(paths: Iterable[str]) -> None:
    """Ask the system to drop what it holds of these files, where it can be asked; nothing is lost by it."""
    if not hasattr(os, "posix_fadvise"):
        return
    for path in paths:
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # a FIFO is not waited for
            try:
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)


def may_write(folder: str) -> bool:
    """Whether names may be made and taken away in `folder`, by the user this process acts as."""
    return os.access(folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids)


def names(folder: str) -> list[str]:
    """The names in `folder`, exactly as they are stored there."""
    return os.listdir(folder)


def count_files(folder: str) -> int:
    """How many files lie below `folder`."""
    return sum(len(names) for _, _, names in os.walk(folder))


def device(path: str) -> int | None:
    """The number of the file system that `path`, or what it leads to, lies on; None where there is nothing."""
    try:
        return os.stat(path).st_dev
    except (FileNotFoundError, NotADirectoryError):
        return None


def nearest(path: str) -> str:
    """`path`, or else its deepest parent that is there; "/" or "" has none."""
    while look(path) is None and path != os.path.dirname(path):
        path = os.path.dirname(path)
    return path


def real_folder(folder: str) -> str:
    """`folder` with every link in it followed; parts that are not there yet stay as they are."""
    return os.path.realpath(folder)


def free_bytes(folder: str) -> int:
    """How much may still be written on the file system of `folder` [byte]."""
    return shutil.disk_usage(folder).free


def file_system(path: str) -> str | None:
    """Name the file system under `path` so that the name outlives a reboot, or None.

    Device numbers do not: they follow the order in which disks were found. The UUID is the disk's own; file systems
    of several disks (btrfs), or of none (a share), have no device node, and answer with statvfs' `f_fsid`.
    """
    try:
        device = os.stat(path).st_dev
        return _uuids().get(device) or f"fsid:{os.statvfs(path).f_fsid & 0xFFFFFFFFFFFFFFFF:x}"
    except (OSError, AttributeError):
        return None


def _uuids() -> dict[int, str]:
    found = {}
    with suppress(OSError):
        for link_ in Path("/dev/disk/by-uuid").iterdir():
            with suppress(OSError):
                found[link_.stat().st_rdev] = f"uuid:{link_.name}"
    return found


@functools.cache
def machine() -> str:
    """What tells this machine from another; the same after a reboot."""
    for file in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        with suppress(OSError):
            if found := Path(file).read_text(encoding="ascii").strip():
                return found
    return platform.node()


# ---- names: given, never taken ---------------------------------------------------------------------------------


class NeedsHolder(Exception):
    """This file system can rename without replacing only over a place-holder; note it in the journal, then ask again."""


class Renamer:
    """Rename without ever replacing, by the best way each file system knows.

    The ladder: one call that does it (renameat2 NOREPLACE, renamex_np EXCL, Windows' rename) → a link, then the old
    name unlinked → an empty place-holder made with O_EXCL, then a rename over it. The first rename is its own probe:
    to a free name the call is done or refused as unknown, and the next rung is taken; to a taken name every rung says
    FileExistsError, which is the truth. A device's rung is remembered once it has worked there: vfat says EINVAL both
    of a way it does not know and of a name it does not allow.
    """

    def __init__(self, ladder: "Sequence[Callable[[str, str], None]] | None" = None) -> None:
        self._ladder = LADDER if ladder is None else ladder  # above the place-holder, which every system knows
        self._rung: dict[int, int] = {}

    def holds(self, device: int) -> bool:
        """Whether `device` is known to need place-holders, so that they can be noted beforehand."""
        return self._rung.get(device, 0) == len(self._ladder)

    def rename(self, source: str, target: str, *, device: int, noted: bool = False) -> None:
        """Give the file at `source` the name `target`.

        noted: a place-holder at `target` stands in the journal, so one may be made.
        Raises FileExistsError, NeedsHolder (nothing was done), or the OSError of the rename; the source then stands.
        """
        rung = self._rung.get(device, 0)
        while rung < len(self._ladder):
            try:
                self._ladder[rung](source, target)
            except _NotHere:
                rung += 1
                continue
            except FileExistsError:
                self._rung[device] = rung
                raise
            self._rung[device] = rung
            return
        if not noted:
            raise NeedsHolder
        _rename_over_holder(source, target)
        self._rung[device] = rung


class _NotHere(Exception):
    """This file system does not know this way; nothing was done."""


def _exclusively(source: str, target: str) -> None:
    if _kernel_rename is None:
        raise _NotHere
    try:
        _kernel_rename(source, target)
    except OSError as error:
        raise _NotHere if error.errno in _UNKNOWN_FLAG else error from None


def _link_and_unlink(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError as error:
        raise _NotHere if error.errno in _NO_LINKS else error from None
    try:
        os.unlink(source)
    except OSError:
        os.unlink(target)  # ours, made a line ago; else the file would have two names for ever
        raise


def _rename_over_holder(source: str, target: str) -> None:
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        ours = os.fstat(descriptor).st_ino
    finally:
        os.close(descriptor)
    found = look(target)
    if not is_empty_file(found) or found is None or found.st_ino != ours:
        raise FileExistsError(errno.EEXIST, "taken while a place-holder was made", target)
    try:
        os.rename(source, target)  # over our own empty file, the only rename here that may find anything
    except OSError:
        if is_empty_file(look(target)):
            os.unlink(target)
        raise


_UNKNOWN_FLAG: Final = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
_NO_LINKS: Final = {errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK}
LADDER: Final = (_exclusively, _link_and_unlink)

_AT_FDCWD: Final = -100
_NOREPLACE: Final = 1  # linux/fs.h
_EXCL: Final = 4  # sys/stdio.h of macOS
_RENAMEAT2: Final = {  # asm/unistd.h
    "x86_64": 316, "aarch64": 276, "riscv64": 276, "armv7l": 382, "i686": 353, "ppc64le": 357, "s390x": 347,
}  # fmt: skip


def _libc() -> Any:
    return None if sys.platform == "win32" else ctypes.CDLL(None, use_errno=True)


def _find_kernel_rename() -> Callable[[str, str], None] | None:
    libc = _libc()
    if libc is None:
        return os.rename  # Windows refuses an existing target
    if hasattr(libc, "renamex_np"):
        return lambda source, target: _called(libc.renamex_np, source, target, _EXCL)
    if hasattr(libc, "renameat2"):
        call = libc.renameat2
        call.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
        return lambda source, target: _called_at(call, source, target)
    number = _RENAMEAT2.get(platform.machine())
    if number is None or not sys.platform.startswith("linux"):
        return None
    return lambda source, target: _called_at(functools.partial(libc.syscall, number), source, target)


def _called(call: Any, source: str, target: str, flag: int) -> None:
    if call(os.fsencode(source), os.fsencode(target), flag) != 0:
        _raise(source, target)


def _called_at(call: Any, source: str, target: str) -> None:
    if call(_AT_FDCWD, os.fsencode(source), _AT_FDCWD, os.fsencode(target), _NOREPLACE) != 0:
        _raise(source, target)


def _raise(source: str, target: str) -> None:
    number = ctypes.get_errno()
    raise OSError(number, os.strerror(number), source, None, target)


_kernel_rename: Final = _find_kernel_rename()


def link(source: str, target: str) -> None:
    """Give the file at `source` a second name; FileExistsError if it is taken."""
    os.link(source, target)


def symlink(source: str, target: str) -> None:
    """Make `target` point to `source`; FileExistsError if the name is taken."""
    os.symlink(source, target)


def remove(path: str) -> None:
    """Take the name `path` away; the caller has made sure that it is ours, or stands elsewhere too."""
    os.unlink(path)


# ---- folders ---------------------------------------------------------------------------------------------------


def make_folder(folder: str) -> bool:
    """Make `folder`; False if it was there. FileExistsError if something else has the name."""
    try:
        os.mkdir(folder)
    except FileExistsError:
        if not os.path.isdir(folder):
            raise
        return False
    return True


def remove_folder(folder: str) -> bool:
    """Remove `folder` if it is empty; whether it is gone."""
    try:
        os.rmdir(folder)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def flush_folders(folders: Iterable[str]) -> None:
    """Make the names in `folders` last through a power cut; a folder that is gone needs nothing."""
    there = sorted(set(folders))
    if len(there) <= _FEW_FOLDERS:
        for folder in there:
            _on_folder(folder, _flush)
        return
    by_device: dict[int, list[str]] = {}
    for folder in there:
        if (number := device(folder)) is not None:
            by_device.setdefault(number, []).append(folder)
    for of_one in by_device.values():
        if _syncfs is not None and syncs_as_one(of_one[0]):
            _on_folder(of_one[0], _syncfs)
        else:
            for folder in of_one:
                _on_folder(folder, _flush)


def syncs_as_one(folder: str) -> bool:
    """Whether one flush of the whole file system makes last what was written to it.

    Of FUSE (ntfs-3g, exFAT, mergerfs, sshfs) and of shares the kernel then hands over what it holds, and nobody tells the
    driver or the server to put it on the disk: only a flush of each file does that.
    """
    kind, _ = _mounts().get(_numbers_of(os.stat(folder).st_dev), ("", ""))
    return _syncfs is not None and not kind.startswith(("fuse", *_NETWORK))


def _on_folder(folder: str, call: Callable[[int], None]) -> None:
    if sys.platform == "win32":  # has no descriptor of a folder; NTFS journals its names itself
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return
    except PermissionError:  # it may be written to, but not be read: flush all of its disk, by a folder that may be
        above = os.path.dirname(folder)
        if _syncfs is None or above == folder or os.stat(above).st_dev != os.stat(folder).st_dev:
            raise
        return _on_folder(above, _syncfs)
    try:
        call(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some shares cannot flush a folder
            raise
    finally:
        os.close(descriptor)


def _flush(descriptor: int) -> None:
    """Force a descriptor to the platter; macOS' fsync stops at the drive's cache."""
    if sys.platform == "darwin":
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def _find_syncfs() -> Callable[[int], None] | None:
    libc = _libc()
    if libc is None or not hasattr(libc, "syncfs"):
        return None

    def syncfs(descriptor: int) -> None:
        if libc.syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    return syncfs


_syncfs: Final = _find_syncfs()


# ---- copying ---------------------------------------------------------------------------------------------------


class Stopped(Exception):
    """The copy was given up between two pieces, and its temporary taken away."""


class CopyDiffers(OSError):
    """What was read back is not what was written, twice."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One file to be copied. `mtime_ns` is the time the copy is to have [ns since 1970]; None is its source's."""

    source: str
    temporary: str
    mtime_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy came to."""

    hash: str  # xxh3_128, hex
    size: int  # byte
    identity: Identity = _NOBODY  # of the copy


class Stop(Protocol):
    """What says that a copy is to be given up: a threading.Event, or the like."""

    def is_set(self) -> bool:
        """Whether it is."""


_Told: TypeAlias = Callable[[int], object]


def copy(source: str, temporary: str, *, verify: Verify, stop: Stop, told: _Told | None = None) -> Copied:
    """Copy one file: see `copy_together`. What goes wrong is raised: OSError, CopyDiffers, Stopped."""
    (result,) = copy_together([Errand(source, temporary)], verify=verify, stop=stop, told=told)
    if isinstance(result, Exception):
        raise result
    return result


def copy_together(
    errands: Sequence[Errand], *, verify: Verify, stop: Stop, told: _Told | None = None
) -> list[Copied | OSError | Stopped]:
    """Copy each source into its new file, `temporary`: written, flushed, and looked at again. One answer an errand.

    The files are written first and flushed together, since a flush costs what many files do; then each is looked at.
    verify: "hash" reads the copies back from the disk and compares; "size" compares lengths only. Mode, times and
    extended attributes come along, the owner where the system lets it. told: called with the bytes of each piece.
    Where something goes wrong, `temporary` is taken away again, unless it was there before (FileExistsError). A medium's
    error, or a copy that differs, is tried once more, alone. After one that finds its disk full no other is tried. When
    `stop` is set, what is not written yet is Stopped.
    """
    if len(errands) == 1:
        return [_copied_alone(errands[0], verify, stop, told)]
    written: list[Copied | OSError | Stopped] = []
    for each in errands:
        full = written and isinstance(written[-1], OSError) and written[-1].errno in (errno.ENOSPC, errno.EDQUOT)
        written.append(written[-1] if full else _caught(functools.partial(_write, each, stop, told)))
    there = [at for at, one in enumerate(written) if isinstance(one, Copied)]
    try:
        _flush_together([errands[at].temporary for at in there])
    except OSError as error:
        for at in there:
            _take_away(errands[at].temporary)
            written[at] = error
    return [_seen_to(errand, one, verify, stop, told) for errand, one in zip(errands, written, strict=True)]


def _seen_to(
    errand: Errand, written: Copied | OSError | Stopped, verify: Verify, stop: Stop, told: _Told | None
) -> Copied | OSError | Stopped:
    """A file that was written and flushed with others, looked at; or copied again, if that may help."""
    if isinstance(written, Copied):
        found = _caught(functools.partial(_looked_at, errand, written, verify, stop))
        if isinstance(found, Copied):
            return found
        _take_away(errand.temporary)
        written = found
    return _copied_alone(errand, verify, stop, told) if _may_help_again(written) else written


def _copied_alone(errand: Errand, verify: Verify, stop: Stop, told: _Told | None) -> Copied | OSError | Stopped:
    found = _caught(lambda: _copy_once(errand, verify, stop, told))
    # After EIO a second fsync of the same descriptor would say ok, untruly: it is written anew.
    return _caught(lambda: _copy_once(errand, verify, stop, told)) if _may_help_again(found) else found


def _may_help_again(found: Copied | OSError | Stopped) -> bool:
    return isinstance(found, CopyDiffers) or (isinstance(found, OSError) and found.errno == errno.EIO)


def _caught(do: Callable[[], Copied]) -> Copied | OSError | Stopped:
    try:
        return do()
    except (OSError, Stopped) as error:
        return error


def _copy_once(errand: Errand, verify: Verify, stop: Stop, told: _Told | None) -> Copied:
    written = _write(errand, stop, told)
    try:
        _flush_together([errand.temporary])
        return _looked_at(errand, written, verify, stop)
    except BaseException:
        _take_away(errand.temporary)
        raise


def _write(errand: Errand, stop: Stop, told: _Told | None) -> Copied:
    """Write the copy, not flushed yet."""
    into = os.open(errand.temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        try:
            copied = _pour(errand.source, into, stop, told)
            _carry_attributes(errand)
        finally:
            os.close(into)
    except BaseException:
        _take_away(errand.temporary)
        raise
    return copied


def _flush_together(paths: Sequence[str]) -> None:
    """Make the content of new files last: one by one, or the whole of their disk where they are many."""
    if len(paths) > 1 and _syncfs is not None and syncs_as_one(folder := os.path.dirname(paths[0])):
        _on_folder(folder, _syncfs)
        return
    for path in paths:
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
        try:
            _flush(descriptor)
        finally:
            os.close(descriptor)


def _take_away(temporary: str) -> None:
    with suppress(OSError):  # what went wrong first is what is told
        os.unlink(temporary)


def _pour(source: str, into: int, stop: Stop, told: _Told | None) -> Copied:
    digest, size = xxhash.xxh3_128(), 0
    piece = memoryview(bytearray(_PIECE))
    with open(_opened(source), "rb", buffering=0) as out_of:
        while count := out_of.readinto(piece):
            _give_way(stop)
            digest.update(piece[:count])
            _write_all(into, piece[:count])
            size += count
            if told is not None:
                told(count)
    return Copied(digest.hexdigest(), size)


def _opened(path: str) -> int:
    """A descriptor to read the regular file at `path`. Raises OSError for anything else: a FIFO would be waited for."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no regular file", path)
    return descriptor


def _write_all(into: int, piece: memoryview) -> None:
    while piece:
        piece = piece[os.write(into, piece) :]


def _looked_at(errand: Errand, copied: Copied, verify: Verify, stop: Stop) -> Copied:
    descriptor = _opened(errand.temporary)
    try:
        seen = os.fstat(descriptor)
        if seen.st_size != copied.size:
            raise CopyDiffers(errno.EIO, "the copy has another length")
        if verify == "hash" and _hash(descriptor, stop) != copied.hash:
            raise CopyDiffers(errno.EIO, "the copy reads back differently")
    finally:
        os.close(descriptor)
    return replace(copied, identity=identity(seen))


def _hash(descriptor: int, stop: Stop) -> str:
    if hasattr(os, "posix_fadvise"):  # else the page cache, not the disk, would answer
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    digest, at = xxhash.xxh3_128(), 0
    while piece := os.pread(descriptor, _PIECE, at):
        _give_way(stop)
        digest.update(piece)
        at += len(piece)
    return digest.hexdigest()


def _give_way(stop: Stop) -> None:
    if stop.is_set():
        raise Stopped


def _carry_attributes(errand: Errand) -> None:
    """Owner, extended attributes, mode, times. A file system that cannot hold one of them still holds the film."""
    source, temporary, seen = errand.source, errand.temporary, os.lstat(errand.source)
    if hasattr(os, "chown"):
        with suppress(OSError):  # only root may give files away
            os.chown(temporary, seen.st_uid, seen.st_gid)
    lost = [
        name
        for name in _attributes(source)
        if not _set(functools.partial(_carry_attribute, name, source, temporary))
        and name.startswith("user.")  # what the system set there is the system's own
    ]
    times = (seen.st_atime_ns, seen.st_mtime_ns if errand.mtime_ns is None else errand.mtime_ns)
    lost += [] if _set(lambda: os.chmod(temporary, stat.S_IMODE(seen.st_mode))) else ["mode"]
    lost += [] if _set(lambda: os.utime(temporary, ns=times)) else ["times"]
    if lost:
        _log.warning("%s: its new file system does not hold %s", from_path(source), ", ".join(lost))


def _carry_attribute(name: str, source: str, temporary: str) -> None:
    os.setxattr(temporary, name, os.getxattr(source, name))


def _set(call: Callable[[], object]) -> bool:
    """Whether an attribute could be set, at the second try at the latest: shares are busy now and then."""
    for _ in range(2):
        with suppress(OSError):
            call()
            return True
    return False


def _attributes(path: str) -> list[str]:
    if not hasattr(os, "listxattr"):
        return []
    try:
        return os.listxattr(path, follow_symlinks=False)
    except OSError:
        return []


def hasher() -> Any:
    """A fresh HASH, for content that is read elsewhere: ``update`` it piece by piece; ``hexdigest`` is the hash."""
    return xxhash.xxh3_128()


def hash_file(path: str, *, stop: Stop | None = None) -> str:
    """xxh3_128 of the content of a regular file, in hex. Raises OSError, and Stopped if `stop` is set meanwhile."""
    descriptor = _opened(path)
    try:
        return _hash(descriptor, stop or threading.Event())
    finally:
        os.close(descriptor)
