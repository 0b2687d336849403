"""The ffprobe program is asked safely, and its refusals are values."""

import asyncio

import pytest

import mediaorg as mo
from mediaorg.io.ffprobe import FFprobe

pytestmark = pytest.mark.ffprobe


def look(path, seconds=30.0):
    async def ask():
        program = await FFprobe.need()
        return await program.look(str(path), seconds)

    return mo.run(ask())


def test_a_program_that_is_not_there_is_none():
    assert mo.run(FFprobe.find("no-such-program")) is None


def test_the_answer_says_who_gave_it(collection):
    clip = next(collection.rglob("*.webm"))
    said = look(clip)
    assert said["answer"]["format"]["format_name"] == "matroska,webm"
    assert said["by"].startswith("ffprobe ")
    assert said["identity"][0] == clip.stat().st_size


def test_a_script_that_names_another_file_is_refused(tmp_path, collection):
    clip = next(collection.rglob("*.webm"))
    script = tmp_path / "looks-like.mkv"
    script.write_text(f"ffconcat version 1.0\nfile {clip}\n")
    assert "answer" not in look(script)


@pytest.mark.parametrize("name", ["-y.mp4", "http:x.mp4", "concat:a|b.mp4", "a%20b?.mp4", "[x].mp4"])
def test_odd_names_are_names_and_no_options(tmp_path, collection, name):
    clip = next(clip for clip in collection.rglob("*.mp4") if clip.stat().st_size > 5000)
    (tmp_path / name).write_bytes(clip.read_bytes())
    assert "answer" in look(tmp_path / name)


def test_a_deadline_ends_the_program(collection):
    with pytest.raises(TimeoutError):
        look(next(collection.rglob("*.webm")), seconds=0.0)


def test_being_cancelled_leaves_no_process(collection):
    import psutil

    async def cancel():
        program = await FFprobe.need()
        task = asyncio.create_task(program.look(str(next(collection.rglob("*.webm"))), 30))
        while not psutil.Process().children():
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    mo.run(cancel())
    assert psutil.Process().children() == []
