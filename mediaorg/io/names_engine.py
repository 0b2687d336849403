"""The one door to guessit, which reads release names by the habits of the scene."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

__all__ = ["KEPT", "answer", "guess"]

# Distinct names remembered: 20,000 answers are about 30 MB, and a rescan of one show costs nothing.
KEPT: Final = 20_000

_LONGEST: Final = 300  # characters; guessit's time grows with the length, and no file name is longer than 255 bytes


@lru_cache(maxsize=KEPT)
def guess(text: str) -> tuple[dict[str, Any], str | None]:
    """Ask guessit what `text`, one name with or without a suffix, says: (its answer, what went wrong or None).

    The answer has guessit's own keys, its values plain: text, ints, lists of them, dates. It is shared: do not change it.

    >>> answer, error = guess("Some.Show.S01E02.720p.HDTV.x264-GRP")
    >>> answer["title"], answer["season"], answer["episode"], error
    ('Some Show', 1, 2, None)
    """
    from guessit import guessit

    return answer(text, guessit)


def answer(text: str, parser: Callable[[str, dict[str, Any]], Mapping[str, Any]]) -> tuple[dict[str, Any], str | None]:
    """Ask `parser` what `text` says. Parsers raise on a handful of odd names: that is the second value, the first empty."""
    try:
        found = parser(text[:_LONGEST], {"name_only": True})
    except Exception as error:  # noqa: BLE001  whatever breaks inside guessit is a fact about this name, not about the run
        return {}, f"parser: {type(error).__name__}"
    return {key: _plain(value) for key, value in found.items()}, None


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if isinstance(value, (str, int, float)) or hasattr(value, "isoformat") else str(value)
