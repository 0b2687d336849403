"""May a planned row be done? One judgement, for the plan that has just been made and the one edited by hand.

It looks at the columns of `schema.PLAN` (and, where they are there, `needs_review` and `playable`), at the rows
together, and at the listing of the target's folders; never at how the targets came about.
"""

from dataclasses import dataclass
from typing import Final

from mediaorg.io.listing import Entry, Listing, Numbers, plain_path
from mediaorg.rules.collisions import path_key
from mediaorg.rules.kinds import VIDEO, kind
from mediaorg.rules.layouts import LAYOUTS, unstackable
from mediaorg.rules.safe_names import LONGEST, split_suffix
from mediaorg.rules.sidecars import folder_wide, owners
from mediaorg.rules.system_folders import is_system

__all__ = ["BACK", "MOVES", "NOTES", "UNPLACED", "Rows", "judge"]

MOVES: Final = ("move", "copy", "hardlink", "symlink")
BACK: Final = "back:"  # of a row that `reverse` wrote: each goes its way back, alone if need be
NOTES: Final = (
    "copy:",
    "duplicate:",
    "version:",
    "better:",
    "own_words:",
    "not_a_run:",
    "nlink:",
    "lint:",
    BACK,
)  # what to know of a row that is ready
UNPLACED: Final = (
    "no_title:",
    "no_number:",
    "no_owner:",
    "too_many_parts:",
)  # why a target is missing, as the plan said


@dataclass(slots=True)
class Rows:
    """The columns a judgement needs, one cell a row, None where missing."""

    source: list[str | None]
    target: list[str | None]
    operation: list[str | None]
    root: list[str | None]
    layout: list[str | None]
    move_id: list[str | None]
    belongs_to: list[str | None]
    reason: list[str | None]
    doubt: list[str | None]  # why a person should look first
    who: list[Numbers]


def judge(rows: Rows, listing: Listing) -> tuple[list[str], list[str | None]]:
    """Give status and reason of every row.

    First what is wrong with a row alone, then between rows, then with the disk; last, what follows: a row that does
    not move keeps its place, so nobody can have it, and a sidecar goes with its video or not at all.
    """
    here = [None if source is None else plain_path(source) for source in rows.source]
    status, reason = _alone(rows, here)
    _together(rows, here, status, reason, listing)
    waiting = _on_disk(rows, here, status, reason, listing)
    _without_video(rows, listing, status, reason)
    _followed(rows, here, waiting, status, reason)
    return status, reason


def _alone(rows: Rows, here: list[str | None]) -> tuple[list[str], list[str | None]]:
    status: list[str] = []
    reasons: list[str | None] = []
    for i, operation in enumerate(rows.operation):
        target, doubt, old = rows.target[i], rows.doubt[i], rows.reason[i]
        note = old if old is not None and old.startswith(NOTES) else None
        said: tuple[str, str | None]
        if operation == "skip":
            said = ("review" if doubt else "unchanged", old)
        elif here[i] is None:
            said = ("blocked", "no_source: the row names no file")
        elif (odd := _unspeakable(rows.source[i], target, rows.root[i])) is not None:
            said = ("blocked", odd)
        elif is_system(here[i] or ""):
            said = ("blocked", f"system_folder: {here[i]} is one of the system's own files")
        elif operation == "remove" and (old or "").startswith(BACK):
            said = ("ready", None)
        elif operation not in MOVES:
            said = ("blocked", f"unknown_operation: {operation!r} is none of {', '.join(MOVES)}, skip")
        elif target is not None and (wrong := _wrong(target, rows.root[i])):
            said = ("blocked", wrong)
        elif target is not None and target == here[i]:
            said = ("unchanged", note)
        elif doubt:
            said = ("review", doubt)
        elif target is None:
            why = old if old is not None and old.startswith(UNPLACED) else "no_target: say where it should go"
            said = ("blocked", why)
        else:
            said = ("ready", note)
        status.append(said[0])
        reasons.append(said[1])
    return status, reasons


