"""probe looks into every video once, and what is wrong with a file is a value in its row."""

import asyncio
import contextlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from functools import partial

import pandas as pd
import psutil
import pytest

import mediaorg as mo
from mediaorg import schema
from mediaorg.collection import truth
from mediaorg.io.disk import device_name
from mediaorg.io.statistics import learnt
from mediaorg.stages.look import LIBAV_WORKER, How, look
from tests.mounts import mounted

FIELDS = [column.name for column in schema.PROBE]


def probe(files, **settings):
    return mo.run(mo.probe(files, **{"progress": False, "cache": False} | settings))


@pytest.fixture(scope="module")
def scanned(collection):
    return mo.run(mo.scan(collection, progress=False))


@pytest.fixture(scope="module")
def probed(scanned):
    return probe(scanned)


def clip(collection, pattern="*.webm"):
    return next(path for path in sorted(collection.rglob(pattern)) if path.stat().st_size > 1000)


# ---- a table in, the same table wider


def test_rows_order_and_index_stay(scanned):
    shuffled = scanned.sample(frac=1, random_state=1).set_index("inode", drop=False)
    wide = probe(shuffled)
    assert wide.index.equals(shuffled.index)
    pd.testing.assert_frame_equal(wide[list(shuffled.columns)], shuffled)
    assert list(wide.columns) == [*shuffled.columns, *FIELDS]


def test_no_rows_and_only_failures_have_the_same_dtypes(probed, tmp_path):
    dtypes = probed[FIELDS].dtypes.to_dict()
    assert probe([])[FIELDS].dtypes.to_dict() == dtypes
    assert probe([tmp_path / "nowhere.mkv"])[FIELDS].dtypes.to_dict() == dtypes


def test_only_videos_are_looked_at(probed):
    assert probed.loc[probed["kind"] != "video", FIELDS].isna().all(axis=None)
    assert probed.attrs["mediaorg"]["probe"]["probes"] == (probed["kind"] == "video").sum()


def test_a_path_a_list_and_a_folder_will_do(collection):
    one = clip(collection)
    assert probe(one)["video_codec"].tolist() == ["vp9"]
    assert probe([str(one), one])["video_codec"].tolist() == ["vp9", "vp9"]
    assert len(probe(collection)) == len(mo.run(mo.scan(collection, progress=False)))


def test_probing_twice_gives_the_same_columns(probed):
    assert list(probe(probed).columns) == list(probed.columns)


# ---- what it says


def test_it_says_what_the_collection_was_made_to_be(probed, collection):
    wanted = truth(collection).set_index("path")
    videos = probed[probed["kind"] == "video"].set_index("path")
    for name in (
        "width",
        "height",
        "video_codec",
        "audio_codec",
        "channels",
        "quality",
        "hdr",
        "playable",
        "container_title",
    ):
        said = wanted.loc[videos.index, name].dropna()
        assert videos.loc[said.index, name].tolist() == said.tolist(), name
    said = wanted.loc[videos.index, "duration"].dropna()
    assert videos.loc[said.index, "duration"].tolist() == pytest.approx(said.tolist(), abs=0.1)


EXACT = ["format_name", "width", "height", "quality", "video_codec", "pix_fmt", "hdr", "audio_codec", "channels", "audio_languages",
         "subtitle_languages", "chapters", "container_title", "creation_time", "playable"]  # fmt: skip
CLOSE = ["duration", "bit_rate", "avg_frame_rate"]
# Codecs whose pixel format Debian 12's FFmpeg 5.1 and the bundled 8.1 name differently: none so far.


@pytest.mark.ffprobe
def test_it_says_what_ffprobe_says(probed, scanned):
    referee = probe(scanned, prober="ffprobe")
    both = probed["video_codec"].notna() & referee["video_codec"].notna()
    assert both.sum() > 50
    for name in EXACT:
        assert probed.loc[both, name].isna().tolist() == referee.loc[both, name].isna().tolist(), name
        assert probed.loc[both, name].dropna().tolist() == referee.loc[both, name].dropna().tolist(), name
    for name in CLOSE:
        assert probed.loc[both, name].tolist() == pytest.approx(
            referee.loc[both, name].tolist(), rel=0.01, nan_ok=True
        ), name


