"""The cache gives back what it was given, by content and not by name, and never stands in the way of a run."""

import logging
import sqlite3
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.io.cache import Cache
from mediaorg.records import Identity, Probe

ONE = Identity(size=1, mtime_ns=2, inode=3, device=4)
FULL = Probe(
    "matroska,webm", 60.5, 1000, 1920, 1080, 1080, "h264", 25.0, "yuv420p", "HDR10", "aac", 6, ("eng", "und"), ("ger",), 3,
    "A Film", "2020-01-01T00:00:00Z", True, "libav 62", 0.01, None,
)  # fmt: skip


def test_what_is_kept_is_given_back(tmp_path):
    with Cache.open(tmp_path / "cache.sqlite") as cache:
        cache.write({ONE: FULL, replace(ONE, size=9): Probe(playable=False, probe_error="empty: 0 bytes")})
    with Cache.open(tmp_path / "cache.sqlite") as cache:
        assert cache.read([ONE, replace(ONE, inode=9)]) == {ONE: FULL}


def test_the_newest_answer_counts(tmp_path):
    with Cache.open(tmp_path / "cache.sqlite") as cache:
        cache.write({ONE: FULL})
        cache.write({ONE: replace(FULL, probed_by="ffprobe 7")})
        assert cache.read([ONE])[ONE].probed_by == "ffprobe 7"


UNSIGNED = st.integers(0, (1 << 64) - 1)


@given(st.builds(Identity, st.integers(0, 1 << 62), st.integers(-(1 << 62), 1 << 62), UNSIGNED, UNSIGNED))
def test_any_inode_and_device_can_be_kept(tmp_path_factory, who):
    with Cache.open(tmp_path_factory.mktemp("cache") / "cache.sqlite") as cache:
        cache.write({who: FULL})
        assert cache.read([who]) == {who: FULL}


def test_many_are_read_at_once(tmp_path):
    many = {replace(ONE, inode=number): replace(FULL, width=number) for number in range(1, 2500)}
    with Cache.open(tmp_path / "cache.sqlite") as cache:
        cache.write(many)
        assert cache.read(many) == many


@pytest.mark.parametrize("bad", ["text", "folder", "unwritable"])
def test_a_broken_cache_is_a_warning_and_a_run_without_it(tmp_path, caplog, bad):
    file = tmp_path / "cache.sqlite"
    if bad == "text":
        file.write_text("this is no database, and long enough that nobody takes it for an empty one" * 20)
    elif bad == "folder":
        file.mkdir()
    else:
        file = tmp_path / "file" / "cache.sqlite"
        file.parent.write_text("no folder")
    with caplog.at_level(logging.WARNING, "mediaorg"), Cache.open(file) as cache:
        cache.write({ONE: FULL})
        assert cache.read([ONE]) == {}
    assert "cannot be used" in caplog.text


def test_a_cache_of_another_version_begins_anew(tmp_path):
    file = tmp_path / "cache.sqlite"
    with Cache.open(file) as cache:
        cache.write({ONE: FULL})
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with Cache.open(file) as cache:
        assert cache.read([ONE]) == {}
        cache.write({ONE: FULL})
        assert cache.read([ONE]) == {ONE: FULL}


def test_two_at_once_share_it(tmp_path):
    with Cache.open(tmp_path / "cache.sqlite") as one, Cache.open(tmp_path / "cache.sqlite") as other:
        one.write({ONE: FULL})
        other.write({replace(ONE, size=2): FULL})
        assert len(one.read([ONE, replace(ONE, size=2)])) == 2


def test_no_cache_is_asked_for_and_none_is_made(home):
    with Cache.open(False) as cache:
        cache.write({ONE: FULL})
        assert cache.read([ONE]) == {}
    assert not (home / "cache").exists()
