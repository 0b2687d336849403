"""How Kodi reads a library: the defaults of its advancedsettings (xbmc/settings/AdvancedSettings.cpp), its video scanner,
and the wiki's pages on naming, as of v21, with "movies are in separate folders that match the movie title" on.

The expressions are those defaults, documented as cleandatetime, cleanstrings, moviestacking, tvshowmatching,
tvmultipartmatching and excludefromscan. A film is named by its folder, parts joined by what they share; an episode by
its number alone. Where builds before v22 read several episodes of one file differently, `doubt` says how.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from mediaorg.rules.days import iso_day
from mediaorg.rules.servers.beside import Beside, by_stem, picture_names, stems, vobsub_index
from mediaorg.rules.servers.identifiers import identifiers
from mediaorg.rules.servers.languages import language
from mediaorg.rules.servers.shelves import File, by_folder, fold, videos, whole
from mediaorg.rules.servers.taken import Number, Taken

__all__ = ["EXTRA_TYPES", "FLAGS", "LIBRARIES"]

FLAGS: Final = frozenset({"default", "forced"})
EXTRA_TYPES: Final = frozenset({"trailer"})  # all others are extras without a type

# Without ASCII, İ and ı would be an i, and no numeral.
_CASELESS: Final = re.IGNORECASE | re.ASCII

# excludefromscan, on the path
_EXCLUDED_FILMS: Final = tuple(
    re.compile(pattern, _CASELESS)
    for pattern in ("-trailer", r"[!-._ \\/]sample[-._ \\/]", r"[\\/](?:proof|subs)[\\/]")
)
_EXCLUDED_EPISODES: Final = _EXCLUDED_FILMS[1:2]
_EXTRAS: Final = re.compile(r"extras|bonus[ ._-]*(?:dis[ck]|content|feature)s?", _CASELESS)  # the latter from v22

# cleandatetime, cleanstrings; what stands in brackets or braces as key=value or key-value is taken out before
_ATTRIBUTE: Final = re.compile(r"[{\[]\w+?(?:id)?[-=][^}\]|]+[}|\]]", _CASELESS)
_EDITION: Final = re.compile(r"[{\[]edition[-=]([^}\]]+)[}\]]", _CASELESS)
_YEAR: Final = re.compile(r"(.*[^ _,.()\[\]-])[ _.()\[\]-]+(19[0-9][0-9]|20[0-9][0-9])([ _,.()\[\]-]|[^0-9]$)?")
_CUTS: Final = (
    re.compile(
        r"[ _,.()\[\]-](10bit|480p|480i|576p|576i|720p|720i|1080p|1080i|2160p|3d|aac|ac3|aka|atmos|avi|bd5|bdrip|bdremux|"
        r"bluray|brrip|cam|cd[1-9]|custom|dc|ddp|divx|divx5|dolbydigital|dolbyvision|dsr|dsrip|dts|dts-hdma|dts-hra|dts-x|dv|"
        r"dvd|dvd5|dvd9|dvdivx|dvdrip|dvdscr|dvdscreener|extended|fragment|fs|h264|h265|hdr|hdr10|hevc|hddvd|hdrip|hdtv|"
        r"hdtvrip|hrhd|hrhdtv|internal|limited|multisubs|nfofix|ntsc|ogg|ogm|pal|pdtv|proper|r3|r5|read.nfo|remastered|remux|"
        r"repack|rerip|retail|screener|se|svcd|tc|telecine|telesync|truehd|ts|uhd|unrated|ws|x264|x265|xvid|xvidvd|xxx|web-dl|"
        r"webrip|www.www|\[.*\])([ _,.()\[\]-]|$)",
        _CASELESS,
    ),
    re.compile(r"(\[.*\])"),
)

# moviestacking: title, what varies, what follows, suffix
_STACKS: Final = tuple(
    re.compile(pattern, _CASELESS)
    for pattern in (
        r"(.*?)([ _.-]*(?:cd|dvd|p(?:(?:ar)?t)|dis[ck])[ _.-]*[0-9]+)(.*?)(\.[^.]+)$",
        r"(.*?)([ _.-]*(?:cd|dvd|p(?:(?:ar)?t)|dis[ck])[ _.-]*[a-d])(.*?)(\.[^.]+)$",
        r"(.*?)([ ._-]*[a-d])(.*?)(\.[^.]+)$",
    )
)

# tvshowmatching, on the path, in its order: season, episode, the rest
_PART: Final = r"(?:(?:[a-i]|\.[1-9])(?![0-9]))?"
_NUMBERS: Final = (
    ("s01e02", re.compile(rf"s([0-9]+)[ ._x-]*e([0-9]+{_PART})([^\\/]*)$", _CASELESS)),
    ("e02, ep02", re.compile(rf"[\._ -]?()e(?:p[ ._-]?)?([0-9]+{_PART})([^\\/]*)$", _CASELESS)),
)
_DATES: Final = (
    re.compile(r"([0-9]{4})[.-]([0-1][0-9])[.-]([0-3][0-9])"),
    re.compile(r"([0-3][0-9])([.-])([0-3][0-9])([.-])([0-9]{4})"),
)
_MORE_NUMBERS: Final = (
    ("1x02", re.compile(rf"[\\/._ \[(-]([0-9]+)x([0-9]+{_PART})([^\\/]*)$", _CASELESS)),
    ("part 2", re.compile(r"[/._ -]p(?:ar)?t[_. -]()([ivx]+|[0-9]+)([._ -][^/]*)$", _CASELESS)),
)
_SPECIAL: Final = re.compile(r"[\\/]([^\\/]+)\.special\.[a-z0-9]+$", _CASELESS)
_LAST_RESORT: Final = ("103", re.compile(rf"[\\/._ -]([0-9]+)([0-9][0-9]{_PART})([._ -][^\\/]*)$", _CASELESS))
# tvmultipartmatching, now and before v22
_MULTIPART: Final = re.compile(r"([-_ex]+)([0-9]+)(.*)", _CASELESS | re.DOTALL)
_OLD_MULTIPART: Final = re.compile(rf"[-_ex]+([0-9]+{_PART})", _CASELESS)
_MOST_IN_RANGE: Final = 50
_BEHIND_RANGE: Final = frozenset("-_.esx ")
_ROMAN: Final = {"i": 1, "v": 5, "x": 10}

_SUBTITLE_FOLDERS: Final = frozenset({"subs", "subtitles", "vobsubs", "sub", "vobsub", "subtitle"})
_SUBTITLES: Final = frozenset(
    ".utf .utf8 .utf-8 .sub .srt .smi .rt .txt .ssa .text .aqt .jss .ass .vtt .idx .ifo .sup".split()
)
_PICTURES: Final = picture_names(
    "poster fanart banner landscape clearart clearlogo discart characterart keyart thumb folder cover logo disc"
)
_MOVIE_NFO: Final = frozenset({"movie"})
_SHOW_NFO: Final = frozenset({"tvshow"})


# --- films


def _films(files: list[File], taken: dict[int, Taken]) -> None:
    groups = by_folder(files)
    for folders, group in groups.items():
        if _extras_at(folders) is None:
            _film_folder(folders, videos(group), taken)
    for folders, group in groups.items():
        if _extras_at(folders) is not None:
            _extras_folder(folders, videos(group), groups, taken)
        _BESIDE.read(group, groups, _MOVIE_NFO, taken)


def _film_folder(folders: tuple[str, ...], group: list[File], taken: dict[int, Taken]) -> None:
    scanned = [file for file in group if not _excluded(file, _EXCLUDED_FILMS)]
    entries: defaultdict[tuple[str, int | None], list[tuple[list[File], str | None]]] = defaultdict(list)
    for parts, name in _stacked(scanned):
        # A stack is named by what its parts share, a single file by its folder; a file beside the folders by itself.
        title, year = _clean(folders[-1] if folders and name is None else name or parts[0].stem)
        label = _label(folders[-1] if folders else "", name or parts[0].stem)
        entries[title, year].append((parts, label))
    for (title, year), entry in entries.items():
        _take_film(title, year, entry, taken)
    for file in group:
        if file.at not in taken:
            taken[file.at] = _trailer(file, scanned, taken)


def _take_film(
    title: str, year: int | None, entry: list[tuple[list[File], str | None]], taken: dict[int, Taken]
) -> None:
    entry.sort(key=lambda version: version[0][0].path)
    everyone = tuple(parts[0].at for parts, _ in entry)
    for parts, label in entry:
        for file in parts:
            edition = _EDITION.search(file.stem)
            taken[file.at] = Taken(
                "movie",
                "VideoInfoScanner: a film in a folder of its own"
                if file.folders
                else "VideoInfoScanner: a film by its name",
                doubt="an edition in brackets is read from v22" if edition else None,
                title=title,
                year=year,
                edition=edition[1].strip() if edition else None,
                version=label,
                part=parts.index(file) + 1 if len(parts) > 1 else None,
                owner=None if file.at == everyone[0] else everyone[0],
                stack=tuple(part.at for part in parts) if len(parts) > 1 else (),
                versions=everyone if len(everyone) > 1 else (),
                ids=identifiers("kodi", *file.folders[-1:], file.stem)[:1],
            )


def _label(folder: str, name: str) -> str | None:
    """What a version's name says beyond its folder's, or beyond title and year."""
    name, folder = _ATTRIBUTE.sub("", name), _ATTRIBUTE.sub("", folder)
    if folder and fold(name).startswith(fold(folder)):
        return name[len(folder) :].strip(" -._") or None
    found = _YEAR.match(name)
    rest = name[found.end(2) :] if found is not None else ""
    return rest.strip(" -._()") or (name if folder else None)


def _clean(name: str) -> tuple[str, int | None]:
    """CUtil::CleanString: attributes out, then what stands before the last year, then cut at a word of releases."""
    name = _ATTRIBUTE.sub("", name)
    year = None
    found = _YEAR.search(name)
    if found is not None:
        name, year = found[1], int(found[2])
    for cut in _CUTS:
        at = cut.search(name)
        if at is not None and at.start() > 0:
            name = name[: at.start()]
    name = name.replace("_", " ")
    if " " not in name.strip():
        name = name.replace(".", " ")  # "S.W.A.T" too
    return name.strip(), year


def _excluded(file: File, patterns: Iterable[re.Pattern[str]]) -> bool:
    return any(pattern.search(f"/{file.path}") for pattern in patterns)


def _trailer(file: File, films: list[File], taken: Mapping[int, Taken]) -> Taken:
    stem = file.stem.lower()
    if stem.endswith("-trailer"):
        found = by_stem(file.stem, stems(films), before="-")
        whose = found[0] if found is not None and found[1].lower() == "-trailer" else None
        if whose is None and stem == "movie-trailer" and films:
            whose = films[0].at
        if whose is not None:
            of = taken[whose].owner
            return Taken(
                "extra", "FindTrailer: <film>-trailer", extra_type="trailer", owner=of if isinstance(of, int) else whose
            )
    return Taken(None, "excludefromscan: a trailer, a sample, proof or subs")


# --- stacks


def _stacked(group: list[File]) -> list[tuple[list[File], str | None]]:
    """CFileItemList::StackFiles: from each file on, those that follow it by name and differ in what varies alone.

    With each the name that a stack gets, None for a single file.
    """
    files = sorted(group, key=lambda file: (file.stem.lower() + file.suffix.lower(), file.path))
    names = [file.stem + file.suffix for file in files]
    stacked: list[tuple[list[File], str | None]] = []
    gone: set[int] = set()
    for at, file in enumerate(files):
        if at in gone:
            continue
        members, name = _stack_from(names, at, gone)
        gone.update(members)
        stacked.append(([files[member] for member in members], name) if members else ([file], None))
    return stacked


def _stack_from(names: list[str], at: int, gone: set[int]) -> tuple[list[int], str | None]:
    """Which of `names` stack upon the one at `at`, that one among them, and under which name; or none."""
    for rule in _STACKS:
        offset: int | None = 0
        while offset is not None:
            others = (other for other in range(at + 1, len(names)) if other not in gone)
            members, name, offset, everyone_fits = _try_stack(rule, offset, names, at, others)
            if members:
                return members, name
            if everyone_fits:
                return [], None
    return [], None


def _try_stack(
    rule: re.Pattern[str], offset: int, names: list[str], at: int, others: Iterable[int]
) -> tuple[list[int], str | None, int | None, bool]:
    """Members and name of a stack by one rule; where to look again in the names, or None; whether all were passed."""
    first = names[at]
    found = rule.search(first, offset)
    if found is None:
        return [], None, None, False
    members: list[int] = []
    again: int | None = None
    passed = True
    for other in others:
        match = rule.search(names[other], offset)
        same_title = match is not None and first[: found.start(2)].lower() == names[other][: match.start(2)].lower()
        if match is None or not same_title:
            passed = False
            break
        if found[2].lower() == match[2].lower():
            again = found.start(3) if found[3].lower() != match[3].lower() else None
            passed = False
            break
        if (found[3] + found[4]).lower() != (match[3] + match[4]).lower():
            passed = False
            break
        members = members or [at]
        members.append(other)
    name = first[: found.start(2)] + found[3]
    return members, name, None if members or again is None or again <= offset else again, passed


# --- extras


def _extras_at(folders: tuple[str, ...]) -> int | None:
    """Which folder below a film's is one of extras."""
    return next((at for at in range(1, len(folders)) if _EXTRAS.fullmatch(folders[at])), None)


