"""Whether an answer holds against the name it is about: nothing a model says is believed that the name does not bear out.

Each check gives a label, or the reason why the offline one stays.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any, Final, TypeAlias

from mediaorg.records import Label
from mediaorg.rules.cameras import day_in, is_camera_name, is_family_event, is_home_folder
from mediaorg.rules.extras import extra_by_folder, extra_by_name
from mediaorg.rules.folders import is_generic, season_of
from mediaorg.rules.names import NUMERALS, plain, prepared, read, same, stem_of, words
from mediaorg.rules.names.text import TAG, cover
from mediaorg.rules.names.titles import LAST_YEAR
from mediaorg.rules.prompts import FOLDER_KINDS, NUMBERINGS, ROW_KINDS
from mediaorg.rules.settle import REVIEW
from mediaorg.rules.support import is_supported, left_out, spelled, stands_in, tokens

__all__ = ["Facts", "Known", "checked", "folder_said", "lies_within", "title_of"]

CHECKED: Final = 0.82  # an accepted answer
AGREED: Final = 0.88  # and the offline reading says the same
DIM: Final = 0.65  # the model itself is not sure, or says that there is nothing to say
_UNSURE: Final = 60  # of a model's own hundred
_LONGEST_RUN: Final = 8  # episodes in one file
_LONGEST_TITLE: Final = 150
_FIRST_YEAR: Final = 1888  # Roundhay Garden Scene
_SEVERAL: Final = 2  # others whose names differ by a number alone: episodes; one may be a sequel
_FILM_SECONDS: Final = 1400.0  # less is no film, as `rules.settle` has it; below a minute it is a clip somebody cut
_CLIP_SECONDS: Final = 600.0
_EPISODE_SECONDS: Final = 4 * 3600.0
_EXTRA_SECONDS: Final = 2400.0

_reading: Final = lru_cache(maxsize=4096)(read)  # each name is looked at for its kind, its numbers and its place


@lru_cache(maxsize=4096)
def _text(name: str) -> str:
    return prepared(stem_of(name))


@lru_cache(maxsize=4096)
def _season(folder: str) -> int | None:
    return season_of(plain(folder))


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one file: where it lies as it was sent, its offline label, and its length [s].

    beside: how many other videos lie in its folder; alike: of them, whose names differ by a number alone.
    """

    folders: tuple[str, ...]
    name: str
    offline: Label
    duration: float | None = None
    beside: int = 0
    alike: int = 0

    @property
    def season(self) -> int | None:
        """Of the nearest season folder."""
        return next((n for folder in reversed(self.folders) if (n := _season(folder)) is not None), None)

    @property
    def text(self) -> str:
        """The name without suffix, as parsers see it."""
        return _text(self.name)


_DISC: Final = re.compile(r"^(?:video_ts|bdmv|stream|audio_ts|(?:cd|dvd|disc|disk)[ ._-]?\d{1,2})$", re.IGNORECASE)

# What a catalogue knows: why one title is another name of the other, or None where it is not.
Known: TypeAlias = Callable[[str, str], str | None]


# ---- titles ----------------------------------------------------------------------------------------------------


def title_of(item: Mapping[str, Any]) -> str | None:
    """The title of an answer; raises ValueError for what can be none."""
    given = item.get("title")
    if given is None or given == "":
        return None
    if not isinstance(given, str):
        raise ValueError("the title is no text")  # noqa: TRY004
    title = re.sub(r"\s+", " ", given).strip()
    if len(title) > _LONGEST_TITLE or re.search(r"[/\\]|^\.+$", title) or _has_unseen(title):
        raise ValueError("the title holds what no title holds")
    if not re.search(r"[^\W_]", title):
        return None
    return title


def _has_unseen(title: str) -> bool:
    return any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for c in title)


@dataclass(frozen=True, slots=True)
class _Held:
    """A title that holds: by what it goes there, and why it is that one's translation, where it is one."""

    title: str
    called: str
    translated: str | None = None


