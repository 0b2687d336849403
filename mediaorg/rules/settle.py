"""From what a name, its folders and other parsers say to one label, with an honest confidence and the evidence in words."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple, TypeAlias

from mediaorg.records import Label, Opinion
from mediaorg.rules import cameras, extras
from mediaorg.rules.folders import COUNTRIES, Context, season_of
from mediaorg.rules.names import (
    Reading,
    bare,
    mirrored,
    plain,
    prepared,
    read,
    read_film,
    reads_as_junk,
    same,
    stem_of,
    untagged,
    words,
)
from mediaorg.rules.releases import release_of

__all__ = ["REVIEW", "Ask", "Parsers", "Seen", "settle"]

Ask: TypeAlias = Callable[[str], Opinion]

REVIEW: Final = 0.7  # below, a person should look

# How often such a label is right, as a share of the names of its kind among those we have the truth of.
CERTAIN: Final = 0.98  # a certain form (S01E02), an ordinary title, and another reads the same
AGREED: Final = 0.96  # any other form or a year, and another reads the same
FAIR: Final = 0.9  # a certain form and the same title, other numbers
FOLDER: Final = 0.92  # the name lacks a part, and a folder gives it plainly
RULE: Final = 0.95  # a rule of its own: extras folders, camera names
ALONE: Final = 0.88  # a certain form, and the readings disagree on the title
LIKELY: Final = 0.82  # one plain sign, nothing beside it
TYPED: Final = 0.72  # the readings agree, on a title that often holds more than one
DOUBT: Final = 0.55  # two readings are close together, or a number may be two things
WEAK: Final = 0.4  # a guess

_CERTAIN_FORMS: Final = ("SxxEyy", "NxM")
_COUNTED: Final = ("SxxEyy", "NxM", "words", "date", "number", "season")
# A dash, brackets or a second script within a title are as often its end as not.
_ORDINARY: Final = re.compile(r"(?!.* - )[\w\u00b7 '\u2019.,!&:?%+\u00d7*#/-]+")
_SAMPLE_SECONDS: Final = 180.0  # a sample is shorter
_TWO_PARTS: Final = 2  # a film lies in two files, a miniseries in more
_FILM_SECONDS: Final = 4200.0  # a film is mostly longer than 70 min
# Beyond Latin letters and their punctuation, where both readings know fewer forms.
_FOREIGN: Final = re.compile(r"[^\x00-\u024f\u1e00-\u206f]")
_OTHER: Final = frozenset(
    "cut untitled output test capture export video movie clip new file final temp unknown".split()
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What else is known of a file: its probe, and its neighbours.

    duration [s]; creation_day: ISO; counting: bare numbers of the neighbours of its shape count up, `plainly` as those
    of episodes do (01, 02; or far), `counted` of them; videos: how many lie in its folder; hundreds: in how
    many hundreds those lie, if each hundred starts anew (101, 102, 201), else 0; order: dmy or mdy, as the dates in the
    folder are written; films: those numbers count films, each of a year of its own.
    """

    duration: float | None = None
    creation_day: str | None = None
    counting: bool = False
    plainly: bool = False
    counted: int = 0
    hundreds: int = 0
    videos: int = 1
    order: str | None = None
    films: bool = False


@dataclass(frozen=True, slots=True)
class Parsers:
    """Whom to ask for a second opinion on a name: `quick` where no folder confirms it, `thorough` where that differs."""

    quick: Ask
    thorough: Ask


def settle(name: str, above: Context, parsers: Parsers, seen: Seen = Seen()) -> Label:
    """Label one video of the name `name` below folders that say `above`.

    >>> nobody = lambda text: Opinion("nobody", {})
    >>> label = settle("S02E05 - Title.mkv", Context(title="Some Show", titled="Some Show"), Parsers(nobody, nobody))
    >>> label.media_type, label.title, label.season, label.episodes
    ('episode', 'Some Show', 2, (5,))
    """
    stem = stem_of(name)
    turned = mirrored(plain(stem))
    if turned is not None:
        stem = turned
    text = prepared(stem).strip()
    label = (
        _advert(text)
        or _extra(text, above, seen)
        or _filmed(text, name, above, seen)
        or _disc(text, above)
        or _hidden(text, above, parsers)
        or _named(text, above, parsers, seen)
    )
    if turned is not None:
        label = replace(label, evidence=f"written backwards; {label.evidence}")
    return _closed(label)


