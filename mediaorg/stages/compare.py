"""diff: what two plans for the same files say differently."""

import os
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from mediaorg.schema import PLAN, Column, from_path, need, table
from mediaorg.stages.cells import cells
from mediaorg.stages.tables import note

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["diff"]

_COMPARED: Final = ("target", "operation", "status", "reason")
_COLUMNS: Final = (
    *(column for column in PLAN if column.name == "source"),
    Column("changed", "text", "the columns that differ, or only_a, only_b", "diff"),
    *(Column(f"{name}_{plan}", "text", f"{name} in plan {plan}", "diff") for name in _COMPARED for plan in "ab"),
)


def diff(plan_a: "pd.DataFrame", plan_b: "pd.DataFrame") -> "pd.DataFrame":
    """Say where two plans differ: two layouts before one is chosen, or a plan before and after it was edited.

    Rows are paired by `source`; where that occurs several times, the first with the first. A row for each pair that differs,
    in the order of `plan_a`, then those that only `plan_b` has; none if all is equal. Order, index, `move_id` and labels do
    not matter, and an empty cell is a missing one.

    The columns are `source`; `changed`, the names of what differs ("target, reason"), or "only_a", "only_b" for a file that
    one plan alone has; and `target`, `operation`, `status` and `reason` of each plan, as `target_a`, `target_b` and so on.
    ``attrs["mediaorg"]["diff"]`` counts the rows that are the same, that differ, and that are in one plan only.
    Raises MissingColumns, BadSetting for what is no DataFrame.

    >>> import mediaorg as mo, pandas as pd
    >>> labels = pd.DataFrame({"path": ["/in/a.mkv", "/in/b.mkv"], "media_type": "movie", "title": ["A", "B"]})
    >>> before = mo.plan(labels, "/library", existing=[])
    >>> after = before.copy()
    >>> after.loc[1, "operation"] = "skip"
    >>> diff(before, mo.check(after, existing=[]))[["source", "changed", "status_a", "status_b"]].values.tolist()
    [['/in/b.mkv', 'operation, status', 'ready', 'unchanged']]
    """
    need(plan_a, "source", *_COMPARED, stage="diff (its first plan)")
    need(plan_b, "source", *_COMPARED, stage="diff (its second plan)")
    sources_a, rows_a = _rows(plan_a)
    sources_b, rows_b = _rows(plan_b)
    pairs, only_b = _paired(sources_a, sources_b)
    told: list[tuple[Any, ...]] = []
    same = only_a = 0
    for at, partner in enumerate(pairs):
        row = rows_a[at]
        if partner is None:
            only_a += 1
            told.append(_told(sources_a[at], "only_a", row, _NOTHING))
        elif row == rows_b[partner]:
            same += 1
        else:
            told.append(_told(sources_a[at], _changed(row, rows_b[partner]), row, rows_b[partner]))
    told += [_told(sources_b[at], "only_b", _NOTHING, rows_b[at]) for at in only_b]
    columns: list[Any] = list(zip(*told, strict=True)) or [()] * len(_COLUMNS)
    found = table(_COLUMNS, {column.name: list(column_) for column, column_ in zip(_COLUMNS, columns, strict=True)})
    differ = len(pairs) - same - only_a
    return note(found, "diff", {"same": same, "differ": differ, "only_a": only_a, "only_b": len(only_b)})


_Row = tuple[Any, ...]
_NOTHING: Final[_Row] = (None,) * len(_COMPARED)


def _rows(plan: "pd.DataFrame") -> tuple[list[Any], list[_Row]]:
    """The sources, and of each row what is compared."""
    columns = [[_text(cell) for cell in cells(plan, name)] for name in ("source", *_COMPARED)]
    return columns[0], list(zip(*columns[1:], strict=True))


def _text(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    return from_path(cell) if isinstance(cell, os.PathLike) else str(cell)


def _paired(sources_a: list[Any], sources_b: list[Any]) -> tuple[list[int | None], list[int]]:
    """For each row of the first plan its row in the second, or None; and the rows of the second that are left."""
    waiting: dict[Any, list[int]] = defaultdict(list)
    for at in reversed(range(len(sources_b))):
        waiting[sources_b[at]].append(at)
    pairs = [waiting[source].pop() if waiting.get(source) else None for source in sources_a]
    return pairs, sorted(at for left in waiting.values() for at in left)


def _changed(row_a: _Row, row_b: _Row) -> str:
    return ", ".join(name for name, one, other in zip(_COMPARED, row_a, row_b, strict=True) if one != other)


def _told(source: Any, changed: str, row_a: _Row, row_b: _Row) -> tuple[Any, ...]:
    each = (cell for pair in zip(row_a, row_b, strict=True) for cell in pair)
    return (source, changed, *each)
