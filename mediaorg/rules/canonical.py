"""Which work of a catalogue a label means, and the label with its title, year and kind; a miss changes nothing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from mediaorg.records import Episode, Label, Work
from mediaorg.rules.names import same
from mediaorg.rules.settle import REVIEW

__all__ = ["canonical", "goes_by", "meant"]

SETTLED: Final = 0.95  # title and year as written, or title and number as listed
NAMED: Final = 0.85  # the one well-known work of that name, and nothing else in the name confirms it
_KINDS: Final = {"movie": "movie", "episode": "series"}
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
    if len(first) > 1 and first[0].votes < _BETTER_KNOWN * max(1, first[1].votes):
        return None
    return first[0] if first else None


def canonical(label: Label, work: Work, *, by: str, episodes: Sequence[Episode] = ()) -> Label:
    """`label` as the catalogue `by` has it: its title and year; surer where the year or the episode bears it out."""
    if work.kind == "movie":
        sure = SETTLED if label.media_type == "movie" and label.year is not None else NAMED
        label = replace(
            label, media_type="movie", season=None, episodes=None, absolute_episodes=None,
            episode_title=label.episode_title if label.media_type == "movie" else None,
        )  # fmt: skip
    else:
        sure = _listed(label, episodes)
    now = max(label.confidence or 0.0, sure)
    year = f" ({work.year})" if work.year is not None else ""
    return replace(
        label,
        title=work.title,
        year=work.year if work.year is not None else label.year,
        label_source="catalogue",
        confidence=now,
        needs_review=now < REVIEW,
        evidence=f"{by} knows it: '{work.title}'{year}, {work.id}; {label.evidence}",
    )


def _listed(label: Label, episodes: Sequence[Episode]) -> float:
    """How sure an episode is by being listed: of a doubtful number it may be chance."""
    listed = {(one.season, one.number) for one in episodes}
    numbers = [(label.season, number) for number in label.episodes or ()]
    if not numbers or label.season is None or not all(number in listed for number in numbers):
        return 0.0
    return SETTLED if (label.confidence or 0.0) >= REVIEW else NAMED
