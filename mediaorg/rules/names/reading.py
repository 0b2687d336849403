"""One name read: the forms are tried from the surest to the vaguest, and what stands before the sign is the title.

Nothing here knows about folders; `rules.folders` does.
"""

import re
from dataclasses import replace
from typing import Final

from mediaorg.rules.names.dates import DATES, WORDED, both_days, day_of
from mediaorg.rules.names.films import LANGUAGES, PART, edition_of, number_of, read_film
from mediaorg.rules.names.forms import ANIME, BARE_AFTER_GROUP, FORMS, OF, SEASON, SEASON_WORD, several
from mediaorg.rules.names.record import Reading
from mediaorg.rules.names.text import TAG, cover, prepared, words
from mediaorg.rules.names.titles import (
    BRACKETED_YEAR,
    YEAR,
    counted_beside,
    one_script,
    season_in,
    season_number,
    title_and_year,
)

__all__ = ["read"]

_MOST_SEASONS: Final = 199


def read(stem: str) -> Reading:
    """What `stem`, a name without its suffix, says; the convention is `names` of the scene, Jellyfin's and Kodi's.

    >>> found = read("Some.Show.S02E05-E07.720p")
    >>> found.title, found.season, found.episodes
    ('Some Show', 2, (5, 6, 7))
    >>> read("Blade Runner 2049 (2017)").title, read("Blade Runner 2049 (2017)").year
    ('Blade Runner 2049', 2017)
    """
    text = prepared(stem)
    covered = cover(text)
    return (
        _formed(text, covered)
        or _dated(text)
        or _numbered(text, covered)
        or _seasoned(text)
        or _joined(text)
        or _run_together(text)
        or read_film(text)
    )


def _formed(text: str, covered: str) -> Reading | None:
    """By the first of `FORMS` that fits."""
    for form, certain, pattern, reader in FORMS:
        for found in pattern.finditer(covered):
            (season, episodes, absolute), end = reader(found, covered)
            before = text[: found.start()]
            if _is_something_else(form, found, season, before, text[end:]):
                continue
            half = _HALF.match(covered, end) if form in ("SxxEyy", "NxM") and len(episodes) == 1 else None
            end = half.end() if half else end
            reading = Reading(
                form,
                text[found.start() : end].strip(" .-_[]"),
                season=season,
                episodes=episodes or None,
                absolute_episodes=episodes if absolute else None,
                part=1 + "abcd".index(half[0].lower()) if half else None,
                sure=certain,
            )
            return _with_title(text, before, text[end:], reading)
    return None


def _is_something_else(form: str, found: re.Match[str], season: int | None, before: str, rest: str) -> bool:
    """Whether what looks like a number of `form` is none: a year, a film of a row, a part of a larger number, a title."""
    if season is not None and _MOST_SEASONS < season < 1900:
        return True
    if form == "number" and (YEAR.fullmatch(found["e"]) or _FILM_OF.search(before)):  # The.Man.from.U.N.C.L.E.2015
        return True
    if not before.strip(" ._") and (_ONLY_YEAR.match(rest) or (found[0][0] == "#" and re.match(r" \w", rest))):
        return True  # 10x10 (2018), E3 2018, "#1 Cheerleader Camp"
    return form == "NxM" and before[-1:].isdigit()


_ONLY_YEAR: Final = re.compile(r"[ ._]*[(\[]?(?:19|20)\d\d(?!\d)")
_HALF: Final = re.compile(r"[a-d](?![a-z0-9])", re.IGNORECASE)  # S02E01a, S02E01b: two halves of one
_FILM_OF: Final = re.compile(
    r"(?<![^\W_])(?:film|movie)s?[ ._-]*$", re.IGNORECASE
)  # "Movie - 09", "Movie Ep. 2": the ninth film


def _with_title(text: str, before: str, rest: str, reading: Reading) -> Reading:
    title, absolute = counted_beside(one_script(before), rest, reading)
    season = reading.season
    if reading.form in ("words", "number"):
        said, shorter = season_in(before, title)
        if said is not None and (season in (None, said) or reading.written[:3].casefold() == "cap"):
            season, title = said if season is None else season, shorter
            absolute = None if reading.season is None else absolute
    if reading.season is not None:  # Dark Matter Season 1 S01
        title = re.sub(r"(?<=\w)[ ._-]+seasons?[ ._]\d{1,2}[ ._-]*$", "", title, flags=re.IGNORECASE)
    days = (
        day_of(found)[0] for pattern in (*DATES, WORDED) for place in (title, rest) for found in pattern.finditer(place)
    )
    named, year = title_and_year(title)
    later = BRACKETED_YEAR.search(text, len(before) - len(before.lstrip()) + 1) if year is None else None
    if later is not None and (
        later.start() < len(before) or not rest[: later.start() - len(text) + len(rest)].strip(" .-")
    ):
        year = int(later[1])
    return replace(
        reading,
        title=named,
        year=year,
        season=season,
        absolute_episodes=absolute,
        rest=rest,
        date=next((day for day in days if day), None),
        edition=edition_of(rest),
    )


