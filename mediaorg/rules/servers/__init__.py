"""A whole library as Jellyfin, Plex or Kodi would read it: what each file is to the server, by which of its rules.

Nothing here knows how targets are written (`mediaorg.rules.layouts`): the reading is the servers' own, from their
documentation and source, so that what a layout writes can be read back and compared.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from mediaorg.errors import BadSetting
from mediaorg.rules.servers import jellyfin, kodi, plex
from mediaorg.rules.servers.shelves import File, by_library, shelve
from mediaorg.rules.servers.taken import Taken

__all__ = ["EXTRA_TYPES", "FLAGS", "SERVERS", "Taken", "read"]

# How each reads a library of films, of shows, and of home videos.
SERVERS: Final[Mapping[str, Mapping[str, Callable[[list[File], dict[int, Taken]], None]]]] = {
    "jellyfin": jellyfin.LIBRARIES,
    "plex": plex.LIBRARIES,
    "kodi": kodi.LIBRARIES,
}
FLAGS: Final = {"jellyfin": jellyfin.FLAGS, "plex": plex.FLAGS, "kodi": kodi.FLAGS}  # of subtitles, that a server reads
EXTRA_TYPES: Final = {  # types of extras that a server tells apart
    "jellyfin": jellyfin.EXTRA_TYPES,
    "plex": plex.EXTRA_TYPES,
    "kodi": kodi.EXTRA_TYPES,
}


def read(server: str, files: Sequence[str]) -> list[Taken]:
    """Read `files` as `server` ("jellyfin", "plex" or "kodi") would: one answer a file, in their order.

    `files` are paths relative to the library's root, "/" between components. Their first folder is the library:
    Movies, TV Shows or Shows, Home Videos. What a server joins or merges depends on the files beside, so give all of
    them; their order changes nothing.

    Raises BadSetting for a server that is not known.

    >>> alone, = read("jellyfin", ["Movies/Dune - Part 1/Dune - Part 1.mkv"])
    >>> alone.title, alone.part
    ('Dune - Part 1', None)
    >>> one, two = read("jellyfin", ["Movies/Dune - Part 1.mkv", "Movies/Dune - Part 2.mkv"])
    >>> one.title, one.part, two.part, two.owner
    ('Dune', 1, 2, 0)
    """
    if server not in SERVERS:
        raise BadSetting(f"server {server!r}: one of {', '.join(SERVERS)}")
    shelved = shelve(files)
    found: dict[int, Taken] = {}
    for holds, group in by_library(shelved):
        SERVERS[server][holds](group, found)
    return [found.get(file.at) or _unread(file) for file in shelved]


def _unread(file: File) -> Taken:
    if file.refused:
        return Taken(None, file.refused)
    return Taken(None, f"{file.kind}: no server reads {file.suffix or 'a file without suffix'}")
