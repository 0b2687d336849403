"""How Plex reads a library: its articles on naming (movies, TV shows, local extras, local subtitles, editions) and the
expressions of its series scanner.

A file is its own name; where that says no year, its folder's. Files of one title, year and edition are one entry, and
so are files of one episode, wherever they lie. Plex's present scanner is closed: what only third parties tell is in
`doubt`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from mediaorg.rules.days import iso_day
from mediaorg.rules.servers.beside import Beside, by_stem, picture_names, vobsub_index
from mediaorg.rules.servers.identifiers import identifiers
from mediaorg.rules.servers.languages import language
from mediaorg.rules.servers.shelves import File, by_folder, fold, videos, whole
from mediaorg.rules.servers.taken import Number, Taken

__all__ = ["EXTRA_TYPES", "FLAGS", "LIBRARIES"]

FLAGS: Final = frozenset({"forced", "sdh", "cc"})

# "Local Files for Trailers and Extras"
_EXTRA_FOLDERS: Final = {
    "behind the scenes": "behind_the_scenes",
    "deleted scenes": "deleted",
    "featurettes": "featurette",
    "interviews": "interview",
    "scenes": "scene",
    "shorts": "short",
    "trailers": "trailer",
    "other": "other",
}
_EXTRA_ENDS: Final = {
    "-behindthescenes": "behind_the_scenes",
    "-deleted": "deleted",
    "-featurette": "featurette",
    "-interview": "interview",
    "-scene": "scene",
    "-short": "short",
    "-trailer": "trailer",
    "-other": "other",
}
EXTRA_TYPES: Final = frozenset(_EXTRA_FOLDERS.values())

_CASELESS: Final = re.IGNORECASE | re.ASCII  # without ASCII, ſ would be an s

# What the scanner passes over, in any library.
_IGNORED_FOLDER: Final = re.compile(r"\bextras?\b|^!?samples?$|bonus|^bdmv$|^video_ts$", _CASELESS)
_SAMPLE: Final = re.compile(r"(?:^|[-._])sample(?:[-._]|$)", _CASELESS)

_BRACES: Final = re.compile(r"\{[^{}]*\}")
_EDITION: Final = re.compile(r"\{edition-([^{}]+)\}", _CASELESS)
_LONGEST_EDITION: Final = 32  # characters
_NAME: Final = re.compile(r"(?P<title>.*\S)\s*\((?P<year>(?:18|19|20)[0-9]{2})\)(?P<rest>.*)", re.DOTALL)
_PART: Final = re.compile(
    r"(?P<name>.*?)[ ._-]+(?:cd|dis[ck]|dvd|part|pt)(?P<number>[1-9][0-9]?)", _CASELESS | re.DOTALL
)
_MOST_PARTS: Final = 8

_SEASON: Final = re.compile(r"season[ ._-]*(?P<number>[0-9]{1,4})(?![0-9])|specials", _CASELESS)

# The series scanner, in its order. Groups: s(eason), e(pisode), l(ast one).
_EPISODES: Final = tuple(
    (why, re.compile(pattern, _CASELESS))
    for why, pattern in (
        ("s01e02, s01e01-e03", r"s(?P<s>[0-9]+)[._ ]*e(?P<e>[0-9]+)[._ ]*(?:[- ]?s(?P<other>[0-9]+))?(?:[- ]?[e+](?P<l>[0-9]+))?"),
        ("S03-03", r"s(?P<s>[0-9]{2})[._ -]+(?P<e>[0-9]+)"),
        ("3x03", r"(?:^|[^0-9])(?P<s>19[3-9][0-9]|20[0-5][0-9]|[0-9]{1,2})x(?P<e>[0-9]+)(?:(?:-[0-9]+)?x(?P<l>[0-9]+))?"),
        ("SP01", r"(?:^|[._ -])(?P<s>sp)(?P<e>[0-9]{2,3})(?:[._ -]|$)"),
        ("a date", r"(?P<year>[0-9]{4})[^0-9a-z]+(?P<month>[0-9]{2})[^0-9a-z]+(?P<day>[0-9]{2})(?:[^0-9]|$)"),
        ("a date", r"(?P<month>[0-9]{2})[^0-9a-z]+(?P<day>[0-9]{2})[^0-9a-z(]+(?P<year>[0-9]{4})(?:[^0-9a-z]|$)"),
        ("01 of 08", r"(?P<e>[0-9]{1,3})[. _-]*of[. _-]*[0-9]{1,3}"),
        ("01 - name", r"^(?P<e>[0-9]{1,3})(?:[^0-9]|$)"),
        ("ep12", r"e[a-z]*[ ._-]*(?P<e>[0-9]{2,3})(?:[^0-9c-uw-z%]|$)"),
        ("name - 04", r"[ ._-](?P<e>[0-9]{2,3})(?:[^0-9c-uw-z%]|$)"),
    )
)  # fmt: skip
_YEAR: Final = re.compile(r"\((?:18|19|20)[0-9]{2}\)")
# H.264, 720p, 5.1: taken out of a name before its number is looked for
_FIGURES: Final = re.compile(r"[hx][. ]?26[45]|[0-9]{3,4}[pi](?![a-z0-9])|[57]\.1(?![0-9])", _CASELESS)

_SUBTITLES: Final = frozenset({".srt", ".smi", ".ssa", ".ass", ".vtt", ".sub", ".idx"})
_SUBTITLE_FOLDERS: Final = frozenset({"subs", "subtitles"})
_SILENT_WORDS: Final = frozenset({"default", "normal", "embedded", "custom"})
_PICTURES: Final = picture_names(
    "cover default folder movie poster show art backdrop background fanart banner logo clearlogo theme square thumb landscape"
)
_MOVIE_NFO: Final = frozenset({"movie"})
_SHOW_NFO: Final = frozenset({"tvshow", "season"})


@dataclass(frozen=True, slots=True)
class _Name:
    title: str
    year: int | None
    edition: str | None
    label: str | None  # what follows the year: " - 2160p"


# --- films


def _films(files: list[File], taken: dict[int, Taken]) -> None:
    groups = by_folder(files)
    entries: defaultdict[object, list[tuple[list[File], _Name]]] = defaultdict(list)
    for folders, group in groups.items():
        if _extras_at(folders, first=0) is None:
            for parts in _stacked(_kept(folders, videos(group), taken)):
                name = _film_name(folders, _base(parts))
                entries[fold(name.title), name.year, fold(name.edition or "")].append((parts, name))
    for entry in entries.values():
        _take_film(entry, taken)
    for folders, group in groups.items():
        _take_extras(folders, videos(group), _film_owner(folders, groups, taken), taken, first=0)
        _BESIDE.read(group, groups, _MOVIE_NFO, taken)


def _kept(folders: tuple[str, ...], group: list[File], taken: dict[int, Taken]) -> list[File]:
    """Videos that are neither passed over nor extras by their name."""
    kept = []
    for file in group:
        ignored = next((folder for folder in folders[1:] if _IGNORED_FOLDER.search(folder)), None)
        if ignored is not None:
            taken[file.at] = Taken(None, f"scanner: a folder called {ignored!r} is passed over")
        elif _SAMPLE.search(file.stem):
            taken[file.at] = Taken(None, "scanner: a sample is passed over")
        elif _extra_by_name(file.stem) is None:
            kept.append(file)
    return kept


def _film_name(folders: tuple[str, ...], stem: str) -> _Name:
    """Title, year, edition and label of a film's file, by its own name and by that of its folder."""
    folder = folders[-1] if folders else ""
    edition = _edition(stem) or _edition(folder)
    bare, bare_folder = _bare(stem), _bare(folder)
    found = _NAME.fullmatch(bare)
    if found is not None:
        return _Name(found["title"].strip(), int(found["year"]), edition, _label(found["rest"]))
    of_folder = _NAME.fullmatch(bare_folder)
    if of_folder is not None:
        return _Name(of_folder["title"].strip(), int(of_folder["year"]), edition, bare)
    if bare_folder and bare.startswith(bare_folder):
        return _Name(bare_folder, None, edition, _label(bare[len(bare_folder) :]))
    return _Name(bare or stem, None, edition, None)


