"""The cache gives back what it was given, by content and else by path, and never stands in the way of a run."""

import logging
import os
import random
import sqlite3
import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.io.cache import Answer, Cache, Hashed
from mediaorg.records import Probe

COLUMNS = list(Probe._fields)
FULL = [
    "matroska,webm", 60.5, 1000, 1920, 1080, 1080, "h264", 25.0, "yuv420p", "HDR10", "aac", 6, ("eng", "und"), ("ger",), 3,
    "A Film", "2020-01-01T00:00:00Z", True, "libav 62", 0.01, None,
]  # fmt: skip
WHO = (1, 2, 3, 4)  # size, mtime_ns, inode, device
ONE = Answer(WHO, "/films/one.mkv", 0, FULL)


def by(name):
    return [name if column == "probed_by" else cell for column, cell in zip(COLUMNS, FULL, strict=True)]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "cache.sqlite"


def read(file, *asked, **how):
    with Cache.open(file) as cache:
        columns = cache.read([(place, who, path) for place, (who, path) in enumerate(asked)], **how)
        return {place: list(row) for place, *row in zip(*columns, strict=True)}


def write(file, *answers):
    with Cache.open(file) as cache:
        cache.write(answers)


def test_what_is_kept_is_given_back(file):
    empty = [None] * len(COLUMNS)
    write(file, ONE, Answer((0, 2, 9, 4), "/films/empty.mkv", 0, empty))
    asked = [(WHO, ONE.path), ((7, 7, 7, 7), "/films/strange.mkv"), ((0, 2, 9, 4), "/films/empty.mkv")]
    assert read(file, *asked) == {0: FULL, 2: empty}


def test_a_renamed_file_keeps_its_answer(file):
    write(file, ONE)
    assert read(file, (WHO, "/films/another name.mkv")) == {0: FULL}


def test_a_disk_that_has_another_number_today_keeps_its_answers(file):
    """Numbers of devices, and on network mounts those of files, change with the next start of the machine."""
    write(file, ONE)
    assert read(file, ((1, 2, 3000, 4000), ONE.path)) == {0: FULL}
    assert read(file, ((1, 2, 3000, 4000), "/films/another.mkv")) == {}


@pytest.mark.parametrize("edited", [(9, 2, 3, 4), (1, 9, 3, 4)])
def test_an_edited_file_is_another(file, edited):
    write(file, ONE)
    assert read(file, (edited, ONE.path)) == {}


def test_a_path_has_one_answer_the_newest(file):
    write(file, ONE)
    write(file, replace(ONE, row=by("ffprobe 7")))
    assert read(file, (WHO, ONE.path)) == {0: by("ffprobe 7")}
    write(file, Answer((5, 6, 7, 8), ONE.path, 0, FULL))
    assert read(file, (WHO, ONE.path), ((5, 6, 7, 8), ONE.path)) == {1: FULL}


def test_who_asks_for_a_deep_look_gets_no_quick_one_and_the_other_way_round_it_will_do(file):
    write(file, ONE, Answer((5, 6, 7, 8), "/films/deep.mkv", 2, FULL))
    asked = [(WHO, ONE.path), ((5, 6, 7, 8), "/films/deep.mkv")]
    assert list(read(file, *asked)) == [0, 1]
    assert list(read(file, *asked, integrity=1)) == [1]


def test_who_asks_for_one_prober_gets_no_other_ones_answer(file):
    write(file, ONE)
    assert read(file, (WHO, ONE.path), by="ffprobe") == {}
    assert read(file, (WHO, ONE.path), by="libav") == {0: FULL}


UNSIGNED = st.integers(0, (1 << 64) - 1)


@given(st.tuples(st.integers(0, 1 << 62), st.integers(-(1 << 62), 1 << 62), UNSIGNED, UNSIGNED))
def test_any_inode_and_device_can_be_kept(tmp_path_factory, who):
    file = tmp_path_factory.mktemp("cache") / "cache.sqlite"
    write(file, replace(ONE, identity=who, path=os.fsdecode(b"/films/bad\xff.mkv")))
    assert read(file, (who, ONE.path)) == {0: FULL}


