"""What a video codec's own header says of the picture: size, pixel format, transfer.

Each function takes the codec's configuration (as MP4 boxes and Matroska's CodecPrivate hold it) or a first frame.
"""

from functools import lru_cache
from typing import Final, NamedTuple

from mediaorg.rules.headers.bits import Bits
from mediaorg.rules.headers.sounds import Bytes
from mediaorg.rules.headers.window import Unsure

__all__ = ["Picture", "av1", "h264", "hevc", "mpeg2", "mpeg4", "must_be_units", "vp8_frame", "vp9_config", "vp9_frame"]


class Picture(NamedTuple):
    """`transfer` is a number of ISO/IEC 23091-2; None where this header does not speak of it."""

    width: int
    height: int
    pix_fmt: str
    transfer: int | None = None
    signalled: bool = False  # whether the header tells the range; where it does not, libav believes the container


_DAMAGED: Final = "a codec header is damaged"
_CHROMA: Final = {1: "420", 2: "422", 3: "444"}
_UNSPECIFIED: Final = 2
_KEPT: Final = 512  # configurations; the episodes of a season share one
_MOST_SIDE: Final = 16384  # px
_RGB: Final = "colours are not YUV"


def _pix_fmt(chroma: int, depth: int, *, full: bool = False) -> str:
    """libav's name.

    >>> _pix_fmt(1, 8), _pix_fmt(2, 10), _pix_fmt(1, 8, full=True)
    ('yuv420p', 'yuv422p10le', 'yuvj420p')
    """
    if chroma not in _CHROMA:
        raise Unsure("no colours" if chroma == 0 else _DAMAGED)
    if depth == 8:
        return f"yuv{'j' if full else ''}{_CHROMA[chroma]}p"
    if depth in (10, 12):
        return f"yuv{_CHROMA[chroma]}p{depth}le"
    raise Unsure("an odd bit depth")


def _sized(width: int, height: int) -> tuple[int, int]:
    if not (0 < width <= _MOST_SIDE and 0 < height <= _MOST_SIDE):
        raise Unsure(_DAMAGED)
    return width, height


_LONG_UNIT: Final = 4096  # byte
# ---- H.264 -----------------------------------------------------------------------------------------------------

_HIGH: Final = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}
_PROFILES: Final = {66, 77, 88, 100, 110, 122, 244, 44}


@lru_cache(_KEPT)
def h264(avcc: bytes, stated: tuple[int, int], *, full: bool = False) -> Picture:
    """Read ``avcC``. `stated` is the container's size [px], `full` its range, which count where the SPS is silent."""
    if len(avcc) < 8 or avcc[0] != 1 or avcc[4] & 0xFC != 0xFC:
        raise Unsure("no H.264 configuration")
    sets, at = _units16(avcc, 6, avcc[5] & 31)
    if len(sets) != 1 or sets[0][0] & 0x9F != 7:
        raise Unsure("several parameter sets" if sets else "parameter sets are in the frames")
    if at >= len(avcc):
        raise Unsure(_DAMAGED)
    others, _ = _units16(avcc, at + 1, avcc[at])
    number, picture = _h264_sps(sets[0], stated, full)
    if not others:
        raise Unsure("parameter sets are in the frames")
    for unit in others:
        _h264_pps(unit, number)
    return picture


def _units16(data: bytes, at: int, count: int) -> tuple[list[bytes], int]:
    units = []
    for _ in range(count):
        length = int.from_bytes(data[at : at + 2], "big")
        unit = data[at + 2 : at + 2 + length]
        at += 2 + length
        if len(unit) < max(length, 2):
            raise Unsure(_DAMAGED)
        units.append(unit)
    return units, at


