"""Whoever answers, header, libav or ffprobe: the row is the one ffprobe gives; every other difference has a cause."""

import struct
from collections import Counter

import pandas as pd
import pytest

import mediaorg as mo
from mediaorg.records import Probe
from mediaorg.rules.probe_row import probe_row
from mediaorg.schema import PROBE
from tests.rules.headers import corpus
from tests.rules.headers.test_agreement import differences
from tests.rules.headers.test_variants import COLOUR, after, patched, variants

pytestmark = pytest.mark.ffprobe

_OWN = ("probed_by", "probe_seconds", "probe_error", "playable")  # ffprobe knows nothing of these
# (clip, field) -> why the bundled libav 8 differs from ffprobe 5.1, which Debian 12 has.
CAUSES = {
    ("dts.mp4", "duration"): "libav 8 takes the track's finer clock, ffprobe 5.1 the movie's, in thousandths",
    ("dts.mp4", "bit_rate"): "follows from the length",
}


def ladder(clips, folder):
    """Each clip's row, as a Probe, with who said it."""
    for name, clip in clips.items():
        (folder / name).write_bytes(clip.data)
    media = mo.run(mo.probe([folder / name for name in clips], cache=False, progress=False))
    for name, row in zip(clips, media.to_dict("records"), strict=True):
        cells = {column.name: None if _missing(row[column.name]) else row[column.name] for column in PROBE}
        yield name, Probe(**cells)


def _missing(cell):
    return not isinstance(cell, tuple) and pd.isna(cell)


def differing(clips, folder):
    """(clip, field) -> (ours, ffprobe's); how many fields were compared; and who answered."""
    found, by, count = {}, Counter(), 0
    for name, said in ladder(clips, folder):
        wanted = clips[name].row
        by[(said.probed_by or "nobody").split(" ")[0]] += 1
        count += len(PROBE) - len(_OWN)
        found |= {
            (name, field): values
            for field, values in differences(plain(said), plain(wanted)).items()
            if field not in _OWN
        }
    return found, count, by


def plain(row):
    """The row with its time as text: the table holds it as an instant."""
    time = None if row.creation_time is None else pd.Timestamp(row.creation_time)
    return Probe(**{field: getattr(row, field) for field in row._fields} | {"creation_time": time})


def test_the_ladder_says_what_ffprobe_says(clips, tmp_path):
    found, count, by = differing(clips, tmp_path)
    assert {where: values for where, values in found.items() if where not in CAUSES} == {}
    assert len(found) <= 0.005 * count
    assert by["header"] > 0.8 * len(clips)
    assert by["libav"] > 10  # the odd ones are there for it


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_ladder_says_what_ffprobe_says_of_the_wide_corpus(wide_clips, tmp_path):
    found, count, _ = differing(wide_clips, tmp_path)
    assert {where: values for where, values in found.items() if where not in CAUSES} == {}
    assert len(found) <= 0.005 * count


def test_who_is_asked_for_what_a_header_leaves_open_knows_of_turns_and_dolby_vision_as_well(clips, tmp_path):
    made = turned_and_visionary(clips)
    paths = [tmp_path / f"{number}.clip" for number in range(len(made))]
    for path, data in zip(paths, made.values(), strict=True):
        path.write_bytes(data)
    media = mo.run(mo.probe(paths, cache=False, progress=False, prober="libav")).to_dict("records")
    for name, said, wanted in zip(made, media, map(probe_row, corpus.referee(paths)), strict=True):
        hdr = None if _missing(said["hdr"]) else said["hdr"]
        assert (said["width"], said["height"], hdr) == (wanted.width, wanted.height, wanted.hdr), name


def turned_and_visionary(clips):
    one, w = 1 << 16, 1 << 30
    matrices = {
        "turned": (0, one, 0, -one, 0, 0, 0, 0, w),
        "mirrored and turned": (0, one, 0, one, 0, 0, 0, 0, w),
        "stretched and turned": (0, 2 * one, 0, -2 * one, 0, 0, 0, 0, w),
        "mirrored": (-one, 0, 0, 0, one, 0, 0, 0, w),
        "nearly turned": (1143, 65526, 0, -65526, 1143, 0, 0, 0, w),
    }
    plain, made = clips["h264_aac.mp4"].data, {}
    for name, matrix in matrices.items():
        numbers = struct.pack(">9i", *matrix)
        made[f"a track {name}"] = patched(plain, after(plain, b"tkhd") + 40, numbers)
        made[f"a movie {name}"] = patched(plain, after(plain, b"mvhd") + 36, numbers)
        made[f"a movie and a track {name}"] = patched(made[f"a movie {name}"], after(plain, b"tkhd") + 40, numbers)
    all_made = variants(clips)
    made |= {name: all_made[name] for name in ("dvcC", "dvvC", "Dolby Vision in Matroska", "another block addition")}
    flat = clips["h264_hdr10_vui.mkv"].data
    roll = b"\x76\x70\x87\x76\x75\x84" + struct.pack(">f", 90.0) + b"\xec\x8a" + bytes(10)
    made["a picture of Matroska that was rolled"] = flat.replace(b"\x9a\x81\x02" + COLOUR, roll)
    assert made["a picture of Matroska that was rolled"] != flat
    return made
