"""ffprobe's answer becomes a row: unknown is None, a cover is no video, a turned picture is shown upright."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.rules.probe_row import probe_row, quality

VIDEO = {"codec_type": "video", "codec_name": "h264", "width": 1920, "height": 1080, "avg_frame_rate": "30000/1001"}
FORMAT = {"format_name": "matroska,webm", "duration": "60.5", "bit_rate": "1000", "tags": {"TITLE": "A Film"}}


def row(*streams, **form):
    return probe_row({"format": FORMAT | form, "streams": list(streams), "chapters": []})


@pytest.mark.parametrize(
    ("width", "height", "name"),
    [
        (3840, 2160, 2160),
        (4096, 1716, 2160),
        (3840, 1600, 2160),
        (2560, 1440, 1440),
        (1920, 1080, 1080),
        (1920, 1088, 1080),
        (1920, 800, 1080),
        (1440, 1080, 1080),
        (1080, 1920, 1080),
        (1280, 720, 720),
        (1280, 534, 720),
        (960, 720, 720),
        (720, 576, 576),
        (1024, 576, 576),
        (720, 480, 480),
        (640, 480, 480),
        (624, 352, 360),
        (426, 240, 240),
        (16384, 8192, 4320),
        (None, 1080, None),
        (0, 0, None),
    ],
)
def test_the_class_of_a_frame(width, height, name):
    assert quality(width, height) == name


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_the_class_does_not_care_how_the_phone_was_held(width, height):
    assert quality(width, height) == quality(height, width)


def test_a_plain_video():
    seen = row(VIDEO, {"codec_type": "audio", "codec_name": "aac", "channels": 6, "tags": {"language": "ger"}})
    assert (seen.duration, seen.width, seen.quality, seen.channels) == (60.5, 1920, 1080, 6)
    assert seen.avg_frame_rate == pytest.approx(29.97003)
    assert seen.audio_languages == ("ger",)
    assert seen.container_title == "A Film"
    assert seen.playable
    assert seen.probe_error is None


@pytest.mark.parametrize(
    ("turn", "size"),
    [(90, (1080, 1920)), (-90, (1080, 1920)), (270, (1080, 1920)), (180, (1920, 1080)), (0, (1920, 1080))],
)
def test_a_turned_picture_is_measured_as_shown(turn, size):
    seen = row(VIDEO | {"side_data_list": [{"side_data_type": "Display Matrix", "rotation": turn}]})
    assert (seen.width, seen.height) == size


def test_a_song_with_a_cover_is_no_video():
    cover = VIDEO | {"codec_name": "mjpeg", "disposition": {"attached_pic": 1}}
    seen = row(cover, {"codec_type": "audio", "codec_name": "mp3", "channels": 2})
    assert (seen.video_codec, seen.width, seen.playable) == (None, None, False)
    assert seen.probe_error == "not_video: no video stream"


@pytest.mark.parametrize("unknown", [None, "N/A", "0.000000", 0, "", -1, "nan"])
def test_an_unknown_length_is_missing_and_nothing_to_play(unknown):
    seen = row(VIDEO, duration=unknown)
    assert seen.duration is None
    assert not seen.playable


@pytest.mark.parametrize(
    ("more", "hdr"),
    [
        ({"color_transfer": "smpte2084"}, "HDR10"),
        ({"color_transfer": "arib-std-b67"}, "HLG"),
        ({"color_transfer": "bt709"}, None),
        ({"codec_tag_string": "dvh1", "color_transfer": "smpte2084"}, "Dolby Vision"),
        ({"side_data_list": [{"side_data_type": "DOVI configuration record"}]}, "Dolby Vision"),
    ],
)
def test_the_range_of_the_picture(more, hdr):
    assert row(VIDEO | more).hdr == hdr


def test_streams_without_a_language_are_und_and_no_streams_are_missing():
    spoken = {"codec_type": "audio", "codec_name": "aac"}
    assert row(VIDEO, spoken, spoken | {"tags": {"LANGUAGE": "jpn"}}).audio_languages == ("und", "jpn")
    assert row(VIDEO).audio_languages is None


@pytest.mark.parametrize(
    "time",
    [
        "2020-13-45T00:00:00Z",
        "2020-01-01 10:00:00 in the morning",
        "1904-01-01T00:00:00.000000Z",
        "1970-01-01T00:00:00Z",
        "yesterday",
        "",
    ],
)
def test_a_camera_without_a_clock_says_nothing(time):
    assert row(VIDEO, tags={"creation_time": time}).creation_time is None


def test_an_empty_answer_is_an_empty_row():
    assert not probe_row({}).playable