def _unspeakable(*paths: str | None) -> str | None:
    """Why no file can have one of these names. In a cell, bytes that are no text are written out: see `schema.to_path`."""
    for path in paths:
        if path is None or (path.isascii() and "\0" not in path):
            continue
        if "\0" in path:
            return "bad_name: a name cannot hold NUL"
        if any("\ud800" <= letter <= "\udfff" for letter in path):
            return "bad_name: a lone surrogate is no part of a name"
    return None


def _wrong(target: str, root: str | None) -> str | None:
    """What makes a target impossible whatever the disk holds."""
    if not target.startswith("/"):
        return f"outside_root: {target} is not absolute"
    if is_system(target):
        return f"system_folder: {target} would lie among the system's own files"
    if root is not None and not target.startswith(root if root.endswith("/") else f"{root}/"):
        return f"outside_root: {target} is not below {root}"
    if "/." in target or "//" in target or target.endswith("/"):
        parts = target.split("/")[1:]
        if ".." in parts or "." in parts or "" in parts:
            return f"outside_root: {target} is not a plain path"
    if len(target) * 4 > LONGEST and any(len(part.encode(errors="replace")) > LONGEST for part in target.split("/")):
        return f"too_long: a name has at most {LONGEST} bytes"
    return None


def _together(
    rows: Rows, here: list[str | None], status: list[str], reason: list[str | None], listing: Listing
) -> None:
    """Two rows for one target, one file in two rows, a file where another row needs a folder, parts beside versions."""
    wanted: dict[str, list[int]] = {}
    moved: dict[str, list[int]] = {}
    folders: set[str] = set()
    films: dict[tuple[str, str], list[int]] = {}
    for i, target in enumerate(rows.target):
        if rows.operation[i] not in MOVES or target is None or status[i] == "blocked":
            continue
        key = path_key(target)
        wanted.setdefault(key, []).append(i)
        if here[i] is not None:
            moved.setdefault(here[i] or "", []).append(i)
        while (key := key.rpartition("/")[0]) and key not in folders:
            folders.add(key)
        layout = LAYOUTS.get(rows.layout[i] or "")
        if layout is not None and layout.stack and kind(split_suffix(target)[1]) == VIDEO:
            films.setdefault((layout.name, target.rpartition("/")[0]), []).append(i)

    leaving = {path for i, path in enumerate(here) if rows.operation[i] == "move" and status[i] == "ready"}

    def settle(i: int, verdict: str, why: str) -> None:
        if status[i] == "ready":
            status[i], reason[i] = verdict, why

    for (name, folder), group in films.items():
        stems = [split_suffix((rows.target[i] or "").rpartition("/")[2])[0] for i in group]
        stems += _standing_videos(listing, folder, leaving)
        if unstackable(LAYOUTS[name], folder.rpartition("/")[2], stems):
            for i in group:
                settle(
                    i, "blocked", f"parts_and_versions: {name} cannot play parts of a film with versions beside them"
                )
    for key, group in wanted.items():
        if len(group) > 1:
            for i in group:
                other = next(j for j in group if j != i)
                settle(i, "conflict", f"same_target: {rows.source[other]} would go there too")
        if key in folders:
            for i in group:
                settle(i, "conflict", "folder_needed: another row needs a folder of this name")
    for group in moved.values():
        if len(group) > 1 and any(rows.operation[i] == "move" for i in group):
            for i in group:
                settle(i, "conflict", "same_source: the file stands in another row too")


def _standing_videos(listing: Listing, folder: str, leaving: set[str | None]) -> list[str]:
    """The stems of the videos that stand in a folder, and stay."""
    entries = (entry for entries in listing.folder(folder).values() for entry in entries if entry.kind == "file")
    parts = (split_suffix(entry.name) for entry in entries if entry.path not in leaving)
    return [stem for stem, suffix in parts if kind(suffix) == VIDEO]


