"""Make the messy sample collection anew: its clips, and `samples.csv`, the one table of their names and their truth.

Run it where the ffmpeg program is installed: ``python data/make_samples.py``. The clips are kept in the repository,
so nobody needs to; it is here to say how they came to be, and to make more.

A clip is real and tiny. Its frame has the size it says, its length is that of a film or an episode, but the picture
is flat and comes once in half a minute, and the sound is a moment of silence: a film of 95 minutes takes 20 KB.
What the table says of a clip is what was asked of ffmpeg here; the tests hold it against what ffprobe then finds.
"""

import csv
import shutil
import subprocess
import tempfile
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from mediaorg.collection import COLUMNS
from mediaorg.schema import from_path

SAMPLES = Path(__file__).parent / "samples"
MINUTE = 60


@dataclass(frozen=True)
class Sound:
    """An audio stream; `seconds` of silence."""

    codec: str = "aac"
    channels: int = 2
    language: str = "und"
    seconds: float = 1


@dataclass(frozen=True)
class Clip:
    """What is asked of ffmpeg, in ffprobe's words; `size` is the coded frame, before rotation."""

    name: str
    codec: str | None = "h264"
    size: tuple[int, int] = (1920, 1080)
    seconds: float = 2
    rate: str = "5"
    sounds: tuple[Sound, ...] = (Sound(),)
    subtitles: tuple[str, ...] = ()
    chapters: int = 0
    title: str = ""
    cover: bool = False
    rotated: bool = False
    creation_time: str = ""
    hdr: bool = False


SPARSE = "1/30"  # a frame in half a minute
CLIPS = (
    # episodes
    Clip("clip_001_h264_aac.mkv", seconds=44 * MINUTE, rate=SPARSE, sounds=(Sound(language="eng"),), subtitles=("eng",)),
    Clip("clip_002_h264_aac_titled.mkv", seconds=43 * MINUTE, rate=SPARSE, title="Harbour Lights - The Ferry", chapters=3),
    Clip("clip_003_mpeg4_mp3.avi", "mpeg4", (640, 480), 22 * MINUTE, SPARSE, (Sound("mp3"),)),
    Clip("clip_004_mpeg4_ac3.avi", "mpeg4", (624, 352), 21 * MINUTE, SPARSE, (Sound("ac3", seconds=0.3),)),
    Clip("clip_005_h264_aac.mp4", size=(1280, 720), seconds=50 * MINUTE, rate=SPARSE, sounds=(Sound(language="eng"),)),
    Clip("clip_006_hevc_eac3.mkv", "hevc", (1920, 1080), 58 * MINUTE, SPARSE, (Sound("eac3", 6, "eng", 0.2),)),
    Clip(
        "clip_007_hevc10_two_languages.mkv", "hevc", (1280, 720), 24 * MINUTE, SPARSE,
        (Sound("flac", 2, "jpn"), Sound("aac", 2, "eng")), ("eng", "ger"),
    ),
    Clip("clip_008_mpeg2_mp2.ts", "mpeg2video", (720, 576), 2, "25", (Sound("mp2", 2, "ger"),)),
    Clip("clip_009_h264_ac3.ts", size=(1920, 1080), seconds=3, rate="25", sounds=(Sound("ac3", 2, "eng", 0.3),)),
    Clip("clip_010_vp9_opus.webm", "vp9", (1280, 720), 12 * MINUTE, SPARSE, (Sound("opus"),)),
    # films
    Clip("clip_011_h264_ac3.mkv", seconds=95 * MINUTE, rate=SPARSE, sounds=(Sound("ac3", 6, "eng", 0.2),), chapters=8),
    Clip(
        "clip_012_hevc_hdr10.mkv", "hevc", (3840, 2160), 121 * MINUTE, "1/60",
        (Sound("eac3", 6, "eng", 0.2), Sound("aac", 2, "fre")), ("eng", "fre"), 5, hdr=True,
    ),
    Clip(
        "clip_013_h264_scope.mkv", size=(1920, 800), seconds=104 * MINUTE, rate=SPARSE,
        sounds=(Sound("aac", 2, "eng"), Sound("aac", 2, "spa")), subtitles=("eng", "spa", "por"),
    ),
    Clip("clip_014_av1_opus.mkv", "av1", (1920, 1080), 98 * MINUTE, SPARSE, (Sound("opus", 2, "eng"),)),
    Clip("clip_015_h264_cover.mp4", seconds=88 * MINUTE, rate=SPARSE, cover=True, title="The Cartographer", chapters=4),
    Clip("clip_016_h264_cover.mkv", seconds=91 * MINUTE, rate=SPARSE, cover=True),
    Clip("clip_017_mpeg4_mp3.avi", "mpeg4", (720, 304), 52 * MINUTE, SPARSE, (Sound("mp3"),)),
    Clip("clip_018_h264_silent.mkv", size=(1440, 1080), seconds=94 * MINUTE, rate=SPARSE, sounds=()),
    Clip("clip_019_h264_aac.m4v", size=(1280, 534), seconds=110 * MINUTE, rate=SPARSE, subtitles=("eng",)),
    Clip("clip_020_hevc_aac.mp4", "hevc", (3840, 2160), 101 * MINUTE, "1/60", (Sound("aac", 2, "ger"),)),
    # extras
    Clip("clip_021_h264_trailer.mp4", size=(1920, 1080), seconds=135, rate="1/5"),
    Clip("clip_022_h264_featurette.mkv", size=(1280, 720), seconds=11 * MINUTE, rate=SPARSE),
    Clip("clip_023_vp9_opus.webm", "vp9", (640, 360), 95, "1/5", (Sound("opus"),)),
    Clip("clip_024_h264_sample.mkv", seconds=30, rate="1"),
    # cameras
    Clip("clip_025_h264_upright.mp4", seconds=3, sounds=(Sound("aac", 1, seconds=3),), rotated=True,
         creation_time="2023-07-14T16:30:15.000000Z"),
    Clip("clip_026_hevc_upright.mov", "hevc", (1920, 1080), 2, "5", (Sound("aac", 1, seconds=2),), rotated=True,
         creation_time="2021-12-24T18:02:41.000000Z"),
    Clip("clip_027_h264_pcm.mov", size=(1280, 720), sounds=(Sound("pcm_s16le", 1, seconds=0.25),)),
    Clip("clip_028_h264_aac.mp4", size=(1920, 1080), seconds=2, sounds=(Sound("aac", 1, seconds=2),)),
    Clip("clip_029_hevc_2160.mp4", "hevc", (3840, 2160), 3, "5", sounds=()),
    Clip("clip_030_mpeg4_pcm.avi", "mpeg4", (640, 480), 2, "5", (Sound("pcm_u8", 1, seconds=0.5),)),
    Clip("clip_031_h264_small.mp4", size=(320, 180), seconds=1),
    # no picture
    Clip("clip_032_aac_only.mp4", None, seconds=3, sounds=(Sound(seconds=3),)),
    Clip("clip_033_song.mp3", None, seconds=2, sounds=(Sound("mp3", seconds=2),)),
)  # fmt: skip

