"""When the power goes, what the disk holds is a run that can be resumed and taken back, byte by byte.

Library and sources lie on two small file systems in image files. The images are copied while mounted, at any moment of
a run: what had not reached the disk is not in them. The copies take the place of the originals, and the run goes on
there. ``make powercut`` cuts a hundred times on each kind of file system; root alone may mount.
"""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from mediaorg.stages import apply as stage

from .moving import tree
from .test_apply_crash import CHILD, Scene, look_done, look_settled, look_whole, scene

_SIZES = {"ext4": 24, "xfs": 320, "btrfs": 128}  # MB: the least each takes, or little more
CUTS = int(os.environ.get("POWERCUTS", "100"))


class Disk:
    """A file system in an image file, mounted at a folder."""

    def __init__(self, folder: Path, kind: str) -> None:
        make = shutil.which(f"mkfs.{kind}")
        if make is None:
            pytest.skip(f"mkfs.{kind} is not installed")
        self.image, self.at = folder.with_suffix(".img"), folder
        self.at.mkdir()
        with self.image.open("wb") as file:
            file.truncate(_SIZES[kind] << 20)
        _run(make, "-q", *(["-F"] if kind == "ext4" else ["-f"]), self.image)
        self.mount()

    def mount(self) -> None:
        answer = subprocess.run(
            ["mount", "-o", "loop", self.image, self.at], capture_output=True, text=True, check=False
        )
        if answer.returncode:
            pytest.skip(f"cannot mount an image here: {answer.stderr.strip()}")

    def unmount(self) -> None:
        for _ in range(50):  # a process that was killed lets go a moment later
            if subprocess.run(["umount", self.at], capture_output=True, check=False).returncode == 0:
                return
            time.sleep(0.1)
        raise AssertionError(f"{self.at} is busy")


def _run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True)


def cut(disks: list[Disk]) -> None:
    """Power off and on: each disk goes on with what had reached it."""
    for disk in disks:
        _run("cp", "--sparse=always", disk.image, disk.image.with_suffix(".cut"))
    for disk in disks:
        disk.unmount()
        disk.image.with_suffix(".cut").replace(disk.image)
    for disk in disks:
        disk.mount()


@contextmanager
def laid_out(folder: Path, kind: str) -> Iterator[tuple[Scene, list[Disk]]]:
    """The scene of the kill tests, on two disks, all of it on them."""
    with ExitStack() as stack:
        disks = []
        for name in ("one", "two"):
            disks.append(Disk(folder / name, kind))
            stack.callback(disks[-1].unmount)
        made = scene(disks[0].at / "tree", disks[1].at / "other")
        os.sync()
        yield made, disks


def during(made: Scene, step: str, seconds: float | None) -> None:
    """Do `step`, killed after `seconds`, or to its end."""
    child = [sys.executable, str(CHILD), str(made.home.parent), str(made.elsewhere), step]
    with subprocess.Popen(child, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()


def one_cut(folder: Path, kind: str, step: str, seconds: float | None) -> None:
    with laid_out(folder, kind) as (made, disks):
        if step == "undo":
            made.apply()
            os.sync()
        during(made, step, seconds)
        cut(disks)
        look_whole(made)
        resumed = made.resume()
        assert made.resume().empty
        if stage.runs(made.journal).empty:  # its plan had not reached the disk
            assert tree(made.home, made.elsewhere) == made.before
            return
        assert resumed.empty or set(resumed["state"]) <= {"done"}
        cut(disks)  # and what was resumed stays so
        look_settled(made)
        if step == "apply":
            look_done(made)
        assert set(made.undo()["state"]) <= {"done"}
        cut(disks)
        look_settled(made)
        assert made.now() == made.before


def how_long(folder: Path, kind: str, step: str) -> float:
    """From the start of the process to its end [s]."""
    with laid_out(folder, kind) as (made, _):
        if step == "undo":
            made.apply()
        began = time.monotonic()
        during(made, step, None)
        return time.monotonic() - began


@pytest.mark.parametrize("step", ["apply", "undo"])
def test_a_power_cut_after_a_run_takes_nothing_of_it_back(tmp_path: Path, step: str) -> None:
    one_cut(tmp_path, "ext4", step, None)


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(_SIZES))
@pytest.mark.parametrize("step", ["apply", "undo"])
def test_a_power_cut_at_any_moment_loses_nothing(tmp_path: Path, kind: str, step: str) -> None:
    (tmp_path / "timed").mkdir()
    whole = how_long(tmp_path / "timed", kind, step)
    chance = random.Random(kind + step)
    for number in range(CUTS):
        folder = tmp_path / str(number)
        folder.mkdir()
        one_cut(folder, kind, step, chance.uniform(0.4, 1.1) * whole)
        shutil.rmtree(folder)
