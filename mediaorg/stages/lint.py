"""lint: a plan read back as a media server would read the library it makes. What is read otherwise than labelled is told.

The reading (`rules.servers`) follows the servers' documentation and source, and knows nothing of how targets are made.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mediaorg import schema
from mediaorg.errors import BadSetting
from mediaorg.io.listing import Listing, plain_path
from mediaorg.rules.collisions import folded
from mediaorg.rules.kinds import VIDEO, kind
from mediaorg.rules.layouts import title_of
from mediaorg.rules.safe_names import component, split_suffix
from mediaorg.rules.servers import EXTRA_TYPES, SERVERS, Taken, read
from mediaorg.stages.cells import cells, wholes
from mediaorg.stages.labelled import day, numbers
from mediaorg.stages.plan import listing_of
from mediaorg.stages.tables import one_of
from mediaorg.stages.verdicts import MOVES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["lint"]

_CUT: Final = 60  # letters; a longer title may have been cut
_WORKS: Final = ("movie", "episode", "extra", "home_video")


def lint(
    plan: "pd.DataFrame",
    *,
    server: str | None = None,
    existing: "pd.DataFrame | Iterable[Any] | None" = None,
) -> "pd.DataFrame":
    """Say what a server would take each target for: same rows, order and index, with `schema.LINT` added.

    The whole library is read as it will be: the targets of the plan together with what stands in their folders, since
    servers join and merge files that lie side by side. `taken_for` is what the server sees. `lint` says what of the
    label it would read otherwise, and is missing where all is well; so a ready row's `reason` says it too.

    plan: from `plan`, with its label columns. server: "jellyfin", "plex" or "kodi"; None is that of the plan's layout.
    existing: as in `plan`. Raises MissingColumns, BadSetting.

    >>> import mediaorg as mo, pandas as pd
    >>> labels = pd.DataFrame({"path": ["/in/a.mkv"], "media_type": ["movie"], "title": ["Alien"], "edition": ["Final Cut"]})
    >>> planned = mo.plan(labels, "/library", existing=[])
    >>> lint(planned, existing=[])["taken_for"].tolist()
    ['movie: Alien, version Final Cut']
    >>> lint(planned.assign(target="/library/Movies/Alien/Alien.mkv"), existing=[])["lint"].tolist()
    ["jellyfin reads no edition, not 'Final Cut'"]
    """
    schema.need(plan, "source", "target", "operation", "status", "target_root", "media_type", "title", stage="lint")
    rows = list(_rows(plan))
    taken_for: list[str | None] = [None] * len(plan)
    said: list[str | None] = [None] * len(plan)
    by_library: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        if row.below is not None:
            by_library.setdefault((_server(row.layout, server), row.root), []).append(row)
    for (name, root), mine in by_library.items():
        standing = _standing(mine, root, listing_of(existing, [root]))
        for row, taken in zip(mine, read(name, [row.below or "" for row in mine] + standing), strict=False):
            differs = list(_differences(row, taken, name, rows, mine))
            taken_for[row.at] = _in_words(taken)
            said[row.at] = f"{name} {', '.join(differs)}" if differs else None
    linted = schema.widen(plan, schema.LINT, {"taken_for": taken_for, "lint": said})
    reasons = [
        f"lint: {words}" if words and row.status == "ready" and not row.reason else row.reason
        for words, row in zip(said, rows, strict=True)
    ]
    linted["reason"] = schema.series(schema.COLUMNS["reason"], reasons, plan.index)
    return linted


def _server(layout: str | None, asked: str | None) -> str:
    if asked is None and layout not in SERVERS:
        raise BadSetting(f"the layout {layout!r} is no server's; say whom to read it as, as in server='jellyfin'")
    server = asked or layout or ""
    one_of("server", server, tuple(SERVERS))
    return server


# ---- the plan, row by row


@dataclass(frozen=True, slots=True)
class _Row:
    """What a reading is compared with: one row of the plan, None where a cell is missing."""

    at: int
    source: str | None
    root: str
    below: str | None  # the target, below the root; None where nothing will be there
    leaves: bool
    status: str | None
    reason: str | None
    layout: str | None
    kind: str
    move_id: Any
    belongs_to: Any
    media_type: str | None
    title: Any
    year: int | None
    season: int | None
    episodes: tuple[int, ...]
    date: str | None
    part: int | None
    edition: Any
    extra_type: str | None
    extra_of: int | None  # the row of its owner


def _rows(plan: "pd.DataFrame") -> Iterator[_Row]:
    sources = cells(plan, "source")
    by_path = {plain_path(cell): at for at, cell in enumerate(sources) if cell is not None}
    names = (
        "target_root", "target", "operation", "status", "reason", "layout", "kind", "move_id", "belongs_to",
        "media_type", "title", "episodes", "absolute_episodes", "date", "edition", "extra_type", "extra_of",
    )  # fmt: skip
    counts = (wholes(plan, name) for name in ("year", "season", "part"))
    columns = zip(sources, *(cells(plan, name) for name in names), *counts, strict=True)
    for at, (source, root, target, operation, status, reason, layout, kind_, move_id, belongs_to, media_type, title,
             episodes, absolute, date, edition, extra_type, extra_of, year, season, part) in enumerate(columns):  # fmt: skip
        root = str(root or "").rstrip("/")
        goes = operation in MOVES and status != "blocked" and root and str(target or "").startswith(f"{root}/")
        known = VIDEO if media_type in _WORKS else kind_ or kind(split_suffix(str(source or ""))[1])
        yield _Row(
            at, source, root, target[len(root) + 1 :] if goes else None, operation == "move", status, reason, layout, known,
            move_id, belongs_to, media_type, title, year, season, numbers(episodes) or numbers(absolute), day(date), part,
            edition, extra_type, None if extra_of is None else by_path.get(plain_path(extra_of)),
        )  # fmt: skip


def _standing(rows: list[_Row], root: str, listing: Listing) -> list[str]:
    """Files that stand in the targets' folders and stay, as paths below the root."""
    leaving = {row.source for row in rows if row.leaves}
    planned = {f"{root}/{row.below}" for row in rows}
    return [
        entry.path[len(root) + 1 :]
        for folder in sorted({target.rpartition("/")[0] for target in planned})
        for entries in listing.folder(folder).values()
        for entry in entries
        if entry.kind == "file" and entry.path not in leaving and entry.path not in planned
    ]


