"""One picture of one film. Run as a program it is a worker that never loads pandas, for hostile bytes may end it.

A worker is told once how to look (the fields of `How`), then answers batches of paths, a line of JSON for each path.
"""

import base64
import json
import os
import sys
import time
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, Protocol

from mediaorg.io.container import Unreadable, opened
from mediaorg.records import IDENTITY

__all__ = ["SNAP_WORKER", "How", "main", "snap"]

SNAP_WORKER: Final = __name__
_numbers: Final = attrgetter(*IDENTITY)


@dataclass(frozen=True, slots=True)
class How:
    """What picture is wanted: how long at most [px], of which part of the film (0 to 1), and within how long [s]."""

    pixels: int
    at: float
    seconds: float


class Libav(Protocol):
    """What a snap asks of libav; the module `io.libav` is one."""

    def picture(self, path: str, seconds: float, *, pixels: int, at: float) -> bytes: ...


def snap(path: str, how: How, libav: Libav) -> list[Any]:
    """Take a picture of the film of `path` (as the system gives it), in plain values.

    They are the JPEG in base64, what is wrong, and the fields of Identity; each None where there is none.
    """
    who, began = None, time.monotonic()
    try:
        with opened(path) as file:  # never a pipe, a device, or nothing
            who = list(_numbers(file.identity))
        jpeg = libav.picture(path, how.seconds, pixels=how.pixels, at=how.at)
    except Unreadable as error:
        late = who is not None and time.monotonic() - began >= how.seconds  # libav then says anything but that
        return [None, f"timeout: {how.seconds:g} s" if late else str(error), who]
    return [base64.b64encode(jpeg).decode("ascii"), None, who]


def main() -> None:
    """Answer batches of paths, one a line, until the pipe is closed."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not land among the answers
    batches = map(json.loads, sys.stdin.buffer)
    [settings] = next(batches)
    how = How(**settings)
    answers.write(b"{}\n")
    answers.flush()
    from mediaorg.io import libav

    for batch in batches:
        for path in batch:
            answers.write(json.dumps(snap(path, how, libav)).encode() + b"\n")
            answers.flush()
    os._exit(0)  # libav takes its time to leave, and has nothing to put away


if __name__ == "__main__":
    main()
