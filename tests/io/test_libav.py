"""A sound film is sound to who reads all of it, however oddly it is made; a gap in it is not."""

import io
import os
import struct
import subprocess

import pytest
from PIL import Image

from mediaorg.io.container import Unreadable
from mediaorg.io.libav import ask, damage, picture

pytestmark = pytest.mark.ffprobe

X264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"
CODED = f"{X264} -c:a aac"
SUBTITLES = "1\n00:00:00,100 --> 00:00:10,900\nlong\n\n2\n00:00:20,000 --> 00:00:22,000\nlate\n"


def moving(seconds, rate=25):
    return f"-f lavfi -i testsrc=s=192x108:r={rate}:d={seconds}"


def sound(seconds):
    return f"-f lavfi -i anoisesrc=r=48000:d={seconds}:a=0.1"


STILL = "-vf select='lt(t,1)+gt(t,32)' -fps_mode vfr"  # a screen on which nothing moves for half a minute
SLIDES = "-vf select='not(mod(n,100))' -fps_mode vfr"
MADE = {
    "plain": f"{moving(4)} {sound(4)} {CODED}",
    "long": f"{moving(20)} {sound(20)} {CODED}",
    "subtitles that outlast the film": f"{moving(4)} {sound(4)} -i @srt -map 0 -map 1 -map 2 {CODED} -c:s @text",
    "still": f"{moving(34)} {STILL} {X264}",
    "still with sound": f"{moving(34)} {sound(34)} {STILL} {CODED}",
    "still whose sound ends early": f"{moving(34)} {sound(3)} {STILL} {CODED}",
    "slides": f"{moving(20)} {SLIDES} {X264}",
    "slides whose sound ends early": f"{moving(20)} {sound(3)} {SLIDES} {CODED}",
    "slides with sound": f"{moving(20)} {sound(20)} {SLIDES} {CODED}",
    "late": f"{moving(4)} {sound(4)} {CODED} -output_ts_offset 5",
    "sound begins late": f"{moving(9)} -itsoffset 5 {sound(4)} -map 0 -map 1 {CODED}",
    "sound ends early": f"{moving(9)} {sound(2)} {CODED}",
    "picture ends early": f"{moving(2)} {sound(9)} {CODED}",
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
    asked = f"{moving(6)} {sound(6)} -c:v {codec} -g 40 -c:a ac3".split()
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
    command = ["ffmpeg", "-v", "error", "-nostdin", *moving(1).split(), *sound(1).split(), "-target", target, film]
    subprocess.run(command, check=True)
    [said] = [stream for stream in ask(film, 10)["streams"] if stream["codec_type"] == "video"]
    assert said["avg_frame_rate"] == rate


# ---- a picture


def shown(film, **how):
    jpeg = picture(os.fspath(film), 10, **{"pixels": 320, "at": 0.2} | how)
    with Image.open(io.BytesIO(jpeg)) as image:
        return image.convert("RGB")


def filmed(film, *asked):
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *asked, os.fspath(film)], check=True)
    return film


HALVES = "color=red:s=192x64:d=2,drawbox=x=96:w=96:h=64:color=blue:t=fill"  # red on the left, blue on the right


@pytest.mark.parametrize(
    ("turn", "size", "red_at"),  # the matrix of ISO/IEC 14496-12 for a turn by 0, 90, 180 and 270 degrees clockwise
    [
        ((1, 0, 0, 1), (192, 64), (20, 30)),
        ((0, 1, -1, 0), (64, 192), (30, 20)),
        ((-1, 0, 0, -1), (192, 64), (170, 30)),
        ((0, -1, 1, 0), (64, 192), (30, 170)),
    ],
)
def test_a_picture_is_turned_as_the_film_says(tmp_path, turn, size, red_at):
    film = filmed(tmp_path / "film.mp4", "-f", "lavfi", "-i", HALVES, *X264.split())
    data = bytearray(film.read_bytes())
    a, b, c, d = (number << 16 for number in turn)
    at = data.index(b"tkhd") + 44
    data[at : at + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    film.write_bytes(data)
    image = shown(film)
    assert image.size == size
    red, _, blue = image.getpixel(red_at)
    assert red > 200
    assert blue < 60


@pytest.mark.parametrize(("aspect", "size"), [("64/45", (320, 180)), ("16/15", (320, 240)), ("1/1", (320, 256))])
def test_a_picture_has_the_pixel_aspect_of_the_film(tmp_path, aspect, size):
    film = filmed(tmp_path / "film.mkv", "-f", "lavfi", "-i", f"testsrc=s=720x576:d=1,setsar={aspect}", *X264.split())
    assert shown(film).size == size


def test_a_blank_picture_is_passed_over_and_given_where_there_is_no_other(tmp_path):
    fade = "testsrc=s=192x108:d=10,drawbox=w=192:h=108:color=black:t=fill:enable='lt(t,4)'"
    film = filmed(tmp_path / "fade.mkv", "-f", "lavfi", "-i", fade, *X264.split(), "-g", "10")
    assert max(high for _, high in shown(film, at=0.1).getextrema()) > 150
    black = filmed(tmp_path / "black.mkv", "-f", "lavfi", "-i", "color=black:s=192x108:d=4", *X264.split())
    assert max(high for _, high in shown(black).getextrema()) < 30


def test_a_picture_is_taken_from_the_part_of_the_film_that_was_asked_for(tmp_path):
    parts = (
        "color=red:s=192x108:d=5,drawgrid=w=9:h=9:color=white,drawbox=w=150:h=108:color=blue:t=fill:enable='gt(t,2.5)'"
    )
    film = filmed(tmp_path / "film.mp4", "-f", "lavfi", "-i", parts, *X264.split(), "-g", "5")
    assert shown(film, at=0.1).getpixel((40, 50))[2] < 60 < 200 < shown(film, at=0.9).getpixel((40, 50))[2]


def test_a_broadcast_of_one_key_frame_has_a_picture_all_the_same(tmp_path):
    film = filmed(tmp_path / "film.ts", *moving(4).split(), *X264.split(), "-g", "1000")
    assert shown(film).size == (192, 108)


def test_a_cover_is_no_picture_of_the_film(tmp_path):
    cover = filmed(tmp_path / "cover.jpg", "-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1")
    asked = (
        "-i",
        os.fspath(cover),
        *moving(2).split(),
        "-map",
        "0",
        "-map",
        "1",
        "-c:v:0",
        "copy",
        "-disposition:v:0",
        "attached_pic",
    )
    film = filmed(tmp_path / "film.mp4", *asked, "-c:v:1", "libx264", "-pix_fmt", "yuv420p")
    assert shown(film).size == (192, 108)
    alone = filmed(
        tmp_path / "song.m4a",
        *sound(1).split(),
        "-i",
        os.fspath(cover),
        "-map",
        "0",
        "-map",
        "1",
        "-c:a",
        "aac",
        "-c:v",
        "copy",
        "-disposition:v",
        "attached_pic",
    )
    with pytest.raises(Unreadable, match="not_video: no video stream"):
        shown(alone)
