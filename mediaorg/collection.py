"""The messy sample collection: real, tiny clips laid out under the names people's disks have, with the truth of each.

Its clips lie in ``data/samples`` of a checkout (``mediaorg/_samples`` of an installed package), with ``samples.csv``,
the one table of the names and what is true of them; `data/make_samples.py` made both.
"""

import csv
import datetime
import errno
import itertools
import logging
import os
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mediaorg import schema
from mediaorg.errors import BadSetting, NoSuchFolder, NotAFolder, NotWritable
from mediaorg.schema import Column, from_path, given_path, to_path

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "base", "samples", "truth"]

Row = dict[str, str]  # one row of the table, every cell as text; unknown is ""
Write = Callable[[Path, bytes, int], None]

log = logging.getLogger("mediaorg")

_OWN: Final = {
    name: Column(name, dtype, meaning, "samples")
    for name, dtype, meaning in (
        ("clip", "text", "the sample it is a copy of"),
        ("belongs_to", "text", "of a sidecar: the path cell of its video"),
        ("language", "text", "of a subtitle, as its name says it"),
        ("flags", "tuple", "of a subtitle: forced, sdh"),
        ("copy_of", "text", "the path cell of the file of the same bytes"),
        ("ignored", "yesno", "junk that a scan leaves out"),
        ("note", "text", "what is odd about it"),
        ("left_out", "text", "why it was not laid: the file system refused its name"),
    )
}
_KNOWN: Final = schema.COLUMNS | _OWN
_LABELS: Final = (
    "media_type title year season episodes absolute_episodes date episode_title part edition extra_type extra_of "
    "belongs_to language flags"
).split()
_PROBED: Final = (
    "width height duration quality video_codec audio_codec channels audio_languages subtitle_languages chapters "
    "container_title creation_time hdr playable"
).split()
_PATHS: Final = ("path", "extra_of", "belongs_to", "copy_of")
COLUMNS: Final = ("clip", "path", "kind", *_LABELS, *_PROBED, "copy_of", "ignored", "note")  # of samples.csv


# ---- public ----------------------------------------------------------------------------------------------------


def samples(into: str | os.PathLike[str] | None = None, n: int | None = None, seed: int = 0) -> Path:
    """Lay a fresh copy of the messy collection out, and give the folder it lies in.

    into: a folder that does not exist yet, or is empty; not given, a new temporary one, which is yours to remove.
    n: how many files, exactly. Not given, the collection as it is, about 100; fewer take a representative part of it;
        more add shows of about 30 files, films, subtitles, extras and phone clips under invented titles.
    seed: what is chosen or invented, and the times of last change (2010 to 2024), depend on it alone.

    Every file is a copy, and every playable clip differs from every other by a few bytes of padding that its format
    allows. What is true of each file stands beside the folder, in ``<folder>.truth.csv``: read it with
    `mediaorg.collection.truth`. A name that the file system refuses is left out and said there, in the column
    `left_out`, and as a warning of the logger.

    Raises BadSetting for an `into` that holds something or an `n` below 1, NotAFolder, NotWritable.

    >>> with tempfile.TemporaryDirectory() as here:
    ...     folder = samples(f"{here}/videos", n=20)
    ...     len(truth(folder)), sum(path.is_file() for path in folder.rglob("*"))
    (20, 20)
    """
    if n is not None and (not isinstance(n, int) or isinstance(n, bool) or n < 1):
        raise BadSetting(f"n must be a whole number of at least 1, not {n!r}")
    if not isinstance(seed, int):
        raise BadSetting(f"seed must be a whole number, not {seed!r}")
    folder = (
        Path(tempfile.mkdtemp(prefix="mediaorg-samples-")) if into is None else _empty_folder(given_path(into, "into"))
    )
    rows = base()
    laid = lay(rows if n is None else _grown(rows, n, random.Random(seed)), folder, n=n, seed=seed)
    _write_truth(laid, truth_file(folder))
    return folder


