"""How Jellyfin reads a library: Emby.Naming and the pages Movies, TV Shows and External Files, as of 12.0.

Names of rules in `why` are those of Emby.Naming. A film is its folder; a show is the first folder below the library;
a season is a folder directly below the show. Files of one folder are stacked and merged as its rules say.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from mediaorg.rules.days import iso_day
from mediaorg.rules.servers.beside import Beside, by_stem, picture_names, vobsub_index
from mediaorg.rules.servers.identifiers import identifiers
from mediaorg.rules.servers.languages import language
from mediaorg.rules.servers.shelves import File, by_folder, fold, videos, whole
from mediaorg.rules.servers.taken import Number, Taken

__all__ = ["EXTRA_TYPES", "FLAGS", "LIBRARIES"]

FLAGS: Final = frozenset({"default", "forced", "sdh"})  # sdh, cc and hi are one: hearing impaired

# VideoExtraRules: whole names of folders, of files, and how a stem may end.
_EXTRA_FOLDERS: Final = {
    "trailers": "trailer",
    "behind the scenes": "behind_the_scenes",
    "deleted scenes": "deleted",
    "interviews": "interview",
    "scenes": "scene",
    "samples": "sample",
    "shorts": "short",
    "featurettes": "featurette",
    "clips": "clip",
    "extras": "other",
    "other": "other",
    "backdrops": "other",
}
_EXTRA_NAMES: Final = {"trailer": "trailer", "sample": "sample"}
_EXTRA_ENDS: Final = tuple(
    (separator + word, kind)
    for separators, words in (
        ("-._ ", {"trailer": "trailer", "sample": "sample"}),
        (
            "-",
            {
                "scene": "scene", "clip": "clip", "interview": "interview", "behindthescenes": "behind_the_scenes",
                "deleted": "deleted", "deletedscene": "deleted", "featurette": "featurette", "short": "short",
                "extra": "other", "other": "other",
            },
        ),
    )
    for separator in separators
    for word, kind in words.items()
)  # fmt: skip
EXTRA_TYPES: Final = frozenset(_EXTRA_FOLDERS.values())

# FileStackRule: a blank, dot, dash or underscore (or a closing bracket), the kind of part, its number, the end.
_PART: Final = (
    r"^(?P<name>.*?)(?:(?<=[\])}])|[ _.-]+)[(\[]?(?P<type>cd|dvd|part|pt|dis[ck])[ _.-]*(?P<number>%s)[)\]]?$"
)
_PARTS: Final = tuple(re.compile(_PART % number, re.IGNORECASE) for number in ("[0-9]+", "[a-d]"))

# CleanDateTimes: what stands before the last year of this and the last century, however it is set apart.
_YEARS: Final = tuple(
    re.compile(rf"(.+[^_,.()\[\]-])[{blank}_.()\[\]-]{many}((?:19|20)[0-9]{{2}})(?![0-9]|\W[0-9]{{2}}\W[0-9]{{2}})")
    for blank, many in (("", ""), (" ", "+"))
)
# CleanStrings: a word of releases cuts a title short, wherever it stands: "The German Doctor" is "The".
_WORDS: Final = (
    "3d sbs tab hsbs htab mvc hdr hdc uhd ultrahd 4k ac3 dts custom dc divx divx5 dsr dsrip dutch dvd dvdrip dvdscr "
    "dvdscreener screener dvdivx cam fragment fs hdtv hdrip hdtvrip internal limited multi subs ntsc ogg ogm pal pdtv "
    "proper repack rerip retail cd[1-9] r5 bd5 bd se svcd swedish german read.nfo nfofix unrated ws telesync ts telecine "
    "tc brrip bdrip 480p 480i 576p 576i 720p 720i 1080p 1080i 2160p hrhd hrhdtv hddvd bluray blu-ray x264 x265 h264 h265 "
    "xvid xvidvd xxx www.www aac"
).split()
_CUTS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^\s*(?P<kept>.+?)[ _,.()\[\]-](?:{'|'.join(_WORDS)}|\[.*\])(?:[ _,.()\[\]-]|$)",
        r"^(?P<kept>.+?)\[.*\]",
        r"^\s*(?P<kept>.+?)\We[0-9]+[-~]e?[0-9]+(?:\W|$)",
        r"^\s*\[[^\]]+\](?!\.\w+$)\s*(?P<kept>.+)",
        r"^\s*(?P<kept>.+?)\s+-\s+[0-9]+\s*$",
        r"^\s*(?P<kept>.+?)(?:[-._ ](?:trailer|sample)|-(?:scene|clip|behindthescenes|deleted|deletedscene|featurette|short"
        r"|interview|other|extra))$",
    )
)
_SHOW: Final = re.compile(r"(?P<title>.+?)\s*\((?P<year>[0-9]{4})\)")  # SeriesResolver: "1923 (2022)"

# SeasonPathParser
_SEASON_WORD: Final = (
    "시즌|シーズン|сезон|season|sæson|saison|staffel|series|stagione|säsong|seizoen|seasong|sezon|sezona|sezóna|sezonul|série"
    "|séria|serie|seria|temporada|kausi"
)
_SEASON_LETTER: Final = re.compile(r"[sS]([0-9]{1,4})(?![0-9]|[eE][0-9])(?=[._\-\[\]\s]|$)")
_SEASON_BEFORE: Final = re.compile(
    rf"([0-9]+)(?:st|nd|rd|th|\.)*(?!\s*e[0-9])(?:{_SEASON_WORD})", re.IGNORECASE
)  # 2nd Season, 3.Staffel
_SEASON_AFTER: Final = re.compile(
    rf"(?:{_SEASON_WORD})([0-9]+?)(?=[0-9]{{3,4}}p|[^0-9]|$)(?!e[0-9])", re.IGNORECASE
)  # Season 01
_SEASON_NOISE: Final = re.compile(r"[ ._\-\[\]]")

# EpisodeExpressions, in their order, on "/" and the name of the file. Groups: s(eason), e(pisode), l(ast one).
_EPISODES: Final = tuple(
    (why, re.compile(pattern, re.IGNORECASE))
    for why, pattern in (
        ("SxxEyy", r"s(?P<s>[0-9]+)[\][ ._-]*e(?P<e>[0-9]+)"),
        ("ep12", r"[._ -]ep_?(?P<e>[0-9]+)"),
        ("e12 before a dot", r"e(?P<e>[0-9]+)\."),
        ("a date", r"(?P<year>[0-9]{4})[._ -](?P<month>[0-9]{2})[._ -](?P<day>[0-9]{2})"),
        ("a date", r"(?P<day>[0-9]{2})[._ -](?P<month>[0-9]{2})[._ -](?P<year>[0-9]{4})"),
        ("Season 1 Episode 2", r"/(?:[^/]+?\s)?s(?:eason)?\s*(?P<s>[0-9]+)\s+e(?:pisode)?\s*(?P<e>[0-9]+)"),
        ("a number behind words", r"/(?!episode)[\w\s]+?\s(?P<e>[0-9]{1,4})(?:-(?P<l>[0-9]{2,4}))*[^/x]*$"),
        ("1x02", r"[/._ \[(-](?P<s>[0-9]+)x(?P<e>[0-9]+)"),
        ("[group] show - 12", r"\[.*?\].*?[-\w\s][\s_]*-[\s_]*(?P<e>[0-9]+)"),
        ("show.102", r"[/._ -](?![0-9]{3})[^/_]*[/._ -](?P<s>[0-9]+)(?P<e>[0-9]{2})[._ -]"),
        ("part 2", r"[/._ -]p(?:ar)?t[_. -](?P<e>[0-9]+)[._ -]"),
        ("Episode 16", r"episode (?P<e>[0-9]+)(?:-(?P<l>[0-9]+))?"),
        ("s1x02", r"s?(?P<s>[0-9]{1,4})x(?P<e>[0-9]+)"),
        ("01.avi", r"/(?P<e>[0-9]+)(?:-(?P<l>[0-9]+))*\.\w+$"),
        ("1-12", r"(?P<s>[0-9]+)-(?P<e>[0-9]+)"),
        ("01 - name", r"/(?P<e>[0-9]{1,3})(?:-(?P<l>[0-9]{2,3}))*\s?-\s?"),
        ("01.name", r"/(?P<e>[0-9]{1,3})(?:-(?P<l>[0-9]{2,3}))*\."),
        ("name - 01", r"/[^/]* - (?P<e>[0-9]{1,3})(?:-(?P<l>[0-9]{2,3}))*"),
    )
)
# MultipleEpisodeExpressions: E, x or a dash and a number, once or more, right behind the first; the last one counts.
_LASTS: Final = tuple(
    re.compile(first + more, re.IGNORECASE)
    for first, more in (
        (r".*s[0-9]{1,4}[x.]?e[0-9]{1,3}", r"(?:(?:-| - )?[xe](?P<l>[0-9]{1,3}))+"),
        (r".*s[0-9]{1,4}[x.]?e[0-9]{1,3}", r"(?:-x?e?(?P<l>[0-9]{1,3}))+"),
        (r"s?[0-9]{1,4}x[0-9]{1,3}", r"(?:(?:-| - )[0-9]{1,4}xe?(?P<l>[0-9]{1,3}))+"),
        (r"s?[0-9]{1,4}x[0-9]{1,3}", r"(?:(?:-| - )?[xe](?P<l>[0-9]{1,3}))+"),
        (r"s?[0-9]{1,4}x[0-9]{1,3}", r"(?:-x?e?(?P<l>[0-9]{1,3}))+"),
    )
)
_NO_EPISODE_NEXT: Final = frozenset("0123456789iIpP")  # s09e14-1080p

_SUBTITLES: Final = frozenset({".ass", ".mks", ".sami", ".smi", ".srt", ".ssa", ".sub", ".sup", ".vtt"})
_TAGS: Final = frozenset({"pt-BR", "fr-CA"})  # with a region, in every list of languages Jellyfin had
_PICTURES: Final = picture_names(
    "folder poster cover default movie show backdrop fanart background art logo clearlogo clearart banner thumb "
    "landscape disc cdart discart"
)
_MOVIE_NFO: Final = frozenset({"movie"})
_SHOW_NFO: Final = frozenset({"tvshow", "season"})
_UNSUPPORTED: Final = re.compile(r"[.,;!]")  # "Periods, commas and other characters are not supported"


# --- films


def _films(files: list[File], taken: dict[int, Taken]) -> None:
    folders = by_folder(files)
    for folders_, group in folders.items():
        if _extras_at(folders_, first=0) is None:
            _film_folder(folders_, videos(group), taken)
    for folders_, group in folders.items():
        if _extras_at(folders_, first=0) is not None:
            _extras_folder(folders_, videos(group), _film_of(folders_[:-1], folders, taken), taken, first=0)
        _BESIDE.read(group, {}, _MOVIE_NFO, taken)


def _film_folder(folders: tuple[str, ...], group: list[File], taken: dict[int, Taken]) -> None:
    extras = {file.at: kind for file in group if (kind := _extra_by_name(file.stem)) is not None}
    entries = _stacked([file for file in group if file.at not in extras])
    merged = _merge_films(folders, entries)
    for entry in merged:
        _take_film(folders, entry, alone=len(merged) == 1, taken=taken)
    for file in group:
        if file.at in extras:
            owner = merged[0][0][0].at if len(merged) == 1 and folders else _named_before(file, merged)
            taken[file.at] = _extra(
                extras[file.at], owner, f"VideoExtraRules: its name ends in a word for a {extras[file.at]}"
            )


# An entry is its versions, the default first; a version is its parts in order.
_Entry = list[list[File]]


def _stacked(group: list[File]) -> list[list[File]]:
    """StackResolver: files of one folder whose names differ by the number of a part alone are one video."""
    stacks: defaultdict[tuple[str, str, bool], dict[int, File]] = defaultdict(dict)
    for file in group:
        for pattern in _PARTS:
            found = pattern.match(file.stem)
            if found is not None:
                number = _part_number(found["number"])
                parts = stacks[fold(found["name"]), fold(found["type"]), found["number"].isdigit()]
                if number is not None and number not in parts:
                    parts[number] = file
                break
    joined = [[parts[number] for number in sorted(parts)] for parts in stacks.values() if len(parts) > 1]
    within = {file.at for parts in joined for file in parts}
    return sorted([*joined, *([file] for file in group if file.at not in within)], key=lambda parts: parts[0].path)


def _part_number(text: str) -> int | None:
    return whole(text) if text.isdigit() else ord(text.lower()) - ord("a") + 1


def _merge_films(folders: tuple[str, ...], entries: list[list[File]]) -> list[_Entry]:
    """GetVideosGroupedByVersion: all of a folder, or none of it."""
    apart: list[_Entry] = [[parts] for parts in entries]
    if len(entries) < 2 or not folders or len(folders[-1]) < 2:
        return apart
    if any(len(parts) > 1 for parts in entries):
        return apart  # "This does not work in conjunction with multiple versions or merging"
    files = [parts[0] for parts in entries]
    if any(_rest(folders[-1], file.stem) is None for file in files):
        return apart
    if len({_title_and_year(file.stem)[1] for file in files}) > 1:
        return apart
    resolution = re.compile(r"[0-9]{2}[0-9]+[ip]", re.IGNORECASE)

    def order(file: File) -> tuple[object, ...]:
        found = resolution.search(file.stem)
        size = -(whole(found[0][:-1]) or 0) if found else 0
        return (file.stem != folders[-1], found is None, size, file.stem.lower(), file.path)

    return [[[file] for file in sorted(files, key=order)]]


def _rest(folder: str, stem: str) -> str | None:
    """What follows the folder's name in a version's; None where that is no version (IsEligibleForMultiVersion)."""
    if not stem.lower().startswith(folder.lower()):
        return None
    rest = stem[len(folder) :].strip()
    return rest if not rest or rest[0] == "-" or re.match(r"\[[^\]]*\]", rest) else None


def _take_film(folders: tuple[str, ...], entry: _Entry, *, alone: bool, taken: dict[int, Taken]) -> None:
    first = entry[0][0]
    by_folder_name = bool(folders) and alone
    title, year = _title_and_year(folders[-1] if by_folder_name else _stack_name(entry[0]))
    why = "MovieResolver: " + ("the film of its folder" if by_folder_name else "one of several films of a folder")
    everyone = tuple(parts[0].at for parts in entry)
    for parts in entry:
        rest = _rest(folders[-1], _stack_name(parts)) if folders else None
        label = rest.lstrip(" -") if rest else None
        for file in parts:
            taken[file.at] = Taken(
                "movie",
                why,
                doubt="Movies: labels with periods or commas are not supported"
                if label and _UNSUPPORTED.search(label)
                else None,
                title=title,
                year=year,
                part=parts.index(file) + 1 if len(parts) > 1 else None,
                version=label or None,
                owner=None if file is first else first.at,
                stack=tuple(part.at for part in parts) if len(parts) > 1 else (),
                versions=everyone if len(everyone) > 1 else (),
                ids=identifiers("jellyfin", *folders[-1:], file.stem),
            )


def _stack_name(parts: list[File]) -> str:
    if len(parts) == 1:
        return parts[0].stem
    return next(found["name"] for pattern in _PARTS if (found := pattern.match(parts[0].stem)) is not None)


def _title_and_year(name: str) -> tuple[str, int | None]:
    """CleanDateTimeParser, then CleanStringParser."""
    year = None
    for pattern in _YEARS:
        found = pattern.search(name)
        if found is not None:
            name, year = found[1].rstrip(), int(found[2])
            break
    for cut in _CUTS:
        found = cut.search(name)
        if found is not None:
            name = found["kept"]
    return name.strip(), year


def _film_of(
    folders: tuple[str, ...], shelf: Mapping[tuple[str, ...], list[File]], taken: Mapping[int, Taken]
) -> int | None:
    """The one film of a folder, by its first file; None where there is none, or several."""
    if not folders:
        return None
    firsts = {
        file.at
        for file in videos(shelf.get(folders, ()))
        if (of := taken.get(file.at)) is not None and of.media_type == "movie" and of.owner is None
    }
    return firsts.pop() if len(firsts) == 1 else None


# --- extras


def _extras_at(folders: tuple[str, ...], *, first: int) -> int | None:
    """Which of `folders`, from the `first` on, is one of extras; the library's own folder has none."""
    return next((at for at in range(first, len(folders)) if folders[at].lower() in _EXTRA_FOLDERS), None)


