"""What a name without any sign of an episode says: a film's title, year, part and edition."""

import re
from typing import Final

from mediaorg.rules.names.record import Reading
from mediaorg.rules.names.text import GROUP, TAG, cover, words
from mediaorg.rules.names.titles import BRACKETED_YEAR, LAST_YEAR, NUMERALS, YEAR, one_script, untailed

__all__ = ["LANGUAGES", "PART", "edition_of", "number_of", "read_film"]

PART: Final = re.compile(
    r"(?<![a-z0-9])(?:(?P<disc>cd|dvd|disc|disk)|(?P<part>part|parte|pt|teil|partie|deel|vol(?:ume)?))[ ._-]?(?P<n>\d{1,2}|[ivx]{1,4}|one|two|three|four|five)(?![a-z0-9])",
    re.IGNORECASE,
)
_EDITIONS: Final = (
    (
        "Director's Cut",
        re.compile(
            r"(?<![a-z])directors?'?s?[ ._]cut|(?<![a-z])\bDC\b(?=[. ]\(?\d{4}[). ]|[. ]\(?\d{3,4}p)", re.IGNORECASE
        ),
    ),
    ("Extended", re.compile(r"(?<![a-z])extended(?:[ ._](?:cut|edition|version))?(?![a-z])", re.IGNORECASE)),
    ("Unrated", re.compile(r"(?<![a-z])unrated(?![a-z])", re.IGNORECASE)),
    ("Theatrical", re.compile(r"(?<![a-z])theatrical[ ._](?:cut|edition|version|release)", re.IGNORECASE)),
    ("Special Edition", re.compile(r"(?<![a-z])special[ ._]edition", re.IGNORECASE)),
    ("Final Cut", re.compile(r"(?<![a-z])final[ ._]cut(?=[ ._)\]]|$)", re.IGNORECASE)),
    ("Criterion", re.compile(r"(?<![a-z])criterion(?![a-z])", re.IGNORECASE)),
    ("IMAX", re.compile(r"(?<![a-z])IMAX(?![a-z])")),
    ("Ultimate", re.compile(r"(?<![a-z])ultimate[ ._](?:cut|edition|collectors?)", re.IGNORECASE)),
    ("Collector", re.compile(r"(?<![a-z])collectors?'?s?[ ._]edition|edition[ ._]collector", re.IGNORECASE)),
    ("Anniversary", re.compile(r"(?<![a-z])anniversary(?:[ ._]edition)?(?=[ ._)\]\d]|$)", re.IGNORECASE)),
    ("Uncut", re.compile(r"(?<![a-z])uncut(?![a-z])", re.IGNORECASE)),
    ("Redux", re.compile(r"(?<![a-z])redux(?![a-z])", re.IGNORECASE)),
    ("Restored", re.compile(r"(?<![a-z])restored(?![a-z])", re.IGNORECASE)),
    ("Uncensored", re.compile(r"(?<![a-z])uncensored(?![a-z])", re.IGNORECASE)),
    ("Fan Edit", re.compile(r"(?<![a-z])fan[ ._]?edit(?![a-z])", re.IGNORECASE)),
    ("Open Matte", re.compile(r"(?<![a-z])open[ ._]matte(?![a-z])", re.IGNORECASE)),
    ("Remastered", re.compile(r"(?<![a-z])(?:4k[ .])?remaster(?:ed)?(?![a-z])", re.IGNORECASE)),
)
LANGUAGES: Final = "french|german|italian|spanish|swedish|danish|dutch|hindi|norwegian|polish|vostfr|turkish|russian"


