"""What one file name says by itself: season and episodes, numbers, dates, years, parts and the title before them.

`read` tries the forms of `_FORMS` from the surest to the vaguest. To teach a new form, add one line there, with a
name that people write beside it. Nothing here knows about folders; `rules.folders` does.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from mediaorg.rules.days import iso_day
from mediaorg.rules.kinds import KINDS, VIDEO

__all__ = [
    "SEASON_WORDS",
    "Reading",
    "bare",
    "day_order",
    "is_release",
    "mirrored",
    "plain",
    "prepared",
    "read",
    "reads_as_junk",
    "same",
    "stem_of",
    "untagged",
    "words",
]

_LONGEST: Final = 300  # characters; names are at most 255 bytes, and nothing after that is read
_FIRST_FILM: Final = 1888
_LAST_YEAR: Final = 2035
_MOST_SEASONS: Final = 199


@dataclass(frozen=True, slots=True)
class Reading:
    """What a name says; unknown is None.

    form: the form that settled it: SxxEyy, NxM, words, date, number, season, year; None when nothing was found.
    written: that form as it stands in the name, for the evidence.
    """

    form: str | None = None
    written: str = ""
    title: str | None = None
    year: int | None = None
    season: int | None = None
    episodes: tuple[int, ...] | None = None
    absolute_episodes: tuple[int, ...] | None = None
    date: str | None = None
    part: int | None = None
    edition: str | None = None
    rest: str = ""
    sure: bool = False
    doubt: str | None = None
    days: tuple[str | None, str | None] | None = None  # the day if it stands first, and if the month does


# ---- text ------------------------------------------------------------------------------------------------------

# Beside the suffixes of videos: stand-ins, cameras' own, and posts of recovery files.
_SUFFIX: Final = re.compile(
    rf"\.(?:{'|'.join(suffix[1:] for suffix, kind in KINDS.items() if kind == VIDEO)}|disc|dav|img|insv|lrv|par2|strm)$",
    re.IGNORECASE,
)
_BRACKETS: Final = str.maketrans("【】「」『』〔〕《》｛｝", "[][][][][][]", "")


def stem_of(name: str) -> str:
    """`name` without its suffix, if the suffix is one that videos have.

    >>> stem_of("Mr. Robot.mkv"), stem_of("Mr. Robot")
    ('Mr. Robot', 'Mr. Robot')
    """
    return _SUFFIX.sub("", name)


def plain(name: str) -> str:
    r"""`name` in one form: NFKC, ordinary brackets and dashes, no control characters; escaped bytes stay.

    >>> plain("［01］\u2013 A\tB")
    '[01]- A B'
    """
    text = unicodedata.normalize("NFKC", name)[:_LONGEST].translate(_BRACKETS)
    text = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return re.sub(r"[\u2010-\u2015\u2212~\uff5e\u301c]", lambda dash: "~" if dash[0] in "~\uff5e\u301c" else "-", text)


def untagged(text: str) -> str:
    """`text` up to the first tag of a release.

    >>> untagged("Thaw 1080p WEB")
    'Thaw '
    """
    tag = _TAG.search(text)
    return text[: tag.start()] if tag else text


# S.H.I.E.L.D. and S.W.A.R.M, whose last dot a file system would not keep; not the dots of "a.b.cdef".
_INITIALS: Final = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]\.){2,}(?:[^\W\d_](?!\.?[^\W\d_])|(?![a-z]))")


def words(text: str) -> str:
    """`text` as a title: dots and underscores are spaces, unless the name is written with spaces; no loose dashes.

    >>> words("Marvels.Agents.of.S.H.I.E.L.D."), words("Mr. Robot - "), words("Some_Show.")
    ('Marvels Agents of S.H.I.E.L.D.', 'Mr. Robot', 'Some Show')
    """
    text = text.replace("_", " ")
    if " " not in text.strip(" .-[(") or text.count(".") > text.count(" ") + 1:
        letters = _INITIALS.sub(lambda m: m[0].replace(".", "\0") + " ", text)
        letters = letters.replace(".", " ").replace("\0", ".")
        text = letters
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"(?:\(\s*\)|\[\s*\]|\{\s*\})", " ", text)
    text = re.sub(r"\s+", " ", text).strip(" -+~,:;|&=<>*#@")
    for opening, closing in ("()", "[]", "{}"):
        if text.count(opening) != text.count(closing):
            text = text.strip(opening + closing + " -")
    text = text.strip(" -,")
    text = re.sub(r"^(.+), (The|A|An|Der|Die|Das|Le|La|Les|El)$", r"\2 \1", text)
    return (
        text[:-1].rstrip()
        if text.endswith(".") and not re.search(r"(?:\b\w\.){2}$|\b(?:jr|sr|mr|dr|etc|vs)\.$|\.\.$", text, re.I)
        else text
    )


def same(one: str | None, other: str | None) -> bool:
    """Whether two titles are one: letters and digits alone count, without accents; a leading article does not.

    >>> same("The Office (US)", "Office US"), same("Fargo", "Fargos")
    (True, False)
    """
    return bool(one) and bool(other) and bare(one or "") == bare(other or "") != ""


def bare(title: str) -> str:
    """The letters and digits of `title`, for comparing.

    >>> bare("Les Misérables & Co.")
    'lesmiserablesandco'
    """
    text = unicodedata.normalize("NFKD", title).casefold().replace("&", " and ")
    text = re.sub(r"['\u2019`\u00b4]", "", "".join(c for c in text if not unicodedata.combining(c)))
    return re.sub(r"[\W_]+", "", re.sub(r"^the[ ._]|, the$", "", text))


# Where a title ends at the latest: words that only releases have. Lower-case words that films are called are not here.
_TAG: Final = re.compile(
    r"""(?<![a-z0-9])(?:
      \d{3,4}[pi](?:\d\d)?|[48]k|uhd|\d{3,4}x\d{3,4}|hdtv|hdtvrip|pdtv|dsr|dsrip|satrip|tvrip|dvb|web[-. ]?(?:dl|rip|cap)(?=[-. \])_]|$)|web(?=[-. ](?:[xh][. ]?26|hevc|\d{3,4}p|av1))|webdl|webrip|amzn|nf(?=[. ]web)
      |blu-?ray|bdrip|brrip|bdremux|bdmv|bd(?=[. \]_]?(?:\d{3,4}p|rip))|dvd(?:rip|scr|[59r])?|r5|hdrip|hdcam|camrip|telesync|telecine|screener|vhsrip|ppvrip|remux|hddvd
      |[xh][. ]?26[45]|hevc|avc|xvid|divx|av1|vp9|10[- .]?bit|8bit|hi10p?|hdr10?(?:plus|\+)?|dts(?:-?hd)?|ac-?3|e-?ac-?3|aac(?:2[. ]0)?|ddp?[. ]?[257][. ][01]|dd\+?5|flac|truehd|atmos|mp3
      |vostfr|subfrench|truefrench|multi(?=[. -](?:sub|\d|vf|lang))|dual[-. ]audio|nlsubs?|dksubs|subbed|dubbed|esubs?|hardsub
      |scr(?=[. _](?:xvid|dvd|x26))|\d+th[ ._]anniversary|h?sbs|half[-. ]?ou|3d(?=[. ](?:\d{4}|h?sbs|blu|1080|half))
      |proper|repack|rerip|internal|read[. ]?nfo|nfofix|unrated|directors?[. ]cut|extended(?=[. _](?:cut|edition|version|\d|dvd|blu|\w*rip))|limited(?=[. ](?:\d|dvd|blu|\w*rip))|remastered|complete(?=[. _\]-](?:series|season|collection|\d|dvd|blu|bd|web|s\d|pack))
      |criterion|uncut(?=[. ](?:\d|dvd|blu))|theatrical[. _]|imax(?=[. \]]|$)|edition[ ._]collector|special[. _]edition|anniversary[. _]edition
      |(?:german|french|italian|spanish|english|swedish|nordic|danish|dutch|polish|russian|hindi|ita|eng|ger|fre|rus)(?=[. _-](?:\d{3,4}p|dvd|blu|bd|web|hdtv|dl|dubbed|xvid|x26|ac3|subs?|dual|\w*rip|eng|ita|bluray))
    )(?![a-z0-9])""",
    re.IGNORECASE | re.VERBOSE,
)

_SITE: Final = re.compile(
    r"""^(?: \[?\s*www[., ][\w-]+[. ][\w. ]{2,20}?\s*\]?\s*[-_]{1,3}\s* | \[\s*(?:www\.)?[\w-]+\.(?:com?|org|net|cc|me|tv|to|info|lol|ru|in|cx|eu|nz)(?:\.\w\w)?\s*\][-_ .]*
        | [\w-]+\.(?:com|org|net|cc|cx|lol)@ | (?:[\w-]+\.){1,3}(?:com|org|net|cc|info|lol|to|se|bz|ca|fr|ru|pw|ws|xyz|art|party|site|club|top|vip|fun|phd|sbs|rsvp)(?:\.\w\w)?\s+-\s+ )""",
    re.IGNORECASE | re.VERBOSE,
)
_POSTING: Final = re.compile(
    r"^\d{6} (?=\S.*(?:\bep|#) ?\d)", re.IGNORECASE
)  # 221208 Some Show ep34: the day it was posted
_GROUP: Final = re.compile(r"^\s*\[?[\[(](?!\d+[\])])[^\[\]()]{1,60}[\])][\s._-]*")
_CHINESE: Final = {digit: number for number, digit in enumerate("一二三四五六七八九十", 1)}
_CHINESE_NUMERAL: Final = re.compile(rf"第([{''.join(_CHINESE)}])([季期部])")
_VERSION: Final = re.compile(
    r"(?<=\d)[ _]?v\d(?![\da-z])|(?<=\d)\s?(?:\((?:END|完|FIN)\)|END|完|fin)(?=[\]\s_-]|$)", re.IGNORECASE
)


# What holds a number and counts nothing: pictures, codecs, sound, sizes, checksums. It is covered before a number is sought.
_TECHNICAL: Final = re.compile(
    r"""(?<![a-z0-9])(?:
      \d{3,4}\s?[x×]\s?\d{3,4} | \d{3,4}[pi](?:\d\d)? | [xh][ .]?26[3-6] | hi10p? | hdr10\+? | (?:mpeg|mp|vc)-?[1-4] | [48]k
      | (?:ddp?a?|dd\+|aac|e?-?ac-?3|dts(?:[ .-]?(?:hd|x|es))?(?:[ .-]?ma)?|flac|opus|l?pcm|true-?hd|atmos|ma)[ .]?x?\d[ .]\d | [257]\.[01](?=[ .]?ch|[)\]])
      | \d{1,2}[- .]?bits? | \d+(?:[.,]\d+)?[ ]?(?:[kmg]i?b(?:ps|it/s)?|fps|k?hz) | crf[ .-]?\d+
    )(?![a-z0-9]) | (?<=[\[(])[0-9a-f]{8}(?=[\])])""",
    re.IGNORECASE | re.VERBOSE,
)


def _covered(text: str) -> str:
    """`text` with what is technical covered, each character where it was."""
    return _TECHNICAL.sub(lambda found: "\xa4" * len(found[0]), text)


# ---- forms -----------------------------------------------------------------------------------------------------

_B: Final = r"(?<![a-z0-9])"  # nothing glued before
_S: Final = r"[ ._\-]"

Said = tuple[int | None, tuple[int, ...], bool]  # season, episodes, whether they count from the show's beginning

_MORE: Final = re.compile(
    r"""(?P<dash>\s?[-~]\s?|\s?(?:to|ao|a|à)\s?|[._ ]-[._ ])(?P<mark>(?:s\d{1,4}[ ._]?)?[ex]p?\.?)(?P<a>\d{1,5})(?!\d|[pi](?![a-z]))
      |(?P<again>[ ._]?-?[ ._]?\d{1,4}x)(?P<d>\d{1,3})(?!\d)
      |(?P<tight>\s?~\s?|-|\s?(?<![a-z])(?:to|ao|bis|до)\s?)(?P<b>\d{1,4})(?![\d]|[pix]|\.\d(?!\d)|-?bit|[ .]?mb)
      |(?P<and>[ ._]?(?:[+&,]|and|(?<=[ ._])(?:en|und|et|y)(?=[ ._]))[ ._]?(?:s\d{1,4})?(?:ep?)?|[ ._]?(?:s\d{1,4})?e(?:p[ ._]?)?|x)(?P<c>\d{1,4})(?!\d|[pi](?![a-z]))
      |(?P<dot>[._])(?P<f>\d{2})(?=[. _-]*[a-z]|[ ._]-|$)""",
    re.IGNORECASE | re.VERBOSE,
)


def _several(text: str, at: int, first: str) -> tuple[tuple[int, ...], int]:
    """The numbers that go on from `first` at `at`: (all of them, where they end). A dash is a range, an E one more."""
    numbers, ranged, wide = [int(first)], False, len(first)
    for _ in range(30):
        found = _MORE.match(text, at)
        if found is None:
            break
        number = int(found["a"] or found["b"] or found["c"] or found["d"] or found["f"])
        tight = found["b"] is not None
        if found["dot"] and number != numbers[-1] + 1:  # S03E21.22.HDTV, but not S03E21.50.Shades
            break
        if number <= numbers[-1] or number - numbers[-1] > (
            60 if (ranged or found["dash"] or tight) and numbers != [1] else 400
        ):
            break
        if tight and len(found["b"]) > max(2, wide) and number != numbers[-1] + 1:
            break
        ranged = ranged or tight or found["dash"] is not None or "-" in (found["again"] or "")
        numbers.append(number)
        at = found.end()
    if ranged:
        numbers = list(range(numbers[0], numbers[-1] + 1))
    return tuple(numbers), at


def _pairs(found: re.Match[str], text: str) -> tuple[Said, int]:
    season, digits = int(found["s"]), found["e"]
    if len(digits) == 4 and int(digits[2:]) == int(digits[:2]) + 1:  # S01E0102 is 1 and 2
        return (season, (int(digits[:2]), int(digits[2:])), False), found.end()
    episodes, end = _several(text, found.end(), digits)
    return (season, episodes, False), end


def _counted(found: re.Match[str], text: str) -> tuple[Said, int]:
    episodes, end = _several(text, found.end(), found["e"])
    return (None, episodes, True), end


def _marked(found: re.Match[str], text: str) -> tuple[Said, int]:
    episodes, end = _several(text, found.end(), found["e"])
    return (None, episodes, False), end


def _special(found: re.Match[str], text: str) -> tuple[Said, int]:
    return (0, (int(found["e"]),), False), found.end()


# What a season is called, as alternatives of a pattern. "Series" is one only where no name or number stands before it:
# the World Series, a 3 Series.
SEASON_WORDS: Final = (
    "season|staffel|saison|temporada|stagione|seizoen|sezonul|sezona|sezon|sæson|säsong|sesong|kausi|seria|évad|série"
    "|сезон|сезона|σεζόν|κύκλος|الموسم|فصل|עונה|시즌|シーズン"
)
_SEASON_WORD: Final = rf"(?:{SEASON_WORDS}|series|serie|temp|tem|se|st(?=\. ?\d))"
_EPISODE_WORD: Final = r"(?:episode|episodes|episodio|episódio|épisode|ep|eps|folge|afl|aflevering|capitulo|capítulo|cap|odcinek|odc|avsnitt|afsnit|jakso|эпизод|серия|серии|серий|серія|выпуск|випуск|епизод|epizoda|epizod|episodul|rész|bölüm|bolum|puntata|díl|tập|επεισόδιο|الحلقة|حلقة|قسمت|פרק|ตอนที่|에피소드)"

_ORDINAL: Final = r"(?:st|nd|rd|th|[aoªº°]|e|er|ème|\.|-?[йяе])?"  # NFKC makes º an o

# (form, whether it is certain, pattern, how to read it), surest first.
_FORMS: Final[tuple[tuple[str, bool, re.Pattern[str], Callable[[re.Match[str], str], tuple[Said, int]]], ...]] = tuple(
    (form, certain, re.compile(pattern, re.IGNORECASE), reader)
    for form, certain, pattern, reader in (
        # S01E02, s1.e2, S01xE02, s03-x01, [S01][E02], S01 - EP02, S2009E17
        (
            "SxxEyy",
            True,
            r"(?<![a-z0-9])s(?:eason)?[ ._]?(?P<s>\d{1,4})[ ._\-\]\[\),]{0,3}(?:x?e(?:p(?:isode)?)?|x)[ ._\-\#(]{0,2}(?P<e>\d{1,5})(?!\d)",
            _pairs,
        ),
        ("SxxEyy", True, r"(?<=[a-z\d])s(?P<s>\d{2})e(?P<e>\d{2,3})(?!\d)", _pairs),
        # 1x02, [2x03], 2009x04; never 1280x720
        (
            "NxM",
            True,
            r"(?<![a-z0-9.])(?P<s>\d{1,2}|19\d\d|20\d\d)[ _]?x[ _]?(?P<e>\d{2,3}|\d(?!\d))(?!(?![a-d](?![a-z0-9]))[a-z0-9]|\.\d)",
            _pairs,
        ),
        ("NxM", True, r"(?<=[.])(?P<s>\d{1,2})x(?P<e>\d{2,3})(?![0-9]|\.264)", _pairs),
        ("NxM", True, r"(?<![a-z0-9.])(?P<s>\d{1,2})x(?P<e>\d{2})(?=x\d|[-_. ]x\d|e\d)", _pairs),
        # 2.Sezon.7.Bölüm, 3 сезон 5 серия: each number before its word
        (
            "words",
            True,
            rf"{_B}(?P<s>\d{{1,2}}){_ORDINAL}[ ._]?{_SEASON_WORD}[ ._,\-]{{1,3}}(?P<e>\d{{1,4}}){_ORDINAL}[ ._]?{_EPISODE_WORD}(?![^\W\d_])(?![ ._:]{{0,2}}\d{{1,3}}(?!\d))",
            _pairs,
        ),
        # Castle1x01, [5.01]
        ("NxM", False, r"(?<=[a-z]{3})(?P<s>\d)x(?P<e>\d{2})(?=[ ._-]|$)", _pairs),
        ("NxM", False, r"(?<=\[)(?P<s>\d{1,2})\.(?P<e>\d{2,3})(?=\])", _pairs),
        # Season 1 Episode 2, Se.3 afl.3, Staffel 2 Folge 5, Saison 1 Episode 3, Сезон: 5 / Серии: 1
        (
            "words",
            True,
            rf"{_B}{_SEASON_WORD}[ ._:\-]{{0,3}}(?:no|nr)?(?P<s>\d{{1,4}})[ ._,:\-/|\])(\[]{{0,5}}(?:x?e|#|{_EPISODE_WORD})[ ._:\-(]{{0,3}}(?:no|nr)?(?P<e>\d{{1,4}})(?!\d)",
            _pairs,
        ),
        (
            "words",
            True,
            rf"{_B}(?P<s>\d{{1,2}}){_ORDINAL}[ ._]{_SEASON_WORD}[ ._,:\-/|]{{0,4}}{_EPISODE_WORD}[ ._:\-]{{0,3}}(?P<e>\d{{1,4}})(?!\d)",
            _pairs,
        ),
        # S02 - 05, S2 - 05v2, [S2][05], Season 2 - 08, 3rd Season - 23
        (
            "words",
            False,
            rf"{_B}(?:s|season[ ._]?(?!\d ?- ?\d(?!\d)))(?P<s>\d{{1,2}})\)?(?: - |[ ._]-[ ._]|\]\s?\[|[ _][-\[#]\s?|(?<=\(s\d)-(?=\d\d\)))(?P<e>\d{{1,4}})(?![\dpix]|\.\d|\s?mb|-?bit)(?!-?(?:19|20)\d\d)",
            _pairs,
        ),
        (
            "words",
            False,
            rf"{_B}(?P<s>\d{{1,2}})(?:st|nd|rd|th)[ ._]season[ ._]*[-\[][ ._]?(?P<e>\d{{1,4}})(?![\dpix]|\.\d)",
            _pairs,
        ),
        # S01.07, Season 11 01
        (
            "words",
            False,
            rf"{_B}(?:s|season[ ._])(?P<s>\d{{1,2}})[ ._](?P<e>\d{{2}})(?=$|[ ._]?[-\[(]|[ ._](?!{_EPISODE_WORD})(?:[^\W\d]|\xa4))",
            _pairs,
        ),
        # (8.sez.21.ser.iz.23)
        (
            "words",
            True,
            r"(?<!\d)(?P<s>\d{1,2})[ ._-]{1,2}se[zs](?:on)?[ ._-]{1,2}(?P<e>\d{1,3})[ ._-]{1,2}ser",
            _pairs,
        ),
        # Episode 1.22, Cap.105: season and number in one
        ("words", False, rf"{_B}(?:episode[ ._])(?P<s>\d{{1,2}})[.x](?P<e>\d{{2}})(?!\d)", _pairs),
        ("words", False, r"(?<![a-z0-9])cap[. ](?P<s>\d{1,2})(?P<e>\d{2})(?!\d)", _pairs),
        # 第2季第05话
        ("words", True, r"第?\s?(?P<s>\d{1,2})\s?[季期]\s?第?\s?(?P<e>\d{1,4})\s?[话話集回]", _pairs),
        ("words", True, r"(?<!\d)제?\s?(?P<e>\d{1,4})\s?[회화](?![^\W\d_])", _counted),
        ("words", True, r"(?<=\[)(?P<e>\d{1,4})(?:\s?-\s?\d+)?\s?[话話集回](?=\])", _counted),
        ("words", True, r"第\s?(?P<e>\d{1,4})\s?(?:[-~]\s?\d+\s?)?[话話集回]", _counted),
        # E05, Ep. 05, Episode 5, Folge 12, E66: no season said
        (
            "number",
            True,
            rf"{_B}(?:e[ ._]?|{_EPISODE_WORD}[ ._:\-\#]{{0,3}}(?:no|nr)?[. ]{{0,2}})(?P<e>\d{{1,4}})(?!\d|[pi](?![a-z])|x\d|\.\d(?!\d))",
            _marked,
        ),
        # 12. Bölüm, 5 серия, 79.BLM: the word stands after
        (
            "number",
            True,
            r"(?<![a-z0-9])(?P<e>\d{1,4})(?:-?[а-я]{1,2})?[. ]{1,2}(?:bölüm|bolum|blm|серия|серии|rész|odcinek|jakso|avsnitt)(?![a-zа-я])",
            _marked,
        ),
        ("number", True, r"(?<![a-z0-9])#(?P<e>\d{1,4})(?![\d])", _marked),
        # Title - SP01, Title OVA 2: a special
        (
            "words",
            False,
            r"(?<=[a-z!?)])[ ._-]{1,3}(?:sp|ova|oad|ex)[ ._-]{0,3}(?P<e>\d{1,2})(?=$|\s|[ ._]*[\[(])",
            _special,
        ),
    )
)

# [Group] Title - 013 [tags]; Title - 01v2; Title [05][tags]; Title_-_07_(...)
_ANIME: Final = re.compile(
    r"(?:[ ._]-[ ._]{1,2}|_-_|\s?[\[({]\s?)(?P<e>\d{1,4})(?:[.]5|[a-c])?(?![\dpi]|\.\d|x\d|-?bit|\s?mb|\s?kbps|,\d| of \d)(?=$|,\s?\d{1,4}\s|[ _.]*[-~]\s?\d|[ ._]*[\[(\])}]|[ ._]-|_|\s*$|[. ][^\d])",
    re.IGNORECASE,
)
_OF: Final = re.compile(
    r"(?<![a-z0-9])\(?(?:(?:part|teil|parte|pt|episode)[ ._]?)?(?P<e>\d{1,3})[ ._]?(?:of|von|de|/|из|iz)[ ._]?(?P<n>\d{1,3})(?![\d])",
    re.IGNORECASE,
)
_BARE_AFTER_GROUP: Final = re.compile(
    r"[ _.](?P<e>\d{2,4})(?=$|[ _.]*[-~]\s?\d{1,4}(?!\d)|[ _.]*[\[(])(?![\dpi])", re.IGNORECASE
)
_SEASON: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_B}s(?P<s>\d{{1,2}}|(?<![’'`]s) \d\d|20\d\d)(?:d\d{{1,2}})?(?![a-z0-9])",
        rf"{_B}(?:all[ ._])?(?:{SEASON_WORDS}|series|temp)s?[ ._:\-(]{{0,3}}(?:no|nr)?[. ]{{0,2}}(?P<s>\d{{1,4}})(?![a-z0-9])",
        rf"{_B}(?P<s>\d{{1,2}}){_ORDINAL}[ ._](?:{SEASON_WORDS})(?![a-z])",
        rf"{_B}(?:{SEASON_WORDS})[ ._](?P<s>[ivx]{{1,5}})(?![a-z0-9])",
        r"第\s?(?P<s>\d{1,2})\s?[季期]",
    )
)
_DATES: Final = (
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
_WORDED: Final = re.compile(
    rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?[ ._-]{{1,2}}(?:de )?(?P<w>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})[^\W\d_]*\.?[ ._-](?:de )?(?P<y>(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)

_YEAR: Final = re.compile(r"(?<![\da-z])(1[89]\d\d|20[0-3]\d)(?![\dpx]|[. ]?\d{2}[.-]\d\d(?!\d))", re.IGNORECASE)
_BRACKETED_YEAR: Final = re.compile(r"[(\[]\s?(1[89]\d\d|20[0-3]\d)(?:\s?-\s?(?:\d{4})?)?\s?[)\]]")
_PART: Final = re.compile(
    r"(?<![a-z0-9])(?:(?P<disc>cd|dvd|disc|disk)|(?P<part>part|parte|pt|teil|partie|deel|vol(?:ume)?))[ ._-]?(?P<n>\d{1,2}|[ivx]{1,4}|one|two|three|four|five)(?![a-z0-9])",
    re.IGNORECASE,
)
_NUMERALS: Final = {
    **{name: n for n, name in enumerate("i ii iii iv v vi vii viii ix x".split(), 1)},
    **{name: n for n, name in enumerate("one two three four five".split(), 1)},
}
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


def day_order(names: Iterable[str]) -> str | None:
    """Whether days stand before months ("dmy") or behind them ("mdy") in the names of one folder; None if nothing tells.

    One 25-03 settles it for all; else the order in which the days lie closer together, if that is plain.

    >>> day_order(["Talk 02-03-2015", "Talk 25-03-2015"]), day_order(["Talk 02-03-2015", "Talk 03-03-2015"])
    ('dmy', 'dmy')
    """
    pairs = {(int(m["a"]), int(m["b"]), int(m["y"])) for name in names for m in [_DATES[-1].search(plain(name))] if m}
    days, months = any(a > 12 for a, _, _ in pairs), any(b > 12 for _, b, _ in pairs)
    if days or months:
        return None if days and months else "dmy" if days else "mdy"
    first, second = ([_ordinal(y, *pair) for *pair, y in pairs], [_ordinal(y, b, a) for a, b, y in pairs])
    near, far = max(first, default=0) - min(first, default=0), max(second, default=0) - min(second, default=0)
    return "mdy" if 2 * near < far else "dmy" if 2 * far < near else None


def _ordinal(year: int, month: int, day: int) -> int:
    return (year * 12 + month) * 31 + day


def _day(found: re.Match[str]) -> tuple[str | None, str | None]:
    """(ISO day, doubt) of a match of `_DATES`."""
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


def _both_days(found: re.Match[str]) -> tuple[str | None, str | None]:
    one, two, year = int(found["a"]), int(found["b"]), int(found["y"])
    return iso_day(year, two, one), iso_day(year, one, two)


def mirrored(stem: str) -> str | None:
    """`stem` turned round, where it was written backwards ("10E10S.wohS.emoS"); else None.

    >>> mirrored("50E50S.denorD")
    'Droned.S05E05'
    """
    return (
        stem[::-1]
        if re.search(r"(?<![a-z0-9])\d{2,3}E\d{2}S(?![a-z0-9])|(?<!\d)p(?:027|0801)(?!\d)", stem, re.IGNORECASE)
        else None
    )


def is_release(name: str) -> bool:
    """Whether `name` is written like a release: a word that only releases have, and a group after a dash.

    >>> is_release("Some.Film.DVDRip.XviD-GRP"), is_release("Some Film")
    (True, False)
    """
    return _TAG.search(name, 1) is not None and re.search(r"-\w+(?:\[\w+\])?$", name) is not None


def reads_as_junk(stem: str) -> bool:
    """Whether `stem` is a hash, a posting code or a machine's number: nothing a title could be read from.

    >>> [reads_as_junk(stem) for stem in ("08bbc153931ce3ca5fcafe1b92d3297285feb061", "qrdSD3rYzWb7cPdVIGSn4E7", "Se7en")]
    [True, True, False]
    """
    stem = stem.strip(" ._-")
    if not re.search(r"[^\W_]", stem):
        return True
    if re.search(r"\byEnc\b|^rarbg(?:[ ._]|$)|^(?:torrent )?downloaded from\b", stem, re.IGNORECASE) or re.fullmatch(
        r"\d{9,}", stem
    ):
        return True
    token = re.sub(r"^(?:_?unpack[ _])", "", stem, flags=re.IGNORECASE)
    if re.fullmatch(r"[0-9a-f]{24,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", token, re.IGNORECASE):
        return True
    letters = token.replace(" ", "")
    if (
        not re.fullmatch(r"[A-Za-z0-9]{16,}", letters)
        or token.count(" ") > 1
        or any(len(word) < 8 for word in token.split())
    ):
        return False
    changes = len(re.findall(r"(?<=[a-z])[A-Z0-9](?=[a-z0-9])|(?<=\d)[A-Za-z]|(?<=[A-Za-z])\d", letters))
    return changes >= 4 and len(re.findall(r"\d", letters)) >= 2


# ---- reading ---------------------------------------------------------------------------------------------------


def prepared(stem: str) -> str:
    """`stem` as the parsers are to see it: plain, without site prefix, posting code and version tag.

    >>> prepared("[www.site.org] Some Show - 05v2")
    'Some Show - 05'
    """
    text = _CHINESE_NUMERAL.sub(lambda found: f"第{_CHINESE[found[1]]}{found[2]}", plain(stem))
    text = _POSTING.sub("", _SITE.sub("", text)) or text
    return _VERSION.sub("", text)


def read(stem: str) -> Reading:
    """What `stem`, a name without its suffix, says; the convention is `names` of the scene, Jellyfin's and Kodi's.

    >>> found = read("Some.Show.S02E05-E07.720p")
    >>> found.title, found.season, found.episodes
    ('Some Show', 2, (5, 6, 7))
    >>> read("Blade Runner 2049 (2017)").title, read("Blade Runner 2049 (2017)").year
    ('Blade Runner 2049', 2017)
    """
    text = prepared(stem)
    covered = _covered(text)
    for form, certain, pattern, reader in _FORMS:
        for found in pattern.finditer(covered):
            (season, episodes, absolute), end = reader(found, covered)
            if season is not None and _MOST_SEASONS < season < 1900:
                continue
            if form == "number" and _YEAR.fullmatch(found["e"]):  # The.Man.from.U.N.C.L.E.2015
                continue
            if form == "number" and _FILM_OF.search(text[: found.start()]):
                continue
            half = _HALF.match(covered, end) if form in ("SxxEyy", "NxM") and len(episodes) == 1 else None
            end = half.end() if half else end
            before, rest = text[: found.start()], text[end:]
            if form == "NxM" and re.match(r"\d", before[-1:]):
                continue
            return _with_title(
                text,
                before,
                rest,
                Reading(
                    form,
                    text[found.start() : end].strip(" .-_[]"),
                    season=season,
                    episodes=episodes or None,
                    absolute_episodes=episodes if absolute else None,
                    part=1 + "abcd".index(half[0].lower()) if half else None,
                    sure=certain,
                ),
            )
    return (
        _dated(text)
        or _numbered(text, covered)
        or _seasoned(text)
        or _joined(text)
        or _run_together(text)
        or _film(text)
    )


_HALF: Final = re.compile(r"[a-d](?![a-z0-9])", re.IGNORECASE)  # S02E01a, S02E01b: two halves of one
_FILM_OF: Final = re.compile(
    r"(?<![^\W_])(?:film|movie)s?[ ._-]*$", re.IGNORECASE
)  # "Movie - 09", "Movie Ep. 2": the ninth film


def _with_title(text: str, before: str, rest: str, reading: Reading) -> Reading:
    title, absolute = _counted_beside(_one_script(before), rest, reading)
    season = reading.season
    if reading.form in ("words", "number"):
        said, shorter = _season_in(before, title)
        if said is not None and (season in (None, said) or reading.written[:3].casefold() == "cap"):
            season, title = said if season is None else season, shorter
            absolute = None if reading.season is None else absolute
    if reading.season is not None:  # Dark Matter Season 1 S01
        title = re.sub(r"(?<=\w)[ ._-]+seasons?(?:[ ._]\d{1,2})?[ ._-]*$", "", title, flags=re.IGNORECASE)
    days = (
        _day(found)[0] for pattern in (*_DATES, _WORDED) for place in (title, rest) for found in pattern.finditer(place)
    )
    named, year = _title_and_year(title)
    later = _BRACKETED_YEAR.search(text, len(before) - len(before.lstrip()) + 1) if year is None else None
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
        edition=_edition(rest),
    )


def _season_number(found: re.Match[str]) -> int | None:
    """The number of a match of `_SEASON`, in figures or Roman."""
    said = found["s"].strip().casefold()
    return int(said) if said.isdigit() else _NUMERALS.get(said)


def _season_in(text: str, title: str) -> tuple[int | None, str]:
    """(the season `text` names behind something else, `title` without it)."""
    for pattern in _SEASON:
        for found in pattern.finditer(text):
            season = _season_number(found)
            if found.start() > 0 and season is not None:
                within = pattern.search(title)
                if within is not None and not title[: within.start()].strip(
                    " .-_(["
                ):  # one of two scripts held it alone
                    return season, text[: found.start()].rstrip(" .-_([")
                return season, title[: within.start()].rstrip(" .-_([") if within else title
    return None, title


def _counted_beside(before: str, rest: str, reading: Reading) -> tuple[str, tuple[int, ...] | None]:
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
    return tuple(range(low, high + 1)) if low <= high <= low + 60 and not _YEAR.fullmatch(found[1]) else None


def _title_and_year(before: str) -> tuple[str | None, int | None]:
    """(title, year) of what stands before a sign: "[Group] Some Show (2014) - "."""
    text = before
    among = _among_brackets(before)
    if among is not None:
        return among
    for _ in range(3):
        shorter = _GROUP.sub("", text, count=1)
        if shorter == text or not re.search(r"[^\W_]", shorter.replace("(", "")):
            break
        text = shorter
    if not re.search(r"[^\W_]", text) and re.search(r"[^\W\d_]", before):
        return None, None
    year = None
    bracketed = list(_BRACKETED_YEAR.finditer(text))
    if bracketed and bracketed[-1].start() > 0:
        year, text = int(bracketed[-1][1]), text[: bracketed[-1].start()]
    else:
        ends = re.search(r"(?<=[ ._-])(19\d\d|20[0-3]\d)[ ._\-\])(\[]*$", text)
        if ends and re.search(r"[^\W_]", text[: ends.start()]):
            year, text = int(ends[1]), text[: ends.start()]
    tag = _TAG.search(text, 1)
    if tag and re.search(r"[^\W_]", text[: tag.start()]):
        text = text[: tag.start()]
    dated = re.sub(r"[\[(]?(?<!\d)(?:19|20)\d\d[-._ ]?\d\d[-._ ]?\d\d[\])]?[ ._-]*$", "", text)
    text = dated if re.search(r"[^\W_]", dated) else text
    title = words(_one_script(text))
    title = _untailed(title)
    return (title or None), year


def _untailed(title: str) -> str:
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
    named = [one for one in inside[1:] if not _NO_TITLE.search(one) and not _TAG.fullmatch(one)]
    if not named:
        return None
    latin = [one for one in named if not _HAN.search(one)]
    title = words(_one_script((latin or named)[0]))
    return (title or None), (years[0] if years else None)


def _one_script(text: str) -> str:
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


def _dated(text: str) -> Reading | None:
    for pattern in (*_DATES, _WORDED):
        for found in pattern.finditer(text):
            day, doubt = _day(found)
            if day is None and doubt is None:
                continue
            before = re.sub(r"(?<=\w)[ ._]+(?:vom|du|del|dal|am)[ ._]*$", "", text[: found.start()])  # "vom 29. Mai"
            rest = text[found.end() :]
            title, year = _title_and_year(before)
            if title is None:
                tag = _TAG.search(rest)
                clock = re.match(r"[-_ ]*\d\d[-._]\d\d(?:[-._]\d\d)?\s*", rest)
                title = words(rest[clock.end() if clock else 0 : tag.start() if tag else None]) or None
            part = _PART.search(rest)
            return Reading(
                "date",
                found[0],
                title=title,
                year=year,
                date=day,
                sure=doubt is None,
                doubt=doubt,
                days=_both_days(found) if doubt else None,
                rest=rest,
                part=_number(part) if part else None,
            )
    return None


_SEASONS_FROM: Final = re.compile(rf"{_SEASON_WORD}s?[ ._]*0?1[ ._]*$", re.IGNORECASE)


def _numbered(text: str, covered: str) -> Reading | None:
    of = _OF.search(text)
    if of and 0 < int(of["e"]) <= int(of["n"]) and of.start() > 0:
        title, year = _title_and_year(text[: of.start()])
        if title:
            return Reading("number", of[0], title=title, year=year, episodes=(int(of["e"]),), rest=text[of.end() :])
    grouped = text.lstrip().startswith("[")
    tagged = _TAG.search(text, 1)
    limit = tagged.start() if tagged else len(text)
    patterns = (_ANIME, _BARE_AFTER_GROUP) if grouped else (_ANIME,)
    for pattern in patterns:
        hits = [hit for hit in pattern.finditer(covered) if hit.start() > 0]
        hits = [hit for hit in hits if hit.start() < limit] or [hit for hit in hits if "-" in hit[0]]
        hits.sort(key=lambda hit: bool(re.match(r"[ .]+[^\W\d_]", text[hit.end() :])))  # "- 100 Years Quest - 05 ("
        hits = [hit for hit in hits if not (_YEAR.fullmatch(hit["e"]) and len(hit["e"]) == 4)]
        for hit in hits:
            before = text[: hit.start()]
            title, year = _title_and_year(before)
            if title is None or _FILM_OF.search(before):
                continue
            if len(hit["e"]) == 1 and _SEASONS_FROM.search(before):  # Season 1 - 6: a pack
                continue
            if not grouped and len(hit["e"]) == 1 and _BRACKETED_YEAR.match(text[hit.end() :].lstrip()):
                continue  # "300 - 2 (2006)": a second film
            if (
                re.match(r"\s?[\[(]", hit[0])
                and not grouped
                and hit.end("e") == hit.end()
                and re.match(r"\s?[\])]", text[hit.end() :])
                and not re.match(r"\d\d(?!\d)", hit["e"])
            ):
                continue
            episodes, end = _several(covered, hit.end("e"), hit["e"])
            from_one = (
                None if _SEASONS_FROM.search(before) else re.search(r"(?<=[ ._])0{0,2}1$", before)
            )  # Some Show 01 - 12 [Batch]
            up_to = re.match(r" - (\d{2,3})(?=$| ?[\[(])", text[end:]) if episodes == (1,) else None
            if up_to:
                episodes, end = tuple(range(1, int(up_to[1]) + 1)), end + up_to.end()
            if from_one and "-" in hit[0] and len(episodes) == 1:
                title, episodes = words(before[: from_one.start()]), tuple(range(1, episodes[0] + 1))
                title = _title_and_year(title)[0] or title
            season, title = _season_in(title, title)
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
    run = _FROM_TO.search(_covered(text))
    if run and int(run["a"]) < int(run["b"]) and (int(run["a"]) == 1 or len(run["a"]) == len(run["b"]) > 1):
        title, year = _title_and_year(text[: run.start()])
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
    title, year = _title_and_year(text[: found.start()])
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


_LANGUAGES: Final = "french|german|italian|spanish|swedish|danish|dutch|hindi|norwegian|polish|vostfr|turkish|russian"
_DUBBED: Final = re.compile(rf"[ ._](?:{_LANGUAGES})(?![a-z])", re.IGNORECASE)
_PADDED: Final = re.compile(
    r"(?<=[^\W\d_][ ._])(?P<e>0(?!07)\d{1,2})(?=[ ._])"
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
            title, year = _title_and_year(text[: found.start()] + (said.get("y") or ""))
            tagged = (_TAG.match(text, found.end() + 1) or _DUBBED.match(text, found.end())) is not None
            dashed = re.match(r"[ ._]-[ ._]", text[found.end() :]) is not None
            if title is None or _YEAR.fullmatch(found[0].strip(" ._")):
                continue
            if pattern is not _POINTED and not (tagged or (pattern is not _AFTER_YEAR and (year or dashed))):
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
    for pattern in _SEASON:
        for found in pattern.finditer(text):
            season = _season_number(found)
            if found.start() == 0 or season is None:
                continue
            before = re.sub(
                r"(?<=\w)[ ._-]+seasons?(?:[ ._]\d{1,2})?[ ._-]*$", "", text[: found.start()], flags=re.IGNORECASE
            )
            title, year = _title_and_year(before)
            rest = text[found.end() :]
            if title is None or (
                _BRACKETED_YEAR.match(rest.lstrip(" .")) and pattern is _SEASON[1]
            ):  # "Open Season 2 (2008)"
                continue
            if pattern is _SEASON[1] and found[0].casefold().startswith("series"):
                continue
            return Reading("season", found[0].strip(), title=title, year=year, season=season, rest=rest)
    return None


def _film(text: str) -> Reading:
    at = text
    for _ in range(2):
        shorter = _GROUP.sub("", at, count=1)
        if shorter == at or not re.search(r"[^\W_]", shorter) or _BRACKETED_YEAR.match(shorter):  # "[REC] (2007)"
            break
        at = shorter
    first = re.match(r"\s*[(\[]((?:19|20)\d\d)[)\]]\s*(?=\S*[^\W\d_])", at)  # "(2000) Some Film"
    at = at[first.end() :] if first else at
    tag = _TAG.search(at, 1)
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
    named = words(_one_script(title)) or None
    return Reading(
        "year" if year is not None else None,
        str(year or ""),
        title=_untailed(named) if named else None,
        year=year,
        part=part,
        edition=_edition(at[len(title) :]) or _named_edition(at[len(title) :]),
        rest=at[end:],
        sure=sure,
    )


_TONGUE: Final = re.compile(rf"(?<=\w)[._](?:{_LANGUAGES})[._]*$", re.IGNORECASE)


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
    bracketed = next((found for found in _BRACKETED_YEAR.finditer(at) if found.start() > 0), None)
    if bracketed:
        return int(bracketed[1]), min(bracketed.start(), end), True
    loose = [
        found
        for found in _YEAR.finditer(_covered(at))
        if found.start() > 0 and int(found[1]) <= _LAST_YEAR and found.start() <= end + 40
    ]
    if loose and (tag is None or loose[-1].start() < tag.start() or len(loose) == 1):
        return int(loose[-1][1]), min(loose[-1].start(), end), False
    return None, end, False


def _film_part(at: str, end: int, year: int | None) -> tuple[int | None, int, str]:
    """(part, where the title ends, the title): "CD2" ends it, "Dune Part Two (2024)" is part of the film's name."""
    found = next((found for found in _PART.finditer(at) if found.start() > 0), None)
    if found is None:
        return None, end, at[:end]
    part = _number(found)
    if found["disc"] or found.start() >= end or year is None:
        end = min(end, found.start())
    elif found["part"].casefold().startswith("vol"):
        part = None
    return part, end, at[:end]


def _number(found: re.Match[str]) -> int | None:
    text = found["n"].casefold()
    return int(text) if text.isdigit() else _NUMERALS.get(text)


def _edition(text: str) -> str | None:
    return next((name for name, pattern in _EDITIONS if pattern.search(text)), None)


_EDITION: Final = re.compile(  # The Imperial Edition, Assembly Cut: whatever it is called
    r"(?<![^\W_])(?:the[ ._])?(?P<named>(?:[^\W\d_][\w']*[ ._]){1,2}edition|[^\W\d_][\w']*[ ._]cut)(?![^\W_])",
    re.IGNORECASE,
)


def _named_edition(text: str) -> str | None:
    found = _EDITION.search(text)
    return words(found["named"]).title() if found and not _TAG.search(found["named"]) else None
