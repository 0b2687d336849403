"""classify: what every file is, by its name, its folders and its neighbours, and if asked to, a model and a catalogue."""

import os
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from mediaorg import schema
from mediaorg.io.loop import in_thread, thinking
from mediaorg.io.names_engine import KEPT, quick, thorough
from mediaorg.io.progress import Follower, Progress
from mediaorg.io.stopping import STOPPED, stoppable
from mediaorg.records import AI, Catalogue, Label, Limits
from mediaorg.rules.days import iso_day
from mediaorg.rules.folders import context, is_generic, season_of
from mediaorg.rules.kinds import VIDEO
from mediaorg.rules.kinds import kind as kind_of_suffix
from mediaorg.rules.names import bare, day_order, plain, same, stem_of
from mediaorg.rules.settle import Parsers, Seen, settle
from mediaorg.stages.ai import asked_of, taken_ai
from mediaorg.stages.canonical import taken_catalogue
from mediaorg.stages.cells import cells
from mediaorg.stages.corrections import Corrections, Given
from mediaorg.stages.recorded import recorded
from mediaorg.stages.scan import taken
from mediaorg.stages.tables import Files, note, stopped

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["classify"]

_CHUNK: Final = 64  # rows between two looks at the stop sign: about 0.4 s, if all must be asked of guessit
_FIELDS: Final = tuple(field.name for field in fields(Label))


async def classify(
    files: Files,
    *,
    ai: AI | str | bool | None = None,
    catalogue: Catalogue | None = None,
    corrections: Given = None,
    limits: Limits | None = None,
    cache: bool | str | os.PathLike[str] = True,
    progress: Follower = None,
) -> "pd.DataFrame":
    """Label every file: the same rows, order and index, and the columns of `schema.LABELS`.

    files: a frame with at least `path`, a list of paths, or a folder, which is scanned; otherwise nothing is looked at
        on the disk, so no file need exist. `root`, `kind`, `duration` [s] and `creation_time` are used where the frame has them.
    corrections: a frame of `path` or `folder` (a path cell) and any label columns; what it says outranks every guess,
        and what was said before. A `path` outranks a `folder`, and a nearer folder one further up. Whatever is given,
        what `correct` has kept in the user's store is said again; a path reads that store instead, False none.
    ai: None asks nobody. True, the name of a model, or an `AI` is the consent to send names below the root, and nothing
        else, of the files that stay doubtful (`ai_preview` shows them, `ai_estimate` says what they cost). Answers are
        checked against the names; one that does not hold, and whatever goes wrong with a server, leaves the offline
        label and the reason in `label_error`, one word first: ``ai_rejected: ...``, ``ai_rate: ...``. What was asked
        and what it took stands in ``attrs["mediaorg"]["classify"]["ai"]``.
    catalogue: an `IMDb`, a `TVmaze`, or any `Catalogue`: where it knows a film or show, its title and year are taken
        and the label is surer; a miss changes nothing, and a doubtful film called by one word, without its year, is told of
        in the evidence alone.
    limits: `timeout_seconds` is the deadline of one request to a model; names are read one after another in one thread.
    cache: whether what other parsers said of a name in an earlier call of this process, and what a model answered in
        any earlier run, may be used again; a path is the file that holds the answers.
    progress: True, False, None (shown in a terminal or notebook), or a callable ``(phase, done, total)``.

    Below a confidence of 0.7, or without a title where one is needed, `needs_review` is True. What is wrong with a name
    is a value in `label_error`. Raises BadSetting and MissingColumns.

    >>> import mediaorg as mo
    >>> labels = mo.run(mo.classify(["Some Show/Season 2/Some Show S02E05.mkv"], progress=False))
    >>> labels.loc[0, ["media_type", "title", "episodes"]].tolist()
    ['episode', 'Some Show', (5,)]
    """
    whom, titles = taken_ai(ai), taken_catalogue(catalogue)
    limits = Limits.of(limits)
    facts: dict[str, Any] = {}
    with stoppable() as stop:
        frame = await taken(files, stage="classify", progress=progress)
        told = await in_thread(partial(Corrections.of, corrections))
        parsers = (
            Parsers(quick, thorough) if cache is not False else Parsers(*(_anew(ask) for ask in (quick, thorough)))
        )
        rows = await thinking(partial(_rows, frame))
        async with recorded("classify", limits) as run:
            with Progress(progress, "classify", len(rows)) as bar:
                labels = await thinking(partial(_labelled, rows, parsers, stop, bar.advance), stop=stop)
            labels = await thinking(partial(told.over, frame, labels))
            names = [row.name if row.kind == VIDEO else None for row in rows]
            if titles is not None:
                labels = await titles.over(names, labels, stop=stop)
            if whom is not None:
                known = None if titles is None else titles.known
                labels, facts["ai"] = await asked_of(
                    whom, frame, labels, limits=limits, cache=cache, progress=progress, known=known, stop=stop
                )
            if titles is not None:
                labels = await titles.over(names, labels, stop=stop) if whom is not None else labels
                facts["catalogue"] = titles.facts()
            columns = {name: [getattr(label, name) for label in labels] for name in _FIELDS}
            wide = schema.widen(frame, schema.LABELS, columns)
            run.tell(wide, error="label_error", **facts)
    return stopped(note(wide, "classify", facts) if facts else wide, stop)


