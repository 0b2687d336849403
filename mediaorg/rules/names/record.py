"""What one name says, as a record."""

from dataclasses import dataclass

__all__ = ["Reading"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a name says; unknown is None.

    form: the form that settled it: SxxEyy, NxM, words, date, number, season, year; None when nothing was found.
    written: that form as it stands in the name, for the evidence.
    """

    form: str | None = None
    written: str = ""
    title: str | None = None
    year: int | None = None
    season: int | None = None
    episodes: tuple[int, ...] | None = None
    absolute_episodes: tuple[int, ...] | None = None
    date: str | None = None
    part: int | None = None
    edition: str | None = None
    rest: str = ""
    sure: bool = False
    doubt: str | None = None
    days: tuple[str | None, str | None] | None = None  # the day if it stands first, and if the month does
