"""The first frame of a track is found by the heads of blocks, laced and stripped as mkvmerge writes them."""

import pytest

from mediaorg.rules.headers.blocks import Frames
from mediaorg.rules.headers.window import Unsure, Window

ONE, TWO = b"first of one", b"first of two"


def element(number: str, payload: bytes) -> bytes:
    return bytes.fromhex(number) + (0x4000 | len(payload)).to_bytes(2, "big") + payload


def block(track: int, flags: int, payload: bytes) -> bytes:
    return bytes([0x80 | track, 0, 0, flags]) + payload


def frames(*elements: bytes) -> Frames:
    data = element("1f43b675", element("e7", b"\0") + b"".join(elements))
    return Frames(Window(lambda at, length: data[at : at + length], len(data)), 0, len(data), {1, 2})


def whole(frame) -> bytes:
    return frame(0, 1000)


SIMPLE = element("a3", block(1, 0x80, ONE))


def test_the_first_block_of_each_track_is_found_in_any_order():
    found = frames(SIMPLE, element("a3", block(1, 0, b"later")), element("a3", block(2, 0x80, TWO)))
    assert whole(found.first(2)) == TWO
    assert whole(found.first(1, key=True)) == ONE


@pytest.mark.parametrize(
    ("flags", "lace"),
    [
        (0x04, b"\x01"),  # two frames of one size
        (0x06, b"\x01" + bytes([0x80 | len(TWO)])),  # EBML: the size of the first, the second is the rest
    ],
)
def test_a_laced_block_begins_with_its_first_frame(flags, lace):
    laced = element("a3", block(2, flags, lace + TWO + TWO))
    assert whole(frames(laced).first(2)) == TWO


def test_xiph_lacing_is_declined():
    with pytest.raises(Unsure, match="laced"):
        frames(element("a3", block(2, 0x02, b"\x01\x0c" + TWO + TWO))).first(2)


def test_what_every_frame_lacks_stands_in_front():
    frame = frames(SIMPLE).first(1, b"\x0b\x77")
    assert whole(frame) == b"\x0b\x77" + ONE
    assert [frame(at, 3) for at in (0, 1, 2, 12)] == [b"\x0b\x77f", b"\x77fi", b"fir", b"ne"]


@pytest.mark.parametrize(("more", "key"), [(b"", True), (element("fb", b"\1"), False)])
def test_a_block_group_is_a_key_frame_unless_it_refers_to_another(more, key):
    found = frames(element("a0", element("a1", block(1, 0, ONE)) + more))
    if key:
        assert whole(found.first(1, key=True)) == ONE
    else:
        with pytest.raises(Unsure, match="no key frame"):
            found.first(1, key=True)


def test_a_track_without_a_frame_is_declined():
    with pytest.raises(Unsure, match="no frame near"):
        frames(SIMPLE).first(2)


def test_a_block_of_no_known_track_is_declined():
    with pytest.raises(Unsure, match="odd block"):
        frames(element("a3", block(3, 0x80, ONE)), SIMPLE).first(1)
