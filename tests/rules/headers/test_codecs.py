"""Codec configurations of real clips, and what they say; each byte of them may be missing or wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaorg.rules.headers import pictures, sounds
from mediaorg.rules.headers.bits import Bits
from mediaorg.rules.headers.rates import reduced
from mediaorg.rules.headers.window import Unsure


def of(text: str):
    """A frame, as its readers see it: bytes by place and length."""
    data = bytes.fromhex(text)
    return lambda at, length: data[at : at + length]


# made by x264 and x265; the units of text they add are left out
H264 = {
    "high": "0164000bffe100196764000bacd9430ffbc044000003000400000300c83c50a65801000468ef8fcbfdf8f800",
    "baseline 190x106": "0142c00bffe100186742c00bda0c3fa93011000003000100000300320f142aa001000468ce0fc8",
    "full range": "0142c00bffe100176742c00bda0c3fef016c800000030080000019078a155001000468ce0fc8",
    "4:2:2": "017a000bffe10018677a000bbcb4187fcb80880000030008000003019078a15501000468ce0fc8fef8f800",
    "10 bit PQ": "016e000bffe1001c676e000ba6cb4187fde02d4244025000000300100000030320f142aa01000468ce0fc8fdfafa00",
}
H264_SAYS = {
    "high": (192, 108, "yuv420p", None),
    "baseline 190x106": (190, 106, "yuv420p", None),
    "full range": (192, 108, "yuvj420p", None),
    "4:2:2": (192, 108, "yuv422p", None),
    "10 bit PQ": (192, 108, "yuv420p10le", 16),
}
HEVC = {
    "190x106": "0101600000009000000000001ef000fcfdf8f800000f03200001001840010c01ffff01600000030090000003000003001e95940921"
    "0001002b42010101600000030090000003000003001ea0182071d49965654a4c2f016808000003000800000300c84022000100064401c073c189",
    "10 bit HLG": "0102200000009000000000001ef000fcfdfafa00000f03200001001840010c01ffff02200000030090000003000003001e95940921"
    "0001002e42010102200000030090000003000003001ea0182071f6d965654a4c2f016a12241208000003000800000300c84022000100064401"
    "c073c189",
}
HEVC_SAYS = {"190x106": (190, 106, "yuv420p", 2), "10 bit HLG": (192, 108, "yuv420p10le", 18)}
AV1 = "81004c000a0d00000003b5feb36be542440241"


@pytest.mark.parametrize("name", H264)
def test_h264_tells_size_format_and_transfer(name):
    said = pictures.h264(bytes.fromhex(H264[name]), H264_SAYS[name][:2])
    assert said[:4] == H264_SAYS[name]


def test_libav_believes_the_container_where_only_padding_is_in_question():
    assert pictures.h264(bytes.fromhex(H264["high"]), (192, 100))[:2] == (192, 100)
    assert pictures.h264(bytes.fromhex(H264["high"]), (180, 90))[:2] == (192, 108)


def test_the_container_tells_the_range_where_h264_is_silent():
    said = pictures.h264(bytes.fromhex(H264["high"]), (192, 108), full=True)
    assert (said.pix_fmt, said.signalled) == ("yuvj420p", False)
    assert pictures.h264(bytes.fromhex(H264["10 bit PQ"]), (192, 108), full=True).signalled


@pytest.mark.parametrize("name", HEVC)
def test_hevc_tells_size_format_and_transfer(name):
    assert pictures.hevc(bytes.fromhex(HEVC[name]))[:4] == HEVC_SAYS[name]


def test_av1_tells_size_format_and_transfer():
    assert pictures.av1(bytes.fromhex(AV1))[:4] == (192, 108, "yuv420p10le", 16)


CONFIGURATIONS = [*H264.values(), *HEVC.values(), AV1]


@given(st.sampled_from(CONFIGURATIONS), st.integers(0, 200), st.integers(0, 255))
def test_a_damaged_configuration_is_read_or_refused(text, at, byte):
    data = bytearray.fromhex(text)
    data[at % len(data)] = byte
    for harmed in (bytes(data), bytes(data[: at % len(data)])):
        for read in (pictures.av1, pictures.hevc, lambda one: pictures.h264(one, (192, 108))):
            try:
                said = read(harmed)
            except (Unsure, IndexError):
                continue
            assert 0 < said.width <= 16384
            assert said.pix_fmt.startswith("yuv")


@pytest.mark.parametrize(
    ("config", "channels"),
    [
        ("1190", 2),
        ("1188", 1),
        ("11b056e500", 6),
        ("11b856e500", 8),
        ("138856e500", 1),  # 22 kHz, and says that no spectral replication follows
        ("2b920800", 2),  # HE-AAC
    ],
)
def test_aac_tells_its_channels(config, channels):
    assert sounds.aac(bytes.fromhex(config)) == channels


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ("1388", "mono AAC may be parametric stereo"),
        ("2b8a0800", "mono AAC may be parametric stereo"),
        ("eb8a0800", "parametric stereo"),
        ("118004c4040021100d", "AAC channels are not in its header"),
        ("", "a codec header ends early"),
        ("f980", "an odd AAC object"),
    ],
)
def test_aac_that_needs_a_decoder_is_declined(config, why):
    with pytest.raises(Unsure, match=f"^{why}$"):
        sounds.aac(bytes.fromhex(config))


@pytest.mark.parametrize(
    ("codec", "frame", "channels"),
    [
        ("ac3", "0b779f101e40ebf8403e", 6),
        ("ac3", "0b7761600c402f8429c2", 1),
        ("dts", "7ffe8001fc3c75b276c005380009ef7b", 6),
        ("dts", "7ffe8001fc3c75b036c001380001ef83", 1),
        ("truehd", "c0de0000f8726fba0097c00fb752000000008c7f110456000000", 6),
        ("mp3", "fffb9064", 2),
        ("mp3", "fffb90c4", 1),
        ("eac3", "0b7700033f870000", 6),
    ],
)
def test_a_first_frame_tells_its_channels(codec, frame, channels):
    assert sounds.FRAMES[codec](of(frame)) == channels


@pytest.mark.parametrize("codec", sounds.FRAMES)
def test_what_is_no_frame_is_declined(codec):
    for frame in ("", "00" * 64, "ff" * 64, "0b77", "7ffe8001"):
        with pytest.raises((Unsure, IndexError)):
            sounds.FRAMES[codec](of(frame))


def test_opus_flac_and_alac_tell_their_channels():
    assert sounds.opus(bytes.fromhex("4f707573486561640108380180bb000000000105030006010203040507")) == 8
    assert sounds.flac(bytes.fromhex("0000002212001200" + "0000000000000bb802f0") + bytes(20)) == 2


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0)), max_size=20))
def test_bits_are_read_as_written(fields):
    numbers = [(width, value % (1 << width)) for width, value in fields]
    text = "".join(f"{value:0{width}b}" for width, value in numbers)
    padded = text + "0" * (-len(text) % 8)
    bits = Bits(int(padded or "0", 2).to_bytes(len(padded) // 8, "big"))
    assert [bits.u(width) for width, _ in numbers] == [value for _, value in numbers]
    assert bits.left() == len(padded) - len(text)


@given(st.integers(0, (1 << 31) - 1))
def test_an_exp_golomb_number_is_read_as_written(value):
    text = f"{value + 1:b}"
    text = "0" * (len(text) - 1) + text
    text += "0" * (-len(text) % 8)
    assert Bits(int(text, 2).to_bytes(len(text) // 8, "big")).ue() == value


@pytest.mark.parametrize(
    ("nanoseconds", "rate"),
    [
        (41708333, (24000, 1001)),
        (33366667, (30000, 1001)),
        (40000000, (25, 1)),
        (16683333, (19001, 317)),
        (1, (30000, 1)),
    ],
)
def test_rates_are_shortened_as_libav_does(nanoseconds, rate):
    assert reduced(1_000_000_000, nanoseconds, 30000) == rate