def _anew(ask: Any) -> Any:
    """`ask` with a memory of its own: once a name in this run, in any case."""
    return lru_cache(maxsize=KEPT)(ask.__wrapped__)


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
    if (
        root is not None and folders and season_of(plain(folders[0])) is not None
    ):  # scan("TV/Lost"): the root is the show
        folders.insert(0, str(root).rstrip("/").rpartition("/")[2])
    sort = str(kind) if kind is not None else _kind(name)
    seconds = float(duration) if isinstance(duration, (int, float)) and duration == duration else None
    written = re.match(r"(\d{4})-(\d\d)-(\d\d)", str(taken)) if taken is not None else None
    day = iso_day(int(written[1]), int(written[2]), int(written[3])) if written else None
    return _Row(cell, tuple(folders), name, sort, seconds, day)


def _kind(name: str) -> str:
    """By suffix; a name that ends in nothing like one ("Some Show S01E02", "Mr. Robot") is taken for a video's."""
    suffix = re.search(
        r"(?<=.)\.(?!\d+[pi]$|[xh]26[45]$)(?=\w*[a-z])[a-z0-9]{1,4}$|^\.\w+$|\.torrent$|\.crdownload$|~$",
        name,
        re.IGNORECASE,
    )
    return kind_of_suffix(suffix[0]) if suffix else VIDEO


_NOT_REACHED: Final = Label(confidence=0.0, needs_review=True, label_error=STOPPED)


def _labelled(
    rows: Sequence[_Row], parsers: Parsers, stop: threading.Event, advance: Callable[[int], object]
) -> list[Label]:
    neighbours = _neighbours(rows)
    labels: list[Label] = []
    while len(labels) < len(rows) and not stop.is_set():
        chunk = range(len(labels), min(len(labels) + _CHUNK, len(rows)))
        labels += [_label(rows[at], neighbours[at], parsers) for at in chunk]
        if not stop.is_set():  # or the run may be over
            advance(len(chunk))
    left = [_NOT_REACHED] * (len(rows) - len(labels))
    return [*_together(rows[: len(labels)], labels), *left]


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
                if shape != "#" or not is_generic(row.folders[-1]):  # Downloads/12 Angry Men
                    shapes[row.folders, shape].append((number, at))
    orders = {folder: day_order(within) for folder, within in names.items()}
    found = [
        Seen(
            row.duration,
            row.creation_day,
            order=orders.get(row.folders) if row.kind == VIDEO else None,
            videos=len(names.get(row.folders, "1")),
        )
        for row in rows
    ]
    for group in shapes.values():
        counted = _counted([number for number, _ in group])
        if counted is not None:
            within = [rows[at].name for _, at in group]
            films, plainly = _are_films(within), _count_plainly(within, [number for number, _ in group])
            for _, at in group:
                found[at] = replace(
                    found[at], counting=not films, hundreds=counted, films=films, plainly=plainly, counted=len(group)
                )
    return found


_YEAR: Final = re.compile(r"(?<=[ ._(\[])((?:19|20)\d\d)(?=[ ._)\]]|$)(?![-. ]\d\d[-. ]\d\d)")
_MOSTLY: Final = 0.6


def _are_films(names: Sequence[str]) -> bool:
    """Most have a year, and not all the same: "1 - Some Film (1985)", "2 - Some Film (1989)"."""
    years = [found[1] for name in names if (found := _YEAR.search(stem_of(name), 1))]
    return len(years) >= _MOSTLY * len(names) and len(set(years)) > 1


def _count_plainly(names: Sequence[str], numbers: Sequence[int]) -> bool:
    """As only episodes do: with a zero before the ones, or far."""
    return max(numbers) >= 10 or any(re.search(r"(?<!\d)0\d", name) for name in names)


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
    for place, members in folders.items():
        _one_title(labels, members, strangers=not place or is_generic(place[-1]))
    works = _Works(labels, folders)
    for place, members in folders.items():
        for at in members:
            if labels[at].media_type == "extra":
                labels[at] = _owned(rows, labels, labels[at], works, place)
    return labels


class _Works:
    """Where films and episodes lie, by their titles: in a folder, or in those right below it."""

    def __init__(self, labels: Sequence[Label], folders: Mapping[tuple[str, ...], Sequence[int]]) -> None:
        self._at: dict[tuple[str, ...], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for place, members in sorted(folders.items()):
            for at in members:
                if labels[at].media_type in ("movie", "episode"):
                    for where in {place, place[:-1]}:
                        self._at[where][bare(labels[at].title or "")].append(at)

    def near(self, place: tuple[str, ...], title: str | None) -> list[int]:
        """Of the title, in `place` or around it; of no title, all there are, if they are of one work."""
        around = [self._at[where] for where in (place, *([place[:-1]] if len(place) > 1 else [])) if where in self._at]
        if title is not None:
            return [at for works in around for at in works.get(bare(title), ())]
        only = {key for works in around for key in works}
        return [at for works in around for at in works[next(iter(only))]] if len(only) == 1 else []


def _one_title(labels: list[Label], members: list[int], *, strangers: bool) -> None:
    """Episodes of one season folder carry one title: the folder's, if most of them say so, else their own.

    strangers: what lies in that folder may have nothing to do with each other, so nobody's title is lent.
    """
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
        if label.media_type == "episode" and not label.title and not strangers:
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


def _owned(rows: Sequence[_Row], labels: Sequence[Label], extra: Label, works: _Works, place: tuple[str, ...]) -> Label:
    """`extra` with its owner: the work of its title near it, the same episode if it names one."""
    fits = works.near(place, extra.title)
    fits = [at for at in fits if extra.year is None or labels[at].year in (None, extra.year)]
    fits = [at for at in fits if extra.episodes is None or labels[at].episodes == extra.episodes] or fits
    if not fits:
        return extra
    fits.sort(key=lambda at: rows[at].cell or "")  # the first by name, in whatever order the rows came
    owner = labels[fits[0]]
    return replace(extra, extra_of=rows[fits[0]].cell, title=owner.title, year=extra.year or owner.year)
