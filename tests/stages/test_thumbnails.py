"""Every film has its picture, or a reason: the same rows, wider, whatever the files hold."""

import asyncio
import io
import os
import random
import threading

import pandas as pd
import psutil
import pytest
from PIL import Image

import mediaorg as mo
from mediaorg import errors, schema

COLUMNS = ["thumbnail", "thumbnail_error"]


def thumbnails(files, **settings):
    return mo.run(mo.thumbnails(files, progress=False, **settings))


def counted(frame):
    return frame.attrs["mediaorg"]["thumbnails"]


def size(jpeg):
    with Image.open(io.BytesIO(jpeg)) as image:
        image.load()
        return image.size


@pytest.fixture(scope="module")
def media(collection):
    return mo.run(mo.probe(collection, progress=False, cache=False))


@pytest.fixture(scope="module")
def drawn(media):
    return thumbnails(media, cache=False)


def test_the_rows_are_the_same_and_two_columns_wider(media, drawn):
    pd.testing.assert_frame_equal(drawn[media.columns], media)
    assert list(drawn.columns) == [*media.columns, *COLUMNS]
    assert drawn.attrs["mediaorg"]["probe"] == media.attrs["mediaorg"]["probe"]


def test_a_picture_has_the_shape_of_the_film_as_it_is_turned_and_is_not_enlarged(drawn):
    plays = drawn[drawn["playable"].fillna(False)]
    assert plays["thumbnail_error"].isna().all()
    for name, jpeg, width, height in plays[["name", "thumbnail", "width", "height"]].itertuples(index=False):
        wide, high = size(jpeg)
        assert max(wide, high) == min(320, max(width, height)), name
        assert wide / high == pytest.approx(width / height, rel=0.02), name
    assert any(size(jpeg)[0] < size(jpeg)[1] for jpeg in plays["thumbnail"])


def test_what_has_no_picture_has_a_reason_and_what_is_no_video_has_neither(drawn):
    videos = drawn[drawn["kind"] == "video"]
    assert (videos["thumbnail"].isna() != videos["thumbnail_error"].isna()).all()
    assert drawn.loc[drawn["kind"] != "video", COLUMNS].isna().all(axis=None)
    words = {
        name: error.partition(":")[0]
        for name, error in videos.dropna(subset="thumbnail_error")[["name", "thumbnail_error"]].values
    }
    assert words == {
        "A Letter (1999).mkv": "not_video",
        "Half a Day (2014).mp4": "damaged",
        "Nothing Left (2001).mkv": "empty",
        "Radio Play (2003).mp4": "not_video",
    }


def test_what_is_no_file_is_a_value_and_a_pipe_is_never_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.mkv")
    (tmp_path / "folder.mkv").mkdir()
    (tmp_path / "list.mkv").write_text("#EXTM3U\n/etc/passwd\n")
    said = thumbnails([tmp_path / name for name in ("pipe.mkv", "folder.mkv", "list.mkv", "gone.mkv")])
    assert [error.partition(":")[0] for error in said["thumbnail_error"]] == [
        "not_regular", "not_regular", "not_video", "missing"
    ]  # fmt: skip
    assert thumbnails(pd.DataFrame({"path": [None]}))["thumbnail_error"].tolist() == ["missing: the row has no path"]


def test_an_empty_table_has_the_same_columns():
    said = thumbnails(schema.table(schema.SCAN))
    assert said[COLUMNS].dtypes.tolist() == schema.table(schema.THUMBNAILS).dtypes.tolist()
    assert counted(said)["files"] == 0


def test_a_second_look_is_none_also_of_a_file_that_was_renamed_and_another_size_is_another_picture(messy, tmp_path):
    cache = tmp_path / "p.sqlite"
    films = mo.run(mo.scan(messy, progress=False)).query("suffix == '.mp4'")
    first = thumbnails(films, cache=cache)
    assert counted(first)["cache_hits"] == 0
    film = mo.to_path(films["path"].iloc[0])
    film.rename(film.with_name("renamed.mp4"))
    again = thumbnails(mo.run(mo.scan(messy, progress=False)).query("suffix == '.mp4'"), cache=cache)
    assert counted(again)["looks"] == 0
    assert sorted(map(str, again["thumbnail"])) == sorted(map(str, first["thumbnail"]))
    assert counted(thumbnails(films.tail(2), cache=cache, pixels=64))["cache_hits"] == 0


