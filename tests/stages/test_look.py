"""One look: the file's own bytes first, then a prober, and the clock over both."""

import os
import subprocess
import sys
import time

import pytest

from mediaorg.io.container import Unreadable
from mediaorg.stages.look import look, quick_look, turned

VIDEO = {"format": {}, "streams": [{"id": 1, "codec_type": "video"}, {"id": 2, "codec_type": "audio"}]}


def test_a_cut_file_is_told_whatever_the_prober_says(tmp_path):
    film = tmp_path / "cut.avi"
    film.write_bytes(b"RIFF" + (1000).to_bytes(4, "little") + b"AVI LIST")
    said = look(os.fspath(film), 30, lambda path, seconds: dict(VIDEO))
    assert said["cut"] == "truncated: 16 of 1,008 bytes"
    assert said["answer"]


def test_reserved_space_is_told(tmp_path):
    film = tmp_path / "reserved.ts"
    film.write_bytes(b"\x47" + bytes(187))
    os.truncate(film, 1 << 24)
    if os.stat(film).st_blocks * 512 >= 1 << 24:
        pytest.skip("this file system keeps no holes")
    assert quick_look(os.fspath(film))["cut"].startswith("truncated: nothing was written from byte ")


def test_the_turn_stands_where_ffprobe_writes_it():
    streams = turned(VIDEO, {1: 90})["streams"]
    assert streams[0]["side_data_list"] == [{"rotation": 90}]
    assert "side_data_list" not in streams[1]


def test_a_refusal_keeps_the_identity_so_that_it_can_be_remembered(tmp_path):
    (tmp_path / "empty.mkv").touch()
    said = look(os.fspath(tmp_path / "empty.mkv"), 30, lambda path, seconds: VIDEO)
    assert said["error"] == "empty: 0 bytes"
    assert said["identity"][0] == 0

    def refuses(path, seconds):
        raise Unreadable("not_video: no")

    (tmp_path / "text.mkv").write_text("text")
    said = look(os.fspath(tmp_path / "text.mkv"), 30, refuses)
    assert (said["error"], said["identity"][0]) == ("not_video: no", 4)


def test_an_answer_that_came_too_late_is_no_answer(tmp_path):
    """libav's deadline may strike where it raises nothing: it then gives half an answer as if whole."""
    (tmp_path / "slow.mkv").write_text("text")

    def late(path, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pass
        return VIDEO

    assert look(os.fspath(tmp_path / "slow.mkv"), 0.05, late) == {"error": "timeout"}


def test_a_worker_answers_one_line_for_each_and_ends_with_its_pipe(collection):
    clip = next(collection.rglob("*.webm"))
    requests = f'{{"hello": true}}\n{{"path": "{clip}", "seconds": 30}}\n'
    command = [sys.executable, "-m", "mediaorg.stages.look"]
    done = subprocess.run(command, input=requests, capture_output=True, text=True, check=True, timeout=30)
    hello, answer = done.stdout.splitlines()
    assert '"by": "libav ' in hello
    assert '"codec_name": "vp9"' in answer
