"""The title in what stands before a sign: without groups, tags, years, and a second script."""

import re
from typing import Final

from mediaorg.rules.names.forms import SEASON
from mediaorg.rules.names.record import Reading
from mediaorg.rules.names.text import GROUP, TAG, words

__all__ = [
    "BRACKETED_YEAR",
    "LAST_YEAR",
    "NUMERALS",
    "YEAR",
    "counted_beside",
    "one_script",
    "season_in",
    "season_number",
    "title_and_year",
    "untailed",
]

LAST_YEAR: Final = 2035
YEAR: Final = re.compile(r"(?<![\da-z])(1[89]\d\d|20[0-3]\d)(?![\dpx]|[. ]?\d{2}[.-]\d\d(?!\d))", re.IGNORECASE)
BRACKETED_YEAR: Final = re.compile(r"[(\[]\s?(1[89]\d\d|20[0-3]\d)(?:\s?-\s?(?:\d{4})?)?\s?[)\]]")
NUMERALS: Final = {
    **{name: n for n, name in enumerate("i ii iii iv v vi vii viii ix x".split(), 1)},
    **{name: n for n, name in enumerate("one two three four five six seven eight nine ten".split(), 1)},
}


def title_and_year(before: str) -> tuple[str | None, int | None]:
    """(title, year) of what stands before a sign: "[Group] Some Show (2014) - "."""
    text = before
    among = _among_brackets(before)
    if among is not None:
        return among
    for _ in range(3):
        shorter = GROUP.sub("", text, count=1)
        if shorter == text or not re.search(r"[^\W_]", shorter.replace("(", "")):
            break
        text = shorter
    if not re.search(r"[^\W_]", text) and re.search(r"[^\W\d_]", before):
        return None, None
    year = None
    bracketed = list(BRACKETED_YEAR.finditer(text))
    if bracketed and bracketed[-1].start() > 0:
        year, text = int(bracketed[-1][1]), text[: bracketed[-1].start()]
    else:
        ends = re.search(r"(?<=[ ._-])(19\d\d|20[0-3]\d)[ ._\-\])(\[]*$", text)
        if ends and re.search(r"[^\W_]", text[: ends.start()]):
            year, text = int(ends[1]), text[: ends.start()]
    tag = TAG.search(text, 1)
    if tag and re.search(r"[^\W_]", text[: tag.start()]):
        text = text[: tag.start()]
    dated = re.sub(r"[\[(]?(?<!\d)(?:19|20)\d\d[-._ ]?\d\d[-._ ]?\d\d[\])]?[ ._-]*$", "", text)
    text = dated if re.search(r"[^\W_]", dated) else text
    title = words(one_script(text))
    title = untailed(title)
    return (title or None), year


def untailed(title: str) -> str:
    """`title` without what stands in brackets after it, or "The Complete" of a pack; "(US)" stays."""
    short = re.sub(r"\s*[\[(](?!(?:US|UK|AU|NZ|CA|IE)[\])])[^\[\]()]*[\])]?$", "", title)
    short = re.sub(
        r"(?<=\w)[ -]+(?:the )?complete(?: (?:series|seasons?|collection))?$", "", short, flags=re.IGNORECASE
    )
    short = re.sub(
        r"(?<=\w)[ -]+(?:tv[ -](?:mini[ -]?)?|mini[ -]?)series$|(?<=\w)[ :]+-? ?the$", "", short, flags=re.IGNORECASE
    )
    return short.strip(" -:") if re.search(r"[^\W_]", short) else title


_HAN: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CYRILLIC: Final = re.compile(r"[\u0400-\u04ff]")
_NO_TITLE: Final = re.compile(r"新番|国漫|國漫|字幕|合集|^\W*\d+\W*$|^\W*(?:19|20)\d\d\W*$|发布|全\d+集", re.IGNORECASE)


def _among_brackets(before: str) -> tuple[str | None, int | None] | None:
    """The title of names that are all brackets: "[Group][Title][2019][05][tags]"; None for any other name."""
    if not re.fullmatch(r"\s*(?:\[[^\]]{1,120}\][\s★_.-]*(?:\d{1,2}月新番[\s★_.-]*)?){2,8}\[?\s*", before):
        return None
    inside = [one.strip() for one in re.findall(r"\[([^\]]{1,120})\]", before)]
    years = [int(one) for one in inside[1:] if re.fullmatch(r"19\d\d|20[0-3]\d", one)]
    named = [one for one in inside[1:] if not _NO_TITLE.search(one) and not TAG.fullmatch(one)]
    if not named:
        return None
    latin = [one for one in named if not _HAN.search(one)]
    title = words(one_script((latin or named)[0]))
    return (title or None), (years[0] if years else None)