def _closed(label: Label) -> Label:
    nameless = label.media_type in ("movie", "episode") and not label.title
    confidence = round(min(label.confidence or 0.0, 0.5 if nameless else 1.0), 3)
    placeless = label.media_type == "episode" and not (
        label.episodes or label.absolute_episodes or label.date or label.part
    )
    return replace(label, confidence=confidence, needs_review=confidence < REVIEW or nameless or placeless)


# ---- what is told before any parser ----------------------------------------------------------------------------


# What sites and groups put beside their releases: RARBG.mp4, www.YTS.MX.mp4
_ADVERT: Final = re.compile(
    r"(?:rarbg|etrg|yts|yify|ettv|eztv)(?:[ ._-].*)?|www[ ._][\w-]+[ ._]\w{2,4}|[\w-]+\.(?:com|net|org|mx|to|cc|se|lol)",
    re.IGNORECASE,
)
_LONG_FOR_AN_EXTRA: Final = 2400.0  # s


def _advert(text: str) -> Label | None:
    if not _ADVERT.fullmatch(text):
        return None
    return Label("other", label_source="name", confidence=0.9, evidence="a site's or group's own name")


def _extra(text: str, above: Context, seen: Seen) -> Label | None:
    if above.extra is None and same(words(text), above.title):  # The Interview/The.Interview.avi
        return None
    own = Reading()
    if above.extra is not None:
        kind, why, source = above.extra, f"lies in a folder for extras ({above.extra})", "folder"
        found = read(text)
        own = found if found.form in ("SxxEyy", "NxM") else own
        name: str | None = words(text)
    else:
        by_name = extras.extra_by_name(text)
        if by_name is None and above.title is not None and above.season is None and above.year is not None:
            beside = extras.extra_beside(text)
            by_name = None if beside is None or not _is_of_the_film(text, above) else (beside, "")
        if by_name is None:
            return None
        kind, rest = by_name
        if kind not in ("sample", "trailer") and (seen.duration or 0) > _LONG_FOR_AN_EXTRA:
            return None
        if rest and text[len(rest) :].startswith(" - ") and _is_numbered(rest, above):
            return None  # "S01E04 - Interview" is an episode's title
        why, source, name = f"the name says {kind.replace('_', ' ')}", "name", None
        own = read(rest) if re.search(r"[^\W_]", rest) else own
        if above.season is not None and own.form in (None, "year") and not own.title:
            return None
        if (
            kind == "trailer"
            and above.season is not None
            and own.form == "SxxEyy"
            and seen.duration
            and seen.duration > 900
        ):
            return None  # an episode called "Trailer"
        if kind == "sample" and seen.duration is not None and seen.duration > 4 * _SAMPLE_SECONDS:
            return None
        name = words(text[len(rest) :]) or None if rest and text.startswith(rest) else words(text) if not rest else None
    title = own.title if own.title and above.extra is None else above.title or own.title
    year = own.year if title == own.title and own.year else above.year
    sure = RULE if title else LIKELY
    return Label(
        "extra", title=title, year=year, season=own.season if own.season is not None else above.season, episodes=own.episodes,
        episode_title=name, extra_type=kind, label_source=source, confidence=sure,
        evidence=why + (f"; belongs to '{title}'" if title else ""),
    )  # fmt: skip


def _is_of_the_film(text: str, above: Context) -> bool:
    """A film's own folder holds its extras; "Interview with the Vampire (1994)" there is that film."""
    return not same(read(text).title, above.title) or " - " in text


def _is_numbered(rest: str, above: Context) -> bool:
    found = read(rest)
    return found.form in _CERTAIN_FORMS or (
        above.season is not None and re.fullmatch(r"\W*\d{1,3}\W*", rest) is not None
    )


