"""Whatever the bytes: an answer or a reason, within bounds; and what is certain of damaged bytes ffprobe says too."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediaorg.rules.headers import Header, read_header
from mediaorg.rules.headers.window import HEAD
from mediaorg.rules.probe_row import probe_row
from tests.rules.headers import corpus
from tests.rules.headers.test_agreement import differences

SAMPLES = Path(__file__).parents[3] / "data" / "samples"
NAMES = (
    "clip_002_h264_aac_titled.mkv",
    "clip_007_hevc10_two_languages.mkv",
    "clip_010_vp9_opus.webm",
    "clip_005_h264_aac.mp4",
    "clip_015_h264_cover.mp4",
    "clip_026_hevc_upright.mov",
    "clip_003_mpeg4_mp3.avi",
)
MOST_READS, MOST_BYTES = 7000, 5 << 20
WORST = [0, 1, 0x7F, 0x80, 0xFF]
NUMBERS = [0xFFFFFFFFFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 1 << 32, 1 << 31, 1 << 16, 1]


def watched(data: bytes) -> Header:
    """Read by a fake that counts, and refuses what lies outside the file."""
    reads = total = 0

    def read(offset: int, length: int) -> bytes:
        nonlocal reads, total
        reads, total = reads + 1, total + length
        assert 0 <= offset <= len(data)
        assert 0 <= length <= max(HEAD, 1 << 20)
        return data[offset : offset + length]

    said = read_header(read, len(data))
    assert reads <= MOST_READS
    assert total <= MOST_BYTES
    assert (said.probe is None) == bool(said.why)
    return said


def header_of(data: bytes) -> tuple[int, int]:
    """Where the headers lie: what damage to frames does is not a header's to know."""
    if data[4:8] == b"ftyp":
        at = data.find(b"moov") - 4
        return at, at + int.from_bytes(data[at : at + 4], "big")
    if data[:4] == b"RIFF":
        return 0, data.find(b"movi") + 16
    return 0, data.find(b"\x1f\x43\xb6\x75") + 16


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few flips, zeroed runs, extreme numbers, or a hole or a stranger in their headers."""
    harmed = bytearray(data)
    first, last = header_of(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at = chance.randrange(first, min(last, len(harmed)))
        width = chance.choice((2, 4, 8))
        new = {
            0: bytes([harmed[at] ^ 1 << chance.randrange(8)]),
            1: bytes([chance.randrange(256)]),
            2: bytes([chance.choice(WORST)]),
            3: bytes(chance.randrange(1, 24)),
            4: chance.randbytes(chance.randrange(1, 5)),
            5: (chance.choice(NUMBERS) & (1 << 8 * width) - 1).to_bytes(width, "big"),
        }[chance.randrange(6)]
        harmed[at : at + len(new)] = new[: len(harmed) - at]
    if chance.random() < 0.1:
        at = chance.randrange(first, last)
        harmed[at : at + chance.choice((0, 1, 8))] = chance.randbytes(chance.choice((0, 1, 8)))
    return bytes(harmed)


@pytest.mark.parametrize("name", NAMES)
def test_every_cut_of_a_header_gives_an_answer_or_a_reason(name):
    data = (SAMPLES / name).read_bytes()
    whole = watched(data).probe
    assert whole is not None
    first, last = header_of(data)
    for end in [*range(min(2048, len(data))), *range(first, min(last, first + 2048))]:
        cut = watched(data[:end])
        assert cut.probe is None or cut.cut


@pytest.mark.parametrize("name", NAMES)
def test_every_byte_of_a_header_may_be_wrong(name):
    data = (SAMPLES / name).read_bytes()
    first, last = header_of(data)
    for at in range(first, min(last, first + 1500)):
        for worst in (0, 0xFF):
            watched(data[:at] + bytes([worst]) + data[at + 1 :])


@given(st.sampled_from(NAMES), st.integers(0, 1 << 32))
@settings(max_examples=300, deadline=None)
def test_damage_is_an_answer_or_a_reason(name, seed):
    watched(damaged((SAMPLES / name).read_bytes(), random.Random(seed)))


MAGIC = st.sampled_from(
    [
        b"",
        b"\x1a\x45\xdf\xa3",
        b"\0\0\0\x10ftypisom",
        b"RIFF\xff\xff\0\0AVI LIST",
        b"\0\0\0\x08moov",
        b"\x1a\x45\xdf\xa3\x80",
    ]
)


@given(MAGIC, st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes_at_all_are_an_answer_or_a_reason(magic, rest):
    watched(magic + rest)


def nested(kind: bytes, depth: int) -> bytes:
    data = b""
    for _ in range(depth):
        data = (8 + len(data)).to_bytes(4, "big") + kind + data
    return data


@pytest.mark.parametrize(
    "data",
    [
        b"\0\0\0\x08free" * 20000,
        b"\0\0\0\x08ftyp" + nested(b"moov", 3000),
        b"\0\0\0\x08ftyp" + (8 + 8 * 9000).to_bytes(4, "big") + b"moov" + b"\0\0\0\x08trak" * 9000,
        b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska\x18\x53\x80\x67\x08\0\0\0\0" + b"\xec\x80" * 50000,
        b"RIFF" + (1 << 20).to_bytes(4, "little") + b"AVI " + b"JUNK\0\0\0\0" * 100000,
    ],
    ids=["boxes", "depth", "tracks", "elements", "chunks"],
)
def test_endless_structures_end_soon(data):
    assert watched(data).probe is None


def test_a_number_in_a_file_allocates_nothing():
    """A table of four thousand million samples is a lie of eight bytes."""
    data = (SAMPLES / "clip_005_h264_aac.mp4").read_bytes()
    at = data.find(b"stsz") + 12
    assert watched(data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :]).probe is None


def certain(clips, seed: int, count: int) -> Iterator[tuple[str, bytes, Header]]:
    """Damaged clips of which the header is still certain, and that are not known to be cut."""
    chance = random.Random(seed)
    # tables of more than some thousand samples are not read, so that damage to one is not seen
    names = sorted(
        name for name in clips if read_whole(clips[name].data) and not name.startswith(("long.", "long_faststart."))
    )
    for _ in range(count):
        name = chance.choice(names)
        data = damaged(clips[name].data, chance)
        said = watched(data)
        if said.probe is not None and not said.cut:
            yield name, data, said


def read_whole(data: bytes) -> bool:
    return watched(data).probe is not None


@pytest.mark.slow
@pytest.mark.ffprobe
@pytest.mark.timeout(1800)
def test_what_is_certain_of_damaged_headers_ffprobe_says_too(clips, tmp_path):
    asked, wrong = 0, []
    found = certain(clips, seed=20240229, count=20_000)
    while batch := [one for one, _ in zip(found, range(100), strict=False)]:
        paths = [tmp_path / f"{number}" for number in range(len(batch))]
        for path, (_, data, _) in zip(paths, batch, strict=True):
            path.write_bytes(data)
        for answer, (name, _, said) in zip(corpus.referee(paths), batch, strict=True):
            asked += 1
            if fields := differences(said.probe, probe_row(answer)):
                wrong.append((name, fields))
    assert asked > 5000
    assert len(wrong) <= asked / 1000, "\n".join(map(str, [asked, *wrong]))