def _edition(name: str) -> str | None:
    found = _EDITION.search(name)
    return found[1].strip() or None if found else None


def _bare(name: str) -> str:
    return _BRACES.sub("", name).replace("  ", " ").strip()


def _label(rest: str) -> str | None:
    return rest.strip().lstrip("-").strip() or None


def _take_film(entry: list[tuple[list[File], _Name]], taken: dict[int, Taken]) -> None:
    entry.sort(key=lambda version: version[0][0].path)
    everyone = tuple(parts[0].at for parts, _ in entry)
    for parts, name in entry:
        for file in parts:
            taken[file.at] = Taken(
                "movie",
                "Naming and organizing your Movie files",
                doubt=_doubt(parts, name.edition),
                title=name.title,
                year=name.year,
                edition=name.edition,
                version=name.label,
                part=parts.index(file) + 1 if len(parts) > 1 else None,
                owner=None if file.at == everyone[0] else everyone[0],
                stack=tuple(part.at for part in parts) if len(parts) > 1 else (),
                versions=everyone if len(everyone) > 1 else (),
                ids=identifiers("plex", *file.folders[-1:], file.stem),
            )


def _doubt(parts: list[File], edition: str | None) -> str | None:
    if edition is not None and len(edition) > _LONGEST_EDITION:
        return f"Multiple Editions: {len(edition)} characters are more than {_LONGEST_EDITION}"
    if len(parts) == 1 and _PART.fullmatch(parts[0].stem):
        return "a part without a second one is no part, and may be hidden"
    return None


