"""What to ask a model about a table of labels: which rows are doubtful, what of their paths may leave, and in what questions."""

import fnmatch
import getpass
import os
import platform
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from mediaorg.records import AI, Label
from mediaorg.rules.checks import Facts, lies_within
from mediaorg.rules.collisions import folded
from mediaorg.rules.folders import is_generic, season_of
from mediaorg.rules.leaving import below, common_folders, leaving, nearest, place_of, root_of
from mediaorg.rules.names import plain, stem_of
from mediaorg.rules.prompts import Question, sendable
from mediaorg.rules.support import is_supported
from mediaorg.stages.cells import cells, whole

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Asked", "doubtful", "labels_of", "questions", "row_questions", "sent_paths"]

_A_FOLDER: Final = 3  # doubtful files, from which on their folder is asked about
_SAMPLES: Final = 6  # names that show how a folder counts
_SUBFOLDERS: Final = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, and the rows it is about: their places in the table, and what is known of each."""

    question: Question
    members: Mapping[int, Facts]


def labels_of(frame: "pd.DataFrame") -> list[Label]:
    """The labels a table has, as records."""
    columns = {name: cells(frame, name) for name in Label.__dataclass_fields__}
    return [_label(dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]


def _label(row: dict[str, Any]) -> Label:
    for name in ("year", "season", "part"):
        row[name] = whole(row[name])
    for name in ("episodes", "absolute_episodes"):
        row[name] = None if row[name] is None else tuple(int(one) for one in row[name])
    row["date"] = None if row["date"] is None else str(row["date"])[:10]
    row["needs_review"] = None if row["needs_review"] is None else bool(row["needs_review"])
    return Label(**row)


def doubtful(labels: Sequence[Label]) -> list[int]:
    """The places of labels a person would have to look at, and nobody has settled: what a model may be asked about."""
    return [
        at
        for at, label in enumerate(labels)
        if label.needs_review and label.label_source not in ("user", "ai", "catalogue")
        and not str(label.label_error or "").startswith(("path:", "stopped:"))
    ]  # fmt: skip


# ---- what may leave --------------------------------------------------------------------------------------------


def sent_paths(frame: "pd.DataFrame") -> list[tuple[str, ...] | None]:
    """Of each row, the part of its path that may leave: folders below the root, and the name; None where there is none.

    Where a row has no root, it is the deepest folder common to all such rows on its side (above a season's folder, its
    show's), and three components at most; where it does not lie below its root, only the name. Whatever a root says, a
    person's home and disk are above it.
    """
    read = cache(root_of)
    places = [None if path is None else place_of(str(path)) for path in cells(frame, "path")]
    roots = [None if root is None else read(str(root)) for root in cells(frame, "root")]
    common = common_folders(place for place, root in zip(places, roots, strict=True) if place and root is None)
    strangers = _own_names()
    sent: list[tuple[str, ...] | None] = []
    for place, root in zip(places, roots, strict=True):
        if place is None:
            sent.append(None)
        else:
            above = nearest(place, common[place.side]) if root is None else below(place, root)
            sent.append(leaving(place, above, strangers=strangers))
    return sent


def _own_names() -> frozenset[str]:
    """What the person and the machine are called."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = ""
    return frozenset(name.casefold() for name in (user, platform.node(), platform.node().partition(".")[0]) if name)


# ---- questions -------------------------------------------------------------------------------------------------


def questions(frame: "pd.DataFrame", labels: Sequence[Label], ai: AI) -> list[Asked]:
    """What to ask about the doubtful rows of `frame`: a show's folder where there are several below it, else each row."""
    sent = sent_paths(frame)
    durations, paths = cells(frame, "duration"), cells(frame, "path")
    works = [
        where
        for where, label in zip(sent, labels, strict=True)
        if where is not None and _is_video(label) and label.media_type != "extra"
    ]
    within, shapes = Counter(where[:-1] for where in works), Counter(map(_shape, works))
    roots, staying = cells(frame, "root"), _Staying(ai.exclude)
    rows = {
        at: Facts(
            where[:-1],
            where[-1],
            labels[at],
            _seconds(durations[at]),
            beside=max(0, within[where[:-1]] - 1),
            alike=max(0, shapes[_shape(where)] - 1),
        )
        for at in doubtful(labels)
        if (where := sent[at]) is not None and where[-1] and not staying.holds(paths[at], roots[at])
    }
    folders: dict[tuple[str, ...], dict[int, Facts]] = defaultdict(dict)
    singles: dict[int, Facts] = {}
    for at, facts in rows.items():
        key = _show_folder(facts.folders)
        if key is None or facts.offline.media_type == "extra":
            singles[at] = facts
        else:
            folders[key][at] = facts
    sizes = _sizes(sent, labels)
    asked: list[Asked] = []
    for key, members in folders.items():
        if len(members) < _A_FOLDER:
            singles |= members
        else:
            asked.append(_folder_question(key, members, sizes[key]))
    return asked + row_questions(singles)


def _seconds(duration: Any) -> float | None:
    return float(duration) if isinstance(duration, (int, float)) and duration == duration else None


class _Staying:
    """Folders and files that are told to stay here, by patterns as `AI` keeps them."""

    def __init__(self, patterns: Sequence[str]) -> None:
        placed = [pattern for pattern in patterns if pattern.startswith("/")]
        self._named = [_parts(pattern) for pattern in patterns if not pattern.startswith("/")]
        self._placed = [_parts(pattern) for pattern in {*placed, *map(_real, placed)}]
        self._real = cache(_real)

    def holds(self, path: Any, root: Any) -> bool:
        """Whether `path`, or a folder on the whole of it, is one of them."""
        if path is None:
            return False
        cell = str(path)
        if self._named:
            parts = _parts(cell)
            if any(_is_any_of(self._named, parts[first:]) for first in range(len(parts))):
                return True
        return bool(self._placed) and any(_is_any_of(self._placed, parts) for parts in self._places(cell, root))

    def _places(self, cell: str, root: Any) -> Iterator[list[str]]:
        """Where `cell` is: as it is written, with its links followed, and in its library, whose top may be meant by "/"."""
        whole = _absolute(cell)
        yield _parts(whole)
        folder, name = os.path.split(whole)
        yield _parts(f"{self._real(folder)}/{name}")
        if root is not None:
            yield _parts(whole.removeprefix(_absolute(str(root)).rstrip("/") + "/"))


def _absolute(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path))  # noqa: PTH100, PTH111 (a Path keeps "..", and raises)


