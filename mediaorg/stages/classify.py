"""classify: what every file is, by its name, its folders and its neighbours; no file is touched."""

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from mediaorg import schema
from mediaorg.errors import BadSetting
from mediaorg.io.loop import in_thread
from mediaorg.io.names_engine import KEPT, quick, thorough
from mediaorg.io.progress import Follower, Progress
from mediaorg.records import Label, Limits
from mediaorg.rules.folders import context
from mediaorg.rules.kinds import VIDEO
from mediaorg.rules.kinds import kind as kind_of_suffix
from mediaorg.rules.names import bare, day_order, plain, same, stem_of
from mediaorg.rules.settle import Parsers, Seen, settle
from mediaorg.stages.cells import cells
from mediaorg.stages.corrections import Corrections, Given
from mediaorg.stages.scan import taken
from mediaorg.stages.tables import Files

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["classify", "only_offline"]

_CHUNK: Final = 64  # rows between two looks at the stop sign: about 0.4 s, if all must be asked of guessit
_FIELDS: Final = tuple(field.name for field in fields(Label))


async def classify(
    files: Files,
    *,
    ai: object = None,
    catalogue: object = None,
    corrections: Given = None,
    limits: Limits | None = None,
    cache: bool = True,
    progress: Follower = None,
) -> "pd.DataFrame":
    """Label every file: the same rows, order and index, and the columns of `schema.LABELS`.

    files: a frame with at least `path`, a list of paths, or a folder, which is scanned; otherwise nothing is looked at
        on the disk, so no file need exist. `root`, `kind`, `duration` [s] and `creation_time` are used where the frame has them.
    corrections: a frame of `path` or `folder` (a path cell) and any label columns; what it says outranks every guess,
        and what was said before. A `path` outranks a `folder`, and a nearer folder one further up. Whatever is given,
        what `correct` has kept in the user's store is said again; a path reads that store instead, False none.
    ai, catalogue: must be None: this version labels offline only.
    limits: taken as every stage takes them; names are read one after another in one thread, so nothing here is bounded.
    cache: whether what other parsers said of a name in an earlier call of this process may be used again.
    progress: True, False, None (shown in a terminal or notebook), or a callable ``(phase, done, total)``.

    Below a confidence of 0.7, or without a title where one is needed, `needs_review` is True. What is wrong with a name
    is a value in `label_error`. Raises BadSetting and MissingColumns.

    >>> import mediaorg as mo
    >>> labels = mo.run(mo.classify(["Some Show/Season 2/Some Show S02E05.mkv"], progress=False))
    >>> labels.loc[0, ["media_type", "title", "episodes"]].tolist()
    ['episode', 'Some Show', (5,)]
    """
    only_offline(ai=ai, catalogue=catalogue)
    Limits.of(limits)
    frame = await taken(files, stage="classify", progress=progress)
    told = await in_thread(partial(Corrections.of, corrections))
    parsers = Parsers(quick, thorough) if cache else Parsers(*(_anew(ask) for ask in (quick, thorough)))
    rows = _rows(frame)
    stop = threading.Event()
    with Progress(progress, "classify", len(rows)) as bar:
        labels = await in_thread(partial(_labelled, rows, parsers, stop, bar.advance), stop=stop)
    labels = await in_thread(partial(told.over, frame, labels))
    return schema.widen(frame, schema.LABELS, {name: [getattr(label, name) for label in labels] for name in _FIELDS})


def _anew(ask: Any) -> Any:
    """`ask` with a memory of its own: once a name in this run, in any case."""
    return lru_cache(maxsize=KEPT)(ask.__wrapped__)


def only_offline(**asked: object) -> None:
    """Raise BadSetting naming what of `asked` would take more than this version has."""
    for name, value in asked.items():
        if value is not None:
            raise BadSetting(f"{name} must be None: this version labels offline only")


# ---- rows ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    cell: str | None
    folders: tuple[str, ...]
    name: str
    kind: str
    duration: float | None
    creation_day: str | None


