"""AVI: the list of headers, and the first chunk of picture and sound."""

import struct
from collections.abc import Iterator
from typing import Any, Final

from mediaorg.rules.headers import pictures, sounds
from mediaorg.rules.headers.room import Room
from mediaorg.rules.headers.window import DAMAGED, Unsure, Window

__all__ = ["answer", "claimed_size", "room"]

_MOST_CHUNKS: Final = 256
_LONGEST_HEADERS: Final = 1 << 17  # byte; ffmpeg reserves tens of KiB for the index
_MPEG4: Final = {b"XVID", b"DIVX", b"DX50", b"FMP4", b"MP4V", b"xvid", b"divx", b"dx50"}
_PLAIN: Final = {b"DIV3": "msmpeg4v3", b"MP43": "msmpeg4v3", b"MP42": "msmpeg4v2", b"WMV1": "wmv1", b"WMV2": "wmv2"}
_CODED: Final = (
    _MPEG4 | _PLAIN.keys() | {b"H264", b"h264", b"X264", b"x264", b"avc1", b"HEVC", b"MJPG", b"dvsd", b"MP41"}
)
_MOST_RIFFS: Final = 1024  # of a GB each
_AUDIO: Final = {0x55: "mp3", 0x50: "mp2", 0x2000: "ac3", 0x2001: "dts"}
_PCM: Final = {8: "pcm_u8", 16: "pcm_s16le", 24: "pcm_s24le"}


def claimed_size(window: Window) -> int | None:
    """What the RIFF header claims [byte]; the further ones of a long file are not asked."""
    return 8 + int.from_bytes(window.peek(4, 4), "little")


def room(window: Window) -> Room:
    """Where the frames lie, and whether a stream is coded at all."""
    media: int | None = None
    raw_pictures = raw_sounds = goes_on = False
    try:
        for _, start, end, name in _chunks(window, 12, window.size):
            if name == b"movi":
                media = start
                break
            if name == b"hdrl":
                raw_pictures, raw_sounds = _raw(window, start + 4, end)
                goes_on = _goes_on(window, start + 4, end)
    except (Unsure, *DAMAGED):
        pass
    return Room(media, None if goes_on else _last_end(window), raw_pictures, raw_sounds)


def _raw(window: Window, start: int, end: int) -> tuple[bool, bool]:
    """Whether there are pictures, or sounds, of no known codec."""
    pictured = sounded = False
    for _, first, last, inside in _chunks(window, start, end):
        if inside == b"strl":
            chunks = {name: (a, b) for name, a, b, _ in _chunks(window, first + 4, last)}
            kind, form = window.at(chunks[b"strh"][0], 4), window.at(chunks[b"strf"][0], 20)
            pictured |= kind == b"vids" and form[16:20] not in _CODED
            sounded |= kind == b"auds" and int.from_bytes(form[:2], "little") not in _AUDIO
    return pictured, sounded


def _goes_on(window: Window, start: int, end: int) -> bool:
    """Whether a long film needs more RIFFs than the first, by its count of frames."""
    first = everywhere = 0
    for kind, a, _, inside in _chunks(window, start, end):
        if kind == b"avih":
            first = int.from_bytes(window.at(a + 16, 4), "little")
        elif inside == b"odml" and window.at(a + 4, 4) == b"dmlh":
            everywhere = int.from_bytes(window.at(a + 12, 4), "little")
    return everywhere > first


def _last_end(window: Window) -> int:
    """Where the last of the RIFFs ends that follow each other."""
    at = 0
    for _ in range(_MOST_RIFFS):
        head = window.peek(at, 8)
        if head[:4] != b"RIFF" or len(head) < 8:
            break
        length = int.from_bytes(head[4:], "little")
        at += 8 + length + (length & 1)
    return at


def answer(window: Window) -> dict[str, Any]:
    """Say it in the shape of ffprobe's JSON."""
    claimed = claimed_size(window)
    if claimed is None or claimed > window.size:
        raise Unsure("cut")  # libav then shortens the length by as much as is missing
    streams: list[dict[str, Any]] = []
    tags: dict[str, str] = {}
    times: list[float] = []
    tracks: list[tuple[int, dict[bytes, tuple[int, int]]]] = []
    movi = None
    at = 12
    for kind, start, end, name in _chunks(window, at, window.size):
        if name == b"movi":
            movi = (start + 4, min(end, window.size))
            break
        if end - start > _LONGEST_HEADERS:
            raise Unsure("an odd chunk")
        if name == b"hdrl":
            for inner, first, last, inside in _chunks(window, start + 4, end):
                if inside == b"strl":
                    tracks.append((len(tracks), {k: (a, b) for k, a, b, _ in _chunks(window, first + 4, last)}))
                elif inner not in (b"avih", b"JUNK", b"LIST") or inside not in (b"", b"odml"):
                    raise Unsure("an odd chunk")
        elif name == b"INFO":
            for inner, first, last, _ in _chunks(window, start + 4, end):
                if inner == b"INAM":
                    tags["title"] = window.at(first, last - first).partition(b"\0")[0].decode("utf-8")
        elif kind not in (b"JUNK", b"idx1"):
            raise Unsure("an odd chunk")
    if movi is None or not tracks:
        raise Unsure("no frames")
    frames = _Frames(window, *movi)
    seen: set[bytes] = set()
    for number, chunks in tracks:
        stream, seconds = _stream(window, number, chunks, frames, seen)
        streams.append(stream)
        if seconds is not None:
            times.append(seconds)
    duration = round(max(times, default=0.0), 6)
    if not duration:
        raise Unsure("no length")
    return {"format": {"format_name": "avi", "duration": duration, "tags": tags}, "streams": streams, "chapters": ()}


