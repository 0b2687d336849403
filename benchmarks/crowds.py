"""How near the automatic number of files in flight comes to the best fixed one, on devices drawn at random.

``python -m benchmarks.crowds`` prints the regret, the time over that of the best fixed number in the same run, of the
rule and of the fixed numbers people use. The devices are those of `SimulatedDisk`: disks, SSDs, network shares and
object stores with parameters drawn from a seed. The rule was made on
other devices of the same model, drawn with ranges much like these; those of `SEEDS` it had not met when it was settled.
Change the rule, and they are new no longer: take others, with ``--first``.
"""

import argparse
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from statistics import median
from typing import Final

from mediaorg.rules.crowd import FIRST, Crowd
from mediaorg.stages.simulated import SimulatedDisk

__all__ = ["FIXED", "SEEDS", "device", "regret"]

SEEDS: Final = tuple(range(12_000, 12_024))
FIXED: Final = (1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
_DEFAULT: Final = min(32, (os.cpu_count() or 1) + 4)


def device(seed: int) -> SimulatedDisk:
    """A device nobody chose."""
    draw = random.Random(seed)

    def between(least: float, most: float) -> float:
        return float(least * (most / least) ** draw.random())  # as many below as above the geometric mean

    kind = draw.choice(["disk", "ssd", "nas", "store"])
    trip, service, channels = {
        "disk": ((0.0, 0.0), (0.003, 0.015), (1, 2, 4)),
        "ssd": ((0.00005, 0.0005), (0.0002, 0.002), (4, 8, 16, 32, 64)),
        "nas": ((0.001, 0.02), (0.002, 0.01), (4, 8, 16, 24)),
        "store": ((0.02, 0.12), (0.002, 0.02), (64, 128, 256, 512)),
    }[kind]
    bandwidth = {"disk": (80, 250), "ssd": (300, 3000), "nas": (60, 300), "store": (100, 1200)}[kind]
    seeks = {"disk": (0.002, 0.03), "nas": (0.001, 0.01)}.get(kind)
    return SimulatedDisk(
        round_trip=between(*trip) if trip[0] else 0.0,
        service=between(*service),
        channels=draw.choice(channels),
        spread=draw.uniform(0.2, 0.9),
        penalty=draw.choice([0.0, between(*seeks)]) if seeks else 0.0,
        megabytes=between(0.05, 0.5),
        bandwidth=between(*bandwidth),
        cpu=between(0.0001, 0.001) if kind == "store" else between(0.0002, 0.003),
        cores=draw.choice([2, 4, 8, 16]),
        seed=seed,
    )


def regret(disk: SimulatedDisk, files: int, crowd: int | None = None, *, start: int = FIRST) -> float:
    """Time over that of the best fixed number, as a part of it; of the rule, from `start` on, where no `crowd` is given."""
    best = min(disk.through(files, fixed).seconds for fixed in FIXED)
    return disk.through(files, Crowd(start=start) if crowd is None else crowd).seconds / best - 1


def spread(regrets: Sequence[float]) -> tuple[float, float, float]:
    """Median, 90th percentile and maximum."""
    ordered = sorted(regrets)
    return median(ordered), ordered[-(-9 * len(ordered) // 10) - 1], ordered[-1]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crowds", description=__doc__)
    parser.add_argument("--files", type=int, default=10_000, help="of a run")
    parser.add_argument("--devices", type=int, default=len(SEEDS), help="how many")
    parser.add_argument("--first", type=int, default=SEEDS[0], help="seed of the first; others follow")
    asked = parser.parse_args()
    devices = [device(seed) for seed in range(asked.first, asked.first + asked.devices)]
    slower = [replace(disk, slows_at=0.5, slows_by=3.0) for disk in devices]
    ways: dict[str, Callable[[SimulatedDisk], float]] = {
        "automatic": lambda disk: regret(disk, asked.files),
        "automatic, from a kept answer of 64": lambda disk: regret(disk, asked.files, start=64),
        **{f"{fixed}": partial(regret, files=asked.files, crowd=fixed) for fixed in (8, 32, 64)},
        f"min(32, cpu + 4) = {_DEFAULT}": lambda disk: regret(disk, asked.files, _DEFAULT),
    }
    print(f"regret in % of the best of {FIXED}, {asked.files:,} files, {len(devices)} devices, simulated\n")
    print(
        "| files in flight | median | p90 | worst | slowed down 3x: median | p90 | worst |\n|---|---|---|---|---|---|---|"
    )
    for name, way in ways.items():
        told = [*spread([way(disk) for disk in devices]), *spread([way(disk) for disk in slower])]
        print(f"| {name} | " + " | ".join(f"{100 * value:.1f}" for value in told) + " |", flush=True)


if __name__ == "__main__":
    main()
