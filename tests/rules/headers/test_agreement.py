"""A header that answers says what ffprobe says, in every field; and it answers nearly always."""

from pathlib import Path

import pytest

from mediaorg.rules.headers import Header, read_header
from mediaorg.rules.probe_row import probe_row
from tests.rules.headers import corpus

pytestmark = pytest.mark.ffprobe

SAMPLES = Path(__file__).parents[3] / "data" / "samples"
# (absolute, relative): ffprobe writes times in whole microseconds, and rates as fractions
TOLERANCES = {"duration": (0.000002, 0), "avg_frame_rate": (0, 1e-9), "bit_rate": (1, 1e-6)}


def header(data: bytes) -> Header:
    return read_header(lambda offset, size: data[offset : offset + size], len(data))


def differences(said, wanted) -> dict:
    """Fields in which two rows differ, each with both values."""
    return {
        name: (mine, its)
        for (name, mine), its in zip(said._asdict().items(), wanted, strict=True)
        if not same(mine, its, *TOLERANCES.get(name, (0, 0)))
    }


def same(mine, its, absolute, relative) -> bool:
    if mine is None or its is None or not absolute + relative:
        return mine == its
    return abs(mine - its) <= absolute + relative * abs(its)


@pytest.mark.parametrize("name", [*corpus.ORDINARY, *corpus.ODD])
def test_a_certain_answer_is_the_one_ffprobe_gives(name, clips):
    clip = clips[name]
    said = header(clip.data)
    assert (said.probe is None) == bool(said.why)
    if said.probe is not None:
        assert differences(said.probe, clip.row) == {}


def test_nearly_all_of_an_ordinary_library_is_certain(clips):
    said = {name: header(clips[name].data).why for name in corpus.ORDINARY if name in clips}
    declined = {name: why for name, why in said.items() if why}
    assert len(declined) <= 0.04 * len(said), declined


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("unknown_size.mkv", "no length: a live recording"),
        ("fragmented.mp4", "fragmented"),
        ("h264_vorbis.mkv", "Vorbis headers are for a decoder to judge"),
        ("aac_quad.mp4", "AAC channels are not in its header"),
        ("hevc_dv_like_atc.mkv", "transfer may be told in the frames"),
        ("two_videos.mkv", "several pictures"),
        ("h264_rgb.mkv", "colours are not YUV"),
        ("theora.mkv", "video codec V_THEORA"),
    ],
)
def test_what_is_not_certain_is_declined_with_a_reason(name, why, clips):
    assert header(clips[name].data).why == why


def test_the_samples_agree():
    paths = sorted(
        path for path in SAMPLES.glob("c*") if path.suffix in {".mkv", ".mp4", ".avi", ".mov", ".m4v", ".webm"}
    )
    rows = [probe_row(answer) for answer in corpus.referee(paths)]
    headers = [header(path.read_bytes()) for path in paths]
    differ = {
        path.name: differences(said.probe, row)
        for path, said, row in zip(paths, headers, rows, strict=True)
        if said.probe is not None
    }
    assert {name: fields for name, fields in differ.items() if fields} == {}
    assert sum(said.probe is None and not said.cut for said in headers) <= 1


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_wide_corpus_agrees(wide_clips):
    differ = {
        name: differences(said, clip.row) for name, clip in wide_clips.items() if (said := header(clip.data).probe)
    }
    assert {name: fields for name, fields in differ.items() if fields} == {}
    assert len(differ) >= 0.98 * len(wide_clips)
