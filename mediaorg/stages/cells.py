"""A column as Python values, whatever a person or a spreadsheet made of it."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["cells", "whole"]


def cells(frame: "pd.DataFrame", name: str) -> list[Any]:
    """The column `name` as Python values, None where missing or where there is no such column.

    >>> import pandas as pd
    >>> cells(pd.DataFrame({"year": pd.array([1979, None], dtype="Int64")}), "year")
    [1979, None]
    """
    if name not in frame.columns:
        return [None] * len(frame)
    column = frame[name]
    return [None if gone else cell for cell, gone in zip(column.tolist(), column.isna().tolist(), strict=True)]


def whole(cell: Any) -> int | None:
    """The whole number in `cell`; None for what is none, as for what is missing.

    >>> whole(1979.0), whole("1979"), whole("soon"), whole(None)
    (1979, 1979, None, None)
    """
    try:
        return None if cell is None else int(cell)
    except (TypeError, ValueError, OverflowError):
        return None
