"""MP4 and QuickTime: the boxes in ``moov``, and of its tables of samples the short ones; a long one is taken for granted."""

import struct
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import atan2, degrees, hypot
from operator import mul
from typing import Any, Final

from mediaorg.rules.headers import pictures, sounds
from mediaorg.rules.headers.boxes import Span, boxes_in, by_kind, whole
from mediaorg.rules.headers.rates import reduced
from mediaorg.rules.headers.window import DAMAGED, Sides, Unsure, Window

__all__ = ["STARTS", "Layout", "answer", "sides"]

# What may stand at the top level of a file; others are stepped over, and claim nothing: they may be no boxes at all, but
# what somebody hung on to the file.
_TOP: Final = frozenset(
    b"ftyp styp moov moof mdat mfra meta uuid sidx ssix prft emsg pdin free skip wide pnot pict PICT udta".split()
)
_PADDING: Final = (b"free", b"skip", b"wide")
STARTS: Final = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")

_MOST_TOP: Final = 4096  # a fragmented hour has a few thousand top-level boxes; what comes after cannot hold moov
_MOST_TIMES: Final = 1 << 15  # a phone that varies its rate writes an entry a frame: 18 minutes at 30/s
_FEW: Final = 2048  # samples; a minute of film
_TABLES: Final = "odd tables"
_1970: Final = datetime(1970, 1, 1, tzinfo=UTC)
_1904: Final = 2_082_844_800  # s from 1904 to 1970

_VIDEO: Final = {
    b"avc1": "h264",
    b"hvc1": "hevc",
    b"hev1": "hevc",
    b"dvh1": "hevc",
    b"dvhe": "hevc",
    b"av01": "av1",
    b"vp09": "vp9",
    b"mp4v": "mpeg4",
}
_PCM: Final = {
    (b"sowt", 16): "pcm_s16le",
    (b"twos", 16): "pcm_s16be",
    (b"ulaw", 16): "pcm_mulaw",
    (b"alaw", 16): "pcm_alaw",
}
_TEXT: Final = {b"tx3g", b"text", b"c608"}
_TEXT_HANDLERS: Final = {b"text", b"sbtl", b"subt", b"clcp", b"subp"}
_DATA: Final = {b"tmcd", b"rtp ", b"mebx", b"mett", b"camm", b"gpmd", b"fdsc", b"mp4s", b"rtmd", b"urim"}
_DATA_HANDLERS: Final = {b"tmcd", b"hint", b"meta", b"odsm", b"sdsm", b"camm", b"fdsc"}
_TRANSFERS: Final = {16: "smpte2084", 18: "arib-std-b67"}
# QuickTime's own language codes, as far as films were made with them
_MACINTOSH: Final = dict(
    enumerate("eng fra ger ita dut sve spa dan por nor heb jpn ara fin gre ice mlt tur hr chi urd hin tha kor".split())
)
_NO_LANGUAGE: Final = 0x7FFF


class Layout:
    """The top level of a file: where ``moov`` lies, where all of it ends, and whether it comes in fragments.

    `claimed` is where the last box ends, `filled` where the last one does that is no padding; `open_ended` says that
    this one names no size of its own.
    """

    __slots__ = ("claimed", "filled", "fragmented", "media_last", "moov", "open_ended", "several")

    def __init__(self, window: Window) -> None:
        self.claimed: int | None = None
        self.filled = 0
        self.moov: Span | None = None
        self.several = self.fragmented = self.media_last = self.open_ended = False
        at, size = 0, window.size
        for _ in range(_MOST_TOP):
            head = window.peek(at, 16)
            if at >= size or len(head) < 8:
                return
            length, kind, payload = int.from_bytes(head[:4], "big"), head[4:8], at + 8
            if length == 1:  # the size did not fit in 32 bits
                length, payload = int.from_bytes(head[8:16], "big"), at + 16
            elif length == 0:  # "to the end of the file"
                length, self.open_ended = size - at, kind == b"mdat"
            if length < payload - at or not kind.strip(b"\0"):
                return
            if kind == b"moov":
                self.several = self.moov is not None
                self.moov = (payload, min(at + length, size))
            elif kind == b"moof":
                self.fragmented = True
            self.media_last = kind == b"mdat"  # not `free`, with which editors fill up what they took away
            if kind in _TOP:
                self.claimed = max(self.claimed or 0, at + length)
            if kind in _TOP and kind not in _PADDING:
                self.filled = at + length
            at += length