def _rows(frame: "pd.DataFrame") -> list[_Row]:
    columns = zip(*(cells(frame, name) for name in ("path", "root", "kind", "duration", "creation_time")), strict=True)
    return [_row(*values) for values in columns]


def _row(path: Any, root: Any, kind: Any, duration: Any, taken: Any) -> _Row:
    cell = None if path is None else str(path)
    inside = cell or ""
    if root is not None and inside.startswith(str(root).rstrip("/") + "/"):
        inside = inside[len(str(root).rstrip("/")) + 1 :]
    *folders, name = inside.split("/")
    folders = [folder for folder in folders if folder not in ("", ".", "..")]
    sort = str(kind) if kind is not None else _kind(name)
    seconds = float(duration) if isinstance(duration, (int, float)) and duration == duration else None
    day = str(taken)[:10] if taken is not None and re.match(r"\d{4}-\d\d-\d\d", str(taken)) else None
    return _Row(cell, tuple(folders), name, sort, seconds, day)


def _kind(name: str) -> str:
    """By suffix; a name that ends in nothing like one ("Some Show S01E02", "Mr. Robot") is taken for a video's."""
    suffix = re.search(
        r"(?<=.)\.(?!\d+[pi]$|[xh]26[45]$)(?=\w*[a-z])[a-z0-9]{1,4}$|^\.\w+$|\.torrent$|\.crdownload$|~$",
        name,
        re.IGNORECASE,
    )
    return kind_of_suffix(suffix[0]) if suffix else VIDEO


def _labelled(
    rows: Sequence[_Row], parsers: Parsers, stop: threading.Event, advance: Callable[[int], object]
) -> list[Label]:
    neighbours = _neighbours(rows)
    labels: list[Label] = []
    while len(labels) < len(rows) and not stop.is_set():
        chunk = range(len(labels), min(len(labels) + _CHUNK, len(rows)))
        labels += [_label(rows[at], neighbours[at], parsers) for at in chunk]
        advance(len(chunk))
    return labels if stop.is_set() else _together(rows, labels)


def _label(row: _Row, seen: Seen, parsers: Parsers) -> Label:
    if row.cell is None or not row.name:
        return Label("other", confidence=0.0, evidence="no name", needs_review=True, label_error="path: there is none")
    if row.kind != VIDEO:
        return Label(
            "other", label_source="name", confidence=0.95, evidence=f"{row.kind}, not a video", needs_review=False
        )
    return settle(row.name, context(row.folders), parsers, seen)


# ---- neighbours ------------------------------------------------------------------------------------------------


def _neighbours(rows: Sequence[_Row]) -> list[Seen]:
    """What the other files of a row's folder tell of it, a row each."""
    shapes: dict[tuple[tuple[str, ...], str], list[tuple[int, int]]] = defaultdict(list)
    names: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for at, row in enumerate(rows):
        if row.kind == VIDEO and row.folders:
            names[row.folders].append(row.name)
            for shape, number in _shapes(plain(stem_of(row.name))):
                shapes[row.folders, shape].append((number, at))
    orders = {folder: day_order(within) for folder, within in names.items()}
    found = [
        Seen(row.duration, row.creation_day, order=orders.get(row.folders) if row.kind == VIDEO else None)
        for row in rows
    ]
    for group in shapes.values():
        counted = _counted([number for number, _ in group])
        if counted is not None:
            years = [_YEAR.search(rows[at].name) for _, at in group]
            films = all(years) and len({year[1] for year in years if year}) == len(group) > 1
            for _, at in group:
                found[at] = replace(found[at], counting=not films, hundreds=counted, films=films)
    return found


_YEAR: Final = re.compile(r"[(\[]((?:19|20)\d\d)[)\]]")


def _counted(numbers: Sequence[int]) -> int | None:
    """In how many hundreds `numbers` of one shape lie, if they count up at all.

    "Show - 07", "Show - 08" count up, as "01 Pilot", "02 Two" do; "Show 101", "Show 102", "Show 201" lie in two hundreds
    and are 1x01, 1x02, 2x01. 0 hundreds: the numbers run on through them, or there are others.
    """
    each = sorted(set(numbers))
    near = sum(two - one <= 3 for one, two in pairwise(each))
    many = len(each) >= 3 and near >= 0.6 * (len(each) - 1)
    two = len(each) == 2 and each[1] - each[0] == 1
    return _hundreds(each) if many or two else None


