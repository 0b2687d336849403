"""A plan under revision: labels are edited, rows taken out, and every edit is planned and judged again, and taken back.

An edit of a label is what `correct` says of the rows, and `plan` of what follows; an edit of a target is judged as by
`check`. Only the rows that an edit reaches are looked at (see `reach`), and only those change for which a plan of the
new labels says something else than a plan of the old ones: what was written by hand elsewhere stays.
"""

import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from mediaorg.errors import BadSetting
from mediaorg.records import IDENTITY
from mediaorg.rules.layouts import LAYOUTS
from mediaorg.rules.safe_names import split_suffix
from mediaorg.schema import COLUMNS, from_path, need, series, to_path
from mediaorg.stages.cells import cells, truth
from mediaorg.stages.corrections import SAYABLE, correct, rows_of
from mediaorg.stages.plan import check, plan
from mediaorg.stages.reach import Reach
from mediaorg.stages.tables import noted
from mediaorg.stages.verdicts import MOVES, NOTES, UNPLACED

__all__ = ["Change", "Revision"]

_TOLD: Final = ("label_source", "confidence", "evidence", "needs_review", "label_error")  # what `correct` adds
_PLANNED: Final = ("target", "operation", "reason", "belongs_to")
_CHANGING: Final = (*SAYABLE, *(name for name in _TOLD if name not in SAYABLE), *_PLANNED, "status")
_SEEN: Final = ("kind", "quality", "screen_size", "playable", "probe_error", "nlink")
_KEPT: Final = ("path", "source", "target_root", "layout", "move_id", *_SEEN, *IDENTITY)
_JUDGED: Final = (
    *("source", "target", "operation", "target_root", "layout", "move_id", "belongs_to"),
    *("needs_review", "playable", "probe_error", *IDENTITY),
)
_LABELLED: Final = (*SAYABLE, "needs_review", "path", *_SEEN, *IDENTITY)
_OUT: Final = "unticked: taken out by hand"
_MANY: Final = 1000  # rows: where more are edited, and a quarter of the plan, all are looked at


@dataclass(frozen=True, slots=True)
class Change:
    """What one edit did: the rows (from 0) whose cells changed, and what to say of it."""

    rows: tuple[int, ...]
    words: str


@dataclass(frozen=True, slots=True)
class _Would:
    """What a plan says of a row, whatever a person wrote there since."""

    target: str | None
    stays: bool
    note: str | None
    video: str | None  # move_id, of a sidecar's


@dataclass(frozen=True, slots=True)
class _Before:
    """A row before an edit."""

    cells: tuple[Any, ...]
    note: str | None
    out: str | None
    by_hand: bool
    would: _Would | None


