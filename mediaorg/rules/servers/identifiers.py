"""Identifiers of metadata providers in the names of folders and files: [tmdbid-348], {imdb-tt0078748}."""

import re
from typing import Final

__all__ = ["identifiers"]

_PAIRS: Final = {
    # Jellyfin, Metadata Provider Identifiers: square brackets; braces too from 12.0
    "jellyfin": re.compile(r"[\[{](tmdb|imdb|tvdb)id[-=](\w+)[\]}]", re.IGNORECASE | re.ASCII),
    # Plex, Naming and Organizing: braces alone
    "plex": re.compile(r"\{(tmdb|imdb|tvdb)-(\w+)\}", re.IGNORECASE | re.ASCII),
    # Kodi, m_videoFilenameIdentifierRegExp: either bracket, with or without "id"
    "kodi": re.compile(r"[{\[](\w+?)(?:id)?[-=](\w+)[}|\]]", re.IGNORECASE | re.ASCII),
}


def identifiers(server: str, *names: str) -> tuple[tuple[str, str], ...]:
    """The identifiers `server` reads in `names`, by provider; of two for one provider the first.

    >>> identifiers("jellyfin", "Alien (1979) [tmdbid-348]"), identifiers("jellyfin", "Alien (1979) {tmdb-348}")
    ((('tmdb', '348'),), ())
    >>> identifiers("kodi", "Alien (1979) {tmdb-348}"), identifiers("plex", "Alien {edition-Final Cut} {tmdb-348}")
    ((('tmdb', '348'),), (('tmdb', '348'),))
    """
    found: dict[str, str] = {}
    for name in names:
        for provider, number in _PAIRS[server].findall(name):
            found.setdefault(provider.lower(), number)
    found.pop("edition", None)
    return tuple(sorted(found.items()))
