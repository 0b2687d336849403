"""On what was measured, so that whoever reads a table knows how far it holds."""

import os
import platform
import re
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from benchmarks.moving import other_device

__all__ = ["machine"]


def machine(home: Path) -> dict[str, Any]:
    """Plain facts, in words; `home` is where the files are laid."""
    import av

    other = other_device(home)
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "measured": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "cores": f"{usable} of {os.cpu_count()}, load {os.getloadavg()[0]:.1f} when it began",
        "memory": f"{psutil.virtual_memory().total / 1e9:.0f} GB",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "files on": _file_system(home) + (f", copies from {_file_system(other)}" if other else "; no other device"),
        "python": platform.python_version(),
        "packages": ", ".join(f"{name} {version(name)}" for name in ("mediaorg", "pandas", "guessit", "av")),
        "libav": "libavformat " + ".".join(map(str, av.library_versions["libavformat"])),
        "ffprobe": _ffprobe(),
        "cached": "page cache warm: files were just written, and a first round is not counted; no probe answers kept "
        "but where it says so",
    }


def _ffprobe() -> str:
    program = shutil.which("ffprobe")
    if program is None:
        return "not installed"
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"version (\S+)", said)
    return found[1] if found else "unknown"


def _file_system(folder: Path) -> str:
    """The kind of file system `folder` lies on: the mount nearest above it."""
    mounts = {Path(part.mountpoint): part.fstype for part in psutil.disk_partitions(all=True)}
    return next((mounts[above] for above in (folder, *folder.parents) if above in mounts), "unknown")