def _h264_sps(unit: bytes, stated: tuple[int, int], full: bool) -> tuple[int, Picture]:
    bits = Bits.escaped(unit[1:])
    profile = bits.u(8)
    if profile not in _PROFILES:
        raise Unsure("an odd H.264 profile")
    bits.skip(16)
    number = bits.ue(31)
    chroma, depth = 1, 8
    if profile in _HIGH:
        chroma = bits.ue(3)
        if chroma == 3 and bits.flag():
            raise Unsure("separate colour planes")
        depth = 8 + bits.ue(6)
        if 8 + bits.ue(6) != depth or bits.flag():
            raise Unsure("an odd bit depth")
        if bits.flag():
            _scaling_lists(bits, 12 if chroma == 3 else 8)
    bits.ue(12)
    order = bits.ue(2)
    if order == 0:
        bits.ue(12)
    elif order == 1:
        bits.flag(), bits.se(), bits.se()
        for _ in range(bits.ue(255)):
            bits.se()
    bits.ue(16)
    bits.flag()
    across, down = bits.ue(1023) + 1, bits.ue(1023) + 1
    whole = bits.flag()
    if not whole:
        bits.flag()
        down *= 2
    bits.flag()
    left = right = top = bottom = 0
    if bits.flag():
        left, right, top, bottom = bits.ue(4096), bits.ue(4096), bits.ue(4096), bits.ue(4096)
        x, y = (2 if chroma in (1, 2) else 1), (2 if chroma == 1 else 1) * (1 if whole else 2)
        left, right, top, bottom = left * x, right * x, top * y, bottom * y
    transfer, signalled = None, False
    if bits.flag():
        ranged, transfer, matrix = _h264_vui(bits)
        if ranged is not None:
            full, signalled = ranged, True
        if matrix in (0, 8) and chroma == 3:
            raise Unsure(_RGB)
    bits.must_end()
    width, height = _sized(16 * across - left - right, 16 * down - top - bottom)
    aligned = (stated[0] + 15) // 16 == across and (stated[1] + 15) // 16 == (16 * down + 15) // 16
    if not left and not top and aligned and stated[0] <= width and stated[1] <= height:
        width, height = stated  # libav believes the container where only padding is in question
    if (left or top) and stated != (width, height):
        raise Unsure("container and codec differ in size")
    return number, Picture(width, height, _pix_fmt(chroma, depth, full=full), transfer, signalled)


def _scaling_lists(bits: Bits, count: int) -> None:
    for index in range(count):
        if bits.flag():
            last = following = 8
            for _ in range(16 if index < 6 else 64):
                if following:
                    following = (last + bits.se()) & 255
                last = following or last


def _h264_vui(bits: Bits) -> tuple[bool | None, int | None, int | None]:
    """Full range, transfer and matrix, each None if it is not said."""
    if bits.flag() and (aspect := bits.u(8)) > 16:
        if aspect != 255:
            raise Unsure(_DAMAGED)  # libav refuses it
        bits.skip(32)
    full, transfer, matrix = _signal(bits)
    if bits.flag():
        bits.skip(65)
    nal, vcl = bits.flag() and _hrd(bits), bits.flag() and _hrd(bits)
    if nal or vcl:
        bits.flag()
    bits.flag()
    if bits.flag():
        bits.flag()
        for _ in range(6):
            bits.ue(65535)
    return full, transfer, matrix


def _signal(bits: Bits) -> tuple[bool | None, int | None, int | None]:
    """What the VUI of H.264 and HEVC have alike: overscan, full range, transfer and matrix, where chroma lies."""
    full = transfer = matrix = None
    if bits.flag():
        bits.flag()
    if bits.flag():
        bits.skip(3)
        full = bits.flag()
        if bits.flag():
            bits.skip(8)
            transfer, matrix = bits.u(8), bits.u(8)
    if bits.flag():
        bits.ue(5), bits.ue(5)
    return full, transfer, matrix


def _hrd(bits: Bits) -> bool:
    count = bits.ue(31) + 1
    bits.skip(8)
    for _ in range(count):
        bits.ue(1 << 32), bits.ue(1 << 32), bits.flag()
    bits.skip(20)
    return True


