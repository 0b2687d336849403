"""What lies beside a video and is read with it: subtitles, artwork and nfo files, by stem or for a whole folder."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from mediaorg.rules.servers.shelves import File, fold, videos
from mediaorg.rules.servers.taken import Taken

__all__ = ["Beside", "by_stem", "picture_names", "stems", "vobsub_index"]

_ENDS: Final = re.compile(r"-?\d{1,2}\Z")  # fanart2, poster-1: further pictures of one kind


@dataclass(frozen=True, slots=True)
class Beside:
    """How a server reads what lies beside its videos.

    subtitle: whose subtitle a file is, among the videos it may belong to (by stem), and the files of its own folder.
    folders: of what lies in a folder of such a name, Subs for one, the videos lie in the folder above.
    nfo_doubt: of every nfo that is read.
    """

    server: str
    pictures: frozenset[str]
    subtitle: Callable[[File, Mapping[str, int], Iterable[File]], Taken]
    folders: frozenset[str] = frozenset()
    nfo_doubt: str | None = None

    def read(
        self,
        group: Iterable[File],
        groups: Mapping[tuple[str, ...], Iterable[File]],
        nfo_names: frozenset[str],
        taken: dict[int, Taken],
    ) -> None:
        """Say whose each file of a folder is, once its videos are `taken`; `groups` are the files of all folders."""
        mine = _read(group, taken)
        for file in group:
            if file.kind == "artwork":
                taken[file.at] = _artwork(file, mine, self.pictures, server=self.server)
            elif file.kind == "nfo":
                found = _nfo(file, mine, nfo_names, server=self.server)
                taken[file.at] = replace(found, doubt=self.nfo_doubt) if found.media_type else found
            elif file.kind == "subtitle":
                above = bool(file.folders) and file.folders[-1].lower() in self.folders
                whose = _read(groups.get(file.folders[:-1], ()), taken) if above else mine
                taken[file.at] = self.subtitle(file, whose, group)


def stems(films: Iterable[File]) -> dict[str, int]:
    """The stems of some videos, folded; of two that share one the first by name."""
    found: dict[str, int] = {}
    for film in sorted(films, key=lambda film: (film.path, film.at)):
        found.setdefault(fold(film.stem), film.at)
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


def _artwork(file: File, videos: Mapping[str, int], names: frozenset[str], *, server: str) -> Taken:
    """Whose picture `file` is: the folder's by one of `names`, or a video's by its stem."""
    if _is_picture(file.stem, names):
        return Taken("artwork", f"{server}: {file.stem} is a picture of its folder", owner=file.folder)
    found = by_stem(file.stem, videos, before="-.")
    if found is not None and (not found[1] or _is_picture(found[1][1:], names)):
        return Taken("artwork", f"{server}: named after its video", owner=found[0])
    return Taken(None, f"{server}: no picture goes by {file.stem!r}")


def _nfo(file: File, videos: Mapping[str, int], names: frozenset[str], *, server: str) -> Taken:
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


def _read(group: Iterable[File], taken: Mapping[int, Taken]) -> dict[str, int]:
    """The stems of the videos of `group` that the server reads."""
    return stems(file for file in videos(group) if taken.get(file.at, Taken()).media_type is not None)


def _is_picture(stem: str, names: frozenset[str]) -> bool:
    word = stem.lower()
    if word.startswith("season"):  # season01-poster, season-specials-banner
        word = re.sub(r"^season(?:\d{1,4}|-all|-specials)-", "", word)
    return word in names or _ENDS.sub("", word) in names