def _filmed(text: str, name: str, above: Context, seen: Seen) -> Label | None:
    """Home videos: cameras, families, folders of their own."""
    if (above.season is not None and above.season < 1900) or (above.disc and above.home is None):
        return None
    if above.release is not None and (above.home is None or above.release.form in ("SxxEyy", "NxM")):
        return None
    numbered = re.fullmatch(r"\d{5}", text) is not None
    camera = cameras.is_camera_name(text) and (
        not numbered or bool(re.search(r"\.(?:mts|m2ts)$", name, re.I)) or above.home is not None
    )
    event = cameras.is_family_event(text) and above.library is None
    if not camera and above.home is None and not event:
        return None
    if not camera:
        found = read(text)
        if (
            found.form in ("SxxEyy", "NxM", "words")
            or (above.home is None and _is_counted_or_dated(found))
            or (found.form == "year" and found.sure)
            or (found.year and found.rest and re.search(r"\d{3,4}p", found.rest))
        ):
            return None
        if event and above.home is None and re.search(r"\b(?:19|20)\d\d\b.*\b(?:\d{3,4}p|dvdrip|x26[45])", text, re.I):
            return None
    day = cameras.day_in(text) or next(
        (day for day in [cameras.day_in(above.titled or ""), cameras.day_in(above.home or "")] if day), None
    )
    day = day or seen.creation_day
    if camera:
        why, sure = "a camera's or phone's name", RULE
    elif above.home is not None:
        why, sure = f"lies below '{above.home}'", 0.85
    else:
        why, sure = "the name of a family's event", LIKELY if _OURS.search(text) else DOUBT
    return Label(
        "home_video",
        title=None if camera else words(text) or None,  # a camera counts; it names nothing
        date=day,
        label_source="folder" if not camera and above.home else "name",
        confidence=sure,
        evidence=why + (f"; taken {day}" if day else ""),
    )


def _is_counted_or_dated(found: Reading) -> bool:
    """A show's episode called "The Wedding"; "Wedding Anna & Tom 2014-06-21" is a family's."""
    dated = found.form == "date" and not cameras.is_family_event(found.title or "")
    return dated or found.form in ("number", "season")


# "Emma 3rd Birthday", "Grandma's garden": somebody's own; "My Best Friend's Wedding" may as well be a film
_OURS: Final = re.compile(
    r"\b(?:our|family|familie|famille|oma|opa|grandma|grandpa|granny|nana|mum|mom|dad|papa|mama)\b|\d(?:st|nd|rd|th|\.|er|e)?[ ._]*(?:birthday|geburtstag|anniversaire|cumple)|(?:birthday|geburtstag|christmas|xmas|urlaub|ferien|vacances|hochzeit|wedding)[ ._]+(?:in[ ._]|at[ ._])?(?:19|20)?\d\d",
    re.IGNORECASE,
)


def _disc(text: str, above: Context) -> Label | None:
    """VIDEO_TS/VTS_01_1.VOB, BDMV/STREAM/00012.m2ts: the folder is the work, the file a piece of it."""
    piece = re.fullmatch(r"VTS_(\d\d)_(\d)|VIDEO_TS|\d{5}", text, re.IGNORECASE)
    if piece is None or not (above.disc or text.upper().startswith(("VTS_", "VIDEO_TS"))):
        return None
    if above.title is None:
        return Label(
            "other", label_source="name", confidence=LIKELY, evidence="a piece of a disc, and no folder names it"
        )
    return Label(
        "movie",
        title=above.title,
        year=above.year,
        part=int(piece[2]) if piece[2] else None,
        label_source="folder",
        confidence=DOUBT,
        evidence=f"a piece of the disc '{above.titled}'",
    )


def _hidden(text: str, above: Context, parsers: Parsers) -> Label | None:
    """A name that says nothing itself: the release folder speaks, or nobody does."""
    junk = reads_as_junk(text)
    if not junk and above.release is not None and above.release.title:
        own = read(text)
        if (own.form in ("SxxEyy", "NxM") and own.title) or not _foreign(text, own, above.release):
            return None
        if own.form in ("SxxEyy", "NxM") and above.release.episodes is None:
            return None
        junk = True
    if not junk:
        return None
    if above.release is not None and above.titled is not None:
        found = above.release
        label = _named(prepared(above.titled), Context(), parsers, Seen())
        sure = min(label.confidence or 0, FOLDER)
        if found.season is not None and not found.episodes:
            return (
                None
                if not reads_as_junk(text)
                else replace(
                    label, confidence=WEAK, label_source="folder", evidence=f"a hidden name in '{above.titled}'"
                )
            )
        return replace(
            label,
            part=label.part or above.part,
            label_source="folder",
            confidence=sure,
            evidence=f"the name says nothing; the folder '{above.titled}' does: {label.evidence}",
        )
    if above.title is not None and above.year is not None:
        return Label(
            "movie",
            title=above.title,
            year=above.year,
            label_source="folder",
            confidence=LIKELY,
            evidence=f"the name says nothing; lies in '{above.titled}'",
        )
    return Label(
        "other", label_source="name", confidence=0.9, evidence="a hash or code: nothing in the name says what it is"
    )