def _h264_pps(unit: bytes, number: int) -> None:
    """A picture parameter set that libav would refuse leaves every frame undecoded."""
    if unit[0] & 0x9F != 8:
        raise Unsure(_DAMAGED)
    bits = Bits.escaped(unit[1:])
    bits.ue(255)
    if bits.ue(31) != number:
        raise Unsure(_DAMAGED)
    bits.skip(2)
    if bits.ue(7):
        raise Unsure("slice groups")
    bits.ue(31), bits.ue(31)
    bits.skip(1)
    if bits.u(2) == 3:
        raise Unsure(_DAMAGED)
    for _ in range(3):
        if not -26 <= bits.se() <= 26:
            raise Unsure(_DAMAGED)
    bits.skip(3)
    if bits.text.rfind("1") > bits.at:  # more than the closing bit: the High profiles' part
        transform = bits.flag()
        if bits.flag():
            _scaling_lists(bits, 6 + 2 * transform)
        bits.se()
    bits.must_end()


def must_be_units(frame: Bytes, widths: int) -> None:
    """A first frame of H.264 or HEVC is a row of units with their lengths; without one libav knows no pixel format."""
    width = (widths & 3) + 1
    at = 0
    for _ in range(4):
        head = frame(at, width + 1)
        if not head and at:
            return
        length = int.from_bytes(head[:width], "big")
        if len(head) <= width or head[width] & 0x80 or length < 2 or not frame(at + width + length - 1, 1):
            raise Unsure("the first frame is damaged")
        at += width + length
        if length > _LONG_UNIT:  # a slice; what follows it would be another look at the disk
            return


# ---- HEVC ------------------------------------------------------------------------------------------------------

_VPS, _SPS, _PPS = _SETS = (32, 33, 34)


@lru_cache(_KEPT)
def hevc(hvcc: bytes) -> Picture:
    """Read ``hvcC``: libav takes size, format and transfer from its SPS."""
    if len(hvcc) < 23 or hvcc[0] != 1:
        raise Unsure("no HEVC configuration")
    units: dict[int, list[bytes]] = {}
    at = 23
    for _ in range(hvcc[22]):
        if at + 3 > len(hvcc):
            raise Unsure(_DAMAGED)
        found, at_next = _units16(hvcc, at + 3, int.from_bytes(hvcc[at + 1 : at + 3], "big"))
        kind = hvcc[at] & 63
        if any(unit[0] >> 1 != kind or (kind in _SETS and (unit[0] & 1 or unit[1] != 1)) for unit in found):
            raise Unsure(_DAMAGED)
        units.setdefault(kind, []).extend(found)
        at = at_next
    if not all(units.get(kind) for kind in _SETS):
        raise Unsure("parameter sets are in the frames")
    if len(units[_SPS]) != 1 or len(units[_VPS]) != 1:
        raise Unsure("several parameter sets")
    video = _hevc_vps(units[_VPS][0])
    number, wanted, picture = _hevc_sps(units[_SPS][0])
    if wanted != video:
        raise Unsure(_DAMAGED)
    for unit in units[_PPS]:
        bits = Bits.escaped(unit[2:])
        if bits.ue(63) > 63 or bits.ue(15) != number:
            raise Unsure(_DAMAGED)
    return picture


def _hevc_vps(unit: bytes) -> int:
    bits = Bits.escaped(unit[2:])
    number = bits.u(4)
    bits.skip(8)
    layers = bits.u(3)
    bits.skip(1)
    if layers > 6 or bits.u(16) != 0xFFFF:
        raise Unsure(_DAMAGED)
    _tiers(bits, layers)
    for _ in range(layers + 1 if bits.flag() else 1):
        bits.ue(15), bits.ue(16), bits.ue()
    most, sets = bits.u(6) + 1, bits.ue(1023)
    bits.skip(most * sets)
    if bits.flag():
        bits.skip(64)
        if bits.flag():
            bits.ue()
        if bits.ue(sets + 1):
            return number  # buffer models follow
    if not bits.flag():
        bits.must_end()
    return number


