"""What a run that died left half-way is brought to an end by what lies on the disk, and by nothing else."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from mediaorg.errors import RootGone
from mediaorg.io.disk import machine
from mediaorg.io.journal import Journal, Mark, Planned, Run
from mediaorg.io.mover import Move, Mover
from mediaorg.io.progress import Progress
from mediaorg.io.recovery import settle
from mediaorg.records import Identity, Limits


def here() -> None:
    """Every disk of the run is here."""


def away() -> None:
    raise RootGone("the disk went while we looked")


def settled(folder: Path, mark: Mark, ask: Callable[[], None]) -> Mark:
    """The mark of the one row of a dead run after it was settled; its file is nowhere."""
    source, target = str(folder / "a"), str(folder / "b")
    row = Planned(
        0, "m0", str(folder), None, source, target, "move", "ready", None, None, size=1, mtime_ns=1, inode=1, device=1
    )
    moves, marks = {0: Move(0, "move", source, target, str(folder), Identity(1, 1, 1, 1))}, {0: mark}
    with Journal.open(folder / "j") as journal:
        journal.begin(Run("run", "apply", 0, "token", machine()), [row], marks, [])
        mover = Mover(
            journal, "run", "token", moves, marks,
            verify="hash", limits=Limits(), stop=threading.Event(), bar=Progress(False, "resume"),
        )  # fmt: skip
        try:
            settle(mover, refuse_missing_disks=ask)
        finally:
            (entry,) = journal.entries("run")
            assert entry.mark == mover.marks[0]
            folder.joinpath("said").write_text(entry.mark.state)
        return entry.mark


def test_a_file_is_called_gone_where_every_disk_is_here(tmp_path: Path) -> None:
    assert settled(tmp_path, Mark(0, "intent"), here).state == "failed"


def test_no_file_is_called_gone_while_its_disk_is_away(tmp_path: Path) -> None:
    with pytest.raises(RootGone):
        settled(tmp_path, Mark(0, "intent"), away)
    assert (tmp_path / "said").read_text() == "intent"


def test_a_temporary_that_will_not_go_stays_on_record(tmp_path: Path) -> None:
    stuck = tmp_path / "stuck"
    stuck.mkdir()  # which no unlink takes away
    mark = settled(tmp_path, Mark(0, "copying", temporary=str(stuck)), here)
    assert (mark.state, mark.temporary) == ("failed", str(stuck))
