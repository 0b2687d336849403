"""A disk that is not there: what a number of files in flight would cost on it, in no time at all.

A model of a closed queue in virtual time: each file has a round trip, then waits for one of the device's channels,
then for its share of the bandwidth, then for a processor. Nothing sleeps and no file is opened, so that settings, and
the rule that learns them, can be tried on devices nobody here owns.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from mediaorg.rules.crowd import Crowd

__all__ = ["Passage", "SimulatedDisk"]


@dataclass(frozen=True, slots=True)
class Passage:
    """What it took to get through `files` files: `seconds` in all, of each its latency and when it was done [s], and
    how many were in flight from when on."""

    files: int
    seconds: float
    latencies: Sequence[float]
    done: Sequence[float]
    crowd: Sequence[tuple[float, int]]


@dataclass(frozen=True, slots=True)
class SimulatedDisk:
    name: str = "disk"
    round_trip: float = 0.0  # s, a file, whatever else is in flight: the network
    service: float = 0.008  # s, a file on one channel
    channels: int = 1  # files served at once: the knee
    spread: float = 0.5  # of the logarithm of both
    penalty: float = 0.0  # a file takes so much longer for each other in flight above the channels, in parts of its own time
    megabytes: float = 0.3  # read of a file [MB]
    bandwidth: float = 150.0  # MB/s
    cpu: float = 0.0005  # s a file
    cores: int = 4
    slows_at: float | None = None  # part of the files
    slows_by: float = 1.0

    def through(self, files: int, crowd: "Crowd | int", *, seed: int = 0) -> Passage:
        draw = np.random.default_rng(seed)
        trips, services, works = (
            draw.lognormal(-self.spread**2 / 2, self.spread, files).tolist() for _ in range(3)
        )
        own_pace = files if self.slows_at is None else int(files * self.slows_at)
        events: list[tuple[float, int, int]] = []
        channels, cores = [0.0] * self.channels, [0.0] * self.cores
        moved = self.megabytes / self.bandwidth
        began = [0.0] * files
        latencies, done, sizes = [], [], []
        pipe = now = 0.0
        begun = ended = 0
        limit = crowd if isinstance(crowd, int) else crowd.limit
        sizes.append((0.0, limit))
        push, pop = heapq.heappush, heapq.heappop
        while ended < files:
            while begun - ended < limit and begun < files:
                began[begun] = now
                push(events, (now + self.round_trip * trips[begun], begun, 0))
                begun += 1
            now, at, what = pop(events)
            if what == 0:
                slow = self.slows_by if at >= own_pace else 1.0
                crowded = 1.0 + self.penalty * max(0, begun - ended - self.channels)
                start = max(now, channels[0])
                end = start + self.service * services[at] * crowded * slow
                heapq.heapreplace(channels, end)
                push(events, (end, at, 1))
            elif what == 1:
                pipe = max(pipe, now) + moved * (self.slows_by if at >= own_pace else 1.0)
                end = max(pipe, cores[0]) + self.cpu * works[at]
                heapq.heapreplace(cores, end)
                push(events, (end, at, 2))
            else:
                ended += 1
                latencies.append(now - began[at])
                done.append(now)
                if not isinstance(crowd, int):
                    crowd.completed(now)
                    if crowd.limit != limit:
                        limit = crowd.limit
                        sizes.append((now, limit))
        return Passage(files, now, latencies, done, sizes)