def _hevc_sps(unit: bytes) -> tuple[int, int, Picture]:
    bits = Bits.escaped(unit[2:])
    video, layers = bits.u(4), bits.u(3)
    bits.skip(1)
    if layers > 6:
        raise Unsure(_DAMAGED)
    _tiers(bits, layers)
    number = bits.ue(15)
    chroma = bits.ue(3)
    if chroma == 3 and bits.flag():
        raise Unsure("separate colour planes")
    width, height = bits.ue(_MOST_SIDE), bits.ue(_MOST_SIDE)
    if bits.flag():
        x, y = (2 if chroma in (1, 2) else 1), (2 if chroma == 1 else 1)
        width -= x * (bits.ue(_MOST_SIDE) + bits.ue(_MOST_SIDE))
        height -= y * (bits.ue(_MOST_SIDE) + bits.ue(_MOST_SIDE))
    depth = 8 + bits.ue(8)
    if 8 + bits.ue(8) != depth:
        raise Unsure("an odd bit depth")
    order_bits = 4 + bits.ue(12)
    for _ in range(layers + 1 if bits.flag() else 1):
        bits.ue(15), bits.ue(16), bits.ue()
    smallest = 3 + bits.ue(3)
    largest = smallest + bits.ue(3)
    transform = 2 + bits.ue(3)
    if not 4 <= largest <= 6 or transform >= smallest or transform + bits.ue(3) > min(largest, 5):
        raise Unsure(_DAMAGED)
    bits.ue(4), bits.ue(4)
    if bits.flag() and bits.flag():
        _hevc_scaling(bits, chroma)
    bits.skip(2)
    if bits.flag():
        bits.skip(8)
        bits.ue(2), bits.ue(2)
        bits.skip(1)
    _hevc_reference_sets(bits)
    if bits.flag():
        for _ in range(bits.ue(32)):
            bits.skip(order_bits + 1)
    bits.skip(2)
    full, transfer, matrix = _hevc_vui(bits, layers) if bits.flag() else (False, _UNSPECIFIED, _UNSPECIFIED)
    if bits.flag():
        ranges, others = bits.flag(), bits.u(7)
        if others:
            raise Unsure("an HEVC extension")
        bits.skip(9 * ranges)
    bits.must_end()
    if matrix in (0, 8) and chroma == 3:
        raise Unsure(_RGB)
    pix_fmt = _pix_fmt(chroma, depth, full=full and chroma == 1)
    return number, video, Picture(*_sized(width, height), pix_fmt, transfer, signalled=True)


def _tiers(bits: Bits, layers: int) -> None:
    bits.skip(96)
    present = [(bits.flag(), bits.flag()) for _ in range(layers)]
    if layers:
        bits.skip(2 * (8 - layers))
    for profile, level in present:
        bits.skip(88 * profile + 8 * level)


def _hevc_scaling(bits: Bits, chroma: int) -> None:
    for size in range(4):
        for _ in range(0, 6, 3 if size == 3 else 1):
            if not bits.flag():
                bits.ue(5)
                continue
            if size > 1:
                bits.se()
            for _ in range(min(64, 1 << (4 + 2 * size))):
                bits.se()


def _hevc_reference_sets(bits: Bits) -> None:
    count = bits.ue(64)
    pictures = 0  # of the set before
    for index in range(count):
        if index and bits.flag():
            bits.flag(), bits.ue(32767)
            kept = 0
            for _ in range(pictures + 1):
                kept += bits.flag() or bits.flag()
            pictures = kept
        else:
            before, after = bits.ue(16), bits.ue(16)
            pictures = before + after
            for _ in range(pictures):
                bits.ue(32767), bits.flag()


def _hevc_vui(bits: Bits, layers: int) -> tuple[bool, int, int]:
    if bits.flag() and bits.u(8) == 255:
        bits.skip(32)
    full, transfer, matrix = _signal(bits)
    bits.skip(1)
    if bits.flag():
        raise Unsure("pictures are fields")
    bits.skip(1)
    if bits.flag():
        raise Unsure("a display window")
    if transfer in (14, 15):
        # a broadcast may say BT.2020 here for old receivers and HLG in a message beside its frames
        raise Unsure("transfer may be told in the frames")
    if bits.flag():
        bits.skip(64)
        if bits.flag():
            bits.ue()
        if bits.flag():
            _hevc_hrd(bits, layers)
    if bits.flag():
        bits.skip(3)
        for _ in range(5):
            bits.ue(65535)
    unsaid = _UNSPECIFIED
    return bool(full), unsaid if transfer is None else transfer, unsaid if matrix is None else matrix


