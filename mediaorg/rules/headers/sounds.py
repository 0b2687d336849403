"""How many channels an audio codec's own configuration or first frame says it has; what is not certain is Unsure."""

from collections.abc import Callable
from typing import Final, TypeAlias

from mediaorg.rules.headers.bits import Bits
from mediaorg.rules.headers.window import Unsure

__all__ = [
    "FRAMES",
    "Bytes",
    "aac",
    "aac_object",
    "ac3",
    "alac",
    "dac3",
    "dec3",
    "dops",
    "dts",
    "eac3",
    "flac",
    "flac_private",
    "mpeg_audio",
    "mpeg_layer",
    "opus",
    "truehd",
]

Bytes: TypeAlias = Callable[[int, int], bytes]  # of one frame, by place and length: fewer bytes where it ends

_AC3: Final = (2, 1, 2, 3, 3, 4, 4, 5)  # by acmod, without the low-frequency channel
_AAC: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 8, 11: 7, 12: 8, 14: 8}
_HERTZ: Final = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_ESCAPED: Final = 15


def aac(config: bytes) -> int:
    """Read an AudioSpecificConfig.

    >>> aac(bytes.fromhex("1190")), aac(bytes.fromhex("11b056e500"))
    (2, 6)
    """
    channels, stereo = aac_object(config)
    if channels not in _AAC:
        raise Unsure("AAC channels are not in its header")
    if channels == 1 and stereo:
        raise Unsure("mono AAC may be parametric stereo")
    return _AAC[channels]


def aac_object(config: bytes) -> tuple[int, bool]:
    """The channel set of an AudioSpecificConfig, and whether its mono may be parametric stereo."""
    bits = Bits(config)
    kind, hertz, channels = bits.u(5), _hertz(bits), bits.u(4)
    extended = kind == 5
    if extended:
        _hertz(bits)
        kind = bits.u(5)
    if kind not in (1, 2):
        raise Unsure("parametric stereo" if kind == 29 else "an odd AAC object")
    if bits.u(3) or (channels and channels not in _AAC):
        raise Unsure("an odd AAC object")
    stereo = extended or hertz <= 24000
    if channels and not extended and bits.left() > 15:
        # ffmpeg's encoder says so (56 e5 00) that no spectral replication follows, so no stereo either
        if bits.u(11) != 0x2B7 or bits.u(5) != 5:
            raise Unsure("an odd AAC object")
        if not bits.flag():
            stereo = False
        else:
            _hertz(bits)
            stereo = True
    return channels, stereo


def _hertz(bits: Bits) -> int:
    index = bits.u(4)
    if index == _ESCAPED:
        return bits.u(24)
    if index >= len(_HERTZ):
        raise Unsure("an odd AAC rate")
    return _HERTZ[index]


def ac3(frame: Bytes) -> int:
    """Read the first AC-3 frame."""
    head = frame(0, 8)
    if len(head) < 8 or head[:2] != b"\x0b\x77" or head[5] >> 3 > 10 or head[4] >> 6 == 3 or head[4] & 63 > 37:
        raise Unsure("no AC-3 frame")
    mode = head[6] >> 5
    unread = 3 + 2 * (mode & 1 and mode != 1) + 2 * (mode >> 2) + 2 * (mode == 2)
    return _AC3[mode] + (int.from_bytes(head[6:8], "big") >> (15 - unread) & 1)


def dac3(box: bytes) -> int:
    """Read ``dac3``."""
    if len(box) < 3:
        raise Unsure("no AC-3 configuration")
    return _AC3[box[1] >> 3 & 7] + (box[1] >> 2 & 1)


def eac3(frame: Bytes) -> int:
    """Read the first E-AC-3 frames: dependent ones add channels, which is left to a decoder."""
    at, channels = 0, 0
    for _ in range(16):
        head = frame(at, 6)
        if not head and at:
            return channels
        if len(head) < 6 or head[:2] != b"\x0b\x77" or not 10 < head[5] >> 3 <= 16:
            raise Unsure("no E-AC-3 frame")
        if head[2] >> 6 or head[2] >> 3 & 7:
            raise Unsure("E-AC-3 of several substreams")
        if head[4] >> 6 == 3:
            raise Unsure("an odd E-AC-3 rate")
        if not at:
            channels = _AC3[head[4] >> 1 & 7] + (head[4] & 1)
        at += 2 * ((int.from_bytes(head[2:4], "big") & 0x7FF) + 1)
    return channels


def dec3(box: bytes) -> int:
    """Read ``dec3``."""
    if len(box) < 5 or int.from_bytes(box[:2], "big") & 7 or box[4] & 0x1E:
        raise Unsure("E-AC-3 of several substreams")
    return _AC3[box[3] >> 1 & 7] + (box[3] & 1)


_DTS: Final = (1, 2, 2, 2, 2, 3, 3, 4, 4, 5)