def one_script(text: str) -> str:
    """One of two titles in two scripts, the Latin one: "海賊王 / One Piece", "名侦探柯南·Detective Conan"."""
    behind = re.match(r"[^A-Za-z]{4,}\((?P<latin>[^()]*[A-Za-z]{3}[^()]*)\)\s*$", text)
    if behind and (_CYRILLIC.search(text) or _HAN.search(text)):
        return behind["latin"]
    parts = re.split(
        r"\s*[/|·]\s*|\s_\s|(?<=[\u3040-\u9fff！!])_\s*(?=[A-Za-z])", re.sub(r"\s*\([^()]*(?:\)|$)", "", text)
    )
    if len(parts) < 2:
        mixed = re.match(
            r"(?P<l>[A-Za-z][^\u3040-\u9fff]{3,}?)\s(?=[\u3040-\u9fff]+\s*$)|[\u3040-\u9fff][^A-Za-z]*?[\s.](?P<r>[A-Z][A-Za-z].*)$",
            text.strip(),
        )
        found = (mixed["l"] or mixed["r"]) if mixed else None
        return found if found and not _HAN.search(found) else text
    foreign = [one for one in parts if _HAN.search(one) or _CYRILLIC.search(one)]
    latin = [one for one in parts if one not in foreign and len(re.findall(r"[A-Za-z]", one)) >= 3]
    return latin[0] if foreign and latin else text


def season_number(found: re.Match[str]) -> int | None:
    """The number of a match of `SEASON`, in figures or Roman."""
    said = found["s"].strip().casefold()
    return int(said) if said.isdigit() else NUMERALS.get(said)


def season_in(text: str, title: str) -> tuple[int | None, str]:
    """(the season `text` names behind something else, `title` without it)."""
    for pattern in SEASON:
        for found in pattern.finditer(text):
            season = season_number(found)
            if found.start() > 0 and season is not None:
                within = pattern.search(title)
                if within is not None and not title[: within.start()].strip(
                    " .-_(["
                ):  # one of two scripts held it alone
                    return season, text[: found.start()].rstrip(" .-_([")
                return season, title[: within.start()].rstrip(" .-_([") if within else title
    return None, title


def counted_beside(before: str, rest: str, reading: Reading) -> tuple[str, tuple[int, ...] | None]:
    """(the title, numbers counted from the show's beginning) where a name has both: "Show 013 - S02E01", "S02E01 (013)"."""
    if not reading.episodes:
        return before, reading.absolute_episodes
    ahead = re.search(
        r"(?:(?<=[ ._])|(?<=- ))-?[ ._]?(\d{2,4})(?:[.]5|\s?[-~]\s?(\d{2,4}))?[ ._]*-?[ ._]*[(\[]?$", before
    )
    if (
        ahead
        and ahead.start() > 0
        and (ahead[2] or re.search(r"- ?$|-\.$", before[: ahead.start() + 1]) or re.search(r" - \d+ - $", before))
    ):
        numbers = _run_of(ahead)
        return (before[: ahead.start()], numbers) if numbers else (before, reading.absolute_episodes)
    if reading.form in ("SxxEyy", "NxM"):
        behind = re.match(
            r"(?:[ ._]|[ ._]?-[ ._]?|\s?\()(\d{3,4})(?:\s?-\s?(\d{3,4}))?(?=$|\)|[ ._]?[-\[(]|\s-\s)(?![\dpi])", rest
        )
        return before, (_run_of(behind) if behind else None) or reading.absolute_episodes
    return before, reading.absolute_episodes


def _run_of(found: re.Match[str]) -> tuple[int, ...] | None:
    """From the first number to the second, or the first alone; None for a year and for what is no run of episodes."""
    low, high = int(found[1]), int(found[2] or found[1])
    return tuple(range(low, high + 1)) if low <= high <= low + 60 and not YEAR.fullmatch(found[1]) else None