def _extras_folder(
    folders: tuple[str, ...], group: list[File], owner: int | str | None, taken: dict[int, Taken], *, first: int
) -> None:
    at = _extras_at(folders, first=first)
    for file in group:
        if at != len(folders) - 1:
            taken[file.at] = Taken(None, "FindExtras: a folder below a folder of extras is not looked into")
        elif owner is None:
            taken[file.at] = Taken(None, "FindExtras: a folder of extras beside no single film or show")
        else:
            name = folders[-1].lower()
            extra = _extra(_EXTRA_FOLDERS[name], owner, f"VideoExtraRules: a folder called {name}")
            if name == "extras" and isinstance(owner, str):
                extra = replace(extra, doubt="SeasonPathParser: before 10.9 a show's folder extras is season 0")
            taken[file.at] = extra


def _extra(kind: str, owner: int | str | None, why: str) -> Taken:
    return Taken("extra", why, extra_type=kind, owner=owner)


def _extra_by_name(stem: str) -> str | None:
    low = stem.lower()
    if low in _EXTRA_NAMES:
        return _EXTRA_NAMES[low]
    low = low.rstrip("0123456789")
    return next((kind for end, kind in _EXTRA_ENDS if low.endswith(end)), None)


def _named_before(file: File, entries: list[_Entry]) -> int | None:
    """Among several films of a folder an extra belongs to the one its name begins with."""
    owners = [entry[0][0] for entry in entries if fold(file.stem).startswith(fold(entry[0][0].stem))]
    return max(owners, key=lambda owner: len(owner.stem)).at if owners else None


