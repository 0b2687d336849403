"""A sound film is sound to who reads all of it, however oddly it is made; a gap in it is not."""

import os
import subprocess

import pytest

from mediaorg.io.libav import ask, damage

pytestmark = pytest.mark.ffprobe

X264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"
CODED = f"{X264} -c:a aac"
SUBTITLES = "1\n00:00:00,100 --> 00:00:10,900\nlong\n\n2\n00:00:20,000 --> 00:00:22,000\nlate\n"


def picture(seconds, rate=25):
    return f"-f lavfi -i testsrc=s=192x108:r={rate}:d={seconds}"


def sound(seconds):
    return f"-f lavfi -i anoisesrc=r=48000:d={seconds}:a=0.1"


STILL = "-vf select='lt(t,1)+gt(t,32)' -fps_mode vfr"  # a screen on which nothing moves for half a minute
SLIDES = "-vf select='not(mod(n,100))' -fps_mode vfr"
MADE = {
    "plain": f"{picture(4)} {sound(4)} {CODED}",
    "long": f"{picture(20)} {sound(20)} {CODED}",
    "subtitles that outlast the film": f"{picture(4)} {sound(4)} -i @srt -map 0 -map 1 -map 2 {CODED} -c:s @text",
    "still": f"{picture(34)} {STILL} {X264}",
    "still with sound": f"{picture(34)} {sound(34)} {STILL} {CODED}",
    "still whose sound ends early": f"{picture(34)} {sound(3)} {STILL} {CODED}",
    "slides": f"{picture(20)} {SLIDES} {X264}",
    "slides whose sound ends early": f"{picture(20)} {sound(3)} {SLIDES} {CODED}",
    "slides with sound": f"{picture(20)} {sound(20)} {SLIDES} {CODED}",
    "late": f"{picture(4)} {sound(4)} {CODED} -output_ts_offset 5",
    "sound begins late": f"{picture(9)} -itsoffset 5 {sound(4)} -map 0 -map 1 {CODED}",
    "sound ends early": f"{picture(9)} {sound(2)} {CODED}",
    "picture ends early": f"{picture(2)} {sound(9)} {CODED}",
}


def make(folder, name, suffix):
    (folder / "subtitles.srt").write_text(SUBTITLES)
    film = folder / f"{name}.{suffix}"
    words = {"@srt": os.fspath(folder / "subtitles.srt"), "@text": "mov_text" if suffix == "mp4" else "srt"}
    asked = [words.get(word, word) for word in MADE[name].split()]
    command = ["ffmpeg", "-v", "error", "-nostdin", "-threads", "1", *asked, os.fspath(film)]
    subprocess.run(command, check=True)
    return os.fspath(film)


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("suffix", ["mkv", "mp4", "mov"])
def test_a_sound_film_is_sound(tmp_path, name, suffix):
    if suffix == "mov" and "subtitles" in name:
        pytest.skip("as mp4")
    film = make(tmp_path, name, suffix)
    assert (damage(film, decode=False), damage(film, decode=True)) == (None, None)


@pytest.mark.parametrize("sound_codec", ["ac3", "eac3", "flac"])
def test_a_flipped_bit_in_sound_that_has_check_sums_is_found(tmp_path, sound_codec):
    film = tmp_path / "film.mkv"
    command = ["ffmpeg", "-v", "error", "-nostdin", *sound(4).split(), "-c:a", sound_codec, os.fspath(film)]
    subprocess.run(command, check=True)
    assert damage(os.fspath(film), decode=True) is None
    data = bytearray(film.read_bytes())
    data[len(data) // 2] ^= 4
    film.write_bytes(data)
    assert damage(os.fspath(film), decode=True).startswith("damaged: ")


@pytest.mark.parametrize("codec", ["libx264", "mpeg2video", "libx265 -x265-params log-level=none"])
@pytest.mark.parametrize("suffix", ["ts", "mpg"])
def test_a_recording_that_begins_in_the_middle_is_sound(tmp_path, codec, suffix):
    film = tmp_path / f"film.{suffix}"
    asked = f"{picture(6)} {sound(6)} -c:v {codec} -g 40 -c:a ac3".split()
    if suffix == "mpg" and "x265" in codec:
        pytest.skip("no such thing")
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", *asked, os.fspath(film)], check=True)
    data = film.read_bytes()
    piece = 188 if suffix == "ts" else 2048
    pieces = len(data) // piece
    film.write_bytes(data[pieces // 5 * piece :])
    assert damage(os.fspath(film), decode=True) is None


def test_a_film_of_which_no_picture_can_be_decoded_is_damaged(tmp_path):
    film = make(tmp_path, "slides", "mp4")
    with open(film, "rb+") as file:
        data = file.read()
        at = data.find(b"mdat") + 4
        file.seek(at)
        file.write(bytes(data.find(b"moov") - 4 - at))
    assert damage(film, decode=True).startswith("damaged: ")


@pytest.mark.parametrize("name", ["slides with sound", "long"])
def test_a_gap_in_all_there_is_is_damage(tmp_path, name):
    film = make(tmp_path, name, "mkv")
    with open(film, "rb+") as file:
        size = file.seek(0, 2)
        file.seek(size // 3)
        file.write(bytes(size // 3))
    assert damage(film, decode=False).startswith("damaged: nothing from ")


@pytest.mark.parametrize("name", ["subtitles that outlast the film", "late", "slides", "plain"])
def test_a_film_that_ends_early_is_damage(tmp_path, name):
    film = make(tmp_path, name, "mkv")
    os.truncate(film, os.path.getsize(film) // 3)
    assert damage(film, decode=False).startswith("damaged: ends at ")


@pytest.mark.parametrize(("target", "rate"), [("pal-dv", "25"), ("ntsc-dv", "30000/1001")])
def test_raw_dv_has_the_rate_of_its_pictures(tmp_path, target, rate):
    film = os.fspath(tmp_path / "tape.dv")
    command = ["ffmpeg", "-v", "error", "-nostdin", *picture(1).split(), *sound(1).split(), "-target", target, film]
    subprocess.run(command, check=True)
    [said] = [stream for stream in ask(film, 10)["streams"] if stream["codec_type"] == "video"]
    assert said["avg_frame_rate"] == rate