def _foreign(text: str, own: Reading, release: Reading) -> bool:
    """Whether a name without spaces shares nothing with its release folder: "dmd-aw", "123", "Backup_72023S02-12"."""
    if not own.title:
        return own.form is None or (own.form == "number" and not own.sure)
    mine, theirs = bare(own.title), bare(release.title or "")
    if mine in theirs or theirs in mine or mine[:5] == theirs[:5]:
        return len(mine) <= 3 and mine != theirs and own.form not in ("SxxEyy", "NxM")
    return (" " not in text and len(text) <= 40 and own.form not in ("date", "year")) or bool(
        re.fullmatch(r"\d{6}[_-]\d\d", text)
    )


# ---- a name with something in it -------------------------------------------------------------------------------


def bare_words(title: str) -> list[str]:
    """The words of `title` in lower case, numbers and versions left out."""
    return [word for word in re.findall(r"[^\W\d_]+", title.casefold()) if word != "v"] or [title.casefold()]


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else None if isinstance(value, list) else value


def _text(value: Any) -> str | None:
    one = _first(value)
    return str(one) if one is not None and str(one) else None


def _ints(value: Any) -> tuple[int, ...]:
    many = value if isinstance(value, list) else [value]
    return tuple(sorted({one for one in many if isinstance(one, int)}))


def _named(text: str, above: Context, parsers: Parsers, seen: Seen) -> Label:
    own = _in_folder(text, read(text), above, seen)
    if own.title and above.title and own.form in _COUNTED and bare(own.title) in _COUNTERS:  # Linear Algebra/Lecture 01
        own = replace(own, title=None)
    if own.form in _COUNTED:
        label = _episode(text, own, above, parsers.quick)
    else:
        label = _film_or_other(text, own, above, seen, parsers)
    release = release_of(text)
    return replace(
        label,
        edition=own.edition,
        release_group=release.group,
        release_source=release.source,
        screen_size=release.screen_size,
    )


_COUNTERS: Final = frozenset(
    """lecture lektion lesson lessons chapter chapters kapitel chapitre part teil parte day tag session week woche module
    modul unit clip video disc disk track section episode folge cours clase leccion tutorial class vorlesung""".split()
)
_LEADING: Final = re.compile(
    r"^(?:(?:episode|ep|folge|e)[ ._-]*)?(?P<e>\d{1,4})(?:-(?P<f>\d{1,4}))?(?P<gap>[ ._-]+|$)(?P<rest>.*)$",
    re.IGNORECASE,
)
_TRAILING: Final = re.compile(r"^(?P<t>.*?[^\W\d_].*?)[ ._-]+(?P<e>\d{1,5})(?=$|[ ._]*[-(\[])(?P<rest>.*)$")


