"""Where a file goes: the layouts of media servers, as tables of data, and the one rule that fills them in.

A layout is a handful of templates (see `templates`). `place` fills one from a label; every field is made safe before
it is put in, so nothing that a label says can add a folder or leave the root.

Jellyfin's table follows its documentation (Movies, TV Shows) and the source of Emby.Naming, as of 12.0; Plex's its
support articles; Kodi's its wiki and the defaults of its advancedsettings, as of v21.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from mediaorg.errors import BadSetting
from mediaorg.rules.collisions import folded
from mediaorg.rules.safe_names import SIDECAR_ROOM, component, cut
from mediaorg.rules.templates import Template, parse

__all__ = [
    "COPY",
    "JELLYFIN",
    "KODI",
    "LAYOUTS",
    "PLEX",
    "Layout",
    "Place",
    "Work",
    "copy_number",
    "form",
    "ids_of",
    "place",
    "respelled",
    "title_of",
    "unstackable",
    "version",
    "without_ids",
    "work_name",
]

COPY: Final = " - copy {number}"  # a version label to Jellyfin, Plex and Kodi alike; " (2)" is not
_WORK: Final = 130  # byte, year included: leaves room for edition, version, part and copy within one stem
_LABEL_MARKS: Final = re.compile(r"[.,;!]+")  # "not supported" in version labels (Jellyfin, Movies)
_EXTRAS: Final = {  # Jellyfin's folders beside a film, or in the show's or season's
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
}
_COMMON: Final = frozenset({"work", "title", "year", "ids", "part", "edition", "version", "label", "copy"})
_FIELDS: Final = {
    "film": _COMMON,
    "episode": _COMMON | {"season", "number", "episode_title"},
    "film_extra": frozenset({"work", "title", "year", "ids", "edition", "extra", "name", "copy"}),
    "film_trailer": frozenset({"work", "title", "year", "ids", "edition", "extra", "name", "copy"}),
    "show_extra": frozenset({"work", "title", "year", "ids", "season", "extra", "name", "copy"}),
    "home_video": frozenset({"year", "name", "title", "copy"}),
}
_NUMBER_FIELDS: Final = frozenset({"season", "episode"})
_ID_FIELDS: Final = frozenset({"provider", "id"})
_TELLING: Final = {"film": ("work", "title"), "episode": ("number",)}  # without one of these, all would be one file


@dataclass(frozen=True, slots=True)
class Layout:
    """How one server, or you, want a library: paths below its root as templates, without suffix.

    The language of templates is told in `mediaorg.rules.templates`. Fields: ``work`` is "Title (Year)", or the title
    alone; ``title``; ``year``; ``ids`` by `ids`, where the table has tmdb_id, imdb_id or tvdb_id; ``part``;
    ``edition``; ``version`` ("1080p"), known only where two files would else share a name; ``label``, both in one;
    ``copy``, by default at the end. Of an episode: ``season``, ``episode_title`` and ``number``, which is made of its
    episodes by `first`, `last` (for a run; None if each is to be named) and `more`, or its date. Of an extra:
    ``extra``, its folder by `extras`, and ``name``. Of a home video: ``year`` and ``name``.

    flags: the server's own word for a subtitle's flag, where it reads another. most_parts: more than these a server does not join. longest_edition: characters. runs_only: episodes of one file that
    are no run are read as one. Regular expressions: stack, how stems of a film's parts end, where parts and versions
    cannot lie side by side; not_dated, what no episode title may hold beside a date; words_apart, the words of titles
    and names that would make another thing of the file, and so are set in parentheses; numbers_apart, what of the name
    of a show's extra would be read as an episode's number, whose digits are then set so.

    Raises BadSetting for a template that cannot be read, or that gives all files one name.

    >>> mine = Layout("mine", film="Films/{title}< ({year})>/{title}< - {label}>", episode="TV/{work}/{number}")
    >>> film = place(mine, Work("movie", "Alien", 1979))
    >>> film.folders, film.stem("2160p")
    (('Films', 'Alien (1979)'), 'Alien - 2160p')
    """

    name: str
    film: str = "Movies/{work}< {ids}>/{work}< {ids}>< - {label}><-cd{part}>"
    # A blank, no dash, behind the number: "S01E06 - E9 Protocol" is read as episodes 6 to 9.
    episode: str = "Shows/{work}< {ids}>/Season {season:02}/{work} {number}< {episode_title}><-part-{part}>< - {label}>"
    film_extra: str = "Movies/{work}< {ids}>/{extra}/{name}"
    show_extra: str = "Shows/{work}< {ids}>/<Season {season:02}>/{extra}/{name}"
    film_trailer: str | None = None
    home_video: str = "Home Videos/{year}/{name}"
    undated: str = "Undated"
    first: str = "S{season:02}E{episode:02}"
    last: str | None = "-E{episode:02}"
    more: str = "E{episode:02}"
    ids: str = "[{provider}id-{id}]"
    extras: Mapping[str, str] = field(default_factory=lambda: MappingProxyType(_EXTRAS), hash=False)
    flags: Mapping[str, str] = field(default_factory=dict, hash=False)
    most_parts: int | None = None
    longest_edition: int = 40
    stack: str | None = r"-cd\d+"
    runs_only: bool = True
    not_dated: str | None = r"e\d|\d\W*x\W*\d"  # read as an episode before the date is
    words_apart: str | None = r"(?<=[-._ ])(?:trailer|sample)$"  # "Official Trailer" is an extra by its name
    numbers_apart: str | None = None

    def __post_init__(self) -> None:
        for kind, known in _FIELDS.items():
            text = getattr(self, kind)
            if text is None and kind == "film_trailer":
                continue
            if not isinstance(text, str):
                raise BadSetting(f"{kind} must be a template, a text, not {text!r}")
            stem = parse(text, known)[-1]
            if not stem.fields.intersection(_TELLING.get(kind, ("name", "work", "title"))):
                wanted = " or ".join(f"{{{name}}}" for name in _TELLING.get(kind, ("name",)))
                raise BadSetting(f"the template {text!r} would give all files one name: it needs {wanted} at its end")
        for number in (self.first, self.last, self.more):
            if number is not None and "episode" not in parse(number, _NUMBER_FIELDS)[0].needed:
                raise BadSetting(f"the template {number!r} needs {{episode}}")
        for text in (self.first, self.last, self.more, self.ids):
            if text is not None and "/" in text:
                raise BadSetting(f"the template {text!r} cannot add a folder")
        if "id" not in parse(self.ids, _ID_FIELDS)[0].needed:
            raise BadSetting(f"the template {self.ids!r} needs {{id}}")
        for kind in ("stack", "not_dated", "words_apart", "numbers_apart"):
            _must_be_pattern(kind, getattr(self, kind))
        for kind, least in (("most_parts", 1), ("longest_edition", 1)):
            number = getattr(self, kind)
            if number is not None and (not isinstance(number, int) or number < least):
                raise BadSetting(f"{kind} must be a whole number of at least {least}, not {number!r}")
        for kind in ("extras", "flags"):
            if not isinstance(getattr(self, kind), Mapping):
                raise BadSetting(f"{kind} must be a mapping, as in {kind}={{...}}, not {getattr(self, kind)!r}")


def _must_be_pattern(name: str, pattern: object) -> None:
    try:
        if pattern is not None:
            re.compile(pattern)  # type: ignore[call-overload]
    except (re.error, TypeError) as error:
        raise BadSetting(f"{name} must be a regular expression, not {pattern!r}: {error}") from None


JELLYFIN: Final = Layout(name="jellyfin")
PLEX: Final = Layout(
    name="plex",
    film="Movies/{work}< {ids}>< {{edition-{edition}}}>/{work}< {ids}>< {{edition-{edition}}}>< - {version}>< - pt{part}>",
    episode="TV Shows/{work}< {ids}>/Season {season:02}/{work} - {number}< - {episode_title}>< - {label}>< - pt{part}>",
    film_extra="Movies/{work}< {ids}>< {{edition-{edition}}}>/{extra}/{name}",
    show_extra="TV Shows/{work}< {ids}>/<Season {season:02}>/{extra}/{name}",
    first="s{season:02}e{episode:02}",
    last="-e{episode:02}",
    more="e{episode:02}",
    ids="{{{provider}-{id}}}",
    extras=MappingProxyType(
        {
            "trailer": "Trailers",
            "behind_the_scenes": "Behind The Scenes",
            "deleted": "Deleted Scenes",
            "featurette": "Featurettes",
            "interview": "Interviews",
            "scene": "Scenes",
            "short": "Shorts",
            "clip": "Other",
            "sample": "Other",
            "other": "Other",
        }
    ),
    flags=MappingProxyType({"hi": "sdh", "foreign": "forced"}),  # "hi" is Hindi to it
    most_parts=8,
    longest_edition=32,
    stack=r" - pt\d+",
    not_dated=r"\d\W*x\W*\d",
    words_apart=None,
)
KODI: Final = Layout(
    name="kodi",
    # ".1" is a part only right behind the number.
    episode="TV Shows/{work}< {ids}>/Season {season:02}/{work} - {number}<.{part}>< - {episode_title}>< - {label}>",
    show_extra="TV Shows/{work}< {ids}>/{extra}/{name}",
    film_trailer="Movies/{work}< {ids}>/{work}< {ids}><{copy}>-trailer",
    last=None,  # builds before v21 read S01E01-E03 as 1 and 3
    ids="{{{provider}-{id}}}",
    extras=MappingProxyType(dict.fromkeys(_EXTRAS, "Extras")),
    flags=MappingProxyType({"foreign": "forced"}),
    runs_only=False,
    words_apart=r"(?<=[!-._ ])sample(?=[-._ ]|$)|(?<=-)trailer",  # excludefromscan
    numbers_apart=r"e\d|s\d|\dx\d|\d{3}|\d[.-]\d|p(?:ar)?t",
)
LAYOUTS: Final = {layout.name: layout for layout in (JELLYFIN, PLEX, KODI)}


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
    ids: tuple[tuple[str, str], ...] = ()  # provider -> id


_OPEN: Final = frozenset({"version", "label", "copy"})  # known when all places are


@dataclass(frozen=True, slots=True)
class Place:
    """Folders below the root, and the stem; with fields left open for a version and a copy's number.

    `work` and `season` are the indices in `folders` of those that bear the work's name and the season, None where
    there are none.
    """

    folders: tuple[str, ...]
    template: Template
    name: str = ""  # of the work, as in its files' names
    same: str = ""  # the stem of all files of one identity: without episode title, version, copy
    edition: str | None = None
    number: int | None = None  # of the season
    work: int | None = None
    season: int | None = None
    note: str | None = None  # what the server will read otherwise
    called: tuple[str, str] | None = None  # how the stem begins, and how it is to begin: as the library has it

    @property
    def versions(self) -> bool:
        """Whether files of this kind may have versions side by side."""
        return "label" in self.template.fields or "version" in self.template.fields

    def stem(self, version: str | None = None, copy: int = 1) -> str:
        """The stem, with `version` ("1080p") in it, and as copy number `copy`."""
        number = COPY.format(number=copy) if copy > 1 else None
        label = " ".join([word for word in (self.edition, version) if word])
        stem = self.template.fill({"version": version, "label": label, "copy": number})
        if self.called is not None and stem.startswith(self.called[0]):
            stem = self.called[1] + stem[len(self.called[0]) :]
        return stem if number is None or "copy" in self.template.fields else stem + number


def place(layout: Layout, work: Work, *, names: str = "safe") -> Place | str:
    """Say where `layout` wants `work`, or, in a word and a reason, what is missing to say it.

    >>> film = place(JELLYFIN, Work("movie", "Alien", 1979, edition="Director's Cut"))
    >>> "/".join(film.folders), film.stem(), film.stem(version="2160p")
    ('Movies/Alien (1979)', "Alien (1979) - Director's Cut", "Alien (1979) - Director's Cut 2160p")
    >>> place(JELLYFIN, Work("episode", "Lost", 2004))
    'no_number: an episode needs a number or a date'
    """
    values: dict[str, Any] = {
        "title": component(work.title, names=names, most=_WORK, empty="") if work.title else None,
        "year": work.year,
        "work": work_name(work.title, work.year, names=names) if work.title else None,
        "ids": _ids(layout, work),
        "part": work.part,
        "edition": _edition(layout, work, names),
    }
    match work.media_type:
        case "movie":
            kind, more = "film", _film(layout, work)
        case "episode":
            kind, more = "episode", _episode(layout, work, names)
        case "extra":
            kind, more = _extra(layout, work, names)
        case "home_video":
            kind, more = "home_video", _home_video(layout, work, names)
        case _:
            return f"not_planned: {work.media_type!r} has no place in a library"
    if isinstance(more, str):
        return more
    values.update(more)
    *above, stem = parse(getattr(layout, kind), _FIELDS[kind])
    folders: list[str] = []
    at: dict[str, int] = {}
    for template in above:
        folder = template.fill(values)
        if folder:
            bears = "season" if "season" in template.fields else "work" if {"work", "title"} & template.fields else None
            if bears is not None:
                at.setdefault(bears, len(folders))
            folders.append(component(folder, names=names))
    name, edition, number = str(values["work"] or ""), values["edition"], values.get("season")
    open_stem = stem.given(_fitting(stem, values), _OPEN)
    same = (
        f"{stem.fill({**values, 'episode_title': values.get('identity'), 'label': edition})}/{folded(work.title or '')}"
    )
    return Place(
        tuple(folders), open_stem, name, same, edition, number, at.get("work"), at.get("season"), values.get("note")
    )


def work_name(title: str, year: int | None, *, names: str = "safe") -> str:
    """The name of a film's or show's folder: ``Title (Year)``, or the title alone; the title is cut, never the year.

    >>> work_name("Mission: Impossible", 1996), work_name("Dune (2021)", 2021), work_name("?", None)
    ('Mission - Impossible (1996)', 'Dune (2021)', 'Untitled')
    """
    year_text = "" if year is None else f" ({year})"
    if year_text and title.rstrip().endswith(year_text.lstrip()):
        title = title.rstrip()[: -len(year_text.lstrip())]
    return component(component(title, names=names, most=_WORK - len(year_text.encode())) + year_text, names=names)


_YEAR_BEFORE: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_THREE_D: Final = re.compile(
    r"(?<![a-z0-9])3-?d(?![a-z0-9])(?:[ ._-]*(?P<half>half|full|h|f)?[ ._-]*(?P<how>sbs|ou|tab|mvc))?(?![a-z0-9])",
    re.IGNORECASE,
)


_COPIED: Final = re.compile(re.escape(COPY).replace(r"\{number\}", r"(\d{1,5})"))


def copy_number(name: str) -> int:
    """Which copy a file's name says it is; 1 where it does not.

    >>> copy_number("Alien (1979) - copy 12.mkv"), copy_number("Alien (1979).mkv")
    (12, 1)
    """
    found = _COPIED.search(name)
    return int(found[1]) if found else 1


def form(name: str) -> str | None:
    """How a file's name says it is to be seen, in the words servers know: Jellyfin's "3D HSBS", "3D FTAB".

    A server shows the two halves side by side if this is lost. A title may end in 3D, so it counts behind a year, or
    with the way the halves lie.

    >>> form("Gravity.2013.3D.Half-OU.1080p"), form("Gravity (2013) [3D]"), form("Step Up 3D (2010)")
    ('3D HTAB', '3D', None)
    """
    year = _YEAR_BEFORE.search(name)
    for found in _THREE_D.finditer(name):
        how = (found["how"] or "").upper().replace("OU", "TAB")
        if how or (year is not None and year.start() < found.start()):
            half = (found["half"] or "")[:1].upper() if how and how != "MVC" else ""
            return f"3D {half}{how}".strip()
    return None


def version(quality: int | None, screen_size: str | None) -> str | None:
    """What tells two versions of one film apart: its class by the frame, else what its name claims.

    >>> version(1080, "720p"), version(None, "4K"), version(None, None)
    ('1080p', '4K', None)
    """
    if quality is not None:
        return f"{quality}p"
    return component(_LABEL_MARKS.sub(" ", screen_size), most=40, empty="") or None if screen_size else None


def unstackable(layout: Layout, folder: str, stems: list[str]) -> bool:
    """Whether the videos called `stems` in `folder` are parts of a film with versions beside, which cannot be read.

    >>> unstackable(JELLYFIN, "X (1999)", ["X (1999)-cd1", "X (1999)-cd2"])
    False
    >>> unstackable(JELLYFIN, "X (1999)", ["X (1999)-cd1", "X (1999)-cd2", "X (1999)"])
    True
    """
    if layout.stack is None or len(stems) < 2:
        return False
    ends = _ends(layout.stack)
    own = [stem for stem in stems if stem.startswith(folder) and not stem.lower().endswith("-trailer")]
    parts = [stem for stem in own if ends.search(stem)]
    return bool(parts) and (len(parts) < len(own) or len({ends.sub("", stem) for stem in parts}) > 1)


@lru_cache(maxsize=16)
def _ends(stack: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{stack})\Z", re.IGNORECASE)


# ---- what each kind adds ---------------------------------------------------------------------------------------

_More = dict[str, Any] | str


def _film(layout: Layout, work: Work) -> _More:
    if not work.title:
        return "no_title: a film needs a title"
    return _too_many_parts(layout, work) or {}


def _episode(layout: Layout, work: Work, names: str) -> _More:
    if not work.title:
        return "no_title: an episode needs the title of its show"
    if not work.episodes and not work.date:
        return "no_number: an episode needs a number or a date"
    if refused := _too_many_parts(layout, work):
        return refused
    season = work.season
    if season is None:
        season = 1 if work.episodes else int((work.date or "0")[:4])
    title = _apart(layout, component(work.episode_title, names=names, empty="")) if work.episode_title else ""
    note = None
    if work.episodes:
        episodes = sorted(set(work.episodes))
        number = _number(layout, season, episodes)
        if layout.runs_only and episodes[-1] - episodes[0] >= len(episodes):
            note = f"not_a_run: {layout.name} will read episodes {episodes[0]} to {episodes[-1]}"
    else:
        number = str(work.date)
        if layout.not_dated and re.search(layout.not_dated, title, re.IGNORECASE):
            title = ""
    # Two episodes of one day are told apart by their titles, others by their numbers.
    identity = None if work.episodes else title
    return {"season": season, "number": number, "episode_title": title, "identity": identity, "note": note}


def _apart(layout: Layout, text: str) -> str:
    """`text` with the words in parentheses that would else make another thing of the file."""
    if layout.words_apart is None:
        return text
    return re.sub(layout.words_apart, lambda found: f"({found[0]})", text, flags=re.IGNORECASE)


def _too_many_parts(layout: Layout, work: Work) -> str | None:
    if layout.most_parts is None or work.part is None or work.part <= layout.most_parts:
        return None
    return f"too_many_parts: {layout.name} joins at most {layout.most_parts}"


def _extra(layout: Layout, work: Work, names: str) -> tuple[str, _More]:
    if not work.title:
        return "film_extra", "no_owner: an extra needs the title of what it belongs to"
    # The file's own name tells its part already.
    part = "" if work.part is None or not work.episode_title else f" part {work.part}"
    name = component(work.episode_title or work.name, names=names, most=180 - len(part)) + part
    kind = work.extra_type if work.extra_type in layout.extras else "other"
    more = {"season": work.season, "extra": layout.extras.get(kind or "other", "other"), "name": name, "part": None}
    if work.of_show:
        if layout.numbers_apart and re.search(layout.numbers_apart, name, re.IGNORECASE):
            more["name"] = _DIGITS.sub(r"(\1)", name)
        return "show_extra", more
    trailer = kind == "trailer" and layout.film_trailer is not None
    return ("film_trailer" if trailer else "film_extra"), more


_DIGITS: Final = re.compile(r"(?<![(\d])(\d+)(?![)\d])")


def _home_video(layout: Layout, work: Work, names: str) -> _More:
    year = work.date[:4] if work.date else layout.undated if work.year is None else str(work.year)
    return {"year": year, "name": _apart(layout, component(work.name, names=names, most=180))}


def _number(layout: Layout, season: int, episodes: list[int]) -> str:
    """Season and episodes as the layout writes them."""
    first, *others = episodes
    number = _numbered(layout.first, season, first)
    run = episodes[-1] - first == len(others)
    if others and run and layout.last is not None:
        return number + _numbered(layout.last, season, episodes[-1])
    return number + "".join(_numbered(layout.more, season, episode) for episode in others)


def _numbered(template: str, season: int, episode: int) -> str:
    return parse(template, _NUMBER_FIELDS)[0].fill({"season": season, "episode": episode})


_ID: Final = re.compile(r"[A-Za-z0-9-]{1,20}")


def _ids(layout: Layout, work: Work) -> str | None:
    """The first id a work has; servers need no second."""
    for provider, number in work.ids:
        if _ID.fullmatch(number):
            return parse(layout.ids, _ID_FIELDS)[0].fill({"provider": provider, "id": number})
    return None


def _edition(layout: Layout, work: Work, names: str) -> str | None:
    if not work.edition:
        return None
    words = _LABEL_MARKS.sub(" ", work.edition).replace("{", "(").replace("}", ")")
    return (
        component(component(words, names=names, empty="")[: layout.longest_edition], names=names, most=40, empty="")
        or None
    )


def _fitting(stem: Template, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """`values`, the episode's title cut to what is left beside all that may still be added: version, copy, sidecar's tail."""
    title = values.get("episode_title")
    if not title:
        return values
    most = 255 - SIDECAR_ROOM - 8 - len(" - 2160p - copy 99")
    whole = stem.fill({**values, "label": values["edition"]})
    over = len(whole.encode()) - most
    if over <= 0:
        return values
    return {**values, "episode_title": cut(title, max(0, len(title.encode()) - over)).rstrip(" .")}


def respelled(found: Place, spelled: str) -> Place:
    """`found`, in a library that calls the work's folder `spelled`: the stem begins as the folder does.

    An id in the folder's name is repeated in a stem that would have one itself: Jellyfin's versions need the exact name.

    >>> respelled(place(JELLYFIN, Work("movie", "Alien", 1979)), "ALIEN (1979) [tmdbid-348]").stem()
    'ALIEN (1979) [tmdbid-348]'
    >>> respelled(place(JELLYFIN, Work("episode", "Lost", 2004, 1, (2,))), "Lost [tvdbid-73739]").stem()
    'Lost S01E02'
    """
    if found.work is None:
        return found
    if "ids" in found.template.fields:
        return replace(found, called=(found.folders[found.work], spelled))
    return replace(found, called=(found.name, without_ids(spelled)))


_IDS: Final = re.compile(r"\s*[\[{](?P<provider>tmdb|imdb|tvdb)(?:id)?[-=](?P<id>[^\]}]*)[\]}]", re.IGNORECASE)
_YEAR: Final = re.compile(r"(?P<title>.+?)\s*\((?P<year>\d{4})\)")


def without_ids(folder: str) -> str:
    """A work's folder without the ids of providers: "Lost [tvdbid-73739]", "Alien (1979) {tmdb-348}"."""
    return _IDS.sub("", folder).strip() or folder