ENCODERS = {
    "h264": "-c:v libx264 -preset veryslow -pix_fmt yuv420p",
    "hevc": "-c:v libx265 -preset fast -pix_fmt yuv420p -tag:v hvc1",
    "mpeg4": "-c:v mpeg4 -q:v 31 -mbd rd -g 60",
    "mpeg2video": "-c:v mpeg2video -q:v 9 -g 25",
    "vp9": "-c:v libvpx-vp9 -deadline realtime -cpu-used 8",
    "av1": "-c:v libaom-av1 -usage realtime -cpu-used 8 -enc_time_base:v 1/1000",
    "aac": "-c:a aac -b:a 32k",
    "mp3": "-c:a libmp3lame -b:a 32k",
    "mp2": "-c:a mp2 -b:a 64k",
    "ac3": "-c:a ac3 -b:a 128k",
    "eac3": "-c:a eac3 -b:a 128k",
    "opus": "-c:a libopus -b:a 16k",
    "flac": "-c:a flac",
    "pcm_s16le": "-c:a pcm_s16le",
    "pcm_u8": "-c:a pcm_u8",
}
HDR10 = (
    ":hdr10=1:repeat-headers=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:max-cll=1000,400"
    ":master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
)
SUBTITLE = "1\n00:00:00,500 --> 00:00:01,500\nThe tide is late.\n"


# ---- clips -----------------------------------------------------------------------------------------------------