def _dated(text: str) -> Reading | None:
    for pattern in (*DATES, WORDED):
        for found in pattern.finditer(text):
            day, doubt = day_of(found)
            if day is None and doubt is None:
                continue
            before = re.sub(r"(?<=\w)[ ._]+(?:vom|du|del|dal|am)[ ._]*$", "", text[: found.start()])  # "vom 29. Mai"
            rest = text[found.end() :]
            title, year = title_and_year(before)
            if title is None:
                tag = TAG.search(rest)
                clock = re.match(r"[-_ ]*\d\d[-._]\d\d(?:[-._]\d\d)?\s*", rest)
                title = words(rest[clock.end() if clock else 0 : tag.start() if tag else None]) or None
            part = PART.search(rest)
            return Reading(
                "date",
                found[0],
                title=title,
                year=year,
                date=day,
                sure=doubt is None,
                doubt=doubt,
                days=both_days(found) if doubt else None,
                rest=rest,
                part=number_of(part) if part else None,
            )
    return None


_SEASONS_FROM: Final = re.compile(rf"{SEASON_WORD}s?[ ._]*0?1[ ._]*$", re.IGNORECASE)


def _numbered(text: str, covered: str) -> Reading | None:
    of = OF.search(text)
    if of and 0 < int(of["e"]) <= int(of["n"]) and of.start() > 0:
        title, year = title_and_year(text[: of.start()])
        if title:
            return Reading("number", of[0], title=title, year=year, episodes=(int(of["e"]),), rest=text[of.end() :])
    grouped = text.lstrip().startswith("[")
    tagged = TAG.search(text, 1)
    limit = tagged.start() if tagged else len(text)
    patterns = (ANIME, BARE_AFTER_GROUP) if grouped else (ANIME,)
    for pattern in patterns:
        hits = [hit for hit in pattern.finditer(covered) if hit.start() > 0]
        hits = [hit for hit in hits if hit.start() < limit] or [hit for hit in hits if "-" in hit[0]]
        hits.sort(key=lambda hit: bool(re.match(r"[ .]+[^\W\d_]", text[hit.end() :])))  # "- 100 Years Quest - 05 ("
        hits = [hit for hit in hits if not (YEAR.fullmatch(hit["e"]) and len(hit["e"]) == 4)]
        for hit in hits:
            before = text[: hit.start()]
            title, year = title_and_year(before)
            if title is None or _FILM_OF.search(before):
                continue
            if len(hit["e"]) == 1 and _SEASONS_FROM.search(before):  # Season 1 - 6: a pack
                continue
            if not grouped and len(hit["e"]) == 1 and BRACKETED_YEAR.match(text[hit.end() :].lstrip()):
                continue  # "300 - 2 (2006)": a second film
            if (
                re.match(r"\s?[\[(]", hit[0])
                and not grouped
                and hit.end("e") == hit.end()
                and re.match(r"\s?[\])]", text[hit.end() :])
                and not re.match(r"\d\d(?!\d)", hit["e"])
            ):
                continue
            episodes, end = several(covered, hit.end("e"), hit["e"])
            from_one = (
                None if _SEASONS_FROM.search(before) else re.search(r"(?<=[ ._])0{0,2}1$", before)
            )  # Some Show 01 - 12 [Batch]
            up_to = re.match(r" - (\d{2,3})(?=$| ?[\[(])", text[end:]) if episodes == (1,) else None
            if up_to:
                episodes, end = tuple(range(1, int(up_to[1]) + 1)), end + up_to.end()
            if from_one and "-" in hit[0] and len(episodes) == 1:
                title, episodes = words(before[: from_one.start()]), tuple(range(1, episodes[0] + 1))
                title = title_and_year(title)[0] or title
            season, title = season_in(title, title)
            halved = text[hit.end("e") : hit.end("e") + 2] == ".5"  # 13.5 lies between 13 and 14
            later = re.match(r"[ ._-]*[(\[]((?:19|20)\d\d)[)\]]", text[end:])
            year = int(later[1]) if later and year is None else year
            return Reading(
                "number",
                hit["e"],
                title=title,
                year=year,
                season=season,
                episodes=episodes,
                absolute_episodes=None if season is not None else episodes,
                rest=text[end:],
                sure=grouped,
                doubt="half a number" if halved else None,
            )
    return None


_JOINED: Final = re.compile(
    r"(?<=[^\W\d_][ ._-])(?P<s>\d{1,2})[-_.](?P<e>\d{2})(?=$|[. _](?![\d(]))|^(?P<t>\d)-(?P<f>\d{2})(?=[ ._]+(?:-[ ._])?[^\W\d_])"
)
_FROM_TO: Final = re.compile(
    r"(?<=[^\W\d_][ ._])(?P<a>\d{1,3})-(?P<b>\d{1,3})(?=$|[ ._]*[\[(]|[ ._](?=\xa4)|[ ._](?:dual|complete|batch|multi|dvd|bd|web)(?![a-z]))",
    re.IGNORECASE,
)


