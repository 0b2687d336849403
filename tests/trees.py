"""What a folder holds, to be compared before and after; and children that can be interrupted."""

import hashlib
import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def tree(folder: Path, *, folders: bool = True) -> dict[str, tuple]:
    """Every file with its bytes, mtime and mode, every folder by its name."""
    held: dict[str, tuple] = {}
    for top, below, names in os.walk(folder):
        for name in names:
            path = os.path.join(top, name)
            facts = os.lstat(path)
            data = Path(path).read_bytes() if stat.S_ISREG(facts.st_mode) else b""
            held[os.path.relpath(path, folder)] = (hashlib.sha256(data).hexdigest(), facts.st_mtime_ns, facts.st_mode)
        if folders:
            held |= {os.path.relpath(os.path.join(top, name), folder) + "/": () for name in below}
    return held


@contextmanager
def interruptible(command: list[str], **pipes: int) -> Iterator[subprocess.Popen[str]]:
    """A child that Ctrl-C reaches, also where these tests run in the background, and that is gone in the end."""
    child = subprocess.Popen(
        command, text=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler), **pipes
    )
    with child:
        try:
            yield child
        finally:
            child.kill()