def _hevc_hrd(bits: Bits, layers: int) -> None:
    models = bits.u(1) + bits.u(1)
    parts = False
    if models:
        parts = bits.flag()
        bits.skip(19 + 8 + 4 + 15 if parts else 8 + 15)
    for _ in range(layers + 1):
        fixed = bits.flag() or bits.flag()
        low = False
        if fixed:
            bits.ue()
        else:
            low = bits.flag()
        count = 1 if low else bits.ue(31) + 1
        for _ in range(models * count):
            for _ in range(4 if parts else 2):
                bits.ue(1 << 32)
            bits.skip(1)


# ---- AV1, VP9, VP8 ---------------------------------------------------------------------------------------------


@lru_cache(_KEPT)
def av1(av1c: bytes) -> Picture:
    """Read the sequence header in ``av1C``."""
    if len(av1c) < 7 or av1c[0] != 0x81:
        raise Unsure("no AV1 configuration")
    kind, at = av1c[4], 5 + (av1c[4] >> 2 & 1)
    if kind >> 3 != 1 or not kind & 2 or av1c[at] > 127:
        raise Unsure("no AV1 sequence header")
    header = av1c[at + 1 : at + 1 + av1c[at]]
    if len(header) < av1c[at]:
        raise Unsure(_DAMAGED)
    bits = Bits(header)
    profile = bits.u(3)
    bits.skip(1)
    reduced = bits.flag()
    if profile > 2 or profile != av1c[1] >> 5 or reduced:
        raise Unsure("an odd AV1 profile")
    _av1_points(bits)
    wide, high = bits.u(4) + 1, bits.u(4) + 1
    width, height = _sized(bits.u(wide) + 1, bits.u(high) + 1)
    if bits.flag():
        bits.skip(7)
    bits.skip(7)
    ordered = bits.flag()
    if ordered:
        bits.skip(2)
    screen = 2 if bits.flag() else bits.u(1)
    if screen and not bits.flag():
        bits.skip(1)
    if ordered:
        bits.skip(3)
    bits.skip(3)
    pix_fmt, transfer = _av1_colours(bits, profile)
    bits.skip(2)
    bits.must_end()
    return Picture(width, height, pix_fmt, transfer, signalled=True)


def _av1_points(bits: Bits) -> None:
    if bits.flag():
        raise Unsure("AV1 timing")
    delays = bits.flag()
    for _ in range(bits.u(5) + 1):
        bits.skip(12)
        if bits.u(5) > 7:
            bits.skip(1)
        if delays and bits.flag():
            bits.skip(4)


def _av1_colours(bits: Bits, profile: int) -> tuple[str, int]:
    depth = 10 if bits.flag() else 8
    if profile == 2 and depth == 10 and bits.flag():
        depth = 12
    if profile != 1 and bits.flag():
        raise Unsure("no colours")
    _, transfer, matrix = (bits.u(8), bits.u(8), bits.u(8)) if bits.flag() else (2, 2, 2)
    if matrix == 0:
        raise Unsure(_RGB)
    bits.skip(1)
    across, down = {0: (1, 1), 1: (0, 0), 2: (1, 0)}[profile]
    if profile == 2 and depth == 12:
        across = bits.u(1)
        down = bits.u(1) if across else 0
    if across and down:
        bits.skip(2)
    return _pix_fmt({(1, 1): 1, (1, 0): 2, (0, 0): 3}[across, down], depth), transfer


def vp9_config(vpcc: bytes, stated: tuple[int, int]) -> Picture:
    """Read ``vpcC`` (version 1), which holds no size."""
    if len(vpcc) < 12 or vpcc[0] != 1 or vpcc[4] > 3:
        raise Unsure("no VP9 configuration")
    depth, chroma = vpcc[6] >> 4, vpcc[6] >> 1 & 7
    if (vpcc[4] in (0, 1)) != (depth == 8) or (vpcc[4] in (0, 2)) != (chroma in (0, 1)) or vpcc[9] == 0:
        raise Unsure("an odd VP9 configuration")
    return Picture(*stated, _pix_fmt({0: 1, 1: 1, 2: 2, 3: 3}.get(chroma, 9), depth))