def _on_disk(
    rows: Rows, here: list[str | None], status: list[str], reason: list[str | None], listing: Listing
) -> dict[int, list[int]]:
    """Judge against what stands in the target's folders; give, by row, the rows that wait for it to go."""
    leaving: dict[str, int] = {}
    by_inode: dict[tuple[int, int], int] = {}
    for i, path in enumerate(here):
        if path is not None and status[i] == "ready" and rows.operation[i] in ("move", "remove"):
            leaving[path] = i
            _, _, inode, device = rows.who[i]
            if device is not None and inode is not None:
                by_inode[device, inode] = i
    by_number = {where[1]: where for where in by_inode}
    waiting: dict[int, list[int]] = {}
    for i, target in enumerate(rows.target):
        if status[i] != "ready" or rows.operation[i] not in MOVES or target is None:
            continue
        entries, problem = listing.at(rows.root[i], target)
        if problem is not None:
            status[i], reason[i] = "blocked", problem
            continue
        for entry in entries:
            holder = leaving.get(entry.path)
            if holder is None and entry.inode in by_number:  # the same file, under another path to its folder
                where = by_number[entry.inode]
                holder = by_inode[where] if listing.same_file(entry, *where) == 1 else None
            if holder == i and (rows.operation[i] == "move" and entry.path == here[i]):
                continue  # itself, in another case or Unicode form
            if entry.path == target and listing.is_made(
                entry, rows.operation[i] or "", rows.source[i] or "", rows.who[i]
            ):
                status[i], reason[i] = "unchanged", "same_file: it is already there, under another path or as a copy"
                break
            if holder is None or holder == i:
                status[i], reason[i] = "conflict", _taken(entry)
                break
            waiting.setdefault(holder, []).append(i)
    return waiting


def _taken(entry: Entry | None) -> str:
    return (
        "target_exists: what stands there stays"
        if entry is None
        else f"target_exists: {entry.path} is there ({entry.kind})"
    )


def _without_video(rows: Rows, listing: Listing, status: list[str], reason: list[str | None]) -> None:
    """A sidecar whose video was filtered out of the plan goes where its video is already, or stays with it."""
    planned = {move_id for move_id in rows.move_id if move_id is not None}
    for i, owner in enumerate(rows.belongs_to):
        if status[i] != "ready" or owner is None or owner in planned or rows.operation[i] not in MOVES:
            continue
        if (rows.reason[i] or "").startswith(BACK):
            continue
        folder, _, name = (rows.target[i] or "").rpartition("/")
        there = [entry.name for entries in listing.folder(folder).values() for entry in entries if entry.kind == "file"]
        videos = [film for film in there if kind(split_suffix(film)[1]) == VIDEO]
        of_all = bool(videos) and folder_wide(kind(split_suffix(name)[1]), name)
        if not of_all and next(owners(videos, [name])) is None:
            status[i], reason[i] = "blocked", "video_stays: its video is not in this plan"


def _followed(
    rows: Rows, here: list[str | None], waiting: dict[int, list[int]], status: list[str], reason: list[str | None]
) -> None:
    """Let what does not move hold up those that wait for it, and those that travel with it."""
    ids = {move_id: i for i, move_id in enumerate(rows.move_id) if move_id is not None}
    sidecars: dict[int, list[int]] = {}
    for i, owner in enumerate(rows.belongs_to):
        if owner is not None and rows.operation[i] in MOVES and (video := ids.get(owner)) is not None and video != i:
            sidecars.setdefault(video, []).append(i)
    first = [i for i in {*waiting, *sidecars} if status[i] != "ready"]
    holders: dict[int, set[int]] = {}  # of a name that a row waits for
    videos: dict[int, int] = {}
    held = list(first)
    while held:
        i = held.pop()
        follows = sidecars.get(i, ()) if rows.operation[i] == "skip" or status[i] != "unchanged" else ()
        for j in (*waiting.get(i, ()), *follows):
            if status[j] != "ready":
                continue
            if j not in holders:
                holders[j] = set()
                held.append(j)
            if j in follows:
                videos[j] = i
            else:
                holders[j].add(i)
    # Whoever is reached by both ways shares the fate of its video, in whatever order the rows stand.
    for j in sorted(holders, key=videos.__contains__):
        video = videos.get(j)
        if video is None:
            at = min(here[holder] or "" for holder in holders[j])
            status[j], reason[j] = "conflict", f"target_exists: {at} is there, and stays"
        elif rows.operation[video] == "skip":
            status[j], reason[j] = "blocked", "video_stays: its video is not moved"
        else:
            status[j], reason[j] = status[video], f"with_video: {reason[video]}"
