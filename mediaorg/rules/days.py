"""Days as text: ISO, or nothing where the calendar has no such day."""

import datetime

__all__ = ["iso_day"]


def iso_day(year: int, month: int, day: int) -> str | None:
    """Write a day; None if there is none, as a name may claim.

    >>> iso_day(2012, 2, 29), iso_day(2011, 2, 29)
    ('2012-02-29', None)
    """
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None