def _hundreds(numbers: Sequence[int]) -> int:
    """In how many hundreds `numbers` lie, if each begins at its first three and ends before its fortieth; else 0."""
    first = {number // 100: number % 100 for number in reversed(numbers)}
    begun = all(1 <= number <= 3 for number in first.values()) and min(first) > 0
    return len(first) if begun and all(1 <= number % 100 <= 40 for number in numbers) else 0


def _shapes(stem: str) -> list[tuple[str, int]]:
    leading = re.match(r"(\d{1,4})(?![\dpix])[ ._-]*", stem)
    if leading and not re.fullmatch(r"19\d\d|20[0-3]\d", leading[1]):
        return [("#", int(leading[1]))]
    trailing = re.match(r"(.*?[^\W\d_].*?)[ ._-]+(\d{1,5})(?=$|[ ._]*[-(\[])", stem)
    if trailing and not re.fullmatch(r"19\d\d|20[0-3]\d", trailing[2]):
        return [(bare(trailing[1]), int(trailing[2]))]
    return []


def _together(rows: Sequence[_Row], labels: list[Label]) -> list[Label]:
    """Look at the labels of one folder together: one title, one order of day and month, the owner of an extra."""
    folders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        if row.kind == "video":
            folders[row.folders].append(at)
    labels = list(labels)
    for members in folders.values():
        _one_title(labels, members)
    works: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, members in folders.items():
        for at in members:
            if labels[at].media_type in ("movie", "episode"):
                works[place].append(at)
                works[place[:-1]].append(at)
    for place, members in folders.items():
        near = [*works[place], *works[place[:-1]]] if len(place) > 1 else works[place]
        for at in members:
            if labels[at].media_type == "extra":
                labels[at] = _owned(rows, labels, labels[at], near)
    return labels


def _one_title(labels: list[Label], members: list[int]) -> None:
    """Episodes of one season folder carry one title: the folder's, if most of them say so, else their own."""
    episodes = [at for at in members if labels[at].media_type == "episode" and labels[at].title]
    if len(episodes) < 2:
        return
    count: dict[str, int] = defaultdict(int)
    for at in episodes:
        count[bare(labels[at].title or "")] += 1
    key, votes = max(count.items(), key=lambda item: item[1])
    if votes < max(2, 0.6 * len(episodes)):
        return
    best = next(labels[at].title for at in episodes if bare(labels[at].title or "") == key)
    for at in members:
        label = labels[at]
        if label.media_type == "episode" and not label.title:
            labels[at] = replace(
                label,
                title=best,
                label_source="siblings",
                confidence=0.8,
                needs_review=False,
                evidence=f"{label.evidence}; neighbours say '{best}'",
            )
        elif (
            label.media_type == "episode"
            and same(label.title, best)
            and label.confidence is not None
            and 0.7 <= label.confidence < 0.9
        ):
            labels[at] = replace(
                label, confidence=0.9, evidence=f"{label.evidence}; {votes} neighbours say the same title"
            )


def _owned(rows: Sequence[_Row], labels: Sequence[Label], extra: Label, near: Sequence[int]) -> Label:
    """`extra` with its owner: the work of its title among those `near` it, the same episode if it names one."""
    fits = [at for at in near if same(labels[at].title, extra.title)]
    fits = [at for at in fits if extra.year is None or labels[at].year in (None, extra.year)]
    fits = [at for at in fits if extra.episodes is None or labels[at].episodes == extra.episodes] or fits
    if not fits and extra.title is None and len({bare(labels[at].title or "") for at in near}) == 1:
        fits = list(near)
    if not fits:
        return extra
    owner = labels[fits[0]]
    return replace(extra, extra_of=rows[fits[0]].cell, title=owner.title, year=extra.year or owner.year)
