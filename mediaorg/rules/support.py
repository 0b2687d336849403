"""How far a name bears a title out: whether the title's words stand there, in one run, and with what the name goes on."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from mediaorg.rules.names import NUMERALS, bare, stem_of, words
from mediaorg.rules.names.films import LANGUAGES, edition_of
from mediaorg.rules.names.text import cover, untagged
from mediaorg.rules.names.titles import LAST_YEAR

__all__ = ["is_supported", "left_out", "spelled", "stands_in", "telling", "tokens"]

_STOP: Final = frozenset(
    "the a an of and in on to at for with und der die das den dem le la les l el los las de du des et y o i il lo gli e et".split()
)
_FIGURES: Final = {**NUMERALS, "eleven": 11, "twelve": 12, "thirteen": 13}
_GLUED: Final = 5  # letters; fewer may stand anywhere by chance
_MARK: Final = re.compile(r"\s[-~]+\s|[._]-[._]|[,;:|]")
_BRACKETS: Final = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")
# What stands between a show's title and a number of its ("Lantern Chapter Three"), and what a folder adds ("Lantern Complete").
_COUNTING: Final = frozenset(
    """s e f ep epi eps season seasons series episode episodes part parts pt chapter chapters vol volume book disc disk dvd cd no nr
    staffel folge folgen teil kapitel saison chapitre partie temporada capitulo cap parte stagione episodio puntata sezon
    odcinek serie seizoen aflevering deel complete collection all box boxset set pack show full""".split()
)
_EDITION: Final = ("cut", "edition", "version", "part", "cd", "dvd", "disc")
_FIRST_YEAR: Final = 1900  # behind a title; earlier ones are numbers
_AROUND: Final = frozenset(["full", "movie", "film", "hd", "english", "deutsch", *LANGUAGES.split("|")])


def tokens(text: str) -> list[str]:
    """Words and numbers of `text`: without accents, numerals as figures, camelCase and figures apart.

    >>> tokens("Ocean's Eleven"), tokens("terminator2"), tokens("Amélie II")
    (['oceans', '11'], ['terminator', '2'], ['amelie', '2'])
    """
    text = unicodedata.normalize("NFKD", re.sub(r"['\u2019`\u00b4]", "", text))
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return [str(_FIGURES.get(one, one)) for one in re.findall(r"[^\W\d_]+|\d+", text.casefold())]


def telling(title: str) -> list[str]:
    """Words and numbers of `title` that are no articles and the like, unless it has no others.

    >>> telling("The Orchard of Glass"), telling("The The")
    (['orchard', 'glass'], ['the', 'the'])
    """
    said = tokens(title)
    return [token for token in said if token not in _STOP] or said


def is_supported(title: str, places: Sequence[str]) -> bool:
    """Whether every word of `title` but stop words stands in one of `places`, or one is an acronym of the other.

    >>> is_supported("The Glass Orchard", ["glass.orchard.avi"]), is_supported("Breaking Bad", ["glass.orchard.avi"])
    (True, False)
    >>> is_supported("How I Met Your Mother", ["himym 102.avi"])
    True
    """
    if not tokens(title):
        return False
    there = {token for place in places for token in tokens(place)}
    if all(token in there for token in telling(title)):
        return True
    key = bare(title)
    if len(key) >= _GLUED and any(key in bare(place) for place in places):
        return True
    initials = "".join(word[0] for word in re.findall(r"[^\W_]+", title.casefold()))
    if len(initials) >= 3 and initials in there:
        return all(_initials(place) != initials for place in places)  # a folder may spell out what it is short for
    short = key if re.fullmatch(r"[a-z]{3,6}", key) else None
    return short is not None and any(short in _initials(place) for place in places)


def _initials(place: str) -> str:
    return "".join(word[0] for word in re.findall(r"[^\W\d_]+", words(stem_of(place)).casefold()))


def stands_in(title: str, place: str) -> bool:
    """Whether the words of `title` stand in `place` in one run, but for stop words.

    >>> stands_in("Glass Orchard", "the.glass.orchard.avi"), stands_in("Glass Doom", "the glass orchard of doom")
    (True, False)
    >>> stands_in("Just A Wild Story", "jaws")
    False
    """
    key = bare(title)
    return _run(title, tokens(place)) is not None or (len(key) >= _GLUED and key in bare(place))


def _run(title: str, there: Sequence[str]) -> tuple[int, int] | None:
    """Where the words of `title` stand in a row, but for stop words: first and end."""
    wanted = telling(title)
    kept = [(at, token) for at, token in enumerate(there) if token not in _STOP or token in wanted]
    for start in range(len(kept) - len(wanted) + 1):
        if wanted and [token for _, token in kept[start : start + len(wanted)]] == wanted:
            return kept[start][0], kept[start + len(wanted) - 1][0] + 1
    return None


def left_out(title: str, text: str, *, counts: bool = False, part: int | None = None) -> str | None:
    """The word or number `text` goes on with before or behind `title`, which may be only a part of the title.

    What stands in brackets, behind a year or a tag is none of it; nor is an edition, a language, or the `part` of a film.
    counts: of an episode, or a folder of a show: there a title ends at a number, and at a mark such as a dash, too.
    None where the title ends there, or does not stand there at all.

    >>> left_out("Star Trek", "star trek voyager 103", counts=True), left_out("Lantern", "lantern - 03 - thaw", counts=True)
    ('voyager', None)
    >>> left_out("Alien", "alien - resurrection"), left_out("Alien", "alien 2"), left_out("Alien", "alien (bob) 1979 x")
    ('resurrection', '2', None)
    """
    text = _BRACKETS.sub(" | ", cover(untagged(text)))
    known = {*_STOP, *_AROUND, *tokens(title)}
    for segment in _MARK.split(text) if counts else [text]:
        there = tokens(segment)
        if (found := _run(title, there)) is None:
            continue
        before, behind = there[: found[0]], there[found[1] :]
        if counts:
            around = [*takewhile(_is_no_count, behind), *takewhile(_is_no_count, reversed(before))]
        else:  # a number before a film counts films in a row
            around = [*takewhile(_is_no_year, behind), *(word for word in before if not word.isdecimal())]
            known |= {*_EDITION, *tokens(edition_of(text) or ""), str(part)}
        return next((word for word in around if word not in known), None)
    return None


def _is_no_count(word: str) -> bool:
    return not word.isdecimal() and word not in _COUNTING


def _is_no_year(word: str) -> bool:
    return not (word.isdecimal() and _FIRST_YEAR <= int(word) <= LAST_YEAR)


def spelled(title: str) -> str:
    """A pattern for `title` with whatever stands between its words; one that matches nothing where it has none."""
    return r"[\W_]*".join(map(re.escape, re.findall(r"[^\W\d_]+|\d+", title))) or "(?!)"