# --- shows


def _shows(files: list[File], taken: dict[int, Taken]) -> None:
    for folders, group in by_folder(files).items():
        films = videos(group)
        if not folders:
            taken.update((file.at, Taken(None, "SeriesResolver: a file outside any show's folder")) for file in films)
        elif _extras_at(folders, first=1) is not None:
            owner = _extras_owner(folders, group)
            _extras_folder(folders, films, owner, taken, first=1)
        else:
            _episode_folder(folders, films, taken)
        _BESIDE.read(group, {}, _SHOW_NFO, taken)


def _extras_owner(folders: tuple[str, ...], group: list[File]) -> str | None:
    depth = len(folders) - 1
    if depth > 2 or (depth == 2 and _season(folders[1], folders[0]) is None):
        return None
    return group[0].above(depth)


def _episode_folder(folders: tuple[str, ...], group: list[File], taken: dict[int, Taken]) -> None:
    season = _season(folders[1], folders[0]) if len(folders) > 1 else None
    has_season = len(folders) > 1 and season is not None
    extras = {file.at: kind for file in group if (kind := _extra_by_name(file.stem)) is not None}
    entries: defaultdict[object, list[list[File]]] = defaultdict(list)
    numbers: dict[int, Number] = {}
    for parts in _stacked([file for file in group if file.at not in extras]):
        number = _number(parts[0])
        if number.season is None:
            number = replace(number, season=season if has_season else 1 if number.episodes else None)
        numbers[parts[0].at] = number
        same = (number.season, number.episodes[0], number.episodes[-1]) if number.episodes else parts[0].at
        entries[same].append(parts)
    for entry in entries.values():
        _take_episode(folders, _best_first(entry), numbers, taken)
    for file in group:
        if file.at in extras:
            owner = _named_before(file, list(entries.values()))
            why = f"VideoExtraRules: its name ends in a word for a {extras[file.at]}"
            extra = _extra(extras[file.at], file.folder if owner is None else owner, why)
            taken[file.at] = replace(extra, doubt="an episode to builds whose EpisodeResolver does not ask for extras")


