"""The door to two parsers of release names: PTT, which is quick, and guessit, which is thorough and ten times slower.

Both raise on a handful of odd names; here that is a value. Both answer in guessit's words.
"""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, Final

from mediaorg.records import Opinion

__all__ = ["KEPT", "opinion", "quick", "thorough"]

# Distinct names remembered: 20,000 answers are about 30 MB, and a rescan of one show costs nothing.
KEPT: Final = 20_000

_LONGEST: Final = 300  # characters; parsers' time grows with the length, and no file name is longer than 255 bytes
_NOT_ASKED: Final = {"languages", "network", "adult", "commentary", "documentary", "country", "trash", "site"}
_PTT: Final = {"title": "title", "year": "year", "seasons": "season", "episodes": "episode", "date": "date"}


@lru_cache(maxsize=KEPT)
def quick(text: str) -> Opinion:
    """Ask PTT what `text`, one name with or without a suffix, says: some 0.4 ms.

    >>> quick("Some.Show.S01E02.720p.HDTV.x264-GRP").said
    {'type': 'episode', 'title': 'Some Show', 'season': [1], 'episode': [2]}
    """
    return opinion("PTT", text, lambda name: _in_guessits_words(_ptt().parse(name)))


@lru_cache(maxsize=KEPT)
def thorough(text: str) -> Opinion:
    """Ask guessit the same: some 6 ms.

    >>> said = thorough("Some.Show.S01E02.720p.HDTV.x264-GRP").said
    >>> said["title"], said["season"], said["episode"]
    ('Some Show', 1, 2)
    """
    from guessit import guessit

    return opinion("guessit", text, lambda name: guessit(name, {"name_only": True}))


def opinion(by: str, text: str, parser: Callable[[str], Mapping[str, Any]]) -> Opinion:
    """Ask `parser`, called `by`, what `text` says; where it breaks, the opinion is empty and says so."""
    try:
        found = parser(text[:_LONGEST])
    except Exception as error:  # noqa: BLE001  whatever breaks inside is a fact about this name, not about the run
        return Opinion(by, {}, f"parser: {type(error).__name__}")
    return Opinion(by, {key: _plain(value) for key, value in found.items()})


@cache
def _ptt() -> Any:
    """PTT without what is not asked of it, two fifths of its rules and of its time."""
    from PTT import Parser, add_defaults

    parser = Parser()
    add_defaults(parser)
    parser.handlers = [one for one in parser.handlers if getattr(one, "handler_name", one.__name__) not in _NOT_ASKED]
    return parser


def _in_guessits_words(found: Mapping[str, Any]) -> dict[str, Any]:
    said = {ours: found[theirs] for theirs, ours in _PTT.items() if found.get(theirs)}
    counted = any(key in said for key in ("season", "episode", "date"))
    return {"type": "episode" if counted else "movie", **said}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if isinstance(value, (str, int, float)) or hasattr(value, "isoformat") else str(value)