def read_film(text: str) -> Reading:
    """A film's title with its year, part and edition, as far as `text` has them."""
    at = text
    for _ in range(2):
        shorter = GROUP.sub("", at, count=1)
        if (
            shorter == at or not re.search(r"[^\W_]", shorter) or not re.search(r"[^\W\d_]", shorter.split("(")[0])
        ):  # "[REC] 2 (2009)"
            break
        at = shorter
    first = re.match(r"\s*[(\[]((?:19|20)\d\d)[)\]]\s*(?=\S*[^\W\d_])", at)  # "(2000) Some Film"
    at = at[first.end() :] if first else at
    tag = next((one for one in TAG.finditer(at, 1) if not _ARTICLE.fullmatch(at[: one.start()])), None)
    year, end, sure = _film_year(at, tag)
    year, sure = (int(first[1]), True) if first and year is None else (year, sure)
    part, end, title = _film_part(at, end, year)
    cut = [
        found.start()
        for _, pattern in _EDITIONS
        for found in pattern.finditer(at)
        if 3 < found.start() < end and not _ARTICLE.fullmatch(at[: found.start()])
    ]
    if cut and (year is not None or tag is not None):
        title = at[: min(cut)]
    if year is not None and " " not in title:  # "Some.Film.FRENCH.2011": dotted names say the language before the year
        title = _without_tongue(title, at[end:])
    named = words(one_script(title)) or None
    return Reading(
        "year" if year is not None else None,
        str(year or ""),
        title=untailed(named) if named else None,
        year=year,
        part=part,
        edition=edition_of(at[len(title) :]) or _named_edition(at[len(title) :]),
        rest=at[end:],
        sure=sure,
    )


_TONGUE: Final = re.compile(rf"(?<=\w)[._](?:{LANGUAGES})[._]*$", re.IGNORECASE)
_ARTICLE: Final = re.compile(r"\W*(?:the|a|an|der|die|das|le|la|les|el|il)?\W*", re.IGNORECASE)


def _without_tongue(title: str, rest: str) -> str:
    """`title` without a language at its end, unless that is all of it ("The.German.2019"), or the rest says it again."""
    found = _TONGUE.search(title)
    if found is None or _ARTICLE.fullmatch(title[: found.start()]):
        return title
    return title if re.search(found[0].strip("._"), rest, re.IGNORECASE) else title[: found.start()]


def _film_year(at: str, tag: re.Match[str] | None) -> tuple[int | None, int, bool]:
    """(year, where the title ends, whether the year stands in brackets): else the last before the tags, or the only one."""
    end = tag.start() if tag else len(at)
    bracketed = next((found for found in BRACKETED_YEAR.finditer(at) if found.start() > 0), None)
    if bracketed:
        return int(bracketed[1]), min(bracketed.start(), end), True
    loose = [
        found
        for found in YEAR.finditer(cover(at))
        if found.start() > 0 and int(found[1]) <= LAST_YEAR and found.start() <= end + 40
    ]
    if loose and (tag is None or loose[-1].start() < tag.start() or len(loose) == 1):
        return int(loose[-1][1]), min(loose[-1].start(), end), False
    return None, end, False


def _film_part(at: str, end: int, year: int | None) -> tuple[int | None, int, str]:
    """(part, where the title ends, the title): "CD2" ends it, "Dune Part Two (2024)" is part of the film's name."""
    found = next((found for found in PART.finditer(at) if found.start() > 0), None)
    if found is None:
        return None, end, at[:end]
    part = number_of(found)
    if found["disc"] or found.start() >= end or year is None:
        end = min(end, found.start())
    elif found["part"].casefold().startswith("vol"):
        part = None
    return part, end, at[:end]


def number_of(found: re.Match[str]) -> int | None:
    """The number of a match of `PART`, in figures, Roman or in words."""
    text = found["n"].casefold()
    return int(text) if text.isdigit() else NUMERALS.get(text)


def edition_of(text: str) -> str | None:
    """The first known edition in `text`."""
    return next((name for name, pattern in _EDITIONS if pattern.search(text)), None)


_EDITION: Final = re.compile(  # The Imperial Edition, Assembly Cut: whatever it is called
    r"(?<![^\W_])(?:the[ ._])?(?P<named>(?:[^\W\d_][\w']*[ ._]){1,2}edition|[^\W\d_][\w']*[ ._]cut)(?![^\W_])",
    re.IGNORECASE,
)


def _named_edition(text: str) -> str | None:
    found = _EDITION.search(text)
    return words(found["named"]).title() if found and not TAG.search(found["named"]) else None