def test_a_file_that_was_changed_is_looked_at_again_and_what_may_pass_is_not_kept(messy, tmp_path):
    cache, film = tmp_path / "p.sqlite", next(messy.rglob("S00E02.mkv"))
    thumbnails([film], cache=cache)
    film.write_bytes(b"no film any more")
    said = thumbnails([film], cache=cache)
    assert said["thumbnail_error"].iloc[0].startswith("not_video: ")
    assert counted(thumbnails([film], cache=cache))["cache_hits"] == 1  # that it is none is known now
    film.unlink()
    assert thumbnails([film], cache=cache)["thumbnail_error"].iloc[0].startswith("missing: ")


def test_a_deadline_is_a_timeout_and_never_a_judgement_of_the_file(messy, tmp_path):
    cache, film = tmp_path / "p.sqlite", next(messy.rglob("S00E02.mkv"))
    said = thumbnails([film], cache=cache, limits=mo.Limits(timeout_seconds=1e-6))
    assert said["thumbnail_error"].tolist() == ["timeout: 1e-06 s"]
    assert thumbnails([film], cache=cache)["thumbnail"].notna().all()


@pytest.mark.parametrize(
    "setting", [{"pixels": 8}, {"pixels": 5000}, {"pixels": 99.5}, {"at": -0.1}, {"at": 2}, {"at": "0.5"}, {"at": True}]
)
def test_a_setting_out_of_range_is_refused_before_anything_is_looked_at(setting, tmp_path):
    [name] = setting
    with pytest.raises(errors.BadSetting, match=f"{name} must be a"):
        thumbnails(tmp_path / "gone", **setting)


def test_whatever_the_bytes_a_film_has_a_picture_or_a_reason(messy, tmp_path):
    chance, bad = random.Random(7), tmp_path / "bad"
    bad.mkdir()
    films = [
        path for path in sorted(messy.rglob("*")) if path.suffix in (".mkv", ".mp4", ".avi", ".ts", ".webm", ".mov")
    ]
    for number in range(40):
        film = chance.choice(films)
        data = bytearray(film.read_bytes())
        for _ in range(chance.choice((1, 20, 300)) if data else 0):
            data[chance.randrange(len(data))] = chance.randrange(256)
        (bad / f"{number}{film.suffix}").write_bytes(data[: chance.choice((len(data), len(data) // 2))])
    said = thumbnails(bad, cache=False)
    assert len(said) == 40
    assert (said["thumbnail"].isna() != said["thumbnail_error"].isna()).all()
    assert 0 < said["thumbnail"].notna().sum() < 40


def test_asked_to_stop_it_gives_back_all_rows_and_the_rest_is_done_later(messy, tmp_path):
    cache = tmp_path / "p.sqlite"
    drawing = threading.Event()
    files = mo.run(mo.scan(messy, progress=False))
    job = mo.start(
        mo.thumbnails(
            files, cache=cache, limits=mo.Limits(batch_size=1), progress=lambda *now: now[1] and drawing.set()
        )
    )
    assert drawing.wait(30)
    job.stop()
    told = job.result()
    late = told["thumbnail_error"].str.startswith("stopped: ").fillna(False).astype(bool)
    assert told.attrs["stopped"] is True
    assert counted(told)["errors"]["stopped"] == late.sum() > 0
    assert late.sum() < counted(told)["looks"]  # what was done by then is done
    assert psutil.Process().children() == []
    whole = thumbnails(told, cache=cache)
    assert "stopped" not in whole.attrs
    assert told.index.equals(files.index)
    assert list(whole.columns) == list(told.columns)
    assert counted(whole)["cache_hits"] > 0
    assert whole.loc[late, "thumbnail"].notna().any()
    assert not whole["thumbnail_error"].str.startswith("stopped: ").fillna(False).any()


def test_a_run_that_is_stopped_keeps_the_pictures_it_has_and_leaves_no_worker(messy, tmp_path):
    cache = tmp_path / "p.sqlite"

    async def stopped():
        task = asyncio.ensure_future(
            mo.thumbnails(
                messy, cache=cache, progress=lambda phase, done, total: done and phase == "thumbnails" and task.cancel()
            )
        )
        await asyncio.wait([task])
        return task.cancelled()

    assert mo.run(stopped())
    assert psutil.Process().children() == []
    assert counted(thumbnails(messy, cache=cache))["cache_hits"] > 0