def make_clip(clip: Clip, number: int, desk: Path) -> None:
    """Have ffmpeg write `clip` into the samples; `desk` is a folder for what it needs on the way."""
    inputs: list[str] = []
    maps: list[str] = []
    codecs: list[str] = []

    def stream(*source: str) -> None:
        inputs.extend(source)
        maps.extend(["-map", str(inputs.count("-i") - 1)])

    if clip.codec:
        stream("-f", "lavfi", "-i", picture(clip, number))
        codecs += video_options(clip)
    for index, sound in enumerate(clip.sounds):
        layout = {1: "mono", 2: "stereo", 6: "5.1"}[sound.channels]
        hertz = 48000 if sound.codec in ("ac3", "eac3", "opus", "mp2", "mp3") else 16000
        stream("-f", "lavfi", "-t", str(sound.seconds), "-i", f"anullsrc=channel_layout={layout}:sample_rate={hertz}")
        codecs += ENCODERS[sound.codec].replace(":a ", f":a:{index} ").split()
        codecs += [f"-metadata:s:a:{index}", f"language={sound.language}"]
    for index, language in enumerate(clip.subtitles):
        stream("-i", str(desk / "subtitle.srt"))
        codecs += [f"-c:s:{index}", "srt" if clip.name.endswith(".mkv") else "mov_text"]
        codecs += [f"-metadata:s:s:{index}", f"language={language}"]
    if clip.cover and clip.name.endswith(".mkv"):
        codecs += ["-attach", str(SAMPLES / "poster.jpg"), "-metadata:s:t", "mimetype=image/jpeg"]
        codecs += ["-metadata:s:t", "filename=cover.jpg"]
    elif clip.cover:
        stream("-i", str(SAMPLES / "poster.jpg"))
        codecs += ["-c:v:1", "copy", "-disposition:v:1", "attached_pic"]
    if clip.chapters:
        inputs += ["-i", str(chapter_file(clip, desk))]
        codecs += ["-map_chapters", str(inputs.count("-i") - 1)]
    for tag in ("title", "creation_time"):
        if getattr(clip, tag):
            codecs += ["-metadata", f"{tag}={getattr(clip, tag)}"]
    if clip.name.endswith(".avi"):
        codecs += ["-avoid_negative_ts", "disabled"]  # the start of an mp3 would shift the picture by a frame
    # bitexact: no version, no random ids, so that making them again changes as little as may be
    exact = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"]
    ffmpeg(*inputs, *maps, *exact, *codecs, "-y", str(SAMPLES / clip.name))
    if clip.rotated:
        turn(SAMPLES / clip.name, clip.size)


def ffmpeg(*arguments: str) -> None:
    """Run the ffmpeg program; what it says is shown only if it fails."""
    subprocess.run(["ffmpeg", "-hide_banner", "-loglevel", "error", *arguments], check=True)


def picture(clip: Clip, number: int) -> str:
    """Name ffmpeg's source of a flat picture with one box, so that thumbnails differ and bytes are few."""
    width, height = clip.size
    colour, box = f"0x{(number * 0x2F5B17) % 0x1000000:06x}", f"0x{(number * 0x9E3779 + 0x808080) % 0x1000000:06x}"
    left, top, wide, high = (
        size // 16 * 16 for size in ((number * 7 % 10) * width // 20, height // 4, width // 4, height // 2)
    )
    flat = f"color=c={colour}:s={width}x{height}:r={clip.rate}:d={clip.seconds}"
    return f"{flat},drawbox=x={left}:y={top}:w={wide}:h={high}:c={box}:t=fill"


def video_options(clip: Clip) -> list[str]:
    """Give ffmpeg's options for the picture of `clip`."""
    assert clip.codec is not None
    options = ENCODERS[clip.codec].replace("-c:v", "-c:v:0").split()
    options += ["-frames:v:0", str(int(clip.seconds * Fraction(clip.rate)))]  # avi would be given one more
    if clip.codec == "hevc":
        options += ["-x265-params", "log-level=none:info=0" + (HDR10 if clip.hdr else "")]
    if clip.hdr or "hevc10" in clip.name:
        options[options.index("-pix_fmt") + 1] = "yuv420p10le"
    if clip.hdr:
        options += ["-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc"]
    if clip.name.endswith((".mp4", ".m4v", ".mov")):
        options += ["-movflags", "+faststart"]
    else:
        options = [option for option in options if option not in ("-tag:v", "hvc1")]
    return options