def _extras_folder(
    folders: tuple[str, ...], group: list[File], groups: Mapping[tuple[str, ...], list[File]], taken: dict[int, Taken]
) -> None:
    at = _extras_at(folders) or 0
    film = next(
        (
            file.at
            for file in videos(groups.get(folders[:at], ()))
            if (of := taken.get(file.at)) is not None and of.media_type == "movie" and of.owner is None
        ),
        None,
    )
    doubt = None if folders[at].lower() == "extras" else "read from v22"
    for file in group:
        if film is None:
            taken[file.at] = Taken(None, "AddVideoExtras: a folder of extras beside no film")
        else:
            taken[file.at] = Taken("extra", "AddVideoExtras: the folder Extras of a film", doubt, owner=film)


# --- shows


def _shows(files: list[File], taken: dict[int, Taken]) -> None:
    groups = by_folder(files)
    split: defaultdict[object, list[tuple[int, File]]] = defaultdict(list)
    for folders, group in groups.items():
        for file in videos(group):
            taken[file.at] = found = _episode(folders, file)
            if found.part is not None:
                split[folders, found.season, found.episodes].append((found.part, file))
    for parts in split.values():
        parts.sort(key=lambda part: (part[0], part[1].path))
        if len(parts) > 1:
            stack = tuple(file.at for _, file in parts)
            for at in stack:
                taken[at] = replace(taken[at], stack=stack, owner=None if at == stack[0] else stack[0])
    for group in groups.values():
        _BESIDE.read(group, groups, _SHOW_NFO, taken)


