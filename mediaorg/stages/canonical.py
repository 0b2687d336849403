"""Ask a catalogue what the works of a table are really called."""

import logging
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final

from mediaorg.errors import BadSetting
from mediaorg.io.loop import LeftBehind, apart, in_thread
from mediaorg.records import Catalogue, Episode, Label, Work
from mediaorg.rules.canonical import canonical, goes_by, meant
from mediaorg.rules.names import plain, prepared, same, stem_of, untagged, words

__all__ = ["Titles", "taken_catalogue"]

_log: Final = logging.getLogger("mediaorg")
_KINDS: Final = {"movie": "movie", "episode": "series"}
_YEARS: Final = range(1870, 2101)  # IMDb's oldest work is of 1874
_NUMBERS: Final = range(100_000)  # of seasons, which may be years, and of episodes: a daily soap has some 15,000
_LONGEST: Final = 1000  # characters of a title; IMDb has some of several hundred
_MOST: Final = 100_000  # works or episodes of one answer


def taken_catalogue(given: object) -> "Titles | None":
    """What `classify` was given as `catalogue`; raises BadSetting for what has no `search` and `episodes`."""
    if given is None:
        return None
    if not all(callable(getattr(given, name, None)) for name in ("search", "episodes")) or isinstance(given, type):
        raise BadSetting(f"catalogue must have search and episodes, as mo.IMDb() and mo.TVmaze() do, not {given!r}")
    return Titles(given)  # type: ignore[arg-type]


class Titles:
    """A catalogue, asked once a title; one that fails is left alone for the rest of the run.

    It only reads, and may hang: it is not waited for when the run is to stop, and labels it was asked for stay as they were.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._works: dict[tuple[str, int | None], Sequence[Work]] = {}
        self._episodes: dict[str, Sequence[Episode]] = {}
        self._failed: str | None = None
        self._settled = 0
        self._stop = threading.Event()

    async def over(self, names: Sequence[str | None], labels: Sequence[Label], *, stop: threading.Event) -> list[Label]:
        """`labels` of files of these `names`, settled where the catalogue knows the work; a miss changes nothing."""
        self._stop = stop
        return await in_thread(partial(self._all, names, labels), stop=stop)

    def _all(self, names: Sequence[str | None], labels: Sequence[Label]) -> list[Label]:
        return [
            label
            if name is None or self._stop.is_set() or label.label_source in ("user", "catalogue")
            else self._over(name, label)
            for name, label in zip(names, labels, strict=True)
        ]

    def facts(self) -> Mapping[str, Any]:
        """What was asked and came of it, as plain JSON."""
        return {"searches": len(self._works), "settled": self._settled, "error": self._failed}

    def known(self, one: str, other: str) -> str | None:
        """Why two titles are of one work, or None where nobody knows that."""
        try:
            works = self._search(one, None)
        except LeftBehind:
            return None
        for work in works:
            if goes_by(work, one) and goes_by(work, other):
                return f"{self._name} knows '{one}' as '{other}', {work.id}"
        return None

    @property
    def _name(self) -> str:
        return type(self._catalogue).__name__

    def _over(self, name: str, label: Label) -> Label:
        try:
            return self._looked_up(name, label)
        except LeftBehind:
            return label

    def _looked_up(self, name: str, label: Label) -> Label:
        work = self._film_of_the_whole_name(name, label) if label.needs_review else None
        kind = _KINDS.get(label.media_type or "")
        if work is None and kind is not None and label.title:
            work = meant(self._search(label.title, label.year), label.title, kind=kind, year=label.year)
        if work is None:
            return label
        listed = self._listed(work.id) if work.kind == "series" and label.episodes else ()
        if listed is None:
            return label
        settled = canonical(label, work, by=self._name, episodes=listed)
        self._settled += settled.label_source == "catalogue"
        return settled

    def _film_of_the_whole_name(self, name: str, label: Label) -> Work | None:
        """ "Apollo 13.mkv" is no thirteenth episode, if a film is called so and no number beside it tells of a show."""
        whole = words(untagged(prepared(plain(stem_of(name)))))
        if (
            label.media_type not in ("movie", "episode")
            or label.season is not None
            or not whole
            or same(whole, label.title)
        ):
            return None
        return meant(self._search(whole, label.year), whole, kind="movie", year=label.year)

    def _search(self, title: str, year: int | None) -> Sequence[Work]:
        key = (title.casefold(), year)
        if key not in self._works and self._failed is None:
            try:
                self._works[key] = apart(lambda: self._found(title, year), stop=self._stop)
            except LeftBehind:
                raise
            except Exception as error:  # noqa: BLE001  a person's own catalogue, or a server's whims: labels need neither
                self._give_up(error)
        return self._works.get(key, ())

    def _listed(self, work_id: str) -> Sequence[Episode] | None:
        """The episodes of a show; None where the catalogue failed."""
        if work_id not in self._episodes and self._failed is None:
            try:
                self._episodes[work_id] = apart(lambda: self._episodes_of(work_id), stop=self._stop)
            except LeftBehind:
                raise
            except Exception as error:  # noqa: BLE001  as above
                self._give_up(error)
        return self._episodes.get(work_id)

    def _found(self, title: str, year: int | None) -> tuple[Work, ...]:
        return tuple(filter(_is_sound, islice(self._catalogue.search(title, year=year), _MOST)))

    def _episodes_of(self, work_id: str) -> tuple[Episode, ...]:
        return tuple(filter(_is_listed, islice(self._catalogue.episodes(work_id), _MOST)))

    def _give_up(self, error: Exception) -> None:
        self._failed = f"{type(error).__name__}: {error}"
        _log.warning("the catalogue %s failed (%s); going on without it", self._name, error)


def _is_sound(work: Any) -> bool:
    """Whether a work can be believed: an id and titles one can read, and numbers that are numbers, of a year with films."""
    return (
        isinstance(work, Work)
        and work.kind in ("movie", "series")
        and _is_text(work.id)
        and _is_text(work.title)
        and (work.year is None or (type(work.year) is int and work.year in _YEARS))
        and type(work.votes) is int
        and isinstance(work.also, tuple)
        and all(isinstance(other, str) and len(other) <= _LONGEST for other in work.also)  # compared, never shown
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= _LONGEST and value.isprintable()


def _is_listed(episode: Any) -> bool:
    return isinstance(episode, Episode) and all(
        number is None or (type(number) is int and number in _NUMBERS) for number in (episode.season, episode.number)
    )