def test_many_are_read_at_once(file):
    many = [Answer((1, 2, number, 4), f"/films/{number}.mkv", 0, FULL) for number in range(2500)]
    write(file, *many)
    assert read(file, *((one.identity, one.path) for one in many)) == dict.fromkeys(range(2500), FULL)


@pytest.mark.parametrize("bad", ["text", "folder", "unwritable"])
def test_a_broken_cache_is_a_warning_and_a_run_without_it(tmp_path, file, caplog, bad):
    if bad == "text":
        file.write_text("this is no database, and long enough that nobody takes it for an empty one" * 20)
    elif bad == "folder":
        file.mkdir()
    else:
        (tmp_path / "file").write_text("no folder")
        file = tmp_path / "file" / "cache.sqlite"
    with caplog.at_level(logging.WARNING, "mediaorg"):
        write(file, ONE)
        assert read(file, (WHO, ONE.path)) == {}
    assert "cannot be used" in caplog.text
    assert ("Delete it" in caplog.text) == (bad == "text")  # a folder may hold somebody's films


def test_a_cache_that_breaks_while_it_is_used_is_a_warning(file, caplog):
    write(file, ONE)
    with caplog.at_level(logging.WARNING, "mediaorg"), Cache.open(file) as cache:
        connection = sqlite3.connect(file)
        connection.execute("DROP TABLE probe")
        connection.close()
        assert cache.read([(0, WHO, ONE.path)]) == []
        cache.write([ONE])
    assert "going on without it" in caplog.text


@pytest.mark.parametrize(
    ("field", "cell"),
    [
        ("audio_languages", "no JSON"),
        ("audio_languages", "5"),
        ("audio_languages", "[5]"),
        ("duration", "long"),
        ("width", b"\xff\xfe"),
        ("channels", 1.5),
        ("format_name", 7),
        ("creation_time", "yesterday"),
        ("format_name", b"\xff"),
    ],
)
def test_a_damaged_cell_is_a_warning_and_a_run_without_the_cache(file, caplog, field, cell):
    write(file, ONE)
    connection = sqlite3.connect(file)
    connection.execute(f"UPDATE probe SET {field} = ?", (cell,))
    connection.commit()
    connection.close()
    with caplog.at_level(logging.WARNING, "mediaorg"):
        assert read(file, (WHO, ONE.path)) == {}
    assert "going on without it" in caplog.text


def test_whatever_bytes_of_it_are_damaged_it_stands_in_nobodys_way(file, caplog):
    write(file, *(Answer((1, 2, number, 4), f"/films/{number}.mkv", 0, FULL) for number in range(20)))
    whole = file.read_bytes()
    chance = random.Random(1)
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(12):
            data[chance.randrange(100, len(data))] = chance.randrange(256)
        for beside in ("-wal", "-shm"):
            file.with_name(file.name + beside).unlink(missing_ok=True)
        file.write_bytes(data)
        read(file, *(((1, 2, number, 4), "") for number in range(20)))
        write(file, ONE)


@pytest.mark.parametrize("change", ["ADD COLUMN more", "DROP COLUMN hdr", "RENAME COLUMN width TO breadth"])
def test_a_table_of_another_shape_begins_anew(file, change):
    write(file, ONE)
    connection = sqlite3.connect(file)
    connection.execute(f"ALTER TABLE probe {change}")
    connection.close()
    assert read(file, (WHO, ONE.path)) == {}
    write(file, ONE)
    assert read(file, (WHO, ONE.path)) == {0: FULL}


def test_a_table_that_is_gone_begins_anew(file):
    write(file, ONE)
    connection = sqlite3.connect(file)
    connection.execute("DROP TABLE probe")
    connection.close()
    write(file, ONE)
    assert read(file, (WHO, ONE.path)) == {0: FULL}


def test_a_file_put_in_the_place_of_another_is_another_whatever_its_size_and_time(file):
    """So does ``rsync -t``: a new file of the same disk, renamed over the old one."""
    write(file, ONE)
    assert read(file, ((1, 2, 3000, 4), ONE.path)) == {}


