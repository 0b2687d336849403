"""What headers claim is read within bounds, and never raises."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.rules.headers import read_header


def header(data: bytes):
    return read_header(lambda offset, size: data[offset : offset + size], len(data))


def box(kind: bytes, payload: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(payload), kind) + payload


def tkhd(track: int, matrix: tuple[int, ...], *, wide: bool = False) -> bytes:
    times = struct.pack(">QQIIQ" if wide else ">IIIII", 0, 0, track, 0, 0)
    a, b, c, d = (number << 16 for number in matrix)
    turned = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    return box(b"tkhd", bytes([int(wide), 0, 0, 0]) + times + bytes(16) + turned + bytes(8))


def mp4(*tracks: bytes) -> bytes:
    return (
        box(b"ftyp", b"isom")
        + box(b"moov", b"".join(box(b"trak", track) for track in tracks))
        + box(b"mdat", bytes(100))
    )


@pytest.mark.parametrize(
    ("matrix", "turn"),
    [
        ((1, 0, 0, 1), 0),
        ((0, 1, -1, 0), -90),
        ((-1, 0, 0, -1), -180),
        ((0, -1, 1, 0), 90),
        ((-1, 0, 0, 1), -180),
        ((0, 1, 1, 0), -90),
        ((0, 2, -2, 0), -90),
        ((2, 0, 0, 1), 0),
        ((1, 1, -1, 1), -45),
        ((0, 0, 0, 0), 0),
    ],
)
@pytest.mark.parametrize("wide", [False, True])
def test_the_turn_of_each_track_is_read(matrix, turn, wide):
    file = mp4(tkhd(1, matrix, wide=wide), tkhd(7, (1, 0, 0, 1)))
    assert header(file).sides == {1: [{"rotation": turn}], 7: [{"rotation": 0}]}


def test_a_cut_mp4_claims_more_than_it_has():
    file = mp4(tkhd(1, (1, 0, 0, 1)))
    assert header(file).cut is None
    assert header(file[:-30]).cut == f"truncated: {len(file) - 30} of {len(file)} bytes"


def test_a_last_box_without_a_size_reaches_to_the_end():
    file = box(b"ftyp", b"isom") + struct.pack(">I4s", 0, b"mdat") + bytes(50)
    assert header(file).cut is None


def test_a_box_beyond_four_gigabytes_is_followed():
    file = box(b"ftyp", b"isom") + struct.pack(">I4sQ", 1, b"mdat", 5 << 30)
    assert header(file).cut == f"truncated: {len(file)} of {12 + (5 << 30):,} bytes"


EBML = bytes.fromhex("1a45dfa3") + b"\x84\x42\x86\x81\x01"


@pytest.mark.parametrize(
    ("segment", "claims"),
    [
        (b"\x18\x53\x80\x67\x88" + bytes(8), len(EBML) + 5 + 8),
        (b"\x18\x53\x80\x67\x01\0\0\0\0\0\x0f\xff", len(EBML) + 12 + 0xFFF),
        (b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff", None),  # a live recording does not know
        (b"\x18\x53\x80\x67\xff", None),
        (b"\x18\x53", None),
    ],
)
def test_a_matroska_segment_says_how_long_it_is(segment, claims):
    file = EBML + segment
    claimed = None if claims is None or claims <= len(file) else f"truncated: {len(file)} of {claims:,} bytes"
    assert header(file).cut == claimed


@pytest.mark.parametrize("file", [b"", b"text", b"\0" * 64, b"\x47" * 400, b"RIFF\x10\0\0\0WAVE"])
def test_what_is_none_of_ours_claims_nothing(file):
    assert header(file).cut is None
    assert header(file).probe is None
    assert header(file).why


STARTS = st.sampled_from(
    [b"", EBML, box(b"ftyp", b"isom"), b"RIFF", box(b"ftyp") + struct.pack(">I4s", 4000, b"moov") + box(b"trak")]
)


@given(STARTS, st.binary(max_size=300))
def test_no_header_makes_it_raise_or_hang(start, rest):
    file = start + rest
    said = header(file)
    assert (said.probe is None) == bool(said.why)
    assert all(-180 <= side.get("rotation", 0) <= 180 for sides in said.sides.values() for side in sides)
