"""Matroska and WebM, read as libav reads them: everything in front of the first cluster, and what SeekHead points to."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple

from mediaorg.rules.headers import pictures, sounds
from mediaorg.rules.headers.blocks import CLUSTER, Frames
from mediaorg.rules.headers.ebml import (
    LONGER,
    Fields,
    elements,
    fields_of,
    float_of,
    head_at,
    length_at,
    number_of,
    text_of,
)
from mediaorg.rules.headers.rates import reduced
from mediaorg.rules.headers.room import Room
from mediaorg.rules.headers.window import DAMAGED, HEAD, Sides, Unsure, Window

__all__ = ["MAGIC", "answer", "claimed_size", "is_void", "room", "sides"]

MAGIC: Final = b"\x1a\x45\xdf\xa3"

_EBML, _SEGMENT = 0x1A45DFA3, 0x18538067
_SEEK_HEAD, _INFO, _TRACKS, _CHAPTERS, _TAGS = 0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1043A770, 0x1254C367
_ATTACHMENTS, _ATTACHED_FILE = 0x1941A469, 0x61A7
_READ: Final = {_SEEK_HEAD, _INFO, _TRACKS, _CHAPTERS, _TAGS}
_LEVEL_1: Final = _READ | {0x1C53BB6B, _ATTACHMENTS, 0xEC, 0xBF}  # and Cues, Void, CRC-32
_SOUGHT: Final = _LEVEL_1 | {CLUSTER}
_MOST_LEVEL_1: Final = 64
_MOST_ELEMENTS: Final = 20000
_LARGEST: Final = {_SEEK_HEAD: 1 << 16, _INFO: 1 << 16, _TRACKS: 1 << 20, _CHAPTERS: 1 << 18, _TAGS: 1 << 18}
_MOSTCLUSTERS: Final = 4

_VIDEO: Final = {
    "V_MPEG4/ISO/AVC": "h264",
    "V_MPEGH/ISO/HEVC": "hevc",
    "V_AV1": "av1",
    "V_VP9": "vp9",
    "V_VP8": "vp8",
    "V_MPEG4/ISO/ASP": "mpeg4",
    "V_MPEG2": "mpeg2video",
}
_AUDIO: Final = {
    "A_AAC": "aac",
    "A_AC3": "ac3",
    "A_EAC3": "eac3",
    "A_DTS": "dts",
    "A_FLAC": "flac",
    "A_OPUS": "opus",
    "A_VORBIS": "vorbis",
    "A_MPEG/L3": "mp3",
    "A_MPEG/L2": "mp2",
    "A_TRUEHD": "truehd",
    "A_ALAC": "alac",
}
_PCM: Final = {16: "pcm_s16le", 24: "pcm_s24le", 32: "pcm_s32le"}
_KINDS: Final = {1: "video", 2: "audio", 0x11: "subtitle"}
_PREFIXES: Final = {"video": ("V_",), "audio": ("A_",), "subtitle": ("S_", "D_")}
_2001: Final = datetime(2001, 1, 1, tzinfo=UTC)


def claimed_size(window: Window) -> int | None:
    """Where the Segment that follows the EBML header claims to end; live recordings do not know."""
    position = 0
    for wanted in (_EBML, _SEGMENT):
        head = window.peek(position, 12)
        width = 9 - head[4].bit_length() if len(head) > 4 and head[4] else 0
        if int.from_bytes(head[:4], "big") != wanted or not width or len(head) < 4 + width:
            return None
        length = int.from_bytes(head[4 : 4 + width], "big") & (1 << 7 * width) - 1
        if length == (1 << 7 * width) - 1:  # all ones: unknown
            return None
        position += 4 + width + length
    return position


def room(window: Window) -> Room:
    """Where the clusters lie, and whether a track is coded at all."""
    media = None
    try:
        segment = _segment(window)
        tracks, media = _only(segment.parts, _TRACKS), segment.cluster
    except (Unsure, *DAMAGED):
        tracks = window.peek(0, HEAD)
    raw_sounds = b"A_PCM/" in tracks or b"A_MS/ACM" in tracks
    return Room(media, claimed_size(window), b"V_UNCOMPRESSED" in tracks, raw_sounds)


def is_void(window: Window, at: int, end: int) -> bool:
    """Whether what lies from `at` on belongs to a Void that reaches to `end`: editors leave one for what they took away."""
    front = window.peek(max(0, at - _VOIDS_HEAD), min(at, _VOIDS_HEAD))
    begin, found = at - len(front), -1
    while (found := front.find(_VOID, found + 1)) >= 0:
        try:
            start, length = length_at(front, found + 1)
        except (Unsure, *DAMAGED):
            continue
        if begin + start + length == end:
            return True
    return False


_VOID: Final = b"\xec"
_VOIDS_HEAD: Final = 8192  # byte; how far before a hole it may lie


class Segment(NamedTuple):
    """The elements that matter, as bytes, and where the first cluster lies."""

    parts: dict[int, list[bytes]]
    cluster: int
    end: int


def answer(window: Window) -> dict[str, Any]:
    """Say it in the shape of ffprobe's JSON."""
    segment = _segment(window)
    parts = segment.parts
    info = fields_of(_only(parts, _INFO))
    duration = _duration(_only(parts, _INFO), info)
    tags: dict[str, str] = {}
    if 0x7BA9 in info:
        tags["title"] = text_of(_only(parts, _INFO), info[0x7BA9])
    if 0x4461 in info:
        tags["creation_time"] = _date(_only(parts, _INFO), info[0x4461])
    for body in parts.get(_TAGS, ()):
        _tags(body, tags)
    streams = _streams(window, segment)
    return {
        "format": {"format_name": "matroska,webm", "duration": duration, "tags": tags},
        "streams": streams,
        "chapters": range(_chapters(parts[_CHAPTERS][0]) if _CHAPTERS in parts else 0),
    }


