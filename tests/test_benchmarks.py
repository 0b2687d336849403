"""Every benchmark runs and says what it should; how fast is for people to read."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.crowds import FIXED
from benchmarks.measure import Line, Way, rounds
from benchmarks.moving import other_device
from benchmarks.report import show
from benchmarks.searching import by_grid, by_process
from mediaorg.stages.simulated import SimulatedDisk

_CHECKOUT = Path(__file__).resolve().parent.parent
_LINES = {  # topic, by its first words -> how many ways
    "probe short clips of all": 3,
    "probe a library's mix": 2,
    "probe short clips from a cold": 2,
    "memory of scan and probe": 3,
    "scan, and rescan": 3,
    "rename on one device": 2,
    "copy from another device": 2,
    "mo.organize(dry_run=True)": 6,
    "read names that are unrelated": 2,
    "read names in their folders": 2,
    "beside the replaced system": 2 * 4 * 3,
    "cost of a file, by stage": 2 * 7,
    "the record of a run": 2,
    "files in flight on this disk": 7,
    "under faults": 2,
    "ask a model that takes": 2,
    "cancel while 8 are asked": 1,
}


@pytest.mark.ffprobe
def test_a_quick_run_measures_every_way(tmp_path):
    command = [sys.executable, "-m", "benchmarks", "--quick", "--json", "--at", str(tmp_path)]
    said = json.loads(subprocess.run(command, cwd=_CHECKOUT, stdout=subprocess.PIPE, check=True).stdout)

    topics = [line["topic"] for line in said["lines"]]
    expected = {name: ways for name, ways in _LINES.items() if name[:4] != "copy" or other_device(tmp_path)}
    assert {name: sum(topic.startswith(name) for topic in topics) for name in expected} == expected
    assert len(topics) == sum(expected.values())
    for line in said["lines"]:
        measured = [line["median"], line["min"], line["max"], *(line["ratio"] or {}).values()]
        low = {"MB": -math.inf, "lost": -1}.get(line["unit"], 0)  # memory may also shrink, and nothing may be lost
        assert all(math.isfinite(value) and value > low for value in measured), line
        assert line["ratio"] is not None or line["unit"] in ("s", "MB", "probes", "lost"), line
        assert line["unit"] != "lost" or line["max"] <= line["n"] / 1000, line

    table = show(said["machine"], said["lines"])
    assert all(str(fact) in table for fact in said["machine"].values())
    assert all(line["way"] in table and line["topic"] in table for line in said["lines"])
    assert len({len(row) for row in table.splitlines() if row.endswith("min – max")}) == 1
    assert not list(tmp_path.iterdir())


def test_ways_take_turns_and_the_first_turn_does_not_count():
    turns = []
    ways = [
        Way("slow", 1, lambda: turns.append("slow"), most=1),
        Way("fast", 1, lambda: turns.append("fast"), before=lambda: turns.append("before")),
    ]
    slow, fast = rounds("a topic", ways, times=3, against="fast")
    assert turns == ["slow", "before", "fast", "before", "fast", "slow", "before", "fast", "before", "fast"]
    assert (len(slow.values), len(fast.values)) == (1, 3)


def test_a_ratio_is_taken_round_by_round():
    line = Line("a topic", "a way", 10, "files/s", (10.0, 40.0, 90.0), (10.0, 20.0, 30.0)).plain()
    assert line["ratio"] == {"median": 2.0, "min": 1.0, "max": 3.0}
    assert line["median"] == 40.0


@pytest.mark.parametrize("way", [by_grid, by_process])
def test_either_way_of_choosing_finds_the_number_of_a_plain_device_in_few_trials(way):
    disk, tried = SimulatedDisk(channels=8, service=0.01, bandwidth=1e6), []

    def rate(number):
        tried.append(number)
        return 200 / disk.through(200, number).seconds

    number = way(rate, 7)
    assert len(tried) == 7
    assert disk.through(2000, number).seconds < 1.1 * min(disk.through(2000, each).seconds for each in FIXED)
