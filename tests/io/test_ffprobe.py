"""The ffprobe program is asked safely, and its refusals are values."""

import asyncio
import contextlib
import subprocess

import pytest

import mediaorg as mo
from mediaorg.io.container import Unreadable
from mediaorg.io.ffprobe import FFprobe

pytestmark = pytest.mark.ffprobe


def ask(path):
    async def call():
        program = FFprobe.need()
        return await program.ask(str(path))

    return mo.run(call())


def test_a_program_that_is_not_there_is_none():
    assert FFprobe.find("no-such-program") is None


def test_it_gives_the_programs_own_answer(collection):
    assert ask(next(collection.rglob("*.webm")))["format"]["format_name"] == "matroska,webm"


def test_a_script_that_names_another_file_is_refused(tmp_path, collection):
    clip = next(collection.rglob("*.webm"))
    script = tmp_path / "looks-like.mkv"
    script.write_text(f"ffconcat version 1.0\nfile {clip}\n")
    with pytest.raises(Unreadable, match=r"^not_video: "):
        ask(script)


DASH = """<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011"
type="static" mediaPresentationDuration="PT1S" minBufferTime="PT1S"><Period><AdaptationSet mimeType="video/mp4">
<Representation id="1" bandwidth="1000" codecs="avc1"><BaseURL>sibling.mp4</BaseURL></Representation></AdaptationSet>
</Period></MPD>"""
SCRIPTS = {
    "hls.mp4": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1,\nsibling.ts\n#EXT-X-ENDLIST\n",
    "hls.mkv": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1,\nsibling.ts\n#EXT-X-ENDLIST\n",
    "concat.mkv": "ffconcat version 1.0\nfile sibling.mp4\n",
    "dash.mp4": DASH,
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_opens_the_files_beside_it(tmp_path, collection, name):
    clip = next(clip for clip in collection.rglob("*.mp4") if clip.stat().st_size > 5000)
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", clip, "-c", "copy", tmp_path / "sibling.ts"],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    (tmp_path / "sibling.mp4").write_bytes(clip.read_bytes())
    (tmp_path / name).write_text(SCRIPTS[name])
    with pytest.raises(Unreadable, match=r"^not_video: "):
        ask(tmp_path / name)


def test_an_animated_picture_is_no_film(tmp_path):
    made = "ffmpeg -v error -f lavfi -i testsrc=s=64x64:d=1 -f gif".split()
    subprocess.run([*made, tmp_path / "moving.mp4"], check=True, stdin=subprocess.DEVNULL)
    with pytest.raises(Unreadable, match=r"^not_video: "):
        ask(tmp_path / "moving.mp4")


def test_its_version_comes_with_its_answers_and_its_refusals(tmp_path, collection):
    (tmp_path / "text.mkv").write_text("text")
    for path in (tmp_path / "text.mkv", next(collection.rglob("*.webm"))):
        program = FFprobe.need()
        with contextlib.suppress(Unreadable):
            mo.run(program.ask(str(path)))
        assert program.version[0].isdigit() or program.version.startswith("N")


@pytest.mark.parametrize("name", ["-y.mp4", "http:x.mp4", "concat:a|b.mp4", "a%20b?.mp4", "[x].mp4"])
def test_odd_names_are_names_and_no_options(tmp_path, collection, name):
    clip = next(clip for clip in collection.rglob("*.mp4") if clip.stat().st_size > 5000)
    (tmp_path / name).write_bytes(clip.read_bytes())
    assert ask(tmp_path / name)["streams"]


def test_being_cancelled_leaves_no_process(collection):
    import psutil

    async def cancel():
        program = FFprobe.need()
        task = asyncio.create_task(program.ask(str(next(collection.rglob("*.webm")))))
        while not psutil.Process().children():
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    mo.run(cancel())
    assert psutil.Process().children() == []
