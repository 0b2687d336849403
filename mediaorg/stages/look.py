"""One look at one file: its own header first, then libav. Run as a program it is a worker that never loads pandas.

A worker is told once how to look (the fields of `How`), then answers batches of paths, a line of JSON for each path.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, BinaryIO, Final, NamedTuple, Protocol

from mediaorg.io.container import Opened, Unreadable, opened
from mediaorg.records import IDENTITY, Identity, Probe
from mediaorg.rules.headers import Sides, read_header, unwritten
from mediaorg.rules.probe_row import probe_row

__all__ = ["FIELDS", "LIBAV_WORKER", "How", "Seen", "look", "main", "refused", "signed"]

FIELDS: Final = Probe._fields
LIBAV_WORKER: Final = __name__
_PASSING: Final = {"timeout", "crashed", "permission", "missing", "io"}  # may be gone the next time: not kept

_ASK_THE_NEXT: Final = {"not_video", "crashed"}
_BEAT: Final = 0.02  # s between two writes of answers, so that a header costs no system call of its own
_TAIL: Final = 4096  # byte
_MOST_ZEROS: Final = 1 << 21  # byte; so many in a row are no sound of any kind
_SOUGHT: Final = 5_000_000  # byte; what libav reads to know the streams: on a hole there it would spend its deadline
_BREATH: Final = 0.5  # s between two signs of life while a whole film is read

_numbers: Final[Callable[[Identity], tuple[int, int, int, int]]] = attrgetter(*IDENTITY)


@dataclass(frozen=True, slots=True)
class How:
    """How to look: by whom, for how long [s], and how deep."""

    header: bool = True
    libav: bool = True
    seconds: float = 30
    integrity: str = "quick"

    @property
    def shallow(self) -> bool:
        """Whether a header may be all that is looked at."""
        return self.header and self.integrity == "quick"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look found: the row, and who the file was, if its answer may be kept."""

    probe: Probe
    identity: Identity | None = None
    cut: str | None = None  # "truncated: …", for whoever is asked next
    done: bool = True  # nobody else need be asked

    def plain(self) -> list[Any]:
        """As JSON can hold it: [the fields of Probe, those of Identity or None, cut, done]."""
        who = None if self.identity is None else _numbers(self.identity)
        return [list(self.probe), who, self.cut, self.done]


class Libav(Protocol):
    """What a look asks of libav; the module `io.libav` is one."""

    def ask(self, path: str, seconds: float) -> dict[str, Any]: ...

    def damage(self, path: str, *, decode: bool, alive: Callable[[], None] = ...) -> str | None: ...

    def version(self) -> str: ...


def look(path: str, how: How, libav: Libav | None = None) -> Seen:
    """Look at the file of `path` (as the system gives it): its header, then `libav`, within ``how.seconds``.

    The clock is looked at here as well: a deadline that strikes inside libav's search for streams makes it give half
    an answer as if whole, and one that strikes elsewhere makes it refuse the file.
    """
    began = time.monotonic()
    who = by = gap = None
    try:
        with opened(path) as file:
            who, header = file.identity, read_header(file.read, file.identity.size, for_libav=not how.header)
            gap = None if header.cut else _gap(file, header.media_last)
        cut = header.cut or (gap and gap.said)
        probe, by = header.probe if how.header else None, "header"
        if probe is None and gap is not None and gap.begin < _SOUGHT:
            return refused(gap.said, who, by)
        if probe is None and libav is not None:
            by = libav.version()
            probe = probe_row(_with_sides(libav.ask(path, how.seconds), header.sides))
        if probe is None:
            return Seen(Probe(), who, cut, done=False)
        if late := _too_late(began, how):
            return refused(late if gap is None else gap.said, who, by)
        if how.integrity != "quick" and libav is not None:
            cut = cut or libav.damage(path, decode=how.integrity == "full")
    except Unreadable as error:
        late = None if by is None else _too_late(began, how)  # libav was asked
        return refused((gap and gap.said) or late or str(error), error.identity or who, by)
    return signed(probe, who, cut, by, time.monotonic() - began)


