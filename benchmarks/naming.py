"""Reading names: `mo.classify` beside guessit alone, in one process; what it cost in an earlier round is not used again."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from guessit import guessit

import mediaorg as mo
from benchmarks import accuracy
from benchmarks.measure import Line, Way, rounds
from benchmarks.probing import videos

__all__ = ["naming"]


def naming(home: Path, *, n: int, times: int) -> list[Line]:
    """Names that have nothing to do with each other, and those of `n` videos of the sample collection in its folders."""
    unrelated = accuracy.names()[: max(n, 10)]
    files = videos(home / "named", n)[["path", "root"]]
    return [
        *_raced("read names that are unrelated", [case.path for case in unrelated], times),
        *_raced("read names in their folders", files, times),
    ]


def _raced(topic: str, files: Any, times: int) -> list[Line]:
    paths: Sequence[str] = files if isinstance(files, list) else list(files["path"])
    names = [os.path.basename(path) for path in paths][:300]  # noqa: PTH119  names are text here
    alone = "guessit alone, on file names"
    return rounds(
        topic,
        [
            Way(alone, len(names), lambda: [guessit(name, {"name_only": True}) for name in names]),
            Way("mo.classify, on paths", len(paths), lambda: _classify(files)),
        ],
        times=times,
        against=alone,
        unit="names/s",
    )


def _classify(files: Any) -> None:
    mo.run(mo.classify(files, corrections=False, cache=False, progress=False))
