"""A plan is done without ever overwriting, told as it was seen, and taken back to the last byte."""

import asyncio
import json
import logging
import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xxhash
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mediaorg.errors import BadSetting, JournalBusy, JournalError, MissingColumns, NotAFolder, RootGone, UnknownRun
from mediaorg.io import disk
from mediaorg.io.disk import machine
from mediaorg.io.journal import Journal, Mark, locked
from mediaorg.records import Limits
from mediaorg.schema import PLAN, RECEIPT, from_path, table
from mediaorg.stages import apply as stage
from mediaorg.stages.plan import plan as plan_of

from .moving import Seen, another_device, ext2, film, make_plan, mounted, torn, tree

ALL = [column.name for column in (*PLAN, *RECEIPT)]


class Desk:
    """The verbs, without their await, on one journal."""

    def __init__(self, folder: Path) -> None:
        self.journal = folder / "journal" / "j.sqlite"

    def apply(self, plan: pd.DataFrame, follow: Any = False, **more: object) -> pd.DataFrame:
        return asyncio.run(stage.apply(plan, journal=self.journal, progress=follow, **more))  # type: ignore[arg-type]

    def undo(self, run: object = None, **more: object) -> pd.DataFrame:
        return asyncio.run(stage.undo(run, journal=self.journal, progress=False, **more))  # type: ignore[arg-type]

    def resume(self, run_id: str | None = None) -> pd.DataFrame:
        return asyncio.run(stage.resume(run_id, journal=self.journal, progress=False))

    def runs(self) -> pd.DataFrame:
        return stage.runs(self.journal)

    def receipts(self, run_id: str) -> pd.DataFrame:
        return stage.receipts(run_id, self.journal)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    with another_device(tmp_path) as folder:
        yield folder


def states(run: pd.DataFrame) -> list[str]:
    return run["state"].tolist()


def code(run: pd.DataFrame, at: int = 0) -> str:
    return str(run["error"].iloc[at]).split(":")[0]


# ---- what a receipt is -----------------------------------------------------------------------------------------


def test_receipts_are_the_plan_with_more_columns(desk: Desk, home: Path) -> None:
    plan = make_plan([(film(home / name), home / "lib" / name) for name in "ab"], home / "lib")
    plan["title"] = ["A", "B"]
    plan["episodes"] = [(1, 2), None]
    plan.index = pd.Index([7, 7])
    plan.attrs = {"mediaorg": {"layout": "jellyfin"}}
    run = desk.apply(plan)
    assert states(run) == ["done", "done"]
    pd.testing.assert_frame_equal(
        run[["move_id", "source", "target", "title", "episodes"]],
        plan[["move_id", "source", "target", "title", "episodes"]],
    )
    assert run["bytes"].tolist() == [0, 0]
    assert (run["run_id"] == run.attrs["run_id"]).all()
    assert json.loads(json.dumps(run.attrs))["mediaorg"] == {"layout": "jellyfin"}
    kept = desk.receipts(run.attrs["run_id"])
    pd.testing.assert_frame_equal(kept, run[ALL].reset_index(drop=True), check_like=True)


def test_zero_rows_give_the_same_columns_and_dtypes(desk: Desk, home: Path) -> None:
    home.mkdir()
    full = desk.apply(make_plan([(film(home / "a"), home / "b")], home))
    empty = desk.apply(make_plan([], home))
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert empty.attrs["run_id"] != full.attrs["run_id"]


def test_only_ready_rows_with_an_operation_are_done(desk: Desk, home: Path) -> None:
    plan = make_plan([(film(home / name), home / "lib" / name) for name in "abcd"], home / "lib")
    plan["operation"] = ["move", "skip", "skip", "move"]
    plan["status"] = ["ready", "ready", "unchanged", "ready"]
    plan["reason"] = [None, "other: not a video", None, None]
    run = desk.apply(plan)
    assert states(run) == ["done", "skipped", "skipped", "done"]
    assert run["error"].iloc[1:3].notna().all()
    assert sorted(path.name for path in home.iterdir()) == ["b", "c", "lib"]


def test_a_row_without_identity_is_looked_at(desk: Desk, home: Path) -> None:
    run = desk.apply(make_plan([(film(home / "a"), home / "b")], home, identity=False))
    assert states(run) == ["done"]
    assert run["inode"].iloc[0] == (home / "b").stat().st_ino


@pytest.mark.parametrize("verify", ["md5", True, None])
def test_an_unknown_way_to_verify_is_refused(desk: Desk, home: Path, verify: object) -> None:
    with pytest.raises(BadSetting, match="verify"):
        desk.apply(make_plan([(film(home / "a"), home / "b")], home), verify=verify)


def test_a_table_that_is_no_plan_is_refused(desk: Desk) -> None:
    with pytest.raises(MissingColumns, match="target"):
        desk.apply(pd.DataFrame({"source": ["/a"]}))


# ---- never overwritten -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["move", "copy", "hardlink", "symlink"])
def test_a_name_that_was_taken_since_the_plan_is_left_alone(desk: Desk, home: Path, operation: str) -> None:
    plan = make_plan([(film(home / name), home / "lib" / name) for name in "ab"], home / "lib", operation)
    film(home / "lib" / "a", b"stranger")
    run = desk.apply(plan)
    assert states(run) == ["conflict", "done"]
    assert (home / "lib" / "a").read_bytes() == b"stranger"
    assert (home / "a").read_bytes() == b"aaa"


@pytest.mark.parametrize("across", [False, True])
def test_a_name_taken_between_the_look_and_the_deed_is_left_alone(
    desk: Desk, home: Path, elsewhere: Path, across: bool
) -> None:
    library = elsewhere / "lib" if across else home / "lib"
    pairs = [(film(home / f"{at:03}"), library / f"{at:03}") for at in range(60)]
    squats: list[str] = []

    class Squatter(threading.Thread):
        """Takes names as fast as it can, from the last towards those that are being moved."""

        def run(self) -> None:
            for _, target in reversed(pairs):
                try:
                    with target.open("xb") as taken:
                        taken.write(b"stranger")
                    squats.append(target.name)
                except OSError:
                    pass

    library.mkdir(parents=True)
    plan = make_plan(pairs, library)
    squatter = Squatter()
    squatter.start()
    run = desk.apply(plan, limits=Limits(batch_size=1))
    squatter.join()
    for (source, target), state in zip(pairs, states(run), strict=True):
        if target.name in squats:
            assert target.read_bytes() == b"stranger"
            assert source.exists()
            assert state == "conflict"
        else:
            assert (state, target.read_bytes()) == ("done", target.name.encode() * 3)


def test_two_rows_that_want_one_name_do_not_both_get_it(desk: Desk, home: Path) -> None:
    plan = make_plan([(film(home / name), home / "lib" / "one") for name in "ab"], home / "lib")
    run = desk.apply(plan)
    assert len([seen for seen in tree(home).values() if seen]) == 2
    assert states(run).count("done") <= 1


# ---- the world has changed -------------------------------------------------------------------------------------


def grow(path: Path) -> None:
    path.write_bytes(b"now longer than before")


def touch(path: Path) -> None:
    os.utime(path, ns=(0, 42))


def replaced(path: Path) -> None:
    seen = path.stat()
    film(path.with_suffix(".new"), path.read_bytes(), mtime_ns=seen.st_mtime_ns).rename(path)


def turned_into_a_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def turned_into_a_link(path: Path) -> None:
    path.rename(path.with_suffix(".real"))
    path.symlink_to(path.with_suffix(".real"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (grow, "changed"),
        (touch, "changed"),
        (replaced, "changed"),
        (Path.unlink, "source_gone"),
        (turned_into_a_fifo, "not_regular"),
        (turned_into_a_link, "not_regular"),
    ],
)
def test_a_source_that_changed_since_the_plan_is_not_moved(
    desk: Desk, home: Path, change: Callable[[Path], None], says: str
) -> None:
    plan = make_plan([(film(home / "a"), home / "lib" / "a"), (film(home / "b"), home / "lib" / "b")], home / "lib")
    change(home / "a")
    before = tree(home)
    run = desk.apply(plan)
    assert states(run) == ["conflict", "done"]
    assert code(run) == says
    assert {path: seen for path, seen in before.items() if not path.endswith("/b")}.items() <= tree(home).items()


def test_a_target_above_or_beside_its_root_is_refused(desk: Desk, home: Path) -> None:
    (home / "lib" / "in").mkdir(parents=True)
    (home / "away").mkdir()
    (home / "lib" / "way_out").symlink_to(home / "away")
    targets = [home / "lib" / ".." / "x", home / "library2", home / "lib" / "way_out" / "x", home / "lib" / "in" / "x"]
    run = desk.apply(make_plan([(film(home / f"s{at}"), target) for at, target in enumerate(targets)], home / "lib"))
    assert "done" not in states(run)[:3]
    assert states(run)[3] == "done"
    assert list((home / "away").iterdir()) == []
    assert sorted(path.name for path in home.glob("s*")) == ["s0", "s1", "s2"]


def test_a_root_that_is_a_link_itself_is_the_users_wish(desk: Desk, home: Path) -> None:
    (home / "disk").mkdir(parents=True)
    (home / "lib").symlink_to(home / "disk")
    run = desk.apply(make_plan([(film(home / "a"), home / "lib" / "x" / "a")], home / "lib"))
    assert states(run) == ["done"]
    assert (home / "disk" / "x" / "a").exists()


def test_a_missing_root_is_made_but_one_that_vanished_stops_the_run(desk: Desk, home: Path) -> None:
    plan = make_plan([(film(home / "a"), home / "lib" / "a")], home / "lib")
    plan.attrs = {"mediaorg": {"plan": {"target_root_existed": True}}}
    with pytest.raises(RootGone, match="mount"):
        desk.apply(plan)
    assert (home / "a").exists()
    plan.attrs = {"mediaorg": {"plan": {"target_root_existed": False}}}
    run = desk.apply(plan)
    assert states(run) == ["done"]
    desk.undo(run)
    assert sorted(path.name for path in home.iterdir()) == ["a"]