def _too_late(began: float, how: How) -> str | None:
    return f"timeout: {how.seconds:g} s" if time.monotonic() - began >= how.seconds else None


def signed(probe: Probe, who: Identity | None, cut: str | None, by: str | None, seconds: float) -> Seen:
    """An answer, by whom, in how many seconds; what is cut does not play, whatever the prober says."""
    if cut is None:
        return Seen(probe._replace(probed_by=by, probe_seconds=round(seconds, 6)), who)
    error = probe.probe_error or cut
    probe = probe._replace(playable=False, probe_error=error, probed_by=by, probe_seconds=round(seconds, 6))
    return Seen(probe, who, cut)


def refused(why: str, who: Identity | None = None, by: str | None = None) -> Seen:
    """The row where there is no answer; what may be gone the next time says nothing of the file."""
    word = why.partition(":")[0]
    passing = word in _PASSING
    probe = Probe(playable=None if passing else False, probed_by=by, probe_error=why)
    return Seen(probe, None if passing else who, done=word not in _ASK_THE_NEXT)


class _Gap(NamedTuple):
    begin: int
    said: str


def _gap(file: Opened, media_last: bool) -> _Gap | None:
    """Where a part was never written: a download whose space was reserved, by a hole or by zeros."""
    size, holes = file.identity.size, file.holes()
    if holes and (at := unwritten(file.read, size, holes)) is not None:
        return _Gap(at, f"truncated: nothing was written from byte {at:,} of {size:,}")
    if media_last and size > _TAIL and not file.read(size - _TAIL, _TAIL).strip(b"\0"):
        zeros = file.zeros_at_end(_MOST_ZEROS)
        if (at := unwritten(file.read, size, [zeros])) is not None:
            return _Gap(at, f"truncated: zeros in place of the last bytes of {size:,}")
    return None


def _with_sides(answer: dict[str, Any], sides: Sides) -> dict[str, Any]:
    """Write each track's side data, its turn most of all, where ffprobe writes it; libav in-process does not tell it."""
    for stream in answer["streams"]:
        if stream["codec_type"] == "video" and stream["id"] in sides:
            stream["side_data_list"] = sides[stream["id"]]
    return answer


def main() -> None:
    """Answer batches of paths, one a line, until the pipe is closed."""
    answers = _Answers(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)  # whatever a library prints must not land among the answers
    batches = map(json.loads, sys.stdin.buffer)
    [settings] = next(batches)
    how = How(**settings)
    answers.write(b"{}\n")
    answers.flush()
    libav = _Sparing(answers) if how.libav else None
    for batch in batches:
        for path in batch:
            answers.write(json.dumps(look(path, how, libav).plain()).encode() + b"\n")
        answers.flush()
    os._exit(0)  # libav takes its time to leave, and has nothing to put away


class _Answers:
    """The pipe back: written to now and then, so that few answers are lost with a worker, and few writes are made."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe, self._written = pipe, time.monotonic()

    def write(self, line: bytes) -> None:
        self._pipe.write(line)
        if time.monotonic() - self._written >= _BEAT:
            self.flush()

    def flush(self) -> None:
        self._pipe.flush()
        self._written = time.monotonic()

    def alive(self) -> None:
        """Say that a long work goes on."""
        if time.monotonic() - self._written >= _BREATH:
            self.write(b"\n")


class _Sparing:
    """libav, loaded when a file first needs it; what was answered goes out before, for it may hang or crash."""

    def __init__(self, answers: _Answers) -> None:
        self._answers = answers

    def ask(self, path: str, seconds: float) -> dict[str, Any]:
        self._answers.flush()
        return self._libav().ask(path, seconds)

    def damage(self, path: str, *, decode: bool, alive: Callable[[], None] | None = None) -> str | None:
        self._answers.flush()
        return self._libav().damage(path, decode=decode, alive=alive or self._answers.alive)

    def version(self) -> str:
        return self._libav().version()

    def _libav(self) -> "Libav":
        from mediaorg.io import libav

        return libav


if __name__ == "__main__":
    main()