def _held_title(title: str, facts: Facts, known: Known | None) -> _Held:
    """`title`, if the name, one of its folders or a catalogue bears it out; raises ValueError where nothing does."""
    if is_generic(title) and not _names_a_show(title, facts):
        raise ValueError(f"'{title}' is what a folder is called")
    places = [*facts.folders, stem_of(facts.name)]
    if facts.offline.title:
        places.append(facts.offline.title)
    if is_supported(title, places):
        return _Held(title, title)
    for called in filter(None, (facts.offline.title, *reversed(facts.folders))):
        if known is not None and (why := known(called, title)) is not None:
            return _Held(title, called, why)
    raise ValueError("the title does not stand in the name or its folders")


def _names_a_show(title: str, facts: Facts) -> bool:
    """Whether a word that folders only sort by is a title here: it stands in the name, or seasons lie in that folder."""
    within = [folder for folder, below in pairwise(facts.folders) if _season(below) is not None]
    return is_supported(title, [stem_of(facts.name), *within])


# ---- numbers ---------------------------------------------------------------------------------------------------


def _whole(given: Any, what: str, *, least: int = 0, most: int = 9999) -> int | None:
    if isinstance(given, str) and re.fullmatch(r"\d{1,4}", given.strip()):
        given = int(given)
    if given is None:
        return None
    if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= most:
        raise ValueError(f"{what} is no number it could be")
    return given


def _episodes(given: Any) -> tuple[int, ...] | None:
    many = given if isinstance(given, list) else [] if given is None else [given]
    numbers = [_whole(one, "an episode") for one in many]
    if not numbers:
        return None
    found = tuple(sorted({one for one in numbers if one is not None}))
    if len(found) != len(many) or len(found) > _LONGEST_RUN or found[-1] - found[0] != len(found) - 1:
        raise ValueError("the episodes are no run")
    return found


_NO_COUNT: Final = re.compile(
    r"(?<!\d)[257]\.[01](?!\d)|(?<![^\W_])(?:dis[ck]|cd|dvd)[ ._-]?\d+", re.IGNORECASE
)  # channels of sound, discs


def _written(text: str) -> list[tuple[int, int, bool]]:
    """(number, where it stands, whether it may be two in one) of every number in `text`, in figures or in words."""
    covered = _NO_COUNT.sub(lambda found: "\xa4" * len(found[0]), cover(text))
    found = [(int(m[0]), m.start(), len(m[0]) in (3, 4)) for m in re.finditer(r"\d{1,5}", covered)]
    found += [
        (NUMERALS[m[0].casefold()], m.start(), False)
        for m in re.finditer(r"(?<![^\W_])[A-Za-z]{1,5}(?![^\W_])", covered)
        if m[0].casefold() in NUMERALS
    ]
    return found


def _is_year(number: int) -> bool:
    return 1900 <= number <= 2035


