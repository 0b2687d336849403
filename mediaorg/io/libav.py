"""The door to libav in-process. Hostile bytes may crash or hang it: it is used in worker processes alone."""

import contextlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from typing import Any, Final, NamedTuple

import av
import av.logging

from mediaorg.io.container import FORMATS, Unreadable

__all__ = ["ask", "damage", "picture", "version"]

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
_MOST_PIXELS: Final = 1 << 26  # 8192x8192; a header may claim more, and a decoder would make room for it
_MOST_PACKETS: Final = 500  # from a key frame to the first picture
_ELSEWHERE: Final = (0.35, 0.5, 0.75)
_BLANK: Final = 0.012  # byte a pixel of a JPEG, its tables aside: a black or white picture takes less
_TABLES: Final = 700  # byte
_TURNS: Final = {  # clockwise, in degrees
    90: (("transpose", "clock"),),
    180: (("hflip", None), ("vflip", None)),
    270: (("transpose", "cclock"),),
}
_TICK: Final = Fraction(1, 25)  # a filter wants one; a single picture has no time
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


def picture(path: str, seconds: float, *, pixels: int, at: float) -> bytes:
    """One picture of the film of `path` as a JPEG: a key frame near the part `at` of its length, as a player shows it.

    Turned as the film says, with its pixel aspect, at most `pixels` [px] long and never enlarged. Where that picture is
    blank, as after a fade, others are looked at, and the one with most to see is given. HDR is not toned down.
    Raises Unreadable ("not_video: …", "damaged: …").
    """
    best = b""
    for parts in ((at, *_ELSEWHERE), ()):  # some films have but one key frame, their first, and no way back to it
        try:
            with av.open(f"file:{path}", timeout=seconds, **_settings()) as container:
                for jpeg in _pictures(container, parts, pixels):
                    best = max(best, jpeg.data, key=len)
                    if jpeg.has_something_to_see:
                        return best
        except (av.FFmpegError, OSError, ValueError) as error:
            raise Unreadable(f"not_video: {getattr(error, 'strerror', None) or error}") from error
        if best:
            return best
    raise Unreadable("damaged: no picture can be decoded")


def _pictures(container: Any, parts: Sequence[float], pixels: int) -> "Iterator[_Jpeg]":
    """A picture at each of `parts` of the length, or the first there is."""
    streams = [stream for stream in container.streams.video if stream.codec_context is not None]
    films = [stream for stream in streams if not int(stream.disposition) & _COVER]
    if not films:
        raise Unreadable("not_video: no video stream")
    film, length = films[0], _length(container)
    film.codec_context.thread_count = 1  # as many pictures at once as threads would not fit the memory of a worker
    film.codec_context.options = {"max_pixels": str(_MOST_PIXELS)}
    begins = container.start_time if container.start_time not in (None, _NO_TIME) else 0
    for part in parts if length else ():
        with contextlib.suppress(av.FFmpegError):  # what cannot be sought in is read on from where it stands
            container.seek(int(part * (length or 0) * 1e6) + begins)
        if (frame := _next_frame(container, film)) is None:
            return  # nor is there anything after it
        yield _jpeg(frame, film.sample_aspect_ratio, pixels)
    if not parts and (frame := _next_frame(container, film)) is not None:
        yield _jpeg(frame, film.sample_aspect_ratio, pixels)


def _next_frame(container: Any, film: Any) -> Any:
    """The first whole picture from where `container` stands, not far on; None where there is none."""
    for packet in itertools.islice(container.demux(film), _MOST_PACKETS):
        with contextlib.suppress(av.error.InvalidDataError):
            for frame in packet.decode():
                if not frame.is_corrupt:
                    return frame
    return None


class _Jpeg(NamedTuple):
    data: bytes
    has_something_to_see: bool


def _jpeg(frame: Any, aspect: Any, pixels: int) -> _Jpeg:
    """`frame` as it is shown, in a JPEG."""
    turn = -int(getattr(frame, "rotation", 0) or 0) % 360
    width, height = _shown(frame.width, frame.height, float(aspect or 1), pixels)
    graph = av.filter.Graph()
    chain = [graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=_TICK)]
    chain.append(graph.add("scale", f"{width}:{height}:out_range=full"))
    for name, how in _TURNS.get(turn, ()):
        chain.append(graph.add(name, how))
    chain += [graph.add("format", "yuvj420p"), graph.add("buffersink")]
    graph.link_nodes(*chain).configure()
    frame.pts, frame.time_base = 0, _TICK
    graph.vpush(frame)
    small = graph.vpull()
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = small.width, small.height, "yuvj420p", _TICK
    encoder.options = {"qmin": "4", "qmax": "4"}
    small.pts, small.time_base, small.pict_type = 0, _TICK, 0
    data = b"".join(bytes(packet) for packet in (*encoder.encode(small), *encoder.encode(None)))
    return _Jpeg(data, len(data) - _TABLES > _BLANK * small.width * small.height)


def _shown(width: int, height: int, aspect: float, pixels: int) -> tuple[int, int]:
    """How large a frame is shown whose pixels are `aspect` as wide as high, at most `pixels` long, in even numbers.

    >>> _shown(720, 576, 64 / 45, 320), _shown(64, 48, 1, 320)
    ((320, 180), (64, 48))
    """
    wide = width * (aspect if 0.1 < aspect < 10 else 1)
    factor = min(1.0, pixels / max(wide, height))
    return max(2, round(wide * factor / 2) * 2), max(2, round(height * factor / 2) * 2)


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