def test_a_source_root_that_vanished_stops_the_run(desk: Desk, home: Path) -> None:
    plan = make_plan([(film(home / "disk" / "a"), home / "lib" / "a")], home / "lib")
    plan.attrs = {"mediaorg": {"scan": {"roots": [from_path(home / "disk")]}}}
    (home / "disk").rename(home / "unmounted")
    with pytest.raises(RootGone):
        desk.apply(plan)


def test_a_root_that_is_a_file_is_refused(desk: Desk, home: Path) -> None:
    with pytest.raises(NotAFolder):
        desk.apply(make_plan([(film(home / "a"), film(home / "lib") / "a")], home / "lib"))


# ---- swaps, chains, hard names ---------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shuffle=st.integers(2, 7).flatmap(lambda size: st.permutations(range(size))), more=st.integers(0, 3))
def test_any_shuffle_of_names_is_done_and_taken_back(
    tmp_path_factory: pytest.TempPathFactory, shuffle: list[int], more: int
) -> None:
    folder = tmp_path_factory.mktemp("shuffle")
    desk, home = Desk(folder), folder / "home"
    size = len(shuffle)
    pairs = [(film(home / f"n{at}"), home / f"n{to}") for at, to in enumerate(shuffle) if at != to]
    pairs += [(film(home / f"n{size + at}"), home / f"n{size + at + 1}") for at in range(more)]
    for at, to in enumerate(shuffle):
        if at == to:
            film(home / f"n{at}")
    before = tree(home)
    run = desk.apply(make_plan(pairs, home), limits=Limits(batch_size=2))
    assert set(states(run)) <= {"done"}
    after = tree(home)
    for source, target in pairs:
        assert after[str(target)] == before[str(source)]
    desk.undo(run) if pairs else None
    assert tree(home) == before


def test_a_swap_across_devices(desk: Desk, home: Path, elsewhere: Path) -> None:
    one, other = film(home / "a", b"one"), film(elsewhere / "b", b"other")
    plan = make_plan([(one, other), (other, one)], home)
    plan["target_root"] = [from_path(elsewhere), from_path(home)]
    before = tree(home, elsewhere)
    run = desk.apply(plan)
    assert states(run) == ["done", "done"]
    assert (one.read_bytes(), other.read_bytes()) == (b"other", b"one")
    assert len(tree(home, elsewhere)) == 2
    assert states(desk.undo(run)) == ["done", "done"]
    assert tree(home, elsewhere) == before


@pytest.mark.parametrize(
    "name",
    [b"film.MKV", b"bad\xff\xe9.mkv", b"x" * 255, b"new\nline \x1b[31m", b"-rf", "\u202egnp".encode(), b"\\xff.mkv"],
)
@pytest.mark.parametrize("across", [False, True])
def test_hard_names_go_there_and_back(desk: Desk, home: Path, elsewhere: Path, name: bytes, across: bool) -> None:
    library = elsewhere / "lib" if across else home / "lib"
    source = film(home / "in" / os.fsdecode(name), b"film")
    film(home / "in" / "plain")
    plan = make_plan(
        [(source, library / "deep" / os.fsdecode(name)), (home / "in" / "plain", library / "plain")], library
    )
    before = tree(home, elsewhere)
    run = desk.apply(plan)
    assert states(run) == ["done", "done"]
    assert (library / "deep" / os.fsdecode(name)).read_bytes() == b"film"
    assert states(desk.undo(run)) == ["done", "done"]
    assert tree(home, elsewhere) == before


def test_a_case_only_rename_keeps_the_file(desk: Desk, home: Path) -> None:
    source = film(home / "Film.MKV")
    run = desk.apply(make_plan([(source, home / "film.mkv")], home))
    assert states(run) == ["done"]
    assert [path.name for path in home.iterdir()] == ["film.mkv"]


def test_a_second_name_of_the_same_file_is_a_taken_name(desk: Desk, home: Path) -> None:
    source = film(home / "a")
    plan = make_plan([(source, home / "A")], home)
    (home / "A").hardlink_to(source)
    run = desk.apply(plan)
    assert states(run) != ["done"]
    assert len(tree(home)) == 2


# ---- other operations, other devices ---------------------------------------------------------------------------


def test_a_move_across_devices_is_a_copy_that_was_verified(desk: Desk, home: Path, elsewhere: Path) -> None:
    pairs = [(film(home / f"f{at}", os.urandom(3_000_000)), elsewhere / "lib" / f"f{at}") for at in range(6)]
    before = tree(home)
    plan = make_plan(pairs, elsewhere / "lib")
    run = desk.apply(plan)
    assert states(run) == ["done"] * 6
    assert run["bytes"].tolist() == [3_000_000] * 6
    assert run["hash"].notna().all()
    assert set(run["hash_algorithm"]) == {"xxh3_128"}
    assert list(home.iterdir()) == []
    assert {os.path.basename(path): seen for path, seen in tree(elsewhere / "lib").items()} == {
        os.path.basename(path): seen for path, seen in before.items()
    }
    desk.undo(run)
    assert (tree(home), tree(elsewhere)) == (before, {})


@pytest.mark.parametrize("operation", ["copy", "hardlink", "symlink"])
def test_what_leaves_its_source_is_made_taken_away_and_made_again(desk: Desk, home: Path, operation: str) -> None:
    plan = make_plan([(film(home / "a"), home / "lib" / "a")], home / "lib", operation)
    before = tree(home)
    run = desk.apply(plan)
    assert states(run) == ["done"]
    after = tree(home)
    back = desk.undo(run)
    assert back["operation"].tolist() == ["remove"]
    assert tree(home) == before
    again = desk.undo(back)
    assert again["operation"].tolist() == [operation]
    assert tree(home).keys() == after.keys()
    desk.undo(again)
    assert tree(home) == before


def spoil_copy(home: Path) -> None:
    grow(home / "lib" / "a")


def spoil_copy_secretly(home: Path) -> None:
    seen = (home / "lib" / "a").stat()
    (home / "lib" / "a").write_bytes(b"bbb")
    os.utime(home / "lib" / "a", ns=(0, seen.st_mtime_ns))


def lose_source(home: Path) -> None:
    (home / "a").unlink()


def edit_source(home: Path) -> None:
    (home / "a").write_bytes(b"xyz")


@pytest.mark.parametrize("spoil", [spoil_copy, spoil_copy_secretly, lose_source, edit_source])
def test_a_copy_is_taken_away_only_while_its_bytes_stand_elsewhere(
    desk: Desk, home: Path, spoil: Callable[[Path], None]
) -> None:
    run = desk.apply(make_plan([(film(home / "a"), home / "lib" / "a")], home / "lib", "copy"))
    spoil(home)
    before = tree(home)
    assert states(desk.undo(run)) == ["conflict"]
    assert tree(home) == before


def test_a_hard_link_across_devices_says_why_not(desk: Desk, home: Path, elsewhere: Path) -> None:
    run = desk.apply(make_plan([(film(home / "a"), elsewhere / "lib" / "a")], elsewhere / "lib", "hardlink"))
    assert (states(run), code(run)) == (["failed"], "cross_device")
    assert not (elsewhere / "lib").exists()