def _episode(folders: tuple[str, ...], file: File) -> Taken:
    if not folders:
        return Taken(None, "VideoInfoScanner: a file outside any show's folder")
    if _excluded(file, _EXCLUDED_EPISODES):
        return Taken(None, "excludefromscan: a sample")
    number = _number("/" + file.path)
    if number is None:
        return Taken(None, "tvshowmatching: no rule reads a number in its name")
    if not number.episodes and number.date is None and number.episode_title is None:
        return Taken(None, f"tvshowmatching: {number.why}", number.doubt)
    title, year = _clean(folders[0])
    return Taken(
        "episode",
        f"tvshowmatching: {number.why}",
        number.doubt,
        title=title,
        year=year,
        season=number.season,
        episodes=number.episodes,
        date=number.date,
        episode_title=number.episode_title,
        part=number.part,
        ids=identifiers("kodi", folders[0])[:1],
    )


def _number(path: str) -> Number | None:
    """The first rule that reads a number in `path`; an "e" with digits comes before a date."""
    for why, rule in _NUMBERS:
        found = rule.search(path)
        if found is not None:
            return _numbered(why, rule, found)
    for rule in _DATES:
        found = rule.search(path)
        date = _day(found.groups()) if found is not None else None
        if date is not None:
            return Number(date=date, why="a date")
    for why, rule in _MORE_NUMBERS:
        found = rule.search(path)
        if found is not None:
            return _numbered(why, rule, found)
    found = _SPECIAL.search(path)
    if found is not None:
        return Number(0, episode_title=found[1], why="name.special")
    why, rule = _LAST_RESORT
    found = rule.search(path)
    return _numbered(why, rule, found) if found is not None else None


