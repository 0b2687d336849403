"""The messy collection is what its table says, is laid out exactly, and grows to any size."""

import errno
import hashlib
import json
import logging
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import mediaorg as mo
from mediaorg import collection, errors
from mediaorg.schema import from_path, to_path

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
BASE = collection.base()

needs_ffprobe = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="the ffprobe program is not installed")


def tree(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file below `folder`: its relative path cell, the hash of its bytes and its time of last change."""
    return {
        from_path(file.relative_to(folder)): (hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_mtime_ns)
        for file in files_below(folder)
    }


def files_below(folder: Path) -> Iterator[Path]:
    for top, _, names in os.walk(folder):
        yield from (Path(top, name) for name in names)


# ---- the clips and their table ---------------------------------------------------------------------------------


def test_every_row_has_its_clip_and_every_clip_a_row():
    clips = {file.name for file in SAMPLES.iterdir()} - {"samples.csv"}
    assert {row["clip"] for row in BASE} == clips


def test_the_clips_are_small():
    assert sum(file.stat().st_size for file in SAMPLES.iterdir()) < 2_000_000


def test_every_path_is_distinct_and_a_path_cell():
    paths = [row["path"] for row in BASE]
    assert len(set(paths)) == len(paths)
    assert [from_path(to_path(path)) for path in paths] == paths


def test_every_reference_names_a_row():
    paths = {row["path"] for row in BASE} | {""}
    assert {row[name] for row in BASE for name in ("belongs_to", "extra_of", "copy_of")} <= paths


def test_one_name_is_exactly_as_long_as_a_name_may_be():
    assert max(len(os.fsencode(to_path(row["path"]).name)) for row in BASE) == 255


def ffprobe(file: Path) -> dict[str, Any]:
    """What the real ffprobe says of `file`, under the names of the table."""
    command = [
        "ffprobe",
        "-v",
        "error",
        "-of",
        "json",
        "-show_format",
        "-show_streams",
        "-show_chapters",
        f"file:{file}",
    ]
    said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    streams = {kind: [s for s in said["streams"] if s["codec_type"] == kind] for kind in ("video", "audio", "subtitle")}
    pictures = [s for s in streams["video"] if not s["disposition"]["attached_pic"]]
    tags = said["format"].get("tags", {})
    languages = {kind: tuple(s.get("tags", {}).get("language", "und") for s in streams[kind]) for kind in streams}
    found: dict[str, Any] = {
        "duration": float(said["format"]["duration"]),
        "audio_languages": languages["audio"],
        "subtitle_languages": languages["subtitle"],
        "chapters": len(said["chapters"]),
        "container_title": tags.get("title"),
        "creation_time": tags.get("creation_time"),
    }
    for picture in pictures[:1]:
        turned = any(data.get("rotation", 0) % 180 for data in picture.get("side_data_list", ()))
        width, height = picture["width"], picture["height"]
        found |= {"video_codec": picture["codec_name"], "width": width, "height": height}
        found |= {"width": height, "height": width} if turned else {}
        found["hdr"] = "HDR10" if picture.get("color_transfer") == "smpte2084" else None
    for sound in streams["audio"][:1]:
        found |= {"audio_codec": sound["codec_name"], "channels": sound["channels"]}
    return found


PROBED = {row["clip"]: row for row in BASE if row["kind"] == "video" and row["duration"]}


@pytest.mark.ffprobe
@needs_ffprobe
@pytest.mark.parametrize("clip", PROBED)
def test_what_the_table_says_of_a_clip_is_what_ffprobe_finds(clip, collection_truth):
    row = collection_truth[(collection_truth["clip"] == clip) & (collection_truth["kind"] == "video")].iloc[0]
    found = ffprobe(SAMPLES / clip)
    assert row["duration"] == pytest.approx(found.pop("duration"), abs=0.1)
    if found["creation_time"] is not None:
        found["creation_time"] = pd.Timestamp(found["creation_time"])
    asked = {name: row[name] for name in found}
    assert {name: cell for name, cell in asked.items() if isinstance(cell, tuple) or not pd.isna(cell)} == {
        name: cell for name, cell in found.items() if cell not in (None, ())
    }


@pytest.fixture(scope="module")
def collection_truth(tmp_path_factory):
    return collection.truth(mo.samples(tmp_path_factory.mktemp("truth") / "videos"))


@pytest.mark.ffprobe
@needs_ffprobe
@pytest.mark.parametrize("suffix", ["mkv", "webm", "mp4", "m4v", "mov", "avi", "ts"])
def test_a_marked_copy_is_another_file_of_the_same_film(suffix, tmp_path):
    clip = next(row["clip"] for row in BASE if row["playable"] == "True" and row["clip"].endswith(suffix))
    content = (SAMPLES / clip).read_bytes()
    marked = collection.marked(content, clip, 7)
    assert marked != content
    assert marked != collection.marked(content, clip, 8)
    copy = tmp_path / clip
    copy.write_bytes(marked)
    assert ffprobe(copy) == ffprobe(SAMPLES / clip)
    assert complaints(copy) == ""


def complaints(file: Path) -> str:
    command = ["ffprobe", "-v", "warning", "-show_packets", "-of", "csv", f"file:{file}"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stderr


# ---- laying out ------------------------------------------------------------------------------------------------


def test_a_layout_has_exactly_the_names_of_the_table(tmp_path):
    folder = mo.samples(tmp_path / "videos")
    assert set(tree(folder)) == {row["path"] for row in BASE}
    assert b"Caf\xff\xe9 Bleu (1988).avi" in {os.fsencode(path.name) for path in (folder / "Odd Names").iterdir()}
    assert (folder / "Odd Names" / r"bad\xff.mkv").is_file()


def test_a_layout_leaves_the_original_as_it_was_and_shares_nothing_with_it(tmp_path):
    before = tree(SAMPLES)
    folder = mo.samples(tmp_path / "videos")
    assert all(file.stat().st_nlink == 1 for file in files_below(folder))
    for file in files_below(folder):
        file.write_bytes(b"overwritten")
    assert tree(SAMPLES) == before


def test_two_calls_give_two_folders_of_equal_content():
    first, second = mo.samples(), mo.samples()
    try:
        assert first != second
        assert tree(first) == tree(second)
        assert collection.truth_file(first).read_bytes() == collection.truth_file(second).read_bytes()
    finally:
        for folder in (first, second):
            shutil.rmtree(folder)
            collection.truth_file(folder).unlink()


def test_playable_files_differ_in_bytes_save_the_one_true_copy(tmp_path):
    laid = tree(mo.samples(tmp_path / "videos"))
    playable = [row for row in BASE if row["playable"] == "True"]
    (copy,) = (row for row in playable if row["copy_of"])
    assert laid[copy["path"]][0] == laid[copy["copy_of"]][0]
    assert len({laid[row["path"]][0] for row in playable}) == len(playable) - 1


def test_the_truth_joins_with_paths_and_has_types(collection_truth):
    truth = collection_truth.set_index("path")
    assert all(to_path(path).is_file() for path in truth.index)
    assert truth.loc[truth["note"] == "two episodes", "episodes"].item() == (5, 6)
    assert str(truth["year"].dtype) == "Int64"
    extras = truth[truth["media_type"] == "extra"]
    assert set(extras["extra_of"]) <= set(truth.index)
    assert truth["left_out"].isna().all()


def test_the_truth_stands_beside_the_folder_not_in_it(tmp_path):
    folder = mo.samples(tmp_path / "videos", n=5)
    assert {path.name for path in tmp_path.iterdir()} == {"videos", "videos.truth.csv"}
    shutil.rmtree(folder)
    mo.samples(folder, n=6)  # a truth of ours is replaced
    assert len(collection.truth(folder)) == 6


# ---- growing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 40, len(BASE) - 1, len(BASE), len(BASE) + 1, 500])
def test_n_files_are_exactly_n_files(n, tmp_path):
    folder = mo.samples(tmp_path / "videos", n=n)
    truth = collection.truth(folder)
    assert set(truth["path"]) == {from_path(file) for file in files_below(folder)}
    assert len(truth) == truth["path"].nunique() == n
    for name in ("belongs_to", "extra_of", "copy_of"):
        assert set(truth[name].dropna()) <= set(truth["path"])


def test_a_small_part_still_shows_every_sort(tmp_path):
    truth = collection.truth(mo.samples(tmp_path / "videos", n=50))
    assert {"episode", "movie", "extra", "home_video"} <= set(truth["media_type"].dropna())
    assert {"video", "subtitle", "other"} <= set(truth["kind"])
    assert not truth["playable"].dropna().all()


def test_a_seed_means_one_tree_and_another_seed_another(tmp_path):
    one, same, other = (mo.samples(tmp_path / name, n=200, seed=seed) for name, seed in (("a", 3), ("b", 3), ("c", 4)))
    assert tree(one) == tree(same)
    assert set(tree(one)) != set(tree(other))


def test_times_of_last_change_are_varied_to_the_nanosecond(tmp_path):
    times = [mtime for _, mtime in tree(mo.samples(tmp_path / "videos")).values()]
    years = {pd.Timestamp(time).year for time in times}
    assert min(years) >= 2010
    assert max(years) <= 2024
    assert len(set(times)) == len(times)
    assert any(time % 1000 for time in times)


# ---- refusals --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "seed", "message"),
    [
        (0, 0, "n must be"),
        (-3, 0, "n must be"),
        (True, 0, "n must be"),
        (2.5, 0, "n must be"),
        (3, "x", "seed must be"),
    ],
)
def test_a_bad_number_is_named(n, seed, message, tmp_path):
    with pytest.raises(errors.BadSetting, match=message):
        mo.samples(tmp_path / "videos", n=n, seed=seed)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_not_touched(tmp_path):
    (tmp_path / "mine.mkv").write_bytes(b"mine")
    with pytest.raises(errors.BadSetting, match="must be empty"):
        mo.samples(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.mkv"]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "mine.mkv").write_bytes(b"mine")
    for into in (tmp_path / "mine.mkv", tmp_path / "mine.mkv" / "below"):
        with pytest.raises(errors.NotAFolder, match=r"mine\.mkv"):
            mo.samples(into)


def test_a_table_of_somebody_elses_is_never_written_over(tmp_path):
    (tmp_path / "videos.truth.csv").write_text("my own notes")
    with pytest.raises(errors.BadSetting, match="something else stands"):
        mo.samples(tmp_path / "videos")
    assert (tmp_path / "videos.truth.csv").read_text() == "my own notes"


def test_a_folder_without_truth_says_so(tmp_path):
    with pytest.raises(errors.NoSuchFolder, match=r"mediaorg\.samples"):
        collection.truth(tmp_path)


def put(path: Path, content: bytes, mtime_ns: int) -> None:
    with path.open("xb") as file:
        file.write(content)
    os.utime(path, ns=(mtime_ns, mtime_ns))


def only_text(path: Path, content: bytes, mtime_ns: int) -> None:
    """A file system of text: it refuses undecodable names, as zfs with utf8only and APFS do."""
    if any("\ud800" <= letter <= "\udfff" for letter in path.name):
        raise OSError(errno.EILSEQ, os.strerror(errno.EILSEQ), str(path))
    put(path, content, mtime_ns)


def folding(path: Path, content: bytes, mtime_ns: int) -> None:
    """A file system to which case is nothing."""
    if path.name.casefold() in {other.name.casefold() for other in path.parent.iterdir()}:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    put(path, content, mtime_ns)


def dotless(path: Path, content: bytes, mtime_ns: int) -> None:
    """A file system that drops dots at the end, silently, as vfat does."""
    put(path.with_name(path.name.rstrip(".")), content, mtime_ns)


@pytest.mark.parametrize(
    ("write", "reason", "which"),
    [(only_text, "undecodable", r"\xff\xe9"), (folding, "same name", "The Lamp"), (dotless, "another name", "mkv.")],
)
def test_a_refused_name_is_left_out_and_said(
    write: Callable[[Path, bytes, int], None], reason: str, which: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.WARNING, logger="mediaorg"):
        rows = collection.lay(BASE, tmp_path, n=None, seed=0, write=write)
    (left_out,) = (row for row in rows if row["left_out"])
    assert reason in left_out["left_out"]
    assert which in left_out["path"]
    assert left_out["path"] in caplog.text
    assert set(tree(tmp_path)) - {left_out["path"].rstrip(".")} == {row["path"] for row in BASE} - {left_out["path"]}


def test_a_full_disk_is_no_refusal(tmp_path):
    def full(path: Path, content: bytes, mtime_ns: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    with pytest.raises(OSError, match="space"):
        collection.lay(BASE, tmp_path, n=None, seed=0, write=full)


def test_a_name_that_is_taken_is_never_written_over(tmp_path):
    film = next(row for row in BASE if row["title"] == "Small Weather")
    rows = collection.lay([film, film | {"clip": "text.txt"}], tmp_path, n=None, seed=0)
    assert ["same name" in row["left_out"] for row in rows] == [False, True]
    assert (tmp_path / film["path"]).stat().st_size > 1000