# ---- what is read, beside what is labelled


def _differences(row: _Row, taken: Taken, server: str, rows: list[_Row], mine: list[_Row]) -> Iterator[str]:
    wanted = row.media_type if row.kind == VIDEO else row.kind
    if taken.media_type is None and wanted == "extra":
        return  # it is not shown, which harms nobody
    if taken.media_type is None:
        yield f"does not read it ({taken.why})"
    elif taken.media_type != wanted:
        yield f"reads {_a(taken.media_type)}, not {_a(wanted)}"
    elif row.kind != VIDEO:
        owner = _owner(taken, mine)
        if isinstance(taken.owner, int) and (owner is None or row.belongs_to != owner.move_id):
            yield "reads it as another video's"
    elif wanted == "extra":
        whose = row if row.extra_of is None else rows[row.extra_of]
        whose = whose if whose.media_type in ("movie", "episode") and whose.title else row
        yield from _other_title(whose, _owner_title(taken, mine))
        if row.extra_type in EXTRA_TYPES[server]:
            yield from _differ("extra_type", taken.extra_type, row.extra_type)
    elif wanted != "home_video":
        others = [mine[at] for at in {*taken.versions, *taken.stack} if at < len(mine)]
        if (other := next((one for one in others if _work(one) != _work(row)), None)) is not None:
            yield f"reads it as one with {other.source}"
        yield from _other_title(row, taken.title)
        if None not in (taken.year, row.year):
            yield from _differ("year", taken.year, row.year)
        yield from _differ("part", taken.part, row.part)
        if wanted == "movie":  # no server shows one of an episode
            yield from _other_edition(row.edition, taken)
        if wanted == "episode" and row.episodes:
            yield from _differ("season", taken.season, 1 if row.season is None else row.season)
            yield from _differ("episodes", taken.episodes, tuple(sorted(set(row.episodes))))
        elif wanted == "episode":
            yield from _differ("date", taken.date, row.date)