def chapter_file(clip: Clip, desk: Path) -> Path:
    """Write the chapter marks of `clip`, equally long, in ffmpeg's own text form."""
    length = int(clip.seconds * 1000) // clip.chapters
    marks = [
        f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={n * length}\nEND={(n + 1) * length}\ntitle=Chapter {n + 1}\n"
        for n in range(clip.chapters)
    ]
    file = desk / "chapters.txt"
    file.write_text(";FFMETADATA1\n" + "".join(marks))
    return file


def turn(file: Path, size: tuple[int, int]) -> None:
    """Say in the first track header that the picture is shown turned by 90°, as a phone held upright does.

    The matrix stands 40 bytes after the word tkhd (ISO/IEC 14496-12, 8.3.2, version 0).
    """
    content = bytearray(file.read_bytes())
    matrix = (0, 0x10000, 0, -0x10000, 0, 0, size[1] << 16, 0, 0x40000000)
    start = content.index(b"tkhd") + 4 + 40
    content[start : start + 36] = b"".join(number.to_bytes(4, "big", signed=True) for number in matrix)
    file.write_bytes(content)


def make_others() -> None:
    """Write what is no clip: subtitles, nfo, pictures, text, and the broken ones, cut from whole clips."""
    (SAMPLES / "subtitle.srt").write_text(SUBTITLE)
    (SAMPLES / "subtitle.ass").write_text(
        "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\nStyle: Default,Sans,20\n\n"
        "[Events]\nFormat: Start, End, Style, Text\nDialogue: 0:00:00.50,0:00:01.50,Default,The tide is late.\n"
    )
    (SAMPLES / "film.nfo").write_text("<movie><title>The Glass Harbor</title><year>2009</year></movie>\n")
    (SAMPLES / "show.nfo").write_text("<tvshow><title>The Quiet Orchard</title></tvshow>\n")
    (SAMPLES / "text.txt").write_text("This is a letter, not a film, whatever its name says.\n")
    (SAMPLES / "empty.bin").write_bytes(b"")
    for name, source in (("poster.jpg", "color=c=0x224466:s=60x90"), ("fanart.jpg", "color=c=0x884422:s=160x90")):
        ffmpeg("-f", "lavfi", "-i", source, "-frames:v", "1", "-bitexact", "-y", str(SAMPLES / name))