class Revision:
    """A plan that is being revised; `plan` is at any time what `apply` may have.

    existing: paths that stand for the library's content, as in `plan`; else the disk is looked at.
    Raises MissingColumns without `source`, `target` and `operation`, and BadSetting for what is no plan.

    >>> import mediaorg as mo
    >>> labels = mo.run(mo.classify(["/in/Alein (1979).mkv"], progress=False))
    >>> revision = Revision(mo.plan(labels, "/library", existing=[]), existing=[])
    >>> revision.edit([0], title="Alien").rows, revision.plan.loc[0, "target"]
    ((0,), '/library/Movies/Alien (1979)/Alien (1979).mkv')
    """

    def __init__(self, plan: pd.DataFrame, *, existing: "pd.DataFrame | Iterable[Any] | None" = None) -> None:
        need(plan, "source", "target", "operation", stage="review")
        self._existing = existing if existing is None or isinstance(existing, pd.DataFrame) else list(existing)
        self._frame = check(plan, existing=self._existing)
        self._edited = {"status", "reason"}  # columns that are no longer the frame's
        facts = noted(plan).get("plan", {})
        self._how = {name: facts[name] for name in ("on_conflict", "names") if name in facts}
        moves = Counter(one for one in cells(plan, "operation") if one in MOVES)
        self._operation = moves.most_common(1)[0][0] if moves else MOVES[0]
        self.cells: Mapping[str, list[Any]] = {name: cells(self._frame, name) for name in (*_CHANGING, *_KEPT)}
        if "path" not in plan.columns:
            self.cells["path"][:] = self.cells["source"]
        self._note: list[str | None] = cells(plan, "reason")  # what plan had to say; the verdict may be another
        self._out: dict[int, str] = {}  # row taken out -> its operation before
        self._by_hand: set[int] = set()  # rows whose target a person wrote
        self._would: dict[int, _Would] = {}
        self._undo: list[tuple[str, dict[int, _Before], set[str]]] = []
        self._undisturbed = {"status", "reason"}  # `_edited` before the edit that is being done
        self._reach: Reach | None = None

    def __len__(self) -> int:
        return len(self._frame)

    @property
    def plan(self) -> pd.DataFrame:
        """The plan as it stands: the rows, order, index and columns it had, and every edit."""
        frame = self._frame.copy()
        for name in _CHANGING:
            if name in self._edited:
                frame[name] = _column(self._frame, name, self.cells[name])
        frame.attrs = dict(self._frame.attrs)
        return frame

    @property
    def undoable(self) -> int:
        """How many edits can be taken back."""
        return len(self._undo)

    def rows(self, where: Any) -> list[int]:
        """The places, from 0, of rows: a mask, index labels, path cells, a folder, or a callable. Raises BadSetting."""
        frame = self.plan if callable(where) else self._frame
        if "path" not in frame.columns:
            frame = frame.assign(path=frame["source"])
        return rows_of(frame, where)

    def counts(self) -> dict[str, int]:
        """How many rows have each status, and how many are ticked: to be done once they are ready."""
        said = Counter(self.cells["status"])
        ticked = sum(operation != "skip" for operation in self.cells["operation"])
        return {**dict(sorted(said.items(), key=lambda item: str(item[0]))), "ticked": ticked}

    # ---- edits ----

    def edit(self, rows: Collection[int], **columns: Any) -> Change:
        """Say what `rows` are (label columns, as in `correct`), or where they should go (``target=``).

        A target that is no absolute path is below the library's root, and a video's sidecars go with it. A row whose
        label is edited goes where its label says, whatever target was written there before. Raises BadSetting, and
        then nothing has changed.
        """
        rows = self._given(rows)
        if not columns:
            raise BadSetting("edit needs what is right, as in title='Alien' or target='/library/…'")
        labels = {name: value for name, value in columns.items() if name != "target"}
        said = self._corrected(rows, labels) if labels else {}
        targets = {i: self._target(i, columns["target"]) for i in rows} if "target" in columns else {}
        before = {i: self._before(i) for i in rows}
        reached = self._reached(rows)
        if labels:
            for name, values in said.items():
                for i, value in zip(rows, values, strict=True):
                    self._set(i, name, value)
            reached = self._planned_again(rows, reached, before)
        for i, target in targets.items():
            self._place(i, target, before)
        words = ", ".join(f"{name.replace('_', ' ')} {_word(value)}" for name, value in columns.items())
        return self._judged(f"{_number(rows)}: {words}", [*reached, *before], before)

    def tick(self, rows: Collection[int]) -> Change:
        """Let rows that were taken out be done after all: they are what they were."""
        rows = [i for i in self._given(rows) if self.cells["operation"][i] == "skip"]
        before = {i: self._before(i) for i in rows}
        for i in rows:
            self._set(i, "operation", self._out.pop(i, self._operation))
        return self._judged(f"{_number(rows)} ticked", rows, before)

    def untick(self, rows: Collection[int]) -> Change:
        """Take rows out: their operation is "skip", and apply leaves them where they are."""
        rows = [i for i in self._given(rows) if self.cells["operation"][i] != "skip"]
        before = {i: self._before(i) for i in rows}
        for i in rows:
            self._out[i] = self.cells["operation"][i]
            self._set(i, "operation", "skip")
        return self._judged(f"{_number(rows)} taken out", rows, before)

    def accept(self, rows: Collection[int]) -> Change:
        """Say that a person has looked: what waits for a review is as labelled, and what was taken out comes back."""
        given = self._given(rows)
        doubtful = [i for i in given if truth(self.cells["needs_review"][i]) is True]
        back = [i for i in given if i in self._out]
        before = {i: self._before(i) for i in sorted({*doubtful, *back})}
        for i in doubtful:
            self._set(i, "needs_review", False)
        for i in back:
            self._set(i, "operation", self._out.pop(i))
        return self._judged(f"{_number(before)} accepted", list(before), before)

    def undo_edit(self) -> Change:
        """Take the last edit back, as often as there were edits; then it does nothing."""
        if not self._undo:
            return Change((), "nothing to undo")
        words, before, edited = self._undo.pop()
        self._edited, self._undisturbed = edited, set(edited)
        for i, row in before.items():
            for name, value in zip(_CHANGING, row.cells, strict=True):
                self.cells[name][i] = value
            self._note[i] = row.note
            _keep(self._out, i, row.out)
            _keep(self._would, i, row.would)
            (self._by_hand.add if row.by_hand else self._by_hand.discard)(i)
        self._index.note(before)
        return Change(tuple(sorted(before)), f"undone: {words}")

    def prepare(self) -> None:
        """Build now what the first edit would have to build."""
        self._index  # noqa: B018

    # ---- one row ----

    def _given(self, rows: Collection[int]) -> list[int]:
        places = sorted(set(rows))
        if places and not 0 <= places[0] <= places[-1] < len(self):
            raise BadSetting(f"the plan has rows 0 to {len(self) - 1}, not {places[0]} to {places[-1]}")
        return places

    def _before(self, i: int) -> _Before:
        row = tuple(self.cells[name][i] for name in _CHANGING)
        return _Before(row, self._note[i], self._out.get(i), i in self._by_hand, self._would.get(i))

    def _set(self, i: int, name: str, value: Any) -> None:
        self.cells[name][i] = value
        self._edited.add(name)

    def _target(self, i: int, value: Any) -> str | None:
        if value is None or value == "":
            return None
        text = _encodable("target", from_path(value) if isinstance(value, os.PathLike) else value)
        root = self.cells["target_root"][i]
        return text if text.startswith("/") or root is None else f"{root.rstrip('/')}/{text}"

    def _place(self, i: int, target: str | None, before: dict[int, _Before]) -> None:
        """Put a row at the `target` a person wrote, and a video's sidecars at its side."""
        old, move_id = self.cells["target"][i], self.cells["move_id"][i]
        self._put(i, target)
        if old is None or target is None or move_id is None:
            return
        stem, new = _stem(old), _stem(target)
        for j in self._index.of_video(move_id):
            there = self.cells["target"][j]
            if j != i and self.cells["belongs_to"][j] == move_id and there is not None and there.startswith(stem):
                before.setdefault(j, self._before(j))
                self._put(j, new + there[len(stem) :])

    def _put(self, i: int, target: str | None) -> None:
        self._by_hand.add(i)
        self._note[i] = None
        self._set(i, "target", target)
        if self.cells["operation"][i] == "skip" and i not in self._out:
            self._set(i, "operation", self._operation)

    def _become(self, i: int, would: _Would) -> None:
        self._by_hand.discard(i)
        self._note[i] = would.note
        self._set(i, "target", would.target)
        self._set(i, "belongs_to", would.video)
        operation = self.cells["operation"][i] if i not in self._out else self._out[i]
        operation = "skip" if would.stays else operation if operation in MOVES else self._operation
        if i not in self._out:
            self._set(i, "operation", operation)
        elif operation != "skip":
            self._out[i] = operation

    # ---- planning and judging ----

    @property
    def _index(self) -> Reach:
        if self._reach is None:
            self._reach = Reach(self.cells, self._how.get("names", "safe"))
        return self._reach

    def _reached(self, rows: Collection[int], more: Iterable[int] = ()) -> list[int]:
        return self._all() if self._are_many(rows) else self._index.of(rows, more)

    def _are_many(self, rows: Collection[int]) -> bool:
        return len(rows) > max(_MANY, len(self) // 4)

    def _all(self) -> list[int]:
        return list(range(len(self)))

    def _corrected(self, rows: Sequence[int], labels: Mapping[str, Any]) -> dict[str, list[Any]]:
        """The label columns of `rows`, as `correct` makes them of what a person said."""
        if not rows:
            return {}
        for name, value in labels.items():
            if isinstance(value, str):
                _encodable(name, value)
        for i in rows:
            if self.cells["target_root"][i] is None or self.cells["layout"][i] not in LAYOUTS:
                raise BadSetting(
                    f"row {i} has layout {self.cells['layout'][i]!r} and target_root {self.cells['target_root'][i]!r}, "
                    "from which no target follows; edit its target, or plan its labels again"
                )
        frame = self._table((*SAYABLE, *_TOLD, "path"), rows)
        told = correct(frame, [True] * len(rows), keep=False, **labels)
        return {name: cells(told, name) for name in {*labels, *_TOLD}}

    def _planned_again(self, rows: Sequence[int], reached: list[int], before: dict[int, _Before]) -> list[int]:
        """Plan the labels as they are now; gives the rows that were looked at."""
        self._index.note(rows)
        while True:  # a new place may have neighbours of its own
            reached = self._reached(rows, reached)
            now = self._plans(reached, rows)
            wider = self._index.at(one.target for one in now.values() if one.target is not None)
            if wider <= set(reached):
                break
            reached = sorted({*reached, *wider})
        told = set(rows)
        was = {i: self._would[i] for i in now if i in self._would}
        if not now.keys() <= {*was, *told}:
            old = {i: dict(zip(_CHANGING, before[i].cells, strict=True)) for i in rows}
            was = self._plans(reached, rows, old)
        for i, would in now.items():
            if i in told or would != was.get(i):
                before.setdefault(i, self._before(i))
                self._become(i, would)
            self._would[i] = would
        return reached

    def _plans(
        self, reached: Sequence[int], edited: Sequence[int], old: Mapping[int, Mapping[str, Any]] | None = None
    ) -> dict[int, _Would]:
        """What a plan says of the rows `reached`, as they are labelled now or, where `old` has them, as they were."""
        told = set(edited)
        groups: dict[tuple[str, str], list[int]] = {}
        for i in self._index.in_order(reached):
            root, layout = self.cells["target_root"][i], self.cells["layout"][i]
            if root is not None and layout in LAYOUTS and not self._index.is_alone(i, told):
                groups.setdefault((root, layout), []).append(i)
        found: dict[int, _Would] = {}
        for (root, layout), rows in groups.items():
            frame = self._table(_LABELLED, rows, old)
            how: dict[str, Any] = {**self._how, "layout": layout, "operation": self._operation}
            planned = plan(frame, to_path(root), existing=self._existing, **how)
            videos = dict(zip(cells(planned, "move_id"), (self.cells["move_id"][i] for i in rows), strict=True))
            for i, target, operation, note, video in zip(
                rows, *(cells(planned, name) for name in _PLANNED), strict=True
            ):
                skips = operation == "skip"
                kept = note if skips or note is None or note.startswith((*NOTES, *UNPLACED)) else None
                found[i] = _Would(target, skips, kept, videos.get(video))
        return found

    def _table(
        self, names: Iterable[str], rows: Sequence[int], old: Mapping[int, Mapping[str, Any]] | None = None
    ) -> pd.DataFrame:
        """The rows as a table of plain cells."""
        old = old or {}
        columns = {
            name: [old[i][name] if i in old and name in old[i] else self.cells[name][i] for i in rows] for name in names
        }
        return pd.DataFrame(
            {name: pd.Series(values, dtype="object") for name, values in columns.items()}, index=range(len(rows))
        )

    def _judged(self, words: str, looked_at: Iterable[int], before: dict[int, _Before]) -> Change:
        """Judge what an edit touched, and keep how it was."""
        if not before:
            return Change((), words)
        self._index.note(before)
        touched = sorted({*looked_at})
        rows = self._all() if self._are_many(touched) else self._index.of((), touched)
        frame = self._table(_JUDGED, rows)
        frame["reason"] = [_OUT if i in self._out else self._note[i] for i in rows]
        judged = check(frame, existing=self._existing)
        for i, status, reason in zip(rows, cells(judged, "status"), cells(judged, "reason"), strict=True):
            if (status, reason) != (self.cells["status"][i], self.cells["reason"][i]):
                before.setdefault(i, self._before(i))
                self.cells["status"][i], self.cells["reason"][i] = status, reason
        self._undo.append((words, before, self._undisturbed))
        self._undisturbed = set(self._edited)
        return Change(tuple(sorted(before)), words)


# ---- cells -----------------------------------------------------------------------------------------------------


def _column(frame: pd.DataFrame, name: str, values: list[Any]) -> "pd.Series[Any]":
    """A column with its new cells; one that a person brought (a year as text or float) takes any value."""
    column = series(COLUMNS[name], [], frame.index[:0])
    if name in frame.columns and frame[name].dtype != column.dtype:
        return pd.Series(values, index=frame.index, dtype="object")
    return series(COLUMNS[name], values, frame.index)


def _keep(kept: dict[int, Any], i: int, value: Any) -> None:
    if value is None:
        kept.pop(i, None)
    else:
        kept[i] = value


def _encodable(name: str, value: Any) -> str:
    """Text as a column can hold it. Raises BadSetting for half a letter, and for what is no text."""
    try:
        value.encode()
    except (AttributeError, UnicodeEncodeError) as error:
        raise BadSetting(f"{name} must be text, not {value!r}") from error
    return str(value)


def _stem(path: str) -> str:
    head, _, name = path.rpartition("/")
    return f"{head}/{split_suffix(name)[0]}"


def _number(rows: Collection[int]) -> str:
    return f"{len(rows):,} row{'' if len(rows) == 1 else 's'}"


def _word(value: Any) -> str:
    return "none" if value is None else f"'{value}'" if isinstance(value, str) else str(value)
