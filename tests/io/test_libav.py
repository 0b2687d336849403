"""A sound film is sound to who reads all of it, however oddly it is made; a gap in it is not."""

import os
import subprocess

import pytest

from mediaorg.io.libav import damage

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
