"""What the folders above a file say: the season, the show or film, a release, extras, or nothing at all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from mediaorg.rules.cameras import is_home_folder
from mediaorg.rules.extras import extra_by_folder
from mediaorg.rules.names import (
    NUMERALS,
    SEASON_WORDS,
    Reading,
    in_figures,
    is_release,
    plain,
    read,
    reads_as_junk,
    words,
)

__all__ = ["COUNTRIES", "Context", "context", "is_generic", "is_library", "season_of"]

# Folders that only sort: whole names, lower case, without spaces, dots, dashes and underscores. A library holds many
# works, so that what lies above it says nothing; a sorting folder may lie within a work ("Some Show/1080p").
_OF_FILMS: Final = frozenset("movies movie films film filme filmes peliculas cinema kino mymovies".split())
_OF_SHOWS: Final = frozenset(
    "tv tvshows tvshow tvseries tvserien shows show series serien serie seriestv anime animes cartoons".split()
)
_LIBRARY: Final = (
    _OF_FILMS
    | _OF_SHOWS
    | frozenset(
        """
    documentaries documentary docs kids videos media medias downloads download torrents usenet collection
    collections library home users mnt srv var volumes shares myvideos
    """.split()
    )
)
_GENERIC: Final = _LIBRARY | frozenset(
    """
    children video completed complete incomplete finished torrent tosort sort unsorted sorted new old misc stuff temp tmp
    test backup backups user data volume share server public drive disk disk1 disk2 hdd nas plex jellyfin kodi emby hd sd
    uhd 4k 1080p 720p 480p 3d english german french watched unwatched some path something folder root storage archive inbox
    blackhole postprocessing process sabnzbd nzb
    """.split()
)

_SEASON: Final = (
    # Season 1, Series 02, Staffel 2, Saison 3, Temporada 1, Сезон 2, S02, Season 2 - Subtitle, Season 01 (1999)
    re.compile(
        rf"^(?:{SEASON_WORDS}|series|s|t|book|volume|vol)[ ._\-]{{0,2}}(?P<n>\d{{1,4}})(?![\dx]|[ ._]?e\d)(?=$|[ ._\-(\[])",
        re.IGNORECASE,
    ),
    re.compile(
        rf"^(?P<n>\d{{1,2}})(?:st|nd|rd|th|ª|º|\.|a|e|er|ème)?[ ._]?(?:{SEASON_WORDS})$",
        re.IGNORECASE,
    ),
    re.compile(r"^第\s?(?P<n>\d{1,2})\s?[季期]"),
)
_IN_WORDS: Final = re.compile(
    rf"^(?P<word>{SEASON_WORDS}|series|book|volume)[ ._-](?P<n>{'|'.join(NUMERALS)})(?![^\W_])", re.IGNORECASE
)
_ORDINAL: Final = re.compile(
    rf"^(?P<n>first|second|third|fourth|fifth|sixth)[ ._-](?:{SEASON_WORDS}|series)$", re.IGNORECASE
)
_ORDINALS: Final = "first second third fourth fifth sixth".split()
# Within a work: chapters of a course, years of a show. Each counts as a season, so that their numbers do not meet.
_SECTION: Final = re.compile(
    r"^(?:(?:week|module|unit|chapter|kapitel|lesson|lektion|section|day|tag|arc|livre|woche|semana|semaine|modulo|módulo)[ ._-]{0,3}(?P<a>\d{1,3})(?!\d).*"
    r"|(?P<b>0\d|\d{1,2}(?=[. ]+-|\.))[ ._-]+[^\W\d_].*|(?P<c>\d{1,2}|(?:19|20)\d\d))$",
    re.IGNORECASE,
)
COUNTRIES: Final = "UK|USA?|AU|NZ|CA|IE|ZA|DE|FR"  # what tells two shows of one name apart: The Office/UK
_EXTRAS_OF: Final = re.compile(r"[ ._-]+(?:extras?|bonus(?:[ ._](?:features?|material))?|featurettes)$", re.IGNORECASE)
_SHOW_SEASON: Final = re.compile(
    rf"^(?P<t>.*?\w.*?)[ ._\-(\[,]+(?:{SEASON_WORDS}|s)[ ._\-]{{0,2}}(?P<n>\d{{1,2}})(?![\da-z]|[ ._-]?e\d)",
    re.IGNORECASE,
)
_SPECIALS: Final = frozenset(
    "specials special season0 season00 s00 s0 specialepisodes especiales spezial ova ovas".split()
)
_DISC: Final = re.compile(r"^(?:video_ts|bdmv|stream|audio_ts|hvdvd_ts)$", re.IGNORECASE)
_PART: Final = re.compile(r"^(?:cd|dvd|disc|disk|part|pt)[ ._-]?(\d{1,2})$", re.IGNORECASE)
_DEPTH: Final = 5


@dataclass(frozen=True, slots=True)
class Context:
    """What the folders above a file say; unknown is None.

    title, year: the nearest folder that is named after something; `titled` is that folder, for the evidence.
    season: of the nearest season folder (0 for specials).
    release: the reading of a folder that is itself a release name ("Some.Show.S01E02.720p-GRP").
    extra: the type of extra the nearest folder holds. home: a family's or a camera's folder. part, disc: of a disc.
    library: "films" or "shows", where a folder says that it holds nothing else.
    """

    title: str | None = None
    year: int | None = None
    titled: str | None = None
    season: int | None = None
    release: Reading | None = None
    extra: str | None = None
    home: str | None = None
    part: int | None = None
    disc: bool = False
    library: str | None = None


def season_of(folder: str) -> int | None:
    """The season a folder of the name `folder` holds, 0 for specials; None where it is no season folder.

    >>> [season_of(name) for name in ("Season 1", "Staffel 02", "S3", "Specials", "第二季", "Open Season")]
    [1, 2, 3, 0, 2, None]
    """
    name = in_figures(plain(folder).strip())
    if re.sub(r"[ ._-]", "", name).casefold() in _SPECIALS:
        return 0
    if ordinal := _ORDINAL.match(name):
        return _ORDINALS.index(ordinal["n"].casefold()) + 1
    name = _IN_WORDS.sub(lambda found: f"{found['word']} {NUMERALS[found['n'].casefold()]}", name)
    for pattern in _SEASON:
        found = pattern.match(name)
        if found and not 99 < int(found["n"]) < 1900:
            return int(found["n"])
    return None


def is_library(folder: str) -> bool:
    """Whether a folder of this name holds many works: what lies above it says nothing of them.

    >>> is_library("TV Shows"), is_library("complete")
    (True, False)
    """
    return _key(folder) in _LIBRARY or _key(_undated(folder)) in _LIBRARY


def is_generic(folder: str) -> bool:
    """Whether a folder of this name only sorts, and says nothing of what lies in it.

    >>> is_generic("TV Shows"), is_generic("The Wire")
    (True, False)
    """
    return any(_key(name) in _GENERIC for name in (folder, _undated(folder))) or not re.search(r"[^\W_]", folder)


def _undated(folder: str) -> str:
    """`folder` without a year behind it: "Filme 2012" sorts as "Filme" does."""
    return re.sub(r"(?<=\w)[ ._(-]+(?:19|20)\d\d\)?$", "", folder)


def _key(folder: str) -> str:
    return re.sub(r"[ ._\-]", "", folder).casefold()


@lru_cache(maxsize=4096)
def context(folders: Sequence[str]) -> Context:
    """Read the folders above a file, given from the outermost to the nearest as a tuple.

    The nearest folder that says something wins; a folder that only sorts ("Movies") ends the search once a title is found.

    >>> found = context(("TV", "Some Show (2014)", "Season 2"))
    >>> found.title, found.year, found.season
    ('Some Show', 2014, 2)
    """
    extra = titled = title = None
    year = season = part = None
    release: Reading | None = None
    disc = False
    near = [plain(folder).strip() for folder in folders[-_DEPTH:]]
    for at in range(len(near) - 1, -1, -1):
        name, within = near[at], _is_within_a_work(near[:at])
        extras_of = _EXTRAS_OF.sub("", name) if season_of(_EXTRAS_OF.sub("", name)) is not None else None
        kind = extra_by_folder(name) or ("other" if extras_of and extras_of != name else None)
        if kind is not None and title is None and within:
            extra = extra or kind
            season = season_of(extras_of) if extras_of and season is None else season
            continue
        if _DISC.match(name):
            disc = True
            continue
        half = _PART.match(name)
        if half:
            part = part if part is not None else int(half[1])
            continue
        number = season_of(name)
        section = (
            _SECTION.match(name) if number is None and title is None and within and not _names_a_work(name) else None
        )
        if section is not None:
            number = int(section["a"] or section["b"] or section["c"])
        if number is not None:
            season = season if season is not None else number
            continue
        if is_library(name) or (is_generic(name) and title is not None):
            break
        if is_generic(name) or reads_as_junk(name):
            continue
        if title is not None:
            break
        both = _SHOW_SEASON.match(name)
        reading = read(name)
        if (
            reading.episodes
            or reading.date
            or (reading.form and reading.rest.replace(reading.written, "").strip(" ])([-.") and reading.title)
            or (reading.form is None and is_release(name))
        ):
            release = reading
        if both and not reading.episodes and reading.form != "year":  # "Open Season 2 (2008)" is a film
            season = season if season is not None else int(both["n"])
        title, year, titled = reading.title or words(name), reading.year, folders[len(folders) - len(near) + at]
        if re.fullmatch(COUNTRIES, name) and within:
            title = f"{read(near[at - 1]).title or words(near[at - 1])} ({name})"
    library = _library(near)
    home = None if library else next((name for name in reversed(near) if is_home_folder(name)), None)
    return Context(title, year, titled, season, release, extra, home, part, disc, library)


def _is_within_a_work(above: Sequence[str]) -> bool:
    """Whether the nearest of the folders `above` names a work, or what belongs to one."""
    return bool(above) and not is_generic(above[-1]) and not reads_as_junk(above[-1])


def _names_a_work(name: str) -> bool:
    """ "01 - Iron Man (2008)" is a film of a row, "24.S01E02" an episode, and neither is a chapter."""
    found = read(name)
    return found.form in ("SxxEyy", "NxM") or (found.year is not None and found.title is not None)


def _library(near: Sequence[str]) -> str | None:
    for name in reversed(near):
        if _key(name) in _OF_FILMS:
            return "films"
        if _key(name) in _OF_SHOWS:
            return "shows"
    return None
