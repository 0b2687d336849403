"""A process that builds a small messy tree, plans it and applies it, to be killed at will: ``python crashing.py TREE STEP``.

STEP is build, apply, resume or undo. Run under strace by test_apply_crash.py.
"""

import asyncio
import importlib.util
import os
import sys
from pathlib import Path

sys.dont_write_bytecode = True

from mediaorg.records import Limits  # noqa: E402
from mediaorg.stages import apply as stage  # noqa: E402


def _moving():
    spec = importlib.util.spec_from_file_location("moving", Path(__file__).with_name("moving.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules["moving"] = module
    spec.loader.exec_module(module)
    return module


def build(home: Path, elsewhere: Path, film):
    """Pairs of every sort: renames, a chain, a swap, a cycle of three, copies across devices, hard names, a cross swap."""
    library = home / "lib"
    return [
        (film(home / "in" / "plain.mkv"), library / "P" / "plain.mkv"),
        (film(home / "in" / "sub.srt"), library / "P" / "plain.srt"),
        (film(home / "lib" / "1"), library / "2"),
        (film(home / "lib" / "2"), library / "3"),
        (film(home / "lib" / "swap a"), library / "swap b"),
        (film(home / "lib" / "swap b"), library / "swap a"),
        (film(home / "lib" / "r1"), library / "r2"),
        (film(home / "lib" / "r2"), library / "r3"),
        (film(home / "lib" / "r3"), library / "r1"),
        (film(home / "in" / "Case.MKV"), library / "case.mkv"),
        (film(home / "in" / os.fsdecode(b"bad\xff.mkv")), library / "B" / os.fsdecode(b"bad\xff.mkv")),
        (film(home / "in" / ("x" * 255)), library / ("x" * 255)),
        (film(elsewhere / "c1", os.urandom(300_000)), library / "C" / "c1"),
        (film(elsewhere / ("y" * 255), os.urandom(50_000)), library / "C" / ("y" * 255)),
        (film(elsewhere / "cross", b"from elsewhere"), library / "cross"),
        (film(home / "lib" / "cross"), elsewhere / "cross"),
    ]


def main(tree: str, elsewhere: str, step: str) -> None:
    home, other, journal = Path(tree) / "home", Path(elsewhere), Path(tree) / "j.sqlite"
    moving, plan_file = _moving(), Path(tree) / "plan.json"
    if step == "build":
        pairs = build(home, other, moving.film)
        plan = moving.make_plan(pairs, home / "lib")
        outwards = plan["target"].str.startswith(str(other))
        plan.loc[outwards, "target_root"] = str(other)
        plan.to_json(plan_file, orient="table", index=False)
        moving.film(home / "lib" / "P" / "stranger", b"somebody's")
        return
    limits = Limits(max_workers=1, batch_size=4)
    verbs = {
        "resume": lambda: stage.resume(journal=journal, progress=False),
        "undo": lambda: stage.undo(journal=journal, progress=False, limits=limits),
    }
    if step == "apply":
        import pandas as pd

        plan = pd.read_json(plan_file, orient="table", precise_float=True)
        verbs["apply"] = lambda: stage.apply(plan, journal=journal, limits=limits, progress=False)
    asyncio.run(verbs[step]())


if __name__ == "__main__":
    main(*sys.argv[1:])
