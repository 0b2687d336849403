"""The command: ``python -m benchmarks`` from the checkout, some minutes; ``--quick`` only shows that all of it runs."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from benchmarks.asking import asking
from benchmarks.faults import under_faults
from benchmarks.growth import against_the_grid, growth, records, replaced
from benchmarks.journey import journey
from benchmarks.machine import machine
from benchmarks.measure import Line
from benchmarks.moving import copying, renaming
from benchmarks.naming import naming
from benchmarks.probing import cold, library, memory, probing
from benchmarks.report import show
from benchmarks.walking import walking


@dataclass(frozen=True, slots=True)
class Size:
    """How much is done: counts of files, and rounds."""

    videos: int = 1000
    long_files: int = 4000
    few_long_files: int = 200
    minutes: int = 60
    remembered: int = 10_000
    serially: int = 40
    walked: int = 10_000
    renames: int = 10_000
    copies: int = 40
    copied_bytes: int = 8 << 20
    organised: int = 1000
    names: int = 5000
    replaced: tuple[int, ...] = (1000, 10_000)
    grown: tuple[int, ...] = (1000, 10_000, 100_000)
    at_once: int = 400
    asked: int = 1000
    faulty: int = 10_000
    kills: int = 12
    rounds: int = 5


_QUICK: Final = Size(
    videos=8,
    serially=2,
    long_files=40,
    few_long_files=4,
    minutes=1,
    remembered=60,
    walked=60,
    renames=60,
    copies=3,
    copied_bytes=1 << 16,
    organised=20,
    names=10,
    replaced=(4, 8),
    grown=(20, 40),
    at_once=4,
    asked=30,
    faulty=300,
    kills=3,
    rounds=1,
)

_TOPICS: Final[dict[str, Callable[[Path, Size], list[Line]]]] = {
    "probe": lambda home, size: probing(home, n=size.videos, serially=size.serially, times=size.rounds),
    "library": lambda home, size: library(
        home, n=size.long_files, few=size.few_long_files, minutes=size.minutes, times=size.rounds
    ),
    "cold": lambda home, size: cold(home, n=size.videos, times=min(3, size.rounds)),
    "memory": lambda home, size: memory(home, n=size.remembered, times=min(3, size.rounds)),
    "scan": lambda home, size: walking(home, n=size.walked, times=size.rounds),
    "rename": lambda home, size: renaming(home, n=size.renames, times=size.rounds),
    "copy": lambda home, size: copying(home, n=size.copies, size=size.copied_bytes, times=size.rounds),
    "organize": lambda home, size: journey(home, n=size.organised, times=size.rounds),
    "names": lambda home, size: naming(home, n=size.names, times=size.rounds),
    "replaced": lambda home, size: replaced(
        home, sizes=size.replaced, serially=size.serially, at_once=size.at_once, times=min(3, size.rounds)
    ),
    "growth": lambda home, size: growth(home, sizes=size.grown, times=min(3, size.rounds)),
    "records": lambda home, size: records(home, n=size.remembered, times=size.rounds),
    "workers": lambda home, size: against_the_grid(home, n=size.videos, times=size.rounds),
    "faults": lambda home, size: under_faults(home, n=size.faulty, kills=size.kills),
    "ask": lambda home, size: asking(home, n=size.asked, times=min(3, size.rounds)),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print one table, or JSON."""
    asked = _asked(arguments)
    size = _QUICK if asked.quick else Size()
    given = {name: getattr(asked, name) for name in ("videos", "renames", "rounds")}
    size = replace(size, **{name: number for name, number in given.items() if number is not None})
    if asked.grown:
        size = replace(size, grown=tuple(asked.grown), replaced=tuple(asked.grown))
    size = replace(size, serially=min(size.serially, size.videos))
    with tempfile.TemporaryDirectory(prefix="mediaorg-bench-", dir=asked.at) as folder:
        home = Path(folder).resolve()
        for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):  # nothing of the user's is read or written
            os.environ[name] = os.fspath(home / name)
        about = machine(home)
        lines = []
        for topic in asked.only or _TOPICS:
            print(f"{topic} …", file=sys.stderr, flush=True)
            lines += [line.plain() for line in _TOPICS[topic](home, size)]
    print(json.dumps({"machine": about, "lines": lines}, indent=1) if asked.json else show(about, lines))


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few files, one round: the numbers mean nothing")
    parser.add_argument("--json", action="store_true", help="print JSON in place of the table")
    parser.add_argument("--only", action="append", choices=list(_TOPICS), help="one topic; may be repeated")
    parser.add_argument("--grown", type=_count, nargs="+", help="sizes of the topics growth and replaced")
    parser.add_argument("--at", type=Path, help="an existing folder on the disk to measure (default: temporary files)")
    for name, what in (("videos", "clips to probe"), ("renames", "files to rename"), ("rounds", "rounds that count")):
        parser.add_argument(f"--{name}", type=_count, help=f"how many {what}")
    return parser.parse_args(arguments)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    return number


if __name__ == "__main__":
    main()
