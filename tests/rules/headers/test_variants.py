"""Clips changed by hand, to what no encoder here writes: each answer is again the one ffprobe gives."""

import struct

import pytest

from mediaorg.rules.probe_row import probe_row
from tests.rules.headers import corpus
from tests.rules.headers.test_agreement import differences, header

pytestmark = pytest.mark.ffprobe

ONE, W = 1 << 16, 1 << 30
DOVI = bytes([1, 0, 0x10, 0x2D, 0x10]) + bytes(19)


def patched(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def after(data: bytes, mark: bytes, *, last: bool = False) -> int:
    at = data.rfind(mark) if last else data.find(mark)
    assert at >= 0
    return at + len(mark)


def grown(data: bytes, kinds: list[bytes], new: bytes) -> bytes:
    """The MP4 with a box more at the end of the innermost of `kinds`, each the first of its kind in the one before."""
    at, grows = 0, []
    for kind in kinds:
        while data[at + 4 : at + 8] != kind:
            at += int.from_bytes(data[at : at + 4], "big")
        grows.append(at)
        at += 8 + {b"stsd": 8, b"hev1": 78}.get(kind, 0)
    end = grows[-1] + int.from_bytes(data[grows[-1] : grows[-1] + 4], "big")
    for start in grows:
        length = int.from_bytes(data[start : start + 4], "big") + len(new)
        data = patched(data, start, length.to_bytes(4, "big"))
    return data[:end] + new + data[end:]


def box(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(payload), kind) + payload


IN_HEVC = [b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"hev1"]
COLOUR = bytes.fromhex("55b09055ba811055b1810955bb810955b98101")  # as ffmpeg writes it of HDR10
TWO_COLOURS = bytes.fromhex("55b08855ba811055b1810955b08555bb820009")
SONG = b"\0\3\x55\xc4abc"  # length, language, text


def variants(clips) -> dict[str, bytes]:
    made: dict[str, bytes] = {}
    hdr = clips["hevc10_hdr10.mp4"].data
    for name in (b"dvcC", b"dvvC"):
        made[name.decode()] = grown(hdr, IN_HEVC, box(name, DOVI))
    made["dvh1"] = hdr.replace(b"hev1", b"dvh1")
    two = clips["h264_languages.mp4"].data
    at = two.rfind(b"mdhd", 0, two.find(b"soun")) + 4 + 20
    for code in (*range(25), 138, 0x3FF, 0x400, 0x7FFF, 0x15C7):
        made[f"language {code:#x}"] = patched(two, at, code.to_bytes(2, "big"))
    plain = clips["h264_aac.mp4"].data
    for length in (0, 1008, 5000):
        made[f"mvhd {length}"] = patched(plain, after(plain, b"mvhd") + 16, length.to_bytes(4, "big"))
    for seconds in (1, 31622400, 2082844800, 3000000000, 0xFFFFFFFF):
        made[f"created {seconds}"] = patched(plain, after(plain, b"mvhd") + 4, seconds.to_bytes(4, "big"))
    matrices = {
        "mirrored": (-ONE, 0, 0, 0, ONE, 0, 0, 0, W),
        "stretched": (2 * ONE, 0, 0, 0, ONE, 0, 0, 0, W),
        "transposed": (0, ONE, 0, ONE, 0, 0, 0, 0, W),
        "turned half": (-ONE, 0, 0, 0, -ONE, 0, 5, 5, W),
        "aslant": (ONE, ONE, 0, -ONE, ONE, 0, 0, 0, W),
    }
    for name, matrix in matrices.items():
        made[name] = patched(plain, after(plain, b"tkhd") + 40, struct.pack(">9i", *matrix))
    for start in (0, 512, 5000, 90000):
        made[f"edit from {start}"] = patched(plain, after(plain, b"elst") + 12, start.to_bytes(4, "big"))
    for length in (1, 500, 3000):
        made[f"edit of {length}"] = patched(plain, after(plain, b"elst") + 8, length.to_bytes(4, "big"))
    made["title in a track"] = grown(plain, [b"moov", b"trak"], box(b"udta", box(b"\xa9nam", SONG)))
    made["name of a track"] = grown(plain, [b"moov", b"trak"], box(b"udta", box(b"name", b"abc")))
    made["QuickTime title"] = grown(plain, [b"moov", b"udta"], box(b"\xa9nam", SONG))
    made["3GPP title"] = grown(plain, [b"moov", b"udta"], box(b"titl", b"\0\0\0\0\x55\xc4abc\0"))
    return made | matroska_variants(clips)


def matroska_variants(clips) -> dict[str, bytes]:
    made: dict[str, bytes] = {}
    plain = clips["h264_aac.mkv"].data
    language = after(plain, b"\x22\xb5\x9c\x83und", last=True) - 7
    made["no language"] = patched(plain, language, b"\xec\x85\0\0\0\0\0")
    made["BCP 47 alone"] = patched(plain, language, b"\x22\xb5\x9d\x83fra")
    made["empty language"] = patched(plain, language, b"\x22\xb5\x9c\x83\0nd")
    made["language of no bytes"] = patched(plain, language, b"\x22\xb5\x9c\x80\xec\x81\0")
    made["layer 2 called layer 3"] = clips["mpeg2.mkv"].data.replace(b"A_MPEG/L2", b"A_MPEG/L3")
    rate = after(plain, b"\x23\xe3\x83\x84")
    for nanoseconds in (1, 500000, 4170833, 8341667, 16683333, 33366667, 40000001, 41708333, 41708334, 0xFFFFFFFF):
        made[f"a frame of {nanoseconds} ns"] = patched(plain, rate, nanoseconds.to_bytes(4, "big"))
    length = after(plain, b"\x44\x89\x88")
    for seconds in (-5.0, float("nan"), 7.2e6 + 0.123, 0.0001):
        made[f"length {seconds}"] = patched(plain, length, struct.pack(">d", seconds))
    marks = clips["h264_chapters.mkv"].data
    second = marks.find(b"\x73\xc4", marks.find(b"\x73\xc4") + 1) + 2
    width = marks[second] & 0x7F
    for uid in (0, 1, 77):
        made[f"second chapter's id {uid}"] = patched(marks, second + 1, uid.to_bytes(width, "big"))
    begins = marks.find(b"\x91", second)
    wide = marks[begins + 1] & 0x7F
    made["chapter that begins at no bytes"] = patched(
        marks, begins + 1, b"\x80\xec" + bytes([0x80 + wide - 2]) + bytes(wide - 2)
    )
    titled = clips["h264_title.mkv"].data
    date = after(titled, b"\x44\x61\x88")
    for nanoseconds in (-1, -999, -1001, 1999):
        made[f"made at {nanoseconds} ns"] = patched(titled, date, nanoseconds.to_bytes(8, "big", signed=True))
    named = clips["named_track.mkv"].data
    mapping = b"\x41\xe4\xa2" + b"\x41\xe7\x84dvcC" + b"\x41\xed\x98" + DOVI  # as long as the name it replaces
    made["Dolby Vision in Matroska"] = named.replace(b"\x53\x6e\xa2" + b"x" * 34, mapping)
    made["another block addition"] = made["Dolby Vision in Matroska"].replace(b"dvcC", b"hvcE")
    quicktime = clips["h264_aac.mov"].data
    made["QuickTime's alias"] = quicktime.replace(b"\0\0\0\x0curl \0\0\0\1", b"\0\0\0\x0calis\0\0\0\1")
    made["colours twice"] = clips["h264_hdr10_vui.mkv"].data.replace(COLOUR, TWO_COLOURS)
    tagged = clips["tags.mkv"].data
    made["title in a tag"] = tagged.replace(b"\x45\xa3\x86ARTIST", b"\x45\xa3\x86Title\0")
    return made


def test_what_no_encoder_here_writes_is_read_as_ffprobe_reads_it(clips, tmp_path):
    made = variants(clips)
    paths = [tmp_path / f"{number}.clip" for number in range(len(made))]
    for path, data in zip(paths, made.values(), strict=True):
        path.write_bytes(data)
    said = {name: header(data) for name, data in made.items()}
    rows = dict(zip(made, map(probe_row, corpus.referee(paths)), strict=True))
    differ = {name: differences(one.probe, rows[name]) for name, one in said.items() if one.probe is not None}
    assert {name: fields for name, fields in differ.items() if fields} == {}
    assert {name: one.why for name, one in said.items() if one.why} == {
        "language 0x18": "an old language code",
        "language 0x8a": "an old language code",
        "language 0x3ff": "an old language code",
        "language 0x400": "an odd language",
        "mvhd 0": "an odd length",
        "mvhd 5000": "movie and tracks differ in length",
        "aslant": "an odd matrix",
        "edit from 90000": "edit lists",
        "title in a track": "a title in a track",
        "length -5.0": "an odd length",
        "length nan": "an odd length",
        "another block addition": "an odd block addition",
        "colours twice": "colours described twice",
        "layer 2 called layer 3": "MPEG audio of another layer",
    }