def _best_first(entry: _Entry) -> _Entry:
    """A stack is the default (OrganizeAlternateVersions); else the first by name."""
    return sorted(entry, key=lambda parts: (len(parts) == 1, parts[0].path))


def _take_episode(
    folders: tuple[str, ...], entry: _Entry, numbers: Mapping[int, Number], taken: dict[int, Taken]
) -> None:
    found = _SHOW.search(folders[0])
    title, year = (found["title"].strip(), int(found["year"])) if found else _title_and_year(folders[0])
    everyone = tuple(parts[0].at for parts in entry)
    labels = _labels([parts[0].stem for parts in entry])
    for parts, label in zip(entry, labels, strict=True):
        number = numbers[parts[0].at]
        for file in parts:
            taken[file.at] = Taken(
                "episode",
                f"EpisodeExpressions: {number.why}" if number.why else "EpisodeResolver: a name without a number",
                doubt="12.0 merges the files of one episode in a folder; 10.x lists each"
                if len(entry) > 1
                else number.doubt,
                title=title,
                year=year,
                season=number.season,
                episodes=number.episodes,
                date=number.date,
                episode_title=None if number.episodes or number.date else file.stem,
                part=parts.index(file) + 1 if len(parts) > 1 else None,
                version=label,
                owner=None if file is entry[0][0] else entry[0][0].at,
                stack=tuple(part.at for part in parts) if len(parts) > 1 else (),
                versions=everyone if len(everyone) > 1 else (),
                ids=identifiers("jellyfin", folders[0]),
            )