def _day(groups: tuple[str, ...]) -> str | None:
    if len(groups) == 3:
        return iso_day(*(int(group) for group in groups))
    one, dot, two, dot_, year = groups
    day, month = (one, two) if dot == dot_ == "." else (two, one)  # 15.11.2011, 11-15-2011
    return iso_day(int(year), int(month), int(day))


def _numbered(why: str, rule: re.Pattern[str], found: re.Match[str]) -> Number:
    season, episode, part = _three(found)
    if episode is None:
        return Number(why=f"{why}: more digits than a number has")
    now = _further(rule, found[3], season, episode)
    before = _further_before(rule, found[3], season, episode)
    if not now:
        return Number(why=f"{why}: over several seasons, or backwards", doubt=f"before v22: {before}")
    kept = tuple(number for at, number in now if at == now[0][0])
    doubt = f"a file of several seasons: {now}" if len(kept) < len(now) else None
    if doubt is None and now != before:
        doubt = f"before v22: episodes {', '.join(str(number) for _, number in before)}"
    return Number(now[0][0], tuple(dict.fromkeys(kept)), part=part, why=why, doubt=doubt)


def _three(found: re.Match[str]) -> tuple[int, int | None, int | None]:
    """Season, episode and part; without a season the first."""
    season, text = found[1], found[2].lower()
    number = re.match("[0-9]*", text)
    digits = number[0] if number is not None else ""
    behind = text[len(digits) :]
    if not digits:
        return 1, _roman(text), None
    part = None
    if behind.startswith("."):
        part = int(behind[1:])
    elif behind:
        part = ord(behind) - ord("a") + 1
    return (whole(season) if season else 1) or 0, whole(digits), part


