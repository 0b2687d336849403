"""Reading names: `mo.classify` beside guessit alone, which it asks."""

import os
from pathlib import Path

from guessit import guessit

import mediaorg as mo
from benchmarks.measure import Line, Way, rounds
from benchmarks.probing import videos

__all__ = ["naming"]


def naming(home: Path, *, n: int, times: int) -> list[Line]:
    """Names of `n` videos of the sample collection; what was guessed in an earlier round is not used again."""
    files = videos(home / "named", n)[["path", "root"]]
    names = [os.path.basename(cell) for cell in files["path"]]  # noqa: PTH119  names are text here
    alone = "guessit alone, on file names"
    return rounds(
        "read names",
        [
            Way(alone, n, lambda: [guessit(name, {"name_only": True}) for name in names]),
            Way("mo.classify, on paths", n, lambda: mo.run(mo.classify(files, cache=False, progress=False))),
        ],
        times=times,
        against=alone,
        unit="names/s",
    )