def _labels(names: list[str]) -> list[str | None]:
    """What tells the versions of an episode apart: what follows the name they share."""
    if len(names) == 1:
        return [None]
    shared = min(names, key=len)
    if not all(name.startswith(shared) for name in names):
        shared = names[0].rpartition(" - ")[0]
    return [
        (name[len(shared) :].lstrip(" -") or None) if shared and name.startswith(shared) else name for name in names
    ]


def _season(name: str, show: str) -> int | None:
    """The season a folder directly below a show's is; None for any other folder."""
    found = _SEASON_LETTER.search(name)
    if found is not None:
        return int(found[1])
    bare = re.sub(re.escape(_SEASON_NOISE.sub("", show)), "", _SEASON_NOISE.sub("", name), flags=re.IGNORECASE)
    if bare.lower() == "specials":
        return 0
    if re.fullmatch("[0-9]+", bare):
        return whole(bare)
    found = _SEASON_BEFORE.match(bare) or _SEASON_AFTER.search(bare)
    season = None if found is None else whole(found[1])
    if season is not None and season >= 10_000 and 1900 <= season % 10_000 <= 2099:
        return season // 10_000  # "Season 7 (2016)" has lost its blank
    return season


def _number(file: File) -> Number:
    name = f"/{file.stem}{file.suffix}"
    for why, pattern in _EPISODES:
        found = pattern.search(name)
        if found is None:
            continue
        groups = found.groupdict()
        if "year" in groups:
            date = iso_day(int(groups["year"]), int(groups["month"]), int(groups["day"]))
            return Number(date=date, why=why if date else "a date that no calendar has")
        season, episode = whole(groups.get("s")), whole(groups["e"])
        if episode is None or (season is not None and (200 <= season < 1928 or season > 2500)):
            continue
        last = _last(found) or next((last for rule in _LASTS if (last := _last(rule.search(name)))), None)
        episodes = tuple(range(episode, last + 1)) if last is not None and last > episode else (episode,)
        return Number(season, episodes, why=why)
    return Number()