def ids_of(folder: str) -> dict[str, str]:
    """The ids of providers in a work's folder.

    >>> ids_of("Alien (1979) {tmdb-348}"), ids_of("Lost [tvdbid=73739]"), ids_of("Lost")
    ({'tmdb': '348'}, {'tvdb': '73739'}, {})
    """
    return {found["provider"].lower(): found["id"].lower() for found in _IDS.finditer(folder)}


def title_of(folder: str) -> tuple[str, int | None]:
    """What a work's folder says: its title as a key that spellings share, and its year.

    >>> title_of("Marvel's Agents of S.H.I.E.L.D. (2013) {tvdb-263365}"), title_of("marvels agents of shield")
    (('marvelsagentsofshield', 2013), ('marvelsagentsofshield', None))
    """
    name = without_ids(folder)
    found = _YEAR.fullmatch(name)
    title, year = (found["title"], int(found["year"])) if found else (name, None)
    letters = _SAID.findall(_BETWEEN.sub(r"\1-", folded(title.replace("&", "and"))))
    return "".join(letters) or folded(title), year


_BETWEEN: Final = re.compile(r"(\d)[\W_]+(?=\d)")  # "10-4" is not "104"
# Letters, digits, the vowel signs of Indic scripts and Thai, and what tells C++ from C.
_SAID: Final = re.compile(
    r"(?:[^\W_]|[+#]|(?<=\d)-(?=\d)|[\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff\u0f00-\u109f\u1700-\u17ff])"
)
