"""Days as names write them, in every order and several languages."""

import re
from collections.abc import Iterable
from typing import Final

from mediaorg.rules.days import iso_day
from mediaorg.rules.names.text import plain

__all__ = ["DATES", "WORDED", "both_days", "day_of", "day_order"]

DATES: Final = (
    re.compile(
        r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<gap>[-._ /]{1,3})(?P<m>0?[1-9]|1[0-2])(?:[-._ /]{1,3})(?P<d>0?[1-9]|[12]\d|3[01])(?!\d)"
    ),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)年(?P<m>\d{1,2})月(?P<d>\d{1,2})日"),
    # Tatort_19.03.31_20-15_ard: a recorder's day and clock; 140722.720p
    re.compile(r"(?<!\d)(?P<y>[0-3]\d)[.](?P<m>0[1-9]|1[0-2])[.](?P<d>0[1-9]|[12]\d|3[01])(?=[_ ]\d\d-\d\d[_ ])"),
    re.compile(
        r"(?<=[^\W\d_][._ ])(?P<y>[0-3]\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?=[._ ](?:\d{3,4}p|hdtv|web))",
        re.IGNORECASE,
    ),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)[-._ ](?P<d>1[3-9]|2\d|3[01])[-._ ](?P<m>0[1-9]|1[0-2])(?!\d)"),
    re.compile(r"(?<!\d)(?<!\d[-._])(?P<a>\d{1,2})[-._ /](?P<b>\d{1,2})[-._ /](?P<y>(?:19|20)\d\d)(?!\d)"),
)
# Month -> how it begins in the languages around: English, German, French, Spanish and Portuguese, Italian, Dutch, Nordic.
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan ene gen", "feb fév fev fév", "mar mär mrt maerz", "apr avr abr", "may mai mei mag maj", "jun juin giu",
            "jul juil lug", "aug aoû aou ago", "sep set", "oct okt ott out", "nov", "dec dez déc dic des",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
WORDED: Final = re.compile(
    rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?[ ._-]{{1,2}}(?:de )?(?P<w>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})[^\W\d_]*\.?[ ._-](?:de )?(?P<y>(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)


def day_order(names: Iterable[str]) -> str | None:
    """Whether days stand before months ("dmy") or behind them ("mdy") in the names of one folder; None if nothing tells.

    One 25-03 settles it for all; else the order in which the days lie closer together, if that is plain.

    >>> day_order(["Talk 02-03-2015", "Talk 25-03-2015"]), day_order(["Talk 02-03-2015", "Talk 03-03-2015"])
    ('dmy', 'dmy')
    """
    pairs = {(int(m["a"]), int(m["b"]), int(m["y"])) for name in names for m in [DATES[-1].search(plain(name))] if m}
    days, months = any(a > 12 for a, _, _ in pairs), any(b > 12 for _, b, _ in pairs)
    if days or months:
        return None if days and months else "dmy" if days else "mdy"
    first, second = ([_ordinal(y, *pair) for *pair, y in pairs], [_ordinal(y, b, a) for a, b, y in pairs])
    near, far = max(first, default=0) - min(first, default=0), max(second, default=0) - min(second, default=0)
    return "mdy" if 2 * near < far else "dmy" if 2 * far < near else None


def _ordinal(year: int, month: int, day: int) -> int:
    return (year * 12 + month) * 31 + day


def day_of(found: re.Match[str]) -> tuple[str | None, str | None]:
    """(ISO day, doubt) of a match of `DATES`."""
    got = found.groupdict()
    year = int(got["y"]) + (2000 if len(got["y"]) == 2 else 0)
    if got.get("w"):
        month, day = _MONTHS[got["w"].casefold()], int(got["d"])
    elif got.get("a"):
        one, two = int(got["a"]), int(got["b"])
        if one <= 12 and two <= 12 and one != two:
            return None, f"{found[0].strip()} may be day or month first"
        month, day = (one, two) if two > 12 else (two, one)
    else:
        month, day = int(got["m"]), int(got["d"])
    return iso_day(year, month, day), None


def both_days(found: re.Match[str]) -> tuple[str | None, str | None]:
    """The day of a match that may be read two ways: if the day stands first, and if the month does."""
    one, two, year = int(found["a"]), int(found["b"]), int(found["y"])
    return iso_day(year, two, one), iso_day(year, one, two)