def _check_numbers(title: str | None, season: int | None, episodes: tuple[int, ...] | None, facts: Facts) -> None:
    """Season and episodes stand in the name, each in a place of its own, or two in one as 103; raises ValueError."""
    own = _reading(facts.text)
    if own.form in ("SxxEyy", "NxM") and own.sure and episodes and (own.season, own.episodes) != (season, episodes):
        raise ValueError(f"the name says {own.written}")
    folder = facts.season
    if season is not None and folder is not None and season != folder:
        raise ValueError(f"the folder says season {folder}")
    there = _written(facts.text)
    if not there and facts.folders:
        there = [one for name in facts.folders[-1:] if _season(name) is None for one in _written(plain(name))]
    if episodes is None:
        if season is not None and folder is None and not any(number == season for number, _, _ in there):
            raise ValueError("the season does not stand in the name")
        return
    ends = {episodes[0], episodes[-1]}
    singly = {at for number, at, _ in there if number in ends}
    if all(any(number == end for number, _, _ in there) for end in ends):
        if season is None or season == folder or any(n == season and at not in singly for n, at, _ in there):
            return
        beside = [number for name in facts.folders for number, _, _ in _written(plain(name))]
        if (season in beside and str(season) not in tokens(title or "")) or (
            season in ends and len(singly) > len(ends)
        ):
            return
    split = {(number // 100, number % 100) for number, _, two in there if two and number % 100 and not _is_year(number)}
    if season is not None and all((season, end) in split for end in ends):
        return
    raise ValueError("the numbers do not stand in the name")


# ---- one row ---------------------------------------------------------------------------------------------------


def checked(item: Mapping[str, Any], facts: Facts, *, by: str, known: Known | None = None) -> Label | str:
    """The label an answer gives the file of `facts`, or in words why it is not believed.

    by: who answered, for the evidence. known: titles a catalogue says are one.
    """
    try:
        return _checked(item, facts, by, known)
    except ValueError as error:
        return str(error)


def _checked(item: Mapping[str, Any], facts: Facts, by: str, known: Known | None) -> Label:
    kind = item.get("kind")
    if kind not in ROW_KINDS:
        raise ValueError("there is no such kind")
    title, year = title_of(item), _year_of(item)
    if not _stands_there(year, (*facts.folders, facts.name)):
        raise ValueError("the year does not stand in the name or its folders")
    season, episodes = _whole(item.get("season"), "the season"), _episodes(item.get("episodes"))
    held = None if title is None or kind == "other" else _held_title(title, facts, known)
    _check_kind(kind, season, episodes, facts)
    offline = facts.offline
    match kind:
        case "episode":
            _check_numbers(title, season, episodes, facts)
            label = _episode(title, year, season if season is not None else facts.season, episodes, offline)
        case "movie":
            label = _film(held, year, facts)
        case "extra":
            label = _extra(title, facts)
        case _:
            label = replace(
                _cleared(offline), media_type=kind, title=title if kind == "home_video" else None, date=offline.date
            )
    doubts = list(_doubts(label, held, facts))
    sure = DIM if doubts else _sure(item)
    agreed = sure >= CHECKED and _agree(label, offline)
    translated = None if held is None else held.translated
    return _by(label, AGREED if agreed else sure, f"{by} reads {_in_words(label)}", translated, *doubts)


def _year_of(item: Mapping[str, Any]) -> int | None:
    return _whole(item.get("year"), "the year", least=_FIRST_YEAR, most=LAST_YEAR)


def _stands_there(year: int | None, places: Iterable[str]) -> bool:
    """Whether `year` is written in one of `places`, and not only in a checksum or a size."""
    written = re.compile(rf"(?<!\d){year}(?!\d)")
    return year is None or any(written.search(cover(plain(place))) for place in places)


def _doubts(label: Label, held: _Held | None, facts: Facts) -> Iterator[str]:
    """Why a person should look at an answer that nothing in the name speaks against."""
    if label.media_type == "other":
        yield "there is nothing in the name to say so"
    if label.media_type == "home_video" and not _is_filmed(facts):
        yield "nothing in the name says that a family filmed it"
    if label.media_type == "extra" and not _is_extra(facts):
        yield "only a word in the name says that it is an extra"
    if label.media_type in ("movie", "episode") and held is not None and not same(label.title, facts.offline.title):
        yield from _doubts_of_title(held.called, label.media_type == "episode", facts)
    if label.media_type == "movie" and facts.season is not None:
        yield "a season lies around it"
    if label.media_type == "episode" and not label.episodes and label.date is None:
        yield "it has no number"
    if label.media_type == "episode" and not _counts_on(label, facts):
        yield "it may be a film: nothing but its number says that it is one of several"


def _doubts_of_title(title: str, counts: bool, facts: Facts) -> Iterator[str]:
    """What speaks against a title of a film, or of a show: the name that bears it out has it otherwise, or goes on."""
    stem = stem_of(facts.name)
    places = [stem, *filter(None, [_named_folder(facts.folders)])]
    place = next((place for place in places if stands_in(title, place)), None)
    if place is None:
        yield "the title stands there in pieces, by its initials, or further up"
        return
    text = facts.text if place is stem else plain(place)
    word = left_out(title, text, counts=counts or place is not stem, part=facts.offline.part)
    if word is not None:
        yield f"the name goes on with '{word}'"


def _named_folder(folders: Sequence[str]) -> str | None:
    """The nearest folder that is called after something: no season, disc or extras."""
    return next((folder for folder in reversed(folders) if not lies_within(folder)), None)


def lies_within(folder: str) -> bool:
    """Whether a folder of this name is a part of what lies above it: a season, a disc, extras.

    >>> lies_within("Season 2"), lies_within("CD1"), lies_within("Lantern")
    (True, True, False)
    """
    name = plain(folder)
    return _season(folder) is not None or extra_by_folder(name) is not None or _DISC.match(name) is not None


def _counts_on(label: Label, facts: Facts) -> bool:
    """Whether more than a number says that a file is an episode: its length, its folder, or others that count as it does."""
    return (
        facts.duration is not None
        or facts.season is not None
        or facts.alike >= _SEVERAL
        or any(label.title is not None and stands_in(label.title, plain(folder)) for folder in facts.folders)
    )


def _is_filmed(facts: Facts) -> bool:
    """Whether anything but a model says that a family or a phone filmed it; many a film is called after a wedding."""
    short = facts.duration is not None and facts.duration < _CLIP_SECONDS
    return (
        facts.offline.media_type == "home_video"
        or is_camera_name(facts.text)
        or any(map(is_home_folder, facts.folders))
        or any(day_in(text) or (short and is_family_event(text)) for text in (*facts.folders, facts.text))
    )


def _is_extra(facts: Facts) -> bool:
    """Whether its folder or its length says that it is an extra; "Interview with the Vampire" is none."""
    return (
        facts.duration is not None
        or facts.offline.media_type == "extra"
        or any(extra_by_folder(plain(folder)) for folder in facts.folders)
    )


def _sure(item: Mapping[str, Any]) -> float:
    given = item.get("confidence")
    number = 0.0
    if isinstance(given, (int, float)) and not isinstance(given, bool) and 0 <= given <= 100:
        number = float(given)
    return CHECKED if number >= _UNSURE else DIM


def _by(label: Label, sure: float, *why: str | None) -> Label:
    nameless = label.media_type in ("movie", "episode") and not label.title
    return replace(
        label,
        label_source="ai",
        confidence=min(sure, 0.5) if nameless else sure,
        needs_review=sure < REVIEW or nameless,
        evidence="; ".join(filter(None, (*why, label.evidence and f"offline: {label.evidence}"))),
        label_error=None,
    )


def _cleared(offline: Label) -> Label:
    """`offline` without what only an episode or an extra has."""
    return replace(
        offline, year=None, season=None, episodes=None, absolute_episodes=None, date=None, episode_title=None,
        extra_type=None, extra_of=None,
    )  # fmt: skip


def _check_kind(kind: str, season: int | None, episodes: tuple[int, ...] | None, facts: Facts) -> None:
    """What kind a file may be, by the forms in its name and its length; raises ValueError."""
    own = _reading(facts.text)
    certain = own.form in ("SxxEyy", "NxM") and own.sure
    seconds = facts.duration if facts.duration is not None and facts.duration >= 60 else None
    if kind != "episode" and certain and kind != "extra":
        raise ValueError(f"the name says {own.written}")
    if kind in ("movie", "home_video", "other") and (episodes or season is not None):
        raise ValueError(f"a {kind.replace('_', ' ')} with an episode's number")
    if kind == "movie" and seconds is not None and seconds < _FILM_SECONDS:
        raise ValueError(f"a film of {seconds / 60:.0f} min")
    if kind == "episode" and seconds is not None and seconds > _EPISODE_SECONDS:
        raise ValueError(f"an episode of {seconds / 60:.0f} min")
    if kind == "extra" and seconds is not None and seconds > _EXTRA_SECONDS:
        raise ValueError(f"an extra of {seconds / 60:.0f} min")
    if kind == "home_video" and TAG.search(facts.text, 1):
        raise ValueError("a home video with the tags of a release")


def _film(held: _Held | None, year: int | None, facts: Facts) -> Label:
    if held is None:
        raise ValueError("a film without a title")
    # Where others lie beside it, the folder may be that of a collection.
    if facts.beside and facts.offline.part is None and not is_supported(held.called, [stem_of(facts.name)]):
        raise ValueError(f"the title is the folder's, in which {facts.beside} more videos lie")
    _check_film_number(held.called, year, facts)
    return replace(_cleared(facts.offline), media_type="movie", title=held.title, year=year)


def _check_film_number(title: str, year: int | None, facts: Facts) -> None:
    """A number that neither the film's title nor its year accounts for counts an episode: "Show 108"; raises ValueError.

    A small one may count films of a row, "2 - Some Film", or parts of one.
    """
    told = {int(token) for token in tokens(title) if token.isdecimal()} | {year, facts.offline.part}
    for found in re.finditer(r"\d{1,5}", cover(facts.text)):
        number = int(found[0])
        if number in told or _is_year(number):
            continue
        if number >= 100 or facts.offline.media_type == "episode":
            raise ValueError(f"a film whose title leaves out the number {number}")


def _episode(
    title: str | None, year: int | None, season: int | None, episodes: tuple[int, ...] | None, offline: Label
) -> Label:
    title = title or offline.title
    if title is None:
        raise ValueError("an episode of nothing")
    counted = episodes if season is None and episodes == offline.absolute_episodes else None
    return replace(
        _cleared(offline), media_type="episode", title=title, year=year, season=season, episodes=episodes,
        absolute_episodes=counted, date=offline.date,
        episode_title=offline.episode_title if not same(offline.episode_title, title) else None,
    )  # fmt: skip


_EXTRA: Final = re.compile(
    r"(?<![^\W_])(?:trailers?|teasers?|making[ ._-]?of|behind[ ._-]the[ ._-]scenes|deleted[ ._-]scenes?|bonus|extras?|interviews?|featurettes?)(?![^\W_])",
    re.IGNORECASE,
)


def _extra(title: str | None, facts: Facts) -> Label:
    by_name = extra_by_name(facts.text)
    kinds = [extra_by_folder(plain(folder)) for folder in reversed(facts.folders)]
    kind = by_name[0] if by_name else next((one for one in kinds if one), facts.offline.extra_type)
    if kind is None and not _EXTRA.search(facts.text):
        raise ValueError("nothing in the name says that it is an extra")
    return replace(
        _cleared(facts.offline), media_type="extra", title=title, extra_type=kind or "other",
        episode_title=facts.offline.episode_title, extra_of=facts.offline.extra_of,
    )  # fmt: skip


def _agree(one: Label, other: Label) -> bool:
    return (
        one.media_type == other.media_type
        and same(one.title, other.title)
        and (one.season, one.episodes, one.year) == (other.season, other.episodes, other.year)
    )


def _in_words(label: Label) -> str:
    parts = [str(label.media_type).replace("_", " ")]
    parts += [f"'{label.title}'"] if label.title else []
    parts += [str(label.year)] if label.year else []
    parts += [f"season {label.season}"] if label.season is not None else []
    if label.episodes:
        ends = (label.episodes[0], label.episodes[-1])
        parts.append(f"episode {ends[0]}" if ends[0] == ends[1] else f"episodes {ends[0]} to {ends[1]}")
    return " ".join(parts)


# ---- a folder as a whole ---------------------------------------------------------------------------------------

_COVERED: Final = 0.8
_UNIQUE: Final = 0.9
_HALF: Final = 0.5
_SURE_OF_ALL: Final = 0.9
_DENSE: Final = 4  # a season lacks a few; numbers of a thousand with nothing between are something else


def folder_said(
    item: Mapping[str, Any], members: Mapping[int, Facts], *, folder: str, by: str
) -> tuple[dict[int, Label], str | None, bool]:
    """(labels by row, why there are none, whether the rows should be asked one by one) of an answer about a folder.

    members: the doubtful files below it. An answer holds if its title stands in the folder and its numbering explains
    the folder as a whole: four files of five have a number, and nine of ten of those a number of their own.
    """
    try:
        return _folder_said(item, members, folder, by)
    except ValueError as error:
        return {}, str(error), False


def _folder_said(
    item: Mapping[str, Any], members: Mapping[int, Facts], folder: str, by: str
) -> tuple[dict[int, Label], str | None, bool]:
    kind, numbering = item.get("kind"), item.get("numbering", "none")
    if kind not in FOLDER_KINDS or numbering not in NUMBERINGS:
        raise ValueError("there is no such kind or numbering")
    title, year, sure = title_of(item), _year_of(item), _sure(item)
    if kind in ("movies", "mixed"):
        return {}, None, True
    if kind == "home":
        counted = {place.episodes for facts in members.values() if (place := _concat(facts, title or "")) is not None}
        if len(counted) >= _COVERED * len(members) or any(_is_episode(facts.offline) for facts in members.values()):
            return {}, "home videos that count as episodes do", True
        sure = sure if _most(members.values(), _is_filmed) else DIM
        labels = {at: _home(facts, sure, by, folder) for at, facts in members.items()}
        if None in labels.values():
            return {}, "a home video with an episode's number or the tags of a release", True
        return {at: label for at, label in labels.items() if label is not None}, None, False
    if title is None or (is_generic(title) and not is_supported(title, [folder])):
        return {}, "a series without a title", True
    if (why := _against_title(title, folder, list(members.values()))) is not None:
        return {}, why, True
    if not _stands_there(year, (place for facts in members.values() for place in (*facts.folders, facts.name))):
        return {}, "the year does not stand in the folder", True
    sure = sure if stands_in(title, folder) or _most(members.values(), partial(_stands_in_stem, title)) else DIM
    return _counted(title, year, str(numbering), members, folder, by, sure)


def _against_title(title: str, folder: str, members: Sequence[Facts]) -> str | None:
    """Why a show is not called `title`: its folder and names do not say so, or all go on; None where they do."""
    named = [facts for facts in members if is_supported(title, [stem_of(facts.name)])]
    if not is_supported(title, [folder]) and len(named) < _COVERED * len(members):
        return "the title does not stand in the folder"
    if not named and (word := left_out(title, plain(folder), counts=True)) is not None:
        return f"the folder's name goes on with '{word}', which the title leaves out"
    on = Counter(left_out(title, facts.text, counts=True) for facts in members if not same(title, facts.offline.title))
    word, count = next(((word, count) for word, count in on.most_common() if word), (None, 0))
    return f"the names go on with '{word}', which the title leaves out" if count > _HALF * len(members) else None


def _stands_in_stem(title: str, facts: Facts) -> bool:
    return stands_in(title, stem_of(facts.name))


def _most(members: Collection[Facts], holds: Callable[[Facts], bool]) -> bool:
    return sum(map(holds, members)) >= _HALF * len(members)


def _counted(
    title: str, year: int | None, numbering: str, members: Mapping[int, Facts], folder: str, by: str, sure: float
) -> tuple[dict[int, Label], str | None, bool]:
    placed = {
        at: place
        for at, facts in members.items()
        if (place := _place(numbering, facts, title)) is not None and _lasts_as_an_episode(facts)
    }
    if len(placed) < _COVERED * len(members):
        return {}, f"counted as '{numbering}', it explains {len(placed)} of {len(members)} files", True
    keys = {
        (one.season, one.episodes, one.date, facts.offline.part, facts.offline.screen_size, facts.offline.edition)
        for at, one in placed.items()
        for facts in [members[at]]
    }
    if len(keys) < _UNIQUE * len(placed):
        return {}, f"counted as '{numbering}', files have the same number", True
    numbers = [one.episodes[0] for one in placed.values() if one.season is None and one.episodes]
    if numbers and max(numbers) - min(numbers) > _DENSE * len(numbers) + 10:
        return {}, f"counted as '{numbering}', the numbers are far apart", True
    whole = len(placed) == len(members) and len(keys) == len(placed)
    # 101 to 110 may be a season's, or count from the beginning: where both readings fit, nobody is surer than that.
    agreed = all(
        one.episodes == members[at].offline.episodes for at, one in placed.items() if members[at].offline.episodes
    )
    said = (
        f"{by} reads the folder '{folder}' as a series counted '{numbering}': explains {len(placed)} of {len(members)}"
    )
    return {
        at: _by(
            replace(
                _cleared(members[at].offline), media_type="episode", title=title, year=year, season=one.season,
                episodes=one.episodes, absolute_episodes=one.episodes if numbering == "absolute" else None, date=one.date,
                episode_title=_own_title(members[at], title),
            ),
            _SURE_OF_ALL if whole and agreed and sure >= CHECKED else sure, said,
        )
        for at, one in placed.items()
    }, None, False  # fmt: skip


def _lasts_as_an_episode(facts: Facts) -> bool:
    return facts.duration is None or facts.duration <= _EPISODE_SECONDS


def _own_title(facts: Facts, title: str) -> str | None:
    named = facts.offline.episode_title
    return None if named is None or same(named, title) else named


def _is_episode(offline: Label) -> bool:
    return offline.media_type == "episode" and bool(offline.episodes)


def _home(facts: Facts, sure: float, by: str, folder: str) -> Label | None:
    own = _reading(facts.text)
    if own.form in ("SxxEyy", "NxM") or TAG.search(facts.text, 1):
        return None
    offline = facts.offline
    title = offline.title if offline.media_type == "home_video" else words(facts.text) or None
    label = replace(_cleared(offline), media_type="home_video", title=title, date=offline.date)
    return _by(label, sure, f"{by} reads the folder '{folder}' as home videos")


@dataclass(frozen=True, slots=True)
class _Place:
    season: int | None
    episodes: tuple[int, ...] | None
    date: str | None = None


def _place(numbering: str, facts: Facts, title: str) -> _Place | None:
    """Where a file stands in its series, if it counts as `numbering` says."""
    found = _PLACES[numbering](facts, title)
    if found is None:
        return None
    folder = facts.season
    if folder is not None and found.season is not None and found.season != folder:
        return None
    if found.episodes and len(found.episodes) > _LONGEST_RUN:
        return None
    return found


def _by_form(form: str, otherwise: str) -> Callable[[Facts, str], _Place | None]:
    """By the forms parsers know, or by a plainer one that means it only where a whole folder has it: "1.02"."""
    pattern = re.compile(otherwise, re.IGNORECASE)

    def place(facts: Facts, title: str) -> _Place | None:
        own = _reading(facts.text)
        if own.form == form and own.episodes:
            return _Place(own.season if own.season is not None else facts.season, own.episodes)
        found = pattern.search(cover(facts.text))
        return _Place(int(found[1]), (int(found[2]),)) if found else None

    return place


def _in_words_too(facts: Facts, title: str) -> _Place | None:
    own = _reading(facts.text)
    if own.form is not None and own.episodes:
        return _Place(own.season if own.season is not None else facts.season, own.episodes)
    found = _absolute(facts, title)  # "Chapter Three"
    return found and _Place(facts.season, found.episodes)


def _numbers(facts: Facts, title: str) -> Iterator[tuple[int, int]]:
    """(first, last) of each number or run of numbers behind the title: "Show - 013", "Show 101-102"."""
    text = cover(re.sub(r"[(\[](?:19|20)\d\d[)\]]", " ", facts.text))
    first = re.search(spelled(title), text, re.IGNORECASE)
    if first and first.start() <= 3:
        text = text[first.end() :]
    for found in re.finditer(r"(?<!\d)(\d{1,4})(?:\s?[-~+&]\s?(\d{1,4}))?(?!\d)", text):
        low, high = int(found[1]), int(found[2] or found[1])
        yield (low, high) if low <= high < low + _LONGEST_RUN else (low, low)
    if not re.search(r"\d", text):
        yield from ((number, number) for number, _, _ in _written(text))


def _leading(facts: Facts, title: str) -> _Place | None:
    found = re.match(
        r"\W*(?:e|f|ep|episode|folge|teil|kapitel|chapter|part)?[ ._-]*(\d{1,3})(?:-(\d{1,3}))?(?!\d)",
        facts.text,
        re.IGNORECASE,
    )
    if found is None:
        return None
    low, high = int(found[1]), int(found[2] or found[1])
    season = facts.season
    if season is not None and low // 100 == season:
        low, high = low % 100, high % 100
    return _Place(season, tuple(range(low, high + 1))) if low <= high else None


def _concat(facts: Facts, title: str) -> _Place | None:
    for low, high in _numbers(facts, title):
        if low >= 100 and 1 <= low % 100 <= 60 and high // 100 == low // 100:
            return _Place(low // 100, tuple(range(low % 100, high % 100 + 1)))
    return None


def _absolute(facts: Facts, title: str) -> _Place | None:
    found = next(_numbers(facts, title), None)
    return None if found is None else _Place(None, tuple(range(found[0], found[1] + 1)))


def _dated(facts: Facts, title: str) -> _Place | None:
    day = _reading(facts.text).date or facts.offline.date
    return None if day is None else _Place(facts.season, None, day)


_PLACES: Final[Mapping[str, Callable[[Facts, str], _Place | None]]] = {
    "sxxeyy": _by_form("SxxEyy", r"(?<![a-z])s(\d{1,2})(?:[ ._-]{0,3}e|[ ._-]{1,3})(\d{1,3})(?!\d)"),
    "nxmm": _by_form("NxM", r"(?<!\d)(\d{1,2})[x.](\d{2})(?!\d)"),
    "words": _in_words_too,
    "leading": _leading,
    "concat": _concat,
    "absolute": _absolute,
    "date": _dated,
    "none": lambda facts, title: None,
}