# ---- the segment -----------------------------------------------------------------------------------------------


def _segment(window: Window) -> Segment:
    number, start, length = head_at(window, 0)
    if length < 0 or length > 256:
        raise Unsure("an odd EBML header")
    _ebml(window.at(start, length))
    number, begin, length = head_at(window, start + length)
    if number != _SEGMENT or length < 0:
        raise Unsure("no length: a live recording")
    end = begin + length
    parts: dict[int, list[bytes]] = {}
    seen: dict[int, int] = {}  # what stands where
    at = begin
    for _ in range(_MOST_LEVEL_1):
        number, start, length = head_at(window, at)
        if number == CLUSTER:
            break
        if length < 0 or number not in _LEVEL_1:
            raise Unsure("an odd element")
        if number in _READ:
            _keep(window, parts, number, start, length)
        elif number == _ATTACHMENTS:
            _attachments(window, start, start + length)
        seen[at] = number
        at = start + length
    else:
        raise Unsure("no cluster near")
    _follow(window, parts, begin, seen, at)
    return Segment(parts, at, end)


@lru_cache(64)
def _ebml(data: bytes) -> None:
    """Refuse what libav would; there are hardly two such headers in a library."""
    head = fields_of(data)
    kind = text_of(data, head.get(0x4282))
    if kind not in ("matroska", "webm") or 0x4282 not in head:
        raise Unsure("no Matroska")
    versions = [number_of(data, head.get(key), 1) for key in (0x4286, 0x42F7, 0x4287, 0x4285)]
    if versions[0] != 1 or versions[1] != 1 or not 0 < versions[2] < 5 or not 0 < versions[3] < 5:
        raise Unsure("an odd version of Matroska")
    if number_of(data, head.get(0x42F2), 4) != 4 or number_of(data, head.get(0x42F3), 8) != 8:
        raise Unsure("an odd EBML header")


def _keep(window: Window, parts: dict[int, list[bytes]], number: int, start: int, length: int) -> None:
    if number in parts and number != _SEEK_HEAD:
        raise Unsure("an element comes twice")
    if length > _LARGEST[number]:
        raise Unsure("an element is too large")
    parts.setdefault(number, []).append(window.at(start, length))


