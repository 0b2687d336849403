"""From ffprobe's answer to the row of a table. libav in-process answers in the same shape, so there is one reading."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

from mediaorg.records import Probe

__all__ = ["probe_row", "quality"]

Stream: TypeAlias = Mapping[str, Any]

# (class, widest, highest): the smallest standard frame a picture fits in names its class. DVDs are anamorphic, so a
# PAL frame may be 1024 wide once its pixels are square, and cinema 4K is 4096 wide.
_FRAMES: Final = (
    (144, 256, 144),
    (240, 426, 240),
    (360, 640, 360),
    (480, 854, 480),
    (576, 1024, 576),
    (720, 1280, 720),
    (1080, 1920, 1080),
    (1440, 2560, 1440),
    (2160, 4096, 2160),
    (4320, 8192, 4320),
)
_SLACK: Final = 1.02  # 1088 lines are 1080 rounded up to whole blocks
_HDR: Final = {"smpte2084": "HDR10", "arib-std-b67": "HLG"}
_DOLBY_VISION_TAGS: Final = {"dvh1", "dvhe", "dva1", "dvav", "dav1"}
_LONGEST_TAG: Final = 1000  # characters; a title of 10 MB is no title


def quality(width: int | None, height: int | None) -> int | None:
    """Name the class of a frame [line]: the smallest standard frame it fits in, turned upright or not.

    >>> quality(1920, 800), quality(1080, 1920), quality(720, 576), quality(640, 480)
    (1080, 1080, 576, 480)
    """
    if not width or not height:
        return None
    long, short = max(width, height), min(width, height)
    for name, widest, highest in _FRAMES:
        if long <= widest * _SLACK and short <= highest * _SLACK:
            return name
    return _FRAMES[-1][0]


def probe_row(answer: Mapping[str, Any]) -> Probe:
    """Read an answer of ``ffprobe -of json -show_format -show_streams -show_chapters``.

    `playable` is what the headers say: a picture that is no cover, its size, and a length. Whoever knows more of the
    file (that it is cut) says so on top.
    """
    form, streams = answer.get("format", {}), answer.get("streams", [])
    video = _first(streams, "video")
    audio = _first(streams, "audio")
    width, height = _frame(video)
    duration = _positive(form.get("duration"))
    return Probe(
        format_name=form.get("format_name"),
        duration=duration,
        bit_rate=_whole(form.get("bit_rate")),
        width=width,
        height=height,
        quality=quality(width, height),
        video_codec=video.get("codec_name"),
        avg_frame_rate=_rate(video.get("avg_frame_rate")),
        pix_fmt=video.get("pix_fmt"),
        hdr=_hdr(video),
        audio_codec=audio.get("codec_name"),
        channels=_whole(audio.get("channels")),
        audio_languages=_languages(streams, "audio"),
        subtitle_languages=_languages(streams, "subtitle"),
        chapters=len(answer.get("chapters", [])),
        container_title=_tag(form, "title"),
        creation_time=_instant(_tag(form, "creation_time")),
        playable=bool(video) and width is not None and duration is not None,
        probe_error=None if video else "not_video: no video stream",
    )


def _first(streams: Sequence[Stream], kind: str) -> Stream:
    """The first stream of a kind; a cover picture is a video stream to libav, and makes no song a video."""
    found = (s for s in streams if s.get("codec_type") == kind and not s.get("disposition", {}).get("attached_pic"))
    return next(found, {})


def _frame(video: Stream) -> tuple[int | None, int | None]:
    width, height = _whole(video.get("width")), _whole(video.get("height"))
    if width is None or height is None:
        return None, None
    turns = [data["rotation"] for data in video.get("side_data_list", []) if "rotation" in data]
    turned = bool(turns) and round(float(turns[0])) % 180 == 90
    return (height, width) if turned else (width, height)


def _hdr(video: Stream) -> str | None:
    side = {data.get("side_data_type") for data in video.get("side_data_list", [])}
    if video.get("codec_tag_string") in _DOLBY_VISION_TAGS or "DOVI configuration record" in side:
        return "Dolby Vision"
    return _HDR.get(video.get("color_transfer", ""))


def _languages(streams: Sequence[Stream], kind: str) -> tuple[str, ...] | None:
    return tuple(_tag(s, "language") or "und" for s in streams if s.get("codec_type") == kind) or None


def _tag(holder: Mapping[str, Any], name: str) -> str | None:
    """A tag, whatever its case: Matroska shouts them."""
    for key, value in holder.get("tags", {}).items():
        if key.lower() == name:
            return str(value)[:_LONGEST_TAG].strip() or None
    return None


_INSTANT: Final = re.compile(r"(?:19|20)\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d")


def _instant(text: str | None) -> str | None:
    """An ISO time; cameras that do not know it write 1904 or 1970-01-01, or words."""
    if text is None or not _INSTANT.match(text) or text.startswith(("1904", "1970-01-01")):
        return None
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return None
    return text


def _whole(value: object) -> int | None:
    """A count above 0: ffprobe writes 0 or "N/A" for what it does not know."""
    number = _positive(value)
    return None if number is None else int(number)


def _positive(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if 0 < number < float("inf") else None


def _rate(value: object) -> float | None:
    """A rate such as 30000/1001; ffprobe writes 0/0 for unknown."""
    over, _, under = str(value).partition("/")
    a, b = _positive(over), _positive(under or 1)
    return a / b if a and b else None
