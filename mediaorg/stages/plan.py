"""plan: labels become targets, as a table to be read, filtered, edited and saved. Nothing is moved.

A plan is: the targets the layout wants (`targets`), judged as `check` judges a plan edited by hand (`verdicts`).
The only look at the world is the listing of the target's folders.
"""

import os
from collections.abc import Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from mediaorg import schema
from mediaorg.errors import BadSetting
from mediaorg.io import disk
from mediaorg.io.listing import Listing, Numbers, library_root, plain_path
from mediaorg.records import IDENTITY
from mediaorg.rules.collisions import collision_key
from mediaorg.rules.kinds import VIDEO, kind
from mediaorg.rules.layouts import LAYOUTS, Layout, Work
from mediaorg.rules.safe_names import NAMINGS, split_suffix
from mediaorg.stages.cells import cells, truth, whole, wholes
from mediaorg.stages.labelled import day, numbers
from mediaorg.stages.plan_files import load_plan, save_plan
from mediaorg.stages.tables import note, one_of
from mediaorg.stages.targets import ASIDE, SIDECARS, File, Settings, Targets
from mediaorg.stages.verdicts import MOVES, Rows, judge

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["check", "listing_of", "load_plan", "plan", "save_plan"]

ON_CONFLICT: Final = ("keep_both", "skip", "conflict", "better")
_PLACED: Final = ("movie", "episode", "extra", "home_video")


def plan(
    labels: "pd.DataFrame",
    target: str | os.PathLike[str],
    *,
    layout: str | Layout = "jellyfin",
    operation: str = "move",
    on_conflict: str = "keep_both",
    names: str = "safe",
    existing: "pd.DataFrame | Iterable[Any] | None" = None,
) -> "pd.DataFrame":
    """Plan where every file of `labels` should go below `target`: same rows, order and index, with `schema.PLAN` added.

    labels: any frame with `path` (cells) and label columns; `media_type` and `title` are needed, all others help.
        `content_hash` (from `hashes`) tells which files have the same content; `tmdb_id`, `imdb_id` and `tvdb_id`, where
        you have them, are written as the server reads them.
    target: the library; ``~`` is expanded. It need not exist: apply makes it.
    layout: "jellyfin", "plex", "kodi", or a Layout of your own. operation: move, copy, hardlink or symlink.
    on_conflict: where two files would have one name. keep_both numbers them (" - copy 2"), skip leaves the second where
        it is, conflict leaves all to you. better gives the name to the highest quality of the plan's own rows, and the
        others a place below the folder "Duplicates" of the library, which no server looks into; what is in the library
        stays. Files of one film or episode that differ in quality are versions ("1080p"), not conflicts, except to better.
    names: "safe" holds on every file system; "posix", "windows", "exfat" or "smb" is what the library lies on.
    existing: paths (or a frame with `path`) that stand for the library's content; the disk is then not looked at.

    What does not move has operation "skip". Raises MissingColumns, BadSetting, NotAFolder.

    >>> import pandas as pd
    >>> labels = pd.DataFrame({"path": ["/in/alien.1979.mkv"], "media_type": ["movie"], "title": ["Alien"], "year": [1979]})
    >>> planned = plan(labels, "/library", existing=[])
    >>> planned.loc[0, ["target", "operation", "status"]].tolist()
    ['/library/Movies/Alien (1979)/Alien (1979).mkv', 'move', 'ready']
    """
    schema.need(labels, "path", "media_type", "title", stage="plan")
    profile = _layout(layout)
    one_of("operation", operation, MOVES)
    one_of("on_conflict", on_conflict, ON_CONFLICT)
    one_of("names", names, NAMINGS)
    root = library_root(target) if existing is None else plain_path(schema.from_path(_expanded(target)))
    listing = listing_of(existing, [root])
    settings = Settings(root, profile, operation, on_conflict, names)
    rows, status, reason = _placed(labels, settings, listing)
    planned = schema.widen(
        labels,
        schema.PLAN,
        {
            "move_id": rows.move_id,
            "target_root": rows.root,
            "layout": rows.layout,
            "source": rows.source,
            "target": rows.target,
            "operation": rows.operation,
            "status": status,
            "reason": reason,
            "belongs_to": rows.belongs_to,
            **dict(zip(IDENTITY, zip(*rows.who, strict=True), strict=True) if rows.who else {}),
        },
    )
    planned.attrs = labels.attrs
    about = {"target_root": root, "target_root_existed": listing.holds(root), "layout": profile.name}
    if existing is None and about["target_root_existed"]:
        about["file_system"] = disk.file_system(str(schema.to_path(root)))  # another disk may be mounted there tomorrow
    return note(planned, "plan", {**about, "on_conflict": on_conflict, "names": names})


