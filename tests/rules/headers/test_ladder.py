"""Whoever answers, header, libav or ffprobe: the row is the one ffprobe gives; every other difference has a cause."""

from collections import Counter

import pandas as pd
import pytest

import mediaorg as mo
from mediaorg.records import Probe
from mediaorg.schema import PROBE
from tests.rules.headers.test_agreement import differences

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
