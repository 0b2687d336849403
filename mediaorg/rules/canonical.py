"""Which work of a catalogue a label means, and the label with its title, year and kind; a miss changes nothing.

That a film is called by one word is no sign that this is it: "holiday.mp4" among one's videos is no film of 2006. A label
that was doubtful must be borne out by its year, by a title of several words, or by an episode that is listed; else a person
reads what the catalogue knows.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from mediaorg.records import Episode, Label, Work
from mediaorg.rules.names import same
from mediaorg.rules.settle import REVIEW
from mediaorg.rules.support import telling

__all__ = ["canonical", "goes_by", "meant"]

SETTLED: Final = 0.95  # title and year as written, or title and number as listed
NAMED: Final = 0.85  # the one well-known work of that name, and nothing beside the name confirms it
_BETTER_KNOWN: Final = 10  # times; of two works of one name, people have the one everybody knows
_NEAR: Final = 1  # year; festivals and countries differ


def goes_by(work: Work, title: str | None) -> bool:
    """Whether `work` is called `title`, in any of its languages.

    >>> goes_by(Work("1", "movie", "Lantern", 1999, also=("Die Laterne",)), "die laterne")
    True
    """
    return any(same(name, title) for name in (work.title, *work.also))


def meant(works: Sequence[Work], title: str | None, *, kind: str, year: int | None) -> Work | None:
    """The one of `works` that is called `title`: of `year` where the name has one, else the only one, or far the best known.

    >>> both = [Work("1", "movie", "Lantern", 1950, votes=9), Work("2", "movie", "Lantern", 1999, votes=5000)]
    >>> meant(both, "lantern", kind="movie", year=1950).id, meant(both, "lantern", kind="movie", year=None).id
    ('1', '2')
    """
    named = [work for work in works if work.kind == kind and goes_by(work, title)]
    if year is not None:
        exact = [work for work in named if work.year == year]
        near = [work for work in named if work.year is not None and abs(work.year - year) <= _NEAR]
        named = exact or (near if kind == "movie" else [])
    first = [work for work in named if same(work.title, title)] or named  # its own name before a translation
    first = sorted(first, key=lambda work: -work.votes)
    if len(first) > 1 and not _is_better_known(first[0], than=first[1]):
        return None
    if not first or (kind == "movie" and year is None and _is_overshadowed(first[0], works, title)):
        return None
    return first[0]


def _is_better_known(work: Work, *, than: Work) -> bool:
    return work.votes >= _BETTER_KNOWN * max(1, than.votes)


def _is_overshadowed(film: Work, works: Sequence[Work], title: str | None) -> bool:
    """Whether a show of that name is what people have: "The.Office.1080p.mkv" is hardly the film of 1966."""
    shows = [work for work in works if work.kind == "series" and goes_by(work, title)]
    return any(_is_better_known(show, than=film) for show in shows)


def canonical(label: Label, work: Work, *, by: str, episodes: Sequence[Episode] = ()) -> Label:
    """`label` as the catalogue `by` has it: its title and year; surer where the year or the episode bears it out.

    A doubtful label that nothing bears out keeps what it says, and tells of the work in its evidence; one that the
    `episodes` of the work speak against stays as it is.

    >>> holiday = Work("7", "movie", "Holiday", 2006)
    >>> canonical(Label("movie", "holiday", confidence=0.55, needs_review=True, evidence="no year"), holiday, by="IMDb").evidence
    "no year; IMDb knows 'Holiday' (2006), 7, and nothing bears out that this is it"
    """
    if work.kind == "series" and _is_unlisted(label, episodes):
        return label
    sure = _film(label, work) if work.kind == "movie" else _listed(label, episodes)
    called = f"'{work.title}'" + (f" ({work.year})" if work.year is not None else "") + f", {work.id}"
    if _is_doubtful(label) and sure < REVIEW:
        hint = f"{by} knows {called}, and nothing bears out that this is it"
        said = label.evidence or ""
        return label if hint in said else replace(label, evidence=f"{said}; {hint}" if said else hint)
    if work.kind == "movie":
        label = replace(
            label, media_type="movie", season=None, episodes=None, absolute_episodes=None,
            episode_title=label.episode_title if label.media_type == "movie" else None,
        )  # fmt: skip
    return replace(
        label,
        title=work.title,
        year=work.year if work.year is not None else label.year,
        label_source="catalogue",
        confidence=max(label.confidence or 0.0, sure),
        needs_review=False,
        evidence=f"{by} knows it: {called}; {label.evidence}",
    )


def _is_doubtful(label: Label) -> bool:
    return bool(label.needs_review) or (label.confidence or 0.0) < REVIEW


def _film(label: Label, work: Work) -> float:
    """How sure a film is by its name and year: a year beside may be a remake's, or a festival's."""
    exact, doubtful = label.year is not None and label.year == work.year, _is_doubtful(label)
    if exact and label.media_type == "movie" and not doubtful:
        return SETTLED
    several = label.year is None and len(telling(work.title)) > 1
    return NAMED if exact or several or not doubtful else 0.0


def _is_unlisted(label: Label, episodes: Sequence[Episode]) -> bool:
    """Whether a list that reaches as far as the label's season has none of its episodes: it is of another show.

    A season after the last that is listed may be newer than the catalogue, and everybody counts specials his own way.
    Of "S01E12E13" some list one, of double length.
    """
    if not label.season or not label.episodes:
        return False
    reaches = any(one.season is not None and one.season >= label.season for one in episodes)
    return reaches and not _numbers(label) & {(one.season, one.number) for one in episodes}


def _listed(label: Label, episodes: Sequence[Episode]) -> float:
    """How sure an episode is by being listed: of a doubtful number it may be chance."""
    numbers = _numbers(label)
    if label.season is None or not numbers or not numbers <= {(one.season, one.number) for one in episodes}:
        return 0.0
    return NAMED if _is_doubtful(label) else SETTLED


def _numbers(label: Label) -> set[tuple[int | None, int | None]]:
    return {(label.season, number) for number in label.episodes or ()}
