"""Whether a search that learns finds a better number of files in flight than a grid, at the same number of trials.

``python -m benchmarks.searching`` lets both choose on simulated devices nobody chose, each trial on files of its own,
and prints the regret of what they chose: the time of 10,000 files over that of the best fixed number. The search is a
Gaussian process over the logarithm of the number, which tries next what promises most (expected improvement). The one
knob is the number: how many files are handed on at once makes nobody wait, in the model as in the house.
"""

import argparse
import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from benchmarks.crowds import FIXED, device, spread
from mediaorg.rules.crowd import MOST
from mediaorg.stages.simulated import SimulatedDisk

__all__ = ["by_grid", "by_process", "main"]

_FIRST: Final = (8, 64, 2)  # what the search tries before it knows anything
_AS_GOOD: Final = 0.97  # of the best rate, as `tune` has it
_OCTAVES: Final = 2.0  # over which rates are alike
_CHANCE: Final = 0.05  # of a rate
_EVERY: Final = tuple(sorted({round(2 ** (at / 8)) for at in range(8 * int(math.log2(MOST)) + 1)}))

Rate = Callable[[int], float]  # files/s of a trial with so many in flight


def by_grid(rate: Rate, trials: int) -> int:
    """What a grid of so many numbers, evenly apart in their logarithm, finds."""
    return _taken({number: rate(number) for number in {round(MOST ** (at / (trials - 1))) for at in range(trials)}})


def by_process(rate: Rate, trials: int) -> int:
    """What a Gaussian process finds that may choose its trials."""
    known = {number: rate(number) for number in _FIRST}
    while len(known) < trials:
        promise = _promise(known)
        number = max((one for one in _EVERY if one not in known), key=lambda one: promise[_EVERY.index(one)])
        known[number] = rate(number)
    return _taken(known)


def _taken(rates: dict[int, float]) -> int:
    return min(number for number, rate in rates.items() if rate >= _AS_GOOD * max(rates.values()))


def _promise(known: dict[int, float]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """By how much each number may be expected to beat the best rate so far."""
    there, every = (np.log2(np.array(list(numbers), dtype=float)) for numbers in (known, _EVERY))
    rates = np.log(np.array(list(known.values())))
    width = max(float(rates.std()), 0.2)

    def alike(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return width**2 * np.exp(-(((one[:, None] - other[None]) / _OCTAVES) ** 2) / 2)

    noisy, beside = alike(there, there) + _CHANCE**2 * np.eye(len(there)), alike(every, there)
    mean = rates.mean() + beside @ np.linalg.solve(noisy, rates - rates.mean())
    left = width**2 - np.einsum("ij,ji->i", beside, np.linalg.solve(noisy, beside.T))
    sigma = np.sqrt(np.maximum(left, 1e-9))
    ahead = (mean - rates.max()) / sigma
    below = np.array([(1 + math.erf(one / math.sqrt(2))) / 2 for one in ahead])
    return (mean - rates.max()) * below + sigma * np.exp(-(ahead**2) / 2) / math.sqrt(2 * math.pi)


def _trials(disk: SimulatedDisk, files: int, seeds: Iterator[int]) -> Rate:
    return lambda number: files / replace(disk, seed=next(seeds)).through(files, number).seconds


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.searching", description=__doc__)
    parser.add_argument("--devices", type=int, default=24, help="how many")
    parser.add_argument("--first", type=int, default=7000, help="seed of the first; others follow")
    parser.add_argument("--repeats", type=int, default=3, help="each with other files")
    asked = parser.parse_args()
    disks = [device(seed) for seed in range(asked.first, asked.first + asked.devices)]
    took = [{number: disk.through(10_000, number).seconds for number in _EVERY} for disk in disks]
    best = [min(seconds[number] for number in FIXED if number in seconds) for seconds in took]
    ways: dict[str, Callable[[Rate, int], int]] = {"grid": by_grid, "Gaussian process": by_process}
    print(f"regret in % of the best fixed number, {len(disks)} devices, {asked.repeats} repeats, simulated\n")
    print("| files a trial | trials | way | mean | median | p90 | worst |\n|---|---|---|---|---|---|---|")
    for files, trials, (name, way) in itertools.product((100, 400), (5, 7, 9), ways.items()):
        regrets = []
        for repeat, (at, disk) in itertools.product(range(asked.repeats), enumerate(disks)):
            number = way(_trials(disk, files, itertools.count(10**6 * (repeat + 1) + 1000 * at)), trials)
            seconds = took[at].get(number) or disk.through(10_000, number).seconds
            regrets.append(100 * (seconds / best[at] - 1))
        told = (sum(regrets) / len(regrets), *spread(regrets))
        print(f"| {files} | {trials} | {name} | " + " | ".join(f"{value:.1f}" for value in told) + " |", flush=True)


if __name__ == "__main__":
    main()