# --- parts


def _stacked(group: list[File]) -> list[list[File]]:
    """Parts of one video: same folder, same container, names that differ by cd1, disc1, dvd1, part1 or pt1, up to eight."""
    stacks: defaultdict[tuple[str, str], dict[int, File]] = defaultdict(dict)
    for file in group:
        found = _PART.fullmatch(file.stem)
        if found is not None and int(found["number"]) <= _MOST_PARTS:
            stacks[fold(found["name"]), file.suffix.lower()].setdefault(int(found["number"]), file)
    joined = [[parts[number] for number in sorted(parts)] for parts in stacks.values() if len(parts) > 1]
    within = {file.at for parts in joined for file in parts}
    return sorted([*joined, *([file] for file in group if file.at not in within)], key=lambda parts: parts[0].path)


def _base(parts: list[File]) -> str:
    found = _PART.fullmatch(parts[0].stem) if len(parts) > 1 else None
    return found["name"].rstrip(" -._") if found is not None else parts[0].stem


# --- extras


def _extras_at(folders: tuple[str, ...], *, first: int) -> int | None:
    return next((at for at in range(first, len(folders)) if folders[at].lower() in _EXTRA_FOLDERS), None)


def _extra_by_name(stem: str) -> str | None:
    low = stem.lower()
    return next((kind for end, kind in _EXTRA_ENDS.items() if low.endswith(end)), None)


def _take_extras(
    folders: tuple[str, ...], group: list[File], owner: int | str | None, taken: dict[int, Taken], *, first: int
) -> None:
    at = _extras_at(folders, first=first)
    for file in group:
        if file.at in taken:
            continue
        kind = _EXTRA_FOLDERS[folders[at].lower()] if at is not None else _extra_by_name(file.stem)
        if kind is None:
            continue
        why = "Local Files for Trailers and Extras: " + ("by its folder" if at is not None else "by its name")
        if owner is None or (at is not None and at != len(folders) - 1):
            taken[file.at] = Taken(None, f"{why}, but beside no film or show")
        else:
            taken[file.at] = Taken("extra", why, extra_type=kind, owner=owner)


def _film_owner(
    folders: tuple[str, ...], groups: Mapping[tuple[str, ...], list[File]], taken: Mapping[int, Taken]
) -> int | None:
    """The film whose folder holds an extra or a folder of extras; among several of one folder the first by name."""
    at = _extras_at(folders, first=0)
    place = folders if at is None else folders[:at]
    for file in videos(groups.get(place, ())) if place else ():
        of = taken.get(file.at)
        if of is not None and of.media_type == "movie":
            return file.at if of.owner is None or not isinstance(of.owner, int) else of.owner
    return None


# --- shows


def _shows(files: list[File], taken: dict[int, Taken]) -> None:
    groups = by_folder(files)
    entries: defaultdict[object, list[tuple[list[File], Number]]] = defaultdict(list)
    for folders, group in groups.items():
        films = videos(group)
        if not folders:
            taken.update((file.at, Taken(None, "a file outside any show's folder")) for file in films)
        elif _extras_at(folders, first=1) is None:
            for parts in _stacked(_kept(folders, films, taken)):
                number = _number(_base(parts), _season_of(folders))
                if number.episodes or number.date:
                    entries[
                        folders[0], number.season if number.episodes else None, number.episodes, number.date
                    ].append((parts, number))
                else:
                    taken.update(
                        (file.at, Taken(None, "series scanner: no number and no date in its name")) for file in parts
                    )
    for entry in entries.values():
        _take_episode(entry, taken)
    for folders, group in groups.items():
        _take_extras(folders, videos(group), _show_owner(folders, group), taken, first=1)
        _BESIDE.read(group, groups, _SHOW_NFO, taken)


def _show_owner(folders: tuple[str, ...], group: list[File]) -> str | None:
    at = _extras_at(folders, first=1)
    depth = len(folders) if at is None else at
    return group[0].above(depth) if depth == 1 or (depth == 2 and _SEASON.fullmatch(folders[1])) else None