def truth(folder: str | os.PathLike[str]) -> "pd.DataFrame":
    """Read what is true of the files that `samples` laid into `folder`: one row a file, left-out ones at their place.

    Columns are those of ``samples.csv`` and `left_out`, with the names and dtypes of `mediaorg.schema`: `path` is
    absolute and joins with that of a scan, `episodes` are tuples, what is unknown or not to be judged is missing.

    Raises NoSuchFolder where no truth stands beside `folder`.
    """
    import pandas as pd

    folder = Path(folder).expanduser().absolute()
    if not truth_file(folder).is_file():
        raise NoSuchFolder(f"{truth_file(folder)} is missing: was {folder} made by mediaorg.samples()?")
    sheet = pd.read_csv(truth_file(folder), dtype=str, keep_default_na=False)
    for name in _PATHS:
        sheet[name] = [from_path(folder / to_path(cell)) if cell else "" for cell in sheet[name]]
    columns = [_KNOWN[name] for name in sheet.columns]
    return schema.table(
        columns, {column.name: [_typed(cell, column) for cell in sheet[column.name]] for column in columns}
    )


def truth_file(folder: Path) -> Path:
    """Say where the truth of `folder` stands: beside it, where no scan of the folder meets it."""
    return folder.with_name(folder.name + ".truth.csv")


def base() -> list[Row]:
    """Read ``samples.csv``: the rows of the collection, cells as text, paths relative."""
    return list(csv.DictReader((_home() / "samples.csv").read_text(encoding="utf-8").splitlines()))


# ---- laying out ------------------------------------------------------------------------------------------------

# What a file system says to a name it cannot hold, or that is another name to it (then the file "exists").
_REFUSALS: Final = {
    errno.EILSEQ: "undecodable",
    errno.EINVAL: "not allowed",
    errno.ENAMETOOLONG: "too long",
    errno.EEXIST: "the same name as another",
    errno.ENOTDIR: "the same name as another",
}
_FROM, _UNTIL = (int(datetime.datetime(year, 1, 1, tzinfo=datetime.UTC).timestamp()) * 10**9 for year in (2010, 2025))


def _write(path: Path, content: bytes, mtime_ns: int) -> None:
    with path.open("xb") as file:  # x: a twin that the file system takes for the same name is never written over
        file.write(content)
        file.flush()
        os.utime(file.fileno(), ns=(mtime_ns, mtime_ns))


def lay(rows: Iterable[Row], folder: Path, *, n: int | None, seed: int, write: Write = _write) -> list[Row]:
    """Write `rows` into `folder` until `n` are laid; give those back, and the ones left out, each with its reason.

    `write` is the hand that writes one new file; it raises OSError where the file system refuses the name.
    """
    clips, times = _Clips(), random.Random(seed)
    done: list[Row] = []
    marks: dict[str, int] = {}
    missing = n
    for number, row in enumerate(rows, start=1):
        path, mtime_ns = folder / to_path(row["path"]), times.randrange(_FROM, _UNTIL)
        marks[row["path"]] = marks.get(row["copy_of"], number)
        left_out = _refusal(path, clips.of(row, marks[row["path"]]), mtime_ns, write)
        done.append(row | {"left_out": left_out})
        if left_out:
            log.warning("left out %s: %s", row["path"], left_out)
        elif missing is not None and (missing := missing - 1) == 0:
            break
    return _without_strangers(_renamed(done, folder))