def _placed(labels: "pd.DataFrame", settings: Settings, listing: Listing) -> tuple[Rows, list[str], list[str | None]]:
    """Where every row should go, its status and its reason.

    Some are given a place whose holder turns out to stay: they are named anew, knowing that, or left in conflict.
    """
    doubts, who = _doubts(labels), _identities(labels)
    files = list(_each_file(labels, doubts, who, aside=f"{settings.root.rstrip('/')}/{ASIDE}/"))
    ids = _move_ids(len(files))
    stays: frozenset[int] = frozenset()
    while True:
        rows = _rows(labels, Targets(files, settings, listing, stays), ids, doubts, who)
        status, reason = judge(rows, listing)
        stuck = frozenset(i for i, verdict in enumerate(status) if verdict != "ready")
        taken = any(
            verdict == "conflict" and (why or "").startswith("target_exists")
            for verdict, why in zip(status, reason, strict=True)
        )
        if settings.on_conflict == "conflict" or not taken or stuck <= stays:
            return rows, status, reason
        stays |= stuck


def _rows(
    labels: "pd.DataFrame", targets: Targets, ids: list[str], doubts: list[str | None], who: list[Numbers]
) -> Rows:
    settings, links = targets.settings, _links(labels)
    return Rows(
        source=_texts(labels, "path"),
        target=[None if skip else cell for cell, skip in zip(targets.target, targets.skip, strict=True)],
        operation=["skip" if skip else settings.operation for skip in targets.skip],
        root=[settings.root] * len(labels),
        layout=[settings.layout.name] * len(labels),
        move_id=list(ids),
        belongs_to=[None if owner is None else ids[owner] for owner in targets.owner],
        reason=[skip or note or linked for skip, note, linked in zip(targets.skip, targets.note, links, strict=True)],
        doubt=doubts,
        who=who,
    )


def _links(labels: "pd.DataFrame") -> list[str | None]:
    """What to know of a file that has other names: a seeding client may hold one of them."""
    return [
        f"nlink: it has {count} names, and the others stay" if count is not None and count > 1 else None
        for count in wholes(labels, "nlink")
    ]


def check(plan: "pd.DataFrame", *, existing: "pd.DataFrame | Iterable[Any] | None" = None) -> "pd.DataFrame":
    """Judge a plan again, after it was edited, filtered, joined with others or loaded: `status` and `reason` are rewritten.

    Only `source`, `target` and `operation` are needed; the rest of `schema.PLAN`, and `needs_review`, `playable` and
    `probe_error`, are heeded where they are there. Only the target's folders are looked at; `existing` stands for them
    as in `plan`. Twice is the same as once. Raises MissingColumns.

    >>> import mediaorg as mo, pandas as pd
    >>> labels = pd.DataFrame({"path": ["/in/a.mkv"], "media_type": ["movie"], "title": ["A"]})
    >>> edited = mo.plan(labels, "/library", existing=[])
    >>> edited.loc[0, "target"] = "/elsewhere/a.mkv"
    >>> check(edited, existing=[]).loc[0, ["status", "reason"]].tolist()
    ['blocked', 'outside_root: /elsewhere/a.mkv is not below /library']
    """
    schema.need(plan, "source", "target", "operation", stage="check")
    rows = Rows(
        source=_texts(plan, "source"),
        target=_texts(plan, "target"),
        operation=_texts(plan, "operation"),
        root=_texts(plan, "target_root"),
        layout=_texts(plan, "layout"),
        move_id=_texts(plan, "move_id"),
        belongs_to=_texts(plan, "belongs_to"),
        reason=_texts(plan, "reason"),
        doubt=_doubts(plan),
        who=_identities(plan),
    )
    status, reason = judge(rows, listing_of(existing, rows.root))
    judged = plan.copy()
    for name, said in (("status", status), ("reason", reason)):
        judged[name] = schema.series(schema.COLUMNS[name], said, plan.index)
    judged.attrs = dict(plan.attrs)
    return judged


# ---- settings ----


def _layout(layout: str | Layout) -> Layout:
    if isinstance(layout, Layout):
        if LAYOUTS.get(layout.name, layout) != layout:
            raise BadSetting(f"the layout {layout.name!r} is a server's; give your own another name")
        return layout
    one_of("layout", layout, tuple(LAYOUTS))
    return LAYOUTS[layout]


def _expanded(target: str | os.PathLike[str]) -> str:
    return os.path.expanduser(os.fspath(target))  # noqa: PTH111 (a Path would be made a path twice)


def listing_of(existing: "pd.DataFrame | Iterable[Any] | None", roots: Iterable[str | None]) -> Listing:
    """The disk, or the paths that stand for it; those that are relative are so to the library."""
    import pandas as pd

    if existing is None:
        return Listing(collision_key)
    if isinstance(existing, pd.DataFrame):
        schema.need(existing, "path", stage="existing")
        existing = existing["path"]
    if isinstance(existing, str | bytes | os.PathLike):
        existing = [existing]
    if isinstance(existing, pd.Series):
        paths = [str(cell) for cell in existing.dropna().tolist()]
    else:
        paths = [schema.from_path(path) for path in list[Any](existing)]
    known = sorted({root for root in roots if root is not None})
    return Listing(
        collision_key,
        given=[
            full
            for path in paths
            for full in ([path] if path.startswith("/") or not known else [f"{root}/{path}" for root in known])
        ],
    )


def _move_ids(count: int) -> list[str]:
    begin = uuid4().hex[:20]
    return [f"{begin}{number:06x}" for number in range(count)]