def _last(found: "re.Match[str] | None") -> int | None:
    """The last episode a match names, if what follows does not make it the height of a picture."""
    if found is None or found.groupdict().get("l") is None:
        return None
    after = found.string[found.end("l") : found.end("l") + 1]
    return None if after in _NO_EPISODE_NEXT and after else whole(found["l"])


# --- home videos


def _home_videos(files: list[File], taken: dict[int, Taken]) -> None:
    for group in by_folder(files).values():
        films = videos(group)
        extras = {file.at: kind for file in films if (kind := _extra_by_name(file.stem)) is not None}
        for parts in _stacked([file for file in films if file.at not in extras]):
            for file in parts:
                taken[file.at] = Taken(
                    "home_video",
                    "VideoResolver: home videos keep their file's name",
                    title=_stack_name(parts),
                    part=parts.index(file) + 1 if len(parts) > 1 else None,
                    owner=None if file is parts[0] else parts[0].at,
                    stack=tuple(part.at for part in parts) if len(parts) > 1 else (),
                )
        for at, kind in extras.items():
            taken[at] = _extra(
                kind, None, f"VideoExtraRules: its name ends in a word for a {kind}, among home videos too"
            )
        _BESIDE.read(group, {}, _MOVIE_NFO, taken)


# --- beside


