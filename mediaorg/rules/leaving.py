"""What of a path may leave this machine: names below a root or a common folder, and nothing of people, machines and disks."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from mediaorg.rules.folders import is_library, season_of
from mediaorg.rules.names import plain
from mediaorg.rules.prompts import sendable

__all__ = ["Place", "below", "common_folders", "leaving", "nearest", "place_of", "root_of"]

_DEPTH: Final = 3  # show folder, season folder, name
_START: Final = re.compile(
    r"""
    file:(?://[^/]*)?(?=/)                              # file:///v/x
    | (?:smb|cifs|afp|nfs)://[^/]*(?:/+[^/]+(?=/))?     # smb://bob:pw@nas/share/x
    | [a-z][a-z0-9+.-]+://[^/]*                         # sftp://bob@nas/x
    | (?://[?.]/+)?[a-z]:(?=\S)                         # C:/x, //?/C:/x
    | //[?.]/+(?:UNC/+[^/]+)?(?:/*[^/]+(?=/))?          # //?/UNC/nas/share/x, //?/Volume{1}/x
    | //+[^/]+(?:/+[^/]+(?=/))?                         # //nas/share/x
    | [^/\s]+@[^/\s:]+:                                 # bob@nas:x
    | [\w.+-]{2,}:(?=/|[^/\s][^/]*/)                    # nas:/v/x, gdrive:Videos/x; not "Lantern: x.mkv"
    | /
    """,
    re.IGNORECASE | re.VERBOSE,
)
_HOMES: Final = frozenset(("home", "homes", "Users", "users", "USERS", "Documents and Settings", "media"))
_DISKS: Final = frozenset(("mnt", "Volumes", "net"))
# Folders that are a machine or a login: file:, smb-share:server=nas,share=x, GoogleDrive-bob@example.com, bob:pw@nas, ~bob
_STRANGER: Final = re.compile(
    r"[a-z][a-z0-9+.-]*:(?:$|.*(?:server|host)=)|.*[^\s@]@[^\s@]+\.[a-z]{2,}\b|[^\s@]*:[^\s@]*@|~", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path starts, which is nobody's business ("/", "c:", "smb://nas/share", "" for a relative one), and its parts."""

    start: str
    parts: tuple[str, ...]

    @property
    def is_absolute(self) -> bool:
        """Whether it starts at the top of a machine's tree, where disks are mounted."""
        return self.start == "/" or self.start.startswith("file:")

    @property
    def side(self) -> tuple[str, ...]:
        """What says of two paths that they lie together at all; that both start at "/", or above here, does not."""
        above = self.parts.count("..")
        return (self.start, *(self.parts[: above + 1] if above or self.is_absolute else ()))


def place_of(path: str) -> Place:
    r"""Read `path` as whichever system writes it, without ``.`` and, as far as that is known, ``..``.

    >>> place_of(r"C:\Users\bob\..\x.mkv")
    Place(start='c:', parts=('Users', 'x.mkv'))
    >>> place_of("smb://bob:pw@nas/share/Show/x.mkv").parts
    ('Show', 'x.mkv')
    """
    cell = path.replace(
        "\\", "/"
    )  # also in a name here: an archive of Windows, badly unpacked, makes "Users\bob\x.mkv"
    found = _START.match(cell)
    start = found[0].casefold() if found else ""
    parts: list[str] = []
    for part in cell[len(start) if found is None else found.end() :].split("/"):
        if part != "..":
            parts += [part] if part not in ("", ".") else []
        elif parts and parts[-1] != "..":
            parts.pop()
        elif not start:
            parts.append(part)
    return Place(start, tuple(parts))


def root_of(path: str) -> Place:
    """The place of a root, which holds something: of ``//nas/share`` the share is no name."""
    return place_of(f"{path}/" if path else path)


def below(place: Place, root: Place) -> int | None:
    """How many parts of `place` are those of `root`; None where it does not lie below it."""
    depth = len(root.parts)
    return depth if root.start == place.start and place.parts[:depth] == root.parts else None


def common_folders(places: Iterable[Place]) -> Mapping[tuple[str, ...], int]:
    """By the side on which they lie, how many parts lead to the deepest folder that `places` have in common.

    Of a season's folder it is what holds its show, so that the show stays in sight.

    >>> common_folders([place_of("/v/TV/Lantern/Season 1/x.mkv"), place_of("/v/TV/Lantern/Season 1/y.mkv")])
    {('/', 'v'): 2}
    """
    sides: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for place in places:
        sides[place.side].append(place.parts[:-1])
    return {side: _without_season(_shared(min(folders), max(folders))) for side, folders in sides.items()}


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """What two paths share; of the first and the last of many in order, what all of them do."""
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    return one[:same]


def _without_season(folders: tuple[str, ...]) -> int:
    depth = len(folders)
    while depth and season_of(plain(folders[depth - 1])) is not None:
        depth -= 1
    return depth if depth == len(folders) else max(0, depth - 1)


def leaving(place: Place, above: int | None, *, strangers: frozenset[str] = frozenset()) -> tuple[str, ...] | None:
    """Folders and the name of `place` that may be sent; None where there is no name.

    above: how many parts lead to where its names are a library's; None where nobody knows, and only the name leaves.
    Whatever that says, homes, logins and disks are above it. strangers: what person and machine are called, casefolded.

    >>> leaving(place_of("/srv/home/bob/TV/x.mkv"), 0)
    ('TV', 'x.mkv')
    """
    if not place.parts:
        return None
    *folders, name = place.parts
    inside = [] if above is None else folders[max(above, _of_a_person(place)) :]
    if ".." in inside:  # whose folder it leads to is not said
        inside = []
    seen = [sendable(folder) for folder in inside]
    return (*(folder for folder in seen if folder and not _is_named_after(folder, strangers)), sendable(name))


def nearest(place: Place, common: int) -> int:
    """How many parts of a path without a root are left out: those that are common, and all but three."""
    return max(common, len(place.parts) - _DEPTH)


def _of_a_person(place: Place) -> int:
    """How many parts name homes, logins and disks, or lead there."""
    folders = place.parts[:-1]
    past = [at + 2 for at, folder in enumerate(folders[:-1]) if folder in _HOMES]
    past += [at + 1 for at, folder in enumerate(folders) if folder == "root" or _STRANGER.match(folder)]
    return max((*past, _of_a_disk(folders) if place.is_absolute else 0))


def _of_a_disk(folders: tuple[str, ...]) -> int:
    """/mnt/disk1, /Volumes/Bobs Disk, /run/media/bob/USB, /media/bob/USB; but /media/tv and /media/Lantern/Season 1."""
    if folders[:2] == ("run", "media"):
        return 4
    if folders[:1] == ("media",) and len(folders) > 2:
        return 2 if is_library(folders[1]) or season_of(plain(folders[2])) is not None else 3
    return 2 if folders and folders[0] in _DISKS else 0


def _is_named_after(folder: str, names: frozenset[str]) -> bool:
    """Whether `folder` is one of `names`, or holds it as an owner's: bob, Bob's films."""
    said = folder.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return said in names or any(word.removesuffix("'s") in names for word in said.split() if word.endswith("'s"))