def vp9_frame(frame: bytes) -> Picture:
    """Read the first key frame's uncompressed header; the transfer is the container's to tell."""
    bits = Bits(frame[:24])
    if bits.u(2) != 2:
        raise Unsure("no VP9 frame")
    profile = bits.u(1) + 2 * bits.u(1)
    if (profile == 3 and bits.flag()) or bits.flag() or bits.flag():
        raise Unsure("the first frame is no key frame")
    bits.skip(2)
    if bits.u(24) != 0x498342:
        raise Unsure("no VP9 frame")
    depth = (12 if bits.flag() else 10) if profile >= 2 else 8
    if bits.u(3) == 7:
        raise Unsure(_RGB)
    bits.skip(1)
    across = down = 1
    if profile in (1, 3):
        across, down = bits.u(1), bits.u(1)
        if bits.flag() or (across, down) in ((1, 1), (0, 1)):
            raise Unsure("odd chroma")
    chroma = {(1, 1): 1, (1, 0): 2, (0, 0): 3}[across, down]
    width, height = bits.u(16) + 1, bits.u(16) + 1
    return Picture(*_sized(width, height), _pix_fmt(chroma, depth))


def vp8_frame(frame: bytes) -> Picture:
    """Read the first key frame's header; VP8 knows one pixel format."""
    if len(frame) < 10 or frame[0] & 1 or frame[0] >> 1 & 7 > 3 or frame[3:6] != b"\x9d\x01\x2a":
        raise Unsure("the first frame is no key frame")
    width, height = int.from_bytes(frame[6:8], "little") & 0x3FFF, int.from_bytes(frame[8:10], "little") & 0x3FFF
    return Picture(*_sized(width, height), "yuv420p")


# ---- MPEG-4 and MPEG-2 -----------------------------------------------------------------------------------------


def mpeg4(data: bytes) -> Picture:
    """Find the video object layer in a configuration or a first frame (Xvid and DivX write it in front of one)."""
    at = -1
    layer = next((n for n in range(0x20, 0x30) if (at := data.find(bytes((0, 0, 1, n)))) >= 0), None)
    if layer is None:
        raise Unsure("no MPEG-4 video object layer")
    profile = data.find(b"\0\0\1\xb0")
    if profile >= 0 and 0xE1 <= data[profile + 4] <= 0xE8:
        raise Unsure("a studio profile")
    bits = Bits(data[at + 4 : at + 100])
    bits.skip(9)
    version = 1
    if bits.flag():
        version = bits.u(4)
        bits.skip(3)
    if bits.u(4) == 15:
        bits.skip(16)
    if bits.flag():
        if bits.u(2) != 1:
            raise Unsure("odd chroma")
        bits.skip(1)
        if bits.flag():
            bits.skip(79)
    if bits.u(2) or not bits.flag():
        raise Unsure("an odd MPEG-4 shape")
    ticks = bits.u(16)
    if not ticks or not bits.flag():
        raise Unsure(_DAMAGED)
    if bits.flag():
        bits.skip(max((ticks - 1).bit_length(), 1))
    if not bits.flag():
        raise Unsure(_DAMAGED)
    width = bits.u(13)
    if not bits.flag():
        raise Unsure(_DAMAGED)
    height = bits.u(13)
    if not bits.flag():
        raise Unsure(_DAMAGED)
    bits.skip(1)
    if not bits.flag() or (bits.u(1 if version == 1 else 2)):
        raise Unsure("MPEG-4 sprites")
    return Picture(*_sized(width, height), "yuv420p")


def mpeg2(private: bytes) -> Picture:
    """Read the sequence header and its extension."""
    at, more = private.find(b"\0\0\1\xb3"), private.find(b"\0\0\1\xb5")
    if at < 0 or more < at or len(private) < more + 10:
        raise Unsure("no MPEG-2 sequence header")
    sizes = Bits(private[at + 4 : at + 7])
    width, height = sizes.u(12), sizes.u(12)
    bits = Bits(private[more + 4 : more + 10])
    if bits.u(4) != 1:
        raise Unsure("no MPEG-2 sequence extension")
    bits.skip(9)
    chroma = bits.u(2)
    width, height = width + (bits.u(2) << 12), height + (bits.u(2) << 12)
    return Picture(*_sized(width, height), _pix_fmt(chroma, 8))