def _in_folder(text: str, own: Reading, above: Context, seen: Seen) -> Reading:
    """`own`, or the bare number of a season folder or of neighbours that count up: "03 - Title", "102", "Show - 07"."""
    if own.days is not None and seen.order is not None:
        day = own.days[0 if seen.order == "dmy" else 1]
        return replace(own, date=day, doubt=None, sure=day is not None, written=f"{own.written} ({seen.order} here)")
    if own.form in ("SxxEyy", "NxM", "words", "date"):
        return own
    if seen.films:  # "2 - Some Film (1989)" among films
        return read_film(re.sub(r"^\d{1,3}[ ._-]+(?=\S*[^\W\d_])", "", text))
    counting = seen.counting and not _is_a_film(own, above, seen)
    if above.library == "films" and own.form == "number" and above.season is None and not own.sure:
        return read_film(re.sub(r"[ ._(]*(\d)[ ._]?of[ ._]?\d\)?", r" part\1", text))
    inside = above.season is not None or counting
    leading = _LEADING.match(text)
    if leading and re.fullmatch(r"(?:19|20)\d\d", leading["e"]):  # Specials/2005 Christmas Special
        leading = None
    if (
        leading
        and own.form != "season"
        and not (own.form == "number" and own.season is not None)
        and (
            above.season is not None
            or (above.title is not None and re.match(r"0\d|\d{1,3}[ ._]+-|\d\d[ ._]*-", text) and own.year is None)
            or counting
        )
    ):
        found = _placed(int(leading["e"]), leading["e"], None, leading["rest"], own, above, seen)
        last = int(leading["f"] or 0)
        if found.episodes and found.episodes[0] < last <= found.episodes[0] + 60:  # 003-005, 02-05
            both = tuple(range(found.episodes[0], last + 1))
            return replace(found, episodes=both, absolute_episodes=both if found.absolute_episodes else None)
        return found
    if own.form == "number" and own.episodes and above.season is not None and own.season is None:
        number = own.episodes
        if len(number) == 1:
            return _placed(number[0], own.written, own.title, own.rest, own, above, seen)
        if {one // 100 for one in number} == {above.season}:  # 301-302 in "Season 3"
            number = tuple(one % 100 for one in number)
        return replace(own, season=above.season, episodes=number, absolute_episodes=None)
    trailing = _TRAILING.match(text) if own.form in (None, "year", "season") else None
    if trailing and inside and not re.fullmatch(r"19\d\d|20[0-3]\d", trailing["e"]):
        title = words(
            re.sub(
                r"(?<=\w)[ ._-]+(?:part|teil|pt|parte|partie|deel|episode|ep|folge|chapter)$",
                "",
                trailing["t"],
                flags=re.IGNORECASE,
            )
        )
        own = replace(own, part=None if own.part == int(trailing["e"]) else own.part)
        return _placed(int(trailing["e"]), trailing["e"], title, trailing["rest"], own, above, seen)
    return own


def _placed(
    number: int, written: str, title: str | None, rest: str, own: Reading, above: Context, seen: Seen
) -> Reading:
    """A bare number put into its season: 205 in "Season 2" is 2x05, and so it is where neighbours leave gaps."""
    found = replace(own, form="number", written=written, title=title, rest=rest, sure=True, absolute_episodes=None)
    season, hundred = above.season, number // 100
    if hundred and season in (hundred, None) and (season is not None or seen.hundreds):
        doubt = "may count from the beginning" if season is None and seen.hundreds == 1 else None
        return replace(found, season=hundred, episodes=(number % 100,), doubt=doubt)
    if season is not None and number < 100:
        return replace(found, season=season, episodes=(number,))
    if season is None and seen.counting and not seen.plainly and above.library != "shows":
        found = replace(found, doubt="a number without a zero before it: films of a row count so too")
    return replace(found, absolute_episodes=(number,), episodes=(number,), sure=season is not None or seen.counting)


class _Named(NamedTuple):
    """A title with what speaks for it."""

    title: str | None
    year: int | None
    source: str
    sure: float
    notes: list[str]
    error: str | None = None


def _episode(text: str, own: Reading, above: Context, ask: Ask) -> Label:
    title, year, source, sure, notes, error = _episode_named(text, own, above, ask)
    season = own.season if own.season is not None else above.season
    if own.season is not None and above.season is not None and own.season != above.season:
        notes.append(f"the folder says season {above.season}")
        sure = min(sure, TYPED)
    if own.season is None and season is not None and own.form != "date":
        notes.append(f"season {season} from the folder")
    if own.form == "season":
        notes.append("no episode number")
        sure = min(sure, AGREED if source == "name" else LIKELY)
    if own.doubt:
        notes.append(own.doubt)
        sure = DOUBT
    if _FOREIGN.search(text) and own.form not in _CERTAIN_FORMS:
        sure = min(sure, TYPED if own.sure else DOUBT + 0.1)
    # A season of S03E26-S04E01: one file, two seasons
    if re.match(r"\s?-\s?s\d{1,2}e\d", own.rest, re.I):
        notes.append("goes on into another season")
        sure = DOUBT
    return Label(
        "episode", title=title, year=year, season=season, episodes=own.episodes, absolute_episodes=own.absolute_episodes, date=own.date,
        part=own.part, episode_title=_episode_title(own), label_source=source, confidence=sure, evidence="; ".join(notes),
        label_error=error,
    )  # fmt: skip


def _episode_named(text: str, own: Reading, above: Context, ask: Ask) -> _Named:
    """The title of an episode, by its own name and its folder; where those do not meet, by another parser."""
    title, year, notes = own.title, own.year, [f"{own.written.strip()} in the name"]
    sure = CERTAIN if own.form in _CERTAIN_FORMS else AGREED if own.sure else LIKELY
    if title is None and above.title is not None:
        notes.append(f"title from the folder '{above.titled}'")
        return _Named(above.title, year or above.year, "folder", min(sure, FOLDER), notes)
    if title is None:
        opinion = ask(text) if own.form != "number" else Opinion("nobody", {})
        theirs = _text(opinion.said.get("title"))
        if theirs and theirs.casefold() not in ("episode", "season"):
            notes.append("the name begins with the number")
            return _Named(theirs, year, "name", min(sure, DOUBT), notes, opinion.error)
        return _Named(None, year, "folder", WEAK, [*notes, "no title in name or folder"], opinion.error)
    if above.title is not None and same(title, _COUNTRY.sub("", above.title)) and not same(title, above.title):
        notes.append(f"the folder says which: '{above.titled}'")
        return _Named(above.title, year or above.year, "folder", max(sure, AGREED), notes)
    if above.title is not None and _abbreviates(title, above.title):
        notes.append(f"short for the folder's '{above.titled}'")
        return _Named(above.title, year or above.year, "folder", min(sure, FOLDER), notes)
    if same(title, above.title) or same(f"{title} {year}", above.title):
        notes.append(f"title agrees with the folder '{above.titled}'")
        named = above.title if above.title and same(title, above.title) and title == title.casefold() else title
        return _Named(named, year or above.year, "name", max(sure, LIKELY if own.doubt else AGREED), notes)
    if above.season is not None and above.title is not None and above.release is None:
        notes.append(f"the folder says '{above.title}'")
        if bare(title).startswith(bare(above.title)):  # "Some Show - Second Arc - 12" in "Some Show/Season 2"
            return _Named(above.title, year or above.year, "folder", ALONE, [*notes, f"the name says '{title}'"])
        return _Named(title, year, "name", min(sure, TYPED), notes)
    opinion = ask(_gist(text, own))
    sure, note = _beside(own, opinion)
    return _Named(title, year, "name", sure, [*notes, note], opinion.error)


_COUNTRY: Final = re.compile(rf"\s*\((?:{COUNTRIES})\)$")


def _abbreviates(title: str, full: str) -> bool:
    """Whether `title` is short for `full`: its initials, or a scene's few letters, behind a group's name or not.

    >>> _abbreviates("HIMYM", "How I Met Your Mother"), _abbreviates("grp-bb", "Breaking Bad"), _abbreviates("Lost", "Rome")
    (True, True, False)
    """
    short = bare(re.sub(r"^\w{2,10}-", "", title))
    initials = "".join(word[0] for word in re.findall(r"\w+", full.casefold()))
    long = bare(full)
    return (
        2 <= len(short) <= 8 and short != long and len(initials) > 1 and short in (initials, initials.removeprefix("t"))
    )


def _is_a_film(own: Reading, above: Context, seen: Seen) -> bool:
    """Whether a number that counts up with its neighbours' is one of a row of films."""
    if above.season is not None or above.library == "shows":
        return False
    long = seen.duration is not None and seen.duration >= _FILM_SECONDS
    return above.library == "films" or long or (own.part is not None and seen.counted <= _TWO_PARTS)


def _gist(text: str, own: Reading) -> str:
    """`text` without the episode's own title, and for the certain forms always the same number: a season asks once."""
    if own.form == "year" or own.form is None or not own.rest or not text.endswith(own.rest):
        return text
    head, tags = text[: len(text) - len(own.rest)], own.rest[len(untagged(own.rest)) :]
    if own.form in _CERTAIN_FORMS and own.written and own.written in head:
        head = head[: head.rindex(own.written)] + "S01E01"
    return f"{head} {tags}".rstrip()


def _beside(own: Reading, opinion: Opinion) -> tuple[float, str]:
    """How sure a reading is beside another's, and in words why."""
    said, by = opinion.said, opinion.by
    theirs = _text(said.get("title"))
    ordinary = own.title is not None and _ORDINARY.fullmatch(own.title) is not None
    certain = own.form in _CERTAIN_FORMS
    if not (same(own.title, theirs) or same(f"{own.title} {own.year}", theirs)):
        return (ALONE if certain and ordinary else LIKELY if ordinary else DOUBT), (
            f"{by} reads the title '{theirs}'" if theirs else f"{by} reads no title"
        )
    numbers = set(own.episodes or own.absolute_episodes or ())
    seasons = _ints(said.get("season"))
    alike = numbers == set(_ints(said.get("episode"))) and (own.season in seasons if seasons else own.season is None)
    alike = alike and (own.date or "") == str(said.get("date") or "")
    if certain or alike:
        same_year = own.year == said.get("year")
        sure = (CERTAIN if same_year else FAIR) if certain else AGREED if same_year else LIKELY
        return (sure if ordinary else TYPED), f"{by} reads the same title"
    counts = ", ".join(map(str, _ints(said.get("episode"))[:5])) or "none"
    return (LIKELY if ordinary else DOUBT), f"{by} reads the same title, and counts {counts}"


def _episode_title(own: Reading) -> str | None:
    """What stands between the number and the first tag."""
    if own.form == "season":
        return None
    named = untagged(own.rest)
    if len(named) == len(own.rest) and " " not in named.strip():  # dotted, no tag: the group ends it
        named = re.sub(r"-\w+$", "", named)
    found = re.match(r"[ ._:-]*([^\[(]*[^\W\d_][^\[(]*)", named)
    return words(found[1]) or None if found else None


def _film_or_other(text: str, own: Reading, above: Context, seen: Seen, parsers: Parsers) -> Label:
    """A name without a sign of an episode, by whoever may speak of it, in this order."""
    opinion = _second_opinion(text, own, above, parsers)
    label = (
        _guessed(text, own, opinion, above)
        or _of_season(text, own, above)
        or _nameless(own, above)
        or _film(text, own, opinion, above, seen)
    )
    return replace(label, label_error=opinion.error)


def _second_opinion(text: str, own: Reading, above: Context, parsers: Parsers) -> Opinion:
    """Who else reads a film's name, and no more than is needed: a folder of its title is enough."""
    if same(own.title, above.title):
        return Opinion("the folder", {"title": above.title})
    quick = parsers.quick(text)
    agreed = same(own.title, _text(quick.said.get("title"))) and quick.said.get("type") != "episode"
    return quick if own.form is not None or agreed else parsers.thorough(text)


def _guessed(text: str, own: Reading, opinion: Opinion, above: Context) -> Label | None:
    """An episode that another parser alone sees.

    It sees one in many a film's number ("300", "2012"): count on it only where it names the season and number apart.
    """
    answer = opinion.said
    if above.season is None and (above.library == "films" or re.match(r"\d{1,2} [^\W\d_]", text)):  # "12 Angry Men"
        return None
    theirs = _text(answer.get("title"))
    numbers = _ints(answer.get("episode"))
    season = _first(answer.get("season"))
    season = season if isinstance(season, int) and season < 100 else None
    if answer.get("type") != "episode" or not numbers or own.year is not None:
        return None
    if season is None and above.title is None and theirs is None:
        return None
    if (
        any(re.fullmatch(r"(?:19|20)\d\d", one) for one in re.findall(r"\d+", text))
        and len(numbers) == 1
        and season is not None
        and season in (19, 20)
    ):
        return None  # "Some Film 2049" is no episode 49
    joined = season is not None and len(numbers) == 1 and f"{season}{numbers[0]:02d}" in re.sub(r"\D", "", text)
    title = theirs or above.title
    return Label(
        "episode",
        title=title,
        year=above.year if title == above.title else None,
        season=season if season is not None else above.season,
        episodes=numbers,
        absolute_episodes=_ints(answer.get("absolute_episode")) or None,
        episode_title=_text(answer.get("episode_title")),
        label_source="name",
        confidence=DOUBT + 0.1 if above.season is not None or not joined else DOUBT,
        evidence=f"{opinion.by} reads episode {numbers[0]}, no plain sign of one",
    )


def _of_season(text: str, own: Reading, above: Context) -> Label | None:
    """What lies in a season's folder, or is called a season itself, without a number of its own."""
    label = Label(
        "episode", title=above.title, year=above.year, season=above.season, label_source="folder", confidence=DOUBT
    )
    if above.season is not None and own.part is not None and own.part < 100:  # "Show.Name.Part.4" in a season folder
        why = f"part {own.part} in a season folder of '{above.titled}'"
        return replace(label, title=own.title or above.title, episodes=(own.part,), confidence=LIKELY, evidence=why)
    if above.title is None:
        return None
    if season_of(text) is not None:
        return replace(label, season=season_of(text), evidence=f"the name is a season of '{above.titled}'")
    if above.season is not None:
        why = f"lies in a season folder of '{above.titled}', no number"
        return replace(label, episode_title=words(text) or None, evidence=why)
    return None


def _nameless(own: Reading, above: Context) -> Label | None:
    """A name like "output" or "new file", or none at all, below no folder with a name."""
    empty = own.title is not None and set(bare_words(own.title)) <= _OTHER and own.year is None and not own.rest
    if above.title is not None and above.year is not None:  # Alien (1979)/movie.mkv
        return None
    if not empty and (own.title is not None or above.title is not None):
        return None
    return Label("other", label_source="name", confidence=LIKELY, evidence="a name that says nothing")


def _film(text: str, own: Reading, opinion: Opinion, above: Context, seen: Seen) -> Label:
    theirs = _text(opinion.said.get("title"))
    agreed = same(own.title, theirs) or same(f"{own.title} {own.part}", theirs)
    title, year, source, sure, notes = _film_named(own, above, agreed, seen)
    if agreed and opinion.by != "the folder":
        notes.append(f"{opinion.by} reads the same title")
    elif theirs and not agreed:
        notes.append(f"{opinion.by} reads the title '{theirs}'")
        if source == "name" and year is None and own.title and _is_shorter(theirs, own.title):
            title = theirs
    if seen.duration is not None and seen.duration < _FILM_SECONDS / 3:
        long = f"{seen.duration / 60:.0f} min" if seen.duration >= 60 else f"{seen.duration:.0f} s"
        notes.append(f"only {long} long")
        sure = min(sure, DOUBT + 0.1)
    elif seen.duration is not None and seen.duration >= _FILM_SECONDS and sure < LIKELY:
        notes.append(f"{seen.duration / 60:.0f} min long, as films are")
        sure = LIKELY
    if own.part is not None:
        notes.append(f"part {own.part}")
    if _FOREIGN.search(text) and not (own.sure and agreed):
        sure = min(sure, DOUBT + 0.1)
    return Label(
        "movie",
        title=title,
        year=year,
        part=own.part if own.part is not None else above.part,
        label_source=source,
        confidence=sure,
        evidence="; ".join(notes),
    )


def _is_shorter(theirs: str, ours: str) -> bool:
    """Whether `ours` goes on where `theirs` ends, and not with what stands behind a dash: that belongs to a film's name."""
    return bare(ours).startswith(bare(theirs)) and len(bare(theirs)) < len(bare(ours)) and " - " not in ours


def _film_named(
    own: Reading, above: Context, agreed: bool, seen: Seen
) -> tuple[str | None, int | None, str, float, list[str]]:
    """(title, year, label source, confidence, notes) of a film, by its own name and by its folder."""
    title, year = own.title, own.year
    if above.title is not None and year is None and not _may_be(title, above, own, seen):
        notes = [f"'{title}' lies with others in '{above.titled}'"]
        return title, None, "name", DOUBT, notes
    if above.title is not None and (same(title, above.title) or (year is None and above.year is not None)):
        notes = [f"the folder says '{above.titled}'"]
        if not same(title, above.title):
            title, notes = above.title, [f"the name says '{title}'", *notes]
        sure = FOLDER if above.year is not None or year is not None else LIKELY
        return title, year or above.year, "folder" if year is None else "name", sure, notes
    if year is not None:
        ordinary = title is not None and _ORDINARY.fullmatch(title) is not None
        sure = (AGREED if agreed else LIKELY) if ordinary else TYPED if agreed else DOUBT
        if not own.sure and own.rest.strip(" ._") == own.written:  # "Wonder Woman 1984": its year, or its name
            sure = min(sure, TYPED)
        return title, year, "name", sure, [f"'{title}' before the year {year}"]
    return title, None, "name", LIKELY if agreed and own.rest else DOUBT, ["no sign of an episode, no year"]


def _may_be(title: str | None, above: Context, own: Reading, seen: Seen) -> bool:
    """Whether a name without a year may be the film its folder names: alike, a part of it, or alone there."""
    if title is None or above.title is None or own.part is not None or seen.videos <= 1 or above.year is None:
        return True
    mine, theirs = bare(title), bare(above.title)
    return mine.startswith(theirs) or theirs.startswith(mine) or _abbreviates(title, above.title) or " " not in title
