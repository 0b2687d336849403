"""Ways to do one thing, taking turns in one run: what a busy machine does to one of them it does to all.

A rate alone says little of another machine; its ratio to another way's rate in the same round does.
"""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

__all__ = ["Line", "Way", "rounds"]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to do it: `do` gets through `n` files, after `before`, which is not timed; `most` rounds if it is slow."""

    name: str
    n: int
    do: Callable[[], object]
    before: Callable[[], object] = lambda: None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What was measured of one way, a value a round; `against` holds those of the way it is compared with."""

    topic: str
    way: str
    n: int
    unit: str
    values: tuple[float, ...]
    against: tuple[float, ...] | None = None

    def plain(self) -> dict[str, Any]:
        """The line as JSON holds it; the ratio is taken round by round, from values measured beside each other."""
        pairs = zip(self.values, self.against or (), strict=False)  # a slow way has fewer rounds
        ratios = [one / other for one, other in pairs]
        return {
            "topic": self.topic,
            "way": self.way,
            "n": self.n,
            "rounds": len(self.values),
            "unit": self.unit,
            **_spread(self.values),
            "ratio": _spread(ratios) if ratios else None,
        }


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": median(values), "min": min(values), "max": max(values)}


def rounds(topic: str, ways: Sequence[Way], *, times: int, against: str, unit: str = "files/s") -> list[Line]:
    """Let `ways` take turns `times` times, after one turn that is not counted; `against` names the one that is 1.

    Every other round goes backwards, so that no way always follows the same other.
    """
    rates: dict[str, list[float]] = {way.name: [] for way in ways}
    for number in range(-1, times):
        for way in ways if number % 2 else reversed(ways):
            if number < (times if way.most is None else way.most):
                rate = way.n / _seconds(way)
                rates[way.name] += [rate] if number >= 0 else []
    return [Line(topic, way.name, way.n, unit, tuple(rates[way.name]), tuple(rates[against])) for way in ways]


def _seconds(way: Way) -> float:
    way.before()
    gc.collect()
    began = time.perf_counter()
    way.do()
    return time.perf_counter() - began
