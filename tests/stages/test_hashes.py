"""Equal content has an equal hash, and as little is read for that as it takes."""

import asyncio
import logging
import os
import re
import shutil
import sys
import threading
from pathlib import Path

import pandas as pd
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mediaorg as mo
from mediaorg import schema
from mediaorg.io.cache import Cache
from mediaorg.io.container import identity
from mediaorg.io.disk import hash_file
from mediaorg.io.stopping import Stop, offering
from tests.mounts import mounted

from .moving import another_device

PIECES = 3 << 16  # byte read of a larger file
LARGE = 1_000_000
DTYPES = schema.table(schema.HASHES).dtypes.to_dict()


def hashes(files, **settings):
    return mo.run(mo.hashes(files, **{"progress": False, "cache": False} | settings))


def facts(hashed):
    return hashed.attrs["mediaorg"]["hashes"]


def scan(folder):
    return mo.run(mo.scan(folder, progress=False))


def words(hashed):
    return [
        None if error is None else error.partition(":")[0]
        for error in hashed["hash_error"].astype(object).where(hashed["hash_error"].notna(), None)
    ]


def film(path, size=LARGE, *, seed=0, changed=()):
    """A file of `size` whose content follows from `seed`, but for the bytes at the places of `changed`."""
    block = seed.to_bytes(8, "little") + b"film"
    content = bytearray((block * (size // len(block) + 1))[:size])
    for at in changed:
        content[at] ^= 1
    path.write_bytes(content)
    return path


# ---- the law

SIZES = st.sampled_from([0, 1, 5, PIECES - 1, PIECES, PIECES + 1, 300_000])
PLACES = st.sets(st.sampled_from([0, 70_000, 150_000, -1]), max_size=2)  # in the pieces, and between them
CONTENTS = st.one_of(st.tuples(SIZES, PLACES), st.just("link"))


@settings(max_examples=60)
@given(st.lists(CONTENTS, max_size=9), st.booleans())
def test_equal_content_has_an_equal_hash_and_no_other_has(tmp_path_factory, contents, whole):
    folder = tmp_path_factory.mktemp("films")
    paths = []
    for number, how in enumerate(contents):
        path = folder / f"{number}.mkv"
        if how == "link" and paths:
            path.hardlink_to(paths[number // 2])
        else:
            size, places = (7, ()) if how == "link" else how
            film(path, size, changed=[at for at in places if at < size and size])
        paths.append(path)
    hashed = hashes(paths, whole=whole)
    held = [path.read_bytes() for path in paths]
    said = hashed["content_hash"].tolist()
    for content, hash_, how, path in zip(held, said, hashed["hash_of"], paths, strict=True):
        alone = sum(len(other) == len(content) for other in held) == 1
        assert isinstance(hash_, str) == isinstance(how, str) == (whole or not alone)
        if how == "whole":
            assert hash_ == hash_file(os.fspath(path))
        if isinstance(hash_, str):
            assert [other == content for other in held if len(other) == len(content)] == [
                other == hash_ for other, of in zip(said, held, strict=True) if len(of) == len(content)
            ]
        if how == "pieces":  # whoever has the same is the same file
            same = [other for other, of in zip(paths, said, strict=True) if of == hash_]
            assert all(os.path.samefile(path, other) for other in same)
            assert not whole
    assert hashed["hash_error"].isna().all()


# ---- a table in, the same table wider


def test_rows_order_and_index_stay(collection):
    scanned = scan(collection).sample(frac=1, random_state=1).set_index("name", drop=False)
    hashed = hashes(scanned)
    pd.testing.assert_frame_equal(hashed[scanned.columns], scanned)
    assert list(hashed.columns[-3:]) == ["content_hash", "hash_of", "hash_error"]
    pd.testing.assert_frame_equal(hashes(hashed), hashed, check_like=False)


def test_no_rows_and_only_failures_have_the_same_dtypes(tmp_path):
    for files in (schema.table(schema.SCAN), [tmp_path / "gone.mkv"], film(tmp_path / "a.mkv")):
        assert hashes(files)[list(DTYPES)].dtypes.to_dict() == DTYPES


def test_a_path_a_list_and_a_folder_will_do(tmp_path):
    (tmp_path / "films").mkdir()
    one, two = film(tmp_path / "films" / "1.mkv"), Path(os.fsdecode(os.fsencode(tmp_path) + b"/films/bad\xff.mkv"))
    shutil.copy(one, two)
    assert hashes(one)["content_hash"].isna().all()
    for files in ([one, two], tmp_path / "films", str(tmp_path / "films"), scan(tmp_path)["path"]):
        assert hashes(files)["content_hash"].tolist() == [hash_file(os.fspath(one))] * 2


@pytest.mark.parametrize(("name", "value"), [("whole", "yes"), ("limits", 4)])
def test_a_bad_setting_is_named(tmp_path, name, value):
    with pytest.raises(mo.errors.BadSetting, match=name):
        hashes(tmp_path, **{name: value})


def test_a_table_without_paths_is_a_clear_error():
    with pytest.raises(mo.errors.MissingColumns, match="'path'"):
        hashes(pd.DataFrame({"size": [1]}))


# ---- as little as it takes

OPENED: list[str] = []
WATCHING = threading.Event()


def note_opening(event, args):
    if event == "open" and WATCHING.is_set() and isinstance(args[0], str):
        OPENED.append(args[0])


sys.addaudithook(note_opening)


@pytest.fixture
def opened():
    """The paths that are opened meanwhile, as the interpreter tells them."""
    OPENED.clear()
    WATCHING.set()
    yield OPENED
    WATCHING.clear()


def test_a_file_whose_size_nobody_shares_is_not_opened(tmp_path, opened):
    for number, size in enumerate((LARGE, LARGE, LARGE + 1)):
        film(tmp_path / f"{number}.mkv", size, seed=number)
    scanned = scan(tmp_path)
    opened.clear()
    assert hashes(scanned)["content_hash"].isna().tolist() == [False, False, True]
    assert {Path(path).name for path in opened} & {"0.mkv", "1.mkv", "2.mkv"} == {"0.mkv", "1.mkv"}


def test_of_two_that_differ_at_the_beginning_only_pieces_are_read(tmp_path):
    files = [film(tmp_path / f"{seed}.mkv", seed=seed) for seed in (1, 2)]
    hashed = hashes(files)
    assert hashed["hash_of"].tolist() == ["pieces", "pieces"]
    assert hashed["content_hash"].nunique() == 2
    assert facts(hashed)["bytes"] == 2 * PIECES


def test_of_three_of_a_size_those_whose_pieces_agree_are_read_whole(tmp_path):
    files = [film(tmp_path / "1"), film(tmp_path / "2", changed=[200_000]), film(tmp_path / "3", seed=3)]
    hashed = hashes(files)
    assert hashed["hash_of"].tolist() == ["whole", "whole", "pieces"]
    assert hashed["content_hash"].nunique() == 3
    assert facts(hashed) | {"seconds": 0} == {
        "files": 3, "read": 3, "cache_hits": 0, "bytes": 3 * PIECES + 2 * LARGE, "errors": {}, "seconds": 0,
    }  # fmt: skip


def test_all_names_of_one_file_are_read_once_and_their_pieces_will_do(tmp_path):
    one, copy = film(tmp_path / "1"), film(tmp_path / "copy")
    (tmp_path / "2").hardlink_to(one)
    (tmp_path / "3").symlink_to(one)
    names = [one, tmp_path / "2", tmp_path / "3"]
    alone = hashes(names)
    assert (alone["hash_of"].tolist(), alone["content_hash"].nunique()) == (["pieces"] * 3, 1)
    assert facts(alone)["bytes"] == PIECES
    hashed = hashes([*names, copy])
    assert (hashed["hash_of"].tolist(), hashed["content_hash"].nunique()) == (["whole"] * 4, 1)
    assert facts(hashed)["bytes"] == 2 * PIECES + 2 * LARGE


def test_a_name_of_a_file_that_is_gone_leaves_the_others(tmp_path):
    one = film(tmp_path / "1")
    (tmp_path / "2").hardlink_to(one)
    scanned = scan(tmp_path)
    one.unlink()
    assert hashes(scanned)["content_hash"].notna().all()


def test_copies_on_two_disks_are_found(tmp_path):
    with another_device(tmp_path) as elsewhere:
        files = [film(folder / f"{seed}.mkv", seed=seed) for folder in (tmp_path, elsewhere) for seed in range(5)]
        hashed = hashes(files)
        assert hashed["hash_of"].eq("whole").all()
        assert hashed["content_hash"].tolist()[:5] == hashed["content_hash"].tolist()[5:]
        assert hashed["content_hash"].nunique() == 5


def test_one_worker_gives_the_same_answers(tmp_path):
    with another_device(tmp_path) as elsewhere:
        for number in range(60):
            film(tmp_path / f"{number}.mkv", LARGE + number % 4, seed=number % 9)
            film(elsewhere / f"{number}.mkv", LARGE + number % 4, seed=number % 7)
        scanned = mo.run(mo.scan(tmp_path, elsewhere, progress=False))
        few, many = hashes(scanned, limits=mo.Limits(max_workers=1)), hashes(scanned)
    assert few["content_hash"].notna().all()
    assert {**facts(few), "seconds": 0} == {**facts(many), "seconds": 0}
    few.attrs = many.attrs
    pd.testing.assert_frame_equal(few, many)


# ---- what is wrong with a file is a value


def test_bad_files_are_rows_with_a_reason_and_the_good_ones_beside_them_have_a_hash(tmp_path):
    files = [film(tmp_path / name, 5) for name in ("1", "2")]
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "folder").mkdir()
    bad = [tmp_path / name for name in ("pipe", "loop", "folder", "gone", "1/below", "nul\0")]
    hashed = hashes([*files, *bad])
    assert words(hashed) == [None, None, "not_regular", "io", "not_regular", "missing", "missing", "io"]
    assert hashed["content_hash"].notna().tolist() == [True] * 2 + [False] * 6
    assert facts(hashed)["errors"] == {"not_regular": 2, "io": 2, "missing": 2}


def test_a_row_without_a_path_says_so(tmp_path):
    frame = pd.DataFrame({"path": [None, float("nan"), str(film(tmp_path / "1"))]})
    assert words(hashes(frame)) == ["missing", "missing", None]


def test_a_file_without_permission_is_a_row(unprivileged):
    for name in ("1", "2", "3"):
        film(unprivileged / name).chmod(0o000 if name == "1" else 0o644)
    files = [unprivileged / name for name in ("1", "2", "3")]
    hashes(files, whole=True)  # imports what it needs, as root
    with unprivileged.user():
        hashed = hashes(files)
    assert words(hashed) == ["permission", None, None]
    assert hashed["hash_of"].tolist()[1:] == ["whole", "whole"]


def test_a_file_that_changed_since_it_was_scanned_has_no_hash(tmp_path):
    for name in ("1", "2", "3", "4"):
        film(tmp_path / name)
    scanned = scan(tmp_path)
    film(tmp_path / "1", LARGE + 1)
    (tmp_path / "2").unlink()
    hashed = hashes(scanned)
    assert words(hashed) == ["changed", "missing", None, None]
    assert hashed["hash_of"].tolist()[2:] == ["whole", "whole"]


def test_a_file_that_changes_while_it_is_read_has_no_hash_and_is_not_kept(tmp_path):
    for name in ("1", "2"):
        (tmp_path / name).touch()
        os.truncate(tmp_path / name, 1 << 40)  # all hole; read to its end it would take minutes
    scanned, cache = scan(tmp_path), tmp_path / "cache.sqlite"
    heard = []

    def change(*said):
        heard.append(said)
        if len(heard) == 4:
            for name in ("1", "2"):
                os.utime(tmp_path / name, (1, 1))

    hashed = hashes(scanned, cache=cache, progress=change)
    assert words(hashed) == ["changed", "changed"]
    who = scanned[["size", "mtime_ns", "inode", "device"]].itertuples(index=False, name=None)
    with Cache.open(cache) as kept:
        known = kept.read_hashes([(at, tuple(map(int, one)), "") for at, one in enumerate(who)])
    assert [(bool(pieces), whole) for pieces, whole in known.values()] == [(True, None)] * 2


def shared(tmp_path, names):
    """Local films of the size of those on a share."""
    return [film(tmp_path / name, 1 << 20) for name in names]


@pytest.fixture
def dead(tmp_path):
    (tmp_path / "share").mkdir()
    try:
        with mounted(tmp_path / "share") as folder:
            yield folder
    except PermissionError as error:
        pytest.skip(str(error))


def test_a_disk_that_does_not_answer_costs_a_few_deadlines_and_nobody_else_a_hash(dead, tmp_path):
    local = shared(tmp_path, ("1", "2"))
    hashed = hashes([*(dead / f"{number}.mkv" for number in range(40)), *local], limits=mo.Limits(timeout_seconds=0.5))
    said = hashed["hash_error"].tolist()
    assert set(said[:40]) == {"timeout: 0.5 s", "timeout: the disk does not answer"}
    assert said.count("timeout: 0.5 s") <= 8
    assert hashed["hash_of"].tolist()[40:] == ["whole", "whole"]


# ---- the cache


def test_a_second_call_reads_nothing_and_says_the_same(tmp_path):
    (tmp_path / "films").mkdir()
    for number in range(12):
        film(tmp_path / "films" / f"{number}.mkv", (5, LARGE)[number % 2], seed=number // 3)
    scanned = scan(tmp_path / "films")
    cache = tmp_path / "cache.sqlite"
    first, second = (hashes(scanned, cache=cache) for _ in range(2))
    assert (facts(first)["read"], facts(first)["cache_hits"]) == (12, 0)
    assert (facts(second)["read"], facts(second)["bytes"], facts(second)["cache_hits"]) == (0, 0, 12)
    second.attrs = first.attrs
    pd.testing.assert_frame_equal(first, second)
    cache.unlink()
    assert facts(hashes(scanned, cache=cache))["read"] == 12


def test_what_is_said_does_not_depend_on_what_is_in_the_cache(tmp_path):
    (tmp_path / "films").mkdir()
    for number in range(12):
        film(tmp_path / "films" / f"{number}.mkv", LARGE + number % 3, seed=number // 5)
    scanned, cache = scan(tmp_path / "films"), tmp_path / "cache.sqlite"
    hashes(scanned.iloc[::2], whole=True, cache=cache)
    hashes(scanned.iloc[1::2], cache=cache)
    one, other = hashes(scanned), hashes(scanned, cache=cache)
    assert set(one["hash_of"]) == {"pieces", "whole"}
    assert 0 < facts(other)["bytes"] < facts(one)["bytes"]
    other.attrs = one.attrs
    pd.testing.assert_frame_equal(one, other)


def test_a_renamed_file_keeps_its_hash_and_an_edited_one_does_not(tmp_path):
    one, two = film(tmp_path / "1"), film(tmp_path / "2")
    cache = tmp_path / "cache.sqlite"
    hashes([one, two], cache=cache)
    renamed = one.rename(tmp_path / "renamed")
    assert facts(hashes([renamed, two], cache=cache))["read"] == 0
    film(renamed, changed=[3])
    again = hashes([renamed, two], cache=cache)
    assert facts(again)["read"] == 1
    assert again["content_hash"].nunique() == 2


def test_probe_and_hashes_share_a_cache(tmp_path, collection):
    cache = tmp_path / "cache.sqlite"
    for _ in range(2):
        media = mo.run(mo.probe(collection, cache=cache, progress=False))
        hashed = hashes(media, cache=cache)
    assert media.attrs["mediaorg"]["probe"]["probes"] == facts(hashed)["read"] == 0
    assert facts(hashed)["cache_hits"] > 0


def test_without_a_cache_none_is_made(tmp_path, home):
    hashes([film(tmp_path / "1"), film(tmp_path / "2")])
    assert not (home / "cache").exists()


# ---- progress, and an end at any time


def test_progress_is_told_in_files_and_bytes_and_ends_whole(tmp_path, caplog):
    heard = []
    for name in ("1", "2", "3"):
        (tmp_path / name).touch()
        os.truncate(tmp_path / name, 500_000_000 + (name == "3"))
    with caplog.at_level(logging.DEBUG, "mediaorg"):
        hashes([*sorted(tmp_path.iterdir()), tmp_path / "gone"], progress=lambda *said: heard.append(said))
    assert (heard[0], heard[-1]) == (("hashes", 0, 4), ("hashes", 4, 4))
    assert re.match(r"hashes: 4 of 4 files in .*, 1\.0 of 1\.0 GB, .*, 1 with an error$", caplog.messages[-1])


def test_cancelled_its_readers_end_and_what_they_learnt_is_kept(tmp_path):
    for name in ("1", "2"):
        (tmp_path / name).touch()
        os.truncate(tmp_path / name, 1 << 40)  # would take minutes
    cache = tmp_path / "cache.sqlite"
    files = [tmp_path / "1", tmp_path / "2"]

    async def cancelled():
        heard = asyncio.Event()
        hashing = asyncio.create_task(
            mo.hashes(files, cache=cache, progress=lambda *said: told.append(said) or (len(told) > 2 and heard.set()))
        )
        await heard.wait()
        hashing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hashing

    told: list[object] = []
    hashes(shared(tmp_path, ("3", "4")))
    threads, descriptors = threading.active_count(), psutil.Process().num_fds()
    mo.run(cancelled())
    assert (threading.active_count(), psutil.Process().num_fds()) == (threads, descriptors)
    who = [
        (at, (it.size, it.mtime_ns, it.inode, it.device), "")
        for at, it in enumerate(identity(os.stat(f)) for f in files)
    ]
    with Cache.open(cache) as kept:
        assert [(bool(pieces), whole) for pieces, whole in kept.read_hashes(who).values()] == [(True, None)] * 2


def test_a_disk_of_which_all_pieces_are_known_is_read_when_it_has_to_be(tmp_path):
    cache = tmp_path / "cache.sqlite"
    with another_device(tmp_path) as other:
        film(other / "2", changed=[0])
        hashes([film(other / "1"), other / "2"], cache=cache)
        hashed = hashes([other / "1", film(tmp_path / "1")], cache=cache)
    assert hashed["hash_of"].tolist() == ["whole", "whole"]
    assert hashed["content_hash"].nunique() == 1


@pytest.mark.root
def test_as_many_read_from_a_slow_share_as_pay_and_no_more_than_are_given(tmp_path):
    (tmp_path / "share").mkdir()
    with mounted(tmp_path / "share", film(tmp_path / "film", 5000), 0.01) as share:
        files = [share / f"{number}.mkv" for number in range(400)]
        for path in files:
            path.stat()
        allowed = []
        for limits in (None, mo.Limits(max_workers=2)):
            assert hashes(files, limits=limits)["content_hash"].nunique() == 1
            allowed.append(mo.statistics()["workers"].iloc[-1])
    assert allowed[0] >= 8
    assert allowed[1] == 2


class StopAfter(Stop):
    """A wish to stop that comes when it has been looked for so often."""

    def __init__(self, looks):
        super().__init__()
        self.looks = looks

    def is_set(self):
        self.looks -= 1
        return self.looks < 0


@pytest.mark.parametrize("looks", range(8))
def test_however_early_it_is_stopped_two_of_one_hash_hold_the_same(tmp_path, looks):
    one, other = film(tmp_path / "1"), film(tmp_path / "2", changed=[200_000])  # their pieces agree
    third, cache = film(tmp_path / "3", seed=3), tmp_path / "cache.sqlite"
    for known in (one, other):
        far = film(tmp_path / "far", seed=4)
        assert hashes([known, far], cache=cache)["hash_of"].tolist() == ["pieces", "pieces"]

    async def stopped():
        with offering(StopAfter(looks)):
            return await mo.hashes([one, other, third], cache=cache, progress=False)

    hashed = mo.run(stopped())
    told = hashed["content_hash"].dropna()
    assert told.is_unique
    assert set(words(hashed[hashed["content_hash"].isna()])) <= {"stopped"}
    assert hashed["hash_of"].notna().equals(hashed["content_hash"].notna())