def _roman(text: str) -> int | None:
    values = [_ROMAN[letter] for letter in text]
    total = sum(-value if after > value else value for value, after in zip(values, [*values[1:], 0], strict=True))
    return total if 0 < len(text) <= _MOST_IN_RANGE and total > 0 else None


_Numbers = list[tuple[int, int]]


def _further(rule: re.Pattern[str], rest: str, season: int, episode: int) -> _Numbers:
    """Further episodes behind the first (CEpisodeUtils::EnumerateEpisodeItem): E01-E03 is a range, E01E03 is two."""
    numbers: _Numbers = [(season, episode)]
    offset = 0
    while True:
        full, more = rule.search(rest[offset:]), _MULTIPART.match(rest[offset:])
        if full is not None and (more is None or full.start() == 0):
            other, last, _ = _three(full)
            if last is None:
                return numbers
            if other == season:
                first = episode + 1 if rest.startswith("-") else last
                _add(numbers, season, first, last, behind=rest)
                episode = last
            elif rest[offset : offset + 1] != "-":
                season, episode = other, last
                numbers.append((season, episode))
            else:
                numbers[-1:] = []  # S01E01-S02E05: how many episodes a season has is not known
            rest, offset = full[3], 0
        elif more is not None:
            last = whole(more[2])
            if last is None:
                return numbers
            first = episode + 1 if rest[offset : offset + 2].lower() in ("-e", "-s") else last
            _add(numbers, season, first, last, behind=more[3])
            episode = last
            offset += more.end(2)
        else:
            return numbers


def _add(numbers: _Numbers, season: int, first: int, last: int, *, behind: str) -> None:
    if first > last or last - first + 1 > _MOST_IN_RANGE:
        numbers[-1:] = []
    elif not behind or behind[0].lower() in _BEHIND_RANGE:
        numbers.extend((season, number) for number in range(first, last + 1))


def _further_before(rule: re.Pattern[str], rest: str, season: int, episode: int) -> _Numbers:
    """The same before v22: no ranges, every number named is one episode."""
    numbers: _Numbers = [(season, episode)]
    while True:
        full, more = rule.search(rest), _OLD_MULTIPART.match(rest)
        if full is not None and (more is None or full.start() == 0):
            season, last, _ = _three(full)
            rest = full[3]
        elif more is not None:
            digits = re.match("[0-9]+", more[1])
            last = whole(digits[0]) if digits is not None else None
            rest = rest[more.end() :]
        else:
            return numbers
        if last is None:
            return numbers
        numbers.append((season, last))


# --- home videos


def _home_videos(files: list[File], taken: dict[int, Taken]) -> None:
    groups = by_folder(files)
    for group in groups.values():
        for file in videos(group):
            taken[file.at] = Taken("home_video", "a source without a scraper: the name of the file", title=file.stem)
        _BESIDE.read(group, groups, _MOVIE_NFO, taken)


# --- beside


def _subtitle(file: File, beside: Mapping[str, int], group: Iterable[File]) -> Taken:
    """ScanForExternalSubtitles, GetExternalStreamDetailsFromFilename: words between blanks, dots and dashes."""
    if file.suffix.lower() not in _SUBTITLES or (file.suffix.lower() == ".idx" and not vobsub_index(file, group)):
        return Taken(None, f"subtitle extensions: {file.suffix} is none of them, or an idx without its sub")
    found = by_stem(file.stem, beside, before="")
    if found is None:
        return Taken(None, "ScanForExternalSubtitles: its name begins with no video's")
    spoken: str | None = None
    flags: set[str] = set()
    track: list[str] = []
    for word in re.split(r"[ .-]+", re.sub(r"^[^0-9A-Za-z]+", "", found[1])):
        if word and spoken is None and language(word) is not None:
            spoken = language(word)
        elif word.lower() in FLAGS:
            flags.add(word.lower())
        elif word and word.lower() != "none":
            track.append(word)
    tagged = any("-" in (language(word) or "") for word in found[1].split("."))
    doubt = "builds with tags for languages (v22) read region and script too" if tagged else None
    return Taken(
        "subtitle", "GetExternalStreamDetailsFromFilename", doubt, owner=found[0], language=spoken, flags=frozenset(flags),
        track=" ".join(track) or None,
    )  # fmt: skip


_BESIDE: Final = Beside("Kodi", _PICTURES, _subtitle, folders=_SUBTITLE_FOLDERS)
LIBRARIES: Final = {"movies": _films, "shows": _shows, "home_videos": _home_videos}
