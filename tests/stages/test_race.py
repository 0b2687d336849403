"""Several processes that do one plan at the same time, and take it back at the same time, lose and double nothing."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .moving import another_device, film, tree
from .racing import pairs

CHILD = Path(__file__).with_name("racing.py")
PROCESSES = 4


def race(tmp_path: Path, rounds: int) -> int:
    """Let `PROCESSES` of them race for `rounds` rounds; how many rows were raced for."""
    with another_device(tmp_path) as elsewhere:
        home = tmp_path / "home"
        for number in range(rounds):
            for source, _ in pairs(home, elsewhere, number):
                film(source, os.urandom(2000))
        names = [f"p{at}" for at in range(PROCESSES)]
        children = [
            subprocess.Popen([sys.executable, str(CHILD), str(home), str(elsewhere), name, str(rounds)])
            for name in names
        ]
        try:
            for number in range(rounds):
                places = [home / f"in{number}", home / f"lib{number}", elsewhere / f"in{number}"]
                before = tree(*places)
                after = one_round(home, names, number, "apply", places)
                for source, target in pairs(home, elsewhere, number):
                    assert after[str(target)] == before[str(source)]
                assert len([seen for seen in after.values() if seen]) == len([seen for seen in before.values() if seen])
                back = one_round(home, names, number, "undo", places)
                assert {path: seen for path, seen in back.items() if seen} == {
                    path: seen for path, seen in before.items() if seen
                }
        finally:
            for child in children:
                child.kill()
                child.wait()
    return rounds * PROCESSES * 2 * len(pairs(home, elsewhere, 0))


def one_round(home: Path, names: list[str], number: int, step: str, places: list[Path]):
    """Start them all at once, wait for all, and see that each row was done by exactly one of them."""
    wait_for([home / f"{name}-{number}-{step}-ready" for name in names])
    (home / f"{number}-{step}").touch()
    told = wait_for([home / f"{name}-{number}-{step}-told" for name in names])
    done = sum(text.split(",").count("done") for text in told)
    assert done == len(pairs(home, home, number))
    return tree(*places)


def wait_for(files: list[Path]) -> list[str]:
    until = time.monotonic() + 60
    while not all(file.exists() for file in files):
        assert time.monotonic() < until, "somebody did not come"
        time.sleep(0.001)
    return [file.read_text() for file in files]


def test_four_processes_race_for_one_plan(tmp_path: Path) -> None:
    assert race(tmp_path, 2) == 1600


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_four_processes_race_ten_thousand_rows(tmp_path: Path) -> None:
    assert race(tmp_path, 15) >= 10_000
