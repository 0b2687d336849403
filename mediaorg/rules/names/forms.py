"""The forms in which names write seasons and numbers, surest first.

To teach a new form, add one line to `FORMS`, with a name that people write beside it.
"""

import re
from collections.abc import Callable
from typing import Final

__all__ = ["ANIME", "BARE_AFTER_GROUP", "FORMS", "OF", "SEASON", "SEASON_WORD", "SEASON_WORDS", "Said", "several"]

_B: Final = r"(?<![a-z0-9])"  # nothing glued before
Said = tuple[int | None, tuple[int, ...], bool]  # season, episodes, whether they count from the show's beginning
_MORE: Final = re.compile(
    r"""(?P<dash>\s?[-~]\s?|\s?(?:to|ao|a|à)\s?|[._ ]-[._ ])(?P<mark>(?:s\d{1,4}[ ._]?)?[ex]p?\.?)(?P<a>\d{1,5})(?!\d|[pi](?![a-z]))
      |(?P<again>[ ._]?-?[ ._]?\d{1,4}x)(?P<d>\d{1,3})(?!\d)
      |(?P<tight>\s?~\s?|-|\s?(?<![a-z])(?:to|ao|bis|до)\s?)(?P<b>\d{1,4})(?![\d]|[pix]|\.\d(?!\d)|-?bit|[ .]?mb)
      |(?P<and>[ ._]?(?:[+&,]|and|(?<=[ ._])(?:en|und|et|y)(?=[ ._]))[ ._]?(?:s\d{1,4})?(?:ep?)?|[ ._]?(?:s\d{1,4})?e(?:p[ ._]?)?|x)(?P<c>\d{1,4})(?!\d|[pi](?![a-z]))
      |(?P<dot>[._])(?P<f>\d{2})(?=[. _-]*[a-z]|[ ._]-|$)""",
    re.IGNORECASE | re.VERBOSE,
)


def several(text: str, at: int, first: str) -> tuple[tuple[int, ...], int]:
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
    episodes, end = several(text, found.end(), digits)
    return (season, episodes, False), end


def _counted(found: re.Match[str], text: str) -> tuple[Said, int]:
    episodes, end = several(text, found.end(), found["e"])
    return (None, episodes, True), end


def _marked(found: re.Match[str], text: str) -> tuple[Said, int]:
    episodes, end = several(text, found.end(), found["e"])
    return (None, episodes, False), end


def _special(found: re.Match[str], text: str) -> tuple[Said, int]:
    return (0, (int(found["e"]),), False), found.end()


# What a season is called, as alternatives of a pattern. "Series" is one only where no name or number stands before it:
# the World Series, a 3 Series.
SEASON_WORDS: Final = (
    "season|staffel|saison|temporada|stagione|seizoen|sezonul|sezona|sezon|sæson|säsong|sesong|kausi|seria|évad|série"
    "|сезон|сезона|σεζόν|κύκλος|الموسم|فصل|עונה|시즌|シーズン"
)
SEASON_WORD: Final = rf"(?:{SEASON_WORDS}|series|serie|temp|tem|se|st(?=\. ?\d))"
_EPISODE_WORD: Final = r"(?:episode|episodes|episodio|episódio|épisode|ep|eps|folge|afl|aflevering|capitulo|capítulo|cap|odcinek|odc|avsnitt|afsnit|jakso|эпизод|серия|серии|серий|серія|выпуск|випуск|епизод|epizoda|epizod|episodul|rész|bölüm|bolum|puntata|díl|tập|επεισόδιο|الحلقة|حلقة|قسمت|פרק|ตอนที่|에피소드)"
_ORDINAL: Final = r"(?:st|nd|rd|th|[aoªº°]|e|er|ème|\.|-?[йяе])?"  # NFKC makes º an o
# (form, whether it is certain, pattern, how to read it), surest first.
FORMS: Final[tuple[tuple[str, bool, re.Pattern[str], Callable[[re.Match[str], str], tuple[Said, int]]], ...]] = tuple(
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
            rf"{_B}(?P<s>\d{{1,2}}){_ORDINAL}[ ._]?{SEASON_WORD}[ ._,\-]{{1,3}}(?P<e>\d{{1,4}}){_ORDINAL}[ ._]?{_EPISODE_WORD}(?![^\W\d_])(?![ ._:]{{0,2}}\d{{1,3}}(?!\d))",
            _pairs,
        ),
        # Castle1x01, [5.01]
        ("NxM", False, r"(?<=[a-z]{3})(?P<s>\d)x(?P<e>\d{2})(?=[ ._-]|$)", _pairs),
        ("NxM", False, r"(?<=\[)(?P<s>\d{1,2})\.(?P<e>\d{2,3})(?=\])", _pairs),
        # Season 1 Episode 2, Se.3 afl.3, Staffel 2 Folge 5, Saison 1 Episode 3, Сезон: 5 / Серии: 1
        (
            "words",
            True,
            rf"{_B}{SEASON_WORD}[ ._:\-]{{0,3}}(?:no|nr)?(?P<s>\d{{1,4}})[ ._,:\-/|\])(\[]{{0,5}}(?:x?e|#|{_EPISODE_WORD})[ ._:\-(]{{0,3}}(?:no|nr)?(?P<e>\d{{1,4}})(?!\d)",
            _pairs,
        ),
        (
            "words",
            True,
            rf"{_B}(?P<s>\d{{1,2}}){_ORDINAL}[ ._]{SEASON_WORD}[ ._,:\-/|]{{0,4}}{_EPISODE_WORD}[ ._:\-]{{0,3}}(?P<e>\d{{1,4}})(?!\d)",
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
ANIME: Final = re.compile(
    r"(?:[ ._]-[ ._]{1,2}|_-_|\s?[\[({]\s?)(?P<e>\d{1,4})(?:[.]5|[a-c])?(?![\dpi]|\.\d|x\d|-?bit|\s?mb|\s?kbps|,\d| of \d)(?=$|,\s?\d{1,4}\s|[ _.]*[-~]\s?\d|[ ._]*[\[(\])}]|[ ._]-|_|\s*$|[. ][^\d])",
    re.IGNORECASE,
)
OF: Final = re.compile(
    r"(?<![a-z0-9])\(?(?:(?:part|teil|parte|pt|episode)[ ._]?)?(?P<e>\d{1,3})[ ._]?(?:of|von|de|/|из|iz)[ ._]?(?P<n>\d{1,3})(?![\d])",
    re.IGNORECASE,
)
BARE_AFTER_GROUP: Final = re.compile(
    r"[ _.](?P<e>\d{2,4})(?=$|[ _.]*[-~]\s?\d{1,4}(?!\d)|[ _.]*[\[(])(?![\dpi])", re.IGNORECASE
)
SEASON: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_B}s(?P<s>\d{{1,2}}|(?<![’'`]s) \d\d|20\d\d)(?:d\d{{1,2}})?(?![a-z0-9])",
        rf"{_B}(?:all[ ._])?(?:{SEASON_WORDS}|series|temp)s?[ ._:\-(]{{0,3}}(?:no|nr)?[. ]{{0,2}}(?P<s>\d{{1,4}})(?![a-z0-9])",
        rf"{_B}(?P<s>\d{{1,2}}){_ORDINAL}[ ._](?:{SEASON_WORDS})(?![a-z])",
        rf"{_B}(?:{SEASON_WORDS})[ ._](?P<s>[ivx]{{1,5}})(?![a-z0-9])",
        r"第\s?(?P<s>\d{1,2})\s?[季期]",
    )
)
