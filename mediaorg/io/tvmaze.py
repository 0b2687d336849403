"""The door to TVmaze, a free catalogue of shows: two calls, no key. Titles leave this machine, so it is asked only if given."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from functools import partial
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import quote, urlsplit

from mediaorg.errors import BadSetting
from mediaorg.io.loop import apart, pause
from mediaorg.records import Episode, Limits, Work

__all__ = ["TVmaze"]

_LARGEST: Final = 8_000_000  # bytes of one answer; the longest show has under 5 MB of episodes
_PIECE: Final = 65_536  # bytes
_TRIES: Final = 3
_WINDOW: Final = 10.0  # s; https://www.tvmaze.com/api: "at least 20 calls every 10 seconds per IP address"
_PATIENCE: Final = 30.0  # s of waiting for one answer, in all
_NOT_THERE, _TOO_MANY = 404, 429


class TVmaze:
    """TVmaze's shows for `classify(files, catalogue=TVmaze())`; films are not in it.

    timeout_seconds: deadline of one request, from its first byte to its last. Where TVmaze is asked too often it is asked
    again when it says, and no later than half a minute on. What it does not know is nothing. `search` and `episodes` raise
    OSError where the server does not answer, and ValueError where it answers something else.

    >>> TVmaze()
    TVmaze('https://api.tvmaze.com')
    """

    def __init__(self, base_url: str = "https://api.tvmaze.com", *, timeout_seconds: float = 10) -> None:
        if not _is_address(base_url):
            raise BadSetting(f"base_url must be an address such as https://api.tvmaze.com, not {base_url!r}")
        self._url, self._seconds = base_url.rstrip("/"), Limits(timeout_seconds=timeout_seconds).timeout_seconds

    def search(self, title: str, *, year: int | None = None) -> Sequence[Work]:
        """Shows that may be called `title`."""
        return [_work(one.get("show")) for one in self._asked(f"/search/shows?q={quote(title, errors='replace')}")]

    def episodes(self, work_id: str) -> Sequence[Episode]:
        """The episodes of a show, specials left out."""
        listed = self._asked(f"/shows/{quote(work_id, safe='')}/episodes")
        return [Episode(one.get("season"), one.get("number"), one.get("name")) for one in listed]

    def _asked(self, what: str) -> list[dict[str, Any]]:
        answer = self._answered(what)
        found = [] if answer is None else json.loads(answer)
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise ValueError(f"{self._url} gave no list")
        return found

    def _answered(self, what: str) -> bytes | None:
        """The answer, waited for where TVmaze is asked too often; None where it knows no such thing."""
        patience = _PATIENCE
        for tried in range(1, _TRIES + 1):
            try:
                return apart(partial(self._read, what), seconds=self._seconds)
            except urllib.error.HTTPError as error:
                error.close()
                if error.code == _NOT_THERE:
                    return None
                wait = _wait_of(error.headers.get("Retry-After"))
                if error.code != _TOO_MANY or tried == _TRIES or wait > patience:
                    raise
                patience -= wait
                pause(wait)
        raise AssertionError("the last try gives or raises")

    def _read(self, what: str) -> bytes:
        """Piece by piece, so that a thread that was left behind ends, too."""
        deadline, read = time.monotonic() + self._seconds, b""
        request = urllib.request.Request(self._url + what, headers={"User-Agent": "mediaorg"})
        try:
            with urllib.request.urlopen(request, timeout=self._seconds) as answer:
                while len(read) < _LARGEST and (piece := answer.read1(_PIECE)):
                    read += piece
                    if time.monotonic() > deadline:
                        raise TimeoutError(f"no whole answer within {self._seconds:g} s")
        except HTTPException as error:
            raise ValueError(f"{self._url} gave no answer of HTTP ({type(error).__name__})") from error
        return read

    def __repr__(self) -> str:
        return f"TVmaze({self._url!r})"


def _is_address(given: object) -> bool:
    try:
        parts = urlsplit(given) if isinstance(given, str) else None
        return bool(parts and parts.scheme in ("http", "https") and parts.hostname and parts.port != 0) and (
            str(given).isascii() and str(given).isprintable() and " " not in str(given)
        )
    except ValueError:  # a port of letters, half an IPv6 address
        return False


def _wait_of(retry_after: str | None) -> float:
    """In how many seconds to ask again; without a number, when TVmaze counts anew.

    >>> _wait_of("3"), _wait_of(None), _wait_of("Wed, 21 Oct 2015 07:28:00 GMT")
    (3.0, 10.0, 10.0)
    """
    said = (retry_after or "").strip()
    return float(said) if said.isascii() and said.isdecimal() else _WINDOW


def _work(show: Any) -> Work:
    if not isinstance(show, dict) or not isinstance(show.get("name"), str):
        raise ValueError("a show without a name")  # noqa: TRY004  a wrong answer, as any other
    premiered = str(show.get("premiered") or "")[:4]
    weight = show.get("weight")
    return Work(
        str(show.get("id")), "series", show["name"], int(premiered) if premiered.isascii() and premiered.isdecimal() else None,
        votes=weight if isinstance(weight, int) else 0,
    )  # fmt: skip