def _chunks(window: Window, at: int, end: int) -> Iterator[tuple[bytes, int, int, bytes]]:
    """The chunks from `at` on: (type, where the payload begins, where it ends, name of a list or b"")."""
    for _ in range(_MOST_CHUNKS):
        if at + 8 > end:
            return
        head = window.at(at, min(12, window.size - at))
        start, stop = at + 8, at + 8 + int.from_bytes(head[4:8], "little")
        if stop > end:
            raise Unsure("a chunk is longer than its parent")
        yield head[:4], start, stop, head[8:12] if head[:4] == b"LIST" else b""
        at = stop + (stop - start & 1)
    raise Unsure("too many chunks")


def _stream(
    window: Window, number: int, chunks: dict[bytes, tuple[int, int]], frames: "_Frames", seen: set[bytes]
) -> tuple[dict[str, Any], float | None]:
    """A stream in ffprobe's words, and its length if libav goes by it [s]."""
    if b"strh" not in chunks or b"strf" not in chunks:
        raise Unsure("an odd stream")
    head = window.at(chunks[b"strh"][0], 48)
    kind = head[:4]
    scale, rate, begins, length = struct.unpack_from("<IIII", head, 20)
    (sample,) = struct.unpack_from("<I", head, 44)
    if kind not in (b"vids", b"auds") or not scale or not rate or begins or max(scale, rate) >= 1 << 31:
        raise Unsure("an odd stream")
    start, end = chunks[b"strf"]
    form = window.at(start, min(end - start, 4096))
    first = kind not in seen
    seen.add(kind)
    if kind == b"vids":
        stream: dict[str, Any] = {"codec_type": "video", "avg_frame_rate": f"{rate}/{scale}"}
        if first:
            stream.update(_picture(number, form, frames))
        return stream, length * scale / rate
    if len(form) < 16 or not int.from_bytes(form[4:8], "little"):
        raise Unsure("odd audio")  # libav refuses the file for want of its rate
    stream = {"codec_type": "audio"}
    if first:
        stream.update(_sound(number, form, frames))
    return stream, length * scale / rate if not sample else None


def _picture(number: int, form: bytes, frames: "_Frames") -> dict[str, Any]:
    width, height = struct.unpack_from("<ii", form, 4)
    height = abs(height)
    tag = form[16:20]
    if tag in _PLAIN:
        picture, codec = pictures.Picture(width, height, "yuv420p"), _PLAIN[tag]
    elif tag in _MPEG4:
        extra = form[40:]
        if b"\0\0\1\x20" not in extra:
            frame = frames.first(number, (b"dc", b"db"))
            extra = frame(0, 1024)
        picture, codec = pictures.mpeg4(extra), "mpeg4"
    else:
        raise Unsure("video codec " + tag.decode("latin-1"))
    if (picture.width, picture.height) != (width, height):
        raise Unsure("container and codec differ in size")
    return {"codec_name": codec, "width": width, "height": height, "pix_fmt": picture.pix_fmt}


def _sound(number: int, form: bytes, frames: "_Frames") -> dict[str, Any]:
    tag, channels = struct.unpack_from("<HH", form, 0)
    if tag == 1:
        codec = _PCM.get(struct.unpack_from("<H", form, 14)[0], "")
        if not codec or not 0 < channels <= 8:
            raise Unsure("odd audio")
    elif tag in _AUDIO:
        codec = _AUDIO[tag]
        if sounds.FRAMES[codec](frames.first(number, (b"wb",))) != channels:
            raise Unsure("container and codec differ in channels")
    else:
        raise Unsure(f"audio codec {tag:#x}")
    return {"codec_name": codec, "channels": channels}


class _Frames:
    """The first chunk of each stream."""

    def __init__(self, window: Window, start: int, end: int) -> None:
        self.window, self.chunks = window, _walk(window, start, end)
        self.known: dict[bytes, tuple[int, int]] = {}

    def first(self, number: int, kinds: tuple[bytes, ...]) -> sounds.Bytes:
        """Bytes of the first frame of a stream; fewer where its chunk ends."""
        wanted = [b"%02d" % number + kind for kind in kinds]
        while not (found := next((self.known[name] for name in wanted if name in self.known), None)):
            chunk = next(self.chunks, None)
            if chunk is None:
                raise Unsure("no frame near")
            if chunk[2] > chunk[1]:
                self.known.setdefault(chunk[0], chunk[1:])
        start, end = found
        window = self.window

        def frame(at: int, length: int) -> bytes:
            length = min(length, end - start - at)
            return window.at(start + at, length) if length > 0 else b""

        return frame


def _walk(window: Window, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    for _ in range(_MOST_CHUNKS):
        if at + 8 > end:
            return
        head = window.at(at, min(12, end - at))
        start, stop = at + 8, at + 8 + int.from_bytes(head[4:8], "little")
        if head[:4] == b"LIST" and head[8:12] == b"rec ":
            at += 12
            continue
        if stop > end:
            return
        yield head[:4], start, stop
        at = stop + (stop - start & 1)
