"""Where a file goes: the layouts of media servers, as tables of data, and the one rule that fills them in.

A layout says folder by folder, and slot by slot, what a server reads. `place` fills the slots from a label; every
slot is made safe before it is put in, so nothing that a label says can add a folder or leave the root.

Jellyfin's table follows its documentation (Movies, TV Shows) and the source of Emby.Naming, as of 12.0.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mediaorg.rules.safe_names import SIDECAR_ROOM, component, cut

__all__ = ["COPY", "JELLYFIN", "LAYOUTS", "Layout", "Place", "Work", "place", "unstackable", "version", "work_name"]

COPY: Final = " - copy {number}"  # a version label to Jellyfin, Plex and Kodi alike; " (2)" is not
_WORK: Final = 130  # byte, year included: leaves room for edition, version, part and copy within one stem
_LABEL: Final = 40  # byte, an edition
_LABEL_MARKS: Final = re.compile(r"[.,;!]+")  # "not supported" in version labels (Jellyfin, Movies)


@dataclass(frozen=True, slots=True)
class Layout:
    """How one server wants its library: folders below the root, and the stem of a file, as templates.

    Slots: ``{work}`` is "Title (Year)"; ``{season}`` a number; ``{number}`` what `episode` and `further` make of the
    episodes, or the date; ``{episode_title}`` with a blank before it, or nothing; ``{label}`` edition and version by
    `label`, or nothing; ``{part}`` by `film_part` or `episode_part`, or nothing; ``{year}`` of a home video.
    """

    name: str
    film: tuple[str, ...]
    film_stem: str
    film_part: str
    episode: tuple[str, ...]
    episode_stem: str
    episode_part: str
    first: str  # the first episode of a file
    last: str  # the last of a run: S01E01-E03
    more: str  # one more that is no neighbour: S01E01E05
    label: str
    home_video: tuple[str, ...]
    home_video_stem: str
    undated: str
    extras: Mapping[str, str] = field(hash=False)  # extra_type -> folder beside the film, or in the show's or season's
    other_extras: str = "other"
    stack: str | None = None  # how stems of a film's parts end, where parts and versions cannot lie side by side


JELLYFIN: Final = Layout(
    name="jellyfin",
    film=("Movies", "{work}"),
    film_stem="{work}{label}{part}",
    film_part="-cd{part}",
    episode=("Shows", "{work}", "Season {season:02d}"),
    # A blank, no dash, behind the number: "S01E06 - E9 Protocol" is read as episodes 6 to 9.
    episode_stem="{work} {number}{episode_title}{part}{label}",
    episode_part="-part-{part}",
    first="S{season:02d}E{episode:02d}",
    last="-E{episode:02d}",
    more="E{episode:02d}",
    label=" - {label}",
    home_video=("Home Videos", "{year}"),
    home_video_stem="{name}",
    undated="Undated",
    extras={
        "trailer": "trailers",
        "behind_the_scenes": "behind the scenes",
        "deleted": "deleted scenes",
        "featurette": "featurettes",
        "interview": "interviews",
        "scene": "scenes",
        "short": "shorts",
        "clip": "clips",
        "sample": "samples",
        "other": "other",  # not "extras": below a show that may be read as season 0
    },
    stack=r"-cd\d+",
)
LAYOUTS: Final = {layout.name: layout for layout in (JELLYFIN,)}


@dataclass(frozen=True, slots=True)
class Work:
    """What a label says of one video, as far as its place depends on it. Meanings stand in `schema.LABELS`."""

    media_type: str
    title: str | None = None
    year: int | None = None
    season: int | None = None
    episodes: tuple[int, ...] = ()
    date: str | None = None  # ISO: 2011-11-15
    episode_title: str | None = None
    part: int | None = None
    edition: str | None = None
    extra_type: str | None = None
    of_show: bool = False  # an extra's owner is a show
    name: str = ""  # the file's own name, without suffix


@dataclass(frozen=True, slots=True)
class Place:
    """Folders below the root, and the stem; with a slot left open for a version, written only where names meet.

    `work` is the index in `folders` of the folder that bears the work's name, None where there is none. The stem
    reads ``head + label + tail``.
    """

    folders: tuple[str, ...]
    head: str
    tail: str = ""
    edition: str = ""
    label: str = ""  # the layout's template, "" where files of this kind have no versions
    work: int | None = None

    def stem(self, version: str | None = None, copy: int = 1) -> str:
        """The stem, with `version` ("1080p") in its label, and as copy number `copy`."""
        words = " ".join(word for word in (self.edition, version if self.label else None) if word)
        label = self.label.format(label=words) if words else ""
        return f"{self.head}{label}{self.tail}{COPY.format(number=copy) if copy > 1 else ''}"


def place(layout: Layout, work: Work, *, names: str = "safe", root_name: str | None = None) -> Place | str:
    """Say where `layout` wants `work`, or, in a word and a reason, what is missing to say it.

    `root_name` is the name the work's folder already has, where it should be joined rather than doubled.

    >>> film = place(JELLYFIN, Work("movie", "Alien", 1979, edition="Director's Cut"))
    >>> "/".join(film.folders), film.stem(), film.stem(version="2160p")
    ('Movies/Alien (1979)', "Alien (1979) - Director's Cut", "Alien (1979) - Director's Cut 2160p")
    >>> place(JELLYFIN, Work("episode", "Lost", 2004))
    'no_number: an episode needs a number or a date'
    """
    match work.media_type:
        case "movie":
            return _film(layout, work, names, root_name)
        case "episode":
            return _episode(layout, work, names, root_name)
        case "extra":
            return _extra(layout, work, names, root_name)
        case "home_video":
            return _home_video(layout, work, names)
    return f"not_planned: {work.media_type!r} has no place in a library"


def work_name(title: str, year: int | None, *, names: str = "safe") -> str:
    """The name of a film's or show's folder: ``Title (Year)``, or the title alone; the title is cut, never the year.

    >>> work_name("Mission: Impossible", 1996), work_name("Dune (2021)", 2021), work_name("?", None)
    ('Mission - Impossible (1996)', 'Dune (2021)', 'Untitled')
    """
    year_text = "" if year is None else f" ({year})"
    if year_text and title.rstrip().endswith(year_text.lstrip()):
        title = title.rstrip()[: -len(year_text.lstrip())]
    return component(component(title, names=names, most=_WORK - len(year_text.encode())) + year_text, names=names)


def version(quality: int | None, screen_size: str | None) -> str | None:
    """What tells two versions of one film apart: its class by the frame, else what its name claims.

    >>> version(1080, "720p"), version(None, "4K"), version(None, None)
    ('1080p', '4K', None)
    """
    if quality is not None:
        return f"{quality}p"
    return component(_LABEL_MARKS.sub(" ", screen_size), most=_LABEL, empty="") or None if screen_size else None


def unstackable(layout: Layout, folder: str, stems: list[str]) -> bool:
    """Whether the videos called `stems` in `folder` are parts of a film with versions beside, which cannot be read.

    >>> unstackable(JELLYFIN, "X (1999)", ["X (1999)-cd1", "X (1999)-cd2"])
    False
    >>> unstackable(JELLYFIN, "X (1999)", ["X (1999)-cd1", "X (1999)-cd2", "X (1999)"])
    True
    """
    if layout.stack is None or len(stems) < 2:
        return False
    ends = re.compile(rf"{layout.stack}\Z", re.IGNORECASE)
    own = [stem for stem in stems if stem.startswith(folder)]
    parts = [stem for stem in own if ends.search(stem)]
    return bool(parts) and (len(parts) < len(own) or len({ends.sub("", stem) for stem in parts}) > 1)


def _film(layout: Layout, work: Work, names: str, root_name: str | None) -> Place | str:
    if not work.title:
        return "no_title: a film needs a title"
    name = root_name or work_name(work.title, work.year, names=names)
    part = "" if work.part is None else layout.film_part.format(part=work.part)
    head, tail = _slots(layout.film_stem, work=name, part=part)
    return Place(_folders(layout.film, work=name), head, tail, _edition(work, names), layout.label, _of(layout.film))


def _episode(layout: Layout, work: Work, names: str, root_name: str | None) -> Place | str:
    if not work.title:
        return "no_title: an episode needs the title of its show"
    if not work.episodes and not work.date:
        return "no_number: an episode needs a number or a date"
    name = root_name or work_name(work.title, work.year, names=names)
    season = work.season
    if season is None:
        season = 1 if work.episodes else int((work.date or "0")[:4])
    number = _number(layout, season, sorted(set(work.episodes))) if work.episodes else str(work.date)
    part = "" if work.part is None else layout.episode_part.format(part=work.part)
    title = component(work.episode_title, names=names, empty="") if work.episode_title else ""
    edition = _edition(work, names)
    # What may still be added to the stem: a label of edition and version, a copy's number, a suffix, a sidecar's.
    room = 255 - SIDECAR_ROOM - 8 - len(f"{name} {number} {part}{edition} - 2160p - copy 99".encode())
    title = cut(title, max(0, room)).rstrip(" .")
    head, tail = _slots(layout.episode_stem, work=name, number=number, part=part, episode_title=title and f" {title}")
    return Place(
        _folders(layout.episode, work=name, season=season), head, tail, edition, layout.label, _of(layout.episode)
    )


def _extra(layout: Layout, work: Work, names: str, root_name: str | None) -> Place | str:
    if not work.title:
        return "no_owner: an extra needs the title of what it belongs to"
    name = root_name or work_name(work.title, work.year, names=names)
    folders = layout.episode if work.of_show else layout.film
    if work.of_show and work.season is None:
        folders = tuple(folder for folder in folders if "{season" not in folder)
    kind = layout.extras.get(work.extra_type or "other", layout.other_extras)
    # The file's own name tells its part already.
    part = "" if work.part is None or not work.episode_title else f" part {work.part}"
    stem = component(work.episode_title or work.name, names=names, most=180 - len(part)) + part
    return Place((*_folders(folders, work=name, season=work.season), kind), stem, work=_of(folders))


def _home_video(layout: Layout, work: Work, names: str) -> Place:
    year = work.date[:4] if work.date else layout.undated if work.year is None else str(work.year)
    stem = layout.home_video_stem.format(name=component(work.name, names=names, most=180))
    return Place(_folders(layout.home_video, year=component(year, names=names)), stem)


def _number(layout: Layout, season: int, episodes: list[int]) -> str:
    number = layout.first.format(season=season, episode=episodes[0])
    if len(episodes) > 1 and episodes[-1] - episodes[0] == len(episodes) - 1:
        return number + layout.last.format(season=season, episode=episodes[-1])
    return number + "".join(layout.more.format(season=season, episode=episode) for episode in episodes[1:])


def _edition(work: Work, names: str) -> str:
    if not work.edition:
        return ""
    return component(_LABEL_MARKS.sub(" ", work.edition), names=names, most=_LABEL, empty="")


def _folders(templates: tuple[str, ...], **slots: object) -> tuple[str, ...]:
    return tuple(template.format(**slots) for template in templates)


def _of(templates: tuple[str, ...]) -> int | None:
    return next((at for at, template in enumerate(templates) if template == "{work}"), None)


def _slots(template: str, **slots: str) -> tuple[str, str]:
    head, _, tail = template.partition("{label}")
    return head.format(**slots), tail.format(**slots)
