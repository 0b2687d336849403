"""Front to back: `mo.organize` as a dry run, each time in a Python of its own, so that its memory is its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import mediaorg as mo
from benchmarks.measure import Line

__all__ = ["journey"]


def journey(home: Path, *, n: int, times: int) -> list[Line]:
    """The sample collection at `n` files, with nothing known of it, then with every probe answer cached."""
    folder = mo.samples(home / "organised", n=n)
    took: dict[str, list[dict[str, float]]] = {"nothing known": [], "all probes cached": []}
    for number in range(-1, times):
        cache = home / f"organised{number}.sqlite"
        for runs in took.values():
            stats = _organize(folder, cache)
            runs += [stats] if number >= 0 else []
    topic = f"mo.organize(dry_run=True), {n:,} files"

    def line(way: str, unit: str, values: list[float], against: list[float] | None = None) -> Line:
        return Line(topic, way, n, unit, tuple(values), None if against is None else tuple(against))

    rates = {way: [n / run["total_time"] for run in runs] for way, runs in took.items()}
    lines = []
    for way, runs in took.items():
        lines.append(line(way, "files/s", rates[way], rates["nothing known"]))
        lines.append(line(f"{way}: in all", "s", [run["total_time"] for run in runs]))
        lines.append(line(f"{way}: peak memory added", "MB", [run["peak_memory_mb"] for run in runs]))
    return lines


def _organize(folder: Path, cache: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.journey", str(folder), str(cache)]
    checkout = Path(__file__).resolve().parent.parent
    said = subprocess.run(command, stdout=subprocess.PIPE, cwd=checkout, check=True)
    stats: dict[str, float] = json.loads(said.stdout)
    return stats


def _main(folder: str, cache: str) -> None:
    """One journey; pandas is there already, as in a notebook."""
    run: Any = mo.run(mo.organize(folder, f"{folder}-library", dry_run=True, cache=cache, progress=False))
    assert run.plan["target"].notna().any()
    print(json.dumps({name: run.stats[name] for name in ("total_time", "peak_memory_mb")}))


if __name__ == "__main__":
    _main(*sys.argv[1:])