def _season_of(folders: tuple[str, ...]) -> int | None:
    """The season of a folder below the show's: "Season 01", "Specials"; the English word, and nothing else."""
    for folder in reversed(folders[1:]):
        found = _SEASON.fullmatch(folder.strip())
        if found is not None:
            return 0 if found["number"] is None else int(found["number"])
    return None


def _number(stem: str, season: int | None) -> Number:
    name = _FIGURES.sub(" ", _YEAR.sub(" ", _bare(stem)))
    for why, pattern in _EPISODES:
        found = pattern.search(name)
        if found is None:
            continue
        groups = found.groupdict()
        if "year" in groups:
            date = iso_day(int(groups["year"]), int(groups["month"]), int(groups["day"]))
            if date is not None:
                return Number(season, date=date, why=why)
            continue
        episode, last = whole(groups["e"]), whole(groups.get("l"))
        if episode is None:
            continue
        said = groups.get("s")
        number = Number(1 if season is None else season, (episode,), why=why)
        if said is not None:
            number = replace(number, season=0 if said.lower() == "sp" else whole(said))
        other = whole(groups.get("other"))
        if other is not None and other != number.season:
            return replace(number, doubt=f"a file of seasons {number.season} and {other}: the first is read")
        if last is not None and episode < last <= episode + 999:
            return replace(number, episodes=tuple(range(episode, last + 1)))
        return number
    return Number()


def _take_episode(entry: list[tuple[list[File], Number]], taken: dict[int, Taken]) -> None:
    entry.sort(key=lambda version: version[0][0].path)
    show = entry[0][0][0].folders[0]
    found = _NAME.fullmatch(_bare(show))
    title, year = (found["title"].strip(), int(found["year"])) if found else (_bare(show) or show, None)
    everyone = tuple(parts[0].at for parts, _ in entry)
    for parts, number in entry:
        label = _base(parts).rpartition(" - ")[2] if len(entry) > 1 else None
        for file in parts:
            taken[file.at] = Taken(
                "episode",
                f"series scanner: {number.why}",
                doubt=number.doubt or _doubt(parts, None),
                title=title,
                year=year,
                season=number.season,
                episodes=number.episodes,
                date=number.date,
                part=parts.index(file) + 1 if len(parts) > 1 else None,
                version=label,
                owner=None if file.at == everyone[0] else everyone[0],
                stack=tuple(part.at for part in parts) if len(parts) > 1 else (),
                versions=everyone if len(everyone) > 1 else (),
                ids=identifiers("plex", show),
            )


# --- home videos


def _home_videos(files: list[File], taken: dict[int, Taken]) -> None:
    groups = by_folder(files)
    for group in groups.values():
        for file in videos(group):
            taken[file.at] = Taken("home_video", "Other Videos: the name of the file", title=file.stem)
        _BESIDE.read(group, groups, _MOVIE_NFO, taken)


# --- beside


def _subtitle(file: File, beside: Mapping[str, int], group: Iterable[File]) -> Taken:
    """By its video's stem and words between dots; where a folder has one video alone, by the words at the end alone."""
    if file.suffix.lower() not in _SUBTITLES:
        return Taken(None, f"Adding Local Subtitles: {file.suffix} is none of its formats")
    if file.suffix.lower() == ".idx" and not vobsub_index(file, group):
        return Taken(None, "Adding Local Subtitles: an idx without its sub")
    found = by_stem(file.stem, beside)
    if found is None and len(beside) != 1:
        return Taken(None, "Adding Local Subtitles: its name begins with no video's")
    owner, rest = found or (next(iter(beside.values())), "." + file.stem)
    spoken: str | None = None
    flags: set[str] = set()
    track: list[str] = []
    for word in reversed(rest.split(".")[1:]):
        low = word.lower()
        if low in FLAGS:
            flags.add(low)
        elif low == "foreign":
            flags.add("forced")
        elif low in _SILENT_WORDS:
            continue
        elif spoken is None and language(word) is not None:
            spoken = language(word)
        else:
            track.insert(0, word)
    doubt = "words beside language and flags are not in Plex's articles" if track else None
    return Taken(
        "subtitle", "Adding Local Subtitles", doubt, owner=owner, language=spoken, flags=frozenset(flags),
        track=".".join(track) or None,
    )  # fmt: skip


_BESIDE: Final = Beside(
    "Plex",
    _PICTURES,
    _subtitle,
    folders=_SUBTITLE_FOLDERS,
    nfo_doubt="read by an agent of one's own, or by Plex's since 2025",
)
LIBRARIES: Final = {"movies": _films, "shows": _shows, "home_videos": _home_videos}