def _real(path: str) -> str:
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):  # a name no disk holds
        return path


def _parts(path: str) -> list[str]:
    return [_compared(part) for part in path.replace("\\", "/").split("/") if part.strip() not in ("", ".")]


def _is_any_of(patterns: Sequence[Sequence[str]], parts: Sequence[str]) -> bool:
    """Whether `parts` begin as one of `patterns` says."""
    ways = {"/".join(parts[:end]) for end in range(1, len(parts) + 1)}
    for pattern in patterns:
        wanted = "/".join(pattern)
        near = wanted.replace("/**/", "/")  # a/**/b is a/b as well
        if wanted in ways or any(fnmatch.fnmatchcase(way, form) for way in ways for form in {wanted, near}):
            return True
    return False


def _compared(folder: str) -> str:
    """A folder's name as it is compared: what one sees of it, in one case and Unicode form."""
    return folded(sendable(folder)).strip()


def _show_folder(folders: tuple[str, ...]) -> tuple[str, ...] | None:
    """The nearest folder that is named after something, above seasons, discs and extras; None where nothing is."""
    for end in range(len(folders), 0, -1):
        name = plain(folders[end - 1])
        if lies_within(folders[end - 1]):
            continue
        holds_seasons = end < len(folders) and season_of(plain(folders[end])) is not None
        return folders[:end] if holds_seasons or not is_generic(name) else None
    return None


def _sizes(sent: Sequence[tuple[str, ...] | None], labels: Sequence[Label]) -> Counter[tuple[str, ...]]:
    """How many videos lie below each folder."""
    count: Counter[tuple[str, ...]] = Counter()
    for path, label in zip(sent, labels, strict=True):
        if path is not None and _is_video(label):
            for end in range(1, len(path)):
                count[path[:end]] += 1
    return count


def _shape(path: tuple[str, ...]) -> tuple[str, ...]:
    """What names that differ by their numbers alone have alike: "lantern 101", "lantern 102"."""
    return (*path[:-1], re.sub(r"\d+", "#", path[-1]).casefold())


def _is_video(label: Label) -> bool:
    return not (label.evidence or "").endswith("not a video")


def _folder_question(key: tuple[str, ...], members: Mapping[int, Facts], size: int) -> Asked:
    below = sorted({"/".join((*facts.folders[len(key) :], facts.name)) for facts in members.values()})
    step = max(1, len(below) // _SAMPLES)
    samples = below[::step][:_SAMPLES]
    subfolders = sorted({facts.folders[len(key)] for facts in members.values() if len(facts.folders) > len(key)})
    said = {
        "folder": key[-1],
        "files": size,
        "subfolders": subfolders[:_SUBFOLDERS],
        "samples": samples,
        "hint": _folder_hint(key, members, samples),
    }
    return Asked(Question("folders", key[-1], said), members)


def _folder_hint(key: tuple[str, ...], members: Mapping[int, Facts], samples: Sequence[str]) -> dict[str, Any]:
    kinds = Counter(facts.offline.media_type for facts in members.values())
    titles = Counter(facts.offline.title for facts in members.values() if facts.offline.title)
    hint: dict[str, Any] = {"kind": kinds.most_common(1)[0][0]}
    if titles and is_supported(titles.most_common(1)[0][0], [key[-1], *samples]):
        hint["title"] = titles.most_common(1)[0][0]
    return hint


def row_questions(rows: Mapping[int, Facts]) -> list[Asked]:
    """One question a row; rows that would send the same share one."""
    found: dict[str, tuple[Question, dict[int, Facts]]] = {}
    for at, facts in rows.items():
        question = Question("rows", facts.name, {"path": "/".join((*facts.folders, facts.name)), "hint": _hint(facts)})
        found.setdefault(question.key, (question, {}))[1][at] = facts
    return [Asked(question, members) for question, members in found.values()]


def _hint(facts: Facts) -> dict[str, Any]:
    """What the parser guessed, as far as the path that is sent says it too: a folder above it stays unsaid."""
    label = facts.offline
    hint: dict[str, Any] = {"kind": label.media_type}
    if label.title and is_supported(label.title, [*facts.folders, stem_of(facts.name)]):
        hint["title"] = sendable(label.title)
    hint |= {name: value for name in ("year", "season") if (value := getattr(label, name)) is not None}
    if label.episodes:
        hint["episodes"] = list(label.episodes[:8])
    return hint