def _joined(text: str) -> Reading | None:
    """office_03_19, "4-13 Title": season and episode with nothing but a dash; "Some Show 01-13": from one to another."""
    run = _FROM_TO.search(cover(text))
    if run and int(run["a"]) < int(run["b"]) and (int(run["a"]) == 1 or len(run["a"]) == len(run["b"]) > 1):
        title, year = title_and_year(text[: run.start()])
        numbers = tuple(range(int(run["a"]), int(run["b"]) + 1))
        return Reading(
            "number",
            run[0],
            title=title,
            year=year,
            episodes=numbers,
            absolute_episodes=numbers,
            rest=text[run.end() :],
        )
    found = _JOINED.search(text)
    if found is None or text.lstrip().startswith("["):
        return None
    season, number = int(found["s"] or found["t"]), int(found["e"] or found["f"])
    if season == 0 or (found["s"] and len(found["s"]) == 1 and found[0][1] != "-"):
        return None
    title, year = title_and_year(text[: found.start()])
    return Reading(
        "number",
        found[0],
        title=title,
        year=year,
        season=season,
        episodes=(number,),
        rest=text[found.end() :],
        doubt="may be a range",
    )


_DUBBED: Final = re.compile(rf"[ ._](?:{LANGUAGES})(?![a-z])", re.IGNORECASE)
_PADDED: Final = re.compile(
    r"(?<=[^\W\d_][ ._])(?P<e>0(?!07)\d{1,2})(?=[ ._]|$)"
)  # Some Show 07 - Title, Some.Show.02.FRENCH.DVDRip
_POINTED: Final = re.compile(r"(?<=[^\W\d_] )(?P<s>[1-9]\d?)\.(?P<e>[0-3]\d)(?=$| [^\W\d_])")  # Some Show 7.06 Title
_HUNDRED: Final = re.compile(
    r"(?<=[^\W_])[ ._](?P<s>[1-9]\d?)(?P<e>0[1-9]|[1-3]\d)(?:[ ._](?P=s)(?P<f>0[1-9]|[1-3]\d))?(?=[ ._-])"
)
_AFTER_YEAR: Final = re.compile(r"(?<=[^\W_][ ._])(?P<y>(?:19|20)\d\d)[ ._](?P<e>\d\d)(?=[ ._])")


def _run_together(text: str) -> Reading | None:
    """A bare number that is an episode's by where it stands.

    some.show.102.hdtv and "show.2014.208.dvdrip": season and number in one, before the tags; "Some Show 07 - Title".
    """
    for pattern in (_PADDED, _HUNDRED, _AFTER_YEAR, _POINTED):
        for found in pattern.finditer(text):
            said = found.groupdict()
            title, year = title_and_year(text[: found.start()] + (said.get("y") or ""))
            tagged = (TAG.match(text, found.end() + 1) or _DUBBED.match(text, found.end())) is not None
            dashed = re.match(r"[ ._]-[ ._]", text[found.end() :]) is not None
            if (
                title is None
                or YEAR.fullmatch(found[0].strip(" ._"))
                or re.fullmatch(SEASON_WORD, title, re.IGNORECASE)
            ):
                continue
            if pattern is not _POINTED and not (
                tagged
                or (pattern is not _AFTER_YEAR and (year or dashed))
                or (pattern is _PADDED and found.end() == len(text))
            ):
                continue
            numbers = [int(said["e"]), *([int(said["f"])] if said.get("f") else [])]
            season = int(said["s"]) if said.get("s") else None
            if pattern is _HUNDRED and text.lstrip().startswith("["):  # [Group] Some Show 603 WEB: groups count on
                season, numbers = None, [int(said["s"] + said["e"])]
            plain_sign = pattern is _PADDED or (tagged and "." in text)
            return Reading(
                "number",
                found[0].strip(" ._"),
                title=title,
                year=year,
                season=season,
                episodes=tuple(numbers),
                absolute_episodes=tuple(numbers) if season is None else None,
                rest=text[found.end() :],
                doubt=None if plain_sign else "may count otherwise",
            )
    return None


def _seasoned(text: str) -> Reading | None:
    for pattern in SEASON:
        for found in pattern.finditer(text):
            season = season_number(found)
            if found.start() == 0 or season is None:
                continue
            before = re.sub(
                r"(?<=\w)[ ._-]+seasons?(?:[ ._]\d{1,2})?[ ._-]*$", "", text[: found.start()], flags=re.IGNORECASE
            )
            title, year = title_and_year(before)
            rest = text[found.end() :]
            if title is None or (
                BRACKETED_YEAR.match(rest.lstrip(" .")) and pattern is SEASON[1]
            ):  # "Open Season 2 (2008)"
                continue
            if pattern is SEASON[1] and found[0].casefold().startswith("series"):
                continue
            return Reading("season", found[0].strip(), title=title, year=year, season=season, rest=rest)
    return None