def _follow(window: Window, parts: dict[int, list[bytes]], begin: int, seen: dict[int, int], cluster: int) -> None:
    """Read what SeekHead points to and did not stand in front: mkvmerge writes Tags at the end."""
    heads = parts.get(_SEEK_HEAD, [])
    for turn in range(4):
        if turn >= len(heads):
            return
        data = heads[turn]
        for number, (start, stop) in elements(data, 0, len(data)):
            if number != 0x4DBB:
                continue
            entry = fields_of(data, start, stop)
            wanted, at = number_of(data, entry.get(0x53AB)), begin + number_of(data, entry.get(0x53AC))
            if at >= window.size:  # cut off; libav passes over it too
                continue
            if seen.get(at, wanted) != wanted or wanted not in _SOUGHT or (at < cluster and at not in seen):
                raise Unsure("SeekHead points astray")
            if wanted not in _READ or at in seen:
                continue
            seen[at] = wanted
            kind, where, length = head_at(window, at)
            if kind != wanted or length < 0:
                raise Unsure("SeekHead points astray")
            _keep(window, parts, kind, where, length)
            heads = parts.get(_SEEK_HEAD, [])
    raise Unsure("too many SeekHeads")


def _attachments(window: Window, start: int, stop: int) -> None:
    """Fonts and covers are no streams of the row; as far as they are at hand, they must be whole."""
    at = start
    while at < stop and at + 16 < window.end:
        number, inner, length = head_at(window, at)
        at = inner + length
        if length < 0 or at > stop:
            raise Unsure(LONGER)
        if number == _ATTACHED_FILE:
            while inner < at and inner + 16 < window.end:
                _, begins, length = head_at(window, inner)
                inner = begins + length
                if length < 0 or inner > at:
                    raise Unsure(LONGER)


def _only(parts: dict[int, list[bytes]], number: int) -> bytes:
    if number not in parts:
        raise Unsure("no tracks or no length")
    return parts[number][0]


def _duration(data: bytes, info: Fields) -> float:
    """Length as libav cuts it, in whole microseconds [s]."""
    if 0x4489 not in info:
        raise Unsure("no length: a live recording")
    scale = number_of(data, info.get(0x2AD7B1), 1_000_000)
    micros = float_of(data, info[0x4489]) * scale * 1000 / 1_000_000
    if not scale or not 0 < micros < 1e15:
        raise Unsure("an odd length")
    return int(micros) / 1_000_000


