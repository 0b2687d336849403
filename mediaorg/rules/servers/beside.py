"""What lies beside a video and is read with it: subtitles, artwork and nfo files, by stem or for a whole folder."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from mediaorg.rules.servers.shelves import File, fold
from mediaorg.rules.servers.taken import Taken

__all__ = ["artwork", "by_stem", "nfo", "picture_names", "stems", "vobsub_index"]

_ENDS: Final = re.compile(r"-?\d{1,2}\Z")  # fanart2, poster-1: further pictures of one kind


def stems(videos: Iterable[File]) -> dict[str, int]:
    """The stems of `videos`, folded; of two videos that share one the first by name."""
    found: dict[str, int] = {}
    for video in sorted(videos, key=lambda video: (video.path, video.at)):
        found.setdefault(fold(video.stem), video.at)
    return found


def by_stem(stem: str, videos: Mapping[str, int], *, before: str = ".") -> tuple[int, str] | None:
    """Which of `videos` (see `stems`) `stem` begins with, the longest of them, and what follows; or None.

    What follows is nothing, or begins with one of the letters in `before`; with an empty `before` it may be anything.

    >>> by_stem("Film 2.en", {"film": 0, "film 2": 1}), by_stem("Films", {"film": 0})
    ((1, '.en'), None)
    """
    for end in range(len(stem), 0, -1):
        if end < len(stem) and before and stem[end] not in before:
            continue
        at = videos.get(fold(stem[:end]))
        if at is not None:
            return at, stem[end:]
    return None


def picture_names(names: str) -> frozenset[str]:
    """A server's names of pictures, from one text."""
    return frozenset(names.split())


def artwork(file: File, videos: Mapping[str, int], names: frozenset[str], *, server: str) -> Taken:
    """Whose picture `file` is: the folder's by one of `names`, or a video's by its stem."""
    if _is_picture(file.stem, names):
        return Taken("artwork", f"{server}: {file.stem} is a picture of its folder", owner=file.folder)
    found = by_stem(file.stem, videos, before="-.")
    if found is not None and (not found[1] or _is_picture(found[1][1:], names)):
        return Taken("artwork", f"{server}: named after its video", owner=found[0])
    return Taken(None, f"{server}: no picture goes by {file.stem!r}")


def nfo(file: File, videos: Mapping[str, int], names: frozenset[str], *, server: str) -> Taken:
    """Whose nfo `file` is: the folder's by one of `names`, or a video's by its whole stem."""
    if file.stem.lower() in names:
        return Taken("nfo", f"{server}: {file.stem}.nfo speaks for its folder", owner=file.folder)
    at = videos.get(fold(file.stem))
    if at is not None:
        return Taken("nfo", f"{server}: named after its video", owner=at)
    return Taken(None, f"{server}: no nfo goes by {file.stem!r}")


def vobsub_index(file: File, group: Iterable[File]) -> bool:
    """Whether `file` is the index of a VobSub whose pictures lie beside it: x.idx with x.sub."""
    return file.suffix.lower() == ".idx" and any(
        other.suffix.lower() == ".sub" and fold(other.stem) == fold(file.stem) for other in group
    )


def _is_picture(stem: str, names: frozenset[str]) -> bool:
    word = stem.lower()
    if word.startswith("season"):  # season01-poster, season-specials-banner
        word = re.sub(r"^season(?:\d{1,4}|-all|-specials)-", "", word)
    return word in names or _ENDS.sub("", word) in names