def test_what_is_no_path_to_any_system_is_only_not_known(file):
    write(file, replace(ONE, path="/films/\ud800.mkv"))
    assert read(file, ((9, 9, 9, 9), "/films/\ud800\0.mkv")) == {}


def test_a_cache_of_another_version_begins_anew(file):
    write(file, ONE)
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    assert read(file, (WHO, ONE.path)) == {}
    write(file, ONE)
    assert read(file, (WHO, ONE.path)) == {0: FULL}


def test_two_at_once_share_it(file):
    def fill(base):
        with Cache.open(file) as cache:
            for number in range(base, base + 50):
                cache.write([Answer((1, 2, number, 4), f"/{number}", 0, FULL)])

    threads = [threading.Thread(target=fill, args=(base,)) for base in (0, 1000, 2000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked = [((1, 2, base + number, 4), "") for base in (0, 1000, 2000) for number in range(50)]
    assert len(read(file, *asked)) == 150


def test_a_home_is_expanded(home, monkeypatch):
    monkeypatch.setenv("HOME", os.fspath(home))
    write("~/mine.sqlite", ONE)
    assert (home / "mine.sqlite").exists()


def test_no_cache_is_asked_for_and_none_is_made(home):
    write(False, ONE)
    assert read(False, (WHO, ONE.path)) == {}
    assert not (home / "cache").exists()


# ---- hashes

HASH = "0123456789abcdef" * 2
MINE = Hashed(WHO, ONE.path, HASH, None)


def write_hashes(file, *hashed):
    with Cache.open(file) as cache:
        cache.write_hashes(hashed)


def read_hashes(file, *asked):
    with Cache.open(file) as cache:
        return cache.read_hashes([(place, who, path) for place, (who, path) in enumerate(asked)])


def test_a_hash_is_known_by_content_and_else_by_path(file):
    write_hashes(file, MINE, Hashed((5, 6, 7, 8), "/films/two.mkv", None, HASH))
    asked = [(WHO, "/films/renamed.mkv"), ((5, 6, 7000, 8000), "/films/two.mkv"), ((5, 6, 7000, 8), "/films/two.mkv")]
    assert read_hashes(file, *asked, ((9, 2, 3, 4), ONE.path)) == {0: (HASH, None), 1: (None, HASH)}


def test_what_is_learnt_later_takes_the_place_of_what_was_known(file):
    write_hashes(file, MINE)
    write_hashes(file, replace(MINE, whole=HASH[::-1]))
    assert read_hashes(file, (WHO, ONE.path)) == {0: (HASH, HASH[::-1])}


def test_hashes_and_answers_do_not_stand_in_each_others_way(file):
    write(file, ONE)
    write_hashes(file, MINE)
    assert read(file, (WHO, ONE.path)) == {0: FULL}
    assert read_hashes(file, (WHO, ONE.path)) == {0: (HASH, None)}


def test_a_cache_from_before_there_were_hashes_keeps_its_answers(file):
    write(file, ONE)
    connection = sqlite3.connect(file)
    connection.execute("DROP TABLE hashes")
    connection.close()
    write_hashes(file, MINE)
    assert read_hashes(file, (WHO, ONE.path)) == {0: (HASH, None)}
    assert read(file, (WHO, ONE.path)) == {0: FULL}


@pytest.mark.parametrize("cell", ["no hash", HASH.upper(), HASH[1:], 7, b"\xff"])
def test_a_damaged_hash_is_a_warning_and_a_run_without_the_cache(file, caplog, cell):
    write_hashes(file, MINE)
    connection = sqlite3.connect(file)
    connection.execute("UPDATE hashes SET whole = ?", (cell,))
    connection.commit()
    connection.close()
    with caplog.at_level(logging.WARNING, "mediaorg"):
        assert read_hashes(file, (WHO, ONE.path)) == {}
    assert "going on without it" in caplog.text


def test_hashes_without_a_cache_are_not_kept(home):
    write_hashes(False, MINE)
    assert read_hashes(False, (WHO, ONE.path)) == {}
