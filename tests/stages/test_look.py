"""One look: the file's own header first, then libav, and the clock over both."""

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from mediaorg.io.container import Unreadable
from mediaorg.stages.look import FIELDS, How, look

ALONE = How(header=False)


class Says:
    """A libav that says one thing."""

    def __init__(self, answer, *, damage=None, seconds=0.0):
        self.answer, self.damaged, self.seconds = answer, damage, seconds

    def version(self):
        return "libav 1"

    def ask(self, path, seconds):
        until = time.monotonic() + self.seconds
        while time.monotonic() < until:
            pass
        if isinstance(self.answer, Exception):
            raise self.answer
        return json.loads(json.dumps(self.answer))

    def damage(self, path, *, decode):
        return self.damaged


VIDEO = {"format": {"duration": 5, "format_name": "x"},
         "streams": [{"id": 1, "codec_type": "video", "codec_name": "h264", "width": 64, "height": 36}]}  # fmt: skip


@pytest.fixture
def clip(collection):
    return os.fspath(next(path for path in sorted(collection.rglob("*.mkv")) if path.stat().st_size > 5000))


def test_a_header_that_is_sure_is_the_answer_and_nobody_is_asked(clip):
    seen = look(clip, How(), Says(Unreadable("not_video: nobody should ask")))
    assert (seen.probe.probed_by, seen.done) == ("header", True)
    assert seen.identity.size == os.path.getsize(clip)


def test_a_header_that_is_not_sure_leaves_it_to_libav(tmp_path):
    (tmp_path / "doubtful.mkv").write_bytes(b"\x1a\x45\xdf\xa3 and so on")
    seen = look(os.fspath(tmp_path / "doubtful.mkv"), How(), Says(VIDEO))
    assert (seen.probe.probed_by, seen.probe.width, seen.done) == ("libav 1", 64, True)


def test_whoever_has_nobody_to_ask_passes_it_on_with_what_is_known(tmp_path):
    (tmp_path / "cut.avi").write_bytes(b"RIFF" + (1000).to_bytes(4, "little") + b"AVI LIST")
    seen = look(os.fspath(tmp_path / "cut.avi"), How(libav=False))
    assert (seen.done, seen.cut) == (False, "truncated: 16 of 1,008 bytes")


def test_a_cut_file_is_told_whatever_the_prober_says(tmp_path):
    (tmp_path / "cut.avi").write_bytes(b"RIFF" + (1000).to_bytes(4, "little") + b"AVI LIST")
    probe = look(os.fspath(tmp_path / "cut.avi"), ALONE, Says(VIDEO)).probe
    assert (probe.probe_error, probe.playable, probe.video_codec) == ("truncated: 16 of 1,008 bytes", False, "h264")


def test_reserved_space_is_told(tmp_path):
    film = tmp_path / "reserved.ts"
    film.write_bytes(b"\x47" + bytes(187))
    os.truncate(film, 1 << 24)
    if os.stat(film).st_blocks * 512 >= 1 << 24:
        pytest.skip("this file system keeps no holes")
    probe = look(os.fspath(film), ALONE, Says(VIDEO)).probe
    assert probe.probe_error.startswith("truncated: nothing was written from byte ")
    assert not probe.playable


