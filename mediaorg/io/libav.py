"""The door to libav in-process. Hostile bytes may crash or hang it: it is used in worker processes alone."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import av
import av.logging

from mediaorg.io.container import FORMATS, Unreadable

__all__ = ["ask", "damage", "version"]

_FASTEST: Final = 10_000  # 1/s
_COVER: Final = 0x400  # AV_DISPOSITION_ATTACHED_PIC
_TRANSFERS: Final = {16: "smpte2084", 18: "arib-std-b67"}
_NO_TIME: Final = -(1 << 63)
_LATE: Final = 1e12  # s
_GAP: Final = 2.0  # s; sound goes on without a break
_BROADCASTS: Final = {"mpegts", "mpeg"}
_CAREFULLY: Final = "crccheck+bitstream+buffer"
_STRICTLY: Final = _CAREFULLY + "+explode"  # raise where a check sum is wrong
_SUMMED: Final = {"ac3", "eac3", "flac"}  # sounds with one in every frame
_WHOLE, _SLACK = 0.98, 1.0  # a last frame of unknown length, or a sound that is shorter, is no damage [, s]

av.logging.set_level(av.logging.PANIC)  # what is wrong with a file is said in its row


def ask(path: str, seconds: float) -> dict[str, Any]:
    """Say what libav says of the file of `path` (as the system gives it), in the shape of ffprobe's JSON.

    Whoever asks looks at the clock as well: a deadline that strikes inside libav's search for streams makes it give
    half an answer as if whole. Raises Unreadable ("not_video: …").
    """
    try:
        with av.open(f"file:{path}", timeout=seconds, **_settings()) as container:
            return {
                "format": {
                    "format_name": container.format.name,
                    "duration": _length(container),
                    "bit_rate": container.bit_rate,
                    "tags": _tags(container.metadata),
                },
                "streams": [_stream(stream) for stream in container.streams],
                "chapters": [None] * len(container.chapters()),
            }
    except (av.FFmpegError, OSError, ValueError) as error:
        raise Unreadable(f"not_video: {getattr(error, 'strerror', None) or error}") from error


def damage(path: str, *, decode: bool, alive: Callable[[], None] = lambda: None) -> str | None:
    """Read the whole file of `path` and say what is damaged ("damaged: …"), or None; with `decode`, see every frame.

    alive: called all along, since no deadline fits both a clip and a film.
    """
    try:
        with av.open(f"file:{path}", **_settings()) as container:
            return _damage(container, decode, alive)
    except (av.FFmpegError, OSError, ValueError) as error:
        return f"damaged: {getattr(error, 'strerror', None) or error}"


def _damage(container: Any, decode: bool, alive: Callable[[], None]) -> str | None:
    seen, pictures = _Times(), _Pictures(container)
    for packet in container.demux(_timed(container)):
        alive()
        if packet.dts is not None and (gap := seen.gap_before(packet)):
            return f"damaged: nothing from {_clock(gap[0])} to {_clock(gap[1])}"
        if packet.is_corrupt:
            return f"damaged: a packet at {_clock(seen.ends)}"
        if decode and pictures.damaged_in(packet):
            return f"damaged: a picture at {_clock(seen.ends)}"
    if decode and pictures.none():
        return "damaged: no picture can be decoded"
    length = _length(container)
    if length is not None and seen.ends - seen.begins < _WHOLE * (length - _start(container, length)) - _SLACK:
        return f"damaged: ends at {_clock(seen.ends)} of {_clock(length)}"
    return None


def _timed(container: Any) -> list[Any]:
    """Pictures, sounds and subtitles: a subtitle may outlast the film, and then it is what the length goes by."""
    known = [s for s in container.streams if s.type in ("video", "audio", "subtitle") and s.codec_context is not None]
    return [stream for stream in known if not int(stream.disposition) & _COVER]


def _start(container: Any, length: float) -> float:
    """When a film begins whose length is counted from 0; in a broadcast the clock is far ahead of any length [s]."""
    start = container.start_time / 1e6 if container.start_time not in (None, _NO_TIME) else 0.0
    return start if 0 < start < length else 0.0


class _Times:
    """What packets say of the time [s]: where they begin and end, and where nothing is that must be."""

    def __init__(self) -> None:
        self.begins, self.ends = _LATE, -_LATE
        self._gap = (_LATE, _LATE)  # the last in which there was no packet of any kind
        self._sound: dict[int, float] = {}  # how far each has come

    def gap_before(self, packet: Any) -> tuple[float, float] | None:
        """Take the next packet, and say between what times the film lacks something, if this shows it.

        A picture may stand still, or a slide, and subtitles come and go: a gap is one where sound breaks off with all
        else, and goes on with it.
        """
        at = float(packet.dts * packet.time_base)
        end = at + float((packet.duration or 0) * packet.time_base)
        if at - self.ends > _GAP and self.ends > -_LATE:
            self._gap = (self.ends, at)
        self.begins, self.ends = min(self.begins, at), max(self.ends, end)
        if packet.stream.type != "audio":
            return None
        silent_from = self._sound.get(packet.stream.index, at)
        self._sound[packet.stream.index] = max(silent_from, end)
        begins, ends = self._gap
        together = silent_from > begins - _GAP and at < ends + _GAP
        return self._gap if at - silent_from > _GAP and together else None


class _Pictures:
    """What the decoders make of packets."""

    def __init__(self, container: Any) -> None:
        self._begun: set[int] = set()
        self._streams = [stream for stream in _timed(container) if stream.type in ("video", "audio")]
        for stream in self._streams:
            # a broadcast ends with half a frame: there nobody may be that strict
            strict = stream.codec_context.name in _SUMMED and container.format.name not in _BROADCASTS
            stream.codec_context.options = {"err_detect": _STRICTLY if strict else _CAREFULLY}

    def damaged_in(self, packet: Any) -> bool:
        """Whether a picture is damaged; a sound is right or an error. Raises FFmpegError where nothing can be made of it."""
        stream = packet.stream
        if stream.type == "subtitle":
            return False
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            if stream.index in self._begun:
                raise
            return False  # a recording begins in the middle of something
        if frames:
            self._begun.add(stream.index)
        return stream.type == "video" and any(frame.is_corrupt for frame in frames)

    def none(self) -> bool:
        """Whether there are pictures and not one could be decoded."""
        pictures = {stream.index for stream in self._streams if stream.type == "video"}
        return bool(pictures) and not pictures & self._begun


def _clock(seconds: float) -> str:
    minutes, rest = divmod(max(0.0, round(seconds, 1)), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}:{rest:04.1f}"


def _length(container: Any) -> float | None:
    return container.duration / 1e6 if container.duration not in (None, _NO_TIME) else None


@cache
def version() -> str:
    """Who answers: "libav 62.12.102", the version of its libavformat."""
    return "libav " + ".".join(str(number) for number in av.library_versions["libavformat"])


@cache
def _settings() -> dict[str, Any]:
    settings: dict[str, Any] = {"container_options": {"format_whitelist": FORMATS, "protocol_whitelist": "file"}}
    if int(av.__version__.split(".")[0]) < 19:  # later ones always do; without it one title in Latin-1 loses the file
        settings["metadata_errors"] = "surrogateescape"
    return settings


def _stream(stream: Any) -> dict[str, Any]:
    context = stream.codec_context  # None for data streams and codecs libav does not know
    said: dict[str, Any] = {
        "id": stream.id,
        "codec_type": stream.type,
        "disposition": {"attached_pic": int(bool(int(stream.disposition) & _COVER))},
        "tags": _tags(stream.metadata),
    }
    if context is not None:
        said["codec_name"] = context.codec.canonical_name
        said["codec_tag_string"] = context.codec_tag
    if stream.type == "video" and context is not None:
        rate = stream.average_rate
        if rate and rate > _FASTEST:  # raw DV: its clock, not its pictures
            rate = stream.base_rate
        said |= {
            "width": context.width,
            "height": context.height,
            "pix_fmt": context.pix_fmt,
            "avg_frame_rate": str(rate) if rate else None,
            "color_transfer": _TRANSFERS.get(int(context.color_trc)),
        }
    elif stream.type == "audio" and context is not None:
        said["channels"] = context.layout.nb_channels
    return said


def _tags(metadata: dict[str, str]) -> dict[str, str]:
    """Tags as valid text; ffprobe, too, writes U+FFFD for what is no UTF-8."""
    return {
        key: value[:2000].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        for key, value in metadata.items()
    }
