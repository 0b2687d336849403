"""Zeros are the file's own, or stand where a frame must lie: holes tell nothing by themselves."""

import os
import re
import subprocess

import pytest

from mediaorg.rules.headers import read_header, unwritten
from mediaorg.stages.look import How, look

pytestmark = pytest.mark.ffprobe

PAGE = 4096
PICTURE = "-f lavfi -i testsrc=s=192x108:r=25:d=6"
SILENCE = "-f lavfi -i anullsrc=r=48000:cl=stereo -t 6"
BLACK = "-f lavfi -i color=black:s=192x108:r=25:d=1"
NOISE = "-f lavfi -i anoisesrc=r=48000:d=5:a=0.1"
X264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -b:v 1M"
MADE = {
    "silent_pcm.mov": f"{PICTURE} {SILENCE} {X264} -c:a pcm_s16le -movflags faststart",
    "silent_pcm_last.mov": f"{PICTURE} {SILENCE} {X264} -c:a pcm_s16le",
    "silent_pcm.mkv": f"{PICTURE} {SILENCE} {X264} -c:a pcm_s16le -reserve_index_space 20000",
    "black.mov": f"{BLACK} -c:v rawvideo -pix_fmt rgb24 -movflags faststart",
    "black.avi": f"{BLACK} -c:v rawvideo -pix_fmt bgr24 -write_index 0",
    "room_for_cues.mkv": f"{PICTURE} {NOISE} {X264} -c:a aac -reserve_index_space 200000",
    "plain.mkv": f"{PICTURE} {NOISE} {X264} -c:a aac",
    "plain.mp4": f"{PICTURE} {NOISE} {X264} -c:a aac",
    "faststart.mp4": f"{PICTURE} {NOISE} {X264} -c:a aac -movflags faststart",
    "fragmented.mp4": f"{PICTURE} {NOISE} {X264} -c:a aac -movflags frag_keyframe+empty_moov",
    "plain.avi": f"{PICTURE} {NOISE} -c:v mpeg4 -vtag XVID -b:v 1M -c:a libmp3lame",
}
CODED = [name for name in MADE if name.startswith(("plain", "room", "fast", "frag"))]


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    folder = tmp_path_factory.mktemp("zeros")
    for name, how in MADE.items():
        command = ["ffmpeg", "-v", "error", "-nostdin", "-threads", "1", *how.split(), folder / name]
        subprocess.run(command, check=True)
    return {name: (folder / name).read_bytes() for name in MADE}


def holes(data):
    """Every page of nothing but zeros, as `fallocate -d` would dig them."""
    found = []
    for at in range(0, len(data), PAGE):
        if not data[at : at + PAGE].strip(b"\0"):
            begin = found.pop()[0] if found and found[-1][1] == at else at
            found.append((begin, min(len(data), at + PAGE)))
    return found


def gap(data):
    return unwritten(lambda offset, size: data[offset : offset + size], len(data), holes(data))


def dug(folder, data):
    """A file with holes for its zeros, and the look at it."""
    film = folder / "dug"
    with film.open("wb") as file:
        for at in range(0, len(data), PAGE):
            if data[at : at + PAGE].strip(b"\0"):
                file.seek(at)
                file.write(data[at : at + PAGE])
        file.truncate(len(data))
    return look(os.fspath(film), How())


@pytest.mark.parametrize("name", MADE)
def test_a_whole_file_may_be_full_of_holes(films, name, tmp_path):
    assert gap(films[name]) is None
    assert dug(tmp_path, films[name]).cut is None


@pytest.mark.parametrize("name", MADE)
def test_zeros_that_were_hung_on_are_no_cut(films, name, tmp_path):
    data = films[name] + bytes(9000)
    assert gap(data) is None
    (tmp_path / name).write_bytes(data)
    assert look(os.fspath(tmp_path / name), How()).cut is None


@pytest.mark.parametrize("name", [name for name in CODED if name != "fragmented.mp4"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_a_download_whose_space_was_reserved_is_told(films, name, share, tmp_path):
    data = films[name]
    kept = int(len(data) * share)
    data = data[:kept] + bytes(len(data) - kept)
    assert gap(data) is not None
    seen = dug(tmp_path, data)
    assert (seen.probe.playable, seen.probe.probe_error.partition(" from ")[0]) == (
        False,
        "truncated: nothing was written",
    )


@pytest.mark.parametrize("name", ["silent_pcm.mov", "silent_pcm.mkv"])
def test_a_download_of_which_the_head_came_first_is_told_whatever_the_sound(films, name):
    """Pictures must lie between the sounds."""
    assert gap(films[name][:30_000] + bytes(len(films[name]) - 30_000)) is not None


@pytest.mark.parametrize("name", ["plain.mp4", "faststart.mp4"])
def test_a_part_that_is_missing_in_the_middle_of_an_mp4_is_told(films, name):
    data = films[name]
    third = len(data) // 3
    assert gap(data[:third] + bytes(third) + data[2 * third :]) is not None


def test_a_long_part_that_is_missing_in_the_middle_of_a_matroska_is_told(films):
    data = films["plain.mkv"]
    half = len(data) // 2
    assert gap(data[:half] + bytes(2 << 20) + data[half:]) is not None


def test_a_void_at_the_end_of_a_matroska_is_no_gap(films):
    data = bytearray(films["plain.mkv"])
    segment = re.search(b"\x18\x53\x80\x67\x01", data).end() - 1
    void = b"\xec\x01" + (50_000).to_bytes(7, "big") + bytes(50_000)
    length = int.from_bytes(data[segment + 1 : segment + 8], "big") + len(void)
    data[segment + 1 : segment + 8] = length.to_bytes(7, "big")
    assert gap(bytes(data) + void) is None


def test_a_fragmented_mp4_of_which_the_rest_was_reserved_is_told(films):
    data = films["fragmented.mp4"]
    last = data.rfind(b"moof") - 4
    assert gap(data[: last - 50_000] + bytes(50_000)) is not None
    assert gap(data[:last] + bytes(2 << 20)) is not None


def test_padding_at_the_end_of_a_fragmented_mp4_is_no_gap(films):
    assert gap(films["fragmented.mp4"] + (90_000).to_bytes(4, "big") + b"free" + bytes(89_992)) is None


@pytest.mark.parametrize(
    "tail", [b"garbage trailing text that somebody appended", b"\x9f\xa3\x01\x77moox" * 700, b"\0\0\0\0zzzz" * 5]
)
def test_what_somebody_hung_on_to_an_mp4_claims_nothing(films, tail):
    data = films["plain.mp4"] + tail
    said = read_header(lambda offset, size: data[offset : offset + size], len(data))
    assert (said.cut, said.probe is not None) == (None, True)


def test_a_cut_mp4_whose_last_box_names_no_size_is_told_by_its_table(films):
    data = bytearray(films["faststart.mp4"])
    mdat = data.rfind(b"mdat") - 4
    data[mdat : mdat + 4] = bytes(4)
    whole = read_header(lambda offset, size: bytes(data[offset : offset + size]), len(data))
    assert whole.cut is None
    cut = data[: len(data) * 2 // 3]
    said = read_header(lambda offset, size: bytes(cut[offset : offset + size]), len(cut))
    assert said.cut == f"truncated: {len(cut):,} of {len(data):,} bytes"


@pytest.mark.parametrize("end", range(0, 4000, 61))
def test_no_damage_makes_it_raise(films, end):
    for name in ("faststart.mp4", "plain.mkv", "plain.avi"):
        data = films[name][:end] + bytes(5000)
        gap(data)
        gap(data[: end // 2] + b"\xff" * 9 + data[end // 2 :])