def reserved(folder, written):
    """A stream of whose `written` bytes nothing follows in the space reserved for it."""
    film = folder / "reserved.ts"
    film.write_bytes((b"\x47" + bytes(187)) * (written // 188 + 1))
    os.truncate(film, 1 << 24)
    if os.stat(film).st_blocks * 512 >= 1 << 24:
        pytest.skip("this file system keeps no holes")
    return os.fspath(film)


def test_where_hardly_anything_was_written_nobody_is_asked(tmp_path):
    """libav would read the zeros to its deadline."""
    seen = look(reserved(tmp_path, 1000), How(), Says(Unreadable("not_video: nobody should ask")))
    assert seen.probe.probe_error.startswith("truncated: nothing was written from byte ")
    assert (seen.probe.playable, seen.identity.size, seen.done) == (False, 1 << 24, True)


def test_where_much_was_written_it_is_told_what_it_is(tmp_path):
    film = reserved(tmp_path, 6_000_000)
    assert look(film, How(), Says(VIDEO)).probe.width == 64
    for libav in (Says(Unreadable("not_video: moov atom not found")), Says(VIDEO, seconds=0.1)):
        seen = look(film, How(seconds=0.05), libav)
        assert seen.probe.probe_error.startswith("truncated: nothing was written from byte ")
        assert seen.identity is not None


def test_zeros_that_were_written_for_what_is_to_come_are_told(clip, tmp_path):
    data = Path(clip).read_bytes()
    (tmp_path / "reserved.mkv").write_bytes(data[:-4096] + bytes(4096))
    probe = look(os.fspath(tmp_path / "reserved.mkv"), How()).probe
    assert probe.probe_error == f"truncated: zeros in place of the last bytes of {len(data):,}"
    assert not probe.playable


def test_an_mp4_filled_up_with_zeros_at_its_end_is_whole(collection, tmp_path):
    whole = next(path for path in sorted(collection.rglob("*.mp4")) if look(os.fspath(path), How()).probe.playable)
    (tmp_path / "filled.mp4").write_bytes(whole.read_bytes() + (9000).to_bytes(4, "big") + b"free" + bytes(8992))
    assert look(os.fspath(tmp_path / "filled.mp4"), How()).probe.playable


def test_a_refusal_keeps_the_identity_so_that_it_can_be_remembered(tmp_path):
    (tmp_path / "empty.mkv").touch()
    seen = look(os.fspath(tmp_path / "empty.mkv"), How(), Says(VIDEO))
    assert (seen.probe.probe_error, seen.identity.size, seen.done) == ("empty: 0 bytes", 0, True)
    (tmp_path / "text.mkv").write_text("text")
    seen = look(os.fspath(tmp_path / "text.mkv"), How(), Says(Unreadable("not_video: no")))
    assert (seen.probe.probe_error, seen.identity.size, seen.done) == ("not_video: no", 4, False)


def test_what_may_be_gone_the_next_time_is_not_to_be_remembered(tmp_path):
    seen = look(os.fspath(tmp_path / "gone.mkv"), How(), Says(VIDEO))
    assert (seen.probe.probe_error.partition(":")[0], seen.probe.playable, seen.identity) == ("missing", None, None)


def test_an_answer_that_came_too_late_is_no_answer(tmp_path):
    """libav's deadline may strike where it raises nothing: it then gives half an answer as if whole."""
    (tmp_path / "slow.mkv").write_text("text")
    seen = look(os.fspath(tmp_path / "slow.mkv"), How(seconds=0.05), Says(VIDEO, seconds=0.1))
    assert (seen.probe.probe_error, seen.probe.width, seen.identity) == ("timeout: 0.05 s", None, None)


def test_only_who_asks_for_it_has_the_whole_file_read(clip):
    damaged = Says(VIDEO, damage="damaged: a picture at 0:00:01.0")
    assert look(clip, How(), damaged).probe.playable
    for depth in ("scan", "full"):
        probe = look(clip, How(integrity=depth), damaged).probe
        assert (probe.playable, probe.probe_error) == (False, "damaged: a picture at 0:00:01.0")


def worker(how, *paths):
    lines = "".join(json.dumps(line) + "\n" for line in ([asdict(how)], list(paths)))
    command = [sys.executable, "-X", "importtime", "-m", "mediaorg.stages.look"]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True, timeout=30)
    hello, *answers = done.stdout.splitlines()
    assert hello == "{}"
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    return [dict(zip(FIELDS, json.loads(answer)[0], strict=True)) for answer in answers], loaded


def test_a_worker_answers_a_line_for_each_path_and_loads_libav_for_who_needs_it(clip, collection):
    ts = os.fspath(next(path for path in sorted(collection.rglob("*.ts")) if path.stat().st_size > 5000))
    [one, other], loaded = worker(How(), clip, ts)
    assert (one["probed_by"], other["probed_by"].split()[0]) == ("header", "libav")
    assert "av" in loaded
    [again], loaded = worker(How(), clip)
    assert again["width"] == one["width"]
    assert not {"av", "pandas", "numpy", "asyncio", "sqlite3"} & loaded


def test_a_deadline_that_makes_libav_refuse_is_no_verdict_on_the_file(clip):
    probe, who, _, done = look(clip, How(header=False, seconds=0.01), Says(EXIT, seconds=0.02)).plain()
    said = dict(zip(FIELDS, probe, strict=True))
    assert (said["probe_error"], said["playable"], who, done) == ("timeout: 0.01 s", None, None, True)


EXIT = Unreadable("not_video: Immediate exit requested")