def _subtitle(file: File, beside: Mapping[str, int], group: Iterable[File]) -> Taken:
    if file.suffix.lower() not in _SUBTITLES and not vobsub_index(file, group):
        return Taken(None, f"SubtitleFileExtensions: {file.suffix} is none of them")
    found = by_stem(file.stem, beside)
    if found is None:
        return Taken(None, "MediaInfoResolver: its name begins with no video's of its folder")
    spoken, flags, track = _tail(found[1])
    doubt = (
        "whether iso6392.txt has this tag depends on the version"
        if spoken and "-" in spoken and spoken not in _TAGS
        else None
    )
    return Taken("subtitle", "ExternalPathParser", doubt, owner=found[0], language=spoken, flags=flags, track=track)


def _tail(rest: str) -> tuple[str | None, frozenset[str], str | None]:
    """Language, flags and title of ".Commentary.en.forced", read from its end (ExternalPathParser)."""
    spoken: str | None = None
    flags: set[str] = set()
    track: list[str] = []
    for word in reversed(rest.split(".")[1:]):
        low = word.lower()
        said = language(word)
        if "default" in low:
            flags.add("default")
        elif "forced" in low or "foreign" in low:
            flags.add("forced")
        elif said is not None and spoken is None:
            spoken = said
        elif said is not None and spoken == "hi":  # Hindi, unless another language stands beside it
            spoken = said
            flags.add("sdh")
        elif low in ("sdh", "cc", "hi"):
            flags.add("sdh")
        else:
            track.insert(0, word)
    return spoken, frozenset(flags), ".".join(track) or None


_BESIDE: Final = Beside("Jellyfin", _PICTURES, _subtitle)
LIBRARIES: Final = {"movies": _films, "shows": _shows, "home_videos": _home_videos}