def make_broken() -> None:
    """Cut whole clips short: a download that stopped, a disk that was full."""
    for name, whole in BROKEN.items():
        content = (SAMPLES / whole).read_bytes()
        (SAMPLES / name).write_bytes(content[: len(content) * 6 // 10])


BROKEN = {"cut_mkv.mkv": "clip_011_h264_ac3.mkv", "cut_faststart.mp4": "clip_028_h264_aac.mp4"}


# ---- what is true of a clip ------------------------------------------------------------------------------------


def facts(clip: Clip) -> dict[str, Any]:
    """Say what a prober should find in `clip`, under the column names of `schema.PROBE`."""
    width, height = reversed(clip.size) if clip.rotated else clip.size
    first = clip.sounds[0] if clip.sounds else None
    said: dict[str, Any] = {
        "duration": clip.seconds,
        "audio_codec": first and first.codec,
        "channels": first and first.channels,
        "audio_languages": [heard(sound, clip) for sound in clip.sounds],
        "subtitle_languages": clip.subtitles,
        "chapters": clip.chapters,
        "container_title": clip.title,
        "creation_time": clip.creation_time,
        "hdr": "HDR10" if clip.hdr else "",
        "playable": clip.codec is not None,
    }
    if clip.codec:
        said |= {"width": width, "height": height, "video_codec": clip.codec, "quality": quality(width, height)}
    return said


def heard(sound: Sound, clip: Clip) -> str:
    """Give the language a prober finds: avi and mp3 have no place for one."""
    return "und" if clip.name.endswith((".avi", ".mp3")) else sound.language


def quality(width: int, height: int) -> int | None:
    """Give the class where nobody would argue about it, else nothing."""
    frame = max(width, height), min(width, height)
    classes = {3840: 2160, 1920: 1080, 1440: 1080, 1280: 720}
    return classes.get(frame[0]) or {(720, 576): 576, (640, 480): 480}.get(frame)


# ---- names -----------------------------------------------------------------------------------------------------

KINDS = {
    "video": ("mkv", "mp4", "avi", "ts", "webm", "mov", "m4v"),
    "subtitle": ("srt", "ass"),
    "artwork": ("jpg",),
    "nfo": ("nfo",),
    "audio": ("mp3",),
}
Row = dict[str, Any]


def file(path: str | bytes, clip: str = "empty.bin", **truth: Any) -> Row:
    """One file of the collection: its name, the sample it is a copy of, and what is true of it."""
    cell = from_path(path)
    suffix = cell.rpartition(".")[2].lower()
    kind = next((kind for kind, suffixes in KINDS.items() if suffix in suffixes), "other")
    known = {clip.name.rpartition(".")[0]: clip for clip in CLIPS}
    made = next((made for stem, made in known.items() if stem.startswith(clip)), None)
    probed: Row = {}  # only of what a suffix calls video: nobody looks into the others
    if kind == "video":
        probed = facts(made) if made else {"playable": False}
    return probed | {"clip": made.name if made else clip, "path": cell, "kind": kind, **truth}


def episode(path: str, clip: str, title: str, season: int | None, *episodes: int, **more: Any) -> Row:
    """One file of a show."""
    return file(path, clip, media_type="episode", title=title, season=season, episodes=episodes, **more)


def film(path: str | bytes, clip: str, title: str, year: int | None = None, **more: Any) -> Row:
    """One film, or a part or an edition of it."""
    return file(path, clip, media_type="movie", title=title, year=year, **more)


def extra(path: str, clip: str, extra_type: str, of: Row, **more: Any) -> Row:
    """Something that goes with a film or a show."""
    owner = {"title": of["title"], "year": of.get("year"), "extra_of": of["path"]}
    return file(path, clip, media_type="extra", extra_type=extra_type, **owner, **more)


def beside(video: Row, tail: str, sample: str, **more: Any) -> Row:
    """Name a sidecar after its video: the same stem, another `tail`."""
    stem = video["path"].rpartition(".")[0]
    return {"clip": sample, "path": stem + tail, "kind": file(tail)["kind"], "belongs_to": video["path"], **more}


def camera(name: str, clip: str, date: str = "", **more: Any) -> Row:
    """A clip as a camera or a phone names it; `date` only where the name says it."""
    return file(name, clip, media_type="home_video", date=date, **more)


def shows() -> list[Row]:
    """Episodes in five naming habits, double, dated, counted from the beginning, special."""
    release, title = "Harbour.Lights.S01{}.1080p.WEB-DL.H264-TIDE", "Harbour Lights"
    folder = "Downloads/" + release.format("")
    harbour = [
        episode(f"{folder}/{release.format(f'E{n:02}')}.mkv", "clip_002" if n == 1 else "clip_001", title, 1, n)
        for n in range(1, 5)
    ]
    double = episode(f"{folder}/{release.format('E05E06')}.mkv", "clip_001", title, 1, 5, 6, note="two episodes")
    first = harbour[0]
    subtitles = [
        beside(first, ".en.srt", "subtitle.srt", language="en"),
        beside(first, ".en.forced.srt", "subtitle.srt", language="en", flags=["forced"]),
        beside(first, ".en.sdh.srt", "subtitle.srt", language="en", flags=["sdh"]),
        beside(first, ".pt-BR.srt", "subtitle.srt", language="pt-BR"),
        beside(harbour[1], ".srt", "subtitle.srt", note="language unsaid"),
        beside(first, ".nfo", "show.nfo"),
    ]
    sample = extra(f"{folder}/Sample/harbour.lights.s01e01.sample.mkv", "clip_024", "sample", first)

    moons = [
        episode(
            f"TV/Paper Moons/Paper Moons {season}x{n:02} - {name}.avi",
            clip,
            "Paper Moons",
            season,
            n,
            episode_title=name,
        )
        for season, n, name, clip in (
            (1, 1, "Ink", "clip_003"),
            (1, 2, "Scissors", "clip_003"),
            (2, 1, "Glue", "clip_004"),
        )
    ]
    orchard_folder, orchard = "TV/The Quiet Orchard", "The Quiet Orchard"
    quiet = [
        episode(
            f"{orchard_folder}/Season {season}/{n:02} - {name}.mp4", "clip_005", orchard, season, n, episode_title=name
        )
        for season, n, name in ((1, 1, "Thaw"), (1, 2, "Graft"), (1, 3, "Frost"), (2, 1, "Windfall"))
    ]
    specials = [
        episode(
            f"{orchard_folder}/Specials/The Quiet Orchard S00E01 Christmas in the Orchard.mkv", "clip_006", orchard, 0, 1,
            episode_title="Christmas in the Orchard",
        ),
        episode(f"{orchard_folder}/Season 0/S00E02.mkv", "clip_006", orchard, 0, 2, note="title only in the folder"),
    ]  # fmt: skip
    around = [
        file(f"{orchard_folder}/poster.jpg", "poster.jpg", note="of the whole show"),
        file(f"{orchard_folder}/tvshow.nfo", "show.nfo", note="of the whole show"),
        extra(
            f"{orchard_folder}/Extras/Pruning the Set.mkv",
            "clip_022",
            "other",
            quiet[0],
            episode_title="Pruning the Set",
        ),
    ]
    signal = [
        episode(f"TV/Old Signal/Old Signal {number}.avi", "clip_004", "Old Signal", number // 100, number % 100)
        for number in (101, 102, 103, 110)
    ]
    north = [
        episode(
            f"TV/Northbound (2018)/Season 01/Northbound (2018) - S01E{n:02} - {name}.mkv", "clip_006", "Northbound", 1, n,
            year=2018, episode_title=name,
        )
        for n, name in ((1, "Departure"), (2, "Black Ice"), (3, "The Last Petrol Station"))
    ]  # fmt: skip
    office = [
        episode(f"Downloads/the.office.us.s02e{n:02}.720p.hdtv.x264-tide.mp4", "clip_005", "The Office (US)", 2, n)
        for n in (3, 4)
    ]
    brief = [
        episode(
            f"TV/The Late Brief/The.Late.Brief.{date.replace('-', '.')}.{guest.replace(' ', '.')}.720p.WEB.mp4", "clip_005",
            "The Late Brief", None, date=date, episode_title=guest,
        )
        for date, guest in (("2019-03-14", "Ada Quill"), ("2019-03-15", "Two Bakers"))
    ]  # fmt: skip
    kaze = [
        file(
            f"Anime/[Gull] Kaze no Hashi - {number:02}{version} [720p][{code}].mkv", "clip_007", media_type="episode",
            title="Kaze no Hashi", absolute_episodes=[number],
        )
        for number, version, code in ((7, "", "A1B2C3D4"), (8, "", "0F9E8D7C"), (13, "v2", "5A5A1234"))
    ]  # fmt: skip
    recorded = [
        episode(
            "Recordings/Deichblick - S03E11 - Sturmflut.ts", "clip_008", "Deichblick", 3, 11, episode_title="Sturmflut"
        ),
        episode("Recordings/Deichblick - S03E12 - Ebbe.ts", "clip_009", "Deichblick", 3, 12, episode_title="Ebbe"),
        episode("Recordings/tiny.tales.s01e01.webm", "clip_010", "Tiny Tales", 1, 1),
    ]
    anime_subtitle = beside(kaze[0], ".de.ass", "subtitle.ass", language="de")
    return [
        *harbour, double, *subtitles, sample, *moons, *quiet, *specials, *around, *signal, *north, *office, *brief,
        *kaze, anime_subtitle, *recorded,
    ]  # fmt: skip


def films() -> list[Row]:
    """Films with and without a year, in editions and parts, and what goes with them."""
    glass = "Movies/The Glass Harbor (2009)"
    theatrical = film(
        f"{glass}/The Glass Harbor (2009) - Theatrical.mkv", "clip_011", "The Glass Harbor", 2009, edition="Theatrical"
    )
    director = film(
        f"{glass}/The Glass Harbor (2009) - Director's Cut.mkv",
        "clip_014",
        "The Glass Harbor",
        2009,
        edition="Director's Cut",
    )
    by_folder = [
        extra(f"{glass}/{folder}/{name}", clip, kind, theatrical, episode_title=name.rpartition(".")[0])
        for folder, name, clip, kind in (
            ("Trailers", "Teaser.mp4", "clip_021", "trailer"),
            ("Behind The Scenes", "On the Pier.mkv", "clip_022", "behind_the_scenes"),
            ("Featurettes", "Building the Harbor.mkv", "clip_022", "featurette"),
            ("Deleted Scenes", "The Second Ferry.webm", "clip_023", "deleted"),
            ("Interviews", "The Lamp Keeper.webm", "clip_023", "interview"),
        )
    ]
    salt = film(
        "Movies/Salt and Iron (2016)/Salt and Iron (2016).mkv",
        "clip_013",
        "Salt and Iron",
        2016,
        note="1920x800 is 1080",
    )
    by_suffix = [
        extra(f"Movies/Salt and Iron (2016)/Salt and Iron (2016)-{word}.mp4", "clip_021", kind, salt)
        for word, kind in (("trailer", "trailer"), ("deleted", "deleted"), ("behindthescenes", "behind_the_scenes"))
    ]
    sidecars = [
        file(f"{glass}/poster.jpg", "poster.jpg", belongs_to=theatrical["path"]),
        file(f"{glass}/movie.nfo", "film.nfo", belongs_to=theatrical["path"]),
        beside(salt, ".en.srt", "subtitle.srt", language="en"),
        beside(salt, ".es.forced.srt", "subtitle.srt", language="es", flags=["forced"]),
        beside(salt, "-poster.jpg", "poster.jpg"),
        beside(salt, "-fanart.jpg", "fanart.jpg"),
    ]
    parts = [
        film(
            f"Movies/Long Way to Anywhere (1994)/Long Way to Anywhere (1994) cd{n}.avi",
            "clip_017",
            "Long Way to Anywhere",
            1994,
            part=n,
        )
        for n in (1, 2)
    ]
    nosferatu = film(
        "Downloads/Nosferatu.1922.1080p.BluRay.x264-OLD.mkv",
        "clip_018",
        "Nosferatu",
        1922,
        note="silent: no audio stream",
    )
    return [
        theatrical, director, *by_folder, salt, *by_suffix, *sidecars, *parts, nosferatu,
        film("Downloads/Arrival.of.the.Tide.2021.2160p.UHD.BluRay.HDR10.x265-TIDE.mkv", "clip_012", "Arrival of the Tide", 2021),
        film("Movies/The Cartographer.mp4", "clip_015", "The Cartographer", note="no year; cover picture"),
        film("Movies/Small Weather.mkv", "clip_016", "Small Weather", note="no year; attached cover"),
        film("Movies/1917 (2019).mkv", "clip_014", "1917", 2019, note="the title is a number"),
        film("Movies/Winter Ferry [1987].m4v", "clip_019", "Winter Ferry", 1987),
        film("Movies/Das letzte Boot (2015) [2160p].mp4", "clip_020", "Das letzte Boot", 2015),
        film("Фильмы/Солнечный берег (1974).avi", "clip_017", "Солнечный берег", 1974),
        film("Movies/風の橋 (2003).mkv", "clip_016", "風の橋", 2003),
        film(
            "Backup/Nosferatu.1922.1080p.BluRay.x264-OLD (1).mkv", "clip_018", "Nosferatu", 1922, copy_of=nosferatu["path"],
            note="the same bytes twice",
        ),
    ]  # fmt: skip


def cameras() -> list[Row]:
    """Home videos as the devices name them."""
    folder = "Phone/DCIM/Camera"
    return [
        camera(
            f"{folder}/VID_20230714_183015.mp4", "clip_025", "2023-07-14", note="held upright: rotated by 90 degrees"
        ),
        camera(f"{folder}/PXL_20220501_120000123.mp4", "clip_028", "2022-05-01"),
        camera(f"{folder}/20210101_000102.mp4", "clip_028", "2021-01-01"),
        camera("Phone/WhatsApp Video 2021-08-03 at 19.22.11.mp4", "clip_031", "2021-08-03"),
        camera("iPhone/IMG_1234.MOV", "clip_026", note="held upright; the day is in creation_time"),
        camera("iPhone/IMG_E1235.mov", "clip_027"),
        camera("Cameras/GOPR0042.MP4", "clip_029"),
        camera("Cameras/DJI_0007.MP4", "clip_029"),
        camera("Cameras/MVI_2044.AVI", "clip_030"),
    ]


def junk() -> list[Row]:
    """What a scan leaves out (`ignored`), and what is no video."""
    return [
        file(".DS_Store", "text.txt", ignored=True),
        file("Movies/@eaDir/1917 (2019).mkv/SYNOVIDEO_THUMB.jpg", "poster.jpg", ignored=True),
        file("Movies/._1917 (2019).mkv", "text.txt", ignored=True, note="resource fork of another system"),
        file("Downloads/Still.Coming.2020.1080p.mkv.part", "cut_mkv.mkv", ignored=True, note="unfinished download"),
        file("Music/Brine & Gull - First Tide.mp3", "clip_033"),
        file("Downloads/read me.txt", "text.txt"),
        file("Downloads/08bbc153931ce3ca5fcafe1b92d32972.mkv", "clip_022", media_type="other", note="a hash, no name"),
    ]


def broken() -> list[Row]:
    """Broken content under good names, and good content under names that break programs."""
    cut = {
        clip: facts(next(c for c in CLIPS if c.name == whole)) | {"playable": False} for clip, whole in BROKEN.items()
    }
    long_name = "The Film Whose Name Goes On (2011) " + "and on " * 30
    long_name = long_name[: 255 - len(".mkv")].ljust(255 - len(".mkv"), "x") + ".mkv"
    composed = "Café Noir (1998).mkv"
    return [
        film("Broken/Cut Short (2012).mkv", "cut_mkv.mkv", "Cut Short", 2012, **cut["cut_mkv.mkv"], note="truncated"),
        film(
            "Broken/Half a Day (2014).mp4",
            "cut_faststart.mp4",
            "Half a Day",
            2014,
            **cut["cut_faststart.mp4"],
            note="truncated",
        ),
        film("Broken/Nothing Left (2001).mkv", "empty.bin", "Nothing Left", 2001, note="empty"),
        film("Broken/A Letter (1999).mkv", "text.txt", "A Letter", 1999, note="text"),
        film("Broken/Radio Play (2003).mp4", "clip_032", "Radio Play", 2003, note="audio only"),
        film(b"Odd Names/Caf\xff\xe9 Bleu (1988).avi", "clip_017", r"Caf\xff\xe9 Bleu", 1988, note="undecodable bytes"),
        file(r"Odd Names/bad\xff.mkv", "clip_022", note="four honest letters that look like an escape"),
        file(
            f"Odd Names/{long_name}",
            "clip_014",
            media_type="movie",
            year=2011,
            note="255 bytes, the most a name may have",
        ),
        film("Odd Names/Tide: The Return (2017).mkv", "clip_013", "Tide: The Return", 2017, note="a colon"),
        film("Odd Names/What Now?.mkv", "clip_016", "What Now?", note="a question mark"),
        film("Odd Names/Wait for It..mkv", "clip_016", "Wait for It", note="a dot before the suffix"),
        file("Odd Names/Gone Home (2013).mkv.", "clip_016", note="a dot after the suffix"),
        episode(
            "Odd Names/S.W.A.R.M./S.W.A.R.M. S01E01.mkv",
            "clip_001",
            "S.W.A.R.M.",
            1,
            1,
            note="a folder ending in a dot",
        ),
        film(f"Odd Names/Twins/{composed}", "clip_013", "Café Noir", 1998, note="NFC twin"),
        film(
            f"Odd Names/Twins/{unicodedata.normalize('NFD', composed)}", "clip_014", "Café Noir", 1998, note="NFD twin"
        ),
        film("Odd Names/Case/THE LAMP (1990).mkv", "clip_013", "The Lamp", 1990, note="twin by case"),
        film("Odd Names/Case/The Lamp (1990).mkv", "clip_016", "The Lamp", 1990, note="twin by case"),
        file("Odd Names/-y.mkv", "clip_016", note="a name that looks like an option"),
    ]


def write_table() -> None:
    """Write every row; unknown is an empty cell, several values stand with spaces between: "5 6"."""
    with (SAMPLES / "samples.csv").open("w", newline="", encoding="utf-8") as sheet:
        writer = csv.writer(sheet, quoting=csv.QUOTE_ALL)
        writer.writerow(COLUMNS)
        for row in (*shows(), *films(), *cameras(), *junk(), *broken()):
            unknown = set(row) - set(COLUMNS)
            assert not unknown, unknown
            writer.writerow([written(row.get(name)) for name in COLUMNS])


def written(value: Any) -> str:
    """Give `value` as a cell."""
    if isinstance(value, (list, tuple)):
        return " ".join(str(one) for one in value)
    return "" if value is None else str(value)


def main() -> None:
    """Make everything anew."""
    shutil.rmtree(SAMPLES, ignore_errors=True)
    SAMPLES.mkdir()
    make_others()
    with tempfile.TemporaryDirectory() as desk:
        shutil.copy(SAMPLES / "subtitle.srt", desk)
        for number, clip in enumerate(CLIPS, start=1):
            make_clip(clip, number, Path(desk))
    make_broken()
    write_table()
    size = sum(file.stat().st_size for file in SAMPLES.iterdir())
    print(f"{len(list(SAMPLES.iterdir()))} files, {size / 1000:.0f} kB in {SAMPLES}")


if __name__ == "__main__":
    main()