def sides(window: Window, found: Layout) -> Sides:
    """What ffprobe calls side data, of each track by its id; what can be read of a damaged file."""
    said: Sides = {}
    if found.moov is None:
        return said
    try:
        boxes = boxes_in(window, *found.moov)
        whole_movie = next((_movie_matrix(whole(window, (a, b))) for kind, a, b in boxes if kind == b"mvhd"), _UPRIGHT)
        for kind, start, end in boxes:
            if kind == b"trak":
                track, _, matrix = _tkhd(_head_of_track(window, start, end))
                said[track] = [{"rotation": _rotation(_product(matrix, whole_movie))}]
                if _has_dovi(window, (start, end)):
                    said[track].append({"side_data_type": "DOVI configuration record"})
    except (Unsure, *DAMAGED):
        pass
    return said


def _head_of_track(window: Window, start: int, end: int) -> bytes:
    first, last = by_kind(window, (start, end))[b"tkhd"]
    return window.at(first, min(last - first, 96))


def _has_dovi(window: Window, trak: Span) -> bool:
    """Whether its first sample description holds a configuration of Dolby Vision."""
    try:
        mdia = by_kind(window, by_kind(window, trak)[b"mdia"])
        if window.at(mdia[b"hdlr"][0] + 8, 4) != b"vide":
            return False
        start, end = by_kind(window, by_kind(window, mdia[b"minf"])[b"stbl"])[b"stsd"]
        [(_, first, last), *_] = boxes_in(window, start + 8, end)
        return bool({b"dvcC", b"dvvC"} & {kind for kind, _, _ in boxes_in(window, first + 78, last)})
    except (Unsure, *DAMAGED):
        return False


def answer(window: Window, found: Layout) -> dict[str, Any]:
    """Say it in the shape of ffprobe's JSON."""
    if found.moov is None:
        raise Unsure("no moov")
    if found.several:
        raise Unsure("two moov boxes")
    if found.fragmented:
        raise Unsure("fragmented")
    movie: dict[bytes, Span] = {}
    tracks: list[Span] = []
    for kind, start, end in boxes_in(window, *found.moov):
        if kind == b"trak":
            tracks.append((start, end))
        elif kind in movie and kind in (b"mvhd", b"udta", b"meta"):
            raise Unsure("a box comes twice")
        movie[kind] = (start, end)
    if b"mvex" in movie:
        raise Unsure("fragmented")
    if b"mvhd" not in movie or b"cmov" in movie:
        raise Unsure("no movie header")
    scale, length, created = _mvhd(whole(window, movie[b"mvhd"]))
    tags: dict[str, str] = {"creation_time": created} if created else {}
    marks = 0
    if b"udta" in movie:
        marks = _udta(window, movie[b"udta"], tags)
    if b"meta" in movie:
        _meta(window, movie[b"meta"], tags)
    parts = [_Track(window, *span) for span in tracks]
    _lengths(parts, length)
    marks = max(marks, _chapter_tracks(parts))
    return {
        "format": {"format_name": "mov,mp4,m4a,3gp,3g2,mj2", "duration": _seconds(length, scale), "tags": tags},
        "streams": _streams(parts),
        "chapters": range(marks),
    }