def _date(data: bytes, span: tuple[int, int]) -> str:
    if span[1] - span[0] != 8:
        raise Unsure("an odd date")
    since = int.from_bytes(data[span[0] : span[1]], "big", signed=True)
    micros = since // 1000 if since > 0 else -(-since // 1000)  # toward 0, as C divides
    if not -900_000_000_000_000 < micros < 3_000_000_000_000_000:  # 1972 to 2096
        raise Unsure("an odd date")
    return (_2001 + timedelta(microseconds=micros)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _chapters(data: bytes) -> int:
    """libav keeps chapters with an id whose beginnings rise, whatever edition they belong to."""
    ids: set[int] = set()
    latest = 0
    for number, (start, stop) in elements(data, 0, len(data)):
        if number != 0x45B9:
            continue
        for inner, (first, last) in elements(data, start, stop):
            if inner != 0xB6:
                continue
            atom = fields_of(data, first, last)
            if 0x80 in atom:
                _must_nest(data, first, last, 0x80)
            uid, begins = number_of(data, atom.get(0x73C4)), number_of(data, atom.get(0x91), -1)
            if not uid or begins < 0 or (latest and begins <= latest):
                continue
            if begins >= 1 << 62 or (0x92 in atom and number_of(data, atom[0x92]) < begins):
                raise Unsure("odd chapters")
            ids.add(uid)
            latest = begins
    return len(ids)


def _must_nest(data: bytes, start: int, stop: int, master: int) -> None:
    """A damaged element throws libav out of step, however deep it lies."""
    for number, (first, last) in elements(data, start, stop):
        if number == master:
            elements(data, first, last)


def _must_nest_all(data: bytes, masters: frozenset[int]) -> None:
    """The same at all depths, in one pass."""
    at, ends = 0, [len(data)]
    for _ in range(_MOST_ELEMENTS):
        while ends and at == ends[-1]:
            ends.pop()
        if not ends:
            return
        number = data[at]
        if number >= 0x80:
            at += 1
        elif number >= 0x40:
            number = number << 8 | data[at + 1]
            at += 2
        else:
            raise Unsure("a damaged element")
        length = data[at]
        if 0x80 <= length < 0xFF:
            at, length = at + 1, length - 0x80
        else:
            at, length = length_at(data, at)
        if at + length > ends[-1] or len(ends) > _DEEPEST:
            raise Unsure(LONGER)
        if number in masters:
            ends.append(at + length)
        else:
            at += length
    raise Unsure("too many elements")


_DEEPEST: Final = 8
_TAG_MASTERS: Final = frozenset({0x7373, 0x63C0, 0x67C8})


def _tags(data: bytes, tags: dict[str, str]) -> None:
    lower = data.lower()
    if b"title" not in lower and b"language" not in lower and b"creation_time" not in lower:
        _must_nest_all(data, _TAG_MASTERS)
        return
    for number, (start, stop) in elements(data, 0, len(data)):
        if number != 0x7373:
            continue
        tag = elements(data, start, stop)
        target: Fields = {}
        for inner, (first, last) in tag:
            if inner == 0x63C0:
                target = fields_of(data, first, last)
        owned = any(number_of(data, target.get(key)) for key in (0x63C5, 0x63C4, 0x63C6))
        for inner, (first, last) in tag:
            if inner == 0x67C8:
                _tag(data, fields_of(data, first, last), tags, owned=owned, prefixed=0x63CA in target)


def _tag(data: bytes, tag: Fields, tags: dict[str, str], *, owned: bool, prefixed: bool) -> None:
    name = text_of(data, tag.get(0x45A3)).lower()
    if (owned and name == "language") or (not owned and not prefixed and name == "creation_time"):
        raise Unsure(f"{name} is in a tag")
    if owned or prefixed or name != "title":
        return
    if text_of(data, tag.get(0x447A), "und") != "und" or 0x4487 not in tag:
        raise Unsure("a title in a language")
    tags["title"] = text_of(data, tag[0x4487])


# ---- tracks ----------------------------------------------------------------------------------------------------


class Track(NamedTuple):
    """One TrackEntry."""

    number: int
    kind: str
    codec: str  # Matroska's CodecID
    data: bytes
    fields: Fields

    def private(self) -> bytes:
        """CodecPrivate."""
        span = self.fields.get(0x63A2)
        return self.data[span[0] : span[1]] if span else b""


def _streams(window: Window, segment: Segment) -> list[dict[str, Any]]:
    data = _only(segment.parts, _TRACKS)
    streams: list[dict[str, Any]] = []
    first: dict[str, Track] = {}
    numbers: set[int] = set()
    for number, (start, stop) in elements(data, 0, len(data)):
        if number != 0xAE:
            continue
        fields = fields_of(data, start, stop)
        kind = number_of(data, fields.get(0x83))
        codec = text_of(data, fields.get(0x86))
        track = Track(number_of(data, fields.get(0xD7)), _KINDS.get(kind, ""), codec, data, fields)
        if codec[:2] not in _PREFIXES.get(track.kind, ()) or not track.number or track.number in numbers:
            raise Unsure("an odd track")
        numbers.add(track.number)
        language = text_of(data, fields.get(0x22B59C), "eng")
        stream: dict[str, Any] = {"codec_type": track.kind, "tags": {"language": language}}
        if track.kind not in first:
            first[track.kind] = track
        elif track.kind == "audio":
            _must_open(track)
        elif track.kind == "video":
            raise Unsure("several pictures")
        for master in (0xE0, 0xE1):
            if master in fields:
                elements(data, *fields[master])
        if 0xE2 in fields:
            raise Unsure("combined tracks")
        streams.append(stream)
    frames = Frames(window, segment.cluster, segment.end, numbers)
    for wanted, tell in (("video", _picture), ("audio", _sound)):
        if wanted in first:
            next(s for s in streams if s["codec_type"] == wanted).update(tell(first[wanted], frames))
    frames.look_on()
    if not streams:
        raise Unsure("no tracks or no length")
    return streams


def _picture(track: Track, frames: Frames) -> dict[str, Any]:
    data, fields = track.data, track.fields
    if 0xE0 not in fields:
        raise Unsure("a picture without a size")
    inside = elements(data, *fields[0xE0])
    video = dict(inside)
    if sum(number == 0x55B0 for number, _ in inside) > 1:  # of these libav keeps the first, of all else the last
        raise Unsure("colours described twice")
    stated = number_of(data, video.get(0xB0)), number_of(data, video.get(0xBA))
    if 0x7670 in video or any(number_of(data, video.get(key)) for key in (0x54AA, 0x54BB, 0x54CC, 0x54DD, 0x53C0)):
        raise Unsure("a cropped or projected picture")
    colour = fields_of(data, *video[0x55B0]) if 0x55B0 in video else {}
    full = number_of(data, colour.get(0x55B9)) == 2
    transfer = number_of(data, colour.get(0x55BA), 2)
    codec, picture = _codec_picture(track, stated, frames, full=full)
    if (picture.width, picture.height) != stated:
        raise Unsure("container and codec differ in size")
    if picture.transfer is not None:
        transfer = picture.transfer
    rate = number_of(data, fields.get(0x23E383))
    if not rate or rate >= 1 << 62 or 0x23314F in fields or 0x6D80 in fields:
        raise Unsure("no stated rate" if not rate else "an odd track")
    numerator, denominator = reduced(1_000_000_000, rate, 30000)
    stream = {
        "codec_name": codec,
        "width": picture.width,
        "height": picture.height,
        "pix_fmt": picture.pix_fmt,
        "color_transfer": {16: "smpte2084", 18: "arib-std-b67"}.get(transfer, ""),
        "avg_frame_rate": f"{numerator}/{denominator}",
    }
    if 0x41E4 in fields:
        stream["side_data_list"] = [_addition(data, fields[0x41E4])]
    return stream


def sides(window: Window) -> Sides:
    """What ffprobe calls side data, of the first picture; libav gives every track of Matroska the id 0."""
    try:
        data = _only(_segment(window).parts, _TRACKS)
        entries = (fields_of(data, *span) for number, span in elements(data, 0, len(data)) if number == 0xAE)
        pictures_of = (fields for fields in entries if number_of(data, fields.get(0x83)) == 1)
        return {0: _sides(data, next(pictures_of, {}))}
    except (Unsure, *DAMAGED):
        return {}


def _sides(data: bytes, fields: Fields) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = []
    video = fields_of(data, *fields[0xE0]) if 0xE0 in fields else {}
    projection = fields_of(data, *video[0x7670]) if 0x7670 in video else {}
    if 0x7675 in projection and not number_of(data, projection.get(0x7671)):  # a flat picture that was rolled
        said.append({"rotation": -int(float_of(data, projection[0x7675]))})
    if 0x41E4 in fields and number_of(data, fields_of(data, *fields[0x41E4]).get(0x41E7)) in _DOVI:
        said.append({"side_data_type": "DOVI configuration record"})
    return said


_DOVI: Final = (0x64766343, 0x64767643)  # dvcC, dvvC


def _addition(data: bytes, span: tuple[int, int]) -> dict[str, str]:
    mapping = fields_of(data, *span)
    if number_of(data, mapping.get(0x41E7)) not in _DOVI:
        raise Unsure("an odd block addition")
    extra = mapping.get(0x41ED, (0, 0))
    if extra[1] - extra[0] != 24:
        raise Unsure("an odd block addition")
    return {"side_data_type": "DOVI configuration record"}


def _codec_picture(
    track: Track, stated: tuple[int, int], frames: Frames, *, full: bool
) -> tuple[str, pictures.Picture]:
    private = track.private()
    codec = _VIDEO.get(track.codec, "")
    if track.codec == "V_MS/VFW/FOURCC" and len(private) >= 40 and private[16:20] in _MPEG4_TAGS:
        codec, private = "mpeg4", private[40:]
    match codec:
        case "h264":
            picture = pictures.h264(private, stated, full=full)
            pictures.must_be_units(frames.first(track.number, key=True), private[4])
        case "hevc":
            picture = pictures.hevc(private)
            pictures.must_be_units(frames.first(track.number, key=True), private[21])
        case "av1":
            picture = pictures.av1(private)
        case "vp9":
            picture = pictures.vp9_frame(frames.first(track.number, key=True)(0, 32))
        case "vp8":
            picture = pictures.vp8_frame(frames.first(track.number, key=True)(0, 16))
        case "mpeg4":
            picture = pictures.mpeg4(
                private if b"\0\0\1\x20" in private else frames.first(track.number, key=True)(0, 1024)
            )
        case "mpeg2video":
            picture = pictures.mpeg2(private or frames.first(track.number, key=True)(0, 512))
        case _:
            raise Unsure(f"video codec {track.codec[:20]}")
    if full and not picture.signalled:
        raise Unsure("full range by the container alone")
    return codec, picture


def _must_open(track: Track) -> None:
    """ffprobe gives no answer at all where one decoder, of whatever track, refuses its configuration."""
    match _AUDIO.get(track.codec):
        case "aac":
            sounds.aac_object(track.private())
        case "opus":
            sounds.opus(track.private())
        case "flac":
            sounds.flac_private(track.private())
        case "alac":
            sounds.alac(track.private())
        case "vorbis":
            raise Unsure(_VORBIS)


_VORBIS: Final = "Vorbis headers are for a decoder to judge"  # its codebooks are kilobytes, and one bit breaks them
_MPEG4_TAGS: Final = {b"XVID", b"DIVX", b"DX50", b"FMP4", b"MP4V", b"xvid", b"divx", b"dx50"}


def _sound(track: Track, frames: Frames) -> dict[str, Any]:
    data, fields, private = track.data, track.fields, track.private()
    audio = fields_of(data, *fields[0xE1]) if 0xE1 in fields else {}
    stated = number_of(data, audio.get(0x9F), 1)
    codec = _AUDIO.get(track.codec, "")
    if 0x6D80 in fields and codec not in sounds.FRAMES:
        raise Unsure("an encoded track")
    match codec:
        case "aac":
            channels = sounds.aac(private)
        case "opus":
            channels = sounds.opus(private)
        case "vorbis":
            raise Unsure(_VORBIS)
        case "flac":
            channels = sounds.flac_private(private)
        case "alac":
            channels = sounds.alac(private)
        case "" if track.codec == "A_PCM/INT/LIT":
            codec, channels = _PCM.get(number_of(data, audio.get(0x6264)), ""), stated
        case "":
            raise Unsure(f"audio codec {track.codec[:20]}")
        case _:
            frame = frames.first(track.number, _stripped(track))
            channels = sounds.FRAMES[codec](frame)
            if codec in ("mp2", "mp3") and sounds.mpeg_layer(frame) != codec:
                raise Unsure("MPEG audio of another layer")
            if channels != stated:
                raise Unsure("container and codec differ in channels")
    if not codec or not 0 < channels <= 16:
        raise Unsure("odd audio")
    return {"codec_name": codec, "channels": channels}


# ---- frames that lack their front ---------------------------------------------------------------------------------


def _stripped(track: Track) -> bytes:
    """What mkvmerge 4 took from the front of each frame; other encodings are for libav."""
    span = track.fields.get(0x6D80)
    if span is None:
        return b""
    data = track.data
    encodings = elements(data, *span)
    if len(encodings) != 1 or encodings[0][0] != 0x6240:
        raise Unsure("an encoded track")
    encoding = fields_of(data, *encodings[0][1])
    if number_of(data, encoding.get(0x5032), 1) != 1 or number_of(data, encoding.get(0x5033)) or 0x5034 not in encoding:
        raise Unsure("an encoded track")
    compression = fields_of(data, *encoding[0x5034])
    settings = compression.get(0x4255)
    if number_of(data, compression.get(0x4254)) != 3 or settings is None:
        raise Unsure("an encoded track")
    return data[settings[0] : settings[1]]
