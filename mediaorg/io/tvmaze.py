"""The door to TVmaze, a free catalogue of shows: two calls, no key. Titles leave this machine, so it is asked only if given."""

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from mediaorg.errors import BadSetting
from mediaorg.records import Episode, Work

__all__ = ["TVmaze"]

_LARGEST: Final = 8_000_000  # bytes of one answer; the longest show has under 5 MB of episodes


class TVmaze:
    """TVmaze's shows for `classify(files, catalogue=TVmaze())`; films are not in it.

    timeout_seconds: deadline of one request. `search` and `episodes` raise OSError where the server does not answer, and
    ValueError where it answers something else.

    >>> TVmaze()
    TVmaze('https://api.tvmaze.com')
    """

    def __init__(self, base_url: str = "https://api.tvmaze.com", *, timeout_seconds: float = 10) -> None:
        if not base_url.startswith(("http://", "https://")):
            raise BadSetting(f"base_url must be an address such as https://api.tvmaze.com, not {base_url!r}")
        self._url, self._seconds = base_url.rstrip("/"), timeout_seconds

    def search(self, title: str, *, year: int | None = None) -> Sequence[Work]:
        """Shows that may be called `title`."""
        return [_work(one["show"]) for one in self._asked(f"/search/shows?q={quote(title)}")]

    def episodes(self, work_id: str) -> Sequence[Episode]:
        """The episodes of a show, specials left out."""
        listed = self._asked(f"/shows/{quote(work_id, safe='')}/episodes")
        return [Episode(one.get("season"), one.get("number"), one.get("name")) for one in listed]

    def _asked(self, what: str) -> list[dict[str, Any]]:
        request = urllib.request.Request(self._url + what, headers={"User-Agent": "mediaorg"})
        with urllib.request.urlopen(request, timeout=self._seconds) as answer:
            found = json.loads(answer.read(_LARGEST))
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise ValueError(f"{self._url} gave no list")
        return found

    def __repr__(self) -> str:
        return f"TVmaze({self._url!r})"


def _work(show: Any) -> Work:
    if not isinstance(show, dict) or not isinstance(show.get("name"), str):
        raise ValueError("a show without a name")  # noqa: TRY004  a wrong answer, as any other
    premiered = str(show.get("premiered") or "")[:4]
    weight = show.get("weight")
    return Work(
        str(show.get("id")), "series", show["name"], int(premiered) if premiered.isdecimal() else None,
        votes=weight if isinstance(weight, int) else 0,
    )  # fmt: skip
