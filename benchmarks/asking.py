"""Asking a model: eight requests at once beside one, at a server that takes 250 ms for each; and how soon a cancel is over."""

import asyncio
import itertools
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

import mediaorg as mo
from benchmarks.measure import Line, Way, rounds
from tests.ai_shows import Knowing, shows
from tests.llm_server import Server

__all__ = ["asking"]

_LATENCY = 0.25  # s


def asking(home: Path, *, n: int, times: int) -> list[Line]:
    """`n` names that have to be asked about, 25 a request; what names say was read before, so that asking alone counts."""
    names = shows(max(1, n // 2), n, unsure_only=True)
    files = pd.DataFrame({"path": [f"/videos/{name.path}" for name in names], "root": "/videos"})
    mo.run(mo.classify(files, corrections=False, progress=False))
    with Server(Knowing(names), latency=_LATENCY) as server:
        lines = rounds(
            "ask a model that takes 250 ms",
            [Way(f"{most} at once", n, _asked(files, server.url, most, home / "answers")) for most in (1, 8)],
            times=times,
            against="1 at once",
            unit="names/s",
        )
    return [
        *lines,
        Line("cancel while 8 are asked", "until it is over", 8, "s", tuple(_cancelled(files) for _ in range(times))),
    ]


def _asked(files: pd.DataFrame, url: str, most: int, kept: Path) -> Callable[[], object]:
    """Each call keeps its answers in a file of its own, so that none is remembered from the one before."""
    ai, counted = mo.AI("some-model", base_url=url, max_concurrency=most), itertools.count()
    return lambda: mo.run(
        mo.classify(files, ai=ai, corrections=False, cache=kept / f"{most}-{next(counted)}.sqlite", progress=False)
    )


def _cancelled(files: pd.DataFrame) -> float:
    async def cancelled(server: Server) -> float:
        ai = mo.AI("some-model", base_url=server.url)
        task = asyncio.ensure_future(mo.classify(files, ai=ai, corrections=False, cache=False, progress=False))
        await asyncio.to_thread(server.arrived.acquire)
        began = time.perf_counter()
        task.cancel()
        await asyncio.wait([task])
        return time.perf_counter() - began

    with Server(latency=30) as server:
        try:
            return asyncio.run(cancelled(server))
        finally:
            server.released.set()
