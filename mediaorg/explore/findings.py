"""What a table says of a collection: each question is answered by another plain DataFrame, in the words of `schema`."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from mediaorg import schema
from mediaorg.explore.drawing import numbers
from mediaorg.rules.collisions import folded
from mediaorg.rules.names.text import bare
from mediaorg.stages.cells import cells, several, truth, whole

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Numbers = np.ndarray[Any, np.dtype[np.float64]]
    Truths = np.ndarray[Any, np.dtype[np.bool_]]

__all__ = [
    "broken",
    "by_quality",
    "comparable",
    "doubtful",
    "duplicates",
    "episodes",
    "missing_episodes",
    "numbered",
    "summary",
    "videos",
    "wants_a_look",
]

_SURE: Final = 0.7  # below it a label is doubtful, as in `needs_review`
_FAR: Final = 100  # episodes; a longer hole is another way of counting, or a misread number
_FEW: Final = 6  # episodes; a season of fewer is rare


def summary(df: "pd.DataFrame") -> "pd.DataFrame":
    """One row a media type (or else a kind), and one for all: files, titles, size [byte], hours, doubtful, broken.

    df: one row a file, with `path`. What a column it lacks would tell is missing in the answer: `size` from scan,
    `hours` of playing time and `broken` (see `broken`) from probe, `titles` (a year apart, where it tells two of a name
    apart) and `doubtful` (see `doubtful`) from classify. The type that takes most space is on top.

    Raises MissingColumns without `path`.

    >>> import pandas as pd
    >>> films = pd.DataFrame({"path": ["/a.mkv", "/b.mkv"], "media_type": ["movie", "extra"], "size": [4, 3]})
    >>> summary(films)[["files", "size"]].to_dict("index")
    {'movie': {'files': 1, 'size': 4}, 'extra': {'files': 1, 'size': 3}, 'all': {'files': 2, 'size': 7}}
    """
    import numpy as np
    import pandas as pd

    schema.need(df, "path", stage="summary")
    by = next((name for name in ("media_type", "kind") if name in df.columns), None)
    kinds = np.array([str(kind or "not known") for kind in cells(df, by or "")], dtype="object")
    counted: dict[str, Any] = {
        "titles": _titles(df) if "title" in df.columns else None,
        "size": _known(df, "size") if "size" in df.columns else None,
        "hours": _known(df, "duration") / 3600 if "duration" in df.columns else None,
        "doubtful": wants_a_look(df) if {"confidence", "needs_review"} & set(df.columns) else None,
        "broken": _broken(df) if "playable" in df.columns else None,
    }

    def row(of: "Truths") -> dict[str, Any]:
        said: dict[str, Any] = {"files": int(of.sum())}
        for name, values in counted.items():
            if values is None:
                said[name] = None
            elif name == "titles":
                said[name] = len({values[at] for at in np.flatnonzero(of)} - {None})
            else:
                said[name] = round(float(np.nansum(values[of])), 2)
        return said

    rows = {kind: row(kinds == kind) for kind in dict.fromkeys(kinds)} if by is not None else {}
    order = sorted(rows, key=lambda kind: (-(rows[kind]["size"] or 0), -rows[kind]["files"]))
    everything = [*(rows[kind] for kind in order), row(np.full(len(df), True))]
    index = pd.Index([*order, "all"], name=by, dtype="object")
    dtypes: dict[str, Any] = {name: "Float64" if name == "hours" else "Int64" for name in ("files", *counted)}
    return pd.DataFrame(everything, index=index).astype(dtypes)


def broken(df: "pd.DataFrame") -> "pd.DataFrame":
    """The rows of `df` that do not play or could not be looked at: `playable` is False, or there is a `probe_error`.

    Raises MissingColumns without `playable`.

    >>> import pandas as pd
    >>> broken(pd.DataFrame({"path": ["/a.mkv", "/b.mkv"], "playable": [True, False]}))["path"].tolist()
    ['/b.mkv']
    """
    schema.need(df, "playable", stage="broken")
    return df[_broken(df)]


def doubtful(df: "pd.DataFrame") -> "pd.DataFrame":
    """The rows of `df` whose label a person should look at, the least sure first.

    Those are the ones that say so (`needs_review`), and those with a `confidence` below 0.7 where they say nothing.
    Raises MissingColumns without `confidence`.

    >>> import pandas as pd
    >>> doubtful(pd.DataFrame({"title": ["Alien", "y", "x"], "confidence": [0.96, 0.6, 0.5]}))["title"].tolist()
    ['x', 'y']
    """
    schema.need(df, "confidence", stage="doubtful")
    order = numbers(df, "confidence").argsort(kind="stable")  # what has none comes last
    return df.iloc[order[wants_a_look(df)[order]]]


def by_quality(df: "pd.DataFrame") -> "pd.DataFrame":
    """One row a quality [lines], the best first: files, size [byte], hours, and the median `bit_rate` [bit/s].

    Videos of which the quality is not known are the last row, if there are any; what is no video is left out. What a column
    that `df` lacks would tell is missing. Raises MissingColumns without `quality`.

    >>> import pandas as pd
    >>> media = pd.DataFrame({"quality": [480, 1080, 1080], "size": [1, 2, 3], "bit_rate": [1e6, 4e6, 6e6]})
    >>> by_quality(media)[["files", "size", "bit_rate"]].reset_index().values.tolist()
    [[1080, 2, 5, 5000000], [480, 1, 1, 1000000]]
    """
    import numpy as np
    import pandas as pd

    schema.need(df, "quality", stage="by_quality")
    told = {name: _known(df, name) if name in df.columns else np.full(len(df), np.nan) for name in _TOLD}
    rows = pd.DataFrame(told)[videos(df)]
    groups = rows.groupby("quality", dropna=False, sort=False)
    found = pd.DataFrame(
        {
            "files": groups.size(),
            "size": groups["size"].sum(min_count=1),
            "hours": groups["duration"].sum(min_count=1).div(3600).round(2),
            "bit_rate": groups["bit_rate"].median().round(),
        }
    )
    found.index = found.index.astype("Int64")
    found = found.sort_index(ascending=False, na_position="last")
    return found.astype({"files": "Int64", "size": "Int64", "hours": "Float64", "bit_rate": "Int64"})


_TOLD: Final = ("quality", "size", "duration", "bit_rate")


def videos(df: "pd.DataFrame") -> "Truths":
    """Which rows are videos: all, where no `kind` says otherwise."""
    import numpy as np

    return np.array([kind in (None, "video") for kind in cells(df, "kind")], dtype=bool)


def _known(df: "pd.DataFrame", name: str) -> "Numbers":
    """A column of amounts as floats, nan for what is none."""
    import numpy as np

    amounts = numbers(df, name)
    return np.where(np.isfinite(amounts) & (amounts >= 0), amounts, np.nan)


def _broken(df: "pd.DataFrame") -> "Truths":
    import numpy as np

    said = zip(cells(df, "playable"), cells(df, "probe_error"), strict=True)
    return np.array([truth(playable) is False or error is not None for playable, error in said], dtype=bool)


def wants_a_look(df: "pd.DataFrame") -> "Truths":
    """Which rows are those of `doubtful`."""
    import numpy as np

    said = [truth(cell) for cell in cells(df, "needs_review")]
    unsure = numbers(df, "confidence") < _SURE if "confidence" in df.columns else np.full(len(df), False)
    return np.array([low if review is None else review for review, low in zip(said, unsure, strict=True)], dtype=bool)


# ---- the same twice --------------------------------------------------------------------------------------------


def duplicates(df: "pd.DataFrame") -> "pd.DataFrame":
    """The rows of `df` of which there is more than one, a group after the other, with `group`, `keep`, `saves`, `same`.

    What is the same: where `df` has a `content_hash` (from hashes), files of the same hash and size, and nothing else;
    `same` is then "content", or "pieces" where `hash_of` says that only pieces were compared. Without that column,
    films and episodes of the same title, year, season, episodes, absolute episodes, date, part and edition, and `same`
    is "work": the same work in another quality or language is counted too. Titles are one whatever their case, accents
    and punctuation; a year matters where it tells two works of a title apart.

    group: a number for each group, from 0; the one that wastes most is first. keep: True for one file of each, the best by
    `playable`, `quality`, `bit_rate` and `size`, in this order; of equals the one of the shortest name ("Heat (1).mkv" goes).
    saves: what removing the file would win [byte]; 0 for the one to keep, and for another link to a file (same `device`
    and `inode`) that is counted already. Nothing is removed here.

    Raises MissingColumns where there is neither `content_hash` nor `title`.

    >>> import pandas as pd
    >>> twice = pd.DataFrame({"path": ["/a.avi", "/b.mkv"], "title": "Alien", "size": [4, 7], "quality": [480, 1080]})
    >>> duplicates(twice)[["path", "group", "keep", "saves"]].values.tolist()
    [['/b.mkv', 0, True, 0], ['/a.avi', 0, False, 4]]
    """
    import pandas as pd

    keys = _same(df)
    members: dict[Any, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        if key is not None:
            members[key].append(place)
    groups = _ranked([places for places in members.values() if len(places) > 1], df)
    order = [place for places, _ in groups for place in places]
    found = df.drop(columns=[name for name in _FOUND if name in df.columns]).iloc[order]
    same = "work" if "content_hash" not in df.columns else None
    columns: dict[str, Any] = {
        "group": pd.array([number for number, (places, _) in enumerate(groups) for _ in places], dtype="Int64"),
        "keep": pd.array([at == 0 for places, _ in groups for at in range(len(places))], dtype="boolean"),
        "saves": pd.array([won for _, saves in groups for won in saves], dtype="Int64"),
        "same": schema.series(_SAME, [same or keys[place][0] for place in order], found.index).array,
    }
    return found.assign(**columns)


def comparable(df: "pd.DataFrame") -> int:
    """How many rows `duplicates` can compare with others."""
    return sum(key is not None for key in _same(df))


def _same(df: "pd.DataFrame") -> list[Any]:
    """A key for each row that others share if they are the same; None where that cannot be told."""
    if "content_hash" in df.columns:
        return _contents(df)
    schema.need(df, "title", stage="duplicates")
    return _works(df)


_SAME: Final = schema.Column("same", "text", "by what they are one: content, pieces or work", "duplicates")
_FOUND: Final = ("group", "keep", "saves", "same")


def _contents(df: "pd.DataFrame") -> list[Any]:
    """A key for each row that others of the same content share; None where nothing is known of it."""
    said = zip(cells(df, "content_hash"), cells(df, "hash_of"), cells(df, "size"), strict=True)
    return [
        None if content is None else ("pieces" if of == "pieces" else "content", content, whole(size))
        for content, of, size in said
    ]


def _works(df: "pd.DataFrame") -> list[Any]:
    """A key for each row that others of the same work share; None for what is no film and no numbered episode."""
    kinds, titles = cells(df, "media_type"), _titles(df)
    counts = list(zip(*([whole(cell) for cell in cells(df, name)] for name in ("season", "part")), strict=True))
    lists = list(zip(*([_tuple(cell) for cell in cells(df, name)] for name in _EPISODES), strict=True))
    dates = [None if date is None else str(date)[:10] for date in cells(df, "date")]
    editions = [folded(str(edition or "")) for edition in cells(df, "edition")]
    keys: list[Any] = []
    said = zip(videos(df), kinds, titles, counts, lists, dates, editions, strict=True)
    for is_video, kind, title, (season, part), numbered, date, edition in said:
        is_work = is_video and title is not None and kind in (None, "movie", "episode")
        known = kind != "episode" or any(numbered) or date is not None
        keys.append((kind, title, season, part, numbered, date, edition) if is_work and known else None)
    return keys


_EPISODES: Final = ("episodes", "absolute_episodes")


def _titles(df: "pd.DataFrame") -> list[tuple[str, int] | None]:
    """What names the work of each row: its title, and its year (-1 where it does not matter, 0 where it is not known)."""
    keys = [_title_key(title) for title in cells(df, "title")]
    years = [whole(year) for year in cells(df, "year")]
    seen: dict[str, set[int]] = defaultdict(set)
    for key, year in zip(keys, years, strict=True):
        if key is not None and year is not None:
            seen[key].add(year)
    return [
        None if key is None else (key, (year or 0) if len(seen[key]) > 1 else -1)
        for key, year in zip(keys, years, strict=True)
    ]


def _title_key(title: Any) -> str | None:
    if title is None:
        return None
    text = str(title)
    return bare(text) or folded(text)  # "!!!" has neither letter nor digit


def _tuple(cell: Any) -> tuple[int, ...]:
    """The numbers in a cell: several, one, or none."""
    if cell is None or isinstance(cell, str | bytes):
        return ()
    return tuple(number for one in several(cell) or (cell,) if (number := whole(one)) is not None)


def _ranked(groups: list[list[int]], df: "pd.DataFrame") -> list[tuple[list[int], list[int]]]:
    """Each group, its best file first, with what each of its files would save; the group that wastes most is first."""
    plays = [{True: 0, None: 1, False: 2}[truth(cell)] for cell in cells(df, "playable")]
    worth = [[whole(cell) or 0 for cell in cells(df, name)] for name in ("quality", "bit_rate", "size")]
    paths = [(len(str(path or "").rpartition("/")[2]), str(path or "")) for path in cells(df, "path")]
    links = list(zip(cells(df, "device"), cells(df, "inode"), strict=True))
    ranked = []
    for places in groups:
        best = sorted(places, key=lambda at: (plays[at], *(-column[at] for column in worth), paths[at]))
        counted = {links[best[0]]}
        saves = [0]
        for at in best[1:]:
            is_link = None not in links[at] and links[at] in counted
            saves.append(0 if is_link else worth[-1][at])
            counted.add(links[at])
        ranked.append((best, saves))
    return sorted(ranked, key=lambda group: -sum(group[1]))


# ---- seasons ---------------------------------------------------------------------------------------------------


def episodes(df: "pd.DataFrame") -> "pd.DataFrame":
    """One row an episode of every season that `df` has something of: title, year, season, episode, files, doubled.

    df: one row a file, with `title`, `season`, `episodes`; `absolute_episodes` count where there is no season, and the season is then
    missing. Only videos of media type "episode" count, where the columns are there to tell.
    files: how many hold it; 0 for one that is missing (see `missing_episodes`). doubled: there are several, and neither
    part nor edition tells them apart.

    Raises MissingColumns without `title`, `season` or `episodes`.

    >>> import pandas as pd
    >>> show = pd.DataFrame({"title": "Heimat", "season": 1, "episodes": [(1,), (1,), (3, 4)]})
    >>> episodes(show)[["episode", "files", "doubled"]].values.tolist()
    [[1, 2, True], [2, 0, False], [3, 1, False], [4, 1, False]]
    """
    schema.need(df, "title", "season", "episodes", stage="episodes")
    rows: list[tuple[Any, ...]] = []
    ends: dict[Any, int] = {}  # how far the seasons of a show have come
    for key, season in sorted(_seasons(df).items(), key=lambda item: (item[0][0], item[0][1] is None, item[0][1] or 0)):
        show, number = key
        title, year = season.name()
        have = sorted(season.files)
        gone = set() if number == 0 else set(_gaps(have, ends.get(show, 0)))
        for episode in sorted({*have, *gone}):
            files = season.files[episode]
            rows.append((title, year, number, episode, files.total(), max(files.values(), default=0) > 1))
        if number:
            ends[show] = max(ends.get(show, 0), have[-1])
    columns = {name: [row[at] for row in rows] for at, name in enumerate(_GRID)}
    return schema.table(_GRID_COLUMNS, columns)


def numbered(df: "pd.DataFrame") -> int:
    """How many rows `episodes` counts."""
    return sum(counted is not None for counted in _numbers_of(df))


def missing_episodes(df: "pd.DataFrame") -> "pd.DataFrame":
    """One row an episode that is missing, as far as numbers tell: title, year, season, episode.

    It is missing if the season has a later one: how many it should have nobody knows here. Specials (season 0) are never missing,
    for few have them all. Where a season goes on counting where the one before ended, it lacks nothing before that. A hole of
    more than 100 is another way of counting, or a misread number, and left out.
    df: as for `episodes`. Raises MissingColumns without `title`, `season` or `episodes`.

    >>> import pandas as pd
    >>> show = pd.DataFrame({"title": "Heimat", "season": [1, 1], "episodes": [(2,), (5,)]})
    >>> missing_episodes(show)["episode"].tolist()
    [1, 3, 4]
    """
    grid = episodes(df)
    return grid[grid["files"] == 0].drop(columns=["files", "doubled"]).reset_index(drop=True)


_GRID: Final = ("title", "year", "season", "episode", "files", "doubled")
_GRID_COLUMNS: Final = (
    *(schema.COLUMNS[name] for name in _GRID[:3]),
    schema.Column("episode", "count", "a number in the season", "episodes"),
    schema.Column("files", "count", "how many hold it", "episodes"),
    schema.Column("doubled", "yesno", "several do, and neither part nor edition tells them apart", "episodes"),
)


@dataclass(slots=True)
class _Season:
    """What there is of a season: how the show is called, and of each episode how many files of each part and edition."""

    titles: Counter[str] = field(default_factory=Counter)
    years: Counter[int | None] = field(default_factory=Counter)
    files: defaultdict[int, Counter[Any]] = field(default_factory=lambda: defaultdict(Counter))

    def name(self) -> tuple[str, int | None]:
        known = [year for year, _ in self.years.most_common() if year is not None]
        return self.titles.most_common(1)[0][0], known[0] if known else None


def _seasons(df: "pd.DataFrame") -> dict[tuple[Any, int | None], _Season]:
    found: dict[tuple[Any, int | None], _Season] = defaultdict(_Season)
    names = ("title", "year", "season", "part", "edition")
    said = zip(*(cells(df, name) for name in names), strict=True)
    for show, counted, (title, year, season, part, edition) in zip(_titles(df), _numbers_of(df), said, strict=True):
        if counted is not None:
            one = found[show, whole(season)]
            one.titles[str(title)] += 1
            one.years[whole(year)] += 1
            for number in counted:
                one.files[number][whole(part), folded(str(edition or ""))] += 1
    return found


def _numbers_of(df: "pd.DataFrame") -> Iterator[set[int] | None]:
    """The episode numbers of each row; None for what is no numbered episode of a show."""
    names = ("media_type", "title", "season", *_EPISODES)
    for is_video, row in zip(videos(df), zip(*(cells(df, name) for name in names), strict=True), strict=True):
        kind, title, season, numbers_in, absolute = row
        counted = _tuple(numbers_in) or (_tuple(absolute) if whole(season) is None else ())
        yield set(counted) if is_video and title is not None and counted and kind in (None, "episode") else None


def _gaps(have: list[int], before: int) -> Iterator[int]:
    """The numbers that lack in a season that has `have`, where the seasons before it ended with `before`.

    >>> list(_gaps([2, 5], 0)), list(_gaps([27, 29], 24)), list(_gaps([1, 1080], 0))
    ([1, 3, 4], [25, 26, 28], [])
    """
    last = before if have[0] > max(before, _FEW) else 0
    for number in have:
        if number - last - 1 <= _FAR:
            yield from range(last + 1, number)
        last = number