@pytest.mark.ffprobe
def test_each_prober_signs_its_answers(collection):
    one = clip(collection)
    assert probe(one, prober="libav")["probed_by"].str.startswith("libav ").all()
    assert probe(one, prober="ffprobe")["probed_by"].str.startswith("ffprobe ").all()
    assert (probe(one)["probed_by"] == "header").all()


def test_the_three_say_the_same_where_all_answer(scanned, probed):
    """Whoever happened to be asked: the row is one."""
    libav = probe(scanned, prober="libav")
    both = probed["probed_by"].eq("header") & libav["format_name"].notna()
    assert both.sum() > 50
    fields = [name for name in FIELDS if name not in ("probed_by", "probe_seconds", *CLOSE)]
    pd.testing.assert_frame_equal(probed.loc[both, fields], libav.loc[both, fields])


def test_a_prober_that_is_not_installed_is_a_clear_error(collection, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(mo.errors.MissingProgram, match="install ffmpeg"):
        probe(clip(collection), prober="ffprobe")
    assert probe(clip(collection))["video_codec"].tolist() == ["vp9"]


@pytest.mark.parametrize(("name", "value"), [("prober", "mediainfo"), ("integrity", "wishful")])
def test_a_bad_setting_is_named(collection, name, value):
    with pytest.raises(ValueError, match=name):
        probe(clip(collection), **{name: value})


# ---- what is wrong with a file is a value


def test_bad_files_are_rows_with_a_reason_and_the_good_ones_beside_them_are_answered(tmp_path, collection):
    def made(name, data=b""):
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    whole = clip(collection, "*.mkv").read_bytes()
    os.mkfifo(tmp_path / "pipe.mkv")
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "dangling.mkv").symlink_to("nowhere")
    script = f"ffconcat version 1.0\nfile {clip(collection)}\n".encode()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.fspath(tmp_path / "socket.mkv"))
        wrong = {
            tmp_path / "pipe.mkv": "not_regular",
            tmp_path / "socket.mkv": "not_regular",
            tmp_path / "folder.mp4": "not_regular",
            tmp_path / "/dev/zero": "not_regular",
            tmp_path / "dangling.mkv": "missing",
            tmp_path / "gone.mkv": "missing",
            made("empty.mkv"): "empty",
            made("text.mkv", b"Dear diary,\n" * 100): "not_video",
            made("zeros.mp4", bytes(100_000)): "not_video",
            made("noise.avi", os.urandom(5000)): "not_video",
            made("only-ftyp.mp4", b"\0\0\0\x18ftypisom\0\0\0\0isomiso2"): "not_video",
            made("subtitle.mkv", b"1\n00:00:01,000 --> 00:00:02,000\nHello\n"): "not_video",
            made(
                "playlist.mp4",
                b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n",
            ): "not_video",
            made("concat.mkv", script): "not_video",
            made("cut.mkv", whole[: len(whole) // 2]): "truncated",
        }
        good = clip(collection)
        answers = probe([*wrong, good])
    assert [error.partition(":")[0] for error in answers["probe_error"].iloc[:-1]] == list(wrong.values())
    assert not answers["playable"].iloc[:-1].fillna(value=False).any()
    assert answers["video_codec"].iloc[-1] == "vp9"
    assert answers["playable"].iloc[-1]


def test_a_file_without_permission_is_a_row(unprivileged, collection):
    closed = unprivileged / "closed.mkv"
    shutil.copy(clip(collection, "*.mkv"), closed)
    closed.chmod(0o000)
    with unprivileged.user():
        assert look(os.fspath(closed), How()).probe.probe_error == "permission: Permission denied"


@pytest.fixture
def share(tmp_path):
    """Mounts a share at the folder it gives with it, of the file and the pace that is asked for."""
    (tmp_path / "share").mkdir()
    return partial(mounted_or_skipped, tmp_path / "share")


@contextlib.contextmanager
def mounted_or_skipped(folder, *how):
    try:
        with mounted(folder, *how):
            yield folder
    except PermissionError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("place", [0, 60, 130])
def test_a_file_on_a_mount_that_is_dead_is_a_row_at_the_deadline_and_costs_nobody_else_an_answer(
    share, tmp_path, collection, place
):
    files = [tmp_path / f"{number}.webm" for number in range(150)]
    for file in files:
        file.hardlink_to(clip(collection))
    with share() as dead:
        files.insert(place, dead / "film.mkv")
        answers = probe(files, limits=mo.Limits(timeout_seconds=1))
    errors = answers["probe_error"].tolist()
    assert errors.pop(place) == "timeout: 1 s"
    assert not any(isinstance(error, str) for error in errors)


def test_a_slow_share_is_read_at_several_places_at_once(share, collection):
    with share(clip(collection), 0.02) as slow:
        files = [slow / f"{number}.mkv" for number in range(80)]
        watched(files, lambda child: None, most := Counter())
    assert most["readers"] > 1


def test_each_device_is_learnt_of_by_itself(share, collection):
    film = clip(collection)
    with share(film, 0.02) as slow:
        stats = [(path, path.stat()) for path in [*(slow / f"{number}.mkv" for number in range(600)), *[film] * 250]]
        numbers = [(stat.st_size, stat.st_mtime_ns, stat.st_ino, stat.st_dev) for _, stat in stats]
        files = pd.DataFrame(numbers, columns=["size", "mtime_ns", "inode", "device"])
        media = probe(files.assign(path=[str(path) for path, _ in stats]))
        told = mo.statistics("device").tail(2)
        kept = learnt(device_name(film.stat().st_dev), "probe")
    assert media["probe_error"].isna().all()
    assert sorted(told["files"]) == [250, 600]
    workers = dict(zip(told["kind"], told["workers"], strict=True))
    assert workers.pop("fuse") > 1
    assert pd.isna(*workers.values())  # nobody ever waited for it
    assert kept is None


def test_a_file_that_grows_while_it_is_looked_at_is_answered(tmp_path, collection):
    whole = clip(collection).read_bytes()
    files = [tmp_path / f"{number}.webm" for number in range(40)]
    for file in files:
        file.write_bytes(whole[:300])
    over = threading.Event()

    def grow():
        for at in range(300, len(whole), 500):
            for file in files:
                with file.open("ab") as end:
                    end.write(whole[at : at + 500])
        over.set()

    threading.Thread(target=grow).start()
    seen = [probe(files)]
    over.wait()
    seen.append(probe(files))
    for answers in seen:
        assert (answers["probe_error"].isna() | answers["probe_error"].str.contains("truncated|not_video")).all()
    assert seen[1]["playable"].all()


def test_a_file_that_is_gone_by_the_time_it_is_looked_at_is_a_row(tmp_path, collection):
    files = [tmp_path / f"{number}.webm" for number in range(300)]
    for file in files:
        file.hardlink_to(clip(collection))

    def remove():
        for file in reversed(files):
            file.unlink()

    thread = threading.Thread(target=remove)
    thread.start()
    answers = probe(files)
    thread.join()
    assert (answers["probe_error"].isna() | answers["probe_error"].str.startswith("missing")).all()
    assert len(answers) == 300


def test_a_song_is_no_video(collection):
    song = truth(collection).query("note.str.contains('audio only', case=False) and kind == 'video'")["path"]
    answers = probe([mo.to_path(cell) for cell in song])
    assert len(answers) > 0
    assert (answers["probe_error"] == "not_video: no video stream").all()
    assert answers["duration"].notna().all()


VERSION = {"program_version": {"version": "9.9-fake"}}


@pytest.fixture
def ffprobe_that(tmp_path, monkeypatch):
    """A program of that name, first on the path, that does what is told."""

    def does(script):
        program = tmp_path / "bin" / "ffprobe"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")

    return does


def test_what_libav_refuses_ffprobe_is_asked_and_the_first_refusal_is_told(tmp_path, ffprobe_that):
    (tmp_path / "strange.mkv").write_text("no video")
    ffprobe_that(f"""echo '{json.dumps(VERSION | {"streams": [{"codec_type": "video", "codec_name": "new"}]})}'""")
    answers = probe(tmp_path / "strange.mkv")
    assert answers[["video_codec", "probed_by"]].values.tolist() == [["new", "ffprobe 9.9"]]
    assert probe(tmp_path / "strange.mkv", prober="libav")["probe_error"].str.startswith("not_video: ").all()


def test_a_program_that_refuses_as_well_signs_the_refusal(tmp_path, ffprobe_that):
    (tmp_path / "strange.mkv").write_text("no video")
    ffprobe_that(f"echo '{json.dumps(VERSION)}'; exit 1")
    answers = probe(tmp_path / "strange.mkv")
    assert answers["probe_error"].tolist() == probe(tmp_path / "strange.mkv", prober="libav")["probe_error"].tolist()
    assert answers["probed_by"].str.endswith(", ffprobe 9.9").all()


def test_a_program_that_hangs_is_ended_at_the_deadline(tmp_path, ffprobe_that, collection):
    (tmp_path / "strange.mkv").write_text("no video")
    ffprobe_that("exec sleep 1000")
    answers = probe([tmp_path / "strange.mkv", clip(collection)], prober="ffprobe", limits=mo.Limits(timeout_seconds=1))
    assert answers["probe_error"].tolist() == ["timeout: 1 s"] * 2
    assert answers["playable"].isna().all()
    assert psutil.Process().children(recursive=True) == []


def test_what_was_refused_before_ffprobe_was_installed_is_asked_again(tmp_path, ffprobe_that, monkeypatch):
    (tmp_path / "strange.mkv").write_text("no video")
    cache = tmp_path / "cache.sqlite"
    with monkeypatch.context() as patch:
        patch.setenv("PATH", "/nowhere")
        for hits in (0, 1):
            answers = probe(tmp_path / "strange.mkv", cache=cache)
            assert answers.attrs["mediaorg"]["probe"]["cache_hits"] == hits
    ffprobe_that("exit 1")
    for hits in (0, 1):
        answers = probe(tmp_path / "strange.mkv", cache=cache)
        assert answers.attrs["mediaorg"]["probe"]["cache_hits"] == hits


@pytest.mark.parametrize("bad", ["/films/a\0b.mkv", "/films/\ud800.mkv"])
def test_what_is_no_path_to_the_system_is_a_row(collection, bad, tmp_path):
    frame = pd.DataFrame({"path": pd.Series([bad, mo.from_path(clip(collection))], dtype=object)})
    for again in range(2):
        answers = probe(frame, cache=tmp_path / "cache.sqlite")
        assert answers["probe_error"].iloc[0].partition(":")[0] in ("io", "missing")
        assert answers["video_codec"].iloc[1] == "vp9"
        assert answers.attrs["mediaorg"]["probe"]["cache_hits"] == again


def test_absolute_paths_need_no_current_folder(collection, tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert probe([clip(collection)])["video_codec"].tolist() == ["vp9"]


def test_a_row_without_a_path_says_so(collection):
    frame = pd.DataFrame({"path": [None, mo.from_path(clip(collection)), float("nan")]})
    answers = probe(frame)
    assert answers["probe_error"].tolist()[::2] == ["missing: the row has no path"] * 2
    assert answers["video_codec"].iloc[1] == "vp9"


# ---- how deep


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Twenty seconds of picture and sound in each container."""
    folder = tmp_path_factory.mktemp("films")
    made = "-f lavfi -i testsrc2=s=320x180:r=25 -f lavfi -i sine=220 -t 20 -c:v mpeg4 -b:v 300k -g 25 -c:a aac".split()
    for name in ("film.mkv", "film.mp4"):
        subprocess.run(["ffmpeg", "-v", "error", *made, os.fspath(folder / name)], check=True, stdin=subprocess.DEVNULL)
    return folder


@pytest.mark.ffprobe
@pytest.mark.parametrize("name", ["film.mkv", "film.mp4"])
def test_a_sound_film_is_sound_at_every_depth(film, name):
    for depth in ("quick", "scan", "full"):
        answers = probe(film / name, integrity=depth)
        assert (answers["playable"].all(), answers["probe_error"].isna().all()) == (True, True), depth


@pytest.mark.ffprobe
@pytest.mark.parametrize("name", ["film.mkv", "film.mp4"])
def test_a_full_look_finds_a_piece_of_zeros_that_no_quick_one_sees(film, name, tmp_path):
    data = bytearray((film / name).read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    (tmp_path / name).write_bytes(data)
    assert probe(tmp_path / name)["playable"].all()
    answers = probe(tmp_path / name, integrity="full")
    assert not answers["playable"].any()
    assert answers["probe_error"].str.startswith("damaged: ").all()
    assert answers["video_codec"].tolist() == ["mpeg4"]  # what is known of it is told all the same


@pytest.mark.ffprobe
def test_a_scan_finds_a_hole_in_a_matroska(film, tmp_path):
    data = bytearray((film / "film.mkv").read_bytes())
    data[len(data) // 3 : 2 * len(data) // 3] = bytes(len(data) // 3)
    (tmp_path / "film.mkv").write_bytes(data)
    assert not probe(tmp_path / "film.mkv", integrity="scan")["playable"].any()


def test_what_ffprobe_answered_is_never_taken_for_a_deep_look(tmp_path, ffprobe_that):
    (tmp_path / "strange.mkv").write_text("no video")
    ffprobe_that(f"""echo '{json.dumps(VERSION | {"streams": [{"codec_type": "video", "codec_name": "new"}]})}'""")
    cache = tmp_path / "cache.sqlite"
    hits = [
        probe(tmp_path / "strange.mkv", cache=cache, integrity=depth).attrs["mediaorg"]["probe"]["cache_hits"]
        for depth in ("full", "full", "quick")
    ]
    assert hits == [0, 0, 1]
    with pytest.raises(mo.errors.BadSetting, match="reads files by libav"):
        probe(tmp_path / "strange.mkv", prober="ffprobe", integrity="full")


def test_a_deep_look_is_kept_for_who_asks_quickly_but_not_the_other_way_round(tmp_path, collection):
    cache = tmp_path / "cache.sqlite"
    hits = [
        probe(clip(collection), cache=cache, integrity=depth).attrs["mediaorg"]["probe"]["cache_hits"]
        for depth in ("quick", "scan", "full", "scan", "quick")
    ]
    assert hits == [0, 0, 0, 1, 1]


def watched(files, see, most=None, **settings):
    """A probe during which `see` is shown every worker process, again and again; `most` counts threads that read."""

    async def both():
        probing = asyncio.create_task(mo.probe(files, **{"cache": False, "progress": False} | settings))
        while not probing.done():
            await asyncio.sleep(0.002)
            if most is not None:
                readers = sum(thread.name == "mediaorg-read" for thread in threading.enumerate())
                most["readers"] = max(most["readers"], readers)
            for child in psutil.Process().children():
                with contextlib.suppress(psutil.Error):
                    if LIBAV_WORKER in " ".join(child.cmdline()):
                        see(child)
        return await probing

    return mo.run(both())


def test_workers_killed_in_mid_run_cost_no_row(scanned):
    killed = set()

    def kill(child):
        if len(killed) < 12:
            killed.add(child.pid)
            child.kill()

    answers = watched(scanned, kill, limits=mo.Limits(batch_size=2))
    assert killed
    assert len(answers) == len(scanned)
    videos = answers[answers["kind"] == "video"]
    assert (videos["probed_by"].notna() | videos["probe_error"].notna()).all()


def test_where_memory_is_short_one_worker_goes_on_alone(scanned):
    def workers(megabytes):
        seen = set()
        limits = mo.Limits(batch_size=1, memory_limit_mb=megabytes)
        answers = watched(scanned, lambda child: seen.add(child.pid), limits=limits, prober="libav")
        return len(seen), answers.drop(columns="probe_seconds")

    few, short = workers(1)
    many, ample = workers(1000)
    assert (few, many) == (1, min(mo.Limits().max_workers, os.cpu_count()))
    pd.testing.assert_frame_equal(short, ample)


def test_doubts_about_a_few_files_are_one_workers(scanned):
    seen = set()
    answers = watched(scanned, lambda child: seen.add(child.pid))
    assert answers.attrs["mediaorg"]["probe"]["answered_by"]["libav"] > 1
    assert len(seen) == 1


# ---- the cache


def test_a_second_look_costs_nothing_and_says_the_same(scanned, tmp_path):
    first = probe(scanned, cache=tmp_path / "cache.sqlite")
    second = probe(scanned, cache=tmp_path / "cache.sqlite")
    facts = second.attrs["mediaorg"]["probe"]
    videos = int((scanned["kind"] == "video").sum())
    assert (facts["probes"], facts["cache_hits"]) == (0, videos)
    pd.testing.assert_frame_equal(first, second)


def test_a_renamed_file_keeps_its_answer_and_an_edited_one_does_not(tmp_path, collection):
    one = shutil.copy(clip(collection), tmp_path / "one.webm")
    cache = tmp_path / "cache.sqlite"
    probe(one, cache=cache)
    renamed = tmp_path / "renamed.webm"
    os.rename(one, renamed)
    assert probe(renamed, cache=cache).attrs["mediaorg"]["probe"]["cache_hits"] == 1
    renamed.write_bytes(clip(collection, "*.mp4").read_bytes())
    answers = probe(renamed, cache=cache)
    assert answers.attrs["mediaorg"]["probe"]["cache_hits"] == 0
    assert answers["video_codec"].tolist() != ["vp9"]


def test_lasting_failures_are_kept_and_passing_ones_are_not(tmp_path):
    (tmp_path / "text.mkv").write_text("no video")
    cache = tmp_path / "cache.sqlite"
    for hits in (0, 1):
        answers = probe([tmp_path / "text.mkv", tmp_path / "gone.mkv"], cache=cache)
        assert answers.attrs["mediaorg"]["probe"]["cache_hits"] == hits
        assert answers["probe_error"].str.partition(":")[0].tolist() == ["not_video", "missing"]


@pytest.mark.ffprobe
def test_who_asks_for_one_prober_gets_no_other_ones_answer_from_the_cache(tmp_path, collection):
    cache = tmp_path / "cache.sqlite"
    probe(clip(collection), cache=cache)
    assert probe(clip(collection), cache=cache, prober="ffprobe").attrs["mediaorg"]["probe"]["cache_hits"] == 0
    assert probe(clip(collection), cache=cache).attrs["mediaorg"]["probe"]["cache_hits"] == 1


def test_a_cache_that_another_process_holds_stops_nobody_elses_work(collection, tmp_path):
    cache = tmp_path / "cache.sqlite"
    probe(clip(collection), cache=cache)
    holder = sqlite3.connect(cache, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    async def beside():
        probing = asyncio.create_task(mo.probe(clip(collection, "*.mkv"), cache=cache, progress=False))
        longest, last = 0.0, time.monotonic()
        while not probing.done():
            await asyncio.sleep(0.01)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        return await probing, longest

    began = time.monotonic()
    answers, longest = mo.run(beside())
    holder.close()
    assert answers["playable"].all()
    assert longest < 1
    assert time.monotonic() - began < 5


# ---- nothing is left


def test_nothing_is_left_after_a_run_or_a_cancel(scanned):
    async def cancelled():
        task = asyncio.create_task(mo.probe(scanned, cache=False, progress=False))
        while not psutil.Process().children():
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    probe(scanned)
    threads, descriptors = threading.active_count(), psutil.Process().num_fds()
    probe(scanned)
    mo.run(cancelled())
    assert psutil.Process().children() == []
    assert (threading.active_count(), psutil.Process().num_fds()) == (threads, descriptors)


def test_one_worker_and_tiny_batches_give_the_same_answers(scanned, probed):
    slow = probe(scanned, limits=mo.Limits(max_workers=1, batch_size=1))
    pd.testing.assert_frame_equal(slow.drop(columns="probe_seconds"), probed.drop(columns="probe_seconds"))