# ---- cells ----


def _texts(frame: "pd.DataFrame", name: str) -> list[str | None]:
    return [
        None if cell is None or cell == "" else cell if isinstance(cell, str) else _text(cell)
        for cell in cells(frame, name)
    ]


def _text(cell: Any) -> str:
    return schema.from_path(cell) if isinstance(cell, os.PathLike) else str(cell)


def _identities(frame: "pd.DataFrame") -> list[Numbers]:
    """By what each file is known again, as far as the table has it."""
    return list(zip(*(wholes(frame, name) for name in IDENTITY), strict=True))


def _doubts(frame: "pd.DataFrame") -> list[str | None]:
    columns = (cells(frame, name) for name in ("needs_review", "playable", "probe_error"))
    doubts = [_doubt(*row) for row in zip(*columns, strict=True)]
    for name, least in (("year", 1), ("season", 0), ("part", 1)):
        for at, (cell, number) in enumerate(zip(cells(frame, name), wholes(frame, name), strict=True)):
            if cell is not None and (number is None or number < least) and doubts[at] is None:
                doubts[at] = f"bad_label: {name} {cell!r} is no number of its kind"
    return doubts


def _doubt(ask: Any, plays: Any, error: Any) -> str | None:
    if truth(plays) is False:
        return "not_playable: see probe_error"
    if plays is None and error:  # it took too long, or could not be read: nobody knows what it is
        return f"not_looked_at: {error}"
    return "needs_review: a person should look first" if truth(ask) is True else None


# ---- rows ----


_PROVIDERS: Final = ("tmdb", "tvdb", "imdb")


def _ids(labels: "pd.DataFrame") -> Iterator[tuple[tuple[str, str], ...]]:
    if not any(f"{name}_id" in labels.columns for name in _PROVIDERS):
        yield from [()] * len(labels)
        return
    columns = [[None if cell is None else _id(cell) for cell in cells(labels, f"{name}_id")] for name in _PROVIDERS]
    for row in zip(*columns, strict=True):
        yield tuple((provider, cell) for provider, cell in zip(_PROVIDERS, row, strict=True) if cell)


def _id(cell: Any) -> str:
    number = whole(cell)  # 348.0, where some rows have none
    return str(cell) if number is None else str(number)


def _each_file(labels: "pd.DataFrame", doubts: list[str | None], who: list[Numbers], *, aside: str) -> Iterator[File]:
    def text(name: str) -> list[str | None]:
        return _texts(labels, name)

    def number(name: str) -> list[int | None]:
        return wholes(labels, name)

    for row in zip(
        text("path"), text("kind"), text("media_type"), text("title"), number("year"), number("season"),
        cells(labels, "episodes"), cells(labels, "absolute_episodes"), cells(labels, "date"), text("episode_title"),
        number("part"), text("edition"), text("extra_type"), text("extra_of"), number("quality"), text("screen_size"),
        doubts, who, _ids(labels), _contents(labels, who), strict=True,
    ):  # fmt: skip
        (path, kind_, media_type, title, year, season, episodes, absolute, date, episode_title, part, edition, extra_type, extra_of,
         quality, screen_size, doubt, identity, ids, content) = row  # fmt: skip
        source = "" if path is None else plain_path(path)
        name = source.rpartition("/")[2]
        stem, suffix = split_suffix(name)
        kind_ = kind_ or (VIDEO if media_type in _PLACED and kind(suffix) == "other" else kind(suffix))
        skip = _why_skip(kind_, media_type, suffix) if path is not None else None
        if source.startswith(aside):
            skip = "set_aside: it was set aside as a worse copy; take it from there yourself"
        work = None
        if kind_ == VIDEO and media_type in _PLACED and path is not None:
            numbered = numbers(episodes) or numbers(absolute)
            work = Work(
                media_type, title, year, season, numbered, day(date), episode_title, part, edition, extra_type,
                name=str(schema.to_path(stem)) if "\\" in stem else stem, ids=ids,
            )  # fmt: skip
        yield File(
            source, kind_, work, None if extra_of is None else plain_path(extra_of), quality, screen_size, doubt is not None,
            skip, identity, content,
        )  # fmt: skip


def _contents(labels: "pd.DataFrame", who: list[Numbers]) -> list[Hashable]:
    """What tells whether two files have the same content: the hash of the whole, or one file under two names."""
    hashes = zip(cells(labels, "content_hash"), cells(labels, "hash_of"), strict=True)
    names = zip(wholes(labels, "nlink"), who, strict=True)
    return [
        content if content is not None and of == "whole" else identity[2:] if count is not None and count > 1 else None
        for (content, of), (count, identity) in zip(hashes, names, strict=True)
    ]


def _why_skip(kind_: str, media_type: str | None, suffix: str) -> str | None:
    if kind_ in SIDECARS:
        return None
    if kind_ != VIDEO:
        return f"{kind_}: {suffix or 'a file without suffix'} is neither video nor sidecar"
    if media_type is None:
        return "no_label: what it is is not known"
    if media_type not in _PLACED:
        return f"other: {media_type!r} has no place in a library"
    return None
