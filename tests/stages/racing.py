"""One of several processes that do the same plans at the same time: ``python racing.py HOME ELSEWHERE NAME ROUNDS``.

Each has a journal of its own. A round begins when the file of its number is there, and ends with one of NAME's own.
"""

import asyncio
import importlib.util
import sys
import time
from pathlib import Path

from mediaorg.records import Limits
from mediaorg.stages import apply as stage


def pairs(home: Path, elsewhere: Path, number: int) -> list[tuple[Path, Path]]:
    """Half of the files lie on the library's device."""
    here, library = home / f"in{number}", home / f"lib{number}"
    return [
        ((here if at % 2 else elsewhere / f"in{number}") / f"{at:03}", library / f"{at % 7}" / f"{at:03}")
        for at in range(100)
    ]


def main(home: str, elsewhere: str, name: str, rounds: str) -> None:
    spec = importlib.util.spec_from_file_location("moving", Path(__file__).with_name("moving.py"))
    moving = importlib.util.module_from_spec(spec)
    sys.modules["moving"] = moving
    spec.loader.exec_module(moving)
    for number in range(int(rounds)):
        plan = moving.make_plan(pairs(Path(home), Path(elsewhere), number), Path(home) / f"lib{number}")
        journal = Path(home) / f"{name}.sqlite"
        for step in ("apply", "undo"):
            (Path(home) / f"{name}-{number}-{step}-ready").touch()
            while not (Path(home) / f"{number}-{step}").exists():
                time.sleep(0.0005)
            if step == "apply":
                run = asyncio.run(stage.apply(plan, journal=journal, progress=False, limits=Limits(batch_size=5)))
                told = ",".join(run["state"])
            else:
                told = ",".join(asyncio.run(stage.undo(run, journal=journal, progress=False))["state"])
            (Path(home) / f"{name}-{number}-{step}-part").write_text(told)
            (Path(home) / f"{name}-{number}-{step}-part").rename(Path(home) / f"{name}-{number}-{step}-told")


if __name__ == "__main__":
    main(*sys.argv[1:])
