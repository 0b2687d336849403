"""What lies where: the files of a library by folder, as every server walks them."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from mediaorg.rules.kinds import VIDEO, kind

__all__ = ["File", "by_folder", "by_library", "fold", "shelve", "videos", "whole"]

# The first folder says what a library holds.
_LIBRARIES: Final = {"movies": "movies", "tv shows": "shows", "shows": "shows", "home videos": "home_videos"}
_LONGEST_NUMBER: Final = 9  # digits; more are no season, episode or part, and int() refuses thousands of them


@dataclass(frozen=True, slots=True)
class File:
    """One file: its place in the list, the library it lies in, the folders below that, and its name in two."""

    at: int
    path: str
    library: str | None
    folders: tuple[str, ...]
    stem: str
    suffix: str  # with its dot; "" where there is none
    kind: str
    refused: str = ""  # why no server reads it, whatever its name

    @property
    def folder(self) -> str:
        """The path of the folder the file lies in."""
        return self.path.rpartition("/")[0]

    def above(self, depth: int) -> str:
        """The path of the folder `depth` folders below the library's."""
        return "/".join(self.path.split("/")[: depth + 1])


def shelve(files: Sequence[str]) -> list[File]:
    """Take paths apart, "/" between their components, first component the library.

    >>> film, stray = shelve(["Movies/Alien (1979)/Alien (1979).mkv", "../x.mkv"])
    >>> film.library, film.folders, film.stem, film.kind, stray.refused
    ('movies', ('Alien (1979)',), 'Alien (1979)', 'video', 'not a path below the root')
    """
    return [_file(at, path) for at, path in enumerate(files)]


def by_library(files: Iterable[File]) -> Iterator[tuple[str, list[File]]]:
    """The files of each library that servers read, "Shows" and "TV Shows" being two, with what the library holds."""
    libraries: defaultdict[tuple[str, str], list[File]] = defaultdict(list)
    for file in files:
        if not file.refused and file.library is not None:
            libraries[file.path.partition("/")[0], file.library].append(file)
    for (_, holds), group in sorted(libraries.items()):
        yield holds, group


def by_folder(files: Iterable[File]) -> dict[tuple[str, ...], list[File]]:
    """The files of each folder, by name; folders of which one differs only in case are two, as on Linux."""
    folders: defaultdict[tuple[str, ...], list[File]] = defaultdict(list)
    for file in files:
        folders[file.folders].append(file)
    for group in folders.values():
        group.sort(key=lambda file: (file.path, file.at))
    return dict(sorted(folders.items()))


def videos(files: Iterable[File]) -> list[File]:
    """Those of `files` that are videos."""
    return [file for file in files if file.kind == VIDEO]


def fold(text: str) -> str:
    """`text` as servers compare it: without regard to case, and to how a letter is composed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def whole(digits: str | None) -> int | None:
    """The number that `digits` are; None for none, and for so many that they number nothing.

    >>> whole("007"), whole(None), whole("9" * 5000)
    (7, None, None)
    """
    return int(digits) if digits and len(digits) <= _LONGEST_NUMBER else None


def _file(at: int, path: str) -> File:
    *folders, name = path.split("/")
    stem, dot, suffix = name.rpartition(".")
    if not stem:
        stem, dot, suffix = name, "", ""
    library = _LIBRARIES.get(folders[0].lower()) if folders else None
    refused = ""
    if any(part in ("", ".", "..") for part in (*folders, name)):
        refused = "not a path below the root"
    elif any(part.startswith(".") for part in (*folders, name)):
        refused = "hidden: its name begins with a dot"
    elif library is None:
        refused = "in no library: the first folder is none of Movies, TV Shows, Shows, Home Videos"
    return File(at, path, library, tuple(folders[1:]), stem, dot + suffix, kind(dot + suffix), refused)