def _mvhd(data: bytes) -> tuple[int, int, str | None]:
    """Time scale [1/s], length in it, and when it was made."""
    if data[0] == 1:
        created, _, scale, length = struct.unpack_from(">QQIQ", data, 4)
        matrix = struct.unpack_from(">9i", data, 48)
    else:
        created, _, scale, length = struct.unpack_from(">4I", data, 4)
        matrix = struct.unpack_from(">9i", data, 36)
    one = 1 << 16
    if matrix != (one, 0, 0, 0, one, 0, 0, 0, 1 << 30):
        raise Unsure("the movie is turned")
    if (
        data[0] > 1
        or not 0 < scale < 1 << 31
        or not length
        or length in (0xFFFFFFFF, (1 << 64) - 1)
        or length / scale > 1e7
    ):
        raise Unsure("an odd length")
    return scale, length, _instant(created)


def _seconds(length: int, scale: int) -> float:
    seconds = round(length / scale, 6)
    if not seconds:
        raise Unsure("an odd length")
    return seconds


def _instant(seconds: int) -> str | None:
    """Seconds since 1904, or since 1970 where that would be before 1970: so does libav."""
    if not seconds:
        return None
    since = seconds - _1904 if seconds >= _1904 else seconds
    if since > 4_000_000_000:
        raise Unsure("an odd date")
    return (_1970 + timedelta(seconds=since)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")


# ---- tags ------------------------------------------------------------------------------------------------------


def _udta(window: Window, span: Span, tags: dict[str, str]) -> int:
    """Read what the movie says of itself; answers how many chapters Nero's list has."""
    marks = 0
    for kind, start, end in boxes_in(window, *span):
        if kind == b"meta":
            _meta(window, (start, end), tags)
        elif kind == b"chpl":
            marks = _chpl(whole(window, (start, end)))
        elif kind == b"\xa9nam":
            _title(tags, _quicktime_text(whole(window, (start, end))))
    return marks


def _title(tags: dict[str, str], text: str) -> None:
    if tags.get("title", text) != text:
        raise Unsure("two titles")
    tags["title"] = text


def _quicktime_text(data: bytes) -> str:
    length, language = struct.unpack_from(">HH", data, 0)
    text = data[4 : 4 + length]
    if len(text) != length or not length:
        raise Unsure("an odd title")
    if language < 0x400 or language == _NO_LANGUAGE:
        return text.partition(b"\0")[0].decode("ascii")
    return text.partition(b"\0")[0].decode("utf-8")


def _meta(window: Window, span: Span, tags: dict[str, str]) -> None:
    start, end = span
    if end - start < 12:
        return
    # QuickTime's own meta box has no version in front
    if window.at(start + 4, 4) != b"hdlr":
        start += 4
    boxes = by_kind(window, (start, end))
    if b"hdlr" not in boxes:
        raise Unsure("odd tags")
    if b"keys" in boxes:
        keys = whole(window, boxes[b"keys"]).lower()
        if b"mdtatitle" in keys or b"mdtacreation_time" in keys:
            raise Unsure("a title of another kind")
        return
    if b"ilst" not in boxes:
        return
    for kind, first, last in boxes_in(window, *boxes[b"ilst"]):
        if kind == b"\xa9nam":
            _title(tags, _item(whole(window, (first, last))))
        elif kind == b"----":
            custom = whole(window, (first, min(last, first + 512))).lower()
            if b"title" in custom or b"creation_time" in custom:
                raise Unsure("a title of another kind")
        elif kind == b"titl":
            raise Unsure("a title of another kind")


def _item(data: bytes) -> str:
    length, kind, form = struct.unpack_from(">I4sI", data, 0)
    if kind != b"data" or form != 1 or not 16 <= length <= len(data):
        raise Unsure("an odd title")
    return data[16:length].partition(b"\0")[0].decode("utf-8")


def _chpl(data: bytes) -> int:
    at = 8 if data[0] else 4
    count = data[at]
    at += 1
    for _ in range(count):
        at += 9 + data[at + 8]
        if at > len(data):
            raise Unsure("odd chapters")
    return count


# ---- tracks ----------------------------------------------------------------------------------------------------


class _Track:
    """One ``trak``: its headers, and where its tables lie."""

    def __init__(self, window: Window, start: int, end: int) -> None:
        self.window = window
        trak = by_kind(window, (start, end))
        if b"tkhd" not in trak or b"mdia" not in trak:
            raise Unsure("an odd track")
        self.id, self.length, self.matrix = _tkhd(
            window.at(trak[b"tkhd"][0], min(96, trak[b"tkhd"][1] - trak[b"tkhd"][0]))
        )
        self.edits = _edits(window, trak.get(b"edts"))
        self.chapters: tuple[int, ...] = ()
        if b"tref" in trak:
            tref = by_kind(window, trak[b"tref"])
            if b"chap" in tref:
                data = whole(window, tref[b"chap"])
                self.chapters = struct.unpack(f">{len(data) // 4}I", data)
        if b"udta" in trak:
            _must_be_plain(window, trak[b"udta"])
        mdia = by_kind(window, trak[b"mdia"])
        if not {b"mdhd", b"hdlr", b"minf"} <= mdia.keys():
            raise Unsure("an odd track")
        self.scale, self.media, code = _mdhd(window.at(mdia[b"mdhd"][0], min(40, mdia[b"mdhd"][1] - mdia[b"mdhd"][0])))
        self.language = _language(code)
        self.handler = window.at(mdia[b"hdlr"][0] + 8, 4)
        minf = by_kind(window, mdia[b"minf"])
        _must_refer(window, minf.get(b"dinf"))
        self.tables = by_kind(window, minf[b"stbl"]) if b"stbl" in minf else {}
        if not {b"stsd", b"stts", b"stsc", b"stsz"} <= self.tables.keys() or (b"stco" in self.tables) == (
            b"co64" in self.tables
        ):
            raise Unsure("an odd track")
        self.samples = self._samples()
        start, end = self.tables[b"stsd"]
        if window.u32(start + 4) != 1:
            raise Unsure("several sample descriptions")
        length, self.format = struct.unpack_from(">I4s", window.at(start + 8, 8), 0)
        self.entry = (start + 16, start + 8 + length)
        if length < 16 or self.entry[1] > end:
            raise Unsure("an odd sample description")

    def _samples(self) -> int:
        start, end = self.tables[b"stsz"]
        each, count = struct.unpack_from(">II", self.window.at(start, 12), 4)
        if end - start != (12 if each else 12 + 4 * count) or each >> 31:
            raise Unsure(_TABLES)
        return int(count)

    def must_hold(self) -> None:
        """What libav checks before it believes the tables; where one fails it refuses the whole file."""
        samples = self.samples
        runs, _ = self._table(b"stsc", 12)
        wide = 8 if b"co64" in self.tables else 4
        chunks, first = self._table(b"co64" if wide == 8 else b"stco", wide)
        for name, width in ((b"stts", 8), (b"ctts", 8), (b"stss", 4)):
            if name in self.tables:
                self._table(name, width)
        if not samples and not runs and not chunks:
            return
        if not runs or not chunks or not samples:
            raise Unsure(_TABLES)
        window = self.window
        last, each, described = struct.unpack(">3I", window.at(self.tables[b"stsc"][0] + 8 + 12 * (runs - 1), 12))
        if last > chunks or not each or described != 1:
            raise Unsure(_TABLES)
        if not 0 < int.from_bytes(window.at(first, wide), "big") < window.size:
            raise Unsure("frames lie beyond the file")
        if samples <= _FEW:
            self._must_agree(samples, runs, chunks)

    def _must_agree(self, samples: int, runs: int, chunks: int) -> None:
        """A short table is read whole; of a long one libav's verdict is taken for granted."""
        window = self.window
        start, end = self.tables[b"stsz"]
        if end - start > 12 and sum(struct.unpack(f">{samples}I", window.at(start + 12, 4 * samples))) > window.size:
            raise Unsure(_TABLES)
        if runs > _FEW:
            raise Unsure(_TABLES)
        data = struct.unpack(f">{3 * runs}I", window.at(self.tables[b"stsc"][0] + 8, 12 * runs))
        firsts = (*data[::3], chunks + 1)
        if firsts[0] != 1 or any(a >= b for a, b in pairwise(firsts)) or set(data[2::3]) != {1}:
            raise Unsure(_TABLES)
        if sum((b - a) * each for (a, b), each in zip(pairwise(firsts), data[1::3], strict=True)) != samples:
            raise Unsure(_TABLES)

    def _table(self, name: bytes, width: int) -> tuple[int, int]:
        """How many entries a table has, and where the first lies."""
        start, end = self.tables[name]
        count = self.window.u32(start + 4)
        if end - start != 8 + width * count:
            raise Unsure(_TABLES)
        return count, start + 8

    def first_frame(self) -> sounds.Bytes:
        """Bytes of the first sample; fewer where it ends."""
        window = self.window
        wide = 8 if b"co64" in self.tables else 4
        table, _ = self.tables.get(b"stco") or self.tables[b"co64"]
        start, _ = self.tables[b"stsz"]
        place = int.from_bytes(window.at(table + 8, wide), "big")
        size = window.u32(start + 4) or window.u32(start + 12)

        def frame(at: int, length: int) -> bytes:
            length = min(length, size - at)
            return window.at(place + at, length) if length > 0 else b""

        return frame

    def rate(self) -> str:
        """Samples a second, over the whole track."""
        count, first = self._table(b"stts", 8)
        if not count or count > _MOST_TIMES:
            raise Unsure(_TABLES)
        times = struct.unpack(f">{2 * count}I", self.window.at(first, 8 * count))
        total, ticks = sum(times[::2]), sum(map(mul, times[::2], times[1::2]))
        if total != self.samples or not ticks or max(times[1::2]) >= 1 << 31 or max(times[::2]) >= 1 << 31:
            raise Unsure(_TABLES)
        if count > 1 and times[-2] == 1 and times[-1] > 10 * ticks / total and total > 100:
            raise Unsure("an odd last frame")
        numerator, denominator = reduced(self.scale * total, ticks, (1 << 31) - 1)
        return f"{numerator}/{denominator}"


def _must_refer(window: Window, dinf: Span | None) -> None:
    """libav refuses a file whose data references are malformed."""
    if dinf is None:
        return
    for kind, start, end in boxes_in(window, *dinf):
        if kind != b"dref":
            continue
        entries = boxes_in(window, start + 8, end)
        if not entries or window.u32(start + 4) != len(entries):
            raise Unsure("odd data references")
        # an alias that names another file is longer
        if any(b - a < 4 or (name != b"url " and (name, b - a) != (b"alis", 4)) for name, a, b in entries):
            raise Unsure("odd data references")


def _tkhd(data: bytes) -> tuple[int, int, tuple[int, ...]]:
    """Track id, length in the movie's time, and matrix; version 1 has 64-bit times."""
    if data[0] == 1:
        track, _, length = struct.unpack_from(">IIQ", data, 20)
        return track, length, struct.unpack_from(">9i", data, 52)
    track, _, length = struct.unpack_from(">III", data, 12)
    return track, length, struct.unpack_from(">9i", data, 40)


_UPRIGHT: Final = (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)


def _movie_matrix(data: bytes) -> tuple[int, ...]:
    return struct.unpack_from(">9i", data, 48 if data[0] == 1 else 36)


def _product(track: tuple[int, ...], movie: tuple[int, ...]) -> tuple[int, ...]:
    """The four numbers that turn a picture: its track's matrix, then the movie's."""
    a, b, _, c, d, *_ = track
    e, f, _, g, h, *_ = movie
    return tuple(number >> 16 for number in (a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h))


def _rotation(matrix: tuple[int, ...]) -> int:
    """The turn as ffprobe says it [degree]: of whatever else a matrix does it tells nothing."""
    a, b, c, d = matrix
    wide, high = hypot(a, c), hypot(b, d)
    return -int(degrees(atan2(b / high, a / wide))) if wide and high else 0


def _upright(matrix: tuple[int, ...]) -> int:
    """The turn, of a matrix that only turns, mirrors or stretches."""
    a, b, u, c, d, v, _, _, w = matrix
    if u or v or w != 1 << 30:
        raise Unsure("an odd matrix")
    if a and d and not b and not c:
        return 0
    if b and c and not a and not d:
        return 90
    raise Unsure("an odd matrix")


def _mdhd(data: bytes) -> tuple[int, int, int]:
    """Time scale [1/s], length in it, language."""
    scale, length, language = struct.unpack_from(">IQH" if data[0] == 1 else ">IIH", data, 20 if data[0] == 1 else 12)
    if data[0] > 1 or not 0 < scale < 1 << 31:
        raise Unsure("an odd track")
    return scale, length, language


def _language(code: int) -> str:
    """Three letters of five bits, or one of QuickTime's numbers."""
    if code == _NO_LANGUAGE:
        return ""
    if code < 0x400:
        if code not in _MACINTOSH:
            raise Unsure("an old language code")
        return _MACINTOSH[code]
    letters = [code >> shift & 31 for shift in (10, 5, 0)]
    if not all(1 <= letter <= 26 for letter in letters):
        raise Unsure("an odd language")
    return "".join(chr(0x60 + letter) for letter in letters)


def _edits(window: Window, edts: Span | None) -> list[tuple[int, int]]:
    """(length in the movie's time, where it begins in the media's) of each edit."""
    if edts is None:
        return []
    boxes = by_kind(window, edts)
    if b"elst" not in boxes:
        return []
    data = whole(window, boxes[b"elst"])
    count = int.from_bytes(data[4:8], "big")
    form, width = (">Qq", 20) if data[0] == 1 else (">Ii", 12)
    if not 0 < count <= 2 or len(data) < 8 + width * count:
        raise Unsure("edit lists")
    edits = [struct.unpack_from(form, data, 8 + width * n) for n in range(count)]
    empty = edits[0][1] == -1
    if len(edits) == 2 and not empty:
        raise Unsure("edit lists")
    if edits[-1][1] < 0 or not edits[-1][0]:
        raise Unsure("edit lists")
    return [(length, start) for length, start in edits]


def _must_be_plain(window: Window, udta: Span) -> None:
    """libav takes a track's title for the movie's."""
    for kind, _, _ in boxes_in(window, *udta):
        if kind in (b"\xa9nam", b"titl", b"meta"):
            raise Unsure("a title in a track")


def _lengths(tracks: list[_Track], length: int) -> None:
    longest = max((track.length for track in tracks), default=0)
    if abs(longest - length) > length / 100:
        raise Unsure("movie and tracks differ in length")
    for track in tracks:
        if track.edits and track.edits[-1][1] >= max(track.media, 1):
            raise Unsure("edit lists")


def _chapter_tracks(tracks: list[_Track]) -> int:
    """How many chapters a text track holds; the tracks named so are no streams of their own."""
    named = {track.chapters for track in tracks if track.chapters}
    if len(named) > 1:
        raise Unsure("odd chapters")
    marks = 0
    for number in next(iter(named), ()):
        for track in tracks:
            if track.id == number:
                if track.handler != b"vide":
                    if track.edits and track.edits[0][1] > 0:
                        raise Unsure("odd chapters")
                    marks = max(marks, track.samples)
                track.handler = b"chap"
    return marks


def _streams(tracks: list[_Track]) -> list[dict[str, Any]]:
    streams: list[dict[str, Any]] = []
    seen: set[str] = set()
    for track in tracks:
        kind = _kind(track)
        stream: dict[str, Any] = {"codec_type": kind, "tags": {"language": track.language}}
        track.must_hold()
        if kind in ("video", "audio") and kind not in seen:
            if not track.samples:
                raise Unsure("a track without frames")
            stream.update(_picture(track) if kind == "video" else _sound(track))
        elif kind == "video":
            raise Unsure("several pictures")
        elif kind == "audio":
            _must_open(track)
        seen.add(kind)
        streams.append(stream)
    return streams


def _kind(track: _Track) -> str:
    handler, form = track.handler, track.format
    if handler == b"vide":
        return "video"
    if handler == b"soun":
        return "audio"
    if handler == b"chap":
        return "data"
    if handler in _TEXT_HANDLERS and form in _TEXT:
        return "subtitle"
    if handler in _DATA_HANDLERS and form in _DATA:
        return "data"
    raise Unsure("an odd track")


# ---- pictures and sounds ---------------------------------------------------------------------------------------


def _children(track: _Track, at: int) -> dict[bytes, bytes]:
    """Boxes of a sample description behind its own `at` bytes."""
    window, (start, end) = track.window, track.entry
    return {kind: whole(window, (a, b)) for kind, a, b in boxes_in(window, start + at, end)}


def _picture(track: _Track) -> dict[str, Any]:
    codec = _VIDEO.get(track.format)
    if codec is None:
        raise Unsure("video codec " + track.format.decode("latin-1"))
    start, end = track.entry
    if end - start < 78:
        raise Unsure("an odd sample description")
    width, height = struct.unpack_from(">HH", track.window.at(start + 24, 4), 0)
    boxes = _children(track, 78)
    full, transfer = _colr(boxes.get(b"colr", b""))
    stated = width, height
    match codec:
        case "h264":
            avcc = boxes.get(b"avcC", b"")
            picture = pictures.h264(avcc, stated, full=full)
            pictures.must_be_units(track.first_frame(), avcc[4])
        case "hevc":
            hvcc = boxes.get(b"hvcC", b"")
            picture = pictures.hevc(hvcc)
            pictures.must_be_units(track.first_frame(), hvcc[21])
        case "av1":
            picture = pictures.av1(boxes.get(b"av1C", b""))
        case "vp9":
            vpcc = boxes.get(b"vpcC", b"")
            picture = pictures.vp9_frame(track.first_frame()(0, 32))
            if pictures.vp9_config(vpcc, stated).pix_fmt != picture.pix_fmt:
                raise Unsure("container and codec differ in format")
            transfer = vpcc[8]
        case _:
            kind, config = _esds(boxes.get(b"esds", b""))
            if kind != 0x20:
                raise Unsure("video in mp4v is not MPEG-4")
            picture = pictures.mpeg4(config)
    if full and not picture.signalled:
        raise Unsure("full range by the container alone")
    if (picture.width, picture.height) != stated:
        raise Unsure("container and codec differ in size")
    if picture.transfer is not None:
        transfer = picture.transfer
    stream: dict[str, Any] = {
        "codec_name": codec,
        "codec_tag_string": track.format.decode("latin-1"),
        "width": width,
        "height": height,
        "pix_fmt": picture.pix_fmt,
        "color_transfer": _TRANSFERS.get(transfer, ""),
        "avg_frame_rate": track.rate(),
    }
    side: list[dict[str, Any]] = []
    if turn := _upright(track.matrix):
        side.append({"rotation": turn})
    for name in (b"dvcC", b"dvvC"):
        if name in boxes:
            if len(boxes[name]) != 24:
                raise Unsure("odd Dolby Vision")
            side.append({"side_data_type": "DOVI configuration record"})
    return stream | ({"side_data_list": side} if side else {})


def _must_open(track: _Track) -> None:
    """ffprobe gives no answer at all where one decoder, of whatever track, refuses its configuration."""
    boxes = _sound_boxes(track)
    match track.format:
        case b"mp4a":
            kind, config = _esds(boxes.get(b"esds", b""))
            if kind == 0x40:
                sounds.aac_object(config)
        case b"Opus" | b"fLaC" | b"alac":
            _codec_sound(track.format, boxes, track)


def _colr(box: bytes) -> tuple[bool, int]:
    """Full range and transfer, as the container has them."""
    if box[:4] not in (b"nclx", b"nclc"):
        return False, 2
    (transfer,) = struct.unpack_from(">H", box, 6)
    return box[:4] == b"nclx" and bool(box[10] & 0x80), transfer


def _esds(box: bytes) -> tuple[int, bytes]:
    """Object type and codec configuration."""
    at = 4
    kind = 0
    for _ in range(4):
        tag = box[at]
        length, at = _descriptor_length(box, at + 1)
        if tag == 3:
            flags = box[at + 2]
            if flags & 0xE0:
                raise Unsure("an odd description")
            at += 3
        elif tag == 4:
            kind = box[at]
            at += 13
        elif tag == 5:
            if at + length > len(box):
                break
            return kind, box[at : at + length]
        else:
            break
    return kind, b""


def _descriptor_length(box: bytes, at: int) -> tuple[int, int]:
    length = 0
    for _ in range(4):
        byte = box[at]
        at += 1
        length = length << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return length, at


def _sound(track: _Track) -> dict[str, Any]:
    start, _ = track.entry
    version, _, _, channels, width = struct.unpack_from(">HHIHH", track.window.at(start + 8, 12), 0)
    form = track.format
    if (form, width) in _PCM and version in (0, 1):
        if not 0 < channels <= 8:
            raise Unsure("odd audio")
        return {"codec_name": _PCM[form, width], "channels": channels}
    if form in (b"samr", b"sawb"):
        return {"codec_name": "amr_nb" if form == b"samr" else "amr_wb", "channels": 1}
    codec, channels = _codec_sound(form, _sound_boxes(track), track)
    return {"codec_name": codec, "channels": channels}


def _sound_boxes(track: _Track) -> dict[bytes, bytes]:
    start, end = track.entry
    (version,) = struct.unpack(">H", track.window.at(start + 8, 2))
    if version > 1 or end - start < 28:
        raise Unsure("an odd sound description")
    boxes = _children(track, 28 + 16 * version)
    if b"wave" in boxes and b"esds" not in boxes:
        return _inside_wave(track, 28 + 16 * version)
    return boxes


def _inside_wave(track: _Track, at: int) -> dict[bytes, bytes]:
    window, (start, end) = track.window, track.entry
    wave = next((a, b) for kind, a, b in boxes_in(window, start + at, end) if kind == b"wave")
    return {kind: whole(window, (a, b)) for kind, a, b in boxes_in(window, *wave)}


def _codec_sound(form: bytes, boxes: dict[bytes, bytes], track: _Track) -> tuple[str, int]:
    match form:
        case b"mp4a":
            kind, config = _esds(boxes.get(b"esds", b""))
            if kind == 0x40:
                return "aac", sounds.aac(config)
            if kind in (0x69, 0x6B):
                return _first_frame_sound(track)
            raise Unsure("audio in mp4a is not AAC")
        case b".mp3":
            return _first_frame_sound(track)
        case b"ac-3":
            return "ac3", sounds.dac3(boxes.get(b"dac3", b""))
        case b"ec-3":
            return "eac3", sounds.dec3(boxes.get(b"dec3", b""))
        case b"Opus":
            return "opus", sounds.dops(boxes.get(b"dOps", b""))
        case b"fLaC":
            return "flac", sounds.flac(boxes.get(b"dfLa", b"")[4:])
        case b"alac":
            return "alac", sounds.alac(boxes.get(b"alac", b"")[4:])
        case _:
            raise Unsure("audio codec " + form.decode("latin-1"))


def _first_frame_sound(track: _Track) -> tuple[str, int]:
    frame = track.first_frame()
    channels = sounds.mpeg_audio(frame)
    if sounds.mpeg_layer(frame) != "mp3":
        raise Unsure("MPEG audio of another layer")
    return "mp3", channels
