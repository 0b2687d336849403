"""A column as Python values, whatever a person or a spreadsheet made of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["cells", "several", "truth", "whole", "wholes"]

_TRUTHS: Final = {
    **dict.fromkeys(("true", "yes", "1", "1.0"), True),
    **dict.fromkeys(("false", "no", "0", "0.0"), False),
}


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


def wholes(frame: "pd.DataFrame", name: str) -> list[int | None]:
    """The column `name` as whole numbers, None for what is none.

    >>> import pandas as pd
    >>> wholes(pd.DataFrame({"year": ["1979", "soon"]}), "year"), wholes(pd.DataFrame({"year": [1979, None]}), "year")
    ([1979, None], [1979, None])
    """
    found = cells(frame, name)
    if name not in frame.columns or frame[name].dtype.kind in "iu":
        return found
    return [None if cell is None else whole(cell) for cell in found]


def whole(cell: Any) -> int | None:
    """The whole number in `cell`; None for what is none, as for what is missing.

    >>> whole(1979.0), whole("1979"), whole("1979.0"), whole(1979.5), whole("soon"), whole(None)
    (1979, 1979, 1979, None, None, None)
    """
    try:
        return int(cell) if isinstance(cell, str) or int(cell) == cell else None
    except (TypeError, OverflowError):
        return None
    except ValueError:
        pass
    try:
        number = float(cell)  # "1979.0", as spreadsheets may write it
    except ValueError:
        return None
    return int(number) if number.is_integer() else None


def several(cell: Any) -> tuple[Any, ...]:
    """What a cell of several holds: a tuple, a list, or the array that Parquet makes of either; nothing for any other.

    >>> import numpy as np
    >>> several(("eng", "fra")), several(np.array([1, 2])), several("eng"), several(None)
    (('eng', 'fra'), (1, 2), (), ())
    """
    held = cell.tolist() if hasattr(cell, "tolist") else cell
    return tuple(held) if isinstance(held, Sequence) and not isinstance(held, (str, bytes)) else ()


def truth(cell: Any) -> bool | None:
    """Whether `cell` says yes; None for what says neither, as for what is missing.

    >>> truth("Yes"), truth("0"), truth("perhaps"), truth(1), truth(None)
    (True, False, None, True, None)
    """
    if isinstance(cell, str):
        return _TRUTHS.get(cell.strip().lower())
    return None if cell is None else bool(cell)
