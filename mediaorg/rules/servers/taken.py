"""What a media server takes a file for."""

from dataclasses import dataclass

__all__ = ["Number", "Taken"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What one file is to a server: an entry of the library, a part or a version of one, or what lies beside it.

    `media_type` is movie, episode, extra, home_video, subtitle, artwork, nfo or other; None is a file the server does
    not read. `why` names the rule in either case. `doubt` says what other versions of the server, or other pages of
    its documentation, read differently.
    """

    media_type: str | None = None
    why: str = ""
    doubt: str | None = None
    title: str | None = None  # of the film or the show, as the server takes it from a name
    year: int | None = None
    season: int | None = None
    episodes: tuple[int, ...] = ()
    date: str | None = None  # ISO: 2011-11-15
    episode_title: str | None = None  # only where the server reads one from the name
    part: int | None = None  # of one entry that is several files
    edition: str | None = None
    version: str | None = None  # the label the server shows for this file of an entry
    extra_type: str | None = None  # as `schema.LABELS` has them; None where the server has no types
    owner: int | str | None = None  # a video's place in the list; the folder's path where the whole folder is meant
    stack: tuple[int, ...] = ()  # the files played as one, in order, this one among them
    versions: tuple[int, ...] = ()  # the files shown as one entry to choose from, the first of them by default
    language: str | None = None  # BCP 47, shortest: "en" for eng and English, "pt-BR" where the region is read
    flags: frozenset[str] = frozenset()
    track: str | None = None  # what a subtitle's name says beyond language and flags
    ids: tuple[tuple[str, str], ...] = ()  # (("tmdb", "348"),)


@dataclass(frozen=True, slots=True)
class Number:
    """What the name of an episode says of its place in a show."""

    season: int | None = None
    episodes: tuple[int, ...] = ()
    date: str | None = None
    part: int | None = None
    episode_title: str | None = None
    why: str = ""
    doubt: str | None = None
