"""Label cells as `plan` and `lint` read them, whatever a person or a spreadsheet made of them."""

import datetime
from typing import Any

from mediaorg.stages.cells import whole

__all__ = ["day", "numbers"]


def numbers(cell: Any) -> tuple[int, ...]:
    """Episode numbers: a tuple or any list of them, or one alone.

    >>> numbers((1, 2)), numbers("3"), numbers(None)
    ((1, 2), (3,), ())
    """
    if cell is None:
        return ()
    if isinstance(cell, (str, bytes)) or not hasattr(cell, "__iter__"):
        cell = (cell,)
    return tuple(number for number in map(whole, cell) if number is not None and number >= 0)


def day(cell: Any) -> str | None:
    """A day in ISO form, from text, a date or a Timestamp; None for what is none.

    >>> day("2011-11-15T20:00"), day(datetime.date(2011, 11, 15)), day("soon")
    ('2011-11-15', '2011-11-15', None)
    """
    if isinstance(cell, datetime.date):  # Timestamp and datetime are dates too
        return cell.isoformat()[:10]
    try:
        return None if cell is None else datetime.date.fromisoformat(str(cell)[:10]).isoformat()
    except ValueError:
        return None