def dts(frame: Bytes) -> int:
    """Read the core of the first DTS frame, and the count that an extension behind it states."""
    bits = Bits(frame(0, 16))
    if bits.u(32) != 0x7FFE8001:
        raise Unsure("no DTS core")
    bits.skip(14)
    size, mode = bits.u(14) + 1, bits.u(6)
    if mode >= len(_DTS):
        raise Unsure("odd DTS channels")
    bits.skip(14)
    extension, extended = bits.u(3), bits.flag()
    if extended and extension != 2:
        raise Unsure("a DTS extension")
    bits.skip(1)
    low = bits.u(2)
    if low == 3:
        raise Unsure("odd DTS channels")
    core = _DTS[mode] + bool(low)
    behind = frame((size + 3) & ~3, 64)
    return _dts_extension(behind) if behind[:4] == b"\x64\x58\x20\x25" else core


def _dts_extension(data: bytes) -> int:
    bits = Bits(data)
    bits.skip(42)
    long = bits.flag()
    bits.skip(12 + 20 if long else 8 + 16)
    if not bits.flag():
        raise Unsure("a DTS extension")
    bits.skip(5)
    if bits.flag():
        bits.skip(36)
    if bits.u(3) or bits.u(3):
        raise Unsure("several DTS presentations")
    if bits.u(1):
        bits.skip(8)
    if bits.flag():
        raise Unsure("a DTS mix")
    bits.skip((20 if long else 16) + 9 + 3)
    if bits.flag():
        bits.skip(4)
    if bits.flag():
        bits.skip(24)
    if bits.flag():
        bits.skip(8 * (bits.u(10) + 1))
    bits.skip(9)
    return bits.u(8) + 1


def mpeg_audio(frame: Bytes) -> int:
    """Read the first frame's header of MPEG audio, layers 1 to 3."""
    head = frame(0, 4)
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0 or head[1] >> 3 & 3 == 1 or not head[1] & 6:
        raise Unsure("no MPEG audio frame")
    if head[2] >> 4 in (0, 15) or head[2] >> 2 & 3 == 3:
        raise Unsure("no MPEG audio frame")
    return 1 if head[3] >> 6 == 3 else 2


def mpeg_layer(frame: Bytes) -> str:
    """The codec's name by the layer in the frame's header."""
    return {3: "mp1", 2: "mp2", 1: "mp3"}.get(frame(1, 1)[0] >> 1 & 3, "")


_TRUEHD: Final = (2, 1, 1, 2, 2, 2, 2, 1, 1, 2, 2, 1, 1)  # channels by bit of the speaker map


def truehd(frame: Bytes) -> int:
    """Read the major sync of the first TrueHD frame: the widest presentation is what is decoded."""
    head = frame(4, 20)
    if len(head) < 20 or head[:4] != b"\xf8\x72\x6f\xba":
        raise Unsure("no TrueHD frame")
    flags = int.from_bytes(head[4:8], "big")
    wide, narrow = flags & 0x1FFF, flags >> 15 & 0x1F
    if wide and wide != narrow and head[16] >> 4 < 3:
        raise Unsure("TrueHD of few substreams")
    return sum(count for bit, count in enumerate(_TRUEHD) if (wide or narrow) >> bit & 1)


def opus(head: bytes) -> int:
    """Read ``OpusHead``."""
    if len(head) < 19 or head[:8] != b"OpusHead" or head[8] > 15:
        raise Unsure("no Opus header")
    return _opus_channels(head[9], head[18:])


def dops(box: bytes) -> int:
    """Read ``dOps``, which is the same in another order of bytes."""
    if len(box) < 11 or box[0]:
        raise Unsure("no Opus header")
    return _opus_channels(box[1], box[10:])


def _opus_channels(channels: int, mapping: bytes) -> int:
    """`channels`, if the mapping is one that libav would take."""
    if mapping[0] == 0 and channels in (1, 2):
        return channels
    if mapping[0] != 1 or not 1 <= channels <= 8 or len(mapping) < 3 + channels:
        raise Unsure("odd Opus channels")
    streams, coupled = mapping[1], mapping[2]
    if not streams or coupled > streams or any(index >= streams + coupled for index in mapping[3 : 3 + channels]):
        raise Unsure("odd Opus channels")
    return channels


def flac(blocks: bytes) -> int:
    """Read the stream information, the first of FLAC's metadata blocks."""
    if len(blocks) < 38 or blocks[0] & 127 or blocks[1:4] != b"\0\0\x22":
        raise Unsure("no FLAC header")
    largest, hertz = int.from_bytes(blocks[6:8], "big"), int.from_bytes(blocks[14:17], "big") >> 4
    if largest < 16 or not hertz:
        raise Unsure("no FLAC header")
    return (blocks[16] >> 1 & 7) + 1


def flac_private(private: bytes) -> int:
    """Read what Matroska keeps: the mark of FLAC and its first blocks."""
    return flac(private[4:] if private[:4] == b"fLaC" else b"")


def alac(cookie: bytes) -> int:
    """Read ALAC's configuration."""
    samples = int.from_bytes(cookie[:4], "big")
    if len(cookie) < 24 or not 1 <= cookie[9] <= 8 or not 0 < samples <= 1 << 16 or cookie[5] not in (16, 20, 24, 32):
        raise Unsure("no ALAC header")
    return cookie[9]


FRAMES: Final[dict[str, Callable[[Bytes], int]]] = {
    "ac3": ac3,
    "eac3": eac3,
    "dts": dts,
    "mp3": mpeg_audio,
    "mp2": mpeg_audio,
    "truehd": truehd,
}