def _work(row: _Row) -> tuple[object, ...]:
    """What files of one entry have in common."""
    numbers = (1 if row.season is None else row.season, row.episodes) if row.episodes else (row.date,)
    return (folded(str(row.title)), row.year, *(numbers if row.media_type == "episode" else ()))


def _other_title(row: _Row, title: str | None) -> Iterator[str]:
    if row.title is None:
        return
    shown, wanted = title_of(title or "")[0], title_of(component(str(row.title)))[0]
    if shown != wanted and not (len(shown) > _CUT and wanted.startswith(shown)):
        yield f"reads {f'the title {title!r}' if title else 'no title'}, not {str(row.title)!r}"


def _owner(taken: Taken, mine: list[_Row]) -> _Row | None:
    """The row of the plan it is shown with; None for a folder, and for a video that stands there and stays."""
    return mine[taken.owner] if isinstance(taken.owner, int) and taken.owner < len(mine) else None


def _owner_title(taken: Taken, mine: list[_Row]) -> str | None:
    """The title of what an extra is shown with: a video of the plan, or a folder."""
    if isinstance(taken.owner, int):
        owner = _owner(taken, mine)
        return None if owner is None or owner.title is None else str(owner.title)
    parts = (taken.owner or "").split("/")
    return parts[1] if len(parts) > 1 else None  # Shows/Lost (2004)/Season 01


def _other_edition(edition: Any, taken: Taken) -> Iterator[str]:
    """Servers without editions show them as the label of a version, cut short where they are long."""
    wanted, shown = _letters(edition), _letters(taken.edition or taken.version)
    if wanted and not (shown and (shown.startswith(wanted) or wanted.startswith(shown))):
        yield f"reads {repr(taken.edition) if taken.edition else 'no edition'}, not {str(edition)!r}"
    elif taken.edition and not wanted:
        yield f"reads the edition {taken.edition!r}, not none"


def _letters(text: object) -> str:
    return "" if text is None else "".join(letter for letter in folded(str(text)) if letter.isalnum())


def _differ(name: str, read_: object, labelled: object) -> Iterator[str]:
    if read_ != labelled:
        yield f"reads {name} {_shown(read_)}, not {_shown(labelled)}"


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return "-".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def _a(media_type: str | None) -> str:
    return {
        None: "nothing",
        "episode": "an episode",
        "extra": "an extra",
        "home_video": "a home video",
        "nfo": "an nfo",
    }.get(media_type, f"a {media_type}")


def _in_words(taken: Taken) -> str:
    """What a server sees, in a line: "episode: Lost (2004) S01E02, part 1"."""
    if taken.media_type is None:
        return f"nothing: {taken.why}"
    name = str(taken.title or "") + ("" if taken.year is None else f" ({taken.year})")
    if taken.episodes:
        name += f" S{taken.season or 0:02}E" + "-E".join(f"{each:02}" for each in taken.episodes)
    elif taken.date:
        name += f" {taken.date}"
    more = [(word, getattr(taken, word)) for word in ("part", "edition", "version", "extra_type", "language")]
    words = [name, *(f"{word.removesuffix('_type')} {value}" for word, value in more if value is not None)]
    return f"{taken.media_type}: {', '.join(word for word in (*words, *sorted(taken.flags)) if word)}"