def _refusal(path: Path, content: bytes, mtime_ns: int, write: Write) -> str:
    """Lay one file; say why the file system would not have its name, or nothing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, content, mtime_ns)
    except OSError as error:
        if error.errno not in _REFUSALS:
            raise
        return f"refused: {_REFUSALS[error.errno]} ({error.strerror})"
    return ""


def _renamed(rows: list[Row], folder: Path) -> list[Row]:
    """Take back what the file system holds under another name than the one given (vfat drops trailing dots)."""
    there = {os.path.relpath(Path(top, name), folder) for top, _, names in os.walk(folder) for name in names}
    lost = [row for row in rows if not row["left_out"] and str(to_path(row["path"])) not in there]
    for row in lost:
        row["left_out"] = "refused: given another name"
        log.warning("left out %s: %s", row["path"], row["left_out"])
        (folder / to_path(row["path"])).unlink(missing_ok=True)
    return rows


def _without_strangers(rows: list[Row]) -> list[Row]:
    """Forget references to files that are not there."""
    laid = {row["path"] for row in rows if not row["left_out"]}
    return [row | {name: row[name] if row[name] in laid else "" for name in _PATHS[1:]} for row in rows]


def _empty_folder(folder: Path) -> Path:
    file = truth_file(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = sum(1 for _ in folder.iterdir())
    except (FileExistsError, NotADirectoryError) as error:
        raise NotAFolder(f"into must be a folder, and {error.filename} is something else") from error
    except PermissionError as error:
        raise NotWritable(
            f"into cannot be made or read: {error.filename} refuses; give a folder of your own"
        ) from error
    if held:
        raise BadSetting(f"into must be empty or not exist yet, and {folder} holds {held} entries; give another folder")
    if file.exists() and not file.read_bytes().startswith(_head().encode()):
        raise BadSetting(f"the truth would be written to {file}, where something else stands; give another folder")
    return folder


def _head() -> str:
    return ",".join(f'"{name}"' for name in (*COLUMNS, "left_out"))


def _write_truth(rows: list[Row], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as sheet:
        writer = csv.DictWriter(sheet, (*COLUMNS, "left_out"), quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)


def _typed(cell: str, column: Column) -> Any:
    """Give a cell of the sheet as `schema.table` wants it; lists are written with spaces between."""
    if cell == "":
        return None
    match column.dtype:
        case "tuple":
            return tuple(int(one) if one.isdecimal() else one for one in cell.split())
        case "count":
            return int(cell)
        case "number":
            return float(cell)
        case "yesno":
            return cell == "True"
    return cell


# ---- clips -----------------------------------------------------------------------------------------------------


class _Clips:
    """The bytes of the samples, each read once."""

    def __init__(self) -> None:
        self.home = _home()
        self.read: dict[str, bytes] = {}

    def of(self, row: Mapping[str, str], mark: int) -> bytes:
        """Give the content of the file of `row`; a playable one differs from all others by its `mark`."""
        clip = row["clip"]
        if clip not in self.read:
            self.read[clip] = (self.home / clip).read_bytes()
        return marked(self.read[clip], clip, mark) if row["playable"] == "True" else self.read[clip]


def marked(content: bytes, clip: str, mark: int) -> bytes:
    """Give `content` with a few bytes at its end that a player skips, and that tell copies of a clip apart.

    Each format has a place for them: a `free` box in mp4 and mov (ISO/IEC 14496-12, 8.1.2), a Void element in mkv and
    webm (RFC 8794, 11.3.2), a JUNK chunk in avi, a null packet (PID 0x1FFF) in a transport stream. Others stay alike.

    >>> marked(b"...", "clip.mp4", 1)
    b'...\\x00\\x00\\x00\\x10free\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x01'
    """
    number = mark.to_bytes(8, "big")
    match clip.rpartition(".")[2]:
        case "mp4" | "m4v" | "mov":
            return content + (16).to_bytes(4, "big") + b"free" + number
        case "mkv" | "webm":
            return _longer_segment(content, 10) + b"\xec\x88" + number
        case "avi":
            return content + b"JUNK" + (8).to_bytes(4, "little") + number
        case "ts":
            return content + b"\x47\x1f\xff\x10" + number.rjust(184, b"\xff")
    return content


def _longer_segment(content: bytes, more: int) -> bytes:
    """Let the Segment of an mkv claim `more` bytes, so that what is added lies within it; ffmpeg writes its size in 7 bytes."""
    start = content.index(b"\x18\x53\x80\x67\x01") + 5
    size = int.from_bytes(content[start : start + 7], "big") + more
    return content[:start] + size.to_bytes(7, "big") + content[start + 7 :]


def _home() -> Traversable:
    """Find the samples: inside an installed package, or in the checkout it is imported from."""
    for home in (resources.files("mediaorg") / "_samples", Path(__file__).parent.parent / "data" / "samples"):
        if (home / "samples.csv").is_file():
            return home
    raise NoSuchFolder("the sample clips are missing from this installation of mediaorg; install it again")


# ---- growing ---------------------------------------------------------------------------------------------------

_FIRST: Final = (
    "Amber Bitter Blue Borrowed Bright Broken Burning Copper Crooked Distant Double Early Electric Empty Endless Fading "
    "Feathered Foreign Forgotten Frozen Gentle Glass Golden Hidden Hollow Honest Hungry Iron Lonely Loud Lucky Midnight "
    "Missing Narrow Northern Pale Paper Patient Restless Rusty Salted Scarlet Second Secret Silent Silver Sleeping Slow "
    "Small Southern Stolen Strange Sudden Sunken Tender Thirsty Twisted Velvet Wandering Wicked"
).split()
_SECOND: Final = (
    "Anchor Archive Bakery Bell Bridge Canal Carousel Cellar Circus Coast Compass Cousin Crossing Detective Echo Embassy "
    "Engine Family Farm Fever Forest Fountain Garden Ghost Harvest Hotel House Island Kitchen Ladder Lantern Letter "
    "Library Lighthouse Machine Market Meadow Mirror Mountain Neighbour Orchestra Parade Passenger Pilot Planet Promise "
    "Railway River Sailor School Shadow Station Street Suitcase Theatre Thief Tower Valley Village Window"
).split()
_FORMS: Final = ("The {} {}", "{} {}", "{} {} Road", "Our {} {}", "Return to {} {}", "{} {} Society")
# the five habits of naming; {dots} is the title with dots for spaces
_HABITS: Final = (
    "Downloads/{dots}.S{season:02}.{screen}.WEB.H264-TIDE/{dots}.S{season:02}E{number:02}.{screen}.WEB.H264-TIDE",
    "TV/{title}/{title} {season}x{number:02}",
    "TV/{title}/Season {season}/{number:02} - {name}",
    "TV/{title}/{title} {season}{number:02}",
    "TV/{title}/Season {season:02}/{title} - S{season:02}E{number:02} - {name}",
)
_SUBTITLES: Final = (("en", ""), ("en", "forced"), ("de", ""), ("pt-BR", ""))


def _grown(rows: list[Row], n: int, rng: random.Random) -> Iterator[Row]:
    """Give `rows` and then ever more invented ones; if `n` are fewer than all, first such as are spread over all."""
    if n < len(rows):
        start = rng.randrange(len(rows))
        chosen = {(start + place * len(rows) // n) % len(rows) for place in range(n)}
        yield from (row for place, row in enumerate(rows) if place in chosen)
        yield from (row for place, row in enumerate(rows) if place not in chosen)  # for those that are refused
    else:
        yield from rows
    yield from _invented(rows, rng)


class _Cast:
    """Playable, unremarkable rows by media type: what an invented file may be a copy of."""

    def __init__(self, rows: list[Row], rng: random.Random) -> None:
        self.rng = rng
        self.of: dict[str, list[Row]] = {}
        for row in rows:
            plain = row["playable"] == "True" and not (row["container_title"] or row["creation_time"] or row["copy_of"])
            if plain and (row["quality"] or row["media_type"] not in ("episode", "movie")):
                self.of.setdefault(row["media_type"], []).append(row)

    def pick(self, media_type: str) -> Row:
        """Choose a row of `media_type`; the files of a season are to be alike, so choose once a season."""
        return self.rng.choice(self.of[media_type])


def _invented(rows: list[Row], rng: random.Random) -> Iterator[Row]:
    """Invent shows, films and phone clips for ever, no path twice, none that `rows` has."""
    seen = {row["path"].casefold() for row in rows}
    cast, titles = _Cast(rows, rng), _titles(rng)
    for turn in itertools.count():
        new = [*_show(next(titles), cast, rng), *_film(next(titles), cast, rng)]
        if turn % 4 == 0:
            new += _phone(cast, rng)
        for row in new:
            if row["path"].casefold() not in seen:
                seen.add(row["path"].casefold())
                yield row


def _titles(rng: random.Random) -> Iterator[str]:
    """Invent titles, none twice: 21,600 of them, then the same with a number."""
    every = [form.format(first, second) for form in _FORMS for first in _FIRST for second in _SECOND]
    for volume in itertools.count(1):
        rng.shuffle(every)
        yield from every if volume == 1 else (f"{title} {volume}" for title in every)


def _show(title: str, cast: _Cast, rng: random.Random) -> Iterator[Row]:
    """Invent a show of one or two seasons, named by one habit throughout: about 30 files with all that goes with it."""
    habit, dots, first = rng.choice(_HABITS), title.replace(" ", "."), None
    translated = rng.choice(_SUBTITLES) if rng.random() < 0.4 else None
    for season in range(1, rng.choice((1, 2, 2)) + 1):
        like = cast.pick("episode")
        for number in range(1, rng.randint(10, 16) + 1):
            name = f"{rng.choice(_FIRST)} {rng.choice(_SECOND)}"
            stem = habit.format(
                title=title, dots=dots, season=season, number=number, name=name, screen=like["quality"] + "p"
            )
            spoken = name if "{name}" in habit else ""
            said = {"title": title, "season": season, "episodes": number, "episode_title": spoken}
            row = _like(like, stem, media_type="episode", **said)
            first = first or row
            yield row
            if translated:
                yield _subtitle(row, *translated)
    assert first is not None
    folder = "/".join(first["path"].split("/")[:2])
    yield _row("poster.jpg", f"{folder}/poster.jpg", "artwork")
    yield _row("show.nfo", f"{folder}/tvshow.nfo", "nfo")
    about = {"media_type": "extra", "extra_type": "trailer", "title": title, "extra_of": first["path"]}
    yield _like(cast.pick("extra"), f"{folder}/Trailers/Season 1 Teaser", **about)


def _film(title: str, cast: _Cast, rng: random.Random) -> Iterator[Row]:
    """Invent a film: alone or in its folder, at times without a year, in two editions, or with things beside it."""
    year, like = rng.randint(1950, 2024), cast.pick("movie")
    form = rng.choice(("folder", "folder", "dots", "no year", "editions"))
    if form == "dots":
        screen = f"{like['quality']}p"
        stem = f"Downloads/{title.replace(' ', '.')}.{year}.{screen}.BluRay.x264-TIDE"
        yield _like(like, stem, media_type="movie", title=title, year=year)
        return
    if form == "no year":
        yield _like(like, f"Movies/{title}", media_type="movie", title=title)
        return
    stem = f"Movies/{title} ({year})/{title} ({year})"
    editions = ("Theatrical", "Director's Cut") if form == "editions" else ("",)
    cuts = [
        _like(
            cast.pick("movie"),
            f"{stem} - {cut}" if cut else stem,
            media_type="movie",
            title=title,
            year=year,
            edition=cut,
        )
        for cut in editions
    ]
    yield from cuts
    yield _subtitle(cuts[0], *rng.choice(_SUBTITLES))
    yield _row("poster.jpg", f"Movies/{title} ({year})/poster.jpg", "artwork", belongs_to=cuts[0]["path"])
    about = {"media_type": "extra", "extra_type": "trailer", "title": title, "year": year, "extra_of": cuts[0]["path"]}
    yield _like(cast.pick("extra"), f"{stem}-trailer", **about)


def _phone(cast: _Cast, rng: random.Random) -> Iterator[Row]:
    """Invent a day with a phone."""
    day = datetime.date(2012, 1, 1) + datetime.timedelta(days=rng.randrange(4700))
    for hour in sorted(rng.sample(range(8, 23), rng.randint(2, 6))):
        stem = f"Phone/DCIM/Camera/VID_{day:%Y%m%d}_{hour:02}{rng.randrange(60):02}{rng.randrange(60):02}"
        yield _like(cast.pick("home_video"), stem, media_type="home_video", date=day.isoformat())


def _like(like: Row, stem: str, **said: Any) -> Row:
    """Name a copy of the clip of `like`: what is in it stays true, what its name says is new."""
    probed = {name: like[name] for name in _PROBED}
    return _row(like["clip"], f"{stem}.{like['clip'].rpartition('.')[2]}", "video", **probed, **said)


def _subtitle(video: Row, language: str, flag: str) -> Row:
    tail = f".{language}.{flag}.srt" if flag else f".{language}.srt"
    path = video["path"].rpartition(".")[0] + tail
    return _row("subtitle.srt", path, "subtitle", belongs_to=video["path"], language=language, flags=flag)


def _row(clip: str, path: str, kind: str, **said: Any) -> Row:
    return (
        dict.fromkeys(COLUMNS, "")
        | {"clip": clip, "path": path, "kind": kind}
        | {name: str(cell) for name, cell in said.items()}
    )