@pytest.mark.root
def test_one_device_in_two_mounts_is_copied_not_refused(desk: Desk, home: Path, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    library = tmp_path / "mounted"
    library.mkdir()
    pairs = [(film(home / "a"), library / "x" / "a"), (film(home / "b"), library / "b"), (film(home / "c"), home / "d")]
    before = tree(home)
    if subprocess.run(["mount", "--bind", tmp_path / "disk", library], capture_output=True, check=False).returncode:
        pytest.skip("cannot mount here")
    try:
        plan = make_plan(pairs, library)
        plan["target_root"] = [from_path(library), from_path(library), from_path(home)]
        run = desk.apply(plan)
        assert states(run) == ["done"] * 3
        assert run["bytes"].tolist() == [3, 3, 0]
        assert states(desk.undo(run)) == ["done"] * 3
        assert tree(home) == before
        assert tree(library) == {}
    finally:
        subprocess.run(["umount", library], check=True)


def test_in_a_chain_too_what_proves_to_need_a_copy_is_copied(
    desk: Desk, home: Path, elsewhere: Path, tmp_path: Path
) -> None:
    library = tmp_path / "mounted"
    for folder in (tmp_path / "disk", library):
        folder.mkdir()
    pairs = [(film(elsewhere / "a"), home / "b"), (film(home / "b"), library / "b")]
    before = tree(home, elsewhere)
    if subprocess.run(["mount", "--bind", tmp_path / "disk", library], capture_output=True, check=False).returncode:
        pytest.skip("cannot mount here")
    try:
        plan = make_plan(pairs, library)
        plan["target_root"] = [from_path(home), from_path(library)]
        run = desk.apply(plan)
        assert (states(run), run["bytes"].tolist()) == (["done"] * 2, [3, 3])
        assert states(desk.undo(run)) == ["done"] * 2
        assert tree(home, elsewhere) == before
    finally:
        subprocess.run(["umount", library], check=True)


# ---- disks that refuse -----------------------------------------------------------------------------------------


@pytest.mark.root
def test_a_full_disk_keeps_the_source_and_leaves_no_rubbish(desk: Desk, home: Path, tmp_path: Path) -> None:
    small, big = film(home / "small", b"x" * 1000), film(home / "big", b"y" * 3_000_000)
    with mounted(tmp_path / "disk", "size=1m") as disk:
        run = desk.apply(make_plan([(big, disk / "lib" / "big"), (small, disk / "lib" / "small")], disk / "lib"))
        assert states(run) == ["failed", "done"]
        assert code(run) == "disk_full"
        assert big.exists()
        assert [path.name for path in (disk / "lib").iterdir()] == ["small"]


@pytest.mark.root
def test_a_disk_that_fills_up_meanwhile(desk: Desk, home: Path, tmp_path: Path) -> None:
    big = film(home / "big", b"y" * 3_000_000)
    with mounted(tmp_path / "disk", "size=4m,nr_inodes=10") as disk:
        for at in range(9):  # no inode is left, which statvfs' bytes do not tell
            film(disk / f"f{at}") if at < 8 else None
        run = desk.apply(make_plan([(big, disk / "big")], disk))
        assert (states(run), code(run)) == (["failed"], "disk_full") or states(run) == ["done"]
        assert big.exists() != (disk / "big").exists()


@pytest.mark.root
def test_a_disk_that_others_fill_ends_the_copies_to_it_and_resume_does_them_later(
    desk: Desk, home: Path, tmp_path: Path
) -> None:
    films = [film(home / f"{at}", os.urandom(300_000)) for at in range(9)]
    own = film(home / "own")
    before = tree(home)
    with mounted(tmp_path / "disk", "size=4m,nr_inodes=7") as disk:  # its bytes do; inodes are what it has none left of
        plan = make_plan([*((each, disk / "lib" / each.name) for each in films), (own, home / "lib" / "own")], disk)
        plan.loc[plan.index[-1], "target_root"] = from_path(home)
        run = desk.apply(plan, limits=Limits(max_workers=1))
        full = run[run["state"] != "done"]
        assert len(full) > 2
        assert set(full["state"]) == {"failed"}
        assert full["error"].str.startswith("disk_full: ").all()
        assert run["state"].iloc[-1] == "done"  # a rename on another disk is none of its business
        assert not list(disk.rglob(".mediaorg*"))
        for source, state in zip(films, run["state"], strict=False):
            assert source.exists() == (state != "done")
        assert states(desk.resume()) == states(run)  # there is no more room than before
        subprocess.run(["mount", "-o", "remount,nr_inodes=100", disk], check=True)
        assert states(desk.resume()) == ["done"] * 10
        assert len(desk.resume()) == 0
        desk.undo()
        assert tree(home) == before


@pytest.mark.root
@pytest.mark.parametrize(("size", "ended"), [(900_000, {"done"}), (3_000_000, {"failed"})])
def test_a_swap_across_disks_is_done_where_it_fits_in_its_turn_and_else_is_as_before(
    desk: Desk, home: Path, tmp_path: Path, size: int, ended: set[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "mediaorg")
    with mounted(tmp_path / "disk", "size=1m") as disk:
        here, there = film(home / "a", os.urandom(size)), film(disk / "b", b"y" * 500_000)
        before = tree(home, disk)
        plan = make_plan([(here, disk / "b"), (there, home / "a")], disk)
        plan["target_root"] = [from_path(disk), from_path(home)]
        run = desk.apply(plan)
        assert set(run["state"]) == ended
        if ended == {"failed"}:
            assert set(run["error"].str.partition(":")[0]) == {"disk_full"}
            assert tree(home, disk) == before
        assert ("GB" in caplog.messages[-1]) == (ended == {"done"})  # no byte is waited for that will not come


@pytest.mark.root
def test_a_read_only_target_is_told_row_by_row(desk: Desk, home: Path, tmp_path: Path) -> None:
    source = film(home / "a")
    with mounted(tmp_path / "disk", "size=1m") as disk:
        (disk / "lib").mkdir()
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        run = desk.apply(
            make_plan([(source, disk / "lib" / "x" / "a"), (source, disk / "lib" / "a")][:1], disk / "lib")
        )
        assert (states(run), code(run)) == (["failed"], "permission")
        with pytest.raises(stage.NotWritable, match="target"):
            desk.apply(make_plan([(source, disk / "new" / "a")], disk / "new"))
    assert source.exists()


@pytest.mark.root
def test_a_run_is_not_resumed_while_a_disk_of_its_is_missing(desk: Desk, home: Path, tmp_path: Path) -> None:
    """An empty mount point looks like a library whose files are gone, and as if all were free to be written there."""
    here, aside = tmp_path / "disk", tmp_path / "aside"
    aside.mkdir()
    with mounted(here, "size=1m"):
        source = film(home / "a")
        desk.apply(make_plan([(source, here / "lib" / "a")], here / "lib"))
        with closing(sqlite3.connect(desk.journal)) as journal, journal:  # as if it had died after the last rename
            journal.execute("UPDATE runs SET ended_ns = NULL")
            journal.execute("UPDATE rows SET state = 'published'")
        if subprocess.run(["mount", "--move", here, aside], capture_output=True, check=False).returncode:
            pytest.skip("mounts cannot be moved here")
        try:
            for call in (desk.resume, desk.undo):
                with pytest.raises(RootGone, match="mount them, then resume"):
                    call()
            assert tree(here) == {}
        finally:
            subprocess.run(["mount", "--move", aside, here], check=True)
        assert states(desk.resume()) == ["done"]
        assert states(desk.undo()) == ["done"]
        assert source.exists()


def died(journal: Path, run_id: str, **rows: str) -> None:
    """Make of a run that ended one that died: move id -> the state its row was in."""
    with closing(sqlite3.connect(journal)) as connection, connection:
        connection.execute("UPDATE runs SET ended_ns = NULL WHERE run_id = ?", (run_id,))
        for move_id, state in rows.items():
            connection.execute("UPDATE rows SET state = ? WHERE run_id = ? AND move_id = ?", (state, run_id, move_id))


def test_rows_left_on_one_disk_of_two_are_resumed(desk: Desk, home: Path, elsewhere: Path) -> None:
    here, there = film(home / "a"), film(elsewhere / "b")
    plan = make_plan([(here, home / "lib" / "a"), (there, elsewhere / "lib" / "b")], home / "lib")
    plan["target_root"] = [from_path(home / "lib"), from_path(elsewhere / "lib")]
    run = desk.apply(plan)
    died(desk.journal, run.attrs["run_id"], m0="intent")
    assert states(desk.resume()) == ["done", "done"]


def test_a_run_that_cannot_be_resumed_does_not_hold_up_the_next(desk: Desk, home: Path) -> None:
    for name in "ab":
        run = desk.apply(make_plan([(film(home / name), home / "lib" / name)], home / "lib"))
        died(desk.journal, run.attrs["run_id"], m0="intent")
    with closing(sqlite3.connect(desk.journal)) as connection, connection:
        first = desk.runs().loc[0, "run_id"]
        connection.execute("""UPDATE runs SET file_systems = '{"7": "uuid:gone"}' WHERE run_id = ?""", (first,))
    with pytest.raises(RootGone, match=rf"{first} touches disks that are not here \(uuid:gone\)"):
        desk.resume()
    assert desk.runs()["ended"].isna().tolist() == [True, False]


def test_a_folder_made_for_a_row_that_ended_before_the_crash_goes_when_the_run_is_resumed(
    desk: Desk, home: Path
) -> None:
    first, second = film(home / "a"), film(home / "b")
    plan = make_plan([(first, home / "one" / "a"), (second, home / "two" / "b")], home)
    with Journal.open(desk.journal):
        pass
    with torn(desk.journal, after=3), first.open("ab"), pytest.raises(JournalError):
        desk.apply(plan, limits=Limits(batch_size=1))
    assert (home / "one").is_dir()
    assert states(desk.resume()) == ["conflict", "done"]
    assert sorted(path.name for path in home.iterdir()) == ["a", "two"]


def test_a_run_into_a_library_that_is_a_link_is_resumed(desk: Desk, home: Path, elsewhere: Path) -> None:
    library = home / "lib"
    pairs = [(film(home / "in" / name), library / f"of {name}" / name) for name in "abcdefgh"]
    library.symlink_to(elsewhere)
    run = desk.apply(make_plan(pairs, library, "copy"))
    for _, target in pairs:
        target.unlink()
    died(desk.journal, run.attrs["run_id"], **dict.fromkeys(run["move_id"], "planned"))
    assert states(desk.resume()) == ["done"] * 8


def test_nothing_goes_back_to_a_disk_that_is_away(desk: Desk, home: Path, elsewhere: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.symlink_to(elsewhere)  # as if it were mounted there
    pairs = [(film(disk / "in" / "a"), home / "lib" / "a"), (film(home / "in" / "b"), home / "lib" / "b")]
    run = desk.apply(make_plan(pairs, home / "lib"))
    disk.unlink()
    disk.mkdir()
    with pytest.raises(RootGone, match="mount them"):
        desk.undo(run)
    assert list(disk.iterdir()) == []
    assert states(desk.undo(run, only=["m1"])) == ["done"]
    disk.rmdir()
    disk.symlink_to(elsewhere)
    assert states(desk.undo(run)) == ["done"]
    assert (disk / "in" / "a").exists()


def test_a_disk_that_took_the_place_of_another_gets_its_files_by_reverse(
    desk: Desk, home: Path, elsewhere: Path, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.symlink_to(elsewhere)
    run = desk.apply(make_plan([(film(disk / "in" / "a"), home / "lib" / "a")], home / "lib"))
    disk.unlink()
    disk.mkdir()
    with pytest.raises(RootGone, match=r"apply\(reverse\(receipts\)\)"):
        desk.undo(run)
    assert states(desk.apply(stage.reverse(desk.receipts(run.attrs["run_id"])))) == ["done"]
    assert (disk / "in" / "a").exists()


@pytest.mark.root
def test_it_is_the_closed_folder_of_the_source_that_is_named(desk: Desk, home: Path) -> None:
    source = film(home / "a")
    if subprocess.run(["chattr", "+i", source], capture_output=True, check=False).returncode:
        pytest.skip("no immutable files here")
    try:
        run = desk.apply(make_plan([(source, home / "lib" / "a")], home / "lib"))
    finally:
        unlocked(source)
    assert run["error"].tolist() == [f"permission: Operation not permitted: it may not leave its folder: {source}"]


@pytest.mark.root
def test_a_copy_that_gets_no_name_and_will_not_go_costs_its_own_row(desk: Desk, home: Path, elsewhere: Path) -> None:
    closed = home / "lib" / "closed"
    closed.mkdir(parents=True)
    pairs = [(film(elsewhere / "a"), closed / "a"), (film(elsewhere / "b"), home / "lib" / "b")]
    plan = make_plan(pairs, home / "lib")
    if subprocess.run(["chattr", "+a", closed], capture_output=True, check=False).returncode:
        pytest.skip("no append-only folders here")
    try:
        run = desk.apply(plan)
    finally:
        subprocess.run(["chattr", "-a", closed], check=True)
    assert states(run) == ["failed", "done"]
    assert code(run) == "permission"
    assert (elsewhere / "a").exists()
    (left,) = closed.iterdir()
    assert run["error"].iloc[0].endswith(f"; its unfinished copy {left} could not be removed")


@pytest.mark.parametrize(("closed", "named"), [("in", "in/a"), ("lib", "lib/a")])
def test_a_refusal_names_the_folder_that_refuses(unprivileged: Any, closed: str, named: str) -> None:
    source = film(unprivileged / "in" / "a")
    (unprivileged / "lib").mkdir()
    (unprivileged / "journals").mkdir()
    for name in ("in", "lib", "journals"):
        (unprivileged / name).chmod(0o555 if name == closed else 0o777)
    plan = make_plan([(source, unprivileged / "lib" / "a")], unprivileged / "lib")
    with unprivileged.user():
        run = Desk(unprivileged / "journals").apply(plan)
    assert states(run) == ["failed"]
    assert code(run) == "permission"
    assert run["error"].iloc[0].endswith(f": {unprivileged / named}")
    assert source.exists()


def unlocked(path: Path) -> None:
    subprocess.run(["chattr", "-i", path], check=True)


@pytest.mark.root
def test_a_source_that_cannot_be_removed_is_kept_and_tried_again(desk: Desk, home: Path, elsewhere: Path) -> None:
    source = film(home / "a")
    plan = make_plan([(source, elsewhere / "lib" / "a")], elsewhere / "lib")
    if subprocess.run(["chattr", "+i", source], capture_output=True, check=False).returncode:
        pytest.skip("no immutable files here")
    try:
        run = desk.apply(plan)
        assert (states(run), code(run)) == (["failed"], "source_kept")
        assert (elsewhere / "lib" / "a").read_bytes() == source.read_bytes()
        assert states(desk.resume()) == ["failed"]
    finally:
        unlocked(source)
    assert states(desk.resume()) == ["done"]
    assert not source.exists()
    assert desk.resume().empty
    desk.undo(run)
    assert source.exists()


# ---- undo ------------------------------------------------------------------------------------------------------


@pytest.fixture
def moved(desk: Desk, home: Path) -> tuple[pd.DataFrame, dict[str, Seen | None]]:
    pairs = [(film(home / "in" / name), home / "lib" / f"of {name}" / name) for name in "abc"]
    before = tree(home)
    return desk.apply(make_plan(pairs, home / "lib")), before


def test_undo_gives_bytes_names_times_and_folders_back_once(
    desk: Desk, home: Path, moved: tuple[pd.DataFrame, dict[str, Seen | None]]
) -> None:
    run, before = moved
    back = desk.undo(run)
    assert states(back) == ["done"] * 3
    assert tree(home) == before
    assert states(desk.receipts(run.attrs["run_id"])) == ["undone"] * 3
    again = desk.undo(run)
    assert (len(again), list(again.columns)) == (0, list(back.columns))
    assert again.dtypes.to_dict() == back.dtypes.to_dict()
    assert tree(home) == before


def test_undo_of_an_undo_does_it_again(
    desk: Desk, home: Path, moved: tuple[pd.DataFrame, dict[str, Seen | None]]
) -> None:
    run, before = moved
    after = tree(home)
    again = desk.undo(desk.undo(run))
    assert states(again) == ["done"] * 3
    assert tree(home) == after
    assert desk.undo()["state"].tolist() == ["done"] * 3
    assert tree(home) == before


def test_undo_without_a_run_takes_the_last_that_stands(desk: Desk, home: Path) -> None:
    for name in "ab":
        desk.apply(make_plan([(film(home / name), home / "lib" / name)], home / "lib"))
    assert desk.undo()["target"].tolist() == [from_path(home / "b")]
    assert desk.undo()["target"].tolist() == [from_path(home / "a")]
    assert desk.undo().empty


@pytest.mark.parametrize(
    "only",
    [
        ["m1"],
        "m1",
        [False, True, False],
        pd.Series([False, True, False]),
        pd.array([False, True, None], dtype="boolean"),
        pd.Series(["m1"]),
    ],
)
def test_a_part_of_a_run_by_mask_or_by_id(
    desk: Desk, home: Path, moved: tuple[pd.DataFrame, dict[str, Seen | None]], only: object
) -> None:
    run, before = moved
    back = desk.undo(run, only=only)
    assert back["move_id"].tolist() == ["m1"]
    assert (home / "in" / "b").exists()
    assert not (home / "lib" / "of b").exists()
    assert (home / "lib" / "of a" / "a").exists()
    assert states(desk.receipts(run.attrs["run_id"])) == ["done", "undone", "done"]
    desk.undo(run.attrs["run_id"])
    assert tree(home) == before


def test_given_some_receipts_only_those_are_taken_back(
    desk: Desk, home: Path, moved: tuple[pd.DataFrame, dict[str, Seen | None]]
) -> None:
    run, _ = moved
    assert desk.undo(run[run["move_id"] != "m1"])["move_id"].tolist() == ["m2", "m0"]
    assert (home / "lib" / "of b" / "b").exists()


@pytest.mark.parametrize("only", [["nonesuch"], [True]])
def test_a_part_that_is_not_there_is_refused(
    desk: Desk, moved: tuple[pd.DataFrame, dict[str, Seen | None]], only: object
) -> None:
    with pytest.raises(BadSetting):
        desk.undo(moved[0], only=only)


def test_part_of_a_chain_takes_along_who_stands_in_its_way(desk: Desk, home: Path) -> None:
    pairs = [(film(home / "1"), home / "2"), (film(home / "2"), home / "3")]
    before = tree(home)
    run = desk.apply(make_plan(pairs, home))
    back = desk.undo(run, only=["m1"])
    assert sorted(back["move_id"]) == ["m0", "m1"]
    assert back.set_index("move_id")["reason"]["m0"].startswith("way:")
    assert tree(home) == before


def edited(home: Path) -> None:
    grow(home / "lib" / "of b" / "b")


def name_taken(home: Path) -> None:
    film(home / "in" / "b", b"new")


def taken_away(home: Path) -> None:
    (home / "lib" / "of b" / "b").unlink()


@pytest.mark.parametrize("change", [edited, name_taken, taken_away])
def test_what_changed_since_is_left_alone_and_the_rest_goes_back(
    desk: Desk, home: Path, moved: tuple[pd.DataFrame, dict[str, Seen | None]], change: Callable[[Path], None]
) -> None:
    run, _ = moved
    change(home)
    here = {path: seen for path, seen in tree(home).items() if path.endswith("/b")}
    back = desk.undo(run).set_index("move_id")
    assert back["state"].to_dict() == {"m0": "done", "m1": "conflict", "m2": "done"}
    assert {path: seen for path, seen in tree(home).items() if path.endswith("/b")} == here
    assert (home / "in" / "a").exists()
    assert "m1" in desk.receipts(run.attrs["run_id"]).query("state == 'done'")["move_id"].tolist()


def test_a_secret_change_of_a_copied_film_is_found_by_its_hash(desk: Desk, home: Path, elsewhere: Path) -> None:
    run = desk.apply(make_plan([(film(home / "a"), elsewhere / "lib" / "a")], elsewhere / "lib"))
    seen = (elsewhere / "lib" / "a").stat()
    film(elsewhere / "lib" / "a", b"bbb", mtime_ns=seen.st_mtime_ns)
    assert states(desk.undo(run)) == ["conflict"]
    assert (elsewhere / "lib" / "a").read_bytes() == b"bbb"


def test_folders_of_others_stay_and_vanished_ones_come_back(
    desk: Desk, home: Path, moved: tuple[pd.DataFrame, dict[str, Seen | None]]
) -> None:
    run, _ = moved
    film(home / "lib" / "of a" / "theirs")
    (home / "in").rmdir()
    assert states(desk.undo(run)) == ["done"] * 3
    assert sorted(path.name for path in (home / "lib").rglob("*")) == ["of a", "theirs"]
    assert sorted(path.name for path in (home / "in").iterdir()) == ["a", "b", "c"]


def test_reverse_is_a_plan_that_apply_takes(desk: Desk, home: Path, elsewhere: Path) -> None:
    plan = make_plan(
        [(film(home / name), elsewhere / "lib" / name) for name in "ab"], elsewhere / "lib", ["move", "copy"]
    )
    plan = pd.concat([plan, make_plan([(film(home / "c"), home / "lib" / "c")], home / "lib")], ignore_index=True)
    plan["move_id"] = ["x", "y", "z"]
    before = tree(home)
    run = desk.apply(plan)
    back = stage.reverse(run)
    assert back["operation"].tolist() == ["move", "remove", "move"]
    assert back["source"].tolist() == run["target"].tolist()[::-1]
    assert states(desk.apply(back)) == ["done"] * 3
    assert {path: seen for path, seen in tree(home).items() if path != str(home / "lib")} == before


def test_reverse_of_nothing_is_an_empty_plan() -> None:
    empty = stage.reverse(table((*PLAN, *RECEIPT)))
    assert len(empty) == 0
    assert [column.name for column in PLAN] == list(empty.columns)[: len(PLAN)]


def test_receipts_of_two_runs_are_taken_back_one_at_a_time(desk: Desk, home: Path) -> None:
    both = pd.concat([desk.apply(make_plan([(film(home / name), home / "lib" / name)], home / "lib")) for name in "ab"])
    with pytest.raises(BadSetting, match="one at a time"):
        desk.undo(both)


# ---- the journal -----------------------------------------------------------------------------------------------


def test_nothing_to_resume_or_undo_makes_no_journal(desk: Desk) -> None:
    for empty in (desk.resume(), desk.undo()):
        assert (len(empty), list(empty.columns)) == (0, ALL)
    assert desk.runs().empty
    assert not desk.journal.parent.exists()


@pytest.mark.parametrize("content", [b""])
def test_an_empty_journal_is_nothing_to_resume(desk: Desk, content: bytes) -> None:
    desk.journal.parent.mkdir(parents=True)
    desk.journal.write_bytes(content)
    assert desk.resume().empty
    assert desk.runs().empty


def test_a_broken_journal_moves_nothing(desk: Desk, home: Path) -> None:
    film(desk.journal, b"no database, but as long as the header of one would be, or longer still" * 20)
    plan = make_plan([(film(home / "a"), home / "b")], home)
    for call in (lambda: desk.apply(plan), desk.resume, desk.undo, desk.runs):
        with pytest.raises(JournalError, match="cannot be used"):
            call()
    assert (home / "a").exists()


def test_two_at_once_on_one_journal_are_refused_in_words(desk: Desk, home: Path) -> None:
    plan = make_plan([(film(home / "a"), home / "b")], home)
    with locked(desk.journal), pytest.raises(JournalBusy, match="another apply"):
        desk.apply(plan)
    assert states(desk.apply(plan)) == ["done"]


def test_runs_counts_what_stands(desk: Desk, home: Path) -> None:
    empty = desk.runs()
    plan = make_plan([(film(home / name), home / "lib" / name) for name in "abc"], home / "lib")
    film(home / "lib" / "a", b"stranger")
    run = desk.apply(plan)
    back = desk.undo(run, only=["m1"])
    told = desk.runs()
    assert told.dtypes.to_dict() == empty.dtypes.to_dict()
    assert told["run_id"].tolist() == [run.attrs["run_id"], back.attrs["run_id"]]
    assert told["verb"].tolist() == ["apply", "undo"]
    assert told[["rows", "done", "conflict", "undone", "skipped", "failed"]].iloc[1].tolist() == [1, 1, 0, 0, 0, 0]
    assert told[["rows", "done", "undone"]].iloc[0].tolist() == [3, 1, 1]
    assert told["undoes"].iloc[1] == run.attrs["run_id"]
    assert (told["seconds"] > 0).all()
    assert told["ended"].notna().all()


def test_an_unknown_run_is_said_to_be_one(desk: Desk, moved: tuple[pd.DataFrame, dict[str, Seen | None]]) -> None:
    for call in (desk.undo, desk.resume, desk.receipts):
        with pytest.raises(UnknownRun):
            call("nonesuch")


def test_a_journal_of_other_disks_on_another_machine_is_refused(
    desk: Desk, home: Path, moved: tuple[pd.DataFrame, dict[str, Seen | None]]
) -> None:
    run, before = moved
    elsewhere = sqlite3.connect(desk.journal)
    elsewhere.execute("UPDATE runs SET machine='another'")
    elsewhere.commit()
    after = tree(home)
    elsewhere.execute('UPDATE runs SET file_systems=\'{"1": "uuid:of-no-disk-here"}\'')
    elsewhere.commit()
    with pytest.raises(JournalError, match="another machine"):
        desk.undo(run)
    assert tree(home) == after
    elsewhere.execute("UPDATE runs SET machine=?", [machine()])  # the same disks, seen by a machine that knows them
    elsewhere.commit()
    elsewhere.close()
    desk.undo(run)
    assert tree(home) == before


def test_two_journals_on_the_same_files_lose_and_double_nothing(home: Path, tmp_path: Path) -> None:
    pairs = [(film(home / f"{at:03}"), home / "lib" / f"{at:03}") for at in range(200)]
    before = tree(home)
    plan = make_plan(pairs, home / "lib")

    async def race() -> list[pd.DataFrame]:
        return await asyncio.gather(
            *(
                stage.apply(plan, journal=tmp_path / f"j{at}", progress=False, limits=Limits(batch_size=7))
                for at in range(3)
            )
        )

    runs = asyncio.run(race())
    after = tree(home)
    assert sum(run["state"].eq("done").sum() for run in runs) == 200
    for source, target in pairs:
        assert after[str(target)] == before[str(source)]
    assert len([seen for seen in after.values() if seen]) == 200


# ---- stopping --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("across", [False, True])
def test_cancelled_it_finishes_what_is_in_flight_and_records_it(
    desk: Desk, home: Path, elsewhere: Path, across: bool
) -> None:
    library = elsewhere / "lib" if across else home / "lib"
    size = 200_000 if across else 3
    pairs = [(film(home / f"{at:04}", os.urandom(size)), library / f"{at:04}") for at in range(400)]
    before = tree(home)
    plan = make_plan(pairs, library)

    async def cancelled() -> None:
        moving = asyncio.ensure_future(
            stage.apply(plan, journal=desk.journal, progress=False, limits=Limits(max_workers=2, batch_size=5))
        )
        while not any(target.exists() for _, target in pairs[:3]):
            await asyncio.sleep(0)
        moving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await moving

    asyncio.run(cancelled())
    (run_id,) = desk.runs()["run_id"]
    run = desk.receipts(run_id)
    for (source, target), state in zip(pairs, states(run), strict=True):
        assert state in ("done", "skipped")
        assert (target if state == "done" else source).read_bytes() == before[str(source)].content  # type: ignore[union-attr]
        assert (source if state == "done" else target).exists() is False
    assert "done" in states(run)
    assert "skipped" in states(run)
    assert run.loc[run["state"] == "skipped", "error"].str.startswith("stopped:").all()
    assert desk.runs()["ended"].notna().all()
    assert not list(library.glob(".mediaorg*"))
    if across:
        assert states(desk.resume()) == ["done"] * 400
        assert len(desk.resume()) == 0
    desk.undo(run_id)
    assert tree(home) == before
    assert len(desk.resume(run_id)) == 0  # it was taken back: its rest is not to be done


def test_what_was_stopped_is_not_done_behind_the_back_of_a_later_run(desk: Desk, home: Path) -> None:
    plan = make_plan([(film(home / f"{at}"), home / "lib" / f"{at}") for at in range(3)], home / "lib")
    with Journal.open(desk.journal) as journal:
        told = asyncio.run(stage.apply(plan, journal=desk.journal, progress=False))
        journal.record(told.attrs["run_id"], [Mark(2, "skipped", "stopped: …", left="row")])
        os.rename(home / "lib" / "2", home / "2")
    desk.apply(make_plan([(film(home / "later"), home / "lib" / "later")], home / "lib"))
    assert len(desk.resume()) == 0
    assert (home / "2").exists()
    assert states(desk.resume(told.attrs["run_id"])) == ["done"] * 3
    assert not (home / "2").exists()


def test_a_receipts_old_hash_does_not_hold_up_a_new_plan(desk: Desk, home: Path, elsewhere: Path) -> None:
    run = desk.apply(make_plan([(film(home / "a"), elsewhere / "a")], elsewhere))
    grow(elsewhere / "a")
    again = run.assign(source=run["target"], target=from_path(home / "b"), target_root=from_path(home))
    again = again.assign(**dict.fromkeys(("size", "mtime_ns", "inode", "device"), pd.NA))
    assert states(desk.apply(again)) == ["done"]


def test_progress_counts_the_bytes_that_are_copied(desk: Desk, home: Path, elsewhere: Path, capsys: Any) -> None:
    pairs = [(film(home / name, os.urandom(3_000_000)), elsewhere / "lib" / name) for name in "ab"]
    asyncio.run(stage.apply(make_plan(pairs, elsewhere), journal=desk.journal, progress=True))
    assert "apply: 2 of 2 files" in capsys.readouterr().err.replace("0.0 of 0.0 GB", "")
    desk.undo()
    big = make_plan([(film(home / "big", os.urandom(60_000_000)), elsewhere / "lib" / "big")], elsewhere)
    asyncio.run(stage.apply(big, journal=desk.journal, progress=True))
    assert "0.1 of 0.1 GB" in capsys.readouterr().err


def test_progress_is_told(desk: Desk, home: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    plan = make_plan([(film(home / name), home / "lib" / name) for name in "abc"], home / "lib")
    asyncio.run(stage.apply(plan, journal=desk.journal, progress=lambda *now: told.append(now)))
    assert told[-1] == ("apply", 3, 3)


def test_a_path_written_into_a_target_cell_is_a_target(desk: Desk, home: Path) -> None:
    plan = make_plan([(film(home / name), home / "lib" / name) for name in "ab"], home / "lib")
    plan["target"] = plan["target"].astype(object)
    plan.at[0, "target"] = home / "lib" / r"c\xff"  # as a path has it; in a cell it would be one odd byte
    plan.at[1, "target"] = 5
    run = desk.apply(plan)
    assert (states(run), code(run, 1)) == (["done", "conflict"], "outside_root")
    assert (home / "lib" / r"c\xff").exists()


def test_a_size_nobody_can_read_is_one_that_is_not_known(desk: Desk, home: Path) -> None:
    plan = make_plan([(film(home / "a"), home / "lib" / "a")], home / "lib")
    plan["size"] = ["4 MB"]
    assert states(desk.apply(plan)) == ["done"]


@pytest.mark.parametrize("operation", ["move", "copy"])
def test_a_sidecar_can_be_taken_back_alone(desk: Desk, home: Path, operation: str) -> None:
    pairs = [(film(home / name), home / "lib" / name) for name in ("a.mkv", "a.srt")]
    plan = make_plan(pairs, home / "lib", operation)
    plan.loc[1, "belongs_to"] = plan.loc[0, "move_id"]
    before = tree(home)
    run = desk.apply(plan)
    for way_back in (stage.reverse(run.iloc[1:]), stage.reverse(run).iloc[:1]):
        assert way_back["source"].tolist() == [str(home / "lib" / "a.srt")]
        back = desk.apply(way_back)
        assert states(back) == ["done"]
        assert (home / "a.srt").exists()
        assert not (home / "lib" / "a.srt").exists()
        assert states(desk.apply(stage.reverse(back))) == ["done"]  # and there again
    desk.undo(run)
    assert {path: seen for path, seen in tree(home).items() if seen} == {
        path: seen for path, seen in before.items() if seen
    }


def test_a_folder_that_may_be_written_to_but_not_read_can_hold_a_library(desk: Desk, unprivileged: Any) -> None:
    library = unprivileged / "lib"
    for name in ("in", "lib"):
        (unprivileged / name).mkdir(mode=0o777)
        (unprivileged / name).chmod(0o777)
    source = film(unprivileged / "in" / "a")
    desk.journal = unprivileged / "in" / "j.sqlite"
    library.chmod(0o333)
    plan = make_plan([(source, library / "a")], library)
    with unprivileged.user():
        assert states(desk.apply(plan)) == ["done"]


# ---- the brake -------------------------------------------------------------------------------------------------


def test_a_file_that_is_being_written_keeps_its_name_until_it_is_done(desk: Desk, home: Path, elsewhere: Path) -> None:
    pairs = [
        (film(home / "a"), home / "lib" / "a"),
        (film(home / "b"), home / "lib" / "b"),
        (film(elsewhere / "c"), home / "lib" / "c"),
    ]
    with (home / "a").open("ab"), (elsewhere / "c").open("ab"), (home / "b").open("rb"):
        run = desk.apply(make_plan(pairs, home / "lib"))
    assert states(run) == ["conflict", "done", "conflict"]
    assert run["error"].iloc[0].startswith("being_written: ")
    assert (home / "a").exists()
    assert states(desk.apply(make_plan([pairs[0], pairs[2]], home / "lib"))) == ["done", "done"]


@pytest.mark.parametrize("written", ["a", "b"])
def test_a_swap_with_a_file_that_is_being_written_leaves_both_where_they_are(
    desk: Desk, home: Path, written: str
) -> None:
    a, b = film(home / "a"), film(home / "b")
    before = tree(home)
    with (home / written).open("ab"):
        run = desk.apply(make_plan([(a, b), (b, a)], home))
    assert states(run) == ["conflict", "conflict"]
    assert tree(home) == before


@pytest.mark.parametrize("written", [0, 1, 2])
@pytest.mark.parametrize("across", [False, True])
def test_a_ring_with_a_file_that_is_being_written_does_not_begin(
    desk: Desk, home: Path, elsewhere: Path, written: int, across: bool
) -> None:
    ring = [film(home / "a"), film(home / "b"), film((elsewhere if across else home) / "c")]
    plan = make_plan(list(zip(ring, [*ring[1:], ring[0]], strict=True)), home)
    plan["target_root"] = [str(target.parent) for target in [*ring[1:], ring[0]]]
    before = tree(home, elsewhere)
    with ring[written].open("ab"):
        run = desk.apply(plan)
    assert states(run) == ["conflict"] * 3
    assert tree(home, elsewhere) == before


def test_whoever_opens_a_file_that_is_looked_at_is_not_hurt(home: Path) -> None:
    """The look takes a lease, and its breaking sends a signal that would end a process that does not know it."""
    path = film(home / "a")
    over = threading.Event()

    def write() -> None:
        while not over.is_set():
            with path.open("ab"):
                pass

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    try:
        answers = [disk.is_being_written(os.fspath(path)) for _ in range(2000)]
    finally:
        over.set()
        writer.join()
    assert set(answers) <= {True, False}
    assert not disk.is_being_written(os.fspath(path))


@pytest.mark.parametrize("place", ["/etc/films/a.mkv", "/usr/share/a.mkv", "/boot/a.mkv", "/proc/a.mkv"])
def test_nothing_goes_among_the_systems_own_files(desk: Desk, home: Path, place: str) -> None:
    run = desk.apply(make_plan([(film(home / "a"), Path(place))], Path(place).parent))
    assert states(run) == ["conflict"]
    assert run["error"].iloc[0].startswith("system_folder: ")
    assert (home / "a").exists()


def test_nor_by_way_of_a_link(desk: Desk, home: Path) -> None:
    source = film(home / "a")
    (home / "library").symlink_to("/etc")
    run = desk.apply(make_plan([(source, home / "library" / "mediaorg-test")], home / "library"))
    assert states(run) == ["conflict"]
    assert not Path("/etc/mediaorg-test").exists()


def test_a_plan_that_would_turn_a_library_over_is_stopped_by_the_brake(desk: Desk, home: Path) -> None:
    library = home / "lib"
    inside = [(film(library / f"{n}"), library / "x" / f"{n}") for n in range(6)]
    film(library / "stays")
    new = [(film(home / "new"), library / "new")]
    plan = make_plan([*inside, *new], library)
    run = desk.apply(plan, brake=0.5)
    assert states(run) == ["conflict"] * 6 + ["done"]
    assert run["error"].iloc[0] == f"brake: 6 of the 7 files in {library} would be touched, and brake is 0.5"
    assert set(states(desk.apply(make_plan(inside, library), brake=0.9))) == {"done"}
    with pytest.raises(BadSetting, match="brake is a share"):
        desk.apply(plan, brake=50)


# ---- what a reader broke ---------------------------------------------------------------------------------------


def held_and_cancelled(desk: Desk, verb: Callable[[], Any]) -> None:
    """Start `verb` on a journal that another holds, and cancel it while it waits: it is stopped before its first row."""
    with Journal.open(desk.journal):
        pass
    with closing(sqlite3.connect(desk.journal, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        async def cancelled() -> None:
            moving = asyncio.ensure_future(verb())
            for _ in range(9):
                await asyncio.sleep(0)
            moving.cancel()
            for _ in range(9):
                await asyncio.sleep(0)
            other.execute("ROLLBACK")
            with pytest.raises(asyncio.CancelledError):
                await moving

        asyncio.run(cancelled())


def stopped_at_once(desk: Desk, plan: pd.DataFrame) -> str:
    """A run that was stopped before its first row; its id."""
    held_and_cancelled(desk, lambda: stage.apply(plan, journal=desk.journal, progress=False))
    run = desk.receipts(desk.runs()["run_id"].iloc[-1])
    assert set(states(run)) == {"skipped"}
    return str(run["run_id"].iloc[0])


def not_reached(desk: Desk, run: pd.DataFrame, *at: int) -> None:
    """Make of rows of a run such as it was stopped before."""
    for position in at:
        os.rename(run["target"].iloc[position], run["source"].iloc[position])
    with Journal.open(desk.journal) as journal:
        journal.record(run.attrs["run_id"], [Mark(position, "skipped", "stopped: …", left="row") for position in at])


@pytest.mark.root
@pytest.mark.parametrize("third", [False, True], ids=["one name", "a third elsewhere"])
@pytest.mark.parametrize("way", ["link", "mount"])
def test_a_film_is_not_taken_away_by_a_second_path_to_its_one_name(
    desk: Desk, home: Path, way: str, third: bool
) -> None:
    source, library = film(home / "in" / "a"), home / "lib"
    run = desk.apply(make_plan([(source, library / "a")], library, "copy"))
    shutil.rmtree(library)
    if third:
        (home / "third").hardlink_to(source)
    if way == "link":
        library.symlink_to(home / "in")
    else:
        library.mkdir()
        if subprocess.run(["mount", "--bind", home / "in", library], capture_output=True, check=False).returncode:
            pytest.skip("cannot mount here")
    try:
        back = desk.undo(run)
        assert (states(back), code(back)) == (["conflict"], "same_name")
        assert source.exists()
    finally:
        if way == "mount":
            subprocess.run(["umount", library], check=True)


@pytest.mark.parametrize("reason", ["stopped: still downloading", "disk_full: later"])
def test_what_a_person_left_out_is_not_resumed_whatever_the_reason_says(desk: Desk, home: Path, reason: str) -> None:
    plan = make_plan([(film(home / name), home / "lib" / name) for name in "ab"], home / "lib", ["move", "skip"])
    plan.loc[1, "reason"] = reason
    run = desk.apply(plan)
    assert states(run) == ["done", "skipped"]
    assert desk.resume().empty
    assert desk.resume(run.attrs["run_id"]).empty
    assert (home / "b").exists()


@pytest.mark.root
def test_a_file_gets_its_exact_time_back_from_a_disk_that_counts_seconds(
    desk: Desk, home: Path, tmp_path: Path
) -> None:
    source = film(home / "a", mtime_ns=1_500_000_000_123_456_789)
    before = tree(home)
    with ext2(tmp_path / "old") as old:
        run = desk.apply(make_plan([(source, old / "lib" / "a")], old / "lib"))
        assert states(run) == ["done"]
        assert (old / "lib" / "a").stat().st_mtime_ns == 1_500_000_000_000_000_000
        assert states(desk.undo(run)) == ["done"]
    assert tree(home) == before


@pytest.mark.parametrize("left", [None, "source"])
def test_a_fifo_in_the_place_of_a_copy_ends_its_row_and_holds_up_nobody(desk: Desk, home: Path, left: Any) -> None:
    run = desk.apply(make_plan([(film(home / "a"), home / "lib" / "a")], home / "lib", "copy"))
    turned_into_a_fifo(home / "lib" / "a")
    with Journal.open(desk.journal) as journal:
        digest = xxhash.xxh3_128_hexdigest(b"aaa")
        state = "published" if left is None else "failed"
        journal.reopen(run.attrs["run_id"])
        journal.record(run.attrs["run_id"], [Mark(0, state, hash=digest, hash_algorithm="xxh3_128", left=left)])
    resumed = desk.resume()
    assert (states(resumed), code(resumed)) == (["failed"], "changed")
    assert (home / "a").exists()
    assert desk.resume().empty


def test_a_resume_that_is_cancelled_is_resumed_although_a_run_came_since(desk: Desk, home: Path) -> None:
    run = desk.apply(make_plan([(film(home / name), home / "lib" / name) for name in "ab"], home / "lib"))
    not_reached(desk, run, 0, 1)
    died(desk.journal, run.attrs["run_id"], m0="planned", m1="planned")
    desk.apply(make_plan([(film(home / "later"), home / "lib" / "later")], home / "lib"))
    held_and_cancelled(desk, lambda: stage.resume(journal=desk.journal, progress=False))
    assert desk.runs()["ended"].isna().tolist() == [True, False]
    assert (home / "a").exists()
    assert states(desk.resume()) == ["done", "done"]
    assert desk.resume().empty


def test_a_run_that_cannot_be_resumed_for_its_journal_holds_up_no_other_and_is_found_again(
    desk: Desk, home: Path
) -> None:
    runs = []
    for name in "ab":
        runs.append(desk.apply(make_plan([(film(home / name), home / "lib" / name)], home / "lib")))
        not_reached(desk, runs[-1], 0)
        died(desk.journal, runs[-1].attrs["run_id"], m0="planned")
    first = runs[0].attrs["run_id"]
    with closing(sqlite3.connect(desk.journal, isolation_level=None)) as journal:
        (own,) = journal.execute("SELECT file_systems FROM runs WHERE run_id = ?", [first]).fetchone()
        change = "UPDATE runs SET machine = ?, file_systems = ? WHERE run_id = ?"
        journal.execute(change, ["another", '{"7": "uuid:gone"}', first])
        with pytest.raises(JournalError, match="another machine"):
            desk.resume()
        assert ((home / "a").exists(), (home / "b").exists()) == (True, False)
        journal.execute(change, [machine(), own, first])
    assert states(desk.resume()) == ["done"]
    assert not (home / "a").exists()


@pytest.mark.parametrize("ids", [[1, 2], [1.0, 2.0], ["10", "11"], ["x", "y"]])
def test_receipts_from_a_spreadsheet_are_taken_back(desk: Desk, home: Path, ids: list[Any]) -> None:
    plan = make_plan([(film(home / name), home / "lib" / name) for name in "ab"], home / "lib")
    plan["move_id"] = pd.Series(ids, dtype=object)
    before = {path: seen for path, seen in tree(home).items() if seen}
    desk.apply(plan).to_csv(home.parent / "receipts.csv", index=False)
    again = pd.read_csv(home.parent / "receipts.csv")
    assert states(desk.undo(again.iloc[:1])) == ["done"]
    assert states(desk.undo(again)) == ["done"]
    assert {path: seen for path, seen in tree(home).items() if seen} == before


def test_receipts_whose_ids_are_not_those_of_the_run_are_refused_not_passed_over(desk: Desk, home: Path) -> None:
    plan = make_plan([(film(home / name), home / "lib" / name) for name in "ab"], home / "lib")
    run = desk.apply(plan.assign(move_id=["1", "2"]))
    with pytest.raises(BadSetting, match="has no moves"):
        desk.undo(run.assign(move_id=[1.0, 2.0]))  # as a column that had a gap is read


@pytest.mark.parametrize("missing", [None, pd.NA, float("nan")])
def test_receipts_with_a_row_that_never_had_an_id_are_taken_back(desk: Desk, home: Path, missing: Any) -> None:
    plan = make_plan([(film(home / name), home / "lib" / name) for name in "ab"], home / "lib", ["move", "skip"])
    plan["move_id"] = pd.Series(["m0", missing], dtype=object)
    assert states(desk.undo(desk.apply(plan))) == ["done"]


@pytest.mark.parametrize("ids", [["m", "m"], ["m", None]])
def test_rows_that_could_not_be_told_apart_later_are_refused_before_anything_is_moved(
    desk: Desk, home: Path, ids: list[Any]
) -> None:
    plan = make_plan([(film(home / name), home / "lib" / name) for name in "ab"], home / "lib")
    plan["move_id"] = ids
    before = tree(home)
    with pytest.raises(BadSetting, match="move_id"):
        desk.apply(plan)
    assert tree(home) == before
    assert desk.runs().empty
    plan["operation"] = ["move", "skip"]  # of a row that is not to be done it does not matter
    assert states(desk.apply(plan)) == ["done", "skipped"]


def test_a_run_of_former_days_is_taken_back_whatever_its_ids_are(
    desk: Desk, home: Path, moved: tuple[pd.DataFrame, dict[str, Seen | None]]
) -> None:
    run, before = moved
    with closing(sqlite3.connect(desk.journal)) as journal, journal:
        journal.execute("UPDATE rows SET move_id = 'None'")
    assert states(desk.undo(run.attrs["run_id"])) == ["done"] * 3
    assert tree(home) == before


def test_a_stopped_run_of_which_nothing_was_done_can_be_taken_back_for_good(desk: Desk, home: Path) -> None:
    run_id = stopped_at_once(desk, make_plan([(film(home / name), home / "lib" / name) for name in "ab"], home / "lib"))
    before = tree(home)
    assert desk.undo(run_id).empty
    assert desk.resume().empty
    assert desk.resume(run_id).empty
    assert tree(home) == before


def test_the_words_of_a_stopped_row_name_the_call_that_does_it(desk: Desk, home: Path) -> None:
    run_id = stopped_at_once(desk, make_plan([(film(home / name), home / "lib" / name) for name in "ab"], home / "lib"))
    desk.apply(make_plan([(film(home / "later"), home / "lib" / "later")], home / "lib"))
    assert desk.resume().empty
    assert desk.receipts(run_id)["error"].str.contains(f"resume('{run_id}') does it", regex=False).all()
    assert states(desk.resume(run_id)) == ["done", "done"]


def test_after_a_part_was_taken_back_resume_does_what_was_not_reached_and_only_that(desk: Desk, home: Path) -> None:
    run = desk.apply(make_plan([(film(home / name), home / "lib" / name) for name in "abcd"], home / "lib"))
    not_reached(desk, run, 2, 3)
    desk.undo(run, only=["m0", "m2"])
    assert states(desk.resume(run.attrs["run_id"])) == ["undone", "done", "skipped", "done"]
    assert sorted(path.name for path in (home / "lib").iterdir()) == ["b", "d"]


@pytest.mark.root
def test_an_unfinished_copy_that_would_not_go_goes_with_the_next_resume(
    desk: Desk, home: Path, elsewhere: Path
) -> None:
    library = home / "lib"
    library.mkdir(parents=True)
    plan = make_plan([(film(elsewhere / "a"), library / "a")], library)
    if subprocess.run(["chattr", "+a", library], capture_output=True, check=False).returncode:
        pytest.skip("no append-only folders here")
    try:
        run = desk.apply(plan)
        assert states(run) == states(desk.resume()) == ["failed"]
        assert len(list(library.iterdir())) == 1
    finally:
        subprocess.run(["chattr", "-a", library], check=True)
    desk.apply(make_plan([(film(home / "later"), library / "later")], library))
    assert states(desk.resume()) == ["failed"]
    assert [path.name for path in library.iterdir()] == ["later"]
    assert desk.resume().empty


def test_so_it_does_where_the_run_was_taken_back_meanwhile(desk: Desk, home: Path) -> None:
    run_id = stopped_at_once(desk, make_plan([(film(home / "a"), home / "lib" / "a")], home / "lib"))
    unfinished = film(home / "lib" / ".mediaorg-1-0.part")
    with Journal.open(desk.journal) as journal:
        journal.record(run_id, [Mark(0, "failed", "disk_full: …", temporary=str(unfinished), left="row")])
    assert desk.undo(run_id).empty
    assert states(desk.resume()) == ["skipped"]
    assert not unfinished.exists()
    assert (home / "a").exists()
    assert desk.resume().empty


def test_a_copy_whose_source_was_kept_leaves_nothing_to_resume_once_it_is_taken_back(desk: Desk, home: Path) -> None:
    run = desk.apply(make_plan([(film(home / "a"), home / "lib" / "a")], home / "lib", "copy"))
    with Journal.open(desk.journal) as journal:
        (mark,) = (entry.mark for entry in journal.entries(run.attrs["run_id"]))
        journal.record(
            run.attrs["run_id"],
            [
                Mark(
                    0,
                    "failed",
                    "source_kept: …",
                    hash=mark.hash,
                    seen=mark.seen,
                    hash_algorithm=mark.hash_algorithm,
                    left="source",
                )
            ],
        )
    assert states(desk.undo(run)) == ["done"]
    assert desk.resume().empty
    assert states(desk.receipts(run.attrs["run_id"])) == ["undone"]


def test_a_clock_that_was_set_back_does_not_change_what_undo_takes_back(desk: Desk, home: Path) -> None:
    desk.apply(make_plan([(film(home / "a"), home / "lib" / "a")], home / "lib"))
    with closing(sqlite3.connect(desk.journal)) as journal, journal:
        journal.execute("UPDATE runs SET started_ns = started_ns + 3600000000000")
    desk.apply(make_plan([(film(home / "b"), home / "lib" / "b")], home / "lib"))
    assert desk.undo()["target"].tolist() == [from_path(home / "b")]


def test_a_removal_written_by_hand_is_not_done(desk: Desk, home: Path) -> None:
    pairs = [(film(home / "a"), home / "a"), (film(home / "b", b"twin"), film(home / "c", b"twin"))]
    plan = make_plan(pairs, home, "remove").assign(hash=xxhash.xxh3_128_hexdigest(b"twin"), hash_algorithm="xxh3_128")
    before = tree(home)
    run = desk.apply(plan)
    assert states(run) == ["conflict", "conflict"]
    assert code(run) == "unknown_operation"
    assert tree(home) == before


def test_nothing_is_taken_from_among_the_systems_own_files_by_way_of_a_link(desk: Desk, home: Path) -> None:
    (home / "lib").mkdir(parents=True)
    (home / "link").symlink_to("/etc")
    run = desk.apply(make_plan([(home / "link" / "passwd", home / "lib" / "a")], home / "lib", "copy"))
    assert (states(run), code(run)) == (["conflict"], "system_folder")
    assert list((home / "lib").iterdir()) == []


def test_nor_does_resume_go_where_the_library_became_a_link_to_them(desk: Desk, home: Path) -> None:
    lands = Path("/etc/mediaorg-test")
    run_id = stopped_at_once(desk, make_plan([(film(home / "a"), home / "lib" / lands.name)], home / "lib"))
    shutil.rmtree(home / "lib", ignore_errors=True)
    (home / "lib").symlink_to("/etc")
    try:
        run = desk.resume(run_id)
        assert not lands.exists()
    finally:
        lands.unlink(missing_ok=True)
    assert (states(run), code(run)) == (["conflict"], "system_folder")
    assert (home / "a").exists()


@pytest.mark.parametrize("way", ["link", "dots"])
def test_the_brake_holds_whatever_path_leads_to_the_library(desk: Desk, home: Path, way: str) -> None:
    films = [film(home / "lib" / f"{at}") for at in range(4)]
    (home / "link").symlink_to(home / "lib")
    root = home / "link" if way == "link" else home / "lib"
    plan = make_plan([(each, root / "x" / each.name) for each in films], root)
    if way == "dots":
        plan["source"] = [f"{home}/in/../lib/{each.name}" for each in films]
        (home / "in").mkdir()
    run = desk.apply(plan, brake=0.5)
    assert states(run) == ["conflict"] * 4
    assert code(run) == "brake"


def test_subtitles_do_not_go_without_the_film_that_the_brake_holds(desk: Desk, home: Path) -> None:
    library = home / "lib"
    pairs = [(film(library / "a.mkv"), library / "x" / "a.mkv"), (film(home / "in" / "a.srt"), library / "x" / "a.srt")]
    plan = make_plan(pairs, library)
    plan.loc[1, "belongs_to"] = "m0"
    run = desk.apply(plan, brake=0.5)
    assert states(run) == ["conflict", "conflict"]
    assert code(run, 1) == "with_video"
    assert (home / "in" / "a.srt").exists()


@pytest.mark.root
def test_a_disk_that_was_unmounted_since_the_plan_is_missed(desk: Desk, home: Path, tmp_path: Path) -> None:
    labels = pd.DataFrame({"path": [from_path(film(home / "a.mkv"))], "media_type": ["movie"], "title": ["A"]})
    with mounted(tmp_path / "disk", "size=1m") as disk_:
        planned = plan_of(labels, disk_)
        assert planned["status"].tolist() == ["ready"]
    with pytest.raises(RootGone, match="another disk"):
        desk.apply(planned)
    assert list((tmp_path / "disk").iterdir()) == []
    assert (home / "a.mkv").exists()


def test_a_journal_is_held_under_whatever_name_it_is_asked_for(desk: Desk, home: Path, tmp_path: Path) -> None:
    plan = make_plan([(film(home / "a"), home / "b")], home)
    other = Desk(tmp_path)
    other.journal = tmp_path / "link"
    other.journal.symlink_to(desk.journal)
    with locked(desk.journal), pytest.raises(JournalBusy):
        other.apply(plan)


ODD = [
    ("source", "/tmp/a\0b"), ("source", "/tmp/\ud800x"), ("target", "/tmp/a\0b"), ("target", "/tmp/\ud800x"),
    ("target_root", "\ud800x"), ("target_root", ""), ("target_root", None), ("target", None), ("source", b"/tmp/a"),
    ("source", "a" * 5000), ("target", [1]), ("operation", "\ud800"), ("belongs_to", "\ud800"),
]  # fmt: skip
HARMLESS = [
    ("inode", 2**70), ("inode", -1), ("size", -1), ("mtime_ns", float("inf")), ("layout", [1]), ("layout", "\ud800"),
    ("move_id", [1]), ("move_id", "\ud800"), ("reason", 5), ("status", "\ud800"), ("root", "/tmp/\0"),
    ("root", "\ud800"), ("hash", [1]), ("hash", 5),
]  # fmt: skip


@pytest.mark.parametrize(("column", "cell", "ends"), [(*each, "conflict") for each in ODD] + [(*each, "done") for each in HARMLESS])  # fmt: skip
def test_an_odd_cell_costs_no_more_than_its_own_row(desk: Desk, home: Path, column: str, cell: Any, ends: str) -> None:
    plan = make_plan([(film(home / name), home / "lib" / name) for name in "ab"], home / "lib")
    plan = plan.assign(**{column: plan.get(column)}).astype({column: object})
    plan.at[0, column] = cell
    if column == "hash":
        plan["hash_algorithm"] = "xxh3_128"
    before = tree(home)
    run = desk.apply(plan)
    assert states(run)[1] == "done"
    assert states(run)[0] in ({"conflict", "failed", "skipped"} if ends == "conflict" else {"done"})
    assert ends == "done" or isinstance(run["error"].iloc[0], str)
    assert set(states(desk.undo(run))) == {"done"}
    assert tree(home) == before


@pytest.mark.parametrize(
    "facts",
    [
        5,
        {"plan": None},
        {"plan": 7, "scan": 5},
        {"scan": {"roots": None}},
        {"scan": {"roots": 5}},
        {"plan": {"target_root": []}},
    ],
)
def test_odd_notes_on_a_plan_are_no_reason_not_to_do_it(desk: Desk, home: Path, facts: Any) -> None:
    plan = make_plan([(film(home / "a"), home / "lib" / "a")], home / "lib")
    plan.attrs = {"mediaorg": facts}
    assert states(desk.apply(plan)) == ["done"]


@pytest.mark.parametrize(
    ("target", "root"),
    [
        ("lib/closed/a", "lib"),
        ("lib/closed/x/a", "lib"),
        ("lib/closed/r/a", "lib/closed/r"),
        ("lib/closed/a", "lib/closed"),
    ],
)
@pytest.mark.parametrize("first", [False, True])
def test_a_folder_that_may_not_be_entered_costs_the_rows_that_go_there(
    unprivileged: Any, target: str, root: str, first: bool
) -> None:
    pairs = [(film(unprivileged / "in" / name), unprivileged / at) for name, at in (("a", target), ("b", "lib/b"))]
    for folder in ("in", "lib", "lib/closed", "journals"):
        (unprivileged / folder).mkdir(exist_ok=True)
        (unprivileged / folder).chmod(0o700 if folder == "lib/closed" else 0o777)
    plan = make_plan(pairs, unprivileged / "lib")
    plan.loc[0, "target_root"] = from_path(unprivileged / root)
    plan = plan if first else plan.iloc[::-1]
    desk = Desk(unprivileged / "journals")
    with unprivileged.user():
        run = desk.apply(plan).set_index("move_id")
        assert run["state"].to_dict() == {"m0": "failed", "m1": "done"}
        assert run["error"]["m0"].startswith("permission: ")
        assert (unprivileged / "in" / "a").exists()
        assert desk.resume().empty
        assert states(desk.undo()) == ["done"]
    (unprivileged / "lib" / "closed").chmod(0o755)


def test_a_kept_source_of_a_journal_of_the_first_format_goes_with_resume(
    desk: Desk, home: Path, elsewhere: Path
) -> None:
    source = film(home / "a")
    run = desk.apply(make_plan([(source, elsewhere / "lib" / "a")], elsewhere / "lib"))
    seen = (elsewhere / "lib" / "a").stat()
    film(source, b"aaa", mtime_ns=seen.st_mtime_ns)
    with closing(sqlite3.connect(desk.journal)) as journal, journal:
        journal.execute(
            "UPDATE rows SET state = 'failed', error = 'source_kept: both', inode = ?", [source.stat().st_ino]
        )
        journal.execute("ALTER TABLE rows DROP COLUMN mtime_was")
        journal.execute("DROP TRIGGER taken_back")
        journal.execute("ALTER TABLE rows DROP COLUMN left")
        journal.execute(
            "CREATE TRIGGER taken_back AFTER UPDATE OF state ON rows WHEN NEW.state = 'done' AND NEW.undoes_run IS NOT NULL "
            "BEGIN UPDATE rows SET state = 'undone', parked = NULL WHERE run_id = NEW.undoes_run "
            "AND position = NEW.undoes_position; END"
        )
        journal.execute("PRAGMA user_version = 1")
    assert states(desk.resume()) == ["done"]
    assert not source.exists()
    assert states(desk.undo(run)) == ["done"]
    assert source.read_bytes() == b"aaa"


def test_small_copies_that_are_made_together_are_each_verified(desk: Desk, home: Path, elsewhere: Path) -> None:
    pairs = [(film(home / f"{at}", os.urandom(1000)), elsewhere / "lib" / f"{at}") for at in range(20)]
    before = tree(home)
    plan = make_plan([*pairs, (film(home / "z"), elsewhere / "lib" / "5")], elsewhere / "lib").iloc[:20]
    squatter = film(elsewhere / "lib" / "5", b"stranger")
    os.unlink(home / "z")
    run = desk.apply(plan, limits=Limits(max_workers=1))
    assert states(run) == ["done"] * 5 + ["conflict"] + ["done"] * 14
    whole = run[run["state"] == "done"]
    for source, digest in zip(whole["source"], whole["hash"], strict=True):
        assert digest == xxhash.xxh3_128_hexdigest(before[source].content)  # type: ignore[union-attr]
    assert squatter.read_bytes() == b"stranger"
    assert not list(elsewhere.rglob(".mediaorg*"))
    desk.undo(run)
    assert tree(home) == before


@pytest.mark.root
def test_a_journal_whose_disk_is_full_says_so_and_goes_on_once_there_is_room(
    desk: Desk, home: Path, tmp_path: Path
) -> None:
    plan = make_plan([(film(home / f"{at}"), home / "lib" / f"{at}") for at in range(300)], home / "lib")
    before = tree(home)
    with mounted(tmp_path / "small", "size=1m") as small:
        desk.journal = small / "j.sqlite"
        first = desk.apply(plan.iloc[:5])
        filler = small / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
        after = tree(home)
        with pytest.raises(JournalError, match=r"Make room.*resume\(\)"):
            desk.apply(plan.iloc[5:])
        assert tree(home) == after
        filler.unlink()
        assert states(desk.apply(plan.iloc[5:])) == ["done"] * 295
        desk.undo()
        desk.undo(first)
    assert tree(home) == before
