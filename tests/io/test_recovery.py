"""What a run that died left half-way is brought to an end by what lies on the disk, and by nothing else."""

import threading
from pathlib import Path

import pytest

from mediaorg.errors import RootGone
from mediaorg.io.disk import machine
from mediaorg.io.journal import Journal, Mark, Planned, Run
from mediaorg.io.mover import Move, Mover
from mediaorg.io.recovery import settle
from mediaorg.records import Identity, Limits


def away() -> None:
    raise RootGone("the disk went while we looked")


def test_no_file_is_called_gone_while_its_disk_is_away(tmp_path: Path) -> None:
    source, target = str(tmp_path / "a"), str(tmp_path / "lib" / "a")
    row = Planned(
        0, "m0", str(tmp_path), None, source, target, "move", "ready", None, None, size=1, mtime_ns=1, inode=1, device=1
    )
    moves = {0: Move(0, "move", source, target, str(tmp_path), Identity(1, 1, 1, 1))}
    mark = Mark(0, "intent")
    with Journal.open(tmp_path / "j") as journal:
        journal.begin(Run("run", "apply", 0, "token", machine()), [row], {0: mark}, [])
        mover = Mover(
            journal, "run", "token", moves, {0: mark},
            verify="hash", limits=Limits(), stop=threading.Event(), advance=lambda count: None,
        )  # fmt: skip
        with pytest.raises(RootGone):
            settle(mover, refuse_missing_disks=away)
        assert journal.entries("run")[0].mark.state == "intent"
        settle(mover, refuse_missing_disks=lambda: None)
        assert journal.entries("run")[0].mark.state == "failed"
